"""Which open data there are: the catalogue, and what of it makes a place of a country."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.errors import Fault, LayerError
from geo.layer import Source
from geo.scenario import suggestion
from layers.countries import ISO2_OF, NAME_OF

if TYPE_CHECKING:
    from collections.abc import Sequence

BUILT_IN: Final = Path(__file__).with_name("catalog.toml")
DEFAULT_MAX_MB: Final = 500.0
BYTES_PER_MB: Final = 1_000_000
OPEN: Final[dict[str, object]] = {
    "geofabrik": "", "tile": "…", "file": "…", "offset": 0,
    "west": -180.0, "south": -90.0, "east": 180.0, "north": 90.0,
}  # fmt: skip
"""What an address asks for before it is known."""


@dataclass(frozen=True)
class Offer:
    """One source of the catalogue."""

    name: str
    """Short name, as after ``--from``."""
    title: str
    """Name for people."""
    url: str
    """Where it is; may hold ``{iso3}`` and the like."""
    licence: str
    """Licence name, SPDX where there is one."""
    vintage: str = "unknown"
    """Date or version."""
    format: str = ""
    """Importer or format, and ``in zip`` where it is packed."""
    gives: tuple[str, ...] = ()
    """Layers that are built from it; none if it has to be got by hand."""
    files: tuple[str, ...] = ()
    """What stands for ``{file}`` in its address, if it is several files."""
    page: int = 0
    """Rows of a page, if its address has an ``{offset}``."""
    fuels: tuple[str, ...] = ()
    """Fuels of the plants that it has, if not all; plants of others come from the next source."""
    by_name: bool = False
    """Whether it is fetched only if it is named."""
    note: str = ""
    """What to know of its layers."""
    why: str = ""
    """Why it has to be got by hand."""
    scale: float = 1.0
    """What a value of a raster is multiplied with, if the raster does not say so itself …"""
    offset: float = 0.0
    """… and what is added then."""
    nodata: float | None = None
    """Value of pixels without data, if the raster does not say so itself."""
    countries: str = ""
    """Where it is: a country's three letters, or words; '' is everywhere."""
    index: str = ""
    """List in which the extract of a country is looked up."""
    sha256: str = ""
    """Hash where the file is fixed."""
    max_mb: float = DEFAULT_MAX_MB
    """Larger files are refused."""
    attribution: str = ""
    """Words that the licence asks to show."""
    restricted: bool = False
    """Whether its terms have to be agreed to."""
    terms: str = ""
    """Those terms in short."""

    @property
    def max_bytes(self) -> int:
        """Return the cap in bytes."""
        return int(self.max_mb * BYTES_PER_MB)

    @property
    def folder(self) -> str:
        """Return the fixed part of its address, for people; '' if there is none."""
        fixed, brace, _ = self.url.partition("?")[0].partition("{")
        return fixed.rpartition("/")[0] if brace else fixed

    def source(self) -> Source:
        """Return where its layers come from."""
        return Source(
            self.title, self.folder, self.licence, self.vintage, attribution=self.attribution
        )


def read_catalog(path: Path | None = None) -> dict[str, Offer]:
    """Read the catalogue, by name.

    Raises
    ------
    LayerError
        If it cannot be read, or an entry is not whole.
    """
    path = path or BUILT_IN
    try:
        with path.open("rb") as stream:
            tables = tomllib.load(stream)["sources"]
        return {name: _offer(name, table) for name, table in tables.items()}
    except (OSError, KeyError, TypeError, ValueError) as error:
        fault = Fault(path.name, f"is no catalogue: {error}", "see layers/catalog.toml")
        raise LayerError.of([fault]) from error


def chosen(
    catalog: dict[str, Offer], names: Sequence[str], accepted: Sequence[str], iso3: str = ""
) -> tuple[list[Offer], list[str]]:
    """Choose what to fetch.

    Parameters
    ----------
    catalog
        From `read_catalog`.
    names
        What is asked for; nothing for all that is open and built from.
    accepted
        Restricted sources whose terms are agreed to.
    iso3
        Country; sources of another are left out. '' for any.

    Returns
    -------
    offers, words
        What to fetch, and why the others are not.

    Raises
    ------
    LayerError
        If a name is unknown.
    """
    unknown = [name for name in (*names, *accepted) if name not in catalog]
    if unknown:
        known = list(catalog)
        raise LayerError.of(
            Fault(f"source '{name}'", "is not in the catalogue", suggestion(name, known))
            for name in unknown
        )
    wanted = [catalog[name] for name in dict.fromkeys((*names, *accepted))] or [
        offer for offer in catalog.values() if not (offer.restricted or offer.by_name)
    ]
    refused = {offer.name: _refusal(offer, accepted, iso3) for offer in wanted}
    offers = [offer for offer in wanted if not refused[offer.name]]
    return offers, [words for words in refused.values() if words]


def _refusal(offer: Offer, accepted: Sequence[str], iso3: str) -> str:
    """Say why a source is not fetched; '' if it is."""
    if offer.restricted and offer.name not in accepted:
        return f"{offer.name}: restricted. {offer.terms} To fetch it: --accept {offer.name}"
    if not offer.gives:
        why = f". {offer.why}" if offer.why else ""
        return f"{offer.name}: get it by hand from {offer.url} ({offer.licence}){why}"
    if iso3 and offer.countries in NAME_OF and offer.countries != iso3:
        return f"{offer.name}: is of {NAME_OF[offer.countries]} only"
    return ""


def url_of(offer: Offer, iso3: str, **more: object) -> str:
    """Fill in the address for a country.

    Parameters
    ----------
    offer
        The source.
    iso3
        Country.
    more
        What else its address asks for: ``geofabrik``, ``tile``, ``file``, ``offset`` and the edges
        ``west``, ``south``, ``east``, ``north`` in degrees; what is not given stays open.
    """
    iso2 = ISO2_OF.get(iso3, "")
    known = {"iso2": iso2.lower(), "iso3": iso3.lower(), "ISO2": iso2, "ISO3": iso3}
    return offer.url.format(**(OPEN | known | more))


def _offer(name: str, table: dict[str, object]) -> Offer:
    known = {item.name for item in fields(Offer)}
    given = {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}
    if unknown := set(given) - known:
        raise ValueError(f"[sources.{name}] has the unknown key {min(unknown)}")
    return Offer(name, **given)  # type: ignore[arg-type] # checked by its users
