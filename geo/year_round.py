"""How sites get through the year: supply options of the shortlist, and the season of every zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from geo.season import season_of_sites, seasonal_balance
from geo.supply import supply_options

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.grid import GridGraph
    from geo.kinds import Layers
    from geo.scenario import Scenario
    from geo.season import Seasons
    from geo.supply import Supply

SUPPLY_COLUMNS = [
    "onsite_firm_mw", "firm_with_onsite_mw", "supply_mix", "supply_usd_per_mwh", "supply_months",
]  # fmt: skip
SEASON_COLUMNS = ["driest_month", "dry_year_driest_mw", "dry_year_fed", "season_note"]


@dataclass(frozen=True, eq=False)
class YearRound:
    """What the year asks of some sites; none of it changes a grade or a rank."""

    sites: pd.DataFrame
    """Index of the sites; supply columns, unknown or '' where not looked at, and the season's."""
    supply: Supply
    """Options and least-cost mixes of the sites looked at."""
    seasons: Seasons
    """Monthly balance of every price zone."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what a reader has to know."""
        return (*self.supply.notes, *self.seasons.notes)


def year_round(
    sites: pd.DataFrame, looked: Array, layers: Layers, scenario: Scenario, grid: GridGraph
) -> YearRound:
    """Work out supply options and seasons.

    Parameters
    ----------
    sites
        Site columns of the house, in rank order.
    looked
        Which sites get supply options, bool.
    layers, scenario, grid
        What is known, asked, and the network.
    """
    supply = supply_options(sites[looked], layers, scenario)
    seasons = seasonal_balance(layers, scenario, grid, float(sites["pue"].median()))
    mixes = supply.sites[SUPPLY_COLUMNS].reindex(sites.index)
    mixes = mixes.assign(supply_mix=mixes["supply_mix"].fillna(""))
    season = season_of_sites(sites, seasons, layers)[SEASON_COLUMNS]
    return YearRound(pd.concat([mixes, season], axis=1), supply, seasons)
