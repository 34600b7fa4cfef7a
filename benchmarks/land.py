"""Land at national scale, beside what others use for the same work on the same input.

``python -m benchmarks.land [PART ...] [--smoke]``. Every part is a process of its own, so that its
seconds and its peak are those of the whole process, start and compilation of what is not cached
included:

*screening*: the land of Norway on 250 m, five made-up rasters, ten criteria and more;
*sites*: sites grown on the same ground for 180 MW;
*routing*: accumulated cost from 200 sources, beside scikit-image;
*distance*: ten million points to 83,000 lines, beside shapely on part of them;
*transform*: Euclidean distance transform, beside scipy;
*zonal*: mean of a raster in 100,000 cells.

How seconds and memory grow with cells is told by ``benchmarks.land_curve``.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from scipy.ndimage import distance_transform_edt, gaussian_filter
from skimage.graph import MCP_Geometric

from benchmarks.run import RSS_BYTES, describe_machine
from geo.distance import cells_away, nearest
from geo.ground import ground_of
from geo.land_sites import grown_sites
from geo.layer import Source
from geo.least_cost import accumulated
from geo.scenario import Scenario
from geo.screening import screen
from geo.shapes import segments_of
from geo.surface import CoverClass, Surfaces, grid_over
from geo.tiles import TILE_CELLS, Tiling, over_tiles
from layers.place import open_place, read_layers
from layers.rasters import RasterEntry, open_raster

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.ground import Ground
    from geo.kinds import Layers
    from geo.surface import Grid
    from layers.rasters import RasterFile

LIBRARIES = ("rasterio", "exactextract", "scikit-image", "shapely", "numba")
PIXEL_M = 250.0
ROWS = 256
CONTINENT_CELLS = 160e6
"""Europe without Russia at 250 m, about 10 million km² of land."""


@dataclass(frozen=True)
class Size:
    """How large the parts are."""

    share: float
    """Side of the screened window over that of Norway."""
    routing: int
    """Cells along a side."""
    points: int
    """Points whose distance is asked for."""
    lines: int
    """Lines."""
    peer: int
    """Points that the slower peer is given."""
    zones: int
    """Zones."""


FULL = Size(1.0, 4000, 10_000_000, 83_000, 500_000, 100_000)
SMOKE = Size(0.05, 200, 20_000, 500, 2_000, 400)


def main() -> int:
    """Run parts in processes of their own, or one of them here."""
    options = _parse()
    size = SMOKE if options.smoke else FULL
    if options.here:
        PARTS[options.parts[0]](size)
        return 0
    print(*(f"{key}: {value}" for key, value in describe_machine().items()), sep="\n")
    print(*(f"{name}: {version(name)}" for name in LIBRARIES), sep="\n")
    failed = 0
    for part in options.parts or PARTS:
        print(f"\n{part}", flush=True)
        flags = ["--smoke"] if options.smoke else []
        command = [sys.executable, "-m", "benchmarks.land", part, "--here", *flags]
        start = time.perf_counter()
        failed += subprocess.run(command, check=False).returncode != 0
        print(f"  {'whole process':<52}{time.perf_counter() - start:8.2f} s", flush=True)
    return int(failed > 0)


def screening(size: Size) -> None:
    """Screen the land of Norway."""
    with tempfile.TemporaryDirectory() as folder:
        ground, grid = made_ground(Path(folder), size.share)
        _say(f"made {grid.rows:,} × {grid.columns:,} cells and their rasters", 0.0)
        start = time.perf_counter()
        land, criteria = 0, set[str]()
        for _, cells in over_tiles(screen, ground, grid.tiles(TILE_CELLS), Tiling()):
            land += int((cells.barred & 1 == 0).sum())
            criteria |= set(cells.columns)
        _say(f"{land:,} land cells, {len(criteria)} criteria", time.perf_counter() - start)


def sites(size: Size) -> None:
    """Grow sites on the same ground."""
    with tempfile.TemporaryDirectory() as folder:
        ground, grid = made_ground(Path(folder), size.share)
        start = time.perf_counter()
        frame, dropped = grown_sites(ground, grid, Tiling())
        _say(f"{len(frame):,} sites of {ground.area_needed_ha:.0f} ha", time.perf_counter() - start)
        print("  dropped:", dropped)


def routing(size: Size) -> None:
    """Accumulate cost from many sources, beside scikit-image."""
    cost = made_cost(size.routing)
    sources = np.random.default_rng(1).integers(0, size.routing, (200, 2))
    accumulated(np.ones((3, 3)), np.array([[0, 0]]))  # compile
    start = time.perf_counter()
    ours = accumulated(cost, sources)
    ours_s = time.perf_counter() - start
    _say(f"{cost.size:,} cells, 200 sources", ours_s)
    start = time.perf_counter()
    theirs, _ = MCP_Geometric(cost).find_costs([tuple(cell) for cell in sources])
    theirs_s = time.perf_counter() - start
    _say("scikit-image MCP_Geometric", theirs_s)
    apart = float(np.abs(ours - theirs).max())
    print(f"  {theirs_s / ours_s:.1f} times as long; largest difference {apart:g}")


def distance(size: Size) -> None:
    """Measure many points to many lines, beside shapely's tree."""
    random = np.random.default_rng(1)
    extent = np.array([1e6, 1.5e6])
    starts = random.uniform(0, 1, (size.lines, 2)) * extent
    steps = random.normal(0, 800, (size.lines, 5, 2))
    paths = np.concatenate([starts[:, None], starts[:, None] + steps.cumsum(axis=1)], axis=1)
    lines = np.asarray(shapely.linestrings(paths), dtype=object)
    x, y = (random.uniform(0, 1, (size.points, 2)) * extent).T.copy()
    nearest(x[:9], y[:9], segments_of(lines[:9]))  # compile
    start = time.perf_counter()
    away, _ = nearest(x, y, segments_of(lines))
    ours_s = time.perf_counter() - start
    _say(f"{size.points:,} points to {size.lines:,} lines", ours_s)
    start = time.perf_counter()
    points = shapely.points(x[: size.peer], y[: size.peer])
    _, theirs = shapely.STRtree(lines).query_nearest(
        points, return_distance=True, all_matches=False
    )
    theirs_s = time.perf_counter() - start
    _say(f"shapely STRtree, {size.peer:,} of them", theirs_s)
    times = theirs_s / size.peer * size.points / ours_s
    apart = float(np.abs(away[: size.peer] - theirs).max())
    print(f"  {times:.1f} times as long a point; largest difference {apart:.1e} m")


