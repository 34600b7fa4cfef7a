"""Disjoint paths on a random network of interconnect size: seconds for a count and for a pair.

``python -m benchmarks.disjoint [--nodes N] [--pairs N]``. The network is a Delaunay net of random
points, thinned to 1.3 links a node, as grids have; every 200th node is a strong source.
"""

from __future__ import annotations

import argparse
import statistics
import time

import networkx as nx
import numpy as np
from scipy.spatial import Delaunay

from benchmarks.run import describe_machine
from geo.disjoint import Arcs, both_ways, split

LINKS_A_NODE = 1.3
NODES_A_SOURCE = 200
LINKS_AT_START = 3


def main() -> None:
    """Build, run and print."""
    options = _parse()
    print(*(f"{key}: {value}" for key, value in describe_machine().items()), sep="\n")
    random = np.random.default_rng(1)
    tail, head, length_m = _net(options.nodes, random)
    ends = np.arange(0, options.nodes, NODES_A_SOURCE)
    print(f"{options.nodes} nodes, {len(tail)} links, {len(ends)} strong sources")
    links = np.bincount(np.r_[tail, head], minlength=options.nodes)
    starts = random.choice(np.flatnonzero(links >= LINKS_AT_START), options.pairs, replace=False)
    twice = np.r_[length_m, length_m]
    edges = Arcs(options.nodes, *both_ways(tail, head), twice)
    apart = split(options.nodes, *both_ways(tail, head))
    nodes = Arcs(2 * options.nodes, *apart, np.r_[twice, np.zeros(options.nodes, dtype=int)])
    _time("edge-disjoint", _with_sink(edges, ends), starts)
    _time("node-disjoint", _with_sink(nodes, 2 * ends + 1), 2 * starts)
    _time_networkx(tail, head, ends, starts[0])


def _net(n_node: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    where = random.uniform(0, 1e6, (n_node, 2))
    corners = Delaunay(where).simplices
    links = np.sort(np.r_[corners[:, :2], corners[:, 1:], corners[:, ::2]], axis=1)
    links = random.permutation(np.unique(links, axis=0))[: int(LINKS_A_NODE * n_node)]
    length_m = np.hypot(*(where[links[:, 0]] - where[links[:, 1]]).T)
    return *links.T, np.maximum(length_m, 1).astype(int)


def _with_sink(arcs: Arcs, ends: np.ndarray) -> Arcs:
    """Join the sources to one more node, the last."""
    return Arcs(
        arcs.n_node + 1,
        np.r_[arcs.tail, ends],
        np.r_[arcs.head, np.full(len(ends), arcs.n_node)],
        np.r_[arcs.length_m, np.zeros(len(ends), dtype=int)],
    )


def _time(name: str, arcs: Arcs, starts: np.ndarray) -> None:
    sink, counted_s, found_s = arcs.n_node - 1, [], []
    begin = time.perf_counter()
    arcs.count(int(starts[0]), sink)
    first_s = time.perf_counter() - begin
    for start in starts:
        begin = time.perf_counter()
        ways = arcs.count(int(start), sink)
        counted_s.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        paths = arcs.shortest(int(start), sink, 2)
        found_s.append(time.perf_counter() - begin)
        if len(paths) != min(ways, 2):
            print(f"node {start}: {ways} ways, {len(paths)} paths")
    print(
        f"{name}  first count {first_s:.3f} s, a count {statistics.median(counted_s):.3f} s "
        f"(most {max(counted_s):.3f}), a shortest pair {statistics.median(found_s):.3f} s"
    )


def _time_networkx(tail: np.ndarray, head: np.ndarray, ends: np.ndarray, start: int) -> None:
    graph = nx.DiGraph()
    for one, other in zip(*both_ways(tail, head), strict=True):
        graph.add_edge(int(one), int(other), capacity=1)
    graph.add_edges_from((int(end), "sink", {"capacity": 1}) for end in ends)
    begin = time.perf_counter()
    nx.maximum_flow_value(graph, int(start), "sink")
    print(f"networkx       a count {time.perf_counter() - begin:.3f} s")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.disjoint", description=__doc__)
    parser.add_argument("--nodes", type=int, default=80_000)
    parser.add_argument("--pairs", type=int, default=20)
    return parser.parse_args()


if __name__ == "__main__":
    main()
