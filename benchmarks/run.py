"""Run the benchmarks: wall time, peak memory and exit code of whole commands.

``python -m benchmarks.run [NAME ...] [--repeat N] [--smoke] [--json FILE]``
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.registry import BENCHMARKS, Benchmark

if TYPE_CHECKING:
    from collections.abc import Sequence

LIBRARIES = ("numpy", "scipy", "highspy", "geopandas")
RSS_BYTES = 1 if sys.platform == "darwin" else 1024  # unit of ru_maxrss


@dataclass(frozen=True)
class Run:
    """One run of a command."""

    wall_s: float
    """From start to exit."""
    peak_rss_mb: float
    """Largest resident set of the process or of a child it waited for."""
    exit_code: int
    """Negative for a signal."""
    stderr: str
    """What it said."""


@dataclass(frozen=True)
class Result:
    """All runs of one benchmark."""

    name: str
    """Name in the registry."""
    command: str
    """As typed."""
    runs_s: tuple[float, ...]
    """Wall time of each run."""
    min_s: float
    """Fastest run."""
    median_s: float
    """Median run."""
    peak_rss_mb: float
    """Largest over the runs."""
    exit_code: int
    """First that is not zero, else zero."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for, print it, and return 1 if a command failed."""
    options = parse(arguments)
    machine = describe_machine()
    print(*(f"{key}: {value}" for key, value in machine.items()), sep="\n")
    print(f"\n{'benchmark':<16}{'min s':>9}{'median s':>10}{'peak MB':>10}{'exit':>6}{'runs':>6}")
    repeat = 1 if options.smoke else options.repeat
    results = [
        measure(benchmark, repeat)
        for benchmark in BENCHMARKS
        if not options.names or benchmark.name in options.names
    ]
    if options.json:
        report = {"machine": machine, "results": [asdict(result) for result in results]}
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return int(any(result.exit_code for result in results))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    names = [benchmark.name for benchmark in BENCHMARKS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; or all")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each (default 3)")
    parser.add_argument("--smoke", action="store_true", help="one run of each, for the exit code")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers here")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.names) - set(names)):
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(names)}")
    if options.repeat < 1:
        parser.error("--repeat must be at least 1")
    return options


def measure(benchmark: Benchmark, repeat: int) -> Result:
    """Run a benchmark ``repeat`` times and print its line."""
    runs = [run_once(benchmark) for _ in range(repeat)]
    walls = tuple(round(run.wall_s, 3) for run in runs)
    failed = next((run for run in runs if run.exit_code), None)
    result = Result(
        name=benchmark.name,
        command=" ".join(("powersite", *benchmark.command)),
        runs_s=walls,
        min_s=min(walls),
        median_s=round(statistics.median(walls), 3),
        peak_rss_mb=round(max(run.peak_rss_mb for run in runs), 1),
        exit_code=failed.exit_code if failed else 0,
    )
    print(
        f"{result.name:<16}{result.min_s:>9.2f}{result.median_s:>10.2f}{result.peak_rss_mb:>10.0f}"
        f"{result.exit_code:>6}{repeat:>6}",
        flush=True,
    )
    if failed:
        print(failed.stderr, file=sys.stderr)
    return result


def run_once(benchmark: Benchmark) -> Run:
    """Run a command in a fresh folder.

    This process stays small on purpose: Linux counts its memory at the start of the child into the
    child's peak.
    """
    powersite = Path(sysconfig.get_path("scripts"), "powersite")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as stderr:
        benchmark.build(Path(folder))
        start = time.perf_counter()
        process = subprocess.Popen(
            [powersite, *benchmark.command], cwd=folder, stdout=subprocess.DEVNULL, stderr=stderr
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        stderr.seek(0)
        return Run(
            wall_s,
            usage.ru_maxrss * RSS_BYTES / 1e6,
            process.returncode,
            stderr.read().decode(errors="replace"),
        )


def describe_machine() -> dict[str, str]:
    """Say what the numbers were measured on."""
    memory_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": cpu_model(),
        "cores": str(len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()),
        "memory": f"{memory_bytes / 1e9:.1f} GB",
        "python": platform.python_version(),
        **{library: version(library) for library in LIBRARIES},
    }


def cpu_model() -> str:
    """Name of the processor."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


if __name__ == "__main__":
    sys.exit(main())
