"""Climate of cells from rasters: mean temperature, and what is known beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.screening import screen
from geo.surroundings import annual_pue, free_cooling_share
from tests.geo import ground


def measured(**more: np.ndarray) -> dict[str, np.ndarray]:
    """Screen Toyland at a mean of 24 °C, with more rasters."""
    layers = ground.country()
    rasters = {"temperature": np.full(ground.SHAPE, 24.0), **more}
    made = {kind: ground.raster(kind, values) for kind, values in rasters.items()}
    surfaces = replace(layers.surfaces, rasters={**layers.surfaces.rasters, **made})
    place, grid = ground.of_toyland(replace(layers, surfaces=surfaces))
    return screen(place, grid).columns


def only(values: np.ndarray) -> float:
    """Return what all known cells have alike."""
    known = values[np.isfinite(values)]
    assert len(known)
    assert known.max() - known.min() == pytest.approx(0, abs=1e-6)
    return float(known[0])


def one(measure, mean_c: float, warmest_c: float, rh_pct: float) -> float:
    return float(measure(*(np.array([value]) for value in (mean_c, warmest_c, rh_pct)))[0])


@pytest.mark.parametrize(
    ("warmest_c", "rh_pct"), [(None, None), (34.0, None), (None, 95.0), (34.0, 95.0)]
)
def test_warmest_month_and_humidity_count_where_they_are_known(warmest_c, rh_pct) -> None:
    standards = ground.country().place.standards
    wanted = {"temperature_warmest": warmest_c, "humidity": rh_pct}
    told = {kind: np.full(ground.SHAPE, v) for kind, v in wanted.items() if v is not None}
    found = measured(**told)
    warmest = 24.0 + standards.season_swing_c if warmest_c is None else warmest_c
    humid = standards.humidity_pct if rh_pct is None else rh_pct
    assert only(found["pue"]) == pytest.approx(one(annual_pue, 24.0, warmest, humid))
    share = one(free_cooling_share, 24.0, warmest, humid)
    assert only(found["free_cooling_share"]) == pytest.approx(share, abs=1e-6)
    assert only(found["t_annual_c"]) == 24


def test_hotter_and_damper_air_cools_less() -> None:
    shape = ground.SHAPE
    mild = measured(humidity=np.full(shape, 40.0))
    damp = measured(humidity=np.full(shape, 95.0))
    assert only(damp["pue"]) > only(mild["pue"])
    assert only(damp["free_cooling_share"]) < only(mild["free_cooling_share"])


def test_where_the_humidity_is_not_known_the_pue_is_not_either() -> None:
    half = np.full(ground.SHAPE, 80.0)
    half[:, :120] = np.nan
    found = measured(humidity=half)["pue"]
    known = np.isfinite(measured()["pue"])
    west = np.arange(found.shape[1]) < found.shape[1] // 2
    assert not np.isfinite(found[:, west]).any()
    assert np.isfinite(found[:, ~west]).sum() == known[:, ~west].sum()
