# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Terrain that straight tie-lines cross, where no surface tells a better way.

Rings are kept with the ground on their left. A line that crosses a piece of a ring from its right
goes in, and from its left comes out, so what lies inside is 1 − t summed over the ways in, less the
same over the ways out, and no crossings need sorting. Pieces lie in the squares of a lattice that
each line walks through; a crossing counts in the square that holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import shapely

from geo.kernels import compiled
from geo.shapes import segments_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.kinds import Barred, Layers
    from geo.surface import Floats

PIECES_A_SQUARE: Final = 0.25
"""About; squares are no smaller than the usual piece is long."""
WIDER: Final = 1e-6
"""Share of a square by which pieces are widened when they are put into squares."""


@dataclass(frozen=True, eq=False)
class Crossed:
    """Ground of one terrain, made ready for many lines."""

    terrain: str
    """Row of the terrain table."""
    price: float
    """Cost of a line over it, over that on flat, open land."""
    parts: NDArray[Any]
    """Polygons that do not overlap."""
    ends_m: Floats
    """(n, 4) Pieces of their rings, the ground on their left, square by square."""
    start: NDArray[np.int64]
    """(squares + 1,) Where the pieces of each square begin."""
    lattice: tuple[float, float, float, int, int]
    """West, south and side in m; columns and rows."""

    @classmethod
    def of(cls, terrain: str, price: float, ground: Any) -> Self:  # noqa: ANN401 -- a shape
        """Make the polygons of some ground ready."""
        parts = shapely.get_parts(ground)
        parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
        parts = shapely.orient_polygons(parts)
        ends = segments_of(parts).ends_m
        low, high = np.minimum(ends[:, :2], ends[:, 2:]), np.maximum(ends[:, :2], ends[:, 2:])
        west, south = low.min(axis=0)
        extent = high.max(axis=0) - (west, south)
        side = max(
            float(np.median((high - low).max(axis=1))),
            float(np.sqrt(extent.prod() * PIECES_A_SQUARE / len(ends))),
        )
        columns, rows = (np.floor(extent / side).astype(int) + 1).tolist()
        first, last = (
            np.clip(np.floor((corner - (west, south)) / side + wider), 0, (columns - 1, rows - 1))
            for corner, wider in ((low, -WIDER), (high, WIDER))
        )
        squares = np.concatenate([first, last], axis=1).astype(np.int64)
        start, piece = _by_square(squares, columns, rows)
        lattice = (float(west), float(south), side, columns, rows)
        return cls(terrain, price, parts, ends[piece], start, lattice)

    def share(self, from_m: Floats, to_m: Floats) -> Floats:
        """Return which share of straight lines lies on this ground.

        Parameters
        ----------
        from_m, to_m
            (n, 2) Where the lines begin and end.
        """
        spots, spot = np.unique(from_m, axis=0, return_inverse=True)
        tree = shapely.STRtree(np.asarray(shapely.points(spots), dtype=object))
        _, within = tree.query(self.parts, predicate="intersects")
        began = np.zeros(len(spots))
        began[within] = 1.0
        out = began[spot.ravel()]
        _walk(np.hstack([from_m, to_m]), (self.ends_m, self.start), self.lattice, out)
        return np.clip(out, 0.0, 1.0)


def crossings_of(layers: Layers) -> tuple[Crossed, ...]:
    """Return the barred ground that lines cross at the price of a terrain, dearest first.

    Where kinds of ground overlap, the dearer one counts.
    """
    if layers.barred is None:
        return ()
    frame = layers.barred.frame
    terrain = terrain_of(layers.barred)
    solid = frame.geometry.geom_type.str.endswith("Polygon")
    out: list[Crossed] = []
    before: list[BaseGeometry] = []
    for row in sorted(layers.place.standards.terrains, key=lambda row: -row.price):
        here = frame.geometry[(terrain == row.name) & solid].make_valid()
        parts = shapely.get_parts(here.to_numpy())
        ground = shapely.disjoint_subset_union_all(parts)
        if before:
            ground = shapely.difference(ground, shapely.disjoint_subset_union_all(before))
        if row.price != 1.0 and ground.area > 0:
            out.append(Crossed.of(row.name, row.price, ground))
            before += parts.tolist()
    return tuple(out)


