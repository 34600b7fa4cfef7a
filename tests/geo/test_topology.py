"""Lines as drawn become a network: one toy drawing for each rule, in kilometres, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import MultiLineString

from geo import kinds
from geo.balance import base_flows
from geo.drawing import DrawnLines, DrawnSubstations
from geo.errors import GridError
from geo.grid import build_grid
from geo.headroom import hosting_capacity
from geo.reach import points_of_connection
from geo.redundancy import find_paths
from geo.scenario import Scenario
from geo.siting import find_sites
from geo.tolerances import TOLERANCES, Tolerances
from geo.topology import joined, trace
from tests.geo import toy
from tests.geo.drawings import drawn, lines_of, pairs, substations_of

A_AND_B = [("A", "132", 0, 0), ("B", "132", 10, 0)]


def ends(drawing, tolerances=TOLERANCES):
    """Trace a drawing and list the pairs of places that its lines join."""
    return pairs(trace(*drawing, tolerances).lines)


def joins(traced):
    """List how the ends of lines are joined."""
    return sorted([*traced.lines["from_join"], *traced.lines["to_join"]])


@pytest.mark.parametrize(
    ("away_km", "join"), [(0, "inside"), (0.02, "inside"), (0.149, "near"), (0.499, "far")]
)
def test_an_end_joins_the_station_near_it(away_km: float, join: str) -> None:
    """A───B away: within 25 m at it, within 150 m near, within 500 m far."""
    traced = trace(*drawn(A_AND_B, [("L", "132", [(0, 0), (10 - away_km, 0)])]))
    assert pairs(traced.lines) == [("A", "B")]
    assert joins(traced) == sorted(["inside", join])
    assert traced.lines["length_km"].tolist() == pytest.approx([10 - away_km])


def test_an_end_beyond_the_cap_is_open_and_kept() -> None:
    traced = trace(*drawn(A_AND_B, [("L", "132", [(0, 0), (9.499, 0)])]))
    assert pairs(traced.lines) == [("A", "J")]
    assert joins(traced) == ["inside", "open"]
    assert traced.inferred.unmet == ("B",)
    (end,) = traced.stations[traced.stations["junction"]].itertuples()
    assert end.name == "end of L"
    assert end.geometry.equals(toy.at(9.499, 0))


def test_nothing_is_joined_beyond_the_stated_accuracy() -> None:
    """400 m away, and the drawing is said to be good to 300 m."""
    drawing = drawn(A_AND_B, [("L", "132", [(0, 0), (9.6, 0)])])
    assert ends(drawing) == [("A", "B")]
    assert ends(drawing, Tolerances(snap_cap_m=300)) == [("A", "J")]


def test_an_end_joins_the_nearest_of_its_voltage() -> None:
    """N of 66 kV is nearer to the end than B of 132 kV; both within 150 m, and not one place."""
    stations = [*A_AND_B, ("N", "66", 9.9, 0.02)]
    drawing = drawn(stations, [("L", "132", [(0, 0), (9.9, 0.03)])])
    assert ends(drawing, Tolerances(merge_m=0, split_m=5)) == [("A", "B")]


def test_confidence_is_the_product_of_row_and_ends() -> None:
    """0.9 of the row, 0.95 inside at A, 0.5 far at B: 0.4275; without a row's own, 0.8 for it."""
    drawing = drawn(
        A_AND_B, [("L", "132", [(0, 0), (9.6, 0)])], way_more={"confidence": {"L": 0.9}}
    )
    assert trace(*drawing).lines["confidence"].tolist() == pytest.approx([0.4275])
    unstated = drawn(A_AND_B, [("L", "132", [(0, 0), (9.6, 0)])])
    assert trace(*unstated).lines["confidence"].tolist() == pytest.approx([0.8 * 0.95 * 0.5])


@pytest.mark.parametrize(("beside_km", "split"), [(0.02, True), (0.03, False)])
def test_a_line_is_split_at_a_station_that_it_passes(beside_km: float, split: bool) -> None:  # noqa: FBT001
    """A────M────B, M 20 or 30 m beside the line and fed by another from C.

    ::

        A ────────────── B
                 M
                 │
                 C
    """
    stations = [*A_AND_B, ("M", "132", 4, -beside_km), ("C", "132", 4, -5)]
    ways = [("AB", "132", [(0, 0), (10, 0)]), ("CM", "132", [(4, -5), (4, -beside_km - 0.05)])]
    traced = trace(*drawn(stations, ways))
    through = [("A", "M"), ("B", "M")] if split else [("A", "B")]
    assert pairs(traced.lines) == sorted([*through, ("C", "M")])
    if split:
        by_id = traced.lines.set_index("id")["length_km"]
        assert (by_id["AB:1"], by_id["AB:2"]) == pytest.approx((4, 6))
        assert "split" in joins(traced)


