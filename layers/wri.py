"""The Global Power Plant Database of the World Resources Institute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from layers.imported import IMPUTED, Imported, column_faults, numbers, placed, rules_of, without
from layers.tables import read_table

if TYPE_CHECKING:
    from pathlib import Path

    from layers.imported import Asked

NEEDED: Final = ("country", "name", "capacity_mw", "latitude", "longitude", "primary_fuel")
ESTIMATE: Final = "annual energy: estimate of the data base"


def read_wri(path: Path, file: str, asked: Asked) -> Imported:
    """Read the plants of the place's country, from its CSV of any version.

    Notes
    -----
    The energy of a year is the mean of the years that the data base has, else its estimate, which
    is flagged. Plants without a position or a capacity are left out.
    """
    table, faults = read_table(path, file)
    faults += column_faults(table, NEEDED, file, "WRI")
    if faults:
        return Imported(faults=tuple(faults))
    if asked.country:
        table = table[table["country"] == asked.country]
    lon, lat, mw = (numbers(table[name]) for name in ("longitude", "latitude", "capacity_mw"))
    kept = np.isfinite(lon) & np.isfinite(lat) & (mw > 0)
    gwh, estimated = _annual_gwh(table)
    ids = table["gppd_idnr"] if "gppd_idnr" in table.columns else "WRI" + table.index.astype(str)
    columns = {
        "id": ids, "name": table["name"], "fuel": table["primary_fuel"].str.lower(),
        "capacity_mw": mw, "annual_gwh": gwh, "status": "operating",
        IMPUTED: np.where(estimated, ESTIMATE, ""),
    }  # fmt: skip
    frame = placed(columns, lon, lat, table.index)[kept]
    left = without((int((~kept).sum()), "plants without a position or capacity"))
    return Imported({"plants": frame}, {"plants": (*left, *rules_of(frame[IMPUTED]))})


def _annual_gwh(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return energy, and whether it is estimated."""
    measured = [name for name in table.columns if name.startswith("generation_gwh_")]
    gwh = np.full(len(table), np.nan)
    if measured:
        years = pd.DataFrame({name: numbers(table[name]) for name in measured})
        gwh = years.where(years > 0).mean(axis=1).to_numpy(float)
    guesses = [name for name in table.columns if name.startswith("estimated_generation_gwh")]
    estimated = np.zeros(len(table), dtype=bool)
    for name in sorted(guesses, reverse=True):
        guess = numbers(table[name])
        fill = np.isnan(gwh) & (guess > 0)
        gwh, estimated = np.where(fill, guess, gwh), estimated | fill
    return gwh, estimated
