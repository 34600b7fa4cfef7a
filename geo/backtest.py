"""Would we have found them? Known campuses against a ranking that does not know of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.errors import LayerError
from geo.lift import standing
from geo.siting import find_sites
from geo.units import M_PER_KM

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from geo.kinds import Layers
    from geo.scenario import Scenario

BASELINE_MIN_KV = 220.0
DECIMALS_KM = 6
DECIMALS_SCORE = 9


def backtest(
    layers: Layers, scenario: Scenario, progress: Callable[[float, str], None] | None = None
) -> pd.DataFrame:
    """Look each known campus up among greenfield candidates found without it.

    Parameters
    ----------
    layers
        A place with campuses; they are taken away before sites are found.
    scenario
        The question; neighbours are not merged, so that every candidate is ranked.
    progress
        Called with a fraction and a message.

    Returns
    -------
    DataFrame
        campus, grid_mw, site_id, away_km (campus to the candidate that covers it or, failing that,
        the nearest), grade, rank, candidates, percentile, baseline_rank, baseline_percentile. A
        percentile is the share of candidates ranked lower; the baseline orders candidates by their
        distance to the nearest substation of at least 220 kV; it is unknown where there is none.
        ahead and level, and the same with baseline_, are those of `geo.lift.standing`.

    Raises
    ------
    LayerError
        If the place has no campuses.
    """
    if layers.campuses is None or len(layers.campuses) == 0:
        raise LayerError(f"{layers.place.name}: has no campuses layer to test against; add one")
    answer = find_sites(replace(layers, campuses=None), replace(scenario, spacing_km=0.0), progress)
    sites = answer.sites
    ours = standing(_as_order(sites))
    stations = answer.grid.buses[answer.grid.home]
    distance = standing(pd.Series(_baseline_km(sites, stations)))
    baseline = distance["ahead"].to_numpy() + 1
    found = [_covering(sites, point) for point in layers.campuses.frame.geometry]
    position = [row for row, _ in found]
    total = len(sites)
    return pd.DataFrame(
        {
            "campus": layers.campuses.frame["name"].to_numpy(),
            "grid_mw": layers.campuses.frame["grid_mw"].to_numpy(),
            "site_id": sites["site_id"].to_numpy()[position],
            "away_km": [away for _, away in found],
            "grade": sites["grade"].to_numpy()[position],
            "rank": sites["rank"].to_numpy()[position],
            "candidates": total,
            "percentile": _percentile(sites["rank"].to_numpy()[position], total),
            "baseline_rank": baseline[position],
            "baseline_percentile": _percentile(baseline[position], total),
            "ahead": ours["ahead"].to_numpy()[position],
            "level": ours["level"].to_numpy()[position],
            "baseline_ahead": distance["ahead"].to_numpy()[position],
            "baseline_level": distance["level"].to_numpy()[position],
        }
    )


def _as_order(sites: pd.DataFrame) -> pd.Series:
    """Return the rank of each site, that of the first for sites of the same grade and score."""
    alike = [sites["grade"], sites["score"].round(DECIMALS_SCORE)]
    return sites.groupby(alike)["rank"].transform("min").reset_index(drop=True)


def _percentile(rank: np.ndarray, total: int) -> np.ndarray:
    return 100.0 * (total - rank) / max(total - 1, 1)


def _covering(sites: gpd.GeoDataFrame, point: BaseGeometry) -> tuple[int, float]:
    away = sites.geometry.distance(point).to_numpy()
    nearest = int(away.argmin())
    return nearest, float(away[nearest]) / M_PER_KM


def _baseline_km(sites: gpd.GeoDataFrame, buses: pd.DataFrame) -> np.ndarray:
    strong = buses[buses["voltage_kv"] >= BASELINE_MIN_KV]
    if strong.empty:
        return np.full(len(sites), np.nan)
    middle = sites.geometry.representative_point()
    away, _ = cKDTree(strong[["x_m", "y_m"]].to_numpy(float)).query(np.c_[middle.x, middle.y])
    return np.round(np.asarray(away) / M_PER_KM, DECIMALS_KM)
