"""Rasters made in a test, as `geo.surface.Raster` wants them; no file behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.layer import Source

if TYPE_CHECKING:
    import geopandas as gpd


MADE = Source("made")


@dataclass(frozen=True, eq=False)
class Made:
    """An array with a corner and a pixel."""

    values: np.ndarray
    west: float
    north: float
    pixel_x: float
    pixel_y: float
    crs: str = "EPSG:25833"
    kind: str = "elevation"
    source: Source = MADE

    @property
    def rows(self) -> int:
        return self.values.shape[0]

    @property
    def columns(self) -> int:
        return self.values.shape[1]

    def read(self, row: int, column: int, rows: int, columns: int) -> np.ndarray:
        assert row >= 0
        assert column >= 0
        assert row + rows <= self.rows
        assert column + columns <= self.columns
        return self.values[row : row + rows, column : column + columns].astype(np.float32)

    def means(self, shapes: gpd.GeoSeries) -> pd.DataFrame:
        """Mean of the pixels whose middle lies in each shape."""
        x = self.west + (np.arange(self.columns) + 0.5) * self.pixel_x
        y = self.north - (np.arange(self.rows) + 0.5) * self.pixel_y
        across, down = np.meshgrid(x, y)
        rows = []
        for shape in shapes:
            inner = self.values[shapely.contains_xy(shape, across, down)]
            known = inner[np.isfinite(inner)]
            share = len(known) / max(len(inner), 1)
            rows.append((known.mean() if len(known) else np.nan, share))
        return pd.DataFrame(rows, columns=["mean", "coverage"], index=shapes.index)
