"""The look in a GIS: the colours of the map page, no code in it, and QGIS shows it so."""

from __future__ import annotations

import json
import os
import re
import subprocess
import zipfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from maps.delivery import Order, deliver
from maps.exports import write_pack
from maps.geopackage import GEOMETRY_TYPES
from maps.qgis_project import project
from maps.qml import qml, rgba
from maps.styles import GROUPS, STYLES, TABLES, title
from tests.conftest import missing

if TYPE_CHECKING:
    from geo.siting import Siting

LOOK = Path(__file__).parent / "clients" / "look.py"
PYTHON = "/usr/bin/python3"


def page_colours() -> dict[str, str]:
    """Colours of the page in daylight, by name."""
    text = files("maps").joinpath("page", "map.css").read_text(encoding="utf-8")
    light = text[: text.index('[data-theme="dark"]')]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", light))


def test_grades_voltages_and_fuels_have_the_colours_of_the_page() -> None:
    page = page_colours()
    for band in STYLES["sites"].bands:
        assert band.symbol.colour == page[f"grade-{band.value}"]
    for number, band in enumerate(STYLES["lines"].bands, start=1):
        assert band.symbol.colour == page[f"volt-{number}"]
    for band in STYLES["plants"].bands:
        assert band.symbol.colour == page[f"fuel-{band.value or 'other'}"]


def test_every_layer_has_a_look_or_is_a_table(siting: Siting) -> None:
    delivery = deliver(siting, Order())
    assert set(delivery.spatial) <= set(STYLES) == set(GEOMETRY_TYPES)
    assert set(delivery.tables) - set(delivery.spatial) <= set(TABLES)
    assert {style.group for style in STYLES.values()} <= set(GROUPS)
    assert all(title(layer) != layer for layer in delivery.tables)


def test_bands_of_numbers_leave_no_gap() -> None:
    for style in STYLES.values():
        if style.by_number:
            ends = [band.high for band in style.bands[:-1]]
            assert ends == [band.low for band in style.bands[1:]]


def test_colour_as_qgis_writes_it() -> None:
    assert rgba("#123a73") == "18,58,115,255"
    assert rgba("#000000", 0.5) == "0,0,0,128"


@pytest.mark.parametrize("layer", STYLES)
def test_style_names_columns_that_the_layer_has(siting: Siting, layer: str) -> None:
    names = [entry.column for entry in deliver(siting, Order()).entries(layer)]
    for column in (STYLES[layer].attribute, STYLES[layer].label):
        assert not column or column in names


def test_style_without_its_column_draws_all_alike(siting: Siting) -> None:
    narrow = deliver(siting, Order(fields=("lines.id",)))
    root = ET.fromstring(qml(STYLES["lines"], narrow.entries("lines")))  # noqa: S314 -- our own
    assert root.find("renderer-v2").get("type") == "singleSymbol"


def test_no_code_and_no_absolute_path_in_a_project(hostile: Siting, tmp_path: Path) -> None:
    write_pack(hostile, tmp_path / "out", Order(formats=("qgis",)))
    with zipfile.ZipFile(tmp_path / "out" / "shortlist.qgz") as packed:
        text = packed.read("shortlist.qgs").decode()
    root = ET.fromstring(text)  # noqa: S314 -- our own file
    tags = {one.tag for one in root.iter()}
    assert not tags & {
        "Macros", "pythonCode", "actionsetting", "attributeactions", "dd_properties",
        "data_defined_properties", "editforminitcode", "mapTip", "expressionfields",
    }  # fmt: skip
    assert {one.get("isExpression") for one in root.iter("text-style")} == {"0"}
    sources = [one.text for one in root.iter("datasource")]
    sources += [one.get("source") for one in root.iter("layer-tree-layer")]
    assert all(one.startswith("./shortlist.gpkg|layername=") for one in sources)
    assert str(tmp_path) not in text
    assert root.findtext("properties/Paths/Absolute") == "false"


