"""The monthly energy balance of each price zone: a campus runs all year, rivers do not.

Plants' energy follows the year's profiles, reservoirs carry water from month to month, and what is
left after demand is the margin. A zone's reservoirs are run as one, and so that its worst month is
as well off as can be: a screen that is kind to the zone, never a plan of operation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.books import HOURS, zone_books
from geo.cost import mean_draw
from geo.generation import MWH_PER_GWH
from geo.grid import build_grid
from geo.profiles import MONTHS
from geo.reservoir import levelled
from geo.season_words import is_by_people, season_note, season_notes
from geo.zones import WHOLE, link_limits, price_zones

if TYPE_CHECKING:
    from geo.books import Books
    from geo.grid import GridGraph
    from geo.kinds import Layers
    from geo.scenario import Scenario

DEGREES: Final = "EPSG:4326"
EQUALLY_DRY_MW: Final = 0.5
MONTH_COLUMNS: Final = [
    "zone", "year", "month", "hydro_gwh", "wind_gwh", "other_gwh", "demand_gwh", "storage_gwh",
    "spill_gwh", "balance_gwh", "balance_mw",
]  # fmt: skip
ZONE_COLUMNS: Final = [
    "zone", "year", "hydro_gwh", "wind_gwh", "other_gwh", "demand_gwh", "balance_gwh",
    "driest_month", "driest_mw", "import_needed_gwh", "stranded_gwh", "link_limit_mw", "fed",
    "season_note",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Seasons:
    """The monthly balance of a place."""

    months: pd.DataFrame
    """One row per zone, year (``mean`` or ``dry``) and month from 1: energy of each kind after
    storage, ``storage_gwh`` at the month's end, and the balance, as energy and as mean power, below
    0 where something is missing. Zone '' is the whole place."""
    zones: pd.DataFrame
    """One row per zone and year: energy of the year; ``driest_mw``, the balance of the driest
    month; ``import_needed_gwh``, what is missing over the year; ``link_limit_mw``, what links could
    bring in or take out, and ``stranded_gwh``, surplus beyond that; ``fed``, how a campus of the
    scenario's load gets through the year: ``alone``, ``imports`` or ``no``; and ``season_note``,
    both years in words."""
    notes: tuple[str, ...]
    """What a reader has to know."""


def seasonal_balance(
    layers: Layers, scenario: Scenario, grid: GridGraph | None = None, pue: float = 1.0
) -> Seasons:
    """Balance every price zone, and the whole place, over the months of a mean and of a dry year.

    Parameters
    ----------
    layers
        Plants, settlements, loads and ties. Where no plant is known there is no balance.
    scenario
        Load and demand; the demand is taken as the mean of a year.
    grid
        The network, where it is built already.
    pue
        Of a campus of the place, which draws more than it computes with; unknown is the worst.

    Returns
    -------
    Seasons
    """
    if layers.plants is None:
        nothing = pd.DataFrame(columns=MONTH_COLUMNS), pd.DataFrame(columns=ZONE_COLUMNS)
        return Seasons(*nothing, ("No plants are known, so the months are not balanced.",))
    shares = {"mean": 1.0, "dry": layers.place.standards.dry_year_share}
    tables = [
        balanced(book).assign(zone=zone, year=year)
        for year, share in shares.items()
        for zone, book in zone_books(layers, scenario, share).items()
    ]
    months = pd.concat(tables, ignore_index=True)[MONTH_COLUMNS]
    limits = link_limits(grid or build_grid(layers), layers)
    limits.loc[WHOLE] = [limits["abroad_mw"].sum(), 0.0, limits["untold"].sum()]
    share = mean_draw(pd.Series([pue]), layers.place.standards).iloc[0]
    drawn_mw = scenario.load_mw * float(share)
    zones = _in_words(_summed(months, limits, drawn_mw), months, layers, scenario)
    return Seasons(months, zones, season_notes(layers, zones, limits))


def season_of_sites(sites: pd.DataFrame, seasons: Seasons, layers: Layers) -> pd.DataFrame:
    """Return what the months mean for each site.

    Parameters
    ----------
    sites
        lon, lat.
    seasons
        From `seasonal_balance`.
    layers
        Settlements, which know their price zone.

    Returns
    -------
    DataFrame
        Index of the sites; zone, driest_month (of a mean year), mean_year_driest_mw,
        dry_year_driest_mw, mean_year_fed, dry_year_fed, season_note. Unknown, or '' where it is
        words, if there is no balance.
    """
    points = gpd.GeoSeries(gpd.points_from_xy(sites["lon"], sites["lat"]), crs=DEGREES)
    points = points.to_crs(layers.place.crs)
    zone = price_zones(np.c_[points.x, points.y], layers)
    mean, dry = (
        seasons.zones[seasons.zones["year"] == year].set_index("zone").reindex(zone)
        for year in ("mean", "dry")
    )
    columns = {
        "zone": zone,
        "driest_month": mean["driest_month"].fillna("").to_numpy(),
        "mean_year_driest_mw": mean["driest_mw"].to_numpy(float),
        "dry_year_driest_mw": dry["driest_mw"].to_numpy(float),
        "mean_year_fed": mean["fed"].fillna("").to_numpy(),
        "dry_year_fed": dry["fed"].fillna("").to_numpy(),
        "season_note": mean["season_note"].fillna("").to_numpy(),
    }
    return pd.DataFrame(columns, index=sites.index)


def balanced(books: Books) -> pd.DataFrame:
    """Run a zone through its year: one row per month, without zone and year."""
    fixed = books.river_gwh + books.wind_gwh + books.other_gwh - books.demand_gwh
    most = books.turbine_mw * HOURS / MWH_PER_GWH
    run = levelled(books.inflow_gwh, fixed, books.storage_gwh, most, HOURS)
    columns = {
        "month": np.arange(1, len(HOURS) + 1),
        "hydro_gwh": run.release_gwh + books.river_gwh,
        "wind_gwh": books.wind_gwh,
        "other_gwh": books.other_gwh,
        "demand_gwh": books.demand_gwh,
        "storage_gwh": run.store_gwh,
        "spill_gwh": run.spill_gwh,
        "balance_gwh": run.margin_gwh,
        "balance_mw": run.margin_gwh * MWH_PER_GWH / HOURS,
    }
    return pd.DataFrame(columns)


def _summed(months: pd.DataFrame, limits: pd.DataFrame, drawn_mw: float) -> pd.DataFrame:
    """Sum the months of each zone and year, and say how a campus gets through."""
    link_mw = limits["abroad_mw"] + limits["between_mw"]
    rows = [
        {"zone": zone, "year": year, **_year_of(table, float(link_mw[zone]))}
        for (zone, year), table in months.groupby(["zone", "year"], sort=False)
    ]
    zones = pd.DataFrame(rows)
    whole = zones[zones["zone"] == WHOLE].set_index("year")["driest_mw"]
    # Two cuts: round the zone, and round the whole place; a campus has to get through both.
    reach_mw = np.minimum(
        zones["driest_mw"] + zones["link_limit_mw"],
        zones["year"].map(whole) + limits.loc[WHOLE, "abroad_mw"],
    )
    fed = np.select(
        [zones["driest_mw"] >= drawn_mw, reach_mw >= drawn_mw], ["alone", "imports"], "no"
    )
    return zones.assign(fed=fed)


def _year_of(table: pd.DataFrame, link_mw: float) -> dict[str, object]:
    """Sum twelve months; of months equally badly off the driest is that with the least inflow."""
    sums = table[["hydro_gwh", "wind_gwh", "other_gwh", "demand_gwh", "balance_gwh"]].sum()
    lowest_mw = table["balance_mw"].min()
    stored = table["storage_gwh"].to_numpy()
    inflow_gwh = table["balance_gwh"] + table["spill_gwh"] + stored - np.roll(stored, 1)
    worst = table["balance_mw"] <= lowest_mw + EQUALLY_DRY_MW
    beyond_mw = (table["balance_mw"] - link_mw).clip(lower=0.0)
    driest = (inflow_gwh / HOURS)[worst].idxmin()
    return {
        **sums.to_dict(),
        "driest_month": MONTHS[int(table.loc[driest, "month"]) - 1],
        "driest_mw": lowest_mw,
        "import_needed_gwh": abs(table["balance_gwh"].clip(upper=0.0).sum()),
        "stranded_gwh": float((beyond_mw * HOURS).sum() / MWH_PER_GWH),
        "link_limit_mw": link_mw,
    }


def _in_words(
    zones: pd.DataFrame, months: pd.DataFrame, layers: Layers, scenario: Scenario
) -> pd.DataFrame:
    corners = layers.regions.frame.to_crs(DEGREES).total_bounds
    north = bool(corners[1] + corners[3] >= 0)
    guess = " Its demand is a guess by people alone." if is_by_people(layers) else ""
    notes = {}
    for zone, rows in zones.groupby("zone", sort=False):
        year = months[months["zone"] == zone]
        note = season_note(zone or layers.place.title, year, rows, scenario.load_mw, north=north)
        notes[zone] = note + (guess if zone != WHOLE else "")
    return zones.assign(season_note=zones["zone"].map(notes))[ZONE_COLUMNS]
