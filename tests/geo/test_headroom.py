from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.balance import base_flows
from geo.flow import after_outages, dc_flows, outage_effects
from geo.grid import build_grid
from geo.headroom import COLUMNS, headroom_study, hosting_capacity
from geo.linear import linear_headroom
from tests.geo.nets import flows, network, random_base, random_mesh

ONE_LINE = [(0, 1, 1.0, 100.0)]
TWO_LINES = [(0, 1, 1.0, 100.0), (0, 1, 1.0, 100.0)]


def at_bus(net, base, bus, *, mode="strict", cutoff=0.05):
    """Return normal MW, firm MW, and the row of answers."""
    answers, _, _ = linear_headroom(
        net, base, np.array([bus]), mode=mode, cutoff=cutoff, tell=lambda *_: None
    )
    return answers


def linear(branches, demand, supply, *, mode="strict"):
    return at_bus(network(len(demand), branches), flows(demand, supply), 1, mode=mode)


def test_one_line_carries_its_rating_less_what_it_carries() -> None:
    """100 MW rating, 40 MW drawn: room for 60."""
    assert linear(ONE_LINE, [0, 40], [300, 0]).normal_mw == pytest.approx([60])


def test_behind_a_single_line_nothing_is_firm() -> None:
    answer = linear(ONE_LINE, [0, 40], [300, 0])
    assert (answer.firm_mw, answer.branch, answer.outage) == ([0.0], [0], [0])


def test_behind_a_single_line_local_surplus_is_firm() -> None:
    """70 MW stand behind the line, 40 are drawn: 30 are left when it is lost."""
    net = network(2, ONE_LINE)
    base = flows([0, 40], [300, 70], supply=[40, 0])
    assert at_bus(net, base, 1).firm_mw == pytest.approx([30])


def test_of_two_circuits_one_must_be_enough() -> None:
    """Two of 100 carry 200 − 40 in normal operation; one out leaves 100 − 40."""
    answer = linear(TWO_LINES, [0, 40], [300, 0])
    assert answer.normal_mw == pytest.approx([160])
    assert answer.firm_mw == pytest.approx([60])
    assert {*answer.branch, *answer.outage} == {0, 1}
    assert answer.factor == pytest.approx([1.0])
    assert answer.loading_before == pytest.approx([0.4])
    assert answer.loading_after == pytest.approx([1.0])


def test_unused_capacity_caps_the_answer() -> None:
    """Plants of 90 serve 40: no line limits, 50 are left."""
    answer = linear(TWO_LINES, [0, 40], [90, 0])
    assert (answer.firm_mw, answer.branch) == (pytest.approx([50]), [-1])


def test_existing_overload_is_zero_strict_and_room_calibrated() -> None:
    """120 MW over two of 100: one out puts 120 on the other. Calibrated, its limit is 126."""
    assert linear(TWO_LINES, [0, 120], [300, 0]).firm_mw == [0.0]
    answer = linear(TWO_LINES, [0, 120], [300, 0], mode="calibrated")
    assert answer.firm_mw == pytest.approx([6.0])


def test_branches_that_hardly_move_are_not_monitored() -> None:
    """A full way around takes a twelfth of the load: it counts at a cutoff of 0.05, not at 0.1."""
    branches = [(0, 1, 1.0, 1000.0), (0, 2, 5.5, 12.0), (2, 1, 5.5, 1000.0)]
    net, base = network(3, branches, outages=[]), flows([0, 100, 0], [2000, 0, 0])
    near = at_bus(net, base, 1)
    assert near.branch == [1]
    assert near.normal_mw == pytest.approx([(12 - 100 / 12) * 12])
    far = at_bus(net, base, 1, cutoff=0.1)
    assert far.branch == [0]
    assert far.normal_mw == pytest.approx([(1000 - 1100 / 12) * 12 / 11])


@given(st.integers(5, 12), st.integers(0, 10_000), st.integers(0, 100))
def test_linear_is_where_brute_force_first_violates(n_bus: int, seed: int, which: int) -> None:
    """Just below the answer no monitored pair is over; just above one is, or supply has run out."""
    net, base, bus = random_mesh(n_bus, seed), random_base(n_bus, seed), which % n_bus
    answer = at_bus(net, base, bus).firm_mw[0]
    unused = base.supply_max_mw - base.supply_mw
    effects = outage_effects(net, base.supply_max_mw, unused)
    step = unused / unused.sum()
    move = step - np.eye(n_bus)[bus]
    factors = after_outages(effects, dc_flows(net, move))
    normal = dc_flows(net, move)
    watched = np.c_[np.abs(normal) >= 0.05, (np.abs(factors) >= 0.05) & effects.alive]

    def worst(load_mw: float) -> float:
        flow = dc_flows(net, base.injection_mw + move * load_mw)
        both = np.c_[flow, after_outages(effects, flow)]
        over = (np.abs(both) - net.limit_mw[:, None])[watched]
        return float(over.max(initial=-np.inf))

    if answer > 1e-6:
        assert worst(answer * 0.999) <= 1e-6
    if answer < unused.sum() - 1e-6:
        assert worst(answer * 1.001 + 1e-3) > 0


@pytest.mark.parametrize("method", ["redispatch", "linear"])
def test_frame_has_the_columns_of_the_house(toy_layers, method) -> None:
    grid = build_grid(toy_layers)
    frame = hosting_capacity(grid, base_flows(grid, toy_layers, 100.0), method=method)
    assert tuple(frame.columns) == COLUMNS
    assert frame["bus_id"].is_monotonic_increasing
    assert (frame["firm_mw"] <= frame["normal_mw"]).all()
    assert (frame["firm_mw"] >= 0).all()
    assert frame["confidence"].between(0, 1).all()


def test_progress_reaches_the_end(toy_layers) -> None:
    grid = build_grid(toy_layers)
    seen: list[float] = []
    headroom_study(
        grid,
        base_flows(grid, toy_layers, 100.0),
        progress=lambda fraction, _: seen.append(fraction),
    )
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
