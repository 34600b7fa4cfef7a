# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""What a list of parcels has of somebody's own layers: length of lines, percentiles.

Lines are clipped piece by piece. Boxes, as cells of a grid are, have a way of their own: each piece
is measured within them by the two numbers between which it lies inside. Other polygons are left to
GEOS. Both are exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.kernels import compiled
from geo.shapes import segments_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.surface import Bools, Floats


def length_within_m(polygons: NDArray[Any], lines: NDArray[Any]) -> Floats:
    """Return how many metres of lines lie within each polygon.

    Parameters
    ----------
    polygons
        (n,) Valid polygons in a metric CRS; they may overlap.
    lines
        Lines in the same CRS. What else there is has no length here: of polygons the rings count.

    Returns
    -------
    Floats
        (n,) What runs along a border counts for the polygons on both sides of it.
    """
    out = np.zeros(len(polygons))
    boxed = are_boxes(polygons)
    if boxed.any():
        pieces, bounds = segments_of(lines).ends_m, shapely.bounds(polygons[boxed])
        if len(pieces):
            out[boxed] = _in_boxes(pieces, bounds, *_buckets(bounds))
    rest = np.flatnonzero(~boxed & ~shapely.is_missing(polygons))
    if len(rest):
        lines = np.where(shapely.get_dimensions(lines) > 1, shapely.boundary(lines), lines)
        which, line = shapely.STRtree(lines).query(polygons[rest], predicate="intersects")
        inner = shapely.length(shapely.intersection(polygons[rest[which]], lines[line]))
        out[rest] = np.bincount(which, inner, minlength=len(rest))
    return out


def are_boxes(polygons: NDArray[Any]) -> Bools:
    """Return which polygons are rectangles along the axes, with nothing cut out."""
    box = np.zeros(len(polygons), dtype=bool)
    five = shapely.get_num_coordinates(polygons) == 5  # noqa: PLR2004 -- corners of a closed box
    at = np.flatnonzero(five & (shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON))
    x, y = shapely.get_coordinates(polygons[at]).reshape(-1, 5, 2).transpose(2, 0, 1)
    level, upright = np.diff(y, axis=1) == 0, np.diff(x, axis=1) == 0
    turns = (level[:, 0::2] & upright[:, 1::2]).all(axis=1)
    turns |= (upright[:, 0::2] & level[:, 1::2]).all(axis=1)
    box[at] = turns & (np.ptp(x, axis=1) > 0) & (np.ptp(y, axis=1) > 0)
    return box


def percentiles(values: NDArray[np.floating]) -> Floats:
    """Return for each value the share of all known ones below it, and of its equals half.

    Returns
    -------
    Floats
        Between 0 and 1; NaN where the value is unknown, which counts for nobody.
    """
    out = np.full(len(values), np.nan)
    known = np.flatnonzero(np.isfinite(values))
    if len(known):
        _, which, count = np.unique(values[known], return_inverse=True, return_counts=True)
        below = np.cumsum(count) - count
        out[known] = ((below + count / 2) / len(known))[which]
    return out


def _buckets(bounds: Floats) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """Put boxes into the squares of a lattice that they touch.

    Returns
    -------
    lattice, start, box
        West, south and side of the lattice and its columns and rows; where each square begins in
        the last, which holds the numbers of boxes.
    """
    west, south = bounds[:, :2].min(axis=0)
    side = float(np.median((bounds[:, 2:] - bounds[:, :2]).max(axis=1)))
    extent = bounds[:, 2:].max(axis=0) - (west, south)
    # No more squares than some for each box, however small boxes are beside what lies between.
    side = max(side, float(np.sqrt(extent[0] * extent[1] / (4.0 * len(bounds) + 16.0))))
    columns, rows = (np.floor(extent / side) + 1).astype(np.int64)
    lattice = np.array([west, south, side, columns, rows])
    start, box = _fill_buckets(bounds, lattice)
    return lattice, start, box


@compiled
def _square(value, low, side, most):  # noqa: ANN001, ANN202 -- numba infers the types
    """Return the column or row of the lattice that a coordinate lies in, or the nearest one."""
    return int(min(max(np.floor((value - low) / side), 0.0), most - 1.0))


@compiled
def _squares(bounds, lattice):  # noqa: ANN001, ANN202 -- numba infers the types
    """Return the first and last column, and the first and last row, that a box touches."""
    west, south, side, columns, rows = lattice
    return (
        _square(bounds[0], west, side, columns),
        _square(bounds[2], west, side, columns),
        _square(bounds[1], south, side, rows),
        _square(bounds[3], south, side, rows),
    )


@compiled
def _fill_buckets(bounds, lattice):  # noqa: ANN001, ANN202 -- numba infers the types
    columns = int(lattice[3])
    start = np.zeros(columns * int(lattice[4]) + 1, np.int64)
    for box in range(len(bounds)):
        left, right, low, high = _squares(bounds[box], lattice)
        for row in range(low, high + 1):
            for column in range(left, right + 1):
                start[row * columns + column + 1] += 1
    start = np.cumsum(start)
    place, out = start[:-1].copy(), np.empty(start[-1], np.int64)
    for box in range(len(bounds)):
        left, right, low, high = _squares(bounds[box], lattice)
        for row in range(low, high + 1):
            for column in range(left, right + 1):
                out[place[row * columns + column]] = box
                place[row * columns + column] += 1
    return start, out


@compiled
def _share_inside(piece, box):  # noqa: ANN001, ANN202 -- numba infers the types
    """Return which share of a piece lies in a box."""
    low, high = 0.0, 1.0
    for axis in range(2):
        begin, step = piece[axis], piece[axis + 2] - piece[axis]
        if step == 0.0:
            if begin < box[axis] or begin > box[axis + 2]:
                return 0.0
            continue
        one, two = (box[axis] - begin) / step, (box[axis + 2] - begin) / step
        low, high = max(low, min(one, two)), min(high, max(one, two))
    return max(high - low, 0.0)


@compiled
def _in_boxes(pieces, bounds, lattice, start, boxes):  # noqa: ANN001, ANN202 -- numba infers the types
    """Sum the lengths of pieces within boxes; a pair is measured in one of its common squares."""
    out = np.zeros(len(bounds))
    columns, span = int(lattice[3]), np.empty(4)
    for piece in pieces:
        length = np.hypot(piece[2] - piece[0], piece[3] - piece[1])
        span[0], span[2] = min(piece[0], piece[2]), max(piece[0], piece[2])
        span[1], span[3] = min(piece[1], piece[3]), max(piece[1], piece[3])
        left, right, low, high = _squares(span, lattice)
        for row in range(low, high + 1):
            for column in range(left, right + 1):
                square = row * columns + column
                for place in range(start[square], start[square + 1]):
                    box = boxes[place]
                    first, _, bottom, _ = _squares(bounds[box], lattice)
                    if row == max(low, bottom) and column == max(left, first):
                        out[box] += length * _share_inside(piece, bounds[box])
    return out
