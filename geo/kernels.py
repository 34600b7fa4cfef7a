# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Loops that are the algorithm, compiled: the spanning tree, solves in blocks, the pass over pairs.

Everything here is plain arrays. What the arrays mean is said by the callers, `geo.bridges` and
`geo.linear`. Compiled code is cached on disk and releases the interpreter, so that blocks of
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


@compiled
def shift_pass(net, block, batch, tops, near):  # noqa: ANN001, ANN201, C901 -- as above; kept whole for speed
    """Go over all branches for one block of outages.

    ``shift = scale · (b (x_tail − x_head) − offset · supplied)`` is the MW added to a branch per MW
    that the outage carried. Shifts from the outage's cut on are near and stored; of the others the
    highest and lowest flows of each branch are kept, with their outage. Branches with an end in
    [low, high) of the walk are cut off by the outage; an unlimited branch can stop nothing.

    Returns the number of near pairs stored; −1 if their buffers are full.
    """
    tail, head, susceptance, flow, supplied, walked, limited = net
    columns, low, high, scale, offset, cut, largest = batch
    top, top_at, top_shift, worst, worst_at = tops
    near_branch, near_outage, near_shift = near
    stored, keep = 0, top.shape[2]
    for branch in range(len(tail)):
        one, other = tail[branch], head[branch]
        b, base, own = susceptance[branch], flow[branch], supplied[branch]
        at_one, at_other = walked[branch, 0], walked[branch, 1]
        for column in range(len(columns)):
            outage = columns[column]
            gone = low[column] <= at_one < high[column] or low[column] <= at_other < high[column]
            if outage == branch or gone:
                continue
            through = b * (block[one, column] - block[other, column])
            shift = scale[column] * (through - offset[column] * own)
            after = base + shift * flow[outage]
            largest[column] = max(largest[column], abs(shift))
            if abs(after) > worst[branch]:
                worst[branch], worst_at[branch] = abs(after), outage
            if not limited[branch]:
                continue
            if abs(shift) >= cut[column]:
                if stored == len(near_branch):
                    return -1
                near_branch[stored] = branch
                near_outage[stored] = outage
                near_shift[stored] = shift
                stored += 1
                continue
            for side in range(2):
                signed = after if side == 0 else -after
                if signed > top[side, branch, keep - 1]:
                    place = keep - 1
                    while place > 0 and signed > top[side, branch, place - 1]:
                        top[side, branch, place] = top[side, branch, place - 1]
                        top_at[side, branch, place] = top_at[side, branch, place - 1]
                        top_shift[side, branch, place] = top_shift[side, branch, place - 1]
                        place -= 1
                    top[side, branch, place] = signed
                    top_at[side, branch, place] = outage
                    top_shift[side, branch, place] = shift
    return stored


@compiled
def room(limit, flow, factor):  # noqa: ANN001, ANN201 -- as above
    """Return the load that fills a branch, for a factor that is not 0."""
    return (limit - flow) / factor if factor > 0 else (-limit - flow) / factor


