from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import loss_search, losses
from geo.groups import Group
from geo.linear import linear_headroom
from tests.geo.dense import Dense
from tests.geo.nets import flows, network, random_base, with_trees

NOBODY = lambda *_: None  # noqa: E731 -- nobody is told


def answers(net, base, *, mode="strict", cutoff=0.05):
    everywhere = np.arange(net.n_bus)
    return linear_headroom(net, base, everywhere, mode=mode, cutoff=cutoff, tell=NOBODY)


def with_groups(net, seed: int, n_group: int):
    """Towers of any branches, and whole stations of one or two buses, lost with their buses."""
    random = np.random.default_rng(seed)
    groups = []
    for at in range(n_group):
        if random.random() < 0.5:
            size = min(int(random.integers(1, 5)), net.n_branch)
            groups.append(
                Group(f"g{at}", np.sort(random.choice(net.n_branch, size, replace=False)))
            )
        else:
            buses = random.choice(net.n_bus, int(random.integers(1, 3)), replace=False)
            met = np.isin(net.tail, buses) | np.isin(net.head, buses)
            own = buses if random.random() < 0.7 else buses[:0]
            groups.append(Group(f"s{at}", np.flatnonzero(met), own))
    return dataclasses.replace(net, groups=tuple(groups))


def assert_equal_to_dense(net, base, mode, cutoff) -> None:
    ours, _, _ = answers(net, base, mode=mode, cutoff=cutoff)
    dense = Dense(net, base, mode, cutoff)
    normal = [dense.capacity(bus, firm=False).mw for bus in range(net.n_bus)]
    firm = [dense.capacity(bus, firm=True).mw for bus in range(net.n_bus)]
    assert ours.normal_mw == pytest.approx(normal, rel=1e-6, abs=1e-6)
    assert ours.firm_mw == pytest.approx(np.minimum(firm, normal), rel=1e-6, abs=1e-6)


@settings(max_examples=150)
@given(
    st.integers(0, 10_000),
    st.integers(4, 14),
    st.integers(0, 10),
    st.integers(1, 6),
    st.sampled_from(["strict", "calibrated"]),
)
def test_groups_equal_the_dense_definition(seed, n_mesh, n_tree, n_group, mode) -> None:
    net = with_groups(with_trees(seed, n_mesh, n_tree), seed, n_group)
    assert_equal_to_dense(net, random_base(n_mesh + n_tree, seed), mode, 0.05)


@settings(max_examples=60)
@given(
    st.integers(0, 10_000),
    st.integers(4, 20),
    st.integers(0, 10),
    st.sampled_from(["strict", "calibrated"]),
    st.sampled_from([0.0, 0.1, 5.0]),
)
def test_what_is_cut_is_proved_or_solved_in_full(seed, n_mesh, n_tree, mode, share) -> None:
    """All pairs near; some; none, so that every branch that could decide is solved."""
    net = with_groups(with_trees(seed, n_mesh, n_tree), seed, 6)
    with pytest.MonkeyPatch.context() as patch:
        for module in (losses, loss_search):
            patch.setattr(module, "cuts_of", lambda _cutoff: (share, share))
        assert_equal_to_dense(net, random_base(n_mesh + n_tree, seed), mode, 0.05)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(4, 12), st.integers(0, 8))
def test_the_worst_flow_counts_groups(seed, n_mesh, n_tree) -> None:
    net = with_groups(with_trees(seed, n_mesh, n_tree), seed, 4)
    base = random_base(n_mesh + n_tree, seed)
    _, worst, worst_at = answers(net, base)
    dense = Dense(net, base, "strict", 0.05)
    assert worst == pytest.approx(np.abs(dense.base).max(axis=1), abs=1e-6)
    column_of = {-1: 0} | {int(label): at + 1 for at, label in enumerate(dense.effects.labels)}
    columns = [column_of[int(label)] for label in worst_at]
    chosen = np.abs(dense.base[np.arange(net.n_branch), columns])
    assert chosen == pytest.approx(worst, abs=1e-6)


