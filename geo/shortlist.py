"""A closer look at the points of connection of the shortlist: next limits, upgrades, situations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.ranking import SLACK_MW
from geo.situations import QUANTILES, headroom_quantiles
from geo.upgrades import LIMIT_COLUMNS, UPGRADE_COLUMNS, Upgrades

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from geo.flow import Array
    from geo.grid import GridGraph
    from geo.headroom import HeadroomStudy
    from geo.kinds import Layers
    from geo.scenario import Scenario

MOST_WANTING = 60


@dataclass(frozen=True, eq=False)
class CloserLook:
    """What was found at some points of connection; empty where it was not looked for."""

    limits: pd.DataFrame
    """Today's limit of each and the next ones: the columns of `geo.upgrades.Upgrades.tables`."""
    upgrades: pd.DataFrame
    """What upgrades of the limit would free, and their cost."""
    firm_mw: pd.DataFrame
    """Index bus_id; P10, P50 and P90 of firm and normal MW over the situations."""


def look_closer(  # noqa: PLR0913 -- the study, the question, and whom to tell
    best: pd.DataFrame,
    study: HeadroomStudy,
    grid: GridGraph,
    layers: Layers,
    scenario: Scenario,
    *,
    also: Collection[str],
    tell: Callable[[float, str], None],
) -> CloserLook:
    """Look closer at the points of connection of the best sites.

    Parameters
    ----------
    best
        Sites in rank order: site_id, poi_id, grade, firm_mw. As many are looked at as the scenario
        shows. Limits and upgrades are found for some that lack firm MW too, so that it can be said
        what would lift them.
    study
        Headroom of the place. The linear method has no study to ask for limits and upgrades.
    grid, layers, scenario
        The network, what feeds and draws, and the question.
    also
        Further sites to look at.
    tell
        Called with a fraction and a message.
    """
    points = sorted(set(best.loc[looked_at(best, scenario, also), "poi_id"]))
    wanting = points_wanting(best, scenario)
    limits, upgrades = _limits(sorted({*points, *wanting}), study, grid, layers, tell)
    return CloserLook(limits, upgrades, _spread(points, grid, layers, scenario, tell))


def looked_at(best: pd.DataFrame, scenario: Scenario, also: Collection[str]) -> Array:
    """Return which sites, in rank order, are looked at closer: the shortlist and the asked."""
    return (np.arange(len(best)) < scenario.top) | best["site_id"].isin(also).to_numpy()


def points_wanting(best: pd.DataFrame, scenario: Scenario) -> list[str]:
    """Return the points of connection of the best sites that lack firm MW, a few dozen at most."""
    short = best["firm_mw"] < scenario.load_mw - SLACK_MW
    return [str(point) for point in best.loc[short, "poi_id"].unique()[:MOST_WANTING]]


def _limits(
    points: list[str],
    study: HeadroomStudy,
    grid: GridGraph,
    layers: Layers,
    tell: Callable[[float, str], None],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    if study.redispatch is None:
        return pd.DataFrame(columns=LIMIT_COLUMNS), pd.DataFrame(columns=UPGRADE_COLUMNS)
    upgrades = Upgrades(grid, study.redispatch, layers.place.standards)
    return upgrades.tables(grid.buses.index.get_indexer(points), tell)


def _spread(
    points: list[str],
    grid: GridGraph,
    layers: Layers,
    scenario: Scenario,
    tell: Callable[[float, str], None],
) -> pd.DataFrame:
    if scenario.situations == 0:
        return pd.DataFrame(columns=list(QUANTILES), index=pd.Index([], name="bus_id"), dtype=float)
    return headroom_quantiles(grid, layers, scenario, points, tell)
