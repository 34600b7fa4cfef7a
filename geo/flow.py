"""DC power flow and its factors on sparse matrices.

Signs: a branch's flow is positive from its from-bus to its to-bus; an injection is positive into
the network. ``ptdf[l, n]`` is the flow on l for 1 MW injected at n and taken at the reference bus
of n's component; differences of its columns do not depend on the reference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from geo.errors import GridError
from geo.factor import factorise
from geo.grid import BASE_MVA
from geo.groups import Group, group_effect
from geo.kernels import WIDTH

if TYPE_CHECKING:
    from geo.grid import GridGraph

Array = npt.NDArray[Any]
NOWHERE = -1


@dataclass(frozen=True, eq=False)
class Network:
    """A grid as arrays: what the mathematics needs and nothing else."""

    bus_ids: tuple[str, ...]
    """Row order of every bus array."""
    branch_ids: tuple[str, ...]
    """Row order of every branch array."""
    tail: Array
    """From-bus position of each branch, int."""
    head: Array
    """To-bus position of each branch, int."""
    susceptance_mw: Array
    """MW per radian of each branch; may be negative (series capacitors)."""
    limit_mw: Array
    """Limit in normal operation; inf where unlimited."""
    emergency_mw: Array
    """Limit after an outage; inf where unlimited."""
    outages: Array
    """Positions of the branches that are lost one at a time (one of each set of like circuits)."""
    groups: tuple[Group, ...] = ()
    """What is lost together, beside the single outages."""

    def __post_init__(self) -> None:
        """Refuse reactances that cannot be.

        Raises
        ------
        GridError
            If a susceptance is zero or not finite.
        """
        bad = ~np.isfinite(self.susceptance_mw) | (self.susceptance_mw == 0)
        if bad.any():
            name = self.branch_ids[int(np.flatnonzero(bad)[0])]
            raise GridError(
                f"branch '{name}': reactance is zero or not finite; correct its length or x"
            )

    @property
    def n_bus(self) -> int:
        """Count the buses."""
        return len(self.bus_ids)

    @property
    def n_branch(self) -> int:
        """Count the branches."""
        return len(self.branch_ids)

    @property
    def outage_names(self) -> Array:
        """Name outages by label: a branch's position, n_branch + that of a group, or −1 for ''."""
        names = [*self.branch_ids, *(group.name for group in self.groups), ""]
        return np.array(names, dtype=object)

    @cached_property
    def incidence(self) -> sp.csr_array:
        """Branch × bus, +1 at the from-bus and −1 at the to-bus."""
        rows = np.arange(self.n_branch)
        ones = np.ones(self.n_branch)
        return sp.csr_array(
            (np.r_[ones, -ones], (np.r_[rows, rows], np.r_[self.tail, self.head])),
            shape=(self.n_branch, self.n_bus),
        )

    @cached_property
    def component(self) -> Array:
        """Label of the connected part of each bus."""
        return _labels(self.n_bus, self.tail, self.head)

    @cached_property
    def ptdf(self) -> Array:
        """Branch × bus flow factors, dense.

        Raises
        ------
        GridError
            If the network's susceptance matrix is singular.
        """
        factors = np.zeros((self.n_branch, self.n_bus))
        for label in range(self.component.max() + 1):
            buses = np.flatnonzero(self.component == label)
            branches = np.flatnonzero(self.component[self.tail] == label)
            if branches.size:
                factors[np.ix_(branches, buses)] = self._ptdf_of(buses, branches)
        return factors

    def _ptdf_of(self, buses: Array, branches: Array) -> Array:
        """Return the factors of one connected part."""
        local = np.zeros(self.n_bus, np.int64)
        local[buses] = np.arange(len(buses))
        tail, head = local[self.tail[branches]], local[self.head[branches]]
        susceptance = self.susceptance_mw[branches]
        solved = factorise(tail, head, susceptance, len(buses))
        out = np.zeros((len(branches), len(buses)))
        for start in range(0, len(buses), WIDTH):
            some = np.arange(start, min(start + WIDTH, len(buses)))
            angle = solved.solve(some, some - start, np.ones(len(some)))[:, : len(some)]
            through = angle[solved.place[tail]] - angle[solved.place[head]]
            out[:, some] = susceptance[:, None] * through
        return out

    @cached_property
    def bridges(self) -> Array:
        """Whether losing each branch alone splits the network, bool."""
        pairs = pd.Series(
            list(
                zip(np.minimum(self.tail, self.head), np.maximum(self.tail, self.head), strict=True)
            )
        )
        single = ~pairs.duplicated(keep=False).to_numpy()
        graph: nx.Graph[int] = nx.Graph(list(pairs))
        cut = {tuple(sorted(edge)) for edge in nx.bridges(graph)}  # type: ignore[call-overload]
        return single & np.fromiter((pair in cut for pair in pairs), dtype=bool, count=len(pairs))

    def alike(self, branch: int) -> Array:
        """Return the positions of the circuits that are like a branch in all, itself included.

        Only one of them stands for their outages, so what is true of it is true of each.
        """
        ends = {int(self.tail[branch]), int(self.head[branch])}
        beside = np.isin(self.tail, list(ends)) & np.isin(self.head, list(ends))
        for values in (self.susceptance_mw, self.limit_mw, self.emergency_mw):
            beside &= values == values[branch]
        return np.flatnonzero(beside)

    def with_limits(self, limit_mw: Array, emergency_mw: Array) -> Network:
        """Return the network with other limits; what only the topology decides is kept."""
        other = replace(self, limit_mw=limit_mw, emergency_mw=emergency_mw)
        for name in ("component", "ptdf", "bridges", "sides"):
            vars(other)[name] = getattr(self, name)
        return other

    @cached_property
    def sides(self) -> dict[int, Array]:
        """Bridge to the buses that stay with its from-bus when it is lost, bool."""
        return {branch: self._split_by(branch) for branch in np.flatnonzero(self.bridges).tolist()}

    def _split_by(self, branch: int) -> Array:
        keep = np.arange(self.n_branch) != branch
        labels = _labels(self.n_bus, self.tail[keep], self.head[keep])
        return labels == labels[self.tail[branch]]