def test_a_station_that_no_line_reaches_takes_the_line_beside_it() -> None:
    """M lies 100 m beside A-B: nothing else can be meant, but it is not sure."""
    stations = [*A_AND_B, ("M", "132", 4, -0.1)]
    traced = trace(*drawn(stations, [("AB", "132", [(0, 0), (10, 0)])]))
    assert pairs(traced.lines) == [("A", "M"), ("B", "M")]
    assert joins(traced) == ["beside", "beside", "inside", "inside"]


def test_a_station_that_no_line_reaches_takes_only_the_nearest() -> None:
    """M lies 100 m from A-B and 120 m from C-D."""
    stations = [*A_AND_B, ("M", "132", 4, 0.1), ("C", "132", 0, 0.22), ("D", "132", 10, 0.22)]
    ways = [("AB", "132", [(0, 0), (10, 0)]), ("CD", "132", [(0, 0.22), (10, 0.22)])]
    found = ends(drawn(stations, ways), Tolerances(merge_m=50))
    assert found == [("A", "M"), ("B", "M"), ("C", "D")]


@pytest.mark.parametrize("voltages_kv", ["66", ""])
def test_a_line_is_not_split_at_a_station_of_another_or_of_no_voltage(voltages_kv: str) -> None:
    stations = [*A_AND_B, ("M", voltages_kv, 4, 0)]
    traced = trace(*drawn(stations, [("AB", "132", [(0, 0), (10, 0)])]))
    assert pairs(traced.lines) == [("A", "B")]
    assert traced.inferred.unmet == ("M",)


def test_lines_that_cross_are_not_joined() -> None:
    """Not even where both have a vertex at the crossing."""
    stations = [*A_AND_B, ("C", "132", 5, 5), ("D", "132", 5, -5)]
    ways = [("AB", "132", [(0, 0), (5, 0), (10, 0)]), ("CD", "132", [(5, 5), (5, 0), (5, -5)])]
    assert ends(drawn(stations, ways)) == [("A", "B"), ("C", "D")]


@pytest.mark.parametrize(("away_km", "taps"), [(0, True), (0.049, True), (0.051, False)])
def test_an_end_near_a_line_of_its_voltage_taps_it(away_km: float, taps: bool) -> None:  # noqa: FBT001
    """J is where C's line ends, up to 50 m from A-B.

    ::

        A ──────J─────── B
                │
                C
    """
    stations = [*A_AND_B, ("C", "132", 4, -5)]
    ways = [("AB", "132", [(0, 0), (10, 0)]), ("CJ", "132", [(4, -5), (4, -away_km)])]
    traced = trace(*drawn(stations, ways))
    if not taps:
        assert pairs(traced.lines) == [("A", "B"), ("C", "J")]
        return
    assert pairs(traced.lines) == [("A", "J"), ("B", "J"), ("C", "J")]
    assert traced.stations["junction"].sum() == 1
    by_id = traced.lines.set_index("id")
    lengths = by_id.loc[["AB:1", "AB:2", "CJ"], "length_km"]
    assert lengths.tolist() == pytest.approx([4, 6, 5 - away_km])
    # The line that goes on is as sure as before, the one that ends there is not.
    assert by_id.loc["AB:1", "confidence"] == pytest.approx(0.8 * 0.95)
    join = "tap" if away_km else "meeting"
    assert sorted(by_id.loc["CJ", ["from_join", "to_join"]]) == sorted(["inside", join])


def test_an_end_does_not_tap_a_line_of_another_voltage() -> None:
    stations = [*A_AND_B, ("C", "66", 4, -5)]
    ways = [("AB", "132", [(0, 0), (10, 0)]), ("CJ", "66", [(4, -5), (4, 0)])]
    assert ends(drawn(stations, ways)) == [("A", "B"), ("C", "J")]


def test_a_short_tap_beside_a_station_still_taps() -> None:
    """A stub of 100 m from S to the line A-B, which passes 105 m beside: not a loop at S.

    The same where the stub goes on beyond S, to C.
    """
    stations = [*A_AND_B, ("S", "132", 4, -0.105)]
    ways = [("AB", "132", [(0, 0), (10, 0)]), ("SJ", "132", [(4, -0.105), (4, -0.005)])]
    assert ends(drawn(stations, ways)) == [("A", "J"), ("B", "J"), ("J", "S")]
    stations.append(("C", "132", 4, -5))
    ways.append(("CS", "132", [(4, -5), (4, -0.105)]))
    assert ends(drawn(stations, ways)) == [("A", "J"), ("B", "J"), ("C", "S"), ("J", "S")]


