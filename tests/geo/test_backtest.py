from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest

from geo.backtest import backtest
from geo.errors import LayerError
from geo.grid import GridGraph
from geo.scenario import Scenario
from geo.siting import find_sites
from tests.geo import toy

ASKED = Scenario(load_mw=50, cell_km=5, spacing_km=10)


@pytest.fixture(scope="module")
def tested():
    campuses = toy.campuses([("Old Mine", 60, 33, 6), ("At sea", 60, 63, 22)])
    hamlet = toy.settlements([("Hamlet", 500, 20, 35)])  # bars no ground
    layers = dataclasses.replace(toy.country(), campuses=campuses, settlements=hamlet)
    return layers, backtest(layers, ASKED)


def test_the_campus_is_looked_up_in_a_ranking_without_it(tested) -> None:
    layers, found = tested
    every = dataclasses.replace(ASKED, spacing_km=0)
    blind = find_sites(dataclasses.replace(layers, campuses=None), every).sites
    assert (blind["kind"] == "greenfield").all()
    for row in found.itertuples():
        site = blind.set_index("site_id").loc[row.site_id]
        assert (row.rank, row.grade) == (site["rank"], site["grade"])
        assert row.candidates == len(blind)


def test_a_campus_on_land_is_covered_and_one_at_sea_is_near(tested) -> None:
    """The land ends at 60 km; the second campus lies 3 km beyond."""
    found = tested[1].set_index("campus")
    assert found.loc["Old Mine", "away_km"] == 0
    assert found.loc["At sea", "away_km"] == pytest.approx(3)


def test_percentiles_are_shares_of_what_ranks_lower(tested) -> None:
    found = tested[1]
    expected = 100 * (found["candidates"] - found["rank"]) / (found["candidates"] - 1)
    assert found["percentile"].to_numpy() == pytest.approx(expected.to_numpy())
    assert found["baseline_percentile"].between(0, 100).all()


def test_the_baseline_knows_only_the_distance_to_220_kv(tested) -> None:
    """Old Mine's cell holds (32.5, 7.5), 3.5 km from C; no middle of a cell is nearer to a station.

    Middles lie at 2.5 and 7.5 km; stations at multiples of 10 or 5: √(2.5² + 2.5²) = 3.5 km is the
    least, and four cells around each of A, B, C and D have it.
    """
    assert tested[1].set_index("campus").loc["Old Mine", "baseline_rank"] == 1


def test_without_campuses_there_is_nothing_to_test() -> None:
    layers = dataclasses.replace(toy.country(), campuses=None)
    with pytest.raises(LayerError, match="campuses"):
        backtest(layers, ASKED)


def answer_with(stations, count):
    """Stand in for a ranking of squares from west to east, 1 km each, with substations above them.

    ``stations`` are rows of x_km, kV, abroad.
    """
    sites = gpd.GeoDataFrame(
        {
            "site_id": [f"s{at}" for at in range(count)],
            "grade": "A",
            "rank": range(1, count + 1),
            "score": range(count, 0, -1),
        },
        geometry=[toy.rectangle(at, 0, 1, 1) for at in range(count)],
        crs=toy.CRS,
    )
    where = [toy.at(x, 0.5) for x, _, _ in stations]
    buses = pd.DataFrame(
        {
            "x_m": [spot.x for spot in where],
            "y_m": [spot.y for spot in where],
            "voltage_kv": [kv for _, kv, _ in stations],
            "abroad": [abroad for _, _, abroad in stations],
        }
    )
    return SimpleNamespace(
        sites=sites, grid=GridGraph(buses.assign(junction=False), pd.DataFrame())
    )


@pytest.mark.parametrize(
    ("stations", "baseline_rank"),
    [
        ([(4.5, 220, False)], 2),  # squares 3 and 5 are equally near to square 4, which is first
        ([(4.5, 219, False), (0.5, 400, False)], 4),
        ([(4.5, 220, True), (0.5, 400, False)], 4),
        ([(3.5, 500, False), (0.5, 400, False)], 1),
    ],
)
def test_the_baseline_by_hand(monkeypatch, stations, baseline_rank) -> None:
    """The campus stands in square 3 of six, which the ranking has fourth."""
    monkeypatch.setattr("geo.backtest.find_sites", lambda *_: answer_with(stations, 6))
    layers = dataclasses.replace(toy.country(), campuses=toy.campuses([("Mine", 60, 3.2, 0.4)]))
    row = backtest(layers, ASKED).iloc[0]
    assert (row["site_id"], row["rank"], row["candidates"], row["away_km"]) == ("s3", 4, 6, 0)
    assert row["percentile"] == 40  # two of the other five rank lower
    assert row["baseline_rank"] == baseline_rank
    assert row["baseline_percentile"] == 100 * (6 - baseline_rank) / 5
    assert (row["ahead"], row["level"]) == (3, 1)
    assert row["baseline_ahead"] == baseline_rank - 1


def test_squares_as_far_from_a_station_stand_beside_each_other(monkeypatch) -> None:
    """Squares 3 and 5 are both a kilometre from the station in square 4."""
    monkeypatch.setattr("geo.backtest.find_sites", lambda *_: answer_with([(4.5, 220, False)], 6))
    layers = dataclasses.replace(toy.country(), campuses=toy.campuses([("Mine", 60, 3.2, 0.4)]))
    assert backtest(layers, ASKED).iloc[0]["baseline_level"] == 2


def test_sites_of_one_grade_and_score_stand_beside_each_other(monkeypatch) -> None:
    """Squares 2, 3 and 4 have one score, 3 and 4 one grade."""
    answer = answer_with([(4.5, 220, False)], 6)
    answer.sites["score"] = [9.0, 8.0, 7.0, 7.0, 7.0, 6.0]
    answer.sites["grade"] = list("AAABBB")
    monkeypatch.setattr("geo.backtest.find_sites", lambda *_: answer)
    layers = dataclasses.replace(toy.country(), campuses=toy.campuses([("Mine", 60, 3.2, 0.4)]))
    row = backtest(layers, ASKED).iloc[0]
    assert (row["ahead"], row["level"]) == (3, 2)


def test_a_single_candidate_beats_nobody(monkeypatch) -> None:
    monkeypatch.setattr("geo.backtest.find_sites", lambda *_: answer_with([(0, 400, False)], 1))
    row = backtest(toy.country(), ASKED).iloc[0]
    assert (row["rank"], row["percentile"]) == (1, 0)


def test_without_220_kv_the_baseline_is_unknown() -> None:
    layers = toy.grid_of([("A", "132", 10, 10), ("B", "132", 20, 10)], [("AB", "A", "B", 132)])
    layers = dataclasses.replace(
        layers,
        plants=toy.plants([("P", "hydro", 300, 10, 10)]),
        campuses=toy.campuses([("Mine", 60, 12, 12)]),
    )
    found = backtest(layers, ASKED)
    assert found["baseline_percentile"].isna().all()
    assert found["baseline_ahead"].isna().all()
    assert found["percentile"].notna().all()
