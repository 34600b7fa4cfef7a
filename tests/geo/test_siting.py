from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from geo.best_links import best_links
from geo.errors import NoSiteError
from geo.names import CONGESTION_COLUMNS
from geo.place_headroom import headroom_of
from geo.scenario import Scenario
from geo.siting import SITE_COLUMNS, distinct, find_sites
from tests.geo import toy

ASKED = Scenario(load_mw=50, cell_km=5, spacing_km=10)


@pytest.fixture(scope="module")
def answer():
    return find_sites(toy.country(), ASKED)


def test_sites_have_the_columns_of_the_house(answer) -> None:
    assert list(answer.sites.columns[: len(SITE_COLUMNS)]) == SITE_COLUMNS
    assert isinstance(answer.sites, gpd.GeoDataFrame)
    assert answer.sites["site_id"].is_unique


def test_sites_are_in_rank_order_by_grade_then_score(answer) -> None:
    sites = answer.sites
    assert sites["rank"].tolist() == list(range(1, len(sites) + 1))
    assert sites["grade"].is_monotonic_increasing
    for _, group in sites.groupby("grade"):
        assert group["score"].is_monotonic_decreasing


def test_the_numbers_of_a_site_hang_together(answer) -> None:
    sites = answer.sites
    assert (sites["firm_mw"] <= sites["normal_mw"] + 1e-6).all()
    assert (sites["months_p10"] <= sites["months_p50"]).all()
    assert (sites["months_p50"] <= sites["months_p90"]).all()
    assert sites["confidence"].between(0, 1).all()
    parts = [column for column in sites.columns if column.startswith("share_")]
    assert sites["score"].to_numpy() == pytest.approx(sites[parts].sum(axis=1).to_numpy())


def test_of_links_that_differ_by_rounding_the_cheapest_is_kept_then_the_shortest() -> None:
    """Of b's links the second is as good and shorter; a's second is worse by more than rounding.

    Of c's the second is longer and cheaper, of d's nobody knows what the first costs.
    """
    ranked = pd.DataFrame(
        [
            ("a", "A", 80.0, 9.0, 7.0),
            ("b", "B", 70.0, 8.0, 7.0),
            ("b", "B", 70.0 - 1e-12, 3.0, 7.0),
            ("a", "A", 69.0, 1.0, 7.0),
            ("b", "C", 70.0, 1.0, 7.0),
            ("c", "C", 60.0, 1.0, 8.0),
            ("c", "C", 60.0, 2.0, 7.0),
            ("d", "C", 60.0, 1.0, np.nan),
            ("d", "C", 60.0, 2.0, 7.0),
        ],
        columns=["site_id", "grade", "score", "tie_km", "connection_usd"],
    ).assign(rank=range(1, 10))
    best = best_links(ranked)
    found = best[["site_id", "tie_km"]].to_numpy().tolist()
    assert found == [["a", 9.0], ["b", 3.0], ["c", 2.0], ["d", 2.0]]


def test_greenfield_sites_keep_their_distance(answer) -> None:
    green = answer.sites[answer.sites["kind"] == "greenfield"]
    points = green.geometry.centroid
    away = cdist(*[np.c_[points.x, points.y]] * 2) + np.eye(len(green)) * 1e9
    assert away.min() >= 10_000 - 1


def test_the_campus_is_kept_whatever_lies_near(answer) -> None:
    assert "Old Mine" in set(answer.sites["name"])


def test_what_was_dropped_and_what_was_kept_are_all_cells(answer) -> None:
    """60 km by 40 km in cells of 5 km are 96, and one campus."""
    assert answer.dropped["count"].sum() + len(answer.sites) == 96 + 1


def test_tie_lines_run_from_the_site_to_its_point(answer) -> None:
    stations = toy.substations(toy.STATIONS).frame.set_index("id").geometry
    for site, feed in zip(answer.sites.itertuples(), answer.feeds.itertuples(), strict=True):
        assert feed.site_id == site.site_id
        assert feed.geometry.distance(stations[site.poi_id.split("@")[0]]) < 1e-6
        assert feed.geometry.length * 1.3 == pytest.approx(site.tie_km * 1000, rel=0.02)


