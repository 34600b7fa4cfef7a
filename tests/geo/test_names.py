from __future__ import annotations

from geo.grid import build_grid
from geo.names import branch_labels, line_labels
from tests.geo.toy import grid_of


def test_circuits_units_and_single_lines() -> None:
    layers = grid_of(
        [("A", "420;132", 0, 0), ("B", "420", 9, 0), ("C", "132", 0, 9)],
        [("AB", "A", "B", 420), ("AC", "A", "C", 132)],
        {"circuits": {"AB": 2}},
    )
    grid = build_grid(layers)
    labels = branch_labels(grid)
    assert labels["AB/2"] == "AB 420 kV no. 2"
    assert labels["AC"] == "AC 132 kV"
    assert labels["T:A:420/132/1"] == "Station A 420/132 kV transformer no. 1"
    assert line_labels(grid)["AB"] == "AB 420 kV"