def test_a_stub_beside_its_station_that_taps_nothing_is_a_loop() -> None:
    """It begins in A and ends 100 m away, which is at A as well as the drawing can tell."""
    ways = [("AB", "132", [(0, 0), (10, 0)]), ("stub", "132", [(0, 0), (0, 0.1)])]
    traced = trace(*drawn(A_AND_B, ways))
    assert pairs(traced.lines) == [("A", "B")]
    assert (traced.inferred.loops, traced.inferred.loops_km) == (1, pytest.approx(0.1))


def test_two_taps_at_one_tower_are_taps_and_no_crossing() -> None:
    """C and D come from either side to one point of A-B, or to points 0.9 m short of it.

    ::

             C
        A ───J─── B
             D
    """
    stations = [*A_AND_B, ("C", "132", 4, 5), ("D", "132", 4, -5)]
    for short_km in (0, 0.0009):
        ways = [
            ("AB", "132", [(0, 0), (10, 0)]),
            ("C", "132", [(4, 5), (4, short_km)]),
            ("D", "132", [(4, -5), (4, -short_km)]),
        ]
        traced = trace(*drawn(stations, ways))
        assert pairs(traced.lines) == [("A", "J"), ("B", "J"), ("C", "J"), ("D", "J")]
        assert traced.stations["junction"].sum() == 1


def test_a_stub_that_meets_a_line_does_not_tap_it_again() -> None:
    """A stub of 30 m off A-B: its far end is within 50 m of the line, and is an open end."""
    ways = [("AB", "132", [(0, 0), (10, 0)]), ("stub", "132", [(4, 0), (4, 0.03)])]
    traced = trace(*drawn(A_AND_B, ways))
    assert pairs(traced.lines) == [("A", "J"), ("B", "J"), ("J", "J")]
    assert "open" in joins(traced)


def test_a_line_does_not_return_to_the_station_that_it_leaves() -> None:
    """It ends 400 m from A, where it begins: within 500 m, but it leads away."""
    ways = [("L", "132", [(0, 0), (0, 0.4)]), ("AB", "132", [(0, 0), (10, 0)])]
    traced = trace(*drawn(A_AND_B, ways))
    assert pairs(traced.lines) == [("A", "B"), ("A", "J")]
    assert traced.inferred.loops == 0


def test_ends_that_meet_without_a_station_join_there() -> None:
    """Three lines to one point 5 km from anywhere, and a fourth of another voltage apart."""
    stations = [*A_AND_B, ("C", "132", 5, 5), ("D", "66", 5, -5)]
    ways = [
        ("A", "132", [(0, 0), (5, 0)]),
        ("B", "132", [(10, 0), (5, 0)]),
        ("C", "132", [(5, 5), (5, 0)]),
        ("D", "66", [(5, -5), (5, 0)]),
    ]
    traced = trace(*drawn(stations, ways))
    assert pairs(traced.lines) == [("A", "J"), ("B", "J"), ("C", "J"), ("D", "J")]
    junctions = traced.stations[traced.stations["junction"]]
    assert sorted(junctions["voltages_kv"]) == ["132", "66"]
    assert sorted(junctions["name"]) == ["end of D", "junction on A"]


def test_ends_that_nearly_meet_join_too() -> None:
    drawing = drawn(A_AND_B, [("1", "132", [(0, 0), (5, 0)]), ("2", "132", [(5.04, 0), (10, 0)])])
    near, apart = trace(*drawing), trace(*drawing, Tolerances(tap_m=30))
    assert near.stations["junction"].sum() == 1
    assert joins(near) == ["inside", "inside", "tap", "tap"]
    assert apart.stations["junction"].sum() == 2
    assert joins(apart) == ["inside", "inside", "open", "open"]


def test_lines_that_meet_beside_a_station_end_there() -> None:
    """Three lines are drawn to a gantry 100 m from S."""
    stations = [*A_AND_B, ("C", "132", 5, 5), ("S", "132", 5, -0.1)]
    ways = [
        ("A", "132", [(0, 0), (5, 0)]),
        ("B", "132", [(10, 0), (5, 0)]),
        ("C", "132", [(5, 5), (5, 0)]),
    ]
    assert ends(drawn(stations, ways)) == [("A", "S"), ("B", "S"), ("C", "S")]


def test_a_line_drawn_in_pieces_is_one_line() -> None:
    """Three pieces, one backwards; the bend lies 100 m beside S, which a line of its own feeds."""
    stations = [*A_AND_B, ("S", "132", 5, -0.1), ("C", "132", 5, -5)]
    ways = [
        ("1", "132", [(0, 0), (2, 0)]),
        ("2", "132", [(5, 0), (2, 0)]),
        ("3", "132", [(5, 0), (10, 0)]),
        ("CS", "132", [(5, -5), (5, -0.11)]),
    ]
    traced = trace(*drawn(stations, ways))
    assert pairs(traced.lines) == [("A", "B"), ("C", "S")]
    whole = traced.lines.set_index("id").loc["1"]
    assert whole["drawn_as"] == "1;2;3"
    assert whole["length_km"] == pytest.approx(10)
    assert traced.inferred.continued == 2


