"""The monthly balance in words: what a zone does over the year, and what a reader has to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.generation import running, with_energy
from geo.profiles import MONTHS
from geo.zones import WHOLE, zone_names

if TYPE_CHECKING:
    import pandas as pd

    from geo.flow import Array
    from geo.kinds import Layers
    from geo.standards import Standards

GWH_PER_TWH: Final = 1000.0
SUMMER: Final = np.isin(np.arange(12), range(4, 10))
"""The half-year from May to October, summer in the north."""
MISSING_MW: Final = 0.5
FED: Final = {
    "alone": "is fed without imports",
    "imports": "is fed with imports only",
    "no": "is not fed in every month even with imports",
}
PEOPLE: Final = (
    "No large consumers are known, so the demand of a price zone follows its people: too much "
    "where cities are, too little where industry is. The balance of the whole is not touched."
)


def season_note(
    name: str, months: pd.DataFrame, zones: pd.DataFrame, load_mw: float, *, north: bool
) -> str:
    """Say what a zone does over the year and how a campus gets through it.

    Parameters
    ----------
    name
        Of the zone, for people.
    months
        Rows of the zone, as in `geo.season.Seasons.months`.
    zones
        Its two rows, as in `geo.season.Seasons.zones`.
    load_mw
        Of the campus.
    north
        Whether July is in summer.
    """
    mean, dry = (zones[zones["year"] == year].iloc[0] for year in ("mean", "dry"))
    missing = (months.loc[months["year"] == "mean", "balance_mw"] < -MISSING_MW).to_numpy()
    first = (
        f"{name} {_habit(missing, north=north)}: {_margin(mean)} of a mean year, "
        f"{_margin(dry)} of a dry year."
    )
    if mean["fed"] == dry["fed"]:
        second = f"A campus of {load_mw:g} MW {FED[mean['fed']]}, in a mean and in a dry year"
    else:
        second = (
            f"A campus of {load_mw:g} MW {FED[mean['fed']]} in a mean year and "
            f"{FED[dry['fed']]} in a dry year"
        )
    limit = f"; links could bring up to {mean['link_limit_mw']:,.0f} MW"
    return f"{first} {second}{limit if dry['fed'] != 'alone' else ''}."


def _habit(missing: Array, *, north: bool) -> str:
    if not missing.any():
        return "has power to spare in every month of a mean year"
    if missing.all():
        return "imports in every month of a mean year"
    summer = SUMMER if north else ~SUMMER
    when = {"imports": "", "exports": ""}
    if not missing[summer].any():
        when = {"imports": " in winter", "exports": " in summer"}
    elif not missing[~summer].any():
        when = {"imports": " in summer", "exports": " in winter"}
    return (
        f"exports{when['exports']} ({_runs(~missing)}) and "
        f"imports{when['imports']} ({_runs(missing)})"
    )


def _runs(chosen: Array) -> str:
    """Name months that follow each other as 'May to July', over the turn of the year too."""
    starts = np.flatnonzero(chosen & ~np.roll(chosen, 1))
    ends = np.flatnonzero(chosen & ~np.roll(chosen, -1))
    ends = np.roll(ends, -1) if ends[0] < starts[0] else ends
    pairs = zip(starts, ends, strict=True)
    return ", ".join(
        MONTHS[start] if start == end else f"{MONTHS[start]} to {MONTHS[end]}"
        for start, end in pairs
    )


def _margin(row: pd.Series) -> str:
    mw, month = float(row["driest_mw"]), row["driest_month"]
    return f"{abs(mw):,.0f} MW {'to spare' if mw >= 0 else 'missing'} in {month}"


def season_notes(layers: Layers, zones: pd.DataFrame, limits: pd.DataFrame) -> tuple[str, ...]:
    """Say what the balance rests on.

    Parameters
    ----------
    layers
        With plants.
    zones
        As in `geo.season.Seasons.zones`.
    limits
        From `geo.zones.link_limits`, with the whole place.
    """
    standards = layers.place.standards
    plants = with_energy(running(layers.plants.frame), standards)  # type: ignore[union-attr]
    whole = zones[(zones["zone"] == WHOLE) & (zones["year"] == "mean")].iloc[0]
    untold, abroad_mw = limits.loc[WHOLE, "untold"], limits.loc[WHOLE, "abroad_mw"]
    notes = {
        _years(plants, standards): True,
        f"Mean year: {_listed(plants, standards)}; demand is "
        f"{whole['demand_gwh'] / GWH_PER_TWH:,.1f} TWh, the balance "
        f"{whole['balance_gwh'] / GWH_PER_TWH:+,.1f} TWh.": True,
        _left_out(plants): bool(plants["annual_gwh"].isna().any()),
        _not_yet(plants): bool(_is_new(plants).any()),
        PEOPLE: is_by_people(layers),
        _campuses(layers): layers.campuses is not None and len(layers.campuses) > 0,
        f"{untold:.0f} links abroad have neither a known capacity nor a line, and bring nothing.": (
            bool(untold > 0)
        ),
        f"Over the months links abroad can bring energy at {abroad_mw:,.0f} MW: trading capacity "
        f"or, where none is known, {standards.transfer_share:.0%} of line ratings. Whether a "
        "neighbour has the energy to sell is not known.": bool(abroad_mw > 0),
    }
    return tuple(note for note, holds in notes.items() if holds)


def is_by_people(layers: Layers) -> bool:
    """Say whether the demand of zones is known by their people alone."""
    return layers.loads is None and zone_names(layers) != [WHOLE]


def _campuses(layers: Layers) -> str:
    mw = 0.0 if layers.campuses is None else layers.campuses.frame["grid_mw"].sum()
    return (
        f"What existing campuses draw, up to {mw:,.0f} MW, is in the demand only as far as the "
        "demand given has it."
    )


def _years(plants: pd.DataFrame, standards: Standards) -> str:
    profiles = {
        "hydro": standards.hydro_profile,
        "wind": standards.wind_profile,
        "solar": standards.solar_profile,
    }
    used = {fuel: row for fuel, row in profiles.items() if (plants["fuel"] == fuel).any()}
    used["demand"] = standards.demand_profile
    parts = ", ".join(f"{fuel} by '{row.name}'" for fuel, row in used.items())
    return (
        f"Months are assumed: {parts}. The reservoirs of a zone run as one, and for its worst "
        "month; every year is like the last. A dry year has "
        f"{standards.dry_year_share:.0%} of the hydro energy."
    )


def _listed(plants: pd.DataFrame, standards: Standards) -> str:
    twh = plants.groupby("fuel")["annual_gwh"].sum() / GWH_PER_TWH
    parts = ", ".join(f"{fuel} {energy:,.1f} TWh" for fuel, energy in twh.items() if energy > 0)
    guessed = plants.loc[plants["assumed"], "annual_gwh"].sum() / GWH_PER_TWH
    small = standards.unlisted_share
    rest = f"{small:.0%} more are assumed for those" if small else "nothing is added for those"
    held = plants["storage_gwh"].sum() / GWH_PER_TWH
    return (
        f"the plants listed give {parts or 'nothing'}, of which {guessed:,.1f} TWh are assumed "
        f"from their capacity; {rest} too small to be listed; reservoirs listed hold "
        f"{held:,.1f} TWh"
    )


def _left_out(plants: pd.DataFrame) -> str:
    by_fuel = plants[plants["annual_gwh"].isna()].groupby("fuel")["capacity_mw"].sum()
    parts = ", ".join(f"{fuel} {mw:,.0f} MW" for fuel, mw in by_fuel.items())
    return f"Plants whose energy is not known bring nothing: {parts}."


def _not_yet(plants: pd.DataFrame) -> str:
    new = plants[_is_new(plants)]
    rows = zip(new["name"], new["capacity_mw"], new["status"], strict=True)
    parts = ", ".join(f"{name} ({mw:,.0f} MW, {status})" for name, mw, status in rows)
    return f"Counted as running: {parts}."


def _is_new(plants: pd.DataFrame) -> pd.Series:
    return ~plants["status"].str.lower().isin(["", "operating"])
