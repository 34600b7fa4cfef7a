"""What the loss of several branches at once does to a connected part of interconnect size.

Of the branches of a group, as many are kept as hold the part together; the rest, R, goes by
Woodbury: flows become f + S·f_R with S = H (I − H_RR)⁻¹. What is cut off then stops feeding and
drawing, and what is left of the supply takes its share. That is the same for every bus that carries
on, so load at a bus moves a branch by h + S·h_R + a drift that is the group's own.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from geo.bridges import neighbours
from geo.errors import GridError
from geo.groups import LOST, strongest_of_each
from geo.loss_kernels import label_parts, loss_pass
from geo.part import LEAST_LEFT
from geo.workers import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geo.flow import Array, Network
    from geo.groups import Group
    from geo.memory import Memory, State
    from geo.part import Part

    Weights = tuple[Array, Array, Array, Array, float, float]

CHUNK = 16


@dataclass(frozen=True, eq=False)
class Cut:
    """Into what a part falls when a group is lost."""

    lost: Array
    """R: the lost branches without those that hold the part together."""
    kept: Array
    """Per branch, bool: in service in what carries on."""
    off: Array
    """Buses that are cut off, ascending."""
    surplus_mw: Array
    """What the part each of them is left in has to spare; inf for buses that are lost as well."""
    left_mw: float
    """Unused capacity of what carries on."""


@dataclass(frozen=True, eq=False)
class Loss:
    """What the loss of one group does."""

    group: Array
    """Position of the group, one entry."""
    lost: Array
    """R."""
    off: Array
    """Buses that are cut off."""
    surplus_mw: Array
    """What the part each of them is left in has to spare."""
    to_shift: Array
    """Column × R, flattened: how a solution for R becomes shifts."""
    to_jump: Array
    """Per branch of R: how it becomes the change of the base flow."""
    to_drift: Array
    """Per branch of R: how it becomes the change of the factor of every bus."""
    shares: Array
    """Unused capacity left; share of the supplied flow in jump, in drift; 1 over the rest of w."""
    most: Array
    """Largest shift, drift, and of far pairs jump and drift."""
    near_branch: Array
    """Branches of the near pairs, those with the largest shifts first."""
    near_after: Array
    """Their flows after the loss."""
    near_drift: Array
    """Their drifts."""
    near_most: Array
    """Their largest shifts."""
    near_shift: Array
    """Near pair × R, flattened."""


@dataclass(frozen=True, eq=False)
class Losses:
    """What the losses of all groups do, and the extremes they leave."""

    each: tuple[Loss, ...]
    """One for each group that meets the part."""
    top: Array
    """Highest flow of each branch after far losses, by side."""
    worst: Array
    """Largest flow of each branch over every loss."""
    worst_at: Array
    """Position of its group; −1 for none."""

    @classmethod
    def empty(cls, n_branch: int) -> Losses:
        """Begin with nothing."""
        none = np.full(n_branch, -1, np.int32)
        return cls((), np.full((2, n_branch), -np.inf), np.zeros(n_branch), none)

    def merge(self, other: Losses) -> Losses:
        """Put what different groups do together."""
        return Losses(
            self.each + other.each,
            np.maximum(self.top, other.top),
            np.maximum(self.worst, other.worst),
            np.where(other.worst > self.worst, other.worst_at, self.worst_at),
        )

    def state(self) -> dict[str, Array]:
        """Return everything as named arrays: each field of the losses, and how much each has."""
        out = {"top": self.top, "worst": self.worst, "worst_at": self.worst_at}
        for item in fields(Loss):
            values = [getattr(loss, item.name) for loss in self.each]
            out[f"each_{item.name}"] = np.concatenate([np.zeros(0), *values])
            out[f"size_{item.name}"] = np.array([len(value) for value in values], int)
        return out

    @classmethod
    def of(cls, state: State) -> Losses:
        """Build from named arrays."""
        columns = []
        for item in fields(Loss):
            ends = np.cumsum(state[f"size_{item.name}"])
            values = state[f"each_{item.name}"]
            if item.name in WHOLE:
                values = values.astype(int)
            columns.append(np.split(values, ends[:-1]) if len(ends) else [])
        each = tuple(Loss(*row) for row in zip(*columns, strict=True))
        return cls(each, state["top"], state["worst"], state["worst_at"])


WHOLE = frozenset({"group", "lost", "off", "near_branch"})


def all_losses(  # noqa: PLR0913 -- as `geo.pairs.all_pairs`
    network: Network,
    part: Part,
    cutoff: float,
    *,
    memory: Memory,
    stage: str,
    tell: Callable[[float], None],
) -> Losses:
    """Work out the loss of every group that meets a connected part, on all cores.

    Parameters
    ----------
    network, part
        The grid and its part.
    cutoff
        Least factor that is monitored; how near a pair has to be follows from it.
    memory, stage
        What keeps the groups that are done, and under which name.
    tell
        Called with the share that is done.

    Raises
    ------
    GridError
        If a loss leaves a network that cannot be solved.
    """
    local = np.full(network.n_branch, -1)
    local[part.branches] = np.arange(len(part.branches))
    state = memory.recall(stage)
    out = Losses.empty(len(part.branches))
    if state is not None and np.array_equal(state["branches"], part.branches):
        out = Losses.of(state)
    done = {int(loss.group[0]) for loss in out.each}
    ahead = [
        at
        for at, group in enumerate(network.groups)
        if at not in done and (local[group.branches] >= 0).any()
    ]
    study = _Study(part, network.groups, local, cutoff)
    chunks = [ahead[at : at + CHUNK] for at in range(0, len(ahead), CHUNK)]
    for chunk in chunks[:1]:  # compiled here, where an interrupt is heard
        study.over(chunk[:1], lambda: None)
    with closing(in_order(study.over, chunks)) as found:
        for count, some in enumerate(found):
            out = out.merge(some)
            memory.keep(stage, lambda out=out: out.state() | {"branches": part.branches})  # type: ignore[misc]
            tell((count + 1) / len(chunks))
    return out


class _Study:
    """Works out one loss after the other."""

    def __init__(self, part: Part, groups: Sequence[Group], local: Array, cutoff: float) -> None:
        self.part, self.groups, self.local = part, groups, local
        self.near = neighbours(part.tail, part.head, len(part.buses))
        self.limited = np.isfinite(part.emergency)
        self.cuts = cuts_of(cutoff)

    def over(self, positions: Sequence[int], go_on: Callable[[], None]) -> Losses:
        """Return what the losses of some groups do."""
        out = Losses.empty(len(self.part.branches))
        each = []
        for position in positions:
            go_on()
            each.append(self._one(position, out))
        return Losses(tuple(each), out.top, out.worst, out.worst_at)

    def _one(self, position: int, seen: Losses) -> Loss:
        part, group = self.part, self.groups[position]
        branches = self.local[group.branches]
        cut = cut_by(part, self.near, branches[branches >= 0], self._here(group.buses))
        block = _solved(part, cut.lost, cut.off)
        try:
            weights = _weights(part, cut, block)
        except np.linalg.LinAlgError as error:
            raise GridError(
                f"outage '{group.name}' leaves a network that cannot be solved; "
                "check negative reactances around it"
            ) from error
        carries_on = cut.left_mw > LEAST_LEFT * max(float(part.unused.sum()), 1.0)
        near, most = self._pass_over(position, cut.kept & carries_on, block, weights, seen)
        to_jump, to_drift, _, to_shift, jump_share, drift_share = weights
        size = len(cut.lost)
        return Loss(
            np.array([position]),
            cut.lost,
            cut.off,
            cut.surplus_mw,
            to_shift[:size].ravel(),
            to_jump[:size],
            to_drift[:size],
            np.array([cut.left_mw, jump_share, drift_share, _over_left(part, cut.off)]),
            most,
            *near,
        )

    def _pass_over(
        self, position: int, alive: Array, block: Array, weights: Weights, seen: Losses
    ) -> tuple[tuple[Array, Array, Array, Array, Array], Array]:
        """Go over all branches; return near pairs in order, and the most of each kind of change."""
        part, room, size = self.part, int(alive.sum()), weights[3].shape[1]
        near = (np.empty(room, np.int64), *np.empty((3, room)), np.empty((room, size)))
        net = (*part.rows(), part.flow, part.supplied, alive, self.limited)
        extremes = (seen.top, seen.worst, seen.worst_at, position)
        stored, most = loss_pass(net, block, weights, self.cuts, extremes, near)
        order = np.argsort(-near[3][:stored], kind="stable")
        branch, after, drift, largest, shift = (column[:stored][order] for column in near)
        return (branch, after, drift, largest, shift.ravel()), most

    def _here(self, buses: Array) -> Array:
        local = self.part.local[buses]
        return local[local >= 0]


def cuts_of(cutoff: float) -> tuple[float, float]:
    """Return from which shift and from which drift on a pair is near."""
    return 0.2 * cutoff, 0.1 * cutoff


def cut_by(part: Part, near: tuple[Array, ...], branches: Array, buses: Array) -> Cut:
    """Say into what a part falls without some branches, and which part carries on.

    Parameters
    ----------
    part
        The connected part.
    near
        Its neighbours, as `geo.bridges.neighbours` gives them.
    branches
        What is lost.
    buses
        Buses that are lost as well; they never carry on.
    """
    kept = np.ones(len(part.branches), dtype=bool)
    kept[branches] = False
    label, n_parts = label_parts(*near, kept)
    if n_parts == 1:
        none = np.zeros(0, int)
        return Cut(branches, kept, none, np.zeros(0), float(part.unused.sum()))
    capacity = part.supply_max.copy()
    capacity[buses] = LOST
    stays = strongest_of_each(label, np.zeros(len(label), int), capacity)
    off = np.flatnonzero(~stays)
    surplus = np.maximum(np.bincount(label, part.supply_max - part.demand), 0.0)[label[off]]
    surplus[np.isin(off, buses)] = np.inf
    ends = (label[part.tail[branches]], label[part.head[branches]])
    return Cut(
        branches[~_holding(*ends, n_parts)],
        kept & stays[part.tail],
        off,
        surplus,
        float(part.unused[stays].sum()),
    )


def _holding(one: Array, other: Array, n_parts: int) -> Array:
    """Return which of the edges between parts hold them together, as a tree, bool."""
    above = np.arange(n_parts)

    def top_of(part: int) -> int:
        while above[part] != part:
            part = above[part]
        return part

    holds = np.zeros(len(one), dtype=bool)
    for edge, ends in enumerate(zip(one, other, strict=True)):
        first, second = (top_of(int(end)) for end in ends)
        if first != second:
            above[second], holds[edge] = first, True
    return holds


def _solved(part: Part, lost: Array, off: Array) -> Array:
    """Solve for each branch of R, and for the injection and the pick-up of what is cut off."""
    width = len(lost) + (2 if len(off) else 0)
    place, column = part.factor.place, np.arange(len(lost))
    block = np.zeros((len(part.buses), width))
    np.add.at(block, (place[part.tail[lost]], column), 1.0)
    np.add.at(block, (place[part.head[lost]], column), -1.0)
    if len(off):
        block[place[off], -2] = part.injection[off]
        block[place[off], -1] = part.weights[off]
    return part.factor.solve_block(block)


def _over_left(part: Part, off: Array) -> float:
    """Return 1 over the share of the supply that carries on; 0 if none does."""
    left = 1.0 - float(part.weights[off].sum())
    return 1.0 / left if left > LEAST_LEFT else 0.0


def _weights(part: Part, cut: Cut, block: Array) -> Weights:
    """Return how solutions become jumps, drifts and shifts, as `loss_pass` takes it.

    With the injections p_c and the weights w_c of what is cut off: the base flow is moved by
    −p_c + Σp_c·(w − w_c)/(1 − Σw_c), and every factor by (Σw_c·w − w_c)/(1 − Σw_c); and what that
    puts on R goes the way of what R carries.
    """
    lost, size = cut.lost, len(cut.lost)
    place = part.factor.place
    ends = (place[part.tail[lost]], place[part.head[lost]])
    across = block[ends[0]] - block[ends[1]]
    inverse = np.linalg.inv(np.diag(1.0 / part.susceptance[lost]) - across[:, :size])
    width = block.shape[1]
    to_shift = np.zeros((width, size))
    to_shift[:size] = inverse / part.susceptance[lost]
    over_left = _over_left(part, cut.off)
    jump_share = float(part.injection[cut.off].sum()) * over_left
    drift_share = float(part.weights[cut.off].sum()) * over_left
    to_jump, to_drift = np.zeros(width), np.zeros(width)
    if len(cut.off):
        to_jump[size:], to_drift[size:] = (-1.0, -jump_share), (0.0, -over_left)
    angle, supplied = (a[ends[0]] - a[ends[1]] for a in (part.angle, part.supplied_angle))
    jumped = angle + across @ to_jump + jump_share * supplied
    drifted = across @ to_drift + drift_share * supplied
    to_jump[:size], to_drift[:size] = inverse @ jumped, inverse @ drifted
    to_most = np.abs(to_shift).max(axis=1, initial=0.0)
    return to_jump, to_drift, to_most, to_shift, jump_share, drift_share
