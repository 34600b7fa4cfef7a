"""The pass over every pair of branch and outage, which keeps little and enough for proofs."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import GridError
from geo.kernels import WIDTH
from geo.pair_kernels import merge_tops, shift_pass
from geo.workers import in_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.flow import Array
    from geo.memory import Memory, State
    from geo.part import Part

NONE = -1
CUT = 0.02
HEAVY = 0.02
TOPS = 8
CHUNK = 128
NEAR_ROOM = 2_000_000


@dataclass(frozen=True, eq=False)
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
    scale: Array
    """How each outage turns a solution into shifts; NaN where it is not done."""
    near: tuple[tuple[Array, Array, Array], ...]
    """Branch, outage and shift of the pairs whose shift reaches the cut, in pieces."""

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
            np.full(len(flow), np.nan),
            (),
        )

    def merge(self, other: Pairs) -> Pairs:
        """Put what two passes over different outages kept together."""
        mine, others = ((pairs.top, pairs.top_at, pairs.top_shift) for pairs in (self, other))
        top, top_at, top_shift = merge_tops(mine, others)
        return Pairs(
            top,
            top_at,
            top_shift,
            np.maximum(self.worst, other.worst),
            np.where(other.worst > self.worst, other.worst_at, self.worst_at),
            np.maximum(self.largest, other.largest),
            np.where(np.isnan(self.scale), other.scale, self.scale),
            self.near + other.near,
        )

    def near_pairs(self) -> tuple[Array, Array, Array]:
        """Return branch, outage and shift of all near pairs."""
        pieces = (_buffers(0), *self.near)
        branch, outage, shift = (np.concatenate(column) for column in zip(*pieces, strict=True))
        return branch, outage, shift

    def state(self) -> dict[str, Array]:
        """Return everything as named arrays."""
        plain = {item.name: getattr(self, item.name) for item in fields(self)[:-1]}
        return plain | dict(zip(NEAR_NAMES, self.near_pairs(), strict=True))

    @classmethod
    def of(cls, state: State) -> Pairs:
        """Build from named arrays."""
        branch, outage, shift = (state[name] for name in NEAR_NAMES)
        plain = {item.name: state[item.name] for item in fields(cls)[:-1]}
        return replace(cls.empty(state["largest"]), **plain, near=((branch, outage, shift),))


NEAR_NAMES = ("near_branch", "near_outage", "near_shift")


def all_pairs(
    part: Part,
    cutoff: float,
    *,
    memory: Memory,
    stage: str,
    tell: Callable[[float], None],
) -> Pairs:
    """Pass over every pair of branch and outage, on all cores.

    Parameters
    ----------
    part
        The connected part.
    cutoff
        Least factor that is monitored; how near a pair has to be follows from it.
    memory, stage
        What keeps the outages that are done, and under which name.
    tell
        Called with the share that is done.

    Raises
    ------
    GridError
        If an outage leaves a network that cannot be solved.
    """
    out = _recalled(part, memory.recall(stage))
    ahead = part.is_outage & np.isnan(out.scale)
    batches = _batches(part, ahead)
    chunks = [batches[at : at + CHUNK] for at in range(0, len(batches), CHUNK)]
    cut, merged = _cuts(part, cutoff), [out]

    def work(chunk: list[Array], go_on: Callable[[], None]) -> Pairs:
        return _Pass(part, cut, merged[-1]).over(chunk, go_on)

    for chunk in chunks[
        :1
    ]:  # what has to be compiled is compiled here, where an interrupt is heard
        work([chunk[0][:1]], lambda: None)
    with closing(in_order(work, chunks)) as done:
        for count, some in enumerate(done):
            out = out.merge(some)
            merged[0] = out
            memory.keep(stage, lambda out=out: out.state() | {"branches": part.branches})  # type: ignore[misc]
            tell((count + 1) / len(chunks))
    return out


def _recalled(part: Part, state: State | None) -> Pairs:
    """Return what an earlier run did, if its numbering was the same."""
    if state is None or not np.array_equal(state["branches"], part.branches):
        return Pairs.empty(part.flow)
    return Pairs.of(state)


def _batches(part: Part, ahead: Array) -> list[Array]:
    """Divide outages into batches of neighbours; bridges apart, as they cut off a range."""
    bridge = part.stays >= 0
    place = part.factor.place[part.tail]
    out: list[Array] = []
    for chosen, key in ((ahead & ~bridge, place), (ahead & bridge, part.low)):
        outages = np.flatnonzero(chosen)
        outages = outages[np.argsort(key[outages], kind="stable")]
        out += [outages[at : at + WIDTH] for at in range(0, len(outages), WIDTH)]
    return out


def cut_of(cutoff: float) -> float:
    """Return from which shift on a pair is near: far shifts must leave a factor's sign alone."""
    return min(CUT, 0.4 * cutoff)


