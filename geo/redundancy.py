"""N, N+1 or 2N at a point of connection, by disjoint paths to strong sources.

The labels speak of the grid, not of the campus: the Uptime tiers ask nothing of the utility feed.
Counting paths is topology; what the paths can carry is `geo.headroom`'s business.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from geo.corridors import Corridors
from geo.strong import fed_locally, strong_stations
from geo.wiring import Route, wire_circuits, wire_stations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.flow import Array
    from geo.grid import GridGraph
    from geo.kinds import Layers
    from geo.wiring import Wiring

Pair: TypeAlias = tuple[Route, Route]
TRIES = 64
"""Pairs that are looked at before two stations count as bound to one corridor."""


@dataclass(frozen=True, eq=False)
class Paths:
    """Disjoint paths of one grid to its strong sources.

    A path ends at the first strong source that it meets. Among disjoint paths the shortest together
    are taken, where a line that cannot carry the load counts `WEAK_LINE` times.
    """

    grid: GridGraph
    """The network."""
    load_mw: float
    """What a path is wanted for."""
    strong: dict[str, str]
    """Substations that are strong by their lines or as a station abroad, and why in words."""
    fed_locally: dict[str, str]
    """Substations with a large plant or a link abroad of their own, and which in words."""
    corridors: Corridors
    """Routes of the lines."""
    corridor_share: float
    """Share of two paths that may lie in one corridor."""

    def count(self, bus_id: str) -> int:
        """Count edge-disjoint paths from a bus to strong sources other than its own lines."""
        return int(self.counts([bus_id])[0])

    def counts(self, bus_ids: Sequence[str]) -> Array:
        """Count edge-disjoint paths from each of some buses, as `count` does from one."""
        wiring = self._circuits
        stations = self.grid.buses["substation_id"].loc[list(bus_ids)].map(str).tolist()
        shut = [wiring.ends_at([station]) for station in stations]
        starts = np.r_[0, np.cumsum([len(arcs) for arcs in shut], dtype=int)]
        arcs = np.concatenate([np.array([], dtype=int), *shut])
        sources = np.array([wiring.start[bus_id] for bus_id in bus_ids], dtype=int)
        own = [int(station in self.fed_locally) for station in stations]
        return wiring.arcs.counts(sources, wiring.sink, starts, arcs) + np.array(own, dtype=int)

    def shortest(self, bus_id: str, ways: int) -> list[Route]:
        """Find so many edge-disjoint paths from a bus to strong sources, or as many as there are.

        They take a second circuit of a line only where other lines do not do. A source of the
        station's own is a path without a line, and comes last.
        """
        wiring, station = self._circuits, self._station(bus_id)
        own = [Route((station,), ())] if station in self.fed_locally else []
        asked, shut = max(ways - len(own), 0), wiring.ends_at([station])
        found = wiring.arcs.shortest(wiring.start[bus_id], wiring.sink, asked, shut)
        return [
            *sorted(map(wiring.route, found), key=lambda route: (route.length_km, route.stations)),
            *own,
        ]

    def separate(self, first: str, second: str) -> bool:
        """Say whether two substations have station-disjoint paths in corridors of their own."""
        return self.pair_apart(first, second) is not None

    def pair(self, first: str, second: str, without: frozenset[str] = frozenset()) -> Pair | None:
        """Find station-disjoint paths to different strong sources. Exact.

        Parameters
        ----------
        first, second
            Substations that the paths begin at; neither path passes the other's, and neither ends
            at one of them, unless it is fed itself.
        without
            Lines that may not be used.

        Returns
        -------
        Route, Route
            Of the first and of the second, or None where there are no such paths.
        """
        wiring = self._stations
        only_lines = {first, second} - self.fed_locally.keys()
        shut = np.r_[wiring.ends_at(only_lines), wiring.along(without)]
        arcs = wiring.arcs.with_source([wiring.start[name] for name in sorted((first, second))])
        found = arcs.shortest(arcs.n_node - 1, wiring.sink, 2, shut)
        routes = {route.stations[0]: route for route in (wiring.route(path[1:]) for path in found)}
        return (routes[first], routes[second]) if len(routes) > 1 else None

    def pair_apart(self, first: str, second: str) -> Pair | None:
        """Find station-disjoint paths that share at most the allowed part of their corridors.

        Parameters
        ----------
        first, second
            As for `pair`.

        Returns
        -------
        Route, Route
            The shortest pair that the search meets, or None.

        Notes
        -----
        A pair that comes back keeps the rule, measured on the routes as drawn. None is certain
        where no station-disjoint pair exists; otherwise it is the outcome of a search, because the
        exact question (paths that avoid forbidden pairs of lines) is NP-hard. Pairs are looked at
        shortest first; where one breaks the rule, of the two lines that lie together for longest
        each is given up in turn. That misses a pair that needs both lines, be it in one of its
        paths or because its paths are long enough to share more, and it ends after `TRIES` pairs.
        """
        pairs = _Queue(self, *sorted((first, second)))
        pairs.offer(frozenset())
        for _ in range(TRIES):
            if not pairs.waiting:
                return None
            without, (one, other) = pairs.take()
            if self.corridors.shared(one.lines, other.lines) <= self.corridor_share:
                return (one, other) if first <= second else (other, one)
            for line in self.corridors.worst_clash(one.lines, other.lines):
                pairs.offer(without | {line})
        return None

    @cached_property
    def _circuits(self) -> Wiring:
        return wire_circuits(self.grid, self.strong.keys() | self.fed_locally.keys(), self.load_mw)

    @cached_property
    def _stations(self) -> Wiring:
        return wire_stations(self.grid, self.strong.keys() | self.fed_locally.keys(), self.load_mw)

    def _station(self, bus_id: str) -> str:
        return str(self.grid.buses.at[bus_id, "substation_id"])


class _Queue:
    """Pairs of paths still to be looked at, the shortest first."""

    def __init__(self, paths: Paths, first: str, second: str) -> None:
        self.ends = (first, second)
        self.paths = paths
        self.seen: set[frozenset[str]] = set()
        self.waiting: list[tuple[float, list[str], Pair]] = []

    def offer(self, without: frozenset[str]) -> None:
        """Add the shortest pair without some lines, once."""
        if without in self.seen:
            return
        self.seen.add(without)
        pair = self.paths.pair(*self.ends, without)
        if pair is not None:
            length_km = sum(route.length_km for route in pair)
            heapq.heappush(self.waiting, (length_km, sorted(without), pair))

    def take(self) -> tuple[frozenset[str], Pair]:
        """Return the shortest pair and the lines that it does without."""
        _, without, pair = heapq.heappop(self.waiting)
        return frozenset(without), pair


def find_paths(grid: GridGraph, layers: Layers, load_mw: float) -> Paths:
    """Find the strong sources of a grid for a load, ready to count paths to them.

    Parameters
    ----------
    grid
        The network.
    layers
        Plants and ties, which are sources, and lines, whose routes are corridors.
    load_mw
        A plant is strong from this size, if that is more than the standard's; a link abroad is
        strong from this size.
    """
    standards = layers.place.standards
    routes = dict(zip(layers.lines.frame["id"], layers.lines.frame.geometry, strict=True))
    return Paths(
        grid,
        load_mw,
        strong=strong_stations(grid, standards.strong_min_kv, standards.strong_min_circuits),
        fed_locally=fed_locally(grid, layers, load_mw),
        corridors=Corridors(routes, standards.corridor_km),
        corridor_share=standards.corridor_share,
    )
