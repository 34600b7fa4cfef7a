"""Several loads at once, beside sums by hand and beside every subset tried."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.choice import Offers, Terms
from geo.flow import after_outages, dc_flows
from geo.redispatch import Redispatch
from geo.shared import SharedDispatch, joint_capacity
from tests.geo.choices import BruteForce, subsets
from tests.geo.nets import flows, network, random_base, random_mesh

TWO_LINES = [(0, 1, 1.0, 100.0), (0, 1, 1.0, 100.0)]
TWO_ARMS = [*TWO_LINES, (0, 2, 1.0, 100.0), (0, 2, 1.0, 100.0)]
MESHES = (st.integers(5, 8), st.integers(0, 10_000))


def study_of(branches, base, cutoff=0.05):
    return Redispatch(network(len(base.demand_mw), branches), base, cutoff)


def everything(offers: Offers) -> Terms:
    return Terms(np.ones(len(offers.bus), dtype=bool))


def priced(bus, most_mw, least_mw, usd=(0.0, 0.0, 0.0)):
    """``usd`` are those of opening, of a MW, and of waiting for a MW."""
    columns = (bus, most_mw, least_mw, *usd)
    return Offers(*[np.array(column) for column in np.broadcast_arrays(*columns)])


def test_two_buses_on_two_arms_take_what_each_takes() -> None:
    """Each arm is firm for 100."""
    study = study_of(TWO_ARMS, flows([0, 0, 0], [500, 0, 0]))
    found = joint_capacity(study, [1, 2])
    assert found.load_mw == pytest.approx([100, 100])


def test_two_buses_share_a_supply() -> None:
    """100 each alone, but the plant has 150."""
    study = study_of(TWO_ARMS, flows([0, 0, 0], [150, 0, 0]))
    assert [study.capacity(bus).mw for bus in (1, 2)] == pytest.approx([100, 100])
    assert joint_capacity(study, [1, 2]).mw == pytest.approx(150)


def test_two_buses_on_one_arm_share_its_limit() -> None:
    """0-1 and 1-2 are double circuits: 100 firm at 1, 100 at 2, 100 together."""
    branches = [*TWO_LINES, (1, 2, 1.0, 100.0), (1, 2, 1.0, 100.0)]
    study = study_of(branches, flows([0, 0, 0], [500, 0, 0]))
    assert joint_capacity(study, [1, 2]).mw == pytest.approx(100)
    offers = Offers.free(np.array([1, 2]), np.array([100.0, 100.0]))
    found = SharedDispatch(study, offers).serve(everything(offers))
    assert found.mw == pytest.approx(100)
    assert {branch for branch, _ in found.limits} <= {0, 1}
    assert sum(found.limits.values()) == pytest.approx(1)


def test_two_offers_at_one_bus_share_what_it_takes() -> None:
    study = study_of(TWO_LINES, flows([0, 40], [300, 0]))
    offers = Offers.free(np.array([1, 1]), np.array([60.0, 60.0]))
    assert SharedDispatch(study, offers).most(everything(offers)).mw == pytest.approx(60)


def test_behind_a_bridge_loads_share_the_surplus_there() -> None:
    """70 of plant and 40 of demand behind 1-2: buses 2 and 3 have 30 firm together.

    Bus 1 takes what comes over one circuit of 0-1 beside that: 100.
    """
    branches = [*TWO_LINES, (1, 2, 1.0, 500.0), (2, 3, 1.0, 500.0), (2, 3, 1.0, 500.0)]
    study = study_of(branches, flows([0, 0, 40, 0], [300, 0, 70, 0]))
    assert joint_capacity(study, [2, 3]).mw == pytest.approx(30)
    assert joint_capacity(study, [1, 2, 3]).mw == pytest.approx(130)


def test_a_lost_bridge_takes_its_surplus_from_all_of_the_rest() -> None:
    """Plants 100 at 0 and 80 behind 0-3, 60 drawn at 0: what is left at 0 serves 40 at 1 and 2."""
    branches = [*TWO_ARMS, (0, 3, 1.0, 500.0)]
    study = study_of(branches, flows([60, 0, 0, 0], [100, 0, 0, 80]))
    assert joint_capacity(study, [1, 2]).mw == pytest.approx(40)


def test_two_networks_that_do_not_touch() -> None:
    """Firm 100 from the one plant, 30 left of the other."""
    branches = [*TWO_LINES, (2, 3, 1.0, 100.0), (2, 3, 1.0, 100.0)]
    study = study_of(branches, flows([0, 0, 50, 0], [300, 0, 80, 0]))
    assert joint_capacity(study, [1, 3]).load_mw == pytest.approx([100, 30])


def test_no_load_hangs_on_a_neighbour() -> None:
    net, base = random_mesh(8, 11), random_base(8, 11)
    study = Redispatch(net, base, 0.05)
    found = joint_capacity(study, np.arange(8))
    assert all(
        load <= study.capacity(bus).mw + 1e-6 for bus, load in enumerate(found.load_mw.tolist())
    )


def test_what_was_over_its_limit_may_not_get_worse() -> None:
    """120 MW over two of 100 are 20 over with one out; bus 2 is fed past them, bus 1 is not."""
    branches = [*TWO_LINES, (0, 2, 1.0, 80.0), (0, 2, 1.0, 80.0)]
    study = study_of(branches, flows([0, 120, 0], [400, 0, 0]))
    found = joint_capacity(study, [1, 2])
    assert found.load_mw == pytest.approx([0, 80], abs=1e-2)


def test_the_least_cost_of_equal_loads() -> None:
    """Both arms can take the 90; arm 2 costs less to open and the same a megawatt."""
    study = study_of(TWO_ARMS, flows([0, 0, 0], [500, 0, 0]))
    offers = priced([1, 2], 100.0, 10.0, ([5e6, 3e6], 1e4, 0.0))
    shared = SharedDispatch(study, offers, total_mw=90.0)
    most = shared.most(everything(offers))
    assert most.mw == pytest.approx(90)
    cheap = shared.cheapest(everything(offers), 90.0, most)
    assert cheap.load_mw == pytest.approx([0, 90])
    assert cheap.gain == pytest.approx(-(3 + 0.9))


def test_a_month_of_waiting_is_weighed_against_cost() -> None:
    """Arm 1 costs 2 M less but waits for 20,000 USD a MW more: dearer from 100 MW on."""
    study = study_of(TWO_ARMS, flows([0, 0, 0], [500, 0, 0]))
    offers = priced([1, 2], 100.0, 10.0, ([1e6, 3e6], 0.0, [30_000, 10_000]))
    for total, loads in ((90.0, [90, 0]), (99.0, [99, 0]), (100.0, None)):
        shared = SharedDispatch(study, offers, total_mw=total, max_open=1)
        cheap = shared.cheapest(everything(offers), total, shared.most(everything(offers)))
        if loads:
            assert cheap.load_mw == pytest.approx(loads)
        assert cheap.gain == pytest.approx(-min(1 + 0.03 * total, 3 + 0.01 * total))


def test_a_budget_is_kept_and_buys_the_most() -> None:
    """4 M USD open arm 2 for 3 M and buy 1 M / 20,000 = 50 MW there."""
    study = study_of(TWO_ARMS, flows([0, 0, 0], [500, 0, 0]))
    offers = priced([1, 2], 100.0, 10.0, ([5e6, 3e6], 2e4, 0.0))
    shared = SharedDispatch(study, offers)
    found = shared.most(dataclasses.replace(everything(offers), budget_usd=4e6))
    assert found.load_mw == pytest.approx([0, 50])


def test_only_what_is_allowed_is_opened_and_no_more_than_asked() -> None:
    study = study_of(TWO_ARMS, flows([0, 0, 0], [500, 0, 0]))
    offers = Offers.free(np.array([1, 2]), np.array([80.0, 100.0]))
    shared = SharedDispatch(study, offers, max_open=1)
    assert shared.most(everything(offers)).load_mw == pytest.approx([0, 100])
    assert shared.most(Terms(np.array([True, False]))).load_mw == pytest.approx([80, 0])


def test_what_is_better_at_the_same_bus_takes_its_place_where_it_may() -> None:
    """The second offer at bus 1 is cheaper in all; it takes the bus's 60 unless it may not."""
    study = study_of(TWO_LINES, flows([0, 40], [300, 0]))
    offers = priced([1, 1], 100.0, 10.0, ([5e6, 3e6], 1e4, 0.0))
    shared = SharedDispatch(study, offers, max_open=1)
    for allowed, loads in (((True, True), [0, 60]), ((True, False), [60, 0])):
        terms = Terms(np.array(allowed))
        cheap = shared.cheapest(terms, 60.0, shared.most(terms))
        assert cheap.load_mw == pytest.approx(loads, abs=1e-3)


