"""The two pages of a report: the map with the ranking; times, shares, costs, sources, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from maps.documents import sources
from maps.frames import records
from maps.manifest import counts, installed_version
from maps.reasons import grade_meanings, what_limits
from maps.report_charts import (
    ROW_MM,
    best,
    draw_costs,
    draw_months,
    draw_shares,
    draw_tasks,
)
from maps.report_map import FUELS, OTHER_FUEL, OVER, VOLTAGES, draw_map, fuel_colour, plant_area
from maps.report_sheet import HEIGHT_MM, INK, MARGIN_MM, MUTED, PT_PER_MM, WIDTH_MM, Sheet
from maps.text import is_unknown, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.siting import Siting

TOP_ON_MAP: Final = 15
TOP_IN_CHARTS: Final = 8
RIGHT_MM: Final = WIDTH_MM - MARGIN_MM
MAP_MM: Final = 122.0
TABLE_MM: Final = MARGIN_MM + MAP_MM + 9
FOOT_MM: Final = HEIGHT_MM - 8
MILLION: Final = 1e6
LEAST_REGIONS: Final = 4
CAUTION: Final = (
    "A screen from open data by direct-current flow, not an offer of a grid operator; voltage, "
    "stability and the connection queue are not in it."
)


def first_page(siting: Siting) -> Sheet:
    """Return the page with the map of the best sites and their ranking."""
    sheet = Sheet()
    shown = min(TOP_ON_MAP, siting.scenario.top, len(siting.sites))
    _heading(sheet, siting)
    below = draw_map(sheet, siting, shown, (MARGIN_MM, 32, MAP_MM, 146))
    below = _map_legend(sheet, siting, below + 2.5)
    _regions(sheet, siting, below + 4)
    _ranking(sheet, siting, shown)
    _foot(sheet, 1)
    return sheet


def second_page(siting: Siting) -> Sheet:
    """Return the page with times, shares, costs, sources and what to know."""
    sheet = Sheet()
    rows = best(siting, min(TOP_IN_CHARTS, siting.scenario.top))
    asked = siting.scenario
    half = (RIGHT_MM - MARGIN_MM - 10) / 2
    left, right = MARGIN_MM, MARGIN_MM + half + 10
    sheet.text(left, 15, f"{siting.layers.place.title} · {_load(siting)} MW", 12, weight="bold")
    chart = ROW_MM * len(rows)
    _title(
        sheet,
        left,
        23,
        "When power flows",
        f"months, P50 (P10–P90); dashed: wanted within {number(asked.months)}",
    )
    draw_months(sheet, (left, 25, half), rows, asked.months)
    _title(sheet, right, 23, "What the score is made of", "points of 100, within a grade")
    draw_shares(sheet, (right, 25, half), rows)
    second = 25 + chart + 14
    _title(
        sheet,
        left,
        second,
        "What has to be done",
        "months, medians; share of draws in which it decides",
    )
    ends = draw_tasks(sheet, (left, second + 1, half, 152), siting, len(rows))
    year = number(siting.layers.place.standards.cost_year).replace(",", "")
    _title(
        sheet, right, second, "What it costs", f"million USD of {year}; land unknown counts as none"
    )
    ends = max(ends, draw_costs(sheet, (right, second + 2, half), rows))
    _known(sheet, siting, ends + 6)
    _foot(sheet, 2)
    return sheet


def _heading(sheet: Sheet, siting: Siting) -> None:
    asked = siting.scenario
    sheet.text(MARGIN_MM, 12, "P O W E R S I T E", 6, color=MUTED)
    sheet.text(
        MARGIN_MM, 19.5, f"{siting.layers.place.title} · {_load(siting)} MW", 16, weight="bold"
    )
    words = (
        f"{asked.redundancy} redundancy · power wanted within {number(asked.months)} months · "
        f"connection within {number(asked.reach_km)} km"
    )
    sheet.text(MARGIN_MM, 26, words, 8, color=MUTED)
    meanings = grade_meanings(siting)
    x = TABLE_MM
    for at, (grade, count) in enumerate(counts(siting)["by_grade"].items()):
        left, top = x + (at % 2) * 74, 10.5 + (at // 2) * 7.5
        sheet.chip(left, top, grade, 4.8)
        sheet.text(left + 15, top + 3.8, number(count), 10, weight="bold", ha="right")
        for line, words in enumerate(sheet.wrapped(meanings[grade], 5.8, 48)[:2]):
            sheet.text(left + 17, top + 2.3 + 2.5 * line, words, 5.8, color=MUTED)


RANKING: Final = (
    ("Firm", "MW", 62.0),
    ("Normal", "MW", 75.0),
    ("Months", "P50 (P10–P90)", 96.0),
    ("Redun-", "dancy", 107.0),
    ("Tie-line", "km", 118.0),
    ("Capital", "M USD", 131.0),
    ("Score", "", 142.0),
)
"""Title, unit, right end of the column in mm from the left of the table."""


def _ranking(sheet: Sheet, siting: Siting, shown: int) -> None:
    left, top, width = TABLE_MM, 30.0, RIGHT_MM - TABLE_MM
    for title, unit, end in RANKING:
        sheet.text(left + end, top + 3, title, 6.4, ha="right", color=MUTED)
        sheet.text(left + end, top + 5.8, unit, 5.4, ha="right", color=MUTED)
    sheet.text(left + 11, top + 3, "Site", 6.4, color=MUTED)
    sheet.rule(left, top + 7.2, width, MUTED)
    y, step = top + 7.6, min(10.2, 152 / max(shown, 1))
    for row in best(siting, shown):
        _ranked(sheet, row, left, y)
        y += step
        sheet.rule(left, y - 0.2, width)
    rest = len(siting.sites) - shown
    if rest > 0:
        sheet.text(
            left, y + 3.4, f"and {number(rest)} more sites, on the map as dots", 6, color=MUTED
        )


def _ranked(sheet: Sheet, row: Mapping[str, Any], left: float, y: float) -> None:
    base = y + 4.2
    sheet.text(left + 4.5, base, row["rank"], 7.5, ha="right")
    sheet.chip(left + 5.8, base - 3.2, row["grade"], 4)
    sheet.text(
        left + 11,
        base,
        sheet.cut(row["name"] or row["site_id"], 7.5, 42, "bold"),
        7.5,
        weight="bold",
    )
    cells = (
        _number(row["firm_mw"]), _number(row["normal_mw"]), _months(row), row["redundancy"] or "–",
        _number(row["tie_km"], 1), _number(row["capex_usd"], 0, MILLION), _number(row["score"], 1),
    )  # fmt: skip
    for cell, (_, _, end) in zip(cells, RANKING, strict=True):
        sheet.text(left + end, base, cell, 7.5, ha="right")
    spread = ""
    if not is_unknown(row.get("firm_mw_p50")):
        spread = f" · firm P10–P90 {number(row['firm_mw_p10'])}–{number(row['firm_mw_p90'])} MW"
    words = f"{row['region'] or 'region unknown'}{spread} · limit: {what_limits(row)}"
    sheet.text(left + 11, base + 2.9, sheet.cut(words, 5.4, RIGHT_MM - left - 12), 5.4, color=MUTED)


class _Legend:
    """Signs with their words, one after the other, in lines no wider than the map."""

    def __init__(self, sheet: Sheet, y: float) -> None:
        self.sheet, self.x, self.y = sheet, MARGIN_MM, y

    def sign(self, words: str, room: float) -> tuple[float, float]:
        """Write the words behind room for a sign; return the sign's left end and middle."""
        width = room + 1 + self.sheet.width_mm(words, 5.6)
        if self.x + width > MARGIN_MM + MAP_MM:
            self.x, self.y = MARGIN_MM, self.y + 4
        at = self.x
        self.sheet.text(at + room + 1, self.y + 1.9, words, 5.6, color=MUTED)
        self.x += width + 4
        return at, self.y + 1.1

    def stroke(self, words: str, **look: Any) -> None:  # noqa: ANN401 -- matplotlib's words
        """Add a line."""
        x, y = self.sign(words, 5)
        self.sheet.paper.plot([x, x + 5], [y, y], **look)

    def disc(self, words: str, area: float, **look: Any) -> None:  # noqa: ANN401 -- as above
        """Add a disc of an area in square points."""
        radius = area**0.5 / 2 / PT_PER_MM
        x, y = self.sign(words, 2 * radius)
        self.sheet.paper.scatter([x + radius], [y], s=area, **look)


