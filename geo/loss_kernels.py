# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Compiled loops over branches and losses of groups; `geo.losses` says what the arrays mean."""

from __future__ import annotations

import numpy as np

from geo.kernels import compiled
from geo.pair_kernels import room

WIDE = 0.1
"""Share of the cutoff by which a group has to move factors to be looked at by itself."""


@compiled
def label_parts(start, near, edge, kept):  # noqa: ANN001, ANN201 -- numba infers the types
    """Label the connected parts that are left when only some edges are kept, in the order met."""
    size = len(start) - 1
    label = np.full(size, -1, np.int64)
    queue = np.empty(size, np.int64)
    parts = 0
    for root in range(size):
        if label[root] >= 0:
            continue
        label[root], queue[0], done, met = parts, root, 0, 1
        while done < met:
            node = queue[done]
            done += 1
            for place in range(start[node], start[node + 1]):
                if kept[edge[place]] and label[near[place]] < 0:
                    label[near[place]] = parts
                    queue[met] = near[place]
                    met += 1
        parts += 1
    return label, parts


@compiled
def loss_pass(net, block, weights, cuts, seen, near):  # noqa: ANN001, ANN201, PLR0913, PLR0917 -- as above
    """Go over all branches for the loss of one group.

    Parameters
    ----------
    net
        Rows of both ends in the block, susceptance, flow, flow when the supply feeds the reference,
        whether alive, whether limited.
    block
        Angles by column.
    weights
        Of each column in the jump, in the drift, in a shift at most, and in the shift of each lost
        branch (column × lost); of the supplied flow in the jump and in the drift.
    cuts
        From which shift and from which drift on a pair is near.
    seen
        Highest flow of each branch so far by side; its worst, and the group of that; this group.
        Written but for the last.
    near
        Buffers for branch, flow after, drift, largest shift, and shift of each lost branch.

    Returns
    -------
    stored, most
        How many near pairs; largest shift, drift, and of far pairs jump and drift.
    """
    tail, head, susceptance, flow, supplied, alive, limited = net
    to_jump, to_drift, to_most, to_shift, jump_share, drift_share = weights
    top, worst, worst_at, group = seen
    near_branch, near_after, near_drift, near_most, near_shift = near
    width, lost = to_shift.shape
    most, moved, stored = np.zeros(4), np.zeros(width), 0
    for branch in range(len(tail)):
        if not alive[branch]:
            continue
        one, other, b = tail[branch], head[branch], susceptance[branch]
        jump, drift = jump_share * supplied[branch], drift_share * supplied[branch]
        bound = 0.0
        for column in range(width):
            moved[column] = b * (block[one, column] - block[other, column])
            jump += to_jump[column] * moved[column]
            drift += to_drift[column] * moved[column]
            bound += to_most[column] * abs(moved[column])
        after = flow[branch] + jump
        if abs(after) > worst[branch]:
            worst[branch], worst_at[branch] = abs(after), group
        if not limited[branch]:
            continue
        if bound >= cuts[0] or abs(drift) >= cuts[1]:
            largest = 0.0
            for column in range(lost):
                shift = 0.0
                for other_column in range(width):
                    shift += to_shift[other_column, column] * moved[other_column]
                near_shift[stored, column] = shift
                largest = max(largest, abs(shift))
            most[0], most[1] = max(most[0], largest), max(most[1], abs(drift))
            if largest >= cuts[0] or abs(drift) >= cuts[1]:
                near_branch[stored], near_after[stored] = branch, after
                near_drift[stored], near_most[stored] = drift, largest
                stored += 1
                continue
        most[0], most[1] = max(most[0], min(bound, cuts[0])), max(most[1], abs(drift))
        most[2], most[3] = max(most[2], abs(jump)), max(most[3], abs(drift))
        top[0, branch] = max(top[0, branch], after)
        top[1, branch] = max(top[1, branch], -after)
    return stored, most


@compiled
def reach_of(start, lost, factor):  # noqa: ANN001, ANN201 -- as above
    """Sum what the lost branches of each group carry per MW of load."""
    out = np.zeros(len(start) - 1)
    for group in range(len(out)):
        for place in range(start[group], start[group + 1]):
            out[group] += abs(factor[lost[place]])
    return out


@compiled
def try_pair(pair, branch, group, factor, reach, near, lost, limit, cutoff, best):  # noqa: ANN001, ANN201, PLR0913, PLR0917 -- as above
    """Find how much load fills one near pair, unless a bound shows that another fills earlier."""
    after, drift, most, value_start, value = near
    start, branches = lost
    own = factor[branch]
    spread = most[pair] * reach[group] + abs(drift[pair])
    lean = abs(own) + spread
    if lean < cutoff:
        return
    toward = abs(after[pair])
    if spread < abs(own):
        toward = after[pair] if own > 0 else -after[pair]
    if limit - toward >= best[1, 0] * lean:
        return
    moved = own + drift[pair]
    for place in range(start[group], start[group + 1]):
        column = value_start[pair] + place - start[group]
        moved += value[column] * factor[branches[place]]
    if abs(moved) < cutoff:
        return
    mw = max(room(limit, after[pair], moved), 0.0)
    if mw < best[1, 0]:
        best[1, 0], best[1, 1], best[1, 2] = mw, branch, len(factor) + group


