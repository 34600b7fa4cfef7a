"""What the page shows, as plain values: everything it needs and nothing that it has to work out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.cost import COST_COLUMNS
from geo.timeline import TIME_COLUMNS
from geo.year_round import SUPPLY_COLUMNS
from maps import reasons
from maps.backdrop import backdrop, breaks
from maps.branch_places import branch_places
from maps.completeness import known_rows
from maps.documents import SCHEMA_VERSION, scenario
from maps.frames import records, shares
from maps.island import packed, paths, points
from maps.labels import KNOBS, LABELS, REGION_COLUMNS, SITE_COLUMNS, label
from maps.manifest import counts, installed_version
from maps.names import branch_name, branch_names, line_of
from maps.next_grade import steps
from maps.plans import plans
from maps.reranking import reranking
from maps.stamp import created
from maps.supply_paths import path_sentences
from maps.text import number
from maps.thinning import best_sites, drawn_lines, drawn_plants, drawn_stations, left_out

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.siting import Siting
    from maps.labels import Label

TABLE_ROWS: Final = 200
ROUND: Final = 2
MOST_LIFTS: Final = 3000
TOLD: Final = (
    "flexible_mw", "firm_mw_p10", "firm_mw_p50", "firm_mw_p90",
    "normal_mw_p10", "normal_mw_p50", "normal_mw_p90",
    "top_share", "rank_p10", "rank_p90", "robust", "position_error_km",
    "limiting_line", "limiting_outage",
    "station_links_mw", "part_links_mw", "part_supply_mw", "part_without",
    *TIME_COLUMNS, *COST_COLUMNS, *SUPPLY_COLUMNS, "season_note",
)  # fmt: skip
"""What is told of a site beside the columns of the house."""


def scene(siting: Siting) -> dict[str, Any]:
    """Return what the page shows."""
    every, siting = siting, best_sites(siting)
    place, asked = siting.layers.place, siting.scenario
    return {
        "schema_version": SCHEMA_VERSION,
        "title": f"powersite · {place.title} · {number(asked.load_mw)} MW",
        "place": {"name": place.name, "title": place.title, "note": place.note},
        "scenario": scenario(siting),
        "question": question(siting),
        "made": {
            "by": f"powersite {installed_version('powersite')}",
            "on": f"{created():%Y-%m-%d}",
        },
        "counts": counts(every),
        "grades": reasons.grade_meanings(siting),
        "cost_year": f"{place.standards.cost_year:.0f}",
        "sure": {"top": siting.sureness.top, "sites": len(every.sites)},
        "labels": {name: list(asdict(label(name)).values()) for name in _labelled(siting)},
        "table_rows": TABLE_ROWS,
        "reranking": reranking(siting),
        "exported": [*SITE_COLUMNS, *shares(siting.sites), "position_error_km"],
        "plans": plans(siting),
        **backdrop(siting),
        **network(siting),
        **resources(siting),
        "sites": sites(siting),
        "lifts": lifts(siting),
        "feeds": feeds(siting),
        "supply": supply(siting),
        "outlook": outlook(siting),
        "regions": regions(siting),
        "region_breaks": region_breaks(siting),
        "dropped": records(siting.dropped),
        "known": known_rows(siting.known),
        "sources": [
            {"layer": layer.kind} | asdict(layer.source) for layer in siting.layers.sources()
        ],
        "notes": [*siting.notes, *left_out(every)],
    }


def question(siting: Siting) -> list[list[str]]:
    """Return the knobs of the question in words; the demand is the place's where none was given."""
    asked = scenario(siting)
    asked["demand_mw"] = asked["demand_mw"] or siting.layers.place.demand_mw
    knobs = [[known.title, _knob(asked[name], known)] for name, known in KNOBS.items()]
    return knobs + [[f"Weight of {name}", f"{value:g}"] for name, value in asked["weights"].items()]


def _knob(value: object, known: Label) -> str:
    return known.show(float(value)) if isinstance(value, (int, float)) else str(value)


def sites(siting: Siting) -> dict[str, Any]:
    """Return every site with what its card tells."""
    frame = siting.sites
    columns = [name for name in SITE_COLUMNS if not name.startswith("limiting")]
    dollars = [name for name in COST_COLUMNS if name in frame]
    told = frame.assign(**frame[dollars].round())
    return packed(told, (*columns, *shares(frame), *TOLD)) | {"paths": paths(frame.geometry)}


def lifts(siting: Siting) -> dict[str, Any]:
    """Return what lifts sites below grade A by one grade, the best few thousand of them."""
    rows = list(steps(siting).values())[:MOST_LIFTS]
    return packed(pd.DataFrame(rows), rows[0] if rows else ())


def feeds(siting: Siting) -> dict[str, Any]:
    """Return the tie-lines of the sites in the table."""
    shown = set(siting.sites.head(TABLE_ROWS)["site_id"])
    frame = siting.feeds[siting.feeds["site_id"].isin(shown)]
    ground = [name for name in frame.columns if name.startswith(("km_", "usd_"))]
    dollars = {name: frame[name].round() for name in ground if name.startswith("usd_")}
    columns = ("site_id", "poi_id", "tie_km", *ground)
    return packed(frame.assign(**dollars), columns) | {"paths": paths(frame.geometry)}


def supply(siting: Siting) -> dict[str, Any]:
    """Return the supply paths of the shortlist, each with the sentence that tells it."""
    frame = siting.supply_paths.rename(columns={"path": "path_number"})
    frame = frame.assign(told=path_sentences(siting))
    columns = ("site_id", "path_number", "to_station", "told")
    return packed(frame, columns) | {"paths": paths(frame.geometry)}


