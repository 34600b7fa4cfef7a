"""What the land of a place is like, summed over its cells tile by tile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.ground import ground_of
from geo.screening import WATER, screen
from geo.tiles import TILE_CELLS, over_tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.kinds import Layers
    from geo.scenario import Scenario
    from geo.screening import Cells
    from geo.tiles import Tiling

M2_PER_KM2 = 1e6


@dataclass(frozen=True, eq=False)
class LandSummary:
    """The land of a place in a few rows."""

    cell_m: float
    """Side of the cells."""
    land_km2: float
    """Land, in the CRS of the place."""
    barred: pd.DataFrame
    """reason, km2, share: land of which at least half a cell is barred; reasons overlap. The last
    row is the land that nothing bars."""
    measures: pd.DataFrame
    """measure, known_share, low, mean, high over the buildable cells."""


def land_summary(
    layers: Layers, scenario: Scenario, tiling: Tiling, progress: Callable[[float, str], None]
) -> LandSummary:
    """Screen all land of a place and sum it up.

    Raises
    ------
    LayerError
        If the place has no surfaces.
    """
    ground, grid = ground_of(layers, scenario, np.zeros((0, 2)))
    tiles = list(grid.tiles(tiling.tile_cells or TILE_CELLS))
    sums, stats = np.zeros(1), dict[str, np.ndarray]()
    reasons: tuple[str, ...] = ()
    for number, (_, cells) in enumerate(over_tiles(screen, ground, tiles, tiling)):
        reasons = cells.reasons
        found = _areas(cells)
        sums = found if number == 0 else sums + found
        _gather(stats, cells)
        progress((number + 1) / len(tiles), "land")
    cell_km2 = ground.surfaces.cell_m**2 / M2_PER_KM2
    land = float(sums[0])
    names = [reason for reason in reasons if reason != WATER]
    rows = [
        (reason, float(count) * cell_km2, float(count) / max(land, 1.0))
        for reason, count in zip([*names, "nothing"], sums[1:], strict=True)
    ]
    barred = pd.DataFrame(rows, columns=["reason", "km2", "share"])
    return LandSummary(ground.surfaces.cell_m, land * cell_km2, barred, _measures(stats))


def _areas(cells: Cells) -> np.ndarray:
    """Count cells of land, of land by reason, and the shares of them that nothing bars."""
    land = cells.barred & 1 == 0
    by_reason = [
        float((land & (cells.barred >> place & 1 == 1)).sum())
        for place in range(1, len(cells.reasons))
    ]
    return np.array([float(land.sum()), *by_reason, float(cells.buildable.sum(dtype=float))])


def _gather(stats: dict[str, np.ndarray], cells: Cells) -> None:
    """Add count, known count, sum, least and most of each measure over buildable cells."""
    here = cells.buildable > 0
    for name, values in cells.columns.items():
        known = values[here & np.isfinite(values)].astype(float)
        counts = [float(here.sum()), float(len(known)), float(known.sum())]
        ends = [float(known.min(initial=np.inf)), float(known.max(initial=-np.inf))]
        so_far = stats.get(name, np.array([0.0, 0.0, 0.0, np.inf, -np.inf]))
        stats[name] = np.array(
            [*(so_far[:3] + counts), min(so_far[3], ends[0]), max(so_far[4], ends[1])]
        )


def _measures(stats: dict[str, np.ndarray]) -> pd.DataFrame:
    rows = [
        (name, known / max(count, 1.0), *((low, total / known, high) if known else [np.nan] * 3))
        for name, (count, known, total, low, high) in stats.items()
    ]
    return pd.DataFrame(rows, columns=["measure", "known_share", "low", "mean", "high"])
