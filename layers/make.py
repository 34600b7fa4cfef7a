"""``powersite fetch``: a country, from what is open of it, through the cache."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.errors import Fault, FetchError, LayerError
from geo.standards import STANDARDS
from geo.surface import RASTER_KINDS
from layers.build import (
    Built,
    Wish,
    all_unpacked,
    cut_layers,
    layers_of,
    regions_of,
    together,
    unpacked,
    write_layer,
    write_place,
    write_regions,
)
from layers.catalog import chosen, url_of
from layers.countries import ISO2_OF
from layers.eurostat import land_prices
from layers.fetch import plain_url
from layers.mosaic import write_mosaic
from layers.parts import fetched, remote
from layers.settings import REQUIRED_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from layers.catalog import Offer
    from layers.fetch import Cache
    from layers.parts import Fetched

EUROSTAT: Final = "eurostat"


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
    offers, words = chosen(catalog, names, accepted, wish.iso3)
    return Order(tuple(offers), tuple(words), wish)


def plan(what: Order, cache: Cache) -> list[str]:
    """Say what would be fetched, without the network."""
    lines = []
    for offer in what.offers:
        url = url_of(offer, what.wish.iso3)
        address = plain_url(url) or f"by {plain_url(offer.index)}"
        single = not (offer.index or offer.files or offer.page or "{tile}" in offer.url)
        state = ", in the cache" if single and cache.has(remote(offer, url)) else ""
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
    with tempfile.TemporaryDirectory() as scratch:
        land = _regions(what, cache, folder, Path(scratch), made)
        if land is None:
            made.missing.append("without regions nothing can be cut to the country")
            return made
        work = _Work(what.wish, cache, land, folder, Path(scratch), made)
        for offer in sorted(what.offers, key=lambda offer: not offer.fuels):
            _take(offer, work)
        _write_rest(work)
    there = {item.kind for item in made.built}
    absent = [kind for kind in REQUIRED_KINDS if kind not in there]
    if absent:
        made.missing.append(f"a place cannot do without {' and '.join(absent)}")
    made.path = write_place(made.built, made.missing, land, what.wish, folder)
    return made


@dataclass
class _Work:
    """What a place is made with, and how far it is."""

    wish: Wish
    cache: Cache
    land: gpd.GeoDataFrame
    """Regions in degrees."""
    folder: Path
    scratch: Path
    made: Made
    plants: list[tuple[Offer, pd.DataFrame, str]] = field(default_factory=list)
    """Plants of sources that have some fuels only, and notes, until another has the rest."""

    def own(self, offer: Offer) -> Path:
        """Return a folder to unpack a source in."""
        return _own(self.scratch, offer)

    def add(self, kind: str, offer: Offer, frame: pd.DataFrame, note: str) -> None:
        """Write a layer, unless it has no rows."""
        if not len(frame):
            self.made.missing.append(f"{offer.name}: has no {kind} here")
            return
        file = write_layer(frame, kind, self.folder)
        words = " ".join(part for part in (offer.note, note) if part)
        self.made.built.append(Built(kind, offer, file, len(frame), words))


def _take(offer: Offer, work: _Work) -> None:
    """Fetch a source and build what no source before it gave; what goes wrong is told."""
    taken = {item.kind for item in work.made.built}
    kinds = tuple(kind for kind in offer.gives if kind not in taken)
    if not kinds:
        return
    try:
        got = fetched(offer, work.wish.iso3, work.land, work.cache)
        if kinds[0] in RASTER_KINDS:
            _rasters(got, kinds, work)
        elif offer.format == EUROSTAT:
            _prices(got, work)
        else:
            _layers(got, kinds, work)
    except FetchError as error:
        work.made.away = True
        work.made.missing.append(str(error))
    except LayerError as error:
        work.made.missing.append(str(error))


def _regions(
    what: Order, cache: Cache, folder: Path, scratch: Path, made: Made
) -> gpd.GeoDataFrame | None:
    for offer in what.offers:
        if "regions" not in offer.gives:
            continue
        try:
            path = fetched(offer, what.wish.iso3, None, cache).paths[0]
            regions = regions_of(unpacked(path, offer, _own(scratch, offer)), offer, what.wish)
        except (FetchError, LayerError) as error:
            made.away |= isinstance(error, FetchError)
            made.missing.append(str(error))
            continue
        file, rows = write_regions(regions, folder)
        made.built.append(Built("regions", offer, file, rows, ""))
        return regions
    return None


def _rasters(got: Fetched, kinds: tuple[str, ...], work: _Work) -> None:
    """Write the rasters of a source: one of all its files, or one of each."""
    offer = got.offer
    paths = list(got.paths)
    if offer.format.endswith(" in zip"):
        paths = all_unpacked(paths[0], offer, work.own(offer))
    for kind in kinds:
        each = [paths[offer.gives.index(kind)]] if offer.files else paths
        note = write_mosaic(each, kind, offer, work.land, work.folder / f"{kind}.tif")
        words = " ".join(part for part in (offer.note, note, got.note) if part)
        work.made.built.append(Built(kind, offer, f"{kind}.tif", 0, words))


def _prices(got: Fetched, work: _Work) -> None:
    frame, note = land_prices(
        got.paths[0], work.wish.iso3, work.land["name"], STANDARDS.usd_per_eur
    )
    work.add("land_prices", got.offer, frame, note)


def _layers(got: Fetched, kinds: tuple[str, ...], work: _Work) -> None:
    """Build the layers of a source; of plants, with those of a source that has some fuels only."""
    offer = got.offer
    inside = together(got.paths, offer, work.own(offer))
    frames, notes = layers_of(inside, offer, kinds, work.wish)
    for kind, frame in cut_layers(frames, work.land).items():
        note = " ".join((*notes.get(kind, ()), *([got.note] if got.note else [])))
        if kind == "plants" and offer.fuels:
            work.plants.append((offer, frame[frame["fuel"].isin(offer.fuels)], note))
        elif kind == "plants":
            work.add(kind, *_with_parts(offer, frame, note, work))
        else:
            work.add(kind, offer, frame, note)


def _with_parts(
    offer: Offer, frame: pd.DataFrame, note: str, work: _Work
) -> tuple[Offer, pd.DataFrame, str]:
    """Put the plants of a source beside those of the sources that have some fuels only."""
    while work.plants:
        part, plants, words = work.plants.pop()
        if not len(plants):
            work.made.missing.append(f"{part.name}: has no plants here")
            continue
        rest = frame[~frame["fuel"].isin(part.fuels)]
        left = f"Of {' and '.join(part.fuels)} those of {part.title} are taken, and not the"
        note = f"{words} {left} {len(frame) - len(rest):,} of {offer.title}. {note}".strip()
        frame = pd.concat([plants, rest], ignore_index=True)
        offer = _joined(part, offer)
    return offer, frame, note


def _joined(one: Offer, other: Offer) -> Offer:
    """Describe a layer of two sources."""

    def both(name: str) -> str:
        return "; ".join(dict.fromkeys(filter(None, (getattr(one, name), getattr(other, name)))))

    return replace(
        other, name=f"{one.name} and {other.name}", title=both("title"), url=one.folder,
        licence=both("licence"), vintage=both("vintage"), attribution=both("attribution"),
        note=both("note"),
    )  # fmt: skip


def _write_rest(work: _Work) -> None:
    """Write plants of some fuels where no source had the rest."""
    while work.plants:
        offer, frame, note = work.plants.pop()
        only = f"Only {' and '.join(offer.fuels)}: no source gave the other plants."
        work.add("plants", offer, frame, f"{note} {only}".strip())


def _own(scratch: Path, offer: Offer) -> Path:
    folder = scratch / offer.name
    folder.mkdir(exist_ok=True)
    return folder
