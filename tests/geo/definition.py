"""The headroom of a case written out from its tables, in plain numpy and scipy.

It shares no line with `geo`, and holds no dense matrix of the whole. `streamed` goes through every
single outage in blocks, for some buses; `resolved` takes branches out and solves the rest anew.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd

SYMMETRIC = {
    "permc_spec": "MMD_AT_PLUS_A",
    "diag_pivot_thresh": 0.01,
    "options": {"SymmetricMode": True},
}
BLOCK = 64
AT_ONCE = 4  # SuperLU takes ten times as long for each of 16


@dataclass(frozen=True)
class Plain:
    """One connected case as arrays; MW throughout."""

    bus_id: np.ndarray
    branch_id: np.ndarray
    tail: np.ndarray
    head: np.ndarray
    b: np.ndarray
    normal: np.ndarray
    emergency: np.ndarray
    demand: np.ndarray
    p_max: np.ndarray
    generation: np.ndarray

    @property
    def unused(self) -> np.ndarray:
        return np.maximum(self.p_max - self.generation, 0.0)

    @property
    def injection(self) -> np.ndarray:
        return self.generation - self.demand


def plain(tables: Mapping[str, pd.DataFrame]) -> Plain:
    """Read the tables bus, branch and plant of a case that is connected, as the layout says."""
    bus, branch, plant = (tables[name] for name in ("bus", "branch", "plant"))
    branch, plant = branch[branch["status"] == 1], plant[plant["status"] == 1]
    row = {bus_id: at for at, bus_id in enumerate(bus["bus_id"])}
    ratio = np.where(branch["ratio"] == 0, 1.0, branch["ratio"])
    rate_a, rate_c = branch["rateA"].to_numpy(float), branch["rateC"].to_numpy(float)
    normal = np.where(rate_a == 0, np.inf, rate_a)
    p_max, demand = np.zeros(len(bus)), bus["Pd"].to_numpy(float)
    for bus_id, capacity in zip(plant["bus_id"], plant["Pmax"], strict=True):
        p_max[row[bus_id]] += capacity
    return Plain(
        bus["bus_id"].to_numpy(),
        branch["branch_id"].to_numpy(),
        np.array([row[end] for end in branch["from_bus_id"]]),
        np.array([row[end] for end in branch["to_bus_id"]]),
        100.0 / (branch["x"].to_numpy(float) * ratio),
        normal,
        np.where(rate_c > 0, rate_c, normal),
        demand,
        p_max,
        p_max * demand.sum() / p_max.sum(),
    )


class Solver:
    """Flows of balanced injections on the branches and buses that are left."""

    def __init__(self, case: Plain, buses: np.ndarray, branches: np.ndarray) -> None:
        row = np.full(len(case.bus_id), -1)
        row[buses] = np.arange(len(buses))
        self.buses, self.branches, self.b = buses, branches, case.b[branches]
        rows = np.arange(len(branches))
        ends = (row[case.tail[branches]], row[case.head[branches]])
        self.incidence = sp.csr_array(
            (np.repeat([1.0, -1.0], len(rows)), (np.r_[rows, rows], np.r_[ends])),
            shape=(len(rows), len(buses)),
        )
        laplacian = (self.incidence.T @ sp.diags_array(self.b) @ self.incidence).tocsc()
        self.lu = splu(laplacian[1:, 1:], **SYMMETRIC) if len(buses) > 1 else None

    def flows(self, injection: np.ndarray) -> np.ndarray:
        """Return branch × column from bus × column; both in the order of what is left."""
        angle = np.zeros_like(injection)
        for start in range(0, injection.shape[1] if self.lu else 0, AT_ONCE):
            some = slice(start, start + AT_ONCE)
            angle[1:, some] = self.lu.solve(np.ascontiguousarray(injection[1:, some]))
        return self.b[:, None] * (self.incidence @ angle)


def resolved(
    case: Plain, lost: Sequence[int], buses: np.ndarray, cutoff: float, dead: Sequence[int] = ()
) -> np.ndarray:
    """Return the load that each bus can take after some branches are lost, by solving anew.

    Parameters
    ----------
    lost
        Positions of branches; none is normal operation.
    buses
        Positions.
    dead
        Buses that are lost as well: they never carry on, and their answer is inf.
    """
    kept = np.setdiff1d(np.arange(len(case.b)), lost)
    part = _parts(case, kept)
    strength = np.bincount(part, case.p_max)
    strength[part[list(dead)]] = -1.0
    home = part == strength.argmax()
    inside = np.flatnonzero(home)
    solver = Solver(case, inside, kept[home[case.tail[kept]]])
    unused = case.unused[inside]
    weights = unused / unused.sum()
    base = case.injection[inside] - weights * case.injection[inside].sum()
    row = np.full(len(home), -1)
    row[inside] = np.arange(len(inside))
    surplus = np.bincount(part, case.p_max - case.demand)[part]
    out = np.where(home, unused.sum(), np.maximum(surplus, 0.0))[buses]
    out[np.isin(buses, dead)] = np.inf
    asked = np.flatnonzero(home[buses])
    injection = np.repeat(weights[:, None], len(asked), axis=1)
    injection[row[buses[asked]], np.arange(len(asked))] -= 1.0
    flow, moved = solver.flows(base[:, None])[:, 0], solver.flows(injection)
    limit = (case.emergency if len(lost) else case.normal)[solver.branches]
    for column, at in enumerate(asked):
        room = _room(limit, flow, moved[:, column], cutoff)
        out[at] = min(out[at], room.min(initial=np.inf))
    return out


def streamed(
    case: Plain, buses: np.ndarray, cutoff: float, *, calibrated: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return normal and firm MW of some buses over every single outage, block by block."""
    study = _Stream(case, buses)
    normal, emergency = case.normal, case.emergency
    if calibrated:
        worst = np.abs(study.flow)
        for block in study.blocks():
            worst = np.maximum(worst, np.abs(block.flow * block.alive).max(axis=1))
        normal, emergency = np.maximum(normal, 1.05 * worst), np.maximum(emergency, 1.05 * worst)
    most = np.full(len(buses), case.unused.sum())
    for at in range(len(buses)):
        room = _room(normal, study.flow, study.factor[:, at], cutoff)
        most[at] = min(most[at], room.min(initial=np.inf))
    firm = most.copy()
    for block in study.blocks():
        for at in range(len(buses)):
            rows = np.flatnonzero((block.most(at) >= cutoff) & np.isfinite(emergency))
            factor = block.factor(at, rows)
            counts = (np.abs(factor) >= cutoff) & block.alive[rows] & block.reached[at]
            row, outage = np.nonzero(counts)
            flow = block.flow[rows[row], outage]
            room = _room(emergency[rows[row]], flow, factor[row, outage], cutoff)
            firm[at] = min(firm[at], room.min(initial=np.inf), block.bound[at].min())
    return most, firm


