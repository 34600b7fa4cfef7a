"""Regions: the answer of the sites, county by county."""

from __future__ import annotations

from math import nan

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.redispatch import Redispatch
from geo.regions import COLUMNS, joint_firm_mw, rank_regions
from geo.scenario import Scenario
from geo.siting import find_sites
from tests.geo import toy
from tests.geo.nets import flows, network

STATIONS = toy.substations([("A", "132", 0, 0), ("B", "132", 9, 0)])
LAYERS = toy.bare(
    STATIONS,
    toy.lines(STATIONS, [("AB", "A", "B", 132)]),
    toy.regions([(name, 10 * at, 0, 10, 10) for at, name in enumerate(("West", "Mid", "East"))]),
)
SITES = pd.DataFrame(
    [
        # site, rank, region, grade, score, firm, months
        ("s1", 1, "Mid", "A", 80.0, 200.0, 40.0),
        ("s2", 2, "West", "A", 70.0, 150.0, 30.0),
        ("s3", 3, "Mid", "B", 90.0, 500.0, 20.0),
        ("s4", 4, "Mid", "C", 20.0, nan, 90.0),
        ("s5", 5, "West", "D", 10.0, 0.0, nan),
    ],
    columns=["site_id", "rank", "region", "grade", "score", "firm_mw", "months_p50"],
)


def spatial(sites: pd.DataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(sites, geometry=[toy.at(1, 1)] * len(sites), crs=toy.CRS)


def ranked(sites: pd.DataFrame) -> pd.DataFrame:
    return rank_regions(spatial(sites), LAYERS).set_index("region")


def test_a_region_is_as_good_as_its_best_site() -> None:
    found = ranked(SITES)
    assert list(found.index) == ["Mid", "West", "East"]
    assert list(found["rank"]) == [1, 2, 3]
    assert list(found["best_site_id"])[:2] == ["s1", "s2"]
    assert list(found["grade"])[:2] == ["A", "A"]
    assert list(found["score"])[:2] == [80, 70]  # of the best site, not the highest: s3 has 90


def test_sites_are_counted_by_grade() -> None:
    found = ranked(SITES)
    assert found[["sites_a", "sites_b", "sites_c"]].to_numpy().tolist() == [
        [1, 1, 1],
        [1, 0, 0],  # s5 is a D
        [0, 0, 0],
    ]


def test_the_firmest_point_is_no_sum_and_the_wait_is_the_median() -> None:
    found = ranked(SITES)
    assert list(found["firm_mw"])[:2] == [500, 150]  # 200, 500 and unknown; 150 and 0
    assert list(found["months_p50"])[:2] == [40, 30]  # of 40, 20, 90; the other one is not known


def test_a_region_without_a_site_is_last_and_unknown() -> None:
    east = ranked(SITES).loc["East"]
    assert east[["grade", "score", "best_site_id", "firm_mw", "months_p50"]].isna().all()


def test_regions_without_sites_are_in_the_order_of_their_names() -> None:
    assert list(ranked(SITES[SITES["region"] == "Mid"]).index) == ["Mid", "East", "West"]


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rows_changes_nothing(seed: int) -> None:
    mixed = SITES.iloc[np.random.default_rng(seed).permutation(len(SITES))]
    pd.testing.assert_frame_equal(ranked(mixed), ranked(SITES))


def test_columns_and_geometry_are_those_of_the_house() -> None:
    found = rank_regions(spatial(SITES), LAYERS)
    assert list(found.columns) == [*COLUMNS, "geometry"]
    assert found.crs == toy.CRS
    middle = found.set_index("region").geometry["Mid"]
    assert middle.equals(toy.rectangle(10, 0, 10, 10))


def test_what_is_not_known_together_is_unknown() -> None:
    assert ranked(SITES)["joint_firm_mw"].isna().all()


def test_what_a_region_serves_together_stands_beside_its_firmest_point() -> None:
    joint_mw = pd.Series({"West": 150.0, "Mid": 620.0})
    found = rank_regions(spatial(SITES), LAYERS, joint_mw).set_index("region")
    assert found["joint_firm_mw"].to_dict() == pytest.approx(
        {"Mid": 620, "West": 150, "East": nan}, nan_ok=True
    )


ARMS = [(0, 1, 1.0, 100.0), (0, 1, 1.0, 100.0), (0, 2, 1.0, 100.0), (0, 2, 1.0, 100.0)]


@pytest.mark.parametrize(("plant_mw", "together_mw"), [(500, 200), (150, 150)])
def test_two_points_together_by_hand(plant_mw: float, together_mw: float) -> None:
    """Two arms are firm for 100 each; West has one twice, Mid both, and plant 0 feeds them."""
    study = Redispatch(network(3, ARMS), flows([0, 0, 0], [plant_mw, 0, 0]), 0.1)
    points = [("West", "b1"), ("West", "b1"), ("Mid", "b1"), ("Mid", "b2")]
    found = joint_firm_mw(pd.DataFrame(points, columns=["region", "poi_id"]), study)
    assert found.to_dict() == pytest.approx({"West": 100, "Mid": together_mw}, rel=0.01)


def test_the_linear_method_knows_nothing_together() -> None:
    assert joint_firm_mw(SITES.assign(poi_id="b1"), None) is None


def test_together_is_between_the_firmest_point_and_the_sum() -> None:
    answer = find_sites(toy.country(), Scenario(load_mw=50, cell_km=5, spacing_km=10))
    found = answer.regions.set_index("region")
    points = answer.sites.drop_duplicates(["region", "poi_id"]).groupby("region")["firm_mw"]
    assert (found["joint_firm_mw"] >= points.max() - 1e-2).all()
    assert (found["joint_firm_mw"] <= points.sum() + 1e-2).all()
