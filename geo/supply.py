"""How a site could be supplied: by the grid, by a plant of its own, by a line to a hydro plant.

The grid's MW stay those of the network study. What could be built on site stands beside them as an
option and lifts no grade: a plant that does not exist is no power.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.choices import Menu
from geo.cost import mean_draw
from geo.generation import MWH_PER_GWH
from geo.mix import ENOUGH_MW, least_cost_mixes
from geo.onsite import HYDRO_LINE, onsite_options
from geo.profiles import YEAR_HOURS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geo.kinds import Layers
    from geo.mix import Mix
    from geo.scenario import Scenario
    from geo.standards import Standards

DEGREES: Final = "EPSG:4326"
SHOWN_MW: Final = 0.5
GRID: Final = "grid"
SECURE: Final = ("N+1", "2N")
OPTION_COLUMNS: Final = [
    "site_id", "option", "source", "straight_km", "capacity_mw", "firm_mw", "energy_gwh", "unit_mw",
    "plant_usd_per_mw", "line_kv", "line_circuits", "line_usd", "energy_usd_per_mwh", "months",
    "assumed", "mix_mw", "mix_built_mw", "mix_gwh",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Supply:
    """What could supply some sites."""

    options: pd.DataFrame
    """One row per site and option, the grid first. ``firm_mw``: of the grid that of the study, of
    the rest what it delivers all year, the year being dry; unknown where the gas is.
    ``capacity_mw``: in normal operation, of a hydro plant as installed. Of each the least-cost mix
    takes ``mix_mw``, builds ``mix_built_mw``, spare units included, and draws ``mix_gwh`` a year.
    """
    sites: pd.DataFrame
    """Index of the sites; onsite_firm_mw, firm_with_onsite_mw, supply_mix (words), mix_grid_mw,
    mix_onsite_mw, mix_redundancy, uncovered_mw, supply_usd_per_mwh, supply_months."""
    notes: tuple[str, ...]
    """What a reader has to know."""


def supply_options(sites: pd.DataFrame, layers: Layers, scenario: Scenario) -> Supply:
    """Return what could supply each site, and the least-cost mix that does.

    Parameters
    ----------
    sites
        One row a site: site_id, lon, lat, kind, poi_name, firm_mw, normal_mw, redundancy,
        connection_usd, months_p50, power_price_usd_per_mwh, pue, region.
    layers
        Gas fields, plants, and the place's assumptions.
    scenario
        Load, redundancy asked for, reach.

    Returns
    -------
    Supply

    Notes
    -----
    Of the grid the MW count as firm that are served with any one line out. Where they reach the
    load and the site is yet not N+1, its way in is a single one, and N+1 has to do without it.
    ``onsite_firm_mw`` sums the options whose MW are known, of several kinds of plant on one gas the
    largest; it is unknown where only unknown gas is in reach, and 0 where nothing is.
    """
    rows = _placed(sites, layers)
    table = _table(rows, layers, scenario)
    standards = layers.place.standards
    drawn_mw = scenario.load_mw * mean_draw(rows["pue"], standards)
    energy_gwh = drawn_mw.to_numpy(float) * YEAR_HOURS / MWH_PER_GWH
    menus = list(_menus(table))
    mixes = least_cost_mixes(menus, scenario.load_mw, energy_gwh, scenario.redundancy)
    table = _with_mixes(table, mixes)
    options = table.assign(site_id=rows["site_id"].to_numpy()[table["site"].to_numpy(int)])
    out = _answers(rows, table, mixes, scenario).set_index(sites.index)
    return Supply(options[OPTION_COLUMNS], out, _notes(options, standards))


def annuity(rate: float, years: float) -> float:
    """Return the share of capital that is paid back in each year, with interest."""
    return rate / (1.0 - (1.0 + rate) ** -years) if rate > 0 else 1.0 / years


def _placed(sites: pd.DataFrame, layers: Layers) -> pd.DataFrame:
    """Return the sites by row number, with x_m and y_m in the place's CRS."""
    points = gpd.GeoSeries(gpd.points_from_xy(sites["lon"], sites["lat"]), crs=DEGREES)
    points = points.to_crs(layers.place.crs)
    plain = pd.DataFrame(sites.drop(columns="geometry", errors="ignore")).reset_index(drop=True)
    return plain.assign(x_m=points.x.to_numpy(), y_m=points.y.to_numpy())


