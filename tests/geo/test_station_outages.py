from __future__ import annotations

import dataclasses

import numpy as np

from geo.station_outages import station_losses
from tests.geo.nets import network

ROWS = [
    # station A: buses 0 and 1; B: 2; C: 3; D: 4 hangs on C; E: 5 is alone
    (0, 1, 1.0, 9e3),
    (0, 2, 1.0, 9e3),
    (1, 3, 1.0, 9e3),
    (2, 3, 1.0, 9e3),
    (3, 4, 1.0, 9e3),
]
STATION = np.array(["A", "A", "B", "C", "D", "E"], dtype=object)
SUPPLY = np.array([90.0, 0, 80, 0, 10, 0])


def lost(wanted, *, station=STATION, supply=SUPPLY, net=None):
    return station_losses(net or network(6, ROWS), station, np.array(wanted), supply)


def test_a_station_takes_its_buses_and_every_branch_that_meets_them() -> None:
    found = lost([0, 3])
    assert [group.name for group in found.groups] == ["station A", "station C"]
    assert [group.branches.tolist() for group in found.groups] == [[0, 1, 2], [2, 3, 4]]
    assert [group.buses.tolist() for group in found.groups] == [[0, 1], [3]]


def test_only_stations_with_a_bus_asked_for() -> None:
    assert [group.name for group in lost([1]).groups] == ["station A"]


def test_what_hangs_on_one_branch_or_on_none_is_counted_and_left_out() -> None:
    found = lost([0, 4, 5])
    assert (len(found.groups), found.on_one_line, found.idle) == (1, 1, 1)
    assert str(found) == (
        "1 stations are lost one at a time; 1 hang on one branch, whose outage says the same; "
        "1 are joined to no other"
    )


def test_a_strong_station_on_one_branch_is_lost_all_the_same() -> None:
    """D would be the part that carries on when its branch is lost, so that outage says else."""
    strong = SUPPLY + np.array([0, 0, 0, 0, 500.0, 0])
    assert [group.name for group in lost([4], supply=strong).groups] == ["station D"]


def test_a_branch_that_is_never_lost_alone_does_not_stand_in() -> None:
    net = dataclasses.replace(network(6, ROWS), outages=np.arange(4))
    assert [group.name for group in lost([4], net=net).groups] == ["station D"]


def test_buses_without_a_station_are_none() -> None:
    unknown = np.where(STATION == "A", "", STATION)
    assert [group.name for group in lost([0, 1, 2], station=unknown).groups] == ["station B"]