def test_pieces_that_are_built_differently_keep_their_joint() -> None:
    ways = [("1", "132", [(0, 0), (5, 0)]), ("2", "132", [(5, 0), (10, 0)])]
    traced = trace(*drawn(A_AND_B, ways, way_more={"circuits": {"1": 2, "2": 1}}))
    assert pairs(traced.lines) == [("A", "J"), ("B", "J")]
    assert traced.lines.set_index("id")["circuits"].to_dict() == {"1": 2, "2": 1}


def test_a_piece_of_unknown_circuits_takes_those_of_the_line_that_it_continues() -> None:
    ways = [("1", "132", [(0, 0), (5, 0)]), ("2", "132", [(5, 0), (10, 0)])]
    traced = trace(*drawn(A_AND_B, ways, way_more={"circuits": {"1": 2}}))
    assert traced.lines["circuits"].tolist() == [2]


def test_parallel_ways_are_several_circuits_and_do_not_continue_each_other() -> None:
    """Two or three ways share both their ends, 100 m short of A and B, which C feeds besides."""
    stations = [*A_AND_B, ("C", "132", 5, 9)]
    ways = [
        ("AC", "132", [(0, 0), (5, 9)]),
        ("BC", "132", [(10, 0), (5, 9)]),
        ("1", "132", [(0.1, 0), (5, 0.5), (9.9, 0)]),
        ("2", "132", [(0.1, 0), (5, -0.5), (9.9, 0)]),
        ("3", "132", [(0.1, 0), (5, -0.5), (9.9, 0)]),
    ]
    assert ends(drawn(stations, ways[:4])) == [("A", "B")] * 2 + [("A", "C"), ("B", "C")]
    assert ends(drawn(stations, ways)) == [("A", "B")] * 3 + [("A", "C"), ("B", "C")]


def test_loops_and_points_vanish_and_are_counted() -> None:
    """A busbar at A in whose middle a line ends, a ring from B to B, and a line without length."""
    ways = [
        ("AB", "132", [(0, 0), (10, 0)]),
        ("bus", "132", [(0, 0.01), (0, -0.01)]),
        ("ring", "132", [(10, 0), (12, 1), (12, -1), (10, 0)]),
        ("dot", "132", [(3, 3), (3, 3)]),
    ]
    traced = trace(*drawn(A_AND_B, ways))
    assert pairs(traced.lines) == [("A", "B")]
    assert (traced.inferred.loops, traced.inferred.points) == (3, 1)
    assert traced.inferred.loops_km == pytest.approx(0.02 + 2 * np.sqrt(5) + 2)


def test_a_ring_over_two_stations_is_two_lines() -> None:
    """Drawn from a corner; A to B is 18 km over the north, 3 + 13 km over the least corner.

    ::

        4  ┌────────────┐
        0  A            B
       -3  └────────────┘
           0            10
    """
    ring = [(10, 4), (0, 4), (0, -3), (10, -3), (10, 4)]
    lines = trace(*drawn(A_AND_B, [("ring", "132", ring)])).lines
    assert pairs(lines) == [("A", "B"), ("A", "J"), ("B", "J")]
    assert sorted(lines["length_km"]) == pytest.approx([3, 13, 18])


def test_a_ring_begins_somewhere_by_chance() -> None:
    """Its least corner lies 100 m beside S, which C feeds: that is no end of a line."""
    stations = [*A_AND_B, ("S", "132", -0.1, -3), ("C", "132", -5, -3)]
    ring = [(10, 4), (0, 4), (0, -3), (10, -3), (10, 4)]
    ways = [("ring", "132", ring), ("CS", "132", [(-5, -3), (-0.1, -3)])]
    found = ends(drawn(stations, ways))
    assert found == [("A", "B"), ("A", "J"), ("B", "J"), ("C", "S")]


# -- stations --------------------------------------------------------------------------------


def test_stations_within_500_m_are_one() -> None:
    """Yards of 420 and 132 kV, 400 m apart, and a third 400 m on: one place, by its highest."""
    stations = [
        ("A", "132", 0, 0),
        ("high", "420", 10, 0),
        ("low", "132", 10.4, 0),
        ("third", "66", 10.8, 0),
        ("other", "132", 11.4, 0),
    ]
    traced = trace(*drawn(stations, [("L", "132", [(0, 0), (10.4, 0)])]))
    assert pairs(traced.lines) == [("A", "high")]
    assert traced.inferred.merged == {"low": "high", "third": "high"}
    place = traced.stations.set_index("id").loc["high"]
    assert place["voltages_kv"] == "420;132;66"
    assert place["members"] == "high;low;third"
    assert place.geometry.equals(toy.at(10, 0))


