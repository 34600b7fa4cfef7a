"""Vector files in four formats, read for what they are and never for what they claim to be."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import MultiPoint, Polygon

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Toy

FORMATS = ["regions2.geojson", "regions2.gpkg", "regions2.shp", "regions2.fgb"]


def regions(toy: Toy) -> gpd.GeoDataFrame:
    """Regions of the toy place."""
    frame = toy.layers().regions.frame
    assert isinstance(frame, gpd.GeoDataFrame)
    return frame


def use(toy: Toy, kind: str, file: str, more: str = "") -> None:
    """Let a layer be read from another file."""
    toy.set_layer(kind, f'file = "{file}"\n{more}')


@pytest.mark.parametrize("file", FORMATS)
def test_format_changes_nothing(toy: Toy, file: str) -> None:
    before = regions(toy)
    before[["name", "geometry"]].to_crs("EPSG:4326").to_file(toy.folder / file)
    use(toy, "regions", file)
    after = regions(toy).sort_values("name")
    expected = before.sort_values("name")
    assert list(after["name"]) == list(expected["name"])
    assert set(after.index) == {1, 2}
    pairs = zip(after.geometry, expected.geometry, strict=True)
    assert all(one.symmetric_difference(other).area < 10 for one, other in pairs)


@pytest.mark.parametrize("file", ["regions2.gpkg", "regions2.shp", "regions2.fgb"])
@pytest.mark.parametrize("crs", ["EPSG:25833", "EPSG:3857", "EPSG:4258"])
def test_crs_of_the_file_changes_nothing(toy: Toy, file: str, crs: str) -> None:
    before = regions(toy)
    before[["name", "geometry"]].to_crs(crs).to_file(toy.folder / file)
    use(toy, "regions", file)
    after = regions(toy)
    assert after.crs == before.crs
    west = [frame.set_index("name").geometry["West"] for frame in (before, after)]
    assert west[0].symmetric_difference(west[1]).area < 100


def test_missing_crs(toy: Toy) -> None:
    regions(toy)[["name", "geometry"]].to_file(toy.folder / "bare.shp")
    (toy.folder / "bare.prj").unlink()
    use(toy, "regions", "bare.shp")
    assert toy.faults() == ["bare.shp: has no CRS; declare crs = 'EPSG:…' under [layers.regions]"]
    use(toy, "regions", "bare.shp", 'crs = "EPSG:25832"')
    assert toy.faults() == []


def test_contradicted_crs(toy: Toy) -> None:
    regions(toy)[["name", "geometry"]].to_file(toy.folder / "utm.gpkg")
    use(toy, "regions", "utm.gpkg", 'crs = "EPSG:25833"')
    assert toy.faults() == [
        (
            "utm.gpkg: declares EPSG:25832, place.toml says EPSG:25833; "
            "remove crs from place.toml, or correct the file"
        )
    ]
    use(toy, "regions", "utm.gpkg", 'crs = "EPSG:25832"')
    assert toy.faults() == []


def test_crs84_is_wgs_84(toy: Toy) -> None:
    use(toy, "regions", "regions.geojson", 'crs = "OGC:CRS84"')
    assert toy.faults() == []
    toy.spoil(
        "regions.geojson",
        '{"type": "FeatureCollection",',
        '{"type": "FeatureCollection", "crs": {"type": "name", "properties": '
        '{"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},',
    )
    use(toy, "regions", "regions.geojson", 'crs = "EPSG:4326"')
    assert toy.faults() == []


def test_geopackage_of_several_layers(toy: Toy) -> None:
    frame = regions(toy)[["name", "geometry"]]
    frame.to_file(toy.folder / "all.gpkg", layer="land")
    frame.iloc[:1].to_file(toy.folder / "all.gpkg", layer="west")
    use(toy, "regions", "all.gpkg")
    (fault,) = toy.faults()
    assert fault.startswith("all.gpkg: has 2 layers (")
    assert "place.toml [layers.regions] layer" in fault
    use(toy, "regions", "all.gpkg", 'layer = "sea"')
    (fault,) = toy.faults()
    assert fault.startswith(
        "place.toml [layers.regions] layer: all.gpkg has no layer 'sea'; it has"
    )
    use(toy, "regions", "all.gpkg", 'layer = "land"')
    assert toy.faults() == []


def test_a_table_from_a_geopackage(toy: Toy) -> None:
    frame = regions(toy)[["name", "geometry"]].rename(columns={"name": "region"})
    frame.assign(land_price_usd_per_ha=[1.0, 2.0]).to_file(toy.folder / "prices.gpkg")
    use(toy, "land_prices", "prices.gpkg")
    prices = toy.layers().land_prices
    assert prices is not None
    assert not isinstance(prices.frame, gpd.GeoDataFrame)
    assert prices.frame["land_price_usd_per_ha"].tolist() == [1, 2]


def test_points_from_a_geopackage_and_lines_from_a_table(toy: Toy) -> None:
    frame = toy.layers().substations.frame
    frame[["id", "name", "voltages_kv", "geometry"]].to_file(toy.folder / "s.gpkg")
    use(toy, "substations", "s.gpkg")
    layers = toy.layers()
    assert layers.lines.frame.geometry.length.min() > 25_000
    assert list(layers.substations.frame.index) == [1, 2, 3]


def test_wrong_geometry(toy: Toy) -> None:
    frame = toy.layers().substations.frame
    frame[["id", "name", "geometry"]].to_file(toy.folder / "points.gpkg")
    use(toy, "regions", "points.gpkg")
    first, *_ = toy.faults()
    assert first.startswith("points.gpkg row 1: geometry is not a finite, non-empty Polygon")


def test_several_points_are_no_substation(toy: Toy) -> None:
    frame = toy.layers().substations.frame[["id", "name", "voltages_kv", "geometry"]]
    twins = frame.set_geometry([MultiPoint([point, point]) for point in frame.geometry])
    twins.set_crs(frame.crs).to_file(toy.folder / "s.gpkg")
    use(toy, "substations", "s.gpkg")
    assert "geometry is not a finite, non-empty Point" in toy.faults()[0]


def test_null_and_empty_geometry(toy: Toy) -> None:
    broken = gpd.GeoDataFrame(
        {"name": ["North", "South"]}, geometry=[None, Polygon()], crs="EPSG:25832"
    )
    pd.concat([regions(toy)[["name", "geometry"]], broken]).to_file(toy.folder / "r.gpkg")
    use(toy, "regions", "r.gpkg")
    assert [fault.split(":")[0] for fault in toy.faults()] == ["r.gpkg row 3", "r.gpkg row 4"]


def test_polygons_do_not_fit_a_table(toy: Toy) -> None:
    toy.write("regions.csv", "name\nWest\n")
    use(toy, "regions", "regions.csv")
    assert toy.faults() == [
        "regions.csv: a table cannot hold polygons; give it as geojson, gpkg, shp or fgb"
    ]


def test_geojson_in_another_encoding(toy: Toy) -> None:
    text = (toy.folder / "regions.geojson").read_text(encoding="utf-8")
    toy.write("regions.geojson", text.replace("West", "Vest-Øst"), encoding="latin-1")
    (fault,) = toy.faults()
    assert fault.startswith("regions.geojson line 1: is not UTF-8 (byte 0xd8)")


def test_no_features(toy: Toy) -> None:
    toy.write("regions.geojson", '{"type": "FeatureCollection", "features": []}')
    first, *_ = toy.faults()
    assert first.startswith("regions.geojson: ")


@pytest.mark.parametrize("file", FORMATS)
@pytest.mark.parametrize("size", [0, 3, 60, 120])
def test_truncated_file(toy: Toy, file: str, size: int) -> None:
    path = toy.folder / file
    regions(toy)[["name", "geometry"]].to_crs("EPSG:4326").to_file(path)
    os.truncate(path, size)
    use(toy, "regions", file)
    first, *_ = toy.faults()
    assert first.startswith(file)
    assert str(toy.folder) not in first


def vrt(secret: Path) -> str:
    """Write a GDAL virtual layer that reads another file."""
    return (
        "<OGRVRTDataSource><OGRVRTLayer name='secret'>"
        f"<SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )


def pipeline(secret: Path) -> str:
    """Write a GDAL pipeline that reads another file."""
    command = f"gdal vector pipeline ! read {secret} ! write --of stream streamed"
    return json.dumps({"type": "gdal_streamed_alg", "command_line": command})


@pytest.mark.parametrize("attack", [vrt, pipeline])
@pytest.mark.parametrize("file", FORMATS)
def test_file_that_reads_another_is_refused(toy: Toy, file: str, attack: Any) -> None:  # noqa: ANN401 -- a function of this module
    secret = toy.folder.parent / "secret.geojson"
    secret.write_bytes((toy.folder / "regions.geojson").read_bytes())
    toy.write(file, attack(secret))
    use(toy, "regions", file)
    (fault,) = toy.faults()
    assert fault.startswith(f"{file}: is ")
    assert "not GeoJSON" in fault or "whatever its name" in fault


@pytest.mark.parametrize(("real", "claimed"), [("gpkg", "geojson"), ("geojson", "fgb")])
def test_format_that_is_another(toy: Toy, real: str, claimed: str) -> None:
    frame = regions(toy)[["name", "geometry"]].to_crs("EPSG:4326")
    frame.to_file(toy.folder / f"r.{real}")
    (toy.folder / f"r.{real}").rename(toy.folder / f"r.{claimed}")
    use(toy, "regions", f"r.{claimed}")
    (fault,) = toy.faults()
    assert "whatever its name" in fault


def test_json_of_another_driver(toy: Toy) -> None:
    topology = {"type": "Topology", "objects": {}, "arcs": []}
    toy.write("regions.geojson", json.dumps(topology))
    (fault,) = toy.faults()
    assert fault.startswith("regions.geojson: ")
