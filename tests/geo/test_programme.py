from __future__ import annotations

import numpy as np
import pytest

from geo.errors import GridError
from geo.programme import Programme, Rows


def one_row(*, supply, load, most, cut=0.0, outage=-1):
    return Rows(
        np.array([supply], float),
        np.array([load], float),
        np.array([-most], float),
        np.array([most], float),
        np.array([cut], float),
        np.array([outage]),
    )


def two_plants() -> Programme:
    """Plants of 100 and 50, demand 30: 120 are left."""
    return Programme(np.zeros(2), np.array([100.0, 50.0]), 30.0)


def test_supply_and_bound_limit_what_no_row_does() -> None:
    programme = two_plants()
    programme.aim(1000)
    assert programme.solve().load_mw == pytest.approx(120)
    programme.aim(70)
    assert programme.solve().load_mw == pytest.approx(70)


def test_a_row_limits_and_its_dual_is_what_a_megawatt_gives() -> None:
    """The first plant's line carries 40: 40 + 50 - 30 = 60, and one more for each MW."""
    programme = two_plants()
    programme.aim(1000)
    programme.add(one_row(supply=[1, 0], load=0, most=40))
    solution = programme.solve()
    assert solution.load_mw == pytest.approx(60)
    assert solution.duals == pytest.approx([1.0])
    assert solution.dispatch_mw == pytest.approx([40, 50])


def test_rows_are_gone_for_the_next_bus() -> None:
    programme = two_plants()
    programme.aim(1000)
    programme.add(one_row(supply=[1, 0], load=0, most=40, outage=3, cut=1.0))
    programme.solve()
    programme.aim(1000)
    solution = programme.solve()
    assert (solution.load_mw, len(solution.duals)) == (pytest.approx(120), 0)
    assert solution.curtailed_mw == {}


def test_what_is_cut_after_an_outage_makes_room() -> None:
    """The load itself crosses a line of 40 after outage 3; cut by 20 it may be 60, by all, 120."""
    programme = two_plants()
    programme.aim(1000)
    programme.add(one_row(supply=[0, 0], load=1, most=40, outage=3, cut=-1.0))
    solution = programme.solve()
    assert solution.load_mw == pytest.approx(120)
    assert 80 - 1e-6 <= solution.curtailed_mw[3] <= 120 + 1e-6


def test_no_more_than_all_can_be_cut() -> None:
    """The load counts twice in the row and what is cut once: 2 d - c is at most 40 with c = d."""
    programme = two_plants()
    programme.aim(1000)
    programme.add(one_row(supply=[0, 0], load=2, most=40, outage=3, cut=-1.0))
    assert programme.solve().load_mw == pytest.approx(40)


def test_a_programme_without_an_answer_says_so() -> None:
    programme = Programme(np.zeros(1), np.array([10.0]), 30.0)
    programme.aim(5)
    with pytest.raises(GridError, match="Infeasible"):
        programme.solve()
