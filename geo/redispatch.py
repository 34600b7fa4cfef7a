"""Redispatch headroom: the most load a bus can take under some dispatch that keeps N-1 security.

A linear programme over dispatch and load, its security rows added only when they are violated.
Branches or pairs of branch and outage that are over their limit before anything is added are found
first; they may not get worse, but cannot forbid what they already carry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

from geo.errors import GridError
from geo.flow import after_outages, outage_effects
from geo.linear import Answers

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.balance import Flows
    from geo.flow import Array, Network

NO_OUTAGE = -1
TOLERANCE_MW = 1e-3
ROWS_A_ROUND = 5
MAX_ROUNDS = 200
SMALLEST_DUAL = 1e-9


@dataclass(frozen=True)
class Capacity:
    """What one bus can take, and what stops it."""

    mw: float
    """Most load."""
    branch: int = NO_OUTAGE
    """Position of the limiting branch; −1 where supply is the limit."""
    outage: int = NO_OUTAGE
    """Position of the lost branch; −1 for normal operation."""
    factor: float = np.nan
    """Flow on the limiting branch per MW of load, under the outage."""
    loading_before: float = np.nan
    """Its loading in the base case under that outage, per unit of the limit used."""
    loading_after: float = np.nan
    """Its loading at the answer."""


@dataclass(frozen=True)
class Congestion:
    """A pair over its limit before anything is added."""

    branch: int
    """Position of the branch."""
    outage: int
    """Position of the lost branch; −1 for normal operation."""
    over_mw: float
    """By how much."""
    loading: float
    """Flow over limit."""


class Redispatch:
    """The programme for one network and base case, warm-started from bus to bus.

    Parameters
    ----------
    network
        The grid.
    flows
        Demand and supply ranges per bus.
    cutoff
        Pairs are monitored for a bus where its load moves them by at least this much per MW.

    Notes
    -----
    Columns are the dispatch of each supplying bus and the load of every bus; all loads but the one
    asked for are fixed at 0, so that security rows serve every bus.
    """

    def __init__(self, network: Network, flows: Flows, cutoff: float) -> None:
        self.network = network
        self.flows = flows
        self.cutoff = cutoff
        self.effects = outage_effects(network, flows.supply_max_mw, flows.supply_max_mw)
        self.suppliers = np.flatnonzero(flows.supply_max_mw > flows.supply_min_mw)
        self.limit_mw = np.c_[
            network.limit_mw,
            np.repeat(network.emergency_mw[:, None], len(self.effects.labels), axis=1),
        ]
        self.dispatch_mw, self.congestion = self._relieve()
        self.limit_mw = np.maximum(
            self.limit_mw, np.abs(self._all_flows(self._injection(self.dispatch_mw)))
        )
        self._bus_factors = self._supply_factors()
        self._pool = _Pool(self.limit_mw.shape)
        self._model = self._build()
        self._active_bus = -1

    def answers(self, buses: Array, tell: Callable[[float, str], None]) -> Answers:
        """Return normal and firm headroom of some buses, and what limits the firm one."""
        rows = []
        for done, bus in enumerate(buses):
            normal = self.capacity(int(bus), firm=False)
            firm = self.capacity(int(bus), firm=True)
            limits = (firm.factor, firm.loading_before, firm.loading_after)
            rows.append((normal.mw, min(firm.mw, normal.mw), firm.branch, firm.outage, *limits))
            tell((done + 1) / len(buses), "headroom")
        return Answers.of(np.array(rows, float).reshape(-1, 7))

    def capacity(self, bus: int, *, firm: bool) -> Capacity:
        """Return the most load at a bus, with outages or without.

        Raises
        ------
        GridError
            If the solver finds no answer, which a feasible base case rules out.
        """
        bound_mw, cause = self._supply_bound(bus, firm=firm)
        if bound_mw <= 0:
            return Capacity(0.0, cause, cause)
        factors = self._factors(bus, firm=firm)
        watched = np.zeros(self.limit_mw.shape, dtype=bool)
        watched[:, : factors.shape[1]] = np.abs(factors) >= self.cutoff
        watched[:, 1:] &= self.effects.alive & ~self.effects.cut_off[bus]
        self._aim(bus, bound_mw, watched)
        near = np.flatnonzero(watched.any(axis=1))
        width = factors.shape[1]
        room = np.where(watched, self.limit_mw, np.inf)[near, :width]
        for _ in range(MAX_ROUNDS):
            load_mw, injection = self._solve(bus)
            after = self._flows_on(near, injection)[:, :width]
            if not self._add_worst(near, np.abs(after) - room):
                break
        return self._explain(load_mw, injection, factors, cause)

    def _relieve(self) -> tuple[Array, list[Congestion]]:
        """Find the dispatch with the least total overload over all pairs."""
        model, columns = _new_model(), len(self.suppliers)
        model.addVars(
            columns,
            self.flows.supply_min_mw[self.suppliers],
            self.flows.supply_max_mw[self.suppliers],
        )
        self._add_balance(model, loads=False)
        seen: set[tuple[int, int]] = set()
        dispatch = self.flows.supply_mw[self.suppliers]
        for _ in range(MAX_ROUNDS):
            after = self._all_flows(self._injection(dispatch))
            over = np.abs(after) - self.limit_mw
            new = [pair for pair in _worst(over, ROWS_A_ROUND * 20) if pair not in seen]
            if not new:
                break
            for pair in new:
                seen.add(pair)
                self._add_elastic_row(model, pair)
            dispatch = np.array(_run(model).col_value[:columns])
        left = [
            Congestion(
                branch,
                int(self.effects.labels[column - 1]) if column else NO_OUTAGE,
                float(over[branch, column]),
                float(abs(after[branch, column]) / self.limit_mw[branch, column]),
            )
            for branch, column in _worst(over, over.size)
        ]
        return dispatch, left

    def _add_elastic_row(self, model: highspy.Highs, pair: tuple[int, int]) -> None:
        limit = self.limit_mw[pair]
        row = self._row(*pair)
        fixed = row @ self.flows.demand_mw
        index = np.r_[np.arange(len(self.suppliers)), model.getNumCol(), model.getNumCol() + 1]
        for _ in range(2):
            model.addCol(1.0, 0.0, highspy.kHighsInf, 0, [], [])
        values = np.r_[row[self.suppliers], -1.0, 1.0]
        model.addRow(fixed - limit, fixed + limit, len(index), index.astype(np.int32), values)

    def _build(self) -> highspy.Highs:
        model = _new_model()
        lower, upper = (
            self.flows.supply_min_mw[self.suppliers],
            self.flows.supply_max_mw[self.suppliers],
        )
        model.addVars(len(self.suppliers), lower, upper)
        nothing = np.zeros(self.network.n_bus)
        model.addVars(self.network.n_bus, nothing, nothing)
        self._add_balance(model, loads=True)
        model.changeObjectiveSense(highspy.ObjSense.kMaximize)
        return model

    def _add_balance(self, model: highspy.Highs, *, loads: bool) -> None:
        component = self.network.component
        for label in range(component.max() + 1):
            suppliers = np.flatnonzero(component[self.suppliers] == label)
            buses = np.flatnonzero(component == label) if loads else np.array([], dtype=int)
            index = np.r_[suppliers, len(self.suppliers) + buses].astype(np.int32)
            values = np.r_[np.ones(len(suppliers)), -np.ones(len(buses))]
            asked = float(self.flows.demand_mw[component == label].sum())
            if len(index):
                model.addRow(asked, asked, len(index), index, values)

    def _aim(self, bus: int, bound_mw: float, watched: Array) -> None:
        first = len(self.suppliers)
        if self._active_bus >= 0:
            self._model.changeColBounds(first + self._active_bus, 0.0, 0.0)
            self._model.changeColCost(first + self._active_bus, 0.0)
        self._model.changeColBounds(first + bus, 0.0, bound_mw)
        self._model.changeColCost(first + bus, 1.0)
        self._active_bus = bus
        if not self._pool.pairs:
            return
        used = watched[tuple(np.array(self._pool.pairs).T)]
        low = np.where(used, self._pool.lower, -highspy.kHighsInf)
        high = np.where(used, self._pool.upper, highspy.kHighsInf)
        rows = np.array(self._pool.rows, dtype=np.int32)
        self._model.changeRowsBounds(len(rows), rows, low, high)  # type: ignore[attr-defined]

    def _solve(self, bus: int) -> tuple[float, Array]:
        solution = _run(self._model)
        self._duals = np.abs(np.array(solution.row_dual))
        values = np.array(solution.col_value[: len(self.suppliers)])
        load_mw = float(solution.col_value[len(self.suppliers) + bus])
        injection = self._injection(values)
        injection[bus] -= load_mw
        return load_mw, injection

    def _add_worst(self, near: Array, over: Array) -> bool:
        """Add the worst violated pairs that are not rows yet; say whether any was."""
        if over.size == 0:
            return False
        over = np.where(self._pool.known[near, : over.shape[1]], -np.inf, over)
        # One pair a branch and round: its other outages seldom bind once the worst is kept.
        worst = np.where(over >= over.max(axis=1, keepdims=True), over, -np.inf)
        new = [(int(near[place]), column) for place, column in _worst(worst, ROWS_A_ROUND)]
        for pair in new:
            row = self._row(*pair)
            fixed, limit = row @ self.flows.demand_mw, self.limit_mw[pair]
            index = np.arange(len(self.suppliers) + self.network.n_bus, dtype=np.int32)
            values = np.r_[row[self.suppliers], -row]
            self._pool.add(pair, self._model.getNumRow(), fixed - limit, fixed + limit)
            self._model.addRow(fixed - limit, fixed + limit, len(index), index, values)
        return bool(new)

    def _explain(self, load_mw: float, injection: Array, factors: Array, cause: int) -> Capacity:
        """Name the pair whose row has the largest dual, or what bounds the supply."""
        duals = self._duals[self._pool.rows] if self._pool.rows else np.array([])
        if duals.size == 0 or duals.max() <= SMALLEST_DUAL:
            return Capacity(max(load_mw, 0.0), cause, cause)
        branch, column = pair = self._pool.pairs[int(duals.argmax())]
        row = self._row(branch, column)
        before, after = row @ self._injection(self.dispatch_mw), row @ injection
        return Capacity(
            max(load_mw, 0.0),
            branch,
            int(self.effects.labels[column - 1]) if column else NO_OUTAGE,
            float(factors[pair]),
            float(abs(before) / self.limit_mw[pair]),
            float(abs(after) / self.limit_mw[pair]),
        )

    def _row(self, branch: int, column: int) -> Array:
        """Return the flow on a branch per MW injected at each bus, under an outage (0 for none)."""
        row = self.network.ptdf[branch]
        if column == 0:
            return row
        terms = self.effects.terms(column - 1)
        lost = self.network.ptdf[self.effects.lost[terms]]
        return row + self.effects.shift[branch, terms] @ lost

    def _injection(self, dispatch_mw: Array) -> Array:
        injection = -self.flows.demand_mw
        injection[self.suppliers] += dispatch_mw
        return injection

    def _all_flows(self, injection: Array) -> Array:
        """Return branch × (normal, each outage) flows."""
        flow = self.network.ptdf @ injection
        return np.c_[flow, after_outages(self.effects, flow)]

    def _supply_factors(self) -> Array:
        """Return branch × component: flow per MW supplied by capacity in that component."""
        component, capacity = self.network.component, self.flows.supply_max_mw
        share = np.zeros((self.network.n_bus, component.max() + 1))
        share[np.arange(self.network.n_bus), component] = capacity
        total = share.sum(axis=0)
        return self.network.ptdf @ (share / np.where(total > 0, total, 1.0))

    def _flows_on(self, branches: Array, injection: Array) -> Array:
        """Return some branches × (normal, each outage) flows; those that are out are as before."""
        flow = self.network.ptdf @ injection
        return np.c_[flow[branches], flow[branches, None] + self.effects.change(flow, branches)]

    def _factors(self, bus: int, *, firm: bool) -> Array:
        """Return branch × (normal, and each outage if firm): flow per MW of load at the bus."""
        factor = self._bus_factors[:, self.network.component[bus]] - self.network.ptdf[:, bus]
        return np.c_[factor, after_outages(self.effects, factor)] if firm else factor[:, None]

    def _supply_bound(self, bus: int, *, firm: bool) -> tuple[float, int]:
        """Return what supply alone allows, and the bridge whose loss decides it (−1 for none)."""
        surplus = self.flows.supply_max_mw - self.flows.demand_mw
        home = self.network.component == self.network.component[bus]
        bound, cause = float(surplus[home].sum()), NO_OUTAGE
        if not firm:
            return max(bound, 0.0), cause
        for column in np.flatnonzero(self.effects.cut_off.any(axis=0)):
            lost = self.effects.cut_off[:, column]
            if not home[np.flatnonzero(lost)[0]]:
                continue
            here = self.effects.part[:, column]
            part = here == here[bus] if lost[bus] else home & ~lost
            left = float(surplus[part].sum())
            if left < bound:
                bound, cause = left, int(self.effects.labels[column])
        return max(bound, 0.0), cause


class _Pool:
    """The security rows added so far, shared by every bus."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.known = np.zeros(shape, dtype=bool)
        self.pairs: list[tuple[int, int]] = []
        self.rows: list[int] = []
        self.lower: list[float] = []
        self.upper: list[float] = []

    def add(self, pair: tuple[int, int], row: int, lower: float, upper: float) -> None:
        """Remember a row and the bounds it has when its pair is watched."""
        self.pairs.append(pair)
        self.rows.append(row)
        self.lower.append(lower)
        self.upper.append(upper)
        self.known[pair] = True


def _worst(over: Array, most: int) -> list[tuple[int, int]]:
    """List the pairs over their limit, worst first."""
    flat = np.flatnonzero(over > TOLERANCE_MW)
    order = flat[np.argsort(-over.ravel()[flat], kind="stable")][:most]
    return [
        (int(row), int(column))
        for row, column in zip(*np.unravel_index(order, over.shape), strict=True)
    ]


def _new_model() -> highspy.Highs:
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)  # noqa: FBT003 -- its only form
    model.setOptionValue("threads", 1)
    model.setOptionValue("presolve", "off")
    return model


def _run(model: highspy.Highs) -> highspy.HighsSolution:
    """Solve from the last basis; should that lose its footing, once more from scratch."""
    model.run()
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        model.clearSolver()
        model.setOptionValue("presolve", "on")
        model.run()
        model.setOptionValue("presolve", "off")
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        status = model.modelStatusToString(model.getModelStatus())
        raise GridError(
            f"headroom: the dispatch programme ended as '{status}'; check demand and supply"
        )
    return model.getSolution()