def test_a_tower_of_two_circuits_by_hand() -> None:
    """Three circuits of 100 to a load of 40: one out leaves 160, two on one tower leave 60."""
    net = network(2, [(0, 1, 1.0, 100.0)] * 3)
    base = flows([0, 40], [900, 0])
    tower = dataclasses.replace(net, groups=(Group("tower", np.array([0, 1])),))
    alone, _, _ = answers(net, base)
    both, _, _ = answers(tower, base)
    assert alone.firm_mw[1] == pytest.approx(160)
    assert both.firm_mw[1] == pytest.approx(60)
    assert (both.branch[1], both.outage[1]) == (2, 3)
    assert (both.factor[1], both.loading_before[1]) == pytest.approx((1.0, 0.4))
    assert both.loading_after[1] == pytest.approx(1.0)


def test_a_station_lost_leaves_each_part_its_own_surplus() -> None:
    """Without station 1 and its plant of 300, bus 2 has 70 for its 40; bus 3 has nothing.

    Bus 0 has the 900 − 855·… that is left: 1270 MW feed 855, so 0 runs at 606 of its 900. Station
    1 has no answer for its own loss.
    """
    rows = [(0, 1, 1.0, 9e3), (0, 1, 1.0, 9e3), (1, 2, 1.0, 9e3), (1, 3, 1.0, 9e3)]
    base = flows([0, 810, 40, 5], [900, 300, 70, 0])
    every = np.arange(4)
    net = network(4, rows, outages=[])
    station = dataclasses.replace(net, groups=(Group("station", every, np.array([1])),))
    ours, _, _ = answers(station, base)
    unused = 1270 - 855
    assert ours.firm_mw == pytest.approx([900 - 900 * 855 / 1270, unused, 30, 0])
    assert ours.outage.tolist() == [4, -1, 4, 4]
    without_buses, _, _ = answers(dataclasses.replace(net, groups=(Group("station", every),)), base)
    assert without_buses.firm_mw[1] == pytest.approx(0)


def test_a_lost_bus_never_carries_on_however_strong() -> None:
    """Station 0 holds 900 of 970 MW; when it is lost, the rest still has 70 − 45 to spare."""
    net = network(3, [(0, 1, 1.0, 9e3), (0, 1, 1.0, 9e3), (1, 2, 1.0, 9e3)], outages=[])
    base = flows([0, 5, 40], [900, 0, 70])
    lost = dataclasses.replace(net, groups=(Group("0", np.array([0, 1]), np.array([0])),))
    ours, _, _ = answers(lost, base)
    unused_of_2 = 70 - 70 * 45 / 970
    assert ours.firm_mw == pytest.approx([970 - 45, unused_of_2, unused_of_2])


def test_a_group_in_two_parts_counts_in_each() -> None:
    """Two pairs of circuits that do not touch; one of each is lost together."""
    rows = [(0, 1, 1.0, 100.0), (0, 1, 1.0, 100.0), (2, 3, 1.0, 50.0), (2, 3, 1.0, 50.0)]
    base = flows([0, 40, 0, 10], [900, 0, 900, 0], [40, 0, 10, 0])
    net = dataclasses.replace(
        network(4, rows, outages=[]), groups=(Group("both", np.array([0, 2])),)
    )
    ours, _, _ = answers(net, base)
    assert ours.firm_mw[[1, 3]] == pytest.approx([60, 40])
    assert ours.outage[[1, 3]].tolist() == [4, 4]


def test_negative_reactance_in_a_group_is_as_good_as_any() -> None:
    rows = [(0, 1, 1.0), (1, 2, -0.2), (0, 2, 1.0), (2, 3, 1.0), (3, 0, 1.0), (1, 3, 1.0)]
    net = network(4, [(*row, 90.0) for row in rows])
    net = dataclasses.replace(net, groups=(Group("a", np.array([1, 3])),))
    assert_equal_to_dense(net, flows([0, 30, 10, 20], [200, 0, 0, 50]), "strict", 0.05)