def transform(size: Size) -> None:
    """Transform distances between cells, beside scipy."""
    marked = np.random.default_rng(1).random((size.routing, size.routing)) < 1e-3  # noqa: PLR2004 -- one in a thousand
    cells_away(marked[:9, :9])  # compile
    start = time.perf_counter()
    ours = cells_away(marked)
    ours_s = time.perf_counter() - start
    _say(f"{marked.size:,} cells", ours_s)
    start = time.perf_counter()
    theirs = distance_transform_edt(~marked)
    theirs_s = time.perf_counter() - start
    _say("scipy distance_transform_edt", theirs_s)
    same = bool((ours == np.rint(theirs**2)).all())
    print(f"  {theirs_s / ours_s:.1f} times as long; same: {same}")


def zonal(size: Size) -> None:
    """Take means of a raster in many zones."""
    side = int(np.sqrt(size.zones))
    with tempfile.TemporaryDirectory() as folder:
        raster = made_raster(Path(folder), "land_price", (0.0, side * 1000.0), (side * 4, side * 4))
        column, row = np.meshgrid(np.arange(side), np.arange(side))
        x, y = column.ravel() * 1000.0, row.ravel() * 1000.0
        boxes = gpd.GeoSeries(shapely.box(x, y, x + 1000, y + 1000), crs=raster.crs)
        start = time.perf_counter()
        means = raster.means(boxes)
        _say(f"{len(boxes):,} zones", time.perf_counter() - start)
        print(f"  known: {means['mean'].notna().mean():.0%}")


