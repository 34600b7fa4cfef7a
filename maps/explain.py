"""Everything about one site as text: why this rank, and why not a higher grade."""

from __future__ import annotations

from difflib import get_close_matches
from textwrap import fill
from typing import TYPE_CHECKING, Any

from geo.cost import COST_COLUMNS
from geo.errors import UnknownSiteError
from geo.timeline import TIME_COLUMNS
from geo.year_round import SEASON_COLUMNS, SUPPLY_COLUMNS
from maps import reasons
from maps.costs import cost_text
from maps.documents import sources
from maps.frames import ordered, outgoing, records, shares
from maps.labels import SITE_COLUMNS, label
from maps.next_grade import steps, why_not_higher
from maps.outlook import limits_in_turn, spread_of, what_upgrades_free
from maps.supply_paths import links_sentence, path_sentences
from maps.sure import how_sure, what_dethrones
from maps.text import bar, is_unknown, number, plain
from maps.timetable import months_text, rules_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.siting import Siting

Row = dict[str, Any]
CONNECTION = ("poi_name", "poi_voltage_kv", "tie_km", "redundancy")
ENERGY = ("hydro_mw_in_reach", "gas_mcm_per_year_in_reach", "power_price_usd_per_mwh")
GROUND = ("area_ha", "land_price_usd_per_ha", "pue", "carbon_g_per_kwh")
TOLD_TOO = (
    "flexible_mw", "firm_mw_p10", "firm_mw_p50", "firm_mw_p90",
    "normal_mw_p10", "normal_mw_p50", "normal_mw_p90",
    "top_share", "rank_p10", "rank_p90", "robust", "position_error_km",
    *TIME_COLUMNS, *COST_COLUMNS, *SUPPLY_COLUMNS, *SEASON_COLUMNS,
)  # fmt: skip
NAME_WIDTH = 26
BAR_WIDTH = 24


