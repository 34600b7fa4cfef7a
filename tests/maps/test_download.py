"""Files that the page itself saves: the table of now, no cell a formula, shapes as they are."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import shapely

from maps.exports import write_map
from maps.text import cell
from tests.maps.toy import HOSTILE, make_siting

if TYPE_CHECKING:
    from pathlib import Path

    from geo.siting import Siting
    from tests.maps.devtools import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_map(make_siting(), tmp_path_factory.mktemp("map") / "toy.html")


def saved(browser: Browser, kind: str, folder: Path) -> tuple[str, str]:
    """Press the button and wait for the file; its name and text."""
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    browser.run(f"document.getElementById('save-{kind}').click()")
    end = time.monotonic() + 30
    while not (found := [one for one in folder.glob(f"*.{kind}") if one.stat().st_size]):
        assert time.monotonic() < end, "no file came"
        time.sleep(0.05)
    return found[0].name, found[0].read_text(encoding="utf-8")


def test_csv_is_the_table_of_now(browser: Browser, toy: Path, tmp_path: Path) -> None:
    browser.open(toy, fragment="grades=AB&load=60")
    name, text = saved(browser, "csv", tmp_path)
    assert name == "toy-sites-60mw.csv"
    table = pd.read_csv(io.StringIO(text))
    assert table["site_id"].tolist() == browser.run(
        "powersite.shownSites.map((one) => one.site_id)"
    )
    assert set(table["grade"]) == {"A", "B"}
    assert table["load_mw"].tolist() == [60] * len(table)
    shares = table.filter(like="share_").sum(axis=1)
    assert shares.to_numpy() == pytest.approx(table["score"].to_numpy(), abs=1e-9)
    assert browser.complaints() == []


def test_csv_of_the_question_has_the_columns_of_the_house(
    browser: Browser, toy: Path, siting: Siting
) -> None:
    browser.open(toy)
    table = pd.read_csv(io.StringIO(browser.run("powersite.csv(powersite.shownSites)")))
    columns = ["site_id", "rank", "grade", "score", "firm_mw", "months_p50", "share_carbon"]
    expected = pd.DataFrame(siting.sites[columns])
    pd.testing.assert_frame_equal(table[columns], expected, check_dtype=False, atol=1e-4)
    assert pd.isna(table["firm_mw"].iloc[-1])


def test_no_cell_is_a_formula_and_text_is_as_python_writes_it(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    texts = [
        *HOSTILE,
        " =1+1",
        "\t@x",
        "-5 MW",
        'a "b", c',
        "\u202eab\u2066",
        "+",
        "plain, text",
        "",
    ]
    line = browser.run(f"{json.dumps(texts)}.map(powersite.cell).join(',')")
    [found] = pd.read_csv(
        io.StringIO(line), header=None, dtype=str, keep_default_na=False
    ).to_numpy()
    assert found.tolist() == [cell(text) if text else "" for text in texts]
    assert browser.run("[-5, 0.25, null, true].map(powersite.cell)") == ["-5", "0.25", "", "true"]


def test_geojson_has_the_shapes_and_is_right_handed(
    browser: Browser, toy: Path, tmp_path: Path, siting: Siting
) -> None:
    browser.open(toy, fragment="kind=greenfield")
    name, text = saved(browser, "geojson", tmp_path)
    assert name == "toy-sites-180mw.geojson"
    features = json.loads(text)["features"]
    assert [one["properties"]["site_id"][-1] for one in features] == list("1245678")
    assert features[-1]["properties"]["firm_mw"] is None
    expected = siting.sites.set_index("site_id").to_crs("EPSG:4326").geometry
    for feature in features:
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.exterior.is_ccw
        ground = expected[feature["properties"]["site_id"]]
        assert shape.symmetric_difference(ground).area < 1e-3 * ground.area


def test_geojson_keeps_holes_and_parts(browser: Browser, toy: Path) -> None:
    """Rings come as Leaflet has them: open, latitude first, outer ones in either direction."""
    browser.open(toy)
    holed = [[[0, 0], [0, 4], [4, 4], [4, 0]], [[1, 1], [1, 2], [2, 2], [2, 1]]]
    other = [[[8, 8], [9, 8], [9, 9], [8, 9], [8, 8]]]
    found = json.loads(
        browser.run(
            f"""powersite.geojson([{{ ...powersite.ranked[0], path: {[holed, other]} }}])"""
        )
    )["features"][0]["geometry"]
    shape = shapely.geometry.shape(found)
    assert shape.geom_type == "MultiPolygon"
    assert shape.area == pytest.approx(16 - 1 + 1)
    assert [part.exterior.is_ccw for part in shape.geoms] == [True, True]
    assert [ring.is_ccw for part in shape.geoms for ring in part.interiors] == [False]


def test_hostile_names_come_out_as_text(browser: Browser, hostile: Siting, tmp_path: Path) -> None:
    browser.open(write_map(hostile, tmp_path / "hostile.html"))
    text: Any = browser.run("powersite.csv(powersite.shownSites)")
    table = pd.read_csv(io.StringIO(text), keep_default_na=False, dtype=str)
    assert table["name"].tolist() == [cell(name) for name in hostile.sites["name"]]
    assert not [name for name in table["name"] if name.lstrip()[:1] in set("=+-@")]
    features = json.loads(browser.run("powersite.geojson(powersite.shownSites)"))["features"]
    assert len(features) == 8
    assert browser.run("window.harmed") is None
