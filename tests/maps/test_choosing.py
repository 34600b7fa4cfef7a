"""Filters, stars, comparison: what is shown, kept in the address, and reached by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from maps.exports import write_map
from tests.maps.toy import make_siting

if TYPE_CHECKING:
    from pathlib import Path

    from tests.maps.devtools import Browser

pytestmark = pytest.mark.browser
ROWS = "[...document.querySelectorAll('#site-table tbody tr')].map((one) => one.dataset.id.at(-1))"
STATUS = "document.querySelector('#site-table [role=status]').innerText"


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_map(make_siting(), tmp_path_factory.mktemp("map") / "toy.html")


@pytest.mark.parametrize(
    ("fragment", "left"),
    [
        ("grades=AC", "1256"),
        ("firm=150", "1234"),
        ("firm=150.5", "124"),
        ("months=29", "13"),
        ("kind=campus", "3"),
        ("region=East County", "78"),
        ("grades=BCD&region=Middle County", "456"),
        ("stars=toy-0004,toy-0002,nobody&starred=1", "24"),
        ("starred=1", ""),
        ("firm=100000", ""),
    ],
)
def test_filters_keep_rank_and_say_how_many(
    browser: Browser, toy: Path, fragment: str, left: str
) -> None:
    browser.open(toy, fragment=fragment)
    assert browser.run(ROWS) == list(left)
    cell = "document.querySelectorAll('#site-table tbody td:first-child')"
    assert browser.run(f"[...{cell}].map((one) => one.innerText)") == list(left)
    assert browser.run(STATUS) == f"{len(left)} of 8 sites"
    shapes = "powersite.groups.sites.getLayers().filter((one) => one instanceof L.Polygon).length"
    assert browser.run(shapes) == len(left)
    assert browser.run("powersite.badgeGroup.getLayers().length") == min(len(left), 5)
    assert browser.run("powersite.groups.feeds.getLayers().length") == len(left)
    assert browser.complaints() == []


def test_filters_are_set_and_cleared_by_hand(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    browser.run("document.getElementById('open-filters').click()")
    browser.run("document.querySelector('[data-grade=D]').click()")
    browser.wait(f"{STATUS} === '6 of 8 sites'")
    browser.run("""(() => { const box = document.getElementById("field-region");
      box.value = "West County"; box.dispatchEvent(new Event("change")); })()""")
    browser.wait(f"{STATUS} === '3 of 8 sites'")
    assert browser.run("document.querySelector('#open-filters .count').innerText") == "2"
    browser.run("document.getElementById('clear-filters').click()")
    browser.wait(f"{STATUS} === '8 sites'")
    assert browser.run("[...document.querySelectorAll('[data-grade]')].every((one) => one.checked)")
    assert browser.run("document.getElementById('field-region').value") == ""


def test_load_is_typed_and_grades_follow(browser: Browser, toy: Path) -> None:
    """At 60 MW the fifth and sixth are served too; the seventh, 12.5 MW firm, is no first phase."""
    browser.open(toy)
    browser.run("document.getElementById('field-load').focus()")
    browser.run("document.getElementById('field-load').select()")
    browser.call("Input.insertText", text="60")
    grades = "powersite.tables.sites.map((site) => site.grade).join('')"
    browser.wait(f"{grades} === 'AAABABDD'")
    assert "60\u00a0MW firm (N-1) and N+1" in browser.run(
        "document.getElementById('legend').innerText"
    )
    follows = browser.run("document.getElementById('follows').innerText")
    assert follows.startswith("Graded and scored for 60\u00a0MW. Back to the question")
    assert browser.run("document.title") == "powersite · Toyland · 60 MW"
    assert browser.run("document.activeElement.id") == "field-load"
    browser.run("powersite.state.settle()")
    assert browser.run("location.hash") == "#load=60"


def test_stars_by_keyboard_are_kept_in_the_address(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    browser.run("document.querySelector('#site-table tbody tr').focus()")
    browser.press("s")
    browser.press("ArrowDown")
    browser.press("s")
    pressed = "[...document.querySelectorAll('.star[aria-pressed=true]')].length"
    browser.wait(f"{pressed} === 2")
    assert browser.run("document.getElementById('only-starred').innerText") == "2 starred"
    browser.run("powersite.state.settle()")
    assert browser.run("location.hash") == "#stars=toy-0001,toy-0002"
    browser.press("s")
    browser.wait(f"{pressed} === 1")
    assert browser.run("document.getElementById('open-compare').disabled") is True


def test_one_row_of_a_table_is_in_the_way_of_the_tab_key(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    stops = (
        "[...document.querySelectorAll('#site-table [tabindex=\"0\"]')].map((one) => one.tagName)"
    )
    assert browser.run(stops) == ["TR", "BUTTON"]
    browser.run("document.querySelectorAll('#site-table tbody tr')[2].focus()")
    assert browser.run(stops) == ["TR", "BUTTON"]
    browser.press("Tab")
    assert browser.run("document.activeElement.getAttribute('aria-label')") == "Star Site 3"
    browser.run("document.querySelectorAll('#site-table tbody tr')[2].focus()")
    browser.press("End")
    assert browser.run("document.activeElement.dataset.id") == "toy-0008"


def test_comparison_shows_the_starred_side_by_side(browser: Browser, toy: Path) -> None:
    browser.open(toy, fragment="stars=toy-0003,toy-0001,toy-0005,toy-0006,toy-0002")
    browser.run("document.getElementById('open-compare').focus()")
    browser.press("Enter")
    assert browser.run("document.getElementById('compare').open") is True
    names = "[...document.querySelectorAll('#compare thead th .link')].map((one) => one.innerText)"
    assert browser.run(names) == ["Site 1", "Site 2", "Site 3", "Site 5"]
    cells = """(title) => { const row = [...document.querySelectorAll('#compare tbody tr')]
      .find((one) => one.cells[0].innerText === title);
      return [...row.cells].slice(1).map((one) => [one.firstChild.textContent, one.className]); }"""
    firm = [["420\u00a0MW", "best"], ["180\u00a0MW", ""], ["150\u00a0MW", ""], ["90\u00a0MW", ""]]
    assert browser.run(f"({cells})('Firm power (N-1)')") == firm
    assert browser.run(f"({cells})('Kind')")[2] == ["Existing campus", ""]
    boxes = "document.querySelectorAll('#compare .picker input')"
    assert browser.run(f"[...{boxes}].map((one) => [one.checked, one.disabled])") == [
        [True, False], [True, False], [True, False], [True, False], [False, True],
    ]  # fmt: skip
    browser.run(f"{boxes}[1].click()")
    assert browser.run(names) == ["Site 1", "Site 3", "Site 5"]
    browser.run(f"{boxes}[4].click()")
    assert browser.run(names) == ["Site 1", "Site 3", "Site 5", "Site 6"]
    assert browser.run("document.activeElement.dataset.pick") == "toy-0006"
    browser.press("Escape")
    assert browser.run("document.getElementById('compare').open") is False
    assert browser.run("document.activeElement.id") == "open-compare"
    browser.run("powersite.state.settle()")
    assert "compare=toy-0001,toy-0003,toy-0005,toy-0006" in browser.run("location.hash")
    assert browser.complaints() == []


@pytest.mark.parametrize("dark", [False, True])
def test_everything_fits_a_phone(browser: Browser, toy: Path, *, dark: bool) -> None:
    browser.open(
        toy, 360, 740, dark=dark, fragment="stars=toy-0001,toy-0002,toy-0003&load=97&lang=nb"
    )
    for name in ("open-weights", "open-filters"):
        browser.run(f"document.getElementById('{name}').click()")
    browser.run("document.querySelector('#follows details').open = true")
    assert browser.run("document.documentElement.scrollWidth") <= 360
    browser.run("document.getElementById('open-compare').click()")
    box = browser.run("(({ left, right, bottom }) => [left, right, bottom])"
                      "(document.getElementById('compare').getBoundingClientRect())")  # fmt: skip
    assert box[0] >= 0
    assert box[1] <= 360
    assert box[2] <= 740


UNNAMED = """[...document.querySelectorAll('button, input, select, [role=tab], [tabindex="0"]')]
  .filter((one) => !one.closest('[hidden]') && one.tagName !== 'TR')
  .filter((one) => !(one.getAttribute('aria-label') || one.title || one.textContent.trim() ||
    one.closest('label')?.textContent.trim() || one.labels?.[0]?.textContent.trim()))
  .map((one) => one.outerHTML)"""


@pytest.mark.parametrize("language", ["en", "ja", "nb"])
def test_whatever_can_be_pressed_has_a_name(browser: Browser, toy: Path, language: str) -> None:
    browser.open(toy, fragment=f"lang={language}&stars=toy-0001,toy-0002,toy-0003&site=toy-0003")
    for name in ("open-weights", "open-filters", "open-compare"):
        browser.run(f"document.getElementById('{name}').click()")
    assert browser.run(UNNAMED) == []
    named = browser.run("document.querySelectorAll('[data-weight]')[0].getAttribute('aria-label')")
    assert (
        named
        == {
            "en": "Weight of Firm power",
            "ja": "ファーム容量の重み",
            "nb": "Vekt av Sikker kapasitet",
        }[language]
    )


def test_every_control_is_reached_by_the_tab_key(browser: Browser, toy: Path) -> None:
    browser.open(toy, fragment="stars=toy-0001,toy-0002")
    for name in ("open-weights", "open-filters"):
        browser.run(f"document.getElementById('{name}').click()")
    browser.run("document.body.focus()")
    reached = set()
    for _ in range(90):
        browser.press("Tab")
        reached.add(
            browser.run("""(({ id, dataset }) =>
          id || dataset.weight || dataset.grade || dataset.layer)(document.activeElement)""")
        )
        width = browser.run("getComputedStyle(document.activeElement).outlineStyle")
        assert width != "none" or browser.run("document.activeElement === document.body")
    wanted = {
        "language", "theme", "field-load", "open-weights", "open-filters", "firm_mw", "land_price",
        "A", "D", "field-firm", "field-months", "field-region", "field-kind", "only-starred",
        "open-compare", "save-csv", "save-geojson", "map", "lines", "tab-sites", "reset-weights",
    }  # fmt: skip
    assert wanted <= reached
