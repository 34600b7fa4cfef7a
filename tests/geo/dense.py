"""Linear headroom written out in dense matrices: the definition, for networks that fit.

The reference of tests and benchmarks. It shares nothing with `geo.linear` but the network and the
columns of outages, which tests check against solving anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.flow import Array, Network, Outages, after_outages, outage_effects
from geo.redispatch import NO_OUTAGE, Capacity

if TYPE_CHECKING:
    from geo.balance import Flows
    from geo.scenario import Mode

CALIBRATION = 1.05


class Dense:
    """Headroom at fixed dispatch: the single linear step of METHODS, exact for every outage.

    Parameters
    ----------
    network, flows
        The grid and its base case.
    mode
        ``strict`` or ``calibrated`` limits.
    cutoff
        Smallest factor that is monitored.
    """

    def __init__(self, network: Network, flows: Flows, mode: Mode, cutoff: float) -> None:
        self.network, self.flows, self.cutoff = network, flows, cutoff
        self.unused = np.maximum(flows.unused_mw, 0.0)
        self.effects: Outages = outage_effects(network, flows.supply_max_mw, self.unused)
        flow = network.ptdf @ flows.injection_mw
        self.base = np.c_[flow, after_outages(self.effects, flow)]
        self.limit = np.c_[
            network.limit_mw,
            np.repeat(network.emergency_mw[:, None], len(self.effects.labels), axis=1),
        ]
        if mode == "calibrated":
            seen = CALIBRATION * np.abs(self.base).max(axis=1)
            self.limit = np.maximum(self.limit, seen[:, None])

    def capacity(self, bus: int, *, firm: bool) -> Capacity:
        """Return the most load at a bus for the fixed dispatch."""
        component = self.network.component == self.network.component[bus]
        unused = self.unused * component
        bound, cause = self._bound(bus, component, firm=firm)
        if bound <= 0:
            return Capacity(0.0, cause, cause)
        factor = self.network.ptdf @ (unused / unused.sum()) - self.network.ptdf[:, bus]
        factors, columns = factor[:, None], 1
        if firm:
            factors, columns = (
                np.c_[factor, after_outages(self.effects, factor)],
                self.base.shape[1],
            )
        room = _room(factors, self.base[:, :columns], self.limit[:, :columns])
        watched = np.abs(factors) >= self.cutoff
        watched[:, 1:] &= (self.effects.alive & ~self.effects.cut_off[bus])[:, : columns - 1]
        room = np.where(watched, room, np.inf)
        pair = np.unravel_index(int(room.argmin()), room.shape)
        if room[pair] >= bound:
            return Capacity(bound, cause, cause)
        mw = max(float(room[pair]), 0.0)
        after = self.base[pair] + factors[pair] * mw
        return Capacity(
            mw,
            int(pair[0]),
            int(self.effects.labels[pair[1] - 1]) if pair[1] else NO_OUTAGE,
            float(factors[pair]),
            float(abs(self.base[pair]) / self.limit[pair]),
            float(abs(after) / self.limit[pair]),
        )

    def _bound(self, bus: int, component: Array, *, firm: bool) -> tuple[float, int]:
        bound, cause = float(self.unused[component].sum()), NO_OUTAGE
        if not firm:
            return bound, cause
        surplus = self.flows.supply_max_mw - self.flows.demand_mw
        for column in np.flatnonzero(self.effects.cut_off.any(axis=0)):
            lost = self.effects.cut_off[:, column]
            if not component[np.flatnonzero(lost)[0]]:
                continue
            if self._lost_as_well(bus, column):
                continue
            here = self.effects.part[:, column]
            own, rest = here == here[bus], component & ~lost
            left = float(surplus[own].sum() if lost[bus] else self.unused[rest].sum())
            if left < bound:
                bound, cause = max(left, 0.0), int(self.effects.labels[column])
        return bound, cause

    def _lost_as_well(self, bus: int, column: int) -> bool:
        group = int(self.effects.labels[column]) - self.network.n_branch
        return group >= 0 and bus in self.network.groups[group].buses


def _room(factors: Array, base: Array, limit: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(factors > 0, (limit - base) / factors, (-limit - base) / factors)
    return np.where(factors == 0, np.inf, room)
