"""The page on paper: light whatever the window is, and a comparison by itself."""

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


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_map(make_siting(), tmp_path_factory.mktemp("map") / "toy.html")


def test_paper_is_light_and_the_window_dark_again(browser: Browser, toy: Path) -> None:
    theme = "document.documentElement.dataset.theme"
    browser.open(toy, fragment="theme=dark")
    browser.call("Emulation.setEmulatedMedia", media="print")
    browser.wait(f"{theme} === 'light'")
    browser.call("Emulation.setEmulatedMedia", media="")
    browser.wait(f"{theme} === 'dark'")
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
