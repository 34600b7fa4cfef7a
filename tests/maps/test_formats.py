"""What independent programs read in every format is what was handed over."""

from __future__ import annotations

import csv
import json
import subprocess
import zipfile
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from jsonschema import Draft202012Validator

from geo.errors import ScenarioError
from maps import geoparquet
from maps.delivery import Order, deliver
from maps.dictionary import aliases
from maps.exports import write_pack
from maps.frames import known
from tests.maps.toy import make_siting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from geo.siting import Siting
    from maps.delivery import Delivery

    Ask = Callable[..., dict[str, Any]]

ALL = ("gpkg", "qgis", "geojson", "csv", "xlsx", "parquet", "flatgeobuf", "kml", "kmz",
       "shapefile", "filegdb", "stac")  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
DEGREE = 1e-7


@pytest.fixture(scope="module")
def delivery() -> Delivery:
    return deliver(make_siting(), Order())


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy answer in every format, to be read only."""
    folder = tmp_path_factory.mktemp("formats") / "pack"
    write_pack(make_siting(), folder, Order(formats=ALL))
    return folder


@pytest.fixture(scope="session")
def ask_ogr(ogrinfo: str, elsewhere: dict[str, str]) -> Ask:
    """Feature count and field names by layer, as GDAL's own tool tells them."""

    def ask(path: Path, *options: str) -> dict[str, Any]:
        answer = subprocess.run(
            [ogrinfo, "-so", "-al", *options, str(path)],
            capture_output=True, text=True, check=True, env=elsewhere,
        )  # fmt: skip
        assert "ERROR" not in answer.stdout + answer.stderr
        assert "Warning" not in answer.stderr
        return dict(map(layer_of, answer.stdout.split("Layer name: ")[1:]))

    return ask


def layer_of(text: str) -> tuple[str, dict[str, Any]]:
    """Take a layer's part of what ogrinfo prints to pieces."""
    lines = text.splitlines()
    count = next(int(line.split(": ")[1]) for line in lines if line.startswith("Feature Count"))
    fields = [
        line.partition(":")[0]
        for line in lines
        if ": " in line
        and line.endswith(")")
        and " (" in line
        and not line.startswith(("Ext", " "))
    ]
    return lines[0], {"count": count, "fields": fields, "epsg": 'ID["EPSG",25833]' in text}


def columns(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame.columns if name != "geometry"]


@pytest.mark.gdal
@pytest.mark.parametrize("name", ["shortlist.gpkg", "shortlist.gdb"])
def test_ogr_counts_the_same_features_and_fields(
    delivery: Delivery, pack: Path, ask_ogr: Ask, name: str
) -> None:
    found = ask_ogr(pack / name)
    for layer, frame in delivery.tables.items():
        assert found[layer]["count"] == len(frame), layer
        assert found[layer]["fields"] == columns(frame), layer
        assert found[layer]["epsg"] is (layer in delivery.spatial), layer


@pytest.mark.gdal
def test_ogr_counts_the_same_in_single_files(delivery: Delivery, pack: Path, ask_ogr: Ask) -> None:
    for layer, frame in delivery.spatial.items():
        fgb = ask_ogr(pack / "flatgeobuf" / f"{layer}.fgb")[layer]
        shp = ask_ogr(pack / "shapefile" / f"{layer}.shp")[layer]
        assert fgb["count"] == shp["count"] == len(frame), layer
        assert fgb["fields"] == columns(frame), layer
        assert shp["fields"] == list(aliases(columns(frame)).values()), layer
        assert fgb["epsg"], layer
    sites = ask_ogr(pack / "shortlist.geojson")["shortlist"]
    assert (sites["count"], sites["fields"]) == (5, columns(delivery.tables["sites"]))


@pytest.mark.gdal
@pytest.mark.parametrize("name", ["shortlist.kml", "shortlist.kmz"])
def test_ogr_counts_the_same_in_kml(
    delivery: Delivery, pack: Path, ask_ogr: Ask, name: str
) -> None:
    found = ask_ogr(pack / name)
    for layer, frame in delivery.spatial.items():
        assert found[layer]["count"] == len(frame), layer
        full = frame.drop(columns="geometry").map(known).notna().any()
        assert set(full.index[full]) <= {*found[layer]["fields"], "Name", "name"}, layer


