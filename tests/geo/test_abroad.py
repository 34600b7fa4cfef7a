from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from geo.abroad import links_abroad
from geo.balance import base_flows
from geo.grid import build_grid
from tests.geo.toy import grid_of, plants, substations, ties


def nea():
    """Nea hangs on Klæbu by one line, and on Sweden; Klæbu has a second way to the hub H.

    ::

        N ──── K ════ H         plants: 300 MW at N, 2,000 MW at H
        └ 1,000 MW abroad
    """
    layers = grid_of(
        [("N", "420", 70, 0), ("K", "420", 0, 0), ("H", "420", -50, 0)],
        [("NK", "N", "K", 420), ("KH", "K", "H", 420)],
        {"circuits": {"KH": 2}},
    )
    return dataclasses.replace(
        layers,
        plants=plants([("small", "hydro", 300, 70, 1), ("large", "hydro", 2000, -50, 1)]),
        ties=ties([("abroad", "N", 1000)]),
    )


def found(layers, bus: str, outage: str) -> dict[str, object]:
    grid = build_grid(layers)
    flows = base_flows(grid, layers, 100.0)
    return links_abroad(pd.Series([bus]), pd.Series([outage]), grid, flows).iloc[0].to_dict()


@pytest.mark.parametrize(
    ("bus", "outage", "expected"),
    [
        ("N@420", "NK", (1000, 1000, 1300, "NK")),
        ("N@420", "", (1000, 1000, 3300, "")),
        ("K@420", "NK", (0, 0, 2000, "NK")),
        ("K@420", "KH/1", (0, 1000, 3300, "")),
    ],
)
def test_links_of_the_station_and_of_the_part_left(bus, outage, expected) -> None:
    names = ("station_links_mw", "part_links_mw", "part_supply_mw", "part_without")
    assert found(nea(), bus, outage) == dict(zip(names, expected, strict=True))


def test_a_line_to_a_station_abroad_is_a_link_of_the_station_at_home() -> None:
    """One circuit of 420 kV carries 1,877 MW; nothing else is known of what lies behind it."""
    spots = [("N", "420", 70, 0), ("K", "420", 0, 0), ("H", "420", -50, 0)]
    layers = dataclasses.replace(
        nea(), ties=None, substations=substations(spots, {"country": {"N": "SWE"}})
    )
    links = found(layers, "K@420", "KH/1")
    assert links["station_links_mw"] == 1877
    assert links["part_links_mw"] == 1877
    assert links["part_supply_mw"] == 1877 + 2300


def test_a_place_without_links_leans_on_none() -> None:
    layers = dataclasses.replace(nea(), ties=None)
    links = found(layers, "N@420", "NK")
    assert (links["station_links_mw"], links["part_links_mw"]) == (0, 0)