def test_stations_of_two_countries_are_two() -> None:
    drawing = drawn(
        [("A", "132", 0, 0), ("B", "132", 0.3, 0), ("C", "132", 9, 0)],
        [("L", "132", [(0, 0), (9, 0)])],
        {"country": {"B": "SWE"}},
    )
    assert trace(*drawing).inferred.merged == {}


def test_a_yard_takes_only_lines_of_voltages_that_it_lists_itself() -> None:
    """T of 66 kV is one place with A of 132 kV, but a 132 kV line that passes T passes A by."""
    stations = [*A_AND_B, ("T", "66", 5, 0), ("S", "132", 5, -0.4), ("C", "132", 5, -5)]
    ways = [("AB", "132", [(0, 0), (10, 0)]), ("CS", "132", [(5, -5), (5, -0.4)])]
    traced = trace(*drawn(stations, ways))
    assert traced.inferred.merged == {"T": "S"}
    assert pairs(traced.lines) == [("A", "B"), ("C", "S")]


def test_an_outline_is_met_inside_and_beside() -> None:
    """B is 2 km by 1 km: one line ends within, one 100 m outside, one crosses it."""
    outline = toy.rectangle(10, -0.5, 2, 1)
    stations = [
        ("A", "132", 0, 0),
        ("B", "132", outline),
        ("C", "132", 11, 9),
        ("D", "132", 11, -9),
    ]
    ways = [
        ("in", "132", [(0, 0), (10.5, 0)]),
        ("out", "132", [(0, 0.01), (9.9, 0.3)]),
        ("over", "132", [(11, 9), (11, -9)]),
    ]
    traced = trace(*drawn(stations, ways))
    assert pairs(traced.lines) == [("A", "B"), ("A", "B"), ("B", "C"), ("B", "D")]
    place = traced.stations.set_index("id").loc["B"].geometry
    assert outline.contains(place)
    assert place.geom_type == "Point"
    by_id = traced.lines.set_index("id")
    # The line over B is cut in the middle of its way through it.
    assert by_id.loc[["over:1", "over:2"], "length_km"].tolist() == pytest.approx([9, 9])
    assert {by_id.loc["in", "from_join"], by_id.loc["in", "to_join"]} == {"inside"}
    assert "near" in {by_id.loc["out", "from_join"], by_id.loc["out", "to_join"]}


def test_a_station_of_unknown_voltage_takes_that_of_the_lines_that_end_there() -> None:
    stations = [("A", "420;132", 0, 0), ("B", "", 10, 0)]
    ways = [("1", "132", [(0, 0), (10, 0)]), ("2", "420", [(0, 0), (10, 0.1)])]
    layers = place_of(drawn(stations, ways))
    traced = joined(layers)
    assert pairs(traced.lines.frame) == [("A", "B"), ("A", "B")]
    assert set(traced.lines.frame["to_join"]) | set(traced.lines.frame["from_join"]) == {
        "inside", "unknown",
    }  # fmt: skip
    buses = build_grid(layers).buses
    assert buses.loc["B@132", "inferred"]
    assert buses.loc["B@420", "inferred"]
    assert not buses.loc["A@132", "inferred"]


def test_a_line_that_ends_in_a_station_of_another_voltage_joins_it_less_surely() -> None:
    stations = [("A", "132", 0, 0), ("B", "420", toy.rectangle(10, -1, 2, 2))]
    traced = trace(*drawn(stations, [("L", "132", [(0, 0), (11, 0)])]))
    assert pairs(traced.lines) == [("A", "B")]
    assert joins(traced) == ["inside", "unlisted"]


def test_a_joint_that_the_data_list_is_no_substation() -> None:
    """J is a row of the drawing where three lines end, marked as a junction by its publisher."""
    stations = [*A_AND_B, ("C", "132", 5, 5), ("J", "132", 5, 0)]
    ways = [
        ("A", "132", [(0, 0), (5, 0)]),
        ("B", "132", [(10, 0), (5, 0)]),
        ("C", "132", [(5, 5), (5, 0)]),
    ]
    grid = build_grid(place_of(drawn(stations, ways, {"junction": {"J": "true"}})))
    assert grid.buses["junction"].to_dict() == {
        "A@132": False, "B@132": False, "C@132": False, "J@132": True,
    }  # fmt: skip
    assert grid.home.sum() == 3


def test_a_substation_without_a_name_goes_by_its_id() -> None:
    """A has none; P and Q are one, by the id of the higher and the only name that is given."""
    stations = [("A", "132", 0, 0), ("P", "132", 10, 0), ("Q", "66", 10.1, 0)]
    drawing = drawn(stations, [("L", "132", [(0, 0), (10, 0)])], {"name": {"Q": "Quay"}})
    names = trace(*drawing).stations.set_index("id")["name"]
    assert names.to_dict() == {"A": "A", "P": "Quay"}


