"""What supply alone allows: the surplus of each connected network, and of what a split leaves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geo.flow import Array, Outages

NO_OUTAGE = -1


@dataclass(frozen=True, eq=False)
class Surplus:
    """Unused supply, whole and in the parts that outages leave."""

    component: Array
    """Label of the connected network of each bus."""
    effects: Outages
    """What each outage cuts off."""
    mw: Array
    """Most supply less demand, per bus."""

    def bound(self, bus: int, *, firm: bool) -> tuple[float, int]:
        """Return what supply alone allows at a bus, and the outage that decides it, or −1."""
        label = self.component[bus]
        bound, cause = float(self._whole_mw[label]), NO_OUTAGE
        if firm and len(self._left_mw[label][0]):
            columns, left = self._left_mw[label][0], self._left_mw[label][1][bus]
            worst = int(left.argmin())
            if left[worst] < bound:
                bound = float(left[worst])
                cause = int(self.effects.labels[columns[worst]])
        return max(bound, 0.0), cause

    def shared(self, buses: Array) -> tuple[Array, Array]:
        """Return which loads draw on the same surplus, and how much that is.

        Parameters
        ----------
        buses
            Position of the bus of each load.

        Returns
        -------
        together, most_mw
            group × load, bool: what is left in one part by some outage, or without any. The loads
            of a group may not exceed its MW, which is not negative.
        """
        most: dict[bytes, float] = {}
        for label in np.unique(self.component[buses]):
            columns, left = self._left_mw[label]
            home = self.component[buses] == label
            _keep_least(most, home, self._whole_mw[label])
            for place, column in enumerate(columns):
                part = np.where(home, self.effects.part[buses, column], np.nan)
                for one in np.unique(part[home]):
                    inside = part == one
                    _keep_least(most, inside, left[buses[inside.argmax()], place])
        together = [np.frombuffer(key, dtype=bool) for key in most]
        return np.array(together).reshape(-1, len(buses)), np.array(list(most.values()))

    @cached_property
    def _whole_mw(self) -> Array:
        """Return the surplus of each connected network."""
        return np.bincount(self.component, self.mw)

    @cached_property
    def _left_mw(self) -> list[tuple[Array, Array]]:
        """Return for each connected network the outages that split it, and what each bus has left.

        That is bus × outage: the surplus of the part that it is in then.
        """
        out = []
        for label in range(self.component.max() + 1):
            home = self.component == label
            columns = np.flatnonzero(self.effects.cut_off[home].any(axis=0))
            left = np.full((len(self.component), len(columns)), np.inf)
            for place, column in enumerate(columns):
                part = self.effects.part[:, column][home].astype(int) + 1
                left[home, place] = np.bincount(part, self.mw[home])[part]
            out.append((columns, left))
        return out


def _keep_least(most: dict[bytes, float], inside: Array, mw: float) -> None:
    """Remember the least surplus of a group."""
    key = inside.tobytes()
    most[key] = max(min(most.get(key, np.inf), float(mw)), 0.0)