@dataclass(frozen=True, eq=False)
class Outages:
    """What each outage does to the flows: single outages one column each, then the groups."""

    labels: Array
    """Label of each outage: the position of the lost branch, or n_branch + that of its group."""
    lost: Array
    """Positions of the branches lost, outage after outage."""
    start: Array
    """Where in ``lost`` each outage begins."""
    shift: Array
    """branch × lost branch: MW added to l per MW that k carried. LODF, or where the network splits
    the pick-up by the part that carries on."""
    alive: Array
    """branch × outage, bool: false for what is lost and for branches in a part that is cut off."""
    cut_off: Array
    """bus × outage, bool: the bus is in a part that is cut off."""
    part: Array
    """bus × outage: label of the part that the bus is left in, −1 where it is not cut off."""
    weights: Array
    """bus × outage: how the rest picks up; columns sum to 1, or to 0 if nothing can."""

    def change(self, flows_mw: Array, out: Array | None = None) -> Array:
        """Return what each outage adds to the flow on every branch, branch × outage."""
        if len(self.lost) == len(self.labels):
            return np.multiply(self.shift, flows_mw[self.lost], out=out)
        moved = self.shift * flows_mw[self.lost]
        return np.add.reduceat(moved, self.start, axis=1, out=out)

    def terms(self, outage: int) -> slice:
        """Return where in ``lost`` and in the columns of ``shift`` an outage has its branches."""
        last = self.start[outage + 1] if outage + 1 < len(self.start) else len(self.lost)
        return slice(int(self.start[outage]), int(last))


