"""Redispatch headroom of Norway, and the same programme written out by PyPSA, in one run.

``python -m benchmarks.redispatch [--situations N] [--points N] [--peer N] [--smoke]``. For the peer
limits are raised to what the base case carries, bridges are no outages, and every pair is watched,
so that both answer the same question; both are asked about the same buses.
"""

from __future__ import annotations

import argparse
import dataclasses
import logging
import resource
import sys
import time
import warnings

import numpy as np

from benchmarks.run import describe_machine
from geo.balance import base_flows
from geo.flow import network_of
from geo.grid import build_grid
from geo.redispatch import Redispatch
from geo.scenario import Scenario
from geo.situations import firm_quantiles
from layers.place import open_place, read_layers
from tests.geo.peers import secure_load_mw

CUTOFF = 0.10
ALLOWED = 1e-4


def main() -> int:
    """Run and print; return 1 if the two disagree by more than a ten-thousandth."""
    options = _parse()
    print(*(f"{key}: {value}" for key, value in describe_machine().items()), sep="\n")
    layers = read_layers(open_place("norway"))
    grid = build_grid(layers)
    flows = base_flows(grid, layers, layers.place.demand_mw)
    network = network_of(grid)
    home = np.flatnonzero(~grid.buses["abroad"].to_numpy())
    print(f"{network.n_bus} buses, {network.n_branch} branches, {len(network.outages)} outages")
    asked = home[:10] if options.smoke else home
    start = time.perf_counter()
    study = Redispatch(network, flows, CUTOFF)
    _say("base case", start)
    start = time.perf_counter()
    study.answers(asked, _nobody)
    _say(f"normal, firm and flexible MW of {len(asked)} buses", start)
    start = time.perf_counter()
    points = list(grid.buses.index[asked][:: max(len(asked) // options.points, 1)])
    points = points[: options.points]
    draws = 2 if options.smoke else options.situations
    firm_quantiles(grid, layers, Scenario(situations=draws), points, _nobody)
    _say(f"{draws} situations at {len(points)} buses", start)
    return _beside_peer(network, flows, home, 0 if options.smoke else options.peer)


def _beside_peer(network, flows, home, count: int) -> int:  # noqa: ANN001 -- a script's inner step
    net, base = _without_congestion(network, flows)
    study = Redispatch(net, base, 0.0)
    worst = 0.0
    for bus in np.random.default_rng(1).choice(home, count, replace=False):
        start = time.perf_counter()
        ours = study.capacity(int(bus)).mw
        ours_s = time.perf_counter() - start
        start = time.perf_counter()
        theirs = secure_load_mw(net, base, int(bus))
        theirs_s = time.perf_counter() - start
        worst = max(worst, abs(ours - theirs) / max(theirs, 1.0))
        print(
            f"{net.bus_ids[bus]}: {ours:,.2f} MW in {ours_s:.3f} s; PyPSA {theirs:,.2f} MW in "
            f"{theirs_s:.1f} s: ratio {theirs_s / ours_s:,.0f}"
        )
    print(f"largest relative difference: {worst:.1e}")
    return int(worst > ALLOWED)


def _without_congestion(network, flows):  # noqa: ANN001, ANN202 -- as above
    """Return the largest connected part, wide enough for its base case after every outage."""
    component = network.component
    inside = component == np.bincount(component).argmax()
    kept = inside[network.tail]
    place = np.cumsum(inside) - 1
    outages = np.flatnonzero(~network.bridges[kept])
    net = dataclasses.replace(
        network,
        bus_ids=tuple(np.array(network.bus_ids)[inside]),
        branch_ids=tuple(np.array(network.branch_ids)[kept]),
        tail=place[network.tail[kept]],
        head=place[network.head[kept]],
        susceptance_mw=network.susceptance_mw[kept],
        limit_mw=network.limit_mw[kept],
        emergency_mw=network.emergency_mw[kept],
        outages=outages,
    )
    base = dataclasses.replace(
        flows,
        **{
            name: getattr(flows, name)[inside]
            for name in ("demand_mw", "supply_min_mw", "supply_max_mw", "supply_mw")
        },
    )
    held = np.abs(Redispatch(net, base, 0.0).base_mw).max(axis=1)
    wide = np.maximum(net.limit_mw, held * 1.01)
    return dataclasses.replace(net, limit_mw=wide, emergency_mw=wide), base


def _say(what: str, start: float) -> None:
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:<48}{time.perf_counter() - start:8.2f} s   peak {peak_mb:6.0f} MB")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.redispatch", description=__doc__)
    parser.add_argument("--situations", type=int, default=100)
    parser.add_argument(
        "--points", type=int, default=30, help="buses that situations are drawn for"
    )
    parser.add_argument("--peer", type=int, default=2, help="buses that PyPSA is asked about")
    parser.add_argument("--smoke", action="store_true", help="a little of each, without the peer")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore", FutureWarning)
    return options


def _nobody(_fraction: float, _message: str) -> None:
    """Report progress to nobody."""


if __name__ == "__main__":
    sys.exit(main())
