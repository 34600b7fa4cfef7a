"""Distances, beside brute force, shapely and scipy."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import distance_transform_edt
from shapely import LineString, Point, box

from geo.distance import cells_away, nearest
from geo.shapes import segments_of


def test_three_four_five() -> None:
    lines = segments_of([LineString([(0, 0), (0, -9)]), LineString([(100, 0), (100, 9)])])
    away, owner = nearest(np.array([3.0, 96.0, 0.0]), np.array([4.0, 12.0, -5.0]), lines)
    assert away.tolist() == [5.0, 5.0, 0.0]
    assert owner.tolist() == [0, 1, 0]


def test_of_two_equally_near_the_lower_number_is_named() -> None:
    lines = segments_of([LineString([(10, -1), (10, 1)]), LineString([(-10, -1), (-10, 1)])])
    assert nearest(np.zeros(1), np.zeros(1), lines)[1].tolist() == [0]


def test_no_point_is_no_distance() -> None:
    away, owner = nearest(np.zeros(0), np.zeros(0), segments_of([Point(0, 0)]))
    assert len(away) == len(owner) == 0


spots = st.tuples(st.integers(-60, 60), st.integers(-60, 60))
ways = st.lists(st.lists(spots, min_size=2, max_size=4, unique=True), min_size=1, max_size=12)


@settings(max_examples=60)
@given(ways, st.lists(spots, min_size=1, max_size=300))
def test_brute_force_finds_no_nearer_line(paths, points) -> None:
    lines = [LineString(path) for path in paths]
    x, y = np.array(points, float).T
    away, owner = nearest(x, y, segments_of(lines))
    every = shapely.distance(np.array(lines)[None, :], shapely.points(x, y)[:, None])
    assert away == pytest.approx(every.min(axis=1), abs=1e-9)
    assert every[np.arange(len(x)), owner] == pytest.approx(away, abs=1e-9)


def test_points_do_not_decide_each_others_distance() -> None:
    random = np.random.default_rng(3)
    lines = segments_of([LineString(random.uniform(0, 1e5, (3, 2))) for _ in range(200)])
    x, y = random.uniform(0, 1e5, (2, 5000))
    together, owners = nearest(x, y, lines)
    for part in np.array_split(random.permutation(5000), 7):
        away, owner = nearest(x[part], y[part], lines)
        assert np.array_equal(away, together[part])
        assert np.array_equal(owner, owners[part])


@settings(max_examples=100)
@given(hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=25)))
def test_scipy_finds_the_same_distance_between_cells(marked) -> None:
    found = cells_away(marked, 10_000)
    if marked.any():
        assert found.tolist() == np.rint(distance_transform_edt(~marked) ** 2).astype(int).tolist()
    else:
        assert (found == 10_000).all()


@given(hnp.arrays(bool, (15, 18)), st.integers(1, 6))
def test_a_halo_as_wide_as_the_setback_is_enough(marked, setback) -> None:
    whole = cells_away(marked) <= setback**2
    part = cells_away(marked[5 - min(setback, 5) : 9 + setback, 4 - min(setback, 4) : 12 + setback])
    top, left = min(setback, 5), min(setback, 4)
    if setback <= 4:
        assert (whole[5:9, 4:12] == (part <= setback**2)[top : top + 4, left : left + 8]).all()


def test_a_polygon_is_as_far_as_its_border() -> None:
    away, _ = nearest(np.array([5.0, 20.0]), np.array([5.0, 5.0]), segments_of([box(0, 0, 10, 10)]))
    assert away.tolist() == [5.0, 10.0]
