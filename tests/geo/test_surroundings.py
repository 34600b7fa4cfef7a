"""What is known around a place: nearest zone, climate, land price, market town."""

from __future__ import annotations

from dataclasses import replace
from math import cos, exp, nan, pi
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from geo.surroundings import annual_pue, surroundings, wet_bulb_c
from tests.geo import toy

if TYPE_CHECKING:
    from geo import kinds
    from geo.kinds import Layers
    from geo.layer import Layer

FIXED_SHARE = 0.06 + 0.05
"""What a campus loses before any chiller runs."""


def places(*rows: tuple[float, float, str]) -> pd.DataFrame:
    """Rows of x_km, y_km, region; row labels are not 0, 1, 2."""
    at = [toy.at(x, y) for x, y, _ in rows]
    columns = {"x_m": [p.x for p in at], "y_m": [p.y for p in at], "region": [r[2] for r in rows]}
    return pd.DataFrame(columns, index=range(10, 10 + len(rows)))


def pue(t_annual_c: float, t_warmest_month_c: float, rh_pct: float) -> float:
    return float(annual_pue(*(np.array([x]) for x in (t_annual_c, t_warmest_month_c, rh_pct)))[0])


def without_rows(layer: Layer) -> Layer:
    return replace(layer, frame=layer.frame.iloc[:0], may_be_empty=True)


def psychrometer_c(t_c: float, rh_pct: float) -> float:
    """Solve the psychrometric equation at sea level for the wet-bulb temperature."""

    def vapour_hpa(at_c: float) -> float:
        return 6.112 * exp(17.62 * at_c / (243.12 + at_c))  # Magnus

    def excess_hpa(wet_c: float) -> float:
        return (
            vapour_hpa(wet_c) - 6.62e-4 * 1013.25 * (t_c - wet_c) - rh_pct / 100 * vapour_hpa(t_c)
        )

    return float(brentq(excess_hpa, -40, 50))


def wet_c(t_c: float, rh_pct: float) -> float:
    return float(wet_bulb_c(np.array(t_c), np.array(rh_pct)))


def test_wet_bulb_of_the_worked_example() -> None:
    assert wet_c(20, 50) == pytest.approx(13.7, abs=0.05)  # Stull 2011


@given(st.floats(0, 45), st.floats(20, 99))
def test_wet_bulb_is_that_of_a_psychrometer(t_c: float, rh_pct: float) -> None:
    # Stull's fit is off by up to 1 °C.
    assert wet_c(t_c, rh_pct) == pytest.approx(psychrometer_c(t_c, rh_pct), abs=1)


@given(st.floats(0, 45), st.floats(20, 95), st.floats(0.5, 4))
def test_drier_air_cools_deeper(t_c: float, rh_pct: float, more_pct: float) -> None:
    assert wet_c(t_c, rh_pct) < wet_c(t_c, rh_pct + more_pct) < t_c + 1


def test_cool_air_is_free_cooling_all_year() -> None:
    # 15 °C in the warmest month is at most 15 °C wet bulb, below 21 in every month.
    assert pue(5, 15, 80) == pytest.approx(1 + FIXED_SHARE)


def test_hot_and_humid_air_is_chilled_all_year() -> None:
    # 35 °C at 95 % is 34 °C wet bulb, above 29; the chiller's 0.35 · 320 / 32 is 3.5.
    assert pue(35, 35, 95) == pytest.approx(1 + FIXED_SHARE + 1 / 3.5)


def test_a_chiller_is_never_better_than_8_nor_worse_than_3() -> None:
    # 45 °C: 0.35 · 330 / 42 = 2.75, held at 3. The other end, 0.35 · (T + 285)/(T − 3) = 8, lies
    # at 16 °C, where cooling is free anyway: all that is left is that nothing falls below 1.11.
    assert pue(45, 45, 95) == pytest.approx(1 + FIXED_SHARE + 1 / 3)


