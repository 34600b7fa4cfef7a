"""Shapes on cells, beside shapely on every middle."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from geo.shapes import inside, segments_of, within
from geo.surface import Grid

GRID = Grid("EPSG:25833", 10.0, -7, -9, 25, 22)
"""From x = -70 to 180 and from y = -130 to 90."""


def middles(grid: Grid = GRID) -> np.ndarray:
    return shapely.points(*np.meshgrid(grid.x_m, grid.y_m))


def test_a_ring_with_a_hole() -> None:
    """Ten by ten cells less four by four."""
    ring = box(0, -100, 100, 0).difference(box(30, -70, 70, -30))
    assert (inside(GRID, segments_of([ring])) >= 0).sum() == 100 - 16


def test_the_last_of_overlapping_shapes_owns_a_cell() -> None:
    owner = inside(GRID, segments_of([box(0, -50, 50, 0), box(20, -50, 50, 0)]))
    assert (owner == 0).sum() == 10
    assert (owner == 1).sum() == 15
    assert (owner == -1).sum() == GRID.rows * GRID.columns - 25


def test_points_and_lines_bar_by_distance_only() -> None:
    """Middles no farther than 15 m from the corner of four cells: those four, 7.07 m off."""
    shapes = segments_of([Point(0, 0)])
    assert within(GRID, shapes, 0.0).sum() == 0
    assert within(GRID, shapes, 15.0).sum() == 4
    line = segments_of([LineString([(0, -5), (40, -5)])])
    assert within(GRID, line, 0.0).sum() == 4


def test_collections_are_taken_apart() -> None:
    mixed = GeometryCollection(
        [box(0, -20, 20, 0), MultiPolygon([box(50, -20, 70, 0)]), Point(99, 9)]
    )
    assert len(segments_of([mixed])) == 4 + 4 + 1
    assert len(segments_of([])) == 0
    assert not within(GRID, segments_of([]), 100.0).any()


numbers = st.floats(-90, 200, allow_nan=False).map(lambda value: round(value, 3))
corners = st.lists(st.tuples(numbers, numbers), min_size=3, max_size=9, unique=True)


@settings(max_examples=80)
@given(st.lists(corners, min_size=1, max_size=4), st.floats(0.5, 60))
def test_shapely_says_the_same_of_every_middle(rings, reach_m) -> None:
    shapes = shapely.make_valid([Polygon(ring) for ring in rings])
    shapes = [shape for shape in shapes if shape.area > 1.0]
    whole, where = shapely.union_all(shapes), middles()
    segments = segments_of(shapes)
    away = shapely.distance(whole, where)
    clear = np.abs(shapely.distance(whole.boundary, where)) > 1e-9
    found = inside(GRID, segments) >= 0
    assert (found == shapely.contains(whole, where))[clear].all()
    sure = np.abs(away - reach_m) > 1e-9
    assert (within(GRID, segments, reach_m) == (away <= reach_m))[sure].all()


@settings(max_examples=30)
@given(corners, st.floats(0.5, 60), st.integers(1, 11))
def test_no_window_changes_a_cell(ring, reach_m, cells) -> None:
    segments = segments_of(shapely.make_valid([Polygon(ring)]))
    whole = within(GRID, segments, reach_m)
    for tile in GRID.tiles(cells):
        top, left = tile.row - GRID.row, tile.column - GRID.column
        part = whole[top : top + tile.rows, left : left + tile.columns]
        assert (within(tile, segments.near(tile, reach_m), reach_m) == part).all()


def test_a_self_crossing_shape_bars_as_its_repaired_form_does() -> None:
    """A bow tie is two triangles, whose crossing is a corner of both."""
    bow = Polygon([(0, -100), (100, 0), (100, -100), (0, 0)])
    crooked = inside(GRID, segments_of([bow])) >= 0
    mended = inside(GRID, segments_of([shapely.make_valid(bow)])) >= 0
    assert (crooked == mended).all()
    assert mended.sum() == pytest.approx(bow.convex_hull.area / 2 / 100, abs=10)
