"""Land that could hold the campus: square cells for greenfield sites, and the existing campuses.

Cells lie on multiples of their side in the place's CRS, so that a site keeps its id from run to
run. What is dropped keeps its reason.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geo.cells import area_ha, buildable, cell_side_km, cells_in_reach, largest_part, lonlat
from geo.errors import NoSiteError
from geo.ground import ground_of
from geo.land_sites import grown_sites, measured_on
from geo.parcel_ground import slopes_under
from geo.policy import closed
from geo.tiles import Tiling
from geo.units import M2_PER_HA, M_PER_KM

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.flow import Array
    from geo.kinds import Layers
    from geo.scenario import Scenario

CAMPUS_GRID_M = 100
ID_LETTERS = 10
"""50 bits: among 100,000 cells two share an id once in 200,000 runs."""
COMPASS = ("E", "NE", "N", "NW", "W", "SW", "S", "SE")
COLUMNS = [
    "site_id",
    "name",
    "kind",
    "region",
    "lon",
    "lat",
    "x_m",
    "y_m",
    "area_ha",
    "grid_mw",
    "feed",
    "use",
    "position_error_km",
]


@dataclass(frozen=True, eq=False)
class Candidates:
    """Places to look at, and how many were dropped for what."""

    frame: gpd.GeoDataFrame
    """site_id, name, kind, region, lon, lat, x_m, y_m, area_ha, grid_mw, feed,
    use, position_error_km."""
    dropped: dict[str, int]
    """Reason to count of places."""
    notes: tuple[str, ...] = ()
    """What a reader has to know of the choice."""


def find_candidates(
    layers: Layers, scenario: Scenario, stations_m: Array, tiling: Tiling | None = None
) -> Candidates:
    """Find greenfield sites and existing campuses.

    Parameters
    ----------
    layers
        Regions are the land; barred ground and towns are taken out of it.
    scenario
        Cell size, reach and the area that the load needs.
    stations_m
        (n, 2) positions of the points of connection; cells out of their reach are dropped first.
    tiling
        How surfaces are worked on, where the place has any.

    Raises
    ------
    NoSiteError
        If every place is dropped; the message counts the reasons.
    """
    if layers.surfaces is not None:
        greenfield, reasons = _on_surfaces(layers, scenario, stations_m, tiling or Tiling())
    else:
        cells, dropped = cells_in_reach(layers, scenario, stations_m)
        land, more = buildable(cells, layers, scenario)
        greenfield, reasons = _described(land, layers), Counter(dropped) + Counter(more)
    campuses = known_campuses(layers, scenario)
    frames = [part for part in (greenfield, campuses) if len(part)] or [greenfield]
    frame = pd.concat(frames, ignore_index=True)
    barred = closed(frame["region"], layers)
    reasons += Counter({"jurisdiction closed": int(barred.sum())})
    if barred.all():
        why = ", ".join(f"{reason}: {count}" for reason, count in sorted(reasons.items()))
        raise NoSiteError(
            f"{layers.place.name}: every place is dropped ({why or 'the regions hold no land'}); "
            "lower the load, or raise --reach-km or --cell-km"
        )
    kept = gpd.GeoDataFrame(frame[~barred], geometry="geometry", crs=layers.place.crs)
    return Candidates(kept.reset_index(drop=True), dict(reasons), _notes(layers, scenario))


def with_ground(candidates: Candidates, layers: Layers, scenario: Scenario) -> Candidates:
    """Add what the rasters of a place tell of candidates that were given."""
    if layers.surfaces is None or candidates.frame.empty:
        return candidates
    ground, _ = ground_of(layers, scenario, np.zeros((0, 2)))
    shapes = candidates.frame.geometry
    found = measured_on(ground, shapes)
    if "elevation" in layers.surfaces.rasters:
        found |= dict(slopes_under(ground, shapes.to_numpy()).items())
    return replace(candidates, frame=candidates.frame.assign(**found))


def _on_surfaces(
    layers: Layers, scenario: Scenario, stations_m: Array, tiling: Tiling
) -> tuple[gpd.GeoDataFrame, Counter[str]]:
    """Grow sites on the cells of the place's surfaces, and measure them there."""
    ground, grid = ground_of(layers, scenario, stations_m)
    sites, dropped = grown_sites(ground, grid, tiling)
    largest = gpd.GeoSeries(largest_part(sites.geometry.to_numpy()), crs=sites.crs)
    area = area_ha(largest)
    land = gpd.GeoDataFrame({"area_ha": area, "box": largest}, geometry=largest, crs=sites.crs)
    found = _described(land, layers)
    more = measured_on(ground, largest) if len(largest) else {}
    more |= {name: sites[name] for name in ("slope_pct", "slope_coverage")}
    return found.assign(**{name: values.to_numpy() for name, values in more.items()}), Counter(
        dropped
    )


def site_id(country: str, kind: str, ground: BaseGeometry) -> str:
    """Return an id that depends on the ground alone, to 10 m."""
    return site_ids(country, kind, np.array([ground], dtype=object))[0]


