from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.flow import after_outages, dc_flows, outage_effects
from geo.redispatch import Redispatch
from tests.geo.nets import flows, network, random_base, random_mesh

SERVICES = st.sampled_from(["firm", "flexible"])
TWO_LINES = [(0, 1, 1.0, 100.0), (0, 1, 1.0, 100.0)]


def capacity(branches, base, bus, service="firm", cutoff=0.0):
    study = Redispatch(network(len(base.demand_mw), branches), base, cutoff)
    return study.capacity(bus, service)


def test_two_circuits_by_hand() -> None:
    base = flows([0, 40], [300, 0])
    assert capacity(TWO_LINES, base, 1, "normal").mw == pytest.approx(160)
    firm = capacity(TWO_LINES, base, 1)
    assert firm.mw == pytest.approx(60)
    assert {firm.branch, firm.outage} == {0, 1}
    assert firm.loading_after == pytest.approx(1.0)


def test_dispatch_makes_room_that_fixed_dispatch_lacks() -> None:
    """Bus 1 has a plant of 50 that stands still in the base case: it frees the lines."""
    base = flows([0, 40], [300, 50], supply=[40, 0])
    assert capacity(TWO_LINES, base, 1).mw == pytest.approx(110)


def test_supply_is_a_limit() -> None:
    """90 of plant less 40 of demand, and no line in the way."""
    answer = capacity(TWO_LINES, flows([0, 40], [90, 0]), 1)
    assert (answer.mw, answer.branch) == (pytest.approx(50), -1)


def test_behind_a_bridge_only_local_surplus_is_firm() -> None:
    """70 MW of plant behind the bridge, 40 MW drawn there."""
    branches = [*TWO_LINES, (1, 2, 1.0, 500.0)]
    base = flows([0, 0, 40], [300, 0, 70])
    answer = capacity(branches, base, 2)
    assert answer.mw == pytest.approx(30)
    assert (answer.branch, answer.outage) == (2, 2)


def test_losing_a_bridge_elsewhere_takes_its_surplus_away() -> None:
    """Plants 100 at home and 80 behind the bridge, 60 drawn at home: 40 are firm."""
    branches = [*TWO_LINES, (0, 2, 1.0, 500.0)]
    base = flows([60, 0, 0], [100, 0, 80])
    assert capacity(branches, base, 1).mw == pytest.approx(40)


def test_a_tie_feeds_and_takes() -> None:
    """150 MW from abroad at bus 1 add to one circuit of 100 when the other is lost."""
    base = dataclasses.replace(
        flows([0, 40], [300, 150], supply=[40, 0]), supply_min_mw=np.array([0.0, -150.0])
    )
    assert capacity(TWO_LINES, base, 1).mw == pytest.approx(100 + 150 - 40)


def test_what_is_over_its_limit_before_may_not_get_worse() -> None:
    """120 MW over two of 100: one out is 20 over. Bus 1 gets nothing; bus 2, fed past it, does."""
    branches = [*TWO_LINES, (0, 2, 1.0, 80.0), (0, 2, 1.0, 80.0)]
    base = flows([0, 120, 0], [400, 0, 0])
    study = Redispatch(network(3, branches), base, 0.05)
    assert {(pair.branch, pair.outage) for pair in study.congestion} == {(0, 1), (1, 0)}
    assert [pair.over_mw for pair in study.congestion] == pytest.approx([20, 20])
    assert [pair.loading for pair in study.congestion] == pytest.approx([1.2, 1.2])
    assert study.capacity(1).mw == pytest.approx(0, abs=1e-3)
    assert study.capacity(2).mw == pytest.approx(80)


def test_answers_do_not_depend_on_the_order_of_asking() -> None:
    net, base = random_mesh(20, 4), random_base(20, 4)
    forward, backward = Redispatch(net, base, 0.1), Redispatch(net, base, 0.1)
    first = [forward.capacity(bus).mw for bus in range(20)]
    second = [backward.capacity(bus).mw for bus in reversed(range(20))]
    assert first == pytest.approx(second[::-1], abs=1e-3)


