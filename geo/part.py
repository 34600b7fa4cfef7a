"""One connected part of a network in its own numbering, factorised, with what limits its supply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.bridges import walk
from geo.factor import factorise

if TYPE_CHECKING:
    from geo.balance import Flows
    from geo.factor import Factor
    from geo.flow import Array, Network

NONE = -1
LEAST_LEFT = 1e-9
"""Share of the supply below which nothing is left that could take over."""


class Part:
    """One connected part: base case, pick-up, bridges.

    Parameters
    ----------
    network, flows
        The grid and its base case.
    inside
        Positions of the buses of this part, ascending.

    Notes
    -----
    Buses are numbered as in ``inside``. Branches are in the order in which the factorisation meets
    their ends, so that what one branch reads of a solution lies near what the one before it read.
    """

    def __init__(self, network: Network, flows: Flows, inside: Array) -> None:
        self.buses, self.n_branch = inside, network.n_branch
        local = np.full(network.n_bus, NONE)
        local[inside] = np.arange(len(inside))
        self.local = local
        branches = np.flatnonzero(local[network.tail] >= 0)
        tail, head = local[network.tail[branches]], local[network.head[branches]]
        susceptance = network.susceptance_mw[branches]
        self.factor: Factor = factorise(tail, head, susceptance, len(inside))
        place = self.factor.place
        order = np.argsort(np.minimum(place[tail], place[head]), kind="stable")
        self.branches = branches[order]
        self.tail, self.head, self.susceptance = tail[order], head[order], susceptance[order]
        self.normal = network.limit_mw[self.branches]
        self.emergency = network.emergency_mw[self.branches]
        self.is_outage = np.isin(self.branches, network.outages)
        self.supply_max = flows.supply_max_mw[inside]
        self.demand = flows.demand_mw[inside]
        self.injection = flows.injection_mw[inside]
        self.unused = np.maximum(flows.unused_mw[inside], 0.0)
        total = float(self.unused.sum())
        self.weights = self.unused / total if total > 0 else self.unused
        self.angle = self.factor.solve_one(self.injection)
        self.supplied_angle = self.factor.solve_one(self.weights)
        self.flow = self.flows_of(self.angle)
        self.supplied = self.flows_of(self.supplied_angle)
        self._find_bridges()

    def _find_bridges(self) -> None:
        """Say what each lost bridge cuts off, and how what is left of the supply takes over."""
        self.walk = walk(self.tail, self.head, self.supply_max)
        low, high, stays = self.walk.cut_interval(len(self.branches))
        bridge = stays >= 0
        far_end = np.where(stays == self.tail, self.head, self.tail)
        lost = self.walk.below(self.weights)[np.where(bridge, far_end, 0)]
        self.lost = np.maximum(lost, 0.0)
        self.low = np.where(self.is_outage, low, 0)
        self.high = np.where(self.is_outage, high, 0)
        self.stays = stays
        # A bridge hands its flow to the end that stays; what is left of the weights takes it up.
        remaining = np.where(bridge & (lost < 1.0 - LEAST_LEFT), 1.0 - lost, np.inf)
        self.bridge_scale = np.where(stays == self.tail, 1.0, -1.0) / remaining

    def flows_of(self, angle: Array) -> Array:
        """Return branch flows from angles by row of a block."""
        place = self.factor.place
        return self.susceptance * (angle[place[self.tail]] - angle[place[self.head]])

    def rows(self) -> tuple[Array, ...]:
        """Return what compiled loops read: rows of both ends in a block, susceptance."""
        place = self.factor.place
        return place[self.tail], place[self.head], self.susceptance

    def response(self, branch: int) -> Array:
        """Return the MW on a branch per MW put in at each row of a block and taken at the last."""
        ends = np.array([self.tail[branch], self.head[branch]])
        block = self.factor.solve(ends, np.zeros(2, int), np.array([1.0, -1.0]), 1)
        return block[:, 0] * self.susceptance[branch]

    def row_of_shifts(self, branch: int, scale: Array) -> Array:
        """Return the shift of one branch under every outage, given how the pass scaled each."""
        response, place = self.response(branch), self.factor.place
        bridge = self.stays >= 0
        through = response[place[self.tail]] - response[place[self.head]]
        at_end = response[place[np.where(bridge, self.stays, 0)]] - self.supplied[branch]
        return scale * np.where(bridge, at_end, through)

    def alive_for(self, branch: int) -> Array:
        """Return under which outages a branch stays in service with the part that carries on."""
        first = self.walk.first
        ends = first[[self.tail[branch], self.head[branch]]]
        gone = np.zeros(len(self.flow), dtype=bool)
        for end in ends:
            gone |= (self.low <= end) & (end < self.high)
        gone[branch] = True
        return self.is_outage & ~gone


def supply_bounds(part: Part) -> tuple[Array, Array, Array]:
    """Return what supply allows each bus normally and firmly, and the bridge that decides.

    Below a bridge that is the surplus of the part cut off; elsewhere, the unused capacity that is
    left when a bridge takes its own with it.
    """
    size = len(part.buses)
    total = float(part.unused.sum())
    normal = np.full(size, total)
    firm, cause = np.full(size, total), np.full(size, NONE)
    walk, is_outage = part.walk, part.is_outage
    bridged = walk.bridge.copy()
    bridged[bridged] = is_outage[walk.above[bridged]]
    surplus = walk.below(part.supply_max - part.demand)
    taken = walk.below(part.unused)
    for bus in np.flatnonzero(bridged)[np.argsort(-taken[bridged], kind="stable")]:
        inside = (walk.first >= walk.first[bus]) & (walk.first < walk.last[bus])
        left = total - taken[bus]
        change = ~inside & (left < firm)
        firm[change], cause[change] = left, walk.above[bus]
        if (firm[~inside] <= left).all() and not change.any():
            break
    for bus in walk.order[bridged[walk.order]]:
        below = walk.order[walk.first[bus] : walk.last[bus]]
        left = max(float(surplus[bus]), 0.0)
        change = below[firm[below] > left]
        firm[change], cause[change] = left, walk.above[bus]
    return normal, firm, cause
