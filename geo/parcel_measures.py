"""What a list of parcels has of somebody's own layers: lengths, distances, means, percentiles.

Lines are clipped piece by piece. Boxes, as cells of a grid are, have a way of their own: each piece
is measured within them by the two numbers between which it lies inside. Other polygons are left to
GEOS. Both are exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely

from geo.errors import LayerError, ScenarioError
from geo.surface import are_boxes
from geo.units import M_PER_KM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.surface import Floats, Raster


AT_ONCE: Final = 1 << 15
"""Squares of pieces that are looked at together, about: few enough for the cache of a core."""
TOUCH: Final = 1e-9
"""Share of a square that what touches may be off by rounding."""


class _Lattice(NamedTuple):
    """Squares over boxes."""

    west: float
    south: float
    side_m: float
    columns: int
    rows: int


@dataclass(frozen=True, eq=False)
class Wanted:
    """What is to be measured of parcels, each thing by a name of its own."""

    lengths: Mapping[str, gpd.GeoSeries] = field(default_factory=dict)
    """Lines, in the CRS of the parcels."""
    distances: Mapping[str, gpd.GeoSeries] = field(default_factory=dict)
    """Shapes, in the CRS of the parcels."""
    means: Mapping[str, Raster] = field(default_factory=dict)
    """Rasters, in any CRS."""
    percentiles: tuple[str, ...] = ()
    """Columns of numbers, of the list or measured."""


def measured(parcels: gpd.GeoDataFrame, wanted: Wanted) -> gpd.GeoDataFrame:
    """Return parcels with a column for each thing that is wanted.

    Parameters
    ----------
    parcels
        Polygons or points in a metric CRS, with any columns.
    wanted
        Lengths become ``<name>_length_km``, distances from the middle of a parcel
        ``<name>_distance_km``, rasters ``<name>_mean`` and the share it is known for,
        ``<name>_coverage``, and percentiles ``<column>_percentile``.

    Raises
    ------
    ScenarioError
        If a column is there already, or one for percentiles is not, or holds no numbers; or if
        nothing is wanted.
    LayerError
        If no polygon lies on what is known of a raster.
    """
    if not (wanted.lengths or wanted.distances or wanted.means or wanted.percentiles):
        raise ScenarioError("nothing to measure: give a length, distance, mean or percentile")
    out = parcels.copy()
    for name, values in _columns(parcels, wanted):
        if name in out.columns:
            raise ScenarioError(f"the list has a column '{name}' already; rename it there")
        out[name] = values
    for name in wanted.percentiles:
        if name not in out.columns or not pd.api.types.is_numeric_dtype(out[name]):
            known = [str(at) for at in out.columns if pd.api.types.is_numeric_dtype(out[at])]
            listed = ", ".join(known) or "none"
            raise ScenarioError(f"no column '{name}' of numbers; there are {listed}")
        out[f"{name}_percentile"] = percentiles(out[name].to_numpy(float))
    return out


def _columns(parcels: gpd.GeoDataFrame, wanted: Wanted) -> Iterator[tuple[str, Any]]:
    shapes = parcels.geometry.to_numpy()
    for name, lines in wanted.lengths.items():
        yield f"{name}_length_km", length_within_m(shapes, lines.to_numpy()) / M_PER_KM
    for name, others in wanted.distances.items():
        yield f"{name}_distance_km", distance_m(shapes, others.to_numpy()) / M_PER_KM
    for name, raster in wanted.means.items():
        found = raster.means(parcels.geometry)
        if len(found) and not found["coverage"].gt(0).any():
            raise LayerError(
                f"{raster.source.file}: no polygon of the list lies on known pixels; "
                "give polygons, and a raster of where they are"
            )
        yield f"{name}_mean", found["mean"]
        yield f"{name}_coverage", found["coverage"]


def distance_m(polygons: NDArray[Any], shapes: NDArray[Any]) -> Floats:
    """Return how far the nearest of some shapes is from the middle of each polygon.

    Returns
    -------
    Floats
        0 within a shape; NaN where there is none, or no polygon.
    """
    out = np.full(len(polygons), np.nan)
    middle = shapely.centroid(polygons)
    off = ~shapely.intersects(polygons, middle)
    middle[off] = shapely.point_on_surface(polygons[off])
    (point, _), away = shapely.STRtree(shapes).query_nearest(
        middle, return_distance=True, all_matches=False
    )
    out[point] = away
    return out


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
        (n,) What runs along a border counts for the polygons on both sides of it. NaN for what is
        no polygon.
    """
    out = np.where(shapely.get_dimensions(polygons) > 1, 0.0, np.nan)
    boxed = are_boxes(polygons)
    if boxed.any():
        pieces, bounds = _pieces_of(lines), shapely.bounds(polygons[boxed])
        if len(pieces):
            out[boxed] = _in_boxes(pieces, bounds)
    rest = np.flatnonzero(~boxed & np.isfinite(out))
    if len(rest):
        lines = np.where(shapely.get_dimensions(lines) > 1, shapely.boundary(lines), lines)
        which, line = shapely.STRtree(lines).query(polygons[rest], predicate="intersects")
        inner = shapely.length(shapely.intersection(polygons[rest[which]], lines[line]))
        out[rest] = np.bincount(which, inner, minlength=len(rest))
    return out


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


def _pieces_of(lines: NDArray[Any]) -> Floats:
    """Take lines and rings apart into straight pieces, (n, 4): start and end of each."""
    parts = lines
    if (shapely.get_type_id(lines) != shapely.GeometryType.LINESTRING).any():
        parts = shapely.get_parts(shapely.get_parts(lines))  # collections within collections
        solid = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
        parts = np.concatenate([parts[~solid], shapely.get_rings(parts[solid])])
    xy, of = shapely.get_coordinates(parts, return_index=True)
    begin = np.flatnonzero(of[1:] == of[:-1])
    return np.hstack([xy[begin], xy[begin + 1]])


