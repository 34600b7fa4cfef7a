"""The grid as arcs between numbered nodes, and paths of arcs told as stations and lines again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from geo.disjoint import Arcs, both_ways, split
from geo.units import M_PER_KM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from geo.flow import Array
    from geo.grid import GridGraph

MANY = 8
"""Paths that may end at one bus."""
WEAK_LINE = 10
"""A line that cannot carry the load counts as so many times longer."""
SECOND_CIRCUIT_M = 10_000_000
"""A second circuit of a line counts as so much longer: one fallen tower takes both."""
TRANSFORMER_M = 1
"""Not 0, so that no circle has length 0."""
NO_LINE = -1


@dataclass(frozen=True)
class Route:
    """One path of supply."""

    stations: tuple[str, ...]
    """Substations that it passes, the point of connection first."""
    lines: tuple[str, ...]
    """Its circuits by branch id, or its lines by line id; none where its first station is fed."""
    length_km: float = 0.0
    """Length of its lines."""
    weakest_mw: float = np.inf
    """Least rating among its lines."""


@dataclass(frozen=True, eq=False)
class Wiring:
    """Arcs whose last node is where every path ends, and what they stand for."""

    arcs: Arcs
    """The arcs."""
    station: Array
    """(n_node − 1,) substation of each node but the last."""
    start: dict[str, int]
    """Bus or substation to the node that its paths begin at."""
    line: Array
    """(n_arc,) position among the lines of each arc, −1 where it is none."""
    lines: Array
    """(n_line,) ids of circuits or lines."""
    length_km: Array
    """(n_line,) their lengths."""
    limit_mw: Array
    """(n_line,) their ratings."""
    ends: dict[str, Array]
    """Substation to the arcs that end a path there."""

    @property
    def sink(self) -> int:
        """Return the node where every path ends."""
        return self.arcs.n_node - 1

    def ends_at(self, stations: Iterable[str]) -> Array:
        """Return the arcs that end a path at some stations."""
        found = [self.ends[station] for station in stations if station in self.ends]
        return np.concatenate([np.array([], dtype=int), *found])

    def along(self, lines: Iterable[str]) -> Array:
        """Return the arcs of some lines."""
        return np.flatnonzero(np.isin(self.line, np.flatnonzero(np.isin(self.lines, list(lines)))))

    def route(self, path: list[int]) -> Route:
        """Return what a path of arcs stands for."""
        line = self.line[path]
        line = line[line != NO_LINE]
        return Route(
            tuple(name for name, _ in groupby(self.station[self.arcs.tail[path]].tolist())),
            tuple(self.lines[line].tolist()),
            float(self.length_km[line].sum()),
            float(self.limit_mw[line].min(initial=np.inf)),
        )


def wire_circuits(grid: GridGraph, ends: Iterable[str], load_mw: float) -> Wiring:
    """Join buses by circuits and transformers, so that arc-disjoint paths are edge-disjoint.

    Parameters
    ----------
    grid
        The network.
    ends
        Substations at each bus of which up to `MANY` paths may end.
    load_mw
        What a path is wanted for.
    """
    branches = grid.branches.sort_index()
    is_line = (branches["kind"] == "line").to_numpy()
    lines = branches.loc[is_line, ["group", "length_km", "limit_mw"]]
    again = (lines.groupby("group").cumcount() > 0).to_numpy()
    line = np.full(len(branches), NO_LINE)
    line[is_line] = np.arange(len(lines))
    length_m = np.full(len(branches), TRANSFORMER_M)
    length_m[is_line] = _weighed_m(lines, load_mw) + again * SECOND_CIRCUIT_M
    place = {str(bus): position for position, bus in enumerate(grid.buses.index)}
    tail, head = both_ways(*_joined(branches, place))
    arcs = Arcs(len(place) + 1, tail, head, np.r_[length_m, length_m])
    station = grid.buses["substation_id"].to_numpy(object)
    wiring = Wiring(arcs, station, place, np.r_[line, line], **_columns(lines), ends={})
    return _ending(wiring, np.repeat(np.flatnonzero(np.isin(station, list(ends))), MANY))


def wire_stations(grid: GridGraph, ends: Iterable[str], load_mw: float) -> Wiring:
    """Join substations by lines, so that arc-disjoint paths are station-disjoint.

    Parameters
    ----------
    grid
        The network.
    ends
        Substations at each of which one path may end.
    load_mw
        What a path is wanted for.
    """
    home = grid.buses["substation_id"]
    stations = np.array(sorted(home.unique()), dtype=object)
    place = {str(name): position for position, name in enumerate(stations)}
    circuits = grid.branches[grid.branches["kind"] == "line"].sort_index().groupby("group")
    lines = circuits.first().assign(limit_mw=circuits["limit_mw"].sum())
    tail, head = split(len(place), *both_ways(*_joined(lines, home.map(place))))
    length_m, line = _weighed_m(lines, load_mw), np.arange(len(lines))
    length_m = np.r_[length_m, length_m, np.zeros(len(place), dtype=int)]
    wiring = Wiring(
        Arcs(2 * len(place) + 1, tail, head, length_m),
        station=np.repeat(stations, 2),
        start={name: 2 * position for name, position in place.items()},
        line=np.r_[line, line, np.full(len(place), NO_LINE)],
        **_columns(lines),
        ends={},
    )
    return _ending(wiring, 2 * np.flatnonzero(np.isin(stations, list(ends))) + 1)


def _columns(lines: pd.DataFrame) -> dict[str, Array]:
    columns = {name: lines[name].to_numpy(float) for name in ("length_km", "limit_mw")}
    return {"lines": lines.index.to_numpy(object)} | columns


def _joined(branches: pd.DataFrame, place: Mapping[str, int]) -> tuple[Array, Array]:
    """Return the nodes at the ends of branches, the lower first whichever way a line is drawn."""
    ends = [branches[end].map(place).to_numpy(int) for end in ("from_bus", "to_bus")]
    return np.minimum(*ends), np.maximum(*ends)


def _weighed_m(lines: pd.DataFrame, load_mw: float) -> Array:
    """Return the lengths that paths are chosen by."""
    length_m = np.rint(lines["length_km"].to_numpy(float) * M_PER_KM).astype(int)
    return length_m * np.where(lines["limit_mw"] < load_mw, WEAK_LINE, 1)


def _ending(wiring: Wiring, nodes: Array) -> Wiring:
    """Add the arcs that end a path, one from each of some nodes."""
    arcs, none = wiring.arcs, np.zeros(len(nodes), dtype=int)
    places: dict[str, list[int]] = {}
    for position, name in enumerate(wiring.station[nodes]):
        places.setdefault(str(name), []).append(len(arcs.tail) + position)
    longer = Arcs(
        arcs.n_node,
        np.r_[arcs.tail, nodes],
        np.r_[arcs.head, none + wiring.sink],
        np.r_[arcs.length_m, none],
    )
    return replace(
        wiring,
        arcs=longer,
        line=np.r_[wiring.line, none + NO_LINE],
        ends={name: np.array(found) for name, found in places.items()},
    )
