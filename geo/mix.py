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
import scipy.sparse as sp
from scipy.optimize import linprog

from geo.errors import SitingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geo.flow import Array

USD_PER_MUSD: Final = 1e6
MWH_PER_GWH: Final = 1000.0
YEAR_KHOURS: Final = 8.76
ENOUGH_MW: Final = 1e-6
SAME_SHARE: Final = 1e-9
DEAR_PER_MW, DEAR_PER_GWH = 1000.0, 100.0
"""M USD for what is not covered: more than any supply costs."""
LEAST_PER_MW: Final = 1e-6
"""M USD a MW, so that no more is asked of a line than is needed, and the first at equal cost."""
BELOW: Final = {
    "2N": ("2N", "N+1", "N", "normal"),
    "N+1": ("N+1", "N", "normal"),
    "N": ("N", "normal"),
}
"""Redundancy asked for, and what is tried in turn where it cannot be had."""


@dataclass(frozen=True, eq=False)
class Menu:
    """The supplies that one campus can choose from; every array has one entry a supply."""

    normal_mw: Array
    """Most that each can deliver with nothing out."""
    firm_mw: Array
    """Most that counts as firm: of the grid, what it delivers with any one line out."""
    left_mw: Array
    """What is left of each after the worst loss within it, where that is no loss of a unit."""
    unit_mw: Array
    """Size of one unit of a plant that is yet to be built; 0 for what is bought."""
    most_gwh: Array
    """Most energy in a year."""
    lump_usd: Array
    """Cost per year of having it at all."""
    built_usd_per_mw: Array
    """Cost per year of each MW built."""
    energy_usd_per_mwh: Array
    """Cost of the energy."""
    origin: Array
    """Number of what feeds it: supplies of one origin share what there is of it."""
    two_feeds: bool
    """Whether the grid, the supply at position 0, is two independent ones."""


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
    """Load that no choice covers, in power or on the mean of the year."""
    usd_per_year: float
    """Capital and energy."""


@dataclass(frozen=True, eq=False)
class _Part:
    """One choice of supplies for one campus."""

    site: int
    """Position of its menu."""
    level: str
    """Redundancy that it is held to, or ``normal``."""
    chosen: Array
    """Positions in the menu."""
    sides: tuple[Array, ...]
    """Which of the chosen count together."""


