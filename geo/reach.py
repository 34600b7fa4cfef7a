"""Which points of connection a place can reach, and which generation lies around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.balance import firm_capacity_mw
from geo.cost import tie_circuits
from geo.crossings import terrain_factor
from geo.routing import Ends, routes
from geo.units import M_PER_KM

if TYPE_CHECKING:
    from geo.crossings import Crossed
    from geo.flow import Array
    from geo.grid import GridGraph
    from geo.ground import Ground
    from geo.kinds import Layers, Place
    from geo.scenario import Scenario
    from geo.tiles import Tiling

LINK_COLUMNS: Final = ("place", "bus_id", "straight_km", "tie_km", "terrain_factor")


def points_of_connection(grid: GridGraph, place: Place, scenario: Scenario) -> pd.DataFrame:
    """List the buses that a campus of this load could connect to.

    Returns
    -------
    DataFrame
        Index bus_id; the bus's columns and ``circuits``, which its tie-line needs. Buses abroad,
        junctions, buses that no line meets, and voltages that would need too many circuits are left
        out.
    """
    buses = grid.buses[grid.home & grid.buses["on_line"]]
    circuits = buses["voltage_kv"].map(
        {
            kv: tie_circuits(place, kv, scenario.load_mw, spare=scenario.redundancy != "N")
            for kv in buses["voltage_kv"].unique()
        }
    )
    return buses.assign(circuits=circuits)[circuits <= place.standards.max_tie_circuits]


def connect(
    places: pd.DataFrame,
    points: pd.DataFrame,
    scenario: Scenario,
    detour_factor: float,
    crossings: tuple[Crossed, ...] = (),
) -> pd.DataFrame:
    """Link every place to every point of connection that a line no longer than the reach gets to.

    Parameters
    ----------
    places
        x_m, y_m.
    points
        From `points_of_connection`.
    scenario
        Reach.
    detour_factor
        Line length over straight distance.
    crossings
        Ground that costs more to cross; of a line with its detours the same share lies on it as of
        the straight one.

    Returns
    -------
    DataFrame
        One row per link: ``place`` (row position), bus_id, straight_km, tie_km, terrain_factor:
        its cost over that of as long a line on flat, open land.
    """
    here, there = (rows[["x_m", "y_m"]].to_numpy(float) for rows in (places, points))
    straight_m = scenario.reach_km * M_PER_KM / detour_factor
    pairs = cKDTree(here).sparse_distance_matrix(cKDTree(there), straight_m, output_type="ndarray")
    links = pd.DataFrame(
        {
            "place": pairs["i"],
            "bus_id": points.index.to_numpy()[pairs["j"]],
            "straight_km": pairs["v"] / M_PER_KM,
            "terrain_factor": terrain_factor(crossings, here[pairs["i"]], there[pairs["j"]]),
        }
    ).sort_values(["place", "straight_km", "bus_id"], ignore_index=True)
    return links.assign(tie_km=links["straight_km"] * detour_factor)[list(LINK_COLUMNS)]


def connect_over(
    ground: Ground, places: pd.DataFrame, points: pd.DataFrame, tiling: Tiling
) -> pd.DataFrame:
    """Link every place to every point of connection that the cheapest way over the ground reaches.

    Returns
    -------
    DataFrame
        As `connect`, with the length of that way as tie_km, and ``terrain_factor``: its cost over
        that of as long a line on flat, open land.
    """
    where = places[["x_m", "y_m"]].to_numpy(float)
    spots, spot = np.unique(points[["x_m", "y_m"]].to_numpy(float), axis=0, return_inverse=True)
    found = routes(Ends(ground, spots, where), tiling)
    buses = pd.DataFrame({"bus_id": points.index.to_numpy(), "point": spot.ravel()})
    links = found.merge(buses, on="point")
    away = where[links["place"]] - spots[links["point"]]
    links = links.assign(straight_km=np.hypot(*away.T) / M_PER_KM, tie_km=links["route_km"])
    links = links[list(LINK_COLUMNS)]
    return links.sort_values(["place", "straight_km", "bus_id"], ignore_index=True)


def generation_in_reach(places: pd.DataFrame, layers: Layers, scenario: Scenario) -> pd.DataFrame:
    """Return what generation and demand lie within reach of each place.

    Returns
    -------
    DataFrame
        hydro_mw_in_reach, gas_mcm_per_year_in_reach (0 where no landing point is near, unknown
        where one is but its gas is not known), energy_surplus_mw; same index as places.
    """
    where = places[["x_m", "y_m"]].to_numpy(float)
    reach_m = scenario.reach_km * M_PER_KM
    hydro = np.full(len(places), np.nan)
    surplus = np.full(len(places), np.nan)
    if layers.plants is not None:
        plants = layers.plants.frame
        firm = firm_capacity_mw(plants, layers.place.standards).to_numpy()
        is_hydro = (plants["fuel"].str.lower() == "hydro").to_numpy()
        hydro, total = _sums(where, plants, np.c_[firm * is_hydro, firm], reach_m).T
        surplus = total - _demand(
            where, layers, scenario.demand_in(layers.place.demand_mw), reach_m
        )
    return pd.DataFrame(
        {
            "hydro_mw_in_reach": hydro,
            "gas_mcm_per_year_in_reach": _gas(where, layers, reach_m),
            "energy_surplus_mw": surplus,
        },
        index=places.index,
    )


def _demand(where: Array, layers: Layers, demand_mw: float, reach_m: float) -> Array:
    """Return large loads and settlements' share of the rest; unknown without settlements."""
    if layers.settlements is None:
        return np.full(len(where), np.nan)
    near_mw = np.zeros(len(where))
    if layers.loads is not None:
        loads = layers.loads.frame
        stations = layers.substations.frame.set_index("id").loc[loads["substation"]]
        large_mw = loads["demand_mw"].to_numpy(float)
        near_mw = _sums(where, stations, large_mw[:, None], reach_m)[:, 0]
        demand_mw = max(demand_mw - float(large_mw.sum()), 0.0)
    towns = layers.settlements.frame
    per_person = demand_mw / max(float(towns["population"].sum()), 1.0)
    people = towns["population"].to_numpy(float)[:, None]
    return near_mw + _sums(where, towns, people, reach_m)[:, 0] * per_person


def _gas(where: Array, layers: Layers, reach_m: float) -> Array:
    if layers.gas_fields is None:
        return np.full(len(where), np.nan)
    fields = layers.gas_fields.frame
    ashore = fields[~fields["offshore"]]
    gas = ashore["gas_mcm_per_year"].to_numpy(float)
    known = np.nan_to_num(gas)
    total, unknown = _sums(where, ashore, np.c_[known, np.isnan(gas)], reach_m).T
    return np.where(unknown > 0, np.nan, total)


def _sums(where: Array, things: pd.DataFrame, values: Array, reach_m: float) -> Array:
    """Sum columns of values over the things within reach of each place."""
    if len(things) == 0:
        return np.zeros((len(where), values.shape[1]))
    at = np.c_[things.geometry.x, things.geometry.y]
    pairs = cKDTree(where).sparse_distance_matrix(cKDTree(at), reach_m, output_type="ndarray")
    out = np.zeros((len(where), values.shape[1]))
    np.add.at(out, pairs["i"], values[pairs["j"]].astype(float))
    return out