def site_ids(country: str, kind: str, ground: Array) -> list[str]:
    """Return ids that depend on the bounds of each ground alone, to 10 m."""
    corners = np.round(shapely.bounds(ground) / 10).astype(np.int64).tolist()
    texts = (f"{country} {kind} {','.join(map(str, corner))}" for corner in corners)
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    letters = (b32encode(digest).decode()[:ID_LETTERS] for digest in digests)
    return [f"{country}-{kind[0].upper()}-{some}" for some in letters]


def _notes(layers: Layers, scenario: Scenario) -> tuple[str, ...]:
    side_km = cell_side_km(scenario)
    if layers.surfaces is not None or side_km == scenario.cell_km:
        return ()
    needed = f"{scenario.area_needed_ha:,.0f} ha do not fit into {scenario.cell_km:g} km"
    return (f"Greenfield cells are {side_km:g} km wide: {needed}.",)


def _described(land: gpd.GeoDataFrame, layers: Layers) -> gpd.GeoDataFrame:
    kind = "greenfield"
    point = gpd.GeoSeries(_inner_point(land), crs=land.crs)
    lon, lat = lonlat(point)
    x, y = point.x.to_numpy(), point.y.to_numpy()
    columns = {
        "site_id": site_ids(layers.place.country, kind, land["box"].to_numpy()),
        "name": names_of(x, y, layers),
        "kind": kind,
        "region": regions_of(point, layers),
        "lon": lon,
        "lat": lat,
        "x_m": x,
        "y_m": y,
        "area_ha": land["area_ha"].to_numpy(),
        "grid_mw": np.nan,
        "feed": "",
        "use": "",
        "position_error_km": 0.0,
    }
    return gpd.GeoDataFrame(columns, geometry=land.geometry.to_numpy(), crs=land.crs)


def _inner_point(land: gpd.GeoDataFrame) -> Array:
    """Return the cell's middle where it is buildable, else a point inside what is."""
    middle = shapely.centroid(land["box"].to_numpy())
    shapes = land.geometry.to_numpy()
    return np.where(shapely.intersects(shapes, middle), middle, shapely.point_on_surface(shapes))


def known_campuses(layers: Layers, scenario: Scenario) -> gpd.GeoDataFrame:
    """Return the existing campuses as candidates, on as much ground as the load needs."""
    if layers.campuses is None:
        return gpd.GeoDataFrame(
            columns=[*COLUMNS, "geometry"], geometry="geometry", crs=layers.place.crs
        )
    rows = layers.campuses.frame
    lon, lat = lonlat(rows.geometry)
    radius_m = np.sqrt(scenario.area_needed_ha * M2_PER_HA / np.pi)
    ground = rows.geometry.set_precision(CAMPUS_GRID_M)
    shared = ground.to_wkt().duplicated(keep=False)
    ids = [
        site_id(layers.place.country, f"campus {name}" if is_shared else "campus", spot)
        for name, spot, is_shared in zip(rows["name"], ground, shared, strict=True)
    ]
    columns = {
        "site_id": ids,
        "name": rows["name"].to_numpy(),
        "kind": "campus",
        "region": regions_of(rows.geometry.reset_index(drop=True), layers),
        "lon": lon,
        "lat": lat,
        "x_m": rows.geometry.x.to_numpy(),
        "y_m": rows.geometry.y.to_numpy(),
        "area_ha": np.nan,
        "grid_mw": rows["grid_mw"].to_numpy(),
        "feed": rows["feed"].to_numpy(),
        "use": rows["use"].to_numpy(),
        "position_error_km": rows["position_error_km"].to_numpy(),
    }
    return gpd.GeoDataFrame(
        columns, geometry=rows.geometry.buffer(radius_m).to_numpy(), crs=rows.crs
    )


def regions_of(points: gpd.GeoSeries, layers: Layers) -> Array:
    """Return the name of the nearest region of each point."""
    regions = layers.regions.frame
    _, nearest = shapely.STRtree(regions.geometry.to_numpy()).query_nearest(
        points.to_numpy(), all_matches=False
    )
    return regions["name"].to_numpy()[nearest]


def names_of(x: Array, y: Array, layers: Layers) -> list[str]:
    """Name places by their nearest town, or by their coordinates where no town is known."""
    if layers.settlements is None or len(layers.settlements) == 0:
        return [
            f"{east / 1000:.0f} E {north / 1000:.0f} N" for east, north in zip(x, y, strict=True)
        ]
    towns = layers.settlements.frame
    place = np.c_[towns.geometry.x, towns.geometry.y]
    found = cKDTree(place).query(np.c_[x, y])
    away, nearest = (np.asarray(part) for part in found)
    angle = np.arctan2(y - place[nearest, 1], x - place[nearest, 0])
    point = np.round(angle / (np.pi / 4)).astype(int) % 8
    names = towns["name"].to_numpy()[nearest]
    return [
        f"{name} {km:.0f} km {COMPASS[side]}" if km >= 1 else str(name)
        for name, km, side in zip(names, away / M_PER_KM, point, strict=True)
    ]
