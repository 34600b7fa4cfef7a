from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.disjoint import Arcs, both_ways, split


def undirected(n_node: int, links: list[tuple[int, int, int]]) -> Arcs:
    """Links of a length that paths may not share."""
    tail, head, length = np.array(links, dtype=int).reshape(-1, 3).T
    return Arcs(n_node, *both_ways(tail, head), np.r_[length, length])


def divided(n_node: int, links: list[tuple[int, int, int]]) -> Arcs:
    """The same where paths may not share a node either."""
    tail, head, length = np.array(links, dtype=int).reshape(-1, 3).T
    arcs = split(n_node, *both_ways(tail, head))
    return Arcs(2 * n_node, *arcs, np.r_[length, length, np.zeros(n_node, dtype=int)])


def random_links(random: np.random.Generator) -> tuple[int, list[tuple[int, int, int]]]:
    """A network of up to 12 nodes, each two joined at most once."""
    n_node = int(random.integers(4, 13))
    pairs = [(one, other) for one in range(n_node) for other in range(one)]
    share = random.uniform(0.15, 0.6)
    kept = [pair for pair in pairs if random.random() < share] or [(1, 0)]
    return n_node, [(*pair, int(random.integers(1, 40))) for pair in kept]


def as_graph(n_node: int, links: list[tuple[int, int, int]]) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(n_node))
    graph.add_weighted_edges_from(links)
    return graph


def test_counts_equal_networkx_on_a_thousand_pairs() -> None:
    random = np.random.default_rng(1)
    for _ in range(1000):
        n_node, links = random_links(random)
        graph = as_graph(n_node, links)
        one, other = (int(end) for end in random.choice(n_node, 2, replace=False))
        assert undirected(n_node, links).count(one, other) == nx.edge_connectivity(
            graph, one, other
        )
        try:
            apart = len(list(nx.node_disjoint_paths(graph, one, other)))
        except nx.NetworkXNoPath:
            apart = 0
        assert divided(n_node, links).count(2 * one + 1, 2 * other) == apart


def test_lengths_equal_the_flow_of_least_cost_of_networkx() -> None:
    random = np.random.default_rng(2)
    for _ in range(300):
        n_node, links = random_links(random)
        one, other = (int(end) for end in random.choice(n_node, 2, replace=False))
        arcs = divided(n_node, links)
        paths = arcs.shortest(2 * one + 1, 2 * other, 2)
        assert len(paths) == min(2, arcs.count(2 * one + 1, 2 * other))
        graph = nx.DiGraph()
        graph.add_nodes_from(range(2 * n_node))
        for tail, head, length in zip(arcs.tail, arcs.head, arcs.length_m, strict=True):
            graph.add_edge(int(tail), int(head), capacity=1, weight=int(length))
        graph.nodes[2 * one + 1]["demand"] = -len(paths)
        graph.nodes[2 * other]["demand"] = len(paths)
        total = sum(int(arcs.length_m[arc]) for path in paths for arc in path)
        assert total == nx.min_cost_flow_cost(graph)


def test_the_shortest_way_is_given_up_where_it_stands_in_the_way_of_two() -> None:
    """The shortest way 0-1-2-3 (3 m) uses what both others need: 0-1-3 and 0-2-3, 6 m each."""
    links = [(0, 1, 1), (1, 2, 1), (2, 3, 1), (1, 3, 5), (0, 2, 5)]
    arcs = undirected(4, links)
    assert lengths(arcs, arcs.shortest(0, 3, 1)) == [3]
    assert lengths(arcs, arcs.shortest(0, 3, 2)) == [6, 6]
    assert len(arcs.shortest(0, 3, 5)) == 2


def lengths(arcs: Arcs, paths: list[list[int]]) -> list[int]:
    return [int(arcs.length_m[path].sum()) for path in paths]


def test_parallel_links_are_ways_of_their_own() -> None:
    arcs = undirected(2, [(0, 1, 4), (0, 1, 7), (0, 1, 5)])
    assert arcs.count(0, 1) == 3
    assert lengths(arcs, arcs.shortest(0, 1, 2)) == [4, 5]


def test_what_is_shut_is_not_used() -> None:
    arcs = undirected(3, [(0, 1, 1), (1, 2, 1), (0, 2, 9)])
    shut = np.array([0, 3])
    assert arcs.count(0, 2) == 2
    assert arcs.count(0, 2, shut) == 1
    assert lengths(arcs, arcs.shortest(0, 2, 1, shut)) == [9]
    assert arcs.count(0, 2) == 2


@pytest.mark.parametrize("links", [[], [(0, 1, 1)]])
def test_no_way_is_no_path(links) -> None:
    assert undirected(3, links).count(0, 2) == 0
    assert undirected(3, links).shortest(0, 2, 2) == []


@given(st.integers(0, 10_000), st.integers(1, 3))
def test_paths_are_paths_and_share_nothing(seed: int, ways: int) -> None:
    random = np.random.default_rng(seed)
    n_node, links = random_links(random)
    arcs = undirected(n_node, links)
    paths = arcs.shortest(0, n_node - 1, ways)
    assert len(paths) == min(ways, arcs.count(0, n_node - 1))
    undirected_used = [arc % len(links) for path in paths for arc in path]
    assert len(set(undirected_used)) == len(undirected_used)
    for path in paths:
        nodes = [0, *(int(arcs.head[arc]) for arc in path)]
        assert nodes[:-1] == [int(arcs.tail[arc]) for arc in path]
        assert nodes[-1] == n_node - 1
        assert len(set(nodes)) == len(nodes)


@given(st.integers(0, 10_000))
def test_one_more_link_never_takes_a_path_away(seed: int) -> None:
    random = np.random.default_rng(seed)
    n_node, links = random_links(random)
    more = [*links, (*(int(end) for end in random.choice(n_node, 2, replace=False)), 1)]
    for build, ends in ((undirected, (0, n_node - 1)), (divided, (1, 2 * n_node - 2))):
        assert build(n_node, more).count(*ends) >= build(n_node, links).count(*ends)
