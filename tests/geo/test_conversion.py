"""What campuses lack, by hand: a circuit of 132 kV carries 147 MVA · 0.95 = 139.65 MW."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.conversion import missing_mw, needs
from geo.cost import tie_circuits
from geo.scenario import Scenario
from geo.standards import STANDARDS
from geo.timeline import MIXED, NEW, READY, SECOND
from tests.geo import toy

if TYPE_CHECKING:
    from geo.kinds import Layers

LAYERS = toy.country()
EACH_MW = 139.65


def link(**given: Any) -> dict[str, Any]:  # noqa: ANN401 -- cells of a row
    """Describe a link of the campus 'Mine' to the station A, 3 km away, which feeds it today."""
    usual = {
        "site_id": "Mine", "kind": "campus", "grid_mw": 175.0, "feed": "", "use": "mining",
        "substation_id": "A", "voltage_kv": 132.0, "redundancy": "N+1", "tie_km": 3.0,
    }  # fmt: skip
    return usual | given


def needed(
    *links: dict[str, Any], load_mw: float = 180, redundancy: str = "N+1", layers: Layers = LAYERS
) -> pd.DataFrame:
    asked = Scenario(load_mw=load_mw, redundancy=redundancy)  # type: ignore[arg-type]
    frame = pd.DataFrame(list(links))
    circuits = [
        tie_circuits(layers.place, kv, load_mw, spare=redundancy != "N")
        for kv in frame["voltage_kv"]
    ]
    return needs(frame, frame.assign(circuits=circuits), frame["tie_km"], layers, asked)


BARE = {"kind": "greenfield", "grid_mw": np.nan, "use": "", "site_id": "Field"}


@pytest.mark.parametrize(
    ("grid_mw", "missing"),
    [(180, 0), (200, 0), (171, 0), (170.9, 9.1), (100, 80), (0, 180), (np.nan, 180)],
)
def test_what_an_energised_connection_lacks(grid_mw: float, missing: float) -> None:
    # Short by 5 % of 180 MW, or 9 MW, is enough.
    found = missing_mw(pd.Series([grid_mw]), 180, STANDARDS)
    assert found.iloc[0] == pytest.approx(missing)


def test_bare_land_needs_all_of_it() -> None:
    # 180 MW on circuits of 139.65: two, and one to spare, which is more than two bays.
    row = needed(link(**BARE)).iloc[0]
    assert (row["circuits"], row["stations"], row["transformer_mw"]) == (3, 2, 360)
    assert (row["new_mw"], row["converted_mw"]) == (180, 0)
    assert (row["way"], row["feed"], bool(row["converts"])) == (NEW, "", False)
    assert row["new_station"]
    plain = needed(link(**BARE), redundancy="N", load_mw=100).iloc[0]
    assert (plain["circuits"], plain["stations"], plain["transformer_mw"]) == (1, 1, 100)
    assert not plain["new_station"]


def test_a_campus_with_megawatts_enough_needs_nothing_where_n_is_asked_for() -> None:
    row = needed(link(), redundancy="N").iloc[0]
    assert (row["circuits"], row["stations"], row["transformer_mw"]) == (0, 0, 0)
    assert (row["new_mw"], row["converted_mw"]) == (0, 180)
    assert (row["way"], row["feed"]) == (READY, "N")


def test_a_second_feed_carries_the_load_alone() -> None:
    row = needed(link()).iloc[0]
    assert (row["circuits"], row["stations"], row["transformer_mw"]) == (2, 0, 180)
    assert (row["way"], row["new_mw"]) == (SECOND, 0)
    small = needed(link(), load_mw=100).iloc[0]
    assert (small["circuits"], small["transformer_mw"]) == (1, 100)


@pytest.mark.parametrize(
    ("feed", "tie_km", "redundancy", "known", "way"),
    [
        ("", 3.0, "N+1", "N", SECOND),  # not at a station: what feeds it is not known
        ("", 0.9, "N+1", "N+1", READY),  # at a station: with the redundancy found there
        ("", 0.9, "N", "N", SECOND),
        ("", 0.9, "none", "N", SECOND),  # energised it is, so that something feeds it
        ("N+1", 3.0, "N", "N+1", READY),  # the table of campuses knows better
        ("2N", 3.0, "N", "2N", READY),
        ("N", 0.0, "N+1", "N", SECOND),
    ],
)
def test_the_feed_of_a_campus(
    feed: str, tie_km: float, redundancy: str, known: str, way: str
) -> None:
    row = needed(link(feed=feed, tie_km=tie_km, redundancy=redundancy)).iloc[0]
    assert (row["feed"], row["way"]) == (known, way)


def test_a_campus_that_wants_two_feeds_has_one_of_them() -> None:
    # The other is a matter of pairs.
    row = needed(link(feed="N+1"), redundancy="2N").iloc[0]
    assert (row["circuits"], row["way"]) == (0, SECOND)
    assert needed(link(feed="2N"), redundancy="2N").iloc[0]["way"] == READY


def test_another_station_than_its_own_takes_a_new_line() -> None:
    """A is 3 km away and feeds the campus, B is farther: a second feed that carries the load."""
    near, far = link(), link(substation_id="B", tie_km=9.0)
    rows = needed(near, far, redundancy="N")
    assert rows["own"].tolist() == [True, False]
    assert rows["way"].tolist() == [READY, SECOND]
    assert rows["circuits"].tolist() == [0, 2]
    assert rows["converts"].all()
    asked = needed(link(feed="N+1"), link(feed="N+1", substation_id="B", tie_km=9.0))
    assert asked["way"].tolist() == [READY, SECOND]


def test_every_voltage_of_the_own_station_is_its_own() -> None:
    rows = needed(link(tie_km=0.5), link(voltage_kv=420.0, tie_km=0.5, redundancy="N"))
    assert rows["own"].tolist() == [True, True]
    assert rows["feed"].tolist() == ["N+1", "N+1"]


@pytest.mark.parametrize(
    ("grid_mw", "load_mw", "asked", "circuits", "transformer_mw"),
    [
        # N: what is missing. 80 MW on one circuit; 300 MW on three.
        (100, 180, "N", 1, 80),
        (100, 400, "N", 3, 600),
        # N+1 beside a feed of N: 180 MW without it take two circuits, and with one of them out
        # 100 + 139.65 MW are left, more than 180. Transformers: 180 MW without it, or twice 80.
        (100, 180, "N+1", 2, 180),
        # 30 + 139.65 MW with one of two out are less than 180: three.
        (30, 180, "N+1", 3, 300),
        # Beside a feed of N+1 only the new part needs a spare.
        (100, 180, "N+1 beside N+1", 2, 160),
        (30, 180, "N+1 beside N+1", 3, 300),
        (100, 180, "2N", 2, 160),
    ],
)
def test_a_campus_that_lacks_megawatts(
    grid_mw: float, load_mw: float, asked: str, circuits: int, transformer_mw: float
) -> None:
    redundancy, _, feed = asked.partition(" beside ")
    mine = link(grid_mw=float(grid_mw), feed=feed)
    row = needed(mine, load_mw=load_mw, redundancy=redundancy).iloc[0]
    assert row["way"] == MIXED
    assert (row["circuits"], row["transformer_mw"]) == (circuits, transformer_mw)
    assert row["stations"] == 1 + (circuits > 2)
    assert (row["new_mw"], row["converted_mw"]) == (load_mw - grid_mw, grid_mw)


def test_a_campus_of_unknown_megawatts_is_bare_land() -> None:
    row, bare = needed(link(grid_mw=np.nan)).iloc[0], needed(link(**BARE)).iloc[0]
    assert row["way"] == NEW
    same = ["circuits", "stations", "transformer_mw", "new_mw", "converted_mw", "feed"]
    assert row[same].tolist() == bare[same].tolist()


def test_halls_of_the_class_asked_for_need_no_work() -> None:
    mining = replace(STANDARDS, building="mining")
    layers = replace(LAYERS, place=replace(LAYERS.place, standards=mining))
    assert needed(link(use="Mining"), layers=layers).iloc[0]["converted_mw"] == 0
    assert needed(link(use="smelter"), layers=layers).iloc[0]["converted_mw"] == 180


@given(
    grid_mw=st.floats(1, 900),
    load_mw=st.floats(1, 900),
    voltage_kv=st.sampled_from([66.0, 132.0, 420.0]),
    feed=st.sampled_from(["", "N+1"]),
)
def test_any_one_feed_may_fail(
    grid_mw: float, load_mw: float, voltage_kv: float, feed: str
) -> None:
    """N+1: the old feed (where it has no spare) or one new circuit out, the rest carries all."""
    mine = link(grid_mw=grid_mw, voltage_kv=voltage_kv, feed=feed)
    row = needed(mine, load_mw=load_mw).iloc[0]
    each_mw = {66.0: 38, 132.0: 147, 420.0: 1877}[voltage_kv] * 0.95
    new_mw, slack = row["circuits"] * each_mw, 0.05 * load_mw + 1e-6
    if feed == "":
        assert new_mw >= load_mw - 1e-6
        assert row["transformer_mw"] >= load_mw - 1e-6
    if row["circuits"]:
        assert grid_mw + new_mw - each_mw >= load_mw - slack
    # And not one circuit more than that takes.
    fewest = next(
        n
        for n in count()
        if (feed or n * each_mw >= load_mw - 1e-9)
        and (row["new_mw"] == 0 or (n - 1) * each_mw >= row["new_mw"] - 1e-9)
    )
    assert row["circuits"] == fewest


@given(st.floats(1, 900), st.sampled_from(["N", "N+1", "2N"]))
def test_more_energised_megawatts_never_need_more(load_mw: float, redundancy: str) -> None:
    shares = [0.1, 0.4, 0.7, 0.96, 1.3]
    mines = [link(site_id=f"M{share}", grid_mw=share * load_mw) for share in shares]
    rows = needed(*mines, load_mw=load_mw, redundancy=redundancy)
    for name in ("circuits", "stations", "transformer_mw", "new_mw"):
        assert rows[name].is_monotonic_decreasing, name
    assert rows["circuits"].iloc[0] <= ceil(load_mw / EACH_MW) + 1
