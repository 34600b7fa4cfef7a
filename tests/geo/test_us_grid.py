"""Our answers on the US test grid beside its definition written out from the tables."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pandas as pd
import pytest

from geo.case_study import Asked, case_headroom
from geo.scenario import Scenario
from tests.geo.definition import plain, resolved, streamed
from tests.geo.us_grid import us_case, us_tables

pytestmark = pytest.mark.slow
CUTOFF = 0.05
MIN_KV = 230


@cache
def tables_of(interconnect):
    return us_tables(interconnect)


def ours(interconnect, *, mode="strict", stations=False):
    """Return our frame and the positions of its buses."""
    tables = tables_of(interconnect)
    scenario = Scenario(method="linear", mode=mode, cutoff=CUTOFF)
    frame = case_headroom(us_case(tables), scenario, Asked("", MIN_KV, stations)).frame
    return frame, np.flatnonzero(tables["bus"]["baseKV"] >= MIN_KV)


def some(frame, seed, size):
    """Half of the sample among the buses that can take something."""
    random = np.random.default_rng(seed)
    firm = random.permutation(np.flatnonzero(frame["firm_mw"] > 0))[: size // 2]
    others = random.permutation(np.setdiff1d(np.arange(len(frame)), firm))
    return np.sort(np.r_[firm, others[: size - len(firm)]])


def test_texas_equals_the_definition_at_every_bus_of_230_kv() -> None:
    frame, asked = ours("Texas", mode="calibrated")
    normal, firm = streamed(plain(tables_of("Texas")), asked, CUTOFF, calibrated=True)
    assert len(frame) > 250
    assert (firm > 0).mean() > 0.9
    assert frame["normal_mw"].to_numpy() == pytest.approx(normal, rel=1e-6, abs=1e-6)
    assert frame["firm_mw"].to_numpy() == pytest.approx(firm, rel=1e-6, abs=1e-6)


def test_a_sample_of_western_equals_the_definition() -> None:
    frame, asked = ours("Western")
    rows = some(frame, 1, 40)
    normal, firm = streamed(plain(tables_of("Western")), asked[rows], CUTOFF, calibrated=False)
    assert (firm > 0).sum() >= 20
    assert frame["normal_mw"].to_numpy()[rows] == pytest.approx(normal, rel=1e-6, abs=1e-6)
    assert frame["firm_mw"].to_numpy()[rows] == pytest.approx(firm, rel=1e-6, abs=1e-6)


def outages_of(case, rows, random):
    """Name the outages to solve anew: normal, limiting, bridges, parallel circuits, any."""
    pairs = [frozenset(ends) for ends in zip(case.tail, case.head, strict=True)]
    count = Counter(pairs)
    twins = np.array([count[pair] > 1 for pair in pairs])
    degree = np.bincount(np.r_[case.tail, case.head])
    leaves = (degree[case.tail] == 1) | (degree[case.head] == 1)
    named = set(rows["limiting_outage"].astype(str)) | {""}
    for kind in (twins, leaves, np.ones(len(pairs), dtype=bool)):
        chosen = random.permutation(np.flatnonzero(kind))[:8]
        named |= set(case.branch_id[chosen].astype(str))
    return sorted(named)


def test_no_outage_of_a_sample_leaves_less_when_western_is_solved_anew() -> None:
    """And the one that is named leaves just what we say; stations are among them."""
    frame, asked = ours("Western", stations=True)
    tables, case = tables_of("Western"), plain(tables_of("Western"))
    rows = some(frame, 2, 20)
    sample, buses = frame.iloc[rows], asked[rows]
    station = tables["bus2sub"].set_index("bus_id")["sub_id"].reindex(case.bus_id).to_numpy()
    at = pd.Series(np.arange(len(case.branch_id)), index=case.branch_id.astype(str))
    pairs = 0
    for name in outages_of(case, sample, np.random.default_rng(3)):
        lost, dead = np.array([], int), np.array([], int)
        if name.startswith("station "):
            dead = np.flatnonzero(station == int(name.removeprefix("station ")))
            lost = np.flatnonzero(np.isin(case.tail, dead) | np.isin(case.head, dead))
        elif name:
            lost = np.array([at[name]])
        room = resolved(case, lost, buses, CUTOFF, dead)
        named = (sample["limiting_outage"] == name).to_numpy()
        firm = sample["firm_mw"].to_numpy()
        assert (firm <= room + 1e-6 * np.maximum(firm, 1.0)).all()
        assert firm[named] == pytest.approx(room[named], rel=1e-6, abs=1e-6)
        pairs += len(room)
    assert pairs >= 300
