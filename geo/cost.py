"""What connection, campus and power cost, in USD of one year.

Tables in dollars of another year are brought to the cost year by the price index of the standards.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.standards import nearest_line_cost, nearest_line_type

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.kinds import Place
    from geo.rows import LineCost
    from geo.standards import Standards

HOURS_PER_YEAR: Final = 8760.0
SPLIT: Final = ["line_usd", "bays_usd", "station_usd", "transformers_usd"]
"""Parts of a new connection."""
HALLS: Final = ["new_halls_usd", "fit_out_usd", "cooling_usd"]
"""Parts of a campus."""
COST_COLUMNS: Final = [
    *SPLIT, "second_feed_usd", *HALLS, "land_usd", "rules_usd", "connection_usd_per_mw",
    "capex_usd_per_mw", "energy_usd_per_year", "energy_usd_per_mw_per_year",
]  # fmt: skip


def circuit_mw(place: Place, voltage_kv: float) -> float:
    """Return what one circuit of a tie-line carries."""
    rating = nearest_line_type(place.standards, voltage_kv, place.frequency_hz).rating_mva
    return rating * place.standards.power_factor


def tie_circuits(place: Place, voltage_kv: float, load_mw: float, *, spare: bool) -> int:
    """Return how many circuits a tie-line needs, one more where the loss of one must be borne."""
    return int(np.ceil(load_mw / circuit_mw(place, voltage_kv))) + int(spare)


def line_cost(standards: Standards, voltage_kv: float) -> LineCost:
    """Return the cost row whose voltage is nearest, in dollars of the cost year."""
    row = nearest_line_cost(standards, voltage_kv)
    factor = standards.in_cost_year(row.usd_year)
    return replace(
        row,
        line_usd_per_km=factor * row.line_usd_per_km,
        substation_usd=factor * row.substation_usd,
        bay_usd=factor * row.bay_usd,
        usd_year=int(standards.cost_year),
    )


def transformer_usd(mw: pd.Series | float, standards: Standards) -> pd.Series | float:
    """Return the cost of transformers for so many megawatts."""
    price = standards.transformer_usd_per_mva * standards.in_cost_year(
        standards.transformer_usd_year
    )
    return mw / standards.power_factor * price


def whole_connection(
    tie_km: pd.Series,
    voltage_kv: pd.Series,
    circuits: pd.Series,
    load_mw: pd.Series | float,
    standards: Standards,
) -> pd.DataFrame:
    """Return what a new connection for a load consists of: the columns of `connection_split`.

    The campus has a station of its own, with a second bank of transformers behind a second circuit.
    Where the point of connection has too few spare bays, a new station is built beside it.
    """
    return pd.DataFrame(
        {
            "tie_km": tie_km,
            "voltage_kv": voltage_kv,
            "circuits": circuits,
            "stations": 1 + (circuits > standards.spare_bays).astype(int),
            "transformer_mw": (1 + (circuits > 1).astype(int)) * load_mw,
        }
    )


def connection_split(ties: pd.DataFrame, standards: Standards) -> pd.DataFrame:
    """Return the cost of connections by part.

    Parameters
    ----------
    ties
        tie_km, voltage_kv, circuits (0 where nothing is built), stations (new ones, at either end),
        transformer_mw; terrain_factor of the line where its way is known.
    standards
        Cost tables.

    Returns
    -------
    DataFrame
        line_usd, bays_usd, station_usd, transformers_usd; same index.

    Notes
    -----
    Short lines cost more per kilometre; each further circuit costs a share of the first.
    """
    voltage_kv, circuits, tie_km = ties["voltage_kv"], ties["circuits"], ties["tie_km"]
    rows = {kv: line_cost(standards, kv) for kv in voltage_kv.unique()}
    line = voltage_kv.map({kv: row.line_usd_per_km for kv, row in rows.items()})
    bay = voltage_kv.map({kv: row.bay_usd for kv, row in rows.items()})
    station = voltage_kv.map({kv: row.substation_usd for kv, row in rows.items()})
    more = 1.0 + standards.extra_circuit_share * (circuits - 1)
    line_usd = tie_km * line * _short_line_factor(tie_km, standards) * more
    line_usd = line_usd * ties.get("terrain_factor", 1.0)
    return pd.DataFrame(
        {
            "line_usd": line_usd.where(circuits > 0, 0.0),
            "bays_usd": circuits * bay,
            "station_usd": ties["stations"] * station,
            "transformers_usd": transformer_usd(ties["transformer_mw"], standards),
        }
    )


def connection_usd(
    tie_km: pd.Series,
    voltage_kv: pd.Series,
    circuits: pd.Series,
    load_mw: pd.Series | float,
    standards: Standards,
) -> pd.Series:
    """Return the cost of a new connection: line, bays, stations and transformers.

    Parameters
    ----------
    tie_km, voltage_kv, circuits
        One row per connection, same index.
    load_mw
        Power of the campus, one for all or of each.
    standards
        Cost tables.
    """
    ties = whole_connection(tie_km, voltage_kv, circuits, load_mw, standards)
    return connection_split(ties, standards).sum(axis=1, skipna=False)


def uprate_usd(branch: pd.Series, added_mw: float, standards: Standards) -> float:
    """Return what more rating of one circuit or transformer costs.

    Parameters
    ----------
    branch
        kind, voltage_kv, length_km of a grid's branch.
    added_mw
        Rating gained.
    standards
        Cost tables.
    """
    if branch["kind"] == "transformer":
        return float(transformer_usd(added_mw, standards))
    return standards.uprate_share * _line_usd(branch, standards)


def second_circuit_usd(branch: pd.Series, standards: Standards) -> float:
    """Return what a like circuit or transformer beside a branch costs, with a bay at each end."""
    bays_usd = 2 * line_cost(standards, branch["voltage_kv"]).bay_usd
    if branch["kind"] == "transformer":
        mva = branch["limit_mw"] * standards.power_factor
        return float(transformer_usd(mva, standards)) + bays_usd
    return _line_usd(branch, standards) + bays_usd


def campus_usd(new_mw: pd.Series, converted_mw: pd.Series, standards: Standards) -> pd.DataFrame:
    """Return the cost of a campus without land and connection.

    Parameters
    ----------
    new_mw, converted_mw
        Power of the halls that are built, and of those that are converted.
    standards
        Class of the building.

    Returns
    -------
    DataFrame
        new_halls_usd, fit_out_usd, cooling_usd.
    """
    row = standards.building_class()
    factor = standards.in_cost_year(row.usd_year)
    return pd.DataFrame(
        {
            "new_halls_usd": new_mw * row.campus_usd_per_mw * factor,
            "fit_out_usd": converted_mw * row.fit_out_usd_per_mw * factor,
            "cooling_usd": converted_mw * row.cooling_usd_per_mw * factor,
        }
    )


def energy_usd_per_year(
    price_usd_per_mwh: pd.Series, pue: pd.Series, load_mw: float, standards: Standards
) -> pd.Series:
    """Return the cost of a year's power at the price of the zone, of the year of that price.

    Unknown where price or PUE are.
    """
    mean = mean_draw(pue, standards).where(pue.notna())
    return price_usd_per_mwh * HOURS_PER_YEAR * load_mw * mean


def mean_draw(pue: pd.Series, standards: Standards) -> pd.Series:
    """Return what a campus draws in the mean of a year, as a share of its connection.

    Mean computing power is a share of the connection, and the PUE comes on top; the campus never
    draws more than its connection carries. Where the PUE is unknown it draws all of that.
    """
    return (pue * standards.building_class().load_factor).fillna(1.0).clip(upper=1.0)


def with_costs_per_mw(measures: pd.DataFrame, load_mw: float) -> pd.DataFrame:
    """Add the costs by the megawatt of the load."""
    return measures.assign(
        connection_usd_per_mw=measures["connection_usd"] / load_mw,
        capex_usd_per_mw=measures["capex_usd"] / load_mw,
        energy_usd_per_mw_per_year=measures["energy_usd_per_year"] / load_mw,
    )


def cost_note(standards: Standards) -> str:
    """Say in which dollars costs are, and for which kind of campus."""
    row = standards.building_class()
    per_mw = row.campus_usd_per_mw * standards.in_cost_year(row.usd_year) / 1e6
    return (
        f"Costs are in USD of {standards.cost_year:.0f}, brought there by consumer prices, which "
        f"grid equipment has outrun; the campus is of class '{row.name}', {per_mw:,.3g} million "
        "USD a megawatt without computers."
    )


def _line_usd(branch: pd.Series, standards: Standards) -> float:
    length_km = float(branch["length_km"])
    per_km = line_cost(standards, branch["voltage_kv"]).line_usd_per_km
    return length_km * per_km * float(_short_line_factor(length_km, standards))


def _short_line_factor(length_km: Array | float, standards: Standards) -> Array:
    """Return by how much a kilometre of a short line costs more."""
    return np.select(
        [
            np.less(length_km, standards.short_line_km),
            np.less(length_km, standards.medium_line_km),
        ],
        [standards.short_line_factor, standards.medium_line_factor],
        1.0,
    )