def _in_boxes(pieces: Floats, bounds: Floats) -> Floats:
    """Sum the lengths of pieces within boxes.

    Both are put into the squares of a lattice that they meet; a pair is measured in the first of
    the squares that they share.
    """
    lattice = _lattice(bounds)
    boxes = _spans(bounds, lattice, -TOUCH)
    order, start = _by_square(boxes, lattice)
    box_column, box_row = np.ascontiguousarray(boxes[:, :2].T)
    out = np.zeros(len(bounds))
    for ends, spans in _chunks(pieces, lattice):
        piece, row, column = _spread(spans)
        square = row * lattice.columns + column
        count = (start[1:] - start[:-1]).take(square)
        box = order.take(_runs(start.take(square), count))
        piece, row, column = (np.repeat(part, count) for part in (piece, row, column))
        first = (row == np.maximum(spans[:, 1].take(piece), box_row.take(box))) & (
            column == np.maximum(spans[:, 0].take(piece), box_column.take(box))
        )
        mine, box = ends.take(piece[first], axis=0), box[first]
        length = np.hypot(mine[:, 2] - mine[:, 0], mine[:, 3] - mine[:, 1])
        np.add.at(out, box, length * _share_inside(mine, bounds.take(box, axis=0)))
    return out


def _lattice(bounds: Floats) -> _Lattice:
    """Lay squares as large as most boxes over all of them, and no more than a few for each box."""
    west, south = bounds[:, :2].min(axis=0)
    extent = bounds[:, 2:].max(axis=0) - (west, south)
    side = float(np.median((bounds[:, 2:] - bounds[:, :2]).max(axis=1)))
    side = max(side, float(np.sqrt(extent[0] * extent[1] / (4.0 * len(bounds) + 16.0))))
    columns, rows = (np.floor(extent / side) + 1).astype(np.int64)
    return _Lattice(float(west), float(south), side, int(columns), int(rows))


def _spans(bounds: Floats, lattice: _Lattice, wider: float) -> NDArray[np.int64]:
    """Return the first column and row and the last column and row that boxes meet.

    Boxes are taken a little smaller and pieces a little larger, so that neighbours do not share
    squares, and what runs along their border still finds both.
    """
    origin = np.array([lattice.west, lattice.south])
    most = np.array([lattice.columns, lattice.rows]) - 1
    first = np.floor((bounds[:, :2] - origin) / lattice.side_m - max(wider, 0.0))
    last = np.floor((bounds[:, 2:] - origin) / lattice.side_m + wider)
    low = np.clip(first, 0, most)
    return np.hstack([low, np.clip(last, low, most)]).astype(np.int64)


def _sizes(spans: NDArray[np.int64]) -> NDArray[np.int64]:
    return (spans[:, 2] - spans[:, 0] + 1) * (spans[:, 3] - spans[:, 1] + 1)


def _spread(spans: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Return for every square of every span whose it is, and its row and column."""
    count = _sizes(spans)
    who = np.repeat(np.arange(len(spans)), count)
    at = _runs(np.zeros(len(spans), np.int64), count)
    wide = (spans[:, 2] - spans[:, 0] + 1)[who]
    return who, spans[who, 1] + at // wide, spans[who, 0] + at % wide


def _by_square(
    spans: NDArray[np.int64], lattice: _Lattice
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of boxes, square by square, and where each square begins."""
    who, row, column = _spread(spans)
    square = row * lattice.columns + column
    count = np.bincount(square, minlength=lattice.columns * lattice.rows)
    return who[np.argsort(square, kind="stable")], np.concatenate([[0], np.cumsum(count)])


def _runs(start: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return start, start + 1, … so many times, one run after the other."""
    return np.arange(count.sum()) + np.repeat(start - np.cumsum(count) + count, count)


def _chunks(pieces: Floats, lattice: _Lattice) -> Iterator[tuple[Floats, NDArray[np.int64]]]:
    """Yield pieces and the squares they meet, never many more squares than `AT_ONCE`."""
    for begin in range(0, len(pieces), AT_ONCE):
        some = pieces[begin : begin + AT_ONCE]
        low, high = np.minimum(some[:, :2], some[:, 2:]), np.maximum(some[:, :2], some[:, 2:])
        spans = _spans(np.hstack([low, high]), lattice, TOUCH)
        part = np.cumsum(_sizes(spans)) // AT_ONCE
        ends = [0, *(np.flatnonzero(np.diff(part)) + 1).tolist(), len(some)]
        for one, two in pairwise(ends):
            yield some[one:two], spans[one:two]


def _share_inside(pieces: Floats, boxes: Floats) -> Floats:
    """Return which share of each piece lies in its box, by the two numbers that clip it."""
    low, high = np.zeros(len(pieces)), np.ones(len(pieces))
    for axis in range(2):
        begin, step = pieces[:, axis], pieces[:, axis + 2] - pieces[:, axis]
        with np.errstate(divide="ignore", invalid="ignore"):
            one, two = (boxes[:, axis] - begin) / step, (boxes[:, axis + 2] - begin) / step
        level = step == 0
        off = level & ((begin < boxes[:, axis]) | (begin > boxes[:, axis + 2]))
        low = np.where(level, low, np.maximum(low, np.minimum(one, two)))
        high = np.where(level, high, np.minimum(high, np.maximum(one, two)))
        high[off] = low[off]
    return np.maximum(high - low, 0.0)
