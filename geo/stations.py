"""Substations of a drawing: neighbours made one, and where each of them is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.units import parse_voltages_kv
from geo.ways import joined_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from geo.flow import Array


@dataclass(frozen=True, eq=False)
class Stations:
    """Merged substations, sorted by id, and the shapes that each is made of."""

    frame: pd.DataFrame
    """id, name, voltages_kv, country, position_error_km, junction, members, geometry (a point)."""
    merged: Mapping[str, str]
    """Id of a substation that is one with another to the id of that."""
    shapes: Array
    """Points and outlines as drawn."""
    of_shape: Array
    """Per shape, the row of its station."""
    levels_kv: tuple[frozenset[float], ...]
    """Per shape, the voltages it lists, by the names of their levels; none is unknown."""

    def candidates(self, points: Array, reach_m: float) -> pd.DataFrame:
        """Return which shapes lie within reach of points: point, shape, station, distance_m."""
        point, shape = shapely.STRtree(self.shapes).query(points, "dwithin", reach_m)
        distance_m = shapely.distance(points[point], self.shapes[shape])
        return pd.DataFrame(
            {
                "point": point,
                "shape": shape,
                "station": self.of_shape[shape],
                "distance_m": distance_m,
            }
        )

    def lists(self, voltage_kv: Array) -> Array:
        """Return which shape lists which voltage, (voltages, shapes) of bool."""
        return np.array(
            [[float(kv) in levels for levels in self.levels_kv] for kv in voltage_kv], dtype=bool
        ).reshape(len(voltage_kv), len(self.levels_kv))

    @property
    def unknown(self) -> Array:
        """Return which shapes list no voltage, bool."""
        return np.array([not levels for levels in self.levels_kv], dtype=bool)


def listed_kv(text: str) -> tuple[float, ...]:
    """Read the voltages of a substation, none where they are not known."""
    return parse_voltages_kv(text) if text else ()


def stations_of(
    substations: gpd.GeoDataFrame, level_kv: Mapping[float, float], merge_m: float
) -> Stations:
    """Merge substations that are near each other and in one country.

    Parameters
    ----------
    substations
        In the columns of `geo.drawing.DrawnSubstations`.
    level_kv
        Voltage to the one that names its level.
    merge_m
        How near; between outlines, not middles.
    """
    rows = substations.sort_values("id", ignore_index=True)
    shapes = shapely.force_2d(rows.geometry.to_numpy())
    label = _labels(shapes, rows["country"].to_numpy(), merge_m)
    levels = [
        frozenset(level_kv.get(kv, kv) for kv in listed_kv(text)) for text in rows["voltages_kv"]
    ]
    rank = pd.DataFrame(
        {
            "label": label,
            "top": [-max(level, default=0.0) for level in levels],
            "area": -shapely.area(shapes),
        }
    ).sort_values(["label", "top", "area"], kind="stable")
    first = rank.drop_duplicates("label").index.to_numpy()
    order = np.sort(first)
    row_of_label = np.empty(len(first), dtype=int)
    row_of_label[label[order]] = np.arange(len(order))
    of_shape = row_of_label[label]
    frame = _frame(rows, order, of_shape, shapes, levels)
    chosen = frame["id"].to_numpy()[of_shape]
    merged = {own: other for own, other in zip(rows["id"], chosen, strict=True) if own != other}
    return Stations(frame, merged, shapes, of_shape, tuple(levels))


def _labels(shapes: Array, country: Array, merge_m: float) -> Array:
    one, other = shapely.STRtree(shapes).query(shapes, "dwithin", merge_m)
    same = (one < other) & (country[one] == country[other])
    return joined_labels(len(shapes), np.column_stack([one[same], other[same]]))


def _frame(
    rows: pd.DataFrame,
    order: Array,
    of_shape: Array,
    shapes: Array,
    levels: list[frozenset[float]],
) -> pd.DataFrame:
    inside = np.array([shapely.point_on_surface(shape) for shape in shapes[order]], dtype=object)
    ids = pd.Series(rows["id"].to_numpy()[order])
    first = rows["name"].to_numpy()[order][of_shape]
    shown = pd.Series(np.where(first == "", rows["name"], first), dtype=object)
    by_station = rows.assign(levels=levels, shown=shown.where(shown != "")).groupby(of_shape)
    return pd.DataFrame(
        {
            "id": ids,
            "name": by_station["shown"].first().fillna(ids).to_numpy(),
            "voltages_kv": by_station["levels"].agg(_written).to_numpy(),
            "country": rows["country"].to_numpy()[order],
            "position_error_km": by_station["position_error_km"].max().to_numpy(),
            "junction": by_station["junction"].all().to_numpy(),
            "members": by_station["id"].agg(";".join).to_numpy(),
            "geometry": inside,
        }
    )


def _written(levels: pd.Series) -> str:
    return ";".join(f"{kv:g}" for kv in sorted(frozenset().union(*levels), reverse=True))