def network_of(grid: GridGraph) -> Network:
    """Turn the tables of a grid into arrays."""
    position = pd.Series(np.arange(len(grid.buses)), index=grid.buses.index)
    branches = grid.branches
    first = ~branches["group"].duplicated().to_numpy()
    return Network(
        bus_ids=tuple(grid.buses.index),
        branch_ids=tuple(branches.index),
        tail=position[branches["from_bus"]].to_numpy(),
        head=position[branches["to_bus"]].to_numpy(),
        susceptance_mw=BASE_MVA / branches["x_pu"].to_numpy(float),
        limit_mw=_unlimited_if_zero(branches["limit_mw"].to_numpy(float)),
        emergency_mw=_unlimited_if_zero(branches["emergency_mw"].to_numpy(float)),
        outages=np.flatnonzero(first),
        groups=tuple(
            Group(name, np.sort(branches.index.get_indexer(lost)))
            for name, lost in sorted(grid.lost_together.items())
        ),
    )


def second_circuit(network: Network, branch: int) -> Network:
    """Return the network with a like circuit beside a branch; the loss of one is an outage.

    Its factors follow from those of the network: b·aᵀB⁻¹ of the new circuit is the branch's row.
    """

    def again(values: Array) -> Array:
        return np.append(values, values[branch])

    outages = network.outages
    other = replace(
        network,
        branch_ids=(*network.branch_ids, f"{network.branch_ids[branch]}+"),
        tail=again(network.tail),
        head=again(network.head),
        susceptance_mw=again(network.susceptance_mw),
        limit_mw=again(network.limit_mw),
        emergency_mw=again(network.emergency_mw),
        outages=outages if branch in outages else np.append(outages, network.n_branch),
    )
    through = network.ptdf[:, network.tail[branch]] - network.ptdf[:, network.head[branch]]
    rest = network.ptdf - np.outer(through / (1.0 + through[branch]), network.ptdf[branch])
    bridges = np.append(network.bridges, values=False)
    bridges[branch] = False
    vars(other).update(
        ptdf=np.vstack([rest, rest[branch]]),
        component=network.component,
        bridges=bridges,
        sides={bridge: side for bridge, side in network.sides.items() if bridge != branch},
    )
    return other


def without(network: Network, lost: Array) -> Network:
    """Return the network without some branches, and without outages.

    Where the rest hangs together its factors follow from those of the network, else they are found
    anew.
    """
    other = apart(network, lost)
    if other.component.max() == network.component.max():
        kept, ptdf = np.setdiff1d(np.arange(network.n_branch), lost), network.ptdf
        through = ptdf[:, network.tail[lost]] - ptdf[:, network.head[lost]]
        shift = np.linalg.solve((np.eye(len(lost)) - through[lost]).T, through[kept].T).T
        vars(other)["ptdf"] = ptdf[kept] + shift @ ptdf[lost]
    return other


def apart(network: Network, lost: Array) -> Network:
    """Return the network without some branches and without outages; nothing is known of it yet."""
    kept = np.setdiff1d(np.arange(network.n_branch), lost)
    return replace(
        network,
        branch_ids=tuple(network.branch_ids[branch] for branch in kept),
        tail=network.tail[kept],
        head=network.head[kept],
        susceptance_mw=network.susceptance_mw[kept],
        limit_mw=network.limit_mw[kept],
        emergency_mw=network.emergency_mw[kept],
        outages=np.array([], dtype=int),
        groups=(),
    )


def dc_flows(network: Network, injection_mw: Array) -> Array:
    """Return the flow on every branch for balanced injections per component."""
    return network.ptdf @ injection_mw