def _table(rows: pd.DataFrame, layers: Layers, scenario: Scenario) -> pd.DataFrame:
    """Return all options of all sites with what the mix asks of them, the grid first."""
    own = onsite_options(rows, layers, scenario).assign(stays=False, two_feeds=False)
    table = pd.concat([_grid_options(rows, scenario), own])
    table = table.sort_values("site", kind="stable", ignore_index=True)
    standards = layers.place.standards
    is_grid, is_plant = table["option"] == GRID, table["unit_mw"] > 0
    known = np.isfinite(table["line_usd"].fillna(0.0)) & table["firm_mw"].notna()
    yearly = annuity(standards.discount_rate, standards.capital_years)
    origin = ["site", is_grid, table["option"] == HYDRO_LINE, "source", "straight_km"]
    price = table["energy_usd_per_mwh"].fillna(standards.stand_in_usd_per_mwh)
    return table.assign(
        is_grid=is_grid,
        usable_mw=table["capacity_mw"].where(is_grid, table["firm_mw"]).where(known, 0.0),
        sure_mw=table["firm_mw"].where(known, 0.0),
        left_mw=table["firm_mw"].where(known & (table["stays"] | is_plant), 0.0),
        lump_usd=table["line_usd"].fillna(0.0) * yearly,
        plant_usd=table["plant_usd_per_mw"] * yearly,
        price_usd=price,
        origin=table.groupby(origin, dropna=False).ngroup(),
    )


