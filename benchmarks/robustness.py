"""How sure an order is: many draws of weights over many candidates, and beside plain numpy.

``python -m benchmarks.robustness [--candidates N] [--draws N] [--sites N] [--smoke]``. Two inputs:
*usual* candidates have measures spread over the anchors of the criteria; *hard* ones have all the
same score under the usual weights, so that no bound passes any of them over. The numpy version
takes the same candidates with fewer draws. Last, weights and inputs together over a place's sites.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.run import RSS_BYTES, describe_machine
from geo.acceptance import first_ranks, tally
from geo.criteria import CRITERIA, REDUNDANCY_LEVEL, weights
from geo.draws import weight_draws
from geo.ranking import as_number
from geo.robustness import FIRST_RANKS, sureness
from geo.scenario import Scenario
from geo.standards import STANDARDS

if TYPE_CHECKING:
    from geo.flow import Array

ASKED = Scenario()
BLOCK = 64
PEER_SHARE = 200
"""The peer is given one draw in so many."""


def main() -> int:
    """Run and print; return 1 if the two versions disagree."""
    options = _parse()
    print(*(f"{key}: {value}" for key, value in describe_machine().items()), sep="\n")
    print(f"{options.draws:,} draws, {options.candidates:,} candidates, {len(CRITERIA)} criteria")
    chosen = np.array(list(weights(ASKED).values()))
    drawn = weight_draws(chosen, STANDARDS.weight_concentration, options.draws, 1)
    usual = _values(_sites(options.candidates))
    first_ranks(usual[:10], np.zeros(10), drawn[:10], FIRST_RANKS)  # compile
    inputs = {"usual": usual, "hard": _level(usual, chosen)}
    seconds, same = {}, True
    for name, values in inputs.items():
        start = time.perf_counter()
        first_ranks(values, np.zeros(len(values)), drawn, FIRST_RANKS)
        seconds[name] = time.perf_counter() - start
        _say(f"weights alone, {name}", seconds[name])
    start = time.perf_counter()
    sureness(_sites(options.sites), ASKED, STANDARDS, draws=options.tries)
    _say(f"all, {options.tries:,} × {options.sites:,} sites", time.perf_counter() - start)
    for name, values in inputs.items():
        same &= _beside_numpy(
            name, values, drawn[:: min(PEER_SHARE, len(drawn))], seconds[name] / len(drawn)
        )
    return int(not same)


def _beside_numpy(name: str, values: Array, drawn: Array, ours_s: float) -> bool:
    start = time.perf_counter()
    theirs = _plain(values, drawn)
    theirs_s = (time.perf_counter() - start) / len(drawn)
    _say(f"plain numpy, {name}, {len(drawn):,} draws", theirs_s * len(drawn))
    ours = first_ranks(values, np.zeros(len(values)), drawn, FIRST_RANKS).counts
    same = bool((ours == theirs).all())
    print(f"{name}: plain numpy takes {theirs_s / ours_s:,.0f} times as long a draw; same: {same}")
    return same


def _plain(values: Array, drawn: Array) -> Array:
    """Count the first ranks as one would write it down: product, partition, sort."""
    first = []
    for start in range(0, len(drawn), BLOCK):
        score = drawn[start : start + BLOCK] @ values.T
        best = np.argpartition(-score, FIRST_RANKS - 1, axis=1)[:, :FIRST_RANKS]
        order = np.argsort(-np.take_along_axis(score, best, axis=1), axis=1)
        first.append(np.take_along_axis(best, order, axis=1))
    return tally(np.concatenate(first), drawn, len(values)).counts


def _values(sites: pd.DataFrame) -> Array:
    measures = (as_number(sites[item.column]) for item in CRITERIA)
    values = [item.value(x, ASKED) for item, x in zip(CRITERIA, measures, strict=True)]
    return np.stack(values, axis=1)


def _level(values: Array, chosen: Array) -> Array:
    """Move values so that all sites have the same score under the weights."""
    over = values @ chosen - 0.5
    return 0.5 + (values - 0.5 - np.outer(over, chosen) / (chosen @ chosen)) / 2


def _sites(count: int) -> pd.DataFrame:
    """Draw sites whose measures are spread over the anchors of the criteria."""
    random = np.random.default_rng(1)
    ends = {item.column: [at for at, _ in item.anchors(ASKED)] for item in CRITERIA}
    measures = {name: random.uniform(min(at), max(at), count) for name, at in ends.items()}
    frame = pd.DataFrame(measures)
    return frame.assign(
        redundancy=random.choice(list(REDUNDANCY_LEVEL), count),
        site_id=[f"{row:07d}" for row in range(count)],
        poi_id=[f"{row // 5}" for row in range(count)],
        normal_mw=1.5 * frame["firm_mw"],
        grid_mw=np.nan,
        months_p10=0.8 * frame["months_p50"],
        months_p90=1.3 * frame["months_p50"],
        power_price_usd_per_mwh=frame["power_price_usd_per_mwh"].round(-1),
        **{
            f"firm_mw_{name}": share * frame["firm_mw"]
            for name, share in (("p10", 0.8), ("p50", 0.9), ("p90", 1.0))
        },
    )


def _say(what: str, wall_s: float) -> None:
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_BYTES / 1e6
    print(f"{what:<40}{wall_s:8.2f} s   peak {peak_mb:6.0f} MB", flush=True)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.robustness", description=__doc__)
    parser.add_argument("--candidates", type=int, default=100_000)
    parser.add_argument("--draws", type=int, default=100_000, help="draws of weights alone")
    parser.add_argument("--sites", type=int, default=2_000)
    parser.add_argument("--tries", type=int, default=10_000, help="draws of weights and inputs")
    parser.add_argument("--smoke", action="store_true", help="a little of each")
    options = parser.parse_args()
    if options.smoke:
        options.candidates, options.draws, options.sites, options.tries = 2_000, 1_000, 50, 100
    return options


if __name__ == "__main__":
    sys.exit(main())