def made_ground(folder: Path, share: float) -> tuple[Ground, Grid]:
    """Return the ground of Norway, or of the middle of it, with made-up rasters on 250 m."""
    layers: Layers = read_layers(open_place("norway"))
    west, south, east, north = layers.regions.frame.total_bounds
    corner = (np.floor(west / 1e4) * 1e4, np.ceil(north / 1e4) * 1e4)
    shape = (int((corner[1] - south) / PIXEL_M) + 40, int((east - corner[0]) / PIXEL_M) + 40)
    kinds = ("elevation", "land_cover", "land_price", "population_density", "temperature")
    classes = {
        0: CoverClass("open"), 1: CoverClass("forest"), 2: CoverClass("wetland", "wetland"),
        3: CoverClass("water", "water", 100.0),
    }  # fmt: skip
    rasters = {kind: made_raster(folder, kind, corner, shape) for kind in kinds}
    layers = replace(layers, surfaces=Surfaces(rasters, classes))
    stations = layers.substations.frame.geometry
    ground, grid = ground_of(layers, Scenario(), np.c_[stations.x, stations.y])
    middle = np.array([(west + east) / 2 - 1.6e5, (south + north) / 2 - 1e5])
    half = np.array([east - west, north - south]) / 2 * share
    window = grid_over((*(middle - half), *(middle + half)), PIXEL_M, ground.crs)
    return ground, grid if share == 1.0 else window


def made_raster(
    folder: Path, kind: str, corner: tuple[float, float], shape: tuple[int, int]
) -> RasterFile:
    """Write a made-up raster and open it as any other."""
    random = np.random.default_rng(len(kind))
    coarse = random.random((shape[0] // 40 + 2, shape[1] // 40 + 2), np.float32)
    spread = {
        "elevation": 100.0, "land_cover": 3.2, "land_price": 20_000.0, "population_density": 400.0,
        "temperature": 10.0,
    }  # fmt: skip
    dtype = "uint8" if kind == "land_cover" else "float32"
    path = folder / f"{kind}.tif"
    transform = rasterio.Affine(PIXEL_M, 0, corner[0], 0, -PIXEL_M, corner[1])
    column = np.arange(shape[1]) // 40
    with rasterio.open(
        path, "w", driver="GTiff", height=shape[0], width=shape[1], count=1, dtype=dtype,
        crs="EPSG:25833", transform=transform, nodata=255 if dtype == "uint8" else -9999,
        tiled=True, blockxsize=ROWS, blockysize=ROWS, compress="zstd",
    ) as file:  # fmt: skip
        for row in range(0, shape[0], ROWS):
            rows = np.arange(row, min(row + ROWS, shape[0])) // 40
            values = coarse[rows[:, None], column] * np.float32(spread[kind])
            values += np.float32(0.1 * spread[kind]) * random.random(values.shape, np.float32)
            window = rasterio.windows.Window(0, row, shape[1], len(rows))
            file.write(values.astype(dtype), 1, window=window)
    raster, faults = open_raster(path, RasterEntry(kind, path.name, Source("made")), "")
    if raster is None:
        raise RuntimeError(faults)
    return raster


def made_cost(cells: int) -> np.ndarray:
    """Return made-up costs with lakes and barriers."""
    rough = gaussian_filter(np.random.default_rng(1).random((cells, cells)), 3)
    rough = (rough - rough.min()) / np.ptp(rough)
    cost = 1.0 + 2.0 * rough
    cost[rough > 0.8] = 10.0  # noqa: PLR2004 -- lakes
    cost[rough < 0.1] = 100.0  # noqa: PLR2004 -- barriers
    return cost


PARTS: dict[str, Callable[[Size], None]] = {
    part.__name__: part for part in (screening, sites, routing, distance, transform, zonal)
}


def _say(what: str, wall_s: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak_mb, cpu_s = used.ru_maxrss * RSS_BYTES / 1e6, used.ru_utime + used.ru_stime
    print(
        f"  {what:<52}{wall_s:8.2f} s   peak {peak_mb:6.0f} MB   {cpu_s:6.1f} s of a core so far",
        flush=True,
    )


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.land", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; or all")
    parser.add_argument("--smoke", action="store_true", help="a little of each")
    parser.add_argument("--here", action="store_true", help="the first part, in this process")
    options = parser.parse_args()
    if unknown := sorted(set(options.parts) - set(PARTS)):
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