@pytest.mark.gdal
def test_ogr_counts_the_same_in_the_workbook(delivery: Delivery, pack: Path, ask_ogr: Ask) -> None:
    found = ask_ogr(pack / "shortlist.xlsx", "--config", "OGR_XLSX_HEADERS", "FORCE")
    for layer, frame in delivery.tables.items():
        assert found[layer]["count"] == len(frame), layer
        assert found[layer]["fields"] == columns(frame), layer


@pytest.mark.gdal
def test_ogr2ogr_copies_every_layer(
    delivery: Delivery, pack: Path, tmp_path: Path, ogr2ogr: str, elsewhere: dict[str, str]
) -> None:
    for number, name in enumerate(["shortlist.gpkg", "shortlist.gdb", "shortlist.kmz"]):
        copy = tmp_path / f"{number}.gpkg"
        command = [ogr2ogr, "-f", "GPKG", str(copy), str(pack / name), *delivery.spatial]
        subprocess.run(command, capture_output=True, check=True, env=elsewhere)
        for layer, frame in delivery.spatial.items():
            assert pyogrio.read_info(copy, layer=layer)["features"] == len(frame), (name, layer)


READ = {
    "gpkg": lambda pack, layer: gpd.read_file(pack / "shortlist.gpkg", layer=layer),
    "filegdb": lambda pack, layer: gpd.read_file(pack / "shortlist.gdb", layer=layer),
    "flatgeobuf": lambda pack, layer: gpd.read_file(pack / "flatgeobuf" / f"{layer}.fgb"),
    "shapefile": lambda pack, layer: gpd.read_file(pack / "shapefile" / f"{layer}.shp"),
    "parquet": lambda pack, layer: gpd.read_parquet(pack / "geoparquet" / f"{layer}.parquet"),
}


@pytest.mark.parametrize("name", READ)
def test_shapes_and_values_come_back_as_they_went(
    delivery: Delivery, pack: Path, name: str
) -> None:
    for layer, frame in delivery.spatial.items():
        found = READ[name](pack, layer)
        names = columns(frame)
        if name == "shapefile":
            found = found.rename(columns={short: one for one, short in aliases(names).items()})
        key = [names[0], *(["path"] if "path" in names else [])]
        found = found.sort_values(key).reset_index(drop=True)
        expected = frame.sort_values(key).reset_index(drop=True)
        assert found.crs == expected.crs, layer
        same_shapes(found.geometry, expected.geometry, 1e-7)
        for column in names:
            same_values(found[column], expected[column], exact=name != "shapefile")


def same_shapes(found: gpd.GeoSeries, expected: gpd.GeoSeries, tolerance: float) -> None:
    """Same shapes vertex by vertex, however rings turn and parts are grouped."""
    for one, other in zip(found, expected, strict=True):
        if other is None or other.is_empty:
            assert one is None or one.is_empty
        else:
            assert shapely.equals_exact(one.normalize(), multi(one, other).normalize(), tolerance)


def multi(like: Any, shape: Any) -> Any:  # noqa: ANN401
    """A shape as one of several parts, if the other is."""
    if like.geom_type == f"Multi{shape.geom_type}":
        return getattr(shapely, like.geom_type)([shape])
    if shape.geom_type == f"Multi{like.geom_type}" and len(shape.geoms) == 1:
        return shape.geoms[0]
    return shape


def same_values(found: pd.Series, expected: pd.Series, *, exact: bool) -> None:
    for one, other in zip(found.tolist(), expected.tolist(), strict=True):
        if isinstance(other, str):
            assert (known(one) or "") == other, expected.name
        elif known(other) is None:
            assert known(one) is None, expected.name
        elif exact:
            assert one == other, expected.name
        else:  # a Shapefile keeps numbers as text of 24 letters
            assert one == pytest.approx(other, rel=1e-12), expected.name


