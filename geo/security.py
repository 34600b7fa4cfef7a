"""What N-1 security watches: the flow on every branch in normal operation and after each outage.

A pair is (branch, column): column 0 is normal operation, column c the outage whose label is
``effects.labels[c - 1]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geo.flow import outage_effects

if TYPE_CHECKING:
    from geo.flow import Array, Network, Outages

NONE = -1


@dataclass(frozen=True, eq=False)
class Security:
    """A network with its outages and the limit of every pair."""

    network: Network
    """The grid."""
    effects: Outages
    """What each outage does."""
    limit_mw: Array
    """branch × column; inf where unlimited."""

    @classmethod
    def of(cls, network: Network, capacity_mw: Array) -> Security:
        """Take limits as they are; what is lost is picked up in proportion to capacity."""
        effects = outage_effects(network, capacity_mw, capacity_mw)
        after = np.repeat(network.emergency_mw[:, None], len(effects.labels), axis=1)
        return cls(network, effects, np.c_[network.limit_mw, after])

    @cached_property
    def alive(self) -> Array:
        """Branch × column, bool: in service."""
        always = np.ones((self.network.n_branch, 1), dtype=bool)
        return np.concatenate([always, self.effects.alive], axis=1)

    @cached_property
    def _dead(self) -> Array:
        return np.flatnonzero(~self.alive)

    def flows(self, injection_mw: Array) -> Array:
        """Return branch × column flows; 0 where a branch is out."""
        return self.factors(self.network.ptdf @ injection_mw)

    def factors(self, normal: Array) -> Array:
        """Return branch × column flows, or flows per MW, given those of normal operation."""
        out = np.empty((self.network.n_branch, 1 + len(self.effects.labels)))
        out[:, 0] = normal
        self.effects.change(normal, out=out[:, 1:])
        out[:, 1:] += normal[:, None]
        out.ravel()[self._dead] = 0.0
        return out

    def row(self, branch: int, column: int) -> Array:
        """Return the flow of a pair per MW injected at each bus."""
        ptdf = self.network.ptdf
        if column == 0:
            return ptdf[branch]
        terms = self.effects.terms(column - 1)
        return ptdf[branch] + self.effects.shift[branch, terms] @ ptdf[self.effects.lost[terms]]

    def label(self, column: int) -> int:
        """Return the label of the outage of a column; −1 for normal operation."""
        return int(self.effects.labels[column - 1]) if column else NONE

    def stays_with(self, bus: int) -> Array:
        """Return for each column whether the bus is in the part that carries on, bool."""
        return np.r_[True, ~self.effects.cut_off[bus]]