def test_a_year_of_mixed_months_by_hand() -> None:
    # Month m has 20 + 10 cos(2πm/12) °C; each is worked out alone and the twelve are averaged.
    months = []
    for month in range(12):
        t_c = 20 + 10 * cos(2 * pi * month / 12)
        free = min(max((29 - wet_c(t_c, 90)) / (29 - 21), 0), 1)
        chiller = min(max(0.35 * (t_c + 285) / max(t_c - 3, 1), 3), 8)
        months.append(1 + FIXED_SHARE + (1 - free) / chiller)
    assert min(months) == 1 + FIXED_SHARE < max(months)  # the year has both kinds
    assert pue(20, 30, 90) == pytest.approx(sum(months) / 12)


@given(st.floats(-20, 35), st.floats(0, 15), st.floats(20, 95), st.floats(0, 5))
def test_warmer_never_cools_better(
    t_c: float, swing_c: float, rh_pct: float, more_c: float
) -> None:
    cool, warm = (pue(t, t + swing_c, rh_pct) for t in (t_c, t_c + more_c))
    assert 1.11 - 1e-9 <= cool <= warm + 1e-9 <= 1.45


def test_a_place_has_the_columns_and_the_index_of_its_row(toy_layers: Layers) -> None:
    here = places((5, 15, "West"), (54, 20, "East"))
    before = here.copy()
    found = surroundings(here, toy_layers)
    assert list(found.index) == [10, 11]
    assert list(found.columns) == [
        "power_price_usd_per_mwh", "carbon_g_per_kwh", "pue", "land_price_usd_per_ha", "town_km",
    ]  # fmt: skip
    assert list(found["land_price_usd_per_ha"]) == [5_000, 20_000]
    assert list(found["power_price_usd_per_mwh"]) == [40, 40]
    assert list(found["carbon_g_per_kwh"]) == [25, 25]
    pd.testing.assert_frame_equal(here, before)


def test_what_is_absent_is_unknown(toy_layers: Layers) -> None:
    bare = toy.bare(toy_layers.substations, toy_layers.lines)
    found = surroundings(places((5, 15, "All")), bare)
    assert found.isna().all(axis=None)
    assert found.shape == (1, 5)


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("climate", "pue"),
        ("settlements", "town_km"),
        ("land_prices", "land_price_usd_per_ha"),
        ("power_prices", "power_price_usd_per_mwh"),
        ("carbon", "carbon_g_per_kwh"),
    ],
)
def test_a_layer_without_rows_is_unknown_too(toy_layers: Layers, kind: str, column: str) -> None:
    layers = replace(toy_layers, **{kind: without_rows(getattr(toy_layers, kind))})
    found = surroundings(places((5, 15, "West")), layers)
    assert np.isnan(found[column].iloc[0])
    assert found.drop(columns=column).notna().all(axis=None)


def in_zones(layers: Layers, prices: dict[str, float]) -> Layers:
    """North and south each have a town; the hamlet between them has no zone."""
    towns = [("North", 9_000, 30, 40), ("South", 9_000, 30, 0), ("Hamlet", 500, 30, 20)]
    zone = {"zone": {"North": "N1", "South": "S1", "Hamlet": ""}}
    return replace(
        layers, settlements=toy.settlements(towns, zone), power_prices=toy.power_prices(prices)
    )


@pytest.mark.parametrize(
    ("prices", "found"),
    [
        ({"N1": 30, "S1": 70}, [30, 70]),
        ({"": 50}, [50, 50]),
        ({"N1": 30, "": 50}, [30, 50]),
        ({"N1": 30}, [30, nan]),
        ({"N1": nan, "S1": 70}, [nan, 70]),
        ({"N1": 0, "S1": -5, "": 50}, [0, -5]),  # zero and below are prices, not gaps
    ],
)
def test_a_price_is_that_of_the_nearest_town_with_a_zone(
    toy_layers: Layers, prices: dict[str, float], found: list[float]
) -> None:
    # Both places are nearer to the hamlet than to a town.
    here = places((30, 22, "West"), (30, 18, "West"))
    prices_here = surroundings(here, in_zones(toy_layers, prices))["power_price_usd_per_mwh"]
    assert list(prices_here) == pytest.approx(found, nan_ok=True)


def test_towns_without_any_zone_take_the_price_of_the_whole_place(toy_layers: Layers) -> None:
    assert surroundings(places((5, 5, "West")), toy_layers)["carbon_g_per_kwh"].iloc[0] == 25


