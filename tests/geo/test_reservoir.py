"""Water carried from month to month: two months by hand, properties, and other programmes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.reservoir import levelled, sustained_mw

HOURS = np.array([1000.0, 1000.0])
INFLOW = np.array([30.0, 0.0])
DEMAND = np.array([10.0, 10.0])
WIDE = np.array([1e6, 1e6])


def two_months(storage_gwh: float, turbine_gwh: float = 1e6):
    """All water comes in the first month; each month asks for 10 GWh."""
    return levelled(INFLOW, -DEMAND, storage_gwh, np.full(2, turbine_gwh), HOURS)


@pytest.mark.parametrize(
    ("storage_gwh", "margins"),
    [
        (0, [20, -10]),
        (5, [15, -5]),  # 5 are carried over
        (10, [10, 0]),
        (15, [5, 5]),  # level: all that levelling can do
        (40, [5, 5]),
    ],
)
def test_two_months_by_hand(storage_gwh: float, margins: list[float]) -> None:
    year = two_months(storage_gwh)
    assert year.margin_gwh == pytest.approx(margins, abs=1e-6)
    assert year.spill_gwh == pytest.approx([0, 0], abs=1e-6)
    carried = min(storage_gwh, 15)
    assert year.store_gwh[0] - year.store_gwh[1] == pytest.approx(carried, abs=1e-6)


def test_what_turbines_cannot_take_and_the_reservoir_not_hold_is_spilt() -> None:
    """30 come, 20 go through the turbines, 5 are kept: 5 are lost."""
    year = two_months(storage_gwh=5, turbine_gwh=20)
    assert year.release_gwh == pytest.approx([20, 5])
    assert year.spill_gwh == pytest.approx([5, 0])
    assert year.margin_gwh == pytest.approx([10, -5])


def test_a_short_month_is_judged_by_its_mean_power() -> None:
    """15 GWh over 1,000 and 500 hours at one power are 10 and 5."""
    hours = np.array([1000.0, 500.0])
    year = levelled(np.array([15.0, 0.0]), np.zeros(2), 9.0, WIDE, hours)
    assert year.margin_gwh == pytest.approx([10, 5])


def test_water_is_carried_over_the_turn_of_the_year() -> None:
    """The last month's inflow serves the first."""
    year = levelled(np.array([0.0, 20.0]), -DEMAND, 10.0, WIDE, HOURS)
    assert year.margin_gwh == pytest.approx([0, 0], abs=1e-6)
    assert year.store_gwh[1] - year.store_gwh[0] == pytest.approx(10, abs=1e-6)


MONTHS = 4
gwh = st.integers(0, 40).map(float)
years = st.lists(gwh, min_size=MONTHS, max_size=MONTHS).map(np.array)
days = st.sampled_from([672.0, 720.0, 744.0])
lengths = st.lists(days, min_size=MONTHS, max_size=MONTHS).map(np.array)


@dataclass(frozen=True)
class Case:
    """A reservoir and what is asked of it."""

    inflow: np.ndarray
    demand: np.ndarray
    storage: float
    turbine: float
    hours: np.ndarray

    def run(self, more_storage=0.0):
        """Run it through its year."""
        most = np.full(MONTHS, self.turbine)
        return levelled(self.inflow, -self.demand, self.storage + more_storage, most, self.hours)

    def worst_mw(self, year) -> float:
        """Mean power of the worst month."""
        return (year.margin_gwh / self.hours).min() * 1000


cases = st.builds(Case, years, years, gwh, gwh, lengths)


@given(cases)
@settings(max_examples=60)
def test_what_comes_in_goes_out(case) -> None:
    year = case.run()
    before = np.roll(year.store_gwh, 1)
    assert case.inflow + before == pytest.approx(
        year.release_gwh + year.spill_gwh + year.store_gwh, abs=1e-6
    )
    assert year.margin_gwh == pytest.approx(year.release_gwh - case.demand, abs=1e-6)
    out = year.release_gwh.sum() + year.spill_gwh.sum()
    assert out == pytest.approx(case.inflow.sum(), abs=1e-6)
    assert (year.store_gwh <= case.storage + 1e-6).all()
    assert (year.release_gwh <= case.turbine + 1e-6).all()


@given(cases, gwh)
@settings(max_examples=60)
def test_more_storage_never_worsens_the_driest_month(case, more) -> None:
    little, much = case.run(), case.run(more)
    assert case.worst_mw(much) >= case.worst_mw(little) - 1e-4
    short, less = (-year.margin_gwh.clip(max=0).sum() for year in (little, much))
    assert less <= short + 1e-6


def least(case, costs) -> float:
    """Solve the same reservoir month by month for one aim.

    Columns: release, store, spill and shortfall of each month, and the worst month's margin.
    """
    size = 4 * MONTHS + 1
    keep, limit = np.zeros((MONTHS, size)), np.zeros((2 * MONTHS, size))
    for month in range(MONTHS):
        keep[month, [month, MONTHS + month, 2 * MONTHS + month]] += 1
        keep[month, MONTHS + (month - 1) % MONTHS] -= 1
        limit[month, [month, 3 * MONTHS + month]] = -1
        limit[MONTHS + month, month] = -1
        limit[MONTHS + month, -1] = case.hours[month]
    tops = np.r_[np.full(MONTHS, case.turbine), np.full(MONTHS, case.storage), [np.inf] * 8]
    bounds = [*((0, top) for top in tops), (None, None)]
    demand = np.r_[-case.demand, -case.demand]
    return float(linprog(costs, limit, demand, keep, case.inflow, bounds).fun)


@given(cases)
@settings(max_examples=60)
def test_no_other_year_has_a_better_worst_month_or_less_shortfall(case) -> None:
    year = case.run()
    worst = -least(case, np.r_[np.zeros(4 * MONTHS), -1.0])
    assert case.worst_mw(year) == pytest.approx(worst * 1000, abs=1e-3)
    short = least(case, np.r_[np.zeros(3 * MONTHS), np.ones(MONTHS), 0.0])
    assert -year.margin_gwh.clip(max=0).sum() == pytest.approx(short, abs=1e-5)


def test_steady_power_by_hand() -> None:
    """30 GWh in the first 1,000 hours: 5 kept are 5 MW in the next; 15 make it level at 15."""
    storage = np.array([0.0, 5.0, 15.0, 40.0])
    steady = sustained_mw(np.tile(INFLOW, (4, 1)), storage, HOURS)
    assert steady == pytest.approx([0, 5, 15, 15])


def test_a_river_gives_its_least_month() -> None:
    hours = np.array([744.0, 672.0, 744.0])
    steady = sustained_mw(np.array([[74.4, 6.72, 744.0]]), np.zeros(1), hours)
    assert steady == pytest.approx([10])


@given(cases)
@settings(max_examples=60)
def test_steady_power_is_the_worst_month_of_a_year_without_demand(case) -> None:
    wide = replace(case, demand=np.zeros(MONTHS), turbine=1e6)
    steady = sustained_mw(case.inflow[None, :], np.array([case.storage]), case.hours)
    assert steady[0] == pytest.approx(wide.worst_mw(wide.run()), abs=1e-3)
