"""Sites on made-up ground: large enough, of one piece, off what is barred, whatever the tiles."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import distance_transform_edt

from geo import kinds
from geo.growth import _grow, grown_arrays, grown_of, needed_pieces, sites_in
from geo.land_sites import grown_sites, outline
from geo.screening import CROWDED, STEEP, WATER, cells_arrays, cells_of, screen
from geo.surface import Surfaces
from geo.tiles import Tiling
from tests.geo import ground, toy

FREE = """
........
.######.
.######.
.##.###.
.######.
......#.
......##
"""


def picture(text: str) -> np.ndarray:
    return np.array([[letter == "#" for letter in row] for row in text.split()])


def grow(free: np.ndarray, needed: int, reach: int = 20) -> np.ndarray:
    room = np.rint(distance_transform_edt(np.pad(free, 1))[1:-1, 1:-1] ** 2).astype(np.int64)
    flat = np.zeros(free.shape, np.float32)
    return _grow((free, flat, room), (0, 0), len(free), (needed, reach), 8)


def test_a_site_begins_where_the_ground_is_widest_and_stays_compact() -> None:
    """Of 26 free pieces the nine around the widest, two steps from the gap's side."""
    free = np.pad(picture(FREE), ((0, 1), (0, 0)))
    found = grow(free, 9)
    assert len(found) == 9
    assert all(free[tuple(piece)] for piece in found)
    assert np.ptp(found, axis=0).max() <= 4


def test_a_speck_is_no_site() -> None:
    free = np.pad(picture(FREE), ((0, 1), (0, 0)))
    assert len(grow(free, int(free.sum()))) == free.sum()
    assert len(grow(free, int(free.sum()) + 1)) == 0


def test_a_site_looks_no_farther_than_it_may() -> None:
    strip = np.zeros((20, 20), bool)
    strip[10] = True
    assert len(grow(strip, 9, reach=4)) == 9
    assert len(grow(strip, 10, reach=4)) == 0


@pytest.fixture(scope="module")
def toyland():
    return ground.of_toyland()


@pytest.fixture(scope="module")
def sites(toyland):
    return grown_sites(*toyland, Tiling())


def test_sites_are_large_enough_and_off_what_is_barred(sites) -> None:
    frame, dropped = sites
    assert len(frame) > 20
    assert {"barred land: park", "barred land: lake"} & set(dropped)
    assert (frame.area >= 25e4).all()
    assert (frame.geom_type == "Polygon").all()
    park = toy.rectangle(2, 2, 6, 5)
    assert frame.distance(park).min() > 0
    lake = toy.at(150.5 * 0.25, 40 - 70.5 * 0.25).buffer(19 * 250)
    assert frame.distance(lake).min() >= 400 - 250
    tree = shapely.STRtree(frame.geometry.to_numpy())
    pairs = tree.query(frame.geometry.buffer(-1).to_numpy(), predicate="intersects")
    assert (pairs[0] == pairs[1]).all()


def test_an_unknown_slope_is_unknown_and_no_gain(sites) -> None:
    """East of 50 km nothing is known of the elevation."""
    frame, _ = sites
    east = frame[frame.bounds["minx"] > toy.EAST_M + 50_500]
    assert len(east) > 0
    assert east["slope_pct"].isna().all()
    assert (east["slope_coverage"] == 0).all()
    west = frame[frame.bounds["maxx"] < toy.EAST_M + 49_000]
    assert west["slope_pct"].notna().all()


@settings(max_examples=6)
@given(st.integers(17, 130))
def test_no_tiling_changes_a_site(cells) -> None:
    place = ground.of_toyland()
    one, lost = grown_sites(*place, Tiling())
    other, lost_too = grown_sites(*place, Tiling(tile_cells=cells))
    assert lost == lost_too
    assert one.geometry.to_wkb().tolist() == other.geometry.to_wkb().tolist()
    assert np.array_equal(one["slope_pct"], other["slope_pct"], equal_nan=True)


def test_a_load_that_needs_more_than_a_block_still_has_sites() -> None:
    """2,000 MW need 500 ha, a block of 1 km has 100."""
    asked = replace(ground.ASKED, load_mw=2000, cell_km=1)
    frame, _ = grown_sites(*ground.of_toyland(asked=asked), Tiling())
    assert len(frame) > 0
    assert (frame.area >= 500e4).all()


def test_results_come_back_from_arrays(toyland) -> None:
    place, grid = toyland
    tile = next(iter(grid.tiles(80)))
    one, back = sites_in(place, tile), grown_of(grown_arrays(sites_in(place, tile)))
    assert [part.tolist() for part in one.pieces] == [part.tolist() for part in back.pieces]
    assert one.dropped == back.dropped
    cells = screen(place, tile)
    again = cells_of(cells_arrays(cells), place, tile)
    assert set(again.columns) == set(cells.columns)
    assert (again.barred == cells.barred).all()


