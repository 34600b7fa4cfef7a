# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""What the ground is like: its slope, and what a line over it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from pyproj import CRS

from geo.errors import LayerError
from geo.kernels import compiled
from geo.resample import on_grid, points_of, tables_on_grid
from geo.shapes import within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.ground import Ground
    from geo.standards import Standards
    from geo.surface import Floats, Grid, Surface, Surfaces

Scalar = TypeVar("Scalar", bound=np.generic)
HALO: Final = 1
"""Cells around a window that the slope of its rim needs."""


def slope_pct(elevation: Surface) -> Floats:
    """Return the slope of each cell by Horn's method (1981), in percent.

    Parameters
    ----------
    elevation
        In metres, on cells in metres.

    Returns
    -------
    ndarray
        (rows - 2, columns - 2) The rim has no slope; unknown beside an unknown cell.

    Raises
    ------
    LayerError
        If the cells are in degrees, where a slope means nothing.
    """
    if CRS(elevation.grid.crs).is_geographic:
        message = f"slope needs cells in metres, and {elevation.grid.crs} is in degrees; project it"
        raise LayerError(message)
    return _horn(elevation.values.astype(float), elevation.grid.side_m)


@compiled
def _horn(z, side):  # noqa: ANN001, ANN202 -- numba infers the types
    rows, columns = z.shape
    out = np.empty((max(rows - 2, 0), max(columns - 2, 0)), np.float32)
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            east = z[i - 1, j + 1] + 2 * z[i, j + 1] + z[i + 1, j + 1]
            west = z[i - 1, j - 1] + 2 * z[i, j - 1] + z[i + 1, j - 1]
            south = z[i + 1, j - 1] + 2 * z[i + 1, j] + z[i + 1, j + 1]
            north = z[i - 1, j - 1] + 2 * z[i - 1, j] + z[i - 1, j + 1]
            across, down = (east - west) / (8 * side), (south - north) / (8 * side)
            # The middle decides nothing in Horn's formula, but an unknown middle has no slope.
            out[i - 1, j - 1] = 100.0 * np.sqrt(across * across + down * down) + 0.0 * z[i, j]
    return out


def slope_on(surfaces: Surfaces, grid: Grid, parts: int) -> tuple[Floats, int] | None:
    """Return the slope of pieces of the cells of a window, in percent.

    Returns
    -------
    slope, parts
        On parts × parts pieces of each cell, or on the cells themselves (parts 1) where the
        elevation is too coarse for pieces. None without an elevation.
    """
    raster = surfaces.rasters.get("elevation")
    if raster is None:
        return None
    parts = parts if points_of(raster, grid.crs, grid.side_m) >= parts else 1
    cells = grid.finer(parts)
    return slope_pct(on_grid(raster, cells.wider(HALO))), parts


def spread(values: NDArray[Scalar], parts: int) -> NDArray[Scalar]:
    """Give every piece of a cell the value of the cell."""
    return np.repeat(np.repeat(values, parts, axis=0), parts, axis=1)


def mean_of_pieces(values: Floats, parts: int) -> tuple[Floats, Floats]:
    """Return mean and known share of the pieces of each cell."""
    if parts == 1:
        return values.astype(np.float32), np.isfinite(values).astype(np.float32)
    return _mean(values.astype(float), parts)


@compiled
def _mean(values, parts):  # noqa: ANN001, ANN202 -- numba infers the types
    rows, columns = values.shape[0] // parts, values.shape[1] // parts
    mean = np.empty((rows, columns), np.float32)
    known = np.empty((rows, columns), np.float32)
    for i in range(rows):
        for j in range(columns):
            total, count = 0.0, 0
            for a in range(i * parts, (i + 1) * parts):
                for b in range(j * parts, (j + 1) * parts):
                    if np.isfinite(values[a, b]):
                        total += values[a, b]
                        count += 1
            mean[i, j] = total / count if count else np.nan
            known[i, j] = count / (parts * parts)
    return mean, known


@compiled
def share_of(pieces, parts):  # noqa: ANN001, ANN201 -- numba infers the types
    """Return the share of the pieces of each cell that are marked."""
    rows, columns = pieces.shape[0] // parts, pieces.shape[1] // parts
    out = np.zeros((rows, columns), np.float32)
    for i in range(rows * parts):
        for j in range(columns):
            count = 0
            for b in range(j * parts, (j + 1) * parts):
                count += pieces[i, b]
            out[i // parts, j] += count
    return out / np.float32(parts * parts)


def line_cost(ground: Ground, grid: Grid) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return what a line costs over each cell, and which terrain the cell mostly is.

    Returns
    -------
    cost, price, kind
        What a way counts and what a line costs, both over flat, open land; row of the terrain
        table.
    """
    standards = ground.standards
    names = [row.name for row in standards.terrains]
    multiplier = {row.name: row.multiplier for row in standards.terrains}
    cost, kind = _cover(ground.surfaces, grid, standards, names)
    found = slope_on(ground.surfaces, grid, ground.parts)
    if found is not None:
        slope, _ = mean_of_pieces(*found)
        for name, low, high in (
            ("hill", standards.hill_slope_pct, standards.mountain_slope_pct),
            ("mountain", standards.mountain_slope_pct, np.inf),
        ):
            here = (slope >= low) & (slope < high)
            cost[here] *= multiplier[name]
            kind[here & (kind == names.index("open"))] = names.index(name)
    for terrain, shapes in ground.crossings:
        here = within(grid, shapes.near(grid, 0.0), 0.0)
        cost[here] = np.maximum(cost[here], multiplier[terrain])
        kind[here] = names.index(terrain)
    outside = ~within(grid, ground.land.near(grid, 0.0), 0.0)
    cheap = outside & (cost < multiplier["outside"])
    cost[cheap], kind[cheap] = multiplier["outside"], names.index("outside")
    reach_m = standards.right_of_way_m
    beside = within(grid, ground.all_lines.near(grid, reach_m), reach_m) & ~outside
    cost[beside] *= standards.right_of_way_factor
    paid = np.array([row.price / row.multiplier for row in standards.terrains])
    return cost, cost * paid[kind], kind


def _cover(
    surfaces: Surfaces, grid: Grid, standards: Standards, names: list[str]
) -> tuple[Floats, NDArray[np.int64]]:
    """Return mean multiplier and commonest terrain of the land cover."""
    raster = surfaces.rasters.get("land_cover")
    if raster is None:
        start = "open" if "elevation" in surfaces.rasters else "unknown"
        factor = next(row.multiplier for row in standards.terrains if row.name == start)
        return np.full(grid.shape, factor), np.full(grid.shape, names.index(start))
    classes = surfaces.classes
    factors = {row.name: row.multiplier for row in standards.terrains}
    present = sorted({meaning.terrain for meaning in classes.values()})
    tables = [{number: factors[meaning.terrain] for number, meaning in classes.items()}]
    tables += [
        {number: float(meaning.terrain == name) for number, meaning in classes.items()}
        for name in present
    ]
    cost, *shares = tables_on_grid(raster, grid, tables)
    unknown = cost.coverage < standards.known_share
    mean = np.where(unknown, factors["unknown"], cost.values.astype(float))
    common = np.argmax(np.nan_to_num(np.stack([part.values for part in shares])), axis=0)
    kind = np.array([names.index(name) for name in present])[common]
    return mean, np.where(unknown, names.index("unknown"), kind)
