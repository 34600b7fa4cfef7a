"""What a drawing promises, and how what was inferred from it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shapely import MultiLineString, Polygon

from geo import kinds
from geo.drawing import DRAWN_KINDS, DrawnLines, DrawnSubstations, Inferred, real_substations
from geo.errors import LayerError
from geo.kinds import KINDS
from geo.tolerances import TOLERANCES
from tests.geo import toy
from tests.geo.drawings import lines_of, substations_of

WAY = ("L", "132", [(0, 0), (10, 0)])


def faults_of(build) -> list[str]:
    """Build something broken and list its faults."""
    with pytest.raises(LayerError) as caught:
        build()
    return [str(fault) for fault in caught.value.faults]


def test_only_substations_and_lines_are_drawn() -> None:
    assert {kind for kind in KINDS if KINDS[kind] is not DRAWN_KINDS[kind]} == {
        "substations", "lines",
    }  # fmt: skip
    assert {kind: of.kind for kind, of in DRAWN_KINDS.items()} == {kind: kind for kind in KINDS}


def test_points_and_outlines_of_known_and_unknown_voltage() -> None:
    outline = toy.rectangle(5, 5, 1, 1)
    frame = substations_of([("A", "132", 0, 0), ("B", "", outline)])
    assert frame["voltages_kv"].tolist() == ["132", ""]
    assert not frame["junction"].any()


def test_an_outline_must_be_valid() -> None:
    bow = Polygon([toy.at(0, 0), toy.at(1, 1), toy.at(1, 0), toy.at(0, 1)])
    (fault,) = faults_of(lambda: substations_of([("A", "132", bow)]))
    assert "geometry is not valid: Self-intersection" in fault


def test_a_line_is_no_substation() -> None:
    way = lines_of([WAY]).geometry.iloc[0]
    (fault,) = faults_of(lambda: substations_of([("A", "132", way)]))
    assert "geometry is not a finite, non-empty Point or Polygon" in fault


def test_voltages_of_a_drawing_are_read_where_there_are_any() -> None:
    (fault,) = faults_of(lambda: substations_of([("A", "132 kV", 0, 0)]))
    assert "row 0 column voltages_kv: unknown voltage '132 kV'" in fault
    (fault,) = faults_of(lambda: lines_of([("L", "380;x", WAY[2])]))
    assert "row 0 column voltages_kv: unknown voltage: '380;x'" in fault


def test_two_columns_of_voltage_may_not_contradict_each_other() -> None:
    assert lines_of([("L", "380;132", WAY[2])], {"voltage_kv": {"L": 132}}) is not None
    (fault,) = faults_of(lambda: lines_of([WAY], {"voltage_kv": {"L": 66}}))
    assert "voltage_kv 66 is not among them: '132'" in fault


def test_ends_can_be_named_only_where_there_are_two() -> None:
    frame = lines_of([WAY], {"from_substation": {"L": "A"}})
    pieces = MultiLineString([[toy.at(0, 0), toy.at(1, 0)], [toy.at(5, 0), toy.at(6, 0)]])
    touching = MultiLineString([[toy.at(0, 0), toy.at(1, 0)], [toy.at(1, 0), toy.at(6, 0)]])
    source = toy.source("lines")
    assert len(DrawnLines(frame.set_geometry([touching], crs=frame.crs), source)) == 1
    (fault,) = faults_of(lambda: DrawnLines(frame.set_geometry([pieces], crs=frame.crs), source))
    assert "names a substation, but is drawn in several pieces" in fault


def layers_of(stations, lines, topology):
    """Put a drawing into a country."""
    return kinds.Layers(
        replace(toy.place(), topology=topology),
        DrawnSubstations(stations, toy.source("substations")),
        DrawnLines(lines, toy.source("lines")),
        toy.regions([("All", -20, -20, 100, 100)]),
    )


def test_a_drawing_needs_no_names_where_it_is_to_be_traced() -> None:
    stations, lines = substations_of([("A", "66", 0, 0), ("B", "", 10, 0)]), lines_of([WAY])
    assert layers_of(stations, lines, TOLERANCES).inferred is None
    found = faults_of(lambda: layers_of(stations, lines, None))
    assert any("no substation has the id ''" in fault for fault in found)


def test_a_name_that_no_substation_has_is_a_fault_in_a_drawing_too() -> None:
    stations = substations_of([("A", "132", 0, 0)])
    lines = lines_of([WAY], {"to_substation": {"L": "Z"}})
    (fault,) = faults_of(lambda: layers_of(stations, lines, TOLERANCES))
    assert "column to_substation: no substation has the id 'Z'" in fault


def test_what_was_inferred_in_one_sentence() -> None:
    """5 + 2 at a substation, 1 + 1 + 1 presumed, 3 + 1 at other lines; nothing is told of none."""
    inferred = Inferred(
        joints={
            "inside": 5, "near": 2, "far": 1, "unknown": 1, "repair": 1, "meeting": 3, "tap": 1,
            "tapped": 9, "open": 1_234,
        },
        merged={"A": "B"},
        unmet=("C",),
    )  # fmt: skip
    assert inferred.sentence() == (
        "How the lines are joined is inferred from the drawing, each joint with its confidence "
        "(line ends at a substation 7, at one presumed to be theirs 3, at other lines 4, open "
        "1,234, substations merged into a neighbour 1, met by no line 1)."
    )


def test_junctions_are_no_substations() -> None:
    frame = substations_of([("A", "132", 0, 0), ("J", "132", 5, 0)], {"junction": {"J": True}})
    assert real_substations(frame)["id"].tolist() == ["A"]
    stated = toy.country().substations.frame
    assert real_substations(stated) is stated
