"""How far a point of connection leans on links abroad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from geo.flow import network_of

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
    home, whole = grid.buses["substation_id"], _parts(grid, "")
    splits = _bridges(grid)
    parts = {name: _parts(grid, name) for name in outages.unique() if name in splits}
    sums: dict[tuple[str, int], dict[str, object]] = {}
    rows = []
    for at, outage in zip(grid.buses.index.get_indexer(bus_ids), outages, strict=True):
        # An outage that splits nothing leaves the whole.
        cause, label = (outage, parts[outage]) if outage in parts else ("", whole)
        if (cause, label[at]) not in sums:
            part = label == label[at]
            cut_off = part.sum() < (whole == whole[at]).sum()
            sums[cause, label[at]] = {
                "part_links_mw": links_mw[part].sum(),
                "part_supply_mw": flows.supply_max_mw[part].sum(),
                "part_without": cause if cut_off else "",
            }
        rows.append(sums[cause, label[at]])
    station_links_mw = station_mw[home[bus_ids]].to_numpy()
    found = pd.DataFrame(rows, index=bus_ids.index)
    found.insert(0, "station_links_mw", station_links_mw)
    return found


def _bridges(grid: GridGraph) -> set[str]:
    """Return the branches whose loss splits the grid."""
    return set(grid.branches.index[network_of(grid).bridges])


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
