"""What is watched for one bus: the pairs that its load moves, as rows of the programme."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geo.programme import Rows
from geo.relief import worst_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geo.flow import Array
    from geo.security import Security

Pair = tuple[int, int]
"""Branch and column."""

PAIRS_A_ROUND = 5
PAIRS_TO_BEGIN = 60
SMALLEST_DUAL = 1e-7


class KnownRows:
    """Flow factors of the pairs met so far, and how often each has decided an answer.

    What decided for one bus often decides for its neighbours: a programme begins with those rows.
    """

    def __init__(self, security: Security, likely: Iterable[Pair] = ()) -> None:
        self._security = security
        self._at: dict[Pair, int] = {}
        self._table = np.zeros((64, security.network.n_bus))
        self._decided = np.zeros((0, 3), dtype=int)
        pairs = [pair for pair in likely if pair[0] < security.network.n_branch]
        self.rows(pairs)
        self._decided[:, 2] = np.arange(len(pairs), 0, -1)

    @property
    def decisive(self) -> list[Pair]:
        """List the pairs that have decided, the most frequent first."""
        decided = self._decided[self._decided[:, 2] > 0]
        order = np.argsort(-decided[:, 2], kind="stable")
        return [(int(branch), int(column)) for branch, column, _ in decided[order]]

    def rows(self, pairs: Sequence[Pair]) -> Array:
        """Return pair × bus: flow per MW injected."""
        for pair in pairs:
            if pair not in self._at:
                self._add(pair)
        return self._table[[self._at[pair] for pair in pairs]]

    def likely(self, watched: Array) -> list[Pair]:
        """List the watched pairs that have decided most often, a few."""
        branch, column, times = self._decided.T
        width = watched.shape[1]
        usable = (times > 0) & (column < width)
        usable[usable] = watched[branch[usable], column[usable]]
        chosen = np.flatnonzero(usable)
        chosen = chosen[np.argsort(-times[chosen], kind="stable")][:PAIRS_TO_BEGIN]
        return list(zip(branch[chosen].tolist(), column[chosen].tolist(), strict=True))

    def count(self, pairs: Sequence[Pair], duals: Array) -> None:
        """Remember which pairs decided an answer."""
        for place in np.flatnonzero(duals > SMALLEST_DUAL).tolist():
            row = self._at[pairs[place]]
            self._decided[row, 2] += 1

    def _add(self, pair: Pair) -> None:
        place = len(self._at)
        if place == len(self._table):
            self._table = np.concatenate([self._table, np.zeros_like(self._table)])
        self._table[place] = self._security.row(*pair)
        self._decided = np.concatenate([self._decided, [[*pair, 0]]])
        self._at[pair] = place


@dataclass(frozen=True, eq=False)
class Watch:
    """The pairs watched for one bus."""

    security: Security
    """All pairs."""
    known: KnownRows
    """Their flow factors."""
    bus: int
    """Position of the bus."""
    suppliers: Array
    """Positions of the buses whose supply may change for it."""
    demand_mw: Array
    """Per bus, beside the load asked for."""
    factors: Array
    """branch × column: flow per MW of load; one column where no outage is watched."""
    limit_mw: Array
    """branch × column."""
    cutoff: float
    """Pairs that the load moves by less are not watched."""
    flexible: bool
    """Whether the load may be cut after an outage."""

    @cached_property
    def watched(self) -> Array:
        """Branch × column, bool."""
        with_bus = self.security.stays_with(self.bus)[: self.factors.shape[1]]
        alive = self.security.alive[:, : self.factors.shape[1]]
        return (np.abs(self.factors) >= self.cutoff) & alive & with_bus

    @cached_property
    def _near(self) -> Array:
        return np.flatnonzero(self.watched.any(axis=1))

    @cached_property
    def _shift(self) -> Array:
        return self.security.effects.shift[self._near]

    @cached_property
    def _room(self) -> Array:
        width = self.factors.shape[1]
        return np.where(self.watched, self.limit_mw[:, :width], np.inf)[self._near]

    def rows(self, pairs: Sequence[Pair]) -> Rows:
        """Return pairs as rows of the programme."""
        factors = self.known.rows(pairs)
        branch, column = np.array(pairs, dtype=int).reshape(-1, 2).T
        fixed, limit = factors @ self.demand_mw, self.limit_mw[branch, column]
        return Rows(
            supply=factors[:, self.suppliers],
            load=-factors[:, self.bus],
            low=fixed - limit,
            high=fixed + limit,
            cut=-self.factors[branch, column],
            outage=np.where(column > 0, column, -1) if self.flexible else np.full(len(pairs), -1),
        )

    def injection(self, supply_mw: Array, load_mw: float) -> Array:
        """Return what each bus feeds into the network."""
        injection = supply_mw - self.demand_mw
        injection[self.bus] -= load_mw
        return injection

    def violated(self, supply_mw: Array, load_mw: float) -> list[Pair]:
        """List the worst violated pairs."""
        if self._near.size == 0:
            return []
        injection = self.injection(supply_mw, load_mw)
        if self.factors.shape[1] == 1:
            after = (self.security.network.ptdf[self._near] @ injection)[:, None]
        else:
            flow = self.security.network.ptdf @ injection
            after = self._changed(flow)
        if self.flexible:
            return self._beyond_cutting(after, load_mw)
        return self._worst_of_each_branch(np.abs(after) - self._room)

    def _changed(self, flow: Array) -> Array:
        """Return near branch × column flows; what is out does not matter, it is not watched."""
        effects = self.security.effects
        after = np.empty((len(self._near), self.factors.shape[1]))
        after[:, 0] = flow[self._near]
        moved = self._shift * flow[effects.lost]
        if len(effects.lost) > len(effects.labels):
            moved = np.add.reduceat(moved, effects.start, axis=1)
        np.add(moved, flow[self._near, None], out=after[:, 1:])
        return after

    def _worst_of_each_branch(self, over: Array) -> list[Pair]:
        """Take one pair a branch: its other outages seldom bind once the worst is a row."""
        worst = np.where(over >= over.max(axis=1, keepdims=True), over, -np.inf)
        return [
            (int(self._near[place]), column) for place, column in worst_pairs(worst, PAIRS_A_ROUND)
        ]

    def _beyond_cutting(self, after: Array, load_mw: float) -> list[Pair]:
        """Find outages that no curtailment between nothing and all of the load makes good.

        Each pair asks for a range of curtailment. Where the highest of the least and the lowest of
        the most contradict each other, or the load itself, these two pairs decide.
        """
        watched, moved = self.watched[self._near], self.factors[self._near]
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = np.stack([(after - self._room) / moved, (after + self._room) / moved])
        least = np.where(watched, ends.min(axis=0), -np.inf)
        most = np.where(watched, ends.max(axis=0), np.inf)
        low, high = np.maximum(least.max(axis=0), 0.0), np.minimum(most.min(axis=0), load_mw)
        gap = low - high
        gap[0] = -np.inf
        found = self._worst_of_each_branch(np.abs(after[:, :1]) - self._room[:, :1])
        for _, column in worst_pairs(gap[None], PAIRS_A_ROUND):
            if low[column] > 0.0:
                found.append((int(self._near[least[:, column].argmax()]), column))
            if high[column] < load_mw:
                found.append((int(self._near[most[:, column].argmin()]), column))
        return found
