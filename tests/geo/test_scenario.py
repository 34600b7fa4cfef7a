"""The question: knobs in their range, refused by name when they are not."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import ScenarioError
from geo.scenario import CHOICES, RANGES, Scenario, suggestion, with_options

MAX_KNOBS = 15


def faults_of(**knobs: Any) -> list[str]:  # noqa: ANN401 -- any value may be asked for
    with pytest.raises(ScenarioError) as caught:
        Scenario(**knobs)
    return [str(fault) for fault in caught.value.faults]


def test_the_question_stays_small() -> None:
    assert len(fields(Scenario)) <= MAX_KNOBS


def test_every_knob_is_checked_somewhere() -> None:
    assert {item.name for item in fields(Scenario)} == {*RANGES, *CHOICES, "weights"}


def test_a_question_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Scenario().load_mw = 1  # type: ignore[misc]


@pytest.mark.parametrize("name", RANGES)
def test_a_knob_takes_the_ends_of_its_range_and_nothing_beyond(name: str) -> None:
    low, high = RANGES[name]
    for value in (low, high):
        assert getattr(Scenario(**{name: value}), name) == value
    for value in (low - 0.01, high * 1.01 + 0.01, float("nan"), float("inf"), "5", True):
        found = faults_of(**{name: value})
        assert found[0] == (
            f"option {name}: {value!r} is not a number from {low:g} to {high:g}; "
            "choose a value in that range"
        )


@pytest.mark.parametrize("name", sorted(set(RANGES) - {"demand_mw"}))
def test_a_number_that_has_to_be_there_may_not_be_none(name: str) -> None:
    assert faults_of(**{name: None})[0].startswith(f"option {name}: None is not a number")


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_is_one_of_those_listed(name: str) -> None:
    for value in CHOICES[name]:
        assert getattr(Scenario(**{name: value}), name) == value
    assert faults_of(**{name: "other"}) == [
        f"option {name}: 'other' is unknown; choose one of {', '.join(CHOICES[name])}"
    ]


def test_the_question_that_is_asked_unless_told_otherwise() -> None:
    # A campus of the size of the conversion announced at Tydal, firm, within three years.
    asked = Scenario()
    assert (asked.load_mw, asked.redundancy, asked.months) == (180, "N+1", 36)
    assert (asked.reach_km, asked.spacing_km, asked.cell_km, asked.top) == (30, 20, 2.5, 20)
    assert (asked.ha_per_mw, asked.cutoff, asked.method, asked.mode) == (
        0.25, 0.1, "redispatch", "strict",
    )  # fmt: skip
    assert asked.demand_mw is None
    assert asked.weights == {}


@pytest.mark.parametrize("name", ["load_mw", "months", "reach_km", "cell_km", "ha_per_mw", "top"])
def test_nothing_of_it_is_no_question(name: str) -> None:
    assert len(faults_of(**{name: 0})) == 1


def test_a_share_is_at_most_one_and_a_campus_can_be_as_large_as_they_come() -> None:
    assert len(faults_of(cutoff=1.1)) == 1
    assert Scenario(load_mw=10_000, months=120, reach_km=300, spacing_km=0, demand_mw=1_000_000)
    # Kilowatts for megawatts, days for months, metres for kilometres are slips.
    assert len(faults_of(load_mw=180_000, months=1_000, reach_km=30_000, cell_km=2_500)) == 4
    assert len(faults_of(spacing_km=20_000, ha_per_mw=2_500, demand_mw=16_000_000, top=10**6)) == 4


def test_half_a_site_cannot_be_shown() -> None:
    assert faults_of(top=2.5) == ["option top: 2.5 is not a whole number; write a whole number"]


@pytest.mark.parametrize("weights", [3, "firm_mw", ["firm_mw"], None])
def test_weights_are_a_table(weights: object) -> None:
    assert faults_of(weights=weights)[0].startswith(f"option weights: {weights!r} is not a table")


def test_every_bad_knob_is_told_at_once() -> None:
    found = faults_of(load_mw=-1, months=0, redundancy="3N")
    assert [fault.split(":")[0] for fault in found] == [
        "option load_mw",
        "option months",
        "option redundancy",
    ]


def test_land_needed_follows_the_load() -> None:
    assert Scenario(load_mw=200, ha_per_mw=0.25).area_needed_ha == 50  # 200 × 0.25


def test_demand_is_the_places_unless_asked_for() -> None:
    assert Scenario().demand_in(600) == 600
    assert Scenario(demand_mw=900).demand_in(600) == 900
    assert Scenario(demand_mw=0).demand_in(600) == 0  # none at all is an answer too


def test_options_change_only_what_they_name() -> None:
    base = Scenario(load_mw=100, months=12)
    assert with_options(base, {"months": 24}, "toml") == replace(base, months=24)
    assert base.months == 12


def test_an_unknown_option_is_refused_with_a_suggestion() -> None:
    with pytest.raises(ScenarioError) as caught:
        with_options(Scenario(), {"load_mv": 1, "colour": "red", "months": 24}, "place.toml")
    first, second = (str(fault) for fault in caught.value.faults)
    assert first == "place.toml option load_mv: is unknown; did you mean 'load_mw'?"
    assert second.startswith("place.toml option colour: is unknown; known are cell_km, cutoff")


def test_a_known_option_is_still_checked() -> None:
    with pytest.raises(ScenarioError, match="option months: 0 is not a number"):
        with_options(Scenario(), {"months": 0}, "place.toml")


WHOLE = {"top", "situations", "seed"}


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_count_is_a_whole_number(name: str) -> None:
    with pytest.raises(ScenarioError, match=f"option {name}: 1.5 is not a whole number"):
        Scenario(**{name: 1.5})


@given(st.dictionaries(st.sampled_from(sorted(set(RANGES) - WHOLE)), st.floats(), max_size=4))
def test_a_question_is_refused_exactly_for_the_knobs_out_of_range(knobs: dict[str, float]) -> None:
    bad = {name for name, value in knobs.items() if not RANGES[name][0] <= value <= RANGES[name][1]}
    if bad:
        found = faults_of(**knobs)
        assert {fault.split(":")[0] for fault in found} == {f"option {name}" for name in bad}
    else:
        Scenario(**knobs)  # type: ignore[arg-type]


def test_one_name_is_suggested() -> None:
    assert suggestion("months", ["month", "monthly"]) == "did you mean 'month'?"


def test_a_far_fetched_name_lists_what_is_known() -> None:
    assert suggestion("xyz", ["b", "a"]) == "known are a, b"
