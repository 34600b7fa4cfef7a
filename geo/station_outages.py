"""The loss of a whole substation: every branch that meets it, its buses, and what is on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.groups import Group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.flow import Array, Network


@dataclass(frozen=True)
class StationLosses:
    """Which stations are lost one at a time, and how many of those asked for are not."""

    groups: tuple[Group, ...]
    """One for each station, its buses included."""
    idle: int
    """Stations that no branch in service joins to another: nobody else would notice."""
    on_one_line: int
    """Stations that hang on one branch: for the rest, its outage says the same."""

    def __str__(self) -> str:
        """Say it in a line."""
        said = [f"{len(self.groups):,} stations are lost one at a time"]
        if self.on_one_line:
            said.append(f"{self.on_one_line:,} hang on one branch, whose outage says the same")
        if self.idle:
            said.append(f"{self.idle:,} are joined to no other")
        return "; ".join(said)


def station_losses(
    network: Network, station: Array, wanted: Array, supply_max_mw: Array
) -> StationLosses:
    """Make an outage of every station that has a bus asked for.

    Parameters
    ----------
    network
        The grid.
    station
        Id of the station of each bus; '' where it is not known.
    wanted
        Positions of the buses asked for.
    supply_max_mw
        Supply capacity per bus.

    Returns
    -------
    StationLosses
        A station takes its buses with it, so it never counts as the part that carries on, and a
        load there has no answer for it: that load is lost whatever the grid does. For the load of
        another station it is an outage as any other.
    """
    groups: list[Group] = []
    idle = on_one_line = 0
    total = np.bincount(network.component, supply_max_mw)
    for name, buses, branches, leading_out in _stations(network, station, wanted):
        feeds = supply_max_mw[buses].sum() > total[network.component[buses[0]]] / 2
        if len(leading_out) == 0:
            idle += 1
        elif len(leading_out) == 1 and leading_out[0] in network.outages and not feeds:
            on_one_line += 1
        else:
            groups.append(Group(f"station {name}", branches, buses))
    return StationLosses(tuple(groups), idle, on_one_line)


def _stations(
    network: Network, station: Array, wanted: Array
) -> Iterator[tuple[str, Array, Array, Array]]:
    """Yield name, buses, branches and branches that lead out of each station asked for."""
    asked = np.unique(station[wanted].astype(str))
    names, code = np.unique(station.astype(str), return_inverse=True)
    buses_of = _by_code(code, len(names))
    tail, head = code[network.tail], code[network.head]
    every = np.arange(network.n_branch)
    met_by = _by_code(
        np.r_[tail, head[head != tail]], len(names), np.r_[every, every[head != tail]]
    )
    for name in asked[asked != ""]:
        at = int(np.searchsorted(names, name))
        branches = np.sort(met_by[at])
        yield str(name), buses_of[at], branches, branches[tail[branches] != head[branches]]


def _by_code(code: Array, size: int, values: Array | None = None) -> list[Array]:
    """Divide positions, or values, by their code."""
    order = np.argsort(code, kind="stable")
    chosen = order if values is None else values[order]
    return np.split(chosen, np.cumsum(np.bincount(code, minlength=size))[:-1])
