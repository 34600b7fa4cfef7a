# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Least accumulated cost over cells: eight neighbours, lengths as they are, exact.

A step between two cells costs its length times the mean of their costs. Cells wait in buckets by
their cost so far; a bucket is worked on until nothing in it gets cheaper, so that the answer does
not depend on how wide buckets are, and equals Dijkstra's to the last bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.surface import Floats

DOWN: Final = np.array([0, 0, 1, -1, 1, 1, -1, -1])
ACROSS: Final = np.array([1, -1, 0, 0, 1, -1, 1, -1])
STEP: Final = np.where((DOWN != 0) & (ACROSS != 0), np.sqrt(2.0), 1.0)
"""The eight ways to go and their lengths in cells."""
MAX_BUCKETS: Final = 1 << 16


def accumulated(
    cost: Floats, sources: NDArray[np.int64], side: float = 1.0, limit: float = np.inf
) -> Floats:
    """Return the least cost from any source to every cell.

    Parameters
    ----------
    cost
        (rows, columns) Cost of a unit of length; not finite or not above 0 where nothing passes.
    sources
        (n, 2) Rows and columns; those that nothing passes are sources of nothing.
    side
        Side of a cell.
    limit
        What costs more need not be right, but is above the limit.

    Returns
    -------
    ndarray
        (rows, columns) inf where no way leads.
    """
    passable = np.isfinite(cost) & (cost > 0)
    cost = np.where(passable, cost, np.inf).astype(float)
    out = np.full(cost.shape, np.inf)
    if passable.any() and len(sources):
        least, most = float(cost[passable].min()), float(cost[passable].max())
        width = max(least * side, most * side * np.sqrt(2.0) / (MAX_BUCKETS - 2))
        buckets = int(most * side * np.sqrt(2.0) / width) + 3
        rows = np.asarray(sources, dtype=np.int64).reshape(-1, 2)
        _spread(cost, rows, (side, limit, width, buckets), out)
    return out


@compiled
def _begin(flat, sources, columns, far):  # noqa: ANN001, ANN202 -- numba infers the types
    """Return the cells of the sources that something passes, each once; their cost is nothing."""
    rows, found = len(flat) // columns, []
    for which in range(len(sources)):
        i, j = sources[which]
        if 0 <= i < rows and 0 <= j < columns and np.isfinite(flat[i * columns + j]):
            if far[i * columns + j] > 0.0:
                found.append(i * columns + j)
            far[i * columns + j] = 0.0
    return found


@compiled
def _spread(cost, sources, measures, out):  # noqa: ANN001, ANN202, C901, PLR0912 -- numba infers the types; kept whole for speed
    side, limit, width, buckets = measures
    rows, columns = cost.shape
    flat, far = cost.ravel(), out.ravel()
    after, before = np.full(len(flat), -1, np.int32), np.full(len(flat), -1, np.int32)
    bucket_of, head = np.full(len(flat), -1, np.int32), np.full(buckets, -1, np.int32)
    waiting = 0
    for cell in _begin(flat, sources, columns, far):
        after[cell], bucket_of[cell] = head[0], 0
        if head[0] >= 0:
            before[head[0]] = cell
        head[0] = cell
        waiting += 1
    turn = 0
    while waiting > 0 and turn * width <= limit:
        here = turn % buckets
        while head[here] >= 0:
            cell = head[here]
            head[here] = after[cell]
            if after[cell] >= 0:
                before[after[cell]] = -1
            bucket_of[cell] = -1
            waiting -= 1
            i, j = cell // columns, cell % columns
            for way in range(8):
                p, q = i + DOWN[way], j + ACROSS[way]
                if 0 <= p < rows and 0 <= q < columns:
                    other = p * columns + q
                    total = far[cell] + STEP[way] * side * 0.5 * (flat[cell] + flat[other])
                    if not total < far[other]:
                        continue
                    far[other] = total
                    place, old = int(total / width) % buckets, bucket_of[other]
                    if old == place:
                        continue
                    if old < 0:
                        waiting += 1
                    elif before[other] >= 0:
                        after[before[other]] = after[other]
                    else:
                        head[old] = after[other]
                    if old >= 0 and after[other] >= 0:
                        before[after[other]] = before[other]
                    after[other], before[other], bucket_of[other] = head[place], -1, place
                    if head[place] >= 0:
                        before[head[place]] = other
                    head[place] = other
        turn += 1


def traced(
    cost: Floats, far: Floats, cell: tuple[int, int], side: float = 1.0
) -> NDArray[np.int64]:
    """Return the cells of the least-cost way from a cell back to its source, both included.

    Of ways that cost the same the one is taken that comes first in the order of `DOWN`, `ACROSS`,
    so the way depends on nothing but the costs. Empty where no way leads.
    """
    if not np.isfinite(far[cell]):
        return np.zeros((0, 2), np.int64)
    return _trace(np.where(np.isfinite(cost) & (cost > 0), cost, np.inf), far, cell, side)


@compiled
def _back(cost, far, i, j, side):  # noqa: ANN001, ANN202 -- numba infers the types
    """Return which of the eight ways leads back towards the source."""
    rows, columns = cost.shape
    best, which = np.inf, -1
    for way in range(8):
        p, q = i + DOWN[way], j + ACROSS[way]
        if p < 0 or q < 0 or p >= rows or q >= columns or not far[p, q] < far[i, j]:
            continue
        total = far[p, q] + STEP[way] * side * 0.5 * (cost[p, q] + cost[i, j])
        if total < best:
            best, which = total, way
    return which


@compiled
def _trace(cost, far, cell, side):  # noqa: ANN001, ANN202 -- numba infers the types
    i, j = cell
    way = [(np.int64(i), np.int64(j))]
    while far[i, j] > 0.0:
        step = _back(cost, far, i, j, side)
        i, j = i + DOWN[step], j + ACROSS[step]
        way.append((np.int64(i), np.int64(j)))
    out = np.empty((len(way), 2), np.int64)
    for place in range(len(way)):
        out[place, 0], out[place, 1] = way[place]
    return out


@compiled
def measured(ground, far, cells, side, lengths, worths):  # noqa: ANN001, ANN201, PLR0913, PLR0917 -- numba infers the types
    """Add up the lengths of the ways from some cells, and what they are worth, by kind of ground.

    Parameters
    ----------
    ground
        (rows, columns) each: the cost that `accumulated` took; the price of a unit of length; the
        kind, a number from 0. Half of a step counts for either end.
    far
        What `accumulated` gave.
    cells
        (n, 2) Where the ways begin.
    side
        Side of a cell.
    lengths, worths
        (n, kinds) Written; NaN where no way leads.
    """
    cost, price, kinds = ground
    for which in range(len(cells)):
        i, j = cells[which]
        if not (0 <= i < far.shape[0] and 0 <= j < far.shape[1]) or not np.isfinite(far[i, j]):
            lengths[which], worths[which] = np.nan, np.nan
            continue
        while far[i, j] > 0.0:
            step = _back(cost, far, i, j, side)
            p, q = i + DOWN[step], j + ACROSS[step]
            half = STEP[step] * side * 0.5
            lengths[which, kinds[i, j]] += half
            lengths[which, kinds[p, q]] += half
            worths[which, kinds[i, j]] += half * price[i, j]
            worths[which, kinds[p, q]] += half * price[p, q]
            i, j = p, q
