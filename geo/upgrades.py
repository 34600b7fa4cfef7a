"""What limits a bus, what would limit it next, and what an upgrade of the limit would free."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.cost import second_circuit_usd, uprate_usd

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.flow import Array
    from geo.grid import GridGraph
    from geo.redispatch import Capacity, Redispatch
    from geo.standards import Standards

NEXT_LIMITS = 3
LEAST_STEP_MW = 0.1
UPRATE_MW = 100.0
UPRATE_SHARE = 0.5
LIMIT_COLUMNS = ["bus_id", "step", "firm_mw", "branch", "outage", "factor", "gain_mw_per_mw"]
UPGRADE_COLUMNS = ["bus_id", "branch", "measure", "firm_mw", "unlocked_mw", "usd"]
MEASURES = {
    "more": f"+{UPRATE_MW:g} MW",
    "half": f"+{UPRATE_SHARE:.0%}",
    "second": "second circuit",
}


@dataclass(frozen=True, eq=False)
class Upgrades:
    """Limits and upgrades of the buses asked for, each worked out once.

    Costs are those of the grid's own branches; what new circuits do to flows elsewhere is in the
    answer, what they cost in losses or in years is not.
    """

    grid: GridGraph
    """The network."""
    study: Redispatch
    """Headroom of its buses."""
    standards: Standards
    """Cost tables."""
    _second: dict[int, Redispatch] = field(default_factory=dict)

    def tables(
        self, buses: Array, tell: Callable[[float, str], None]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the limits and the upgrades of some buses.

        Parameters
        ----------
        buses
            Positions.
        tell
            Called with a fraction and a message.

        Returns
        -------
        limits
            bus_id, step (0 is today's limit), firm_mw, branch, outage, factor, gain_mw_per_mw (load
            that one more MW of rating of the branch gives). Step n is what limits when the branches
            of the steps before no longer do.
        upgrades
            bus_id, branch, measure, firm_mw, unlocked_mw, usd.
        """
        limits, upgrades = [], []
        for done, bus in enumerate(buses):
            chain = self.limits(int(bus))
            name = self.study.network.bus_ids[bus]
            limits += [self._limit_row(name, step, chain) for step in range(len(chain))]
            upgrades += [{"bus_id": name} | row for row in self.upgrades(int(bus), chain[0])]
            tell((done + 1) / len(buses), "upgrades")
        return (
            pd.DataFrame(limits, columns=LIMIT_COLUMNS),
            pd.DataFrame(upgrades, columns=UPGRADE_COLUMNS),
        )

    def limits(self, bus: int) -> list[Capacity]:
        """List what limits a bus, then what would if that branch did not, a few times.

        The list ends where supply is the limit.
        """
        raised: dict[int, float] = {}
        chain = [self.study.capacity(bus)]
        while len(chain) <= NEXT_LIMITS and _is_a_line(chain[-1]):
            raised[chain[-1].branch] = np.inf
            chain.append(self.study.capacity(bus, raised_mw=raised))
        return chain

    def upgrades(self, bus: int, limit: Capacity) -> list[dict[str, object]]:
        """Return what each measure on the limiting branch frees, and its cost.

        More rating is given to the branch and to each circuit like it. A branch that is the only
        way in gains by a second circuit alone. Nothing is offered against supply, nor against the
        loss of several branches at once that cuts the bus off.
        """
        if not 0 <= limit.branch < self.study.network.n_branch:
            return []
        branch = self.grid.branches.loc[self.study.network.branch_ids[limit.branch]]
        circuits = len(self.study.network.alike(limit.branch))
        rows = []
        if _is_a_line(limit):
            share_mw = UPRATE_SHARE * float(branch["limit_mw"])
            for measure, mw in (("more", UPRATE_MW), ("half", share_mw)):
                firm = self.study.capacity(bus, raised_mw={limit.branch: mw}).mw
                usd = circuits * uprate_usd(branch, mw, self.standards)
                rows.append(_upgrade(branch.name, measure, firm - limit.mw, firm, usd))
        firm = self._with_second(limit.branch).capacity(bus).mw
        usd = second_circuit_usd(branch, self.standards)
        rows.append(_upgrade(branch.name, "second", firm - limit.mw, firm, usd))
        return rows

    def _with_second(self, branch: int) -> Redispatch:
        if branch not in self._second:
            self._second[branch] = self.study.with_second_circuit(branch)
        return self._second[branch]

    def _limit_row(self, bus_id: str, step: int, chain: list[Capacity]) -> dict[str, object]:
        names, limit = self.study.network.outage_names, chain[step]
        # Where the next limit binds at the same point, more of this rating alone gives nothing.
        stuck = step + 1 < len(chain) and chain[step + 1].mw < limit.mw + LEAST_STEP_MW
        return {
            "bus_id": bus_id,
            "step": step,
            "firm_mw": limit.mw,
            "branch": names[limit.branch],
            "outage": names[limit.outage],
            "factor": limit.factor,
            "gain_mw_per_mw": 0.0 if stuck else limit.gain,
        }


def _is_a_line(limit: Capacity) -> bool:
    """Say whether a branch is full: not supply, and not the loss of the only way in."""
    return limit.branch >= 0 and limit.branch != limit.outage


def _upgrade(
    branch: object, measure: str, unlocked_mw: float, firm_mw: float, usd: float
) -> dict[str, object]:
    return {
        "branch": branch,
        "measure": MEASURES[measure],
        "firm_mw": firm_mw,
        "unlocked_mw": unlocked_mw,
        "usd": usd,
    }
