"""A portfolio for a terminal of 80 columns, and the same as JSON, CSV and GeoJSON."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

from maps.documents import SCHEMA_VERSION, csv_text, geojson_text, json_text, scenario, sources
from maps.frames import outgoing, records
from maps.names import branch_name, branch_names
from maps.reasons import SUPPLY, what_limits
from maps.tables import rendered, table
from maps.text import number, plain

if TYPE_CHECKING:
    from geo.portfolio import Portfolio
    from geo.siting import Siting
    from maps.tables import Column, Format

SITES: Final[tuple[Column, ...]] = (
    ("rank", "#", 0),
    ("site_id", "Site id", None),
    ("name", "Site", None),
    ("mw", "MW", 0),
    ("alone_mw", "Alone\nMW", 0),
    ("alone_by", "held\nby", None),
    ("months_p50", "Months\nP50", 0),
    ("connection_musd", "Cost\nM USD", 1),
    ("poi_name", "Connected at", None),
)
FRONTIER: Final[tuple[Column, ...]] = (
    ("mw", "MW", 0),
    ("months_p50", "Months\nP50", 0),
    ("connection_musd", "Cost\nM USD", 1),
    ("sites", "Sites", 0),
    ("names", "which", None),
)
MILLION: Final = 1e6
LIMITS_SHOWN: Final = 3
LEAST_MW: Final = 0.5
LEAST_GAIN: Final = 0.05
NOT_ASKED: Final = ("top", "situations")
"""Knobs that decide nothing here."""


def portfolio_text(
    portfolio: Portfolio, siting: Siting, fmt: Format = "table", width: int = 80
) -> str:
    """Write the best set of sites.

    Parameters
    ----------
    portfolio
        The set and what it rests on.
    siting
        The ranking that it was chosen from.
    fmt
        A page for people, the whole as JSON, or the sites of the set as CSV or GeoJSON.
    width
        Columns of the terminal, for the page.
    """
    if fmt == "json":
        return json_text(_document(portfolio, siting))
    if fmt == "csv":
        return csv_text(outgoing(portfolio.sites))
    if fmt == "geojson":
        return geojson_text(outgoing(portfolio.sites))
    return _page(portfolio, siting, width)


def _document(portfolio: Portfolio, siting: Siting) -> dict[str, Any]:
    wish = portfolio.wish
    knobs = {name: value for name, value in scenario(siting).items() if name not in NOT_ASKED}
    return {
        "schema_version": SCHEMA_VERSION,
        "place": plain(siting.layers.place.name),
        "scenario": knobs,
        "portfolio": {
            "total_mw": wish.total_mw,
            "max_sites": wish.max_sites,
            "min_site_mw": wish.min_site_mw,
            "max_site_mw": wish.max_site_mw,
            "offered": portfolio.offered,
            "mw": round(portfolio.mw, 3),
            "bound_mw": round(portfolio.bound_mw, 3),
            "overload_before_mw": round(portfolio.overload_before_mw, 3),
            "overload_after_mw": round(portfolio.overload_after_mw, 3),
            "months_p50": portfolio.months_p50,
            "connection_usd": portfolio.connection_usd,
        },
        "sites": records(outgoing(portfolio.sites)),
        "counted_twice": records(outgoing(portfolio.counted_twice)),
        "limits": records(outgoing(portfolio.limits)),
        "frontier": records(outgoing(portfolio.frontier)),
        "sources": sources(siting),
        "notes": [plain(note) for note in (*portfolio.notes, *siting.notes)],
    }


def _page(portfolio: Portfolio, siting: Siting, width: int) -> str:
    sites = outgoing(portfolio.sites)
    sites["connection_musd"] = sites["connection_usd"] / MILLION
    points = outgoing(portfolio.frontier)
    points["connection_musd"] = points["connection_usd"] / MILLION
    called = dict(zip(siting.sites["site_id"], siting.sites["name"], strict=True))
    points["names"] = [
        plain(", ".join(called.get(one, one) for one in ids.split())) for ids in points["site_ids"]
    ]
    parts = [
        _filled(_summary(portfolio, siting), width),
        rendered(table(sites, SITES, width), width),
        "MW against months against cost; no other set found beats one of these:\n",
        rendered(table(points, FRONTIER, width), width),
        _filled("Adding up single answers. " + " ".join(_twice(portfolio)), width),
        _filled(_limited(portfolio, siting), width),
        _filled(_watched(portfolio, siting), width),
        *(_filled(plain(note), width) for note in portfolio.notes),
    ]
    return "\n".join(part for part in parts if part)


def _summary(portfolio: Portfolio, siting: Siting) -> str:
    wish, count = portfolio.wish, len(portfolio.sites)
    served = f"{number(portfolio.mw)} of {number(wish.total_mw)} MW firm (N-1)"
    where = f"at {count} {_sites(count)} of at most {wish.max_sites}"
    more = (
        ""
        if portfolio.mw >= wish.total_mw - LEAST_MW
        else f" No set of these sites serves more than {number(portfolio.bound_mw)} MW."
    )
    return (
        f"{plain(siting.layers.place.title)}: {served} {where}, all of it after "
        f"{number(portfolio.months_p50)} months (P50), with connections for "
        f"{number(portfolio.connection_usd / MILLION)} million USD.{more}"
    )


def _twice(portfolio: Portfolio) -> list[str]:
    """Say for each set by how much the sum of single answers is too much."""
    out = []
    for row in records(portfolio.counted_twice):
        twice = row["counted_twice_mw"]
        over = f"{number(twice)} MW counted twice" if twice >= LEAST_MW else "nothing counted twice"
        out.append(
            f"{row['set'].capitalize()}, {row['sites']} {_sites(row['sites'])}: "
            f"{number(row['alone_mw'])} MW, together {number(row['together_mw'])} MW, {over}."
        )
    return out


def _limited(portfolio: Portfolio, siting: Siting) -> str:
    """Name what limits the set where more is asked of it."""
    names = branch_names(siting)
    limits = [
        _limit(row, names)
        for row in records(portfolio.limits.head(LIMITS_SHOWN))
        if row["gain_mw_per_mw"] >= LEAST_GAIN
    ]
    own = float(portfolio.counted_twice["counted_twice_mw"].iloc[0])
    if not limits and own < LEAST_MW:
        return "Each site of this set could have all that it could take alone."
    return f"More of this set is limited by {'; '.join(limits) or SUPPLY}."


def _watched(portfolio: Portfolio, siting: Siting) -> str:
    """Say what the set does to lines that it moves too little to be watched for it."""
    before, after = portfolio.overload_before_mw, portfolio.overload_after_mw
    return (
        f"Firm power watches the lines that a site moves by {siting.scenario.cutoff:.0%} of its "
        "load or more. With every line watched and the best dispatch, what is over limits, summed "
        f"over lines and outages, is {number(before)} MW before the set is connected and "
        f"{number(after)} MW with it."
    )


def _limit(row: dict[str, Any], names: dict[str, str]) -> str:
    named = {
        "limiting_line": branch_name(row["branch"], names),
        "limiting_outage": branch_name(row["outage"], names),
    }
    return f"{what_limits(named)} ({number(row['gain_mw_per_mw'], 1)} MW for a MW of its rating)"


def _sites(count: int) -> str:
    return "site" if count == 1 else "sites"


def _filled(text: str, width: int) -> str:
    return textwrap.fill(text, width, break_long_words=False) + "\n" if text else ""
