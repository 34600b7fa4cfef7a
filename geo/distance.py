# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Exact distances: from many points to many lines, and from every cell to the marked ones.

Points are taken in blocks of neighbours. With the middle of a block at distance d from the nearest
piece, and no point of the block farther than r from the middle, the piece nearest to any of them
lies within d + 2r of the middle; only those pieces are measured. So the answer is exact, and does
not depend on how the points were blocked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.shapes import Segments
    from geo.surface import Bools, Floats

BLOCK: Final = 64
"""Points of a block, about."""
SLACK: Final = 1e-9
"""Share by which a bound is widened, so that rounding loses nothing."""


def nearest(x_m: Floats, y_m: Floats, segments: Segments) -> tuple[Floats, NDArray[np.int64]]:
    """Return the distance of each point to the nearest piece, and the number of its shape.

    Parameters
    ----------
    x_m, y_m
        (n,) Points, in any order; fastest where neighbours follow each other.
    segments
        At least one.

    Returns
    -------
    distance_m, owner
        Where two are equally near, the lower number.
    """
    pieces = np.asarray(shapely.linestrings(segments.ends_m.reshape(-1, 2, 2)), dtype=object)
    tree = shapely.STRtree(pieces)
    return nearest_in(x_m, y_m, segments, tree)


def nearest_in(
    x_m: Floats, y_m: Floats, segments: Segments, tree: shapely.STRtree
) -> tuple[Floats, NDArray[np.int64]]:
    """Do what `nearest` does with a tree of the pieces that is there already."""
    order, start = _blocks(x_m, y_m, len(segments))
    x, y = x_m[order], y_m[order]
    west, east = (part.reduceat(x, start[:-1]) for part in (np.minimum, np.maximum))
    south, north = (part.reduceat(y, start[:-1]) for part in (np.minimum, np.maximum))
    middle = np.asarray(shapely.points((west + east) / 2, (south + north) / 2), dtype=object)
    radius = np.hypot(east - west, north - south) / 2
    (block, _), away = tree.query_nearest(middle, return_distance=True, all_matches=False)
    bound = np.empty(len(middle))
    bound[block] = away
    bound = (bound + 2 * radius) * (1 + SLACK) + SLACK
    block, piece = tree.query(middle, predicate="dwithin", distance=bound)
    pick = np.lexsort((piece, block))
    choices = np.searchsorted(block[pick], np.arange(len(middle) + 1))
    squared, owner = np.empty(len(x)), np.empty(len(x), np.int64)
    _measure(
        (x, y), start, (choices, piece[pick]), (segments.ends_m, segments.owner), (squared, owner)
    )
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    return np.sqrt(squared[back]), owner[back]


def _blocks(x_m: Floats, y_m: Floats, pieces: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Order points so that neighbours are together, and say where each block begins."""
    if not len(x_m):
        return np.zeros(0, np.int64), np.zeros(1, np.int64)
    width = max(float(np.ptp(x_m)), float(np.ptp(y_m)), 1e-6)
    # Blocks much smaller than the gaps between pieces gain nothing, and much larger ones lose.
    side = width / max(np.sqrt(max(len(x_m) / BLOCK, 1.0)), 1.0)
    side = min(side, width / max(np.sqrt(pieces) / 2, 1.0)) if len(x_m) > BLOCK * pieces else side
    column = ((x_m - x_m.min()) / side).astype(np.int64)
    row = ((y_m - y_m.min()) / side).astype(np.int64)
    key = row * (int(column.max()) + 1) + column
    order = np.argsort(key, kind="stable")
    new = np.flatnonzero(np.r_[True, key[order][1:] != key[order][:-1]])
    return order, np.r_[new, len(order)].astype(np.int64)


@compiled
def _measure(points, start, choices, pieces, out):  # noqa: ANN001, ANN202 -- numba infers the types
    """Measure each point of a block against the pieces that the block may be nearest to."""
    x, y = points
    first, piece = choices
    ends, owner = pieces
    squared, found = out
    for block in range(len(start) - 1):
        for point in range(start[block], start[block + 1]):
            best, who = np.inf, -1
            for place in range(first[block], first[block + 1]):
                at = piece[place]
                x1, y1 = ends[at, 0], ends[at, 1]
                dx, dy = ends[at, 2] - x1, ends[at, 3] - y1
                length = dx * dx + dy * dy
                part = 0.0
                if length > 0.0:
                    part = ((x[point] - x1) * dx + (y[point] - y1) * dy) / length
                    part = min(max(part, 0.0), 1.0)
                off_x, off_y = x[point] - (x1 + part * dx), y[point] - (y1 + part * dy)
                here = off_x * off_x + off_y * off_y
                if here < best or (here == best and owner[at] < who):
                    best, who = here, owner[at]
            squared[point], found[point] = best, who


def cells_away(marked: Bools, cap: int = 2**31 - 1) -> NDArray[np.int64]:
    """Return the squared distance of each cell to the nearest marked one, in cells.

    Two passes of whole numbers, along columns and then the lower envelope of parabolas along rows
    (Felzenszwalb and Huttenlocher 2012), so the answer is exact.

    Parameters
    ----------
    marked
        (rows, columns).
    cap
        Squared distances from here on are all this; what no mark is near has it too.
    """
    return _transform(np.ascontiguousarray(marked), cap)


@compiled
def _down(marked, far):  # noqa: ANN001, ANN202 -- numba infers the types
    """Return the distance to the nearest mark of the same column."""
    rows, columns = marked.shape
    out = np.empty((rows, columns), np.int64)
    for j in range(columns):
        out[0, j] = 0 if marked[0, j] else far
    for i in range(1, rows):
        for j in range(columns):
            out[i, j] = 0 if marked[i, j] else min(out[i - 1, j] + 1, far)
    for i in range(rows - 2, -1, -1):
        for j in range(columns):
            out[i, j] = min(out[i, j], out[i + 1, j] + 1)
    return out


@compiled
def _envelope(down, far, at, begin):  # noqa: ANN001, ANN202 -- numba infers the types
    """Keep the parabolas of a row that are lowest somewhere, and where each begins to be so."""
    last = -1
    for j in range(len(down)):
        if down[j] >= far:
            continue
        cut = -np.inf
        while last >= 0:
            k = at[last]
            cut = (down[j] * down[j] + j * j - down[k] * down[k] - k * k) / (2.0 * (j - k))
            if cut > begin[last]:
                break
            last -= 1
        last += 1
        at[last], begin[last] = j, cut if last > 0 else -np.inf
    begin[last + 1] = np.inf
    return last


@compiled
def _transform(marked, cap):  # noqa: ANN001, ANN202 -- numba infers the types
    rows, columns = marked.shape
    far = min(rows + columns, int(np.sqrt(cap))) + 1
    down, out = _down(marked, far), np.full((rows, columns), cap, np.int64)
    at, begin = np.empty(columns + 1, np.int64), np.empty(columns + 2, np.float64)
    for i in range(rows):
        if _envelope(down[i], far, at, begin) < 0:
            continue
        place = 0
        for j in range(columns):
            while begin[place + 1] < j:
                place += 1
            k = at[place]
            out[i, j] = min((j - k) * (j - k) + down[i, k] * down[i, k], cap)
    return out