def test_cells_say_what_bars_them_and_what_is_known(toyland) -> None:
    place, grid = toyland
    cells = screen(place, grid)
    row, column = grid.cells_of(
        *np.array([[x, y] for x, y in (_at(5, 4), _at(37.6, 22.4), _at(54, 20), _at(22.0, 10))]).T
    )
    why = [cells.why(*at) for at in zip(row, column, strict=True)]
    assert why[0] == ["park"]
    assert why[1] == ["lake"]
    assert CROWDED in why[2]
    assert STEEP in why[3]
    assert all(WATER not in reasons for reasons in why)
    price = cells.columns["land_price_usd_per_ha"]
    known = price[np.isfinite(price)]
    assert known.min() >= 1000
    assert known.max() <= 1000 + 100 * 240
    slope = cells.columns["slope_pct"]
    assert np.isnan(slope[:, 205:239]).all()
    assert (np.nan_to_num(cells.coverage["slope_pct"][:, 205:239]) == 0).all()


def test_no_tiling_changes_a_cell() -> None:
    """Over the border of the land as well, across which a park reaches."""
    barred = toy.barred([("park", toy.rectangle(-9, 4, 12, 5))])
    place, grid = ground.of_toyland(replace(ground.country(), barred=barred))
    grid = grid.wider(80)
    whole = screen(place, grid)
    parts = [screen(place, tile) for tile in grid.tiles(73)]
    assert {bool(part.columns) for part in parts} == {False, True}
    for tile, part in zip(grid.tiles(73), parts, strict=True):
        top, left = tile.row - grid.row, tile.column - grid.column
        here = (slice(top, top + tile.rows), slice(left, left + tile.columns))
        assert np.array_equal(part.barred, whole.barred[here])
        assert np.array_equal(part.buildable, whole.buildable[here])
        for name, values in part.columns.items():
            assert np.array_equal(values, whole.columns[name][here], equal_nan=True), name


def test_where_no_land_is_nothing_else_bars() -> None:
    barred = toy.barred([("park", toy.rectangle(-9, 4, 12, 5))])
    place, grid = ground.of_toyland(replace(ground.country(), barred=barred))
    grid = grid.wider(20)
    cells = screen(place, grid)
    rows, columns = grid.cells_of(*np.array([_at(-1.1, 6.1), _at(1.1, 6.1), _at(-1.1, 2.1)]).T)
    why = [cells.why(*at) for at in zip(rows, columns, strict=True)]
    assert why == [[WATER], ["park"], [WATER]]


def test_without_any_raster_shapes_alone_bar(toyland) -> None:
    layers = replace(ground.country(), surfaces=Surfaces({}, cell_m=500))
    place, grid = ground.of_toyland(layers)
    frame, _ = grown_sites(place, grid, Tiling())
    assert len(frame) > 20
    assert frame["slope_pct"].isna().all()
    assert needed_pieces(place) == needed_pieces(toyland[0])


def test_pieces_become_a_polygon_of_their_area() -> None:
    pieces = np.array([[0, 0], [0, 1], [1, 1], [2, 1]], np.int32)
    shape = outline(pieces, 50.0)
    assert shape.geom_type == "Polygon"
    assert shape.area == 4 * 2500
    assert shape.bounds == (0, -150, 100, 0)


def _at(x_km: float, y_km: float) -> tuple[float, float]:
    point = toy.at(x_km, y_km)
    return point.x, point.y


def test_prices_come_from_areas_and_around_points() -> None:
    """Inside an area its price; 3 km from one point and 6 km from another, (2·900 + 1·300)/3."""
    areas = [toy.rectangle(40, 5, 5, 5), toy.at(4, 30), toy.at(13, 30)]
    frame = gpd.GeoDataFrame(
        {"land_price_usd_per_ha": [5000.0, 900.0, 300.0]}, geometry=areas, crs=toy.CRS
    )
    values = kinds.LandValues(frame, toy.source("land_values"))
    layers = replace(ground.country(), land_values=values)
    rasters = {
        name: raster for name, raster in layers.surfaces.rasters.items() if name != "land_price"
    }
    layers = replace(layers, surfaces=replace(layers.surfaces, rasters=rasters))
    place, grid = ground.of_toyland(layers)
    price = screen(place, grid).columns["land_price_usd_per_ha"]
    (row, *_), (column, *_) = grid.cells_of(*np.array([_at(42, 7)]).T)
    assert price[row, column] == 5000
    (row, *_), (column, *_) = grid.cells_of(*np.array([_at(7.01, 30.01)]).T)
    assert price[row, column] == pytest.approx(700, rel=0.05)


def test_a_layer_of_barred_ground_may_ask_for_a_setback() -> None:
    frame = ground.country().barred.frame.assign(setback_m=2000.0)
    layers = replace(ground.country(), barred=kinds.Barred(frame, toy.source("barred")))
    sites, _ = grown_sites(*ground.of_toyland(layers), Tiling())
    assert sites.distance(toy.rectangle(2, 2, 6, 5)).min() >= 2000