def terrain_of(barred: Barred) -> pd.Series:
    """Return what a line pays for on barred ground: a row of the terrain table, or any word."""
    frame = barred.frame
    return frame["terrain"].where(frame["terrain"] != "", frame["reason"])


def terrain_factor(crossings: Sequence[Crossed], from_m: Floats, to_m: Floats) -> Floats:
    """Return the cost of straight lines over that of as long ones on flat, open land."""
    out = np.ones(len(from_m))
    for ground in crossings:
        out += (ground.price - 1.0) * ground.share(from_m, to_m)
    return out


def _by_square(
    squares: NDArray[np.int64], columns: int, rows: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each square begins in a list of pieces, and that list."""
    start = np.zeros(columns * rows + 1, np.int64)
    _count(squares, columns, start)
    start = np.cumsum(start)
    piece = np.empty(start[-1], np.int64)
    _put(squares, columns, start[:-1].copy(), piece)
    return start, piece


@compiled
def _count(squares, columns, start):  # noqa: ANN001, ANN202 -- numba infers the types
    for k in range(len(squares)):
        for row in range(squares[k, 1], squares[k, 3] + 1):
            for column in range(squares[k, 0], squares[k, 2] + 1):
                start[row * columns + column + 1] += 1


@compiled
def _put(squares, columns, place, piece):  # noqa: ANN001, ANN202 -- numba infers the types
    for k in range(len(squares)):
        for row in range(squares[k, 1], squares[k, 3] + 1):
            for column in range(squares[k, 0], squares[k, 2] + 1):
                piece[place[row * columns + column]] = k
                place[row * columns + column] += 1


@compiled
def _over_lattice(line, lattice):  # noqa: ANN001, ANN202 -- numba infers the types
    """Return where a line is first and last over the lattice, as shares of its length."""
    west, south, side, columns, rows = lattice
    low, high = 0.0, 1.0
    for begin, step, width in (
        (line[0] - west, line[2] - line[0], columns * side),
        (line[1] - south, line[3] - line[1], rows * side),
    ):
        if step != 0.0:
            one, two = -begin / step, (width - begin) / step
            low, high = max(low, min(one, two)), min(high, max(one, two))
        elif begin < 0.0 or begin > width:
            high = -1.0
    return low, high


@compiled
def _way_in(line, pieces, now, then):  # noqa: ANN001, ANN202 -- numba infers the types
    """Return what the crossings between two shares of a line add to its share inside."""
    dx, dy, out = line[2] - line[0], line[3] - line[1], 0.0
    for piece in pieces:
        ax, ay = piece[0] - line[0], piece[1] - line[1]
        bx, by = piece[2] - line[0], piece[3] - line[1]
        a, b = dx * ay - dy * ax, dx * by - dy * bx
        if (a > 0.0) != (b > 0.0):
            ex, ey = bx - ax, by - ay
            t = (ax * ey - ay * ex) / (dx * ey - dy * ex)
            if max(now, 0.0) <= t < min(then, 1.0):
                out += (1.0 - t) if a > 0.0 else t - 1.0
    return out


@compiled
def _walk(lines, rings, lattice, out):  # noqa: ANN001, ANN202 -- numba infers the types
    """Add to each line what it goes in and comes out, square by square."""
    ends, start = rings
    west, south, side, columns, rows = lattice
    for at in range(len(lines)):
        line = lines[at]
        low, high = _over_lattice(line, lattice)
        x, y, dx, dy = line[0] - west, line[1] - south, line[2] - line[0], line[3] - line[1]
        column = min(max(int(np.floor((x + low * dx) / side)), 0), columns - 1)
        row = min(max(int(np.floor((y + low * dy) / side)), 0), rows - 1)
        now = -1.0 if low <= high else 2.0
        while now < 1.0 and 0 <= column < columns and 0 <= row < rows:
            right = ((column + (dx > 0.0)) * side - x) / dx if dx != 0.0 else np.inf
            up = ((row + (dy > 0.0)) * side - y) / dy if dy != 0.0 else np.inf
            then = max(min(right, up), now)
            then = then if then < high else 2.0
            square = row * columns + column
            out[at] += _way_in(line, ends[start[square] : start[square + 1]], now, then)
            if right <= up:
                column += 1 if dx > 0.0 else -1
            else:
                row += 1 if dy > 0.0 else -1
            now = then
