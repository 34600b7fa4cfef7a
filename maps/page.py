"""The map as one HTML page that asks nothing of any network.

folium builds the page around the map and sees no text of the data: it compiles strings as
templates and writes them unescaped. The data go in afterwards, as a JSON island, and our scripts
only ever set text.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import asdict
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import folium
from branca.element import Element, Figure
from folium.template import Template

from maps import leaflet
from maps.basemap import BASEMAPS
from maps.island import island
from maps.scene import scene

if TYPE_CHECKING:
    from geo.siting import Siting
    from maps.basemap import Basemap, Tiles

SCRIPTS: Final = (
    "base.js",
    "state.js",
    "words.js",
    "popups.js",
    "chosen.js",
    "layers.js",
    "rank.js",
    "regions.js",
    "filters.js",
    "crowd.js",
    "labels.js",
    "why.js",
    "legend.js",
    "find.js",
    "tiles.js",
    "card.js",
    "controls.js",
    "table.js",
    "compare.js",
    "download.js",
    "known.js",
    "panel.js",
    "main.js",
)
"""Our scripts, each a file of ``maps/page``, in the order in which they build on each other."""
STYLES: Final = ("map.css", "controls.css")
MARK: Final = "powersite-data-goes-here"

_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class Verbatim(Element):
    """Text of ours that goes into the page as it is; as a value it is never compiled."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Sheet(Figure):
    """A page in the order in which a browser needs it."""

    _template = Template(
        "<!DOCTYPE html>\n"
        '<html lang="en">\n'
        "<head>\n{{ this.header.render(**kwargs) }}\n</head>\n"
        "<body>\n{{ this.html.render(**kwargs) }}\n"
        "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n"
        "</body>\n</html>\n"
    )


class Canvas(folium.Map):
    """folium's map in a place of our own choosing, without its links to other hosts."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 -- the type that folium gives it
    default_css: list[tuple[str, str]] = []  # noqa: RUF012 -- as above

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map("map", {
                center: {{ this.location|tojson }},
                crs: L.CRS.{{ this.crs }},
                ...{{ this.options|tojavascript }}
            });
            powersite.open({{ this.get_name() }});
        {% endmacro %}
        """
    )


def map_html(siting: Siting, basemap: Basemap = "none") -> str:
    """Return the page: map, layers, ranked tables, site cards, sources and notes.

    Parameters
    ----------
    siting
        The answer.
    basemap
        Tiles to lay under the map; the page then asks their host, and no other.
    """
    tiles = BASEMAPS[basemap]
    content = scene(siting) | ({"basemap": asdict(tiles)} if tiles else {})
    return with_data(shell(), content, tiles)


def shell() -> str:
    """Return the page without its data; it is the same for every place."""
    sheet = Sheet()
    for head in (
        "<title>powersite</title>",
        _VIEWPORT,
        _style(leaflet.style()),
        *(_style(ours(name)) for name in STYLES),
    ):
        sheet.header.add_child(Verbatim(head))
    sheet.html.add_child(Verbatim(ours("map.html")))
    sheet.html.add_child(Verbatim(_island("data", MARK)))
    sheet.html.add_child(Verbatim(_island("words", island(words()))))
    for script in (leaflet.script(), *map(ours, SCRIPTS)):
        sheet.html.add_child(Verbatim(f"<script>{script}</script>"))
    canvas = Canvas(location=[0, 0], zoom_start=3, tiles=None, prefer_canvas=True, **LEAFLET)
    canvas.options |= ZOOM
    canvas._id = "powersite"  # noqa: SLF001 -- folium gives a random one
    sheet.add_child(canvas)
    return str(sheet.render())


def with_data(page: str, content: dict[str, Any], tiles: Tiles | None = None) -> str:
    """Put the data and the content policy into a page."""
    before, after = page.split(MARK)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{content_policy(page, tiles)}">'
    return (
        before.replace("<head>", f'<head>\n<meta charset="utf-8">\n{policy}', 1)
        + island(content)
        + after
    )


def content_policy(page: str, tiles: Tiles | None = None) -> str:
    """Allow the scripts of this page, by their hashes, and nothing from anywhere but tiles."""
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in _SCRIPT.findall(page)
    ]
    scripts = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; "
        f"img-src data:{f' {tiles.host}' if tiles else ''}; base-uri 'none'; form-action 'none'"
    )


def ours(name: str) -> str:
    """Return a file of ours that becomes part of the page."""
    return (files("maps") / "page" / name).read_text(encoding="utf-8")


def words() -> dict[str, dict[str, str]]:
    """Return the words of the page: key to language to text."""
    return json.loads(ours("words.json"))


def _island(name: str, text: str) -> str:
    return f'<script type="application/json" id="{name}">{text}</script>'


def _style(sheet: str) -> str:
    return f"<style>{sheet}</style>"


_VIEWPORT: Final = '<meta name="viewport" content="width=device-width, initial-scale=1">'
LEAFLET: Final[dict[str, Any]] = {
    "attribution_control": False,
    "zoom_snap": 0.1,
    "zoom_delta": 0.5,
}
ZOOM: Final = {"min_zoom": 2, "max_zoom": 16}  # folium keeps these names for tiles
