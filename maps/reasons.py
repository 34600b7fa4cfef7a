"""Why a site has its grade, and what limits it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from maps.text import number, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.siting import Siting

KINDS: Final = {"greenfield": "greenfield", "campus": "existing campus"}


def grade_meanings(siting: Siting) -> dict[str, str]:
    """Say what each grade means for this question."""
    asked = siting.scenario
    load = f"{number(asked.load_mw, _decimals(asked.load_mw))} MW"
    return {
        "A": f"{load} firm (N-1) and {asked.redundancy}",
        "B": f"{load} in normal operation, less firm or less redundant",
        "C": f"first phase: at least {megawatts(phase_mw(siting))} firm",
        "D": "less than that",
    }


def phase_mw(siting: Siting) -> float:
    """Return the firm power that a first phase needs."""
    return siting.scenario.load_mw * siting.layers.place.standards.first_phase_share


def why_grade(site: Mapping[str, Any], siting: Siting) -> str:
    """Say in one sentence why a site has its grade."""
    asked = siting.scenario
    firm, normal = site["firm_mw"], site["normal_mw"]
    load = megawatts(asked.load_mw)
    return {
        "A": f"{megawatts(firm)} firm covers the load of {load} with {plain(site['redundancy'])}.",
        "B": f"{megawatts(normal)} in normal operation covers the load of {load}; "
        f"{megawatts(firm)} of it firm, with {plain(site['redundancy'])}.",
        "C": f"{megawatts(firm)} firm carries a first phase of the {load} asked for.",
    }.get(site["grade"], f"{megawatts(firm)} firm is less than a first phase needs.")


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


def megawatts(value: float | None) -> str:
    """Write megawatts, with a decimal where they are few and broken."""
    if value is None or not math.isfinite(value):
        return "unknown MW"
    return f"{number(value, _decimals(value))} MW"


def _decimals(value: float) -> int:
    return 0 if abs(value) >= HUNDRED_MW or value == round(value) else 1


def _text(value: object) -> str:
    return "" if value is None or value != value else plain(value)  # noqa: PLR0124 -- NaN


HUNDRED_MW: Final = 100.0
SUPPLY: Final = "supply in reach of the grid, not a line"
