"""Linear headroom, exact for every outage, on networks of interconnect size.

For a bus s, one more MW moves branch l by h_l, and after losing k by h_l + D_lk·h_k, where D is the
LODF or, for a bridge, the pick-up by the part that carries on. The answer is the least load that
fills any monitored pair. D is never held: one pass keeps its entries from a cut on, and for the
rest of each branch the few highest and lowest flows. A bus then looks at near pairs and at those
few, and proves by bounds that nothing else decides; where the proof fails, the branch's whole row
is solved.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from numba import get_num_threads

from geo.bridges import walk
from geo.errors import GridError
from geo.factor import factorise
from geo.kernels import WIDTH, search, search_row, shift_pass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geo.balance import Flows
    from geo.factor import Factor
    from geo.flow import Array, Network
    from geo.scenario import Mode

NONE = -1
CUT = 0.02
HEAVY = 0.02
TOPS = 8
CHUNK = 256
PASS_SHARE = 0.8
NEAR_ROOM = 2_000_000
CALIBRATION = 1.05
SMALLEST_CUTOFF = 0.005


@dataclass(frozen=True, eq=False)
class Answers:
    """What each bus can take and what stops it, row by row."""

    normal_mw: Array
    """Most load in normal operation."""
    firm_mw: Array
    """Most load with any one outage."""
    branch: Array
    """Limiting branch of the firm answer; −1 where supply limits."""
    outage: Array
    """Lost branch; −1 for normal operation. The same as the branch where a bridge's loss limits."""
    factor: Array
    """MW on the limiting branch per MW of load, under the outage."""
    loading_before: Array
    """Its loading before the load, per unit of the limit used."""
    loading_after: Array
    """Its loading at the answer."""
    flexible_mw: Array
    """Most load that may be cut after an outage; NaN where that is not worked out."""

    @classmethod
    def of(cls, rows: Array, flexible_mw: Array | None = None) -> Answers:
        """Build from rows of the first seven values in their order."""
        last = np.full(len(rows), np.nan) if flexible_mw is None else flexible_mw
        values = np.column_stack([rows, last])
        return cls(*values[:, :2].T, *values[:, 2:4].T.astype(int), *values[:, 4:].T)


@dataclass(eq=False)
class Pairs:
    """What one pass over all pairs of branch and outage keeps."""

    top: Array
    """side × branch × rank: highest flows after far outages, and lowest with their sign turned."""
    top_at: Array
    """The outage of each."""
    top_shift: Array
    """Its shift."""
    worst: Array
    """Largest flow of each branch over every outage and none."""
    worst_at: Array
    """The outage of each; −1 for none."""
    largest: Array
    """Largest shift of each outage."""
    near: list[tuple[Array, Array, Array]]
    """Branch, outage and shift of the pairs whose shift reaches the cut."""

    @classmethod
    def empty(cls, flow: Array) -> Pairs:
        """Begin with nothing."""
        shape = (2, len(flow), TOPS)
        return cls(
            np.full(shape, -np.inf),
            np.full(shape, NONE, np.int32),
            np.zeros(shape),
            np.abs(flow),
            np.full(len(flow), NONE, np.int32),
            np.zeros(len(flow)),
            [_buffers(0)],
        )

    def merge(self, other: Pairs) -> Pairs:
        """Put what two passes over different outages kept together."""
        top = np.concatenate([self.top, other.top], axis=2)
        best = np.argsort(-top, axis=2, kind="stable")[:, :, :TOPS]
        at = np.concatenate([self.top_at, other.top_at], axis=2)
        shift = np.concatenate([self.top_shift, other.top_shift], axis=2)
        return Pairs(
            np.take_along_axis(top, best, axis=2),
            np.take_along_axis(at, best, axis=2),
            np.take_along_axis(shift, best, axis=2),
            np.maximum(self.worst, other.worst),
            np.where(other.worst > self.worst, other.worst_at, self.worst_at),
            np.maximum(self.largest, other.largest),
            self.near + other.near,
        )


