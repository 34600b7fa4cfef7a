"""Ways become strands: whole between the points where others meet them.

Whether a line was drawn in one piece or in ten says nothing, so pieces that only continue one
another are put together before anything is asked of their ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree
from shapely import LineString

from geo.tolerances import TOUCH_M
from geo.ways import PAIR, agreed, ends_of, joined_labels, turned

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


def strands_of(ways: pd.DataFrame, breaks: Callable[[Array], Array]) -> tuple[pd.DataFrame, int]:
    """Put together the ways that only continue one another.

    Parameters
    ----------
    ways
        The frame of `geo.ways.Ways`.
    breaks
        Told points, says at which of them a line that is broken off ends, whatever goes on there.

    Returns
    -------
    strands, continued
        The columns of ways with ``drawn_as`` (ids of rows) for ``line``, in an order that depends
        on where they lie only; and how many joints were dissolved.
    """
    points = np.array(shapely.points(ends_of(ways["geometry"].to_numpy())), dtype=object)
    keep = breaks(points) | _is_named(ways)
    ways = _with_circuits(ways, keep)
    pairs = _continuations(ways, keep)
    pairs = pairs[_alike(ways, pairs // PAIR)]
    partner = np.full(PAIR * len(ways), -1)
    partner[pairs[:, 0]], partner[pairs[:, 1]] = pairs[:, 1], pairs[:, 0]
    walks = _walks(partner)
    single = ways.drop(index=[end // PAIR for walk in walks for end in walk])
    frame = pd.concat([single, _chains(ways, walks)]) if walks else single
    return _in_order(frame.rename(columns={"line": "drawn_as"})), len(pairs)


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
    """Follow the chains; each is a list of the ends by which its ways are entered."""
    linked = np.logical_or(*(partner >= 0).reshape(-1, PAIR).T)
    starts = np.flatnonzero((partner < 0) & np.repeat(linked, PAIR))
    seen = [False] * len(linked)
    walks = []
    for start in [*starts.tolist(), *(PAIR * np.flatnonzero(linked)).tolist()]:
        end, walk = start, []
        while end >= 0 and not seen[end // PAIR]:
            seen[end // PAIR] = True
            walk.append(end)
            end = int(partner[end ^ 1])
        if walk:
            walks.append(walk)
    return walks


def _chains(ways: pd.DataFrame, walks: list[list[int]]) -> pd.DataFrame:
    """Return one row for each walk: that of its least id, with what all its ways tell."""
    rows = [np.array(walk) // PAIR for walk in walks]
    of = {name: ways[name].to_numpy() for name in ways.columns}
    named = ways[["from_named", "to_named"]].to_numpy().ravel()
    drawn_m = shapely.length(of["geometry"])
    first = [int(own[np.argmin(of["id"][own])]) for own in rows]
    mixed = [bool((of["category"][own] != of["category"][own[0]]).any()) for own in rows]
    frame = ways.iloc[first].reset_index(drop=True)
    return frame.assign(
        category=frame["category"].mask(mixed, ""),
        confidence=[of["confidence"][own].min() for own in rows],
        stretch=[np.average(of["stretch"][own], weights=drawn_m[own]) for own in rows],
        from_named=[named[walk[0]] for walk in walks],
        to_named=[named[walk[-1] ^ 1] for walk in walks],
        geometry=[_strung(of["geometry"], walk) for walk in walks],
        line=[";".join(sorted(set(of["line"][own]))) for own in rows],
    )


def _strung(geometry: Array, walk: list[int]) -> LineString:
    xy = np.vstack(
        [shapely.get_coordinates(geometry[end // PAIR])[:: -1 if end % PAIR else 1] for end in walk]
    )
    moves = np.r_[True, (np.diff(xy, axis=0) != 0).any(axis=1)]
    return LineString(xy[moves])


def _in_order(strands: pd.DataFrame) -> pd.DataFrame:
    """Turn every strand to its lesser end, and sort by coordinates."""
    before = [_ring_from_least(shape) for shape in strands["geometry"]]
    after = [turned(shape) for shape in before]
    kept = np.array([one is other for one, other in zip(before, after, strict=True)])
    one, other = strands["from_named"], strands["to_named"]
    keys = [shapely.get_coordinates(shape).tolist() for shape in after]
    names = list(zip(keys, strands["id"], strict=True))
    strands = strands.assign(
        geometry=after, from_named=one.where(kept, other), to_named=other.where(kept, one)
    )
    return strands.iloc[sorted(range(len(names)), key=names.__getitem__)].reset_index(drop=True)


def _ring_from_least(line: LineString) -> LineString:
    """Let a ring begin at its least vertex, since where its drawing began says nothing."""
    xy = shapely.get_coordinates(line)
    if tuple(xy[0]) != tuple(xy[-1]):
        return line
    least = min(range(len(xy) - 1), key=lambda at: tuple(xy[at]))
    return LineString(np.vstack([xy[least:-1], xy[: least + 1]]))
