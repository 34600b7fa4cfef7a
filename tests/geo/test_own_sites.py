"""Parcels of one's own on maps of square kilometres: `#` is land, `w` water, `p` a park on it."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point

from geo.candidates import COLUMNS, find_candidates, site_id
from geo.errors import LayerError, NoSiteError
from geo.kinds import Parcels
from geo.own_sites import own_candidates, with_own_columns
from geo.scenario import Scenario
from geo.siting import find_sites
from tests.geo import toy
from tests.geo.test_candidates import world

NEEDS_90_HA = Scenario(load_mw=180, ha_per_mw=0.5)
LAND = "#### #### ##wp"


def parcels(shapes, crs=toy.CRS, **columns: object) -> Parcels:
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)
    frame.index = np.arange(1, len(shapes) + 1)
    return Parcels(frame, toy.source("parcels"))


def square(x_km, y_km, side_km=1.0):
    return toy.rectangle(x_km, y_km, side_km, side_km)


def find(shapes, scenario=NEEDS_90_HA, layers=None, **columns: object):
    return own_candidates(parcels(shapes, **columns), layers or world(LAND), scenario)


def test_a_parcel_is_what_of_it_can_be_built_on() -> None:
    """Four squares of which the south-east one is water: 300 hectares are left."""
    found = find([square(1, 0, 2)], name=["Mine"])
    assert set(found.frame.columns) == {*COLUMNS, "barred_share", "geometry"}
    row = found.frame.iloc[0]
    assert (row["name"], row["kind"], row["region"]) == ("Mine", "greenfield", "All")
    assert row["area_ha"] == pytest.approx(300, rel=1e-3)
    assert row.geometry.equals(square(1, 0, 2).difference(square(2, 0)))
    words = "Of the area of these parcels is barred: Mine 25% (water 25%)."
    assert (found.dropped, found.notes) == ({}, (words,))


def test_what_fails_a_gate_is_dropped_and_named() -> None:
    shapes = [square(0, 0), square(2, 0), square(3, 0), square(0, 1, 0.5), square(9, 9)]
    found = find(shapes, name=["Good", "Lake", "Park", "Small", "Sea"])
    assert list(found.frame["name"]) == ["Good"]
    assert found.dropped == {
        "barred land: water": 1, "barred land: park": 1, "too little land": 1,
        "outside the regions": 1,
    }  # fmt: skip
    assert found.notes == (
        (
            "Of the 5 parcels given were dropped: Lake (barred land: water), "
            "Park (barred land: park), Small (too little land), Sea (outside the regions)."
        ),
    )


def test_a_closed_region_closes_its_parcels() -> None:
    layers = replace(world(LAND), policy=toy.policy([("ban", True, "")]))
    with pytest.raises(NoSiteError, match=r"every parcel is dropped: Good \(jurisdiction closed\)"):
        find([square(0, 0)], layers=layers, name=["Good"])


def test_a_point_is_a_place_whose_land_is_not_known() -> None:
    """It stands 100 m from the lake, which takes nothing from it; in the lake it is barred."""
    found = find([toy.at(1.9, 0.5), toy.at(2.1, 0.5)], name=["Shore", "Lake"])
    assert list(found.frame["name"]) == ["Shore"]
    assert np.isnan(found.frame["area_ha"].iloc[0])
    assert found.dropped == {"barred land: water": 1}


def test_ids_are_kept_or_made_from_the_ground() -> None:
    found = find([square(0, 0), square(1, 1)], site_id=["", "MY-7"]).frame
    made = site_id("TOY", "greenfield", square(0, 0))
    assert list(found["site_id"]) == [made, "MY-7"]
    assert made == site_id(world(LAND).place.country, "greenfield", square(0, 0))


def test_cells_handed_back_are_the_same_candidates() -> None:
    layers = world(LAND)
    asked = replace(NEEDS_90_HA, cell_km=1, reach_km=100)
    cells = find_candidates(layers, asked, np.array([[toy.at(0, 0).x, toy.at(0, 0).y]])).frame
    back = own_candidates(Parcels(cells, toy.source("parcels")), layers, asked).frame
    assert list(back["site_id"]) == list(cells["site_id"])
    assert list(back["name"]) == list(cells["name"])
    for name in ("x_m", "y_m", "area_ha"):
        assert back[name].tolist() == pytest.approx(cells[name].tolist(), abs=0.01)


def test_it_is_measured_from_where_it_was_unless_that_lies_outside_now() -> None:
    told = gpd.GeoSeries([toy.at(0.2, 0.2)] * 2, crs=toy.CRS).to_crs("EPSG:4326")
    shapes = [square(0, 0), square(1, 1)]
    found = find(shapes, lon=told.x.to_numpy(), lat=told.y.to_numpy()).frame
    where = [toy.at(0.2, 0.2), toy.at(1.5, 1.5)]
    assert found["x_m"].tolist() == pytest.approx([point.x for point in where], abs=0.01)
    assert found["y_m"].tolist() == pytest.approx([point.y for point in where], abs=0.01)


def test_a_known_campus_stays_what_it_is() -> None:
    layers = replace(world(LAND), campuses=toy.campuses([("Hall", 120.0, 1.5, 1.5)]))
    asked = replace(NEEDS_90_HA, cell_km=1, reach_km=100)
    known = find_candidates(layers, asked, np.array([[toy.at(0, 0).x, toy.at(0, 0).y]])).frame
    known = known[known["kind"] == "campus"]
    moved = known.assign(grid_mw=5.0).set_geometry([square(0, 0)])
    back = own_candidates(Parcels(moved, toy.source("parcels")), layers, asked).frame.iloc[0]
    assert (back["grid_mw"], back["kind"]) == (120, "campus")
    assert (back["x_m"], back["y_m"]) == pytest.approx((known["x_m"].iloc[0], known["y_m"].iloc[0]))
    new = find([square(0, 0)], kind=["campus"], grid_mw=[75.0], feed=["N+1"]).frame.iloc[0]
    assert (new["kind"], new["grid_mw"], new["feed"]) == ("campus", 75, "N+1")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"site_id": ["A", "A"]}, "'A' is used twice"),
        ({"kind": ["park", ""]}, "'park' is unknown; write one of campus, greenfield"),
        ({"grid_mw": ["many", 3]}, "'many' is not a number"),
    ],
)
def test_rows_that_break_their_promise_are_named(columns, words) -> None:
    with pytest.raises(LayerError, match=words):
        parcels([square(0, 0), square(1, 1)], **columns)


def test_none_gives_way_to_another_and_further_columns_go_along() -> None:
    country = toy.country()
    spots = [(3.0, 9.0), (3.2, 9.0), (3.4, 9.0)]
    mine = parcels(
        [toy.at(*spot) for spot in spots], owner=["Ada", "Bo", "Cy"], firm_mw=[1.0, 2.0, 3.0],
        name=["One", "Two", "Three"],
    )  # fmt: skip
    found = find_sites(replace(country, parcels=mine), Scenario(load_mw=50, spacing_km=20)).sites
    assert dict(zip(found["name"], found["owner"], strict=True)) == {
        "One": "Ada", "Two": "Bo", "Three": "Cy",
    }  # fmt: skip
    assert not set(found["firm_mw"]) & {1.0, 2.0, 3.0}  # what we work out is ours
    assert with_own_columns(found, country) is found


def test_a_parcel_that_no_connection_reaches_is_named() -> None:
    """A spot more than 6 km from every station has no connection within 5 km."""
    layers = toy.country()
    near = find_sites(layers, Scenario(load_mw=50)).sites
    here = near.loc[near["tie_km"].idxmin(), "geometry"].centroid
    spots = gpd.GeoSeries([here, *layers.regions.frame.sample_points(40, rng=1).explode()])
    buses = layers.substations.frame.geometry
    away = [spot for spot in spots if buses.distance(spot).min() > 6_000]
    mine = parcels([here, away[0]], name=["Near", "Far"])
    found = find_sites(replace(layers, parcels=mine), Scenario(load_mw=50, reach_km=5))
    assert found.sites["name"].tolist() == ["Near"]
    assert found.lost_parcels == ("No point of connection lies within 5 km of these parcels: Far.",)
    assert found.notes[0] == found.lost_parcels[0]
    nowhere = parcels([away[0]], name=["Far"])
    with pytest.raises(NoSiteError, match="no place has a point of connection within 5 km"):
        find_sites(replace(layers, parcels=nowhere), Scenario(load_mw=50, reach_km=5))


def test_a_point_far_away_is_a_fault() -> None:
    with pytest.raises(LayerError, match="outside the place's regions"):
        replace(toy.country(), parcels=parcels([Point(9e6, 9e6)]))
