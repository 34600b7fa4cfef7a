"""Who feeds and who draws at each bus: demand by settlements, supply by plants and links abroad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.flow import network_of
from geo.standards import nearest_line_type
from geo.units import M_PER_KM

if TYPE_CHECKING:
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


def base_flows(grid: GridGraph, layers: Layers, demand_mw: float) -> Flows:
    """Build the base case of a place.

    Parameters
    ----------
    grid
        The network.
    layers
        Settlements for the demand, plants and ties for the supply.
    demand_mw
        Demand of the whole place.

    Returns
    -------
    Flows
        Balanced in each connected part.
    """
    plants = _plant_supply_mw(grid, layers)
    low_mw, high_mw = _ties_mw(grid, layers)
    wanted = _demand_mw(grid, layers, demand_mw)
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


def _plant_supply_mw(grid: GridGraph, layers: Layers) -> Array:
    supply = pd.Series(0.0, index=grid.buses.index)
    if layers.plants is None:
        return supply.to_numpy()
    plants = layers.plants.frame
    stations = _stations(grid)
    _, nearest = cKDTree(stations[["x_m", "y_m"]]).query(
        np.c_[plants.geometry.x, plants.geometry.y]
    )
    firm_mw = firm_capacity_mw(plants, layers.place.standards)
    for station, mw in zip(stations.index[nearest], firm_mw, strict=True):
        supply[_connection_bus(grid, layers.place, station, mw)] += mw
    return supply.to_numpy()


def _ties_mw(grid: GridGraph, layers: Layers) -> tuple[Array, Array]:
    """Return least and most supply of links: named ties, and stations abroad by their lines."""
    reach = pd.Series(0.0, index=grid.buses.index)
    if layers.ties is not None:
        for tie in layers.ties.frame.itertuples():
            at_station = grid.buses.index[
                (grid.buses["substation_id"] == tie.substation) & grid.buses["on_line"]
            ]
            if len(at_station) and tie.capacity_mw > 0:
                reach[_connection_bus(grid, layers.place, tie.substation, tie.capacity_mw)] += (
                    tie.capacity_mw
                )
    abroad = grid.buses.index[grid.buses["abroad"]]
    lines = grid.branches[grid.branches["kind"] == "line"]
    for end in ("from_bus", "to_bus"):
        carried = lines[lines[end].isin(abroad)].groupby(end)["limit_mw"].sum()
        reach[carried.index] += carried
    return -reach.to_numpy(), reach.to_numpy()


def _demand_mw(grid: GridGraph, layers: Layers, demand_mw: float) -> Array:
    demand = pd.Series(0.0, index=grid.buses.index)
    known = set(grid.buses["substation_id"])
    if layers.loads is not None:
        for load in layers.loads.frame.itertuples():
            if load.substation in known:
                demand[_connection_bus(grid, layers.place, load.substation, load.demand_mw)] += (
                    load.demand_mw
                )
    stations = _stations(grid)
    rest_mw = max(demand_mw - demand.sum(), 0.0) * _shares(stations, layers)
    for station, mw in zip(stations.index, rest_mw, strict=True):
        demand[_connection_bus(grid, layers.place, station, mw)] += mw
    return demand.to_numpy()


def _shares(stations: pd.DataFrame, layers: Layers) -> Array:
    """Return each station's share of the demand: by people around it, evenly if none are known."""
    towns = layers.settlements.frame if layers.settlements is not None else None
    if towns is None or towns["population"].sum() == 0:
        return np.full(len(stations), 1.0 / max(len(stations), 1))
    tree = cKDTree(stations[["x_m", "y_m"]])
    places = np.c_[towns.geometry.x, towns.geometry.y]
    people = towns["population"].to_numpy() / towns["population"].sum()
    reach_m = layers.place.standards.demand_reach_km * M_PER_KM
    by_station = np.zeros(len(stations))
    for place, part, near in zip(
        places, people, tree.query_ball_point(places, reach_m), strict=True
    ):
        chosen = near or [int(tree.query(place)[1])]
        away_m = np.hypot(*(stations[["x_m", "y_m"]].to_numpy()[chosen] - place).T)
        pull = 1.0 / np.maximum(away_m, M_PER_KM)
        by_station[chosen] += part * pull / pull.sum()
    return by_station


def _stations(grid: GridGraph) -> pd.DataFrame:
    return grid.buses[grid.home].groupby("substation_id")[["x_m", "y_m"]].first()


def _connection_bus(grid: GridGraph, place: Place, station: str, mw: float) -> str:
    """Choose the lowest voltage that a line meets and that one circuit of it could carry."""
    levels = grid.buses[(grid.buses["substation_id"] == station) & grid.buses["on_line"]]
    levels = levels.sort_values("voltage_kv")
    for bus, voltage_kv in levels["voltage_kv"].items():
        if nearest_line_type(place.standards, voltage_kv, place.frequency_hz).rating_mva >= mw:
            return str(bus)
    return str(levels.index[-1])


def _ratio(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(part, dtype=float), where=whole > 0)
