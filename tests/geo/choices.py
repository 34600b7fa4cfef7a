"""Several loads by brute force: every subset, every pair written out, flows solved anew."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

from tests.geo.nets import solve_angles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geo.balance import Flows
    from geo.flow import Array, Network


class BruteForce:
    """One mesh that no outage splits, every branch an outage."""

    def __init__(self, net: Network, base: Flows, cutoff: float) -> None:
        self.net, self.base, self.cutoff = net, base, cutoff
        self.total_mw = 1e6
        share = base.supply_max_mw / base.supply_max_mw.sum()
        rows, limits = [], []
        for lost in [None, *net.outages]:
            kept = np.arange(net.n_branch) != lost
            # Flows are linear in the injection; what is not balanced is spread evenly.
            even = np.full((net.n_bus, net.n_bus), 1.0 / net.n_bus)
            factors = np.array(
                [solve_angles(net, kept, injection) for injection in np.eye(net.n_bus) - even]
            ).T
            rows.append(factors[kept])
            limits.append((net.limit_mw if lost is None else net.emergency_mw)[kept])
        self.rows, self.limit = np.vstack(rows), np.concatenate(limits)
        self.moved = np.abs((self.rows @ share)[:, None] - self.rows)

    def solve(
        self, buses: Sequence[int], most: Sequence[float], gain: Array, least: Sequence[float] = ()
    ) -> Array | None:
        """Return the loads with the largest gain at some buses, all of them there, or None.

        Their sum is at most ``total_mw``; ``least`` holds a least size for each, then for the sum.
        """
        n_bus, count = self.net.n_bus, len(buses)
        watched = (self.moved[:, list(buses)] >= self.cutoff).any(axis=1)
        rows = np.c_[self.rows, -self.rows[:, list(buses)]][watched]
        fixed = (self.rows @ self.base.demand_mw)[watched]
        sides = [rows, -rows]
        ends = [self.limit[watched] + fixed, self.limit[watched] - fixed]
        low = list(least) or [0.0] * (count + 1)
        together = np.r_[np.zeros(n_bus), np.ones(count)][None]
        sides += [together, -together]
        ends += [np.array([self.total_mw]), np.array([-low[-1]])]
        for bus in {bus for bus in buses if list(buses).count(bus) > 1}:
            sides.append(np.r_[np.zeros(n_bus), np.equal(buses, bus)][None])
            ends.append(np.array([self.alone(bus)]))
        found = linprog(
            np.r_[np.zeros(n_bus), -np.asarray(gain, float)],
            np.vstack(sides),
            np.concatenate(ends),
            np.r_[np.ones(n_bus), -np.ones(count)][None],
            [self.base.demand_mw.sum()],
            [
                *zip(self.base.supply_min_mw, self.base.supply_max_mw, strict=True),
                *zip(low[:count], most, strict=True),
            ],
        )
        return found.x[n_bus:] if found.status == 0 else None

    def alone(self, bus: int) -> float:
        """Return what one bus could take; loads at the same bus share it."""
        found = self.solve([bus], [1e6], np.ones(1))
        return 0.0 if found is None else float(found[0])


def subsets(count: int, most: int) -> Iterator[tuple[int, ...]]:
    """Every choice of at most so many."""
    for size in range(1, most + 1):
        yield from combinations(range(count), size)
