"""What the connection and the campus cost, in USD of the year of the source tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.standards import nearest_line_cost, nearest_line_type

if TYPE_CHECKING:
    import pandas as pd

    from geo.flow import Array
    from geo.kinds import Place
    from geo.standards import Standards


def tie_circuits(place: Place, voltage_kv: float, load_mw: float, *, spare: bool) -> int:
    """Return how many circuits a tie-line needs, one more where the loss of one must be borne."""
    rating = nearest_line_type(place.standards, voltage_kv, place.frequency_hz).rating_mva
    return int(np.ceil(load_mw / (rating * place.standards.power_factor))) + int(spare)


def connection_usd(
    tie_km: pd.Series,
    voltage_kv: pd.Series,
    circuits: pd.Series,
    load_mw: float,
    standards: Standards,
) -> pd.Series:
    """Return the cost of a new connection: line, bays at both ends, station and transformers.

    Parameters
    ----------
    tie_km, voltage_kv, circuits
        One row per connection, same index.
    load_mw
        Power of the campus.
    standards
        Cost tables.

    Notes
    -----
    Short lines cost more per kilometre; each further circuit costs a share of the first.
    """
    by_voltage = {kv: nearest_line_cost(standards, kv) for kv in voltage_kv.unique()}
    line = voltage_kv.map({kv: row.line_usd_per_km for kv, row in by_voltage.items()})
    bay = voltage_kv.map({kv: row.bay_usd for kv, row in by_voltage.items()})
    station = voltage_kv.map({kv: row.substation_usd for kv, row in by_voltage.items()})
    short = _short_line_factor(tie_km, standards)
    more = 1.0 + standards.extra_circuit_share * (circuits - 1)
    units = 1 + (circuits > 1).astype(int)
    transformer = units * load_mw / standards.power_factor * standards.transformer_usd_per_mva
    return tie_km * line * short * more + circuits * bay + station + transformer


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
        return added_mw / standards.power_factor * standards.transformer_usd_per_mva
    return standards.uprate_share * _line_usd(branch, standards)


def second_circuit_usd(branch: pd.Series, standards: Standards) -> float:
    """Return what a like circuit or transformer beside a branch costs, with a bay at each end."""
    row = nearest_line_cost(standards, branch["voltage_kv"])
    if branch["kind"] == "transformer":
        unit = branch["limit_mw"] * standards.transformer_usd_per_mva
        return float(unit + 2 * row.bay_usd)
    return _line_usd(branch, standards) + 2 * row.bay_usd


def _line_usd(branch: pd.Series, standards: Standards) -> float:
    length_km = float(branch["length_km"])
    per_km = nearest_line_cost(standards, branch["voltage_kv"]).line_usd_per_km
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


def capex_usd(
    connection: pd.Series,
    land_price_usd_per_ha: pd.Series,
    area_ha: float,
    load_mw: float,
    standards: Standards,
) -> pd.Series:
    """Return campus, connection and land; unknown land prices count as nothing, being small."""
    land = land_price_usd_per_ha.fillna(0.0) * area_ha
    return load_mw * standards.campus_usd_per_mw + connection + land
