"""Cutting what a source gives to the place: by a box, or by its regions and what is around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geo.units import M_PER_KM
from layers.datum import projected

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

DEGREES: Final = "EPSG:4326"
SIMPLER_M: Final = 500.0
ENDS: Final = ("from_substation", "to_substation")


def in_box(frame: pd.DataFrame, bbox: tuple[float, ...]) -> pd.DataFrame:
    """Keep what touches a box of degrees; a frame without geometry stays as it is."""
    if not bbox or not isinstance(frame, gpd.GeoDataFrame):
        return frame
    box = gpd.GeoSeries(
        [shapely.box(bbox[0], bbox[1], bbox[2], bbox[3]).segmentize(1.0)], crs=DEGREES
    ).to_crs(frame.crs)
    return frame[frame.intersects(box.iloc[0]).to_numpy()]


def cut_to_land(
    frames: Mapping[str, pd.DataFrame], clip_km: Mapping[str, float], regions: gpd.GeoDataFrame
) -> dict[str, pd.DataFrame]:
    """Leave out what lies further from the regions than the place wants.

    Parameters
    ----------
    frames
        Kind to rows, in the CRS of the regions.
    clip_km
        Kind to how far; a kind that is not there stays whole.
    regions
        The land.

    Returns
    -------
    dict
        Kind to rows. Lines stay that touch the land and what is around it; substations too, and
        those beyond at which such a line ends, so that no line loses an end.
    """
    out = dict(frames)
    wanted = {kind for kind in clip_km if isinstance(out.get(kind), gpd.GeoDataFrame)}
    if not wanted:
        return out
    land = regions.geometry.simplify(SIMPLER_M).union_all()
    for kind in sorted(wanted):
        around = land.buffer(clip_km[kind] * M_PER_KM)
        shapely.prepare(around)
        near = shapely.intersects(around, out[kind].geometry.to_numpy())
        if kind == "substations":
            near |= out[kind]["id"].isin(_ends(out.get("lines"))).to_numpy()
        out[kind] = out[kind][near]
    return _without_lost(out) if wanted & {"lines", "substations"} else out


def in_metres(frame: pd.DataFrame, crs: str, *, points: bool) -> pd.DataFrame:
    """Bring rows into the CRS of the place; where points are promised, areas become one."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return frame
    there = frame
    if pyproj.CRS(crs) != frame.crs:
        there = frame.set_geometry(projected(frame.geometry, crs))
    there = there[np.isfinite(there.geometry.bounds.to_numpy()).all(axis=1)]
    if not points:
        return there
    solid = there.geometry.geom_type != "Point"
    return there.set_geometry(there.geometry.where(~solid, there.representative_point()))


def _ends(lines: pd.DataFrame | None) -> set[str]:
    if lines is None or not set(ENDS) <= set(lines.columns):
        return set()
    return {*lines[ENDS[0]], *lines[ENDS[1]]}


def _without_lost(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Leave out lines and loads whose named substation was left out, and stations left alone."""
    stations = frames.get("substations")
    if stations is None or "id" not in stations.columns:
        return frames
    known = {"", *stations["id"]}
    lines = frames.get("lines")
    if lines is not None and set(ENDS) <= set(lines.columns):
        kept = lines[ENDS[0]].isin(known) & lines[ENDS[1]].isin(known)
        frames = frames | {"lines": lines[kept]}
        met = _ends(frames["lines"])
        frames["substations"] = stations[stations["id"].isin(met)]
        known = {"", *frames["substations"]["id"]}
    for kind in ("loads", "ties"):
        rows = frames.get(kind)
        if rows is not None and "substation" in rows.columns:
            frames = frames | {kind: rows[rows["substation"].isin(known)]}
    return frames
