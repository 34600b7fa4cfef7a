"""The headroom of a place without its sites: every bus, what limits it, and what would free it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from geo.balance import base_flows
from geo.errors import ScenarioError
from geo.grid import build_grid
from geo.headroom import headroom_study, suited
from geo.names import branch_names, named_congestion
from geo.topology import joined
from geo.upgrades import Upgrades

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from geo.grid import GridGraph
    from geo.headroom import HeadroomStudy
    from geo.kinds import Layers
    from geo.scenario import Scenario

STUDY_SHARE = 0.3


@dataclass(frozen=True, eq=False)
class PlaceHeadroom:
    """The headroom of a place."""

    buses: gpd.GeoDataFrame
    """Headroom columns of the house, names of what limits, and positions."""
    congestion: pd.DataFrame
    """Pairs over their limit before anything is added, in the congestion columns."""
    notes: tuple[str, ...] = ()
    """What a reader has to know of how it was found."""


@dataclass(frozen=True, eq=False)
class PlaceLimits:
    """What limits every bus of a place in turn, and what would free it."""

    limits: pd.DataFrame
    """name, voltage_kv, branch_name, outage_name and the columns of `Upgrades.tables`."""
    upgrades: pd.DataFrame
    """name, voltage_kv, branch_name, usd_per_mw and the columns of `Upgrades.tables`; the cheapest
    megawatt first, what frees nothing last."""


def headroom_of(
    layers: Layers, scenario: Scenario, progress: Callable[[float, str], None] | None = None
) -> PlaceHeadroom:
    """Return the headroom of every bus of a place, and what is over its limit before any load."""
    layers = joined(layers)
    grid = build_grid(layers)
    how = suited(scenario, grid, layers.place.standards.redispatch_max_buses)
    study = _study(grid, layers, how.scenario, progress)
    frame = study.frame.assign(
        limiting_branch_name=branch_names(study.frame["limiting_branch"], grid),
        limiting_outage_name=branch_names(study.frame["limiting_outage"], grid),
    )
    at = grid.buses.loc[frame["bus_id"]]
    points = gpd.points_from_xy(at["x_m"], at["y_m"])
    buses = gpd.GeoDataFrame(frame, geometry=points, crs=layers.place.crs)
    notes = (how.note,) if how.note else ()
    return PlaceHeadroom(buses, named_congestion(study.congestion, grid), notes)


def limits_of(
    layers: Layers, scenario: Scenario, progress: Callable[[float, str], None] | None = None
) -> PlaceLimits:
    """Return what limits every bus of a place in turn, and what upgrades would free.

    Raises
    ------
    ScenarioError
        For the linear method, which keeps no study to ask, and for networks that need it.
    """
    if scenario.method == "linear":
        raise ScenarioError("limits and upgrades need the redispatch method; drop --method linear")
    layers = joined(layers)
    grid, tell = build_grid(layers), progress or (lambda _fraction, _message: None)
    how = suited(scenario, grid, layers.place.standards.redispatch_max_buses)
    if how.large:
        raise ScenarioError(f"limits and upgrades need the redispatch method. {how.note}")
    study = _study(grid, layers, scenario, lambda done, text: tell(STUDY_SHARE * done, text))
    upgrades = Upgrades(grid, study.redispatch, layers.place.standards)  # type: ignore[arg-type] # there for this method
    buses = grid.buses.index.get_indexer(study.frame["bus_id"])
    limits, freed = upgrades.tables(
        buses, lambda done, text: tell(STUDY_SHARE + (1 - STUDY_SHARE) * done, text)
    )
    unlocked = freed["unlocked_mw"].astype(float)
    freed = freed.assign(usd_per_mw=np.where(unlocked > 0, freed["usd"] / unlocked, np.nan))
    freed = freed.sort_values(["usd_per_mw", "bus_id", "measure"], ignore_index=True)
    return PlaceLimits(_described(limits, grid), _described(freed, grid))


def _study(
    grid: GridGraph,
    layers: Layers,
    scenario: Scenario,
    progress: Callable[[float, str], None] | None,
) -> HeadroomStudy:
    return headroom_study(
        grid,
        base_flows(grid, layers, scenario.demand_in(layers.place.demand_mw)),
        method=scenario.method,
        mode=scenario.mode,
        cutoff=scenario.cutoff,
        progress=progress,
    )


def _described(table: pd.DataFrame, grid: GridGraph) -> pd.DataFrame:
    """Put the names of bus, branch and outage beside their ids."""
    at = grid.buses.loc[table["bus_id"]]
    named = {
        f"{column}_name": branch_names(table[column], grid)
        for column in ("branch", "outage")
        if column in table
    }
    return table.assign(name=at["name"].to_numpy(), voltage_kv=at["voltage_kv"].to_numpy(), **named)
