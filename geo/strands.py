"""Ways become strands: whole between the points where others meet them.

Whether a line was drawn in one piece or in ten says nothing, so pieces that only continue one
another are put together before anything is asked of their ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree
from shapely import LineString

from geo.tolerances import TOUCH_M
from geo.ways import PAIR, agreed, ends_of, is_backward, joined_labels

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.flow import Array

APART_M: Final = 1e8
"""Puts the levels of a drawing out of reach of each other in one search tree."""
FOLD_DEG: Final = 30.0
"""Two ways that leave their joint at less than this run beside each other: none continues the
other. No line turns back so sharply but at a station."""


@dataclass(frozen=True, eq=False)
class Contacts:
    """Where ends of lines of one level touch. End 2·i begins line i, end 2·i + 1 closes it."""

    cluster: Array
    """Per end, the number of the point that it shares with the ends it touches."""
    end: Array
    """Per touch of an end and the middle of a line: the end."""
    host: Array
    """… the line."""
    at_m: Array
    """… how far along that line."""


@dataclass(frozen=True, eq=False)
class Strands:
    """Strands, and the ways that each is made of."""

    frame: pd.DataFrame
    """voltage_kv, level, circuits, rating_mva, dc, from_named, to_named, geometry; in an order that
    depends on where they lie only."""
    spans: pd.DataFrame
    """One row for each way in a strand: strand (row), way (row), begin_m, end_m along the strand;
    sorted by these."""
    continued: int
    """Joints at which one way only continued another."""


def strands_of(ways: pd.DataFrame, breaks: Callable[[Array], Array]) -> Strands:
    """Put together the ways that only continue one another.

    Parameters
    ----------
    ways
        The frame of `geo.ways.Ways`.
    breaks
        Told points, says at which of them a line that is broken off ends, whatever goes on there.
    """
    points = np.array(shapely.points(ends_of(ways["geometry"].to_numpy())), dtype=object)
    keep = breaks(points) | _is_named(ways)
    ways = _with_circuits(ways, keep)
    pairs = _continuations(ways, keep)
    pairs = pairs[_alike(ways, pairs // PAIR)]
    partner = np.full(PAIR * len(ways), -1)
    partner[pairs[:, 0]], partner[pairs[:, 1]] = pairs[:, 1], pairs[:, 0]
    strands = sorted(
        (_strand(ways["geometry"].to_numpy(), walk) for walk in _walks(partner)),
        key=lambda strand: (strand.xy.tolist(), strand.ways.tolist()),
    )
    named = ways[["from_named", "to_named"]].to_numpy().ravel()
    kept = ways[["voltage_kv", "level", "circuits", "rating_mva", "dc"]]
    frame = kept.iloc[[strand.ways[0] for strand in strands]].reset_index(drop=True)
    frame = frame.assign(
        from_named=[named[strand.first] for strand in strands],
        to_named=[named[strand.last] for strand in strands],
        geometry=[LineString(strand.xy) for strand in strands],
    )
    spans = pd.DataFrame(
        {
            "strand": np.repeat(np.arange(len(strands)), [len(one.ways) for one in strands]),
            "way": np.concatenate([strand.ways for strand in strands]),
            "begin_m": np.concatenate([strand.begin_m for strand in strands]),
            "end_m": np.concatenate([strand.end_m for strand in strands]),
        }
    )
    return Strands(frame, spans.sort_values(["strand", "begin_m"], ignore_index=True), len(pairs))


def contacts(geometry: Array, level: Array, alone: Array) -> Contacts:
    """Find where ends touch ends, or the middle of another line, of the same level.

    Parameters
    ----------
    geometry
        Lines.
    level
        Per line, a number.
    alone
        Per end, whether it shares its point with no other end.
    """
    xy = ends_of(geometry)
    of_end = np.repeat(level, PAIR)
    apart = np.where(alone, np.arange(len(xy)) + len(xy), of_end)
    tree = cKDTree(np.column_stack([xy, apart * APART_M]))
    cluster = joined_labels(len(xy), tree.query_pairs(TOUCH_M, output_type="ndarray"))
    end, host = shapely.STRtree(geometry).query(shapely.points(xy), "dwithin", TOUCH_M)
    mine = (of_end[end] == level[host]) & (end // PAIR != host) & ~alone[end]
    mine &= (cluster[end] != cluster[PAIR * host]) & (cluster[end] != cluster[PAIR * host + 1])
    end, host = end[mine], host[mine]
    at_m = shapely.line_locate_point(geometry[host], shapely.points(xy[end]))
    return Contacts(cluster, end, host, at_m)


def _is_named(ways: pd.DataFrame) -> Array:
    return (ways[["from_named", "to_named"]].to_numpy() != "").ravel()


def _continuations(ways: pd.DataFrame, keep: Array) -> Array:
    """Return pairs of ends where exactly two ways meet, one going on where the other ends."""
    geometry = ways["geometry"].to_numpy()
    touch = contacts(geometry, ways["level"].to_numpy(), _is_named(ways))
    busy = keep.copy()
    busy[touch.end] = True
    size = np.bincount(touch.cluster)
    free = np.bincount(touch.cluster, busy) == 0
    ends = np.flatnonzero(((size == PAIR) & free)[touch.cluster])
    pairs = ends[np.argsort(touch.cluster[ends], kind="stable")].reshape(-1, PAIR)
    one, other = _directions(geometry)[pairs.T]
    goes_on = (one * other).sum(axis=1) < np.cos(np.radians(FOLD_DEG))
    return pairs[goes_on & (pairs[:, 0] // PAIR != pairs[:, 1] // PAIR)]


def _directions(geometry: Array) -> Array:
    """Return the direction in which each end leaves its point, (2n, 2) of length 1."""
    inner = np.column_stack([shapely.get_point(geometry, 1), shapely.get_point(geometry, -2)])
    away = shapely.get_coordinates(inner.ravel()) - ends_of(geometry)
    return away / np.maximum(np.hypot(*away.T), TOUCH_M * 1e-6)[:, None]


def _with_circuits(ways: pd.DataFrame, keep: Array) -> pd.DataFrame:
    """Give ways of unknown circuits those of the ways that they continue, if all agree."""
    unknown = ways["circuits"].isna().to_numpy()
    if not unknown.any():
        return ways
    pairs = _continuations(ways, keep) // PAIR
    return ways.assign(circuits=agreed(ways["circuits"].to_numpy(float), unknown, pairs))


def _alike(ways: pd.DataFrame, pairs: Array) -> Array:
    alike = np.ones(len(pairs), dtype=bool)
    for name in ("circuits", "rating_mva"):
        one, other = ways[name].to_numpy(float)[pairs].T
        alike &= (one == other) | (np.isnan(one) & np.isnan(other))
    return alike


def _walks(partner: Array) -> list[list[int]]:
    """Follow the ways that continue each other; a walk is the ends by which they are entered."""
    first = np.flatnonzero(partner < 0).tolist()
    seen = [False] * (len(partner) // PAIR)
    walks = []
    for start in [*first, *range(0, len(partner), PAIR)]:
        end, walk = start, []
        while end >= 0 and not seen[end // PAIR]:
            seen[end // PAIR] = True
            walk.append(end)
            end = int(partner[end ^ 1])
        if walk:
            walks.append(walk)
    return walks


class _Strand(NamedTuple):
    """Some ways as one line."""

    xy: Array
    ways: Array
    begin_m: Array
    end_m: Array
    first: int
    """The end of a way at which it begins."""
    last: int
    """… and ends."""


def _strand(geometry: Array, walk: list[int]) -> _Strand:
    """Put ways one after another, forward; a ring begins at its least vertex."""
    parts = [
        shapely.get_coordinates(geometry[end // PAIR])[:: -1 if end % PAIR else 1] for end in walk
    ]
    xy = np.vstack(parts)
    moves = np.r_[True, (np.diff(xy, axis=0) != 0).any(axis=1)]
    along_m = np.r_[0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
    bounds = np.cumsum([len(part) for part in parts])
    begin_m, end_m = along_m[np.r_[0, bounds[:-1]]], along_m[bounds - 1]
    whole = _Strand(xy[moves], np.array(walk) // PAIR, begin_m, end_m, walk[0], walk[-1] ^ 1)
    if tuple(xy[0]) == tuple(xy[-1]):
        whole = _from_least(whole)
    return _reversed(whole) if is_backward(whole.xy) else whole


def _reversed(strand: _Strand) -> _Strand:
    total_m = strand.end_m.max()
    return _Strand(
        strand.xy[::-1], strand.ways, total_m - strand.end_m, total_m - strand.begin_m,
        strand.last, strand.first,
    )  # fmt: skip


def _from_least(ring: _Strand) -> _Strand:
    """Let a ring begin at its least vertex, since where its drawing began says nothing."""
    least = min(range(len(ring.xy) - 1), key=lambda at: tuple(ring.xy[at]))
    xy = np.vstack([ring.xy[least:-1], ring.xy[: least + 1]])
    total_m, cut_m = ring.end_m.max(), LineString(ring.xy[: least + 1]).length if least else 0.0
    before, after = ring.begin_m < cut_m, ring.end_m > cut_m
    begin_m = np.r_[ring.begin_m[before] + total_m, np.maximum(ring.begin_m[after], cut_m)]
    end_m = np.r_[np.minimum(ring.end_m[before], cut_m) + total_m, ring.end_m[after]]
    ways = np.r_[ring.ways[before], ring.ways[after]]
    return ring._replace(xy=xy, ways=ways, begin_m=begin_m - cut_m, end_m=end_m - cut_m)