def test_a_smaller_site_leaves_room_for_its_neighbour_at_the_bus() -> None:
    """The cheaper one has land for 20 of the 60."""
    study = study_of(TWO_LINES, flows([0, 40], [300, 0]))
    offers = priced([1, 1], [100.0, 20.0], 10.0, ([5e6, 3e6], 1e4, 0.0))
    assert SharedDispatch(study, offers).most(everything(offers)).mw == pytest.approx(60)
    shared = SharedDispatch(study, offers, total_mw=15.0)
    cheap = shared.cheapest(everything(offers), 15.0, shared.most(everything(offers)))
    assert cheap.load_mw == pytest.approx([0, 15])


def test_a_size_too_small_to_open_is_not_opened() -> None:
    """The plant has 150: two of 75 could be fed, but none is worth opening below 80."""
    study = study_of(TWO_ARMS, flows([0, 0, 0], [150, 0, 0]))
    offers = priced([1, 2], 100.0, 75.0)
    assert SharedDispatch(study, offers).most(everything(offers)).mw == pytest.approx(150)
    tight = priced([1, 2], 100.0, 80.0)
    found = SharedDispatch(study, tight).most(everything(tight))
    assert found.opened.sum() == 1
    assert found.mw == pytest.approx(100)


def test_a_bus_that_gets_nothing_makes_nothing_watched() -> None:
    """Bus 3 is full (its circuits carry 60 of the 60 that are firm), and moves 1-3 by all it takes.

    Beside it bus 2 keeps its 100, though 1-3 would forbid every dispatch that is not the base's.
    """
    branches = [*TWO_ARMS, (1, 3, 1.0, 60.0), (1, 3, 1.0, 60.0)]
    study = study_of(branches, flows([0, 0, 0, 60], [500, 0, 0, 0]))
    assert study.capacity(3).mw == pytest.approx(0, abs=1e-2)
    assert joint_capacity(study, [2, 3]).mw == pytest.approx(100)


