# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Sites grown from good ground to the area that a load needs, one for each block at most.

A site begins in its block where the ground is widest, then gentlest, and takes up free pieces that
touch it, nearest to its beginning first, so that it is as compact as the land allows. It looks no
farther than three times the radius of a disc of its area; a window with that much around it gives
the same sites whatever else it holds.
"""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.distance import cells_away
from geo.kernels import compiled
from geo.screening import WATER, barred_pieces, free_of, outside_land, relief
from geo.shapes import inside
from geo.terrain import spread
from geo.units import M2_PER_HA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geo.ground import Ground
    from geo.surface import Bools, Floats, Grid

DOWN: Final = np.array([0, 0, 1, -1])
ACROSS: Final = np.array([1, -1, 0, 0])
"""The four ways in which pieces touch."""
STRETCH: Final = 3.0
"""How many radii of a disc of its area a site may reach from its beginning."""
TRIES: Final = 8
"""Beginnings that are tried in a block."""
SMALL: Final = "too little land"
FAR: Final = "no point of connection in reach"


@dataclass(frozen=True, eq=False)
class Grown:
    """Sites of a tile."""

    pieces: list[NDArray[np.int32]]
    """For each site (n, 2) row and column of its pieces on the lattice of pieces."""
    slope_pct: list[float]
    """Mean slope of each; NaN where it is known for too little."""
    slope_coverage: list[float]
    """Share of each that the slope is known for."""
    dropped: dict[str, int]
    """Reason to count of blocks with land that have no site."""


def grown_arrays(grown: Grown) -> dict[str, NDArray[np.generic]]:
    """Return the sites of a tile as arrays, to be kept."""
    empty = np.zeros((0, 2), np.int32)
    return {
        "pieces": np.concatenate([empty, *grown.pieces]),
        "sizes": np.array([len(part) for part in grown.pieces], np.int64),
        "slope_pct": np.array(grown.slope_pct, float),
        "slope_coverage": np.array(grown.slope_coverage, float),
        "reasons": np.array(list(grown.dropped), dtype=str),
        "counts": np.array(list(grown.dropped.values()), np.int64),
    }


def grown_of(arrays: Mapping[str, NDArray[Any]]) -> Grown:
    """Return what `grown_arrays` made arrays of."""
    cuts = np.cumsum(arrays["sizes"])[:-1]
    return Grown(
        np.split(arrays["pieces"], cuts) if len(arrays["sizes"]) else [],
        arrays["slope_pct"].tolist(),
        arrays["slope_coverage"].tolist(),
        dict(zip(arrays["reasons"].tolist(), arrays["counts"].tolist(), strict=True)),
    )


def needed_pieces(ground: Ground) -> int:
    """Return how many pieces make the area that the load needs."""
    piece_ha = (ground.surfaces.cell_m / ground.parts) ** 2 / M2_PER_HA
    return max(int(np.ceil(ground.area_needed_ha / piece_ha)), 1)


def halo_cells(ground: Ground) -> int:
    """Return how many cells around a tile decide its sites."""
    radius = np.sqrt(needed_pieces(ground) / np.pi)
    return ground.block_cells + int(np.ceil((STRETCH + 1) * radius / ground.parts)) + 2


def sites_in(ground: Ground, tile: Grid) -> Grown:
    """Grow the sites of the blocks whose north-western cell lies in a tile."""
    near, far = _blocks(ground, tile)
    lost = Counter({FAR: _with_land(ground, tile, far)} if far else {})
    if not near:
        return Grown([], [], [], dict(+lost))
    window = tile.wider(halo_cells(ground))
    outside = outside_land(ground, window)
    if outside.all():
        return Grown([], [], [], dict(+lost))
    seen = relief(ground, window)
    barred = barred_pieces(ground, window, seen, outside)
    slope = slope_pieces(seen.slope, window.finer(ground.parts).shape, ground.parts)
    grown, more = _grow_each(ground, window, near, barred, slope)
    slopes = [slope[found[:, 0], found[:, 1]] for found in grown]
    known = [float(np.isfinite(part).mean()) for part in slopes]
    corner = np.array([window.row, window.column]) * ground.parts
    return Grown(
        [(found + corner).astype(np.int32) for found in grown],
        [
            float(np.nanmean(part)) if share >= ground.standards.known_share else np.nan
            for part, share in zip(slopes, known, strict=True)
        ],
        known,
        dict(+(lost + more)),
    )


def _grow_each(
    ground: Ground,
    window: Grid,
    blocks: list[tuple[int, int]],
    barred: dict[str, Bools],
    slope: NDArray[np.float32],
) -> tuple[list[NDArray[np.int64]], Counter[str]]:
    """Return the pieces of each site within the window, and what the other blocks lack."""
    free = free_of(barred)
    parts, needed = ground.parts, needed_pieces(ground)
    # A slope that is not known is taken for the steepest that is allowed, so that it gains nothing.
    steep = np.nan_to_num(slope / ground.standards.max_slope_pct, nan=1.0).astype(np.float32)
    radius = np.sqrt(needed / np.pi)
    room = cells_away(~free, int(radius**2) + 1)
    wanted, size = (needed, int(STRETCH * radius) + 1), ground.block_cells * parts
    grown, lost = [], Counter[str]()
    for row, column in blocks:
        corner = ((row - window.row) * parts, (column - window.column) * parts)
        block = tuple(slice(at, at + size) for at in corner)
        found = _grow((free, steep, room), corner, size, wanted, TRIES)
        if len(found):
            grown.append(found)
        elif free[block].any():
            lost[SMALL] += 1
        elif reason := _main_reason(barred, block):
            lost[reason] += 1
    return grown, lost


def _blocks(ground: Ground, tile: Grid) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the north-western cells of the blocks that begin in a tile, in reach and not."""
    side = ground.block_cells
    rows = range(-(-tile.row // side) * side, tile.row + tile.rows, side)
    columns = range(-(-tile.column // side) * side, tile.column + tile.columns, side)
    blocks = [(row, column) for row in rows for column in columns]
    near = ground.in_reach(np.array(blocks, np.int64).reshape(-1, 2), tile)
    return (
        [block for block, here in zip(blocks, near, strict=True) if here],
        [block for block, here in zip(blocks, near, strict=True) if not here],
    )


def _with_land(ground: Ground, tile: Grid, blocks: list[tuple[int, int]]) -> int:
    """Count the blocks that have land."""
    side = ground.block_cells
    window = tile.wider(side)
    land = inside(window, ground.land.near(window, 0.0)) >= 0
    corners = [(row - window.row, column - window.column) for row, column in blocks]
    return sum(bool(land[i : i + side, j : j + side].any()) for i, j in corners)


def slope_pieces(
    slope: tuple[Floats, int] | None, shape: tuple[int, int], parts: int
) -> NDArray[np.float32]:
    """Return the slope of each piece of a window; NaN where there is no elevation."""
    if slope is None:
        return np.full(shape, np.nan, np.float32)
    found = slope[0] if slope[1] == parts else spread(slope[0], parts)
    return found.astype(np.float32)


def _main_reason(barred: dict[str, Bools], block: tuple[slice, ...]) -> str:
    """Return what bars most of a block's land; '' where it has none."""
    land = ~barred[WATER][block]
    if not land.any():
        return ""
    shares = {reason: int((here[block] & land).sum()) for reason, here in barred.items()}
    return f"barred land: {max(shares, key=lambda reason: (shares[reason], reason))}"


@compiled
def _seed(ground, taken, corner, size):  # noqa: ANN001, ANN202 -- numba infers the types
    """Return the widest, then gentlest, then most central free piece of a block; -1 for none."""
    free, steep, room = ground
    best, seed = (-1.0, 0.0, 0.0), (-1, -1)
    for i in range(corner[0], corner[0] + size):
        for j in range(corner[1], corner[1] + size):
            if not free[i, j] or taken[i - corner[0], j - corner[1]]:
                continue
            off = (i - corner[0] - size / 2) ** 2 + (j - corner[1] - size / 2) ** 2
            here = (float(room[i, j]), -float(steep[i, j]), -off)
            if here > best:
                best, seed = here, (i, j)
    return seed


@compiled
def _spread_from(seed, ground, met, needed, reach):  # noqa: ANN001, ANN202 -- numba infers the types
    """Take up pieces from a beginning, nearest and gentlest first; all that were met are marked."""
    free, steep, _ = ground
    out, count = np.empty((needed, 2), np.int64), 0
    heap = [(0.0, seed[0], seed[1])]
    met[reach, reach] = True
    while len(heap) > 0 and count < needed:
        _, i, j = heapq.heappop(heap)
        out[count, 0], out[count, 1] = i, j
        count += 1
        for way in range(4):
            p, q = i + DOWN[way], j + ACROSS[way]
            down, across = p - seed[0], q - seed[1]
            away = np.sqrt(float(down * down + across * across))
            if away > reach or p < 0 or q < 0 or p >= free.shape[0] or q >= free.shape[1]:
                continue
            if free[p, q] and not met[down + reach, across + reach]:
                met[down + reach, across + reach] = True
                heapq.heappush(heap, (away * (1.0 + steep[p, q]), p, q))
    return out[:count]


@compiled
def _grow(ground, corner, size, wanted, tries):  # noqa: ANN001, ANN202 -- numba infers the types
    """Grow one site from the best beginning of a block, or from the next if that has no room.

    Parameters
    ----------
    ground
        Which pieces are free, how steep each is over what is allowed, and its room (squared
        distance to barred ground).
    corner, size
        First row and column of the block, and its side.
    wanted
        How many pieces, and how far from the beginning.
    tries
        How many beginnings.
    """
    needed, reach = wanted
    taken = np.zeros((size, size), np.bool_)
    for _ in range(tries):
        seed = _seed(ground, taken, corner, size)
        if seed[0] < 0:
            break
        met = np.zeros((2 * reach + 1, 2 * reach + 1), np.bool_)
        found = _spread_from(seed, ground, met, needed, reach)
        if len(found) == needed:
            return found
        # What is joined to a beginning that has no room is no better a beginning.
        top, left = seed[0] - reach - corner[0], seed[1] - reach - corner[1]
        for i in range(max(top, 0), min(top + len(met), size)):
            for j in range(max(left, 0), min(left + len(met), size)):
                taken[i, j] |= met[i - top, j - left]
    return np.empty((0, 2), np.int64)
