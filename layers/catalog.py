"""Which open data there are: the catalogue, and what of it makes a place of a country."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.errors import Fault, LayerError
from geo.layer import Source
from geo.scenario import suggestion
from layers.countries import ISO2_OF

if TYPE_CHECKING:
    from collections.abc import Sequence

BUILT_IN: Final = Path(__file__).with_name("catalog.toml")
DEFAULT_MAX_MB: Final = 500.0
BYTES_PER_MB: Final = 1_000_000


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
    countries: str = ""
    """Where it is; '' is everywhere."""
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

    def source(self) -> Source:
        """Return where its layers come from."""
        return Source(
            self.title, self.url, self.licence, self.vintage, attribution=self.attribution
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
    catalog: dict[str, Offer], names: Sequence[str], accepted: Sequence[str]
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
        offer for offer in catalog.values() if not offer.restricted
    ]
    offers, words = [], []
    for offer in wanted:
        if offer.restricted and offer.name not in accepted:
            words.append(
                f"{offer.name}: restricted. {offer.terms} To fetch it: --accept {offer.name}"
            )
        elif not offer.gives:
            words.append(f"{offer.name}: get it by hand from {offer.url} ({offer.licence})")
        else:
            offers.append(offer)
    return offers, words


def url_of(offer: Offer, iso3: str, extract: str = "") -> str:
    """Fill in the address for a country."""
    iso2 = ISO2_OF.get(iso3, "")
    return offer.url.format(
        iso2=iso2.lower(), iso3=iso3.lower(), ISO2=iso2, ISO3=iso3, geofabrik=extract
    )


def _offer(name: str, table: dict[str, object]) -> Offer:
    known = {item.name for item in fields(Offer)}
    given = {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}
    if unknown := set(given) - known:
        raise ValueError(f"[sources.{name}] has the unknown key {min(unknown)}")
    return Offer(name, **given)  # type: ignore[arg-type] # checked by its users
