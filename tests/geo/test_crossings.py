"""Terrain under straight tie-lines, held against GEOS."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box

from geo.crossings import Crossed, crossings_of, terrain_factor
from geo.scenario import Scenario
from geo.tie_lines import TieLines
from geo.tiles import Tiling
from tests.geo import ground, toy

LAKE = box(1000, -500, 3000, 500)


def share(shape, start, end) -> float:
    found = Crossed.of("water", 10.0, shape).share(np.array([start], float), np.array([end], float))
    return float(found[0])


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((0, 0), (4000, 0), 0.5),
        ((4000, 0), (0, 0), 0.5),
        ((0, 0), (2000, 0), 0.5),  # ends in the lake
        ((2000, 0), (4000, 0), 0.5),  # begins in it
        ((1500, 0), (2500, 100), 1.0),
        ((0, 600), (4000, 600), 0.0),
        ((2000, -1000), (2000, 1000), 0.5),
        ((0, -1500), (4000, 2500), 0.25),  # by corners of no square
        ((9000, 9000), (9500, 9100), 0.0),
        ((2000, 0), (2000, 0), 1.0),  # a line of no length in it
        ((0, 0), (0, 0), 0.0),
    ],
)
def test_the_share_of_a_line_over_a_lake(start, end, expected) -> None:
    assert share(LAKE, start, end) == pytest.approx(expected)


def test_an_island_is_no_lake_and_a_lake_on_it_is() -> None:
    """Of 2 km of lake an island takes 1, and a pond on it gives back 0.2."""
    lake = shapely.union(LAKE - box(1500, -200, 2500, 200), box(1900, -50, 2100, 50))
    assert share(lake, (0, 0), (4000, 0)) == pytest.approx((2000 - 1000 + 200) / 4000)


def test_a_line_through_corners_goes_in_and_comes_out_once() -> None:
    diamond = Polygon([(0, -1000), (1000, 0), (0, 1000), (-1000, 0)])
    assert share(diamond, (-2000, 0), (2000, 0)) == pytest.approx(0.5)
    assert share(diamond, (0, -2000), (0, 2000)) == pytest.approx(0.5)
    assert share(diamond, (-2000, -1000), (2000, -1000)) == pytest.approx(0.0)  # touches one


coordinate = st.integers(-40, 40).map(lambda at: at * 100.0)
spot = st.tuples(coordinate, coordinate)


@given(
    st.lists(st.tuples(spot, st.integers(1, 15)), min_size=1, max_size=6),
    st.lists(spot, min_size=2, max_size=12),
)
def test_shares_are_those_of_geos(lakes, spots) -> None:
    """Round and square lakes, some with an island, under lines between points of a lattice."""
    shapes = [Point(at).buffer(100.0 * size, quad_segs=3) for at, size in lakes]
    shapes += [box(x, y, x + 300, y + 700) for (x, y), _ in lakes]
    every = shapely.union_all(shapes) - Point(lakes[0][0]).buffer(60)
    start, end = np.array(spots[:-1]), np.array(spots[1:])
    found = Crossed.of("water", 10.0, every).share(start, end)
    for one, two, here in zip(start, end, found, strict=True):
        line = LineString([one, two])
        if line.length:
            inside = line.intersection(every).length
            along = line.intersection(every.boundary).length  # on the shore it may count or not
            assert inside - along - 1e-6 <= here * line.length <= inside + 1e-6


def test_where_kinds_of_ground_overlap_the_dearer_counts() -> None:
    """Wetland of 1.8 over 10 km with water of 10 in its middle 5: 1 + 0.25 × 9 + 0.25 × 0.8."""
    x, y = toy.at(30, 20).coords[0]
    shapes = [box(x, y - 900, x + 10_000, y + 900), box(x + 2500, y - 900, x + 7500, y + 900)]
    layers = replace(
        ground.country(), barred=toy.barred(zip(["wetland", "water"], shapes, strict=True))
    )
    crossings = crossings_of(layers)
    assert [(one.terrain, one.price) for one in crossings] == [("water", 10.0), ("wetland", 1.8)]
    found = terrain_factor(crossings, np.array([[x - 5000, y]]), np.array([[x + 15_000, y]]))
    assert found == pytest.approx([1 + 0.25 * 9 + 0.25 * 0.8])


def test_a_straight_line_pays_for_the_lake_under_it_and_its_share_is_drawn() -> None:
    """10 km with 2.5 of lake: 1 + 0.25 × 9 = 3.25, of which the lake is 2.5."""
    here, there = toy.at(10, 20), toy.at(20, 20)
    lake = box(here.x + 5000, here.y - 800, here.x + 7500, here.y + 800)
    layers = replace(toy.country(), barred=toy.barred([("water", lake)]))
    points = pd.DataFrame({"x_m": [there.x], "y_m": [there.y]}, index=pd.Index([7], name="bus_id"))
    ties = TieLines(layers, Scenario(reach_km=30), points, Tiling())
    links = ties.connect(pd.DataFrame({"x_m": [here.x], "y_m": [here.y]}))
    assert links["tie_km"].tolist() == pytest.approx([13.0])
    assert links["terrain_factor"].tolist() == pytest.approx([3.25])
    best = pd.DataFrame(
        {
            "site_id": ["S"], "poi_id": [7], "x_m": [here.x], "y_m": [here.y], "tie_km": [13.0],
            "line_usd": [1.3e7], "terrain_factor": [3.25],
        }
    )  # fmt: skip
    feed = ties.draw(best).iloc[0]
    assert feed["km_water"] == pytest.approx(0.25 * 13)
    assert feed["usd_water"] == pytest.approx(1.3e7 * 2.5 / 3.25)
    (line,) = ties.draw(best).geometry
    assert line.length == pytest.approx(10_000)


def test_without_barred_ground_nothing_costs_more() -> None:
    assert crossings_of(toy.country()) == ()
    dry = replace(toy.country(), barred=toy.barred([("park", toy.rectangle(2, 2, 6, 5))]))
    assert crossings_of(dry) == ()
