"""What limits a point of connection in turn, and what upgrades would free, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from maps.frames import records
from maps.names import branch_name, branch_names
from maps.reasons import SUPPLY, what_limits
from maps.text import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from geo.siting import Siting

MILLION, THOUSAND = 1e6, 1e3
LEAST_MW = 0.5


def limits_in_turn(siting: Siting, poi_id: str) -> list[str]:
    """Say what limits a point of connection today, and what would with that out of the way."""
    names = branch_names(siting)
    rows = _of(siting.limits, poi_id)
    return [_limit(row, names, first=at == 0) for at, row in enumerate(rows)]


def what_upgrades_free(siting: Siting, poi_id: str) -> list[str]:
    """Say what each upgrade of today's limit would free, and for how much."""
    names = branch_names(siting)
    return [_upgrade(row, names) for row in _of(siting.upgrades, poi_id)]


def spread_of(column: str, site: Mapping[str, Any], situations: int) -> str:
    """Say how firm or normal power spreads over the situations; '' where that was not asked."""
    low, middle, high = (site.get(f"{column}_p{part}") for part in (10, 50, 90))
    if low is None or low != low:  # noqa: PLR0124 -- NaN
        return ""
    return f"{number(low)} / {number(middle)} / {number(high)} MW over {situations} situations"


def _of(table: pd.DataFrame, poi_id: str) -> list[dict[str, Any]]:
    return records(table[table["bus_id"] == poi_id])


def _limit(row: Mapping[str, Any], names: Mapping[str, str], *, first: bool) -> str:
    named = {
        "limiting_line": branch_name(row["branch"] or "", names),
        "limiting_outage": branch_name(row["outage"] or "", names),
    }
    limit = what_limits(named)
    lead = "Now" if first else "Then" if limit != SUPPLY else "At most"
    gain = row["gain_mw_per_mw"]
    more = f"; each MW of its rating gives {number(gain, 1)}" if gain and gain > 0 else ""
    return f"{lead} {number(row['firm_mw'])} MW: {limit}{more}."


def _upgrade(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    where = branch_name(row["branch"], names)
    cost = f"{number(row['usd'] / MILLION, 1)} million USD"
    if row["unlocked_mw"] < LEAST_MW:
        return f"{row['measure']}, {where}: nothing more, for {cost}."
    each = number(row["usd"] / row["unlocked_mw"] / THOUSAND)
    return (
        f"{row['measure']}, {where}: {number(row['unlocked_mw'])} MW more for {cost}, "
        f"{each} thousand USD a MW."
    )