@settings(max_examples=25)
@given(*MESHES)
def test_the_choice_is_secure_for_all_that_is_opened(n_bus: int, seed: int) -> None:
    net, base = random_mesh(n_bus, seed), random_base(n_bus, seed)
    study = Redispatch(net, base, 0.0)
    assume(not study.congestion)
    found = joint_capacity(study, np.arange(n_bus))
    injection = found.supply_mw - base.demand_mw - found.load_mw
    after = after_outages(study.security.effects, dc_flows(net, injection))
    assert injection.sum() == pytest.approx(0, abs=1e-4)
    assert (found.supply_mw >= base.supply_min_mw - 1e-6).all()
    assert (found.supply_mw <= base.supply_max_mw + 1e-6).all()
    assert (np.abs(dc_flows(net, injection)) <= net.limit_mw + 5e-3).all()
    assert (np.abs(after) <= net.limit_mw[:, None] + 5e-3).all()


@settings(max_examples=20)
@given(*MESHES, st.sampled_from([0.0, 0.1, 0.3]))
def test_joint_capacity_is_the_best_of_all_subsets(n_bus: int, seed: int, cutoff: float) -> None:
    net, base = random_mesh(n_bus, seed), random_base(n_bus, seed)
    study = Redispatch(net, base, cutoff)
    assume(not study.congestion)
    brute = BruteForce(net, base, cutoff)
    buses = np.random.default_rng(seed).choice(n_bus, 4, replace=False).tolist()
    alone = [brute.alone(bus) for bus in buses]
    best = 0.0
    for some in subsets(4, 4):
        loads = brute.solve(
            [buses[at] for at in some], [alone[at] for at in some], np.ones(len(some))
        )
        best = max(best, 0.0 if loads is None else loads.sum())
    found = joint_capacity(study, buses)
    assert found.mw == pytest.approx(best, rel=1e-4, abs=2e-2)
    assert found.bound >= best - 2e-2


