"""A tile of land: what bars each cell, how far its lines are, and what else is known of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.spatial import cKDTree

from geo.distance import cells_away, nearest
from geo.resample import on_grid, tables_on_grid
from geo.shapes import inside, within
from geo.surroundings import annual_pue, free_cooling_share
from geo.terrain import mean_of_pieces, share_of, slope_on, spread
from geo.units import M_PER_KM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geo.ground import Ground
    from geo.surface import Bools, CoverClass, Floats, Grid, Surface

    Floats32 = NDArray[np.float32]

WATER: Final = "outside the land"
STEEP: Final = "too steep"
CROWDED: Final = "populated"
NEAREST_PRICES: Final = 3


@dataclass(frozen=True, eq=False)
class Cells:
    """What is known of the cells of a window."""

    grid: Grid
    """Which cells."""
    reasons: tuple[str, ...]
    """What can bar ground, in a fixed order."""
    barred: NDArray[np.uint32]
    """(rows, columns) One bit for each reason that bars at least half of the cell; one without any
    land has that one only."""
    buildable: NDArray[np.float32]
    """(rows, columns) Share of the cell that nothing bars."""
    columns: dict[str, Floats32]
    """Measure to (rows, columns); unknown is NaN, and so is what is not looked at because nothing
    of the cell is buildable."""
    coverage: dict[str, Floats32]
    """Measure to the share of each cell that it is known for."""

    def why(self, row: int, column: int) -> list[str]:
        """Return the reasons that bar a cell."""
        bits = int(self.barred[row, column])
        return [reason for place, reason in enumerate(self.reasons) if bits >> place & 1]


def reasons_of(ground: Ground) -> tuple[str, ...]:
    """Return every reason that can bar ground here, in a fixed order."""
    shapes = {part.reason for part in ground.exclusions}
    classes = {meaning.barred for meaning in ground.surfaces.classes.values()} - {""}
    return (WATER, STEEP, CROWDED, *sorted(shapes | classes))


def cells_arrays(cells: Cells) -> dict[str, NDArray[Any]]:
    """Return the cells of a window as arrays, to be kept."""
    return {
        "barred": cells.barred,
        "buildable": cells.buildable,
        **{f"column {name}": values for name, values in cells.columns.items()},
        **{f"coverage {name}": values for name, values in cells.coverage.items()},
    }


def cells_of(arrays: Mapping[str, NDArray[Any]], ground: Ground, grid: Grid) -> Cells:
    """Return what `cells_arrays` made arrays of."""
    parts = {
        kind: {
            name.removeprefix(f"{kind} "): values
            for name, values in arrays.items()
            if name.startswith(f"{kind} ")
        }
        for kind in ("column", "coverage")
    }
    return Cells(
        grid, reasons_of(ground), arrays["barred"], arrays["buildable"],
        parts["column"], parts["coverage"],
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Relief:
    """What rasters tell of a window that both bars ground and is shown."""

    slope: tuple[Floats, int] | None
    """As `geo.terrain.slope_on` gives it."""
    people: Surface | None
    """Population density."""


def relief(ground: Ground, grid: Grid) -> Relief:
    """Read slope and population of a window."""
    raster = ground.surfaces.rasters.get("population_density")
    people = None if raster is None else on_grid(raster, grid)
    return Relief(slope_on(ground.surfaces, grid, ground.parts), people)


def outside_land(ground: Ground, grid: Grid) -> Bools:
    """Return the pieces of cells of which some may lie out of the land."""
    fine = grid.finer(ground.parts)
    reach_m = _half_m(fine)
    border = ground.land.near(fine, reach_m)
    border = replace(border, solid=np.zeros(len(border), dtype=bool))
    out = within(fine, border, reach_m)
    return out | (inside(fine, ground.land.near(fine, 0.0)) < 0)


def _half_m(fine: Grid) -> float:
    """Return how far a corner of a piece is from its middle."""
    return fine.side_m * float(np.sqrt(0.5))


def barred_pieces(ground: Ground, grid: Grid, seen: Relief, outside: Bools) -> dict[str, Bools]:
    """Return for each reason which pieces of the cells it bars.

    A piece is barred if any of it may lie within the setback of barred ground, so that what is left
    keeps the setback. What `relief` and `outside_land` tell of the window is given.
    """
    fine = grid.finer(ground.parts)
    out = {WATER: outside}
    for part in ground.exclusions:
        reach_m = part.setback_m + _half_m(fine)
        here = within(fine, part.shapes.near(fine, reach_m), reach_m)
        out[part.reason] = out[part.reason] | here if part.reason in out else here
    for reason, here in barred_by_rasters(ground, grid, seen).items():
        out[reason] = out[reason] | here if reason in out else here
    return out


def barred_by_rasters(ground: Ground, grid: Grid, seen: Relief) -> dict[str, Bools]:
    """Return for each reason which pieces of the cells the land cover, slope and people bar."""
    out = _barred_classes(ground, grid.finer(ground.parts))
    if seen.slope is not None:
        steep = seen.slope[0] > ground.standards.max_slope_pct
        out[STEEP] = steep if seen.slope[1] == ground.parts else spread(steep, ground.parts)
    if seen.people is not None:
        crowded = seen.people.values > ground.standards.max_people_per_km2
        out[CROWDED] = spread(crowded, ground.parts)
    return out


def screen(ground: Ground, grid: Grid) -> Cells:
    """Screen the cells of a window.

    Returns
    -------
    Cells
        With the measures ``slope_pct``, ``land_price_usd_per_ha``, ``people_per_km2``,
        ``t_annual_c``, ``pue``, ``free_cooling_share``, ``town_km``, and for each voltage class
        ``line_km_<kV>`` and ``station_km_<kV>``, as far as the place has what they need.
    """
    names, parts = reasons_of(ground), ground.parts
    outside = outside_land(ground, grid)
    land = share_of(~outside, parts) > 0
    bits = np.full(grid.shape, 1 << names.index(WATER), np.uint32)
    if not land.any():
        return Cells(grid, names, bits, np.zeros(grid.shape, np.float32), {}, {})
    seen = relief(ground, grid)
    pieces = barred_pieces(ground, grid, seen, outside)
    bits[land] = 0
    for place, reason in enumerate(names):
        if reason in pieces:
            half = share_of(pieces[reason], parts) >= 0.5  # noqa: PLR2004 -- half of the cell
            bits[land & half] |= np.uint32(1 << place)
    buildable = share_of(free_of(pieces), parts)
    here = buildable > 0
    columns: dict[str, Floats32] = {}
    coverage: dict[str, Floats32] = {}
    if here.any():
        for name, (values, known) in _measured(ground, grid, seen, here).items():
            enough = known >= ground.standards.known_share
            columns[name] = np.where(here & enough, values, np.nan).astype(np.float32)
            coverage[name] = np.where(here, known, np.nan).astype(np.float32)
        columns |= _distances(ground, grid, here)
    return Cells(grid, names, bits, buildable, columns, coverage)


def free_of(pieces: dict[str, Bools]) -> Bools:
    """Return the pieces that no reason bars."""
    barred, *more = pieces.values()
    out = ~barred
    for here in more:
        np.logical_and(out, ~here, out=out)
    return out


def _barred_classes(ground: Ground, fine: Grid) -> dict[str, Bools]:
    """Return the pieces that classes of the land cover bar, none free within the setback.

    Squares that touch are 0 apart, so a piece is as far from barred ones as its middle is from
    those and their eight neighbours.
    """
    raster, classes = ground.surfaces.rasters.get("land_cover"), ground.surfaces.classes
    barring = sorted({(m.barred, m.setback_m) for m in classes.values() if m.barred})
    if raster is None or not barring:
        return {}
    halo = int(np.ceil(max(setback for _, setback in barring) / fine.side_m)) + 1
    tables = [_flags(classes, *pair) for pair in barring]
    found = tables_on_grid(raster, fine.wider(halo), tables)
    out: dict[str, Bools] = {}
    for (reason, setback_m), share in zip(barring, found, strict=True):
        here = share.values >= 0.5  # noqa: PLR2004 -- half of it
        if setback_m > 0:
            least = setback_m**2 / fine.side_m**2
            here = cells_away(_with_neighbours(here), int(least) + 1) < least
        inner = here[halo : here.shape[0] - halo, halo : here.shape[1] - halo]
        out[reason] = out[reason] | inner if reason in out else inner
    return out


def _with_neighbours(here: Bools) -> Bools:
    """Mark the eight neighbours as well."""
    tall = here.copy()
    tall[1:] |= here[:-1]
    tall[:-1] |= here[1:]
    out = tall.copy()
    out[:, 1:] |= tall[:, :-1]
    out[:, :-1] |= tall[:, 1:]
    return out


def _flags(classes: Mapping[int, CoverClass], reason: str, setback_m: float) -> dict[int, float]:
    return {
        number: float((meaning.barred, meaning.setback_m) == (reason, setback_m))
        for number, meaning in classes.items()
    }


def _measured(
    ground: Ground, grid: Grid, seen: Relief, here: Bools
) -> dict[str, tuple[Floats, Floats]]:
    """Return values and known share of what rasters and priced ground tell."""
    out: dict[str, tuple[Floats, Floats]] = {}
    if seen.slope is not None:
        out["slope_pct"] = mean_of_pieces(*seen.slope)
    if seen.people is not None:
        out["people_per_km2"] = seen.people.values, seen.people.coverage
    rasters = ground.surfaces.rasters
    for kind, name in (("land_price", "land_price_usd_per_ha"), ("temperature", "t_annual_c")):
        if kind in rasters:
            found = on_grid(rasters[kind], grid)
            out[name] = found.values, found.coverage
    if ground.prices is not None and "land_price" not in rasters:
        price = _prices(ground, grid)
        out["land_price_usd_per_ha"] = price, np.isfinite(price).astype(np.float32)
    return out | (_climate(ground, grid, out["t_annual_c"], here) if "t_annual_c" in out else {})


def _climate(
    ground: Ground, grid: Grid, annual: tuple[Floats, Floats], here: Bools
) -> dict[str, tuple[Floats, Floats]]:
    """Return PUE and free-cooling share from mean and warmest month, and humidity."""
    rasters, standards = ground.surfaces.rasters, ground.standards
    mean_c, known = annual
    warmest_c = mean_c + standards.season_swing_c
    humidity = np.full(grid.shape, standards.humidity_pct)
    if "temperature_warmest" in rasters:
        found = on_grid(rasters["temperature_warmest"], grid)
        warmest_c, known = found.values, np.minimum(known, found.coverage)
    if "humidity" in rasters:
        found = on_grid(rasters["humidity"], grid)
        humidity, known = found.values, np.minimum(known, found.coverage)
    out = {}
    for name, measure in (("pue", annual_pue), ("free_cooling_share", free_cooling_share)):
        values = np.full(grid.shape, np.nan)
        values[here] = measure(mean_c[here], warmest_c[here], humidity[here])
        out[name] = values, known
    return out


def _prices(ground: Ground, grid: Grid) -> Floats:
    """Return the price of the area that a cell lies in, or of the points around it."""
    shapes, prices = ground.prices or (ground.land, np.zeros(0))
    owner = inside(grid, shapes.near(grid, 0.0))
    out = np.full(grid.shape, np.nan)
    out[owner >= 0] = prices[owner[owner >= 0]]
    at, value = shapes.ends_m[~shapes.solid, :2], prices[shapes.owner[~shapes.solid]]
    if len(at):
        rows, columns = np.nonzero(np.isnan(out))
        where = np.c_[grid.x_m[columns], grid.y_m[rows]]
        reach_m = ground.standards.point_price_km * M_PER_KM
        out[rows, columns] = _near_price(where, at, value, reach_m)
    return out


def _near_price(where: Floats, at: Floats, value: Floats, reach_m: float) -> Floats:
    """Return the inverse-distance mean of the nearest prices; unknown far from all."""
    nearest_few = list(range(1, min(NEAREST_PRICES, len(at)) + 1))
    away, which = (np.asarray(part) for part in cKDTree(at).query(where, k=nearest_few))
    pull = 1.0 / np.maximum(away, M_PER_KM)
    mean = (value[which] * pull).sum(axis=1) / pull.sum(axis=1)
    return np.where(away[:, 0] <= reach_m, mean, np.nan)


def _distances(ground: Ground, grid: Grid, here: Bools) -> dict[str, Floats32]:
    """Return the distance of buildable cells to lines and stations by voltage, and to a town."""
    rows, columns = np.nonzero(here)
    x, y = grid.x_m[columns], grid.y_m[rows]
    things = {f"line_km_{kv:g}": shapes for kv, shapes in ground.lines}
    things |= {f"station_km_{kv:g}": shapes for kv, shapes in ground.stations}
    things["town_km"] = ground.towns
    out = {}
    for name, shapes in things.items():
        values = np.full(grid.shape, np.nan, np.float32)
        if len(shapes):
            values[rows, columns] = nearest(x, y, shapes)[0] / M_PER_KM
        out[name] = values
    return out
