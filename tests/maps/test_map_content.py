"""What is on the map and on the card, in a real browser, held against the toy's numbers."""

from __future__ import annotations

import functools
import http.server
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from maps.basemap import BASEMAPS
from maps.exports import write_map
from tests.maps.toy import make_siting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geo.siting import Siting
    from tests.maps.devtools import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_map(make_siting(), tmp_path_factory.mktemp("map") / "toy.html")


def toggle(browser: Browser, layer: str) -> None:
    browser.run(f"document.querySelector('[data-layer={layer}]').click()")


def test_choosing_a_site_marks_what_limits_it_and_its_tie_line(browser: Browser, toy: Path) -> None:
    """Station 0 at 132 kV is limited by Line 2 when Line 1 is out."""
    browser.open(toy)
    browser.run("powersite.select('toy-0001')")
    found = browser.run("""(() => {
      const where = (role) => powersite.groups.supply.getLayers().find((one) =>
        one.getTooltip && one.getTooltip() && one.getTooltip().options.className.endsWith(role));
      const same = (one, path) => JSON.stringify(one.getLatLngs()) ===
        JSON.stringify(L.polyline(path).getLatLngs());
      const lines = powersite.tables.lines;
      return [same(where("limit"), lines[2].path), same(where("outage"), lines[1].path)];
    })()""")
    assert found == [True, True]
    tips = "[...document.querySelectorAll('.path-end.limit, .path-end.outage')]"
    assert browser.run(f"{tips}.map((one) => one.innerText)") == ["limit", "outage"]
    tie = """powersite.groups.supply.getLayers().at(-1).getLatLngs()[0]
      .map(({ lat, lng }) => [lat, lng])"""
    assert browser.run(tie) == browser.run("powersite.tables.feeds[0].path[0]")
    browser.run("powersite.closeCard()")
    assert browser.run("powersite.groups.supply.getLayers().length") == 0


