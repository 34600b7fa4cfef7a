"""Strong sources: what a path of supply may end at, and what makes it strong, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.balance import firm_capacity_mw

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.grid import GridGraph
    from geo.kinds import Layers


def strong_stations(grid: GridGraph, min_kv: float, min_circuits: float) -> dict[str, str]:
    """Return the substations that are strong by their lines, and every station abroad.

    Returns
    -------
    dict
        Substation id to what makes it strong: ``420 kV, 5 circuits``.
    """
    lines = grid.branches[
        (grid.branches["kind"] == "line") & (grid.branches["voltage_kv"] >= min_kv)
    ]
    ends = pd.concat(
        [
            pd.DataFrame(
                {
                    "station": lines[end].map(grid.buses["substation_id"]),
                    "kv": lines["voltage_kv"],
                }
            )
            for end in ("from_bus", "to_bus")
        ]
    )
    met = ends.groupby("station")["kv"].agg(["size", "max"])
    junctions = grid.buses.loc[grid.buses["junction"], "substation_id"]
    hubs = met[(met["size"] >= min_circuits) & ~met.index.isin(junctions)].itertuples()
    abroad = grid.buses.loc[grid.buses["abroad"], "substation_id"]
    found = {str(hub.Index): f"{hub.max:g} kV, {hub.size} circuits" for hub in hubs}
    return found | dict.fromkeys(map(str, abroad), "abroad")


def fed_locally(grid: GridGraph, layers: Layers, load_mw: float) -> dict[str, str]:
    """Return the substations that have a large plant or a link abroad of their own.

    Parameters
    ----------
    grid
        The network.
    layers
        Plants and ties.
    load_mw
        Least size of a link, and of a plant if it is more than the standard's.

    Returns
    -------
    dict
        Substation id to what feeds it: ``plant Kvilldal, 1,240 MW``.
    """
    plant_mw = max(layers.place.standards.strong_plant_mw, load_mw)
    feeds = pd.concat([_links(grid, layers, load_mw), _large_plants(grid, layers, plant_mw)])
    feeds = feeds.sort_values(["station", "mw", "what"], ascending=[True, False, True])
    feeds = feeds.assign(what=feeds["what"] + feeds["mw"].map(", {:,.0f} MW".format))
    return dict(feeds.groupby("station")["what"].agg(" and ".join))


def _links(grid: GridGraph, layers: Layers, load_mw: float) -> pd.DataFrame:
    if layers.ties is None:
        return _feeds([], [], [])
    ties = layers.ties.frame
    strong = (ties["capacity_mw"] > 0) & (ties["capacity_mw"] >= load_mw)
    ties = ties[strong & ties["substation"].isin(grid.buses["substation_id"])]
    return _feeds(ties["substation"], "link abroad " + ties["name"], ties["capacity_mw"])


def _large_plants(grid: GridGraph, layers: Layers, plant_mw: float) -> pd.DataFrame:
    """Return the plants from a size, each at the station nearest to it."""
    if layers.plants is None:
        return _feeds([], [], [])
    plants = layers.plants.frame
    firm_mw = firm_capacity_mw(plants, layers.place.standards)
    large = plants[firm_mw >= plant_mw]
    if large.empty:
        return _feeds([], [], [])
    stations = grid.buses[grid.home].groupby("substation_id")[["x_m", "y_m"]].first()
    _, nearest = cKDTree(stations).query(np.c_[large.geometry.x, large.geometry.y])
    return _feeds(stations.index[nearest], "plant " + large["name"], firm_mw[large.index])


def _feeds(station: Iterable[str], what: Iterable[str], mw: Iterable[float]) -> pd.DataFrame:
    columns = {"station": list(station), "what": list(what)}
    return pd.DataFrame(columns, dtype=object).assign(mw=np.array(list(mw), dtype=float))
