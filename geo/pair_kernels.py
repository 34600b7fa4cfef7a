# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Compiled loops over pairs of branch and outage: the pass over all, and the search for one.

What the arrays mean is said by the callers, `geo.pairs` and `geo.finder`.
"""

from __future__ import annotations

import numpy as np

from geo.kernels import WIDTH, compiled

LEAST = 1e-300


@compiled
def shift_pass(net, block, batch, tops, near):  # noqa: ANN001, ANN201, C901, PLR0912, PLR0915 -- numba infers the types; kept whole for speed
    """Go over all branches for one block of outages.

    ``shift = scale · (b (x_tail − x_head) − offset · supplied)`` is the MW added to a branch per MW
    that the outage carried. Shifts from the outage's cut on are near and stored; of the others the
    highest and lowest flows of each branch are kept, with their outage. Branches with an end in
    [low, high) of the walk are cut off by the outage; an unlimited branch can stop nothing.

    Parameters
    ----------
    net
        Rows of both ends in the block, susceptance, flow, flow when the supply feeds the reference,
        positions of both ends in the walk, whether limited.
    block
        Angles of up to `WIDTH` outages.
    batch
        Outages; their low, high, scale, offset, cut; largest shift, written.
    tops
        Kept flows by side, branch and rank, their outage and shift; by side and branch, what a flow
        has to exceed to be kept; worst flow of each branch and its outage. All are written.
    near
        Buffers for branch, outage and shift of near pairs.

    Returns
    -------
    int
        How many near pairs were stored; the buffers must hold all there can be.

    Notes
    -----
    Most rows hold nothing near and no new extreme. The plain loop, which becomes vector code, finds
    them; the others are gone through outage by outage.
    """
    tail, head, susceptance, flow, supplied, walked, limited = net
    columns, low, high, scale, offset, cut, largest = batch
    top, top_at, top_shift, floor, worst, worst_at = tops
    near_branch, near_outage, near_shift = near
    stored, keep, size, count = 0, top.shape[2], len(tail), len(columns)
    lost, scales, offsets = np.zeros(WIDTH), np.zeros(WIDTH), np.zeros(WIDTH)
    bar = np.full(WIDTH, np.inf)
    own = np.zeros(size, np.bool_)
    lowest, highest = len(tail) + 1, 0
    for column in range(count):
        lost[column], scales[column] = flow[columns[column]], scale[column]
        offsets[column], bar[column] = offset[column], LEAST
        own[columns[column]] = True
        if high[column] > low[column]:
            lowest, highest = min(lowest, low[column]), max(highest, high[column])
    for branch in range(size):
        one, other = tail[branch], head[branch]
        b, base, share = susceptance[branch], flow[branch], supplied[branch]
        at_one = at_other = -1
        if highest:
            at_one, at_other = walked[branch, 0], walked[branch, 1]
        gone = lowest <= at_one < highest or lowest <= at_other < highest
        above, below = worst[branch], -worst[branch]
        if limited[branch]:
            above, below = min(above, floor[0, branch]), max(below, -floor[1, branch])
        if not (own[branch] or gone):
            hits = 0
            for column in range(WIDTH):
                through = b * (block[one, column] - block[other, column])
                shift = scales[column] * (through - offsets[column] * share)
                after = base + shift * lost[column]
                hits += 1 if abs(shift) >= bar[column] else 0
                hits += 1 if after > above else 0
                hits += 1 if after < below else 0
            if hits == 0:
                continue
        for column in range(count):
            outage = columns[column]
            gone = low[column] <= at_one < high[column] or low[column] <= at_other < high[column]
            if outage == branch or gone:
                continue
            through = b * (block[one, column] - block[other, column])
            shift = scale[column] * (through - offset[column] * share)
            after = base + shift * lost[column]
            if abs(shift) > largest[column]:
                largest[column] = abs(shift)
                bar[column] = min(max(largest[column], LEAST), cut[column])
            if abs(after) > worst[branch]:
                worst[branch], worst_at[branch] = abs(after), outage
            if not limited[branch]:
                continue
            if abs(shift) >= cut[column]:
                near_branch[stored] = branch
                near_outage[stored] = outage
                near_shift[stored] = shift
                stored += 1
                continue
            for side in range(2):
                signed = after if side == 0 else -after
                if signed <= floor[side, branch]:
                    continue
                place = keep - 1
                while place > 0 and signed > top[side, branch, place - 1]:
                    top[side, branch, place] = top[side, branch, place - 1]
                    top_at[side, branch, place] = top_at[side, branch, place - 1]
                    top_shift[side, branch, place] = top_shift[side, branch, place - 1]
                    place -= 1
                top[side, branch, place] = signed
                top_at[side, branch, place] = outage
                top_shift[side, branch, place] = shift
                floor[side, branch] = max(floor[side, branch], top[side, branch, keep - 1])
    return stored


@compiled
def merge_tops(one, other):  # noqa: ANN001, ANN201 -- as above
    """Merge two sets of kept flows: the highest by side and branch, with outage and shift."""
    (a, a_at, a_shift), (b, b_at, b_shift) = one, other
    top, at, shift = np.empty_like(a), np.empty_like(a_at), np.empty_like(a_shift)
    for side in range(a.shape[0]):
        for branch in range(a.shape[1]):
            i, j = 0, 0
            for place in range(a.shape[2]):
                if a[side, branch, i] >= b[side, branch, j]:
                    top[side, branch, place] = a[side, branch, i]
                    at[side, branch, place] = a_at[side, branch, i]
                    shift[side, branch, place] = a_shift[side, branch, i]
                    i += 1
                else:
                    top[side, branch, place] = b[side, branch, j]
                    at[side, branch, place] = b_at[side, branch, j]
                    shift[side, branch, place] = b_shift[side, branch, j]
                    j += 1
    return top, at, shift


@compiled
def bus_factors(rows, supplied, block, count):  # noqa: ANN001, ANN201 -- as above
    """Return MW on each branch per MW of load, bus × branch, for the buses of a block."""
    tail, head, susceptance = rows
    out = np.empty((count, len(tail)))
    for branch in range(len(tail)):
        one, other, b, own = tail[branch], head[branch], susceptance[branch], supplied[branch]
        for column in range(count):
            out[column, branch] = own - b * (block[one, column] - block[other, column])
    return out


@compiled
def room(limit, flow, factor):  # noqa: ANN001, ANN201 -- as above
    """Return the load that fills a branch, for a factor that is not 0."""
    return (limit - flow) / factor if factor > 0 else (-limit - flow) / factor


@compiled
def take(best, mw, branch, outage, shift):  # noqa: ANN001, ANN201 -- as above
    """Write down a new firm answer."""
    best[1, 0], best[1, 1], best[1, 2], best[1, 3] = mw, branch, outage, shift


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
        MW, branch, outage, shift: what supply allows on entry, the answer on return; row 0 normal,
        row 1 firm.
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
                best[row, 0], best[row, 1], best[row, 2], best[row, 3] = mw, branch, -1, 0.0
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
                take(best, mw, branch, outage, shift)
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
                take(best, mw, branch, outage, top_shift[side, branch, place])
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
                take(best, mw, branch, outage, shift)
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
            take(best, mw, branch, outage, shifts[outage])
