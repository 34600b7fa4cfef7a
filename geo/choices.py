"""One choice of supplies for one campus as a linear programme, and many of them solved as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from geo.errors import SitingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.flow import Array

USD_PER_MUSD: Final = 1e6
MWH_PER_GWH: Final = 1000.0
DEAR_PER_MW, DEAR_PER_GWH = 1000.0, 100.0
"""M USD for what is not covered: more than any supply costs."""
LEAST_PER_MW: Final = 1e-6
"""M USD a MW, so that no more is asked of a line than is needed, and the first at equal cost."""


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
class Choice:
    """One choice of supplies for one campus."""

    site: int
    """Position of its menu."""
    level: str
    """Redundancy that it is held to, or ``normal``."""
    chosen: Array
    """Positions in the menu."""
    sides: tuple[Array, ...]
    """Which of the chosen count together."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a choice comes to, by supply in its order."""

    built_mw: Array
    """Built, spare units included."""
    power_mw: Array
    """Delivered in normal operation."""
    energy_gwh: Array
    """Drawn in a year."""
    uncovered_mw: float
    """What the choice lacks, in power or for want of energy."""


def solve(
    choices: Sequence[Choice], menus: Sequence[Menu], load_mw: float, energy_gwh: float | Array
) -> list[Answer]:
    """Solve all choices as one programme.

    Parameters
    ----------
    choices
        In any order.
    menus
        What they choose from, by ``Choice.site``.
    load_mw, energy_gwh
        Power, and energy of a year, of all menus or of each. A supply gives energy as the load is
        used: what it gives a year is at most its power times energy over load.

    Raises
    ------
    SitingError
        If the solver fails.
    """
    if not choices:
        return []
    drawn_gwh = np.broadcast_to(energy_gwh, len(menus))[[choice.site for choice in choices]]
    blocks = [
        _block(choice, menus[choice.site], load_mw, gwh)
        for choice, gwh in zip(choices, drawn_gwh, strict=True)
    ]
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
    parts = np.split(np.asarray(answer.x), ends)
    return [_read(values, gwh / load_mw) for values, gwh in zip(parts, drawn_gwh, strict=True)]


def cover(choice: Choice) -> tuple[Array, Array]:
    """Return which powers, whole and firm, have to add up to the load: row × supply."""
    count = len(choice.chosen)
    sides = np.array(choice.sides, dtype=float).reshape(len(choice.sides), count)
    if choice.level == "normal":
        return sides, np.zeros_like(sides)
    if choice.level == "N+1":
        return 1.0 - np.eye(count), np.eye(count)
    return np.zeros_like(sides), sides


def counted_mw(level: str, menu: Menu) -> Array:
    """Return the MW of each supply that count at a level where it is itself hit."""
    return {"normal": menu.normal_mw, "N+1": menu.left_mw}.get(level, menu.firm_mw)


@dataclass(frozen=True, eq=False)
class _Block:
    """A choice as a programme: least costs @ x with rows @ x up to limits, x from 0 to tops.

    Columns: built, power, firm power and energy of each supply, then load and energy not covered.
    """

    costs: Array
    """Million USD a year."""
    rows: Array
    """Row × column."""
    limits: Array
    """Of each row."""
    tops: Array
    """Of each column."""


def _block(choice: Choice, menu: Menu, load_mw: float, energy_gwh: float) -> _Block:
    some, count = choice.chosen, len(choice.chosen)
    rows, limits = _rows(choice, menu, load_mw, energy_gwh)
    costs = np.r_[
        menu.built_usd_per_mw[some] / USD_PER_MUSD,
        LEAST_PER_MW * np.arange(1, count + 1),
        np.zeros(count),
        menu.energy_usd_per_mwh[some] * MWH_PER_GWH / USD_PER_MUSD,
        [DEAR_PER_MW, DEAR_PER_GWH],
    ]
    tops = np.r_[
        np.full(count, np.inf),
        np.minimum(menu.normal_mw[some], load_mw),
        counted_mw(choice.level, menu)[some],
        menu.most_gwh[some],
        [np.inf, np.inf],
    ]
    return _Block(costs, rows, limits, tops)


def _rows(choice: Choice, menu: Menu, load_mw: float, energy_gwh: float) -> tuple[Array, Array]:
    count = len(choice.chosen)
    one, none = np.eye(count), np.zeros((count, count))
    out = menu.unit_mw[choice.chosen] if choice.level == "N+1" else np.zeros(count)
    power, firm = cover(choice)
    of_power, of_energy = _shared(menu, choice.chosen)
    nothing, blank = np.zeros_like(power), np.zeros_like(of_power)
    rows = np.vstack(
        [
            np.hstack([-one, one, none, none]),  # what is delivered is built
            np.hstack([none, -one, one, none]),  # what is firm is delivered
            np.hstack([-one, none, one, none]),  # … and built, one unit being out
            np.hstack([none, -energy_gwh / load_mw * one, none, one]),  # as the load is used
            np.hstack([nothing, -power, -firm, nothing]),  # the load is covered
            np.r_[np.zeros(3 * count), -np.ones(count)][None, :],  # and its energy
            np.hstack([blank, of_power, blank, blank]),  # one gas is burnt once
            np.hstack([blank, blank, blank, of_energy]),
        ]
    )
    gaps = np.zeros((len(rows), 2))
    first = 4 * count
    gaps[first : first + len(power), 0] = -1.0
    gaps[first + len(power), 1] = -1.0
    limits = np.zeros(len(rows))
    limits[2 * count : 3 * count] = -out
    limits[first : first + len(power)] = -load_mw
    limits[first + len(power)] = -energy_gwh
    limits[first + len(power) + 1 :] = 1.0
    return np.hstack([rows, gaps]), limits


def _shared(menu: Menu, chosen: Array) -> tuple[Array, Array]:
    """Return the share of its origin that a MW and a GWh of each supply take: origin × supply."""
    origins, counts = np.unique(menu.origin[chosen], return_counts=True)
    same = (menu.origin[chosen] == origins[counts > 1][:, None]).astype(float)
    return same / menu.normal_mw[chosen], same / menu.most_gwh[chosen]


def _read(values: Array, use_gwh_per_mw: float) -> Answer:
    built, power, _, energy = values[:-2].reshape(4, -1)
    missing_mw = float(values[-1]) / use_gwh_per_mw if use_gwh_per_mw else 0.0
    return Answer(built, power, energy, max(float(values[-2]), missing_mw, 0.0))