@compiled
def search(net, factor, at, pairs, tops, limits, rules, best, doubt):  # noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0915, PLR0917 -- as above; the rule of `geo.linear` in one place
    """Find the pair of branch and outage that limits one bus.

    Parameters
    ----------
    net
        flow, largest shift of each outage, walk interval of the part that each outage cuts off.
    factor
        MW on each branch per MW of load at the bus.
    at
        Position of the bus in the walk.
    pairs
        Near pairs by branch (start, outage, shift) and by outage (start, branch, shift).
    tops
        Highest and lowest flows after far outages, with outage and shift.
    limits
        Normal and emergency limits.
    rules
        Cutoff, the cut between near and far, and the factor from which an outage counts as large.
    best
        MW, branch, outage: what supply allows on entry for an outage and for none, the answer on
        return; row 0 normal, row 1 firm.
    doubt
        Buffer for branches whose far outages could decide; filled from the front.

    Returns
    -------
    int
        How many branches are in doubt; −1 if more than the buffer holds.
    """
    flow, largest, low, high = net
    row_start, row_outage, row_shift, column_start, column_branch, column_shift = pairs
    top, top_at, top_shift = tops
    normal, emergency = limits
    cutoff, cut, large = rules
    size, keep = len(flow), top.shape[2]
    most = 0.0
    for branch in range(size):
        most = max(most, abs(factor[branch]))
    watched = cutoff - cut * most
    heavy, heavy_flow = np.empty(size, np.int32), 0.0
    n_heavy, n_doubt = 0, 0
    for branch in range(size):
        if abs(factor[branch]) >= large and largest[branch] > 0:
            heavy[n_heavy] = branch
            n_heavy += 1
            heavy_flow = max(heavy_flow, abs(flow[branch]))
    for branch in range(size):
        if abs(factor[branch]) < cutoff:
            continue
        mw = max(room(normal[branch], flow[branch], factor[branch]), 0.0)
        for row in range(2):
            if mw < best[row, 0]:
                best[row, 0], best[row, 1], best[row, 2] = mw, branch, -1
    for branch in range(size):
        own = factor[branch]
        if abs(own) < watched or emergency[branch] == np.inf:
            continue
        if best[1, 0] <= 0.0:
            return 0
        for place in range(row_start[branch], row_start[branch + 1]):
            outage, shift = row_outage[place], row_shift[place]
            moved = own + shift * factor[outage]
            if abs(moved) < cutoff or low[outage] <= at < high[outage]:
                continue
            after = flow[branch] + shift * flow[outage]
            mw = max(room(emergency[branch], after, moved), 0.0)
            if mw < best[1, 0]:
                best[1, 0], best[1, 1], best[1, 2] = mw, branch, outage
        side = 0 if own > 0 else 1
        for place in range(keep):
            outage = top_at[side, branch, place]
            if outage < 0:
                break
            moved = own + top_shift[side, branch, place] * factor[outage]
            if abs(moved) < cutoff or low[outage] <= at < high[outage]:
                continue
            after = flow[branch] + top_shift[side, branch, place] * flow[outage]
            mw = max(room(emergency[branch], after, moved), 0.0)
            if mw < best[1, 0]:
                best[1, 0], best[1, 1], best[1, 2] = mw, branch, outage
    for place in range(size):
        outage = place
        if abs(factor[outage]) * largest[outage] <= cut * most or low[outage] <= at < high[outage]:
            continue
        for other in range(column_start[outage], column_start[outage + 1]):
            branch, shift = column_branch[other], column_shift[other]
            if abs(factor[branch]) >= watched:
                continue
            moved = factor[branch] + shift * factor[outage]
            if abs(moved) < cutoff:
                continue
            after = flow[branch] + shift * flow[outage]
            mw = max(room(emergency[branch], after, moved), 0.0)
            if mw < best[1, 0]:
                best[1, 0], best[1, 1], best[1, 2] = mw, branch, outage
    # What far outages could still do, by bounds; a branch is in doubt where a bound is too low.
    for branch in range(size):
        own = abs(factor[branch])
        if own < watched or emergency[branch] == np.inf:
            continue
        side = 0 if factor[branch] > 0 else 1
        limit = emergency[branch]
        next_flow = top[side, branch, keep - 1]
        unsure = False
        if own + cut * large >= cutoff and next_flow > -np.inf:
            unsure = limit - next_flow < best[1, 0] * (own + cut * large)
        if not unsure and n_heavy:
            signed = flow[branch] if side == 0 else -flow[branch]
            if limit - signed - cut * heavy_flow < best[1, 0] * (own + cut * most):
                for place in range(n_heavy):
                    outage = heavy[place]
                    reach = cut * abs(flow[outage])
                    lean = own + cut * abs(factor[outage])
                    if lean >= cutoff and limit - signed - reach < best[1, 0] * lean:
                        unsure = True
                        break
        if unsure:
            if n_doubt == len(doubt):
                return -1
            doubt[n_doubt] = branch
            n_doubt += 1
    return n_doubt


@compiled
def search_row(net, factor, at, branch, shifts, alive, limits, cutoff, best):  # noqa: ANN001, ANN201, PLR0913, PLR0917 -- as above
    """Try every outage on one branch, given its whole row of shifts."""
    flow, _, low, high = net
    _, emergency = limits
    for outage in range(len(flow)):
        if not alive[outage] or low[outage] <= at < high[outage]:
            continue
        moved = factor[branch] + shifts[outage] * factor[outage]
        if abs(moved) < cutoff:
            continue
        after = flow[branch] + shifts[outage] * flow[outage]
        mw = max(room(emergency[branch], after, moved), 0.0)
        if mw < best[1, 0]:
            best[1, 0], best[1, 1], best[1, 2] = mw, branch, outage
