"""The answer of each bus of a connected part: exact, from what the pass kept and by proofs."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from geo.kernels import WIDTH
from geo.loss_search import LossSearch
from geo.pair_kernels import bus_factors, search, search_row
from geo.pairs import HEAVY, NONE, cut_of
from geo.part import supply_bounds
from geo.workers import in_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.flow import Array
    from geo.losses import Losses
    from geo.memory import Memory
    from geo.pairs import Pairs
    from geo.part import Part
    from geo.scenario import Mode

CALIBRATION = 1.05


class Finder:
    """The answers of one connected part."""

    def __init__(self, part: Part, pairs: Pairs, losses: Losses, mode: Mode, cutoff: float) -> None:
        self.part, self.pairs, self.cutoff = part, pairs, cutoff
        most = CALIBRATION * np.maximum(pairs.worst, losses.worst)
        least = most if mode == "calibrated" else np.zeros_like(most)
        self.limits = (np.maximum(part.normal, least), np.maximum(part.emergency, least))
        self.near = _by_branch_and_by_outage(*pairs.near_pairs(), len(part.flow))
        self.net = (part.flow, pairs.largest, part.low, part.high)
        self.bounds = supply_bounds(part)
        self.losses = LossSearch(part, losses, self.limits[1], cutoff)
        self.losses.tighten(*self.bounds[1:])

    def answers(
        self, buses: Array, *, memory: Memory, stage: str, tell: Callable[[float], None]
    ) -> Array:
        """Return rows of normal_mw, firm_mw, branch, outage, factor, before, after.

        Parameters
        ----------
        buses
            Positions of some buses of this part in the whole network.
        memory, stage
            What keeps the buses that are done, and under which name.
        tell
            Called with the share that is done.
        """
        local = self.part.local[buses]
        rows = np.zeros((len(buses), 7))
        state = memory.recall(stage) or {"rows": rows[:0]}
        done = len(state["rows"])
        rows[:done] = state["rows"]
        starts = range(done, len(buses), WIDTH)

        def work(start: int, go_on: Callable[[], None]) -> Array:
            return self._some(local[start : start + WIDTH], go_on)

        self._some(local[:1], lambda: None)  # compiled here, where an interrupt is heard
        with closing(in_order(work, starts)) as found:
            for start, some in zip(starts, found, strict=True):
                done = start + len(some)
                rows[start:done] = some
                memory.keep(stage, lambda done=done: {"rows": rows[:done]})  # type: ignore[misc]
                tell(done / len(buses))
        return rows

    def _some(self, local: Array, go_on: Callable[[], None]) -> Array:
        part = self.part
        column = np.arange(len(local))
        block = part.factor.solve(local, column, np.ones(len(local)))
        factors = bus_factors(part.rows(), part.supplied, block, len(local))
        rows = []
        for bus, factor in zip(local, factors, strict=True):
            go_on()
            rows.append(self._one(int(bus), factor))
        return np.array(rows)

    def _one(self, bus: int, factor: Array) -> tuple[float, ...]:
        part, pairs = self.part, self.pairs
        normal_bound, firm_bound, cause = (values[bus] for values in self.bounds)
        best = np.array([[normal_bound, NONE, NONE, 0], [firm_bound, cause, cause, 0]], float)
        at = int(part.walk.first[bus])
        if normal_bound > 0:
            doubt = np.empty(len(part.flow), np.int32)
            tops = (pairs.top, pairs.top_at, pairs.top_shift)
            rules = (self.cutoff, cut_of(self.cutoff), HEAVY)
            count = search(self.net, factor, at, self.near, tops, self.limits, rules, best, doubt)
            for branch in doubt[:count]:
                self._whole_row(int(branch), factor, at, best)
            self.losses.limit_bus(bus, factor, best)
        return self._row(best, factor)

    def _whole_row(self, branch: int, factor: Array, at: int, best: Array) -> None:
        part = self.part
        shifts, alive = part.row_of_shifts(branch, self.pairs.scale), part.alive_for(branch)
        search_row(self.net, factor, at, branch, shifts, alive, self.limits, self.cutoff, best)

    def _row(self, best: Array, factor: Array) -> tuple[float, ...]:
        part = self.part
        normal_mw, firm_mw = best[0, 0], min(best[1, 0], best[0, 0])
        branch, outage = int(best[1, 1]), int(best[1, 2])
        if best[1, 0] > best[0, 0]:
            branch, outage = int(best[0, 1]), int(best[0, 2])
        lost = self._label(outage)
        if branch in {NONE, outage}:
            return (normal_mw, firm_mw, lost, lost, np.nan, np.nan, np.nan)
        flow, moved = self._under(branch, outage, best[1, 3], factor)
        limit = self.limits[0 if outage == NONE else 1][branch]
        after = abs(flow + moved * firm_mw) / limit
        return (normal_mw, firm_mw, part.branches[branch], lost, moved, abs(flow) / limit, after)

    def _under(self, branch: int, outage: int, shift: float, factor: Array) -> tuple[float, float]:
        """Return the flow on a branch and the MW on it per MW of load, under an outage."""
        flow, moved, size = self.part.flow[branch], factor[branch], len(factor)
        if outage == NONE:
            return flow, moved
        if outage < size:
            return flow + shift * self.part.flow[outage], moved + shift * factor[outage]
        row = self.losses.row(branch, factor)
        return row.after[outage - size], row.moved[outage - size]

    def _label(self, outage: int) -> int:
        """Return what the whole network calls an outage of this part."""
        size = len(self.part.branches)
        if outage >= size:
            return self.losses.label(outage - size)
        return int(self.part.branches[outage]) if outage >= 0 else NONE


def _by_branch_and_by_outage(
    branch: Array, outage: Array, shift: Array, size: int
) -> tuple[Array, ...]:
    """Sort near pairs into rows of a branch and columns of an outage."""
    rows = sp.coo_array((shift, (branch, outage)), shape=(size, size)).tocsr()
    columns = rows.tocsc()
    return (*_plain(rows), *_plain(columns))


def _plain(matrix: sp.csr_array | sp.csc_array) -> tuple[Array, Array, Array]:
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data