def outage_effects(network: Network, capacity_mw: Array, weights: Array) -> Outages:
    """Work out what each outage does.

    Parameters
    ----------
    network
        The grid.
    capacity_mw
        Supply capacity per bus; of two parts, the one with more carries on.
    weights
        Share of each bus in picking up what is lost; not negative.

    Returns
    -------
    Outages
        METHODS: LODF = H/(1 − H_kk); for a bridge, the flow it carried enters the rest at the end
        that remains and leaves it by the weights.
    """
    singles = _single_outages(network, capacity_mw, weights)
    if not network.groups:
        return singles
    effects = [group_effect(network, group, capacity_mw, weights) for group in network.groups]
    sizes = [len(group.branches) for group in network.groups]
    first = len(singles.lost)
    return Outages(
        np.r_[singles.labels, network.n_branch + np.arange(len(effects))],
        np.concatenate([singles.lost, *(group.branches for group in network.groups)]),
        np.r_[singles.start, first + np.cumsum([0, *sizes[:-1]])],
        np.column_stack([singles.shift, *(effect.shift for effect in effects)]),
        np.column_stack([singles.alive, *(effect.alive for effect in effects)]),
        np.column_stack([singles.cut_off, *(effect.cut_off for effect in effects)]),
        np.column_stack([singles.part, *(np.where(e.cut_off, e.part, NOWHERE) for e in effects)]),
        np.column_stack([singles.weights, *(effect.weights for effect in effects)]),
    )


def _single_outages(network: Network, capacity_mw: Array, weights: Array) -> Outages:
    outages, ptdf = network.outages, network.ptdf
    if len(outages) == 0:
        by_branch, by_bus = np.zeros((network.n_branch, 0)), np.zeros((network.n_bus, 0))
        none = by_bus.astype(bool)
        return Outages(
            outages, outages, outages, by_branch, by_branch.astype(bool), none, by_bus, by_bus
        )
    transfer = ptdf[:, network.tail[outages]] - ptdf[:, network.head[outages]]
    own = transfer[outages, np.arange(len(outages))]
    bridge = network.bridges[outages]
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.where(bridge, 0.0, transfer / np.where(bridge, 1.0, 1.0 - own))
    alive = np.ones(shift.shape, dtype=bool)
    cut_off = np.zeros((network.n_bus, len(outages)), dtype=bool)
    share = np.repeat(weights[:, None], len(outages), axis=1)
    for column in np.flatnonzero(bridge):
        branch = outages[column]
        lost, sign, end = _smaller_part(network, branch, capacity_mw)
        cut_off[:, column] = lost
        alive[:, column] = ~(lost[network.tail] | lost[network.head])
        share[lost, column] = 0.0
    share = _share_by_component(share, network.component)
    for column in np.flatnonzero(bridge):
        lost, sign, end = _smaller_part(network, outages[column], capacity_mw)
        at_home = network.component == network.component[end]
        shift[:, column] = sign * (ptdf[:, end] - ptdf @ (share[:, column] * at_home))
    alive[outages, np.arange(len(outages))] = False
    shift[~alive] = 0.0
    start, part = np.arange(len(outages)), np.where(cut_off, 0, NOWHERE)
    return Outages(outages, outages, start, shift, alive, cut_off, part, share)


def after_outages(effects: Outages, flows_mw: Array) -> Array:
    """Return the flows after each outage, branch × outage; 0 where a branch is out."""
    return np.where(effects.alive, flows_mw[:, None] + effects.change(flows_mw), 0.0)


def _smaller_part(network: Network, branch: int, capacity_mw: Array) -> tuple[Array, float, int]:
    home = network.component == network.component[network.tail[branch]]
    with_tail = network.sides[int(branch)] & home
    with_head = home & ~with_tail
    if capacity_mw[with_tail].sum() >= capacity_mw[with_head].sum():
        return with_head, 1.0, int(network.tail[branch])
    return with_tail, -1.0, int(network.head[branch])


def _share_by_component(share: Array, component: Array) -> Array:
    totals = np.zeros((component.max() + 1, share.shape[1]))
    np.add.at(totals, component, share)
    totals[totals == 0] = np.inf
    return share / totals[component]


def _labels(n_bus: int, tail: Array, head: Array) -> Array:
    links = sp.coo_array((np.ones(len(tail)), (tail, head)), shape=(n_bus, n_bus))
    return connected_components(links, directed=False)[1]


def _unlimited_if_zero(limit_mw: Array) -> Array:
    return np.where(limit_mw > 0, limit_mw, np.inf)