@dataclass(frozen=True)
class Block:
    """Some outages: branch × outage, or bus asked for × outage."""

    flow: np.ndarray
    factor: Callable[[int, np.ndarray], np.ndarray]
    """Of one of the buses asked for, on some branches."""
    most: Callable[[int], np.ndarray]
    """What the factors of a bus on each branch cannot exceed."""
    alive: np.ndarray
    """Whether the branch is in service in what carries on."""
    reached: np.ndarray
    """Whether the bus is in what carries on."""
    bound: np.ndarray
    """What supply allows."""


class _Stream:
    """Every single outage of a case, for some buses."""

    def __init__(self, case: Plain, buses: np.ndarray) -> None:
        self.case, self.buses = case, buses
        self.whole = Solver(case, np.arange(len(case.bus_id)), np.arange(len(case.b)))
        self.weights = case.unused / case.unused.sum()
        self.flow = self.whole.flows(case.injection[:, None])[:, 0]
        ones = np.zeros((len(case.bus_id), len(buses)))
        ones[buses, np.arange(len(buses))] = 1.0
        self.drawn = self.whole.flows(ones)
        self.factor = self.whole.flows(self.weights[:, None]) - self.drawn
        pairs = [frozenset(ends) for ends in zip(case.tail, case.head, strict=True)]
        graph = nx.Graph([tuple(pair) for pair in pairs])
        cut, count = {frozenset(edge) for edge in nx.bridges(graph)}, Counter(pairs)
        self.bridge = np.array([pair in cut and count[pair] == 1 for pair in pairs])
        self.graph = graph

    def blocks(self) -> Iterator[Block]:
        for of_kind, block in ((~self.bridge, self._mesh), (self.bridge, self._bridges)):
            lost = np.flatnonzero(of_kind)
            for start in range(0, len(lost), BLOCK):
                yield block(lost[start : start + BLOCK])

    def _mesh(self, lost: np.ndarray) -> Block:
        case, column = self.case, np.arange(len(lost))
        injection = np.zeros((len(case.bus_id), len(lost)))
        np.add.at(injection, (case.tail[lost], column), 1.0)
        np.add.at(injection, (case.head[lost], column), -1.0)
        lodf = self.whole.flows(injection)
        lodf /= 1.0 - lodf[lost, column]
        largest = np.abs(lodf).max(axis=1)
        alive = np.ones(lodf.shape, dtype=bool)
        alive[lost, column] = False
        shape = (len(self.buses), len(lost))
        return Block(
            self.flow[:, None] + lodf * self.flow[lost],
            lambda at, rows: self.factor[rows][:, [at]] + lodf[rows] * self.factor[lost, at],
            lambda at: np.abs(self.factor[:, at]) + largest * np.abs(self.factor[lost, at]).max(),
            alive,
            np.ones(shape, dtype=bool),
            np.full(shape, case.unused.sum()),
        )

    def _bridges(self, lost: np.ndarray) -> Block:
        """Solve for the injections and weights that are left; nothing flows on the bridge then."""
        case, shape = self.case, (len(self.case.bus_id), len(lost))
        home = np.ones(shape, dtype=bool)
        bound = np.zeros((len(self.buses), len(lost)))
        for column, branch in enumerate(lost):
            side = self._one_side(int(branch))
            if 2 * case.p_max[side].sum() > case.p_max.sum():
                home[:, column] = False
                home[side, column] = True
            else:
                home[side, column] = False
            away = ~home[:, column]
            surplus = max((case.p_max - case.demand)[away].sum(), 0.0)
            left = case.unused[home[:, column]].sum()
            bound[:, column] = np.where(home[self.buses, column], left, surplus)
        weights = home * self.weights[:, None]
        weights /= weights.sum(axis=0)
        injection = home * case.injection[:, None]
        injection -= weights * injection.sum(axis=0)
        supplied = self.whole.flows(weights)
        return Block(
            self.whole.flows(injection),
            lambda at, rows: supplied[rows] - self.drawn[rows][:, [at]],
            lambda at: np.abs(supplied - self.drawn[:, [at]]).max(axis=1),
            home[case.tail] & home[case.head],
            home[self.buses],
            bound,
        )

    def _one_side(self, branch: int) -> list[int]:
        """Walk from both ends at once; whichever has nowhere to go first is a whole side."""
        ends = (int(self.case.tail[branch]), int(self.case.head[branch]))
        seen, ahead = [{ends[0]}, {ends[1]}], [[ends[0]], [ends[1]]]
        while True:
            for side in (0, 1):
                if not ahead[side]:
                    return list(seen[side])
                bus = ahead[side].pop()
                for other in self.graph[bus]:
                    if {bus, other} != set(ends) and other not in seen[side]:
                        seen[side].add(other)
                        ahead[side].append(other)


def _parts(case: Plain, kept: np.ndarray) -> np.ndarray:
    size = len(case.bus_id)
    links = sp.coo_array((np.ones(len(kept)), (case.tail[kept], case.head[kept])), (size, size))
    return connected_components(links, directed=False)[1]


def _room(limit: np.ndarray, flow: np.ndarray, factor: np.ndarray, cutoff: float) -> np.ndarray:
    """Return the load that fills each branch, never below 0; inf where it is not monitored."""
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(factor > 0, limit - flow, -limit - flow) / factor
    return np.where(np.abs(factor) >= cutoff, np.maximum(room, 0.0), np.inf)
