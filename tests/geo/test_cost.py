"""Costs by hand, from the rows of the cost tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cost import capex_usd, connection_usd, tie_circuits
from geo.standards import STANDARDS, with_changes
from tests.geo import toy

PLACE = toy.place()


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
    return float(connection_usd(*series, load_mw, STANDARDS).iloc[0])


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


def test_a_third_circuit_brings_no_third_transformer() -> None:
    # 20 km: 18 M · 2.2 = 39.6 M; three bays 4.8 M; station 7.8 M; two transformers 1.2 M.
    assert cost(20, circuits=3) == pytest.approx(39.6e6 + 4.8e6 + 7.8e6 + 1.2e6)


def test_each_connection_is_priced_at_its_own_voltage() -> None:
    # 220 kV takes the row of 230 kV: 1.05 M USD/km, station 9.7 M, bay 2.2 M, transformer 0.6 M.
    at = pd.Index([5, 2])
    costs = connection_usd(
        pd.Series([20.0, 20.0], index=at),
        pd.Series([220.0, 132.0], index=at),
        pd.Series([1, 1], index=at),
        95,
        STANDARDS,
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
    dear = with_changes(STANDARDS, {"transformer_usd_per_mva": 8000, "medium_line_factor": 2}, "")
    series = (pd.Series([value]) for value in (10.0, 132.0, 1.0))
    expected = 10 * 0.9e6 * 2 + 7.8e6 + 1.6e6 + 100 * 8000
    assert connection_usd(*series, 95, dear).iloc[0] == pytest.approx(expected)


def test_an_unknown_length_is_an_unknown_cost() -> None:
    assert np.isnan(cost(np.nan))


def test_capital_is_campus_connection_and_land() -> None:
    # 100 MW · 11 M + 20 M + 25 ha · 4,000 USD = 1,120.1 M; the land of the second is not known.
    found = capex_usd(
        pd.Series([20e6, 20e6]), pd.Series([4000.0, np.nan]), area_ha=25, load_mw=100,
        standards=STANDARDS,
    )  # fmt: skip
    assert list(found) == pytest.approx([1120.1e6, 1120.0e6], abs=1)