def test_a_land_price_that_is_not_known_stays_unknown(toy_layers: Layers) -> None:
    layers = replace(toy_layers, land_prices=toy.land_prices({"West": nan}))
    found = surroundings(places((5, 5, "West"), (54, 5, "East")), layers)
    assert found["land_price_usd_per_ha"].isna().all()


def test_distance_goes_to_a_market_town_and_not_to_a_hamlet(toy_layers: Layers) -> None:
    # Town (54, 20) has 50,000 people, the hamlet at (20, 35) 500: 34 km east and 15 km south.
    found = surroundings(places((20, 35, "West"), (54, 23, "East")), toy_layers)
    assert list(found["town_km"]) == pytest.approx([(34**2 + 15**2) ** 0.5, 3])


def test_no_market_town_is_an_unknown_distance(toy_layers: Layers) -> None:
    layers = replace(toy_layers, settlements=toy.settlements([("Hamlet", 500, 20, 35)]))
    assert np.isnan(surroundings(places((20, 35, "West")), layers)["town_km"].iloc[0])


HOT, COLD, WARM = 1 + FIXED_SHARE + 1 / 3.5, 1 + FIXED_SHARE, 1 + FIXED_SHARE + 1 / 3
"""35 °C at 95 %, 5 °C, and 45 °C at 95 %, all the year, as worked out above."""


def climate(rows: list[tuple[str, float, float, float]]) -> kinds.ClimateStations:
    """Rows of name, °C all year, x_km, y_km; the air is at 95 % humidity."""
    damp = {"rh_annual_pct": {name: 95 for name, *_ in rows}}
    return toy.climate([(name, t_c, t_c, x, y) for name, t_c, x, y in rows], damp)


def pue_at(layers: Layers, x_km: float, y_km: float) -> float:
    return float(surroundings(places((x_km, y_km, "West")), layers)["pue"].iloc[0])


def test_climate_is_weighed_by_nearness(toy_layers: Layers) -> None:
    layers = replace(toy_layers, climate=climate([("hot", 35, 0, 0), ("cold", 5, 40, 0)]))
    # 10 km from the hot and 30 km from the cold: weights 1/10 and 1/30, that is 3 to 1.
    assert pue_at(layers, 10, 0) == pytest.approx((3 * HOT + COLD) / 4)


def test_on_top_of_a_station_the_others_still_count_a_little(toy_layers: Layers) -> None:
    layers = replace(toy_layers, climate=climate([("hot", 35, 0, 0), ("cold", 5, 40, 0)]))
    # Nothing is nearer than 1 km, so the weights are 1 and 1/40.
    assert pue_at(layers, 0, 0) == pytest.approx((40 * HOT + COLD) / 41)


def test_only_the_three_nearest_stations_count(toy_layers: Layers) -> None:
    rows = [("a", 5, 0, 0), ("b", 5, 20, 0), ("c", 5, 0, 20), ("far", 45, 60, 60)]
    assert pue_at(replace(toy_layers, climate=climate(rows)), 5, 5) == pytest.approx(COLD)
    three = replace(toy_layers, climate=climate(rows[1:]))
    assert COLD < pue_at(three, 5, 5) < WARM


def test_far_from_every_station_the_climate_is_unknown(toy_layers: Layers) -> None:
    layers = replace(toy_layers, climate=climate([("hot", 35, 0, 0)]))
    assert pue_at(layers, 300, 0) == pytest.approx(HOT)
    assert np.isnan(pue_at(layers, 300.1, 0))


def test_humidity_that_is_not_known_is_the_places_assumption(toy_layers: Layers) -> None:
    def at_27_c(rh_pct: float | None, assumed_pct: float) -> float:
        more = {"rh_annual_pct": {"x": rh_pct}} if rh_pct is not None else None
        return pue_at(
            replace(
                toy_layers,
                place=toy.place(changes={"humidity_pct": assumed_pct}),
                climate=toy.climate([("x", 27, 27, 0, 0)], more),
            ),
            0,
            0,
        )

    assert at_27_c(None, 60) == at_27_c(60, 99)
    assert at_27_c(None, 60) < at_27_c(None, 90)
