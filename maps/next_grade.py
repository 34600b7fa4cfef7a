"""What would lift a site by one grade, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from geo.next_grade import next_grades
from maps.frames import records
from maps.names import branch_name, branch_names
from maps.reasons import megawatts, what_limits
from maps.text import number, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.siting import Siting

MILLION: Final = 1e6
MORE: Final = {
    "C": "firm power for a first phase",
    "B": "power in normal operation",
    "A": "firm power (N-1)",
}
PATHS: Final = {
    "N": "no path leads from its point of connection to a strong source",
    "N+1": "its point of connection has one path to a strong source, and needs two without a "
    "common line",
    "2N": "no second point of connection in reach carries the load when the first is out",
}
"""Redundancy asked for: what is missing where it is not there."""


def steps(siting: Siting) -> dict[str, dict[str, Any]]:
    """Return what lifts each site below grade A, with the names of lines; unknown is None."""
    names = branch_names(siting)
    found = next_grades(
        siting.sites,
        siting.headroom,
        siting.upgrades,
        siting.scenario,
        siting.layers.place.standards,
    )
    for column in ("branch", "outage", "measure_branch"):
        found[column] = [branch_name(value, names) for value in found[column]]
    return {row["site_id"]: row for row in records(found.reset_index())}


def why_not_higher(step: Mapping[str, Any] | None, siting: Siting) -> str:
    """Say what a site lacks for the next grade and what would give it; '' for grade A."""
    if step is None:
        return ""
    asked = siting.scenario.redundancy
    parts = [f"For {step['to_grade']}: {_missing(step, asked)}"]
    if step["lacks"] != "redundancy" and step["have_mw"] is not None:
        parts += [_held(step), _upgrade(step)]
    if step["lacks_path"] and step["lacks"] != "redundancy":
        parts.append(f"More power is not enough: {PATHS[asked]}.")
    at_load_mw = step["at_load_mw"]
    if at_load_mw is not None and at_load_mw >= 1:
        parts.append(f"As it is, {step['to_grade']} for a load of up to {_floor(at_load_mw)} MW.")
    return " ".join(part for part in parts if part)


def _missing(step: Mapping[str, Any], asked: str) -> str:
    if step["lacks"] == "redundancy":
        return f"redundancy {asked}; {PATHS[asked]}."
    what, have_mw, need_mw = MORE[step["to_grade"]], step["have_mw"], step["need_mw"]
    if have_mw is None:
        return f"{what} is unknown."
    return (
        f"{megawatts(need_mw - have_mw)} more {what}: {megawatts(have_mw)} of {megawatts(need_mw)}."
    )


def _held(step: Mapping[str, Any]) -> str:
    """Name the line that holds firm power; what holds normal power is not kept."""
    if step["lacks"] == "normal" or not step["branch"]:
        return ""
    limit = what_limits({"limiting_line": step["branch"], "limiting_outage": step["outage"]})
    return f"Held by {limit}."


def _upgrade(step: Mapping[str, Any]) -> str:
    if not step["measure"]:
        return ""
    does = "would do" if step["measure_lifts"] else "would not be enough"
    return (
        f"Upgrade {plain(step['measure_branch'])}, {step['measure']}: "
        f"{megawatts(step['measure_firm_mw'])} firm for "
        f"{number(step['measure_usd'] / MILLION, 1)} million USD; it {does}."
    )


def _floor(mw: float) -> str:
    """Write megawatts rounded down, so that the load named is not too large."""
    return number(math.floor(mw))
