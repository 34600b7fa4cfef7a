"""Imports: a large OpenStreetMap extract and Europe's GridKit, time and peak memory.

``python -m benchmarks.imports [--nodes N] [--ways N] [--data FOLDER] [--smoke]``. The extract is
made up: scattered nodes, and power ways of twenty nodes each, with ids as far apart as real ones.
Every import is a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import osmium
from osmium.osm import mutable

from benchmarks.run import RSS_BYTES, describe_machine
from layers.imported import Asked
from layers.importers import read_source

if TYPE_CHECKING:
    from collections.abc import Sequence

NODES: Final = 10_000_000
WAYS: Final = 100_000
NODES_A_WAY: Final = 20
STEP: Final = 97
SMOKE: Final = 200
"""How many times smaller."""
LIMITS: Final = {"osm": (60.0, 1500.0), "gridkit": (10.0, 1500.0)}
"""Importer to seconds and megabytes that it is held to."""
SPREAD: Final = 1_000
"""Between two ids, so that they reach as far as those of the real map."""


def main() -> int:
    """Run and print; return 1 if an import takes more than it may."""
    options = _parse()
    if options.only:
        return _one(options.only, options.path)
    smaller = SMOKE if options.smoke else 1
    nodes, ways = options.nodes // smaller, options.ways // smaller
    print(*(f"{key}: {value}" for key, value in describe_machine().items()), sep="\n")
    print(f"osmium: {version('osmium')}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made-up.osm.pbf"
        start = time.perf_counter()
        write_extract(path, nodes, ways)
        size_mb = path.stat().st_size / 1e6
        print(f"made up {nodes:,} nodes and {ways:,} ways, {size_mb:.0f} MB, in "
              f"{time.perf_counter() - start:.0f} s")  # fmt: skip
        failed = _run("osm", path)
    grid = options.data / "entsoe_gridkit"
    if grid.is_dir():
        failed |= _run("gridkit", grid)
    else:
        print(f"gridkit: no data in {options.data}, left out")
    return int(failed)


def write_extract(path: Path, nodes: int, ways: int) -> None:
    """Write scattered nodes, and power ways of twenty nodes in turn."""
    with osmium.SimpleWriter(str(path)) as writer:
        for number in range(1, nodes + 1):
            at = (5.0 + number * 7919 % 9_999_991 / 1e6, 45.0 + number * 104_729 % 9_999_973 / 1e6)
            writer.add_node(mutable.Node(id=number * SPREAD, location=at))
        for way in range(1, ways + 1):
            first = 1 + way * STEP % (nodes - NODES_A_WAY)
            refs = [number * SPREAD for number in range(first, first + NODES_A_WAY)]
            tags = {"power": "line", "voltage": "220000;110000", "cables": "6"}
            writer.add_way(mutable.Way(id=way, nodes=refs, tags=tags))


def _run(form: str, path: Path) -> bool:
    """Import in a process of its own; return whether it took more than it may."""
    command = [sys.executable, "-m", "benchmarks.imports", "--only", form, "--path", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, megabytes, rows = map(float, done.stdout.split())
    most_s, most_mb = LIMITS[form]
    print(f"{form}: {rows:,.0f} lines in {seconds:.1f} s (at most {most_s:.0f}), peak "
          f"{megabytes:,.0f} MB (at most {most_mb:,.0f})")  # fmt: skip
    return seconds > most_s or megabytes > most_mb


def _one(form: str, path: Path) -> int:
    start = time.perf_counter()
    got = read_source(form, path, path.name, Asked(("substations", "lines")))
    seconds = time.perf_counter() - start
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_BYTES / 1e6
    print(seconds, peak_mb, len(got.frames["lines"]))
    return 0


def _parse(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=NODES)
    parser.add_argument("--ways", type=int, default=WAYS)
    parser.add_argument("--data", type=Path, default=Path("..") / "shared" / "data")
    parser.add_argument("--smoke", action="store_true", help=f"{SMOKE} times smaller")
    parser.add_argument("--only", default="", help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
