"""The same land work by CERF data centers and by reVeal, each as a whole process beside ours.

``python -m benchmarks.land_peers --cerf PYTHON --reveal PYTHON [JOB ...] [--repeat N] [--smoke]``,
each the interpreter of an environment that the peer is installed in: ``cerf_data_centers`` from its
repository, and ``NLR-reVeal`` from the package index, with GDAL. A peer that is left out is not
run, and ours is still timed. Input is made up into a temporary folder; peer and ours read the same
files, write a file of their own, and those are compared:

*sites*: the sites of lowest cost and market distance on a raster, by a script of our public
functions (below) beside CERF's own run;
*length*, *distance*, *mean*, *percentile*: ``powersite measure`` on cells of 1 km, beside reVeal's
characterize and normalize: its command, as a user runs it, and its function alone. reVeal has no
distance; its only way is a raster of distances, made here by rasterio and scipy in its own process,
and the mean of that.

Ours is run by the interpreter that runs this: for what users have, one of ``requirements.txt``.

Peak memory is that of the largest process of each.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from scipy.ndimage import gaussian_filter

from benchmarks.run import RSS_BYTES, describe_machine
from geo.best_ground import best_ground, roomy
from geo.distance import nearest
from geo.land_sites import outline
from geo.layer import Source
from geo.parcel_measures import percentiles
from geo.shapes import segments_of
from layers.rasters import RasterEntry, open_raster
from maps.measured import write_measured

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.floating]

CRS = "EPSG:25833"
CELL_M, PIXEL_M, SITE_PIXEL_M = 1000.0, 250.0, 100.0
CAMPUS = {
    "campus_size_square_ft": 1_390_000.0, "equipment_capital_expenditure_usd": 9e8,
    "building_capital_expenditure_usd": 3e8, "data_center_it_power_mw": 100.0,
    "data_center_pue": 1.3, "interconnection_cost_usd_per_km": 1.5e6,
}  # fmt: skip
CAMPUS_CELLS = 13
"""What CERF makes of that area on 100 m."""
RANGES = {
    "land_cost_per_sqft": (0.1, 9.0), "electricity_rate_per_kwh": (0.04, 0.12),
    "personal_prop_tax_rate": (0.0, 0.03), "real_property_tax_rate": (0.0, 0.03),
    "sales_tax_rate": (0.0, 0.08), "interconnection_distance_km": (0.0, 40.0),
    "mechanical_cool_fraction": (0.1, 0.9), "water_cool_fraction": (0.1, 0.9),
}  # fmt: skip
"""Rasters that CERF wants, and between what they lie."""
RUN_CERF = "import sys; from cerf_data_centers.run_siting import run; run(sys.argv[1])"
RUN_REVEAL = """
import importlib, json, sys
command, options = sys.argv[1], json.loads(sys.argv[2])
importlib.import_module(f"reVeal.cli.{command}").run(**options)
"""
"""Its function alone, without its command."""
REVEAL = """
import json, os, pathlib, shutil, sys
command, options = sys.argv[1], json.loads(sys.argv[2])
folder = pathlib.Path(options.pop("out_dir"))
shutil.rmtree(folder)
folder.mkdir()
options["grid"] = os.path.abspath(options["grid"])
options |= {"data_dir": os.getcwd()} if "data_dir" in options else {}
local = {"execution_control": {"option": "local"}, "log_directory": "logs"}
(folder / "config.json").write_text(json.dumps(options | local))
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
os.execvp("reVeal", ["reVeal", command, "-c", str(folder / "config.json")])
"""
"""The command of who uses it, which starts a process of its own for the work."""
DISTANCE_RASTER = """
import geopandas, rasterio, scipy.ndimage
from rasterio.features import rasterize
lines = geopandas.read_file("lines.gpkg").geometry
with rasterio.open("price.tif") as like:
    profile, shape, transform = like.profile, like.shape, like.transform
