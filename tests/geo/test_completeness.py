"""How complete a toy country is, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo import kinds
from geo.completeness import completeness
from geo.drawing import DrawnLines, DrawnSubstations
from geo.errors import GridError
from geo.place_headroom import headroom_of
from geo.scenario import Scenario
from geo.tolerances import TOLERANCES
from geo.topology import joined
from maps.completeness import completeness_text
from tests.geo import toy
from tests.geo.drawings import drawn


def with_published(layers, published_km):
    """Return the layers with lengths that an operator publishes."""
    return replace(layers, place=replace(layers.place, published_km=published_km))


def country() -> kinds.Layers:
    """Two lines of 10 and 20 km that do not meet, one of two circuits, one of unknown count."""
    stations = toy.substations(
        [("A", "300", 0, 0), ("B", "300", 10, 0), ("C", "132", 0, 50), ("D", "132", 20, 50)]
    )
    lines = toy.lines(stations, [("AB", "A", "B", 300), ("CD", "C", "D", 132)])
    frame = lines.frame.assign(circuits=[2, None], imputed=["circuits: cables / 3", ""])
    return toy.bare(stations, kinds.Lines(frame, lines.source))


def by(found):
    return {(row.layer, row.what): (row.known, row.rows) for row in found.known}


def test_what_is_known_is_counted() -> None:
    found = completeness(country())
    known = by(found)
    assert known["lines", "circuits"] == (1, 2)
    assert known["lines", "rating_mva"] == (0, 2)
    assert known["lines", "voltage_kv"] == (2, 2)
    assert known["substations", "voltages_kv"] == (4, 4)
    assert known["substations", "met by a line"] == (4, 4)


def test_rules_are_counted() -> None:
    assert completeness(country()).rules == {("lines", "circuits: cables / 3"): 1}


def test_kilometres_beside_those_published() -> None:
    found = completeness(with_published(country(), {300: 40, 66: 7}))
    km = found.km_by_voltage
    assert list(km.index) == [300, 132, 66]
    assert km["line_km"].tolist() == pytest.approx([10, 20, 0])
    assert km["circuit_km"].tolist() == pytest.approx([20, 20, 0])
    text = completeness_text(found)
    assert "25% of 40 published" in text
    assert "0% of 7 published" in text


def test_parts_of_the_network() -> None:
    found = completeness(country())
    assert found.parts == 2
    assert found.largest_part == pytest.approx(20 / 30)
    assert "in 2 parts; the largest has 67% of its length." in completeness_text(found)


def test_a_station_that_lines_of_its_highest_voltage_pass_by_is_named() -> None:
    """A 300 kV line goes from A to B; C has 300 kV too, and is met at 132 kV only."""
    stations = toy.substations([("A", "300", 0, 0), ("B", "300;132", 9, 0), ("C", "300;132", 5, 1)])
    lines = toy.lines(stations, [("AB", "A", "B", 300), ("BC", "B", "C", 132)])
    found = completeness(replace(toy.country(), **toy_grid(stations, lines)))
    assert [name.rpartition(" (")[2] for name in found.bypassed] == ["300 kV)"]
    assert "highest voltage meets these substations: " in completeness_text(found)
    assert found.bypassed[0] in completeness_text(found)


def toy_grid(stations, lines):
    return {"substations": stations, "lines": lines, "ties": None, "loads": None, "outages": None}


def test_of_a_drawing_the_joints_decide() -> None:
    """B lies 10 km from any line; the line ends at A, and in the open 5 km on."""
    drawing = drawn([("A", "132", 0, 0), ("B", "", 5, 10)], [("L", "132", [(0, 0), (5, 0)])])
    layers = country()
    layers = replace(
        layers,
        place=replace(layers.place, topology=TOLERANCES, unconnected=()),
        substations=DrawnSubstations(drawing.substations, layers.substations.source),
        lines=DrawnLines(drawing.lines, layers.lines.source),
    )
    found = completeness(layers)
    known = by(found)
    assert "(line ends at a substation 1, open 1, met by no line 1)" in found.notes[-1]
    assert known["substations", "met by a line"] == (1, 2)
    assert known["substations", "voltages_kv"] == (1, 2)


def test_a_drawing_that_meets_no_station_is_refused_in_words() -> None:
    drawing = drawn([("B", "132", 5, 10)], [("L", "132", [(0, 0), (5, 0)])])
    layers = toy.country()
    layers = replace(
        layers,
        place=replace(layers.place, topology=TOLERANCES),
        substations=DrawnSubstations(drawing.substations, layers.substations.source),
        lines=DrawnLines(drawing.lines, layers.lines.source),
        ties=None,
        loads=None,
        outages=None,
    )
    with pytest.raises(GridError, match="no line meets"):
        headroom_of(joined(layers), Scenario())


def test_text_without_rules_or_notes() -> None:
    layers = country()
    bare = replace(layers.lines, frame=layers.lines.frame.drop(columns="imputed"))
    text = completeness_text(completeness(replace(layers, lines=bare)))
    assert "Set by a rule" not in text
    assert "lines         circuits                         1 of       2    50%" in text
