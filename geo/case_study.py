"""Headroom of an operator's case: the question, the answer, and where its buses are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.case import COLUMNS
from geo.case_network import case_network
from geo.digest import digest
from geo.errors import LayerError, ScenarioError
from geo.linear import linear_headroom
from geo.redispatch import Redispatch
from geo.station_outages import station_losses

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.balance import Flows
    from geo.case import Case
    from geo.flow import Array, Network
    from geo.linear import Answers
    from geo.memory import Memory
    from geo.scenario import Scenario

DENSE_BRANCHES = 3000
DEGREES = "EPSG:4326"


@dataclass(frozen=True)
class Asked:
    """What is asked of a case, beside method, mode and cutoff."""

    interconnect: str = ""
    """Only this synchronous area; '' takes all, each connected part on its own."""
    min_kv: float = 0.0
    """Only buses of at least this voltage."""
    stations: bool = False
    """Whether every station that has such a bus is lost as well, one at a time."""


@dataclass(frozen=True, eq=False)
class CaseAnswer:
    """Headroom of a case, and what a reader should be told with it."""

    frame: pd.DataFrame
    """One row a bus; with the points of its stations where the case has them."""
    notes: tuple[str, ...]
    """What was left out, in words."""


def case_headroom(
    case: Case,
    scenario: Scenario,
    asked: Asked = Asked(),
    *,
    progress: Callable[[float, str], None] | None = None,
    memory: Memory | None = None,
) -> CaseAnswer:
    """Return the headroom of the buses of a case.

    Parameters
    ----------
    case
        The tables.
    scenario
        Method, mode and cutoff.
    asked
        Which area and buses, and whether stations are lost.
    progress
        Called with a fraction and a message.
    memory
        Keeps what is done of the linear method; see `geo.memory`.

    Returns
    -------
    CaseAnswer
        Columns bus_id, normal_mw, firm_mw, limiting_branch, limiting_outage, factor,
        loading_before, loading_after, in the order of the bus table. Limiting columns are '' where
        supply limits or operation is normal, and both the outage where it limits by the supply
        that it leaves.

    Raises
    ------
    LayerError
        If no bus is asked for, stations are not known, or the network is too large for the
        redispatch method.
    ScenarioError
        If the redispatch method is asked for what it cannot do.
    """
    network, flows, buses = case_network(case, asked.interconnect)
    wanted = np.flatnonzero(buses["baseKV"].to_numpy(float) >= asked.min_kv)
    if wanted.size == 0:
        raise LayerError(f"no bus reaches {asked.min_kv:g} kV; lower --min-kv")
    if scenario.method == "redispatch" and (asked.stations or memory is not None):
        raise ScenarioError("--stations and --checkpoint need --method linear")
    notes: tuple[str, ...] = ()
    if asked.stations:
        losses = station_losses(network, _station_of(case, buses), wanted, flows.supply_max_mw)
        network = replace(network, groups=network.groups + losses.groups)
        notes = (str(losses),)
    if memory is not None:
        memory.begin(_marks(network, flows, wanted, scenario, asked))
    tell = progress or (lambda _fraction, _message: None)
    answers = _answers(network, flows, wanted, scenario, tell=tell, memory=memory)
    frame = _frame(network, buses["bus_id"].to_numpy()[wanted], answers)
    return CaseAnswer(_with_points(frame, case), notes)


def _answers(  # noqa: PLR0913 -- one call with what its caller has
    network: Network,
    flows: Flows,
    wanted: Array,
    scenario: Scenario,
    *,
    tell: Callable[[float, str], None],
    memory: Memory | None,
) -> Answers:
    if scenario.method == "redispatch":
        return _redispatched(network, flows, wanted, scenario.cutoff, tell)
    answers, _, _ = linear_headroom(
        network,
        flows,
        wanted,
        mode=scenario.mode,
        cutoff=scenario.cutoff,
        tell=tell,
        memory=memory,
    )
    return answers


def _frame(network: Network, bus_ids: Array, answers: Answers) -> pd.DataFrame:
    names = network.outage_names
    frame = pd.DataFrame(
        {
            "bus_id": bus_ids,
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


def _with_points(frame: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Add the point of each bus's station where the case knows stations and where they are."""
    if case.stations is None or case.bus_stations is None:
        return frame
    station = frame["bus_id"].map(case.bus_stations.frame.set_index("bus_id")["sub_id"])
    places = case.stations.frame.set_index("sub_id")
    lon, lat = (station.map(places[name]).to_numpy(float) for name in ("lon", "lat"))
    points = gpd.GeoSeries(gpd.points_from_xy(lon, lat), index=frame.index, crs=DEGREES)
    return gpd.GeoDataFrame(frame, geometry=points.where(~np.isnan(lon)))


def _station_of(case: Case, buses: pd.DataFrame) -> Array:
    if case.bus_stations is None:
        raise LayerError(
            "the case does not say which bus is in which station; "
            "add bus2sub.csv with bus_id and sub_id, or leave --stations out"
        )
    station = buses["bus_id"].map(case.bus_stations.frame.set_index("bus_id")["sub_id"])
    return station.fillna("").to_numpy(object)


def _marks(
    network: Network, flows: Flows, wanted: Array, scenario: Scenario, asked: Asked
) -> dict[str, str]:
    """Return what tells one run from another, each under the name that its user knows."""
    return {
        "--mode": scenario.mode,
        "--cutoff": f"{scenario.cutoff:g}",
        "--interconnect": asked.interconnect,
        "--min-kv": f"{asked.min_kv:g}",
        "--stations": str(asked.stations),
        "tables": digest(network, flows, wanted),
    }


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
