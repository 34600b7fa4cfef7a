"""What is watched for several loads at once, and its rows of their programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.mixed import SecurityRow
from geo.relief import worst_pairs

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.redispatch import Redispatch
    from geo.watch import Pair

    Signed = tuple[Pair, float]

LOADED_MW = 1e-3
PAIRS_A_ROUND = 30
TIE = 1e-9
"""A factor this little below the cutoff is taken to reach it; rounding decides there."""


class SharedWatch:
    """The pairs watched for loads at some buses.

    Parameters
    ----------
    study
        The network and its base case.
    buses
        Bus of each load.
    total_mw
        Most load together.
    """

    def __init__(self, study: Redispatch, buses: Array, total_mw: float) -> None:
        self._study, self._buses, self._total_mw = study, buses, total_mw
        self._component = study.network.component
        home = np.isin(self._component, self._component[buses])
        self.suppliers = study.suppliers[home[study.suppliers]]
        self._packed: dict[int, Array] = {}
        capacity = study.flows.supply_max_mw
        total = np.bincount(self._component, capacity)
        self._share = capacity / np.where(total > 0, total, 1.0)[self._component]

    def supply(self, supplier_mw: Array) -> Array:
        """Return the supply per bus."""
        supply = self._study.dispatch_mw.copy()
        supply[self.suppliers] = supplier_mw
        return supply

    def violated(self, supplier_mw: Array, load_mw: Array) -> list[Signed]:
        """List the worst pairs over their limit that a load watches, and in which direction."""
        loaded = np.unique(self._buses[load_mw > LOADED_MW])
        if loaded.size == 0:
            return []
        injection = self.supply(supplier_mw) - self._study.flows.demand_mw
        np.subtract.at(injection, self._buses, load_mw)
        after = self._study.security.flows(injection)
        over = np.where(self._watched_by(loaded), np.abs(after) - self._study.limit_mw, -np.inf)
        # Other outages of a branch seldom bind once the worst is a row.
        worst = np.where(over >= over.max(axis=1, keepdims=True), over, -np.inf)
        found = worst_pairs(worst, PAIRS_A_ROUND)
        return [(pair, float(np.sign(after[pair]))) for pair in found]

    def row(self, pair: Pair, sign: float) -> SecurityRow:
        """Write a pair as a row that binds in one direction."""
        factors = sign * self._study.security.row(*pair)
        home = self._component == self._component[self._study.network.tail[pair[0]]]
        watchers = self._watchers(pair, factors)
        most = float(self._study.limit_mw[pair] + factors @ self._study.flows.demand_mw)
        others = self._buses[~watchers & home[self._buses]]
        return SecurityRow(
            supply=factors[self.suppliers],
            load=-factors[self._buses],
            most_mw=most,
            watchers=watchers,
            slack_mw=self._most_flow(factors, home, others) - most,
        )

    def _watched_by(self, buses: Array) -> Array:
        """Return branch × column, bool: what one of some buses moves enough to matter."""
        for bus in buses.tolist():
            if bus not in self._packed:
                self._packed[bus] = np.packbits(self._study.watched(bus))
        packed = np.bitwise_or.reduce([self._packed[bus] for bus in buses.tolist()])
        shape = self._study.limit_mw.shape
        return np.unpackbits(packed, count=shape[0] * shape[1]).reshape(shape).astype(bool)

    def _watchers(self, pair: Pair, factors: Array) -> Array:
        """Return the loads that move a pair enough to matter, bool."""
        branch, column = pair
        network, cut_off = self._study.network, self._study.security.effects.cut_off
        home = self._component[self._buses] == self._component[network.tail[branch]]
        stays = ~cut_off[self._buses, column - 1] if column else np.ones(len(home), dtype=bool)
        moved = self._share @ factors - factors[self._buses]
        return home & stays & (np.abs(moved) >= self._study.cutoff - TIE)

    def _most_flow(self, factors: Array, home: Array, others: Array) -> float:
        """Return what supply and some loads could at most push through a row.

        A bound by duality: any price of the balance gives one, and the best is at a break.
        """
        supply = self.suppliers[home[self.suppliers]]
        low, high = self._study.flows.supply_min_mw[supply], self._study.flows.supply_max_mw[supply]
        demand = float(self._study.flows.demand_mw[home].sum())
        price = np.unique(np.r_[factors[supply], factors[others]])[:, None]
        worth = factors[supply] - price
        flow = np.maximum(low * worth, high * worth).sum(axis=1) + price[:, 0] * demand
        if others.size:
            flow += self._total_mw * np.maximum(price[:, 0] - factors[others].min(), 0.0)
        return float(flow.min())
