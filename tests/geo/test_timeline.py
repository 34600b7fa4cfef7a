"""Months to power: which tasks each way has, what waits for what, and the facts they stay near."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.standards import STANDARDS, with_changes
from geo.tasks import is_plain, quantiles, schedule
from geo.timeline import (
    GANTT_COLUMNS,
    MIXED,
    MONTHS,
    NEW,
    PHASES,
    POWER,
    READY,
    SECOND,
    gantt,
    months_to_power,
    new_connection,
)
from tests.geo import toy

if TYPE_CHECKING:
    from geo.kinds import Layers
    from geo.rows import Duration

NAN = float("nan")
COMMISSIONING = {"commissioning": {"min_months": 0, "mode_months": 0, "max_months": 0}}
METHODS = {"works_share": 0, "durations": COMMISSIONING}
"""The plain model: all tasks start at once, and the last decides."""


PLAIN = toy.country()


def country(changes: dict[str, Any] | None = None) -> Layers:
    if not changes:
        return PLAIN
    standards = with_changes(STANDARDS, changes, "toy")
    return replace(PLAIN, place=replace(PLAIN.place, standards=standards))


def found(
    tie_km: float,
    kind: str = "new",
    changes: dict[str, Any] | None = None,
    *,
    station: bool = False,
    second_km: float = NAN,
) -> pd.Series:
    ways = pd.DataFrame(
        {
            "tie_km": [tie_km],
            "second_tie_km": [second_km],
            "new_station": [station],
            "region": ["West"],
        }
    )
    return months_to_power(ways, pd.Series([kind]), country(changes), 1).iloc[0]


def months(*args: Any, **more: Any) -> list[float]:  # noqa: ANN401 -- as `found`
    return found(*args, **more)[MONTHS].tolist()


def rows(*names: str) -> tuple[Duration, ...]:
    return tuple(STANDARDS.duration(name) for name in names)


# The plain model and what is added to it


@pytest.mark.parametrize(
    ("tie_km", "line"),
    [
        (0, "line under 5 km"),
        (4.99, "line under 5 km"),
        (5, "line 5 to 25 km"),
        (25, "line 5 to 25 km"),
        (25.01, "line over 25 km"),
        (NAN, "line over 25 km"),  # an unknown length is not rewarded
    ],
)
def test_without_works_that_wait_the_last_of_parallel_tasks_decides(
    tie_km: float, line: str
) -> None:
    exact = quantiles(rows("study", line, "transformer", "new bay", "build"))
    assert months(tie_km, changes=METHODS) == pytest.approx(exact)


def test_a_campus_with_megawatts_enough_only_converts() -> None:
    # 9 + √(27 q) below a third, 18 − √(54 (1 − q)) above; neither study nor line counts.
    expected = [9 + sqrt(2.7), 18 - sqrt(27), 18 - sqrt(5.4)]
    assert months(0, "ready") == pytest.approx(expected)
    assert months(80, "ready", station=True) == pytest.approx(expected)


def test_months_stay_near_what_people_have_seen() -> None:
    # Interview: 2 to 4 years for a new connection in the US, JLL 2025 about 4; about 12 months for
    # a conversion.
    p10, p50, p90 = months(2)
    assert 24 <= p10 <= p50 <= p90 <= 50
    assert 30 <= p50 <= 45
    assert 36 <= months(10)[1] <= 60
    assert 11 <= months(2, "ready")[1] <= 14


def test_what_is_tested_at_the_end_comes_on_top() -> None:
    test = {"min_months": 6, "mode_months": 6, "max_months": 6}
    none = found(2, changes={"durations": COMMISSIONING})
    last = found(2, changes={"durations": {"commissioning": test}})
    assert last[MONTHS].tolist() == pytest.approx([value + 6 for value in none[MONTHS]])


def test_works_that_wait_for_the_study_by_hand() -> None:
    """All lengths fixed: study 30, line 20 of which 8 are works, bay 10 of which 4.

    The line ends at 30 + 8, the bay at 30 + 4, transformer and building at 25; tests of 2 follow.
    """
    length = {
        "study": 30, "line under 5 km": 20, "transformer": 25, "new bay": 10, "build": 25,
        "commissioning": 2,
    }  # fmt: skip
    changes = {"works_share": 0.4, "durations": {name: _fixed(n) for name, n in length.items()}}
    assert months(1, changes=changes) == pytest.approx([40, 40, 40])
    assert found(1, changes=changes)["critical_task"] == "study and queue"
    after = {**changes, "order_after_study": 1}  # transformer: 30 + 25
    assert months(1, changes=after) == pytest.approx([57, 57, 57])
    later = {**changes, "build_after_study": 1}
    assert months(1, changes=later) == pytest.approx([57, 57, 57])
    assert months(1, "feed", changes=later) == pytest.approx([40, 40, 40])
    station = {**changes["durations"], "new substation": _fixed(60)}  # 30 + 24 < 60
    crowded = {**changes, "durations": station}
    assert months(1, changes=crowded, station=True) == pytest.approx([62, 62, 62])


def _fixed(months: float) -> dict[str, float]:
    return {"min_months": months, "mode_months": months, "max_months": months}


def test_building_in_parallel_takes_eighteen_months_instead_of_twenty_four() -> None:
    short = {
        name: _fixed(1)
        for name in ("study", "line under 5 km", "transformer", "new bay", "commissioning")
    }
    build = {"build": _fixed(24), "build in parallel": _fixed(18)}
    changes = {"durations": {**short, **build}}
    assert months(1, changes=changes) == pytest.approx([25, 25, 25])
    assert months(1, changes={**changes, "build_in_parallel": 1}) == pytest.approx([19, 19, 19])


def test_a_mining_hall_is_built_in_a_time_of_its_own() -> None:
    standards = replace(country(METHODS).place.standards, building="mining")
    layers = country()
    layers = replace(layers, place=replace(layers.place, standards=standards))
    ways = pd.DataFrame(
        {"tie_km": [1.0], "second_tie_km": [NAN], "new_station": [False], "region": ["West"]}
    )
    exact = quantiles(
        rows("study", "line under 5 km", "transformer", "new bay", "build of a mining hall")
    )
    found = months_to_power(ways, pd.Series(["new"]), layers, 1)
    assert found.iloc[0][MONTHS].tolist() == pytest.approx(exact)


def test_of_two_lines_the_longer_decides_and_a_second_feed_is_the_second() -> None:
    assert months(2, second_km=10) == months(10) == months(10, second_km=2)
    assert months(10, "feed", second_km=2) == months(2, "feed")
    assert months(2, "feed", second_km=10) == months(10, "feed")


def test_a_plain_network_is_exact_and_any_other_is_drawn() -> None:
    line, bay, build = rows("line under 5 km", "new bay", "build")
    plain = with_changes(STANDARDS, METHODS, "")
    assert is_plain(new_connection(plain, line, bay, build))
    assert not is_plain(new_connection(STANDARDS, line, bay, build))


@given(
    one_km=st.floats(0, 60),
    other_km=st.floats(0, 60),
    kind=st.sampled_from(["new", "feed"]),
    share=st.sampled_from([0.2, 1.0]),
    station=st.booleans(),
)
@settings(max_examples=20, deadline=None)
def test_farther_never_comes_sooner_nor_do_works_that_wait(
    one_km: float, other_km: float, kind: str, share: float, *, station: bool
) -> None:
    near, far = sorted((one_km, other_km))
    pairs = [
        (months(near, kind, station=station), months(far, kind, station=station)),
        (
            months(near, kind, {"works_share": 0}, station=station),
            months(near, kind, {"works_share": share}, station=station),
        ),
        (months(near, "feed"), months(near, "new")),
    ]
    for soon, late in pairs:
        assert all(a <= b + 1e-6 for a, b in zip(soon, late, strict=True))


def test_a_task_that_never_decides_changes_nothing() -> None:
    # Over a line of more than 25 km (48 months at least) a bay of at most 30 is never late, nor is
    # one of 20.
    short = {"durations": {"new bay": {"min_months": 1, "mode_months": 2, "max_months": 20}}}
    bars = {bar.task: bar for bar in schedule(_long(STANDARDS), 1).bars}
    assert bars["new bay"].critical_share == 0
    before, after = found(40), found(40, changes=short)
    assert after.tolist() == before.tolist()
    assert months(2, changes=short) != months(2)


def _long(standards: Any) -> Any:  # noqa: ANN401 -- standards to a network
    return new_connection(
        standards,
        standards.duration("line over 25 km"),
        standards.duration("new bay"),
        standards.duration("build"),
    )


# Many links


def test_rows_keep_their_index_and_are_each_their_own() -> None:
    ways = pd.DataFrame(
        {
            "tie_km": [30.0, 1.0, 30.0, 7.0],
            "second_tie_km": NAN,
            "new_station": [False, True, False, False],
            "region": "West",
        },
        index=[7, 3, 5, 1],
    )
    kind = pd.Series(["new", "new", "ready", "feed"], index=ways.index)
    frame = months_to_power(ways, kind, country(), 1)
    assert frame.index.tolist() == [7, 3, 5, 1]
    assert list(frame.columns) == [*MONTHS, "critical_task", "critical_share"]
    for row in ways.index:
        tie_km, station = ways.loc[row, "tie_km"], bool(ways.loc[row, "new_station"])
        one = found(tie_km, kind[row], station=station)
        assert frame.loc[row].tolist() == one.tolist()


def test_no_links_are_no_months() -> None:
    ways = pd.DataFrame({"tie_km": [], "second_tie_km": [], "new_station": [], "region": []})
    frame = months_to_power(ways, pd.Series([], dtype=object), country(), 1)
    assert len(frame) == 0
    assert list(frame.columns) == [*MONTHS, "critical_task", "critical_share"]


def test_another_seed_is_about_the_same() -> None:
    ways = pd.DataFrame(
        {"tie_km": [2.0], "second_tie_km": [NAN], "new_station": [False], "region": ["West"]}
    )
    one, other = (months_to_power(ways, pd.Series(["new"]), country(), seed) for seed in (1, 2))
    assert one[MONTHS].to_numpy() == pytest.approx(other[MONTHS].to_numpy(), abs=0.4)
    assert one[MONTHS].to_numpy().tolist() != other[MONTHS].to_numpy().tolist()


# Rules, and the time axis


def ruled(*rules: tuple[str, str, float | None, str]) -> Layers:
    """Toyland with rules of topic, effect, months, region."""
    frame = toy.table(("topic", "effect", "delay_months", "region"), rules).assign(rule="so it is")
    return replace(country(), policy=toy.kinds.Policy(frame, toy.source("policy")))


def sites(*given: tuple[str, str]) -> pd.DataFrame:
    """Sites of a way and a region, on 2 km of line."""
    frame = pd.DataFrame(given, columns=["way", "region"])
    names = [f"S{row}" for row in range(len(frame))]
    return frame.assign(site_id=names, tie_km=2.0, second_tie_km=NAN, new_station=False)


def test_delays_with_a_number_add_up_where_they_hold() -> None:
    layers = ruled(
        ("licence", "delay", 6, ""),
        ("heritage", "delay", 3, "West"),
        ("queue", "delay", None, ""),
        ("ban", "gate", None, ""),
    )
    three = sites((NEW, "West"), (NEW, "East"), (READY, "West"))
    with_rules = months_to_power(three, three["way"].map(POWER), layers, 1)
    without = months_to_power(three, three["way"].map(POWER), country(), 1)
    more = with_rules[MONTHS] - without[MONTHS]
    assert more["months_p50"].tolist() == pytest.approx([9, 6, 9])
    assert more["months_p10"].tolist() == pytest.approx([9, 6, 9])


def test_a_gantt_has_every_task_of_every_phase_in_order() -> None:
    frame = gantt(
        sites((NEW, "West"), (READY, "West"), (SECOND, "West"), (MIXED, "West")), country(), 1
    )
    assert list(frame.columns) == GANTT_COLUMNS
    connection = ["study and queue", "permits and tie-line", "transformer", "new bay"]
    whole = [*connection, "building", "commissioning"]
    tasks = {
        key: group["task"].tolist()
        for key, group in frame.groupby(["site_id", "phase"], sort=False)
    }
    assert tasks == {
        ("S0", "power"): whole,
        ("S1", "power"): ["conversion"],
        ("S2", "power"): ["conversion"],
        ("S2", "second feed"): [*connection, "commissioning"],
        ("S3", "first phase"): ["conversion"],
        ("S3", "whole load"): whole,
    }
    assert (frame["finish_months"] >= frame["start_months"]).all()
    assert frame["critical_share"].between(0, 1).all()


def test_a_gantt_ends_when_power_flows() -> None:
    four = sites((NEW, "West"), (READY, "West"), (SECOND, "East"), (MIXED, "East"))
    layers = ruled(("licence", "delay", 6, ""), ("heritage", "delay", 3, "West"))
    found = months_to_power(four, four["way"].map(POWER), layers, 1)
    frame = gantt(four, layers, 1)
    for (site_id, way), p50 in zip(
        zip(four["site_id"], four["way"], strict=True), found["months_p50"], strict=True
    ):
        here = frame[frame["site_id"] == site_id]
        phase = next(name for name, kind in PHASES[way] if kind == POWER[way])
        end = here.loc[here["phase"] == phase, "finish_months"].max()
        assert end == pytest.approx(p50, abs=0.05)
    first = frame[(frame["site_id"] == "S0")].iloc[:3]
    assert first["task"].tolist() == ["rule: licence", "rule: heritage", "study and queue"]
    assert first["start_months"].tolist() == [0, 6, 9]
    assert first["finish_months"].tolist()[:2] == [6, 9]


def test_no_sites_are_no_gantt() -> None:
    assert gantt(sites(), country(), 1).empty
