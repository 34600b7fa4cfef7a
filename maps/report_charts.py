"""The charts of a report: when power flows, what has to be done, what the score and cost are of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from geo.criteria import CRITERIA
from maps.costs import HALLS
from maps.frames import records
from maps.labels import label
from maps.plans import plans
from maps.report_sheet import GRADE, INK, MUTED, RULE
from maps.text import is_unknown, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.siting import Siting
    from maps.report_sheet import Sheet

    Row = Mapping[str, Any]

MILLION: Final = 1e6
NAME_MM: Final = 44.0
ROW_MM: Final = 4.7
SMALL: Final = 6.0
TASK_PT: Final = 5.8
TASK_MM: Final = 3.0
HEAD_MM: Final = 3.6
MOST_PLANS: Final = 4
MOST_YEARLY: Final = 96
"""Months up to which the axis has a line for every year."""
BAR, BAR_FAINT = "#41648f", "#b9c6d8"
SHARES: Final = {
    "firm_mw": "#123a73", "redundancy": "#41648f", "energy_surplus": "#8aa3c3",
    "months": "#b8651b", "connection_usd": "#00745c", "power_price": "#5fae9c",
    "climate": "#6d6475", "carbon": "#988fa0", "remoteness": "#c2bcc8", "land_price": "#d9a400",
}  # fmt: skip
"""Colours of the criteria: a hue for each pillar."""
HALL_COLUMNS: Final = tuple(column for column, _ in HALLS)


def draw_names(sheet: Sheet, x: float, y: float, rows: Sequence[Row]) -> None:
    """Write rank, grade and name of sites, one a row."""
    for row in rows:
        sheet.text(x + 3.6, y + 3.4, row["rank"], SMALL, ha="right", color=MUTED)
        sheet.chip(x + 4.6, y + 0.75, row["grade"], 3.4)
        name = sheet.cut(row["name"] or row["site_id"], SMALL, NAME_MM - 10)
        sheet.text(x + 9, y + 3.4, name, SMALL)
        y += ROW_MM


def draw_months(
    sheet: Sheet, box: tuple[float, float, float], rows: Sequence[Row], wanted: float
) -> None:
    """Draw months to power of each site: P10 to P90 as a bar, P50 as a mark; the wish as a line."""
    x, y, width = box
    draw_names(sheet, x, y, rows)
    left, room = x + NAME_MM, width - NAME_MM - 21
    known = [row["months_p90"] for row in rows if not is_unknown(row["months_p90"])]
    end = 12 * math.ceil(max([wanted, *known]) * 1.02 / 12)
    bottom = y + ROW_MM * len(rows)
    draw_axis(sheet, left, (y, bottom), room, end)
    at = left + room * wanted / end
    sheet.paper.plot([at, at], [y, bottom], color=INK, linewidth=0.7, linestyle=(0, (3, 2)))
    for row in rows:
        middle = row["months_p50"]
        if is_unknown(middle):
            sheet.text(left + room + 2, y + 3.4, "unknown", SMALL, color=MUTED)
        else:
            low, high = row["months_p10"], row["months_p90"]
            sheet.box(left + room * low / end, y + 1.5, room * (high - low) / end, 1.9, BAR_FAINT)
            sheet.box(left + room * middle / end - 0.5, y + 1.1, 1.0, 2.7, GRADE["A"])
            sheet.text(left + room + 5.5, y + 3.4, number(middle), SMALL, ha="right")
            spread = f"({number(low)}–{number(high)})"
            sheet.text(left + room + 7, y + 3.4, spread, SMALL, color=MUTED)
        y += ROW_MM


def draw_axis(
    sheet: Sheet, left: float, ends: tuple[float, float], room: float, end: float
) -> None:
    """Draw years as light lines with their months below."""
    step = 12 if end <= MOST_YEARLY else 24
    for month in range(0, int(end) + 1, step):
        at = left + room * month / end
        sheet.paper.plot([at, at], list(ends), color=RULE, linewidth=0.4, zorder=0)
        sheet.text(at, ends[1] + 2.6, month, 5.4, ha="center", color=MUTED)


def draw_tasks(
    sheet: Sheet, box: tuple[float, float, float, float], siting: Siting, shown: int
) -> float:
    """Draw the tasks of the best sites, each different plan once; return the lower end."""
    x, y, width, bottom = box
    found = plans(siting)
    ranks: dict[int, list[int]] = {}
    for rank, at in zip(siting.sites["rank"].head(shown), found["of"], strict=False):
        if at is not None:
            ranks.setdefault(at, []).append(int(rank))
    if not ranks:
        sheet.text(x, y + 3.4, "No schedule is known.", SMALL, color=MUTED)
        return y + 4
    chosen = {at: found["plans"][at] for at in list(ranks)[:MOST_PLANS]}
    longest = max(task[3] for plan in chosen.values() for task in plan) or 1.0
    end = 12 * math.ceil(longest / 12)
    left, room = x + NAME_MM, width - NAME_MM - 21
    top = y
    for at, plan in chosen.items():
        if y + HEAD_MM + TASK_MM * len(plan) > bottom:
            break
        sheet.text(x, y + 2.9, heading(ranks[at], plan), TASK_PT, weight="bold")
        y += HEAD_MM
        for task in plan:
            draw_task(sheet, (x, y, left, room / end), task, several=_phases(plan) > 1)
            y += TASK_MM
        y += 0.8
    draw_axis(sheet, left, (top + HEAD_MM, y), room, end)
    return y + 3


def draw_task(
    sheet: Sheet, place: tuple[float, float, float, float], task: Sequence[Any], *, several: bool
) -> None:
    """Draw one task as a bar, as dark as it often decides."""
    x, y, left, mm_per_month = place
    phase, name, start, finish, share = task
    words = f"{phase}: {name}" if several else name
    sheet.text(x + 3, y + 2.4, sheet.cut(words, TASK_PT, left - x - 5), TASK_PT)
    colour = BAR if share >= HALF else BAR_FAINT
    sheet.box(left + start * mm_per_month, y + 0.6, (finish - start) * mm_per_month, 2.0, colour)
    look = {"color": INK if share >= HALF else MUTED}
    sheet.text(left + finish * mm_per_month + 1, y + 2.4, f"{number(100 * share)} %", 5.2, **look)


def heading(ranks: Sequence[int], plan: Sequence[Sequence[Any]]) -> str:
    """Name the sites of a plan by rank and its phases."""
    few = _ranges(ranks)
    phases = " and ".join(dict.fromkeys(task[0] for task in plan)) if _phases(plan) > 1 else ""
    lead = "Sites" if len(ranks) > 1 else "Site"
    return f"{lead} {few}" + (f": {phases}" if phases else "")


def _ranges(ranks: Sequence[int]) -> str:
    """Write ascending numbers, neighbours as a range: 1, 3–5."""
    parts: list[list[int]] = []
    for rank in ranks:
        if parts and rank == parts[-1][-1] + 1:
            parts[-1].append(rank)
        else:
            parts.append([rank])
    return ", ".join(f"{part[0]}–{part[-1]}" if part[1:] else str(part[0]) for part in parts)


def draw_shares(sheet: Sheet, box: tuple[float, float, float], rows: Sequence[Row]) -> None:
    """Draw the score of each site as the sum of its shares, out of 100."""
    x, y, width = box
    draw_names(sheet, x, y, rows)
    left, room = x + NAME_MM, width - NAME_MM - 10
    for row in rows:
        at = left
        sheet.box(left, y + 1.2, room, 2.6, "#f0f2f5")
        for criterion in CRITERIA:
            share = row.get(f"share_{criterion.name}") or 0.0
            sheet.box(at, y + 1.2, room * share / 100, 2.6, SHARES[criterion.name])
            at += room * share / 100
        sheet.text(x + width, y + 3.4, number(row["score"], 1), SMALL, ha="right")
        y += ROW_MM
    _share_legend(sheet, x, y + 1.2, width)


def _share_legend(sheet: Sheet, x: float, y: float, width: float) -> None:
    columns = 5
    for at, criterion in enumerate(CRITERIA):
        left, top = x + (at % columns) * width / columns, y + (at // columns) * 3.2
        sheet.box(left, top + 0.6, 2.0, 2.0, SHARES[criterion.name])
        words = label(f"share_{criterion.name}").title
        sheet.text(left + 2.8, top + 2.3, words, 5.2, color=MUTED)


COSTS: Final = (
    ("connection_usd", "Connection", MILLION, 1),
    ("halls_usd", "Campus", MILLION, 0),
    ("land_usd", "Land", MILLION, 1),
    ("capex_usd", "Capital", MILLION, 0),
    ("capex_usd_per_mw", "a MW", MILLION, 1),
    ("energy_usd_per_year", "Power a year", MILLION, 1),
)
"""Column, title, dollars to the unit shown, decimals."""


def draw_costs(sheet: Sheet, box: tuple[float, float, float], rows: Sequence[Row]) -> float:
    """Write what each site costs, in million dollars; return the lower end."""
    x, y, width = box
    step = (width - NAME_MM) / len(COSTS)
    ends = [x + NAME_MM + step * (at + 1) for at in range(len(COSTS))]
    for (_, title, _, _), end in zip(COSTS, ends, strict=True):
        sheet.text(end, y + 2.4, title, 5.6, ha="right", color=MUTED)
    sheet.rule(x, y + 3.4, width)
    y += 3.6
    draw_names(sheet, x, y, rows)
    for row in rows:
        known = dict(row) | {"halls_usd": _halls(row)}
        for (column, _, unit, decimals), end in zip(COSTS, ends, strict=True):
            value = known.get(column)
            shown = "–" if is_unknown(value) or value is None else number(value / unit, decimals)
            sheet.text(end, y + 3.4, shown, SMALL, ha="right")
        y += ROW_MM
    return y


def best(siting: Siting, shown: int) -> list[dict[str, Any]]:
    """Return the best sites as rows; unknown is None."""
    sites = siting.sites.head(shown)
    return records(sites.drop(columns=sites.geometry.name))


def _halls(row: Row) -> float | None:
    known = [row[name] for name in HALL_COLUMNS if not is_unknown(row.get(name))]
    return sum(known) if known else None


def _phases(plan: Sequence[Sequence[Any]]) -> int:
    return len({task[0] for task in plan})


HALF: Final = 0.5
