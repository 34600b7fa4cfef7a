"""Parcels on the ground of Toyland: what bars grown sites bars parcels too."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import box

from geo.candidates import with_ground
from geo.errors import NoSiteError
from geo.kinds import Parcels
from geo.own_sites import own_candidates
from geo.parcel_ground import barred_under, slopes_under
from geo.screening import barred_by_rasters, relief
from geo.siting import find_sites
from geo.surface import CoverClass, Surfaces
from tests.geo import ground, toy

ROWS, COLUMNS = ground.SHAPE
HALF = (COLUMNS * 250) // 2
"""Metres from the west at which the east begins."""


def spot(west_m: float, south_m: float, width_m: float, height_m: float):
    x, y = toy.EAST_M + west_m, toy.NORTH_M + south_m
    return box(x, y, x + width_m, y + height_m)


def country(setback_m: float = 0.0, **rasters: np.ndarray):
    """Return Toyland with rasters of one's own, forest barred."""
    classes = {0: CoverClass("open"), 1: CoverClass("forest", "forest", setback_m)}
    made = {kind: ground.raster(kind, values) for kind, values in rasters.items()}
    layers = ground.country()
    return replace(layers, barred=None, settlements=None, surfaces=Surfaces(made, classes, 250.0))


def wooded() -> np.ndarray:
    """Forest in the east."""
    return np.where(np.arange(COLUMNS) * 250 >= HALF, 1.0, 0.0) * np.ones((ROWS, 1))


def ramp(percent: float) -> np.ndarray:
    """Ground that rises eastwards."""
    return np.arange(COLUMNS) * 250.0 * percent / 100 * np.ones((ROWS, 1))


def given(*shapes: shapely.Geometry) -> Parcels:
    frame = gpd.GeoDataFrame(
        {"name": [f"P{at}" for at in range(len(shapes))]}, geometry=list(shapes),
        crs=toy.CRS,
    )  # fmt: skip
    return Parcels(frame, toy.source("parcels"))


def test_forest_is_taken_out_and_told() -> None:
    """2 km by 1 km, half of it in the forest: 100 of 200 hectares, where 25 are needed."""
    layers = country(land_cover=wooded())
    shape = spot(HALF - 1000, 9000, 2000, 1000)
    found = own_candidates(given(shape), layers, ground.ASKED)
    row = found.frame.iloc[0]
    assert row["area_ha"] == pytest.approx(100, rel=1e-3)
    assert row["barred_share"] == pytest.approx(0.5)
    assert found.notes == ("Of the area of these parcels is barred: P0 50% (forest 50%).",)


def test_a_parcel_in_the_forest_is_dropped_for_it() -> None:
    layers = country(land_cover=wooded())
    inside = spot(HALF + 1000, 9000, 1000, 1000)
    found = own_candidates(given(spot(5000, 9000, 1000, 1000), inside), layers, ground.ASKED)
    assert found.frame["name"].tolist() == ["P0"]
    assert found.dropped == {"barred land: forest": 1}
    assert found.notes == ("Of the 2 parcels given were dropped: P1 (barred land: forest).",)


def test_too_steep_is_barred_and_what_is_not_keeps_its_slope() -> None:
    shape = given(spot(9000, 9000, 1000, 1000))
    with pytest.raises(NoSiteError, match=r"P0 \(barred land: too steep\)"):
        own_candidates(shape, country(elevation=ramp(60.0)), ground.ASKED)
    gentle = country(elevation=ramp(4.0))
    found = own_candidates(shape, gentle, ground.ASKED)
    row = with_ground(found, gentle, ground.ASKED).frame.iloc[0]
    assert row["barred_share"] == 0
    assert row["slope_pct"] == pytest.approx(4.0, abs=0.01)
    assert row["slope_coverage"] == 1


def test_an_unknown_slope_is_unknown_and_bars_nothing() -> None:
    height = ramp(60.0)
    height[:, :120] = np.nan
    layers = country(elevation=height)
    place, _ = ground.of_toyland(layers)
    shapes = np.array([spot(9000, 9000, 1000, 1000)], dtype=object)
    assert slopes_under(place, shapes).iloc[0].tolist() == pytest.approx([np.nan, 0.0], nan_ok=True)
    assert own_candidates(given(shapes[0]), layers, ground.ASKED).frame["barred_share"].item() == 0


def test_a_point_in_the_forest_is_barred_and_beside_it_not() -> None:
    layers = country(land_cover=wooded())
    points = [spot(HALF + off, 9000, 0, 0).centroid for off in (-120, 120)]
    found = own_candidates(given(*points), layers, ground.ASKED)
    assert found.frame["name"].tolist() == ["P0"]
    assert found.frame["barred_share"].isna().all()


@pytest.mark.parametrize("setback_m", [120.0, 400.0, 575.0])
def test_no_free_piece_lies_within_the_setback_of_a_barred_one(setback_m) -> None:
    """Against the true distance between squares; nor is any barred that lies beyond it."""
    random = np.random.default_rng(3)
    cover = (random.random(ground.SHAPE) > 0.995).astype(float)
    here, grid = ground.of_toyland(country(setback_m, land_cover=cover))
    bare, _ = ground.of_toyland(country(land_cover=cover))
    tile = next(iter(grid.tiles(24)))
    barred, wood = (
        barred_by_rasters(one, window, relief(one, window))["forest"]
        for one, window in ((here, tile), (bare, tile.wider(3)))
    )
    fine = tile.wider(3).finer(here.parts)
    boxes = [
        box(fine.x_m[j] - 25, fine.y_m[i] - 25, fine.x_m[j] + 25, fine.y_m[i] + 25)
        for i, j in np.argwhere(wood)
    ]
    inner = tile.finer(here.parts)
    x, y = np.meshgrid(inner.x_m, inner.y_m)
    every = shapely.box(x - 25, y - 25, x + 25, y + 25)
    away_m = np.min([shapely.distance(every, one) for one in boxes], axis=0)
    assert boxes
    assert (barred == (away_m < setback_m - 1e-6)).all()


def test_a_parcel_over_several_tiles_is_barred_as_in_one(monkeypatch) -> None:
    place, _ = ground.of_toyland()
    shapes = np.array([spot(7000, 7000, 21_000, 9_000)], dtype=object)
    whole, slope = barred_under(place, shapes), slopes_under(place, shapes)
    monkeypatch.setattr("geo.parcel_ground.TILE_CELLS", 17)
    again = barred_under(place, shapes)
    assert set(whole) == set(again)
    for reason, shape in whole.items():
        assert shape[0].symmetric_difference(again[reason][0]).area < 1.0
    assert slopes_under(place, shapes).to_numpy() == pytest.approx(slope.to_numpy(), nan_ok=True)


def test_the_answer_carries_what_bars_a_parcel() -> None:
    layers = country(land_cover=wooded(), elevation=ramp(4.0))
    mine = given(spot(HALF - 1500, 9000, 2000, 1000))
    sites = find_sites(replace(layers, parcels=mine), replace(ground.ASKED, reach_km=60)).sites
    told = sites[["area_ha", "barred_share", "slope_pct"]].iloc[0].tolist()
    assert told == pytest.approx([150, 0.25, 4.0], rel=1e-3)