def linear_headroom(  # noqa: PLR0913 -- the network, the question, and whom to tell
    network: Network,
    flows: Flows,
    buses: Array,
    *,
    mode: Mode,
    cutoff: float,
    tell: Callable[[float, str], None],
) -> tuple[Answers, Array, Array]:
    """Return the headroom of some buses at fixed dispatch.

    Parameters
    ----------
    network, flows
        The grid and its base case; new load is supplied by unused capacity of its connected part.
    buses
        Positions of the buses asked for.
    mode
        ``strict`` limits, or ``calibrated`` ones: at least 1.05 of the largest flow of the base
        case and every outage.
    cutoff
        Pairs that a bus moves by less than this per MW are not monitored.
    tell
        Called with a fraction and a message.

    Returns
    -------
    answers, worst, worst_at
        One row a bus; the largest flow of each branch over the base case and every outage; and the
        outage it comes from, −1 for the base case.

    Raises
    ------
    GridError
        If the network cannot be solved, or the cutoff is too small for its size.
    """
    rows = np.zeros((len(buses), 7))
    rows[:, 2:4] = NONE
    rows[:, 4:] = np.nan
    worst, worst_at = np.zeros(network.n_branch), np.full(network.n_branch, NONE)
    for label in range(network.component.max() + 1):
        inside = np.flatnonzero(network.component == label)
        wanted = np.flatnonzero(network.component[buses] == label)
        part = _Part(network, flows, inside)
        pairs = part.all_pairs(cutoff, tell)
        worst[part.branches] = pairs.worst
        lost = pairs.worst_at
        worst_at[part.branches] = np.where(lost >= 0, part.branches[lost], NONE)
        finder = _Finder(part, pairs, mode, cutoff)
        rows[wanted] = finder.answers(buses[wanted], tell)
    return Answers.of(rows), worst, worst_at


