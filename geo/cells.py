"""Square cells of land on multiples of their side, what is barred of them, and what is left."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Proj, Transformer
from scipy.spatial import cKDTree

from geo.ground import town_circles
from geo.units import M2_PER_HA, M_PER_KM

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.flow import Array
    from geo.kinds import Layers
    from geo.scenario import Scenario

MAX_VERTICES = 200
HALF = 0.5
LEAST_M2 = 1.0
"""Less ground than this is rounding: two borders that touch."""


def area_ha(geometry: gpd.GeoSeries) -> Array:
    """Return true areas, the CRS's areal distortion taken out."""
    if len(geometry) == 0:
        return np.zeros(0)
    lon, lat = lonlat(geometry)
    with np.errstate(invalid="ignore"):
        scale = Proj(geometry.crs).get_factors(lon, lat).areal_scale
    return geometry.area.to_numpy() / np.nan_to_num(scale, nan=1.0) / M2_PER_HA


def subdivide(polygon: BaseGeometry, most: int = MAX_VERTICES) -> list[BaseGeometry]:
    """Cut a polygon into pieces with few vertices, so that cutting cells from it is fast."""
    if polygon.is_empty:
        return []
    if shapely.get_num_coordinates(polygon) <= most:
        return [part for part in shapely.get_parts([polygon]) if part.geom_type == "Polygon"]
    left, low, right, high = polygon.bounds
    if right - left > high - low:
        middle = (left + right) / 2
        halves = ((left, low, middle, high), (middle, low, right, high))
    else:
        middle = (low + high) / 2
        halves = ((left, low, right, middle), (left, middle, right, high))
    pieces = []
    for half in halves:
        for part in shapely.get_parts([shapely.clip_by_rect(polygon, *half)]):
            pieces += subdivide(part, most) if part.geom_type != "GeometryCollection" else []
    return pieces


def cell_side_km(scenario: Scenario) -> float:
    """Return the side of the cells: that asked for, or a multiple of it where no cell is enough.

    Of a multiple, half of the cell is what the load needs, as hardly any cell is all buildable.
    """
    cell_ha = (scenario.cell_km * M_PER_KM) ** 2 / M2_PER_HA
    if scenario.area_needed_ha <= cell_ha:
        return scenario.cell_km
    return scenario.cell_km * float(np.ceil(np.sqrt(scenario.area_needed_ha / (HALF * cell_ha))))


def cells_in_reach(
    layers: Layers, scenario: Scenario, stations_m: Array
) -> tuple[gpd.GeoSeries, dict[str, int]]:
    """Return the land of each cell within reach of a point, by its box, and how many are beyond."""
    side = cell_side_km(scenario) * M_PER_KM
    left, low, right, high = layers.regions.frame.total_bounds
    columns = np.arange(np.floor(left / side), np.ceil(right / side))
    rows = np.arange(np.floor(low / side), np.ceil(high / side))
    x, y = (axis.ravel() * side for axis in np.meshgrid(columns, rows))
    away, _ = cKDTree(stations_m).query(np.c_[x + side / 2, y + side / 2])
    near = away <= scenario.reach_km * M_PER_KM
    boxes = shapely.box(x, y, x + side, y + side)
    pieces = [piece for region in layers.regions.frame.geometry for piece in subdivide(region)]
    tree = shapely.STRtree(pieces)
    on_land = np.zeros(len(boxes), dtype=bool)
    inner = shapely.box(x + 1.0, y + 1.0, x + side - 1.0, y + side - 1.0)  # land may only touch
    on_land[np.unique(tree.query(inner, predicate="intersects")[0])] = True
    out_of_reach = int((on_land & ~near).sum())
    kept = boxes[on_land & near]
    land = _overlap(kept, tree, pieces)
    touched = shapely.area(land) > LEAST_M2
    kept, land = kept[touched], land[touched]
    return gpd.GeoSeries(land, index=pd.Index(kept), crs=layers.place.crs), {
        "no point of connection in reach": out_of_reach
    }