def test_spatial_reference_of_a_project_is_whole(siting: Siting) -> None:
    root = project(deliver(siting, Order()))
    reference = {one.tag: one.text for one in root.find("projectCrs/spatialrefsys")}
    assert reference["authid"] == "EPSG:25833"
    assert reference["wkt"].startswith('PROJCRS["ETRS89')
    assert reference["projectionacronym"] == "utm"
    assert reference["ellipsoidacronym"] == "EPSG:7019"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What QGIS says of the toy pack, moved to another folder after it was written."""
    from tests.maps.toy import make_siting  # noqa: PLC0415 -- only where QGIS is

    probe = [PYTHON, "-c", "import qgis.core"]
    if (
        not Path(PYTHON).exists()
        or subprocess.run(probe, check=False, capture_output=True).returncode
    ):
        missing("python3-qgis")
    folder = tmp_path_factory.mktemp("qgis")
    write_pack(make_siting(), folder / "written", Order(formats=("qgis",)))
    (folder / "written").rename(folder / "moved")
    picture = folder / "map.png"
    answer = subprocess.run(
        [PYTHON, str(LOOK), *map(str, (folder / "moved" / "shortlist.qgz",
         folder / "moved" / "shortlist.gpkg", picture))],
        capture_output=True, text=True, check=False, timeout=120,
        env={"PATH": os.environ["PATH"], "QT_QPA_PLATFORM": "offscreen", "HOME": str(folder),
             "XDG_RUNTIME_DIR": str(folder)},
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout) | {"picture": str(picture)}


@pytest.mark.qgis
def test_qgis_opens_the_project_with_every_layer_in_its_group(seen: dict[str, Any]) -> None:
    siting_layers = [*GEOMETRY_TYPES, "headroom", "congestion", "limits", "upgrades", "tasks",
                     "sources", "dictionary"]  # fmt: skip
    assert seen["opened"]
    assert seen["title"] == "powersite: Toyland"
    assert set(seen["layers"]) == set(siting_layers)
    assert all(layer["valid"] for layer in seen["layers"].values())
    assert list(seen["groups"]) == list(GROUPS)
    assert seen["groups"]["Grid"] == [title("substations"), title("lines")]
    assert len(seen["groups"]["Tables"]) == len(TABLES)


@pytest.mark.qgis
def test_qgis_finds_the_crs_and_counts_the_rows(seen: dict[str, Any]) -> None:
    from tests.maps.toy import make_siting  # noqa: PLC0415 -- only where QGIS is

    delivery = deliver(make_siting(), Order())
    assert seen["crs"] == "EPSG:25833"
    for layer, frame in delivery.tables.items():
        found = seen["layers"][layer]
        assert found["count"] == len(frame), layer
        assert found["fields"] == ["fid", *[one.column for one in delivery.entries(layer)]], layer
        if layer in delivery.spatial:
            assert found["crs"] == "EPSG:25833", layer


@pytest.mark.qgis
@pytest.mark.parametrize("of", ["layers", "styled"])
def test_qgis_draws_with_the_colours_of_the_table(seen: dict[str, Any], of: str) -> None:
    """Both the project and the bare GeoPackage, whose styles QGIS finds by itself."""
    for layer, style in STYLES.items():
        found = seen[of][layer]
        told = [band.symbol.colour for band in style.bands]
        if not style.attribute:
            assert list(found["colours"].values()) == told, layer
        else:
            assert found["colours"] == {band.label: band.symbol.colour for band in style.bands}, (
                layer
            )
        assert found["label"] == style.label, layer
        assert found["expression"] is False
        assert found["actions"] == 0


@pytest.mark.qgis
def test_qgis_shows_the_titles_of_the_columns(seen: dict[str, Any]) -> None:
    site = dict(
        zip(seen["styled"]["sites"]["fields"], seen["styled"]["sites"]["titles"], strict=True)
    )
    assert site["firm_mw"] == "Firm power (N-1), megawatt"
    assert site["tie_km"] == "Tie-line, kilometre"


@pytest.mark.qgis
def test_qgis_draws_the_same_picture_from_project_and_package(seen: dict[str, Any]) -> None:
    assert seen["errors"] == []
    assert seen["same_picture"]
    assert Path(seen["picture"]).stat().st_size > 10_000
    colours = {band.value: band.symbol.colour for band in STYLES["sites"].bands}
    assert len(seen["at_sites"]) == 5
    for site_id, (grade, colour) in seen["at_sites"].items():
        assert colour == colours[grade], site_id
