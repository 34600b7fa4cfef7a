"""The least-cost mix of supplies for one campus after another, as one linear programme.

What is built and what is not makes lumps: a line is built whole, and the loss of a unit counts only
where there is one. So every choice of supplies is a small programme of its own; those of all sites
are solved together, and each site takes the cheapest of the highest redundancy that it can have.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.choices import MWH_PER_GWH, Choice, counted_mw, cover, solve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geo.choices import Answer, Menu
    from geo.flow import Array

ENOUGH_MW: Final = 1e-3
SAME_SHARE: Final = 1e-9
BELOW: Final = {
    "2N": ("2N", "N+1", "N", "normal"),
    "N+1": ("N+1", "N", "normal"),
    "N": ("N", "normal"),
}
"""Redundancy asked for, and what is tried in turn where it cannot be had."""


@dataclass(frozen=True, eq=False)
class Mix:
    """What a campus takes of its menu."""

    redundancy: str
    """``2N``, ``N+1``, ``N`` (firm), ``normal`` (met with nothing out) or ``none``."""
    power_mw: Array
    """Delivered by each supply in normal operation."""
    built_mw: Array
    """Built of each, spare units included."""
    energy_gwh: Array
    """Taken of each in a year."""
    uncovered_mw: float
    """Load that no choice covers, in power or for want of energy."""
    usd_per_year: float
    """Capital and energy."""


def least_cost_mixes(
    menus: Sequence[Menu], load_mw: float, energy_gwh: float | Array, redundancy: str
) -> list[Mix]:
    """Return the least-cost mix of each campus.

    Parameters
    ----------
    menus
        One a campus; the grid stands first.
    load_mw
        Power, the same for all.
    energy_gwh
        Energy of a year, of all or of each.
    redundancy
        ``N``: the firm MW cover the load. ``N+1``: they do whatever one supply loses. ``2N``: two
        sets of supplies without a common origin each cover it. Where it cannot be had the next
        lower is taken.

    Returns
    -------
    list of Mix
        In the order of the menus.

    Raises
    ------
    SitingError
        If the solver fails.
    """
    best: dict[int, Mix] = {}
    for level in BELOW[redundancy]:
        open_sites = [site for site in range(len(menus)) if site not in best]
        choices = [
            choice for site in open_sites for choice in _choices(site, menus[site], level, load_mw)
        ]
        answers = solve(choices, menus, load_mw, energy_gwh)
        for choice, answer in zip(choices, answers, strict=True):
            mix = _mix(choice, menus[choice.site], answer)
            covers = mix.uncovered_mw <= ENOUGH_MW or level == "normal"
            if covers and (choice.site not in best or _better(mix, best[choice.site])):
                best[choice.site] = mix
    return [best[site] for site in range(len(menus))]


def _better(mix: Mix, best: Mix) -> bool:
    """Say whether a mix covers more, or as much for less."""
    if abs(mix.uncovered_mw - best.uncovered_mw) > ENOUGH_MW:
        return mix.uncovered_mw < best.uncovered_mw
    return mix.usd_per_year < best.usd_per_year * (1.0 - SAME_SHARE)


def _choices(site: int, menu: Menu, level: str, load_mw: float) -> Iterator[Choice]:
    """Yield the choices that could cover the load, small ones first.

    In normal operation all supplies together are one of them even if they cannot.
    """
    usable = np.flatnonzero(menu.normal_mw > ENOUGH_MW)
    for size in range(len(usable) + 1):
        everything = level == "normal" and size == len(usable)
        for some in combinations(usable, size):
            for sides in _sides(menu, level, np.array(some, dtype=int)):
                choice = Choice(site, level, np.array(some, dtype=int), sides)
                if everything or _could_cover(choice, menu, load_mw):
                    yield choice


def _could_cover(choice: Choice, menu: Menu, load_mw: float) -> bool:
    """Say whether a choice covers the load if nothing but its size counts."""
    power, firm = cover(choice)
    hit_mw = counted_mw(choice.level, menu)[choice.chosen]
    covered_mw = power @ menu.normal_mw[choice.chosen] + firm @ hit_mw
    return len(covered_mw) > 0 and bool((covered_mw >= load_mw - ENOUGH_MW).all())


def _sides(menu: Menu, level: str, chosen: Array) -> Iterator[tuple[Array, ...]]:
    """Yield the ways to part a choice into two without a common origin; only 2N is parted."""
    if level != "2N":
        yield (np.ones(len(chosen), dtype=bool),)
        return
    origins = np.unique(menu.origin[chosen])
    double = (chosen == 0) & menu.two_feeds
    for count in range(len(origins) // 2 + 1):
        for some in combinations(origins, count):
            one = np.isin(menu.origin[chosen], some)
            if (one | double).any() and (~one | double).any():
                yield one | double, ~one | double


def _mix(choice: Choice, menu: Menu, answer: Answer) -> Mix:
    """Read the answer of a choice; a plant is built in whole units."""
    some, size = choice.chosen, len(menu.origin)
    unit = menu.unit_mw[some]
    whole = np.ceil(answer.built_mw / np.where(unit > 0, unit, 1.0) - ENOUGH_MW) * unit
    built = np.where(unit > 0, whole, answer.power_mw)
    usd = (
        menu.lump_usd[some].sum()
        + built @ menu.built_usd_per_mw[some]
        + answer.energy_gwh @ menu.energy_usd_per_mwh[some] * MWH_PER_GWH
    )
    return Mix(
        choice.level if answer.uncovered_mw <= ENOUGH_MW else "none",
        _placed(size, some, answer.power_mw),
        _placed(size, some, built),
        _placed(size, some, answer.energy_gwh),
        answer.uncovered_mw,
        float(usd),
    )


def _placed(size: int, at: Array, values: Array) -> Array:
    out = np.zeros(size)
    out[at] = values
    return out
