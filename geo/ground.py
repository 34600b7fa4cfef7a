"""What a tile of land is screened with: everything in plain arrays that a worker can be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from pyproj import Proj, Transformer
from scipy.spatial import cKDTree

from geo.crossings import terrain_of
from geo.errors import LayerError
from geo.shapes import Segments, segments_of
from geo.standards import nearest_line_cost
from geo.surface import Surfaces, grid_over
from geo.units import M_PER_KM, parse_voltages_kv

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.kinds import Layers
    from geo.scenario import Scenario
    from geo.standards import Standards
    from geo.surface import Bools, Floats, Grid

PIECE_M: Final = 50.0
"""Cells are cut into pieces of about this side, on which barred ground is seen."""
MAX_PARTS: Final = 10
SAMPLES: Final = 9
TOUCH_M: Final = 1.0
"""Regions no farther apart are one land."""


@dataclass(frozen=True, eq=False)
class Exclusion:
    """Ground that bars a campus, and how far from it one has to stay."""

    reason: str
    """Why."""
    setback_m: float
    """True distance to keep."""
    shapes: Segments
    """Where."""


@dataclass(frozen=True, eq=False)
class Ground:
    """All that the screening of a tile reads."""

    surfaces: Surfaces
    """Rasters."""
    crs: str
    """CRS of the place."""
    land: Segments
    """The land, regions put together."""
    exclusions: tuple[Exclusion, ...]
    """Barred ground, in the order of its reasons."""
    crossings: tuple[tuple[str, Segments], ...]
    """Terrain to ground that a line crosses at its price, such as lakes."""
    lines: tuple[tuple[float, Segments], ...]
    """Voltage class in kV to existing lines."""
    stations: tuple[tuple[float, Segments], ...]
    """Voltage class in kV to substations."""
    towns: Segments
    """Market towns, as points."""
    prices: tuple[Segments, Floats] | None
    """Areas or points with a land price, and the prices."""
    standards: Standards
    """Assumptions."""
    area_needed_ha: float
    """Land that the load needs, as large as the CRS draws it where it stretches most."""
    block_cells: int
    """Cells along the side of a block, which has one site at most."""
    points_m: Floats
    """(n, 2) Points of connection that could take the load."""
    reach_m: float
    """How far they may be."""

    @property
    def parts(self) -> int:
        """Return how many pieces make a side of a cell."""
        return int(np.clip(round(self.surfaces.cell_m / PIECE_M), 1, MAX_PARTS))

    def in_reach(self, corners: NDArray[np.int64], grid: Grid) -> Bools:
        """Say of which blocks anything may lie in reach of a point.

        Parameters
        ----------
        corners
            (n, 2) Row and column of the cell in which each begins.
        grid
            Of those cells.
        """
        if not len(self.points_m):
            return np.zeros(len(corners), dtype=bool)
        half_m = self.block_cells * grid.side_m / 2
        middle = np.c_[corners[:, 1], -corners[:, 0]] * grid.side_m + (half_m, -half_m)
        away_m, _ = cKDTree(self.points_m).query(middle)
        return np.asarray(away_m <= self.reach_m + half_m * np.sqrt(2.0))

    @property
    def all_lines(self) -> Segments:
        """Return the existing lines of every voltage."""
        return _together([shapes for _, shapes in self.lines])


def ground_of(layers: Layers, scenario: Scenario, points_m: Floats) -> tuple[Ground, Grid]:
    """Return what a place is screened with, and the window of cells that covers its land.

    Parameters
    ----------
    layers, scenario
        What is known and asked.
    points_m
        (n, 2) Points of connection that could take the load.

    Raises
    ------
    LayerError
        If the place has no surfaces.
    """
    if layers.surfaces is None:
        raise LayerError(
            f"{layers.place.name}: has no surfaces to screen; add [surfaces] and rasters to its "
            "place.toml (docs/land.md)"
        )
    surfaces, place = layers.surfaces, layers.place
    regions = layers.regions.frame.geometry
    land = shapely.union_all(regions.buffer(TOUCH_M).to_numpy())
    grid = grid_over(layers.regions.frame.total_bounds.tolist(), surfaces.cell_m, place.crs)
    side = scenario.cell_km * M_PER_KM / surfaces.cell_m
    ground = Ground(
        surfaces=surfaces,
        crs=place.crs,
        land=segments_of(shapely.get_parts(land)),
        exclusions=_exclusions(layers),
        crossings=_crossings(layers),
        lines=_lines_by_class(layers),
        stations=_stations_by_class(layers),
        towns=_market_towns(layers),
        prices=_prices(layers),
        standards=place.standards,
        area_needed_ha=scenario.area_needed_ha * _most_stretched(grid),
        block_cells=max(round(side), 1),
        points_m=points_m,
        reach_m=scenario.reach_km * M_PER_KM,
    )
    return ground, grid


def _most_stretched(grid: Grid) -> float:
    """Return the largest areal scale of the CRS over a window."""
    west, south, east, north = grid.bounds
    x, y = np.meshgrid(np.linspace(west, east, SAMPLES), np.linspace(south, north, SAMPLES))
    to_degrees = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(x.ravel(), y.ravel())
    with np.errstate(invalid="ignore"):
        scale = Proj(grid.crs).get_factors(lon, lat).areal_scale
    known = np.asarray(scale)[np.isfinite(scale)]
    return float(known.max(initial=1.0))


def town_circles(layers: Layers) -> gpd.GeoSeries | None:
    """Return towns as circles sized by population; None without settlements."""
    if layers.settlements is None:
        return None
    standards, towns = layers.place.standards, layers.settlements.frame
    towns = towns[towns["population"] >= standards.town_min_people]
    density = standards.town_density_people_per_km2
    return towns.geometry.buffer(M_PER_KM * np.sqrt(towns["population"] / density / np.pi))


def _exclusions(layers: Layers) -> tuple[Exclusion, ...]:
    out = []
    if layers.barred is not None:
        frame = layers.barred.frame
        setback = frame["setback_m"].fillna(0.0)
        for (reason, setback_m), rows in frame.groupby(["reason", setback], sort=True):
            out.append(Exclusion(str(reason), float(setback_m), segments_of(rows.geometry)))
    circles = town_circles(layers)
    if circles is not None and len(circles):
        out.append(Exclusion("town", 0.0, segments_of(circles)))
    return tuple(out)


def _crossings(layers: Layers) -> tuple[tuple[str, Segments], ...]:
    known = [row.name for row in layers.place.standards.terrains]
    if layers.barred is None:
        return ()
    frame, terrain = layers.barred.frame, terrain_of(layers.barred)
    solid = frame.geometry.geom_type.str.endswith("Polygon")
    return tuple(
        (name, segments_of(frame.geometry[(terrain == name) & solid]))
        for name in known
        if ((terrain == name) & solid).any()
    )


def _lines_by_class(layers: Layers) -> tuple[tuple[float, Segments], ...]:
    frame = layers.lines.frame
    frame = frame[~frame["dc"] & (frame["voltage_kv"] >= layers.place.standards.bus_min_kv)]
    classes = frame["voltage_kv"].map(lambda kv: voltage_class(layers.place.standards, kv))
    return tuple(
        (float(kv), segments_of(rows.geometry)) for kv, rows in frame.groupby(classes, sort=True)
    )


def _stations_by_class(layers: Layers) -> tuple[tuple[float, Segments], ...]:
    standards, frame = layers.place.standards, layers.substations.frame
    if "country" in frame:
        frame = frame[frame["country"].isin(["", layers.place.country])]
    if "junction" in frame:
        frame = frame[~frame["junction"]]
    classes = [
        {
            voltage_class(standards, kv)
            for kv in parse_voltages_kv(text)
            if kv >= standards.bus_min_kv
        }
        for text in frame["voltages_kv"]
    ]
    every = sorted(set().union(*classes))
    return tuple(
        (kv, segments_of(frame.geometry[[kv in here for here in classes]])) for kv in every
    )


def voltage_class(standards: Standards, voltage_kv: float) -> float:
    """Return the voltage of the cost table that a voltage counts to."""
    return nearest_line_cost(standards, voltage_kv).voltage_kv


def _market_towns(layers: Layers) -> Segments:
    if layers.settlements is None:
        return segments_of([])
    towns = layers.settlements.frame
    people = layers.place.standards.market_town_people
    return segments_of(towns.geometry[towns["population"] >= people])


def _prices(layers: Layers) -> tuple[Segments, Floats] | None:
    if layers.land_values is None:
        return None
    frame = layers.land_values.frame
    frame = frame[frame["land_price_usd_per_ha"].notna()]
    return segments_of(frame.geometry), frame["land_price_usd_per_ha"].to_numpy(float)


def _together(parts: list[Segments]) -> Segments:
    if not parts:
        return segments_of([])
    shift = np.cumsum([0, *(int(part.owner.max(initial=-1)) + 1 for part in parts)])
    return Segments(
        np.concatenate([part.ends_m for part in parts]),
        np.concatenate([part.owner + by for part, by in zip(parts, shift[:-1], strict=True)]),
        np.concatenate([part.solid for part in parts]),
    )
