"""Who feeds and who draws at each bus: demand by settlements, supply by plants and links abroad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.errors import GridError
from geo.flow import network_of
from geo.standards import nearest_line_type
from geo.units import M_PER_KM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.flow import Array
    from geo.grid import GridGraph
    from geo.kinds import Layers, Place
    from geo.standards import Standards

NOT_FEEDING = (
    "construction",
    "planned",
    "retired",
    "cancelled",
    "shelved",
    "mothballed",
    "proposed",
)


@dataclass(frozen=True, eq=False)
class Flows:
    """The base case, per bus in the order of the grid's buses."""

    demand_mw: Array
    """Demand served."""
    supply_min_mw: Array
    """Least supply: 0 for plants, negative where a link can take power out."""
    supply_max_mw: Array
    """Most supply: firm plant capacity and import capability."""
    supply_mw: Array
    """Base dispatch: plants in proportion to capacity, links abroad only for what is missing."""
    unserved_mw: float
    """Demand of islands whose supply cannot cover it, left out of the base case."""

    @property
    def unused_mw(self) -> Array:
        """Capacity that more load could draw on."""
        return self.supply_max_mw - self.supply_mw

    @property
    def injection_mw(self) -> Array:
        """Net injection of the base case; sums to 0 in each connected part."""
        return self.supply_mw - self.demand_mw


def base_flows(
    grid: GridGraph, layers: Layers, demand_mw: float, hydro_share: float = 1.0
) -> Flows:
    """Build the base case of a place.

    Parameters
    ----------
    grid
        The network.
    layers
        Settlements for the demand, plants and ties for the supply.
    demand_mw
        Demand of the whole place.
    hydro_share
        How much of the hydro capacity is there to run.

    Returns
    -------
    Flows
        Balanced in each connected part.
    """
    levels = _Levels(grid, layers.place)
    plants = _plant_supply_mw(grid, layers, levels, hydro_share)
    low_mw, high_mw = _ties_mw(grid, layers, levels)
    wanted = _demand_mw(grid, layers, levels, demand_mw)
    component = network_of(grid).component
    return balance(wanted, plants, low_mw, high_mw, component)


def balance(
    wanted_mw: Array, plant_mw: Array, tie_min_mw: Array, tie_max_mw: Array, component: Array
) -> Flows:
    """Dispatch plants by capacity, then ties, and drop demand that nothing can feed."""

    def total(values: Array) -> Array:
        return np.bincount(component, values, minlength=component.max() + 1)

    asked, own, imports = total(wanted_mw), total(plant_mw), total(tie_max_mw)
    served = np.minimum(asked, own + imports)
    kept = _ratio(served, asked)
    from_plants = _ratio(np.minimum(served, own), own)
    from_ties = _ratio(np.maximum(served - own, 0.0), imports)
    supply = plant_mw * from_plants[component] + tie_max_mw * from_ties[component]
    return Flows(
        demand_mw=wanted_mw * kept[component],
        supply_min_mw=tie_min_mw,
        supply_max_mw=plant_mw + tie_max_mw,
        supply_mw=supply,
        unserved_mw=float((asked - served).sum()),
    )


def firm_capacity_mw(plants: pd.DataFrame, standards: Standards) -> pd.Series:
    """Return the capacity of each plant that a planner would count on; 0 if it does not run yet."""
    share = (
        plants["fuel"]
        .str.lower()
        .map({"wind": standards.wind_firm_share, "solar": standards.solar_firm_share})
    )
    idle = plants["status"].str.lower().str.contains("|".join(NOT_FEEDING), regex=True)
    return (plants["capacity_mw"] * share.fillna(1.0)).where(~idle, 0.0)


def _plant_supply_mw(grid: GridGraph, layers: Layers, levels: _Levels, hydro_share: float) -> Array:
    if layers.plants is None:
        return np.zeros(len(grid.buses))
    plants = layers.plants.frame
    stations = _stations(grid)
    _, nearest = cKDTree(stations[["x_m", "y_m"]]).query(
        np.c_[plants.geometry.x, plants.geometry.y]
    )
    is_hydro = plants["fuel"].str.lower() == "hydro"
    firm_mw = firm_capacity_mw(plants, layers.place.standards) * np.where(is_hydro, hydro_share, 1)
    return levels.spread(stations.index[nearest], firm_mw)