def test_coordinates_keep_seven_decimals_of_a_degree(pack: Path, delivery: Delivery) -> None:
    expected = delivery.spatial["sites"].to_crs("EPSG:4326").geometry
    found = gpd.read_file(pack / "shortlist.geojson").geometry
    same_shapes(found, expected, DEGREE)
    marks = "{http://www.opengis.net/kml/2.2}"
    tree = ET.parse(pack / "shortlist.kml")  # noqa: S314 -- our own file
    folder = next(one for one in tree.iter(f"{marks}Folder") if one[0].text == "sites")
    rings = [one.text for one in folder.iter(f"{marks}coordinates")]
    for text, shape in zip(rings, expected, strict=True):
        ring = shapely.Polygon([tuple(map(float, pair.split(","))) for pair in text.split()])
        assert shapely.equals_exact(ring.normalize(), shape.normalize(), DEGREE)


def test_geojson_is_rfc_7946(pack: Path) -> None:
    text = json.loads((pack / "shortlist.geojson").read_text(encoding="utf-8"))
    assert set(text) == {"type", "features"}  # no crs
    for feature in text["features"]:
        ring = shapely.LinearRing(feature["geometry"]["coordinates"][0])
        assert ring.is_ccw
        assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring.coords)


def test_geoparquet_says_what_it_is_to_a_second_reader(pack: Path, delivery: Delivery) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    for layer, frame in delivery.spatial.items():
        file = parquet.ParquetFile(pack / "geoparquet" / f"{layer}.parquet")
        geo = json.loads(file.schema_arrow.metadata[b"geo"])
        column = geo["columns"][geo["primary_column"]]
        assert geo["version"] == "1.1.0"
        assert column["encoding"] == "WKB"
        assert column["crs"]["id"] == {"authority": "EPSG", "code": 25833}
        assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
        assert file.metadata.row_group(0).column(0).compression == "ZSTD"
        table = file.read().to_pydict()
        for box, wkb in zip(table["bbox"], table["geometry"], strict=True):
            shape = None if wkb is None else shapely.from_wkb(wkb)
            if shape is not None and not shape.is_empty:
                assert [box[one] for one in ("xmin", "ymin", "xmax", "ymax")] == [*shape.bounds]
        assert file.metadata.num_rows == len(frame)
    plain = parquet.read_table(pack / "geoparquet" / "headroom.parquet").to_pandas()
    assert plain["bus_id"].tolist() == delivery.tables["headroom"]["bus_id"].tolist()


