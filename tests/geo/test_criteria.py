"""Criteria: weights that add up, values from 0 to 1 that only fixed anchors decide."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.criteria import CRITERIA, REDUNDANCY_LEVEL, Criterion, pillar_weights, weights
from geo.errors import ScenarioError
from geo.scenario import Scenario

BY_NAME = {criterion.name: criterion for criterion in CRITERIA}
SCENARIO = Scenario(load_mw=200, months=36)
MORE_IS_BETTER = {"firm_mw", "redundancy", "energy_surplus"}
CRITERION = st.sampled_from(CRITERIA)
MEASURE = st.floats(-1e9, 1e9)
LOADS_MW = st.floats(1, 2000)


def value(criterion: Criterion, measure: float, scenario: Scenario = SCENARIO) -> float:
    return float(criterion.value(pd.Series([measure]), scenario)[0])


def faults_of(chosen: dict[str, object]) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        weights(Scenario(weights=chosen))  # type: ignore[arg-type]
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("name", "measure", "expected"),
    [
        # 200 MW: the load itself is worth 0.7, three times it all; half of it 0.35.
        ("firm_mw", 0, 0),
        ("firm_mw", 100, 0.35),
        ("firm_mw", 200, 0.7),
        ("firm_mw", 400, 0.85),
        ("firm_mw", 600, 1),
        ("firm_mw", 9000, 1),
        # 36 months wanted: a third of them is worth all, they themselves half, three times nothing.
        ("months", 12, 1),
        ("months", 24, 0.75),
        ("months", 36, 0.5),
        ("months", 72, 0.25),
        ("months", 108, 0),
        ("months", 999, 0),
        ("redundancy", REDUNDANCY_LEVEL["none"], 0),
        ("redundancy", REDUNDANCY_LEVEL["N"], 0.3),
        ("redundancy", REDUNDANCY_LEVEL["N+1"], 0.8),
        ("redundancy", REDUNDANCY_LEVEL["2N"], 1),
        ("energy_surplus", -50, 0),
        ("energy_surplus", 500, 0.5),  # five loads are worth all, so 2.5 of them half
        ("connection_usd", 0, 1),
        ("connection_usd", 50e6, 0.5),  # 500,000 USD a MW are worth nothing: 100 M for 200 MW
        ("connection_usd", 100e6, 0),
        ("power_price", 20, 1),
        ("power_price", 60, 0.5),
        ("power_price", -10, 1),
        ("climate", 1.08, 1),
        ("climate", 1.35, 0),
        ("carbon", 125, 0.75),
        ("remoteness", 10, 1),
        ("remoteness", 55, 0.5),
        ("land_price", 1e3, 1),
        ("land_price", 1e4, 2 / 3),  # a third of the way from 10³ to 10⁶
        ("land_price", 1e6, 0),
        ("land_price", 0, 1),
    ],
)
def test_a_value_by_hand(name: str, measure: float, expected: float) -> None:
    assert value(BY_NAME[name], measure) == pytest.approx(expected)


@given(CRITERION, MEASURE, LOADS_MW, st.floats(1, 240))
def test_values_lie_from_0_to_1(
    criterion: Criterion, measure: float, load_mw: float, months: float
) -> None:
    assert 0 <= value(criterion, measure, Scenario(load_mw=load_mw, months=months)) <= 1


@given(CRITERION, MEASURE, MEASURE, LOADS_MW)
def test_values_go_one_way(criterion: Criterion, one: float, other: float, load_mw: float) -> None:
    scenario = Scenario(load_mw=load_mw)
    low, high = (value(criterion, x, scenario) for x in sorted((one, other)))
    assert low <= high if criterion.name in MORE_IS_BETTER else low >= high


@given(CRITERION, MEASURE, LOADS_MW)
def test_unknown_is_never_rewarded(criterion: Criterion, measure: float, load_mw: float) -> None:
    scenario = Scenario(load_mw=load_mw)
    assert value(criterion, math.nan, scenario) == 0
    assert value(criterion, measure, scenario) >= 0


@given(st.lists(MEASURE, min_size=1, max_size=6), CRITERION)
def test_the_value_of_a_site_is_its_own(measures: list[float], criterion: Criterion) -> None:
    together = criterion.value(pd.Series(measures), SCENARIO)
    alone = [value(criterion, measure) for measure in measures]
    assert list(together) == alone


@given(MEASURE, st.floats(0.1, 10))
def test_power_counts_in_multiples_of_the_load(firm_mw: float, factor: float) -> None:
    small, large = Scenario(load_mw=100), Scenario(load_mw=100 * factor)
    power = BY_NAME["firm_mw"]
    assert value(power, firm_mw, small) == pytest.approx(value(power, firm_mw * factor, large))


@pytest.mark.parametrize("criterion", CRITERIA, ids=BY_NAME)
def test_anchors_rise_and_span_0_to_1(criterion: Criterion) -> None:
    at = [point for point, _ in criterion.points]
    assert at == sorted(set(at))  # numpy.interp is silent about any other order
    assert {0, 1} <= {worth for _, worth in criterion.points}
    assert criterion.meaning


def test_each_level_of_redundancy_has_its_anchor() -> None:
    levels = [at for at, _ in BY_NAME["redundancy"].points]
    assert list(REDUNDANCY_LEVEL.values()) == levels


def test_anchors_are_told_in_the_unit_of_the_measure() -> None:
    assert BY_NAME["firm_mw"].anchors(SCENARIO) == ((0, 0), (200, 0.7), (600, 1))
    assert BY_NAME["months"].anchors(SCENARIO) == ((12, 1), (36, 0.5), (108, 0))
    assert BY_NAME["climate"].anchors(SCENARIO) == ((1.08, 1), (1.35, 0))


def test_default_weights_add_up_and_put_power_first_and_land_last() -> None:
    chosen = weights(Scenario())
    assert sum(criterion.weight for criterion in CRITERIA) == pytest.approx(1)
    assert chosen == pytest.approx({item.name: item.weight for item in CRITERIA})
    pillars = pillar_weights(chosen)
    assert sorted(pillars, key=pillars.__getitem__, reverse=True) == [
        "power", "speed", "connection", "place", "land",
    ]  # fmt: skip
    assert min(chosen.values()) == chosen["land_price"]


def test_a_pillar_is_the_sum_of_its_criteria() -> None:
    # Power: 0.28 + 0.12 + 0.06; connection: 0.10 + 0.10; place: 0.05 + 0.03 + 0.02.
    expected = {"power": 0.46, "speed": 0.22, "connection": 0.2, "place": 0.1, "land": 0.02}
    assert pillar_weights(weights(Scenario())) == pytest.approx(expected)


def test_a_weight_asked_for_is_shared_out_with_the_rest() -> None:
    # 0.28 of firm_mw becomes 1.28, so the sum is 2 and every other weight is halved.
    chosen = weights(Scenario(weights={"firm_mw": 1.28}))
    assert chosen["firm_mw"] == pytest.approx(0.64)
    assert chosen["months"] == pytest.approx(0.11)


def test_one_criterion_alone() -> None:
    nothing = {criterion.name: 0.0 for criterion in CRITERIA}
    assert weights(Scenario(weights={**nothing, "climate": 5}))["climate"] == 1


@given(st.dictionaries(st.sampled_from(sorted(BY_NAME)), st.floats(0.01, 100)))
def test_weights_always_add_up(chosen: dict[str, float]) -> None:
    found = weights(Scenario(weights=chosen))
    assert sum(found.values()) == pytest.approx(1)
    assert list(found) == list(BY_NAME)


def test_a_weight_of_nothing_known_is_refused_with_a_suggestion() -> None:
    assert faults_of({"firm_mv": 1}) == ["weight firm_mv: is no criterion; did you mean 'firm_mw'?"]


@pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf, "high", None])
def test_a_weight_is_a_number_from_0(bad: object) -> None:
    found = faults_of({"firm_mw": bad})
    assert found == [f"weight firm_mw: {bad} is not a number from 0; choose a number from 0"]


def test_weights_of_0_alone_are_refused() -> None:
    assert faults_of({criterion.name: 0 for criterion in CRITERIA}) == [
        "weights: are all 0; give at least one a weight"
    ]


def test_every_bad_weight_is_told_at_once() -> None:
    assert len(faults_of({"x": 1, "firm_mw": -1, "months": -2})) == 3


def test_an_endless_measure_is_worth_its_end() -> None:
    assert value(BY_NAME["firm_mw"], np.inf) == 1
    assert value(BY_NAME["months"], np.inf) == 0