def test_the_order_of_rows_changes_nothing(answer) -> None:
    layers = toy.country()
    turned = dataclasses.replace(
        layers,
        substations=toy.substations(toy.STATIONS[::-1]),
        lines=toy.lines(toy.substations(toy.STATIONS), toy.LINES[::-1]),
        settlements=toy.settlements([("Hamlet", 500, 20, 35), ("Town", 50_000, 54, 20)]),
    )
    other = find_sites(turned, ASKED)
    assert other.sites["site_id"].tolist() == answer.sites["site_id"].tolist()
    assert other.sites["score"].to_numpy() == pytest.approx(answer.sites["score"].to_numpy())


def test_twice_the_same_question_is_the_same_answer(answer) -> None:
    again = find_sites(toy.country(), ASKED)
    pd.testing.assert_frame_equal(pd.DataFrame(again.sites), pd.DataFrame(answer.sites))


def test_only_land_near_a_station_strong_enough_is_looked_at() -> None:
    """2,000 MW need more circuits than a tie-line may have at 132 kV, so E is no point."""
    heavy = find_sites(toy.country(), dataclasses.replace(ASKED, load_mw=1000))
    assert not heavy.sites["poi_id"].str.startswith("E@").any()


def test_no_voltage_for_the_load_is_no_site() -> None:
    stub = toy.grid_of([("A", "66", 0, 0), ("B", "66", 9, 0)], [("AB", "A", "B", 66)])
    with pytest.raises(NoSiteError, match="lower the load"):
        find_sites(stub, Scenario(load_mw=5000))


def test_out_of_reach_of_everything_is_no_site() -> None:
    layers = toy.grid_of([("A", "132", 0, 0), ("B", "132", 9, 0)], [("AB", "A", "B", 132)])
    far = dataclasses.replace(layers, regions=toy.regions([("Far", 200, 200, 20, 20)]))
    with pytest.raises(NoSiteError):
        find_sites(far, ASKED)


def test_notes_name_the_islands_and_the_place() -> None:
    layers = toy.country()
    stations = toy.substations([*toy.STATIONS, ("X", "132", 5, 38), ("Y", "132", 12, 38)])
    apart = dataclasses.replace(
        layers,
        place=dataclasses.replace(layers.place, note="Toys only."),
        substations=stations,
        lines=toy.lines(stations, [*toy.LINES, ("XY", "X", "Y", 132)]),
    )
    notes = " ".join(find_sites(apart, ASKED).notes)
    assert "2 buses lie in 1 islands" in notes
    assert "Toys only." in notes
    assert "not an offer" in notes


def test_headroom_of_a_place_has_positions() -> None:
    buses = headroom_of(toy.country(), Scenario()).buses
    assert buses.crs == toy.CRS
    assert buses.set_index("bus_id").geometry["D@420"] == toy.at(50, 20)


@pytest.mark.parametrize("method", ["redispatch", "linear"])
def test_what_is_over_its_limit_before_any_load_is_told_by_name(method) -> None:
    """200 MW at E over one circuit of 132 kV, which carries 147 MW: 53 MW too many."""
    heavy = dataclasses.replace(toy.country(), loads=toy.loads([("works", "E", 200)]))
    asked = Scenario(method=method, demand_mw=200)
    found = headroom_of(heavy, asked).congestion
    assert list(found.columns) == CONGESTION_COLUMNS
    worst = found[found["outage"] == ""].iloc[0]
    assert (worst["branch"], worst["branch_name"], worst["outage_name"]) == ("CE", "CE 132 kV", "")
    assert worst["over_mw"] == pytest.approx(53)
    assert worst["loading"] == pytest.approx(200 / 147)


def test_nothing_over_its_limit_is_an_empty_table() -> None:
    found = headroom_of(toy.country(), Scenario()).congestion
    assert found.empty
    assert list(found.columns) == CONGESTION_COLUMNS


@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50), st.booleans()), max_size=25),
    st.floats(0.1, 30),
)
def test_distinct_keeps_what_no_better_one_covers(places, spacing) -> None:
    where = np.array([row[:2] for row in places]).reshape(-1, 2)
    always = np.array([row[2] for row in places], dtype=bool)
    keep = distinct(where, always, spacing)
    for position in range(len(places)):
        better = [other for other in range(position) if keep[other]]
        away = [float(np.hypot(*(where[position] - where[other]))) for other in better]
        covered = any(distance < spacing - 1e-9 for distance in away)
        if keep[position]:
            assert always[position] or not covered
        else:
            assert min(away) <= spacing + 1e-9
