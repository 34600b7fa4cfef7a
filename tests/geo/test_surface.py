"""Cells of a place: numbers that do not depend on the window."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import LayerError
from geo.surface import Grid, Surface, grid_over

CRS = "EPSG:25833"


def test_a_window_covers_its_bounds_on_multiples_of_the_side() -> None:
    """From 90 to 310 m east are columns 0 to 3 of 100 m; from 110 to 190 m north is one row."""
    grid = grid_over((90, 110, 310, 190), 100, CRS)
    assert (grid.column, grid.columns, grid.row, grid.rows) == (0, 4, -2, 1)
    assert grid.bounds == (0, 100, 400, 200)
    assert grid.x_m.tolist() == [50, 150, 250, 350]
    assert grid.y_m.tolist() == [150]


@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 40), st.integers(1, 9))
def test_tiles_cut_a_window_without_gap_or_overlap(row, column, size, cells) -> None:
    grid = Grid(CRS, 250.0, column, row, size, size + 3)
    seen = np.zeros(grid.shape, int)
    for tile in grid.tiles(cells):
        top, left = tile.row - row, tile.column - column
        seen[top : top + tile.rows, left : left + tile.columns] += 1
        assert (tile.x_m == grid.x_m[left : left + tile.columns]).all()
        assert (tile.y_m == grid.y_m[top : top + tile.rows]).all()
    assert (seen == 1).all()


def test_finer_and_wider_windows_lie_on_the_same_ground() -> None:
    grid = Grid(CRS, 100.0, 3, -5, 2, 4)
    assert grid.finer(5).bounds == grid.bounds
    assert grid.finer(5).shape == (20, 10)
    assert grid.wider(1).bounds == (200, 0, 600, 600)


def test_a_point_is_in_the_cell_that_it_lies_in() -> None:
    grid = Grid(CRS, 100.0, 0, -2, 3, 2)
    row, column = grid.cells_of(np.array([5.0, 150.0, 350.0]), np.array([195.0, 50.0, 50.0]))
    assert row.tolist() == [0, 1, 1]
    assert column.tolist() == [0, 1, 3]
    surface = Surface(grid, np.arange(6.0).reshape(2, 3), np.ones((2, 3)))
    found = surface.at(np.array([5.0, 150.0, 350.0]), np.array([195.0, 50.0, 50.0]))
    assert found[:2].tolist() == [0, 4]
    assert np.isnan(found[2])


def test_a_surface_fills_its_grid() -> None:
    with pytest.raises(LayerError, match="does not fill"):
        Surface(Grid(CRS, 1.0, 0, 0, 2, 2), np.zeros((2, 3)), np.zeros((2, 3)))
