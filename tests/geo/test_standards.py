"""Assumptions: complete, ordered, sourced, and editable by name only."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.assumptions import assumptions
from geo.errors import ScenarioError
from geo.profiles import MONSOON, PROFILES, SNOW_MELT
from geo.scenario import CHOICES, Preset
from geo.standards import (
    STANDARDS,
    TABLES,
    Standards,
    nearest_line_cost,
    nearest_line_type,
    nearest_transformer,
    with_changes,
    with_preset,
)
from geo.tables import (
    BUILDINGS,
    DURATIONS,
    GAS_PLANTS,
    LINE_COSTS,
    LINE_TYPES,
    PRESETS,
    SIL_MW,
    ST_CLAIR,
    TRANSFORMERS,
)
from geo.tolerances import INFERENCES, Tolerances

VOLTAGES_KV = st.floats(1, 1200)


@pytest.mark.parametrize("frequency_hz", [50, 60])
def test_higher_voltages_carry_more(frequency_hz: int) -> None:
    rows = [row for row in LINE_TYPES if row.frequency_hz == frequency_hz]
    assert len(rows) > 5
    for low, high in pairwise(rows):
        assert low.voltage_kv < high.voltage_kv
        assert low.rating_mva < high.rating_mva


@pytest.mark.parametrize(
    ("voltage_kv", "current_ka"),
    # PyPSA standard line types give kA; the rating is √3 · kV · kA.
    [(110, 0.535), (132, 0.645), (220, 1.29), (300, 1.935), (380, 2.58), (400, 2.58), (500, 2.58)],
)
def test_ratings_are_those_of_the_currents_in_the_source(
    voltage_kv: float, current_ka: float
) -> None:
    row = nearest_line_type(STANDARDS, voltage_kv, 50)
    assert row.voltage_kv == voltage_kv
    assert row.rating_mva == pytest.approx(3**0.5 * voltage_kv * current_ka, rel=0.005)


@pytest.mark.parametrize(
    ("voltage_kv", "frequency_hz", "nearest_kv"),
    [
        (420, 50, 420),
        (380, 50, 380),
        (66, 50, 66),
        (1, 50, 66),
        (1200, 50, 750),
        (121, 50, 110),  # halfway between 110 and 132: the lower
        (121.5, 50, 132),
        (500, 60, 500),
        (420, 60, 345),  # 75 from 345, 80 from 500
        (132, 60, 138),
    ],
)
def test_the_nearest_line_type_of_the_frequency(
    voltage_kv: float, frequency_hz: int, nearest_kv: float
) -> None:
    row = nearest_line_type(STANDARDS, voltage_kv, frequency_hz)
    assert (row.voltage_kv, row.frequency_hz) == (nearest_kv, frequency_hz)


@given(VOLTAGES_KV, st.sampled_from([50, 60]))
def test_no_line_type_is_nearer(voltage_kv: float, frequency_hz: int) -> None:
    found = nearest_line_type(STANDARDS, voltage_kv, frequency_hz)
    for row in LINE_TYPES:
        if row.frequency_hz == frequency_hz:
            assert abs(found.voltage_kv - voltage_kv) <= abs(row.voltage_kv - voltage_kv)


@pytest.mark.parametrize(
    ("voltage_kv", "nearest_kv"),
    [(66, 69), (132, 138), (184, 138), (220, 230), (300, 345), (420, 345), (765, 500)],
    # 184 lies halfway between 138 and 230: the lower. 420 is 75 from 345 and 80 from 500.
)
def test_the_nearest_cost(voltage_kv: float, nearest_kv: float) -> None:
    assert nearest_line_cost(STANDARDS, voltage_kv).voltage_kv == nearest_kv


@given(VOLTAGES_KV)
def test_no_cost_is_nearer(voltage_kv: float) -> None:
    found = nearest_line_cost(STANDARDS, voltage_kv)
    assert all(
        abs(found.voltage_kv - voltage_kv) <= abs(row.voltage_kv - voltage_kv) for row in LINE_COSTS
    )


@pytest.mark.parametrize(
    ("high_kv", "low_kv", "pair", "bank"),
    [
        (400, 132, (400, 132), (2, 300)),
        (420, 132, (400, 132), (2, 300)),
        (400, 220, (400, 220), (2, 600)),
        (345, 138, (345, 138), (2, 400)),
        (230, 115, (220, 132), (2, 200)),  # 10/230 + 17/115 = 0.19, nothing else below 0.4
        (110, 33, (132, 33), (2, 50)),
        (132, 66, (132, 66), (2, 50)),
        (300, 66, (300, 66), (2, 150)),
    ],
)
def test_the_nearest_bank_of_transformers(
    high_kv: float, low_kv: float, pair: tuple[float, float], bank: tuple[int, float]
) -> None:
    row = nearest_transformer(STANDARDS, high_kv, low_kv)
    assert (row.high_kv, row.low_kv) == pair
    assert (row.units, row.unit_mva) == bank


@given(VOLTAGES_KV, VOLTAGES_KV)
def test_no_bank_is_nearer_in_proportion(one_kv: float, other_kv: float) -> None:
    low_kv, high_kv = sorted((one_kv, other_kv))
    off = {
        row: abs(row.high_kv / high_kv - 1) + abs(row.low_kv / low_kv - 1) for row in TRANSFORMERS
    }
    assert off[nearest_transformer(STANDARDS, high_kv, low_kv)] <= min(off.values()) + 1e-12


def test_a_bank_steps_down() -> None:
    assert all(row.high_kv > row.low_kv for row in TRANSFORMERS)
    assert all(row.units >= 2 for row in TRANSFORMERS)  # so the loss of one is not the end


def test_longer_lines_carry_less_of_their_surge_impedance_loading() -> None:
    for (near, more), (far, less) in pairwise(ST_CLAIR):
        assert near < far
        assert more > less
    assert dict(ST_CLAIR)[300] == pytest.approx(1.0, abs=0.1)  # the curve is anchored near 1 there


def test_surge_impedance_loading_grows_with_voltage() -> None:
    assert list(SIL_MW) == sorted(SIL_MW)
    assert [mw for _, mw in SIL_MW] == sorted(mw for _, mw in SIL_MW)


def test_costs_grow_with_voltage() -> None:
    for low, high in pairwise(LINE_COSTS):
        assert low.voltage_kv < high.voltage_kv
        assert low.line_usd_per_km < high.line_usd_per_km
        assert low.substation_usd < high.substation_usd
        assert low.bay_usd < high.bay_usd


def test_costs_are_those_of_the_miso_table() -> None:
    # In millions of 2019 USD: a km of line, a new substation, a bay; 345 kV has no station there.
    millions = {
        row.voltage_kv: (row.line_usd_per_km / 1e6, row.substation_usd / 1e6, row.bay_usd / 1e6)
        for row in LINE_COSTS
    }
    assert millions.pop(345)[0] == 1.35
    assert millions == {
        69: (0.78, 5.7, 1.1), 138: (0.90, 7.8, 1.6), 230: (1.05, 9.7, 2.2), 500: (1.73, 20.3, 5.3),
    }  # fmt: skip


def test_the_st_clair_curve_is_the_published_one() -> None:
    assert ST_CLAIR[0] == (50, 3)
    assert dict(ST_CLAIR)[100] == 2
    assert dict(ST_CLAIR)[200] == 1.35


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # What other rooms and the docs quote.
        ("short_line_km", 4.8),  # MISO: 3 miles
        ("short_line_factor", 1.5),
        ("medium_line_km", 16),  # MISO: 10 miles
        ("medium_line_factor", 1.2),
        ("transformer_usd_per_mva", 6000),
        ("cost_year", 2025),
        ("transformer_usd_year", 2019),
        ("detour_factor", 1.3),
        ("strong_min_kv", 220),
        ("strong_min_circuits", 3),
        ("strong_plant_mw", 500),
        ("corridor_km", 1),
        ("corridor_share", 0.1),
        ("transformer_x_pu", 0.12),
        ("first_phase_share", 0.3),
        ("demand_reach_km", 25),
        ("conductor_limit_c", 75),
        ("ambient_c", 25),
        ("st_clair_min_kv", 220),
        ("st_clair_min_km", 80),
    ],
)
def test_an_assumption_is_the_one_agreed(name: str, value: float) -> None:
    assert getattr(STANDARDS, name) == value


@pytest.mark.parametrize("row", DURATIONS, ids=lambda row: row.task)
def test_a_duration_runs_from_shortest_to_longest(row: object) -> None:
    assert 0 < row.min_months <= row.mode_months <= row.max_months  # type: ignore[attr-defined]


def test_a_duration_is_found_by_its_task() -> None:
    assert STANDARDS.duration("study") is DURATIONS[0]
    assert {row.task for row in DURATIONS} >= {
        "study", "line under 5 km", "line 5 to 25 km", "line over 25 km", "transformer", "new bay",
        "build", "conversion", "new substation", "build in parallel", "commissioning",
    }  # fmt: skip


def test_durations_are_those_of_the_sources() -> None:
    # Interview: build 18 to 36 months, 18 instead of 24 in parallel, conversion about 12; Wood
    # Mackenzie: 128 weeks for a transformer are 29.5 months.
    build, parallel = STANDARDS.duration("build"), STANDARDS.duration("build in parallel")
    assert (build.min_months, build.mode_months, build.max_months) == (18, 24, 36)
    assert parallel.mode_months == 18
    assert parallel.min_months / build.min_months == 18 / 24 == 27 / build.max_months
    assert STANDARDS.duration("conversion").mode_months == 12
    assert STANDARDS.duration("transformer").mode_months == pytest.approx(128 / 52 * 12, abs=0.5)


def test_costs_of_a_campus_are_those_of_the_sources() -> None:
    # Interview: mining 0.35 to 0.40, AI 11 M USD/MW; Cushman & Wakefield 2025: 9.3 to 15.0, mean
    # 11.7. In its breakdown site works are 10 % and the shell 21 %, so that 69 % are the rest.
    rows = {row.name: row for row in BUILDINGS}
    assert 0.35e6 <= rows["mining"].campus_usd_per_mw <= 0.40e6
    assert rows["ai"].campus_usd_per_mw == 11e6
    assert rows["hall"].campus_usd_per_mw == 11.7e6
    for name in ("ai", "hall"):
        row = rows[name]
        refit = (row.fit_out_usd_per_mw + row.cooling_usd_per_mw) / row.campus_usd_per_mw
        assert refit == pytest.approx(0.69, abs=0.01)


def test_prices_have_risen_by_a_quarter_since_the_grid_table() -> None:
    # CPI-U: 255.657 in 2019, 321.943 in 2025.
    assert STANDARDS.in_cost_year(2019) == pytest.approx(321.943 / 255.657)
    assert STANDARDS.in_cost_year(2025) == 1
    then = with_changes(STANDARDS, {"cost_year": 2019}, "")
    assert then.in_cost_year(2025) == pytest.approx(255.657 / 321.943)


def test_presets_are_those_of_the_command_line() -> None:
    assert tuple(row.name for row in PRESETS) == get_args(Preset)
    assert [row.load_mw for row in PRESETS] == [100, 25, 180, 500, 1000]
    assert {row.redundancy for row in PRESETS} <= set(CHOICES["redundancy"])
    assert {row.building for row in PRESETS} == {row.name for row in BUILDINGS}


def test_a_preset_is_spelt_out_and_what_is_given_beside_it_wins() -> None:
    spelt, standards = with_preset({"preset": "hall", "load_mw": 40, "top": 3}, STANDARDS)
    assert spelt == {"load_mw": 40, "ha_per_mw": 0.25, "redundancy": "2N", "top": 3}
    assert standards.building_class().campus_usd_per_mw == 11.7e6
    assert STANDARDS.building_class().name == "ai"
    assert with_preset({"top": 3}, STANDARDS) == ({"top": 3}, STANDARDS)


@pytest.mark.parametrize("name", ["ai-50", 7, None])
def test_an_unknown_preset_is_refused(name: object) -> None:
    with pytest.raises(ScenarioError, match=f"preset '{name}': is unknown"):
        with_preset({"preset": name}, STANDARDS)


def test_a_place_changes_only_what_it_names() -> None:
    changed = with_changes(STANDARDS, {"ambient_c": 35}, "place.toml")
    assert changed.ambient_c == 35.0
    assert isinstance(changed.ambient_c, float)
    assert STANDARDS.ambient_c == 25.0
    for item in fields(Standards):
        if item.name != "ambient_c":
            assert getattr(changed, item.name) == getattr(STANDARDS, item.name)


@pytest.mark.parametrize("name", ["ambient_k", "building", "duration"])
def test_an_unknown_name_cannot_be_set(name: str) -> None:
    with pytest.raises(ScenarioError, match=f"standards.{name}: is not an assumption"):
        with_changes(STANDARDS, {name: 1.0}, "place.toml")


def test_a_profile_is_set_by_name_or_by_twelve_numbers() -> None:
    named = with_changes(STANDARDS, {"hydro_profile": "monsoon"}, "place.toml")
    assert named.hydro_profile is MONSOON
    own = with_changes(STANDARDS, {"hydro_profile": [0] * 11 + [3]}, "place.toml")
    assert own.hydro_profile.power == (0,) * 11 + (3,)
    assert STANDARDS.hydro_profile is SNOW_MELT


@pytest.mark.parametrize(
    "value",
    ["rain", 1.0, True, None, [1] * 11, [1] * 13, [0] * 12, [-1] + [1] * 11, ["1"] * 12,
     [float("nan")] * 12],
)  # fmt: skip
def test_a_profile_is_one_that_is_known_or_twelve_numbers(value: object) -> None:
    with pytest.raises(ScenarioError, match="is not a profile; write twelve numbers"):
        with_changes(STANDARDS, {"hydro_profile": value}, "place.toml")


def test_a_profile_cannot_stand_where_a_number_does() -> None:
    with pytest.raises(ScenarioError, match="'even' is not a number"):
        with_changes(STANDARDS, {"dry_year_share": "even"}, "place.toml")


def test_own_plants_burn_gas_at_the_agreed_rates() -> None:
    assert {row.name: row.heat_gj_per_mwh for row in GAS_PLANTS} == {
        "gas engines": 8.3, "combined cycle": 6.4,
    }  # fmt: skip
    assert {row.name for row in GAS_PLANTS} <= {row.task for row in DURATIONS}


def test_a_row_changes_field_by_field_and_names_its_source() -> None:
    changes = {
        "durations": {"study": {"min_months": 8}, "new bay": {"max_months": 40, "source": "Grid"}},
        "line_costs": {"138": {"line_usd_per_km": 1.5e6, "usd_year": 2024}},
        "buildings": {"ai": {"campus_usd_per_mw": 9e6}},
    }
    changed = with_changes(STANDARDS, changes, "place.toml")
    study, bay = changed.duration("study"), changed.duration("new bay")
    assert (study.min_months, study.mode_months, study.max_months) == (8, 18, 48)
    assert study.source == "place.toml"
    assert (bay.min_months, bay.max_months, bay.source) == (12, 40, "Grid")
    row = nearest_line_cost(changed, 132)
    assert (row.line_usd_per_km, row.bay_usd, row.usd_year) == (1.5e6, 1.6e6, 2024)
    assert changed.building_class().campus_usd_per_mw == 9e6
    assert changed.duration("transformer") is STANDARDS.duration("transformer")
    assert STANDARDS.duration("study").min_months == 6


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"durations": 3}, "standards.durations: 3 is not a table of rows; write"),
        (
            {"durations": {"studdy": {}}},
            "standards.durations.\"studdy\": is no row of this table; did you mean 'study'?",
        ),
        ({"durations": {"study": 8}}, 'standards.durations."study": 8 is not a row'),
        (
            {"durations": {"study": {"min_month": 8}}},
            "standards.durations.\"study\" min_month: is unknown; did you mean 'min_months'?",
        ),
        (
            {"durations": {"study": {"min_months": "8"}}},
            "standards.durations.\"study\" min_months: '8' is not a number; write a number",
        ),
        (
            {"durations": {"study": {"source": 8}}},
            'standards.durations."study" source: 8 is not text',
        ),
        (
            {"durations": {"study": {"task": "look"}}},
            'standards.durations."study" task: is unknown',
        ),
        (
            {"durations": {"study": {"min_months": 20}}},
            "shortest 20, likely 18, longest 48 months are not in order",
        ),
        (
            {"durations": {"study": {"min_months": -1}}},
            'standards.durations."study": shortest -1, likely 18, longest 48 months are not in',
        ),
        ({"line_costs": {"138": {"bay_usd": -1}}}, 'line_costs."138": a value is below 0'),
        (
            {"line_costs": {"138": {"usd_year": 1999}}},
            'costs."138" usd_year: 1999 has no row in price_index; write a year from 2019 to 2025',
        ),
        ({"line_types": {"132/50": {"rating_mva": 0}}}, '132/50": a value is not above 0'),
        ({"transformers": {"400/132": {"units": 1.5}}}, "1.5 units are not a whole number"),
        ({"transformers": {"400/132": {"unit_mva": 0}}}, "unit_mva is not above 0"),
        ({"buildings": {"ai": {"load_factor": 75}}}, "load_factor 75 is above 1"),
        ({"buildings": {"ai": {"cooling_usd_per_mw": -1}}}, "a value is below 0"),
        ({"presets": {"hall": {"redundancy": "3N"}}}, "redundancy '3N' is none of N, N+1, 2N"),
        ({"presets": {"hall": {"load_mw": 0}}}, "a value is not above 0"),
        (
            {"presets": {"hall": {"building": "al"}}},
            "standards.presets.\"hall\" building: there is no class 'al'; did you mean 'hall'?",
        ),
        ({"price_index": {"2019": {"index": 0}}}, "index is not above 0"),
        ({"cost_year": 1999}, "standards.cost_year: 1999 has no row in price_index"),
        ({"build_in_parallel": 2}, "standards.build_in_parallel: 2 is neither 0 nor 1"),
    ],
)
def test_a_wrong_change_is_told_with_its_row(changes: dict[str, object], fault: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        with_changes(STANDARDS, changes, "place.toml")
    assert fault in str(caught.value.faults[0])
    assert str(caught.value.faults[0]).startswith("place.toml standards.")
    assert len(caught.value.faults) == 1


@pytest.mark.parametrize("value", ["35", True, None, float("nan"), float("inf")])
def test_an_assumption_is_a_number(value: object) -> None:
    with pytest.raises(ScenarioError, match=r"toml standards\.ambient_c: .* is not a number"):
        with_changes(STANDARDS, {"ambient_c": value}, "place.toml")


def test_every_bad_change_is_told_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        with_changes(STANDARDS, {"x": 1, "y": 2, "ambient_c": "hot"}, "place.toml")
    assert len(caught.value.faults) == 3


def test_every_assumption_is_listed_with_unit_meaning_and_source() -> None:
    rows = assumptions()
    assert all(value for row in rows for value in row.values())
    assert all(row.keys() == {"name", "value", "unit", "meaning", "source"} for row in rows)
    names = [row["name"] for row in rows]
    assert len(set(names)) == len(names)
    scalars = {item.name for item in fields(Standards) if item.metadata}
    assert {item.name for item in fields(Standards)} - scalars == {*TABLES, "building"}
    assert scalars <= set(names)
    drawing = len(fields(Tolerances)) + len(INFERENCES)
    tables = sum(len(getattr(STANDARDS, name)) for name in TABLES)
    assert len(rows) == len(scalars) + drawing + tables + len(PROFILES)


def test_a_listed_row_says_what_the_table_says() -> None:
    rows = {row["name"]: row for row in assumptions()}
    assert rows['line_types."132/50"']["value"] == "0.39 / 147"
    assert rows['line_types."132/50"']["unit"] == "x_ohm_per_km / rating_mva"
    assert rows['transformers."400/132"']["value"] == "2 / 300"
    assert rows['line_costs."138"']["value"] == "0.9e6 / 7.8e6 / 1.6e6 / 2019"
    assert rows['durations."build in parallel"']["value"] == "13.5 / 18 / 27"
    assert "redundancy 2N; building hall" in rows['presets."hall"']["meaning"]
    assert rows['price_index."2019"']["value"] == "255.657"


def test_every_listed_name_can_be_changed_by_that_name() -> None:
    for row in assumptions():
        # Of drawings, or a profile that a standard is set to by its name.
        if row["name"].startswith(("topology.", "confidence: ", "profile ")):
            continue
        table, _, key = row["name"].partition(".")
        value = getattr(STANDARDS, table)
        if key:
            kept = next(item for item in value if item.key == key.strip('"'))
            field = row["unit"].split(" / ")[0]
            change = {table: {key.strip('"'): {field: getattr(kept, field)}}}
        else:
            change = {table: value}
        with_changes(STANDARDS, change, "place.toml")