def test_geoparquet_without_its_library_is_refused_in_a_line(
    siting: Siting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geoparquet, "find_spec", lambda _: None)
    with pytest.raises(ScenarioError, match=r"pip install 'powersite\[parquet\]'"):
        write_pack(siting, tmp_path / "out", Order(formats=("parquet",)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf", ".prj", ".cpg"])
def test_a_shapefile_comes_with_its_side_files(pack: Path, suffix: str) -> None:
    path = pack / "shapefile" / f"sites{suffix}"
    assert path.stat().st_size > 0
    if suffix == ".cpg":
        assert path.read_text() == "UTF-8"


def test_a_shapefile_cuts_long_texts_between_letters(siting: Siting, tmp_path: Path) -> None:
    long = siting.sites.assign(season_note="ø" * 300)
    write_pack(replace(siting, sites=long), tmp_path / "out", Order(formats=("shapefile",)))
    found = gpd.read_file(tmp_path / "out" / "shapefile" / "sites.shp")
    assert found["season"].tolist() == ["ø" * 127] * 5


def test_no_cell_of_a_hostile_answer_is_a_formula(hostile: Siting, tmp_path: Path) -> None:
    write_pack(hostile, tmp_path / "out", Order(formats=("csv", "xlsx")))
    for path in (tmp_path / "out").rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                harmless = [text for text in row if not is_number(text)]
                assert not [text for text in harmless if text.lstrip().startswith(FORMULA)]
    with zipfile.ZipFile(tmp_path / "out" / "shortlist.xlsx") as packed:
        sheets = [name for name in packed.namelist() if name.startswith("xl/worksheets/")]
        assert len([name for name in sheets if name.endswith(".xml")]) >= 15
        for name in sheets:
            text = packed.read(name).decode()
            assert "<f>" not in text
            assert "<f " not in text
            assert "hyperlink" not in text.lower()


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_no_text_of_a_hostile_answer_is_markup_in_a_balloon(
    hostile: Siting, tmp_path: Path
) -> None:
    """Google Earth reads a description as HTML, and fills in ``$[name]`` in it."""
    sites = hostile.sites.assign(name=["$[description]<script>x</script>"] * len(hostile.sites))
    write_pack(replace(hostile, sites=sites), tmp_path / "out", Order(formats=("kml",)))
    marks = "{http://www.opengis.net/kml/2.2}"
    tree = ET.parse(tmp_path / "out" / "shortlist.kml")  # noqa: S314 -- our own file
    texts = [one.text or "" for one in tree.iter(f"{marks}description")]
    assert len(texts) > 20
    for text in texts:
        inner = text.replace("<table>", "").replace("</table>", "")
        for tag in ("tr", "td"):
            inner = inner.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
        assert "<" not in inner
        assert "$[" not in inner
    balloons = {one.text for one in tree.iter(f"{marks}text")}
    assert balloons == {"$[description]"}


def test_kml_gives_each_site_the_colour_of_its_grade(pack: Path) -> None:
    marks = "{http://www.opengis.net/kml/2.2}"
    tree = ET.parse(pack / "shortlist.kml")  # noqa: S314 -- our own file
    folder = next(one for one in tree.iter(f"{marks}Folder") if one[0].text == "sites")
    used = [one.text for one in folder.iter(f"{marks}styleUrl")]
    # The toy's grades are A A B B C.
    assert used == ["#sites-0", "#sites-0", "#sites-1", "#sites-1", "#sites-2"]
    colour = {
        one.get("id"): one.find(f"{marks}PolyStyle/{marks}color").text
        for one in tree.iter(f"{marks}Style")
        if one.get("id").startswith("sites-")
    }
    assert colour["sites-0"] == "d9733a12"  # 85 % of #123a73, as opacity, blue, green, red


STAC_ITEM = {
    "type": "object",
    "required": ["type", "stac_version", "id", "geometry", "bbox", "properties", "links", "assets"],
    "properties": {
        "type": {"const": "Feature"},
        "stac_version": {"enum": ["1.0.0", "1.1.0"]},
        "stac_extensions": {"type": "array", "items": {"type": "string", "pattern": "^https://"}},
        "id": {"type": "string", "pattern": "^[a-z0-9_-]+$"},
        "geometry": {
            "type": "object",
            "required": ["type", "coordinates"],
            "properties": {
                "type": {"const": "Polygon"},
                "coordinates": {
                    "type": "array",
                    "items": {"type": "array", "minItems": 4, "items": {"type": "array"}},
                },
            },
        },
        "bbox": {"type": "array", "minItems": 4, "maxItems": 4, "items": {"type": "number"}},
        "properties": {
            "type": "object",
            "required": ["datetime"],
            "properties": {
                "datetime": {
                    "type": "string",
                    "pattern": "^[0-9-]{10}T[0-9:]{8}Z$",
                },
                "license": {"type": "string"},
                "proj:epsg": {"type": ["integer", "null"]},
            },
        },
        "links": {
            "type": "array",
            "items": {"type": "object", "required": ["href", "rel"]},
        },
        "assets": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["href"],
                "properties": {
                    "href": {"type": "string", "pattern": r"^\./[^/]"},
                    "type": {"type": "string", "pattern": "^[a-z]+/"},
                    "roles": {"type": "array", "items": {"type": "string"}},
                    "file:size": {"type": "integer", "minimum": 0},
                    "file:checksum": {"type": "string", "pattern": "^1220[0-9a-f]{64}$"},
                },
            },
        },
    },
}
"""What the STAC item specification 1.0.0 and its projection and file extensions ask for, as far as
we use them."""


def test_the_record_for_catalogues_is_a_stac_item(pack: Path) -> None:
    item = json.loads((pack / "stac-item.json").read_text(encoding="utf-8"))
    faults = list(Draft202012Validator(STAC_ITEM).iter_errors(item))
    assert faults == []
    west, south, east, north = item["bbox"]
    assert west < east
    assert south < north
    ring = shapely.LinearRing(item["geometry"]["coordinates"][0])
    assert ring.is_ccw
    for name, asset in item["assets"].items():
        assert (pack / asset["href"]).stat().st_size == asset["file:size"], name
    assert "shortlist.gpkg" in item["assets"]


