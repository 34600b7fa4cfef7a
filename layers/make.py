"""``powersite fetch``: a country, from what is open of it, through the cache."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.errors import Fault, FetchError, LayerError
from layers.build import (
    Built,
    Wish,
    crs_of,
    layers_of,
    regions_of,
    unpacked,
    write_layer,
    write_place,
    write_regions,
)
from layers.catalog import chosen, url_of
from layers.countries import ISO2_OF
from layers.fetch import Remote, plain_url
from layers.settings import REQUIRED_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from layers.catalog import Offer
    from layers.fetch import Cache

INDEX_BYTES: Final = 50_000_000


@dataclass(frozen=True)
class Order:
    """What to make a place of."""

    offers: tuple[Offer, ...]
    """Sources to fetch."""
    words: tuple[str, ...]
    """Why others are not."""
    wish: Wish
    """Which country, and what kind of place."""


@dataclass
class Made:
    """What came of it."""

    built: list[Built] = field(default_factory=list)
    """Layers that are there."""
    missing: list[str] = field(default_factory=list)
    """What could not be had, and why."""
    away: bool = False
    """Whether a source was away."""
    path: Path | None = None
    """The ``place.toml``, if the least that a place needs is there."""


def order(
    catalog: dict[str, Offer], names: Sequence[str], accepted: Sequence[str], wish: Wish
) -> Order:
    """Choose the sources of a place; raises `LayerError` if a name or the country is unknown."""
    if wish.iso3 not in ISO2_OF:
        fault = Fault("country", "is unknown", "write its English name or ISO code")
        raise LayerError.of([fault])
    offers, words = chosen(catalog, names, accepted)
    return Order(tuple(offers), tuple(words), wish)


def plan(what: Order, cache: Cache) -> list[str]:
    """Say what would be fetched, without the network."""
    lines = []
    for offer in what.offers:
        address = plain_url(url_of(offer, what.wish.iso3)) or f"by {plain_url(offer.index)}"
        state = ""
        if not offer.index and cache.has(_remote(offer, url_of(offer, what.wish.iso3))):
            state = ", in the cache"
        gives = ", ".join(offer.gives)
        lines.append(f"{offer.name}: {gives}. {offer.title} ({offer.licence}). {address}{state}")
    return [*lines, *what.words]


def make(what: Order, cache: Cache, folder: Path) -> Made:
    """Fetch, build and write a place.

    Returns
    -------
    Made
        Whatever could be had; a source that is away costs its layers only.
    """
    made = Made()
    folder.mkdir(parents=True, exist_ok=True)
    files = {offer.name: _fetched(offer, what, cache, made) for offer in what.offers}
    with tempfile.TemporaryDirectory() as scratch:
        regions = _regions(what, files, folder, Path(scratch), made)
        if regions is None:
            made.missing.append("without regions nothing can be cut to the country")
            return made
        for offer in what.offers:
            path, taken = files[offer.name], {item.kind for item in made.built}
            kinds = tuple(kind for kind in offer.gives if kind not in taken)
            if path is not None and kinds:
                _layers(offer, kinds, (path, Path(scratch)), (what, regions, folder), made)
    there = {item.kind for item in made.built}
    absent = [kind for kind in REQUIRED_KINDS if kind not in there]
    if absent:
        made.missing.append(f"a place cannot do without {' and '.join(absent)}")
    made.path = write_place(made.built, made.missing, crs_of(regions), what.wish, folder)
    return made


def _fetched(offer: Offer, what: Order, cache: Cache, made: Made) -> Path | None:
    try:
        extract = _extract(offer, what.wish.iso3, cache) if offer.index else ""
        return cache.get(_remote(offer, url_of(offer, what.wish.iso3, extract)))
    except FetchError as error:
        made.away = True
        made.missing.append(str(error))
        return None


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


def _regions(
    what: Order, files: dict[str, Path | None], folder: Path, scratch: Path, made: Made
) -> gpd.GeoDataFrame | None:
    for offer in what.offers:
        path = files[offer.name]
        if "regions" not in offer.gives or path is None:
            continue
        try:
            inside = unpacked(path, offer, _own(scratch, offer))
            regions = regions_of(inside, offer, what.wish)
        except LayerError as error:
            made.missing.append(str(error))
            continue
        file, rows = write_regions(regions, folder)
        made.built.append(Built("regions", offer, file, rows, ""))
        return regions
    return None


def _layers(
    offer: Offer,
    kinds: tuple[str, ...],
    files: tuple[Path, Path],
    into: tuple[Order, gpd.GeoDataFrame, Path],
    made: Made,
) -> None:
    path, scratch = files
    what, regions, folder = into
    try:
        inside = unpacked(path, offer, _own(scratch, offer))
        frames, notes = layers_of(inside, offer, kinds, what.wish)
    except LayerError as error:
        made.missing.append(str(error))
        return
    for kind in kinds:
        file, rows = write_layer(frames[kind], kind, regions, folder)
        if not rows:
            (folder / file).unlink()
            made.missing.append(f"{offer.name}: has no {kind} here")
            continue
        made.built.append(Built(kind, offer, file, rows, " ".join(notes.get(kind, ()))))


def _own(scratch: Path, offer: Offer) -> Path:
    folder = scratch / offer.name
    folder.mkdir(exist_ok=True)
    return folder


def _remote(offer: Offer, url: str) -> Remote:
    return Remote(offer.name, url, offer.max_bytes, offer.sha256)
