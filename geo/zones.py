"""Price zones: which one a spot lies in, who draws power there, and what joins it to others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.grid import GridGraph
    from geo.kinds import Layers

WHOLE: Final = ""
"""Zone of a place that is not divided, and of the whole of one that is."""


def price_zones(where: Array, layers: Layers) -> Array:
    """Return the price zone of the nearest settlement that has one, '' where none does.

    Parameters
    ----------
    where
        (n, 2) metres in the place's CRS.
    layers
        Settlements.
    """
    if layers.settlements is None:
        return np.full(len(where), WHOLE, dtype=object)
    towns = layers.settlements.frame
    zoned = towns[towns["zone"] != ""]
    if zoned.empty:
        return np.full(len(where), WHOLE, dtype=object)
    _, nearest = cKDTree(np.c_[zoned.geometry.x, zoned.geometry.y]).query(where)
    return zoned["zone"].to_numpy()[nearest]


def zone_names(layers: Layers) -> list[str]:
    """List the price zones of a place in order; of an undivided one, only the whole."""
    if layers.settlements is None:
        return [WHOLE]
    return sorted(set(layers.settlements.frame["zone"]) - {""}) or [WHOLE]


def zone_demand_mw(layers: Layers, demand_mw: float) -> pd.Series:
    """Return the mean demand of each zone: large loads, and the rest by population.

    Parameters
    ----------
    layers
        Loads and settlements. Without settlements the rest is spread evenly over the zones.
    demand_mw
        Of the whole place.

    Returns
    -------
    Series
        By zone, in the order of `zone_names`.
    """
    zones = zone_names(layers)
    large = pd.Series(0.0, index=zones)
    if layers.loads is not None:
        loads = layers.loads.frame
        at = layers.substations.frame.set_index("id").loc[loads["substation"]].geometry
        names = price_zones(np.c_[at.x, at.y], layers)
        large = large.add(loads["demand_mw"].groupby(names).sum(), fill_value=0.0)
    people = pd.Series(1.0, index=zones)
    if layers.settlements is not None and layers.settlements.frame["population"].sum() > 0:
        towns = layers.settlements.frame
        names = price_zones(np.c_[towns.geometry.x, towns.geometry.y], layers)
        people = towns["population"].groupby(names).sum().reindex(zones, fill_value=0.0)
    rest_mw = max(demand_mw - float(large.sum()), 0.0)
    return (large + rest_mw * people / people.sum()).reindex(zones)


def link_limits(grid: GridGraph, layers: Layers) -> pd.DataFrame:
    """Return what energy could come into each zone from abroad and from the other zones.

    Parameters
    ----------
    grid
        Lines between stations.
    layers
        Ties; their trading capacity counts as it is. A station whose ties have none that is known
        brings in what its lines abroad carry, and so do lines between zones, both less a share for
        outages. That is a transport bound and no power flow.

    Returns
    -------
    DataFrame
        By zone, in the order of `zone_names`: abroad_mw, between_mw, and ``untold``, how many ties
        have neither a capacity nor a line.
    """
    share = layers.place.standards.transfer_share
    buses = grid.buses
    zone = pd.Series(price_zones(buses[["x_m", "y_m"]].to_numpy(float), layers), index=buses.index)
    lines = grid.branches[grid.branches["kind"] == "line"]
    ends = pd.concat([_ends(lines, *order) for order in (("from", "to"), ("to", "from"))])
    ends = ends[~ends["here"].map(buses["abroad"])]
    leaves = ends["there"].map(buses["abroad"]).to_numpy(bool)
    abroad, untold = _from_abroad(ends[leaves], buses["substation_id"], layers, share)
    inside = ends[~leaves]
    here, there = inside["here"].map(zone), inside["there"].map(zone)
    crossing = here.to_numpy() != there.to_numpy()
    between = share * inside["limit_mw"][crossing].groupby(here[crossing]).sum()
    columns = {"abroad_mw": abroad, "between_mw": between, "untold": untold}
    return pd.DataFrame(columns).reindex(zone_names(layers)).fillna(0.0)


def _ends(lines: pd.DataFrame, here: str, there: str) -> pd.DataFrame:
    columns = {
        "here": lines[f"{here}_bus"],
        "there": lines[f"{there}_bus"],
        "limit_mw": lines["limit_mw"],
    }
    return pd.DataFrame(columns).reset_index(drop=True)


def _from_abroad(
    lines: pd.DataFrame, station_of: pd.Series, layers: Layers, share: float
) -> tuple[pd.Series, pd.Series]:
    """Return MW from abroad and the number of untold ties by zone; a station's ties come first."""
    carried = share * lines["limit_mw"].groupby(lines["here"].map(station_of)).sum()
    ties = pd.DataFrame({"substation": [], "capacity_mw": []})
    if layers.ties is not None:
        ties = layers.ties.frame
    known = ties["capacity_mw"].groupby(ties["substation"]).sum(min_count=1)
    by_station = known.combine_first(carried)
    where = layers.substations.frame.set_index("id").loc[by_station.index].geometry
    zone = price_zones(np.c_[where.x, where.y], layers)
    return by_station.groupby(zone).sum(), by_station.isna().groupby(zone).sum()
