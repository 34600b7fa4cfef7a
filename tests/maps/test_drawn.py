"""A place whose lines came as drawn: what was inferred is told, junctions are no substations."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from geo import kinds
from geo.drawing import DrawnLines, DrawnSubstations
from geo.scenario import Scenario
from geo.siting import find_sites
from geo.tolerances import TOLERANCES
from maps.delivery import Order, contents, deliver
from maps.manifest import manifest
from maps.scene import scene
from tests.geo import drawings
from tests.geo import toy as country

if TYPE_CHECKING:
    from pathlib import Path

    from geo.siting import Siting


@pytest.fixture(scope="module")
def drawn() -> Siting:
    """Sites around A and B, with C teed off in the middle of the line between them."""
    stations, lines = drawings.drawn(
        [("A", "132", 0, 0), ("B", "132", country.rectangle(40, 0, 1, 1)), ("C", "132", 20, -20)],
        [("AB", "132", [(0, 0), (40, 0)]), ("C", "132", [(20, -20), (20, 0)])],
    )
    layers = kinds.Layers(
        replace(country.place(), topology=TOLERANCES),
        DrawnSubstations(stations, country.source("substations")),
        DrawnLines(lines, country.source("lines")),
        country.regions([("All", -5, -25, 50, 30)]),
        plants=country.plants([("P", "hydro", 400, 0, 1)]),
    )
    return find_sites(layers, Scenario(load_mw=20, cell_km=5))


def test_the_map_shows_three_substations_and_three_lines(drawn: Siting) -> None:
    content = scene(drawn)
    assert content["substations"]["columns"]["id"] == ["A", "B", "C"]
    assert content["lines"]["rows"] == 3
    assert any("inferred from the drawing" in note for note in content["notes"])
    assert json.dumps(content, allow_nan=False)


def test_the_geopackage_tells_junctions_and_joints(drawn: Siting) -> None:
    tables = contents(drawn)
    assert tables["substations"]["junction"].tolist() == [False, False, False, True]
    assert set(tables["substations"].geometry.geom_type) == {"Point"}
    assert {"from_join", "to_join", "drawn_as", "confidence"} <= set(tables["lines"].columns)


def test_the_manifest_tells_tolerances_and_counts(drawn: Siting, tmp_path: Path) -> None:
    found = json.loads(json.dumps(manifest(deliver(drawn, Order()), tmp_path, []), allow_nan=False))
    assert found["topology"]["snap_m"] == 150
    assert found["inferred"]["joints"]["tapped"] == 1


def test_no_site_connects_to_the_junction(drawn: Siting) -> None:
    assert set(drawn.sites["poi_id"]) <= {"A@132", "B@132", "C@132"}
