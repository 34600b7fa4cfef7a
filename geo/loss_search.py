"""Which loss of a group limits a bus: from what `geo.losses` kept, or solved where that fails."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from geo.loss_kernels import search_losses
from geo.losses import cuts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.flow import Array
    from geo.losses import Loss, Losses
    from geo.part import Part

LEFT, JUMP_SHARE, DRIFT_SHARE, OVER_LEFT = range(4)


@dataclass(frozen=True, eq=False)
class Row:
    """One branch under the loss of each group."""

    after: Array
    """Its flow."""
    moved: Array
    """MW on it per MW of load."""
    alive: Array
    """Whether it is in service in what carries on, bool."""


class LossSearch:
    """The losses of all groups in one connected part, ready for one bus after the other."""

    def __init__(self, part: Part, losses: Losses, emergency: Array, cutoff: float) -> None:
        self.n_branch = part.n_branch
        self.part, self.losses, self.limit, self.cutoff = part, losses, emergency, cutoff
        each = losses.each
        self.shares = np.array([loss.shares for loss in each]).reshape(-1, 4)
        sizes = np.array([len(loss.lost) for loss in each], int)
        self.start = np.r_[0, np.cumsum(sizes)]
        self.lost = _joined(each, lambda loss: loss.lost, int)
        self.of_lost = np.repeat(np.arange(len(each)), sizes)
        self.off = _joined(each, lambda loss: loss.off, int)
        self.of_off = np.repeat(np.arange(len(each)), [len(loss.off) for loss in each])
        order = np.argsort(self.off, kind="stable")
        self.off_start = np.searchsorted(self.off[order], np.arange(len(part.buses) + 1))
        self.off_group = self.of_off[order]
        self._index_near()

    def _index_near(self) -> None:
        """Put near pairs in the order of branches, and say where those of each group are."""
        each = self.losses.each
        counts = [len(loss.near_branch) for loss in each]
        branch = _joined(each, lambda loss: loss.near_branch, int)
        group = np.repeat(np.arange(len(each)), counts)
        widths = np.diff(self.start)[group]
        order = np.argsort(branch, kind="stable")
        self.near = (
            _joined(each, lambda loss: loss.near_after, float)[order],
            _joined(each, lambda loss: loss.near_drift, float)[order],
            _joined(each, lambda loss: loss.near_most, float)[order],
            (np.cumsum(widths) - widths)[order],
            _joined(each, lambda loss: loss.near_shift, float),
        )
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        row_start = np.searchsorted(branch[order], np.arange(len(self.part.flow) + 1))
        group_start = np.r_[0, np.cumsum(counts)]
        self.index = (branch[order], group[order], row_start, group_start, place)
        most = np.array([loss.most for loss in each]).reshape(-1, 4).T
        self.far = (self.losses.top, *np.ascontiguousarray(most), cuts_of(self.cutoff)[0])

    def label(self, position: int) -> int:
        """Return what the whole network calls the outage of a group of this part."""
        return self.n_branch + int(self.losses.each[position].group[0])

    def tighten(self, firm: Array, cause: Array) -> None:
        """Lower the supply bounds of buses, in place, to what each loss leaves.

        Parameters
        ----------
        firm, cause
            Most load by supply, and what decides it; groups count on from the branches.
        """
        size, free = len(self.part.flow), np.ones(len(firm), dtype=bool)
        for group in np.argsort(self.shares[:, LEFT], kind="stable"):
            loss = self.losses.each[group]
            inside = np.zeros(len(firm), dtype=bool)
            inside[loss.off] = True
            change = free & ~inside & (firm > self.shares[group, LEFT])
            firm[change], cause[change] = self.shares[group, LEFT], size + group
            free &= inside
            if not free.any():
                break
        for group, loss in enumerate(self.losses.each):
            change = loss.surplus_mw < firm[loss.off]
            firm[loss.off[change]] = loss.surplus_mw[change]
            cause[loss.off[change]] = size + group

    def limit_bus(self, bus: int, factor: Array, best: Array) -> None:
        """Look for the group that limits a bus most; ``best`` as in `geo.pair_kernels.search`."""
        if best[1, 0] <= 0 or not len(self.losses.each):
            return
        skip = np.zeros(len(self.losses.each), dtype=bool)
        skip[self._without(bus)] = True
        net = (self.part.flow, self.limit, self.start, self.lost)
        doubt = np.empty(len(factor), np.int32)
        count = search_losses(
            net, factor, skip, self.near, self.index, self.far, self.cutoff, best, doubt
        )
        for branch in doubt[:count]:
            self._whole_row(int(branch), factor, skip, best)

    def _whole_row(self, branch: int, factor: Array, skip: Array, best: Array) -> None:
        row, limit = self.row(branch, factor), self.limit[branch]
        watched = row.alive & ~skip & (np.abs(row.moved) >= self.cutoff)
        with np.errstate(divide="ignore", invalid="ignore"):
            room = (np.where(row.moved > 0, limit, -limit) - row.after) / row.moved
        room = np.where(watched, np.maximum(room, 0.0), np.inf)
        group = int(room.argmin())
        if room[group] < best[1, 0]:
            best[1] = (room[group], branch, len(factor) + group, 0.0)

    def row(self, branch: int, factor: Array) -> Row:
        """Solve one branch under the loss of every group, for the factors of one bus."""
        part, place = self.part, self.part.factor.place
        size = len(self.losses.each)
        response = part.response(branch)
        through = response[place[part.tail[self.lost]]] - response[place[part.head[self.lost]]]
        by_lost = [through * weight for weight in (self._to_jump, self._to_drift)]
        by_lost.append((through @ self._to_shift) * factor[self.lost])
        jump, drift, shifted = (np.bincount(self.of_lost, values, size) for values in by_lost)
        at_off = response[place[self.off]]
        power, pick_up = (
            np.bincount(self.of_off, at_off * values[self.off], size)
            for values in (part.injection, part.weights)
        )
        jump_share, drift_share, over_left = self.shares[:, JUMP_SHARE:].T
        supplied = part.supplied[branch]
        jump = jump - power + jump_share * (supplied - pick_up)
        drift = drift + drift_share * supplied - over_left * pick_up
        alive = np.ones(size, dtype=bool)
        alive[self.of_lost[self.lost == branch]] = False
        for end in (part.tail[branch], part.head[branch]):
            alive[self._without(end)] = False
        return Row(part.flow[branch] + jump, factor[branch] + drift + shifted, alive)

    def _without(self, bus: int) -> Array:
        """Return the groups whose loss cuts a bus off."""
        return self.off_group[self.off_start[bus] : self.off_start[bus + 1]]

    @cached_property
    def _to_jump(self) -> Array:
        return _joined(self.losses.each, lambda loss: loss.to_jump, float)

    @cached_property
    def _to_drift(self) -> Array:
        return _joined(self.losses.each, lambda loss: loss.to_drift, float)

    @cached_property
    def _to_shift(self) -> sp.csr_array:
        blocks = [
            loss.to_shift.reshape(len(loss.lost), len(loss.lost)) for loss in self.losses.each
        ]
        return sp.csr_array(sp.block_diag(blocks or [np.zeros((0, 0))], format="csr"))


def _joined(each: tuple[Loss, ...], part: Callable[[Loss], Array], kind: type) -> Array:
    return np.concatenate([np.zeros(0, kind), *map(part, each)])
