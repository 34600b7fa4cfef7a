from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.case import (
    COLUMNS,
    Case,
    CaseBranches,
    CaseBuses,
    CaseBusStations,
    CaseOutages,
    CasePlants,
    CaseStations,
)
from geo.case_network import case_network
from geo.case_study import Asked, case_headroom
from geo.errors import LayerError, ScenarioError
from geo.layer import Source
from geo.scenario import Scenario

LINEAR = Scenario(method="linear", cutoff=0.05)
BUSES = [
    ("1", 0, 230, "East"),
    ("2", 40, 230, "East"),
    ("3", 0, 115, "East"),
    ("9", 5, 230, "West"),
]
BRANCHES = [
    # id, from, to, x, rateA, rateC, ratio, status
    ("a", "1", "2", 0.1, 100, 0, 0, 1),
    ("b", "1", "2", 0.1, 100, 120, 2.0, 1),
    ("c", "2", "3", 0.1, 0, 0, 0, 1),
    ("d", "1", "3", 0.1, 50, 0, 0, 0),
]
PLANTS = [("p", "1", 300, 1), ("q", "2", 100, 1), ("r", "1", 500, 0), ("s", "9", 20, 1)]


def case(buses=None, branches=None, plants=None, **more: list) -> Case:
    buses = pd.DataFrame(buses or BUSES, columns=["bus_id", "Pd", "baseKV", "interconnect"])
    names = ["branch_id", "from_bus_id", "to_bus_id", "x", "rateA", "rateC", "ratio", "status"]
    branches = pd.DataFrame(branches or BRANCHES, columns=names).assign(interconnect="East")
    plants = pd.DataFrame(plants or PLANTS, columns=["plant_id", "bus_id", "Pmax", "status"])
    areas = dict(zip(buses["bus_id"], buses["interconnect"], strict=True))
    plants["interconnect"] = plants["bus_id"].map(areas)
    return Case(
        CaseBuses(buses, Source("b", file="bus.csv")),
        CaseBranches(branches, Source("l", file="branch.csv")),
        CasePlants(plants, Source("p", file="plant.csv")),
        **{name: table(*MORE[name], rows) for name, rows in more.items()},
    )


MORE = {
    "outages": (CaseOutages, ["outage_id", "branch_id"]),
    "stations": (CaseStations, ["sub_id", "lat", "lon"]),
    "bus_stations": (CaseBusStations, ["bus_id", "sub_id"]),
}


def table(kind, columns, rows):
    return kind(pd.DataFrame(rows, columns=columns), Source("x", file=f"{kind.kind}.csv"))


def test_what_a_case_leaves_open_is_settled_as_said() -> None:
    """Ratio 0 is 1, rating 0 unlimited, rateC 0 is rateA, what is out of service is out."""
    network, flows, buses = case_network(case(), "East")
    assert network.branch_ids == ("a", "b", "c")
    assert network.susceptance_mw == pytest.approx([1000, 500, 1000])
    assert network.limit_mw.tolist() == [100, 100, np.inf]
    assert network.emergency_mw.tolist() == [100, 120, np.inf]
    assert network.outages.tolist() == [0, 1, 2]
    assert buses["bus_id"].tolist() == ["1", "2", "3"]
    assert flows.supply_max_mw.tolist() == [300, 100, 0]
    assert flows.supply_mw.tolist() == [30, 10, 0]


def test_each_connected_part_is_scaled_to_its_own_demand() -> None:
    _, flows, _ = case_network(case())
    assert flows.supply_mw.tolist() == [30, 10, 0, 5]


def test_headroom_by_hand() -> None:
    """At bus 2, w is ¾ at bus 1: a takes 2/3 of it, ½ MW a MW; alone, 3/4.

    30 MW flow to bus 2, 20 of them on a. Normal: (100 − 20)/½ = 160. With b out: (100 − 30)/¾ = 93;
    with a out: (120 − 30)/¾ = 120.
    """
    frame = case_headroom(case(), LINEAR, Asked("East")).frame
    assert tuple(frame.columns) == COLUMNS
    at_2 = frame.set_index("bus_id").loc["2"]
    assert at_2["normal_mw"] == pytest.approx(160)
    assert at_2["firm_mw"] == pytest.approx(70 / 0.75)
    assert (at_2["limiting_branch"], at_2["limiting_outage"]) == ("a", "b")
    assert at_2["factor"] == pytest.approx(0.75)
    assert at_2["loading_before"] == pytest.approx(0.3)


