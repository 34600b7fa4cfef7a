"""Linear headroom beside its definition in dense matrices: same machine, same input, same run.

``python -m benchmarks.headroom [Texas|Western|Eastern] [--sample N]``. The dense version is the
reference of the tests; it runs only where its matrices are no burden, on Texas. The US test grid is
taken from PyPI into a cache on first use.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.run import describe_machine
from benchmarks.us_grid import build_us_grid
from geo.case_study import case_network
from geo.linear import linear_headroom
from layers.case import read_case
from tests.geo.dense import Dense

CUTOFF = 0.05
MIN_KV = 230
DENSE_LIMIT = 5_000
ALLOWED = 1e-6


def main() -> int:
    """Run and print; return 1 if the two disagree by more than a millionth."""
    options = _parse()
    print(*(f"{key}: {value}" for key, value in describe_machine().items()), sep="\n")
    with tempfile.TemporaryDirectory() as folder:
        build_us_grid(Path(folder), options.interconnect)
        start = time.perf_counter()
        network, flows, buses = case_network(read_case(folder), options.interconnect)
        print(f"read: {time.perf_counter() - start:.1f} s")
    wanted = np.flatnonzero(buses["baseKV"].to_numpy(float) >= MIN_KV)
    print(f"{network.n_bus} buses, {network.n_branch} branches, {len(wanted)} asked for")
    worst = 0.0
    for mode in ("strict", "calibrated"):
        for turn in ("first use", "again"):
            start = time.perf_counter()
            answers, _, _ = linear_headroom(
                network, flows, wanted, mode=mode, cutoff=CUTOFF, tell=lambda *_: None
            )
            ours_s = time.perf_counter() - start
            print(f"{mode:<10} {turn:<9} {ours_s:8.2f} s   peak {_peak_mb():6.0f} MB")
        if network.n_branch <= DENSE_LIMIT:
            worst = max(
                worst, _beside_dense(network, flows, wanted, answers, mode, options.sample, ours_s)
            )
    print(f"largest relative difference: {worst:.1e}")
    return int(worst > ALLOWED)


def _beside_dense(network, flows, wanted, answers, mode, sample, ours_s) -> float:  # noqa: ANN001, PLR0913, PLR0917 -- a script's inner step
    start = time.perf_counter()
    dense = Dense(network, flows, mode, CUTOFF)
    rows = np.random.default_rng(1).permutation(len(wanted))[:sample]
    worst = 0.0
    for row in rows:
        normal, firm = (dense.capacity(int(wanted[row]), firm=firm).mw for firm in (False, True))
        ours = np.array([answers.normal_mw[row], answers.firm_mw[row]])
        theirs = np.array([normal, min(firm, normal)])
        worst = max(worst, float((np.abs(ours - theirs) / np.maximum(theirs, 1.0)).max()))
    spent_s = time.perf_counter() - start
    whole_s = spent_s * len(wanted) / len(rows)
    print(
        f"{mode:<10} dense     {spent_s:8.2f} s for {len(rows)} buses, {whole_s:.0f} s for all: "
        f"ratio {whole_s / ours_s:.0f}, peak {_peak_mb():.0f} MB, difference {worst:.1e}"
    )
    return worst


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.headroom", description=__doc__)
    parser.add_argument("interconnect", nargs="?", default="Texas")
    parser.add_argument(
        "--sample", type=int, default=40, help="buses that the dense version answers"
    )
    return parser.parse_args()


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
