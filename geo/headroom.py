"""MW that each bus could still serve, in normal operation and N-1 secure, and what limits it.

A screen from open data, never an offer of a grid operator: direct current, no voltage or stability.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.flow import after_outages, network_of, outage_effects
from geo.redispatch import NO_OUTAGE, Capacity, Redispatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.balance import Flows
    from geo.flow import Array, Network, Outages
    from geo.grid import GridGraph
    from geo.scenario import Method, Mode

COLUMNS = (
    "bus_id",
    "substation_id",
    "name",
    "voltage_kv",
    "normal_mw",
    "firm_mw",
    "limiting_branch",
    "limiting_outage",
    "factor",
    "loading_before",
    "loading_after",
    "confidence",
)
CALIBRATION = 1.05


def hosting_capacity(  # noqa: PLR0913 -- the interface that later methods keep
    grid: GridGraph,
    flows: Flows,
    *,
    method: Method = "redispatch",
    mode: Mode = "strict",
    cutoff: float = 0.10,
    progress: Callable[[float, str], None] | None = None,
) -> pd.DataFrame:
    """Return normal and firm MW of every bus at home.

    Parameters
    ----------
    grid, flows
        The network and its base case.
    method
        ``redispatch``: the most load for which some dispatch stays secure.
        ``linear``: fixed dispatch, new load supplied by unused capacity.
    mode
        Linear only. ``calibrated`` raises limits to 1.05 times what base case and outages carry.
    cutoff
        Branches that a bus moves by less than this per MW are not monitored for it.
    progress
        Called with a fraction and a message.

    Returns
    -------
    DataFrame
        The headroom columns of the house, sorted by bus_id; limiting columns are branch ids, ''
        where supply limits (branch) or operation is normal (outage).

    Raises
    ------
    GridError
        If the network cannot be solved.
    """
    frame, _ = headroom_study(
        grid, flows, method=method, mode=mode, cutoff=cutoff, progress=progress
    )
    return frame


def headroom_study(  # noqa: PLR0913 -- as above
    grid: GridGraph,
    flows: Flows,
    *,
    method: Method = "redispatch",
    mode: Mode = "strict",
    cutoff: float = 0.10,
    progress: Callable[[float, str], None] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return headroom, and the pairs that are over their limit before anything is added."""
    network = network_of(grid)
    home = np.flatnonzero(~grid.buses["abroad"].to_numpy())
    if method == "linear":
        study = Linear(network, flows, mode, cutoff)
        congestion = study.congestion()
    else:
        lp = Redispatch(network, flows, cutoff)
        congestion = pd.DataFrame([vars(row) for row in lp.congestion])
        study = lp  # type: ignore[assignment]
    normal, firm = [], []
    for done, bus in enumerate(home):
        normal.append(study.capacity(int(bus), firm=False))
        firm.append(study.capacity(int(bus), firm=True))
        if progress:
            progress((done + 1) / len(home), "headroom")
    frame = _frame(grid, network, home, normal, firm)
    return frame, _named(congestion, network)


