"""Branches that are lost together: both circuits of a tower, a whole substation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from geo.factor import factorise

if TYPE_CHECKING:
    from geo.flow import Array, Network


LOST = -1.0
"""Capacity of a bus that is lost: a part of such buses alone is weaker than any other."""


@dataclass(frozen=True, eq=False)
class Group:
    """A named outage of several branches at once."""

    name: str
    """What it is called in answers."""
    branches: Array
    """Positions of the branches that are lost, ascending."""
    buses: Array = field(default_factory=lambda: np.zeros(0, int))
    """Buses that are lost as well: they never carry on, and have no answer for this outage."""


@dataclass(frozen=True, eq=False)
class GroupEffect:
    """What the loss of a group does."""

    shift: Array
    """branch × branch of the group: MW added to l per MW that each lost branch carried."""
    alive: Array
    """Per branch, bool: in service in a part that carries on."""
    cut_off: Array
    """Per bus, bool: in a part that is cut off."""
    part: Array
    """Per bus, label of the part that it is left in."""
    weights: Array
    """Per bus, how the rest picks up; sums to 1 in each connected part of the whole network."""


def group_effect(network: Network, group: Group, capacity_mw: Array, weights: Array) -> GroupEffect:
    """Work out what losing a group does.

    Parameters
    ----------
    network
        The grid.
    group
        What is lost.
    capacity_mw
        Supply capacity per bus; of the parts that a connected network falls into, the one with the
        most carries on.
    weights
        Share of each bus in picking up what is lost; not negative.

    Returns
    -------
    GroupEffect
        Flows afterwards are ``f + shift @ f[group.branches]`` on branches that are alive. A lost
        branch between two buses that carry on hands its flow to the rest of the network; one that
        led to a part cut off leaves its flow at the end that stays, and the weights take it up.
    """
    kept = np.ones(network.n_branch, dtype=bool)
    kept[group.branches] = False
    part = _parts(network, kept)
    capacity_mw = capacity_mw.copy()
    capacity_mw[group.buses] = LOST
    stays = strongest_of_each(part, network.component, capacity_mw)
    weights = np.where(stays, weights, 0.0)
    total = np.bincount(network.component, weights)[network.component]
    weights = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    alive = kept & stays[network.tail]
    shift = np.zeros((network.n_branch, len(group.branches)))
    for label in np.unique(network.component[network.tail[group.branches]]):
        home = stays & (network.component == label)
        shift += _shift_in(network, group.branches, home, alive, weights)
    return GroupEffect(shift, alive, ~stays, part, weights)


def _parts(network: Network, kept: Array) -> Array:
    size = network.n_bus
    ends = (network.tail[kept], network.head[kept])
    links = sp.coo_array((np.ones(int(kept.sum())), ends), shape=(size, size))
    return connected_components(links, directed=False)[1]


def strongest_of_each(part: Array, component: Array, capacity_mw: Array) -> Array:
    """Return which buses are in the part of their connected network that carries on, bool.

    Of parts with the same capacity the one with more buses stays, then the one met first.
    """
    capacity, size = np.bincount(part, capacity_mw), np.bincount(part)
    home = np.zeros(len(size), dtype=int)
    home[part] = component
    order = np.lexsort((np.arange(len(size)), -size, -capacity, home))
    first = order[np.r_[True, np.diff(home[order]) != 0]]
    return np.isin(part, first)


def _shift_in(network: Network, lost: Array, home: Array, alive: Array, weights: Array) -> Array:
    """Return the shifts within the part of one connected network that carries on."""
    buses = np.flatnonzero(home)
    local = np.full(network.n_bus, -1)
    local[buses] = np.arange(len(buses))
    branches = np.flatnonzero(alive & home[network.tail])
    shift = np.zeros((network.n_branch, len(lost)))
    if branches.size == 0:
        return shift
    tail, head = local[network.tail[branches]], local[network.head[branches]]
    injection = np.zeros((len(buses), len(lost)))
    for column, branch in enumerate(lost):
        for end, sign in ((network.tail[branch], 1.0), (network.head[branch], -1.0)):
            if home[end]:
                injection[local[end], column] += sign
    injection -= weights[buses, None] * injection.sum(axis=0)
    solved = factorise(tail, head, network.susceptance_mw[branches], len(buses))
    block = np.zeros((len(solved.pivot) + 1, len(lost)))
    block[solved.place] = injection
    angle = solved.solve_block(block)
    through = angle[solved.place[tail]] - angle[solved.place[head]]
    shift[branches] = network.susceptance_mw[branches, None] * through
    return shift
