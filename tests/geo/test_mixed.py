"""The mixed-integer programme by itself: what is opened, and rows that hold for who watches."""

from __future__ import annotations

import numpy as np
import pytest

from geo.mixed import MixedProgramme, SecurityRow
from geo.programme import INF


def programme(least=(0.0, 0.0), most=(50.0, 80.0)):
    """One supplier of 100 MW and two offers, supply as much as load."""
    out = MixedProgramme(np.zeros(1), np.array([100.0]), np.array(least), np.array(most), 0.0)
    columns = np.r_[out.supply, out.load]
    out.add_sum(columns, [1.0, -1.0, -1.0], 0.0, 0.0)
    out.aim(np.ones(2), np.zeros(2))
    return out


BOTH = np.array([True, True])


def test_supply_bounds_what_is_served() -> None:
    found = programme().choose(BOTH)
    assert found.load_mw.sum() == pytest.approx(100)
    assert found.bound == pytest.approx(100)


def test_an_offer_that_is_not_allowed_is_closed() -> None:
    assert programme().choose(np.array([True, False])).load_mw == pytest.approx([50, 0])
    assert programme().serve(np.array([False, True])).load_mw == pytest.approx([0, 80])


def test_a_least_size_is_kept_or_the_offer_is_closed() -> None:
    """70 and 40 do not go into 100: only the larger is opened."""
    found = programme(least=(40.0, 70.0)).choose(BOTH)
    assert found.load_mw == pytest.approx([0, 80])
    assert found.opened.tolist() == [False, True]
    assert programme(least=(40.0, 70.0)).serve(BOTH) is None


def test_what_cannot_be_is_none() -> None:
    mixed = programme()
    mixed.add_sum(mixed.load, np.ones(2), 120.0, INF)
    assert mixed.choose(BOTH) is None
    assert mixed.relax(BOTH) is None


def test_opening_costs_once_and_size_by_the_megawatt() -> None:
    """Each MW earns 1: the first offer brings 50 − 30, the second 80 − 70, both 100 − 100."""
    mixed = programme()
    mixed.aim(np.ones(2), np.array([-30.0, -70.0]))
    found = mixed.choose(BOTH)
    assert found.opened.tolist() == [True, False]
    assert found.gain == pytest.approx(20)


def test_a_row_holds_only_if_a_watcher_is_open() -> None:
    """Load of both together at most 60, if the second is open: the first alone keeps its 50."""
    row = SecurityRow(
        supply=np.zeros(1),
        load=np.ones(2),
        most_mw=60.0,
        watchers=np.array([False, True]),
        slack_mw=40.0,
    )
    mixed = programme()
    mixed.add_secure(row)
    assert mixed.security_rows == 1
    assert mixed.serve(np.array([False, True])).load_mw == pytest.approx([0, 60])
    assert mixed.choose(BOTH).load_mw.sum() == pytest.approx(60)
    mixed.aim(np.ones(2), np.array([0.0, -15.0]))
    assert mixed.choose(BOTH).load_mw == pytest.approx([50, 0])


def test_a_row_that_none_watches_but_cannot_be_broken_holds_always() -> None:
    row = SecurityRow(np.ones(1), np.zeros(2), 70.0, np.zeros(2, dtype=bool), slack_mw=0.0)
    mixed = programme()
    mixed.add_secure(row)
    found = mixed.serve(BOTH)
    assert found.load_mw.sum() == pytest.approx(70)
    assert found.duals == pytest.approx([1.0])


def test_a_relaxed_offer_is_open_in_part() -> None:
    """One opening in all: half of each gives 25 + 40, all of the second 80."""
    mixed = programme()
    mixed.add_sum(mixed.open, np.ones(2), 0.0, 1.0)
    mixed.aim(np.array([1.0, 1.0]), np.zeros(2))
    assert mixed.relax(BOTH).gain == pytest.approx(80)
    mixed.add_sum(mixed.load[1:], [1.0], 0.0, 40.0)
    assert mixed.relax(BOTH).gain == pytest.approx(65)
    assert mixed.choose(BOTH).gain == pytest.approx(50)