@settings(max_examples=25)
@given(st.integers(5, 14), st.integers(0, 10_000), st.integers(0, 100))
def test_the_answer_is_secure_and_the_next_megawatt_is_not(
    n_bus: int, seed: int, which: int
) -> None:
    net, base, bus = random_mesh(n_bus, seed), random_base(n_bus, seed), which % n_bus
    study = Redispatch(net, base, 0.0)
    assume(not study.congestion)
    answer, supply = study.secure_point(bus)
    injection = supply - base.demand_mw - np.eye(n_bus)[bus] * answer.mw
    flow = dc_flows(net, injection)
    after = after_outages(study.security.effects, flow)
    assert (supply >= base.supply_min_mw - 1e-6).all()
    assert (supply <= base.supply_max_mw + 1e-6).all()
    assert injection.sum() == pytest.approx(0, abs=1e-6)
    assert (np.abs(flow) <= net.limit_mw + 2e-3).all()
    assert (np.abs(after) <= net.limit_mw[:, None] + 2e-3).all()
    room = base.supply_max_mw.sum() - base.demand_mw.sum()
    if answer.branch >= 0 and answer.mw + 1.0 < room:
        demand = base.demand_mw + np.eye(n_bus)[bus] * (answer.mw + 1.0)
        assert Redispatch(net, flows(demand, base.supply_max_mw), 0.0).congestion


def written_out(net, base, bus, *, flexible):
    """Most load by one programme with every pair written out, solved by another solver's front."""
    n_bus, n_out = net.n_bus, len(net.outages) if flexible else 0
    width = n_bus + 1 + n_out
    effects = outage_effects(net, base.supply_max_mw, base.supply_max_mw)
    share = base.supply_max_mw / base.supply_max_mw.sum()
    rows, limits = [], []
    for column in range(len(net.outages) + 1):
        factors = net.ptdf
        if column:
            lost = net.outages[column - 1]
            factors = net.ptdf + effects.shift[:, [column - 1]] * net.ptdf[[lost]]
        row = np.zeros((net.n_branch, width))
        row[:, :n_bus] = factors
        row[:, n_bus] = -factors[:, bus]
        if column and flexible:
            row[:, n_bus + column] = factors[:, bus] - factors @ share
        limit = net.limit_mw if column == 0 else net.emergency_mw
        kept = np.ones(net.n_branch, dtype=bool) if not column else effects.alive[:, column - 1]
        fixed = (factors @ base.demand_mw)[kept]
        rows += [row[kept], -row[kept]]
        limits += [limit[kept] + fixed, limit[kept] - fixed]
    for column in range(n_out):
        row = np.zeros((1, width))
        row[0, n_bus + 1 + column], row[0, n_bus] = 1.0, -1.0
        rows.append(row)
        limits.append(np.zeros(1))
    balance = np.r_[np.ones(n_bus), -1.0, np.zeros(n_out)][None]
    ends = [*zip(base.supply_min_mw, base.supply_max_mw, strict=True), *[(0, None)] * (1 + n_out)]
    aim = -np.eye(width)[n_bus]
    found = linprog(
        aim, np.vstack(rows), np.concatenate(limits), balance, [base.demand_mw.sum()], ends
    )
    assert found.status == 0
    return -found.fun


@settings(max_examples=25)
@given(st.integers(5, 9), st.integers(0, 10_000), st.integers(0, 100), SERVICES)
def test_lazy_rows_miss_nothing(n_bus: int, seed: int, which: int, service: str) -> None:
    net, base, bus = random_mesh(n_bus, seed), random_base(n_bus, seed), which % n_bus
    study = Redispatch(net, base, 0.0)
    assume(not study.congestion)
    answer = study.capacity(bus, service)
    expected = written_out(net, base, bus, flexible=service == "flexible")
    assert answer.mw == pytest.approx(expected, rel=1e-4, abs=1e-2)


def test_a_flexible_load_gets_what_normal_operation_leaves() -> None:
    """Two circuits of 100, 40 drawn: 60 are firm; 160 if the load is cut when one is lost."""
    base = flows([0, 40], [300, 0])
    assert capacity(TWO_LINES, base, 1, "flexible").mw == pytest.approx(160)


