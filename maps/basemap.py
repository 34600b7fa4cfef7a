"""Basemaps of tiles from elsewhere, which a user may ask for; without one the page asks nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Basemap = Literal["none", "osm"]


@dataclass(frozen=True)
class Tiles:
    """A tile server and what its owners ask for."""

    url: str
    """Address of a tile, as Leaflet takes it."""
    max_zoom: int
    """Deepest zoom that it has."""
    owners: str
    """Whom to name on the map."""
    about: str
    """Page that the name leads to."""

    @property
    def host(self) -> str:
        """Return scheme and host, which is all that the page is then allowed to ask."""
        return "/".join(self.url.split("/")[:3])


BASEMAPS: Final[dict[str, Tiles | None]] = {
    "none": None,
    "osm": Tiles(
        "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        19,
        "© OpenStreetMap contributors",
        "https://www.openstreetmap.org/copyright",
    ),
}