def test_a_tie_line_that_the_page_has_not_is_drawn_straight(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    browser.run("powersite.tables.feeds.length = 0")
    ends = browser.run("powersite.tieOf(powersite.tables.sites[0])")[0]
    assert ends[0] == browser.run("[powersite.tables.sites[0].lat, powersite.tables.sites[0].lon]")
    station = "powersite.tables.substations[0]"
    assert ends[1] == browser.run(f"[{station}.lat, {station}.lon]")


def fills(browser: Browser, layer: str) -> list[Any]:
    """Colour of each region, None where it is left as it is."""
    return browser.run(f"""powersite.groups.{layer}.getLayers()
      .map(({{ options }}) => (options.fillOpacity ? options.fillColor : null))""")


def test_regions_are_coloured_by_grade_or_by_what_they_serve_together(
    browser: Browser, toy: Path
) -> None:
    """610, 250 and unknown MW in classes up to 300, 360, 430, 510 and 610."""
    browser.open(toy)
    colour = "['grade-A', 'grade-B', 'grade-D', 'mw-5', 'mw-1'].map(powersite.colour)"
    a, b, d, most, least = browser.run(colour)
    assert fills(browser, "region_grade") == [a, b, d]
    assert fills(browser, "region_mw") == [most, least, None]
    shown = "powersite.FILLS.filter((name) => powersite.map.hasLayer(powersite.groups[name]))"
    assert browser.run(shown) == []
    for layer in ("region_grade", "price", "region_mw"):
        toggle(browser, layer)
        assert browser.run(shown) == [layer]
    toggle(browser, "no_fill")
    assert browser.run(shown) == []


def test_grades_of_regions_follow_the_load(browser: Browser, toy: Path) -> None:
    """With 150 MW and N+1 the campus in the west is an A still, and the middle's best a B."""
    browser.open(toy, fragment="load=700")
    grades = browser.run("powersite.regionsOfNow().map((one) => one.grade)")
    colours = browser.run(f"{grades!r}.map((one) => powersite.colour('grade-' + one))")
    names = browser.run("powersite.regionsOfNow().map((one) => one.region)")
    ground = browser.run("powersite.tables.ground.map((one) => one.name)")
    painted = dict(zip(ground, fills(browser, "region_grade"), strict=True))
    assert [painted[name] for name in names] == colours
    assert "A" not in grades


def test_headroom_is_a_disc_as_large_as_the_legend_says(browser: Browser, toy: Path) -> None:
    """Five stations have headroom, 420 MW the most: 0.3 px for the root of a MW."""
    browser.open(toy)
    toggle(browser, "headroom")
    radii = browser.run("powersite.groups.headroom.getLayers().map((one) => one.getRadius())")
    assert radii == pytest.approx([0.3 * mw**0.5 for mw in (420, 400, 150, 60)])
    browser.run("powersite.map.setZoom(9, { animate: false }); 1")
    shown = browser.run("[...document.querySelectorAll('.mwname')].map((one) => one.innerText)")
    assert "400 MW" in shown


def test_search_finds_without_accents_and_enter_opens(browser: Browser, tmp_path: Path) -> None:
    siting = make_siting()
    sites = siting.sites.assign(name=["Ørsta", "Åmot ved Ælv", *siting.sites["name"][2:]])
    browser.open(write_map(replace(siting, sites=sites), tmp_path / "names.html"))
    names = "powersite.find({!r}).map(({{ kind, name }}) => [kind, name])"
    assert browser.run(names.format("orsta")) == [["site", "Ørsta"]]
    assert browser.run(names.format("aelv")) == [["site", "Åmot ved Ælv"]]
    assert browser.run(names.format("great f")) == [["plant", "Great Fall"]]
    assert browser.run(names.format("TOWN")) == [["town", "Big Town"], ["town", "Small Town"]]
    assert browser.run(names.format("toy-0003"))[0] == ["site", "Site 3"]
    assert browser.run(names.format(" ")) == []
    browser.run("document.getElementById('find').focus()")
    browser.call("Input.insertText", text="station")
    options = "[...document.querySelectorAll('#found [role=option]')]"
    assert browser.run(f"{options}.length") == 6
    browser.press("ArrowDown")
    assert browser.run(f"{options}.findIndex((one) => one.ariaSelected === 'true')") == 1
    browser.press("Enter")
    popup = "document.querySelector('.leaflet-popup-content').innerText"
    assert browser.run(popup).startswith("Station 1")
    assert browser.run("document.getElementById('found').hidden") is True
    assert browser.complaints() == []


def test_coordinates_are_those_under_the_pointer(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    corner = "document.getElementById('map').getBoundingClientRect()"
    left, top = browser.run(f"(({{ x, y }}) => [x, y])({corner})")
    told = "document.querySelector('.pointer').textContent"
    before = browser.run(told)
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=left + 300, y=top + 400)
    browser.wait(f"{told} !== {before!r}")
    place = "powersite.map.containerPointToLatLng([300, 400])"
    lat, lon = browser.run(f"(({{ lat, lng }}) => [lat, lng])({place})")
    north, east = browser.run(told).split(", ")
    assert float(north.removesuffix("° N")) == pytest.approx(lat, abs=5e-3)  # one pixel
    assert float(east.removesuffix("° E")) == pytest.approx(lon, abs=5e-3)


@pytest.mark.parametrize(
    ("lat", "lon", "words"),
    [
        (-12.5, 370.25, "12.5° S, 10.25° E"),
        (1.00001, -70, "1° N, 70° W"),
        (0, -190, "0° N, 170° E"),
    ],
)
def test_positions_are_written_by_hemisphere(
    browser: Browser, toy: Path, lat: float, lon: float, words: str
) -> None:
    browser.open(toy)
    assert browser.run(f"powersite.position({lat}, {lon})") == words


def test_gantt_strip_is_to_scale(browser: Browser, toy: Path) -> None:
    """Of 48 months the transformer takes 33, and its bar is dark as it decides 57 times in 100."""
    browser.open(toy)
    browser.run("powersite.select('toy-0001')")
    rows = browser.run("""[...document.querySelectorAll("#card .gantt-row:not(.axis)")]
      .map((row) => [row.firstChild.textContent, row.className,
        row.querySelector(".bar").style.left, row.querySelector(".bar").style.width])""")
    assert rows[0] == ["P10 – P90", "gantt-row whole", "41.67%", "50%"]
    assert rows[2] == ["transformer", "gantt-row decides", "0%", "68.75%"]
    assert rows[3] == ["commissioning", "gantt-row decides", "68.75%", "6.25%"]
    browser.run("powersite.select('toy-0003')")
    phases = "[...document.querySelectorAll('#card .phase')].map((one) => one.textContent)"
    assert browser.run(phases) == ["power", "second feed"]


def test_card_has_cost_by_part_and_supply_and_sources(browser: Browser, toy: Path) -> None:
    browser.open(toy)
    browser.run("powersite.select('toy-0001')")
    costs = browser.run("""Object.fromEntries([...document.querySelectorAll("#card .cost")]
      .map((row) => [row.firstChild.textContent, row.lastChild.textContent]))""")
    assert costs["Connection cost"] == "23.4\u00a0million USD"
    parts = ("the line", "the bays", "stations", "transformers")
    values = [float(costs[f"Cost of {part}"].split("\u00a0")[0]) for part in parts]
    assert sum(values) == pytest.approx(23.4)
    assert costs["Capital cost"] == "1,980\u00a0million USD"
    card = browser.run("document.getElementById('card').textContent")
    assert "Least-cost supply: grid 180 MW" in card
    assert "Through the year: West imports in winter." in card
    assert "Among the first 5 in 100 % of draws, a robust winner. Rank 1 to 2" in card
    assert "Toy substations; ODbL-1.0" in card


@pytest.mark.parametrize("language", ["en", "ja", "nb"])
def test_no_card_has_a_hole(browser: Browser, toy: Path, language: str) -> None:
    browser.open(toy, fragment=f"lang={language}")
    words = browser.run(r"""powersite.tables.sites.flatMap((site) => {
      powersite.select(site.site_id);
      const told = document.getElementById("card").innerText;
      return told.match(/\b(null|undefined|NaN)\b|\{\w+\}/g) || [];
    })""")
    assert words == []
    assert browser.complaints() == []


def test_paper_gets_pictures_of_the_canvases_and_the_screen_gets_them_back(
    browser: Browser, toy: Path
) -> None:
    browser.open(toy)
    browser.call("Emulation.setEmulatedMedia", media="print")
    pictures = "document.querySelectorAll('#map img.paper').length"
    canvases = browser.run("document.querySelectorAll('#map canvas').length")
    browser.wait(f"{pictures} === {canvases}")
    assert browser.run("[...document.querySelectorAll('#legend .part')].every((one) => one.open)")
    assert browser.requests() == [toy.resolve().as_uri()] + [
        url for url in browser.requests()[1:] if url.startswith("data:image/png;base64,")
    ]
    browser.call("Emulation.setEmulatedMedia", media="screen")
    browser.wait(f"{pictures} === 0")
    assert browser.complaints() == []


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """Serve a folder to this machine alone; return its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_tiles_are_asked_of_their_host_alone(
    browser: Browser, siting: Siting, tmp_path: Path, served: str
) -> None:
    tiles = BASEMAPS["osm"]
    assert tiles
    write_map(siting, tmp_path / "tiles.html", "osm")
    browser.call("Network.setBlockedURLs", urls=[f"{tiles.host}/*"])
    try:
        browser.call("Page.navigate", url="about:blank")
        browser.events.clear()
        browser.call("Page.navigate", url=f"{served}/tiles.html")
        browser.wait("document.documentElement?.dataset.ready === 'true'")
        asked = set(browser.requests()) - {f"{served}/tiles.html", f"{served}/favicon.ico"}
        assert asked
        assert all(url.startswith(f"{tiles.host}/") for url in asked)
        assert not any("Content Security Policy" in one for one in browser.complaints())
        assert tiles.owners in browser.run("document.getElementById('credit').innerText")
        ground = "powersite.map.hasLayer(powersite.groups.ground)"
        assert browser.run(ground) is False
        toggle(browser, "tiles")
        assert browser.run(ground) is True
        assert browser.run("document.querySelectorAll('.leaflet-tile').length") == 0
    finally:
        browser.call("Network.setBlockedURLs", urls=[])


def test_a_file_asks_for_no_tiles_and_says_why(
    browser: Browser, siting: Siting, tmp_path: Path
) -> None:
    path = write_map(siting, tmp_path / "tiles.html", "osm")
    browser.open(path)
    assert browser.requests() == [path.resolve().as_uri()]
    assert "only to pages of a web server" in browser.run(
        "document.getElementById('credit').innerText"
    )
    assert browser.run("powersite.map.hasLayer(powersite.groups.ground)") is True
    assert browser.run("document.querySelector('[data-layer=tiles]')") is None
