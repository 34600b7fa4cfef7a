"""Why a site has its grade, what limits it, and what stands between it and the next grade."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from geo.ranking import SLACK_MW
from maps.text import number, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.siting import Siting

REDUNDANCY_ORDER: Final = ("N", "N+1", "2N")
KINDS: Final = {"greenfield": "greenfield", "campus": "existing campus"}


def grade_meanings(siting: Siting) -> dict[str, str]:
    """Say what each grade means for this question."""
    asked = siting.scenario
    load = f"{number(asked.load_mw, _decimals(asked.load_mw))} MW"
    return {
        "A": f"{load} firm (N-1) and {asked.redundancy}",
        "B": f"{load} in normal operation, less firm or less redundant",
        "C": f"first phase: at least {_mw(phase_mw(siting))} firm",
        "D": "less than that",
    }


def phase_mw(siting: Siting) -> float:
    """Return the firm power that a first phase needs."""
    return siting.scenario.load_mw * siting.layers.place.standards.first_phase_share


def why_grade(site: Mapping[str, Any], siting: Siting) -> str:
    """Say in one sentence why a site has its grade."""
    asked = siting.scenario
    firm, normal = site["firm_mw"], site["normal_mw"]
    load = _mw(asked.load_mw)
    return {
        "A": f"{_mw(firm)} firm covers the load of {load} with {plain(site['redundancy'])}.",
        "B": f"{_mw(normal)} in normal operation covers the load of {load}; "
        f"{_mw(firm)} of it firm, with {plain(site['redundancy'])}.",
        "C": f"{_mw(firm)} firm carries a first phase of the {load} asked for.",
    }.get(site["grade"], f"{_mw(firm)} firm is less than a first phase needs.")


def why_not_higher(site: Mapping[str, Any], siting: Siting) -> str:
    """Name the first condition that the site misses for the next grade; '' for grade A."""
    asked = siting.scenario
    if site["grade"] == "A":
        return ""
    if site["grade"] == "B":
        missing = _missing_mw(site["firm_mw"], asked.load_mw, "firm power (N-1)")
        return f"For A: {missing or _missing_redundancy(site, asked.redundancy)}"
    if site["grade"] == "C":
        missing = _missing_mw(site["normal_mw"], asked.load_mw, "power in normal operation")
        return f"For B: {missing or 'not met by the conditions shown'}"
    missing = _missing_mw(site["firm_mw"], phase_mw(siting), "firm power for a first phase")
    return f"For C: {missing or 'not met by the conditions shown'}"


def what_limits(site: Mapping[str, Any]) -> str:
    """Name the line that limits a site, and the outage under which it does."""
    line, outage = _text(site["limiting_line"]), _text(site["limiting_outage"])
    if not line:
        return SUPPLY if not outage else f"supply left when {outage} is out"
    if not outage:
        return f"{line} in normal operation"
    if line == outage:
        return f"{line}: it is the only way in, and without it only local supply is left"
    return f"{line}, when {outage} is out"


def approximations(site: Mapping[str, Any]) -> list[str]:
    """List what a reader has to take with care about one site."""
    found = []
    error_km = site.get("position_error_km")
    if error_km is not None and error_km > 0:
        found.append(f"Position approximate: may be off by {number(error_km, 1)} km.")
    confidence = site.get("confidence")
    if confidence is None or not math.isfinite(confidence):
        found.append("Confidence unknown.")
    elif confidence < 1:
        found.append(f"Confidence {number(confidence, 2)} of 1: inferred or estimated inputs.")
    return found


def _missing_mw(found_mw: float | None, needed_mw: float, what: str) -> str:
    if found_mw is None or not math.isfinite(found_mw):
        return f"{what} is unknown."
    if found_mw >= needed_mw - SLACK_MW:
        return ""
    return f"{_mw(needed_mw - found_mw)} more {what}: {_mw(found_mw)} of {_mw(needed_mw)}."


def _missing_redundancy(site: Mapping[str, Any], asked: str) -> str:
    found = _text(site["redundancy"]) or "unknown"
    return f"redundancy {asked}; the connection found gives {found}."


def _mw(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return "unknown MW"
    return f"{number(value, _decimals(value))} MW"


def _decimals(value: float) -> int:
    return 0 if abs(value) >= HUNDRED_MW or value == round(value) else 1


def _text(value: object) -> str:
    return "" if value is None or value != value else plain(value)  # noqa: PLR0124 -- NaN


HUNDRED_MW: Final = 100.0
SUPPLY: Final = "supply in reach of the grid, not a line"
