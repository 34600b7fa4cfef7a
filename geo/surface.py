"""Square cells of a place, and what a raster is to them: values, and how much of each is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import shapely

from geo.errors import LayerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from geo.layer import Source

    Floats = NDArray[np.floating]
    Bools = NDArray[np.bool_]

RASTER_KINDS: Final = (
    "elevation", "land_cover", "land_price", "population_density", "temperature",
    "temperature_warmest", "humidity",
)  # fmt: skip
"""What a raster of a place may hold: metres, classes, USD/ha, people/km², °C, °C, percent."""


@dataclass(frozen=True)
class Grid:
    """A window of the square lattice of a CRS, whose lines are multiples of the side.

    Columns count eastwards and rows southwards from the origin of the CRS, so that a cell has the
    same numbers, and the same coordinates to the last bit, in every window that holds it.
    """

    crs: str
    """Metric CRS."""
    side_m: float
    """Side of a cell."""
    column: int
    """Number of the westernmost column."""
    row: int
    """Number of the northernmost row."""
    columns: int
    """How many columns."""
    rows: int
    """How many rows."""

    @property
    def shape(self) -> tuple[int, int]:
        """Return rows and columns."""
        return self.rows, self.columns

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east and north in metres."""
        return (
            self.column * self.side_m,
            -(self.row + self.rows) * self.side_m,
            (self.column + self.columns) * self.side_m,
            -self.row * self.side_m,
        )

    @property
    def x_m(self) -> Floats:
        """Return the middle of each column."""
        return (np.arange(self.column, self.column + self.columns) + 0.5) * self.side_m

    @property
    def y_m(self) -> Floats:
        """Return the middle of each row, from north to south."""
        return -(np.arange(self.row, self.row + self.rows) + 0.5) * self.side_m

    def wider(self, cells: int) -> Grid:
        """Return the window with so many more cells on every side."""
        return Grid(
            self.crs, self.side_m, self.column - cells, self.row - cells,
            self.columns + 2 * cells, self.rows + 2 * cells,
        )  # fmt: skip

    def finer(self, parts: int) -> Grid:
        """Return the same ground in cells of which so many make one side."""
        return Grid(
            self.crs, self.side_m / parts, self.column * parts, self.row * parts,
            self.columns * parts, self.rows * parts,
        )  # fmt: skip

    def tiles(self, cells: int) -> Iterator[Grid]:
        """Cut the window into windows of at most so many cells a side, west to east, southwards."""
        for row in range(self.row, self.row + self.rows, cells):
            for column in range(self.column, self.column + self.columns, cells):
                yield Grid(
                    self.crs, self.side_m, column, row,
                    min(cells, self.column + self.columns - column),
                    min(cells, self.row + self.rows - row),
                )  # fmt: skip

    def cells_of(self, x_m: Floats, y_m: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return row and column within the window of each point; outside it they are outside."""
        column = np.floor(np.asarray(x_m) / self.side_m).astype(np.int64) - self.column
        row = np.floor(-np.asarray(y_m) / self.side_m).astype(np.int64) - self.row
        return row, column


def grid_over(bounds: tuple[float, float, float, float], side_m: float, crs: str) -> Grid:
    """Return the smallest window of the lattice that covers west, south, east and north."""
    west, south, east, north = (value / side_m for value in bounds)
    column, row = int(np.floor(west)), int(np.floor(-north))
    columns = max(int(np.ceil(east)) - column, 1)
    return Grid(crs, side_m, column, row, columns, max(int(np.ceil(-south)) - row, 1))


@dataclass(frozen=True, eq=False)
class Surface:
    """A quantity on a grid."""

    grid: Grid
    """Where."""
    values: Floats
    """(rows, columns) mean over the known part of each cell; NaN where nothing is known."""
    coverage: Floats
    """(rows, columns) known share of each cell, from 0 to 1."""

    def __post_init__(self) -> None:
        """Check the shapes.

        Raises
        ------
        LayerError
            If values or coverage do not fill the grid.
        """
        if not self.values.shape == self.coverage.shape == self.grid.shape:
            message = f"a surface of {self.values.shape} cells does not fill {self.grid.shape}"
            raise LayerError(message)

    def at(self, x_m: Floats, y_m: Floats) -> Floats:
        """Return the value of the cell that each point lies in; NaN outside."""
        row, column = self.grid.cells_of(x_m, y_m)
        inside = (row >= 0) & (row < self.grid.rows) & (column >= 0) & (column < self.grid.columns)
        out = np.full(len(row), np.nan)
        out[inside] = self.values[row[inside], column[inside]]
        return out


class Raster(Protocol):
    """A raster file as the heart sees it: north up, read by window, nodata as NaN."""

    @property
    def kind(self) -> str:
        """Return what it holds, one of `RASTER_KINDS`."""

    @property
    def source(self) -> Source:
        """Return where it comes from."""

    @property
    def crs(self) -> str:
        """Return the CRS of its pixels."""

    @property
    def west(self) -> float:
        """Return the western edge, in units of its CRS."""

    @property
    def north(self) -> float:
        """Return the northern edge."""

    @property
    def pixel_x(self) -> float:
        """Return the width of a pixel."""

    @property
    def pixel_y(self) -> float:
        """Return the height of a pixel."""

    @property
    def columns(self) -> int:
        """Return the pixels from west to east."""

    @property
    def rows(self) -> int:
        """Return the pixels from north to south."""

    def read(self, row: int, column: int, rows: int, columns: int) -> NDArray[np.float32]:
        """Return a window that lies within the raster; nodata is NaN."""

    def means(self, shapes: gpd.GeoSeries) -> pd.DataFrame:
        """Return mean and known share of each polygon (columns ``mean``, ``coverage``)."""


@dataclass(frozen=True)
class CoverClass:
    """What a class of the land cover means."""

    terrain: str = "open"
    """Row of the terrain table, which says what a line costs there."""
    barred: str = ""
    """Why no campus can stand there; '' where one can."""
    setback_m: float = 0.0
    """How far from such ground a campus has to stay."""


@dataclass(frozen=True)
class Surfaces:
    """The rasters of a place and how they are brought onto its cells."""

    rasters: Mapping[str, Raster]
    """Kind to raster."""
    classes: Mapping[int, CoverClass] = field(default_factory=dict)
    """Class of the land cover to its meaning; a class without a row is unknown."""
    cell_m: float = 250.0
    """Side of the cells that land is screened on."""


def are_boxes(polygons: NDArray[Any]) -> Bools:
    """Return which polygons are rectangles along the axes, with nothing cut out."""
    box = np.zeros(len(polygons), dtype=bool)
    five = shapely.get_num_coordinates(polygons) == 5  # noqa: PLR2004 -- corners of a closed box
    at = np.flatnonzero(five & (shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON))
    corners = shapely.get_coordinates(polygons[at]).reshape(len(at), 10)
    moved = corners[:, 2:] != corners[:, :-2]
    # x and y by turns, side after side: along x, along y, along x, along y, or the other way round
    along_x = np.array([True, False, False, True] * 2)
    turns = (moved == along_x).all(axis=1) | (moved == ~along_x).all(axis=1)
    box[at] = turns & np.isfinite(corners).all(axis=1)
    return box
