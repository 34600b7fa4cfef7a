"""Energy that plants give in a year, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.balance import NOT_FEEDING
from geo.profiles import EVEN, MONTH_HOURS, YEAR_HOURS, energy_shares, shaped_gwh

if TYPE_CHECKING:
    import pandas as pd

    from geo.flow import Array
    from geo.standards import Standards

MWH_PER_GWH = 1000.0


def running(plants: pd.DataFrame) -> pd.DataFrame:
    """Return the plants that run, with fuels in small letters."""
    idle = plants["status"].str.lower().str.contains("|".join(NOT_FEEDING), regex=True)
    return plants[~idle].assign(fuel=plants["fuel"].str.lower())


def with_energy(plants: pd.DataFrame, standards: Standards) -> pd.DataFrame:
    """Set the annual energy where the data have none, by the full-load share of the fuel.

    Parameters
    ----------
    plants
        From `running`.
    standards
        Full-load shares of hydro, wind and solar. Of another fuel the energy stays unknown.

    Returns
    -------
    DataFrame
        The plants with annual_gwh, and ``assumed``, true where it is so set.
    """
    share = {
        "hydro": standards.hydro_full_load_share,
        "wind": standards.wind_full_load_share,
        "solar": standards.solar_full_load_share,
    }
    usual = plants["fuel"].map(share) * plants["capacity_mw"] * YEAR_HOURS / MWH_PER_GWH
    unknown = plants["annual_gwh"].isna()
    return plants.assign(
        annual_gwh=plants["annual_gwh"].fillna(usual), assumed=unknown & ~usual.isna()
    )


def monthly_gwh(plants: pd.DataFrame, standards: Standards, hydro_share: float) -> Array:
    """Return the energy of each plant in each month, before any storage.

    Parameters
    ----------
    plants
        From `with_energy`.
    standards
        Profiles by fuel; other fuels run evenly.
    hydro_share
        Hydro energy of the year over that of a mean year.

    Returns
    -------
    Array
        (plants, months). Run of river and the rest give no more than their capacity, and what a
        full month cannot take falls to the others; inflow to a reservoir may be more. Unknown
        energy is unknown.
    """
    profile = {
        "hydro": standards.hydro_profile,
        "wind": standards.wind_profile,
        "solar": standards.solar_profile,
    }
    most = plants["capacity_mw"].to_numpy(float)[:, None] * np.array(MONTH_HOURS) / MWH_PER_GWH
    out = np.full(most.shape, np.nan)
    known = plants["annual_gwh"].notna().to_numpy()
    stores = (plants["storage_gwh"] > 0).to_numpy()
    for fuel in plants["fuel"].unique():
        rows = (plants["fuel"] == fuel).to_numpy() & known
        annual = plants["annual_gwh"].to_numpy(float)[rows]
        annual = annual * (hydro_share if fuel == "hydro" else 1.0)
        limit = np.where(stores[rows, None] & (fuel == "hydro"), np.inf, most[rows])
        out[rows] = shaped_gwh(annual, energy_shares(profile.get(fuel, EVEN)), limit)
    return out
