"""Campuses as a table, in sentences, and for programs."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest

from geo.campuses import COLUMNS
from geo.scenario import Scenario
from maps.campuses import beside, campus_text, missing
from maps.text import plain
from tests.maps.toy import CRS, HOSTILE, at

if TYPE_CHECKING:
    from geo.siting import Siting

READY: dict[str, Any] = {
    "rank": 1, "site_id": "toy-0003", "name": "Old Mine", "region": "West County",
    "use": "mining", "operator": "Toy Mining", "grid_mw": 200.0, "feed": "N+1",
    "way": "conversion", "grade": "A", "first_mw": 180.0, "missing_mw": 0.0, "firm_mw": 400.0,
    "normal_mw": 500.0, "redundancy": "2N", "poi_id": "T-S0@420", "poi_name": "Station 0",
    "poi_voltage_kv": 420.0, "tie_km": 3.31, "second_poi_id": "", "second_tie_km": np.nan,
    "circuits": 0, "months_first_p50": 12.8, "months_whole_p10": 10.6, "months_whole_p50": 12.8,
    "months_whole_p90": 15.7, "connection_usd": 0.0, "second_feed_usd": 0.0,
    "fit_out_usd": 972e6, "cooling_usd": 396e6, "new_halls_usd": 0.0, "capex_usd": 1368e6,
    "capex_usd_per_mw": 7.6e6, "energy_usd_per_year": 40e6, "free_ha": np.nan, "needed_ha": 0.0,
    "green_site_id": "toy-0001", "green_name": "Site 1", "green_grade": "A",
    "green_months_p50": 39.3, "green_capex_usd": 2005e6, "first_sooner_months": 26.5,
    "whole_sooner_months": 26.5, "less_usd": 637e6, "site_rank": 1, "position_error_km": 1.5,
    "lon": 13.0, "lat": 62.2, "dropped": "",
}  # fmt: skip
SECOND = READY | {
    "feed": "N", "way": "conversion, then a second feed", "circuits": 1, "months_whole_p50": 39.3,
    "second_feed_usd": 14.6e6, "connection_usd": 14.6e6, "whole_sooner_months": 0.2,
}  # fmt: skip
MIXED = READY | {
    "grid_mw": 84.0, "way": "conversion, then a new connection", "first_mw": 84.0,
    "missing_mw": 96.0, "firm_mw": 0.0, "circuits": 2, "months_whole_p50": 46.5,
    "connection_usd": 81.4e6, "new_halls_usd": 1056e6, "needed_ha": 24.0,
    "whole_sooner_months": -6.2, "less_usd": -24e6,
}  # fmt: skip
GONE = dict.fromkeys(READY, np.nan) | {
    "rank": 4, "name": "Far Mine", "use": "", "operator": "", "grid_mw": 80.0, "grade": np.nan,
    "first_mw": 80.0, "dropped": "no point of connection in reach",
}  # fmt: skip


def found(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(list(rows), geometry=[at(50, 30)] * len(rows), crs=CRS)
    return frame[[*COLUMNS, "geometry"]]


def told(row: dict[str, Any], siting: Siting) -> list[str]:
    return list(missing(row, siting))


def test_a_campus_that_lacks_nothing_of_the_grid(siting: Siting) -> None:
    assert told(READY, siting) == [
        "Nothing of the grid: 200 MW are energised, and its feed counts as N+1.",
        "Fit-out of its halls for class 'ai' (972 million USD), their cooling (396 million USD).",
    ]


def test_a_campus_that_lacks_a_second_feed(siting: Siting) -> None:
    assert told(SECOND, siting)[0] == (
        "N+1: its feed counts as N; a second one, 3.3 km to Station 0, 420 kV, costs 14.6 million "
        "USD and is there by month 39 (P50)."
    )


def test_a_campus_that_lacks_megawatts_firm_power_and_land(siting: Siting) -> None:
    line, firm, halls, land = told(MIXED, siting)
    assert line == (
        "96 MW of the 180 MW: a new connection, 3.3 km to Station 0, 420 kV, for 81.4 million USD, "
        "by month 46 (P50)."
    )
    assert firm == (
        "Firm power: the grid at Station 0 gives 0 MW with any one line out, 180 MW less than the "
        "load."
    )
    assert halls == (
        "Fit-out of its halls for class 'ai' (972 million USD), their cooling (396 million USD), "
        "new halls for 96 MW (1,056 million USD)."
    )
    assert land == "24 ha for the new halls; whether it has free land is not known."


@pytest.mark.parametrize(
    ("free_ha", "words"),
    [(30.0, []), (24.0, []), (10.0, ["24 ha for the new halls; it has 10 ha free."])],
)
def test_land_that_is_known(siting: Siting, free_ha: float, words: list[str]) -> None:
    assert [text for text in told(MIXED | {"free_ha": free_ha}, siting) if " ha " in text] == words


def test_two_feeds(siting: Siting) -> None:
    asked = replace(siting, scenario=Scenario(redundancy="2N"))
    row = SECOND | {"circuits": 0, "second_poi_id": "T-S1@420", "second_tie_km": 12.2}
    assert "a second one, 12.2 km to Station 1, costs 14.6" in told(row, asked)[0]
    both = row | {"circuits": 2}
    assert "3.3 km to Station 0, 420 kV, and 12.2 km to Station 1, costs" in told(both, asked)[0]
    alone = READY | {"redundancy": "N+1", "feed": "N+1"}
    assert "2N: no second station in reach carries the load without the first." in told(
        alone, asked
    )


def test_a_line_of_no_length_is_a_bay(siting: Siting) -> None:
    assert "a second one, at Station 0, 420 kV, costs" in told(SECOND | {"tie_km": 0.01}, siting)[0]


def test_halls_of_the_class_asked_for(siting: Siting) -> None:
    row = READY | {"fit_out_usd": 0.0, "cooling_usd": 0.0}
    assert told(row, siting)[-1] == "No work on its halls: they are of class 'ai'."


def test_unknown_megawatts_and_campuses_that_are_no_site(siting: Siting) -> None:
    dark = MIXED | {"grid_mw": np.nan, "first_mw": np.nan, "way": "new connection"}
    assert told(dark, siting)[0] == "Its energised MW are not known, so that nothing of it counts."
    assert told(GONE, siting) == ["Not a site: no point of connection in reach."]
    assert beside(GONE) == ""


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (READY, "first power 26 months sooner, the whole 26 months sooner, 637 million USD less."),
        (SECOND, "first power 26 months sooner, the whole at the same time, 637 million USD less."),
        (MIXED, "first power 26 months sooner, the whole 6 months later, 24.0 million USD more."),
        (
            READY | {"first_sooner_months": np.nan, "whole_sooner_months": 1.2},
            "the whole 1 month sooner, 637 million USD less.",
        ),
    ],
)
def test_beside_the_best_greenfield_site(row: dict[str, Any], words: str) -> None:
    lead = "Beside Site 1 (toy-0001), the best greenfield site, grade A: "
    assert beside(row) == lead + words


def test_a_table_and_a_paragraph_for_each(siting: Siting) -> None:
    lines = campus_text(siting, found(READY, MIXED | {"rank": 2}, GONE)).splitlines()
    assert lines[0] == "Toyland: 180 MW, N+1, class 'ai'; costs in USD of 2025"
    first = next(line for line in lines if line.startswith("1 A"))
    assert first.split() == [
        "1", "A", "Old", "Mine", "200", "180", "13", "13", "400", "N+1", "2N", "1,368", "7.6", "–",
    ]  # fmt: skip
    assert "1  Old Mine  (mining; Toy Mining; position may be off by 1.5 km)" in lines
    assert "4  Far Mine" in lines
    assert lines[-1] == "  - Not a site: no point of connection in reach."


@pytest.mark.parametrize("width", [80, 100])
def test_it_fits_the_terminal(siting: Siting, width: int) -> None:
    text = campus_text(siting, found(READY, SECOND, MIXED, GONE), width=width)
    assert max(map(len, text.splitlines())) <= width


def test_for_programs(siting: Siting) -> None:
    frame = found(READY, MIXED, GONE)
    document = json.loads(campus_text(siting, frame, "json"))
    assert list(document) == ["schema_version", "place", "scenario", "campuses", "notes"]
    first, _, gone = document["campuses"]
    assert first["missing"].startswith("Nothing of the grid: 200 MW")
    assert first["free_ha"] is None
    assert gone["months_whole_p50"] is None
    rows = list(csv.DictReader(io.StringIO(campus_text(siting, frame, "csv"))))
    assert list(rows[0]) == [*COLUMNS, "missing"]
    assert rows[1]["connection_usd"] == "81400000.0"
    features = json.loads(campus_text(siting, frame, "geojson"))["features"]
    assert features[0]["geometry"]["type"] == "Point"
    assert features[2]["properties"]["dropped"] == "no point of connection in reach"


def test_hostile_names_stay_text(hostile: Siting) -> None:
    rows = [MIXED | {"name": name, "poi_name": name, "operator": name} for name in HOSTILE]
    text = campus_text(hostile, found(*rows))
    assert text.splitlines() == [plain(line) for line in text.splitlines()]
    table = campus_text(hostile, found(*rows), "csv")
    for row in csv.DictReader(io.StringIO(table)):
        assert not row["name"].startswith(("=", "+", "-", "@"))
