"""N, N+1 or 2N at a point of connection, by disjoint paths to strong sources.

The labels speak of the grid, not of the campus: the Uptime tiers ask nothing of the utility feed.
Counting paths is topology; what the paths can carry is `geo.headroom`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd
import scipy.sparse as sp
import shapely
from scipy.sparse.csgraph import maximum_flow
from scipy.spatial import cKDTree

from geo.balance import firm_capacity_mw
from geo.units import M_PER_KM

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.grid import GridGraph
    from geo.kinds import Layers

MANY = 8


@dataclass(frozen=True, eq=False)
class Paths:
    """Disjoint paths of one grid to its strong sources."""

    grid: GridGraph
    """The network."""
    strong: frozenset[str]
    """Substation ids that are strong by their lines or as a station abroad."""
    fed_locally: frozenset[str]
    """Substation ids with a large plant or a link abroad of their own."""
    routes: dict[str, BaseGeometry]
    """Line group to its route, for corridors."""
    corridor_km: float
    """Routes closer than this share a corridor."""
    corridor_share: float
    """Share of two paths that may lie in one corridor."""

    def count(self, bus_id: str) -> int:
        """Count edge-disjoint paths from a bus to strong sources other than its own lines."""
        station = str(self.grid.buses.loc[bus_id, "substation_id"])
        sinks = (self.strong | self.fed_locally) - {station}
        links, position = self._edges
        own = 1 if station in self.fed_locally else 0
        sink_nodes = self._buses_of(sinks)
        if sink_nodes.size == 0:
            return own
        size = len(position) + 1
        to_sink = (sink_nodes, np.full(len(sink_nodes), size - 1))
        extra = sp.csr_array((np.full(len(sink_nodes), MANY), to_sink), shape=links.shape)
        graph = (links + extra).astype(np.int32)
        return own + int(maximum_flow(graph, int(position[bus_id]), size - 1).flow_value)

    def separate(self, first: str, second: str) -> bool:
        """Say whether two substations have node-disjoint paths to different strong sources.

        The paths may share at most the allowed part of their corridors.
        """
        found = self.pair_of_paths(first, second)
        return found is not None and self.shared_corridor(*found) <= self.corridor_share

    def pair_of_paths(self, first: str, second: str) -> tuple[list[str], list[str]] | None:
        """Return two station-disjoint paths as lists of substations, or None."""
        names, links = self._split_stations
        place = {name: position for position, name in enumerate(names)}
        source, sink = 2 * len(names), 2 * len(names) + 1
        ends = {place[name] for name in self.strong - {first, second} if name in place}
        ends |= {place[name] for name in self.fed_locally if name in place}
        tails = [source, source, *(2 * end + 1 for end in sorted(ends))]
        heads = [2 * place[first], 2 * place[second], *(sink for _ in ends)]
        extra = (np.ones(len(tails), dtype=np.int32), (tails, heads))
        graph = (links + sp.csr_array(extra, shape=links.shape)).astype(np.int32)
        found = maximum_flow(graph, source, sink)
        if found.flow_value < len((first, second)):
            return None
        after = _next_stations(found.flow.tocoo(), names, sink)
        return _follow(after, first), _follow(after, second)

    def shared_corridor(self, one: list[str], other: list[str]) -> float:
        """Return the share of the shorter path that lies within the corridor of the other."""
        near, far = sorted((self._route(one), self._route(other)), key=lambda route: route.length)
        if near.length == 0.0:
            return 0.0
        return float(
            near.intersection(far.buffer(self.corridor_km * M_PER_KM)).length / near.length
        )

    @cached_property
    def station_graph(self) -> nx.Graph[str]:
        """Stations joined by lines; an edge keeps the shortest line's group."""
        home = self.grid.buses["substation_id"]
        graph: nx.Graph[str] = nx.Graph()
        graph.add_nodes_from(home.unique())
        lines = self.grid.branches[self.grid.branches["kind"] == "line"]
        for row in lines.sort_values("length_km", ascending=False).itertuples():
            graph.add_edge(home[row.from_bus], home[row.to_bus], group=row.group)
        return graph

    @cached_property
    def _edges(self) -> tuple[sp.csr_array, pd.Series]:
        position = pd.Series(np.arange(len(self.grid.buses)), index=self.grid.buses.index)
        tail = position[self.grid.branches["from_bus"]].to_numpy()
        head = position[self.grid.branches["to_bus"]].to_numpy()
        ones = np.ones(2 * len(tail), dtype=np.int32)
        size = len(position) + 1
        both = (np.r_[tail, head], np.r_[head, tail])
        return sp.coo_array((ones, both), shape=(size, size)).tocsr(), position

    @cached_property
    def _split_stations(self) -> tuple[list[str], sp.csr_array]:
        """Return stations, and unit links with each station split into way in and out."""
        names = sorted(self.station_graph.nodes)
        place = {name: position for position, name in enumerate(names)}
        through = [(2 * at, 2 * at + 1) for at in range(len(names))]
        for left, right in self.station_graph.edges:
            one, other = place[left], place[right]
            through += [(2 * one + 1, 2 * other), (2 * other + 1, 2 * one)]
        tail, head = np.array(through).T
        size = 2 * len(names) + 2
        ones = np.ones(len(tail), dtype=np.int32)
        return names, sp.csr_array((ones, (tail, head)), shape=(size, size))

    def _buses_of(self, stations: frozenset[str]) -> np.ndarray:
        return np.flatnonzero(self.grid.buses["substation_id"].isin(stations).to_numpy())

    def _route(self, path: list[str]) -> BaseGeometry:
        steps = [self.station_graph.edges[pair]["group"] for pair in pairwise(path)]
        return shapely.union_all([self.routes[group] for group in steps])


