"""The hydro-power data base of the Joint Research Centre of the European Commission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from layers.countries import ISO3_OF
from layers.imported import Imported, column_faults, numbers, placed, without
from layers.tables import read_table

if TYPE_CHECKING:
    from pathlib import Path

    from layers.imported import Asked

MWH_PER_GWH: Final = 1000.0
NEEDED: Final = ("id", "name", "installed_capacity_MW", "type", "country_code", "lat", "lon")
TYPES: Final = {"HPHS": "pumped storage", "HDAM": "reservoir", "HROR": "run of river"}


def read_jrc(path: Path, file: str, asked: Asked) -> Imported:
    """Read the hydro plants of the place's country; capacity, energy and storage in their units."""
    table, faults = read_table(path, file)
    faults += column_faults(table, NEEDED, file, "JRC")
    if faults:
        return Imported(faults=tuple(faults))
    code = table["country_code"].map(ISO3_OF)
    table = table[(code == asked.country) | (not asked.country)]
    unknown = pd.Series("", index=table.index)
    lon, lat, mw = (numbers(table[name]) for name in ("lon", "lat", "installed_capacity_MW"))
    kept = np.isfinite(lon) & np.isfinite(lat) & (mw > 0)
    columns = {
        "id": table["id"], "name": table["name"], "fuel": "hydro", "capacity_mw": mw,
        "annual_gwh": numbers(table.get("avg_annual_generation_GWh", unknown)),
        "storage_gwh": numbers(table.get("storage_capacity_MWh", unknown)) / MWH_PER_GWH,
        "status": "operating", "technology": table["type"].map(TYPES).fillna(table["type"]),
    }  # fmt: skip
    left = without((int((~kept).sum()), "plants without a position or capacity"))
    return Imported({"plants": placed(columns, lon, lat, table.index)[kept]}, {"plants": left})
