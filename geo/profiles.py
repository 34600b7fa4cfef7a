"""The months of a year, and what each month's mean power is to that of the year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.assumption import ASSUMED
from geo.rows import is_number

if TYPE_CHECKING:
    from geo.flow import Array

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MONTH_HOURS: Final = tuple(24 * days for days in (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31))
YEAR_HOURS: Final = sum(MONTH_HOURS)


@dataclass(frozen=True)
class Profile:
    """A seasonal profile."""

    name: str
    """What it is of, and where."""
    power: tuple[float, ...]
    """Mean power of each month from January on; only the proportions count."""
    source: str
    """What is known of it."""


EVEN: Final = Profile("even", (1.0,) * 12, ASSUMED)
SNOW_MELT: Final = Profile(
    "snow melt",
    (0.35, 0.30, 0.35, 0.75, 2.1, 2.6, 1.7, 1.15, 1.1, 1.0, 0.7, 0.5),
    f"{ASSUMED}: inflow to Norway's reservoirs, which snow melt lifts from May to July",
)
MONSOON: Final = Profile(
    "monsoon",
    (0.24, 0.21, 0.22, 0.33, 0.55, 0.85, 1.0, 1.0, 0.93, 0.66, 0.40, 0.30),
    f"{ASSUMED}: run of river in the eastern Himalaya; of Bhutan it is published that 1,488 MW "
    "give about 300 MW from December to March",
)
NORTH_WIND: Final = Profile(
    "north wind",
    (1.3, 1.25, 1.15, 0.95, 0.8, 0.7, 0.65, 0.7, 0.95, 1.1, 1.2, 1.25),
    f"{ASSUMED}: winds of the North Sea and Scandinavia, strongest in winter",
)
NORTH_SUN: Final = Profile(
    "north sun",
    (0.25, 0.5, 0.9, 1.3, 1.6, 1.7, 1.65, 1.4, 1.05, 0.6, 0.3, 0.2),
    f"{ASSUMED}: about 55 degrees north",
)
COLD_WINTER: Final = Profile(
    "cold winter",
    (1.22, 1.21, 1.11, 0.99, 0.89, 0.82, 0.78, 0.82, 0.88, 0.97, 1.10, 1.21),
    f"{ASSUMED}: electric heating, as in Norway",
)
PROFILES: Final = (EVEN, SNOW_MELT, MONSOON, NORTH_WIND, NORTH_SUN, COLD_WINTER)


def profile_named(name: str) -> Profile | None:
    """Return the profile of a name, None if there is none."""
    return next((row for row in PROFILES if row.name == name), None)


def profile_of(value: object) -> Profile | None:
    """Read a profile, given as one, by its name or as twelve numbers; None if it is none."""
    if isinstance(value, Profile):
        return value
    if isinstance(value, str):
        return profile_named(value)
    power = list(value) if isinstance(value, (list, tuple)) else []
    whole = len(power) == len(MONTHS) and all(is_number(x) and x >= 0 for x in power)
    return Profile("the place's own", tuple(power), "the place") if whole and any(power) else None


def profile_remedy() -> str:
    """Say what can stand where a profile does."""
    return "write twelve numbers from 0, or " + ", ".join(f"'{row.name}'" for row in PROFILES)


def energy_shares(profile: Profile) -> Array:
    """Return the share of the year's energy that falls in each month; they add up to 1."""
    energy = np.array(profile.power) * MONTH_HOURS
    return energy / energy.sum()


def shaped_gwh(annual_gwh: Array, shares: Array, most_gwh: Array) -> Array:
    """Spread annual energy over months by a profile, but never above what a month can hold.

    What a full month cannot hold goes to the others in proportion, so that the annual energy stays.

    Parameters
    ----------
    annual_gwh
        (n,) energy of a year.
    shares
        (months,) proportions.
    most_gwh
        (n, months) most that each month can hold.

    Returns
    -------
    Array
        (n, months); its rows add up to the annual energy, or to all that the months can hold.
    """
    out = np.zeros_like(most_gwh)
    full = np.zeros(most_gwh.shape, dtype=bool)
    for _ in shares:
        rest = annual_gwh - np.where(full, most_gwh, 0.0).sum(axis=1)
        open_shares = np.where(full, 0.0, shares)
        total = open_shares.sum(axis=1)
        scale = np.divide(rest, total, out=np.zeros_like(rest), where=total > 0)
        out = np.where(full, most_gwh, scale[:, None] * open_shares)
        over = (out > most_gwh) & ~full
        if not over.any():
            return out
        full |= over
    return np.minimum(out, most_gwh)
