from __future__ import annotations

import dataclasses

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.grid import build_grid
from geo.redundancy import find_paths
from tests.geo.toy import grid_of, plants, ties


def ring():
    """Draw two strong hubs S and T, and P and Q between them.

    ::

        S ─── P ─── T      S and T have three circuits of 420 kV each
        └──── Q ────┘
        └───────────┘
    """
    return grid_of(
        [
            ("S", "420", 0, 0),
            ("P", "420", 40, 10),
            ("Q", "420", 40, -10),
            ("T", "420", 80, 0),
        ],
        [
            ("SP", "S", "P", 420),
            ("PT", "P", "T", 420),
            ("SQ", "S", "Q", 420),
            ("QT", "Q", "T", 420),
            ("ST", "S", "T", 420),
        ],
    )


def paths_of(layers, load_mw=100.0):
    return find_paths(build_grid(layers), layers, load_mw)


def test_strong_is_a_hub_of_three_circuits_at_220_kv() -> None:
    assert paths_of(ring()).strong == {"S", "T"}


def test_two_hubs_are_two_edge_disjoint_paths() -> None:
    assert paths_of(ring()).count("P@420") == 2


def test_a_stub_has_one_path() -> None:
    layers = grid_of(
        [("S", "420", 0, 0), ("A", "420", 9, 9), ("B", "420", 9, -9), ("X", "420", 9, 0)],
        [("SA", "S", "A", 420), ("SB", "S", "B", 420), ("SX", "S", "X", 420)],
    )
    assert paths_of(layers).count("X@420") == 1


def test_a_hub_does_not_count_as_its_own_source() -> None:
    layers = grid_of(
        [("S", "420", 0, 0), ("A", "420", 9, 9), ("B", "420", 9, -9), ("C", "420", -9, 0)],
        [("SA", "S", "A", 420), ("SB", "S", "B", 420), ("SC", "S", "C", 420)],
    )
    assert paths_of(layers).count("S@420") == 0


@pytest.mark.parametrize(
    ("plant_mw", "load_mw", "ways"), [(499, 100, 0), (500, 100, 1), (500, 600, 0)]
)
def test_a_large_plant_is_a_source_of_its_own(plant_mw, load_mw, ways) -> None:
    """Large is 500 MW, or the load where that is more."""
    layers = grid_of([("A", "132", 0, 0), ("B", "132", 9, 0)], [("AB", "A", "B", 132)])
    layers = dataclasses.replace(layers, plants=plants([("P", "hydro", plant_mw, 0, 1)]))
    assert paths_of(layers, load_mw).count("A@132") == ways
    assert paths_of(layers, load_mw).count("B@132") == ways


def test_a_link_abroad_is_a_source_of_its_own() -> None:
    """Nea hangs on one line, and on Sweden."""
    layers = dataclasses.replace(ring(), ties=ties([("abroad", "P", 1000)]))
    assert paths_of(layers).count("P@420") == 3


def test_separate_ways_to_separate_hubs() -> None:
    paths = paths_of(ring())
    one, other = paths.pair_of_paths("P", "Q")
    assert (one[0], other[0]) == ("P", "Q")
    assert {one[-1], other[-1]} == {"S", "T"}
    assert not set(one) & set(other)
    assert paths.separate("P", "Q")


def test_one_station_in_the_way_of_both_is_not_separate() -> None:
    """P and Q both hang on M."""
    layers = grid_of(
        [
            ("S", "420", 0, 0), ("T", "420", 0, 40), ("M", "420", 20, 20),
            ("P", "420", 40, 10), ("Q", "420", 40, 30),
        ],
        [
            ("SM1", "S", "M", 420), ("SM2", "S", "M", 420), ("TM", "T", "M", 420),
            ("ST1", "S", "T", 420), ("ST2", "S", "T", 420),
            ("MP", "M", "P", 420), ("MQ", "M", "Q", 420),
        ],
    )  # fmt: skip
    assert paths_of(layers).pair_of_paths("P", "Q") is None
    assert not paths_of(layers).separate("P", "Q")


def test_two_lines_in_one_corridor_are_not_separate() -> None:
    """Two hubs 0.4 km apart, and lines to them that run 0.4 km beside each other."""
    layers = grid_of(
        [
            ("S", "420", 0, 0), ("T", "420", 0, 0.4), ("P", "420", 40, 0), ("Q", "420", 40, 0.4),
            ("X", "420", -20, 0), ("Y", "420", -20, 20),
        ],
        [
            ("SP", "S", "P", 420), ("TQ", "T", "Q", 420),
            ("SX", "S", "X", 420), ("SY", "S", "Y", 420),
            ("TX", "T", "X", 420), ("TY", "T", "Y", 420),
        ],
    )  # fmt: skip
    paths = paths_of(layers)
    one, other = paths.pair_of_paths("P", "Q")
    assert paths.shared_corridor(one, other) == pytest.approx(1.0)
    assert not paths.separate("P", "Q")


@settings(max_examples=30)
@given(st.integers(4, 12), st.integers(0, 10_000))
def test_counts_equal_networkx(n_station: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    names = [f"S{index}" for index in range(n_station)]
    pairs = {(names[index], names[random.integers(index)]) for index in range(1, n_station)}
    pairs |= {tuple(random.choice(names, 2, replace=False)) for _ in range(n_station)}
    rows = [(f"L{index}", *pair, 420) for index, pair in enumerate(sorted(pairs))]
    spots = [(name, "420", *random.uniform(0, 60, 2)) for name in names]
    paths = paths_of(grid_of(spots, rows))
    graph = nx.Graph()
    for _, one, other, _ in rows:
        before = graph.get_edge_data(one, other, {"capacity": 0})["capacity"]
        graph.add_edge(one, other, capacity=before + 1)
    for name in names:
        sinks = paths.strong - {name}
        if not sinks:
            assert paths.count(f"{name}@420") == 0
            continue
        flow = nx.DiGraph(graph)
        flow.add_edges_from((sink, "end", {"capacity": 99}) for sink in sinks)
        assert paths.count(f"{name}@420") == min(
            nx.maximum_flow_value(flow, name, "end"), 8 * len(sinks)
        )