def test_lines_alone_are_a_network_of_junctions() -> None:
    nothing = DrawnSubstations(
        substations_of([("A", "132", 0, 0)]).iloc[:0], toy.source("substations"), may_be_empty=True
    )
    ways = [
        ("1", "132", [(0, 0), (5, 0)]),
        ("2", "132", [(5, 0), (9, 0)]),
        ("3", "132", [(5, 5), (5, 0)]),
    ]
    traced = trace(nothing.frame, lines_of(ways))
    assert pairs(traced.lines) == [("J", "J")] * 3
    assert len(traced.stations) == 4


# -- voltages --------------------------------------------------------------------------------


def test_a_way_of_two_voltages_is_two_lines_and_its_circuits_are_divided() -> None:
    stations = [("A", "380;220", 0, 0), ("B", "380", 10, 0), ("C", "220", 10, 0.6)]
    ways = [
        ("L", "380;220", [(0, 0), (9, 0)]),
        ("up", "380", [(9, 0), (10, 0)]),
        ("down", "220", [(9, 0), (10, 0.6)]),
    ]
    more = {"circuits": {"L": 3, "up": 1, "down": 2}}
    lines = trace(*drawn(stations, ways, way_more=more)).lines
    found = {
        (*sorted(row[:2]), *row[2:])
        for row in lines[["from_substation", "to_substation", "voltage_kv", "circuits"]].itertuples(
            index=False
        )
    }
    assert found == {("A", "B", 380.0, 1.0), ("A", "C", 220.0, 2.0)}


def test_names_of_one_level_meet() -> None:
    """400 kV at B and in the second line are the 380 kV that most of the drawing says."""
    stations = [("A", "380", 0, 0), ("B", "400", 10, 0), ("C", "400", 12, 0)]
    ways = [("1", "380", [(0, 0), (10, 0)]), ("2", "400", [(10, 0.1), (12, 0)])]
    traced = trace(*drawn(stations, ways))
    assert pairs(traced.lines) == [("A", "B"), ("B", "C")]
    assert set(traced.lines["voltage_kv"]) == {380}
    assert set(traced.stations["voltages_kv"]) == {"380"}
    assert traced.inferred.renamed == 1
    apart = trace(*drawn(stations, ways), Tolerances(same_level_share=0))
    assert set(apart.lines["voltage_kv"]) == {380, 400}


def test_a_way_of_unknown_voltage_takes_that_of_what_it_touches() -> None:
    """The last two spans before B tell no voltage; a way that touches nothing is left out."""
    ways = [
        ("1", "132", [(0, 0), (9, 0)]),
        ("2", "", [(9, 0), (9.5, 0)]),
        ("3", "", [(10, 0), (9.5, 0)]),
        ("lost", "", [(3, 3), (4, 3)]),
    ]
    traced = trace(*drawn(A_AND_B, ways))
    assert pairs(traced.lines) == [("A", "B")]
    assert traced.inferred.unknown_voltage == ("lost",)
    assert traced.lines["confidence"].tolist() == pytest.approx([0.8 * 0.7 * 0.95 * 0.95])


def test_a_way_between_two_voltages_stays_unknown() -> None:
    stations = [("A", "132", 0, 0), ("B", "66", 10, 0)]
    ways = [
        ("1", "132", [(0, 0), (4, 0)]),
        ("between", "", [(4, 0), (6, 0)]),
        ("2", "66", [(6, 0), (10, 0)]),
    ]
    assert trace(*drawn(stations, ways)).inferred.unknown_voltage == ("between",)


def test_direct_current_tells_no_voltage() -> None:
    ways = [("dc", "500", [(0, 0), (5, 0)]), ("ac", "", [(5, 0), (10, 0)])]
    traced = trace(*drawn(A_AND_B, ways, way_more={"dc": {"dc": "true"}}))
    assert traced.inferred.unknown_voltage == ("ac",)


def test_direct_current_joins_nothing_but_the_station_it_ends_in() -> None:
    """A cable of 500 kV that begins in A, passes B and ends in the open taps nothing."""
    stations = [("A", "500", 0, 0), ("B", "500", 5, 0), ("C", "500", 10, 0)]
    ways = [("ac", "500", [(0, 0), (5, 0)]), ("dc", "500", [(0, 0), (5, 0.01), (9.98, 0)])]
    traced = trace(*drawn(stations, ways, way_more={"dc": {"dc": "true"}}))
    assert pairs(traced.lines) == [("A", "B"), ("A", "C")]
    assert pairs(traced.lines[~traced.lines["dc"]]) == [("A", "B")]


# -- repair, names ---------------------------------------------------------------------------


