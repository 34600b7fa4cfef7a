# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Loops that are the algorithm, compiled: the spanning tree and solves in blocks.

Everything here is plain arrays. What the arrays mean is said by the callers, `geo.bridges` and
`geo.factor`. Compiled code is cached on disk and releases the interpreter, so that blocks of
outages run on several threads.
"""

from __future__ import annotations

import numpy as np
from numba import njit

WIDTH = 16
"""Right-hand sides that are solved together: a factor is read once for all of them."""


def compiled(function):  # noqa: ANN001, ANN201 -- numba's own types
    """Compile a function, keeping the result on disk where there is a place that can be written."""
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:
        return njit(nogil=True)(function)


@compiled
def spanning_tree(start, near, edge, root):  # noqa: ANN001, ANN201 -- numba infers the types
    """Walk depth first from a root and mark the edges whose loss splits the graph.

    Parameters
    ----------
    start, near, edge
        Neighbours of each node in CSR form, with the edge that leads there; parallel edges differ.
    root
        Where to begin; other connected parts are not reached.

    Returns
    -------
    order, first, last, parent, above, bridge
        Nodes in the order met; position of each node and of the end of its subtree in that order
        (−1 if not reached); its parent and the edge to it; whether that edge is a bridge.
    """
    size = len(start) - 1
    order = np.empty(size, np.int64)
    first = np.full(size, -1, np.int64)
    last = np.full(size, -1, np.int64)
    low = np.zeros(size, np.int64)
    parent = np.full(size, -1, np.int64)
    above = np.full(size, -1, np.int64)
    bridge = np.zeros(size, np.bool_)
    cursor = start[:-1].copy()
    stack = np.empty(size, np.int64)
    stack[0], depth, met = root, 1, 0
    order[0], first[root], low[root] = root, 0, 0
    met = 1
    while depth:
        node = stack[depth - 1]
        if cursor[node] < start[node + 1]:
            place = cursor[node]
            cursor[node] += 1
            other = near[place]
            if edge[place] == above[node]:
                continue
            if first[other] < 0:
                parent[other], above[other] = node, edge[place]
                first[other] = low[other] = met
                order[met] = other
                met += 1
                stack[depth] = other
                depth += 1
            else:
                low[node] = min(low[node], first[other])
        else:
            depth -= 1
            last[node] = met
            if parent[node] >= 0:
                low[parent[node]] = min(low[parent[node]], low[node])
                bridge[node] = low[node] > first[parent[node]]
    return order[:met], first, last, parent, above, bridge


@compiled
def backward(pointer, index, value, pivot, block):  # noqa: ANN001, ANN201 -- as above
    """Finish solves L D Lᵀ x = b in place, given L's columns below the diagonal and z = L⁻¹ b."""
    size, width = len(pivot), block.shape[1]
    for node in range(size - 1, -1, -1):
        for column in range(width):
            block[node, column] /= pivot[node]
        for place in range(pointer[node], pointer[node + 1]):
            row, factor = index[place], value[place]
            for column in range(width):
                block[node, column] -= factor * block[row, column]


@compiled
def forward(pointer, index, value, block):  # noqa: ANN001, ANN201 -- as above
    """Begin solves in place: z = L⁻¹ b, skipping rows that are 0 in every right-hand side."""
    size, width = len(pointer) - 1, block.shape[1]
    for node in range(size):
        some = False
        for column in range(width):
            some = some or block[node, column] != 0.0
        if not some:
            continue
        for place in range(pointer[node], pointer[node + 1]):
            row, factor = index[place], value[place]
            for column in range(width):
                block[row, column] -= factor * block[node, column]
