"""Slope by hand, and what a line costs over ground."""

from __future__ import annotations

import numpy as np
import pytest

from geo.errors import LayerError
from geo.surface import Grid, Surface
from geo.terrain import mean_of_pieces, slope_pct

CRS = "EPSG:25833"


def surface(values, side_m=100.0, crs=CRS) -> Surface:
    z = np.asarray(values, dtype=np.float32)
    return Surface(Grid(crs, side_m, 0, 0, z.shape[1], z.shape[0]), z, np.ones(z.shape))


def test_a_plane_has_its_slope() -> None:
    """3 m up in 100 m east and 4 m in 100 m north: √(3² + 4²) = 5 %."""
    y, x = np.mgrid[0:4, 0:5]
    assert slope_pct(surface(3 * x - 4 * y)) == pytest.approx(np.full((2, 3), 5.0), rel=1e-5)


def test_horn_weighs_the_middle_twice() -> None:
    """East less west: (1 + 2·2 + 1) = 6 over 8 · 100 m: 0.75 %."""
    z = [[0, 0, 1], [0, 9, 2], [0, 0, 1]]
    assert slope_pct(surface(z))[0, 0] == pytest.approx(0.75)


def test_beside_the_unknown_slope_is_unknown() -> None:
    z = np.zeros((3, 4))
    z[0, 0] = np.nan
    found = slope_pct(surface(z))
    assert np.isnan(found[0, 0])
    assert found[0, 1] == 0
    z = np.zeros((3, 3))
    z[1, 1] = np.nan
    assert np.isnan(slope_pct(surface(z))[0, 0])


def test_slope_is_refused_in_degrees() -> None:
    with pytest.raises(LayerError, match="in degrees; project it"):
        slope_pct(surface(np.zeros((3, 3)), 0.01, "EPSG:4326"))


def test_pieces_of_which_half_is_known_say_so() -> None:
    mean, known = mean_of_pieces(np.array([[1.0, np.nan], [3.0, np.nan]]), 2)
    assert mean.tolist() == [[2.0]]
    assert known.tolist() == [[0.5]]
