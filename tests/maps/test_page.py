"""The page as a file: no address, no template, no word of the data outside the island."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import json
import re
from typing import TYPE_CHECKING

import folium

from maps import page
from maps.page import content_policy, map_html, ours, shell, with_data
from tests.maps.toy import HOSTILE

if TYPE_CHECKING:
    from geo.siting import Siting


KNOWN_TEXTS = {
    "http://www.w3.org/2000/svg",
    "https://leafletjs.com",
    "https://bugs.chromium.org/p/chromium/issues/detail?id=600120",
    "https://bugzilla.mozilla.org/show_bug.cgi?id=888319",
}
"""Addresses in Leaflet that nothing is loaded from: a namespace, comments, a link not shown."""


class Elements(html.parser.HTMLParser):
    """Collects elements with their attributes, and the text of scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.inside = tag == "script"
        if self.inside:
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.scripts[-1] += data

    def handle_endtag(self, _tag: str) -> None:
        self.inside = False


def parsed(text: str) -> Elements:
    elements = Elements()
    elements.feed(text)
    return elements


def island_of(text: str) -> str:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return found.group(1)


def test_nothing_is_linked_or_loaded(siting: Siting) -> None:
    for tag, attributes in parsed(map_html(siting)).found:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base"}
        assert "src" not in attributes
        assert "href" not in attributes or attributes["href"] == "#map"
        assert not any(name.startswith("on") for name in attributes)


def test_policy_allows_each_script_by_its_hash_and_nothing_else(siting: Siting) -> None:
    text = map_html(siting)
    elements = parsed(text)
    metas = [attributes for tag, attributes in elements.found if tag == "meta"]
    policy = metas[1]["content"]
    assert metas[1]["http-equiv"] == "Content-Security-Policy"
    assert policy
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy.replace("style-src 'unsafe-inline'", "")
    run = [script for script in elements.scripts if not script.startswith("{")]
    assert len(run) == len(page.SCRIPTS) + 2
    for script in run:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_without_a_basemap_the_page_names_no_host_and_may_ask_none(siting: Siting) -> None:
    text = map_html(siting)
    assert "openstreetmap.org" not in text
    outside = text.replace(island_of(text), "")
    assert set(re.findall(r"https?://[^\s\"'`\\)]+", outside)) <= KNOWN_TEXTS
    assert re.findall(r"https?:", content_policy(shell())) == []


def test_a_basemap_opens_the_policy_to_its_tiles_and_to_nothing_else(siting: Siting) -> None:
    plain, tiled = (
        re.search(r'Policy" content="([^"]*)"', map_html(siting, name)).group(1)  # type: ignore[union-attr]
        for name in ("none", "osm")
    )
    assert tiled.replace("img-src data: https://tile.openstreetmap.org;", "img-src data:;") == plain
    assert json.loads(island_of(map_html(siting, "osm")))["basemap"]["owners"].startswith("©")


def test_hostile_names_are_only_in_the_island(hostile: Siting) -> None:
    text = map_html(hostile)
    inside = island_of(text)
    outside = text.replace(inside, "")
    for name in HOSTILE[:3]:
        assert name not in text
    assert "1337" not in outside
    assert "harmed" not in outside
    assert "Toyland" not in outside
    assert outside == map_html_without_data()
    assert not set("<>&") & set(inside)
    assert json.loads(inside)["place"]["title"].endswith("Toyland")


def map_html_without_data() -> str:
    return with_data(shell(), {}).replace(">{}</script>", "></script>", 1)


def test_page_around_the_data_is_always_the_same() -> None:
    assert shell() == shell()
    assert shell().count(page.MARK) == 1


def test_folium_keeps_its_own_links_to_itself() -> None:
    assert page.Canvas.default_js == []
    assert page.Canvas.default_css == []
    assert folium.Map.default_js


def test_scripts_of_ours_set_text_and_never_markup() -> None:
    for name in page.SCRIPTS:
        script = ours(name)
        for harmful in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("):
            assert harmful not in script, (name, harmful)
        assert "</script" not in script


def test_page_of_the_toy_is_small(siting: Siting) -> None:
    assert len(map_html(siting).encode()) < 500_000
