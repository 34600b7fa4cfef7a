"""The address of the page: it brings back what was chosen, and believes nothing of another form."""

from __future__ import annotations

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


def fragment(browser: Browser) -> str:
    """Say what the page writes into its address."""
    browser.run("powersite.state.settle()")
    return str(browser.run("location.hash.slice(1)"))


def test_what_was_chosen_comes_back(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    browser.run("powersite.select('toy-0003')")
    browser.run("powersite.map.setView([62.1234, 14.5], 9.3, { animate: false }); 1")
    browser.run("document.getElementById('tab-notes').click()")
    kept = fragment(browser)
    assert kept == "tab=notes&view=62.1234,14.5,9.3&site=toy-0003"
    browser.open(toy, fragment=kept)
    assert browser.run("powersite.chosenId") == "toy-0003"
    assert browser.run("powersite.map.getZoom()") == 9.3
    assert browser.run("document.getElementById('sheet-notes').classList.contains('current')")
    assert fragment(browser) == kept


@pytest.mark.parametrize(
    "harm",
    [
        "view=1,2&load=-5&w=x:y,__proto__:3&grades=Z&lang=<b>&theme=pink&kind=__proto__",
        "site=%3Cimg src=x onerror=window.harmed=1%3E&tab=constructor&region=${window.harmed=1}",
        "view=NaN,NaN,NaN&load=1e999&stars=,,,&compare=a,b,c,d,e,f",
        "view=" + "9" * 5000 + "&%E0%A4%A=1",
        "w=firm_mw:99999999&months=0x10",
    ],
)
def test_an_address_that_means_harm_changes_nothing(browser: Browser, toy: Path, harm: str) -> None:
    browser.open(toy, fragment=harm)
    assert browser.run("window.harmed") is None
    assert browser.run("powersite.chosenId") is None
    assert browser.run("powersite.state.get('load')") is None
    assert browser.complaints() == []


def test_theme_is_the_systems_until_switched(browser: Browser, toy: Path) -> None:
    theme = "document.documentElement.dataset.theme"
    browser.open(toy, dark=True)
    assert browser.run(theme) == "dark"
    browser.resize(1400, 900, dark=False)
    browser.wait(f"{theme} === 'light'")
    browser.run("document.getElementById('theme').click()")
    assert browser.run(theme) == "dark"
    assert browser.run("powersite.colour('panel')") == "#181d23"
    assert fragment(browser) == "theme=dark"
    assert browser.run("document.getElementById('theme').title") == "Switch to the light theme"


def test_the_link_to_the_map_leaves_the_address_alone(browser: Browser, toy: Path) -> None:
    browser.open(toy, fragment="theme=dark")
    browser.run("document.querySelector('.skip').click()")
    assert browser.run("document.activeElement.id") == "map"
    assert fragment(browser) == "theme=dark"
