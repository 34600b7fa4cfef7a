"""Cells of land against seconds and memory, on one thread, on all, and on Dask; and a continent.

``python -m benchmarks.land_curve [--whole] [--smoke]``. Every point is a process of its own that
screens a window in the middle of Norway, made-up rasters on 250 m and fourteen measures, as
``benchmarks.land screening`` does. Seconds are those of the work; those to get ready are beside
them, and come once; seconds of a core tell what it takes where others work on the machine too.
Memory is the peak of the process, for Dask that of the largest worker as well. The answers of the
three are held against each other, byte for byte. What is not run follows from the two largest
windows that were: seconds that come with every cell of land.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.land import CONTINENT_CELLS, made_ground
from benchmarks.run import RSS_BYTES, describe_machine
from geo.screening import screen
from geo.tiles import TILE_CELLS, Tiling, over_tiles
from layers.cluster import Cluster

ENGINES = ("serial", "threads", "dask")
WINDOWS = (1e5, 1e6, 1e7)
WHOLE_CELLS = 28.3e6
"""Cells of the window over all of Norway, water and neighbours included."""
SMOKE_SHARES = (0.02,)
AHEAD = (1e8, CONTINENT_CELLS)
"""Cells of land that are extrapolated to."""


class Point(NamedTuple):
    """What a window took."""

    cells: int
    land: int
    ready_s: float
    wall_s: float
    core_s: float
    peak_mb: float
    worker_mb: float
    digest: str


def main() -> int:
    """Run every window on every engine, or one of them here."""
    options = _parse()
    if options.point:
        print(json.dumps(screened(float(options.point[0]), options.point[1])))
        return 0
    print(*(f"{key}: {value}" for key, value in describe_machine().items()), sep="\n")
    shares = [*np.sqrt(np.array(WINDOWS) / WHOLE_CELLS), *([1.0] if options.whole else [])]
    shares = SMOKE_SHARES if options.smoke else shares
    _elsewhere(SMOKE_SHARES[0], "serial")  # compile
    print(
        f"\n{'cells':>12}{'of land':>12}  {'engine':<8}{'ready s':>9}{'work s':>9}"
        f"{'core s':>9}{'peak MB':>9}{'worker MB':>11}"
    )
    found: dict[str, list[Point]] = {engine: [] for engine in ENGINES}
    for share in shares:
        for engine in ENGINES:
            point = _elsewhere(float(share), engine)
            found[engine].append(point)
            worker = f"{point.worker_mb:11.0f}" if engine == "dask" else f"{'':>11}"
            print(
                f"{point.cells:12,}{point.land:12,}  {engine:<8}{point.ready_s:9.1f}"
                f"{point.wall_s:9.1f}{point.core_s:9.1f}{point.peak_mb:9.0f}{worker}",
                flush=True,
            )
        if len({points[-1].digest for points in found.values()}) > 1:
            print("  the engines do not agree")
            return 1
    for engine, points in found.items() if len(shares) > 1 else ():
        print(f"extrapolated, not run: {engine:<8}{_ahead(points)}")
    return 0


def screened(share: float, engine: str) -> Point:
    """Screen a window of so large a share of the side of Norway."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        ground, grid = made_ground(Path(folder), share)
        tiling = Tiling(stack.enter_context(Cluster()) if engine == "dask" else None)
        ready_s, start = time.perf_counter() - start, time.perf_counter()
        before_s = _core_s()
        land, digest = 0, hashlib.sha256()
        for _, cells in over_tiles(screen, ground, grid.tiles(TILE_CELLS), tiling):
            land += int((cells.barred & 1 == 0).sum())
            for values in (cells.barred, cells.buildable, *cells.columns.values()):
                digest.update(np.ascontiguousarray(values))
        wall_s = time.perf_counter() - start
    # Workers have ended by now, so that their seconds count, those to start them included.
    core_s = _core_s() - before_s
    peaks = [
        resource.getrusage(who).ru_maxrss * RSS_BYTES / 1e6
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    cells = grid.rows * grid.columns
    return Point(cells, land, ready_s, wall_s, core_s, *peaks, digest.hexdigest())


def _core_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _elsewhere(share: float, engine: str) -> Point:
    command = [sys.executable, "-m", "benchmarks.land_curve", "--point", str(share), engine]
    settings = os.environ | ({"NUMBA_NUM_THREADS": "1"} if engine == "serial" else {})
    told = subprocess.run(command, env=settings, capture_output=True, text=True, check=True)
    return Point(*json.loads(told.stdout.splitlines()[-1]))


def _ahead(points: list[Point]) -> str:
    """Say what more land would take, by what the last window took more than the one before."""
    one, two = points[-2:]
    said = []
    for land in AHEAD:
        wall_s, core_s = (
            took + (took - before) / max(two.land - one.land, 1) * (land - two.land)
            for took, before in ((two.wall_s, one.wall_s), (two.core_s, one.core_s))
        )
        said.append(
            f"{land / 1e6:,.0f} million cells of land {wall_s / 60:.0f} min as busy as here, "
            f"{core_s / 60:.0f} min of a core"
        )
    return ", ".join(said)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.land_curve", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="one small window")
    parser.add_argument("--whole", action="store_true", help="all of Norway as well")
    parser.add_argument("--point", nargs=2, metavar=("SHARE", "ENGINE"), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