@settings(max_examples=20)
@given(*MESHES, st.sampled_from([0.0, 0.2]), st.sampled_from([0.6, 1.0, 5.0]))
def test_the_cheapest_of_the_largest_is_that_of_all_subsets(
    n_bus: int, seed: int, cutoff: float, share: float
) -> None:
    net, base = random_mesh(n_bus, seed), random_base(n_bus, seed)
    study = Redispatch(net, base, cutoff)
    assume(not study.congestion)
    brute, random = BruteForce(net, base, cutoff), np.random.default_rng(seed)
    buses = random.choice(n_bus, 3, replace=False)[[0, 1, 2, 0]]
    alone = np.array([brute.alone(int(bus)) for bus in buses])
    assume((alone > 10).any())
    brute.total_mw = total = share * float(alone.max())
    fixed, per_mw = random.uniform(1e6, 2e7, 4), random.uniform(0, 2e5, 4)
    offers = priced(buses, 1e6, 5.0, (fixed, per_mw / 2, per_mw / 2))
    shared = SharedDispatch(study, offers, total_mw=total, max_open=2)
    most = shared.most(everything(offers))

    def tried(gain, least_mw):
        for some in subsets(4, 2):
            at = list(some)
            if (alone[at] < 5.0).any():
                continue
            sizes = np.minimum(alone[at], total)
            loads = brute.solve(buses[at].tolist(), sizes, gain[at], [5.0] * len(at) + [least_mw])
            if loads is not None:
                yield at, loads

    largest = max(loads.sum() for _, loads in tried(np.ones(4), 0.0))
    assert most.mw == pytest.approx(largest, rel=1e-4, abs=2e-2)
    least_mw = 0.99 * largest
    expected = min(
        float(fixed[at].sum() + per_mw[at] @ loads) for at, loads in tried(-per_mw, least_mw)
    )
    cheap = shared.cheapest(everything(offers), least_mw, most)
    assert -cheap.gain == pytest.approx(expected / 1e6, rel=1e-4, abs=1e-2)


@settings(max_examples=20)
@given(*MESHES, st.sampled_from([0.05, 0.2]))
def test_one_more_bus_to_choose_from_never_lowers_the_answer(
    n_bus: int, seed: int, cutoff: float
) -> None:
    study = Redispatch(random_mesh(n_bus, seed), random_base(n_bus, seed), cutoff)
    order = np.random.default_rng(seed).permutation(n_bus)
    fewer, more = (joint_capacity(study, order[:count]).mw for count in (3, 4))
    alone = [study.capacity(int(bus)).mw for bus in order[:4]]
    assert fewer <= more + 2e-2
    assert max(alone) - 2e-2 <= more <= sum(alone) + 2e-2


def test_a_gap_is_told_by_the_bound() -> None:
    study = Redispatch(random_mesh(40, 5), random_base(40, 5), 0.1)
    exact, near = (joint_capacity(study, np.arange(40), gap=gap) for gap in (0.0, 0.02))
    assert exact.bound - exact.mw <= 1e-2
    assert 0.98 * exact.mw - 1e-2 <= near.mw <= exact.mw + 1e-2 <= near.bound + 2e-2


def test_two_of_many_are_those_of_all_pairs() -> None:
    """Sixteen buses, each offered; the 136 choices of one or two are tried."""
    net, base = random_mesh(16, 2), random_base(16, 2)
    study, brute = Redispatch(net, base, 0.1), BruteForce(net, base, 0.1)
    assert not study.congestion
    alone = [brute.alone(bus) for bus in range(16)]
    tried = [
        brute.solve(some, [alone[bus] for bus in some], np.ones(len(some)))
        for some in subsets(16, 2)
    ]
    best = max(loads.sum() for loads in tried if loads is not None)
    offers = Offers.free(np.arange(16), np.array(alone))
    found = SharedDispatch(study, offers, max_open=2).most(everything(offers))
    assert found.mw == pytest.approx(best, abs=2e-2)


@pytest.mark.parametrize("total_mw", [400.0, 4000.0])
def test_a_thousand_offers_within_two_percent(total_mw: float) -> None:
    net, base = random_mesh(100, 3), random_base(100, 3)
    study, random = Redispatch(net, base, 0.1), np.random.default_rng(1)
    prices = random.uniform(1e6, 2e7, 1000), random.uniform(0, 1e5, 1000)
    offers = priced(
        random.integers(0, 100, 1000), random.uniform(20, 200, 1000), 10.0, (*prices, 0.0)
    )
    shared = SharedDispatch(study, offers, total_mw=total_mw, max_open=5, gap=0.01)
    most = shared.most(everything(offers))
    assert 0 < most.bound - 0.02 * most.bound <= most.mw <= total_mw + 1e-6
    cheap = shared.cheapest(everything(offers), 0.999 * most.mw, most)
    assert cheap.opened.sum() <= 5
    assert cheap.mw >= 0.999 * most.mw - 1e-3
    assert -cheap.gain <= -cheap.bound / 0.98
