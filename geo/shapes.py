# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Polygons and lines on cells: which cell middles lie in a shape, or within a distance of one.

Everything is worked out in the coordinates of the place from the numbers of a cell, so that a cell
has the same answer in every window that holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.surface import Bools, Floats, Grid


@dataclass(frozen=True, eq=False)
class Segments:
    """Straight pieces of shapes, as arrays that kernels take and workers are sent."""

    ends_m: Floats
    """(n, 4) x and y of the start, x and y of the end."""
    owner: NDArray[np.int64]
    """(n,) Position of the shape that each belongs to; ascending."""
    solid: Bools
    """(n,) Whether it bounds an area, and does not just lie there as a line or point."""

    def __len__(self) -> int:
        """Count the pieces."""
        return len(self.owner)

    def near(self, grid: Grid, reach_m: float) -> Segments:
        """Return the shapes of which something may lie within reach of a window.

        A shape whose box meets the window is kept whole: what lies to its west decides whether a
        middle is inside.
        """
        west, south, east, north = grid.bounds
        low, high = self._boxes
        kept = (low[:, 0] <= east + reach_m) & (high[:, 0] >= west - reach_m)
        kept &= (low[:, 1] <= north + reach_m) & (high[:, 1] >= south - reach_m)
        rows = kept[self.owner] if len(self) else np.zeros(0, dtype=bool)
        return Segments(self.ends_m[rows], self.owner[rows], self.solid[rows])

    @cached_property
    def _boxes(self) -> tuple[Floats, Floats]:
        """Return the lower left and upper right corner of every shape, by its number."""
        size = int(self.owner[-1]) + 1 if len(self) else 0
        low, high = np.full((size, 2), np.inf), np.full((size, 2), -np.inf)
        for part in (self.ends_m[:, :2], self.ends_m[:, 2:]):
            np.minimum.at(low, self.owner, part)
            np.maximum.at(high, self.owner, part)
        return low, high


def segments_of(shapes: Any) -> Segments:  # noqa: ANN401 -- an array of shapes, a series, a list
    """Take shapes apart: rings of polygons, lines, and points as pieces without length."""
    shapes = np.asarray(shapes, dtype=object)
    parts, owner = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)  # collections within collections
    owner = owner[inner]
    is_area = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, ring_of = shapely.get_rings(parts[is_area], return_index=True)
    lines, line_of = parts[~is_area], owner[~is_area]
    pieces = [
        _pieces(rings, owner[is_area][ring_of], solid=True),
        _pieces(lines, line_of, solid=False),
    ]
    ends, owners, solid = (np.concatenate(part) for part in zip(*pieces, strict=True))
    order = np.argsort(owners, kind="stable")
    return Segments(ends[order], owners[order], solid[order])


def _pieces(lines: Any, owner: Any, *, solid: bool) -> tuple[Floats, Any, Bools]:  # noqa: ANN401 -- arrays of shapes
    xy, of = shapely.get_coordinates(lines, return_index=True)
    single = np.bincount(of, minlength=len(lines)) == 1
    joined = of[1:] == of[:-1]
    ends = np.concatenate(
        [np.c_[xy[:-1][joined], xy[1:][joined]], np.c_[xy[single[of]], xy[single[of]]]]
    )
    owners = np.concatenate([owner[of[1:][joined]], owner[of[single[of]]]]).astype(np.int64)
    return ends.reshape(-1, 4), owners, np.full(len(owners), solid)


def inside(grid: Grid, segments: Segments) -> NDArray[np.int64]:
    """Return for each cell the number of the last shape that its middle lies in; -1 for none."""
    out = np.full(grid.shape, -1, np.int64)
    solid = segments.solid
    if solid.any():
        ends, owner = segments.ends_m[solid], segments.owner[solid]
        start = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
        _fill(ends, owner, np.r_[start, len(owner)], _lattice(grid), out)
    return out


def within(grid: Grid, segments: Segments, reach_m: float) -> Bools:
    """Return which cell middles lie in a shape or no farther from one than the reach."""
    out = inside(grid, segments) >= 0
    if len(segments):
        _stamp(segments.ends_m, reach_m, _lattice(grid), out)
    return out


def _lattice(grid: Grid) -> tuple[int, int, float]:
    return grid.row, grid.column, grid.side_m


