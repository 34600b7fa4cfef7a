"""What stands between a site and the next grade, and the smallest change that would lift it.

Nothing here changes a grade: it reads what decided it. A change is an upgrade of the line that
holds the site, as `geo.upgrades` prices it, or a smaller load.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from geo.criteria import REDUNDANCY_LEVEL
from geo.ranking import GRADES, SLACK_MW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.scenario import Scenario
    from geo.standards import Standards

Lack = Literal["firm", "normal", "redundancy"]
WORTH_MW: Final = 0.5
"""An upgrade that frees less is none."""
WAYS: Final = {"N": 1, "N+1": 2}
"""Edge-disjoint paths to strong sources that a label asks of one point of connection."""
NO_UPGRADE: Final[dict[str, Any]] = {
    "measure": "", "measure_branch": "", "measure_firm_mw": np.nan,
    "measure_usd": np.nan, "measure_lifts": False,
}  # fmt: skip


@dataclass(frozen=True)
class Lacks:
    """What a site lacks for the next grade."""

    to_grade: str
    """The next grade up."""
    lacks: Lack
    """The first condition that is missed: MW firm, MW in normal operation, or redundancy."""
    have_mw: float
    """MW of that kind that the site has; firm MW where only redundancy is missed."""
    need_mw: float
    """MW of that kind that the grade asks for."""
    lacks_path: bool
    """Whether redundancy is missed too, or only, for want of paths that more MW do not bring."""
    at_load_mw: float
    """The largest load at which the site as it is has that grade; NaN where no load gives it."""


def next_grades(
    sites: pd.DataFrame,
    headroom: pd.DataFrame,
    upgrades: pd.DataFrame,
    scenario: Scenario,
    standards: Standards,
) -> pd.DataFrame:
    """Return, for each site below grade A, what it lacks and the smallest change that lifts it.

    Parameters
    ----------
    sites
        site_id, poi_id, grade, firm_mw, normal_mw, redundancy, and supply_ways where it is known:
        edge-disjoint paths from the point of connection to strong sources.
    headroom
        bus_id, limiting_branch, limiting_outage.
    upgrades
        As `geo.upgrades.Upgrades.tables` gives them, for the points that were looked at.
    scenario, standards
        Load and redundancy asked for; share of the load that a first phase needs.

    Returns
    -------
    DataFrame
        Index site_id; the fields of `Lacks`; branch and outage, ids of what holds the site;
        measure, measure_branch, measure_firm_mw, measure_usd: the cheapest upgrade that gives the
        MW needed, else the one that gives most ('' and NaN where none is known to give any);
        measure_lifts, whether it gives the grade.
    """
    below = sites[sites["grade"] != GRADES[0]]
    held = headroom.set_index("bus_id")[["limiting_branch", "limiting_outage"]]
    held = held.reindex(below["poi_id"]).fillna("").to_numpy(dtype=object)
    offers = dict(iter(upgrades.groupby("bus_id")))
    rows = []
    for site, (branch, outage) in zip(below.to_dict("records"), held, strict=True):
        lacks = what_lacks(site, scenario, standards)
        offer = smallest_upgrade(offers.get(site["poi_id"], upgrades.head(0)), lacks)
        rows.append(asdict(lacks) | {"branch": branch, "outage": outage} | offer)
    columns = [*(field.name for field in fields(Lacks)), "branch", "outage", *NO_UPGRADE]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(below["site_id"], name="site_id"))


def what_lacks(site: Mapping[str, Any], scenario: Scenario, standards: Standards) -> Lacks:
    """Say what a site below grade A lacks for the next grade.

    Parameters
    ----------
    site
        grade, firm_mw, normal_mw, redundancy, and supply_ways where it is known.
    scenario, standards
        As for `next_grades`.
    """
    firm, normal = float(site["firm_mw"]), float(site["normal_mw"])
    load_mw, share = scenario.load_mw, standards.first_phase_share
    if site["grade"] == "D":
        return Lacks("C", "firm", firm, load_mw * share, lacks_path=False, at_load_mw=firm / share)
    if site["grade"] == "C":
        most = float(np.fmax(firm, normal))
        return Lacks("B", "normal", most, load_mw, lacks_path=False, at_load_mw=most)
    has_paths = _has_paths(site, scenario)
    short = np.isnan(firm) or firm < load_mw - SLACK_MW
    return Lacks(
        "A",
        "firm" if short else "redundancy",
        firm,
        load_mw,
        lacks_path=not has_paths,
        at_load_mw=firm if short and has_paths else np.nan,
    )


def smallest_upgrade(offers: pd.DataFrame, lacks: Lacks) -> dict[str, Any]:
    """Return the cheapest upgrade that gives the MW needed, else the one that gives most.

    Parameters
    ----------
    offers
        Upgrades for one point of connection: branch, measure, firm_mw, unlocked_mw, usd.
    lacks
        What is needed. Against a lack of redundancy no upgrade of a line is offered.
    """
    found = offers[offers["unlocked_mw"] >= WORTH_MW]
    if found.empty or lacks.lacks == "redundancy":
        return dict(NO_UPGRADE)
    enough = found[found["firm_mw"] >= lacks.need_mw - SLACK_MW]
    if enough.empty:
        best = found.sort_values(["firm_mw", "usd"], ascending=[False, True], kind="stable").iloc[0]
    else:
        best = enough.sort_values("usd", kind="stable").iloc[0]
    return {
        "measure": best["measure"],
        "measure_branch": best["branch"],
        "measure_firm_mw": float(best["firm_mw"]),
        "measure_usd": float(best["usd"]),
        "measure_lifts": not (enough.empty or lacks.lacks_path),
    }


def _has_paths(site: Mapping[str, Any], scenario: Scenario) -> bool:
    """Say whether the redundancy asked for is there, but for the megawatts."""
    if REDUNDANCY_LEVEL.get(site["redundancy"], 0) >= REDUNDANCY_LEVEL[scenario.redundancy]:
        return True
    wanted = WAYS.get(scenario.redundancy, np.inf)
    return bool(site.get("supply_ways", np.nan) >= wanted)
