"""What independent versions answer to the same question, and how long they take.

Each function prints nothing and returns what there is to say; those that compare, with the largest
relative difference.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections import Counter
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.study import study_of
from geo.flow import after_outages
from tests.geo.definition import Plain, plain, resolved, streamed
from tests.geo.dense import Dense

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.study import Study
    from geo.flow import Array
    from geo.linear import Answers

DENSE_BRANCHES: Final = 5_000
DENSE_BUSES: Final = 20
DENSE_MATRICES: Final = 5
STREAM_BRANCHES: Final = 20_000
OF_EACH_KIND: Final = 25
NO_OUTAGE: Final = -1


def dense(study: Study, ours_s: float) -> str:
    """Say how long plain numpy takes with every pair in dense matrices, measured where they fit."""
    network = study.network
    fits = network.n_branch <= DENSE_BRANCHES
    small = study if fits else study_of("Texas")
    start = time.perf_counter()
    whole = Dense(small.network, small.flows, "strict", 0.05)
    ready_s = time.perf_counter() - start
    some = small.wanted[:DENSE_BUSES]
    start = time.perf_counter()
    for bus in some:
        _dense_firm_mw(whole, int(bus))
    bus_s = (time.perf_counter() - start) / len(some)
    if fits:
        all_s = ready_s + bus_s * len(study.wanted)
        return (
            f"dense numpy: {ready_s:.1f} s to get ready and {bus_s * 1e3:.0f} ms a bus, "
            f"{all_s:.0f} s for all: {all_s / ours_s:.0f} times ours"
        )
    larger = network.n_branch / small.network.n_branch
    all_s = bus_s * larger**2 * len(study.wanted)
    gigabytes = DENSE_MATRICES * network.n_branch**2 * 8 / 1e9
    return (
        f"dense numpy, not run: from {bus_s * 1e3:.0f} ms a bus on Texas and {larger:.1f}² times "
        f"the pairs, {all_s / 60:.0f} min for all, {all_s / ours_s:.0f} times ours, "
        f"and {gigabytes:.0f} GB in {DENSE_MATRICES} matrices"
    )


def _dense_firm_mw(whole: Dense, bus: int) -> float:
    """Go through all pairs for one bus with as few passes as numpy takes."""
    factor = whole.network.ptdf @ (whole.unused / whole.unused.sum()) - whole.network.ptdf[:, bus]
    factors = after_outages(whole.effects, factor)
    limit = np.where(factors > 0, whole.limit[:, 1:], -whole.limit[:, 1:])
    with np.errstate(divide="ignore", invalid="ignore"):
        room = (limit - whole.base[:, 1:]) / factors
    watched = (np.abs(factors) >= whole.cutoff) & ~whole.effects.cut_off[bus]
    return float(room[watched].min(initial=np.inf))


def written_out(
    study: Study, answers: Mapping[str, Answers], sample: int
) -> list[tuple[str, float]]:
    """Compare a sample of buses with the definition over every single outage, in each mode."""
    if study.network.n_branch > STREAM_BRANCHES:
        return []
    return [_written_out(study, mode, ours, sample) for mode, ours in answers.items()]


def _written_out(study: Study, mode: str, ours: Answers, sample: int) -> tuple[str, float]:
    rows = _some(ours, sample)
    start = time.perf_counter()
    normal, firm = streamed(
        plain(study.tables), study.wanted[rows], 0.05, calibrated=mode == "calibrated"
    )
    spent_s = time.perf_counter() - start
    worst = max(_difference(ours.normal_mw[rows], normal), _difference(ours.firm_mw[rows], firm))
    said = (
        f"{mode} by the definition: {len(rows)} buses, {(firm > 0).sum()} of them with room, "
        f"in {spent_s:.0f} s; largest relative difference {worst:.1e}"
    )
    return said, worst


def solved_anew(study: Study, ours: Answers, sample: int, cutoff: float) -> tuple[str, float]:
    """Take single outages and stations out, solve what is left anew, and compare a sample of buses.

    No outage may leave a bus less than we say, and the one that we name leaves just that.
    """
    case, rows = plain(study.tables), _some(ours, sample)
    named = np.unique(ours.outage[rows])
    firm, start, pairs, worst = ours.firm_mw[rows], time.perf_counter(), 0, 0.0
    outages = _outages(case, named)
    for outage in outages:
        lost, dead = _what_is_lost(study, outage)
        room = resolved(case, lost, study.wanted[rows], cutoff, dead)
        here = ours.outage[rows] == outage
        more = np.maximum(firm - room, 0.0) / np.maximum(firm, 1.0)
        worst = max(worst, float(more.max()), _difference(firm[here], room[here]))
        pairs += len(rows)
    said = (
        f"solved anew: {pairs:,} pairs of {len(rows)} buses and {len(outages)} outages "
        f"({len(named)} of them named as limiting), in {time.perf_counter() - start:.0f} s; "
        f"most by which one leaves less, or a named one differs: {worst:.1e}"
    )
    return said, worst


def _what_is_lost(study: Study, outage: int) -> tuple[Array, Array]:
    network, nothing = study.network, np.zeros(0, int)
    if outage >= network.n_branch:
        group = network.groups[outage - network.n_branch]
        return group.branches, group.buses
    return (nothing if outage == NO_OUTAGE else np.array([outage])), nothing


def _outages(case: Plain, named: Array) -> Array:
    """Add to what is named normal operation, twin circuits, spurs, and any."""
    random = np.random.default_rng(3)
    pairs = [frozenset(ends) for ends in zip(case.tail, case.head, strict=True)]
    count = Counter(pairs)
    twins = np.array([count[pair] > 1 for pair in pairs])
    degree = np.bincount(np.r_[case.tail, case.head])
    spurs = (degree[case.tail] == 1) | (degree[case.head] == 1)
    more = [
        random.permutation(np.flatnonzero(kind))[:OF_EACH_KIND]
        for kind in (twins, spurs, ~twins & ~spurs)
    ]
    return np.unique(np.r_[NO_OUTAGE, named, *more])


def _some(ours: Answers, size: int) -> Array:
    """Take half of a sample among the buses that have room."""
    random = np.random.default_rng(1)
    with_room = random.permutation(np.flatnonzero(ours.firm_mw > 0))[: size // 2]
    rest = random.permutation(np.setdiff1d(np.arange(len(ours.firm_mw)), with_room))
    return np.sort(np.r_[with_room, rest[: size - len(with_room)]])


def _difference(ours: Array, theirs: Array) -> float:
    return float((np.abs(ours - theirs) / np.maximum(theirs, 1.0)).max(initial=0.0))


def pypsa(study: Study, ours_s: float) -> tuple[str, float]:
    """Time PyPSA's flows after every outage, and compare them where they mean something."""
    import pypsa  # noqa: PLC0415 -- seconds to import, and only asked for here

    logging.getLogger("pypsa").setLevel(logging.ERROR)
    network, flows = study.network, study.flows
    peer = pypsa.Network()
    peer.set_snapshots([0])
    buses, branches = list(network.bus_ids), list(network.branch_ids)
    peer.add("Bus", buses, v_nom=1.0)
    ends = {"bus0": network.tail, "bus1": network.head}
    named = {end: [buses[at] for at in positions] for end, positions in ends.items()}
    peer.add("Line", branches, **named, x=1 / network.susceptance_mw, s_nom=1e4)
    peer.add("Load", [f"load {bus}" for bus in buses], bus=buses, p_set=flows.demand_mw)
    peer.add("Generator", buses, bus=buses, p_set=flows.supply_mw, p_nom=1e6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        found = peer.lpf_contingency([0], [("Line", branch) for branch in branches])
        spent_s = time.perf_counter() - start
    order = [("Line", branch) for branch in branches]
    theirs = found.loc[order, order].to_numpy(float)
    whole = Dense(network, flows, "strict", 0.05)
    bridge = network.bridges
    finite = int(np.isfinite(theirs[:, bridge]).all(axis=0).sum())
    apart = np.abs(theirs - whole.base[:, 1:])[:, ~bridge].max() / np.abs(theirs[:, ~bridge]).max()
    said = (
        f"PyPSA {version('pypsa')}: {spent_s:.0f} s for the flows after every outage, "
        f"{spent_s / ours_s:.0f} times ours with the headroom of {len(study.wanted)} buses; "
        f"{finite} of its {int(bridge.sum())} columns of bridges are finite and mean nothing; "
        f"the others differ by {apart:.1e}"
    )
    return said, float(apart)