marked = rasterize(lines, shape, transform=transform, all_touched=True, dtype="uint8")
away = scipy.ndimage.distance_transform_edt(marked == 0) * transform.a / 1000
with rasterio.open("away.tif", "w", **profile) as file:
    file.write(away.astype("float32"), 1)
"""
WATCH = """
import json, os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)
_, status, used = os.wait4(process.pid, 0)
wall_s, cpu_s = time.perf_counter() - start, used.ru_utime + used.ru_stime
print(json.dumps([wall_s, cpu_s, used.ru_maxrss, os.waitstatus_to_exitcode(status)]))
"""
"""Starts each job: small, because Linux counts the memory of who starts a process as the job's."""
JOBS = ("sites", "length", "distance", "mean", "percentile")
LIBRARIES = ("geopandas", "shapely", "pyogrio", "numba", "rasterio")
ASK = (
    "import sys, importlib.metadata as m; print(sys.version.split()[0], "
    "*(f'{n} {m.version(n)}' for n in sys.argv[1:] if n in m.packages_distributions() "
    "or any(d.metadata['Name'].lower() == n.lower() for d in m.distributions())), sep=', ')"
)


@dataclass(frozen=True)
class Size:
    """How much there is to do."""

    side: int
    """Cells along a side of the raster on which sites are looked for."""
    sites: int
    """How many."""
    zones: int
    """Cells of 1 km along a side."""
    lines: int
    """Lines."""


FULL = Size(2000, 20, 316, 80_000)
SMOKE = Size(120, 3, 12, 60)


@dataclass(frozen=True)
class Used:
    """What a process took."""

    wall_s: float
    cpu_s: float
    peak_mb: float


@dataclass(frozen=True)
class Job:
    """The same work twice."""

    name: str
    target: float
    """How many times as fast we want to be."""
    theirs: dict[str, list[str]]
    """What is run beside it, the whole command first; empty where the peer is not given."""
    ours: list[str]
    compare: Callable[[Path], str]
    """Says how far the files of the two differ."""


