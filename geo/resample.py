# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Rasters brought onto the cells of a place: once, by window, each cell for itself.

A cell is looked at in a few points on a square pattern, each of them in the pixel it falls in; the
cell has their mean, and the share of them that hit a known pixel as its coverage. Coordinates of
the raster are interpolated between nodes of the lattice that depend on no window. So a cell has
the same value to the last bit whatever window it is computed in.
"""

from __future__ import annotations

from functools import lru_cache
from threading import get_ident
from typing import TYPE_CHECKING, Final

import numpy as np
from pyproj import Transformer

from geo.kernels import compiled
from geo.surface import Grid, Surface

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geo.surface import Floats, Raster

NODE_M: Final = 4000.0
"""Coordinates are interpolated over about this length, which bends them by less than a metre."""
MAX_NODES: Final = 16
MAX_POINTS: Final = 10
"""Points along a side of a cell."""
MAX_PIXELS: Final = 1 << 24
"""Pixels that are held at once."""


def on_grid(raster: Raster, grid: Grid) -> Surface:
    """Return the mean of a raster over each cell.

    Parameters
    ----------
    raster
        In any CRS.
    grid
        Cells; finer ones than the pixels get the pixel below their middle.
    """
    return _averaged(raster, grid, [None])[0]


def tables_on_grid(
    raster: Raster, grid: Grid, tables: Sequence[Mapping[int, float]]
) -> list[Surface]:
    """Return for each table the mean over each cell of the numbers that it gives the classes.

    A class that a table does not have is unknown.
    """
    return _averaged(raster, grid, [_looked_up(table) for table in tables])


@lru_cache(maxsize=64)
def _transformer(here: str, there: str, _thread: int) -> Transformer:
    """Return the way from one CRS to another; making it takes longer than using it."""
    return Transformer.from_crs(here, there, always_xy=True)


def _looked_up(table: Mapping[int, float]) -> NDArray[np.float32]:
    out = np.full(max(table, default=0) + 2, np.nan, np.float32)
    for number, value in table.items():
        out[number] = value
    return out


def _averaged(
    raster: Raster, grid: Grid, tables: Sequence[NDArray[np.float32] | None]
) -> list[Surface]:
    values = np.zeros((len(tables), *grid.shape))
    coverage = np.zeros((len(tables), *grid.shape))
    points = points_of(raster, grid.crs, grid.side_m)
    for strip in _strips(raster, grid):
        done = slice(strip.row - grid.row, strip.row - grid.row + strip.rows)
        step = _step(strip)
        x, y = _nodes(raster, strip, step)
        column, row = (x - raster.west) / raster.pixel_x, (raster.north - y) / raster.pixel_y
        window = _window(raster, row, column)
        if window is None:
            values[:, done] = np.nan
            continue
        pixels = raster.read(*window)
        found = [pixels if table is None else _classified(pixels, table) for table in tables]
        pattern = (strip.row % step, strip.column % step, step, points)
        _mean_of_points(
            np.stack(found), window[:2], row, column, pattern, values[:, done], coverage[:, done]
        )
    return [
        Surface(grid, mean.astype(np.float32), share.astype(np.float32))
        for mean, share in zip(values, coverage, strict=True)
    ]


def points_of(raster: Raster, crs: str, side_m: float) -> int:
    """Return how many points along its side a cell is looked at in: about one for each pixel.

    It is worked out in the middle of the raster, so that it is the same in every window.
    """
    to_grid = _transformer(raster.crs, crs, get_ident())
    x, y = to_grid.transform(
        raster.west + raster.pixel_x * raster.columns / 2,
        raster.north - raster.pixel_y * raster.rows / 2,
    )
    if not np.isfinite([x, y]).all():
        return 1
    row, column = np.floor([-y / side_m, x / side_m]).astype(int).tolist()
    across, down = _nodes(raster, Grid(crs, side_m, column, row, 1, 1), 1)
    pixels = max(
        np.ptp(across, axis=1).max() / raster.pixel_x,
        np.ptp(down, axis=0).max() / raster.pixel_y,
    )
    # Rounded, so that a cell of ten pixels has ten points however its corners are projected.
    return int(np.clip(np.ceil(np.round(pixels, 1)), 1, MAX_POINTS)) if np.isfinite(pixels) else 1


def _step(grid: Grid) -> int:
    return int(np.clip(NODE_M // grid.side_m, 1, MAX_NODES))


def _nodes(raster: Raster, grid: Grid, step: int) -> tuple[Floats, Floats]:
    """Return the coordinates in the raster's CRS of the lattice nodes round a window."""
    first_row, first_column = grid.row // step, grid.column // step
    last_row = -(-(grid.row + grid.rows) // step)
    last_column = -(-(grid.column + grid.columns) // step)
    y = -np.arange(first_row, last_row + 1) * step * grid.side_m
    x = np.arange(first_column, last_column + 1) * step * grid.side_m
    across, down = (axis.astype(float) for axis in np.meshgrid(x, y))
    if raster.crs == grid.crs:
        return across, down
    to_raster = _transformer(grid.crs, raster.crs, get_ident())
    return to_raster.transform(across, down)


def _strips(raster: Raster, grid: Grid) -> list[Grid]:
    """Cut a window into strips of rows whose pixels fit into memory."""
    step = _step(grid)
    x, y = _nodes(raster, grid, step)
    wide = _span(x) / raster.pixel_x
    tall = _span(y) / raster.pixel_y
    pixels = min(wide, raster.columns) * min(tall, raster.rows)
    parts = int(np.clip(np.ceil(pixels / MAX_PIXELS), 1, grid.rows))
    rows = -(-grid.rows // parts)
    return [
        Grid(grid.crs, grid.side_m, grid.column, row, grid.columns, min(rows, end - row))
        for end in (grid.row + grid.rows,)
        for row in range(grid.row, end, rows)
    ]


def _span(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(np.ptp(finite)) + 1.0 if finite.size else 1.0


def _window(raster: Raster, row: Floats, column: Floats) -> tuple[int, int, int, int] | None:
    """Return the pixels that a strip needs; None if it needs none."""
    known = np.isfinite(row) & np.isfinite(column)
    if not known.any():
        return None
    top, left = (max(int(np.floor(part[known].min())) - 1, 0) for part in (row, column))
    bottom = min(int(np.ceil(row[known].max())) + 1, raster.rows)
    right = min(int(np.ceil(column[known].max())) + 1, raster.columns)
    if bottom <= top or right <= left:
        return None
    return top, left, bottom - top, right - left


def _classified(pixels: NDArray[np.float32], table: NDArray[np.float32]) -> NDArray[np.float32]:
    known = (pixels >= 0) & (pixels < len(table) - 1)
    place = np.where(known, pixels, len(table) - 1).astype(np.int64)
    return table[place]


@compiled
def _along(nodes, row, f):  # noqa: ANN001, ANN202 -- numba infers the types
    """Interpolate between two rows of nodes."""
    return (1 - f) * nodes[row] + f * nodes[row + 1]


@compiled
def _mean_of_points(pixels, corner, row, column, pattern, values, coverage):  # noqa: ANN001, ANN202, PLR0913, PLR0917 -- numba infers the types
    """Look at each cell in points on a square pattern.

    Parameters
    ----------
    pixels
        (tables, rows, columns) Window of the raster, as each table reads it.
    corner
        Its first row and column.
    row, column
        Pixel coordinates of the nodes.
    pattern
        Row and column of the first cell behind the first node, cells between nodes, points along
        the side of a cell.
    values, coverage
        (tables, rows, columns) Written; values have to be 0 at first.
    """
    first_row, first_column, step, points = pattern
    tables, high, wide = pixels.shape
    for i in range(values.shape[1]):
        node_row = (first_row + i) // step
        for a in range(points):
            f = (first_row + i - node_row * step + (a + 0.5) / points) / step
            here_row, here_column = _along(row, node_row, f), _along(column, node_row, f)
            for j in range(values.shape[2]):
                node = (first_column + j) // step
                for b in range(points):
                    g = (first_column + j - node * step + (b + 0.5) / points) / step
                    r = (1 - g) * here_row[node] + g * here_row[node + 1] - corner[0]
                    c = (1 - g) * here_column[node] + g * here_column[node + 1] - corner[1]
                    if not (0 <= r < high and 0 <= c < wide):  # what is not finite is nowhere
                        continue
                    for table in range(tables):
                        found = pixels[table, int(r), int(c)]
                        if found == found:  # noqa: PLR0124 -- not NaN
                            values[table, i, j] += found
                            coverage[table, i, j] += 1
    _divide(values, coverage, points * points)


@compiled
def _divide(total, count, most):  # noqa: ANN001, ANN202 -- numba infers the types
    """Turn sums into means, NaN of nothing, and counts into shares."""
    for table in range(total.shape[0]):
        for i in range(total.shape[1]):
            for j in range(total.shape[2]):
                seen = count[table, i, j]
                total[table, i, j] = total[table, i, j] / seen if seen else np.nan
                count[table, i, j] = seen / most