@compiled
def search_losses(net, factor, skip, near, index, far, cutoff, best, doubt):  # noqa: ANN001, ANN201, PLR0913, PLR0917 -- as above
    """Find the pair of branch and group that limits one bus.

    Parameters
    ----------
    net
        flow, emergency limit; start and branch of what each group loses.
    factor
        MW on each branch per MW of load at the bus.
    skip
        Groups that do not count for this bus.
    near
        Near pairs in the order of branches: flow after, drift, largest shift, start of their
        shifts; the shifts.
    index
        Branch and group of each near pair; start of each branch; start of each group, and its
        pairs, largest shift first.
    far
        Highest flows of far pairs by side and branch; by group, the largest shift and drift, and
        for its far pairs the largest jump and drift; the cut.
    cutoff
        Least factor that is monitored.
    best
        As in `geo.pair_kernels.search`; groups count on from the branches.
    doubt
        Buffer for branches whose far pairs could decide.

    Returns
    -------
    int
        How many branches are in doubt.
    """
    flow, limit, start, branches = net
    top, _, _, far_jump, far_drift, cut = far
    if best[1, 0] <= 0.0:
        return 0
    reach = reach_of(start, branches, factor)
    search_near(limit, (start, branches), factor, skip, near, index, far, cutoff, reach, best)
    spread = cut * reach + far_drift
    return doubtful(flow, limit, factor, skip, spread, top, far_jump, cutoff, best, doubt)


@compiled
def search_near(limit, lost, factor, skip, near, index, far, cutoff, reach, best):  # noqa: ANN001, ANN201, PLR0913, PLR0917 -- as above
    """Try near pairs: on branches that the bus moves anyway, all; elsewhere, of groups that can.

    A factor of less than half the cutoff needs a group that adds the other half.
    """
    most, half = near[2], cutoff / 2
    pair_branch, pair_group, row_start, group_start, group_pair = index
    most_shift, most_drift = far[1], far[2]
    for branch in range(len(factor)):
        if abs(factor[branch]) < half:
            continue
        for pair in range(row_start[branch], row_start[branch + 1]):
            group = pair_group[pair]
            if not skip[group]:
                try_pair(
                    pair, branch, group, factor, reach, near, lost, limit[branch], cutoff, best
                )
    for group in range(len(skip)):
        if skip[group] or most_shift[group] * reach[group] + most_drift[group] <= half:
            continue
        for place in range(group_start[group], group_start[group + 1]):
            pair = group_pair[place]
            if most[pair] * reach[group] + most_drift[group] <= half:
                break
            branch = pair_branch[pair]
            if abs(factor[branch]) < half:
                try_pair(
                    pair, branch, group, factor, reach, near, lost, limit[branch], cutoff, best
                )


@compiled
def doubtful(flow, limit, factor, skip, spread, top, far_jump, cutoff, best, doubt):  # noqa: ANN001, ANN201, PLR0913, PLR0917 -- as above
    """List the branches whose far pairs could still decide; return how many.

    Most groups hardly move a factor: one test on a branch does for all of those, and only the few
    that are wide are gone through.
    """
    size, groups, n_doubt, n_wide = len(flow), len(skip), 0, 0
    wide, narrow = np.empty(groups, np.int64), 0.0
    for group in range(groups):
        if spread[group] < WIDE * cutoff:
            narrow = max(narrow, spread[group])
        elif not skip[group]:
            wide[n_wide] = group
            n_wide += 1
    widest = spread.max()
    for branch in range(size):
        own = abs(factor[branch])
        if own + widest < cutoff or limit[branch] == np.inf:
            continue
        side = 0 if factor[branch] > 0 else 1
        high = top[side, branch] if own > widest else max(top[0, branch], top[1, branch])
        if limit[branch] - high >= best[1, 0] * (own + widest):
            continue
        unsure = own + narrow >= cutoff and limit[branch] - high < best[1, 0] * (own + narrow)
        signed = flow[branch] if side == 0 else -flow[branch]
        for place in range(n_wide):
            if unsure:
                break
            group = wide[place]
            lean = own + spread[group]
            toward = signed if own > spread[group] else abs(flow[branch])
            reached = limit[branch] - min(high, toward + far_jump[group])
            unsure = lean >= cutoff and reached < best[1, 0] * lean
        if unsure:
            doubt[n_doubt] = branch
            n_doubt += 1
    return n_doubt
