"""Tie-lines by the cheapest way over the ground, from every point of connection in reach.

Each point has a pass of its own over the cells within reach, because a site wants to know what
every point near it costs, and not only the cheapest; the power decides between them. Points are
taken by blocks whose ground is worked out once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.least_cost import accumulated, measured, traced
from geo.surface import Grid, grid_over
from geo.terrain import line_cost
from geo.tiles import over_tiles
from geo.units import M_PER_KM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from geo.ground import Ground
    from geo.surface import Floats
    from geo.tiles import Tiling

BLOCK_KM: Final = 40.0
"""Side of the blocks that points of connection are taken by."""


@dataclass(frozen=True, eq=False)
class Ends:
    """What a routing tile reads: ground, points of connection and places."""

    ground: Ground
    """The ground."""
    points_m: Floats
    """(n, 2) Points of connection."""
    places_m: Floats
    """(n, 2) Places."""
    wanted: frozenset[tuple[int, int]] | None = None
    """Pairs of place and point whose way is drawn; None measures all pairs and draws none."""


def routes(ends: Ends, tiling: Tiling) -> pd.DataFrame:
    """Measure the cheapest way from every place to every point that its way reaches.

    Returns
    -------
    DataFrame
        place, point (row positions), route_km, terrain_factor (cost over that of as long a line on
        flat, open land), and for each terrain ``km_<terrain>`` and ``cost_km_<terrain>``, the
        kilometres of flat, open land that cost as much. Ways longer than the reach are left out.
    """
    found = [part for _, part in over_tiles(measure_ways, ends, _tiles(ends), tiling)]
    columns = ["place", "point", "route_km", "terrain_factor", *_by_terrain(ends)]
    table = np.concatenate([np.zeros((0, len(columns))), *found])
    frame = pd.DataFrame(table, columns=columns).astype({"place": int, "point": int})
    return frame.sort_values(["place", "point"], ignore_index=True)


def drawn(ends: Ends, tiling: Tiling) -> gpd.GeoSeries:
    """Draw the ways of the wanted pairs; indexed by (place, point)."""
    pairs: dict[tuple[int, int], shapely.LineString] = {}
    for _, ways in over_tiles(draw_ways, ends, _tiles(ends), tiling):
        pairs |= {pair: shapely.LineString(xy) for pair, xy in ways.items()}
    index = pd.MultiIndex.from_tuples(sorted(pairs), names=["place", "point"])
    return gpd.GeoSeries([pairs[pair] for pair in sorted(pairs)], index=index, crs=ends.ground.crs)


def measure_ways(ends: Ends, tile: Grid) -> Floats:
    """Measure the ways from the points of connection of a tile, one row a pair."""
    side, reach_m = tile.side_m, ends.ground.reach_m
    found = []
    for one in _passes(ends, tile):
        cells = np.stack(one.window.cells_of(*ends.places_m[one.places].T), axis=1)
        lengths = np.zeros((len(one.places), len(ends.ground.standards.terrains)))
        worths = np.zeros_like(lengths)
        measured((one.cost, one.price, one.kinds), one.far, cells, side, lengths, worths)
        length_m, worth_m = lengths.sum(axis=1), worths.sum(axis=1)
        straight_m = np.hypot(*(ends.places_m[one.places] - ends.points_m[one.point]).T)
        # Within one cell there is no way to follow, and no way is shorter than the straight line.
        whole_m = np.maximum(length_m, straight_m)
        middle = one.price[one.price.shape[0] // 2, one.price.shape[1] // 2]
        start = np.full(len(one.places), middle)
        factor = np.divide(worth_m, length_m, out=start, where=length_m > 0)
        rows = np.c_[
            one.places, np.full(len(one.places), one.point), whole_m / M_PER_KM, factor,
            lengths / M_PER_KM, worths / M_PER_KM,
        ]  # fmt: skip
        found.append(rows[whole_m <= reach_m])
    return np.concatenate([np.zeros((0, 4 + len(_by_terrain(ends)))), *found])


def draw_ways(ends: Ends, tile: Grid) -> dict[tuple[int, int], Floats]:
    """Return the coordinates of the wanted ways from the points of connection of a tile."""
    out = {}
    wanted = ends.wanted or frozenset()
    for one in _passes(ends, tile):
        for place in one.places.tolist():
            if (place, one.point) not in wanted:
                continue
            row, column = one.window.cells_of(*ends.places_m[[place]].T)
            way = traced(one.cost, one.far, (int(row[0]), int(column[0])), tile.side_m)
            middle = np.c_[one.window.x_m[way[:, 1]], one.window.y_m[way[:, 0]]][1:-1]
            out[place, one.point] = np.concatenate(
                [ends.places_m[[place]], middle, ends.points_m[[one.point]]]
            )
    return out


def ways_arrays(ways: Mapping[tuple[int, int], Floats]) -> dict[str, NDArray[Any]]:
    """Return the drawn ways of a tile as arrays, to be kept."""
    return {
        "pairs": np.array(list(ways), np.int64).reshape(-1, 2),
        "sizes": np.array([len(way) for way in ways.values()], np.int64),
        "corners": np.concatenate([np.zeros((0, 2)), *ways.values()]),
    }


def ways_of(arrays: Mapping[str, NDArray[Any]]) -> dict[tuple[int, int], Floats]:
    """Return what `ways_arrays` made arrays of."""
    pairs = [(place, point) for place, point in arrays["pairs"].tolist()]
    ways = np.split(arrays["corners"], np.cumsum(arrays["sizes"])[:-1]) if pairs else []
    return dict(zip(pairs, ways, strict=True))


def _by_terrain(ends: Ends) -> list[str]:
    names = [row.name for row in ends.ground.standards.terrains]
    return [*(f"km_{name}" for name in names), *(f"cost_km_{name}" for name in names)]


def _tiles(ends: Ends) -> list[Grid]:
    """Return the blocks that hold points of connection."""
    points, side_m = ends.points_m, ends.ground.surfaces.cell_m
    if not len(points) or not len(ends.places_m):
        return []
    # A metre more all around, so that points on the lines of the lattice are inside.
    bounds = (*(points.min(axis=0) - 1.0).tolist(), *(points.max(axis=0) + 1.0).tolist())
    cells = max(int(BLOCK_KM * M_PER_KM / side_m), 1)
    return [
        tile
        for tile in grid_over(bounds, side_m, ends.ground.crs).tiles(cells)
        if len(_points_in(ends, tile))
    ]


def _points_in(ends: Ends, tile: Grid) -> NDArray[np.int64]:
    row, column = tile.cells_of(*ends.points_m.T)
    inside = (row >= 0) & (row < tile.rows) & (column >= 0) & (column < tile.columns)
    if ends.wanted is not None:
        inside &= np.isin(np.arange(len(row)), [point for _, point in sorted(ends.wanted)])
    return np.flatnonzero(inside)


@dataclass(frozen=True, eq=False)
class _Pass:
    """The ground around one point of connection, and the cost of reaching it."""

    point: int
    places: NDArray[np.int64]
    window: Grid
    cost: Floats
    price: Floats
    kinds: NDArray[np.int64]
    far: Floats


def _passes(ends: Ends, tile: Grid) -> Iterator[_Pass]:
    """Go over the points of connection of a tile that have places within reach."""
    halo = int(np.ceil(ends.ground.reach_m / tile.side_m)) + 1
    wide = tile.wider(halo)
    whole = line_cost(ends.ground, wide)
    for point in _points_in(ends, tile).tolist():
        away_m = np.hypot(*(ends.places_m - ends.points_m[point]).T)
        places = np.flatnonzero(away_m <= ends.ground.reach_m)
        if not len(places):
            continue
        row, column = (int(part[0]) - halo for part in wide.cells_of(*ends.points_m[[point]].T))
        size = 2 * halo + 1
        window = Grid(wide.crs, wide.side_m, wide.column + column, wide.row + row, size, size)
        part = (slice(row, row + size), slice(column, column + size))
        cost, price = (np.ascontiguousarray(values[part]) for values in whole[:2])
        far = accumulated(cost, np.array([[halo, halo]]), tile.side_m)
        kinds = np.ascontiguousarray(whole[2][part])
        yield _Pass(point, places, window, cost, price, kinds, far)