def test_redispatch_of_a_case_uses_every_plant() -> None:
    """At bus 2: 100 by the better line, and all 100 of its own plant, less its 40."""
    asked = Scenario(method="redispatch", cutoff=0.05)
    frame = case_headroom(case(), asked, Asked("East")).frame
    assert frame.set_index("bus_id").loc["2", "firm_mw"] == pytest.approx(160)


def test_only_buses_of_the_voltage_asked_for() -> None:
    frame = case_headroom(case(), LINEAR, Asked("East", 200)).frame
    assert frame["bus_id"].tolist() == ["1", "2"]
    with pytest.raises(LayerError, match="--min-kv"):
        case_headroom(case(), LINEAR, Asked(min_kv=500))


def test_an_unknown_area_names_the_known_ones() -> None:
    with pytest.raises(LayerError, match="East, West"):
        case_network(case(), "North")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"branches": [("a", "1", "7", 0.1, 100, 0, 0, 1)]}, "branch.csv row 0 column to_bus_id"),
        ({"branches": [("a", "1", "2", 0.0, 100, 0, 0, 1)]}, "branch.csv row 0 column x"),
        ({"plants": [("p", "8", 300, 1)]}, "plant.csv row 0 column bus_id"),
        ({"branches": [("a", "1", "2", 0.1, -5, 0, 0, 1)]}, "column rateA"),
        ({"buses": [*BUSES, BUSES[0]]}, "used twice"),
    ],
)
def test_faults_name_file_row_and_column(changes, word) -> None:
    with pytest.raises(LayerError, match=word):
        case(**changes)


def test_a_case_too_large_for_redispatch_says_what_to_do(monkeypatch) -> None:
    monkeypatch.setattr("geo.case_study.DENSE_BRANCHES", 2)
    with pytest.raises(LayerError, match="--method linear"):
        case_headroom(case(), Scenario(method="redispatch"), Asked("East"))


SUBS = [("N", 60.5, 10.25), ("S", 59.0, 11.0)]
IN_SUBS = [("1", "N"), ("2", "S"), ("3", "S")]


def test_a_tower_of_a_case_is_an_outage_by_its_name() -> None:
    """With a and b out, buses 2 and 3 have their own 100 − 40; bus 1 has 300 − 30 unused."""
    frame = case_headroom(
        case(outages=[("tower", "a"), ("tower", "b")]), LINEAR, Asked("East")
    ).frame.set_index("bus_id")
    assert frame.loc["2", "firm_mw"] == pytest.approx(60)
    assert tuple(frame.loc["2", ["limiting_branch", "limiting_outage"]]) == ("tower", "tower")
    assert frame.loc["1", "firm_mw"] == pytest.approx(270)


def test_groups_keep_to_branches_in_service_and_to_the_area() -> None:
    rows = [("x", "d"), ("y", "d"), ("y", "b"), ("z", "a"), ("y", "a")]
    network, _, _ = case_network(case(outages=rows), "East")
    assert [group.name for group in network.groups] == ["y", "z"]
    assert [group.branches.tolist() for group in network.groups] == [[0, 1], [0]]


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"outages": [("t", "z")]}, "outage.csv row 0 column branch_id: no branch has the id 'z'"),
        ({"outages": [("t", "a"), ("t", "a")]}, "outage 't' has the branch 'a' twice"),
        ({"outages": [("a", "b")]}, "outage.csv row 0 column outage_id: a branch has the id 'a'"),
        ({"outages": [("", "b")]}, "outage.csv row 0 column outage_id: is empty"),
        ({"bus_stations": [("7", "N")]}, "bus2sub.csv row 0 column bus_id"),
        ({"bus_stations": [("1", "N"), ("1", "S")]}, "'1' is used twice"),
        ({"bus_stations": [("1", "X")], "stations": SUBS}, "no substation has the id 'X'"),
        ({"stations": [("N", 91, 10)]}, "sub.csv row 0 column lat"),
        ({"stations": [*SUBS, SUBS[0]]}, "'N' is used twice"),
    ],
)
def test_faults_of_the_tables_a_case_may_have(more, word) -> None:
    with pytest.raises(LayerError, match=word):
        case(**more)


def test_points_are_those_of_the_stations_in_degrees() -> None:
    tables = case(stations=SUBS, bus_stations=IN_SUBS[:2])
    frame = case_headroom(tables, LINEAR, Asked("East")).frame
    assert frame.crs == "EPSG:4326"
    assert [frame.geometry[row].coords[0] for row in (0, 1)] == [(10.25, 60.5), (11.0, 59.0)]
    assert frame.geometry[2] is None
    assert frame["bus_id"].tolist() == ["1", "2", "3"]