def _map_legend(sheet: Sheet, siting: Siting, y: float) -> float:
    """Write the legend; return its lower end."""
    legend = _Legend(sheet, y)
    lines = siting.layers.lines.frame["voltage_kv"]
    ends = [float("inf"), *(row[0] for row in VOLTAGES)]
    for (from_kv, words, colour, width), below in zip(VOLTAGES, ends, strict=False):
        if ((lines >= from_kv) & (lines < below)).any():
            legend.stroke(words, color=colour, linewidth=width + 0.3)
    if len(siting.congestion):
        legend.stroke("over its limit already", color=OVER, linewidth=2.6, alpha=0.6)
    if siting.layers.plants is not None:
        colours = {fuel_colour(name) for name in siting.layers.plants.frame["fuel"]}
        for fuel, colour in (*FUELS.items(), ("other", OTHER_FUEL)):
            if colour in colours:
                look = {"facecolors": colour, "edgecolors": colour, "linewidths": 0.4}
                legend.disc(fuel, 36.0, alpha=0.5, **look)
        for mw in (100, 1000):
            rim = {"facecolors": "none", "edgecolors": MUTED, "linewidths": 0.5}
            legend.disc(f"{number(mw)} MW plant", float(plant_area(mw)), **rim)
    return legend.y + 4


