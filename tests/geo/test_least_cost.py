"""Least-cost ways, beside a plain Dijkstra and scikit-image."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage.graph import MCP_Geometric

from geo.least_cost import accumulated, measured, traced

ROOT = 2**0.5
costs = hnp.arrays(
    float,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=14),
    elements=st.sampled_from([1.0, 1.1, 1.2, 1.8, 10.0, 100.0, np.inf]),
)


def dijkstra(cost: np.ndarray, sources, side: float = 1.0) -> np.ndarray:
    """As one would write it down."""
    far = np.full(cost.shape, np.inf)
    heap = []
    for i, j in sources:
        if np.isfinite(cost[i, j]):
            far[i, j] = 0.0
            heap.append((0.0, i, j))
    heapq.heapify(heap)
    while heap:
        here, i, j = heapq.heappop(heap)
        if here > far[i, j]:
            continue
        for p in range(max(i - 1, 0), min(i + 2, cost.shape[0])):
            for q in range(max(j - 1, 0), min(j + 2, cost.shape[1])):
                step = ROOT if p != i and q != j else 1.0
                total = here + step * side * 0.5 * (cost[i, j] + cost[p, q])
                if total < far[p, q]:
                    far[p, q] = total
                    heapq.heappush(heap, (total, p, q))
    return far


def test_a_wall_is_gone_round_and_water_is_crossed_where_it_is_narrow() -> None:
    """Two steps aside and one along, or one step through: √2 + √2 against (1+10)/2 · 2 = 11."""
    cost = np.array([[1.0, 1.0, 1.0], [1.0, 10.0, 1.0], [1.0, np.inf, 1.0]])
    far = accumulated(cost, np.array([[1, 0]]))
    assert far[1, 2] == pytest.approx(2 * ROOT)
    assert np.isinf(far[2, 1])
    assert far[1, 1] == pytest.approx(5.5)
    assert traced(cost, far, (1, 2)).tolist() == [[1, 2], [0, 1], [1, 0]]


def test_lengths_are_in_metres_and_no_way_is_none() -> None:
    cost = np.array([[1.0, np.inf, 1.0]])
    far = accumulated(cost, np.array([[0, 0]]), side=250.0)
    assert far.tolist() == [[0.0, np.inf, np.inf]]
    assert len(traced(cost, far, (0, 2))) == 0
    far = accumulated(np.ones((1, 3)), np.array([[0, 0]]), side=250.0)
    assert far.tolist() == [[0.0, 250.0, 500.0]]


def test_sources_outside_or_on_walls_are_none() -> None:
    cost = np.array([[1.0, np.nan], [1.0, -3.0]])
    far = accumulated(cost, np.array([[0, 1], [-1, 0], [0, 9], [1, 1]]))
    assert np.isinf(far).all()
    assert np.isinf(accumulated(np.full((2, 2), np.inf), np.array([[0, 0]]))).all()


def test_a_way_is_measured_by_what_it_crosses() -> None:
    """Open, forest, open, 100 m a step: 50 m + 100 m + 50 m, the forest priced 1.2."""
    cost, kinds = np.array([[1.0, 1.2, 1.0]]), np.array([[0, 1, 0]])
    far = accumulated(cost, np.array([[0, 0]]), 100.0)
    lengths, worths = np.zeros((2, 2)), np.zeros((2, 2))
    cells = np.array([[0, 2], [5, 5]])
    measured((cost, cost, kinds), far, cells, 100.0, lengths, worths)
    assert lengths[0].tolist() == [100.0, 100.0]
    assert worths[0].tolist() == pytest.approx([100.0, 120.0])
    assert np.isnan(lengths[1]).all()


@settings(max_examples=100)
@given(costs, st.data())
def test_plain_dijkstra_finds_the_same_to_the_last_bit(cost, data) -> None:
    cell = st.tuples(st.integers(0, cost.shape[0] - 1), st.integers(0, cost.shape[1] - 1))
    sources = data.draw(st.lists(cell, min_size=1, max_size=4))
    found = accumulated(cost, np.array(sources))
    assert np.array_equal(found, dijkstra(cost, sources))


@settings(max_examples=60)
@given(costs, st.data())
def test_a_way_costs_what_was_promised(cost, data) -> None:
    cell = st.tuples(st.integers(0, cost.shape[0] - 1), st.integers(0, cost.shape[1] - 1))
    source, goal = data.draw(cell), data.draw(cell)
    far = accumulated(cost, np.array([source]))
    way = traced(cost, far, goal)
    if not np.isfinite(far[goal]):
        assert len(way) == 0
        return
    assert tuple(way[0]) == goal
    assert tuple(way[-1]) == source
    steps = np.abs(np.diff(way, axis=0))
    assert (steps.max(axis=1, initial=0) <= 1).all()
    length = np.where(steps.sum(axis=1) == 2, ROOT, 1.0)
    ends = cost[tuple(way.T)]
    paid = (length * 0.5 * (ends[1:] + ends[:-1])).sum()
    assert paid == pytest.approx(far[goal])
    lengths, worths = np.zeros((1, 1)), np.zeros((1, 1))
    ground = (cost, cost, np.zeros(cost.shape, int))
    measured(ground, far, np.array([goal]), 1.0, lengths, worths)
    assert lengths[0, 0] == pytest.approx(length.sum())
    assert worths[0, 0] == pytest.approx(far[goal])


@settings(max_examples=40)
@given(costs)
def test_dearer_ground_makes_no_way_cheaper(cost) -> None:
    source = np.array([[0, 0]])
    assert (accumulated(cost * 1.5, source) >= accumulated(cost, source)).all()


@pytest.mark.peers
def test_scikit_image_finds_the_same() -> None:
    random = np.random.default_rng(2)
    cost = random.choice([1.0, 1.2, 1.8, 10.0, 100.0], (120, 90))
    sources = random.integers(0, 90, (12, 2))
    theirs, _ = MCP_Geometric(cost).find_costs([tuple(cell) for cell in sources])
    assert accumulated(cost, sources) == pytest.approx(theirs, rel=1e-12)
