from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.candidates import area_ha, find_candidates, site_id, subdivide
from geo.errors import NoSiteError
from geo.scenario import Scenario
from tests.geo import toy

MIDDLE = np.array([[toy.EAST_M + 5_000, toy.NORTH_M + 5_000]])
TEN_BY_TEN = Scenario(load_mw=100, cell_km=5, ha_per_mw=1.0, reach_km=20)


def land(**layers):  # noqa: ANN003 -- layers by the name of their field
    """Four cells of 5 km, 2,500 ha each, of which a campus needs 100 ha."""
    stations = [("A", "132", 0, 0), ("B", "132", 9, 0)]
    country = toy.grid_of(stations, [("AB", "A", "B", 132)])
    square = toy.regions([("Square", 0, 0, 10, 10)])
    return dataclasses.replace(country, **({"regions": square} | layers))


def look(layers, scenario=TEN_BY_TEN, where=MIDDLE):
    return find_candidates(layers, scenario, where)


def test_open_land_is_all_cells() -> None:
    found = look(land())
    assert len(found.frame) == 4
    assert found.dropped == {}
    assert found.frame["area_ha"].to_numpy() == pytest.approx([2500] * 4, rel=1e-3)
    assert set(found.frame["region"]) == {"Square"}
    assert set(found.frame["kind"]) == {"greenfield"}


def test_water_over_a_whole_cell_drops_it() -> None:
    lake = toy.barred([("water", toy.rectangle(0, 0, 5, 5))])
    found = look(land(barred=lake))
    assert len(found.frame) == 3
    assert found.dropped == {"barred land: water": 1}


def test_water_over_part_of_a_cell_leaves_the_largest_piece() -> None:
    """A river 1 km wide and 1 km from the edge leaves 3 km by 5 km: 1,500 ha."""
    river = toy.barred([("water", toy.rectangle(1, 0, 1, 5))])
    found = look(land(barred=river))
    assert min(found.frame["area_ha"]) == pytest.approx(1500, rel=1e-3)
    assert shapely.area(found.frame.geometry.to_numpy()).min() == pytest.approx(15e6)


def test_a_town_bars_a_circle_sized_by_its_people() -> None:
    """250,000 people at 2,500 a km² are 100 km², a circle of 5.6 km around the corner of a cell."""
    town = toy.settlements([("Big", 250_000, 2.5, 2.5)])
    found = look(land(settlements=town))
    assert found.dropped == {"barred land: town": 1}
    assert len(found.frame) == 3


def test_a_small_place_bars_nothing() -> None:
    found = look(land(settlements=toy.settlements([("Farm", 1999, 2.5, 2.5)])))
    assert len(found.frame) == 4


def test_too_little_land_is_its_own_reason() -> None:
    """An islet of 50 ha alone in its cell."""
    islet = toy.regions([("Square", 0, 0, 10, 10), ("Islet", 12, 2, 1, 0.5)])
    found = look(dataclasses.replace(land(), regions=islet))
    assert found.dropped == {"too little land": 1}


def test_cells_out_of_reach_are_counted() -> None:
    """Of the middles, only those of the four cells at the corner lie within 8 km of (5, 5)."""
    wide = dataclasses.replace(land(), regions=toy.regions([("Wide", 0, 0, 20, 10)]))
    found = look(wide, dataclasses.replace(TEN_BY_TEN, reach_km=5))
    assert len(found.frame) == 4
    assert found.dropped == {"no point of connection in reach": 4}


def test_a_closed_region_keeps_its_reason() -> None:
    halves = toy.regions([("West", 0, 0, 5, 10), ("East", 5, 0, 5, 10)])
    shut = toy.policy([("ban", True, "West"), ("tax", False, "East")])
    found = look(land(policy=shut, regions=halves))
    assert set(found.frame["region"]) == {"East"}
    assert found.dropped == {"jurisdiction closed": 2}


def test_a_closed_country_has_no_site() -> None:
    with pytest.raises(NoSiteError, match="jurisdiction closed: 4"):
        look(land(policy=toy.policy([("ban", True, "")])))


def test_a_campus_is_a_candidate_whose_area_is_unknown() -> None:
    found = look(land(campuses=toy.campuses([("Mine", 60, 3, 3)]))).frame
    mine = found[found["kind"] == "campus"].iloc[0]
    assert (mine["name"], mine["grid_mw"]) == ("Mine", 60)
    assert np.isnan(mine["area_ha"])


def test_a_site_is_named_by_the_nearest_settlement() -> None:
    """The middle of the north-east cell is 5 km east and 5 km north of the village."""
    found = look(land(settlements=toy.settlements([("Village", 100, 2.5, 2.5)]))).frame
    assert set(found["name"]) == {"Village", "Village 5 km N", "Village 5 km E", "Village 7 km NE"}


def test_its_point_lies_on_the_ground_that_is_left() -> None:
    lake = toy.barred([("water", toy.rectangle(2, 2, 2, 2))])
    for row in look(land(barred=lake)).frame.itertuples():
        assert shapely.intersects_xy(row.geometry.buffer(1), row.x_m, row.y_m)


def test_a_site_keeps_its_id_whatever_else_there_is() -> None:
    alone = set(look(land()).frame["site_id"])
    wide = dataclasses.replace(land(), regions=toy.regions([("Wide", 0, 0, 15, 10)]))
    among = set(look(wide).frame["site_id"])
    assert alone < among


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=2, unique=True))
def test_different_ground_has_different_ids(corners) -> None:
    boxes = [shapely.box(x * 100, y * 100, x * 100 + 100, y * 100 + 100) for x, y in corners]
    assert len({site_id("TOY", "greenfield", box) for box in boxes}) == len(corners)


def test_an_id_tells_country_and_kind_and_is_stable() -> None:
    ground = shapely.box(0, 0, 1000, 1000)
    first = site_id("TOY", "greenfield", ground)
    assert first.startswith("TOY-G-")
    assert first == site_id("TOY", "greenfield", shapely.box(1000, 1000, 0, 0))
    assert first != site_id("TOY", "campus", ground)


@pytest.mark.parametrize(("x_km", "y_km"), [(0, 0), (-400, 300), (450, 900)])
def test_areas_are_those_of_the_ellipsoid(x_km: float, y_km: float) -> None:
    """Within a thousandth of the geodesic area, 400 km off the central meridian too."""
    square = gpd.GeoSeries([toy.rectangle(x_km, y_km, 5, 5)], crs=toy.CRS)
    lonlat = square.segmentize(100).to_crs("EPSG:4326").iloc[0]
    geodesic_ha = abs(Geod(ellps="GRS80").geometry_area_perimeter(lonlat)[0]) / 10_000
    assert area_ha(square)[0] == pytest.approx(geodesic_ha, rel=1e-3)


@given(st.integers(3, 400), st.integers(0, 1000))
def test_subdividing_keeps_the_area_and_no_more(corners: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    angle = np.sort(random.uniform(0, 2 * np.pi, corners))
    radius = random.uniform(100, 1000, corners)
    star = shapely.Polygon(np.c_[radius * np.cos(angle), radius * np.sin(angle)]).buffer(0)
    pieces = subdivide(star, 50)
    assert sum(piece.area for piece in pieces) == pytest.approx(star.area, rel=1e-6, abs=1e-6)
    assert all(shapely.get_num_coordinates(piece) <= 50 for piece in pieces)
