"""The built-in grids: the dispatch found is secure by brute force, and one megawatt more is not."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve

from geo.balance import Flows, base_flows
from geo.flow import Network, network_of
from geo.grid import build_grid
from geo.redispatch import Redispatch
from geo.shared import joint_capacity
from layers.place import open_place, read_layers

CUTOFF = 0.10


class Case(NamedTuple):
    network: Network
    base: Flows
    study: Redispatch
    buses: list[int]


@pytest.fixture(scope="module", params=["bhutan", pytest.param("norway", marks=pytest.mark.slow)])
def case(request) -> Case:
    """Six buses with firm power, far from each other in the list."""
    layers = read_layers(open_place(request.param))
    grid = build_grid(layers)
    base = base_flows(grid, layers, layers.place.demand_mw)
    network = network_of(grid)
    study = Redispatch(network, base, CUTOFF)
    home = np.flatnonzero(~grid.buses["abroad"].to_numpy())
    firm = [bus for bus in home[:: max(len(home) // 40, 1)] if study.capacity(int(bus)).mw > 1]
    return Case(network, base, study, [int(bus) for bus in firm[:6]])


def solved(network: Network, base: Flows, kept: np.ndarray, injection: np.ndarray):
    """Flows of the parts with most supply, solved anew; what they lost is made up by capacity."""
    size = network.n_bus
    ends = (network.tail[kept], network.head[kept])
    part = connected_components(
        sp.coo_array((np.ones(kept.sum()), ends), (size, size)), directed=False
    )[1]
    supply = np.bincount(part, base.supply_max_mw)
    flow, runs = np.zeros((network.n_branch, injection.shape[1])), np.zeros(size, dtype=bool)
    for label in np.unique(network.component):
        home = network.component == label
        main = max(np.unique(part[home]), key=lambda one: supply[one])
        inside = part == main
        if supply[main] == 0 or inside.sum() == 1:
            continue
        runs |= inside
        mine = kept & inside[network.tail]
        share = base.supply_max_mw[inside] / supply[main]
        fed = injection[inside] - share[:, None] * injection[inside].sum(axis=0)
        place = np.cumsum(inside) - 1
        tail, head, b = place[network.tail[mine]], place[network.head[mine]], network.susceptance_mw
        rows, columns = np.r_[tail, head, tail, head], np.r_[tail, head, head, tail]
        values = np.r_[b[mine], b[mine], -b[mine], -b[mine]]
        matrix = sp.csc_array((values, (rows, columns)), shape=(inside.sum(),) * 2)[1:, 1:]
        angle = np.vstack(
            [np.zeros(fed.shape[1]), spsolve(matrix, fed[1:]).reshape(-1, fed.shape[1])]
        )
        flow[mine] = b[mine, None] * (angle[tail] - angle[head])
    return flow, runs


def test_the_dispatch_found_is_secure_by_brute_force(case: Case) -> None:
    """Every outage solved anew for the answer, the base case and one MW of load, at six buses."""
    network, base, study, buses = case
    points = [study.secure_point(bus) for bus in buses]
    at = np.eye(network.n_bus)[buses].T
    served = np.column_stack([supply - base.demand_mw for _, supply in points])
    served -= at * [answer.mw for answer, _ in points]
    before = study.dispatch_mw - base.demand_mw
    columns = np.column_stack([served, before, -at])
    checked = 0
    for outage in (-1, *network.outages):
        kept = np.arange(network.n_branch) != outage
        flow, runs = solved(network, base, kept, columns)
        answer, held, factor = flow[:, :6], np.abs(flow[:, 6]), flow[:, 7:]
        limit = network.limit_mw if outage < 0 else network.emergency_mw
        room = np.maximum(limit, held)[:, None] + 1e-2
        watched = (np.abs(factor) >= CUTOFF + 1e-6) & kept[:, None] & runs[buses]
        assert (np.abs(answer) <= room)[watched].all(), network.branch_ids[outage]
        checked += int(watched.sum())
    assert checked > 1000


def test_loads_at_six_buses_at_once_are_secure_by_brute_force(case: Case) -> None:
    """Every outage solved anew with all of them connected, every pair watched that one moves."""
    network, base, study, buses = case
    found = joint_capacity(study, np.array(buses), gap=0.01)
    assert max(study.capacity(bus).mw for bus in buses) - 1e-2 <= found.mw <= found.bound + 1e-2
    at = np.eye(network.n_bus)[buses].T
    served = found.supply_mw - base.demand_mw - at @ found.load_mw
    before = study.dispatch_mw - base.demand_mw
    columns = np.column_stack([served, before, -at])
    opened, checked = found.opened, 0
    for outage in (-1, *network.outages):
        kept = np.arange(network.n_branch) != outage
        flow, runs = solved(network, base, kept, columns)
        limit = network.limit_mw if outage < 0 else network.emergency_mw
        room = np.maximum(limit, np.abs(flow[:, 1])) + 1e-2
        moved = (np.abs(flow[:, 2:]) >= CUTOFF + 1e-6) & opened & runs[buses]
        watched = moved.any(axis=1) & kept
        assert (np.abs(flow[:, 0]) <= room)[watched].all(), network.branch_ids[outage]
        checked += int(watched.sum())
    assert opened.sum() > 1
    assert checked > 1000


def test_one_megawatt_more_has_no_secure_dispatch(case: Case) -> None:
    """Every watched pair written out at once, the load fixed a MW above the answer."""
    network, base, study, buses = case
    suppliers = study.suppliers
    answers = {bus: study.capacity(bus) for bus in buses}
    by_a_line = [bus for bus, answer in answers.items() if answer.branch != answer.outage]
    assert by_a_line
    for bus in by_a_line[:2]:
        answer = answers[bus]
        factors = study.factors(bus)
        stays = study.security.stays_with(bus)
        watched = np.argwhere((np.abs(factors) >= CUTOFF) & study.security.alive & stays)
        rows = np.array([study.security.row(*pair) for pair in watched.tolist()])
        held = np.abs(study.base_mw)[tuple(watched.T)]
        limit = np.maximum(study.security.limit_mw[tuple(watched.T)], held + 1e-4)
        own = suppliers[network.component[suppliers] == network.component[bus]]
        home = network.component == network.component[bus]
        for more_mw, status in ((-1.0, 0), (1.0, 2)):
            drawn = base.demand_mw + np.eye(network.n_bus)[bus] * (answer.mw + more_mw)
            fixed = rows @ (drawn * home)
            found = linprog(
                np.zeros(len(own)),
                np.vstack([rows[:, own], -rows[:, own]]),
                np.r_[limit + fixed, limit - fixed],
                np.ones((1, len(own))),
                [drawn[home].sum()],
                list(zip(base.supply_min_mw[own], base.supply_max_mw[own], strict=True)),
            )
            assert found.status == status
