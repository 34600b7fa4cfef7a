"""How complete the data are, on the page and as plain values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from maps.completeness import known_rows
from maps.exports import write_map
from tests.maps.toy import HOSTILE, make_siting

if TYPE_CHECKING:
    from pathlib import Path

    from tests.maps.devtools import Browser


def test_rows_of_a_layer_stand_together() -> None:
    found = known_rows(make_siting().known)
    assert [row["layer"] for row in found["layers"]] == ["lines", "lines", "plants", "substations"]
    assert found["layers"][-1]["what"] == "met_by_a_line"
    assert found["kilometres"][0] == {
        "voltage_kv": 300.0, "line_km": 80.0, "circuit_km": 160.0, "published_km": 100.0,
    }  # fmt: skip
    assert found["rules"] == [{"layer": "lines", "rule": "circuits: cables / 3", "rows": 2}]
    assert known_rows(None) is None


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_map(make_siting(), tmp_path_factory.mktemp("map") / "toy.html")


def cells(browser: Browser, name: str) -> list[list[str]]:
    script = (
        f"[...document.querySelectorAll('.known.{name} tbody tr')]"
        ".map((row) => [...row.children].map((cell) => cell.innerText.trim()))"
    )
    found = browser.run(script)
    return [[" ".join(text.split()) for text in row] for row in found]


@pytest.mark.browser
def test_the_page_tells_what_is_known(browser: Browser, page: Path) -> None:
    browser.open(page, fragment="tab=sources&lang=en")
    assert cells(browser, "shares") == [
        ["Lines 4 rows voltage", "100 %", "4 of 4"],
        ["circuits", "50 %", "2 of 4"],
        ["Power plants 0 rows energy of a year", "–", "0 of 0"],
        ["Substations 3 rows met by a line", "66 %", "2 of 3"],
    ]
    assert cells(browser, "kilometres") == [
        ["300 kV", "80", "160", "100 (80 %)"],
        ["132 kV", "40", "40", "–"],
    ]
    assert cells(browser, "rules") == [["Lines circuits: cables / 3", "2 rows"]]
    told = browser.run("document.getElementById('known').innerText")
    assert "Grid company, 2024" in told
    assert "The network is in 2 parts; the largest has 90 % of its length." in told


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "ja", "nb"])
def test_it_fits_a_telephone(browser: Browser, page: Path, language: str) -> None:
    browser.open(page, 360, 740, dark=True, fragment=f"tab=sources&lang={language}")
    assert browser.run("document.documentElement.scrollWidth") <= 360
    assert browser.run("document.querySelector('#known').scrollWidth") <= 360
    assert browser.complaints() == []


@pytest.mark.browser
def test_names_are_shown_as_names(browser: Browser, tmp_path: Path) -> None:
    siting = make_siting(hostile=True)
    path = write_map(siting, tmp_path / "hostile.html")
    browser.open(path, fragment="tab=sources")
    assert browser.run("window.harmed === undefined")
    assert browser.run("document.getElementById('known').textContent.includes("
                       "powersite.data.known.rules[0].rule)")  # fmt: skip
    assert any(word in browser.run("powersite.data.known.rules[0].rule") for word in HOSTILE)


@pytest.mark.browser
def test_a_run_that_did_not_look_shows_nothing(browser: Browser, tmp_path: Path) -> None:
    path = write_map(replace(make_siting(), known=None), tmp_path / "old.html")
    browser.open(path, fragment="tab=sources")
    assert browser.run("document.getElementById('known')") is None
    assert browser.complaints() == []


@pytest.mark.browser
def test_regions_tell_what_they_serve_together(browser: Browser, page: Path) -> None:
    browser.open(page, fragment="tab=regions&lang=en")
    script = (
        "[...document.querySelectorAll('#sheet-regions tr')]"
        ".map((row) => row.children[row.children.length - 2].innerText.replace('\\n', ' '))"
    )
    assert browser.run(script) == ["Joint MW", "610", "250", "–"]