def test_stations_are_lost_one_at_a_time_but_not_for_their_own_load() -> None:
    """Without N, station S carries on with 100 − 10 unused; without S, bus 1 with 300 − 30.

    That 30 of the 90 now replace what N sent is not counted: the cap is the capacity behind w.
    """
    tables = case(bus_stations=IN_SUBS)
    answer = case_headroom(tables, LINEAR, Asked("East", 200, stations=True))
    frame = answer.frame.set_index("bus_id")
    assert answer.notes == ("2 stations are lost one at a time",)
    assert frame.loc["2", "firm_mw"] == pytest.approx(90)
    assert frame.loc["2", "limiting_outage"] == "station N"
    assert frame.loc["1", "firm_mw"] == pytest.approx(270)
    assert frame.loc["1", "limiting_outage"] == "station S"


def test_stations_need_a_table_and_the_linear_method() -> None:
    with pytest.raises(LayerError, match=r"bus2sub\.csv"):
        case_headroom(case(), LINEAR, Asked("East", stations=True))
    with pytest.raises(ScenarioError, match="--method linear"):
        case_headroom(
            case(bus_stations=IN_SUBS), Scenario(method="redispatch"), Asked("East", stations=True)
        )


def test_a_branch_that_leads_out_of_the_area_is_left_out() -> None:
    rows = [*BRANCHES, ("tie", "2", "9", 0.1, 100, 0, 0, 1)]
    network, flows, _ = case_network(case(branches=rows), "East")
    assert network.branch_ids == ("a", "b", "c")
    assert flows.supply_max_mw.tolist() == [300, 100, 0]
    assert case_network(case(branches=rows))[0].branch_ids[-1] == "tie"


def test_where_nothing_is_left_for_new_load_there_is_none() -> None:
    """Bus 4 has no plant; 5 draws more than its plant has; 6 has a plant and no line."""
    buses = [*BUSES, ("4", 5, 230, "E"), ("5", 30, 230, "E"), ("6", 10, 230, "E")]
    plants = [*PLANTS, ("t", "5", 20, 1), ("u", "6", 25, 1)]
    frame = case_headroom(case(buses=buses, plants=plants), LINEAR).frame.set_index("bus_id")
    assert frame.loc[["4", "5", "6"], "normal_mw"].tolist() == [0, 0, 15]
    assert frame.loc[["4", "5", "6"], "firm_mw"].tolist() == [0, 0, 15]


def test_the_weaker_part_has_its_own_surplus_after_an_outage() -> None:
    """Without c, bus 3 is alone with 70 − 20, and 1 and 2 keep 400 − 45·400/470 unused."""
    buses = [BUSES[0], ("2", 25, 230, "East"), ("3", 20, 115, "East"), BUSES[3]]
    plants = [*PLANTS, ("t", "3", 70, 1)]
    branches = [(*row[:4], 0, 0, 0, row[-1]) for row in BRANCHES]  # unlimited: supply decides
    tables = case(buses=buses, branches=branches, plants=plants)
    frame = case_headroom(tables, LINEAR, Asked("East")).frame.set_index("bus_id")
    left = 400 - 400 * 45 / 470
    assert frame["normal_mw"].tolist() == pytest.approx([470 - 45] * 3)
    assert frame["firm_mw"].tolist() == pytest.approx([left, left, 50])
    assert set(frame["limiting_outage"]) == {"c"}
    assert set(frame["limiting_branch"]) == {"c"}


def test_a_normal_rating_of_0_leaves_the_emergency_rating() -> None:
    branches = [("a", "1", "2", 0.1, 0, 90, 0, 1), ("b", "1", "2", 0.1, 0, 90, 0, 1)]
    tables = case(buses=[BUSES[0], BUSES[1], BUSES[3]], branches=branches)
    frame = case_headroom(tables, LINEAR, Asked("East")).frame.set_index("bus_id")
    assert frame.loc["2", "normal_mw"] == pytest.approx(400 - 40)
    assert frame.loc["2", "firm_mw"] == pytest.approx((90 - 30) / 0.75)


def test_a_branch_from_a_bus_to_itself_carries_nothing() -> None:
    rows = [*BRANCHES, ("loop", "2", "2", 0.1, 1, 0, 0, 1)]
    with_loop = case_headroom(case(branches=rows), LINEAR, Asked("East")).frame
    pd.testing.assert_frame_equal(with_loop, case_headroom(case(), LINEAR, Asked("East")).frame)