@compiled
def _rows_of(piece, side, top, bottom):  # noqa: ANN001, ANN202 -- numba infers the types
    """Return the rows whose middles a piece may cross, within limits; one too many does no harm."""
    high, low = max(piece[1], piece[3]), min(piece[1], piece[3])
    return max(int(np.floor(-high / side)) - 1, top), min(int(np.floor(-low / side)) + 2, bottom)


@compiled
def _crossings(ends, side, top, bottom):  # noqa: ANN001, ANN202 -- numba infers the types
    """Return where the pieces of one shape cross the middle of each row, and where rows begin."""
    start = np.zeros(bottom - top + 1, np.int64)
    for piece in ends:
        one, two = _rows_of(piece, side, top, bottom)
        for row in range(one, two):
            y = -(row + 0.5) * side
            start[row - top + 1] += (piece[1] > y) != (piece[3] > y)
    start = np.cumsum(start)
    found, place = np.empty(start[-1]), start[:-1].copy()
    for piece in ends:
        one, two = _rows_of(piece, side, top, bottom)
        for row in range(one, two):
            y = -(row + 0.5) * side
            if (piece[1] > y) != (piece[3] > y):
                slope = (piece[2] - piece[0]) / (piece[3] - piece[1])
                found[place[row - top]] = piece[0] + (y - piece[1]) * slope
                place[row - top] += 1
    return found, start


@compiled
def _fill(ends, owner, start, lattice, out):  # noqa: ANN001, ANN202 -- numba infers the types
    """Fill shape by shape and row by row between pairs of crossings."""
    first_row, first_column, side = lattice
    rows, columns = out.shape
    for shape in range(len(start) - 1):
        pieces = ends[start[shape] : start[shape + 1]]
        high = max(pieces[:, 1].max(), pieces[:, 3].max())
        low = min(pieces[:, 1].min(), pieces[:, 3].min())
        box = np.array([0.0, high, 0.0, low])
        top, bottom = _rows_of(box, side, first_row, first_row + rows)
        if bottom <= top:
            continue
        found, row_start = _crossings(pieces, side, top, bottom)
        for row in range(top, bottom):
            here = np.sort(found[row_start[row - top] : row_start[row - top + 1]])
            for pair in range(0, len(here) - 1, 2):
                left = int(np.ceil(here[pair] / side - 0.5)) - first_column
                right = int(np.ceil(here[pair + 1] / side - 0.5)) - first_column
                out[row - first_row, max(left, 0) : max(min(right, columns), 0)] = owner[
                    start[shape]
                ]


@compiled
def _stamp(ends, reach, lattice, out):  # noqa: ANN001, ANN202 -- numba infers the types
    """Mark the cell middles within reach of any piece, along each row only as far as can be."""
    first_row, first_column, side = lattice
    rows, columns = out.shape
    for piece in range(len(ends)):
        x1, y1, x2, y2 = ends[piece]
        dx, dy = x2 - x1, y2 - y1
        length = dx * dx + dy * dy
        top = max(int(np.floor(-(max(y1, y2) + reach) / side)) - 1, first_row)
        bottom = min(int(np.floor(-(min(y1, y2) - reach) / side)) + 2, first_row + rows)
        for row in range(top, bottom):
            y = -(row + 0.5) * side
            # The part of the piece within reach of this row, as fractions of its length.
            if abs(dy) > 1e-9 * abs(dx) and dy != 0.0:
                one, two = (y - reach - y1) / dy, (y + reach - y1) / dy
                low, high = max(min(one, two), 0.0), min(max(one, two), 1.0)
                if low > high:
                    continue
            else:
                low, high = 0.0, 1.0
            west = min(x1 + low * dx, x1 + high * dx) - reach
            east = max(x1 + low * dx, x1 + high * dx) + reach
            left = max(int(np.floor(west / side)) - 1 - first_column, 0)
            right = min(int(np.floor(east / side)) + 2 - first_column, columns)
            for column in range(left, right):
                x = (column + first_column + 0.5) * side
                part = 0.0
                if length > 0.0:
                    part = min(max(((x - x1) * dx + (y - y1) * dy) / length, 0.0), 1.0)
                off_x, off_y = x - (x1 + part * dx), y - (y1 + part * dy)
                if off_x * off_x + off_y * off_y <= reach * reach:
                    out[row - first_row, column] = True