def find_paths(grid: GridGraph, layers: Layers, load_mw: float) -> Paths:
    """Find the strong sources of a grid for a load, ready to count paths to them.

    Parameters
    ----------
    grid
        The network.
    layers
        Plants and ties, which are sources, and lines, whose routes are corridors.
    load_mw
        A plant is strong from this size, if that is more than the standard's.
    """
    standards = layers.place.standards
    return Paths(
        grid,
        strong=_strong_stations(grid, standards.strong_min_kv, standards.strong_min_circuits),
        fed_locally=_fed_locally(grid, layers, max(standards.strong_plant_mw, load_mw)),
        routes=dict(zip(layers.lines.frame["id"], layers.lines.frame.geometry, strict=True)),
        corridor_km=standards.corridor_km,
        corridor_share=standards.corridor_share,
    )


def _strong_stations(grid: GridGraph, min_kv: float, min_circuits: float) -> frozenset[str]:
    lines = grid.branches[
        (grid.branches["kind"] == "line") & (grid.branches["voltage_kv"] >= min_kv)
    ]
    ends = pd.concat([lines["from_bus"], lines["to_bus"]]).map(grid.buses["substation_id"])
    circuits = ends.value_counts()
    abroad = grid.buses.loc[grid.buses["abroad"], "substation_id"]
    junctions = grid.buses.loc[grid.buses["junction"], "substation_id"]
    strong = frozenset(circuits.index[circuits >= min_circuits]) - frozenset(junctions)
    return strong | frozenset(abroad)


def _fed_locally(grid: GridGraph, layers: Layers, plant_mw: float) -> frozenset[str]:
    found: set[str] = set()
    if layers.ties is not None:
        ties = layers.ties.frame
        found |= set(ties.loc[ties["capacity_mw"] > 0, "substation"]) & set(
            grid.buses["substation_id"]
        )
    if layers.plants is not None:
        plants = layers.plants.frame
        large = plants[firm_capacity_mw(plants, layers.place.standards) >= plant_mw]
        stations = grid.buses[grid.home].groupby("substation_id")[["x_m", "y_m"]].first()
        if len(large):
            _, nearest = cKDTree(stations).query(np.c_[large.geometry.x, large.geometry.y])
            found |= set(stations.index[nearest])
    return frozenset(found)


def _next_stations(flow: sp.coo_array, names: list[str], sink: int) -> dict[str, str | None]:
    """Return the station after each that the flow passes, None where it ends."""
    after: dict[str, str | None] = {}
    for tail, head, used in zip(flow.row, flow.col, flow.data, strict=True):
        leaves_station = tail % 2 == 1 and tail < sink - 1
        if used > 0 and leaves_station:
            after[names[tail // 2]] = None if head == sink else names[head // 2]
    return after


def _follow(after: dict[str, str | None], start: str) -> list[str]:
    path = [start]
    while (station := after[path[-1]]) is not None:
        path.append(station)
    return path