def test_delivery_in_another_crs_moves_the_shapes_only(siting: Siting, tmp_path: Path) -> None:
    order = Order(formats=("gpkg",), crs="EPSG:3857")
    write_pack(siting, tmp_path / "out", order)
    found = gpd.read_file(tmp_path / "out" / "shortlist.gpkg", layer="sites")
    assert found.crs == "EPSG:3857"
    expected = siting.sites.head(5).to_crs("EPSG:3857").geometry
    same_shapes(found.geometry, expected, 1e-6)
    assert found["area_ha"].tolist() == siting.sites["area_ha"].head(5).tolist()


def test_layers_and_columns_are_chosen(siting: Siting) -> None:
    order = Order(layers=("sites", "lines"), fields=("firm_mw", "lines.voltage_kv"))
    tables = deliver(siting, order).tables
    assert columns(tables["sites"]) == ["site_id", "rank", "grade", "firm_mw"]
    assert columns(tables["lines"]) == ["id", "voltage_kv"]
    refuse = partial(pytest.raises, ScenarioError)
    with refuse(match="unknown layer 'line'; did you mean 'lines'"):
        deliver(siting, Order(layers=("line",)))
    with refuse(match="unknown field of sites 'firm_mva'; did you mean 'firm_mw'"):
        deliver(siting, Order(fields=("firm_mva",)))


def test_whole_numbers_fit_in_what_arcgis_reads(pack: Path) -> None:
    kinds = dict(
        zip(
            *(
                pyogrio.read_info(pack / "shortlist.gdb", layer="sites")[one]
                for one in ("fields", "dtypes")
            ),
            strict=True,
        )
    )
    assert np.dtype(kinds["rank"]) == np.int32


def test_columns_of_the_user_survive_every_format(siting: Siting, tmp_path: Path) -> None:
    """Names that formats keep for themselves, and with blanks."""
    own = siting.layers.lines.frame.assign(
        **{"fid": 1, "GEOM": "x", "OBJECTID": 7, "Größe [m²]": 1.5}
    )
    lines = replace(siting.layers.lines, frame=own)
    wide = replace(siting, layers=replace(siting.layers, lines=lines))
    write_pack(wide, tmp_path / "out", Order(formats=ALL))
    new = {"fid_own", "GEOM_own", "OBJECTID_own", "Größe [m²]"}
    found = gpd.read_file(tmp_path / "out" / "shortlist.gpkg", layer="lines")
    assert new <= set(found.columns)
    assert found["GEOM_own"].tolist() == ["x"] * 5
    for name in ("flatgeobuf/lines.fgb", "shapefile/lines.shp", "shortlist.gdb"):
        options = {"layer": "lines"} if name.endswith(".gdb") else {}
        read = gpd.read_file(tmp_path / "out" / name, **options)
        assert len(read.columns) == len(found.columns), name
        assert len(read) == 5


@pytest.mark.parametrize("layers", [("headroom",), ("sites",), ("lines", "sources")])
def test_any_choice_of_layers_makes_a_pack(
    siting: Siting, tmp_path: Path, layers: tuple[str, ...]
) -> None:
    written = write_pack(siting, tmp_path / "out", Order(formats=(*ALL, "map"), layers=layers))
    assert all(path.exists() for path in written)
    found = {str(name) for name, _ in pyogrio.list_layers(tmp_path / "out" / "shortlist.gpkg")}
    assert found == {*layers, "dictionary", "layer_styles"}


def test_empty_layers_are_written_empty(siting: Siting, tmp_path: Path) -> None:
    bare = replace(
        siting,
        congestion=siting.congestion.head(0),
        supply_paths=siting.supply_paths.head(0),
        limits=siting.limits.head(0),
        gantt=siting.gantt.head(0),
    )
    write_pack(bare, tmp_path / "out", Order(formats=ALL))
    for name in ("shortlist.gpkg", "shortlist.gdb"):
        found = pyogrio.read_info(tmp_path / "out" / name, layer="supply_paths")
        assert (found["features"], "weakest_mw" in found["fields"]) == (0, True)


@pytest.mark.gdal
def test_ogr_counts_the_same_in_tables(delivery: Delivery, pack: Path, ask_ogr: Ask) -> None:
    for layer, name in (("sites", "shortlist"), ("regions", "regions")):
        found = ask_ogr(pack / f"{name}.csv")[name]
        frame = delivery.tables[layer]
        assert (found["count"], found["fields"]) == (len(frame), columns(frame))