def _grid_options(rows: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    firm = rows["firm_mw"].fillna(0.0)
    reaches = firm >= scenario.load_mw - ENOUGH_MW
    columns = {
        "site": rows.index,
        "option": GRID,
        "source": rows["poi_name"],
        "straight_km": np.nan,
        "capacity_mw": np.fmax(rows["normal_mw"], firm),
        "firm_mw": firm,
        "energy_gwh": np.nan,
        "unit_mw": 0.0,
        "plant_usd_per_mw": 0.0,
        "line_usd": rows["connection_usd"],
        "energy_usd_per_mwh": rows["power_price_usd_per_mwh"],
        "months": rows["months_p50"],
        "assumed": False,
        "stays": rows["redundancy"].isin(SECURE) | ~reaches,
        "two_feeds": rows["redundancy"] == "2N",
    }
    return pd.DataFrame(columns)


def _menus(table: pd.DataFrame) -> Iterator[Menu]:
    """Yield the options of each site as arrays."""
    names = ("usable_mw", "sure_mw", "left_mw", "unit_mw", "lump_usd", "plant_usd", "price_usd")
    values = {name: table[name].to_numpy(float) for name in names}
    origin, two_feeds = table["origin"].to_numpy(), table["two_feeds"].to_numpy(bool)
    starts = np.flatnonzero(table["is_grid"])
    for start, end in zip(starts, np.r_[starts, len(table)][1:], strict=True):
        here = {name: column[start:end] for name, column in values.items()}
        yield Menu(
            normal_mw=here["usable_mw"],
            firm_mw=here["sure_mw"],
            left_mw=here["left_mw"],
            unit_mw=here["unit_mw"],
            most_gwh=here["usable_mw"] * YEAR_HOURS / MWH_PER_GWH,
            lump_usd=here["lump_usd"],
            built_usd_per_mw=here["plant_usd"],
            energy_usd_per_mwh=here["price_usd"],
            origin=origin[start:end],
            two_feeds=bool(two_feeds[start]),
        )


def _with_mixes(table: pd.DataFrame, mixes: Sequence[Mix]) -> pd.DataFrame:
    if not mixes:
        return table.assign(mix_mw=0.0, mix_built_mw=0.0, mix_gwh=0.0)
    return table.assign(
        mix_mw=np.concatenate([mix.power_mw for mix in mixes]),
        mix_built_mw=np.concatenate([mix.built_mw for mix in mixes]),
        mix_gwh=np.concatenate([mix.energy_gwh for mix in mixes]),
    )


def _answers(
    rows: pd.DataFrame, table: pd.DataFrame, mixes: Sequence[Mix], scenario: Scenario
) -> pd.DataFrame:
    """Sum up each site."""
    used, own = table[table["mix_mw"] > SHOWN_MW], table[~table["is_grid"]]
    # Of one gas only the largest plant counts; the sum of nothing known is unknown.
    by_origin = own.groupby(["site", "origin"], as_index=False)["firm_mw"].max()
    onsite = by_origin.groupby("site")["firm_mw"].sum(min_count=1).reindex(rows.index)
    onsite = onsite.where(rows.index.isin(own["site"]), 0.0)
    usd = pd.Series([mix.usd_per_year for mix in mixes], index=rows.index, dtype=float)
    mwh = table.groupby("site")["mix_gwh"].sum().reindex(rows.index) * MWH_PER_GWH
    unpriced = used.loc[used["energy_usd_per_mwh"].isna() | used["line_usd"].isna(), "site"]
    all_mw, own_mw = (part.groupby("site")["mix_mw"].sum() for part in (table, own))
    own_mw = own_mw.reindex(rows.index, fill_value=0.0)
    columns = {
        "onsite_firm_mw": onsite,
        "firm_with_onsite_mw": rows["firm_mw"] + onsite.fillna(0.0),
        "supply_mix": list(_words(table, mixes, scenario)),
        "mix_grid_mw": all_mw.reindex(rows.index) - own_mw,
        "mix_onsite_mw": own_mw,
        "mix_redundancy": [mix.redundancy for mix in mixes],
        "uncovered_mw": [mix.uncovered_mw for mix in mixes],
        "supply_usd_per_mwh": (usd / mwh.where(mwh > 0)).mask(rows.index.isin(unpriced)),
        "supply_months": used.groupby("site")["months"].max().reindex(rows.index),
    }
    return pd.DataFrame(columns, index=rows.index)


def _words(table: pd.DataFrame, mixes: Sequence[Mix], scenario: Scenario) -> Iterator[str]:
    """Yield each site's mix as 'grid 120 MW + direct line to Tala 60 MW; N only'."""
    used: dict[int, list[str]] = {}
    for row in table[table["mix_mw"] > SHOWN_MW].itertuples():
        used.setdefault(row.site, []).append(_part(row))
    unknown = table[table["firm_mw"].isna()].groupby("site")["source"].unique()
    for site, mix in enumerate(mixes):
        parts = [" + ".join(used.get(site, ["nothing"]))]
        if mix.redundancy == "none":
            parts.append(f"{mix.uncovered_mw:,.0f} MW are not covered")
        elif mix.redundancy == "normal":
            parts.append("not firm")
        elif mix.redundancy != scenario.redundancy:
            parts.append(f"{mix.redundancy} only")
        parts += [f"gas at {name}, volume unknown" for name in unknown.get(site, [])]
        yield "; ".join(parts)


def _part(row: object) -> str:
    option, source, mw, unit_mw, built_mw = (
        getattr(row, name) for name in ("option", "source", "mix_mw", "unit_mw", "mix_built_mw")
    )
    if option == GRID:
        return f"grid {mw:,.0f} MW"
    if option == HYDRO_LINE:
        return f"{HYDRO_LINE} to {source} {mw:,.0f} MW"
    return f"{option} at {source} {mw:,.0f} MW ({built_mw / unit_mw:.0f} × {unit_mw:g} MW)"


def _notes(options: pd.DataFrame, standards: Standards) -> tuple[str, ...]:
    own = options[~options["is_grid"]]
    lines, gas = own[own["option"] == HYDRO_LINE], own[own["option"] != HYDRO_LINE]
    notes = {
        "What could be built on site is an option: it is not in firm_mw and lifts no grade.": (
            len(own) > 0
        ),
        "A direct line takes a hydro plant's power out of the grid, whose firm MW were found with "
        "it in. Its firm MW are what the plant gives all year in a dry one, with "
        f"{standards.dry_year_share:.0%} of a mean year's water.": len(lines) > 0,
        "The energy of some of these hydro plants is assumed from their capacity.": bool(
            lines["assumed"].any()
        ),
        f"Gas is assumed to cost {standards.gas_usd_per_gj:g} USD/GJ and to last as long as the "
        "campus does.": bool(gas["firm_mw"].notna().any()),
        "Gas is in reach whose volume is not known: it is listed and not counted.": bool(
            gas["firm_mw"].isna().any()
        ),
    }
    return tuple(note for note, holds in notes.items() if holds)