def _overlap(boxes: Array, tree: shapely.STRtree, pieces: list[BaseGeometry]) -> Array:
    """Return the part of each box that the pieces cover."""
    which, piece = tree.query(boxes, predicate="intersects")
    parts = shapely.intersection(boxes[which], np.array(pieces, dtype=object)[piece])
    return union_by(which, parts, len(boxes))


def union_by(group: Array, parts: Array, size: int) -> Array:
    """Return the union of the parts of each group, numbered from 0; empty where it has none."""
    order = np.argsort(group, kind="stable")
    group, parts = group[order], parts[order]
    out = np.full(size, shapely.Polygon(), dtype=object)
    cuts = np.flatnonzero(group[1:] != group[:-1]) + 1
    for owners, shapes in zip(np.split(group, cuts), np.split(parts, cuts), strict=True):
        if len(owners):
            out[owners[0]] = shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
    return out


def buildable(
    cells: gpd.GeoSeries, layers: Layers, scenario: Scenario
) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """Take barred ground out and keep the largest piece of each cell.

    A cell that is left too small is counted for the reason that took the most of it.
    """
    boxes, land = cells.index.to_numpy(), cells.to_numpy()
    net, reasons = land, np.full(len(land), "", dtype=object)
    most_m2 = np.full(len(land), LEAST_M2)
    for reason, ground in barred_ground(layers).items():
        tree = shapely.STRtree(ground)
        which, piece = tree.query(net, predicate="intersects")
        hit = np.unique(which)
        barred = union_by(which, np.array(ground, dtype=object)[piece], len(net))
        left = net.copy()
        left[hit] = shapely.difference(net[hit], barred[hit])
        lost_m2 = shapely.area(net) - shapely.area(left)
        reasons[lost_m2 > most_m2] = reason
        net, most_m2 = left, np.maximum(lost_m2, most_m2)
    largest = gpd.GeoSeries(largest_part(net), crs=cells.crs)
    area = area_ha(largest)
    enough = area >= scenario.area_needed_ha
    full = area_ha(gpd.GeoSeries(land, crs=cells.crs)) >= scenario.area_needed_ha
    why = np.where(full & (reasons != ""), "barred land: " + reasons.astype(str), "too little land")
    frame = gpd.GeoDataFrame({"area_ha": area, "box": boxes}, geometry=largest, crs=cells.crs)
    return frame[enough].reset_index(drop=True), dict(Counter(map(str, why[~enough])))


def largest_part(net: Array) -> Array:
    """Return the largest polygon of each shape; empty where it has none."""
    parts, owner = shapely.get_parts(net, return_index=True)
    out = np.full(len(net), shapely.Polygon(), dtype=object)
    solid = shapely.area(parts) > 0
    parts, owner = parts[solid], owner[solid]
    order = np.lexsort((shapely.area(parts), owner))
    out[owner[order]] = parts[order]
    return out


def barred_ground(layers: Layers) -> dict[str, list[BaseGeometry]]:
    """Return the barred ground by reason, in pieces; towns are circles sized by population."""
    out: dict[str, list[BaseGeometry]] = {}
    if layers.barred is not None:
        for reason, group in layers.barred.frame.groupby("reason"):
            shapes = group.geometry.make_valid()
            setback_m = group["setback_m"].fillna(0.0)
            shapes = shapes.where(setback_m == 0, shapes.buffer(setback_m))
            out[str(reason)] = [piece for shape in shapes for piece in subdivide(shape)]
    circles = town_circles(layers)
    if circles is not None:
        out["town"] = [*out.get("town", []), *circles]
    return {reason: ground for reason, ground in out.items() if ground}


def lonlat(geometry: gpd.GeoSeries) -> tuple[Array, Array]:
    """Return longitude and latitude of the middle of each shape, in degrees."""
    centre = geometry.centroid
    to_degrees = Transformer.from_crs(geometry.crs, "EPSG:4326", always_xy=True)
    return to_degrees.transform(centre.x.to_numpy(), centre.y.to_numpy())