def test_cutting_the_load_cannot_make_good_what_dispatch_does() -> None:
    """Behind 0-1-2, bus 2 has a plant of 100 that must run to serve 1 when 0-1 loses a circuit.

    150 drawn at 1; circuits 0-1 carry 80 each. In normal operation 2 x 80 + 100 - 150 = 110 for bus
    1. With one circuit out 80 + 100 serve 150 and 30; what is above that can be cut: 110.
    """
    rows = [(0, 1, 1.0, 80.0), (0, 1, 1.0, 80.0), (1, 2, 1.0, 200.0), (1, 2, 1.0, 200.0)]
    base = flows([0, 150, 0], [400, 0, 100], supply=[100, 0, 50])
    assert capacity(rows, base, 1, "firm").mw == pytest.approx(30)
    assert capacity(rows, base, 1, "flexible").mw == pytest.approx(110)


@settings(max_examples=25)
@given(st.integers(5, 12), st.integers(0, 10_000), st.integers(0, 100))
def test_flexible_lies_between_firm_and_normal(n_bus: int, seed: int, which: int) -> None:
    net, base, bus = random_mesh(n_bus, seed), random_base(n_bus, seed), which % n_bus
    study = Redispatch(net, base, 0.05)
    firm, flexible, normal = (
        study.capacity(bus, service).mw for service in ("firm", "flexible", "normal")
    )
    assert firm - 1e-2 <= flexible <= normal + 1e-2


@settings(max_examples=25)
@given(st.integers(5, 12), st.integers(0, 10_000), st.integers(0, 100))
def test_one_more_megawatt_of_rating_gives_the_gain(n_bus: int, seed: int, which: int) -> None:
    """The gain is a slope: true for a small step unless another limit binds at the same point."""
    net, base, bus = random_mesh(n_bus, seed), random_base(n_bus, seed), which % n_bus
    study = Redispatch(net, base, 0.0)
    assume(not study.congestion)
    answer = study.capacity(bus)
    assume(answer.branch >= 0 and answer.branch != answer.outage)
    step = np.where(np.arange(net.n_branch) == answer.branch, 0.1, 0.0)
    gains = []
    for sign in (1.0, -1.0):
        changed = dataclasses.replace(
            net, limit_mw=net.limit_mw + sign * step, emergency_mw=net.emergency_mw + sign * step
        )
        other = Redispatch(changed, base, 0.0)
        assume(not other.congestion)
        gains.append(sign * (other.capacity(bus).mw - answer.mw) / 0.1)
    more, less = gains
    # Concave in the limits: the slope to the right is at most the gain, to the left at least.
    assert more <= answer.gain + 0.05
    assert less >= answer.gain - 0.05


@settings(max_examples=25)
@given(st.integers(5, 12), st.integers(0, 10_000), st.integers(0, 100))
def test_more_rating_never_lowers_the_answer(n_bus: int, seed: int, which: int) -> None:
    net, base, bus = random_mesh(n_bus, seed), random_base(n_bus, seed), which % n_bus
    wider = dataclasses.replace(
        net, limit_mw=net.limit_mw * 1.1, emergency_mw=net.emergency_mw * 1.1
    )
    before = Redispatch(net, base, 0.0)
    assume(not before.congestion)
    assert Redispatch(wider, base, 0.0).capacity(bus).mw >= before.capacity(bus).mw - 1e-2


@settings(max_examples=25)
@given(st.integers(5, 12), st.integers(0, 10_000), st.integers(0, 100))
def test_doubling_everything_doubles_the_answer(n_bus: int, seed: int, which: int) -> None:
    net, base, bus = random_mesh(n_bus, seed), random_base(n_bus, seed), which % n_bus
    twice_net = dataclasses.replace(
        net, limit_mw=net.limit_mw * 2, emergency_mw=net.emergency_mw * 2
    )
    twice = flows(base.demand_mw * 2, base.supply_max_mw * 2)
    study = Redispatch(net, base, 0.1)
    assume(not study.congestion)
    once = study.capacity(bus).mw
    assert Redispatch(twice_net, twice, 0.1).capacity(bus).mw == pytest.approx(
        2 * once, rel=1e-4, abs=1e-2
    )
