"""Units: every dimensional name ends in one."""

from __future__ import annotations

import math
from dataclasses import fields

import pytest

from geo.criteria import CRITERIA
from geo.kinds import KINDS
from geo.rows import (
    BuildingClass,
    Duration,
    GasPlant,
    LineCost,
    LineType,
    Preset,
    PriceIndex,
    TransformerType,
)
from geo.scenario import Scenario
from geo.units import KM_PER_MILE, M2_PER_HA, M_PER_KM, SUFFIXES, unit_of

DIMENSIONLESS = {
    "circuits", "confidence", "population", "cutoff", "top", "units", "load_factor", "index",
    "year", "usd_year",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("tie_km", "kilometre"),
        ("load_mw", "megawatt"),
        ("land_price_usd_per_ha", "US dollars per hectare"),  # not the shorter _ha
        ("power_price_usd_per_mwh", "US dollars per megawatt-hour"),  # not the shorter _mwh
        ("carbon_g_per_kwh", "grams of CO2 equivalent per kilowatt-hour"),
        ("ha_per_mw", "megawatt"),  # a name's first word is never its suffix …
        ("land_ha_per_mw", "hectares per megawatt"),
        ("km", ""),  # … so a bare unit names nothing
        ("circuits", ""),
        ("", ""),
        ("months_p50", ""),  # the suffix has to come last
        ("item", ""),
    ],
)
def test_the_longest_suffix_is_the_unit(name: str, unit: str) -> None:
    assert unit_of(name) == unit


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_suffix_is_found_behind_a_noun(suffix: str) -> None:
    assert unit_of(f"thing_{suffix}") == SUFFIXES[suffix]


def test_every_number_in_a_layer_names_its_unit() -> None:
    names = {
        column.name
        for kind in KINDS.values()
        for column in kind.columns
        if column.dtype in {"number", "integer"}
    }
    assert {name for name in names if not unit_of(name)} <= DIMENSIONLESS


@pytest.mark.parametrize(
    "row",
    [LineType, TransformerType, LineCost, Duration, BuildingClass, Preset, PriceIndex, GasPlant],
)
def test_every_number_in_a_table_names_its_unit(row: type) -> None:
    names = {item.name for item in fields(row) if item.type in {"float", "int"}}
    assert {name for name in names if not unit_of(name)} <= DIMENSIONLESS


def test_every_number_of_the_question_names_its_unit() -> None:
    names = {item.name for item in fields(Scenario) if "float" in str(item.type)} - {"weights"}
    # "months" is a bare unit, the one name that is the quantity itself.
    assert {name for name in names if not unit_of(name)} <= DIMENSIONLESS | {"months"}


def test_a_criterion_with_money_or_energy_reads_a_column_with_its_unit() -> None:
    dimensionless = {"redundancy", "pue", "months_p50"}
    assert all(unit_of(item.column) or item.column in dimensionless for item in CRITERIA)


def test_conversions() -> None:
    assert M_PER_KM == 1000
    assert M2_PER_HA == 100 * 100  # a hectare is a square of 100 m
    assert math.isclose(KM_PER_MILE * 1000, 1760 * 3 * 12 * 0.0254)  # 1,760 yards