def explain_text(siting: Siting, site_id: str, width: int = 80) -> str:
    """Tell why a site has its rank.

    Parameters
    ----------
    siting
        The answer.
    site_id
        Id as in every output.
    width
        Columns of the terminal.

    Returns
    -------
    str
        Lines of plain text, ending in a newline.

    Raises
    ------
    UnknownSiteError
        If the place has no site of that id.
    """
    site = _find(siting, site_id)
    parts = [
        _heading(site, siting),
        "\n".join(_power(site, siting, width)),
        _listed("Limits in turn", limits_in_turn(siting, site["poi_id"]), width),
        _listed("Upgrades", what_upgrades_free(siting, site["poi_id"]), width),
        _facts("Connection", CONNECTION, site),
        "\n".join(_supply(site, siting, width)),
        months_text(site, siting),
        _listed("Rules of the jurisdiction", rules_text(site, siting), width),
        cost_text(site, siting, width),
        _facts("Energy", ENERGY, site),
        "\n".join(_year(site, width)),
        _facts("Ground and climate", GROUND, site),
        _share_bars(site),
        _listed("How sure", [how_sure(site, siting), *what_dethrones(siting)], width),
        _listed("To take with care", [*reasons.approximations(site), *siting.notes], width),
        _listed("Sources", [_source_line(row) for row in sources(siting)], width),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _find(siting: Siting, site_id: str) -> Row:
    sites = siting.sites
    found = sites[sites["site_id"] == site_id]
    if found.empty:
        ids = [str(value) for value in sites["site_id"]]
        near = get_close_matches(site_id, ids, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise UnknownSiteError(
            f"{siting.layers.place.title} has no site '{site_id}' in this scenario{hint} "
            "(powersite rank lists the ids)"
        )
    columns = (*SITE_COLUMNS, *shares(sites), *TOLD_TOO)
    return records(outgoing(ordered(found, columns)))[0]


def _heading(site: Row, siting: Siting) -> str:
    kind = reasons.KINDS.get(site["kind"], site["kind"])
    return (
        f"{site['name']}  ({site['site_id']})\n"
        f"Rank {site['rank']} of {len(siting.sites)}, grade {site['grade']}, "
        f"score {number(site['score'], 1)}\n"
        f"{kind}, {site['region'] or 'region unknown'}, "
        f"{_degrees(site['lat'], 'NS')} {_degrees(site['lon'], 'EW')}"
    )


def _degrees(value: float, sides: str) -> str:
    return f"{number(abs(value), 4)}° {sides[value < 0]}"


def _power(site: Row, siting: Siting, width: int) -> Iterator[str]:
    yield "Power"
    yield _fact("firm_mw", site)
    yield _fact("normal_mw", site)
    yield _fact("flexible_mw", site)
    for name in ("firm", "normal"):
        if spread := spread_of(f"{name}_mw", site, siting.scenario.situations):
            yield _wrapped(f"  {name.title()} P10 / P50 / P90", spread, width)
    yield _wrapped("  Limited by", reasons.what_limits(site), width)
    yield _wrapped(f"  Why grade {site['grade']}", reasons.why_grade(site, siting), width)
    if missing := why_not_higher(steps(siting).get(site["site_id"]), siting):
        yield _wrapped("  Why not higher", missing, width)


def _supply(site: Row, siting: Siting, width: int) -> Iterator[str]:
    yield "Paths to strong sources"
    told = zip(siting.supply_paths["site_id"], path_sentences(siting), strict=True)
    found = [sentence for site_id, sentence in told if site_id == site["site_id"]]
    for number_of, sentence in enumerate(found, start=1):
        yield _wrapped(f"  Path {number_of}", sentence, width)
    if not found:
        in_shortlist = site["rank"] <= siting.scenario.top
        yield "  none" if in_shortlist else "  told for the shortlist only; raise --top"
    if links := links_sentence(site):
        yield _wrapped("  Links abroad", links, width)


def _year(site: Row, width: int) -> Iterator[str]:
    """Tell how the site could be supplied and how its zone gets through the year."""
    told = [
        (name, plain(site[name]))
        for name in ("supply_mix", "season_note")
        if not is_unknown(site.get(name))
    ]
    if not told:
        return
    yield "Supply through the year"
    for name, text in told:
        yield _wrapped(f"  {label(name).title}", text, width)
    if not is_unknown(site.get("supply_usd_per_mwh")):
        yield _fact("supply_usd_per_mwh", site)
        yield _fact("supply_months", site)


def _facts(title: str, columns: tuple[str, ...], site: Row) -> str:
    return "\n".join([title, *(_fact(column, site) for column in columns)])


def _fact(column: str, site: Row) -> str:
    shown, value = label(column), site[column]
    is_number = isinstance(value, (int, float))
    text = shown.show(value) if is_number else "unknown" if is_unknown(value) else str(value)
    return f"  {shown.title:<{NAME_WIDTH - 2}}{text}"


def _share_bars(site: Row) -> str:
    names = [name for name in site if name.startswith("share_")]
    if not names:
        return ""
    longest = max((site[name] or 0.0 for name in names), default=0.0) or 1.0
    lines = [
        f"  {label(name).title:<{NAME_WIDTH - 2}}{number(site[name], 1):>7}  "
        f"{bar((site[name] or 0.0) / longest, BAR_WIDTH)}".rstrip()
        for name in names
    ]
    total = f"  {'Score':<{NAME_WIDTH - 2}}{number(site['score'], 1):>7}"
    return "\n".join(["Shares of the score", *lines, total])


def _source_line(row: Row) -> str:
    parts = [row["title"], row["licence"], row["vintage"], row["note"]]
    return "; ".join(str(part) for part in parts if part and part != "unknown")


def _listed(title: str, items: list[str], width: int) -> str:
    seen = dict.fromkeys(plain(item) for item in items if item)
    lines = [fill(item, width, initial_indent="  - ", subsequent_indent="    ") for item in seen]
    return "\n".join([title, *lines]) if lines else ""


def _wrapped(name: str, text: str, width: int) -> str:
    return fill(
        text, width, initial_indent=f"{name:<{NAME_WIDTH}}", subsequent_indent=" " * NAME_WIDTH
    )
