"""The least-cost mix: by hand, and against the same question asked with switches."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from geo.choices import Menu
from geo.mix import least_cost_mixes

KHOURS = 8.76


def menu(*supplies: dict, two_feeds=False) -> Menu:
    """Supplies as dicts: normal, firm, left, unit, most, lump, built, price, origin."""
    usual = {"firm": None, "left": 0.0, "unit": 0.0, "most": None, "lump": 0.0, "built": 0.0}
    rows = [usual | {"origin": at} | supply for at, supply in enumerate(supplies)]
    for row in rows:
        row["firm"] = row["normal"] if row["firm"] is None else row["firm"]
        row["most"] = row["normal"] * KHOURS if row["most"] is None else row["most"]
    names = ("normal", "firm", "left", "unit", "most", "lump", "built", "price", "origin")
    return Menu(*(np.array([row[name] for row in rows], float) for name in names), two_feeds)


def grid(normal, firm, left=None, price=40.0, lump=1e6):
    return {"normal": normal, "firm": firm, "left": firm if left is None else left,
            "price": price, "lump": lump}  # fmt: skip


def hydro(mw, price=40.0, lump=2e6):
    return {"normal": mw, "price": price, "lump": lump}


def gas(mw, unit, price=70.0, built=2e5, lump=0.0, **more: float):
    return {"normal": mw, "left": mw, "unit": unit, "price": price, "built": built,
            "lump": lump} | more  # fmt: skip


def mix(redundancy, load, *supplies: dict, energy=None, two_feeds=False):
    menus = [menu(*supplies, two_feeds=two_feeds)]
    return least_cost_mixes(menus, load, load * KHOURS if energy is None else energy, redundancy)[0]


def test_a_firm_grid_is_all_that_is_needed() -> None:
    """A lump of 1 M USD and 100 MW · 8,760 h at 40 USD/MWh."""
    found = mix("N+1", 100, grid(300, 200), hydro(50))
    assert found.redundancy == "N+1"
    assert found.power_mw == pytest.approx([100, 0])
    assert found.energy_gwh == pytest.approx([876, 0])
    assert found.usd_per_year == pytest.approx(1e6 + 876_000 * 40)


def test_a_direct_line_fills_what_the_grid_lacks() -> None:
    """With a line of the grid out 120 are left, so 30 more; with the plant out the grid has 150."""
    found = mix("N+1", 150, grid(200, 120), hydro(60))
    assert found.redundancy == "N+1"
    assert found.power_mw == pytest.approx([150, 30], abs=1e-3)
    assert found.usd_per_year == pytest.approx(3e6 + 150 * 8760 * 40)


def test_firm_alone_asks_for_less() -> None:
    """N: 120 firm MW of the grid and 30 of the plant, with no word on losing the plant."""
    found = mix("N", 150, grid(130, 120), hydro(60))
    assert found.redundancy == "N"
    assert found.power_mw == pytest.approx([120, 30], abs=1e-3)
    # For N+1 the grid lacks 20 MW when the plant is out.
    assert mix("N+1", 150, grid(130, 120), hydro(60)).redundancy == "N"


def test_a_single_way_into_the_grid_has_to_be_done_without() -> None:
    assert mix("N+1", 100, grid(300, 200, left=0), hydro(60)).redundancy == "N"
    both = mix("N+1", 100, grid(300, 200, left=0), hydro(110))
    assert both.redundancy == "N+1"
    assert both.power_mw == pytest.approx([100, 100], abs=1e-3)


@pytest.mark.parametrize(("redundancy", "units"), [("N", 6), ("N+1", 7)])
def test_engines_are_whole_and_n_plus_1_has_one_to_spare(redundancy: str, units: int) -> None:
    """100 MW take 6 engines of 18; with one out 5 are 90, so a seventh."""
    found = mix(redundancy, 100, grid(0, 0), gas(150, 18))
    assert found.redundancy == redundancy
    assert found.built_mw == pytest.approx([0, units * 18])
    assert found.power_mw[1] == pytest.approx(100, abs=1e-3)
    assert found.usd_per_year == pytest.approx(units * 18 * 2e5 + 876_000 * 70)


def test_a_spare_engine_burns_no_gas() -> None:
    """Gas for 100 MW is enough for N+1 at 100 MW, with seven engines."""
    assert mix("N+1", 100, grid(0, 0), gas(100, 18)).redundancy == "N+1"
    assert mix("N+1", 101, grid(0, 0), gas(100, 18)).redundancy == "none"


def test_two_plants_share_their_gas() -> None:
    """Gas for 100 MW of engines or 130 of blocks: half of each is 115."""
    plants = gas(100, 18, origin=1), gas(130, 50, origin=1, price=60.0)
    assert mix("N", 130, grid(0, 0), *plants).uncovered_mw == 0
    found = mix("N", 140, grid(0, 0), *plants)
    assert (found.redundancy, found.uncovered_mw) == ("none", pytest.approx(10))
    assert found.power_mw == pytest.approx([0, 0, 130], abs=1e-3)


def test_2n_takes_two_supplies_that_each_carry_the_load() -> None:
    """The grid's 120 firm MW on one side, on the other six engines; 100 MW are bought once."""
    found = mix("2N", 100, grid(200, 120), gas(150, 18))
    assert found.redundancy == "2N"
    assert found.built_mw == pytest.approx([100, 108])
    assert found.energy_gwh == pytest.approx([876, 0], abs=1e-3)
    assert found.usd_per_year == pytest.approx(1e6 + 108 * 2e5 + 876_000 * 40)


