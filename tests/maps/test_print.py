"""The page on paper: light, with all that the window showed, and afterwards as it was."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from maps.exports import write_map
from tests.maps.toy import make_siting

if TYPE_CHECKING:
    from pathlib import Path

    from tests.maps.devtools import Browser

pytestmark = pytest.mark.browser
SHOWN = """[document.documentElement.dataset.theme, powersite.map.getZoom(),
  ...["lat", "lng"].map((name) => powersite.map.getCenter()[name].toFixed(3))]"""
CANVASES = "document.querySelectorAll('.leaflet-pane canvas').length"


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_map(make_siting(), tmp_path_factory.mktemp("map") / "toy.html")


def test_paper_is_light_and_shows_the_whole_view(browser: Browser, toy: Path) -> None:
    browser.open(toy, fragment="theme=dark&site=toy-0003")
    shown, canvases = browser.run(SHOWN), browser.run(CANVASES)
    browser.run("window.seen = powersite.map.getBounds(); 1")
    browser.run("window.dispatchEvent(new Event('beforeprint')); 1")
    assert browser.run("document.documentElement.dataset.theme") == "light"
    assert browser.run("powersite.colour('panel')") == "#ffffff"
    assert browser.run("powersite.map.getBounds().contains(window.seen)") is True
    drawn = """[...document.querySelectorAll('.leaflet-pane canvas')]
      .filter((one) => one.style.display !== 'none')
      .map((one) => one.getContext('2d').getImageData(0, 0, one.width, one.height).data)
      .map((data) => data.some((value, at) => at % 4 === 3 && value))"""
    assert browser.run(drawn) == [True] * canvases
    browser.run("window.dispatchEvent(new Event('afterprint')); 1")
    assert browser.run(SHOWN) == shown
    assert browser.run(CANVASES) == canvases
    assert browser.complaints() == []


def test_a_pdf_has_the_table_and_an_open_comparison_stands_alone(
    browser: Browser, toy: Path
) -> None:
    browser.open(toy, fragment="stars=toy-0001,toy-0002")
    paper = {"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": True}
    whole = base64.b64decode(browser.call("Page.printToPDF", **paper)["data"])
    browser.run("powersite.openCompare()")
    alone = base64.b64decode(browser.call("Page.printToPDF", **paper)["data"])
    assert whole.startswith(b"%PDF")
    assert pages(whole) >= 5  # the map, and a sheet for each tab
    assert pages(alone) == 1


def pages(pdf: bytes) -> int:
    """Count the pages of a PDF."""
    return pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type /Page/")
