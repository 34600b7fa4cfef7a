"""Disjoint paths on bare arrays: how many there are, and which ones are the shortest together.

Both are exact. Counting is a maximum flow over unit capacities; the shortest together are a flow of
least cost, built up by shortest augmenting paths.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra

from geo.path_kernels import count_paths

if TYPE_CHECKING:
    from geo.flow import Array

NONE = np.array([], dtype=int)
"""No arc is shut."""


@dataclass(frozen=True, eq=False)
class Arcs:
    """Directed arcs, each good for one path; several between two nodes are allowed."""

    n_node: int
    """Number of nodes."""
    tail: Array
    """(n_arc,) node where each begins."""
    head: Array
    """(n_arc,) node where each ends."""
    length_m: Array
    """(n_arc,) whole metres, so that sums are exact and ties are ties. No circle has length 0."""

    def count(self, source: int, sink: int, shut: Array = NONE) -> int:
        """Count arc-disjoint paths.

        Parameters
        ----------
        source, sink
            Ends of every path.
        shut
            Positions of arcs, each once, that may not be used this time.
        """
        starts = np.array([0, len(shut)])
        return int(self.counts(np.array([source]), sink, starts, np.asarray(shut, int))[0])

    def counts(self, sources: Array, sink: int, shut_start: Array, shut: Array) -> Array:
        """Count arc-disjoint paths from many nodes, each on its own.

        Parameters
        ----------
        sources, sink
            Ends of every path.
        shut_start, shut
            Positions of the arcs that may not be used for each source: those of the first are
            ``shut[shut_start[0]:shut_start[1]]``.
        """
        return np.asarray(
            count_paths(self.tail, self.head, *self._arcs_at, sources, sink, shut_start, shut)
        )

    def shortest(self, source: int, sink: int, ways: int, shut: Array = NONE) -> list[list[int]]:
        """Find arc-disjoint paths whose lengths together are the least.

        Parameters
        ----------
        source, sink
            Ends of every path.
        ways
            How many paths; fewer come back where no more exist.
        shut
            Positions of arcs that may not be used this time.

        Returns
        -------
        list of list of int
            Positions of the arcs of each path. Ties depend on the numbers of nodes and arcs only.
        """
        left = np.ones(len(self.tail), dtype=bool)
        left[shut] = False
        used = np.zeros(len(self.tail), dtype=bool)
        potential_m = np.zeros(self.n_node)
        for _ in range(ways):
            step = self._augment(np.flatnonzero(left), used, potential_m, (source, sink))
            if not step:
                break
            used[step] = ~used[step]
        return self._unravel(used, source, sink)

    def with_source(self, nodes: list[int]) -> Arcs:
        """Return these arcs and, from one more node, an arc of length 0 to each of some nodes."""
        tail, none = np.full(len(nodes), self.n_node), np.zeros(len(nodes), dtype=int)
        return Arcs(
            self.n_node + 1,
            np.r_[self.tail, tail],
            np.r_[self.head, nodes],
            np.r_[self.length_m, none],
        )

    @cached_property
    def _arcs_at(self) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        """Return the arcs that leave each node and those that enter it, in CSR form."""

        def by(node: Array) -> tuple[Array, Array]:
            starts = np.r_[0, np.cumsum(np.bincount(node, minlength=self.n_node))]
            return starts, np.argsort(node, kind="stable")

        return by(self.tail), by(self.head)

    def _augment(
        self, left: Array, used: Array, potential_m: Array, ends: tuple[int, int]
    ) -> list[int]:
        """Return the arcs of a shortest path, those that it passes backwards being in use.

        The potentials are raised so that no arc is ever shorter than nothing.
        """
        back = used[left]
        tail = np.where(back, self.head[left], self.tail[left]).astype(np.int64)
        head = np.where(back, self.tail[left], self.head[left])
        cost_m = np.where(back, -self.length_m[left], self.length_m[left])
        cost_m = cost_m + potential_m[tail] - potential_m[head]
        order = np.lexsort((cost_m, head, tail))
        key = (tail * self.n_node + head)[order]
        first = np.r_[True, key[1:] != key[:-1]] if len(key) else np.array([], dtype=bool)
        kept, key = order[first], key[first]
        starts = np.searchsorted(key, np.arange(self.n_node + 1) * self.n_node)
        graph = sp.csr_array((cost_m[kept], head[kept], starts), (self.n_node, self.n_node))
        found = dijkstra(graph, indices=[ends[0]], return_predecessors=True)
        away_m, before = (rows[0] for rows in found)
        if not np.isfinite(away_m[ends[1]]):
            return []
        potential_m += np.minimum(away_m, away_m[ends[1]])
        nodes = [ends[1]]
        while nodes[-1] != ends[0]:
            nodes.append(int(before[nodes[-1]]))
        passed = np.array(nodes[1:]) * self.n_node + np.array(nodes[:-1])
        return left[kept[np.searchsorted(key, passed)]].tolist()

    def _unravel(self, used: Array, source: int, sink: int) -> list[list[int]]:
        """Follow the arcs in use from source to sink, each once."""
        leaving: dict[int, list[int]] = {}
        for arc in np.flatnonzero(used)[::-1].tolist():
            leaving.setdefault(int(self.tail[arc]), []).append(arc)
        paths = []
        while leaving.get(source):
            path = [leaving[source].pop()]
            while (node := int(self.head[path[-1]])) != sink:
                path.append(leaving[node].pop())
            paths.append(path)
        return paths


def both_ways(tail: Array, head: Array) -> tuple[Array, Array]:
    """Return links as arcs: all as they stand, then all turned."""
    return np.r_[tail, head], np.r_[head, tail]


def split(n_node: int, tail: Array, head: Array) -> tuple[Array, Array]:
    """Give each node a way in (2·node) and a way out (2·node + 1), joined by one arc of its own.

    Arc-disjoint paths then are node-disjoint. The arcs through the nodes come last.
    """
    node = np.arange(n_node)
    return np.r_[2 * tail + 1, 2 * node], np.r_[2 * head, 2 * node + 1]
