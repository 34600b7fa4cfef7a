from __future__ import annotations

import dataclasses
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.grid import build_grid
from geo.redundancy import find_paths
from tests.geo.toy import grid_of, lines, plants, ties


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


def hub(name: str, x_km: float, y_km: float):
    """A hub of three circuits, two of them to neighbours far away."""
    spots = [(name, "420", x_km, y_km)]
    spots += [(f"{name}{side}", "420", x_km + side * 9, y_km - 90) for side in (1, 2)]
    return spots, [(f"{name}{side}", name, f"{name}{side}", 420) for side in (1, 2)]


def between_hubs(spots, rows, *hubs: tuple[str, float, float]):
    """Join hubs into a network; each needs one line among the rows to have three circuits."""
    parts = [hub(*place) for place in hubs]
    stations = [spot for part in parts for spot in part[0]] + spots
    return grid_of(stations, [row for part in parts for row in part[1]] + rows)


def test_two_hubs_are_two_edge_disjoint_paths() -> None:
    assert set(paths_of(ring()).strong) == {"S", "T"}
    assert paths_of(ring()).count("P@420") == 2


def test_a_stub_has_one_path() -> None:
    layers = between_hubs([("X", "420", 9, 0)], [("SX", "S", "X", 420)], ("S", 0, 0))
    assert paths_of(layers).count("X@420") == 1


def test_a_hub_does_not_count_as_its_own_source() -> None:
    layers = between_hubs([("X", "420", 9, 0)], [("SX", "S", "X", 420)], ("S", 0, 0))
    assert paths_of(layers).count("S@420") == 0
    assert paths_of(layers).shortest("S@420", 2) == []


@pytest.mark.parametrize(
    ("plant_mw", "load_mw", "ways"), [(499, 100, 0), (500, 100, 1), (500, 600, 0)]
)
def test_a_large_plant_is_a_source_of_its_own(plant_mw, load_mw, ways) -> None:
    """Large is 500 MW, or the load where that is more."""
    layers = grid_of([("A", "132", 0, 0), ("B", "132", 9, 0)], [("AB", "A", "B", 132)])
    layers = dataclasses.replace(layers, plants=plants([("P", "hydro", plant_mw, 0, 1)]))
    assert paths_of(layers, load_mw).count("A@132") == ways
    assert paths_of(layers, load_mw).count("B@132") == ways


def test_a_link_abroad_is_a_source_of_its_own_and_a_path_without_a_line() -> None:
    """Nea hangs on one line, and on Sweden."""
    paths = paths_of(dataclasses.replace(ring(), ties=ties([("abroad", "P", 1000)])))
    assert paths.count("P@420") == 3
    assert [route.lines for route in paths.shortest("P@420", 3)] == [("SP",), ("PT",), ()]
    assert [route.stations for route in paths.shortest("P@420", 1)] == [("P",)]


def test_paths_of_a_bus_end_at_the_first_hub_each_the_shorter_first() -> None:
    """√(40² + 10²) = 41.2 km to S and to T; the line between the hubs is not passed."""
    routes = paths_of(ring()).shortest("P@420", 2)
    assert [route.stations for route in routes] == [("P", "S"), ("P", "T")]
    assert [route.length_km for route in routes] == pytest.approx([41.2, 41.2], abs=0.1)
    assert routes[0].weakest_mw == 1877


def two_circuits_or_a_detour(detour_kv: float):
    """X has a line of two circuits to S, 20 km, and a way over Y, 100 km or so."""
    stations = [("X", "420;132", 20, 0), ("Y", f"{detour_kv:g}", 20, 50)]
    rows = [("SX", "S", "X", 420), ("XY", "X", "Y", detour_kv), ("YS", "Y", "S", detour_kv)]
    layers = between_hubs(stations, rows, ("S", 0, 0))
    more = {"circuits": {"SX": 2}}
    frame = layers.lines.frame
    old = frame[["id", "from_substation", "to_substation", "voltage_kv"]].itertuples(index=False)
    return dataclasses.replace(layers, lines=lines(layers.substations, list(old), more))