def test_repair_joins_what_is_left_and_says_so() -> None:
    """The line ends 4 km short of B; M lies 3 km beside it and no line reaches it."""
    stations = [*A_AND_B, ("M", "132", 3, 3)]
    drawing = drawn(stations, [("L", "132", [(0, 0), (6, 0)])])
    assert ends(drawing) == [("A", "J")]
    repair = Tolerances(snap_cap_m=5000, repair_m=5000)
    traced = trace(*drawing, repair)
    assert pairs(traced.lines) == [("A", "M"), ("B", "M")]
    assert joins(traced) == ["inside", "repair", "repair", "repair"]
    assert ends(drawing, Tolerances(repair_m=5000)) == [("A", "J")]  # not beyond the cap


def test_repair_changes_nothing_that_is_joined() -> None:
    drawing = drawn(A_AND_B, [("L", "132", [(0, 0.1), (9.7, 0)])])
    before = trace(*drawing).lines
    after = trace(*drawing, Tolerances(snap_cap_m=5000, repair_m=5000)).lines
    pd.testing.assert_frame_equal(before, after)


def test_an_end_that_names_its_station_is_believed() -> None:
    """One end lies at C and names B, 3 km away; the other is found."""
    stations = [*A_AND_B, ("C", "132", 7, 0)]
    drawing = drawn(
        stations, [("L", "132", [(7, 0), (0, 0)])], way_more={"from_substation": {"L": "B"}}
    )
    traced = trace(*drawing)
    assert pairs(traced.lines) == [("A", "B")]
    assert joins(traced) == ["inside", "named"]


def test_several_pieces_of_one_row_and_their_length() -> None:
    """A row of two pieces, 4 and 6 km drawn, 12 km stated: 4.8 and 7.2 km."""
    lines = lines_of([("L", "132", [(0, 0), (1, 1)])], {"length_km": {"L": 12}})
    shape = MultiLineString([[toy.at(10, 0), toy.at(4, 0)], [toy.at(0, 0), toy.at(4, 0.6)]])
    stations = substations_of([*A_AND_B, ("M", "132", 4, 0), ("N", "132", 4, 0.6)])
    traced = trace(stations, lines.set_geometry([shape], crs=lines.crs))
    assert pairs(traced.lines) == [("A", "N"), ("B", "M")]
    assert traced.lines["length_km"].sum() == pytest.approx(12)
    by_id = traced.lines.set_index("id")["length_km"]
    assert by_id["L.2"] / by_id["L.1"] == pytest.approx(6 / np.hypot(4, 0.6))


def test_nothing_to_trace_is_no_grid() -> None:
    with pytest.raises(GridError, match="nothing to join"):
        trace(*drawn(A_AND_B, [("L", "", [(0, 0), (10, 0)])]))
    with pytest.raises(GridError, match="none leads from one place to another"):
        joined(place_of(drawn(A_AND_B, [("L", "132", [(0, 0), (0.01, 0)])])))


# -- places ----------------------------------------------------------------------------------


def place_of(drawing):
    """Make a country of a drawing; add layers with `dataclasses.replace`."""
    return kinds.Layers(
        replace(toy.place(), topology=TOLERANCES),
        DrawnSubstations(drawing.substations, toy.source("substations")),
        DrawnLines(drawing.lines, toy.source("lines")),
        toy.regions([("All", -20, -20, 100, 100)]),
    )


def drawn_country():
    """Toyland as a drawing: the same lines, with no word of where they end."""
    country = toy.country()
    lines = country.lines.frame.drop(columns=["from_substation", "to_substation"])
    return replace(
        country,
        place=replace(country.place, topology=TOLERANCES),
        substations=DrawnSubstations(country.substations.frame, toy.source("substations")),
        lines=DrawnLines(lines, toy.source("lines")),
    )


def test_toyland_as_a_drawing_is_toyland() -> None:
    stated, traced = build_grid(toy.country()), build_grid(drawn_country())
    pd.testing.assert_frame_equal(stated.buses, traced.buses)
    same = ["kind", "group", "voltage_kv", "length_km", "x_pu", "limit_mw"]
    pd.testing.assert_frame_equal(stated.branches[same], traced.branches[same])
    assert traced.inferred is not None
    assert stated.inferred is None
    assert (traced.branches["confidence"] <= stated.branches["confidence"]).all()


def test_a_site_run_on_a_drawing_says_so() -> None:
    asked = Scenario(load_mw=50, cell_km=5)
    stated, traced = find_sites(toy.country(), asked), find_sites(drawn_country(), asked)
    assert traced.sites["site_id"].tolist() == stated.sites["site_id"].tolist()
    assert traced.sites["firm_mw"].to_numpy() == pytest.approx(stated.sites["firm_mw"].to_numpy())
    (note,) = set(traced.notes) - set(stated.notes)
    assert "inferred from the drawing" in note
    assert "line ends at a substation 8, splits at substations passed 2)" in note


