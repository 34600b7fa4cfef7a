"""Networks as arrays, small enough to be worked by hand or re-solved by brute force."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from geo.balance import Flows
from geo.flow import Network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.flow import Array

Branch = tuple[int, int, float, float]


def network(
    n_bus: int, branches: Sequence[Branch], outages: Sequence[int] | None = None
) -> Network:
    """Rows of from, to, reactance (1/MW), limit in MW; every branch is an outage unless named."""
    tail, head, reactance, limit = (np.array(column) for column in zip(*branches, strict=True))
    limit = limit.astype(float)
    return Network(
        bus_ids=tuple(f"b{bus}" for bus in range(n_bus)),
        branch_ids=tuple(f"l{branch}" for branch in range(len(branches))),
        tail=tail.astype(int),
        head=head.astype(int),
        susceptance_mw=1.0 / reactance.astype(float),
        limit_mw=limit,
        emergency_mw=limit,
        outages=np.array(range(len(branches)) if outages is None else outages, dtype=int),
    )


def flows(
    demand: Sequence[float], supply_max: Sequence[float], supply: Sequence[float] | None = None
) -> Flows:
    """Build a base case; plants run in proportion to capacity unless told otherwise."""
    wanted, most = np.array(demand, float), np.array(supply_max, float)
    dispatch = most * wanted.sum() / most.sum() if supply is None else np.array(supply, float)
    return Flows(wanted, np.zeros_like(most), most, dispatch, 0.0)


def random_mesh(n_bus: int, seed: int, *, chords: int | None = None) -> Network:
    """A ring with chords: every branch can be lost without splitting it."""
    random = np.random.default_rng(seed)
    ring = [(bus, (bus + 1) % n_bus) for bus in range(n_bus)]
    more = [
        tuple(sorted(random.choice(n_bus, 2, replace=False)))
        for _ in range(n_bus // 2 if chords is None else chords)
    ]
    pairs = ring + [pair for pair in more if abs(pair[0] - pair[1]) > 1]
    rows = [
        (int(one), int(other), float(random.uniform(0.5, 2.0)), float(random.uniform(80, 200)))
        for one, other in pairs
    ]
    return network(n_bus, rows)


def with_trees(seed: int, n_mesh: int, n_tree: int) -> Network:
    """A mesh with trees hung on it, loads and plants out there too: bridges of every kind."""
    random = np.random.default_rng(seed)
    mesh = random_mesh(n_mesh, seed)
    rows = list(zip(mesh.tail, mesh.head, 1 / mesh.susceptance_mw, mesh.limit_mw, strict=True))
    for bus in range(n_mesh, n_mesh + n_tree):
        pair = (int(random.integers(bus)), bus)
        rows.append(
            (*(pair if random.random() < 0.5 else pair[::-1]), 1.0, random.uniform(40, 160))
        )
    net = network(n_mesh + n_tree, rows)
    emergency = net.limit_mw * random.choice([1.0, 1.2, np.inf], net.n_branch)
    return dataclasses.replace(net, emergency_mw=emergency)


def random_base(n_bus: int, seed: int) -> Flows:
    """Some buses draw, some feed with room to spare; loads are light for the limits above."""
    random = np.random.default_rng(seed)
    demand = random.uniform(0, 10, n_bus) * (random.random(n_bus) < 0.6)
    supply = random.uniform(20, 120, n_bus) * (random.random(n_bus) < 0.4)
    supply[random.integers(n_bus)] += 150
    return flows(demand, supply)


def solve_angles(net: Network, kept: Array, injection: Array) -> Array:
    """Solve one connected network anew without factors: the independent check of this folder.

    Parameters
    ----------
    kept
        Branches in service, bool.
    injection
        Balanced.
    """
    laplacian = np.zeros((net.n_bus, net.n_bus))
    for tail, head, b in zip(net.tail[kept], net.head[kept], net.susceptance_mw[kept], strict=True):
        laplacian[tail, tail] += b
        laplacian[head, head] += b
        laplacian[tail, head] -= b
        laplacian[head, tail] -= b
    angle = np.linalg.lstsq(laplacian, injection, rcond=None)[0]
    flow = net.susceptance_mw * (angle[net.tail] - angle[net.head])
    return np.where(kept, flow, 0.0)
