"""Headroom of an operator's case, with what its tables leave open settled here once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.balance import Flows
from geo.case import COLUMNS
from geo.errors import LayerError
from geo.flow import Network
from geo.grid import BASE_MVA
from geo.linear import linear_headroom
from geo.redispatch import Redispatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.case import Case
    from geo.flow import Array
    from geo.kinds import Layer
    from geo.linear import Answers
    from geo.scenario import Scenario

DENSE_BRANCHES = 3000


def case_network(case: Case, interconnect: str = "") -> tuple[Network, Flows, pd.DataFrame]:
    """Turn a case into arrays.

    Parameters
    ----------
    case
        The tables.
    interconnect
        Only this synchronous area; '' takes all, each connected part on its own.

    Returns
    -------
    network, flows, buses
        Generation is Pmax of the plants in service scaled to the demand of each connected part;
        every branch in service is an outage once. Buses in the order of the arrays.

    Raises
    ------
    LayerError
        If the case has no such interconnect.
    """
    buses, branches, plants = (
        _of(layer, interconnect) for layer in (case.buses, case.branches, case.plants)
    )
    branches = branches[branches["status"].fillna(1.0) != 0]
    plants = plants[plants["status"].fillna(1.0) != 0]
    place = pd.Series(np.arange(len(buses)), index=buses["bus_id"])
    ratio = branches["ratio"].fillna(0.0).replace(0.0, 1.0)
    normal = branches["rateA"].where(branches["rateA"] > 0, np.inf).to_numpy(float)
    emergency = branches["rateC"].fillna(0.0).to_numpy(float)
    network = Network(
        bus_ids=tuple(buses["bus_id"]),
        branch_ids=tuple(branches["branch_id"]),
        tail=place[branches["from_bus_id"]].to_numpy(),
        head=place[branches["to_bus_id"]].to_numpy(),
        susceptance_mw=(BASE_MVA / (branches["x"] * ratio)).to_numpy(float),
        limit_mw=normal,
        emergency_mw=np.where(emergency > 0, emergency, normal),
        outages=np.arange(len(branches)),
    )
    supply = np.zeros(len(buses))
    np.add.at(supply, place[plants["bus_id"]].to_numpy(), plants["Pmax"].to_numpy(float))
    return network, _scaled(network, buses["Pd"].to_numpy(float), supply), buses


def case_headroom(
    case: Case,
    scenario: Scenario,
    *,
    interconnect: str = "",
    min_kv: float = 0.0,
    progress: Callable[[float, str], None] | None = None,
) -> pd.DataFrame:
    """Return the headroom of the buses of a case.

    Parameters
    ----------
    case
        The tables.
    scenario
        Method, mode and cutoff.
    interconnect
        Only this synchronous area.
    min_kv
        Only buses of at least this voltage are asked for.
    progress
        Called with a fraction and a message.

    Returns
    -------
    DataFrame
        bus_id, normal_mw, firm_mw, limiting_branch, limiting_outage, factor, loading_before,
        loading_after, in the order of the bus table; limiting columns are '' where supply limits or
        operation is normal.

    Raises
    ------
    LayerError
        If no bus is asked for, or the network is too large for the redispatch method.
    """
    network, flows, buses = case_network(case, interconnect)
    wanted = np.flatnonzero(buses["baseKV"].to_numpy(float) >= min_kv)
    if wanted.size == 0:
        raise LayerError(f"no bus reaches {min_kv:g} kV; lower --min-kv")
    tell = progress or (lambda _fraction, _message: None)
    if scenario.method == "redispatch":
        answers = _redispatched(network, flows, wanted, scenario.cutoff, tell)
    else:
        answers, _, _ = linear_headroom(
            network, flows, wanted, mode=scenario.mode, cutoff=scenario.cutoff, tell=tell
        )
    names = np.array([*network.branch_ids, ""], dtype=object)
    frame = pd.DataFrame(
        {
            "bus_id": buses["bus_id"].to_numpy()[wanted],
            "normal_mw": answers.normal_mw,
            "firm_mw": answers.firm_mw,
            "limiting_branch": names[answers.branch],
            "limiting_outage": names[answers.outage],
            "factor": answers.factor,
            "loading_before": answers.loading_before,
            "loading_after": answers.loading_after,
        }
    )
    return frame[list(COLUMNS)]


def _redispatched(
    network: Network,
    flows: Flows,
    wanted: Array,
    cutoff: float,
    tell: Callable[[float, str], None],
) -> Answers:
    if network.n_branch > DENSE_BRANCHES:
        raise LayerError(
            f"{network.n_branch:,} branches are too many for the redispatch method; "
            "choose --method linear or one --interconnect"
        )
    return Redispatch(network, flows, cutoff).answers(wanted, tell)


def _of(layer: Layer, interconnect: str) -> pd.DataFrame:
    frame = layer.frame
    if not interconnect:
        return frame
    chosen = frame[frame["interconnect"] == interconnect]
    if chosen.empty:
        known = ", ".join(sorted(set(frame["interconnect"]) - {""})) or "none"
        raise LayerError(
            f"{layer.source.file}: no interconnect is called '{interconnect}'; known are {known}"
        )
    return chosen


def _scaled(network: Network, demand: Array, supply_max: Array) -> Flows:
    component = network.component
    asked = np.bincount(component, demand)
    owned = np.bincount(component, supply_max)
    share = np.divide(asked, owned, out=np.zeros_like(asked), where=owned > 0)
    return Flows(demand, np.zeros_like(supply_max), supply_max, supply_max * share[component], 0.0)
