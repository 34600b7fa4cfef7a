"""Whole runs of a made-up country of many substations: seconds and memory of each stage.

``python -m benchmarks.huge [STATIONS ...] [--drawn] [--parcels N] [--json FILE] [--smoke]``

Each size runs in a process of its own, from the files of the place to the pack of the answer.
``--drawn`` leaves the ends of the lines to be traced; ``--parcels`` ranks a list of so many points
in place of all land. Seconds are of the clock and of the processor; memory is the largest resident
set up to the end of a stage. ``--smoke`` runs a country that is small.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.huge_country import build_country
from benchmarks.run import RSS_BYTES, describe_machine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.siting import Siting

SIZES: Final = (1_000, 10_000, 30_000, 100_000)
SMOKE: Final = 200
INSIDE: Final = "POWERSITE_HUGE_INSIDE"


@dataclass
class Stage:
    """What a stage took."""

    stage: str
    """As --timings names it."""
    seconds: float = 0.0
    """Of the clock."""
    cpu_seconds: float = 0.0
    """Of the processor, all threads."""
    peak_mb: float = 0.0
    """Largest resident set so far."""


class Watch:
    """Takes the time of each stage, however often it begins."""

    def __init__(self) -> None:
        self.stages: dict[str, Stage] = {}
        self._name = ""
        self._since = (time.perf_counter(), time.process_time())

    def __call__(self, _fraction: float, name: str) -> None:
        """Begin a stage, or go on with it."""
        if name == self._name:
            return
        now = (time.perf_counter(), time.process_time())
        if self._name:
            stage = self.stages.setdefault(self._name, Stage(self._name))
            stage.seconds += now[0] - self._since[0]
            stage.cpu_seconds += now[1] - self._since[1]
            stage.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_BYTES / 1e6
        self._name, self._since = name, now


def run(place: Path, parcels: Path | None, out: Path) -> list[Stage]:
    """Read, site and write a place in this process."""
    from layers.gdal import harden  # noqa: PLC0415 -- before any library of GDAL

    harden()
    from geo.scenario import Scenario  # noqa: PLC0415 -- after GDAL is settled
    from geo.siting import find_sites  # noqa: PLC0415
    from layers.place import open_place, read_layers  # noqa: PLC0415
    from maps.exports import write_pack  # noqa: PLC0415

    watch = Watch()
    watch(0.0, "reading")
    found: Siting = find_sites(read_layers(open_place(str(place)), parcels), Scenario(), watch)
    watch(1.0, "writing")
    write_pack(found, out)
    watch(1.0, "end")
    print(f"{len(found.sites):,} sites, {len(found.grid.buses):,} buses", file=sys.stderr)
    return list(watch.stages.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every size and print its stages; return 1 if a run failed."""
    asked = _parsed(arguments)
    if INSIDE in os.environ:
        stages = run(Path(os.environ[INSIDE]), asked.sites, Path(os.environ[INSIDE]) / "out")
        print(json.dumps([asdict(stage) for stage in stages]))
        return 0
    print(*(f"{key}: {value}" for key, value in describe_machine().items()), sep="\n")
    found = {str(size): _measured(size, asked) for size in asked.stations}
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return int(not all(found.values()))


def _measured(size: int, asked: argparse.Namespace) -> list[dict[str, float | str]]:
    """Build a country, run it in another process, and print a line for each stage."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_country(folder, size, drawn=asked.drawn, parcels=asked.parcels)
        command = [sys.executable, "-m", "benchmarks.huge"]
        if asked.parcels:
            command += ["--sites", str(folder / "parcels.csv")]
        environment = os.environ | {INSIDE: name}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{size:,} substations: failed\n{done.stderr}", file=sys.stderr)
        return []
    stages: list[dict[str, float | str]] = json.loads(done.stdout)
    print(f"\n{size:,} substations: {done.stderr.strip().splitlines()[-1]}")
    print(f"{'stage':<18}{'s':>10}{'cpu s':>10}{'peak MB':>10}")
    for row in stages:
        stage = Stage(**row)  # type: ignore[arg-type] # as it was written
        numbers = f"{stage.seconds:>10.1f}{stage.cpu_seconds:>10.1f}{stage.peak_mb:>10,.0f}"
        print(f"{stage.stage:<18}{numbers}", flush=True)
    return stages


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.huge", description=__doc__)
    parser.add_argument("stations", nargs="*", type=int, help=f"substations; else {SIZES}")
    parser.add_argument("--drawn", action="store_true", help="lines do not name their ends")
    parser.add_argument("--parcels", type=int, default=0, help="points of a list of one's own")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers here")
    parser.add_argument("--smoke", action="store_true", help=f"{SMOKE} substations")
    parser.add_argument("--sites", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    asked.stations = [SMOKE] if asked.smoke else asked.stations or list(SIZES)
    return asked


if __name__ == "__main__":
    sys.exit(main())
