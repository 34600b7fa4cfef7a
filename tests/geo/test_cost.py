"""Costs by hand, from the rows of the cost tables, in the dollars of those tables.

The grid's tables are in USD of 2019; `THEN` puts all costs into that year, so that what is expected
are the tables' own numbers. What prices did since is tested apart.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cost import (
    COST_COLUMNS,
    campus_usd,
    connection_split,
    connection_usd,
    cost_note,
    energy_usd_per_year,
    line_cost,
    second_circuit_usd,
    tie_circuits,
    uprate_usd,
    whole_connection,
    with_costs_per_mw,
)
from geo.standards import STANDARDS, with_changes
from geo.units import unit_of
from tests.geo import toy

PLACE = toy.place()
THEN = with_changes(STANDARDS, {"cost_year": 2019}, "")
SINCE = 321.943 / 255.657
"""CPI-U of 2025 over that of 2019."""


@pytest.mark.parametrize(
    ("voltage_kv", "load_mw", "circuits"),
    [
        # 132 kV: 147 MVA at power factor 0.95 is 139.65 MW a circuit; 420 kV: 1,783.15 MW.
        (132, 100, 1),
        (132, 139.65, 1),
        (132, 139.66, 2),
        (132, 180, 2),
        (132, 420, 4),
        (420, 180, 1),
        (420, 1783, 1),
        (420, 1784, 2),
    ],
)
def test_circuits_carry_the_load_and_a_spare_one_more(
    voltage_kv: float, load_mw: float, circuits: int
) -> None:
    assert tie_circuits(PLACE, voltage_kv, load_mw, spare=False) == circuits
    assert tie_circuits(PLACE, voltage_kv, load_mw, spare=True) == circuits + 1


def cost(tie_km: float, voltage_kv: float = 132, circuits: float = 1, load_mw: float = 95) -> float:
    series = (pd.Series([float(value)]) for value in (tie_km, voltage_kv, circuits))
    return float(connection_usd(*series, load_mw, THEN).iloc[0])


# 132 kV takes the row of 138 kV: 0.90 M USD/km, station 7.8 M, bay 1.6 M. 95 MW are 100 MVA, one
# transformer 0.6 M USD. So the ends of one circuit cost 7.8 + 1.6 + 0.6 = 10.0 M.
ENDS_USD = 10.0e6


@pytest.mark.parametrize(
    ("tie_km", "line_usd"),
    [
        (0, 0),
        (2, 2 * 0.9e6 * 1.5),
        (4.79, 4.79 * 0.9e6 * 1.5),
        (4.8, 4.8 * 0.9e6 * 1.2),
        (10, 10 * 0.9e6 * 1.2),
        (16, 16 * 0.9e6),
        (50, 50 * 0.9e6),
    ],
)
def test_short_lines_cost_more_per_kilometre(tie_km: float, line_usd: float) -> None:
    assert cost(tie_km) == pytest.approx(line_usd + ENDS_USD)


def test_a_second_circuit_costs_six_tenths_a_bay_and_a_transformer() -> None:
    # 20 km: 18 M · 1.6 = 28.8 M; two bays 3.2 M; station 7.8 M; two transformers 1.2 M.
    assert cost(20, circuits=2) == pytest.approx(28.8e6 + 3.2e6 + 7.8e6 + 1.2e6)


def test_a_third_circuit_brings_a_station_at_the_other_end_and_no_third_transformer() -> None:
    # 20 km: 18 M · 2.2 = 39.6 M; three bays 4.8 M, more than the two that an existing station has
    # to spare; two stations 15.6 M; two transformers 1.2 M.
    assert cost(20, circuits=3) == pytest.approx(39.6e6 + 4.8e6 + 15.6e6 + 1.2e6)


def test_each_connection_is_priced_at_its_own_voltage() -> None:
    # 220 kV takes the row of 230 kV: 1.05 M USD/km, station 9.7 M, bay 2.2 M, transformer 0.6 M.
    at = pd.Index([5, 2])
    costs = connection_usd(
        pd.Series([20.0, 20.0], index=at),
        pd.Series([220.0, 132.0], index=at),
        pd.Series([1, 1], index=at),
        95,
        THEN,
    )
    assert costs.to_dict() == pytest.approx({5: 33.5e6, 2: 28.0e6})


@given(st.floats(16, 400), st.floats(16, 400), st.integers(1, 4))
@settings(max_examples=30)
def test_beyond_the_short_lines_farther_never_costs_less(
    one_km: float, other_km: float, circuits: int
) -> None:
    near, far = sorted((one_km, other_km))
    assert cost(near, circuits=circuits) <= cost(far, circuits=circuits)
    assert cost(near, circuits=circuits) < cost(near, circuits=circuits + 1)


def test_the_assumptions_of_a_place_are_heard() -> None:
    dear = with_changes(THEN, {"transformer_usd_per_mva": 8000, "medium_line_factor": 2}, "")
    series = (pd.Series([value]) for value in (10.0, 132.0, 1.0))
    expected = 10 * 0.9e6 * 2 + 7.8e6 + 1.6e6 + 100 * 8000
    assert connection_usd(*series, 95, dear).iloc[0] == pytest.approx(expected)


def test_an_unknown_length_is_an_unknown_cost() -> None:
    assert np.isnan(cost(np.nan))


def ties(circuits: int, stations: int, transformer_mw: float) -> pd.DataFrame:
    """20 km at 132 kV."""
    return pd.DataFrame(
        {
            "tie_km": [20.0],
            "voltage_kv": [132.0],
            "circuits": [circuits],
            "stations": [stations],
            "transformer_mw": [transformer_mw],
        }
    )


def test_a_connection_is_told_by_part() -> None:
    # Two circuits: 18 M · 1.6, two bays, one station, 200 MVA of transformers at 6,000 USD.
    split = connection_split(ties(2, 1, 190), THEN).iloc[0]
    assert split.to_dict() == pytest.approx(
        {"line_usd": 28.8e6, "bays_usd": 3.2e6, "station_usd": 7.8e6, "transformers_usd": 1.2e6}
    )


def test_no_circuit_costs_nothing() -> None:
    assert connection_split(ties(0, 0, 0), STANDARDS).iloc[0].tolist() == [0, 0, 0, 0]


@given(st.floats(0, 100), st.integers(1, 4), st.floats(1, 900), st.sampled_from([66, 132, 420]))
@settings(max_examples=30)
def test_the_parts_are_the_whole(
    tie_km: float, circuits: int, load_mw: float, voltage_kv: float
) -> None:
    series = [pd.Series([float(value)]) for value in (tie_km, voltage_kv, circuits)]
    parts = connection_split(whole_connection(*series, load_mw, STANDARDS), STANDARDS)
    assert (parts >= 0).all(axis=None)
    total = connection_usd(*series, load_mw, STANDARDS).iloc[0]
    assert parts.sum(axis=1).iloc[0] == pytest.approx(total)
    then = connection_usd(*series, load_mw, THEN).iloc[0]
    assert total == pytest.approx(SINCE * then)


def test_prices_of_2019_are_brought_to_the_cost_year() -> None:
    row = line_cost(STANDARDS, 132)
    assert row.line_usd_per_km == pytest.approx(0.90e6 * SINCE)
    assert row.substation_usd == pytest.approx(7.8e6 * SINCE)
    assert row.bay_usd == pytest.approx(1.6e6 * SINCE)
    assert row.usd_year == 2025
    own = {"line_costs": {"138": {"line_usd_per_km": 1e6, "usd_year": 2025}}}
    assert line_cost(with_changes(STANDARDS, own, ""), 132).line_usd_per_km == 1e6


def test_upgrades_are_in_dollars_of_the_cost_year_too() -> None:
    line = pd.Series({"kind": "line", "voltage_kv": 132.0, "length_km": 20.0, "limit_mw": 147.0})
    bank = pd.Series(
        {"kind": "transformer", "voltage_kv": 132.0, "length_km": 0.0, "limit_mw": 300.0}
    )
    # 20 km · 0.9 M, half of it for an uprate; two bays of 1.6 M; 300 MVA and 100 MW at 6,000 USD.
    assert second_circuit_usd(line, STANDARDS) == pytest.approx(SINCE * 21.2e6)
    assert uprate_usd(line, 100, STANDARDS) == pytest.approx(SINCE * 9e6)
    assert second_circuit_usd(bank, STANDARDS) == pytest.approx(SINCE * 5e6)
    assert uprate_usd(bank, 95, STANDARDS) == pytest.approx(SINCE * 0.6e6)


@pytest.mark.parametrize(
    ("building", "new_mw", "converted_mw", "expected"),
    [
        ("ai", 100, 0, (1100e6, 0, 0)),
        ("ai", 20, 80, (220e6, 432e6, 176e6)),  # 80 MW at 5.4 and 2.2 M USD/MW
        ("hall", 25, 0, (292.5e6, 0, 0)),
        ("mining", 100, 0, (37.5e6, 0, 0)),
    ],
)
def test_a_campus_costs_by_its_class(
    building: str, new_mw: float, converted_mw: float, expected: tuple[float, ...]
) -> None:
    standards = replace(STANDARDS, building=building)
    found = campus_usd(pd.Series([float(new_mw)]), pd.Series([float(converted_mw)]), standards)
    assert found.iloc[0].tolist() == pytest.approx(expected)
    assert list(found.columns) == ["new_halls_usd", "fit_out_usd", "cooling_usd"]


@pytest.mark.parametrize(
    ("price", "pue", "building", "expected"),
    [
        # 100 MW · 8,760 h · price · PUE · load factor: 0.75 for AI, 0.95 for mining.
        (40, 1.2, "ai", 100 * 8760 * 40 * 0.9),
        (40, 1.0, "mining", 100 * 8760 * 40 * 0.95),
        (40, 1.4, "mining", 100 * 8760 * 40),  # 1.33 is more than the connection carries
        (-5, 1.2, "ai", -100 * 8760 * 5 * 0.9),
        (np.nan, 1.2, "ai", np.nan),
        (40, np.nan, "ai", np.nan),
    ],
)
def test_a_year_of_power(price: float, pue: float, building: str, expected: float) -> None:
    standards = replace(STANDARDS, building=building)
    found = energy_usd_per_year(pd.Series([price]), pd.Series([pue]), 100, standards)
    assert found.iloc[0] == pytest.approx(expected, nan_ok=True)


def test_by_the_megawatt_is_by_the_load() -> None:
    frame = pd.DataFrame(
        {"connection_usd": [18e6], "capex_usd": [1.98e9], "energy_usd_per_year": [np.nan]}
    )
    found = with_costs_per_mw(frame, 180).iloc[0]
    assert found["connection_usd_per_mw"] == 100_000
    assert found["capex_usd_per_mw"] == 11e6
    assert np.isnan(found["energy_usd_per_mw_per_year"])


def test_every_cost_column_names_its_unit() -> None:
    assert all(
        unit_of(name).startswith("US dollars") or unit_of(name) == "US dollar"
        for name in COST_COLUMNS
    )


def test_the_note_says_year_class_and_price() -> None:
    assert "USD of 2025" in cost_note(STANDARDS)
    assert "'ai', 11 million USD" in cost_note(STANDARDS)
    assert "'mining', 0.375 million USD" in cost_note(replace(STANDARDS, building="mining"))
