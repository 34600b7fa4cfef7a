"""Circuits divided over voltages, and voltages that are names of one level."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.ways import circuits_by_voltage, voltage_levels

UNKNOWN = float("nan")


@pytest.mark.parametrize(
    ("voltages_kv", "circuits", "expected"),
    [
        ("380", 2, {380: 2}),
        ("380;220", 2, {380: 1, 220: 1}),
        ("380;220", 4, {380: 2, 220: 2}),
        ("220;380", 4, {380: 2, 220: 2}),
        ("380;220", 3, {380: 1, 220: 2}),  # the odd one to the lower voltage
        ("380;220;110", 5, {380: 1, 220: 2, 110: 2}),
        ("380;380;110", 3, {380: 2, 110: 1}),  # written once for each circuit
        ("380;380;110", UNKNOWN, {380: 2, 110: 1}),
        ("110;110", UNKNOWN, {110: 2}),
        ("380;220", UNKNOWN, {380: 1, 220: 1}),
        ("380;220", 1, {380: 1, 220: 1}),  # the two contradict each other
        ("380/220", 2, {380: 1, 220: 1}),
    ],
)
def test_circuits_are_divided_over_the_voltages(voltages_kv, circuits, expected) -> None:
    found = circuits_by_voltage(voltages_kv, UNKNOWN, circuits)
    assert {kv: number for kv, number, _ in found} == expected


@pytest.mark.parametrize(
    ("voltages_kv", "circuits", "sure"),
    [
        ("380", 2, True),
        ("380;220", 4, True),
        ("380;380;110", 3, True),
        ("380;220", 3, False),
        ("380;220", UNKNOWN, False),
        ("380;220", 1, False),
    ],
)
def test_a_division_is_sure_where_it_comes_out_even(voltages_kv, circuits, sure) -> None:
    assert {row[2] for row in circuits_by_voltage(voltages_kv, UNKNOWN, circuits)} == {sure}


@given(st.lists(st.sampled_from([110, 220, 380]), min_size=1, max_size=4), st.integers(1, 12))
def test_no_circuit_is_counted_twice(levels: list[int], circuits: int) -> None:
    divided = circuits_by_voltage(";".join(map(str, levels)), UNKNOWN, circuits)
    given_out = sum(number for _, number, _ in divided)
    assert given_out == max(circuits, len(set(levels)))
    assert {kv for kv, _, _ in divided} == set(levels)


def test_without_a_list_the_voltage_stands() -> None:
    (row,) = circuits_by_voltage("", 132.0, 2)
    assert row == (132.0, 2, True)


def test_names_of_one_level_take_the_name_that_is_drawn_most() -> None:
    """400/380 = 1.053 and 420/400 = 1.05 are within 6 %; 220/132 and 380/220 are not."""
    levels = voltage_levels({380: 700, 400: 20, 420: 5, 220: 100, 132: 1}, 0.06)
    assert levels == {380: 380, 400: 380, 420: 380, 220: 220, 132: 132}


def test_of_two_names_drawn_alike_the_higher_stays() -> None:
    assert voltage_levels({110: 5, 115: 5}, 0.06) == {110: 115, 115: 115}


def test_without_tolerance_every_voltage_is_a_level() -> None:
    assert voltage_levels({380: 1, 400: 1}, 0.0) == {380: 380, 400: 400}


@given(st.dictionaries(st.sampled_from([66, 110, 115, 132, 220, 230, 380, 400]), st.integers(0, 9)))
def test_a_level_is_named_by_one_of_its_own(weight: dict[float, float]) -> None:
    levels = voltage_levels(weight, 0.06)
    assert set(levels) == set(weight)
    assert all(levels[name] == name for name in levels.values())
