"""Existing campuses: a table, what each lacks in words, and the same for programs."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

from geo.timeline import READY
from maps.costs import millions
from maps.documents import SCHEMA_VERSION, csv_text, geojson_text, json_text, scenario
from maps.frames import ordered, outgoing, records
from maps.tables import rendered, table
from maps.text import is_unknown, number, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

    from geo.siting import Siting
    from maps.tables import Column, Format

    Row = Mapping[str, Any]

LEAST_MW: Final = 0.05
LEAST_KM: Final = 0.05
LEAST_HA: Final = 0.05
LEAST_MONTHS: Final = 0.5
MILLION: Final = 1e6
TABLE: Final[tuple[Column, ...]] = (
    ("rank", "#", 0),
    ("grade", "Grade", None),
    ("name", "Campus", None),
    ("grid_mw", "Grid\nMW", 0),
    ("first_mw", "Now\nMW", 0),
    ("months_first_p50", "after\nmonths", 0),
    ("months_whole_p50", "Whole\nmonths", 0),
    ("firm_mw", "Firm\nMW", 0),
    ("feed", "Feed", None),
    ("redundancy", "In\nreach", None),
    ("capex_musd", "Cost\nMUSD", 0),
    ("each_musd", "MUSD\na MW", 1),
    ("free_ha", "Free\nha", 0),
)


def campus_text(
    siting: Siting, found: gpd.GeoDataFrame, fmt: Format = "table", width: int = 80
) -> str:
    """Write how the existing campuses of a place convert.

    Parameters
    ----------
    siting
        The answer that they were found in.
    found
        From `geo.campuses.campuses`.
    fmt
        A table with sentences for people, or one of the machine-readable forms, which hold the
        sentences in the column ``missing``.
    width
        Columns of the terminal, for the table.
    """
    rows = outgoing(found)
    told = [list(missing(row, siting)) for row in records(rows)]
    if fmt == "table":
        return _page(rows, told, siting, width)
    full = outgoing(ordered(rows.assign(missing=[" ".join(words) for words in told]), ["rank"]))
    if fmt == "json":
        return json_text(
            {
                "schema_version": SCHEMA_VERSION,
                "place": plain(siting.layers.place.name),
                "scenario": scenario(siting),
                "campuses": records(full),
                "notes": [plain(note) for note in siting.notes],
            }
        )
    return csv_text(full) if fmt == "csv" else geojson_text(full)


def missing(row: Row, siting: Siting) -> Iterator[str]:
    """Say in sentences what a campus lacks for the load asked for."""
    if row["dropped"]:
        yield f"Not a site: {row['dropped']}."
        return
    if is_unknown(row["grid_mw"]):
        yield "Its energised MW are not known, so that nothing of it counts."
    yield from _missing_power(row, siting)
    yield from _missing_halls(row, siting)
    yield from _missing_land(row)


def beside(row: Row) -> str:
    """Set a campus beside the best greenfield site of the place."""
    if row["dropped"] or is_unknown(row["green_site_id"]):
        return ""
    first = _sooner("first power", row["first_sooner_months"])
    whole = _sooner("the whole", row["whole_sooner_months"])
    less = row["less_usd"]
    cost = f"{millions(abs(less))} USD {'less' if less >= 0 else 'more'}"
    return (
        f"Beside {row['green_name']} ({row['green_site_id']}), the best greenfield site, grade "
        f"{row['green_grade']}: {', '.join(part for part in (first, whole, cost) if part)}."
    )


def _page(rows: gpd.GeoDataFrame, told: list[list[str]], siting: Siting, width: int) -> str:
    shown = rows.assign(
        capex_musd=rows["capex_usd"] / MILLION, each_musd=rows["capex_usd_per_mw"] / MILLION
    )
    parts = [_heading(siting), rendered(table(shown, TABLE, width), width)]
    for row, words in zip(records(rows), told, strict=True):
        lines = [
            fill(plain(text), width, initial_indent="  - ", subsequent_indent="    ")
            for text in (*words, beside(row))
            if text
        ]
        parts.append("\n".join(["", f"{row['rank']}  {row['name']}{_who(row)}", *lines, ""]))
    return "".join(parts)


def _heading(siting: Siting) -> str:
    asked, standards = siting.scenario, siting.layers.place.standards
    return (
        f"{plain(siting.layers.place.title)}: {_mw(asked.load_mw)}, {asked.redundancy}, class "
        f"'{standards.building}'; costs in USD of {standards.cost_year:.0f}\n"
    )


def _who(row: Row) -> str:
    known = [str(row[name]) for name in ("use", "operator") if not is_unknown(row[name])]
    error_km = row["position_error_km"]
    if error_km and not is_unknown(error_km):
        known.append(f"position may be off by {number(error_km, 1)} km")
    return f"  ({'; '.join(known)})" if known else ""


def _missing_power(row: Row, siting: Siting) -> Iterator[str]:
    asked = siting.scenario
    if row["missing_mw"] > LEAST_MW:
        yield (
            f"{_mw(row['missing_mw'])} of the {_mw(asked.load_mw)}: a new connection, "
            f"{_tie(row, siting)}, for {millions(row['connection_usd'])} USD, by month "
            f"{number(row['months_whole_p50'])} (P50)."
        )
    elif row["second_feed_usd"]:
        yield (
            f"{asked.redundancy}: its feed counts as {row['feed']}; a second one, "
            f"{_tie(row, siting)}, costs {millions(row['second_feed_usd'])} USD and is there by "
            f"month {number(row['months_whole_p50'])} (P50)."
        )
    elif not is_unknown(row["grid_mw"]) and row["way"] == READY:
        grid = _mw(row["grid_mw"])
        yield f"Nothing of the grid: {grid} are energised, and its feed counts as {row['feed']}."
    if asked.redundancy == "2N" and row["feed"] != "2N" and row["redundancy"] != "2N":
        yield "2N: no second station in reach carries the load without the first."
    lacks_mw = asked.load_mw - (row["firm_mw"] or 0.0)
    if lacks_mw > LEAST_MW:
        yield (
            f"Firm power: the grid at {row['poi_name']} gives {_mw(row['firm_mw'])} with any one "
            f"line out, {_mw(lacks_mw)} less than the load."
        )


def _tie(row: Row, siting: Siting) -> str:
    """Name the line that is built: to the second point of connection where one is, or both."""
    first = _length(row["tie_km"], f"{row['poi_name']}, {number(row['poi_voltage_kv'])} kV")
    if is_unknown(row["second_tie_km"]):
        return first
    buses = siting.headroom.drop_duplicates("bus_id").set_index("bus_id")["name"]
    name = buses.get(row["second_poi_id"], row["second_poi_id"])
    second = _length(row["second_tie_km"], str(name))
    return f"{first}, and {second}" if row["circuits"] else second


def _length(tie_km: float, station: str) -> str:
    return f"{number(tie_km, 1)} km to {station}" if tie_km >= LEAST_KM else f"at {station}"


def _missing_halls(row: Row, siting: Siting) -> Iterator[str]:
    name = siting.layers.place.standards.building
    parts = [
        (row["fit_out_usd"], f"fit-out of its halls for class '{name}'"),
        (row["cooling_usd"], "their cooling"),
        (row["new_halls_usd"], f"new halls for {_mw(row['missing_mw'])}"),
    ]
    costed = [f"{words} ({millions(usd)} USD)" for usd, words in parts if usd]
    if costed:
        text = ", ".join(costed)
        yield f"{text[0].upper()}{text[1:]}."
    elif not is_unknown(row["grid_mw"]):
        yield f"No work on its halls: they are of class '{name}'."


def _missing_land(row: Row) -> Iterator[str]:
    needed, free = row["needed_ha"], row["free_ha"]
    if not needed or needed < LEAST_HA:
        return
    if is_unknown(free):
        yield f"{number(needed)} ha for the new halls; whether it has free land is not known."
    elif free < needed:
        yield f"{number(needed)} ha for the new halls; it has {number(free)} ha free."


def _sooner(what: str, months: float | None) -> str:
    if months is None or is_unknown(months):
        return ""
    if abs(months) < LEAST_MONTHS:
        return f"{what} at the same time"
    count = number(abs(months))
    unit = "month" if count == "1" else "months"
    return f"{what} {count} {unit} {'sooner' if months > 0 else 'later'}"


def _mw(value: float | None) -> str:
    return "unknown MW" if is_unknown(value) else f"{number(value)} MW"