REGIONS: Final = (
    ("A", "sites_a", 58.0),
    ("B", "sites_b", 65.0),
    ("C", "sites_c", 72.0),
    ("Firm MW: one point", "firm_mw", 98.0),
    ("all together", "joint_firm_mw", 122.0),
)
"""Title, column, right end in mm from the left of the table."""


def _regions(sheet: Sheet, siting: Siting, top: float) -> None:
    """Write the best regions where the map has left room."""
    rows = int((FOOT_MM - 4 - top - 6) // 4.4)
    if rows < LEAST_REGIONS:
        return
    sheet.text(MARGIN_MM, top + 3, "Regions by their best site", 6.4, color=MUTED)
    for title, _, end in REGIONS:
        sheet.text(MARGIN_MM + end, top + 3, title, 5.6, ha="right", color=MUTED)
    sheet.rule(MARGIN_MM, top + 4.4, MAP_MM, MUTED)
    y = top + 8.4
    table = siting.regions.dropna(subset=["grade"]).head(rows)
    for row in records(table.drop(columns=table.geometry.name)):
        sheet.text(MARGIN_MM + 4, y, row["rank"], 6.4, ha="right")
        sheet.chip(MARGIN_MM + 5.2, y - 2.7, row["grade"], 3.4)
        sheet.text(MARGIN_MM + 10, y, sheet.cut(row["region"], 6.4, 42), 6.4)
        for _, column, end in REGIONS:
            sheet.text(MARGIN_MM + end, y, _number(row[column]), 6.4, ha="right")
        y += 4.4


def _known(sheet: Sheet, siting: Siting, y: float) -> None:
    """Write what to know and where the data are from, side by side."""
    wide = 0.56 * (RIGHT_MM - MARGIN_MM)
    left, right = MARGIN_MM, MARGIN_MM + wide + 8
    bottom = FOOT_MM - 3.5
    _title(sheet, left, y, "What to know", "")
    missed = sheet.paragraphs(left, y + 1.2, wide, bottom, dict.fromkeys(siting.notes))
    _title(sheet, right, y, "Sources", "")
    told = dict.fromkeys(_source(row) for row in sources(siting))
    missed += sheet.paragraphs(right, y + 1.2, RIGHT_MM - right, bottom, told)
    if missed:
        words = f"{missed} more in the map and in the manifest"
        sheet.text(RIGHT_MM, FOOT_MM - 2.6, words, 5.4, color=MUTED, ha="right")


def _source(row: Mapping[str, Any]) -> str:
    parts = (row["layer"].replace("_", " "), row["title"], row["licence"], row["vintage"])
    return ", ".join(str(part) for part in parts if part and part != "unknown")


def _title(sheet: Sheet, x: float, y: float, title: str, note: str) -> None:
    sheet.text(x, y, title, 8.5, weight="bold")
    sheet.text(x + sheet.width_mm(title, 8.5, "bold") + 3, y, note, 6, color=MUTED)


def _foot(sheet: Sheet, page: int) -> None:
    sheet.rule(MARGIN_MM, FOOT_MM - 1.6, RIGHT_MM - MARGIN_MM)
    sheet.text(MARGIN_MM, FOOT_MM + 1.4, CAUTION, 5.6, color=INK)
    by = f"powersite {installed_version('powersite')} · {page} of 2"
    sheet.text(RIGHT_MM, FOOT_MM + 1.4, by, 5.6, color=MUTED, ha="right")


def _load(siting: Siting) -> str:
    load_mw = siting.scenario.load_mw
    return number(load_mw, 0 if load_mw == round(load_mw) else 1)


def _number(value: float | None, decimals: int = 0, unit: float = 1.0) -> str:
    return number(None if value is None else value / unit, decimals)


def _months(row: Mapping[str, Any]) -> str:
    if is_unknown(row["months_p50"]):
        return "–"
    low, middle, high = (number(row[f"months_p{part}"]) for part in (10, 50, 90))
    return f"{middle} ({low}–{high})"