def test_a_second_circuit_is_taken_only_where_no_other_line_is() -> None:
    apart = paths_of(two_circuits_or_a_detour(420)).shortest("X@420", 2)
    assert [route.lines for route in apart] == [("SX/1",), ("XY", "YS")]
    three = paths_of(two_circuits_or_a_detour(420)).shortest("X@420", 3)
    assert [route.lines for route in three] == [("SX/1",), ("SX/2",), ("XY", "YS")]


def test_a_line_that_cannot_carry_the_load_is_taken_only_over_a_long_detour() -> None:
    """From X at 132 kV (147 MW) over Y to S are 104 km, and 20 km over the transformer."""
    layers = two_circuits_or_a_detour(132)
    assert paths_of(layers, 100).shortest("Y@132", 1)[0].lines == ("YS",)
    assert paths_of(layers, 200).shortest("Y@132", 1)[0].weakest_mw == 147
    near = between_hubs(
        [("X", "420;132", 20, 0)],
        [("SX", "S", "X", 132), ("XT", "X", "T", 420)],
        ("S", 0, 0),
        ("T", 90, 0),
    )
    assert paths_of(near, 147).shortest("X@420", 1)[0].lines == ("XT",)


def test_separate_ways_to_separate_hubs() -> None:
    paths = paths_of(ring())
    one, other = paths.pair("P", "Q")
    assert (one.stations[0], other.stations[0]) == ("P", "Q")
    assert {one.stations[-1], other.stations[-1]} == {"S", "T"}
    assert not set(one.stations) & set(other.stations)
    assert paths.separate("P", "Q")
    assert paths.pair("Q", "P") == (other, one)


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
    assert paths_of(layers).pair("P", "Q") is None
    assert not paths_of(layers).separate("P", "Q")


def beside(*, detour: bool):
    """Two hubs 0.4 km apart, and lines to them that run beside each other, 40 km long.

    With the detour, Q also reaches T over Z: 2 · √(20² + 49.6²) = 106.96 km.
    """
    spots = [("P", "420", 40, 0), ("Q", "420", 40, 0.4)]
    rows = [("SP", "S", "P", 420), ("TQ", "T", "Q", 420)]
    if detour:
        spots.append(("Z", "420", 20, 50))
        rows += [("QZ", "Q", "Z", 420), ("ZT", "Z", "T", 420)]
    return between_hubs(spots, rows, ("S", 0, 0), ("T", 0, 0.4))


def test_two_lines_in_one_corridor_are_not_separate() -> None:
    paths = paths_of(beside(detour=False))
    one, other = paths.pair("P", "Q")
    assert paths.corridors.shared(one.lines, other.lines) == pytest.approx(1.0)
    assert paths.pair_apart("P", "Q") is None
    assert not paths.separate("P", "Q")


def test_a_longer_pair_in_corridors_of_its_own_is_found() -> None:
    paths = paths_of(beside(detour=True))
    assert [route.lines for route in paths.pair("P", "Q")] == [("SP",), ("TQ",)]
    one, other = paths.pair_apart("P", "Q")
    assert (one.lines, other.lines) == (("SP",), ("QZ", "ZT"))
    assert one.length_km + other.length_km == pytest.approx(40 + 106.96, abs=0.01)


def test_of_two_lines_between_two_stations_the_one_out_of_the_corridor_is_found() -> None:
    """TQ twice: the second one is drawn 30 km to the north."""
    layers = beside(detour=False)
    frame = layers.lines.frame
    rows = [*frame[["id", "from_substation", "to_substation", "voltage_kv"]].values.tolist()]
    wires = lines(layers.substations, [*rows, ("north", "T", "Q", 420)], {"length_km": {}})
    moved = wires.frame.set_index("id").geometry
    moved["north"] = type(moved["north"])([*moved["north"].coords[:1], (520_000, 6_730_000),
                                           *moved["north"].coords[1:]])  # fmt: skip
    shapes = wires.frame.assign(geometry=moved.to_numpy(), length_km=moved.length.to_numpy() / 1000)
    layers = dataclasses.replace(layers, lines=type(wires)(shapes, wires.source))
    one, other = paths_of(layers).pair_apart("P", "Q")
    assert (one.lines, other.lines) == (("SP",), ("north",))


