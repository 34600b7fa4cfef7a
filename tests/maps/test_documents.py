"""JSON, GeoJSON and CSV that any program reads and none is harmed by."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import shapely
from shapely import Point

from maps.documents import csv_text, document, geojson_text, json_text
from maps.frames import shortlist

if TYPE_CHECKING:
    from geo.siting import Siting

KEYS = [
    "schema_version", "place", "scenario", "sites", "regions", "dropped", "sureness", "congestion",
    "sources", "notes",
]  # fmt: skip


def test_document_has_the_keys_of_the_design_in_order(siting: Siting) -> None:
    found = json.loads(json_text(document(siting)))
    assert list(found) == KEYS
    assert found["schema_version"] == 1
    assert found["place"] == "toy"
    assert found["scenario"]["load_mw"] == 180.0
    assert [site["site_id"] for site in found["sites"]] == [f"toy-{i:04x}" for i in range(1, 6)]
    assert found["dropped"] == [
        {"reason": "barred ground", "count": 7},
        {"reason": "no connection", "count": 2},
    ]
    assert found["congestion"] == [
        {
            "branch": "T-L3",
            "branch_name": "Line 3",
            "outage": "T-L2",
            "outage_name": "Line 2",
            "over_mw": 21.0,
            "loading": 1.14,
        }
    ]
    assert found["sources"][0]["licence"] == "ODbL-1.0"


def test_unknown_is_null_and_counts_are_whole(siting: Siting) -> None:
    text = json_text(document(siting))
    assert "NaN" not in text
    found = json.loads(text)
    assert found["sites"][0]["gas_mcm_per_year_in_reach"] is None
    assert found["regions"][2]["firm_mw"] is None
    assert isinstance(found["regions"][0]["sites_a"], int)
    assert isinstance(found["sites"][0]["rank"], int)


def test_score_is_the_sum_of_the_shares_shown(siting: Siting) -> None:
    for site in document(siting)["sites"]:
        parts = [value for name, value in site.items() if name.startswith("share_")]
        assert sum(parts) == pytest.approx(site["score"], abs=1e-5)


def test_same_answer_gives_the_same_bytes(siting: Siting) -> None:
    assert json_text(document(siting)) == json_text(document(siting))


def test_geojson_is_rfc_7946(siting: Siting) -> None:
    found = json.loads(geojson_text(shortlist(siting)))
    assert "crs" not in found
    assert found["type"] == "FeatureCollection"
    first = found["features"][0]
    ring = first["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert shapely.LinearRing(ring).is_ccw
    assert all(round(part, 7) == part for corner in ring for part in corner)
    assert first["properties"]["lon"] == pytest.approx(shapely.Polygon(ring).centroid.x, abs=1e-3)
    assert first["properties"]["gas_mcm_per_year_in_reach"] is None
    assert "geometry" not in first["properties"]


def test_geojson_of_nothing_is_an_empty_collection(siting: Siting) -> None:
    assert json.loads(geojson_text(shortlist(siting).head(0)))["features"] == []


def test_geojson_keeps_points(siting: Siting) -> None:
    points = siting.layers.substations.frame.assign(geometry=[Point(500_000, 6_651_411)] * 6)
    first = json.loads(geojson_text(points))["features"][0]["geometry"]
    assert first["type"] == "Point"
    assert first["coordinates"] == [pytest.approx(15), pytest.approx(60, abs=1e-5)]


def test_csv_has_a_row_for_each_site_and_no_formula(hostile: Siting) -> None:
    rows = list(csv.reader(io.StringIO(csv_text(shortlist(hostile)))))
    assert len(rows) == 6
    cells = [text for row in rows[1:] for text in row]
    assert not any(text.startswith(("=", "+", "@")) for text in cells)
    assert any(text.startswith("'=cmd") for text in cells)
    assert "\x1b" not in "".join(cells)


def test_csv_leaves_negative_numbers_alone(siting: Siting) -> None:
    frame = shortlist(siting).assign(lon=-13.5)
    assert ",-13.5," in csv_text(frame)


def test_weights_are_part_of_the_scenario(siting: Siting) -> None:
    asked = replace(siting.scenario, weights={"months": 0.4})
    assert document(replace(siting, scenario=asked))["scenario"]["weights"] == {"months": 0.4}
