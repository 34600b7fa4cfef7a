"""Prices of arable land of Eurostat (``apri_lprc``), from its JSON-stat to the regions of a place.

Its regions are those of the NUTS nomenclature; one whose name is that of a region of the place
gives its price, and the country gives that of all the others.
"""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.errors import Fault, LayerError
from layers.countries import ISO3_OF

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

BASIS: Final = "sale of arable land"
COUNTRY_CODE: Final = 2
"""Letters of the code of a whole country."""
OWN, NATIONAL, UNKNOWN = "official, of the region", "official, mean of the country", "unknown"


def land_prices(
    path: Path, iso3: str, regions: Iterable[str], usd_per_eur: float
) -> tuple[pd.DataFrame, str]:
    """Read the latest price of each region.

    Parameters
    ----------
    path
        JSON-stat 2.0, in euros a hectare.
    iso3
        Country.
    regions
        Names of the regions of the place.
    usd_per_eur
        What a euro is taken for.

    Returns
    -------
    frame, note
        region, land_price_usd_per_ha, basis, year, quality; no rows if nothing of the country is
        known.

    Raises
    ------
    LayerError
        If it is not the table that it should be.
    """
    try:
        rows = _latest(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        found = f"cannot be read as JSON-stat: {error!r}"
        raise LayerError.of([Fault(path.name, found, "get it again, whole")]) from error
    own = {code: row for code, row in rows.items() if ISO3_OF.get(code[:2]) == iso3}
    if not own:
        return pd.DataFrame(columns=["region"]), ""
    country = next((row for code, row in own.items() if len(code) == COUNTRY_CODE), None)
    named = {_plain(row[0]): row for code, row in sorted(own.items()) if len(code) > COUNTRY_CODE}
    table = [_row(name, named.get(_plain(name)), country, usd_per_eur) for name in regions]
    frame = pd.DataFrame(table)
    priced = int((frame["quality"] == OWN).sum())
    note = (
        "Farmland only: plots with services cost many times more. "
        f"{priced} of {len(frame)} regions have a price of their own, the others the mean of the "
        f"country where it is known. A euro is taken for {usd_per_eur:g} USD."
    )
    return frame, note


def _row(
    name: str, own: tuple[str, str, float] | None, country: tuple[str, str, float] | None,
    usd_per_eur: float,
) -> dict[str, Any]:  # fmt: skip
    _, year, eur = own or country or ("", "", np.nan)
    return {
        "region": name, "land_price_usd_per_ha": round(eur * usd_per_eur), "basis": BASIS,
        "year": year, "quality": OWN if own else NATIONAL,
    } if eur > 0 else {
        "region": name, "land_price_usd_per_ha": np.nan, "basis": "", "year": "",
        "quality": UNKNOWN,
    }  # fmt: skip


def _latest(cube: dict[str, Any]) -> dict[str, tuple[str, str, float]]:
    """Return of each code its label, and the last year that has a price, and the price."""
    names, sizes = cube["id"], cube["size"]
    others = [
        n for n, size in zip(names, sizes, strict=True) if n not in {"geo", "time"} and size > 1
    ]
    if others:
        raise ValueError(f"{others[0]} is not chosen")
    place, time = (cube["dimension"][name]["category"] for name in ("geo", "time"))
    labels = place.get("label", {})
    stride = {name: int(np.prod(sizes[at + 1 :])) for at, name in enumerate(names)}
    out = {}
    for code, at in place["index"].items():
        for year in sorted(time["index"], reverse=True):
            value = cube["value"].get(
                str(at * stride["geo"] + time["index"][year] * stride["time"])
            )
            if value is not None:
                out[code] = (str(labels.get(code, "")), str(year), float(value))
                break
    return out


def _plain(name: str) -> str:
    """Return a name without accents and capitals."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in folded if letter.isalnum())
