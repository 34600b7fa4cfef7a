"""Ways of a drawing taken apart: one row for each unbroken stretch and voltage."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import scipy.sparse as sp
import shapely
from scipy.sparse.csgraph import connected_components

from geo.tolerances import CONFIDENCE, TOUCH_M, UNSTATED_CONFIDENCE
from geo.units import M_PER_KM

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from shapely import LineString

    from geo.flow import Array

PAIR: Final = 2
DC: Final = 1e4
"""Sets the levels of direct current apart from those of alternating current."""


@dataclass(frozen=True, eq=False)
class Ways:
    """Stretches of ways, and what was left out of them."""

    frame: pd.DataFrame
    """id, line (the row it is of), name, voltage_kv, level (a number), circuits, rating_mva,
    category, dc, confidence, stretch (stated over drawn length), from_named, to_named, geometry."""
    unknown_voltage: tuple[str, ...]
    """Rows whose voltage nothing tells."""
    renamed: int
    """Rows whose voltage took the name of its level."""
    points: int
    """Rows without length."""


def ways_of(lines: gpd.GeoDataFrame, level_kv: Mapping[float, float]) -> Ways:
    """Take drawn lines apart.

    Parameters
    ----------
    lines
        In the columns of `geo.drawing.DrawnLines`.
    level_kv
        Voltage to the one that names its level.
    """
    frame, points = _stretches(lines)
    named = frame["voltage_kv"].map(level_kv).where(~frame["dc"], frame["voltage_kv"])
    renamed = frame.loc[(named != frame["voltage_kv"]) & named.notna(), "line"].nunique()
    frame = _with_voltages(frame.assign(voltage_kv=named))
    unknown = frame["voltage_kv"].isna()
    left_out = tuple(sorted(set(frame.loc[unknown, "line"])))
    frame = frame[~unknown].reset_index(drop=True)
    level = pd.factorize(frame["voltage_kv"] + DC * frame["dc"], sort=True)[0]
    return Ways(frame.assign(level=level), left_out, renamed, points)


def voltage_levels(weight: Mapping[float, float], share: float) -> dict[float, float]:
    """Map each voltage to the one that names its level: the one with most weight, then the higher.

    Voltages belong to one level if, in order, each is at most ``share`` above the one before.
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


def joined_labels(size: int, pairs: Array) -> Array:
    """Label the connected parts of ``size`` things of which some pairs belong together."""
    links = sp.coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    return connected_components(links, directed=False)[1]


def agreed(values: Array, unknown: Array, pairs: Array) -> Array:
    """Fill unknown values with what all known neighbours of their connected group agree on.

    Parameters
    ----------
    values, unknown
        A number each, and whether it is unknown.
    pairs
        Neighbours, (n, 2).
    """
    group = joined_labels(len(values), pairs[unknown[pairs].all(axis=1)])
    both = np.vstack([pairs, pairs[:, ::-1]])
    told = both[unknown[both[:, 0]] & ~unknown[both[:, 1]]]
    heard = pd.DataFrame({"group": group[told[:, 0]], "value": values[told[:, 1]]})
    bounds = heard.groupby("group")["value"].agg(["min", "max"])
    one = bounds.loc[bounds["min"] == bounds["max"], "min"]
    return np.where(unknown, one.reindex(group).to_numpy(), values)


def is_backward(xy: Array) -> bool:
    """Say whether a line runs from its greater to its lesser end.

    Which way it was drawn says nothing, so that everything here runs forward.
    """
    unequal = np.flatnonzero((xy != xy[::-1]).any(axis=1))
    return bool(len(unequal)) and tuple(xy[unequal[0]]) > tuple(xy[::-1][unequal[0]])


def _stretches(lines: gpd.GeoDataFrame) -> tuple[pd.DataFrame, int]:
    rows = lines.sort_values("id", ignore_index=True)
    flat = shapely.remove_repeated_points(shapely.force_2d(rows.geometry.to_numpy()))
    drawn = shapely.line_merge(flat)
    parts = [_parts_in_order(shape) for shape in drawn]
    drawn_km = np.array([sum(part.length for part in some) for some in parts]) / M_PER_KM
    stated_km = rows["length_km"].to_numpy(float)
    stated = (stated_km > 0) & (drawn_km > 0)
    stretch = np.divide(stated_km, drawn_km, out=np.ones(len(rows)), where=stated)
    table = [
        row
        for line, some, factor in zip(rows.itertuples(), parts, stretch, strict=True)
        for row in _rows_of(line, some, factor)
    ]
    return pd.DataFrame(table, columns=COLUMNS), sum(not some for some in parts)


def _parts_in_order(shape: Any) -> list[LineString]:  # noqa: ANN401 -- a line or several
    parts = [_forward(part) for part in shapely.get_parts(shape) if part.length > 0]
    return sorted(parts, key=lambda part: shapely.get_coordinates(part).tolist())


def _forward(line: LineString) -> LineString:
    return shapely.reverse(line) if is_backward(shapely.get_coordinates(line)) else line


COLUMNS: Final = (
    "id", "line", "name", "voltage_kv", "circuits", "rating_mva", "category", "dc", "confidence",
    "stretch", "from_named", "to_named", "geometry",
)  # fmt: skip


def _rows_of(line: Any, parts: list[LineString], stretch: float) -> list[tuple[Any, ...]]:  # noqa: ANN401 -- a row of a frame
    divided = circuits_by_voltage(line.voltages_kv, line.voltage_kv, line.circuits)
    base = line.confidence if line.confidence >= 0 else UNSTATED_CONFIDENCE
    rows = []
    for number, part in enumerate(parts, start=1):
        ends = (line.from_substation, line.to_substation)
        ends = ends if tuple(part.coords[0]) == _first(line.geometry) else ends[::-1]
        piece = f".{number}" if len(parts) > 1 else ""
        for kv, circuits, sure in divided:
            level = f"@{kv:g}" if len(divided) > 1 else ""
            sureness = base * (1.0 if sure else CONFIDENCE["circuits"])
            rows.append((
                f"{line.id}{piece}{level}", line.id, line.name, kv, circuits, line.rating_mva,
                line.category, line.dc, sureness, stretch, *ends, part,
            ))  # fmt: skip
    return rows


def _first(shape: Any) -> tuple[float, ...]:  # noqa: ANN401 -- a line or several
    return tuple(shapely.get_coordinates(shape)[0])


def _with_voltages(frame: pd.DataFrame) -> pd.DataFrame:
    """Give ways of unknown voltage that of the ways they touch, if those have only one."""
    unknown = frame["voltage_kv"].isna().to_numpy()
    if not unknown.any():
        return frame
    geometry, dc = frame["geometry"].to_numpy(), frame["dc"].to_numpy(bool)
    points = shapely.points(ends_of(geometry))
    end, host = shapely.STRtree(geometry).query(points, "dwithin", TOUCH_M)
    pairs = np.column_stack([end // PAIR, host])
    pairs = pairs[(pairs[:, 0] != pairs[:, 1]) & (dc[pairs[:, 0]] == dc[pairs[:, 1]])]
    found = agreed(frame["voltage_kv"].to_numpy(float), unknown, pairs)
    lower = np.where(unknown, CONFIDENCE["voltage"], 1.0)
    return frame.assign(voltage_kv=found, confidence=frame["confidence"] * lower)
