"""The words of the page: each in every language, none asked for in vain, none kept for nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from geo.criteria import CRITERIA
from maps.exports import write_map
from maps.labels import LABELS, REGION_COLUMNS, SITE_COLUMNS
from maps.page import SCRIPTS, ours, words
from tests.maps.toy import make_siting

if TYPE_CHECKING:
    from pathlib import Path

    from tests.maps.devtools import Browser

LANGUAGES = {"en", "ja", "nb"}
CALL = re.compile(r"""\bt\(\s*(["`])([^"`$]*)(\$\{)?""")
IN_PAGE = re.compile(r'data-(?:t|label)="([^"]+)"')
VALUE = re.compile(r"\{(\w+)")
FAMILIES = {"column.": set(LABELS), "unit.": None}
"""Keys that are made of a column or a unit, and the columns that there are."""


def asked_for() -> tuple[set[str], set[str]]:
    """Keys in full, and beginnings of keys that a value completes."""
    whole, begun = set(IN_PAGE.findall(ours("map.html"))), set()
    for name in SCRIPTS:
        for _, key, goes_on in CALL.findall(ours(name)):
            (begun if goes_on else whole).add(key)
    return whole, begun


def test_every_key_has_every_language() -> None:
    for key, texts in words().items():
        assert set(texts) == LANGUAGES, key
        assert all(text.strip() for text in texts.values()), key


def test_a_text_takes_the_same_values_in_every_language() -> None:
    for key, texts in words().items():
        asked = {language: set(VALUE.findall(text)) for language, text in texts.items()}
        assert asked["ja"] == asked["nb"] == asked["en"], key


def test_every_key_asked_for_is_there() -> None:
    whole, begun = asked_for()
    assert whole - set(words()) == set()
    assert [start for start in begun if not any(key.startswith(start) for key in words())] == []


def test_no_key_is_kept_for_nothing() -> None:
    whole, begun = asked_for()
    families = (*begun, *FAMILIES)
    assert [key for key in words() if key not in whole and not key.startswith(families)] == []


def test_columns_are_called_in_english_as_everywhere() -> None:
    told = {key.removeprefix("column."): texts["en"] for key, texts in words().items()
            if key.startswith("column.")}  # fmt: skip
    assert {name: LABELS[name].title for name in told} == told
    shares = {f"share_{criterion.name}" for criterion in CRITERIA}
    assert {*SITE_COLUMNS, *shares} <= set(told)
    assert {name for name in REGION_COLUMNS if name in LABELS} <= set(told)


def test_units_are_those_of_columns() -> None:
    slugs = {re.sub(r"[^a-z0-9]+", "_", label.unit.lower()) for label in LABELS.values()}
    units = {key.removeprefix("unit.") for key in words() if key.startswith("unit.")}
    assert units <= slugs


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_map(make_siting(), tmp_path_factory.mktemp("map") / "toy.html")


def shown(browser: Browser) -> list[Any]:
    """Language of the document, first tab, a number and a column."""
    return browser.run("""[
      document.documentElement.lang, document.querySelector("[role=tab]").textContent,
      powersite.number(1234.5, 1), powersite.label("firm_mw")[0], powersite.label("capex_usd")[1],
    ]""")


@pytest.mark.browser
def test_language_is_that_of_the_address(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    english = ["en", "Sites", "1,234.5", "Firm power (N-1)", "million USD"]
    assert shown(browser) == english
    browser.open(toy, fragment="lang=ja")
    assert shown(browser) == [
        "ja",
        "候補地",
        "1,234.5",
        "ファーム容量\uff08N-1\uff09",
        "百万米ドル",
    ]
    browser.open(toy, fragment="lang=nb")
    norwegian = ["nb", "Lokasjoner", "1\u00a0234,5", "Sikker kapasitet (N-1)", "mill. USD"]
    assert shown(browser) == norwegian
    browser.open(toy, fragment="lang=xx&theme=<b>&view=1,2&stars=")
    assert shown(browser) == english
    assert browser.complaints() == []


@pytest.mark.browser
def test_language_is_switched_in_the_page_and_the_site_stays(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    browser.run("powersite.select('toy-0003')")
    browser.run("document.documentElement.dataset.ready = 'no'")
    browser.run("""(() => { const box = document.getElementById("language"); box.value = "ja";
      box.dispatchEvent(new Event("change")); })()""")
    browser.wait("document.documentElement?.dataset.ready === 'true'")
    assert browser.run("document.documentElement.lang") == "ja"
    assert browser.run("powersite.chosenId") == "toy-0003"


@pytest.mark.browser
def test_one_and_many_are_told_apart(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    text = "[1, 2, 1234].map((count) => powersite.t('table.sites', { count }))"
    assert browser.run(text) == ["1 site", "2 sites", "1,234 sites"]
    harm = "powersite.t('credit', { owners: '{count|a|b} $& <b>' })"
    assert browser.run(harm) == "Data: {count|a|b} $& <b>"


def test_whose_data_it_is_stands_under_the_map_and_no_empty_word(
    browser: Browser, toy: Path, tmp_path: Path
) -> None:
    """The toy names owners; its copy has the same sources, of which none asks to be named."""
    credit = "document.getElementById('credit').textContent"
    browser.open(toy)
    told = browser.run(credit)
    assert told.startswith("Data: ")
    assert told.endswith(" · Map by Leaflet")
    nameless = tmp_path / "nameless.html"
    page = toy.read_text(encoding="utf-8")
    nameless.write_text(
        re.sub(r'"(attribution|licence)": ?"[^"]*"', r'"\1":""', page), encoding="utf-8"
    )
    browser.open(nameless)
    assert browser.run("powersite.data.sources.length") > 0
    assert browser.run(credit) == "Map by Leaflet"
