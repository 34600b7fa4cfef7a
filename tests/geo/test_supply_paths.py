from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from geo.grid import build_grid
from geo.redundancy import find_paths
from geo.scenario import Scenario
from geo.siting import find_sites
from geo.supply_paths import COLUMNS, supply_paths
from tests.geo import toy
from tests.geo.test_redundancy import ring


def told(layers, redundancy: str, poi: str = "P@420", second: str = "") -> pd.DataFrame:
    paths = find_paths(build_grid(layers), layers, 100)
    row = {
        "site_id": "X",
        "poi_id": poi,
        "second_poi_id": second,
        "redundancy": redundancy,
    }
    return supply_paths(pd.DataFrame([row]), paths, toy.CRS)


def test_2n_is_a_path_from_each_point_of_connection() -> None:
    found = told(ring(), "2N", "Q@420", "P@420")
    assert list(found.columns) == [*COLUMNS, "geometry"]
    assert found["path"].tolist() == [1, 2]
    assert found["from_station"].tolist() == ["Station Q", "Station P"]
    assert set(found["to_station"]) == {"Station S", "Station T"}
    assert set(found["source"]) == {"420 kV, 3 circuits"}
    assert found.crs == toy.CRS


def test_n_plus_1_is_two_paths_from_the_bus_and_n_is_one() -> None:
    found = told(ring(), "N+1")
    assert found["lines"].tolist() == ["SP 420 kV", "PT 420 kV"]
    assert found["stations"].tolist() == ["Station P – Station S", "Station P – Station T"]
    assert found["length_km"].to_numpy() == pytest.approx(np.hypot(40, 10), abs=1e-3)
    assert found["weakest_mw"].tolist() == [1877, 1877]
    assert told(ring(), "N")["path"].tolist() == [1]
    assert told(ring(), "none")["path"].tolist() == [1]


def test_a_path_is_drawn_from_the_point_of_connection_on() -> None:
    """The line P-S is drawn from S to P, the path runs from P to S."""
    drawn = told(ring(), "N+1").geometry[0]
    (line,) = drawn.geoms
    assert line.coords[0] == toy.at(40, 10).coords[0]
    assert line.coords[-1] == toy.at(0, 0).coords[0]


def test_lines_of_a_path_follow_each_other_whichever_way_they_are_drawn() -> None:
    spots = [("A", "420", 0, 0), ("B", "420", 10, 0), ("C", "420", 20, 5), ("H", "420", 30, 0)]
    spots += [("X", "420", 40, 9), ("Y", "420", 40, -9)]
    rows = [("BA", "B", "A", 420), ("BC", "B", "C", 420), ("HC", "H", "C", 420)]
    rows += [("HX", "H", "X", 420), ("HY", "H", "Y", 420)]
    found = told(toy.grid_of(spots, rows), "N", "A@420")
    assert found["lines"].tolist() == ["BA 420 kV; BC 420 kV; HC 420 kV"]
    ends = [(line.coords[0], line.coords[-1]) for line in found.geometry[0].geoms]
    places = [toy.at(*where).coords[0] for where in ((0, 0), (10, 0), (20, 5), (30, 0))]
    assert ends == [(places[0], places[1]), (places[1], places[2]), (places[2], places[3])]


def test_circuits_are_told_by_number_and_whole_lines_are_not() -> None:
    spots = [("A", "420", 0, 0), ("H", "420", 10, 0), ("B", "420", 0, 9), ("G", "420", 10, 9)]
    spots += [("X", "420", 40, 0), ("Y", "420", 40, 9)]
    rows = [("AH", "A", "H", 420), ("BG", "B", "G", 420), ("HX", "H", "X", 420)]
    rows += [("GY", "G", "Y", 420)]
    layers = toy.grid_of(spots, rows, {"circuits": {"AH": 2, "BG": 2}})
    assert told(layers, "N+1", "A@420")["lines"].tolist() == ["AH 420 kV no. 1", "AH 420 kV no. 2"]
    assert told(layers, "2N", "A@420", "B@420")["lines"].tolist() == ["AH 420 kV", "BG 420 kV"]


def test_a_source_of_the_stations_own_is_a_path_without_a_line() -> None:
    layers = dataclasses.replace(ring(), ties=toy.ties([("Cable", "P", 1000)]))
    own = told(layers, "N+1").iloc[1]
    assert (own["from_station"], own["to_station"]) == ("Station P", "Station P")
    assert own["source"] == "link abroad Cable, 1,000 MW"
    assert (own["length_km"], own["lines"]) == (0, "")
    assert np.isnan(own["weakest_mw"])
    assert own["geometry"].is_empty


def test_no_path_is_no_row() -> None:
    stub = toy.grid_of([("A", "132", 0, 0), ("B", "132", 9, 0)], [("AB", "A", "B", 132)])
    found = told(stub, "none", "A@132")
    assert found.empty
    assert list(found.columns) == [*COLUMNS, "geometry"]


def test_the_shortlist_and_no_other_site_is_told() -> None:
    asked = Scenario(load_mw=50, cell_km=5, spacing_km=10, top=3)
    answer = find_sites(toy.country(), asked)
    assert len(answer.sites) > 3
    assert (
        list(dict.fromkeys(answer.supply_paths["site_id"])) == answer.sites["site_id"][:3].tolist()
    )
    ways = answer.supply_paths.groupby("site_id").size()
    wanted = answer.sites.set_index("site_id")["redundancy"].map({"2N": 2, "N+1": 2, "N": 1})
    assert (ways == wanted[ways.index]).all()
