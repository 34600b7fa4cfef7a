"""How far a point of connection leans on links abroad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from geo.balance import Flows
    from geo.flow import Array
    from geo.grid import GridGraph


def links_abroad(
    bus_ids: pd.Series, outages: pd.Series, grid: GridGraph, flows: Flows
) -> pd.DataFrame:
    """Return the links abroad that count as supply of some buses.

    Parameters
    ----------
    bus_ids, outages
        Points of connection, and the branch whose loss limits each; '' for none.
    grid, flows
        The network and its base case.

    Returns
    -------
    DataFrame
        Same index. ``station_links_mw``: links that land at the station itself, lines to stations
        abroad included. ``part_links_mw`` and ``part_supply_mw``: links, and supply with links, of
        the part of the grid that stays joined to the bus without the branch. ``part_without``: the
        branch, where its loss cuts that part off, else ''.
    """
    links_mw = -flows.supply_min_mw
    station_mw = _at_stations(grid, links_mw)
    parts = {outage: _parts(grid, outage) for outage in outages.unique()}
    home = grid.buses["substation_id"]
    whole = _parts(grid, "")
    rows = []
    for bus, outage in zip(bus_ids, outages, strict=True):
        at = grid.buses.index.get_loc(bus)
        part = parts[outage] == parts[outage][at]
        cut_off = part.sum() < (whole == whole[at]).sum()
        rows.append(
            {
                "station_links_mw": station_mw[home[bus]],
                "part_links_mw": links_mw[part].sum(),
                "part_supply_mw": flows.supply_max_mw[part].sum(),
                "part_without": outage if cut_off else "",
            }
        )
    return pd.DataFrame(rows, index=bus_ids.index)


def _at_stations(grid: GridGraph, links_mw: Array) -> pd.Series:
    """Sum links by station at home, and the lines that cross the border by where they begin."""
    buses, branches = grid.buses, grid.branches
    home = ~buses["abroad"]
    mw = pd.Series(links_mw, index=buses.index).where(home, 0.0)
    total = mw.groupby(buses["substation_id"]).sum()
    for end, other in (("from_bus", "to_bus"), ("to_bus", "from_bus")):
        crossing = branches[branches[end].map(home) & ~branches[other].map(home)]
        at = crossing[end].map(buses["substation_id"])
        total = total.add(crossing["limit_mw"].groupby(at).sum(), fill_value=0.0)
    return total


def _parts(grid: GridGraph, outage: str) -> Array:
    """Label the connected parts of the grid without a branch."""
    branches = grid.branches.drop(index=outage, errors="ignore")
    ends = [grid.buses.index.get_indexer(branches[end]) for end in ("from_bus", "to_bus")]
    size = len(grid.buses)
    graph = sp.coo_array((np.ones(len(branches)), tuple(ends)), shape=(size, size))
    return connected_components(graph, directed=False)[1]
