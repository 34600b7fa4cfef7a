"""A list of one's own beside a place: any folder, any of the formats, and what it may not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from shapely import Point, box

from geo.errors import LayerError, MissingFileError
from layers.place import open_place, read_layers

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Toy

    from geo.kinds import Parcels


def read(toy: Toy, path: Path) -> Parcels:
    parcels = read_layers(open_place(str(toy.folder)), path).parcels
    assert parcels is not None
    return parcels


def middle(toy: Toy) -> Point:
    """A point on the land of the toy, in degrees."""
    land = toy.layers().regions.frame.geometry
    return land.representative_point().to_crs("EPSG:4326").iloc[0]


def drawn(toy: Toy, crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    spot = middle(toy)
    shape = box(spot.x, spot.y, spot.x + 0.01, spot.y + 0.01)
    frame = gpd.GeoDataFrame({"name": ["Mine"]}, geometry=[shape], crs="EPSG:4326")
    return frame.to_crs(crs)


@pytest.mark.parametrize("file", ["mine.gpkg", "mine.geojson", "mine.shp", "mine.fgb"])
def test_a_list_of_any_format_is_read_from_anywhere(toy: Toy, tmp_path: Path, file: str) -> None:
    drawn(toy).to_file(tmp_path / file)
    parcels = read(toy, tmp_path / file)
    assert parcels.frame["name"].tolist() == ["Mine"]
    assert parcels.frame.crs == toy.layers().place.crs
    assert (parcels.source.file, len(parcels.source.sha256)) == (file, 64)


def test_a_table_holds_points(toy: Toy, tmp_path: Path) -> None:
    spot = middle(toy)
    path = tmp_path / "mine.csv"
    path.write_text(f"name,lon,lat,owner\nMine,{spot.x},{spot.y},Ada\n", encoding="utf-8")
    frame = read(toy, path).frame
    assert frame.geom_type.tolist() == ["Point"]
    assert frame["owner"].tolist() == ["Ada"]


def test_of_a_pack_the_sites_are_read(toy: Toy, tmp_path: Path) -> None:
    path = tmp_path / "pack.gpkg"
    drawn(toy).assign(name="A line's").to_file(path, layer="lines")
    drawn(toy).to_file(path, layer="sites")
    assert read(toy, path).frame["name"].tolist() == ["Mine"]


def test_another_crs_changes_nothing(toy: Toy, tmp_path: Path) -> None:
    drawn(toy).to_file(tmp_path / "one.gpkg")
    drawn(toy, "EPSG:3857").to_file(tmp_path / "other.gpkg")
    one, other = (read(toy, tmp_path / f"{name}.gpkg").frame for name in ("one", "other"))
    assert one.geometry.iloc[0].symmetric_difference(other.geometry.iloc[0]).area < 1


def test_a_list_that_is_not_there(toy: Toy, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="there is no such file; check the path after"):
        read(toy, tmp_path / "mine.gpkg")


def test_several_layers_without_sites_are_a_question(toy: Toy, tmp_path: Path) -> None:
    path = tmp_path / "mine.gpkg"
    for layer in ("one", "two"):
        drawn(toy).to_file(path, layer=layer)
    with pytest.raises(LayerError, match=r"has 2 layers \(one, two\)"):
        read(toy, path)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("mine.gpkg", "<OGRVRTDataSource/>", "is not GPKG, whatever its name"),
        ("mine.geojson", "<OGRVRTDataSource/>", "is not GeoJSON, whatever its name"),
        ("mine.xlsx", "PK", "is not an XLSX workbook"),
        ("mine.csv", "name\nMine\n", "lon"),
    ],
)
def test_what_only_calls_itself_a_list(toy: Toy, tmp_path, file, text, words) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(LayerError, match=words):
        read(toy, tmp_path / file)


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (b"name,lon,lat\nMine,999,60\n", "check that lon and lat are not swapped"),
        (b"name;lon;lat\nMine;9;60\n", "save the file with commas"),
        (b"name,x\nMine,9\n", "add it"),
        (b"name,lon,lat\n\xe6,9,60\n", "(spreadsheets call it 'CSV UTF-8')"),
    ],
)
def test_hints_are_of_the_list_and_not_of_the_place(toy: Toy, tmp_path, data, remedy) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(data)
    with pytest.raises(LayerError) as caught:
        read(toy, path)
    assert caught.value.faults[0].remedy.endswith(remedy)
    assert "place.toml" not in str(caught.value)
    assert "declare" not in str(caught.value)
