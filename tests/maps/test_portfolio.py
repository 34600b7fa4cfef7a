"""A portfolio on the page, and for machines."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from rich.cells import cell_len

from geo.contest import Wish
from geo.portfolio import SITE_COLUMNS, Portfolio
from maps.portfolio import portfolio_text
from maps.text import plain

if TYPE_CHECKING:
    from geo.siting import Siting


def portfolio_of(siting: Siting) -> Portfolio:
    """Two of the toy's sites: 300 and 150 MW, where single answers say 420 and 150."""
    sites = siting.sites.head(3).drop(1).reset_index(drop=True)
    sites = sites.assign(
        mw=[300.0, 150.0],
        alone_mw=[420.0, 150.0],
        alone_by=["grid", "campus"],
        connection_usd=[30.2e6, 0.0],
    )
    ids = sites["site_id"].to_list()
    return Portfolio(
        wish=Wish(500.0, max_sites=4, min_site_mw=50.0),
        offered=7,
        sites=sites[[*SITE_COLUMNS, "geometry"]],
        bound_mw=450.0,
        overload_before_mw=12.0,
        overload_after_mw=34.0,
        counted_twice=pd.DataFrame(
            {
                "set": ["this set", "the best-ranked"],
                "sites": [2, 1],
                "alone_mw": [570.0, 420.0],
                "together_mw": [450.0, 420.0],
                "counted_twice_mw": [120.0, 0.0],
            }
        ),
        limits=pd.DataFrame(
            {
                "branch": ["T-L2", "T-L3"],
                "outage": ["T-L1", ""],
                "gain_mw_per_mw": [2.5, 0.01],
            }
        ),
        frontier=pd.DataFrame(
            {
                "mw": [450.0, 150.0],
                "months_p50": [28.0, 14.0],
                "connection_usd": [30.2e6, 0.0],
                "sites": [2, 1],
                "site_ids": [" ".join(ids), ids[1]],
            }
        ),
        notes=("Firm as for one site.",),
    )


@pytest.fixture
def found(siting: Siting) -> Portfolio:
    return portfolio_of(siting)


def page(found: Portfolio, siting: Siting, width: int = 80) -> str:
    return portfolio_text(found, siting, width=width)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_page_says_what_is_served_when_and_for_how_much(found, siting) -> None:
    text = flat(page(found, siting))
    assert text.startswith("Toyland: 450 of 500 MW firm (N-1) at 2 sites of at most 4, all of it")
    assert "after 28 months (P50), with connections for 30 million USD." in text
    assert "No set of these sites serves more than 450 MW." in text


def test_nothing_is_said_of_the_bound_where_all_is_served(found, siting) -> None:
    served = replace(found, wish=Wish(450.0, max_sites=4))
    assert "serves more than" not in page(served, siting)


def test_each_site_has_its_row(found, siting) -> None:
    lines = page(found, siting).splitlines()
    rows = [line.split() for line in lines if "toy-000" in line]
    assert rows[0][:9] == ["1", "toy-0001", "Site", "1", "300", "420", "grid", "28", "30.2"]
    assert rows[1][:9] == ["3", "toy-0003", "Site", "3", "150", "150", "campus", "14", "0.0"]


def test_the_frontier_names_its_sites(found, siting) -> None:
    text = flat(page(found, siting))
    assert "450 28 30.2 2 Site 1, Site 3" in text
    assert "150 14 0.0 1 Site 3" in text


def test_adding_up_is_told_for_each_set(found, siting) -> None:
    text = flat(page(found, siting))
    assert "This set, 2 sites: 570 MW, together 450 MW, 120 MW counted twice." in text
    assert "The best-ranked, 1 site: 420 MW, together 420 MW, nothing counted twice." in text


def test_what_limits_it_is_named_where_it_matters(found, siting) -> None:
    text = flat(page(found, siting))
    assert "limited by Line 2, when Line 1 is out (2.5 MW for a MW of its rating)." in text
    assert "Line 3" not in text


def test_without_a_limiting_line_it_is_supply_or_the_sites_themselves(found, siting) -> None:
    by_supply = replace(found, limits=found.limits.head(0))
    assert "limited by supply in reach of the grid" in flat(page(by_supply, siting))
    twice = found.counted_twice.assign(counted_twice_mw=0.0)
    by_itself = replace(by_supply, counted_twice=twice)
    assert "could have all that it could take alone" in flat(page(by_itself, siting))


def test_what_all_lines_say_is_told(found, siting) -> None:
    text = flat(page(found, siting))
    assert "a site moves by 10% of its load" in text
    assert "12 MW before the set is connected and 34 MW with it" in text


@pytest.mark.parametrize("width", [72, 80, 120])
def test_no_line_is_longer_than_the_terminal(found, siting, width) -> None:
    long = replace(found, sites=found.sites.assign(poi_name="Station of a very long name " * 3))
    lines = page(long, siting, width).splitlines()
    assert max(map(cell_len, lines)) <= width


def test_json_is_whole(found, siting) -> None:
    document = json.loads(portfolio_text(found, siting, "json"))
    assert list(document) == [
        "schema_version", "place", "scenario", "portfolio", "sites", "counted_twice", "limits",
        "frontier", "sources", "notes",
    ]  # fmt: skip
    assert document["schema_version"] == 1
    assert document["portfolio"]["mw"] == 450
    assert document["portfolio"]["max_site_mw"] is None
    assert [site["mw"] for site in document["sites"]] == [300, 150]
    assert list(document["sites"][0]) == SITE_COLUMNS
    assert document["notes"] == ["Firm as for one site.", *siting.notes]
    assert "top" not in document["scenario"]


def test_csv_and_geojson_are_the_sites_of_the_set(found, siting) -> None:
    rows = list(csv.DictReader(io.StringIO(portfolio_text(found, siting, "csv"))))
    assert [row["site_id"] for row in rows] == ["toy-0001", "toy-0003"]
    assert list(rows[0]) == SITE_COLUMNS
    features = json.loads(portfolio_text(found, siting, "geojson"))["features"]
    assert [one["properties"]["mw"] for one in features] == [300, 150]
    assert features[0]["geometry"]["type"] == "Polygon"


def test_hostile_names_reach_no_terminal(hostile: Siting) -> None:
    text = portfolio_text(portfolio_of(hostile), hostile)
    assert text.splitlines() == [plain(line) for line in text.splitlines()]