def main() -> int:
    """Run every comparison and print a table."""
    options = _parse()
    if options.best_sites:
        best_sites(Path.cwd(), options.best_sites)
        return 0
    size = SMOKE if options.smoke else FULL
    print(*(f"{key}: {value}" for key, value in describe_machine().items()), sep="\n")
    print(*(f"{name}: {version(name)}" for name in LIBRARIES), sep="\n")
    for peer, names in (("cerf", ("networkx", "rasterio")), ("reveal", ("NLR-reVeal", "GDAL"))):
        if python := getattr(options, peer):
            told = subprocess.run(
                [python, "-c", ASK, "numpy", "geopandas", *names], capture_output=True, text=True,
                check=True,
            )  # fmt: skip
            print(f"{peer} runs on Python {told.stdout.strip()}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_rasters(folder, size)
        make_zones(folder, size)
        every = jobs(options.cerf, options.reveal, size)
        wanted = [job for job in every if job.name in (options.jobs or [job.name])]
        slow = sum(_shown(job, folder, options.repeat) for job in wanted)
    if slow:
        print(f"{slow} of them not as much faster as wanted")
    return 0


def jobs(cerf: str, reveal: str, size: Size) -> list[Job]:
    """Return what is compared."""
    site = [sys.executable, "-m", "benchmarks.land_peers", "--best-sites", str(size.sites)]
    measure = [sys.executable, "-m", "cli", "measure", "cells.gpkg", "--out"]
    run = partial(_reveal, reveal)
    price = {"dset": "price.tif", "method": "mean"}
    away = {"dset": "away.tif", "method": "mean"}
    length = {"dset": "lines.gpkg", "method": "sum length"}
    rank = {"attribute": "price", "normalize_method": "percentile"}
    return [
        Job(
            "sites", 20, {"CERF": [cerf, "-c", RUN_CERF, "cerf.yml"]} if cerf else {}, site,
            _sites_apart,
        ),
        Job(
            "length", 5, run("characterize", "length", length),
            [*measure, "length.gpkg", "--length", "lines=lines.gpkg"],
            partial(_apart, "length", "lines_length_km", 1e-3),
        ),
        Job(
            "distance", 5, run("characterize", "distance", away, DISTANCE_RASTER),
            [*measure, "distance.gpkg", "--distance", "lines=lines.gpkg"],
            partial(_apart, "distance", "lines_distance_km", 1.0),
        ),
        Job(
            "mean", 5, run("characterize", "mean", price),
            [*measure, "mean.gpkg", "--mean", "price=price.tif"],
            partial(_apart, "mean", "price_mean", 1.0),
        ),
        Job(
            "percentile", 5, run("normalize", "percentile", rank),
            [*measure, "percentile.gpkg", "--percentile", "price"],
            partial(_apart, "percentile", "price_percentile", 1.0),
        ),
    ]  # fmt: skip


def _reveal(
    python: str, command: str, name: str, wanted: dict[str, Any], before: str = ""
) -> dict[str, list[str]]:
    """Return the ways to one measure of reVeal, each into a folder of its own."""
    if not python:
        return {}
    options: dict[str, Any] = {"grid": "cells.gpkg"}
    if command == "characterize":
        options |= {"data_dir": ".", "characterizations": {"value": wanted}, "expressions": {}}
    else:
        options |= {"attributes": {"value": wanted}}
    start = [python, "-W", "ignore", "-c"]
    return {
        "reVeal": [*start, before + REVEAL, command, json.dumps(options | {"out_dir": name})],
        "its function": [
            *start, before + RUN_REVEAL, command, json.dumps(options | {"out_dir": f"{name}-run"}),
        ],
    }  # fmt: skip


def _shown(job: Job, folder: Path, repeat: int) -> bool:
    """Run a job, print the quickest of its runs, and say whether it is slower than wanted.

    Ours and theirs take turns, so that a machine that is busy for a while is busy for both.
    """
    for name in (job.name, f"{job.name}-run"):
        (folder / name).mkdir()
    commands = {"powersite": job.ours} | job.theirs
    runs = [
        {who: _run(command, folder) for who, command in commands.items()} for _ in range(repeat)
    ]
    best = {who: min((run[who] for run in runs), key=lambda used: used.wall_s) for who in commands}
    print(f"\n{job.name}, wanted {job.target:g} times as fast")
    ours = best["powersite"]
    for who, used in best.items():
        times = (used.wall_s / ours.wall_s, used.cpu_s / ours.cpu_s, used.peak_mb / ours.peak_mb)
        print(
            f"  {who:<14}{used.wall_s:8.2f} s {times[0]:6.1f}   {used.cpu_s:8.2f} s of a core "
            f"{times[1]:6.1f}   peak {used.peak_mb:7.0f} MB {times[2]:6.1f}", flush=True,
        )  # fmt: skip
    if not job.theirs:
        print("  its peer is not given, not run")
        return False
    print(f"  {job.compare(folder)}", flush=True)
    return best[next(iter(job.theirs))].wall_s / ours.wall_s < job.target


def _run(command: list[str], folder: Path) -> Used:
    """Run a process to its end, wherever our modules lie.

    Raises
    ------
    RuntimeError
        If it fails.
    """
    root = str(Path(__file__).resolve().parent.parent)
    ours = command[0] == sys.executable
    settings = os.environ | ({"PYTHONPATH": root} if ours else {})
    with (folder / "said.txt").open("w+") as said:
        told = subprocess.run(
            [sys.executable, "-c", WATCH, *command], cwd=folder, stdout=subprocess.PIPE,
            stderr=said, env=settings, check=True,
        )  # fmt: skip
        wall_s, cpu_s, peak, code = json.loads(told.stdout)
        if code:
            said.seek(0)
            raise RuntimeError(f"{command[:3]} failed: {said.read()[-2000:]}")
    return Used(wall_s, cpu_s, peak * RSS_BYTES / 1e6)


def best_sites(folder: Path, count: int) -> None:
    """Find the sites that CERF looks for: cost and market distance, each from 0 to 1, in halves."""
    grids = {name: _read(folder, name) for name in (*RANGES, "suitable", "market")}
    free = roomy(grids["suitable"] == 1, CAMPUS_CELLS)
    at = np.nonzero(free)
    here = {name: values[at] for name, values in grids.items()}
    markets = np.nonzero(grids["market"] > 0)
    points = segments_of(shapely.points(markets[1].astype(float), markets[0].astype(float)))
    away, which = nearest(at[1].astype(float), at[0].astype(float), points)
    pull = np.sqrt(away * SITE_PIXEL_M / 1000 / grids["market"][markets][which])
    score = np.full(free.shape, np.nan)
    score[at] = (_unit(_cost_usd(here)) + _unit(pull)) / 2
    found = best_ground(score, free, CAMPUS_CELLS, count)
    top = grids["suitable"].shape[0]
    shapes = [outline(site - (top, 0), SITE_PIXEL_M) for site in found]
    values = [score[tuple(site[0])] for site in found]
    write_measured(
        gpd.GeoDataFrame({"score": values}, geometry=shapes, crs=CRS), folder / "ours.gpkg"
    )


def _cost_usd(here: dict[str, Floats]) -> Floats:
    """Return cost by CERF's rule: ground, halls, power of a year, taxes and the line."""
    it_mwh = CAMPUS["data_center_it_power_mw"] * 8760
    cooling_mwh = it_mwh * (CAMPUS["data_center_pue"] - 1) * here["mechanical_cool_fraction"]
    power_usd = (it_mwh + cooling_mwh) * 1000 * here["electricity_rate_per_kwh"]
    ground_usd = CAMPUS["campus_size_square_ft"] * here["land_cost_per_sqft"]
    ground_usd += CAMPUS["building_capital_expenditure_usd"]
    inside_usd = CAMPUS["equipment_capital_expenditure_usd"]
    taxes_usd = 0.16 * ground_usd * here["real_property_tax_rate"]
    taxes_usd += 0.8 * inside_usd * here["personal_prop_tax_rate"]
    taxes_usd += (inside_usd + power_usd) * here["sales_tax_rate"]
    line_usd = here["interconnection_distance_km"] * CAMPUS["interconnection_cost_usd_per_km"]
    return ground_usd + inside_usd + power_usd + taxes_usd + line_usd


def _unit(values: Floats) -> Floats:
    return (values - values.min()) / np.ptp(values)


def _read(folder: Path, name: str) -> Floats:
    raster, faults = open_raster(
        folder / f"{name}.tif", RasterEntry(name, f"{name}.tif", Source("made")), ""
    )
    if raster is None:
        raise RuntimeError(faults)
    return raster.read(0, 0, raster.rows, raster.columns).astype(float)


def make_rasters(folder: Path, size: Size) -> None:
    """Write what CERF reads: a quarter of the cells suitable, in patches."""
    random, shape = np.random.default_rng(1), (size.side, size.side)
    rough = gaussian_filter(random.random(shape), 6)
    _write(folder, "suitable", rough > np.quantile(rough, 0.75), "uint8")
    market = np.zeros(shape)
    market.ravel()[random.choice(market.size, 30, replace=False)] = random.uniform(50, 900, 30)
    _write(folder, "market", market, "float32")
    _write(folder, "region", np.ones(shape), "uint8")
    for name, (low, high) in RANGES.items():
        rough = gaussian_filter(random.random(shape), 15)
        _write(folder, name, low + (high - low) * _unit(rough), "float32")
    plan = {"made": CAMPUS | {"region_id": 1, "n_sites": size.sites}}
    settings = {
        "region_raster_path": "region.tif", "siting_raster_path": "suitable.tif",
        "output_file": "theirs.gpkg",
    }  # fmt: skip
    text = {
        "settings": settings, "constraints": {name: f"{name}.tif" for name in RANGES},
        "market_gravity": {"market_raster_path": "market.tif"}, "expansion_plan": plan,
    }  # fmt: skip
    (folder / "cerf.yml").write_text(json.dumps(text), encoding="utf-8")


def make_zones(folder: Path, size: Size) -> None:
    """Write cells of 1 km, lines of four pieces over them, and a raster of 250 m."""
    random, extent = np.random.default_rng(2), size.zones * CELL_M
    column, row = (part.ravel() * CELL_M for part in np.indices((size.zones, size.zones)))
    cells = shapely.box(column, row, column + CELL_M, row + CELL_M)
    price = random.lognormal(8, 1, len(cells)).round(1)
    gpd.GeoDataFrame({"price": price}, geometry=cells, crs=CRS).to_file(folder / "cells.gpkg")
    start = random.uniform(0, extent, (size.lines, 1, 2))
    steps = random.normal(0, 400, (size.lines, 4, 2)).cumsum(axis=1)
    lines = shapely.linestrings(np.concatenate([start, start + steps], axis=1))
    gpd.GeoDataFrame({"kv": 132}, geometry=lines, crs=CRS, index=range(len(lines))).to_file(
        folder / "lines.gpkg"
    )
    pixels = int(extent / PIXEL_M)
    _write(folder, "price", random.uniform(0, 1000, (pixels, pixels)), "float32", PIXEL_M)


def _write(
    folder: Path, name: str, values: NDArray[Any], dtype: str, pixel_m: float = SITE_PIXEL_M
) -> None:
    with rasterio.open(
        folder / f"{name}.tif", "w", driver="GTiff", height=len(values), width=values.shape[1],
        count=1, dtype=dtype, crs=CRS, nodata=255 if dtype == "uint8" else -9999,
        transform=rasterio.Affine(pixel_m, 0, 0, 0, -pixel_m, len(values) * pixel_m),
    ) as file:  # fmt: skip
        file.write(values.astype(dtype), 1)


def _sites_apart(folder: Path) -> str:
    """Say how many sites of the two share ground, and how their scores differ, best to worst."""
    ours, theirs = (gpd.read_file(folder / f"{name}.gpkg") for name in ("ours", "theirs"))
    theirs = theirs.set_crs(CRS, allow_override=True)  # CERF calls every raster ESRI:102003
    scores = [np.sort(ours["score"]), np.sort(theirs["weighted_siting_score"])]
    apart = float(np.abs(scores[0] - scores[1]).max()) if len(ours) == len(theirs) else np.nan
    shared = ours.intersects(theirs.buffer(-1).union_all()).sum()
    return (
        f"{len(ours)} sites and {len(theirs)}, {shared} of ours on the ground of theirs, "
        f"scores at most {apart:.1e} apart"
    )


def _apart(name: str, column: str, unit: float, folder: Path) -> str:
    """Say how far the values of the two differ; the cells are the same, in the same order."""
    ours = gpd.read_file(folder / f"{name}.gpkg")[column].to_numpy(float)
    (file,) = (folder / name).glob("*.gpkg")
    theirs = gpd.read_file(file)["value"].to_numpy(float) * unit
    apart = np.abs(ours - theirs)
    alike = np.corrcoef(percentiles(ours), percentiles(theirs))[0, 1]
    return (
        f"values at most {apart.max():.1e} apart, of up to {np.nanmax(theirs):.3g}, "
        f"correlation of ranks {alike:.6f}"
    )


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.land_peers", description=__doc__)
    parser.add_argument("jobs", nargs="*", choices=[[], *JOBS], metavar="JOB", help="or all")
    parser.add_argument("--repeat", type=int, default=1, help="take the quickest of so many runs")
    parser.add_argument("--cerf", default="", metavar="PYTHON", help="that has cerf_data_centers")
    parser.add_argument("--reveal", default="", metavar="PYTHON", help="that has NLR-reVeal")
    parser.add_argument("--smoke", action="store_true", help="a little of each")
    parser.add_argument("--best-sites", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
