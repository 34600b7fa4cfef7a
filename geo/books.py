"""What each price zone has in a year: inflow, river, wind, demand, month by month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.generation import MWH_PER_GWH, monthly_gwh, running, with_energy
from geo.profiles import MONTH_HOURS, energy_shares
from geo.zones import WHOLE, price_zones, zone_demand_mw, zone_names

if TYPE_CHECKING:
    import pandas as pd

    from geo.flow import Array
    from geo.kinds import Layers
    from geo.scenario import Scenario
    from geo.standards import Standards

HOURS: Final = np.array(MONTH_HOURS, float)


@dataclass(frozen=True, eq=False)
class Books:
    """What a zone has in one year, month by month."""

    inflow_gwh: Array
    """Into reservoirs."""
    river_gwh: Array
    """Hydro without a reservoir."""
    wind_gwh: Array
    """Wind."""
    other_gwh: Array
    """The rest whose energy is known."""
    demand_gwh: Array
    """Demand."""
    storage_gwh: float
    """What the reservoirs hold when full."""
    turbine_mw: float
    """Capacity behind them."""


def zone_books(layers: Layers, scenario: Scenario, hydro_share: float) -> dict[str, Books]:
    """Return what each zone has in a year, and the whole place where it is divided.

    Parameters
    ----------
    layers
        Plants; those that do not run, and those whose energy is unknown, bring nothing.
    scenario
        Demand of the whole place.
    hydro_share
        Hydro energy of the year over that of a mean year.
    """
    if layers.plants is None:
        return {}
    standards, names = layers.place.standards, zone_names(layers)
    plants = with_energy(running(layers.plants.frame), standards)
    energy = np.nan_to_num(monthly_gwh(plants, standards, hydro_share))
    zone_of = price_zones(np.c_[plants.geometry.x, plants.geometry.y], layers)
    demand_mw = zone_demand_mw(layers, scenario.demand_in(layers.place.demand_mw))
    parts = {name: (zone_of == name, float(demand_mw[name])) for name in names}
    if WHOLE not in parts:
        parts[WHOLE] = (np.ones(len(plants), dtype=bool), float(demand_mw.sum()))
    return {
        name: _book(plants[here], energy[here], mean_mw, standards)
        for name, (here, mean_mw) in parts.items()
    }


def _book(plants: pd.DataFrame, energy: Array, demand_mw: float, standards: Standards) -> Books:
    """Sum some plants by kind; what is too small to be listed is run of river, or wind."""
    hydro = (plants["fuel"] == "hydro").to_numpy()
    wind = (plants["fuel"] == "wind").to_numpy()
    stores = hydro & (plants["storage_gwh"] > 0).to_numpy()
    small = standards.unlisted_share
    unlisted = small * energy[hydro].sum() * energy_shares(standards.hydro_profile)
    year_gwh = demand_mw * HOURS.sum() / MWH_PER_GWH
    return Books(
        inflow_gwh=energy[stores].sum(axis=0),
        river_gwh=energy[hydro & ~stores].sum(axis=0) + unlisted,
        wind_gwh=energy[wind].sum(axis=0) * (1.0 + small),
        other_gwh=energy[~hydro & ~wind].sum(axis=0),
        demand_gwh=year_gwh * energy_shares(standards.demand_profile),
        storage_gwh=float(plants["storage_gwh"].to_numpy()[stores].sum()),
        turbine_mw=float(plants["capacity_mw"].to_numpy()[stores].sum()),
    )
