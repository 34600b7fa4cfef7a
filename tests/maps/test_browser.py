"""The page in a real browser: it opens, asks for nothing, shows names as names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from maps.exports import write_map
from tests.maps.toy import make_siting

if TYPE_CHECKING:
    from pathlib import Path

    from geo.siting import Siting
    from tests.maps.devtools import Browser

pytestmark = pytest.mark.browser
PATH_END = ".path-end:not(.limit, .outage)"


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_map(make_siting(), tmp_path_factory.mktemp("map") / "toy.html")


def spaced(text: str) -> str:
    """Return a text whose numbers and units are held together by common spaces."""
    return text.replace("\u00a0", " ")


def dark_pixels(browser: Browser) -> int:
    """Count opaque pixels of the canvas that the layers are drawn on."""
    script = """(() => {
      const canvas = document.querySelector('.leaflet-overlay-pane canvas');
      const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      let count = 0;
      for (let at = 3; at < data.length; at += 4) if (data[at] > 200) count++;
      return count;
    })()"""
    return int(browser.run(script))


@pytest.mark.parametrize(("width", "height"), [(1400, 900), (360, 740)])
@pytest.mark.parametrize("dark", [False, True])
def test_opens_without_a_word_and_without_a_request(
    browser: Browser, toy: Path, width: int, height: int, *, dark: bool
) -> None:
    browser.open(toy, width, height, dark=dark)
    browser.run("powersite.select('toy-0003')")
    assert browser.complaints() == []
    assert browser.requests() == [toy.resolve().as_uri()]
    assert dark_pixels(browser) > 500
    assert browser.run("document.documentElement.scrollWidth") <= width


def test_title_table_and_regions(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    assert browser.run("document.title") == "powersite · Toyland · 180 MW"
    assert browser.run("document.querySelectorAll('#sheet-sites tbody tr').length") == 8
    assert browser.run("document.querySelectorAll('#sheet-regions tbody tr').length") == 3
    first = browser.run("document.querySelector('#sheet-sites tbody tr').innerText")
    assert first.split() == ["1", "A", "Site", "1", "West", "County", "420", "28", "4.0", "80.0"]
    assert browser.run("document.querySelectorAll('.badge:not(.minor)').length") >= 5


def test_row_opens_the_card_by_keyboard_and_escape_returns(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    browser.run("document.querySelector('#sheet-sites tbody tr').focus()")
    browser.press("ArrowDown")
    browser.press("ArrowDown")
    browser.press("Enter")
    card = spaced(browser.run("document.getElementById('card').innerText"))
    for part in (
        "Site 3",
        "Existing campus",
        "150 MW",
        "20 – 14 – 44 months",
        "Why not higher?",
        "30 MW more firm power",
        "Upgrade Line 2, +100 MW: 200 MW firm for 9.0 million USD; it would do.",
        "As it is, A for a load of up to 150 MW.",
        "Line 2, when Line 1 is out",
        "Position approximate: may be off by 1.5 km.",
        "unknown",
    ):
        assert part in card
    assert browser.run("document.activeElement.tagName") == "H2"
    row = "document.querySelector('tr[aria-current]').dataset.id"
    assert browser.run(row) == "toy-0003"
    browser.press("Escape")
    assert browser.run("document.getElementById('card').hidden") is True
    assert browser.run("document.activeElement.dataset.id") == "toy-0003"


def test_choosing_a_site_brings_it_into_view(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    before = browser.run("powersite.map.getZoom()")
    browser.run("document.querySelectorAll('#sheet-sites tbody tr')[6].click()")
    assert browser.run("powersite.map.getZoom()") > before
    where = "[powersite.tables.sites[6].lat, powersite.tables.sites[6].lon]"
    assert browser.run(f"powersite.map.getBounds().contains({where})") is True


def paths_drawn(browser: Browser) -> list[list[object]]:
    """Colour and dashes of each supply path on the map."""
    return browser.run("""powersite.groups.supply.getLayers().filter((one) => one.getPopup())
      .map((one) => [one.options.color, one.options.dashArray || ""])""")


def test_choosing_a_site_draws_its_supply_paths(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    assert paths_drawn(browser) == []
    browser.run("powersite.select('toy-0001')")
    first, second = paths_drawn(browser)
    assert first[1] == ""
    assert second[1] != ""
    assert first[0] != second[0]
    ends = f"[...document.querySelectorAll('{PATH_END}')].map((one) => one.innerText)"
    assert browser.run(ends) == ["Station 1", "Station 2"]
    card = browser.run("document.getElementById('card').innerText")
    assert "Path 2. Station 3 – Station 2, 20 km, to Station 2 (420 kV, 4 circuits)" in card
    where = "powersite.tables.supply[1].path[0]"
    assert browser.run(f"powersite.map.getBounds().contains(L.polyline({where}).getBounds())")
    browser.run("document.querySelector('[data-layer=supply]').click()")
    browser.wait(f"{ends}.length === 0")  # Leaflet lets a label fade
    browser.run("document.querySelector('[data-layer=supply]').click()")
    browser.run("powersite.select('toy-0002')")
    assert len(paths_drawn(browser)) == 1
    card = browser.run("document.getElementById('card').innerText")
    assert "Path 2. Station 1 itself: link abroad Cable, 700 MW" in card
    assert "Links abroad. Links abroad at Station 1 itself count" in card
    browser.run("powersite.select('toy-0003')")
    assert paths_drawn(browser) == []
    browser.run("powersite.select('toy-0001')")
    browser.run("powersite.closeCard()")
    assert paths_drawn(browser) == []
    assert browser.complaints() == []


def test_layers_can_be_switched_and_the_legend_has_units(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    browser.run("document.querySelectorAll('#legend .part').forEach((one) => { one.open = true; })")
    legend = browser.run("document.getElementById('legend').innerText").replace("\u00a0", " ")
    for part in ("180 MW firm (N-1)", "380 kV and above", "1,000 MW", "Land price, USD/ha"):
        assert part in legend
    shown = "powersite.map.hasLayer(powersite.groups.lines)"
    assert browser.run(shown) is True
    browser.run("document.querySelector('[data-layer=lines]').click()")
    assert browser.run(shown) is False
    browser.run("document.querySelector('[data-layer=price]').click()")
    assert browser.run("powersite.map.hasLayer(powersite.groups.price)") is True
    browser.run("document.querySelector('[data-layer=sites]').click()")
    assert browser.run("document.querySelectorAll('.pin').length") == 0


def test_popup_of_a_substation_has_headroom_and_of_a_line_its_overload(
    browser: Browser, toy: Path
) -> None:
    browser.open(toy)
    popup = "[...document.querySelectorAll('.leaflet-popup-content')].at(-1).innerText"
    browser.run("powersite.groups.substations.getLayers()[0].openPopup(); 1")
    words = browser.run(popup).split()
    assert words[:6] == ["Station", "0", "substation,", "420", "/", "132"]
    assert {"420", "900", "180", "260"} <= set(words)
    lines = "powersite.groups.lines.getLayers().filter((one) => one.getPopup())"
    browser.run(f"{lines}[3].openPopup(); 1")
    told = spaced(browser.run(popup))
    assert "21 MW over its limit before any campus, when Line 2 is out" in told


def test_credit_names_owners_and_licences_on_the_map(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    credit = browser.run("document.getElementById('credit').innerText")
    assert "© OpenStreetMap contributors (ODbL-1.0)" in credit
    assert "Toy Plant Survey (CC-BY-4.0)" in credit


def test_table_has_pages_of_two_hundred_rows(browser: Browser, tmp_path: Path) -> None:
    siting = make_siting()
    many = gpd_repeat(siting, 40)
    browser.open(write_map(many, tmp_path / "many.html"))
    rows = "[...document.querySelectorAll('#site-table tbody tr')].map((one) => one.dataset.id)"
    assert browser.run(rows) == [f"toy-{at:04x}" for at in range(200)]
    assert (
        browser.run("document.querySelector('#site-table [role=status]').innerText") == "320 sites"
    )
    assert browser.run("document.querySelector('.pager span').innerText") == "1 – 200"
    browser.run("[...document.querySelectorAll('#site-table tbody tr')].at(-1).focus()")
    browser.press("ArrowDown")
    assert browser.run(rows) == [f"toy-{at:04x}" for at in range(200, 320)]
    assert browser.run("document.activeElement.dataset.id") == "toy-00c8"
    browser.press("ArrowUp")
    assert browser.run("document.activeElement.dataset.id") == "toy-00c7"


def gpd_repeat(siting: Siting, times: int) -> Siting:
    """Repeat the sites of an answer under new ids."""
    sites = siting.sites.loc[siting.sites.index.repeat(times)].reset_index(drop=True)
    ids = [f"toy-{at:04x}" for at in range(len(sites))]
    return replace(siting, sites=sites.assign(site_id=ids, rank=range(1, len(sites) + 1)))


def test_hostile_names_show_as_text_and_run_nothing(
    browser: Browser, hostile: Siting, tmp_path: Path
) -> None:
    path = write_map(hostile, tmp_path / "hostile.html")
    browser.open(path)
    # Open every card, popup and tooltip that there is.
    browser.run("""(() => {
      for (const site of powersite.tables.sites) powersite.select(site.site_id);
      powersite.select(powersite.tables.sites[0].site_id);
      for (const group of Object.values(powersite.groups)) {
        for (const one of group.getLayers()) {
          if (one.getPopup && one.getPopup()) one.openPopup();
          if (one.getTooltip && one.getTooltip()) one.openTooltip();
        }
      }
      for (const marker of powersite.badgeGroup.getLayers()) marker.openTooltip();
    })()""")
    assert browser.run("window.harmed") is None
    assert browser.complaints() == []
    assert browser.requests() == [path.resolve().as_uri()]
    assert browser.run("document.querySelectorAll('img, iframe, object').length") == 0
    names = "[...document.querySelectorAll('#sheet-sites .name')].map((one) => one.textContent)"
    assert browser.run(names) == hostile.sites["name"].tolist()
    assert browser.run("document.title").startswith("powersite · ")
    assert "1337" not in browser.run("document.body.innerText")
    # Names at the ends of another site's paths fade out before they go.
    ends = f"[...document.querySelectorAll('{PATH_END}')].map((one) => one.textContent)"
    browser.wait(f"{ends}.length === 2")
    assert set(browser.run(ends)) == set(hostile.supply_paths["to_station"][:2])
    links = browser.run("[...document.querySelectorAll('a[href]')].map((one) => one.href)")
    assert not [link for link in links if link.lower().startswith(("javascript:", "data:"))]


def test_hostile_names_are_text_in_filters_stars_and_comparison(
    browser: Browser, hostile: Siting, tmp_path: Path
) -> None:
    path = write_map(hostile, tmp_path / "hostile.html")
    stars = "stars=toy-0001,toy-0002,toy-0003,toy-0004,%3Cimg src=x onerror=window.harmed=1%3E"
    browser.open(path, fragment=f"{stars}&load=97&w=months:3&region=%3Cimg src=x%3E")
    assert browser.run("powersite.stars().length") == 4
    assert browser.run("powersite.shownSites.length") == 0
    browser.run("powersite.clearFilters(); powersite.openCompare()")
    names = "[...document.querySelectorAll('#compare thead .link')].map((one) => one.textContent)"
    given = dict(zip(hostile.sites["site_id"], hostile.sites["name"], strict=True))
    order = browser.run("powersite.ranked.map((one) => one.site_id)")
    starred = ["toy-0001", "toy-0002", "toy-0003", "toy-0004"]
    assert browser.run(names) == [given[site] for site in order if site in starred]
    regions = "[...document.getElementById('field-region').options].map((one) => one.value)"
    assert set(browser.run(regions)) == {"", *hostile.sites["region"]}
    browser.wait("document.querySelectorAll('#site-table tbody tr').length === 8")
    labels = "[...document.querySelectorAll('.star')].map((one) => one.getAttribute('aria-label'))"
    assert browser.run(labels) == [f"Star {given[site]}" for site in order]
    assert browser.run("document.querySelectorAll('img, iframe, object').length") == 0
    assert browser.run("window.harmed") is None
    assert "1337" not in browser.run("document.body.innerText")
    assert browser.complaints() == []
    assert browser.requests()[0].startswith(path.resolve().as_uri())
    assert len(browser.requests()) == 1


def test_the_card_tells_limits_upgrades_and_spread(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    browser.run("powersite.select('toy-0001')")
    card = spaced(browser.run("document.getElementById('card').textContent"))
    assert "Then 610 MW: Line 1 in normal operation" in card
    assert "+100 MW, Line 2: 190 MW more for 9.0 million USD" in card
    assert "310–450 MW" in card
    assert "the point is P50: 400 MW firm, 600 MW normal" in card
    browser.run("powersite.select('toy-0008')")
    assert not browser.run("document.querySelector('#card details.outlook')")
    assert browser.complaints() == []