def test_joined_layers_are_left_as_they_are() -> None:
    layers = joined(drawn_country())
    assert joined(layers) is layers
    assert joined(toy.country()).inferred is None


def test_ties_and_loads_follow_a_merged_station() -> None:
    stations = [("A", "132", 0, 0), ("A2", "66", 0.3, 0), ("B", "132", 10, 0)]
    layers = replace(
        place_of(drawn(stations, [("L", "132", [(0, 0), (10, 0)])])),
        ties=toy.ties([("Abroad", "A2", 50)]),
        loads=toy.loads([("Smelter", "A2", 20)]),
    )
    after = joined(layers)
    assert after.ties.frame["substation"].tolist() == ["A"]
    assert after.loads.frame["substation"].tolist() == ["A"]
    flows = base_flows(build_grid(layers), after, 30)
    assert flows.demand_mw.sum() == pytest.approx(30)


TEED = drawn(
    [("A", "132", 0, 0), ("B", "132", 40, 0), ("C", "132", 20, -20)],
    [
        ("AB", "132", [(0, 0), (40, 0)]),
        ("C", "132", [(20, -20), (20, 0)]),
        ("away", "132", [(40, 0), (60, 0)]),
    ],
)
"""A and B with C teed off in the middle, and a line from B that leads nowhere."""


def test_no_campus_demand_or_plant_comes_to_a_junction() -> None:
    """The town and the plant lie at the junction, the nearest stations 20 km away."""
    layers = joined(
        replace(
            place_of(TEED),
            settlements=toy.settlements([("Town", 9_000, 20, 0.1)]),
            plants=toy.plants([("P", "hydro", 90, 20, 0.1), ("Q", "hydro", 90, 60, 0.1)]),
        )
    )
    grid = build_grid(layers)
    junction = grid.buses["junction"].to_numpy()
    assert junction.sum() == 2
    flows = base_flows(grid, layers, 60)
    assert flows.demand_mw[junction].sum() == flows.supply_max_mw[junction].sum() == 0
    assert flows.supply_max_mw.sum() == pytest.approx(180)
    points = points_of_connection(grid, layers.place, Scenario(load_mw=10))
    assert set(points["substation_id"]) == {"A", "B", "C"}
    headroom = hosting_capacity(grid, flows)
    assert set(headroom["substation_id"]) == {"A", "B", "C"}


def test_a_junction_is_no_strong_source() -> None:
    """Three circuits of 220 kV meet there, as at a strong station."""
    drawing = drawn(
        [("A", "220", 0, 0), ("B", "220", 40, 0), ("C", "220", 20, -20)],
        [("AB", "220", [(0, 0), (40, 0)]), ("C", "220", [(20, -20), (20, 0)])],
    )
    layers = joined(place_of(drawing))
    assert find_paths(build_grid(layers), layers, 100).strong == {}


def test_islands_are_listed() -> None:
    stations = [*A_AND_B, ("C", "132", 0, 9), ("D", "132", 10, 9)]
    ways = [("AB", "132", [(0, 0), (10, 0)]), ("CD", "132", [(0, 9), (10, 9)])]
    grid = build_grid(place_of(drawn(stations, ways)))
    assert grid.islands == (frozenset({"A@132", "B@132"}), frozenset({"C@132", "D@132"}))


def test_a_line_may_lead_far_out_of_the_country() -> None:
    """500 km: a station so far would be an error of coordinates."""
    layers = place_of(drawn(A_AND_B, [("L", "132", [(0, 0), (10, 0), (600, 0)])]))
    assert joined(layers).substations.frame["junction"].sum() == 1


def test_the_drawing_is_not_changed() -> None:
    drawing = drawn(A_AND_B, [("L", "132;66", [(10, 0), (0, 0)])])
    before = [frame.copy(deep=True) for frame in drawing]
    trace(*drawing)
    for frame, copy in zip(drawing, before, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


def test_pieces_lie_on_the_line_that_they_are_of() -> None:
    stations = [*A_AND_B, ("M", "132", 4, 0)]
    traced = trace(*drawn(stations, [("AB", "132", [(0, 0), (3, 1), (4, 0), (10, 0)])]))
    whole = lines_of([("AB", "132", [(0, 0), (3, 1), (4, 0), (10, 0)])]).geometry.iloc[0]
    parts = traced.lines.geometry
    assert parts.length.sum() == pytest.approx(whole.length)
    assert all(whole.buffer(0.01).contains(part) for part in parts)
    assert shapely.equals_exact(
        parts.iloc[0].boundary.geoms[1], parts.iloc[1].boundary.geoms[0], tolerance=0.01
    )
