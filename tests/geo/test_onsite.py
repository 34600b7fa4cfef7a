"""Supplies of a site's own, by hand: gas to megawatts, rivers to steady power, lines to dollars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.kinds import Policy
from geo.onsite import gas_mw, onsite_options
from geo.profiles import EVEN, Profile
from geo.scenario import Scenario
from geo.standards import STANDARDS, with_changes
from geo.tables import GAS_PLANTS
from geo.tasks import quantiles
from tests.geo import toy

ENGINES, BLOCKS = GAS_PLANTS
ASKED = Scenario(load_mw=100, redundancy="N", reach_km=20)
BASE = toy.country()
TASKS = ("line 5 to 25 km", "transformer", "new bay", "build")


def sites(*spots: tuple, price=40.0) -> pd.DataFrame:
    where = [toy.at(*spot) for spot in spots]
    columns = {
        "x_m": [point.x for point in where],
        "y_m": [point.y for point in where],
        "kind": "greenfield",
        "region": "Toyland",
        "power_price_usd_per_mwh": price,
    }
    return pd.DataFrame(columns)


def found(spots, scenario=ASKED, **layers: object) -> pd.DataFrame:
    country = replace(BASE, **({"plants": None, "gas_fields": None} | layers))
    return onsite_options(sites(*spots), country, scenario)


def test_gas_to_megawatts_by_hand() -> None:
    """100 million m³ of 38 MJ are 3.8 million GJ: over 8.3 GJ/MWh and 8,760 h 52.264 MW."""
    gas = np.array([100.0, 0.0, np.nan])
    expected = 3.8e6 / 8.3 / 8760
    assert expected == pytest.approx(52.264, abs=1e-3)
    assert gas_mw(gas, ENGINES, 38.0) == pytest.approx([expected, 0, np.nan], nan_ok=True)
    assert gas_mw(gas, BLOCKS, 38.0)[0] == pytest.approx(3.8e6 / 6.4 / 8760)


def test_gas_within_reach_feeds_either_kind_of_plant() -> None:
    """From (3, 5) to (3, 15) it is 10 km; at 25 km there is nothing."""
    table = found([(3, 15), (3, 30)], gas_fields=BASE.gas_fields)
    assert list(table["site"]) == [0, 0]
    assert list(table["option"]) == ["combined cycle", "gas engines"]
    assert table["straight_km"].tolist() == pytest.approx([10, 10])
    assert table["firm_mw"].to_numpy() == pytest.approx(
        [2 * 3.8e6 / 6.4 / 8760, 2 * 3.8e6 / 8.3 / 8760]
    )
    assert table["energy_usd_per_mwh"].tolist() == pytest.approx([6.4 * 8 + 4, 8.3 * 8 + 6])


def test_gas_at_sea_or_of_a_field_that_is_closed_is_none() -> None:
    fields = toy.gas_fields(
        [("Sea", 200, 3, 5), ("Closed", 200, 3, 6), ("Open", 50, 3, 7)],
        {"offshore": {"Sea": True}, "status": {"Closed": "retired"}},
    )
    assert set(found([(3, 10)], gas_fields=fields)["source"]) == {"Field Open"}


def test_unknown_gas_is_listed_and_hides_no_known_gas() -> None:
    rows = [(name, np.nan, 3, 5) for name in "abcd"] + [("known", 50, 3, 9)]
    table = found([(3, 10)], gas_fields=toy.gas_fields(rows))
    by_source = table.groupby("source")["firm_mw"].max()
    assert by_source["Field known"] > 0
    assert by_source.drop("Field known").isna().all()
    assert len(by_source) == 3  # two of the unknown


def river(power, storage=0.0, annual=438.0, capacity=100.0):
    plants = toy.plants(
        [("R", "hydro", capacity, 3, 5)],
        {"annual_gwh": {"R": annual}, "storage_gwh": {"R": storage}},
    )
    standards = replace(STANDARDS, hydro_profile=Profile("", power, ""))
    country = replace(BASE, gas_fields=None, plants=plants)
    return replace(country, place=replace(country.place, standards=standards))


def firm_mw(layers) -> float:
    table = onsite_options(sites((3, 10)), layers, ASKED)
    return float(table["firm_mw"].iloc[0]) if len(table) else 0.0


def test_an_even_river_gives_its_dry_year() -> None:
    """438 GWh are 50 MW all year, 42.5 in a dry year."""
    assert firm_mw(river(EVEN.power)) == pytest.approx(42.5)
    row = onsite_options(sites((3, 10)), river(EVEN.power), ASKED).iloc[0]
    assert (row["capacity_mw"], row["energy_gwh"]) == pytest.approx((100, 438 * 0.85))
    assert not row["assumed"]


def test_a_river_that_stands_still_for_a_month_is_no_supply() -> None:
    assert firm_mw(river((0.0,) + (1.0,) * 11)) == 0
    # 42.5 MW for January's 744 h are 31.62 GWh; half of it gives half.
    assert firm_mw(river((0.0,) + (1.0,) * 11, storage=15.81)) == pytest.approx(21.25)
    assert firm_mw(river((0.0,) + (1.0,) * 11, storage=40)) == pytest.approx(42.5)


def test_a_plant_gives_no_more_than_it_has_turbines_for() -> None:
    assert firm_mw(river(EVEN.power, annual=1000.0, storage=500.0)) == pytest.approx(
        1000e3 * 0.85 / 8760
    )
    assert firm_mw(river(EVEN.power, annual=1200.0, storage=500.0)) == pytest.approx(100)


def test_the_line_is_the_cheapest_that_carries_it() -> None:
    """5 km at 1.3 are 6.5 km, each 1.2 times as dear; 42.5 MW go over one circuit of 69 kV.

    0.78 M · 6.5 · 1.2 + bay 1.1 M + station 5.7 M + 42.5/0.95 MVA · 6,000.
    """
    row = onsite_options(sites((3, 10)), river(EVEN.power), replace(ASKED, redundancy="N")).iloc[0]
    # 66 kV, one circuit: 38 MVA at 0.95 are 36.1 MW, so two circuits of 69 kV or one of 138 kV.
    two = 0.78e6 * 6.5 * 1.2 * 1.6 + 2 * 1.1e6 + 5.7e6 + 2 * 42.5 / 0.95 * 6000
    one = 0.90e6 * 6.5 * 1.2 + 1.6e6 + 7.8e6 + 42.5 / 0.95 * 6000
    inflation = 321.943 / 255.657  # the cost table is of 2019, prices are of 2025
    assert row["line_usd"] == pytest.approx(inflation * min(one, two))
    assert (row["line_kv"], row["line_circuits"]) == ((69, 2) if two < one else (138, 1))
    spare = onsite_options(sites((3, 10)), river(EVEN.power), replace(ASKED, redundancy="N+1"))
    assert spare["line_usd"].iloc[0] > row["line_usd"]


def test_only_the_best_few_plants_are_options() -> None:
    rows = [(f"P{size}", "hydro", size, 3, 5) for size in (10, 20, 30, 40, 50)]
    plants = toy.plants(
        rows, {"annual_gwh": {f"P{size}": size * 4.0 for size in (10, 20, 30, 40, 50)}}
    )
    table = found([(3, 10)], plants=plants)
    assert set(table["source"]) == {"Plant P50", "Plant P40", "Plant P30"}


def test_months_without_tests_are_those_of_the_longest_task() -> None:
    """10 km at 1.3 are 13 km of line; nothing waits, so the maximum of the five is exact."""
    at_once = {"commissioning": {"min_months": 0, "mode_months": 0, "max_months": 0}}
    standards = with_changes(STANDARDS, {"durations": at_once}, "place.toml")
    place = replace(BASE.place, standards=standards)
    table = found([(3, 15)], gas_fields=BASE.gas_fields, place=place)
    months = table.set_index("option")["months"]
    for option in ("gas engines", "combined cycle"):
        tasks = tuple(STANDARDS.duration(task) for task in [*TASKS, option])
        assert months[option] == pytest.approx(quantiles(tasks)[1])
    assert months["combined cycle"] > months["gas engines"]


def test_tests_come_after_and_rules_before() -> None:
    rule = {"topic": "licence", "effect": "delay", "closes": False, "region": "", "status": "",
            "delay_months": 7.0, "cost_usd_per_mw": np.nan, "rule": "so it is"}  # fmt: skip
    policy = Policy(pd.DataFrame([rule]), toy.source("policy"))
    sooner, later = (
        found([(3, 15)], gas_fields=BASE.gas_fields, policy=rules)["months"].to_numpy()
        for rules in (None, policy)
    )
    assert later == pytest.approx(sooner + 7)
    last = STANDARDS.duration("commissioning")
    longest = quantiles(tuple(STANDARDS.duration(task) for task in (*TASKS, "combined cycle")))[1]
    assert longest + last.min_months < sooner.max() < longest + last.max_months


def test_nothing_in_reach_is_an_empty_table() -> None:
    for layers in ({}, {"gas_fields": BASE.gas_fields}, {"plants": BASE.plants}):
        table = found([(100, 100)], **layers)
        assert table.empty
        assert "firm_mw" in table.columns