class _Part:
    """One connected part in its own numbering, factorised, with what each outage does there."""

    def __init__(self, network: Network, flows: Flows, inside: Array) -> None:
        self.buses = inside
        local = np.full(network.n_bus, NONE)
        local[inside] = np.arange(len(inside))
        self.local = local
        self.branches = np.flatnonzero(local[network.tail] >= 0)
        self.tail, self.head = (
            local[network.tail[self.branches]],
            local[network.head[self.branches]],
        )
        self.susceptance = network.susceptance_mw[self.branches]
        self.normal = network.limit_mw[self.branches]
        self.emergency = network.emergency_mw[self.branches]
        self.is_outage = np.isin(self.branches, network.outages)
        self.supply_max = flows.supply_max_mw[inside]
        self.demand = flows.demand_mw[inside]
        self.unused = np.maximum(flows.unused_mw[inside], 0.0)
        total = float(self.unused.sum())
        self.weights = self.unused / total if total > 0 else self.unused
        self.factor: Factor = factorise(self.tail, self.head, self.susceptance, len(inside))
        self.flow = self.flows_of(self.factor.solve_one(flows.injection_mw[inside]))
        self.supplied = self.flows_of(self.factor.solve_one(self.weights))
        self.walk = walk(self.tail, self.head, self.supply_max)
        low, high, stays = self.walk.cut_interval(len(self.branches))
        bridge = stays >= 0
        lost = self.walk.below(self.weights)[np.where(bridge, self._below(stays), 0)]
        self.lost = np.maximum(lost, 0.0)
        self.low = np.where(self.is_outage, low, 0)
        self.high = np.where(self.is_outage, high, 0)
        self.stays = stays
        # A bridge hands its flow to the end that stays; what is left of the weights takes it up.
        remaining = np.where(bridge & (lost < 1.0), 1.0 - lost, np.inf)
        self.bridge_scale = np.where(stays == self.tail, 1.0, -1.0) / remaining
        self.shift_scale = np.zeros(len(self.branches))

    def _below(self, stays: Array) -> Array:
        """Return the far end of each bridge."""
        return np.where(stays == self.tail, self.head, self.tail)

    def flows_of(self, angle: Array) -> Array:
        """Return branch flows from angles by row of a block."""
        place = self.factor.place
        return self.susceptance * (angle[place[self.tail]] - angle[place[self.head]])

    def net(self) -> tuple[Array, ...]:
        """Return what the pass over pairs reads of this part."""
        place, first = self.factor.place, self.walk.first
        return (
            place[self.tail],
            place[self.head],
            self.susceptance,
            self.flow,
            self.supplied,
            np.c_[first[self.tail], first[self.head]],
            np.isfinite(self.emergency),
        )

    def all_pairs(self, cutoff: float, tell: Callable[[float, str], None]) -> Pairs:
        """Pass over every pair of branch and outage, on all cores."""
        if cutoff < SMALLEST_CUTOFF:
            raise GridError(
                f"cutoff {cutoff:g} keeps too many pairs; choose {SMALLEST_CUTOFF} or more"
            )
        outages = np.flatnonzero(self.is_outage)
        if outages.size == 0:
            return Pairs.empty(self.flow)
        near_order = outages[np.argsort(self.factor.place[self.tail[outages]], kind="stable")]
        batches = [near_order[at : at + WIDTH] for at in range(0, len(near_order), WIDTH)]
        workers = max(min(get_num_threads(), len(batches) // 8), 1)
        out = Pairs.empty(self.flow)
        net, cut = self.net(), self._cuts(cutoff)
        with ThreadPoolExecutor(workers) as pool:
            chunks = [batches[at : at + CHUNK] for at in range(0, len(batches), CHUNK)]
            passes = pool.map(lambda chunk: self._pass_over(chunk, net, cut), chunks)
            for done, some in enumerate(passes):
                out = out.merge(some)
                tell(PASS_SHARE * (done + 1) / len(chunks), "outages")
        return out

    def _cuts(self, cutoff: float) -> Array:
        """Return from which shift on a pair is near, for each outage.

        A bridge takes the same small share of the supply from every bus that carries on, so its
        shifts hardly change a factor; only what changes one as much as a far light outage is near.
        """
        cut = cut_of(cutoff)
        with np.errstate(divide="ignore"):
            rare = np.where(self.lost < HEAVY, cut * HEAVY / self.lost, cut)
        return np.where(self.stays >= 0, np.maximum(rare, cut), cut)

    def _pass_over(self, batches: list[Array], net: tuple[Array, ...], cut: Array) -> Pairs:
        pairs = Pairs.empty(self.flow)
        buffers = _buffers(NEAR_ROOM)
        filled = 0
        tops = (pairs.top, pairs.top_at, pairs.top_shift, pairs.worst, pairs.worst_at)
        for outages in batches:
            block, batch = self._batch(outages, cut[outages])
            if filled + len(outages) * len(self.flow) > len(buffers[0]):
                _keep(pairs, buffers, filled)
                filled = 0
                room = max(NEAR_ROOM, len(outages) * len(self.flow))
                buffers = _buffers(room)
            views = (buffers[0][filled:], buffers[1][filled:], buffers[2][filled:])
            filled += shift_pass(net, block, batch, tops, views)
            pairs.largest[outages] = batch[-1]
        _keep(pairs, buffers, filled)
        return pairs

    def _batch(self, outages: Array, cut: Array) -> tuple[Array, tuple[Array, ...]]:
        """Solve for some outages and say how a solution becomes shifts."""
        bridge = self.stays[outages] >= 0
        column = np.arange(len(outages))
        ends = np.where(bridge, self.stays[outages], self.tail[outages])
        away = self.head[outages][~bridge]
        block = self.factor.solve(
            np.r_[ends, away],
            np.r_[column, column[~bridge]],
            np.r_[np.ones(len(outages)), -np.ones(len(away))],
        )
        place = self.factor.place
        tail, head = place[self.tail[outages]], place[self.head[outages]]
        own = self.susceptance[outages] * (block[tail, column] - block[head, column])
        with np.errstate(divide="ignore"):
            scale = np.where(bridge, self.bridge_scale[outages], 1.0 / (1.0 - own))
        if not np.isfinite(scale).all():
            raise GridError("grid: an outage splits the network although no bridge is lost")
        self.shift_scale[outages] = scale
        batch = (
            outages,
            self.low[outages],
            self.high[outages],
            scale,
            bridge.astype(float),
            cut,
            np.zeros(len(outages)),
        )
        return block, batch

    def row_of_shifts(self, branch: int) -> Array:
        """Return the shift of one branch under every outage."""
        sides = np.array([self.tail[branch], self.head[branch]])
        block = self.factor.solve(sides, np.zeros(2, int), np.array([1.0, -1.0]), 1)
        angle = block[:, 0] * self.susceptance[branch]
        place = self.factor.place
        bridge = self.stays >= 0
        through = angle[place[self.tail]] - angle[place[self.head]]
        at_end = angle[place[np.where(bridge, self.stays, 0)]] - self.supplied[branch]
        return self.shift_scale * np.where(bridge, at_end, through)

    def alive_for(self, branch: int) -> Array:
        """Return under which outages a branch stays in service with the part that carries on."""
        first = self.walk.first
        ends = first[[self.tail[branch], self.head[branch]]]
        gone = np.zeros(len(self.flow), dtype=bool)
        for end in ends:
            gone |= (self.low <= end) & (end < self.high)
        gone[branch] = True
        return self.is_outage & ~gone


class _Finder:
    """The answers of one connected part."""

    def __init__(self, part: _Part, pairs: Pairs, mode: Mode, cutoff: float) -> None:
        self.part, self.pairs, self.cutoff = part, pairs, cutoff
        least = CALIBRATION * pairs.worst if mode == "calibrated" else np.zeros_like(pairs.worst)
        self.limits = (np.maximum(part.normal, least), np.maximum(part.emergency, least))
        self.near = _by_branch_and_by_outage(pairs.near, len(part.flow))
        self.net = (part.flow, pairs.largest, part.low, part.high)
        self.bounds = _supply_bounds(part)

    def answers(self, buses: Array, tell: Callable[[float, str], None]) -> Array:
        """Return rows of normal_mw, firm_mw, branch, outage, factor, before, after."""
        part = self.part
        local = part.local[buses]
        rows = np.zeros((len(buses), 7))
        with ThreadPoolExecutor(get_num_threads()) as pool:
            starts = range(0, len(buses), WIDTH)
            found = pool.map(lambda start: self._some(local[start : start + WIDTH]), starts)
            for start, some in zip(starts, found, strict=True):
                rows[start : start + WIDTH] = some
                done = (start + len(some)) / len(buses)
                tell(PASS_SHARE + (1 - PASS_SHARE) * done, "headroom")
        return rows

    def _some(self, local: Array) -> Array:
        part = self.part
        column = np.arange(len(local))
        block = part.factor.solve(local, column, np.ones(len(local)))
        rows = [self._one(int(bus), block[:, place]) for place, bus in enumerate(local)]
        return np.array(rows)

    def _one(self, bus: int, angle: Array) -> tuple[float, ...]:
        part, pairs = self.part, self.pairs
        normal_bound, firm_bound, cause = (values[bus] for values in self.bounds)
        best = np.array([[normal_bound, NONE, NONE], [firm_bound, cause, cause]], float)
        factor = part.supplied - part.flows_of(angle)
        at = int(part.walk.first[bus])
        if normal_bound > 0:
            doubt = np.empty(len(part.flow), np.int32)
            tops = (pairs.top, pairs.top_at, pairs.top_shift)
            rules = (self.cutoff, cut_of(self.cutoff), HEAVY)
            count = search(self.net, factor, at, self.near, tops, self.limits, rules, best, doubt)
            for branch in doubt[:count]:
                self._whole_row(int(branch), factor, at, best)
        return self._row(best, factor)

    def _whole_row(self, branch: int, factor: Array, at: int, best: Array) -> None:
        part = self.part
        shifts, alive = part.row_of_shifts(branch), part.alive_for(branch)
        search_row(self.net, factor, at, branch, shifts, alive, self.limits, self.cutoff, best)

    def _row(self, best: Array, factor: Array) -> tuple[float, ...]:
        part = self.part
        normal_mw, firm_mw = best[0, 0], min(best[1, 0], best[0, 0])
        branch, outage = int(best[1, 1]), int(best[1, 2])
        if best[1, 0] > best[0, 0]:
            branch, outage = int(best[0, 1]), int(best[0, 2])
        if branch in {NONE, outage}:
            whole = part.branches[branch] if branch >= 0 else NONE
            return (normal_mw, firm_mw, whole, whole, np.nan, np.nan, np.nan)
        moved, flow, limit = factor[branch], part.flow[branch], self.limits[0][branch]
        if outage >= 0:
            shift = part.row_of_shifts(branch)[outage]
            moved, flow = moved + shift * factor[outage], flow + shift * part.flow[outage]
            limit = self.limits[1][branch]
        lost = part.branches[outage] if outage >= 0 else NONE
        after = abs(flow + moved * firm_mw) / limit
        return (normal_mw, firm_mw, part.branches[branch], lost, moved, abs(flow) / limit, after)


def _supply_bounds(part: _Part) -> tuple[Array, Array, Array]:
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


def _by_branch_and_by_outage(near: Sequence[tuple[Array, ...]], size: int) -> tuple[Array, ...]:
    """Sort near pairs into rows of a branch and columns of an outage."""
    branch, outage, shift = (np.concatenate(column) for column in zip(*near, strict=True))
    rows = sp.coo_array((shift, (branch, outage)), shape=(size, size)).tocsr()
    columns = rows.tocsc()
    return (*_plain(rows), *_plain(columns))


def _plain(matrix: sp.csr_array | sp.csc_array) -> tuple[Array, Array, Array]:
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data


def cut_of(cutoff: float) -> float:
    """Return from which shift on a pair is near: far shifts must leave a factor's sign alone."""
    return min(CUT, 0.4 * cutoff)


def _buffers(room: int) -> tuple[Array, Array, Array]:
    return np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room)


def _keep(pairs: Pairs, buffers: tuple[Array, ...], filled: int) -> None:
    pairs.near.append(tuple(buffer[:filled].copy() for buffer in buffers))  # type: ignore[arg-type]
