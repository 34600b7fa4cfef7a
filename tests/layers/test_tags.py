"""OpenStreetMap tags as people write them."""

from __future__ import annotations

from math import isnan, nan

import pytest

from layers.tags import capacity_mw, circuits, frequencies_hz, fuel, is_rail, voltages_kv


@pytest.mark.parametrize(
    ("text", "kvs"),
    [
        ("110000", (110,)),
        ("400000;220000", (400, 220)),
        ("110000/20000", (110, 20)),
        ("110000,20000", (110, 20)),
        ("110,000", (110,)),
        ("110 000 V", (110,)),
        ("20 kV", (20,)),
        ("20kV;0,4 kV", (20, 0.4)),
        ("10,5 kV", (10.5,)),
        ("~220000", (220,)),
        ("380000 ; 110000;", (380, 110)),
        ("220000;220000", (220, 220)),
        ("400", ()),  # 400 V and 400 kV are both written so
        ("220", ()),
        ("high", ()),
        ("yes", ()),
        ("", ()),
        ("5000000", ()),  # 5,000 kV does not exist
    ],
)
def test_voltages(text: str, kvs: tuple[float, ...]) -> None:
    assert voltages_kv(text) == (kvs, "")


@pytest.mark.parametrize("text", ["132", "138", "33"])
def test_kilovolts_without_unit_are_taken_and_said(text: str) -> None:
    assert voltages_kv(text) == ((float(text),), "voltage: kilovolts written without unit")


@pytest.mark.parametrize(
    ("tags", "voltages", "count", "each", "rule"),
    [
        ({"circuits": "2"}, 1, 2, (), ""),
        ({"circuits": "2;1"}, 2, 3, (2, 1), ""),
        ({"circuits": "2;1"}, 1, 3, (), "circuits: sum of the numbers listed"),
        ({"circuits": "2", "cables": "3"}, 1, 2, (), ""),
        ({"cables": "6"}, 1, 2, (), "circuits: cables / 3"),
        ({"cables": "6;3"}, 2, 3, (2, 1), "circuits: cables / 3"),
        ({"cables": "4"}, 1, 1, (), "circuits: cables / 3, rounded down"),
        ({"cables": "1"}, 1, 1, (), "circuits: cables / 3, rounded down"),
        ({"circuits": "many"}, 1, nan, (), ""),
        ({}, 1, nan, (), ""),
    ],
)
def test_circuits(tags, voltages, count, each, rule) -> None:
    found = circuits(tags, voltages)
    assert found[1:] == (each, rule)
    assert found[0] == count or (isnan(found[0]) and isnan(count))


@pytest.mark.parametrize(
    ("text", "mw"),
    [
        ("28.1 MW", 28.1),
        ("28,1 MW", 28.1),
        ("500 kW", 0.5),
        ("1.2 GW", 1200),
        ("15 MWp", 15),
        ("2x15 MW", 30),
        ("15000000 W", 15),
        ("1,200 MW", 1200),
    ],
)
def test_capacity(text: str, mw: float) -> None:
    assert capacity_mw(text) == pytest.approx(mw)


@pytest.mark.parametrize("digits", [400, 5000])
def test_numbers_without_end_are_unknown(digits: int) -> None:
    text = "9" * digits
    assert isnan(capacity_mw(f"{text}x1 MW"))
    assert isnan(circuits({"cables": text}, 1)[0])
    assert voltages_kv(text)[0] == ()


def test_leading_zeros_count_for_nothing() -> None:
    assert circuits({"circuits": "0" * 5000 + "2"}, 1)[0] == 2


@pytest.mark.parametrize("text", ["yes", "", "small", "0 MW", "99999 GW"])
def test_capacity_that_is_none(text: str) -> None:
    assert isnan(capacity_mw(text))


def test_fuel_takes_the_first_of_several_and_our_word() -> None:
    assert fuel({"plant:source": "photovoltaic;wind"}) == "solar"
    assert fuel({"generator:source": "water"}) == "hydro"
    assert fuel({"plant:method": "water-storage"}) == "hydro"
    assert fuel({}) == "unknown"


def test_frequencies() -> None:
    assert frequencies_hz({"frequency": "50;16.7 Hz"}) == (50, 16.7)
    assert [is_rail(hz) for hz in (0, 16.67, 16.7, 25, 50, 60)] == [
        False, True, True, True, False, False,
    ]  # fmt: skip
