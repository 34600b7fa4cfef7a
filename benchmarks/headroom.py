"""Linear headroom on the US test grid: time and memory, beside what others need, and how exact.

``python -m benchmarks.headroom [Texas|Western|Eastern] [--sample N] [--pypsa] [--smoke]``

The grid is taken from PyPI into a cache on first use; ``--smoke`` makes a small one up instead.
Returns 1 if an independent version disagrees by more than a millionth.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from benchmarks import beside
from benchmarks.run import RSS_BYTES, describe_machine
from benchmarks.study import MADE_UP, MIN_KV, study_of
from geo.linear import linear_headroom
from geo.station_outages import station_losses

if TYPE_CHECKING:
    from benchmarks.study import Study
    from geo.linear import Answers
    from geo.scenario import Mode

CUTOFF = 0.05
ALLOWED = 1e-6
COMPILE = "from benchmarks.headroom import time_compilation; time_compilation()"


def main() -> int:
    """Run and print; return 1 if anything disagrees by more than a millionth."""
    options = _parse()
    machine = describe_machine() | {"numba": version("numba")}
    print(*(f"{key}: {value}" for key, value in machine.items()), sep="\n", flush=True)
    _print_compilation()
    study = _read(MADE_UP if options.smoke else options.interconnect)
    strict, strict_s = _timed(study, "strict", "strict")
    calibrated, _ = _timed(study, "calibrated", "calibrated")
    with_stations = _with_stations(study)
    of_stations, stations_s = _timed(with_stations, "strict", "stations")
    groups = len(with_stations.network.groups)
    print(f"{groups:,} stations: {100 * (stations_s - strict_s) / groups:.2f} s for 100 of them")
    print(beside.dense(study, strict_s))
    found = [beside.solved_anew(with_stations, of_stations, options.sample, CUTOFF)]
    found += beside.written_out(study, {"strict": strict, "calibrated": calibrated}, options.sample)
    if options.pypsa:
        found.append(beside.pypsa(study, strict_s))
    print(*(said for said, _ in found), sep="\n")
    worst = max(difference for _, difference in found)
    print(f"largest difference: {worst:.1e}")
    return int(worst > ALLOWED)


def time_compilation() -> None:
    """Print how much longer a small network takes the first time than again."""
    study = _with_stations(study_of(MADE_UP))
    (_, first_s), (_, again_s) = (_run(study, "strict") for _ in range(2))
    print(f"{first_s - again_s:.1f} s")


def _print_compilation() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"NUMBA_CACHE_DIR": folder}
        for turn in ("first use", "with its cache"):
            command = [sys.executable, "-c", COMPILE]
            said = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
            print(f"compilation, {turn}: {said.stdout.decode().strip()}", flush=True)


def _read(name: str) -> Study:
    start = time.perf_counter()
    study = study_of(name)
    network = study.network
    print(
        f"{name}: {network.n_bus:,} buses, {network.n_branch:,} branches, {len(study.wanted):,} "
        f"buses of {MIN_KV} kV asked for; read in {time.perf_counter() - start:.1f} s",
        flush=True,
    )
    return study


def _with_stations(study: Study) -> Study:
    station = study.tables["bus2sub"].set_index("bus_id")["sub_id"]
    names = station.reindex(study.tables["bus"]["bus_id"]).to_numpy(str)
    losses = station_losses(study.network, names, study.wanted, study.flows.supply_max_mw)
    return replace(study, network=replace(study.network, groups=losses.groups))


def _timed(study: Study, mode: Mode, name: str) -> tuple[Answers, float]:
    """Run twice, print both, and return the answers and the shorter time."""
    times_s = []
    for turn in ("first", "again"):
        answers, spent_s = _run(study, mode)
        times_s.append(spent_s)
        print(f"{name:<10} {turn:<6}{spent_s:8.2f} s   peak {_peak_mb():6.0f} MB", flush=True)
    return answers, min(times_s)


def _run(study: Study, mode: Mode) -> tuple[Answers, float]:
    start = time.perf_counter()
    answers, _, _ = linear_headroom(
        study.network, study.flows, study.wanted, mode=mode, cutoff=CUTOFF, tell=lambda *_: None
    )
    return answers, time.perf_counter() - start


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.headroom", description=__doc__)
    parser.add_argument("interconnect", nargs="?", default="Texas")
    parser.add_argument("--sample", type=int, default=40, help="buses that others answer as well")
    parser.add_argument("--pypsa", action="store_true", help="time PyPSA's lpf_contingency too")
    parser.add_argument("--smoke", action="store_true", help="a small grid that is made up")
    return parser.parse_args()


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_BYTES / 1e6


if __name__ == "__main__":
    sys.exit(main())
