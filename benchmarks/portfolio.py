"""The best set of Norwegian sites: among 50 exactly, among 1,000 within 2 %; and the regions.

``python -m benchmarks.portfolio [--smoke]``. The gap is between what the set serves and what no set
can exceed, as the solver proves it.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time

from benchmarks.run import describe_machine
from geo.contest import GIVEN_UP, Contest, Wish
from geo.portfolio import find_portfolio
from geo.regions import joint_firm_mw
from geo.scenario import Scenario
from geo.siting import find_sites
from layers.place import open_place, read_layers

SPACING_KM = 8.0
"""Near enough to each other that a thousand distinct sites are left."""
ALLOWED = {50: 1e-4 + GIVEN_UP, 1000: 0.02}
WISHES = ((1000, 5), (5000, 5), (20000, 5), (20000, 20))


def main() -> int:
    """Run and print; return 1 if a gap is wider than it may be."""
    smoke = _parse().smoke
    print(*(f"{key}: {value}" for key, value in describe_machine().items()), sep="\n")
    layers = read_layers(open_place("norway"))
    start = time.perf_counter()
    siting = find_sites(layers, Scenario(top=1, spacing_km=SPACING_KM))
    _say(f"{len(siting.sites)} distinct sites", start)
    start = time.perf_counter()
    found = joint_firm_mw(siting.sites, siting.redispatch)
    _say(f"what {len(found)} regions serve together", start)
    wide = 0
    for among, allowed in ALLOWED.items():
        for total_mw, most in WISHES[:1] if smoke else WISHES:
            wide += _gap(siting, Wish(total_mw, max_sites=most, among=among)) > allowed
    start = time.perf_counter()
    find_portfolio(siting, Wish(5000))
    _say("5,000 MW among 50, with its frontier", start)
    return int(wide > 0)


def _gap(siting, wish: Wish) -> float:  # noqa: ANN001 -- a script's inner step
    contest = Contest.of(siting, wish)
    start = time.perf_counter()
    choice, bound_mw = contest.best(contest.everything)
    gap = 1.0 - choice.mw / bound_mw
    _say(
        f"{choice.mw:,.0f} of {wish.total_mw:,.0f} MW at {choice.opened.sum()} of at most "
        f"{wish.max_sites}, among {len(contest.sites):,}: gap {gap:.2%}",
        start,
    )
    return gap


def _say(what: str, start: float) -> None:
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:<72}{time.perf_counter() - start:8.2f} s   peak {peak_mb:6.0f} MB", flush=True)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.portfolio", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="one wish of each size")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
