"""Toyland with a ground: a plain with a ridge, forest, a lake, prices and people, all made up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geo.ground import ground_of
from geo.scenario import Scenario
from geo.surface import CoverClass, Surfaces
from tests.geo import toy
from tests.geo.rasters import Made

if TYPE_CHECKING:
    from geo.ground import Ground
    from geo.kinds import Layers
    from geo.surface import Grid

PIXEL_M = 250.0
SHAPE = (160, 240)
"""Rows and columns of pixels over Toyland's 40 by 60 km."""
CLASSES = {
    0: CoverClass("open"),
    1: CoverClass("forest"),
    2: CoverClass("water", "lake", 400.0),
}
ASKED = Scenario(load_mw=100, cell_km=5, reach_km=25, spacing_km=5)


def raster(kind: str, values: np.ndarray) -> Made:
    """Lay an array over Toyland, its first row in the north."""
    return Made(values, toy.EAST_M, toy.NORTH_M + 40_000, PIXEL_M, PIXEL_M, kind=kind)


def country(seed: int = 1) -> Layers:
    """Build Toyland with surfaces; a fifth of the elevation is unknown."""
    random = np.random.default_rng(seed)
    row, column = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    elevation = 60.0 * np.exp(-(((column - 90) / 6) ** 2)) * 10 + random.random(SHAPE)
    elevation[:, 200:] = np.nan
    cover = (np.sin(row / 9) * np.cos(column / 13) > 0.3).astype(float)
    cover[(row - 70) ** 2 + (column - 150) ** 2 < 400] = 2
    people = 900.0 * np.exp(-((row - 80) ** 2 + (column - 216) ** 2) / 300)
    price = 1000.0 + 100.0 * column
    kinds = {
        "elevation": elevation, "land_cover": cover, "population_density": people,
        "land_price": price, "temperature": np.full(SHAPE, 7.0),
    }  # fmt: skip
    rasters = {kind: raster(kind, values) for kind, values in kinds.items()}
    barred = toy.barred([("park", toy.rectangle(2, 2, 6, 5))])
    surfaces = Surfaces(rasters, CLASSES, PIXEL_M)
    return replace(toy.country(), barred=barred, surfaces=surfaces)


def of_toyland(layers: Layers | None = None, asked: Scenario = ASKED) -> tuple[Ground, Grid]:
    """Return its ground and cells, every station a point of connection."""
    layers = layers or country()
    stations = layers.substations.frame.geometry
    return ground_of(layers, asked, np.c_[stations.x, stations.y])