def _cuts(part: Part, cutoff: float) -> Array:
    """Return from which shift on a pair is near, for each outage.

    A bridge takes the same small share of the supply from every bus that carries on, so its shifts
    hardly change a factor; only what changes one as much as a far light outage is near.
    """
    cut = cut_of(cutoff)
    with np.errstate(divide="ignore"):
        rare = np.where(part.lost < HEAVY, cut * HEAVY / part.lost, cut)
    return np.where(part.stays >= 0, np.maximum(rare, cut), cut)


class _Pass:
    """One pass over some outages; what the pass so far has shown to be no extreme is left out."""

    def __init__(self, part: Part, cut: Array, so_far: Pairs) -> None:
        self.part, self.cut = part, cut
        self.floor = so_far.top[:, :, -1].copy()
        first = part.walk.first
        walked = np.c_[first[part.tail], first[part.head]]
        limited = np.isfinite(part.emergency)
        self.block = np.empty((len(part.buses), WIDTH))
        self.net = (*part.rows(), part.flow, part.supplied, walked, limited)

    def over(self, batches: list[Array], go_on: Callable[[], None]) -> Pairs:
        """Pass over batches of outages."""
        part, pairs = self.part, Pairs.empty(self.part.flow)
        tops = (pairs.top, pairs.top_at, pairs.top_shift, self.floor, pairs.worst, pairs.worst_at)
        most = WIDTH * len(part.flow)
        buffers, filled = _buffers(max(NEAR_ROOM, most)), 0
        near = []
        for outages in batches:
            go_on()
            block, batch = self._solve(outages, pairs)
            if filled + most > len(buffers[0]):
                near.append(_copied(buffers, filled))
                filled = 0
            views = (buffers[0][filled:], buffers[1][filled:], buffers[2][filled:])
            filled += shift_pass(self.net, block, batch, tops, views)
            pairs.largest[outages] = batch[-1]
        near.append(_copied(buffers, filled))
        return replace(pairs, near=tuple(near))

    def _solve(self, outages: Array, pairs: Pairs) -> tuple[Array, tuple[Array, ...]]:
        """Solve for some outages and say how a solution becomes shifts."""
        part = self.part
        bridge = part.stays[outages] >= 0
        column = np.arange(len(outages))
        ends = np.where(bridge, part.stays[outages], part.tail[outages])
        away = part.head[outages][~bridge]
        place, block = part.factor.place, self.block
        block[:] = 0.0
        np.add.at(block, (place[ends], column), 1.0)
        np.add.at(block, (place[away], column[~bridge]), -1.0)
        part.factor.solve_block(block)
        tail, head = place[part.tail[outages]], place[part.head[outages]]
        own = part.susceptance[outages] * (block[tail, column] - block[head, column])
        with np.errstate(divide="ignore"):
            scale = np.where(bridge, part.bridge_scale[outages], 1.0 / (1.0 - own))
        if not np.isfinite(scale).all():
            raise GridError("grid: an outage splits the network although no bridge is lost")
        pairs.scale[outages] = scale
        batch = (
            outages,
            part.low[outages],
            part.high[outages],
            scale,
            bridge.astype(float),
            self.cut[outages],
            np.zeros(len(outages)),
        )
        return block, batch


def _buffers(room: int) -> tuple[Array, Array, Array]:
    return np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room)


def _copied(buffers: tuple[Array, Array, Array], filled: int) -> tuple[Array, Array, Array]:
    branch, outage, shift = (buffer[:filled].copy() for buffer in buffers)
    return branch, outage, shift
