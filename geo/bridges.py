"""What each bridge cuts off, by one walk through a connected network.

Rooted where no bridge has more than half of the supply below it, the part that a bridge cuts off is
always the subtree below: an interval of the walk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.kernels import spanning_tree

if TYPE_CHECKING:
    from geo.flow import Array


@dataclass(frozen=True, eq=False)
class Walk:
    """A depth-first walk of a connected network."""

    order: Array
    """Buses in the order met."""
    first: Array
    """Position of each bus in that order."""
    last: Array
    """Where the subtree of each bus ends."""
    parent: Array
    """Bus above each bus; −1 for the root."""
    above: Array
    """Branch to the bus above; −1 for the root."""
    bridge: Array
    """Whether that branch is a bridge, bool."""

    def below(self, values: Array) -> Array:
        """Sum values over the subtree of each bus."""
        running = np.r_[0.0, np.cumsum(values[self.order])]
        return running[self.last] - running[self.first]

    def cut_interval(self, n_branch: int) -> tuple[Array, Array, Array]:
        """Return for each branch the interval it cuts off, and the bus that stays at its end.

        Returns
        -------
        low, high, stays
            Empty intervals (0, 0) and −1 where a branch is no bridge.
        """
        low, high = np.zeros(n_branch, np.int64), np.zeros(n_branch, np.int64)
        stays = np.full(n_branch, -1, np.int64)
        bus = np.flatnonzero(self.bridge)
        branch = self.above[bus]
        low[branch], high[branch] = self.first[bus], self.last[bus]
        stays[branch] = self.parent[bus]
        return low, high, stays


def walk(tail: Array, head: Array, supply_mw: Array) -> Walk:
    """Walk a connected network from the middle of its supply.

    Parameters
    ----------
    tail, head
        Ends of each branch.
    supply_mw
        Supply capacity of each bus; of two parts, the one with more carries on.
    """
    near = neighbours(tail, head, len(supply_mw))
    somewhere = Walk(*spanning_tree(*near, 0))
    below = somewhere.below(supply_mw)
    heavy = np.flatnonzero(somewhere.bridge & (below > supply_mw.sum() / 2))
    if heavy.size == 0:
        return somewhere
    size = somewhere.last[heavy] - somewhere.first[heavy]
    return Walk(*spanning_tree(*near, int(heavy[size.argmin()])))


def neighbours(tail: Array, head: Array, size: int) -> tuple[Array, Array, Array]:
    """Return start, neighbour and branch of each bus in CSR form, both directions."""
    node = np.r_[tail, head]
    order = np.argsort(node, kind="stable")
    branch = np.arange(len(tail))
    start = np.r_[0, np.cumsum(np.bincount(node, minlength=size))]
    return start, np.r_[head, tail][order], np.r_[branch, branch][order]