def small(seed: int, tall_km: float):
    """A connected network of 6 to 10 stations in a strip 60 km long."""
    random = np.random.default_rng(seed)
    names = [f"S{index}" for index in range(int(random.integers(6, 11)))]
    pairs = {(names[index], names[random.integers(index)]) for index in range(1, len(names))}
    pairs |= {tuple(map(str, random.choice(names, 2, replace=False))) for _ in names}
    pairs = sorted({tuple(sorted(pair)) for pair in pairs})
    spots = [(name, "420", *random.uniform((0, 0), (60, tall_km))) for name in names]
    return spots, [(f"L{index}", *pair, 420) for index, pair in enumerate(pairs)]


def by_enumeration(paths, first: str, second: str) -> float | None:
    """Look at every pair of simple paths; return the least kilometres that keep the rule."""
    graph, home = nx.Graph(), paths.grid.buses["substation_id"]
    for row in paths.grid.branches.itertuples():
        graph.add_edge(home[row.from_bus], home[row.to_bus], line=row.group, km=row.length_km)
    ends = set(paths.strong) - {first, second}

    def ways(start: str, other: str):
        for end in ends:
            for way in nx.all_simple_paths(graph, start, end):
                if other not in way and not ends & set(way[:-1]):
                    steps = [graph.edges[step] for step in pairwise(way)]
                    yield set(way), [step["line"] for step in steps], sum(s["km"] for s in steps)

    others = list(ways(second, first))
    return min(
        (
            km + other_km
            for passed, line, km in ways(first, second)
            for other_passed, other_line, other_km in others
            if not passed & other_passed
            and paths.corridors.shared(line, other_line) <= paths.corridor_share
        ),
        default=None,
    )


@pytest.mark.parametrize("tall_km", [2, 8, 40])
def test_pairs_apart_equal_those_of_an_enumeration(tall_km: float) -> None:
    """The flatter the strip, the more lines lie in one corridor."""
    found = 0
    for seed in range(15):
        paths = paths_of(grid_of(*small(seed, tall_km)))
        expected = by_enumeration(paths, "S0", "S1")
        pair = paths.pair_apart("S0", "S1")
        assert (pair is None) == (expected is None)
        if pair is not None:
            found += 1
            assert sum(route.length_km for route in pair) == pytest.approx(expected)
    assert 3 < found < 15


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_counts_equal_networkx(seed: int) -> None:
    spots, rows = small(seed, 40)
    paths = paths_of(grid_of(spots, rows))
    graph = nx.Graph()
    graph.add_edges_from((one, other, {"capacity": 1}) for _, one, other, _ in rows)
    for name, *_ in spots:
        flow = nx.DiGraph(graph)
        flow.add_nodes_from([name, "end"])
        sinks = set(paths.strong) - {name}
        flow.add_edges_from((sink, "end", {"capacity": 8}) for sink in sinks)
        assert paths.count(f"{name}@420") == nx.maximum_flow_value(flow, name, "end")


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_one_more_line_never_takes_a_path_away(seed: int) -> None:
    random = np.random.default_rng(seed)
    spots, rows = small(seed, 40)
    names = [name for name, *_ in spots]
    ends = (str(name) for name in random.choice(names, 2, replace=False))
    before = paths_of(grid_of(spots, rows))
    after = paths_of(grid_of(spots, [*rows, ("more", *ends, 420)]))
    for name in names:
        assert after.count(f"{name}@420") >= before.count(f"{name}@420")
    if before.pair("S0", "S1"):
        assert after.pair("S0", "S1")


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_the_order_of_rows_and_the_direction_of_lines_change_nothing(seed: int) -> None:
    random = np.random.default_rng(seed)
    spots, rows = small(seed, 8)
    turned = [
        (name, *(ends if random.random() < 0.5 else ends[::-1]), kv)
        for name, *ends, kv in (rows[place] for place in random.permutation(len(rows)))
    ]
    shuffled = [spots[place] for place in random.permutation(len(spots))]
    one, other = paths_of(grid_of(spots, rows)), paths_of(grid_of(shuffled, turned))
    for name, *_ in spots:
        assert one.count(f"{name}@420") == other.count(f"{name}@420")
        assert one.shortest(f"{name}@420", 2) == other.shortest(f"{name}@420", 2)
    assert one.pair_apart("S0", "S1") == other.pair_apart("S0", "S1")
    assert one.pair("S0", "S1") == other.pair("S0", "S1")
