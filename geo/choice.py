"""What is offered to a shared dispatch, on which terms, and what was chosen of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from geo.programme import INF

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.watch import Pair


@dataclass(frozen=True, eq=False)
class Offers:
    """Loads that could be connected; one entry each."""

    bus: Array
    """Position of the bus."""
    most_mw: Array
    """Largest size."""
    least_mw: Array
    """Smallest size worth opening."""
    fixed_usd: Array
    """Cost of opening it."""
    usd_per_mw: Array
    """Cost of its size."""
    wait_usd_per_mw: Array
    """What the months until it runs are counted as."""

    @classmethod
    def free(cls, bus: Array, most_mw: Array) -> Offers:
        """Return offers that cost nothing and may be of any size."""
        nothing = np.zeros(len(bus))
        return cls(bus, most_mw, nothing, nothing, nothing, nothing)


@dataclass(frozen=True, eq=False)
class Terms:
    """What a choice has to keep to."""

    allowed: Array
    """Offers that may be opened, bool."""
    budget_usd: float = INF
    """Most cost together, waiting not counted."""


@dataclass(frozen=True, eq=False)
class Choice:
    """What each offer gets, and a dispatch that keeps all of it secure."""

    load_mw: Array
    """Of each offer; 0 where it is not opened."""
    supply_mw: Array
    """Supply per bus."""
    gain: float
    """Value of what was aimed at."""
    bound: float
    """No choice is worth more."""
    limits: dict[Pair, float] = field(default_factory=dict)
    """Gain per MW of rating, of each pair that limits it."""

    @property
    def mw(self) -> float:
        """Loads together."""
        return float(self.load_mw.sum())

    @property
    def opened(self) -> Array:
        """Offers that get something, bool."""
        return self.load_mw > 0
