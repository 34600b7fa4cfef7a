"""When power flows and what decides it, in words and bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo.policy import rules_at, without_number
from maps.frames import records
from maps.text import bar, is_unknown, number, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from geo.siting import Siting

NAME_WIDTH: Final = 26
BAR_WIDTH: Final = 20
HUNDRED: Final = 100
SEVERAL: Final = 2
NO_NUMBER: Final = {"delay": "Delays of unknown length", "cost": "Costs of unknown size"}


def months_text(site: Mapping[str, Any], siting: Siting) -> str:
    """Say when power flows at a site, which task decides, and show every task as a bar."""
    low, middle, high = (number(site[f"months_p{part}"]) for part in (10, 50, 90))
    lines = [
        "Months to power",
        f"{'  P10 / P50 / P90':<{NAME_WIDTH}}{low} / {middle} / {high}",
        f"{'  Wanted within':<{NAME_WIDTH}}{number(siting.scenario.months)}",
    ]
    if not is_unknown(site.get("way")):
        lines.append(f"{'  Way':<{NAME_WIDTH}}{plain(site['way'])}")
    if not is_unknown(site.get("critical_task")):
        share = number(HUNDRED * site["critical_share"])
        lines.append(f"{'  Decided by':<{NAME_WIDTH}}{site['critical_task']}, {share} times in 100")
    rows = _of(siting.gantt, str(site["site_id"]))
    return "\n".join([*lines, *_phases(rows), *_bars(rows)])


def rules_text(site: Mapping[str, Any], siting: Siting) -> list[str]:
    """List the rules that hold at a site: those with a number, and by name those without."""
    rules = rules_at(str(site["region"]), siting.layers)
    unknown = without_number(rules)
    counted = [f"{rule['topic']}: {_amount(rule)}." for rule in records(rules) if _amount(rule)]
    open_gates = rules[rules["effect"] == "gate"]
    named = [(words, unknown[unknown["effect"] == effect]) for effect, words in NO_NUMBER.items()]
    listed = [
        f"{words}: {'; '.join(_named(rule) for rule in records(frame))}."
        for words, frame in (*named, ("Gates, none of them closed", open_gates))
        if len(frame)
    ]
    return [plain(line) for line in (*counted, *listed)]


def _of(gantt: pd.DataFrame, site_id: str) -> list[dict[str, Any]]:
    return records(gantt[gantt["site_id"] == site_id]) if len(gantt) else []


def _phases(rows: list[dict[str, Any]]) -> list[str]:
    """Say when each phase ends, where there are several."""
    ends: dict[str, float] = {}
    for row in rows:
        ends[row["phase"]] = max(row["finish_months"], ends.get(row["phase"], 0.0))
    if len(ends) < SEVERAL:
        return []
    return [
        f"{f'  {phase.capitalize()} (P50)':<{NAME_WIDTH}}{number(months)}"
        for phase, months in ends.items()
    ]


def _bars(rows: list[dict[str, Any]]) -> list[str]:
    """Draw tasks as bars, a heading above each phase where there are several."""
    if not rows:
        return []
    longest = max(row["finish_months"] for row in rows) or 1.0
    several = len({row["phase"] for row in rows}) > 1
    lines = [f"  {'Task':<{NAME_WIDTH - 2}}{'months':>7} {'decides':>8}"]
    phase = ""
    for row in rows:
        if several and row["phase"] != phase:
            phase = row["phase"]
            lines.append(f"  {phase}")
        lines.append(_bar(row, longest, "    " if several else "  "))
    return lines


def _bar(row: Mapping[str, Any], longest: float, indent: str) -> str:
    start, finish = row["start_months"], row["finish_months"]
    span = f"{number(start)}–{number(finish)}"
    share = f"{number(HUNDRED * row['critical_share'])} %"
    before = round(start / longest * BAR_WIDTH)
    drawn = bar((finish - start) / longest, BAR_WIDTH) or "▏"
    name = plain(row["task"])[: NAME_WIDTH - len(indent) - 1]
    return f"{indent}{name:<{NAME_WIDTH - len(indent)}}{span:>7} {share:>8}  {' ' * before}{drawn}"


def _amount(rule: Mapping[str, Any]) -> str:
    """Say what a rule adds; '' where no number is known."""
    if not is_unknown(rule["delay_months"]):
        return f"{number(rule['delay_months'])} months more"
    if not is_unknown(rule["cost_usd_per_mw"]):
        return f"{number(rule['cost_usd_per_mw'])} USD a MW"
    return ""


def _named(rule: Mapping[str, Any]) -> str:
    return f"{rule['topic']} ({rule['status']})" if rule["status"] else str(rule["topic"])