def test_two_plants_on_one_gas_are_not_two_supplies() -> None:
    plants = gas(300, 18, origin=1), gas(300, 50, origin=1)
    assert mix("2N", 100, grid(0, 0), *plants).redundancy == "N+1"
    apart = gas(300, 18, origin=1), gas(300, 50, origin=2)
    assert mix("2N", 100, grid(0, 0), *apart).redundancy == "2N"


def test_a_grid_of_two_feeds_is_two_supplies() -> None:
    assert mix("2N", 100, grid(200, 120), two_feeds=True).redundancy == "2N"
    assert mix("2N", 100, grid(200, 120)).redundancy == "N+1"


def test_what_cannot_be_had_falls_back_step_by_step() -> None:
    assert mix("2N", 100, grid(200, 90)).redundancy == "normal"
    found = mix("2N", 250, grid(200, 90), hydro(20))
    assert (found.redundancy, found.uncovered_mw) == ("none", pytest.approx(30))
    nothing = mix("N+1", 100, grid(0, 0))
    assert (nothing.redundancy, nothing.uncovered_mw) == ("none", pytest.approx(100))
    assert nothing.power_mw.tolist() == [0]


def test_dear_energy_is_drawn_only_where_cheap_energy_ends() -> None:
    """The plant's water is 200 GWh; the other 676 come dearer from the grid."""
    cheap = hydro(100, price=10.0) | {"most": 200.0}
    found = mix("N", 100, grid(200, 120, price=50.0), cheap)
    assert found.energy_gwh == pytest.approx([676, 200])


def test_each_campus_is_answered_as_if_it_were_alone() -> None:
    menus = [menu(grid(300, 200)), menu(grid(0, 0)), menu(grid(200, 120), hydro(60))]
    together = least_cost_mixes(menus, 150, 1314, "N+1")
    assert least_cost_mixes([], 150, 1314, "N+1") == []
    for one, found in zip(menus, together, strict=True):
        alone = least_cost_mixes([one], 150, 1314, "N+1")[0]
        assert alone.redundancy == found.redundancy
        assert alone.usd_per_year == pytest.approx(found.usd_per_year)


LOAD = 100.0
mw = st.integers(0, 160).map(float)
grids = st.tuples(mw, mw, st.booleans(), st.integers(20, 90), st.integers(0, 8)).map(
    lambda t: grid(max(t[0], t[1]), t[1], t[1] if t[2] else 0.0, float(t[3]), t[4] * 1e6)
)
others = st.tuples(mw, st.booleans(), st.integers(20, 90), st.integers(0, 8)).map(
    lambda t: (gas(t[0], 1e-4, float(t[2]), lump=t[3] * 1e6) if t[1]
               else hydro(t[0], float(t[2]), t[3] * 1e6))
)  # fmt: skip