class Linear:
    """Headroom at fixed dispatch: the single linear step of METHODS, exact for every outage.

    Parameters
    ----------
    network, flows
        The grid and its base case.
    mode
        ``strict`` or ``calibrated`` limits.
    cutoff
        Smallest factor that is monitored.
    """

    def __init__(self, network: Network, flows: Flows, mode: Mode, cutoff: float) -> None:
        self.network, self.flows, self.cutoff = network, flows, cutoff
        self.unused = np.maximum(flows.unused_mw, 0.0)
        self.effects: Outages = outage_effects(network, flows.supply_max_mw, self.unused)
        flow = network.ptdf @ flows.injection_mw
        self.base = np.c_[flow, after_outages(self.effects, flow)]
        self.limit = np.c_[
            network.limit_mw, np.repeat(network.emergency_mw[:, None], len(network.outages), axis=1)
        ]
        self.true_limit = self.limit
        if mode == "calibrated":
            seen = CALIBRATION * np.abs(self.base).max(axis=1)
            self.limit = np.maximum(self.limit, seen[:, None])

    def capacity(self, bus: int, *, firm: bool) -> Capacity:
        """Return the most load at a bus for the fixed dispatch."""
        component = self.network.component == self.network.component[bus]
        unused = self.unused * component
        bound, cause = self._bound(bus, component, firm=firm)
        if bound <= 0:
            return Capacity(0.0, cause, cause)
        factor = self.network.ptdf @ (unused / unused.sum()) - self.network.ptdf[:, bus]
        factors, columns = factor[:, None], 1
        if firm:
            factors, columns = (
                np.c_[factor, after_outages(self.effects, factor)],
                self.base.shape[1],
            )
        room = _room(factors, self.base[:, :columns], self.limit[:, :columns])
        watched = np.abs(factors) >= self.cutoff
        watched[:, 1:] &= (self.effects.alive & ~self.effects.cut_off[bus])[:, : columns - 1]
        room = np.where(watched, room, np.inf)
        pair = np.unravel_index(int(room.argmin()), room.shape)
        if room[pair] >= bound:
            return Capacity(bound, cause, cause)
        mw = max(float(room[pair]), 0.0)
        after = self.base[pair] + factors[pair] * mw
        return Capacity(
            mw,
            int(pair[0]),
            int(self.effects.branches[pair[1] - 1]) if pair[1] else NO_OUTAGE,
            float(factors[pair]),
            float(abs(self.base[pair]) / self.limit[pair]),
            float(abs(after) / self.limit[pair]),
        )

    def congestion(self) -> pd.DataFrame:
        """List the pairs over their true limit in the base case."""
        over = np.abs(self.base) - self.true_limit
        rows, columns = np.nonzero(over > 0)
        outage = np.r_[NO_OUTAGE, self.effects.branches][columns]
        limit = self.true_limit[rows, columns]
        return pd.DataFrame(
            {
                "branch": rows,
                "outage": outage,
                "over_mw": over[rows, columns],
                "loading": np.abs(self.base[rows, columns]) / limit,
            }
        )

    def _bound(self, bus: int, component: Array, *, firm: bool) -> tuple[float, int]:
        bound, cause = float(self.unused[component].sum()), NO_OUTAGE
        if not firm:
            return bound, cause
        surplus = self.flows.supply_max_mw - self.flows.demand_mw
        for column in np.flatnonzero(self.effects.cut_off.any(axis=0)):
            lost = self.effects.cut_off[:, column]
            if not component[np.flatnonzero(lost)[0]]:
                continue
            left = float(surplus[lost].sum() if lost[bus] else self.unused[component & ~lost].sum())
            if left < bound:
                bound, cause = max(left, 0.0), int(self.effects.branches[column])
        return bound, cause


def _room(factors: Array, base: Array, limit: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(factors > 0, (limit - base) / factors, (-limit - base) / factors)
    return np.where(factors == 0, np.inf, room)


def _frame(
    grid: GridGraph, network: Network, home: Array, normal: list[Capacity], firm: list[Capacity]
) -> pd.DataFrame:
    buses = grid.buses.iloc[home]
    names = np.array([*network.branch_ids, ""], dtype=object)
    frame = pd.DataFrame(
        {
            "bus_id": buses.index,
            "substation_id": buses["substation_id"].to_numpy(),
            "name": buses["name"].to_numpy(),
            "voltage_kv": buses["voltage_kv"].to_numpy(),
            "normal_mw": [row.mw for row in normal],
            "firm_mw": [min(row.mw, base.mw) for row, base in zip(firm, normal, strict=True)],
            "limiting_branch": names[[row.branch for row in firm]],
            "limiting_outage": names[[row.outage for row in firm]],
            "factor": [row.factor for row in firm],
            "loading_before": [row.loading_before for row in firm],
            "loading_after": [row.loading_after for row in firm],
        }
    )
    frame["confidence"] = _confidence(grid, frame)
    return frame[list(COLUMNS)]


def _confidence(grid: GridGraph, frame: pd.DataFrame) -> Array:
    """Return how sure an answer is: the surer of the bus's own branches, and what limits it."""
    branches = grid.branches
    ends = pd.concat([branches.set_index(end)["confidence"] for end in ("from_bus", "to_bus")])
    own = ends.groupby(level=0).max().reindex(frame["bus_id"]).to_numpy()
    by_branch = branches["confidence"]
    limits = [
        frame[column].map(by_branch).fillna(1.0).to_numpy(float)
        for column in ("limiting_branch", "limiting_outage")
    ]
    return np.nan_to_num(own, nan=0.0) * np.minimum(*limits)


def _named(congestion: pd.DataFrame, network: Network) -> pd.DataFrame:
    """Replace positions by branch ids, worst first."""
    if congestion.empty:
        return pd.DataFrame(columns=["branch", "outage", "over_mw", "loading"])
    names = np.array([*network.branch_ids, ""], dtype=object)
    out = congestion.assign(branch=names[congestion["branch"]], outage=names[congestion["outage"]])
    return out.sort_values(
        ["over_mw", "branch", "outage"], ascending=[False, True, True], ignore_index=True
    )