def outlook(siting: Siting) -> dict[str, dict[str, list[list[Any]]]]:
    """Return what limits some points of connection in turn, and what frees more.

    Returns
    -------
    dict
        Point to ``limits``, rows of firm_mw, branch, outage and gain, today's first; and to
        ``upgrades``, rows of measure, branch, unlocked_mw and usd.
    """
    names = branch_names(siting)
    limits = siting.limits.assign(
        branch=_named(siting.limits["branch"], names), outage=_named(siting.limits["outage"], names)
    )
    upgrades = siting.upgrades.assign(branch=_named(siting.upgrades["branch"], names))
    steps_of = _rows_by_point(limits, ["firm_mw", "branch", "outage", "gain_mw_per_mw"])
    offers_of = _rows_by_point(upgrades, ["measure", "branch", "unlocked_mw", "usd"])
    return {
        point: {"limits": rows, "upgrades": offers_of.get(point, [])}
        for point, rows in steps_of.items()
    }


def _rows_by_point(table: pd.DataFrame, columns: list[str]) -> dict[str, list[list[Any]]]:
    found: dict[str, list[list[Any]]] = {}
    for row in records(table[["bus_id", *columns]].round(ROUND)):
        found.setdefault(str(row["bus_id"]), []).append([row[name] for name in columns])
    return found


def regions(siting: Siting) -> dict[str, Any]:
    """Return the ranking of regions; their shapes are part of the backdrop."""
    return packed(siting.regions, REGION_COLUMNS)


def region_breaks(siting: Siting) -> list[float]:
    """Return the upper ends of the classes of MW that a region serves together."""
    return breaks(siting.regions["joint_firm_mw"])


def network(siting: Siting) -> dict[str, Any]:
    """Return substations with the headroom of their buses, and lines with their overloads."""
    stations, lines = drawn_stations(siting), drawn_lines(siting)
    names = branch_names(siting)
    at = dict(zip(stations["id"], range(len(stations)), strict=True))
    headroom = siting.headroom.sort_values("voltage_kv", ascending=False)
    headroom = headroom[headroom["substation_id"].isin(at)].assign(
        station=lambda frame: frame["substation_id"].map(at),
        limiting_branch=lambda frame: _named(frame["limiting_branch"], names),
        limiting_outage=lambda frame: _named(frame["limiting_outage"], names),
    )
    for column, branches in (("limit", "limiting_branch"), ("outage", "limiting_outage")):
        where = branch_places(siting, lines, stations, siting.headroom[branches])
        headroom = headroom.join(where.add_prefix(f"{column}_"))
    buses = (
        "bus_id",
        "station",
        "voltage_kv",
        "firm_mw",
        "normal_mw",
        "limiting_branch",
        "limiting_outage",
        "loading_before",
        "loading_after",
        "confidence",
        "limit_line",
        "limit_station",
        "outage_line",
        "outage_station",
    )
    return {
        "substations": _placed(stations, ("id", "name", "voltages_kv", "position_error_km")),
        "headroom": packed(headroom, buses),
        "lines": packed(with_overloads(lines, siting.congestion, names), LINE_COLUMNS)
        | {"paths": paths(lines.geometry)},
    }


LINE_COLUMNS: Final = (
    "name",
    "voltage_kv",
    "circuits",
    "length_km",
    "rating_mva",
    "dc",
    "confidence",
    "over_mw",
    "loading",
    "outage",
)


def with_overloads(
    lines: gpd.GeoDataFrame, congestion: pd.DataFrame, names: dict[str, str]
) -> gpd.GeoDataFrame:
    """Add to each line its worst overload before any campus, unknown where it has none."""
    worst = (
        congestion.assign(line=[line_of(str(branch)) for branch in congestion["branch"]])
        .sort_values(["over_mw", "line"], ascending=[False, True])
        .drop_duplicates("line")
        .set_index("line")
    )
    found = worst.reindex(lines["id"].to_numpy())
    return lines.assign(
        over_mw=found["over_mw"].to_numpy(dtype=float),
        loading=found["loading"].to_numpy(dtype=float),
        outage=_named(found["outage"], names),
    )


PLANT_COLUMNS: Final = ("name", "fuel", "capacity_mw", "annual_gwh", "status")
GAS_COLUMNS: Final = ("name", "status", "gas_mcm_per_year", "offshore")
CAMPUS_COLUMNS: Final = ("name", "grid_mw", "use", "operator", "note", "position_error_km")


def resources(siting: Siting) -> dict[str, Any]:
    """Return plants, gas and existing campuses, as far as the place has them."""
    gas_fields, campuses = siting.layers.gas_fields, siting.layers.campuses
    return {
        "plants": _optional(drawn_plants(siting), PLANT_COLUMNS),
        "gas": _optional(None if gas_fields is None else gas_fields.frame, GAS_COLUMNS),
        "campuses": _optional(None if campuses is None else campuses.frame, CAMPUS_COLUMNS),
    }


def _optional(frame: gpd.GeoDataFrame | None, columns: tuple[str, ...]) -> dict[str, Any]:
    return {"rows": 0, "columns": {}} if frame is None else _placed(frame, columns)


def _placed(frame: gpd.GeoDataFrame, columns: tuple[str, ...]) -> dict[str, Any]:
    placed = pd.DataFrame(frame.drop(columns=["lon", "lat", frame.geometry.name], errors="ignore"))
    return packed(placed.join(points(frame.geometry)), (*columns, "lon", "lat"))


def _named(branches: pd.Series, names: dict[str, str]) -> np.ndarray:
    return np.array([branch_name(value, names) for value in branches], dtype=object)


def _labelled(siting: Siting) -> list[str]:
    return [*LABELS, *(name for name in shares(siting.sites) if name not in LABELS)]