def with_switches(one: Menu, redundancy: str) -> float:
    """Ask for N or N+1 of one menu with a switch a supply; inf where it cannot be had.

    Columns a supply: switch, built, power, energy. Units are too small to matter, so that after a
    loss within a supply there is min(power, left): a column of its own.
    """
    count = len(one.normal_mw)
    size = 5 * count
    at = {name: np.arange(count) + place * count for place, name in enumerate("zbpel")}
    rows, low, high = [], [], []

    def add(entries, least=-np.inf, most=np.inf) -> None:
        row = np.zeros(size)
        for columns, value in entries:
            row[columns] += value
        rows.append(row)
        low.append(least)
        high.append(most)

    stays = one.left_mw if redundancy == "N+1" else one.firm_mw
    for each in range(count):
        add([(at["b"][each], 1), (at["z"][each], -1e4)], most=0)
        add([(at["p"][each], 1), (at["b"][each], -1)], most=0)
        add([(at["l"][each], 1), (at["p"][each], -1)], most=0)
        add([(at["e"][each], 1), (at["p"][each], -KHOURS)], most=0)
        others_in = np.delete(at["p"], each)
        if redundancy == "N+1":
            add([(others_in, 1), (at["l"][each], 1), (at["z"][each], -1e-9)], least=LOAD)
    if redundancy == "N":
        add([(at["l"], 1)], least=LOAD)
    add([(at["e"], 1)], least=LOAD * KHOURS)
    costs = np.r_[one.lump_usd, one.built_usd_per_mw, 0 * stays, one.energy_usd_per_mwh * 1e3,
                  0 * stays] / 1e6  # fmt: skip
    tops = np.r_[np.ones(count), np.full(count, 1e4), one.normal_mw, one.most_gwh, stays]
    answer = milp(
        costs,
        constraints=LinearConstraint(np.array(rows), low, high),
        bounds=Bounds(np.zeros(size), tops),
        integrality=np.r_[np.ones(count), np.zeros(size - count)],
        options={"mip_rel_gap": 1e-9},
    )
    return float(answer.fun) * 1e6 if answer.success else np.inf


@given(grids, st.lists(others, max_size=3), st.sampled_from(["N", "N+1"]))
@settings(max_examples=60)
def test_no_other_choice_is_cheaper(first, rest, redundancy: str) -> None:
    one = menu(first, *rest)
    found = least_cost_mixes([one], LOAD, LOAD * KHOURS, redundancy)[0]
    expected = with_switches(one, redundancy)
    if np.isinf(expected):
        assert found.redundancy != redundancy
    else:
        assert found.redundancy == redundancy
        assert found.usd_per_year == pytest.approx(expected, rel=1e-4, abs=1e3)


@given(grids, st.lists(others, min_size=1, max_size=3))
@settings(max_examples=40)
def test_2n_is_had_where_two_parts_each_carry_the_load(first, rest) -> None:
    one = menu(first, *rest)
    found = least_cost_mixes([one], LOAD, LOAD * KHOURS, "2N")[0]
    everyone = range(len(one.firm_mw))
    possible = any(
        one.firm_mw[list(side)].sum() >= LOAD
        and one.firm_mw.sum() - one.firm_mw[list(side)].sum() >= LOAD
        for size in everyone
        for side in combinations(everyone, size)
    )
    assert (found.redundancy == "2N") == possible


@given(grids, st.lists(others, max_size=2), st.sampled_from(["N", "N+1", "2N"]))
@settings(max_examples=40)
def test_one_supply_more_never_makes_it_worse(first, rest, redundancy: str) -> None:
    order = ["2N", "N+1", "N", "normal", "none"]
    few, many = (
        least_cost_mixes([menu(first, *some)], LOAD, LOAD * KHOURS, redundancy)[0]
        for some in (rest, [*rest, hydro(70)])
    )
    assert order.index(many.redundancy) <= order.index(few.redundancy)
    assert many.uncovered_mw <= few.uncovered_mw + 1e-6
    if many.redundancy == few.redundancy != "none":
        assert many.usd_per_year <= few.usd_per_year * (1 + 1e-6) + 1
