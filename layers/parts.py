"""The files that a source is made of: one, several by name, tiles of a degree, or pages of rows."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely

from geo.errors import FetchError
from layers.catalog import url_of
from layers.countries import ISO2_OF
from layers.fetch import NotThereError, Remote

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from layers.catalog import Offer
    from layers.fetch import Cache

INDEX_BYTES: Final = 50_000_000
AROUND_DEGREES: Final = 0.1
"""How far beyond the land tiles and rows are asked for."""
MAX_PAGES: Final = 500
EDGES: Final = ("west", "south", "east", "north")


@dataclass(frozen=True)
class Fetched:
    """What came of one source."""

    offer: Offer
    """The source."""
    paths: tuple[Path, ...]
    """Its files in the cache, in the order of their names, tiles or pages."""
    note: str = ""
    """What of it is not there, though nothing went wrong."""


def fetched(offer: Offer, iso3: str, land: gpd.GeoDataFrame | None, cache: Cache) -> Fetched:
    """Fetch all files of a source.

    Parameters
    ----------
    offer
        The source.
    iso3
        Country.
    land
        Its regions in degrees; None where only sources that do not ask for them are fetched.
    cache
        Where they are kept.

    Raises
    ------
    FetchError
        If one of them is away, or there is nothing for this country.
    """
    if "{tile}" in offer.url and land is not None:
        return _tiles(offer, iso3, land, cache)
    if offer.page and land is not None:
        return Fetched(offer, _pages(offer, iso3, land, cache))
    if offer.files:
        urls = [url_of(offer, iso3, file=file) for file in offer.files]
        return Fetched(offer, tuple(cache.get(remote(offer, url)) for url in urls))
    extract = _extract(offer, iso3, cache) if offer.index else ""
    return Fetched(offer, (cache.get(remote(offer, url_of(offer, iso3, geofabrik=extract))),))


def remote(offer: Offer, url: str) -> Remote:
    """Describe one file of a source."""
    return Remote(offer.name, url, offer.max_bytes, offer.sha256)


def tiles_of(land: gpd.GeoDataFrame) -> list[str]:
    """Name the tiles of one degree that land touches, by their corner, as ``N60_00_E010_00``."""
    near = land.geometry.union_all().buffer(AROUND_DEGREES)
    shapely.prepare(near)
    west, south, east, north = near.bounds
    return [
        f"{'N' if lat >= 0 else 'S'}{abs(lat):02d}_00_{'E' if lon >= 0 else 'W'}{abs(lon):03d}_00"
        for lat in range(math.floor(max(south, -90)), math.ceil(min(north, 90)))
        for lon in range(math.floor(max(west, -180)), math.ceil(min(east, 180)))
        if near.intersects(shapely.box(lon, lat, lon + 1, lat + 1))
    ]


def _tiles(offer: Offer, iso3: str, land: gpd.GeoDataFrame, cache: Cache) -> Fetched:
    """Fetch the tiles that there are; where there is only sea, there is none."""
    names = tiles_of(land)
    found: list[Path] = []
    absent: list[str] = []
    for name in names:
        try:
            found.append(cache.get(remote(offer, url_of(offer, iso3, tile=name))))
        except NotThereError:
            absent.append(name)
    if not found:
        raise FetchError(f"{offer.name}: none of {len(names)} tiles is there, as {names[0]}")
    few = ", ".join(absent[:3]) + (" and others" if len(absent) > len(absent[:3]) else "")
    note = f"No tile, as over sea: {len(absent)} of {len(names)} ({few})." if absent else ""
    return Fetched(offer, tuple(found), note)


def _pages(offer: Offer, iso3: str, land: gpd.GeoDataFrame, cache: Cache) -> tuple[Path, ...]:
    """Fetch page after page until one is not full."""
    box = dict(zip(EDGES, land.total_bounds.round(2).tolist(), strict=True))
    paths: list[Path] = []
    for number in range(MAX_PAGES):
        page = remote(offer, url_of(offer, iso3, offset=number * offer.page, **box))
        paths.append(cache.get(page))
        try:
            rows = json.loads(paths[-1].read_text(encoding="utf-8"))["features"]
        except (ValueError, KeyError, TypeError) as error:
            cache.forget(page)  # such servers send what went wrong as an answer that is well
            raise FetchError(f"{offer.name}: page {number + 1} is no GeoJSON ({error})") from error
        if len(rows) < offer.page:
            return tuple(paths)
    raise FetchError(f"{offer.name}: goes on beyond {MAX_PAGES} pages")


def _extract(offer: Offer, iso3: str, cache: Cache) -> str:
    """Look up the extract of a country in the index of Geofabrik."""
    path = cache.get(Remote(f"{offer.name} index", offer.index, INDEX_BYTES))
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["features"]
        for row in rows:
            about = row["properties"]
            if ISO2_OF[iso3] in about.get("iso3166-1:alpha2", ()):
                return str(about["urls"]["pbf"])
    except (ValueError, KeyError, TypeError) as error:
        raise FetchError(f"{offer.name}: its index cannot be read ({error})") from error
    raise FetchError(f"{offer.name}: its index has no extract of this country")