def _ties_mw(grid: GridGraph, layers: Layers, levels: _Levels) -> tuple[Array, Array]:
    """Return least and most supply of links: named ties, and stations abroad by their lines."""
    reach = pd.Series(0.0, index=grid.buses.index)
    if layers.ties is not None:
        ties = layers.ties.frame
        ties = ties[ties["substation"].isin(levels.stations) & (ties["capacity_mw"] > 0)]
        reach += levels.spread(ties["substation"], ties["capacity_mw"])
    abroad = grid.buses.index[grid.buses["abroad"]]
    lines = grid.branches[grid.branches["kind"] == "line"]
    for end in ("from_bus", "to_bus"):
        carried = lines[lines[end].isin(abroad)].groupby(end)["limit_mw"].sum()
        reach[carried.index] += carried
    return -reach.to_numpy(), reach.to_numpy()


def _demand_mw(grid: GridGraph, layers: Layers, levels: _Levels, demand_mw: float) -> Array:
    demand = np.zeros(len(grid.buses))
    if layers.loads is not None:
        loads = layers.loads.frame
        loads = loads[loads["substation"].isin(levels.stations)]
        demand += levels.spread(loads["substation"], loads["demand_mw"])
    stations = _stations(grid)
    rest_mw = max(demand_mw - demand.sum(), 0.0) * _shares(stations, layers)
    return demand + levels.spread(stations.index, rest_mw)


def _shares(stations: pd.DataFrame, layers: Layers) -> Array:
    """Return each station's share of the demand: by people around it, evenly if none are known."""
    towns = layers.settlements.frame if layers.settlements is not None else None
    if towns is None or towns["population"].sum() == 0:
        return np.full(len(stations), 1.0 / max(len(stations), 1))
    where = stations[["x_m", "y_m"]].to_numpy()
    tree = cKDTree(where)
    places = np.c_[towns.geometry.x, towns.geometry.y]
    people = towns["population"].to_numpy() / towns["population"].sum()
    reach_m = layers.place.standards.demand_reach_km * M_PER_KM
    by_station = np.zeros(len(stations))
    for place, part, near in zip(
        places, people, tree.query_ball_point(places, reach_m), strict=True
    ):
        chosen = near or [int(tree.query(place)[1])]
        away_m = np.hypot(*(where[chosen] - place).T)
        pull = 1.0 / np.maximum(away_m, M_PER_KM)
        by_station[chosen] += part * pull / pull.sum()
    return by_station


def _stations(grid: GridGraph) -> pd.DataFrame:
    stations = grid.buses[grid.home].groupby("substation_id")[["x_m", "y_m"]].first()
    if stations.empty:
        raise GridError("substations: no line meets any; look at their voltages and [topology]")
    return stations


class _Levels:
    """The buses of each station that a line meets, from the lowest voltage up."""

    def __init__(self, grid: GridGraph, place: Place) -> None:
        met = grid.buses[grid.buses["on_line"]].sort_values(["substation_id", "voltage_kv"])
        rating = {
            kv: nearest_line_type(place.standards, kv, place.frequency_hz).rating_mva
            for kv in met["voltage_kv"].unique()
        }
        self._place = pd.Series(np.arange(len(grid.buses)), index=grid.buses.index)
        self._of: dict[str, list[tuple[str, float]]] = {}
        rows = zip(met.index, met["substation_id"], met["voltage_kv"], strict=True)
        for bus, station, voltage_kv in rows:
            self._of.setdefault(station, []).append((bus, rating[voltage_kv]))

    @property
    def stations(self) -> list[str]:
        """List the stations that a line meets."""
        return list(self._of)

    def spread(self, stations: Iterable[str], mw: Iterable[float]) -> Array:
        """Sum MW at stations by bus, each at the lowest voltage of which one circuit carries it."""
        asked = list(zip(stations, mw, strict=True))
        out = np.zeros(len(self._place))
        at = self._place[[self._bus(station, size) for station, size in asked]]
        np.add.at(out, at.to_numpy(), [size for _, size in asked])
        return out

    def _bus(self, station: str, mw: float) -> str:
        levels = self._of[station]
        return next((bus for bus, rating_mva in levels if rating_mva >= mw), levels[-1][0])


def _ratio(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(part, dtype=float), where=whole > 0)
