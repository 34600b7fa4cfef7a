"""Many thousand sites: drawn on one canvas, as squares where they stand too close, and said so."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from maps.page import shell, with_data
from tests.maps.crowd import crowd_scene

if TYPE_CHECKING:
    from pathlib import Path

    from tests.maps.devtools import Browser

pytestmark = pytest.mark.browser
SQUARE_PX = 12
NOTE = "document.getElementById('crowd-note')"


COLUMNS = (
    "site_id", "name", "kind", "region", "lon", "lat",
    "rank", "grade", "score", "firm_mw", "months_p50", "poi_id",
)  # fmt: skip


def page_of(count: int, folder: Path) -> tuple[Path, dict[str, Any]]:
    """Write the page of so many sites."""
    content = crowd_scene(count, COLUMNS)
    path = folder / f"{count}.html"
    path.write_text(with_data(shell(), content), encoding="utf-8")
    return path, content


@pytest.fixture(scope="module")
def thousands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page_of(2_601, tmp_path_factory.mktemp("crowd"))[0]


def colours(browser: Browser) -> int:
    """Count the pixels of the crowd's canvas that are drawn on."""
    script = """(() => {
      const canvas = document.querySelector('canvas.crowd');
      const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      let count = 0;
      for (let at = 3; at < data.length; at += 4) if (data[at] > 100) count++;
      return count;
    })()"""
    return int(browser.run(script))


def click(browser: Browser, lat: float, lon: float) -> None:
    """Click on a place of the map as a hand does."""
    at = browser.run(f"""(() => {{
      const point = powersite.map.latLngToContainerPoint([{lat}, {lon}]);
      const box = document.getElementById('map').getBoundingClientRect();
      return [box.x + point.x, box.y + point.y];
    }})()""")
    where = {"x": at[0], "y": at[1], "button": "left", "clickCount": 1}
    browser.call("Input.dispatchMouseEvent", type="mousePressed", **where)
    browser.call("Input.dispatchMouseEvent", type="mouseReleased", **where)


def test_thousands_are_single_sites_on_one_canvas(browser: Browser, thousands: Path) -> None:
    browser.open(thousands)
    assert browser.run("powersite.groups.sites.getLayers().length") == 1
    assert browser.run("document.querySelectorAll('#site-table tbody tr').length") == 200
    assert browser.run(f"{NOTE}.hidden") is True
    assert colours(browser) > 2_000
    browser.run("document.querySelector('[data-layer=sites]').click()")
    assert browser.run("document.querySelectorAll('canvas.crowd').length") == 0
    browser.run("document.querySelector('[data-layer=sites]').click()")
    assert colours(browser) > 2_000
    assert browser.complaints() == []


def test_a_click_opens_the_site_that_lies_there(browser: Browser, thousands: Path) -> None:
    browser.open(thousands)
    browser.run("powersite.badgeGroup.remove(); 1")
    for rank in (1200, 77):
        lat, lon, site_id = browser.run(f"""(({{ lat, lon, site_id }}) => {{
          powersite.map.setView([lat, lon], 10, {{ animate: false }});
          return [lat, lon, site_id];
        }})(powersite.ranked[{rank}])""")
        click(browser, lat, lon)
        assert browser.run("powersite.chosenId") == site_id
        assert browser.run("document.getElementById('card').hidden") is False
        browser.run("powersite.closeCard()")
    away = browser.run("[powersite.map.getBounds().getSouth() - 20, 0]")
    click(browser, *away)
    assert browser.run("powersite.chosenId") is None


def test_filters_thin_the_crowd(browser: Browser, thousands: Path) -> None:
    browser.open(thousands)
    browser.run("powersite.state.set({ grades: 'D' })")
    browser.wait("powersite.shownSites.every((site) => site.grade === 'D')")
    left = browser.run("powersite.crowd._seen.map(({ site }) => site.site_id)")
    assert left == browser.run(
        "powersite.ranked.filter((site) => site.grade === 'D').map((site) => site.site_id)"
    )
    assert 0 < len(left) < 400
    assert colours(browser) > 500
    assert browser.complaints() == []


def squares_by_hand(content: dict[str, Any], zoom: float) -> dict[tuple[int, int], str]:
    """Project every site anew, Web Mercator of 256 px at zoom 0, and keep the best a square."""
    columns, best = content["sites"]["columns"], {}
    for site_id, lat, lon in zip(
        columns["site_id"], columns["lat"], columns["lon"], strict=True
    ):  # in rank order
        north = math.asinh(math.tan(math.radians(lat)))
        x = 256 * 2**zoom * (lon / 360 + 0.5)
        y = 256 * 2**zoom * (0.5 - north / math.tau)
        best.setdefault((math.floor(x / SQUARE_PX), math.floor(y / SQUARE_PX)), site_id)
    return best


@pytest.mark.slow
def test_sixty_thousand_are_squares_by_their_best_site_and_the_page_says_so(
    browser: Browser, tmp_path: Path
) -> None:
    path, content = page_of(60_000, tmp_path)
    browser.open(path)
    assert "60,000 sites: each square has the colour of the best" in browser.run(
        f"{NOTE}.innerText"
    )
    assert browser.run("powersite.crowd.binned") is True
    assert browser.run("document.querySelectorAll('#map *').length") < 500
    found = browser.run("""[...powersite.crowd._squares].map(([at, site]) =>
      [Math.floor(at / 2 ** 24), at % 2 ** 24, site.site_id])""")
    by_hand = squares_by_hand(content, browser.run("powersite.map.getZoom()"))
    assert {(column, row): site for column, row, site in found} == by_hand

    # A square zooms in; the single sites that come can be opened.
    browser.run("powersite.badgeGroup.remove(); 1")
    lat, lon, site_id = browser.run("""(() => {
      const middle = powersite.map.getCenter();
      const away = (site) => middle.distanceTo([site.lat, site.lon]);
      const { lat, lon, site_id } = powersite.ranked.reduce((a, b) => (away(b) < away(a) ? b : a));
      return [lat, lon, site_id];
    })()""")
    zoom = browser.run("powersite.map.getZoom()")
    click(browser, lat, lon)
    assert browser.run("powersite.map.getZoom()") == pytest.approx(zoom + 2, abs=0.11)
    browser.run(f"powersite.map.setView([{lat}, {lon}], 11, {{ animate: false }}); 1")
    assert browser.run("powersite.crowd.binned") is False
    assert browser.run(f"{NOTE}.hidden") is True
    click(browser, lat, lon)
    assert browser.run("powersite.chosenId") == site_id

    # Fewer than fifty thousand that pass are single again, whatever the zoom.
    browser.run("powersite.closeCard(); powersite.state.set({ grades: 'A' })")
    browser.wait("powersite.shownSites.length < 50000")
    browser.run("powersite.map.setView([62, 14], 5, { animate: false }); 1")
    assert browser.run("powersite.crowd.binned") is False
    assert browser.complaints() == []
