"""MW that each bus could still serve, in normal operation and N-1 secure, and what limits it.

A screen from open data, never an offer of a grid operator: direct current, no voltage or stability.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.errors import ScenarioError
from geo.flow import network_of
from geo.linear import linear_headroom
from geo.redispatch import Redispatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.balance import Flows
    from geo.flow import Array, Network
    from geo.grid import GridGraph
    from geo.linear import Answers
    from geo.scenario import Method, Mode, Scenario

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
    "flexible_mw",
)
TIED_DECIMALS = 6


@dataclass(frozen=True)
class Suited:
    """A question as it can be answered on a network of some size."""

    scenario: Scenario
    """The question."""
    large: bool = False
    """Whether the network is too large for redispatch."""
    note: str = ""
    """What a reader has to know of that; '' for nothing."""


def suited(scenario: Scenario, grid: GridGraph, most: float) -> Suited:
    """Return the question with a method that the size of the network allows.

    Parameters
    ----------
    scenario
        What is asked.
    grid
        The network.
    most
        Buses up to which redispatch is used.

    Raises
    ------
    ScenarioError
        If situations are asked for, which are solved by redispatch.
    """
    buses = len(grid.buses)
    if buses <= most:
        return Suited(scenario)
    size = f"{buses:,} buses, more than the {most:,.0f} of redispatch_max_buses"
    if scenario.situations:
        raise ScenarioError(
            f"situations are solved by redispatch, and this grid has {size}; leave them out"
        )
    note = (
        "2N is looked for at the best sites only"
        if scenario.method == "linear"
        else "headroom is by the linear method with calibrated limits instead of redispatch: "
        "dispatch stays as it is, new load is supplied by unused capacity; next limits, upgrades "
        "and flexible MW are not worked out, and 2N is looked for at the best sites only"
    )
    changed = {} if scenario.method == "linear" else {"method": "linear", "mode": "calibrated"}
    return Suited(replace(scenario, **changed), large=True, note=f"The grid has {size}: {note}.")  # type: ignore[arg-type] # as the fields


@dataclass(frozen=True, eq=False)
class HeadroomStudy:
    """Headroom of every bus at home, and what it was found with."""

    frame: pd.DataFrame
    """The headroom columns of the house."""
    congestion: pd.DataFrame
    """Pairs over their limit before anything is added: branch, outage, over_mw, loading."""
    redispatch: Redispatch | None
    """The study to ask further; None for the linear method."""


def hosting_capacity(  # noqa: PLR0913 -- the interface that later methods keep
    grid: GridGraph,
    flows: Flows,
    *,
    method: Method = "redispatch",
    mode: Mode = "strict",
    cutoff: float = 0.10,
    progress: Callable[[float, str], None] | None = None,
) -> pd.DataFrame:
    """Return normal and firm MW of every bus of a substation at home.

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
        where supply limits (branch) or operation is normal (outage). ``flexible_mw`` is what a
        load gets that may be cut after an outage; unknown for the linear method.

    Raises
    ------
    GridError
        If the network cannot be solved.
    """
    return headroom_study(
        grid, flows, method=method, mode=mode, cutoff=cutoff, progress=progress
    ).frame


def headroom_study(  # noqa: PLR0913 -- as above
    grid: GridGraph,
    flows: Flows,
    *,
    method: Method = "redispatch",
    mode: Mode = "strict",
    cutoff: float = 0.10,
    progress: Callable[[float, str], None] | None = None,
) -> HeadroomStudy:
    """Return headroom and what it was found with; see `hosting_capacity`."""
    network = network_of(grid)
    home = np.flatnonzero(grid.home.to_numpy())
    tell = progress or (lambda _fraction, _message: None)
    study = None
    if method == "linear":
        answers, worst, worst_at = linear_headroom(
            network, flows, home, mode=mode, cutoff=cutoff, tell=tell
        )
        congestion = _overloads(network, worst, worst_at)
    else:
        study = Redispatch(network, flows, cutoff)
        answers = study.answers(home, tell)
        congestion = pd.DataFrame([vars(row) for row in study.congestion])
    frame = _frame(grid, network, home, answers)
    return HeadroomStudy(frame, _named(congestion, network), study)


def _overloads(network: Network, worst: Array, worst_at: Array) -> pd.DataFrame:
    """List the branches over their limit in the base case or after an outage, each at its worst."""
    limit = np.where(worst_at >= 0, network.emergency_mw, network.limit_mw)
    over = np.flatnonzero(worst > limit)
    return pd.DataFrame(
        {
            "branch": over,
            "outage": worst_at[over],
            "over_mw": worst[over] - limit[over],
            "loading": worst[over] / limit[over],
        }
    )


def _frame(grid: GridGraph, network: Network, home: Array, answers: Answers) -> pd.DataFrame:
    buses = grid.buses.iloc[home]
    names = network.outage_names
    frame = pd.DataFrame(
        {
            "bus_id": buses.index,
            "substation_id": buses["substation_id"].to_numpy(),
            "name": buses["name"].to_numpy(),
            "voltage_kv": buses["voltage_kv"].to_numpy(),
            "normal_mw": answers.normal_mw,
            "firm_mw": answers.firm_mw,
            "limiting_branch": names[answers.branch],
            "limiting_outage": names[answers.outage],
            "factor": answers.factor,
            "loading_before": answers.loading_before,
            "loading_after": answers.loading_after,
        }
    )
    frame["confidence"] = _confidence(grid, frame)
    frame["flexible_mw"] = answers.flexible_mw
    return frame[list(COLUMNS)]


def _confidence(grid: GridGraph, frame: pd.DataFrame) -> Array:
    """Return how sure an answer is: the surer of the bus's own branches, and what limits it."""
    branches = grid.branches
    ends = pd.concat([branches.set_index(end)["confidence"] for end in ("from_bus", "to_bus")])
    own = ends.groupby(level=0).max().reindex(frame["bus_id"]).to_numpy()
    by_branch = branches["confidence"]
    limits = [
        frame[column].map(by_branch).fillna(1.0).to_numpy()
        for column in ("limiting_branch", "limiting_outage")
    ]
    return own * np.minimum(*limits)


def _named(congestion: pd.DataFrame, network: Network) -> pd.DataFrame:
    """Replace positions by branch ids, worst first; what only rounding parts is in their order."""
    if congestion.empty:
        return pd.DataFrame(columns=["branch", "outage", "over_mw", "loading"])
    names = network.outage_names
    out = congestion.assign(branch=names[congestion["branch"]], outage=names[congestion["outage"]])
    order = out.assign(over_mw=out["over_mw"].round(TIED_DECIMALS)).sort_values(
        ["over_mw", "branch", "outage"], ascending=[False, True, True]
    )
    return out.loc[order.index].reset_index(drop=True)
