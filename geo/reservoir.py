"""Twelve months of water: what storage makes of inflow, in a year that repeats itself.

The year is cyclic: what the reservoir holds at its end is what it began with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import linprog

from geo.errors import SitingError

if TYPE_CHECKING:
    from geo.flow import Array

MW_PER_GW: Final = 1000.0
# Worst month first, then all shortfall, then spill, then an even spread of what is left. The last
# has to weigh less than a month in a year, or water would be spilt for evenness.
WORST, SHORT, SPILL, EVEN = 4.0, 2.0, 1.0, 0.01


@dataclass(frozen=True, eq=False)
class WaterYear:
    """How a reservoir is run over the months."""

    release_gwh: Array
    """Energy generated from the reservoir."""
    store_gwh: Array
    """Energy in it at the end of each month."""
    spill_gwh: Array
    """Water let go unused."""
    margin_gwh: Array
    """Release and other supply less demand; negative where something is missing."""


def levelled(
    inflow_gwh: Array, other_gwh: Array, storage_gwh: float, release_max_gwh: Array, hours: Array
) -> WaterYear:
    """Run a reservoir so that the month that is worst off is as well off as can be.

    Parameters
    ----------
    inflow_gwh
        (months,) into the reservoir.
    other_gwh
        (months,) supply that cannot be moved less demand.
    storage_gwh
        What the reservoir holds when full.
    release_max_gwh
        (months,) what the turbines can make of it.
    hours
        (months,) length of each.

    Returns
    -------
    WaterYear
        Of all years with the best worst month, in mean power, one with the least shortfall, then
        the least spill.

    Notes
    -----
    A linear programme over release, store, spill, shortfall, and the lowest and highest margin.
    The first three aims do not compete: the flows through a reservoir have an answer that is best
    for the worst month and for the sum at once.
    """
    count = len(hours)
    one, none, khours = np.eye(count), np.zeros((count, count)), hours / MW_PER_GW
    column, year = np.zeros((count, 1)), khours.sum()
    change = one - np.roll(one, -1, axis=1)
    keeps = np.hstack([one, change, one, none, column, column])
    limits = np.vstack(
        [
            np.hstack([-one, none, none, -one, column, column]),
            np.hstack([-one, none, none, none, khours[:, None], column]),
            np.hstack([one, none, none, none, column, -khours[:, None]]),
        ]
    )
    costs = np.r_[
        np.zeros(2 * count),
        np.full(count, SPILL),
        np.full(count, SHORT),
        -WORST * year,
        EVEN * year,
    ]
    bounds = [
        *((0.0, most) for most in release_max_gwh),
        *[(0.0, storage_gwh)] * count,
        *[(0.0, None)] * (2 * count),
        *[(None, None)] * 2,
    ]
    answer = linprog(
        costs,
        A_ub=limits,
        b_ub=np.r_[other_gwh, other_gwh, -other_gwh],
        A_eq=keeps,
        b_eq=inflow_gwh,
        bounds=bounds,
    )
    if not answer.success:
        raise SitingError(f"monthly balance: the programme found no answer ({answer.message})")
    release, store, spill, _ = np.split(np.asarray(answer.x)[: 4 * count], 4)
    return WaterYear(release, store, spill, release + other_gwh)


def sustained_mw(inflow_gwh: Array, storage_gwh: Array, hours: Array) -> Array:
    """Return the most constant power that reservoirs give all year, whatever the turbines.

    Parameters
    ----------
    inflow_gwh
        (n, months).
    storage_gwh
        (n,) what each holds when full; 0 is run of river.
    hours
        (months,) length of each.

    Notes
    -----
    A constant draw holds if no stretch of months asks for more than its inflow and a full
    reservoir, and the year for no more than its inflow (Rippl's mass curve).
    """
    count = len(hours)
    twice = np.hstack([np.zeros((len(inflow_gwh), 1)), inflow_gwh, inflow_gwh]).cumsum(axis=1)
    time = np.r_[0.0, hours, hours].cumsum()
    best = twice[:, count] / time[count]
    for length in range(1, count):
        water = twice[:, length : length + count] - twice[:, :count]
        span = time[length : length + count] - time[:count]
        best = np.minimum(best, ((storage_gwh[:, None] + water) / span).min(axis=1))
    return best * MW_PER_GW