def least_cost_mixes(
    menus: Sequence[Menu], load_mw: float, energy_gwh: float, redundancy: str
) -> list[Mix]:
    """Return the least-cost mix of each campus.

    Parameters
    ----------
    menus
        One a campus; the grid stands first.
    load_mw, energy_gwh
        Power and energy of a year, the same for all.
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
        parts = [part for site in open_sites for part in _parts(site, menus[site], level, load_mw)]
        for part, values in zip(parts, _solved(parts, menus, load_mw, energy_gwh), strict=True):
            mix = _mix(part, menus[part.site], values)
            covers = mix.uncovered_mw <= ENOUGH_MW or level == "normal"
            if covers and (part.site not in best or _better(mix, best[part.site])):
                best[part.site] = mix
    return [best[site] for site in range(len(menus))]


def _better(mix: Mix, best: Mix) -> bool:
    """Say whether a mix covers more, or as much for less."""
    if abs(mix.uncovered_mw - best.uncovered_mw) > ENOUGH_MW:
        return mix.uncovered_mw < best.uncovered_mw
    return mix.usd_per_year < best.usd_per_year * (1.0 - SAME_SHARE)


def _parts(site: int, menu: Menu, level: str, load_mw: float) -> Iterator[_Part]:
    """Yield the choices that could cover the load, small ones first.

    In normal operation all supplies together are one of them even if they cannot.
    """
    usable = np.flatnonzero(menu.normal_mw > ENOUGH_MW)
    for size in range(len(usable) + 1):
        everything = level == "normal" and size == len(usable)
        for some in combinations(usable, size):
            for sides in _sides(menu, level, np.array(some, dtype=int)):
                part = _Part(site, level, np.array(some, dtype=int), sides)
                if everything or _could_cover(part, menu, load_mw):
                    yield part


def _could_cover(part: _Part, menu: Menu, load_mw: float) -> bool:
    """Say whether a choice covers the load if nothing but its size counts."""
    power, firm = _cover(part)
    counted_mw = _counted_mw(part.level, menu)[part.chosen]
    covered_mw = power @ menu.normal_mw[part.chosen] + firm @ counted_mw
    return len(covered_mw) > 0 and bool((covered_mw >= load_mw - ENOUGH_MW).all())


def _counted_mw(level: str, menu: Menu) -> Array:
    """Return the MW of each supply that count at a level where it is itself hit."""
    return {"normal": menu.normal_mw, "N+1": menu.left_mw}.get(level, menu.firm_mw)


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


def _solved(
    parts: Sequence[_Part], menus: Sequence[Menu], load_mw: float, energy_gwh: float
) -> list[Array]:
    """Solve all parts as one programme and return the values of each."""
    if not parts:
        return []
    blocks = [_block(part, menus[part.site], load_mw, energy_gwh) for part in parts]
    tops = np.concatenate([block.tops for block in blocks])
    answer = linprog(  # type: ignore[call-overload]  # its stub knows no sparse rows
        np.concatenate([block.costs for block in blocks]),
        A_ub=sp.block_diag([block.rows for block in blocks], format="csr"),
        b_ub=np.concatenate([block.limits for block in blocks]),
        bounds=np.column_stack([np.zeros(len(tops)), tops]),
    )
    if not answer.success:
        raise SitingError(f"supply mix: the programme found no answer ({answer.message})")
    ends = np.cumsum([len(block.costs) for block in blocks])[:-1]
    return np.split(np.asarray(answer.x), ends)


@dataclass(frozen=True, eq=False)
class _Block:
    """A part as a programme: least costs @ x with rows @ x at most the limits, 0 to tops.

    Columns: built, power, firm power and energy of each supply, load and energy not covered.
    """

    costs: Array
    rows: Array
    limits: Array
    tops: Array


def _block(part: _Part, menu: Menu, load_mw: float, energy_gwh: float) -> _Block:
    chosen, count = part.chosen, len(part.chosen)
    one, none, gap = np.eye(count), np.zeros((count, count)), np.zeros((count, 2))
    unit = menu.unit_mw[chosen] if part.level == "N+1" else np.zeros(count)
    power, firm = _cover(part)
    short = np.c_[-np.ones(len(power)), np.zeros(len(power))]
    zero = np.zeros_like(power)
    shared_power, shared_energy = _shared(menu, chosen)
    blank, few = np.zeros_like(shared_power), np.zeros((len(shared_power), 2))
    rows = np.vstack(
        [
            np.hstack([-one, one, none, none, gap]),  # what is delivered is built
            np.hstack([none, -one, one, none, gap]),  # what is firm is delivered
            np.hstack([-one, none, one, none, gap]),  # … and built, one unit being out
            np.hstack([none, -YEAR_KHOURS * one, none, one, gap]),  # energy is power over time
            np.hstack([zero, -power, -firm, zero, short]),  # the load is covered
            np.r_[np.zeros(3 * count), -np.ones(count), 0.0, -1.0][None, :],  # and its energy
            np.hstack([blank, shared_power, blank, blank, few]),
            np.hstack([blank, blank, blank, shared_energy, few]),
        ]
    )
    limits = np.r_[
        np.zeros(2 * count), -unit, np.zeros(count), np.full(len(power), -load_mw), -energy_gwh,
        np.ones(2 * len(shared_power)),
    ]  # fmt: skip
    costs = np.r_[
        menu.built_usd_per_mw[chosen] / USD_PER_MUSD,
        LEAST_PER_MW * np.arange(1, count + 1),
        np.zeros(count),
        menu.energy_usd_per_mwh[chosen] * MWH_PER_GWH / USD_PER_MUSD,
        DEAR_PER_MW,
        DEAR_PER_GWH,
    ]
    tops = np.r_[
        np.full(count, np.inf),
        np.minimum(menu.normal_mw[chosen], load_mw),
        _counted_mw(part.level, menu)[chosen],
        menu.most_gwh[chosen],
        np.inf,
        np.inf,
    ]
    return _Block(costs, rows, limits, tops)


def _cover(part: _Part) -> tuple[Array, Array]:
    """Return which powers, whole and firm, have to add up to the load: row × supply."""
    count = len(part.chosen)
    sides = np.array(part.sides, dtype=float).reshape(len(part.sides), count)
    if part.level == "normal":
        return sides, np.zeros_like(sides)
    if part.level == "N+1":
        return 1.0 - np.eye(count), np.eye(count)
    return np.zeros_like(sides), sides


def _shared(menu: Menu, chosen: Array) -> tuple[Array, Array]:
    """Return the share of its origin that a MW and a GWh of each supply take: origin × supply."""
    origins, counts = np.unique(menu.origin[chosen], return_counts=True)
    same = (menu.origin[chosen] == origins[counts > 1][:, None]).astype(float)
    return same / menu.normal_mw[chosen], same / menu.most_gwh[chosen]


def _mix(part: _Part, menu: Menu, values: Array) -> Mix:
    """Read a part's answer; a plant is built in whole units."""
    built, power, _, energy = values[:-2].reshape(4, -1)
    unit = menu.unit_mw[part.chosen]
    whole = np.ceil(built / np.where(unit > 0, unit, 1.0) - ENOUGH_MW) * unit
    built = np.where(unit > 0, whole, power)
    uncovered = max(float(values[-2]), float(values[-1]) / YEAR_KHOURS, 0.0)
    usd = (
        menu.lump_usd[part.chosen].sum()
        + built @ menu.built_usd_per_mw[part.chosen]
        + energy @ menu.energy_usd_per_mwh[part.chosen] * MWH_PER_GWH
    )
    label = part.level if uncovered <= ENOUGH_MW else "none"
    power_mw, built_mw, energy_gwh = (
        _placed(len(menu.origin), part.chosen, each) for each in (power, built, energy)
    )
    return Mix(label, power_mw, built_mw, energy_gwh, uncovered, float(usd))


def _placed(size: int, at: Array, values: Array) -> Array:
    out = np.zeros(size)
    out[at] = values
    return out
