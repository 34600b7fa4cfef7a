"""Length of lines in parcels and percentiles, by hand and against GEOS and scipy."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import percentileofscore
from shapely import LineString, MultiLineString, Point, Polygon, box

from geo.errors import ScenarioError
from geo.parcel_measures import (
    Wanted,
    distance_m,
    length_within_m,
    measured,
    percentiles,
)
from geo.surface import are_boxes


def shapes(*those: object) -> np.ndarray:
    out = np.empty(len(those), dtype=object)
    out[:] = those
    return out


TRIANGLE = Polygon([(0, 0), (10, 0), (0, 10)])


def test_a_line_through_three_parcels_by_hand() -> None:
    """Crosses two boxes and misses the third; the diagonal of the first adds 10·√2."""
    parcels = shapes(box(0, 0, 10, 10), box(10, 0, 30, 10), box(0, 20, 10, 30))
    lines = shapes(LineString([(-5, 5), (25, 5)]), LineString([(0, 0), (10, 10)]))
    assert length_within_m(parcels, lines) == pytest.approx([10 + 200**0.5, 15, 0])


def test_other_shapes_and_collections() -> None:
    """At y = 5 the triangle is 5 wide; of the two parts one lies outside; a ring is a line."""
    lines = shapes(MultiLineString([[(-5, 5), (20, 5)], [(50, 50), (60, 60)]]))
    assert length_within_m(shapes(TRIANGLE), lines) == pytest.approx([5])
    ring = shapes(box(1, 1, 3, 3))
    both = shapes(TRIANGLE, box(0, 0, 10, 10))
    assert length_within_m(both, ring) == pytest.approx([8, 8])


def test_what_touches_nothing_has_nothing() -> None:
    parcels = shapes(box(0, 0, 1, 1), TRIANGLE, Point(0, 0))
    assert length_within_m(parcels, shapes()).tolist() == pytest.approx([0, 0, np.nan], nan_ok=True)
    assert length_within_m(parcels[:0], shapes(LineString([(0, 0), (1, 1)]))).tolist() == []


def test_only_boxes_along_the_axes_are_boxes() -> None:
    turned = Polygon([(0, 1), (1, 0), (2, 1), (1, 2)])
    five = Polygon([(0, 0), (2, 0), (2, 2), (1, 1)])
    drilled = box(0, 0, 9, 9) - box(1, 1, 2, 2)
    backwards = Polygon([(0, 0), (0, 1), (1, 1), (1, 0)])
    endless, flat = box(0, 0, np.inf, 1), Polygon([(0, 0), (1, 0), (1, 0), (0, 0)])
    given_ = shapes(
        box(0, 0, 1, 2), turned, five, drilled, backwards, TRIANGLE, None, endless, flat
    )
    assert np.flatnonzero(are_boxes(given_)).tolist() == [0, 4]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.booleans())
def test_length_is_that_of_intersections(seed: int, scattered: bool) -> None:  # noqa: FBT001 -- drawn
    """Overlapping boxes of any size, lines far longer than they are, and beyond all of them."""
    random = np.random.default_rng(seed)
    corner = random.uniform(0, 1000 if scattered else 30, (25, 2))
    parcels = shapely.box(*corner.T, *(corner + random.uniform(0.1, 20, (25, 2))).T)
    lines = shapely.linestrings(random.uniform(-20, 60, (15, 4, 2)).round(1))
    pairs = shapely.intersection(parcels[:, None], lines[None])
    assert length_within_m(parcels, lines) == pytest.approx(shapely.length(pairs).sum(axis=1))


def test_percentiles_by_hand() -> None:
    """Of 1, 2, 2, 5: below 2 lies one, of its two equals one counts, so two of four."""
    found = percentiles(np.array([2.0, 1.0, np.nan, 2.0, 5.0]))
    assert found.tolist() == pytest.approx([0.5, 0.125, np.nan, 0.5, 0.875], nan_ok=True)
    assert np.isnan(percentiles(np.array([np.nan]))).all()


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30))
def test_percentiles_are_those_of_scipy(values: list[int]) -> None:
    array = np.array(values, float)
    theirs = percentileofscore(array, array, kind="mean") / 100
    assert percentiles(array) == pytest.approx(theirs)


def test_distance_is_from_a_point_within() -> None:
    """The middle of the box is 5 from the line; that of the U lies in its gap, so it is not used.

    The lake holds the middle of the last, which is 0 away, and without a parcel all is unknown.
    """
    bent = box(100, 0, 130, 30) - box(110, 10, 120, 30)
    line, lake = LineString([(0, 10), (10, 10)]), box(200, 0, 300, 100)
    parcels = shapes(box(0, 0, 10, 10), bent, box(240, 40, 250, 50), None)
    found = distance_m(parcels, shapes(line, lake))
    assert found[[0, 2]].tolist() == [5, 0]
    spot = bent.point_on_surface()
    assert found[1] == pytest.approx(min(spot.distance(line), spot.distance(lake)))
    assert np.isnan(found[3])
    assert np.isnan(distance_m(parcels, shapes())).all()


def own_list() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"price": [30.0, 10.0], "note": ["a", "b"]},
        geometry=[box(0, 0, 2000, 2000), box(2000, 0, 4000, 2000)],
        crs="EPSG:25833",
    )


def test_measured_columns_have_units_and_percentiles_of_them() -> None:
    road = gpd.GeoSeries([LineString([(1000, 1000), (5000, 1000)])], crs="EPSG:25833")
    wanted = Wanted({"road": road}, {"road": road}, {}, ("price", "road_length_km"))
    found = measured(own_list(), wanted)
    assert found["road_length_km"].tolist() == [1, 2]
    assert found["road_distance_km"].tolist() == [0, 0]
    assert found["price_percentile"].tolist() == [0.75, 0.25]
    assert found["road_length_km_percentile"].tolist() == [0.25, 0.75]
    assert found["note"].tolist() == ["a", "b"]


@pytest.mark.parametrize("column", ["note", "weather"])
def test_percentiles_need_a_column_of_numbers(column) -> None:
    with pytest.raises(ScenarioError, match=f"no column '{column}' of numbers; there are price"):
        measured(own_list(), Wanted(percentiles=(column,)))


def test_a_column_of_the_list_is_not_written_over() -> None:
    rows = own_list().rename(columns={"price": "road_length_km"})
    with pytest.raises(ScenarioError, match="has a column 'road_length_km' already"):
        measured(rows, Wanted({"road": rows.geometry}))
