"""Drawn lines become strands: one voltage each, whole between the points where others meet them.

Whether a way was drawn in one piece or in ten says nothing, so pieces that only continue one
another are put together before anything is asked of their ends.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import scipy.sparse as sp
import shapely
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.tolerances import CONFIDENCE, TOUCH_M, UNSTATED_CONFIDENCE
from geo.units import M_PER_KM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd

    from geo.flow import Array

APART_M: Final = 1e8
"""Puts the levels of a drawing out of reach of each other in one search tree."""
PAIR: Final = 2


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
    """All strands of a drawing, sorted by id."""

    frame: pd.DataFrame
    """id, name, drawn_as, level, voltage_kv, circuits, rating_mva, category, dc, confidence,
    stretch (stated over drawn length), from_named, to_named, geometry."""
    unknown_voltage: tuple[str, ...]
    """Lines that had to be left out."""
    renamed: int
    """Lines whose voltage took the name of its level."""
    points: int
    """Rows without length."""
    continued: int
    """Joints where one line only continues another."""


def strands_of(
    lines: gpd.GeoDataFrame, level_kv: Mapping[float, float], breaks: Callable[[Array], Array]
) -> Strands:
    """Make strands of drawn lines.

    Parameters
    ----------
    lines
        In the columns of `geo.drawing.DrawnLines`.
    level_kv
        Voltage to the one that names its level.
    breaks
        Told points, says at which of them a line that is broken off there ends, whatever goes on.
    """
    parts, points = _parts(lines)
    parts = _with_voltages(parts)
    unknown = parts["voltage_kv"].isna()
    left_out = tuple(sorted(set(parts.loc[unknown, "line"])))
    parts = parts[~unknown].reset_index(drop=True)
    named = parts["voltage_kv"].map(level_kv).fillna(parts["voltage_kv"]).where(~parts["dc"])
    named = named.fillna(parts["voltage_kv"])
    renamed = parts.loc[named != parts["voltage_kv"], "line"].nunique()
    parts = parts.assign(voltage_kv=named, level=_level_numbers(named, parts["dc"]))
    ends = shapely.points(ends_of(parts["geometry"].to_numpy()))
    keep = breaks(ends) | _is_named(parts)
    frame, continued = _chained(_with_circuits(parts, keep), keep)
    return Strands(_canonical(frame), left_out, renamed, points, continued)


def voltage_levels(weight: Mapping[float, float], share: float) -> dict[float, float]:
    """Map each voltage to the one that names its level: the one with most weight, then the higher.

    Voltages belong to one level if they can be ordered so that each is at most ``share`` above the
    one before.
    """
    levels: list[list[float]] = []
    for voltage_kv in sorted(weight):
        if levels and voltage_kv <= levels[-1][-1] * (1.0 + share):
            levels[-1].append(voltage_kv)
        else:
            levels.append([voltage_kv])
    return {
        voltage_kv: max(level, key=lambda kv: (weight[kv], kv))
        for level in levels
        for voltage_kv in level
    }


def circuits_by_voltage(
    voltages_kv: str, voltage_kv: float, circuits: float
) -> list[tuple[float, float, bool]]:
    """Divide the circuits of a way over its voltages.

    Returns
    -------
    list of (voltage_kv, circuits, sure)
        Highest first. A voltage written several times stands for as many circuits; what does not
        divide goes to the lower voltages; each has at least one. Never more in all than stated,
        unless fewer circuits are stated than voltages.
    """
    listed = [float(part) for part in voltages_kv.replace("/", ";").split(";") if part.strip()]
    listed = listed or [voltage_kv]
    written = Counter(listed)
    levels = sorted(written, reverse=True)
    if len(levels) == 1:
        repeated = float(len(listed)) if len(listed) > 1 else np.nan
        return [(levels[0], repeated if np.isnan(circuits) else circuits, True)]
    if np.isnan(circuits) or circuits == len(listed):
        return [(kv, float(written[kv]), circuits == len(listed)) for kv in levels]
    each, rest = divmod(int(circuits), len(levels))
    sure = rest == 0 and each > 0
    shares = [each + (len(levels) - place <= rest) for place in range(len(levels))]
    return [(kv, float(max(share, 1)), sure) for kv, share in zip(levels, shares, strict=True)]


def ends_of(geometry: Array) -> Array:
    """Return first and last point of each line, (2n, 2): end 2·i begins line i."""
    both = np.column_stack([shapely.get_point(geometry, 0), shapely.get_point(geometry, -1)])
    return shapely.get_coordinates(both.ravel())


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


def joined_labels(size: int, pairs: Array) -> Array:
    """Label the connected parts of ``size`` things of which some pairs belong together."""
    links = sp.coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    return connected_components(links, directed=False)[1]


def _parts(lines: gpd.GeoDataFrame) -> tuple[pd.DataFrame, int]:
    """Take ways apart: one row for each unbroken stretch and voltage."""
    rows = lines.sort_values("id", ignore_index=True)
    merged = shapely.line_merge(shapely.force_2d(rows.geometry.to_numpy()))
    shapes, of_row = shapely.get_parts(merged, return_index=True)
    shapes = _in_order(shapes)
    real = shapely.length(shapes) > 0
    points = len(rows) - len(np.unique(of_row[real]))
    drawn_m = np.bincount(of_row[real], shapely.length(shapes[real]), minlength=len(rows))
    stated_m = rows["length_km"].to_numpy(float) * M_PER_KM
    stretch = np.divide(stated_m, drawn_m, out=np.ones(len(rows)), where=stated_m > 0)
    stretches: dict[int, list[object]] = {}
    for row, shape in zip(of_row[real], shapes[real], strict=True):
        stretches.setdefault(int(row), []).append(shape)
    table = [
        part
        for row, line in zip(range(len(rows)), rows.itertuples(), strict=True)
        for part in _rows_of(line, sorted_shapes(stretches.get(row, [])), stretch[row])
    ]
    return pd.DataFrame(table, columns=PART_COLUMNS), points


PART_COLUMNS: Final = [
    "id", "line", "name", "voltage_kv", "circuits", "rating_mva", "category", "dc",
    "confidence", "stretch", "from_named", "to_named", "geometry",
]  # fmt: skip


def sorted_shapes(shapes: list[object]) -> list[object]:
    """Sort lines by their first coordinates, so that the order of a drawing says nothing."""
    return sorted(shapes, key=lambda shape: shapely.get_coordinates(shape).tolist())


def _rows_of(line: object, shapes: list[object], stretch: float) -> list[tuple[object, ...]]:
    divided = circuits_by_voltage(line.voltages_kv, line.voltage_kv, line.circuits)  # type: ignore[attr-defined]
    base = line.confidence if line.confidence >= 0 else UNSTATED_CONFIDENCE  # type: ignore[attr-defined]
    rows: list[tuple[object, ...]] = []
    for number, shape in enumerate(shapes, start=1):
        for voltage_kv, circuits, sure in divided:
            part = f".{number}" if len(shapes) > 1 else ""
            at = f"@{voltage_kv:g}" if len(divided) > 1 else ""
            turned = _was_turned(line.geometry, shape)  # type: ignore[attr-defined]
            named = (line.from_substation, line.to_substation)  # type: ignore[attr-defined]
            named = ("", "") if len(shapes) > 1 else named[::-1] if turned else named
            rows.append(
                (
                    f"{line.id}{part}{at}", line.id, line.name, voltage_kv, circuits,  # type: ignore[attr-defined]
                    line.rating_mva, line.category, line.dc,  # type: ignore[attr-defined]
                    base * (1.0 if sure else CONFIDENCE["circuits"]), stretch, *named, shape,
                )
            )  # fmt: skip
    return rows


def _was_turned(drawn: object, shape: object) -> bool:
    first = shapely.get_coordinates(drawn)[0]
    return not np.array_equal(first, shapely.get_coordinates(shape)[0])


def _in_order(shapes: Array) -> Array:
    """Turn lines so that they begin at their lesser end: the direction of drawing says nothing."""
    return np.array([_turned(shape) for shape in shapes], dtype=object)


def _turned(shape: object) -> object:
    xy = shapely.get_coordinates(shape)
    unequal = np.flatnonzero((xy != xy[::-1]).any(axis=1))
    if len(unequal) == 0:
        return shape
    at = unequal[0]
    return shape if tuple(xy[at]) < tuple(xy[::-1][at]) else shapely.reverse(shape)


def _with_voltages(parts: pd.DataFrame) -> pd.DataFrame:
    """Give lines of unknown voltage that of the lines they touch, if those have only one."""
    unknown = parts["voltage_kv"].isna().to_numpy()
    if not unknown.any():
        return parts
    geometry, dc = parts["geometry"].to_numpy(), parts["dc"].to_numpy(bool)
    end, host = shapely.STRtree(geometry).query(
        shapely.points(ends_of(geometry)), "dwithin", TOUCH_M
    )
    pairs = np.column_stack([end // PAIR, host])
    pairs = pairs[(pairs[:, 0] != pairs[:, 1]) & (dc[pairs[:, 0]] == dc[pairs[:, 1]])]
    found = _agreed(parts["voltage_kv"].to_numpy(float), unknown, pairs)
    lower = np.where(np.isnan(found) | ~unknown, 1.0, CONFIDENCE["voltage"])
    return parts.assign(voltage_kv=found, confidence=parts["confidence"] * lower)


def _agreed(values: Array, unknown: Array, pairs: Array) -> Array:
    """Fill unknowns with what all known neighbours of their connected group agree on."""
    group = joined_labels(len(values), pairs[unknown[pairs].all(axis=1)])
    both = np.vstack([pairs, pairs[:, ::-1]])
    told = both[unknown[both[:, 0]] & ~unknown[both[:, 1]]]
    heard = pd.DataFrame({"group": group[told[:, 0]], "value": values[told[:, 1]]})
    range_ = heard.groupby("group")["value"].agg(["min", "max"])
    one = range_.loc[range_["min"] == range_["max"], "min"]
    return np.where(unknown, one.reindex(group).to_numpy(), values)


def _level_numbers(voltage_kv: pd.Series, dc: pd.Series) -> Array:
    return pd.factorize(voltage_kv + 1e4 * dc, sort=True)[0]


def _is_named(parts: pd.DataFrame) -> Array:
    return (parts[["from_named", "to_named"]].to_numpy() != "").ravel()


def _continuations(parts: pd.DataFrame, keep: Array) -> Array:
    """Return pairs of ends where exactly two lines meet and nothing else does."""
    geometry = parts["geometry"].to_numpy()
    touch = contacts(geometry, parts["level"].to_numpy(), _is_named(parts))
    busy = keep.copy()
    busy[touch.end] = True
    size = np.bincount(touch.cluster)
    blocked = np.bincount(touch.cluster, busy, minlength=len(size)) > 0
    pairs_at = (size == PAIR) & ~blocked
    ends = np.flatnonzero(pairs_at[touch.cluster])
    ends = ends[np.argsort(touch.cluster[ends], kind="stable")].reshape(-1, PAIR)
    return ends[ends[:, 0] // PAIR != ends[:, 1] // PAIR]


def _with_circuits(parts: pd.DataFrame, keep: Array) -> pd.DataFrame:
    """Give lines of unknown circuits those of the lines that they continue, if all agree."""
    unknown = parts["circuits"].isna().to_numpy()
    if not unknown.any():
        return parts
    pairs = _continuations(parts, keep) // PAIR
    return parts.assign(circuits=_agreed(parts["circuits"].to_numpy(float), unknown, pairs))


def _chained(parts: pd.DataFrame, keep: Array) -> tuple[pd.DataFrame, int]:
    """Make one line of those that only continue one another and are built alike."""
    pairs = _continuations(parts, keep)
    alike = np.ones(len(pairs), dtype=bool)
    for name in ("circuits", "rating_mva"):
        one, other = parts[name].to_numpy(float)[pairs // PAIR].T
        alike &= (one == other) | (np.isnan(one) & np.isnan(other))
    partner = np.full(PAIR * len(parts), -1)
    pairs = pairs[alike]
    partner[pairs[:, 0]], partner[pairs[:, 1]] = pairs[:, 1], pairs[:, 0]
    walks = _walks(partner)
    chained = [end // PAIR for walk in walks for end in walk]
    single = parts.drop(index=chained).assign(drawn_as=lambda frame: frame["line"])
    chains = [_chain(parts, walk) for walk in walks]
    frame = pd.concat([single, pd.DataFrame(chains, columns=single.columns)]) if chains else single
    return frame, len(pairs)


def _walks(partner: Array) -> list[list[int]]:
    """Follow the chains; each is a list of the ends by which its lines are entered."""
    linked = (partner >= 0).reshape(-1, PAIR).any(axis=1)
    starts = np.flatnonzero((partner < 0) & np.repeat(linked, PAIR))
    seen = np.zeros(len(linked), dtype=bool)
    walks = []
    for start in [*starts, *(PAIR * np.flatnonzero(linked))]:
        end, walk = int(start), []
        while end >= 0 and not seen[end // PAIR]:
            seen[end // PAIR] = True
            walk.append(end)
            end = int(partner[end ^ 1])
        if walk:
            walks.append(walk)
    return walks


def _chain(parts: pd.DataFrame, walk: list[int]) -> dict[str, object]:
    rows = parts.iloc[[end // PAIR for end in walk]]
    first = rows.sort_values("id").iloc[0]
    shapes = [
        shape if end % PAIR == 0 else shapely.reverse(shape)
        for end, shape in zip(walk, rows["geometry"], strict=True)
    ]
    xy = np.vstack([shapely.get_coordinates(shape) for shape in shapes])
    keep = np.r_[True, (np.diff(xy, axis=0) != 0).any(axis=1)]
    drawn_m = shapely.length(np.array(shapes, dtype=object))
    names = ("from_named", "to_named")
    return {
        **first.to_dict(),
        "category": first["category"] if rows["category"].nunique() == 1 else "",
        "confidence": rows["confidence"].min(),
        "stretch": float((rows["stretch"].to_numpy() * drawn_m).sum() / drawn_m.sum()),
        "from_named": rows.iloc[0][names[walk[0] % PAIR]],
        "to_named": rows.iloc[-1][names[1 - walk[-1] % PAIR]],
        "geometry": shapely.linestrings(xy[keep]),
        "drawn_as": ";".join(sorted(set(rows["line"]))),
    }


def _canonical(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn each strand to its lesser end and let a ring begin at its least vertex."""
    before = np.array([_ring_from_least(shape) for shape in frame["geometry"]], dtype=object)
    after = _in_order(before)
    turned = [_was_turned(one, other) for one, other in zip(before, after, strict=True)]
    one, other = frame["from_named"], frame["to_named"]
    out = frame.assign(
        geometry=after, from_named=one.where(~np.array(turned), other),
        to_named=other.where(~np.array(turned), one),
    )  # fmt: skip
    return out.sort_values("id", ignore_index=True)


def _ring_from_least(shape: object) -> object:
    xy = shapely.get_coordinates(shape)
    if tuple(xy[0]) != tuple(xy[-1]):
        return shape
    least = min(range(len(xy) - 1), key=lambda at: tuple(xy[at]))
    return shapely.linestrings(np.vstack([xy[least:-1], xy[: least + 1]]))
