# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Counting disjoint paths, compiled: augmenting paths that look no further than they have to.

What the arrays mean is said by the caller, `geo.disjoint`. Near a strong source a search meets the
sink after a few dozen nodes, however large the network is.
"""

from __future__ import annotations

import numpy as np

from geo.kernels import compiled

FREE, USED, SHUT = 0, 1, 2


@compiled
def count_paths(tail, head, leaving, entering, sources, sink, shut_start, shut):  # noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0915, PLR0917 -- one loop; numba infers the types
    """Count arc-disjoint paths from each source to the sink.

    Parameters
    ----------
    tail, head
        Ends of each arc.
    leaving, entering
        Arcs that leave and that enter each node: where its own begin, and the arcs.
    sources, sink
        Nodes.
    shut_start, shut
        Arcs that may not be used for each source, in CSR form.
    """
    out_start, out_arc = leaving
    in_start, in_arc = entering
    size = len(out_start) - 1
    state = np.zeros(len(tail), np.int8)
    seen = np.full(size, -1, np.int64)
    by = np.empty(size, np.int64)
    queue = np.empty(size, np.int64)
    touched = np.empty(len(tail), np.int64)
    listed = np.zeros(len(tail), np.bool_)
    counts = np.zeros(len(sources), np.int64)
    turn = 0
    for at in range(len(sources)):
        source = sources[at]
        if source == sink:
            continue
        changed = 0
        for place in range(shut_start[at], shut_start[at + 1]):
            state[shut[place]] = SHUT
        while True:
            turn += 1
            queue[0], begin, end = source, 0, 1
            seen[source] = turn
            while begin < end and seen[sink] != turn:
                node = queue[begin]
                begin += 1
                for place in range(out_start[node], out_start[node + 1]):
                    arc = out_arc[place]
                    if state[arc] == FREE and seen[head[arc]] != turn:
                        seen[head[arc]] = turn
                        by[head[arc]] = arc
                        queue[end] = head[arc]
                        end += 1
                for place in range(in_start[node], in_start[node + 1]):
                    arc = in_arc[place]
                    if state[arc] == USED and seen[tail[arc]] != turn:
                        seen[tail[arc]] = turn
                        by[tail[arc]] = arc
                        queue[end] = tail[arc]
                        end += 1
            if seen[sink] != turn:
                break
            counts[at] += 1
            node = sink
            while node != source:
                arc = by[node]
                if state[arc] == FREE:
                    state[arc] = USED
                    if not listed[arc]:
                        listed[arc] = True
                        touched[changed] = arc
                        changed += 1
                    node = tail[arc]
                else:
                    state[arc] = FREE
                    node = head[arc]
        for place in range(changed):
            state[touched[place]] = FREE
            listed[touched[place]] = False
        for place in range(shut_start[at], shut_start[at + 1]):
            state[shut[place]] = FREE
    return counts
