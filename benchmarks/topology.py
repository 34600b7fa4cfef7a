"""Topology of Europe and Germany from raw geometry: time, memory, and how much is found again.

``python -m benchmarks.topology [--data FOLDER] [--repeat N]``. The maps of ENTSO-E and SciGRID name
the ends of their lines; the names are taken away, and what is traced is compared with them.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import shapely

from benchmarks.run import RSS_BYTES, describe_machine
from geo import kinds
from geo.drawing import DrawnLines, DrawnSubstations
from geo.grid import build_grid
from geo.layer import Source
from geo.tolerances import TOLERANCES, Tolerances
from geo.topology import trace
from tests.geo import drawings

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.kinds import Layers
    from tests.geo.drawings import Real

EUROPE: Final = Tolerances(snap_m=500, split_m=300, snap_again_m=3000, snap_cap_m=10_000)
CASES: Final[dict[str, tuple[Callable[[], Real], Tolerances]]] = {
    "germany": (lambda: drawings.germany(from_line_ends=False), TOLERANCES),
    "germany, line ends": (lambda: drawings.germany(from_line_ends=True), TOLERANCES),
    "europe": (drawings.europe, TOLERANCES),
    "europe, 10 km": (drawings.europe, EUROPE),
    "europe, no joints": (lambda: drawings.europe(joints=False), EUROPE),
}


def main() -> int:
    """Run and print; return 1 if there are no data."""
    options = _parse()
    drawings.DATA = options.data
    if not (options.data / "entsoe_gridkit").is_dir():
        print(f"no drawings in {options.data}", file=sys.stderr)
        return 1
    print(*(f"{key}: {value}" for key, value in describe_machine().items()), sep="\n")
    titles = ("places", "lines", "trace s", "grid s", "peak MB", "direct", "over taps", "right")
    print(f"\n{'drawing':<20}" + "".join(f"{title:>11}" for title in titles))
    for name, (read, tolerances) in CASES.items():
        _measure(name, read(), tolerances, options.repeat)
    return 0


def _measure(name: str, real: Real, tolerances: Tolerances, repeat: int) -> None:
    trace_s, grid_s = [], []
    for _ in range(repeat):
        start = time.perf_counter()
        traced = trace(real.substations, real.lines, tolerances)
        trace_s.append(time.perf_counter() - start)
        layers = _layers(real, tolerances)
        start = time.perf_counter()
        grid = build_grid(layers)
        grid_s.append(time.perf_counter() - start)
    # Lines that led to a joint which was taken away name no place that can be found.
    known = set(real.substations["id"])
    truth = [line for line in real.truth if known.issuperset(line[:2])]
    shares = drawings.recovered(traced.lines, traced.inferred.merged, truth)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_BYTES / 1e6
    print(
        f"{name:<20}{len(real.substations):>11,}{len(real.lines):>11,}{min(trace_s):>11.2f}"
        f"{min(grid_s):>11.2f}{peak_mb:>11.0f}"
        + "".join(f"{share:>11.1%}" for share in shares.values())
    )
    print(f"  {traced.inferred.sentence()}")
    print(
        f"  {len(grid.buses):,} buses, {len(grid.branches):,} branches, {len(grid.islands)} parts"
    )


def _layers(real: Real, tolerances: Tolerances) -> Layers:
    crs = real.lines.crs
    ground = gpd.GeoDataFrame(
        {"name": ["All"]}, geometry=[shapely.box(*real.substations.total_bounds)], crs=crs
    )
    place = kinds.Place("map", "Map", "EUR", str(crs), 1.0)
    return kinds.Layers(
        replace(place, topology=tolerances),
        DrawnSubstations(real.substations, Source("substations")),
        DrawnLines(real.lines, Source("lines")),
        kinds.Regions(ground, Source("regions")),
    )


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.topology", description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=drawings.DATA, help="folder of entsoe_gridkit and scigrid_de"
    )
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, the fastest counts")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
