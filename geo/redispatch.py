"""Redispatch headroom: the most load a bus can take under some dispatch that keeps N-1 security.

A linear programme over dispatch and load, its security rows added only when they are violated.
Pairs of branch and outage that are over their limit before anything is added are found first; they
may not get worse, but cannot forbid what they already carry.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np

from geo.flow import second_circuit
from geo.linear import Answers
from geo.programme import Programme
from geo.relief import relieve
from geo.security import NONE, Security
from geo.surplus import Surplus
from geo.watch import SMALLEST_DUAL, KnownRows, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from geo.balance import Flows
    from geo.flow import Array, Network
    from geo.programme import Solution
    from geo.relief import Congestion
    from geo.watch import Pair

NO_OUTAGE = NONE
MAX_ROUNDS = 200
BREATH_MW = 1e-4
"""Room given to a pair over its limit, without which the programme has hardly an inside."""

NOTHING: Mapping[int, float] = MappingProxyType({})
Service = Literal["normal", "firm", "flexible"]


@dataclass(frozen=True)
class Capacity:
    """What one bus can take, and what stops it."""

    mw: float
    """Most load."""
    branch: int = NO_OUTAGE
    """Position of the limiting branch; −1 where supply is the limit."""
    outage: int = NO_OUTAGE
    """Label of the outage; −1 for normal operation."""
    factor: float = np.nan
    """Flow on the limiting branch per MW of load, under the outage."""
    loading_before: float = np.nan
    """Its loading in the base case under that outage, per unit of the limit used."""
    loading_after: float = np.nan
    """Its loading at the answer."""
    gain: float = 0.0
    """MW of load that one more MW of rating gives, of the limiting branch and of each circuit like
    it, until the next limit."""


class Redispatch:
    """The programme for one network and base case, asked about one bus after another.

    Parameters
    ----------
    network
        The grid.
    flows
        Demand and supply ranges per bus.
    cutoff
        Pairs are monitored for a bus where its load moves them by at least this much per MW.
    dispatch_mw
        Supply per bus of a base case that is relieved already; None finds one.
    likely
        Pairs that decided in a like network, to begin with; they change no answer.
    """

    def __init__(
        self,
        network: Network,
        flows: Flows,
        cutoff: float,
        *,
        dispatch_mw: Array | None = None,
        likely: Iterable[Pair] = (),
    ) -> None:
        self.network, self.flows, self.cutoff = network, flows, cutoff
        self.suppliers = np.flatnonzero(flows.supply_max_mw > flows.supply_min_mw)
        security = Security.of(network, flows.supply_max_mw)
        self.congestion: tuple[Congestion, ...] = ()
        self.dispatch_mw = flows.supply_mw.copy()
        if dispatch_mw is None:
            found, self.congestion = relieve(security, flows, self.suppliers)
            self.dispatch_mw[self.suppliers] = found
        else:
            self.dispatch_mw = dispatch_mw
        self.security = security
        self.base_mw = security.flows(self.dispatch_mw - flows.demand_mw)
        self.limit_mw = self._at_least_held(security.limit_mw)
        self._supplied = self._supply_factors()
        self._known = KnownRows(self.security, likely)
        self._factors: dict[int, Array] = {}
        self._programmes: dict[int, Programme] = {}
        self._answers: dict[tuple[int, Service], Capacity] = {}

    def answers(self, buses: Array, tell: Callable[[float, str], None]) -> Answers:
        """Return normal, firm and flexible headroom of some buses, and what limits the firm one."""
        rows = []
        for done, bus in enumerate(buses):
            normal = self.capacity(int(bus), "normal")
            firm = self.capacity(int(bus), "firm")
            flexible = self.capacity(int(bus), "flexible")
            limits = (firm.factor, firm.loading_before, firm.loading_after)
            mw = (normal.mw, min(firm.mw, normal.mw))
            rows.append((*mw, firm.branch, firm.outage, *limits, min(flexible.mw, normal.mw)))
            tell((done + 1) / len(buses), "headroom")
        table = np.array(rows, float).reshape(-1, 8)
        return Answers.of(table[:, :7], flexible_mw=table[:, 7])

    def capacity(
        self,
        bus: int,
        service: Service = "firm",
        raised_mw: Mapping[int, float] = NOTHING,
    ) -> Capacity:
        """Return the most load at a bus.

        Parameters
        ----------
        bus
            Position of the bus.
        service
            ``normal``: no outage is watched. ``firm``: served with any one outage. ``flexible``:
            after an outage the load may be cut as far as that helps.
        raised_mw
            Branch to what is added to its rating, and to that of each circuit like it; inf takes
            the limit away.

        Raises
        ------
        GridError
            If the solver finds no answer, which a feasible base case rules out.
        """
        if raised_mw:
            return self.secure_point(bus, service, raised_mw)[0]
        if (bus, service) not in self._answers:
            self._answers[bus, service] = self.secure_point(bus, service)[0]
        return self._answers[bus, service]

    def secure_point(
        self,
        bus: int,
        service: Service = "firm",
        raised_mw: Mapping[int, float] = NOTHING,
    ) -> tuple[Capacity, Array]:
        """Return the most load at a bus, and the supply per bus that serves it."""
        bound_mw, cause = self.supply_bound(bus, firm=service == "firm")
        if bound_mw <= 0:
            return Capacity(0.0, cause, cause), self.dispatch_mw
        watch, programme = self._watch(bus, service, raised_mw), self._programme(bus)
        programme.aim(bound_mw)
        pairs = self._known.likely(watch.watched)
        programme.add(watch.rows(pairs))
        for _ in range(MAX_ROUNDS):
            solution = programme.solve()
            supply = self.dispatch_mw.copy()
            supply[watch.suppliers] = solution.dispatch_mw
            found = dict.fromkeys(watch.violated(supply, solution.load_mw))
            new = [pair for pair in found if pair not in set(pairs)]
            if not new:
                break
            programme.add(watch.rows(new))
            pairs += new
        self._known.count(pairs, solution.duals)
        return self._explain(watch, pairs, solution, supply, cause), supply

    def with_second_circuit(self, branch: int) -> Redispatch:
        """Return the study of the network with a like circuit beside one branch."""
        network = second_circuit(self.network, branch)
        return Redispatch(
            network,
            self.flows,
            self.cutoff,
            dispatch_mw=self.dispatch_mw,
            likely=self.decisive if branch in self.network.outages else (),
        )

    def factors(self, bus: int) -> Array:
        """Return branch × column: flow per MW of load at a bus, supplied by all capacity."""
        if bus not in self._factors:
            supplied = self._supplied[:, self.network.component[bus]]
            self._factors = {bus: self.security.factors(supplied - self.network.ptdf[:, bus])}
        return self._factors[bus]

    @property
    def decisive(self) -> list[Pair]:
        """List the pairs that have decided an answer so far, the most frequent first."""
        return self._known.decisive

    def _watch(self, bus: int, service: Service, raised_mw: Mapping[int, float]) -> Watch:
        factors = self.factors(bus)
        return Watch(
            security=self.security,
            known=self._known,
            bus=bus,
            suppliers=self._suppliers_with(bus),
            demand_mw=self.flows.demand_mw,
            factors=factors[:, :1] if service == "normal" else factors,
            limit_mw=self._limits_with(raised_mw),
            cutoff=self.cutoff,
            flexible=service == "flexible",
        )

    def _at_least_held(self, limit_mw: Array) -> Array:
        """Return limits that pairs over them in the base case may keep to what they carry."""
        held = np.abs(self.base_mw)
        return np.where(held > limit_mw, held + BREATH_MW, limit_mw)

    def _limits_with(self, raised_mw: Mapping[int, float]) -> Array:
        if not raised_mw:
            return self.limit_mw
        limit = self.security.limit_mw.copy()
        for branch, mw in raised_mw.items():
            limit[self.network.alike(branch)] += mw
        return self._at_least_held(limit)

    def _explain(
        self, watch: Watch, pairs: list[Pair], solution: Solution, supply: Array, cause: int
    ) -> Capacity:
        """Name the pair whose row has the largest dual, or what bounds the supply."""
        mw, duals = max(solution.load_mw, 0.0), solution.duals
        if duals.size == 0 or duals.max() <= SMALLEST_DUAL:
            return Capacity(mw, cause, cause)
        branch, column = pair = pairs[int(duals.argmax())]
        injection = watch.injection(supply, solution.load_mw)
        after = float(watch.known.rows([pair])[0] @ injection)
        after -= solution.curtailed_mw.get(column, 0.0) * watch.factors[pair]
        alike = set(self.network.alike(branch).tolist())
        same = [at for at, other in enumerate(pairs) if other[0] in alike]
        return Capacity(
            mw,
            branch,
            self.security.label(column),
            float(watch.factors[pair]),
            float(abs(self.base_mw[pair]) / watch.limit_mw[pair]),
            float(abs(after) / watch.limit_mw[pair]),
            float(duals[same].sum()),
        )

    def supply_bound(self, bus: int, *, firm: bool) -> tuple[float, int]:
        """Return what supply alone allows, and the outage whose split decides it (−1 for none)."""
        return self.surplus.bound(bus, firm=firm)

    @cached_property
    def surplus(self) -> Surplus:
        """What supply alone allows."""
        unused_mw = self.flows.supply_max_mw - self.flows.demand_mw
        return Surplus(self.network.component, self.security.effects, unused_mw)

    def watched(self, bus: int) -> Array:
        """Return branch × column, bool: the pairs that a load at a bus moves enough to matter."""
        return self._watch(bus, "firm", NOTHING).watched

    def _suppliers_with(self, bus: int) -> Array:
        component = self.network.component
        return self.suppliers[component[self.suppliers] == component[bus]]

    def _programme(self, bus: int) -> Programme:
        label = int(self.network.component[bus])
        if label not in self._programmes:
            inside = self._suppliers_with(bus)
            demand = float(self.flows.demand_mw[self.network.component == label].sum())
            low, high = self.flows.supply_min_mw[inside], self.flows.supply_max_mw[inside]
            self._programmes[label] = Programme(low, high, demand)
        return self._programmes[label]

    def _supply_factors(self) -> Array:
        """Return branch × component: flow per MW supplied by capacity in that component."""
        component, capacity = self.network.component, self.flows.supply_max_mw
        share = np.zeros((self.network.n_bus, component.max() + 1))
        share[np.arange(self.network.n_bus), component] = capacity
        total = share.sum(axis=0)
        return self.network.ptdf @ (share / np.where(total > 0, total, 1.0))
