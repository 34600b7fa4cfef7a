"""An operator's case as arrays, with what its tables leave open settled here once.

Ratio 0 is 1, a rating of 0 unlimited, an emergency rating of 0 the normal one; a reactance may be
negative. Generation is Pmax of the plants in service scaled to the demand of each connected part;
where that is more than Pmax, or there is no plant, nothing is left for new load: it gets 0. Direct
current is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.balance import Flows
from geo.errors import LayerError
from geo.flow import Network
from geo.grid import BASE_MVA
from geo.groups import Group

if TYPE_CHECKING:
    from geo.case import Case, CaseBuses
    from geo.flow import Array


def case_network(case: Case, interconnect: str = "") -> tuple[Network, Flows, pd.DataFrame]:
    """Turn a case into arrays.

    Parameters
    ----------
    case
        The tables.
    interconnect
        Only buses of this synchronous area and what joins them; '' takes all, each connected part
        on its own.

    Returns
    -------
    network, flows, buses
        Every branch in service is an outage once, then those of the table of outages. Buses in the
        order of the arrays.

    Raises
    ------
    LayerError
        If the case has no such interconnect.
    """
    buses = _of(case.buses, interconnect)
    branches, plants = case.branches.frame, case.plants.frame
    branches = branches[branches["status"].fillna(1.0) != 0]
    plants = plants[plants["status"].fillna(1.0) != 0]
    ends = (branches["from_bus_id"], branches["to_bus_id"])
    branches = branches[ends[0].isin(buses["bus_id"]) & ends[1].isin(buses["bus_id"])]
    plants = plants[plants["bus_id"].isin(buses["bus_id"])]
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
        groups=_groups(case, branches["branch_id"]),
    )
    supply = np.zeros(len(buses))
    np.add.at(supply, place[plants["bus_id"]].to_numpy(), plants["Pmax"].to_numpy(float))
    return network, _scaled(network, buses["Pd"].to_numpy(float), supply), buses


def _groups(case: Case, branch_ids: pd.Series) -> tuple[Group, ...]:
    """Return what the table of outages says of the branches in service, in its order."""
    if case.outages is None:
        return ()
    rows = case.outages.frame
    at = pd.Series(np.arange(len(branch_ids)), index=branch_ids.to_numpy())
    known = rows[rows["branch_id"].isin(at.index)]
    return tuple(
        Group(str(name), np.sort(at[some["branch_id"]].to_numpy()))
        for name, some in known.groupby("outage_id", sort=False)
    )


def _of(buses: CaseBuses, interconnect: str) -> pd.DataFrame:
    frame = buses.frame
    if not interconnect:
        return frame
    chosen = frame[frame["interconnect"] == interconnect]
    if chosen.empty:
        known = ", ".join(sorted(set(frame["interconnect"]) - {""})) or "none"
        raise LayerError(
            f"{buses.source.file}: no interconnect is called '{interconnect}'; known are {known}"
        )
    return chosen


def _scaled(network: Network, demand: Array, supply_max: Array) -> Flows:
    component = network.component
    asked = np.bincount(component, demand)
    owned = np.bincount(component, supply_max)
    share = np.divide(asked, owned, out=np.zeros_like(asked), where=owned > 0)
    return Flows(demand, np.zeros_like(supply_max), supply_max, supply_max * share[component], 0.0)
