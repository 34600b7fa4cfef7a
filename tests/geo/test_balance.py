"""The base case: who feeds and who draws, at which bus, in balance in every island."""

from __future__ import annotations

from dataclasses import replace
from math import hypot, nan
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.balance import balance, base_flows, firm_capacity_mw
from geo.grid import build_grid
from geo.standards import STANDARDS
from tests.geo import toy

if TYPE_CHECKING:
    from geo.balance import Flows
    from geo.kinds import Layers

MW = st.floats(0, 5000)
BUS = st.tuples(MW, MW, MW, st.integers(0, 2))


def study(layers: Layers, demand_mw: float = 600.0) -> pd.DataFrame:
    """Tabulate the base case by bus."""
    grid = build_grid(layers)
    flows = base_flows(grid, layers, demand_mw)
    return pd.DataFrame(
        {
            "demand": flows.demand_mw,
            "least": flows.supply_min_mw,
            "most": flows.supply_max_mw,
            "supply": flows.supply_mw,
        },
        index=grid.buses.index,
    )


def nonzero(values: pd.Series) -> dict[str, float]:
    return values[values.abs() > 1e-9].to_dict()


def dispatch(*rows: tuple[float, float, float, int]) -> Flows:
    """Rows of demand, plants, link abroad, island."""
    wanted, plants, link, island = np.array(rows, dtype=float).T
    return balance(wanted, plants, -link, link, island.astype(int))


def test_plants_share_the_demand_by_their_capacity() -> None:
    flows = dispatch((120, 0, 0, 0), (0, 300, 0, 0), (0, 100, 0, 0))
    assert flows.supply_mw.tolist() == pytest.approx([0, 90, 30])
    assert flows.unused_mw.tolist() == pytest.approx([0, 210, 70])
    assert flows.injection_mw.tolist() == pytest.approx([-120, 90, 30])
    assert flows.unserved_mw == 0


def test_links_abroad_bring_only_what_is_missing() -> None:
    flows = dispatch((100, 0, 60, 0), (0, 70, 30, 0))  # 30 MW short; the links are 2 to 1
    assert flows.supply_mw.tolist() == pytest.approx([20, 80])
    assert flows.supply_min_mw.tolist() == [-60, -30]
    assert flows.supply_max_mw.tolist() == [60, 100]


def test_an_island_that_cannot_be_fed_is_left_in_the_dark() -> None:
    flows = dispatch((100, 0, 0, 0), (0, 300, 0, 0), (45, 20, 0, 1), (15, 0, 0, 1), (5, 0, 0, 2))
    # Island 1 asks 60 and has 20: a third is served everywhere. Island 2 has nothing.
    assert flows.demand_mw.tolist() == pytest.approx([100, 0, 15, 5, 0])
    assert flows.supply_mw.tolist() == pytest.approx([0, 100, 20, 0, 0])
    assert flows.unserved_mw == pytest.approx(45)


def test_no_demand_is_no_supply() -> None:
    flows = dispatch((0, 300, 50, 0), (0, 0, 0, 1))
    assert flows.supply_mw.tolist() == [0, 0]
    assert flows.unused_mw.tolist() == [350, 0]


@given(st.lists(BUS, min_size=1, max_size=8))
def test_every_island_is_in_balance_and_within_its_limits(
    rows: list[tuple[float, float, float, int]],
) -> None:
    flows = dispatch(*rows)
    islands = np.array([row[3] for row in rows])
    for island in range(3):
        assert flows.injection_mw[islands == island].sum() == pytest.approx(0, abs=1e-6)
    assert (flows.supply_mw <= flows.supply_max_mw + 1e-6).all()
    assert (flows.supply_mw >= -1e-9).all()
    asked = sum(row[0] for row in rows)
    assert flows.demand_mw.sum() + flows.unserved_mw == pytest.approx(asked)


@pytest.mark.parametrize(
    ("fuel", "status", "firm_mw"),
    [
        ("hydro", "", 100),
        ("gas", "operating", 100),
        ("wind", "", 10),
        ("Wind", "Operating", 10),
        ("solar", "", 0),
        ("hydro", "under construction", 0),
        ("hydro", "Planned", 0),
        ("nuclear", "retired 2009", 0),
        ("gas", "mothballed", 0),
        ("wind", "proposed", 0),
    ],
)
def test_firm_capacity_is_what_a_planner_counts_on(fuel: str, status: str, firm_mw: float) -> None:
    plants = toy.plants([("P", fuel, 100, 0, 0)], {"status": {"P": status}}).frame
    assert firm_capacity_mw(plants, STANDARDS).tolist() == pytest.approx([firm_mw])


def test_toyland_by_hand(toy_layers: Layers) -> None:
    found = study(toy_layers)
    # P1 (1,500 hydro) and P2 (100 wind, of which 10) are nearest to A, at its only line voltage.
    assert nonzero(found["most"]) == pytest.approx({"A@420": 1510})
    assert nonzero(found["supply"]) == pytest.approx({"A@420": 600})
    # Town (54, 20) is within 25 km of D (50, 20) and E (50, 5); the hamlet (20, 35) of
    # A (10, 20) and B (30, 30), while C is 26.9 km away. Each is shared by 1/distance.
    town, hamlet = 600 * 50_000 / 50_500, 600 * 500 / 50_500
    at_d, at_e = 1 / 4, 1 / hypot(4, 15)
    at_a, at_b = 1 / hypot(10, 15), 1 / hypot(10, 5)
    assert nonzero(found["demand"]) == pytest.approx(
        {
            "D@420": town * at_d / (at_d + at_e),
            "E@132": town * at_e / (at_d + at_e),
            "A@420": hamlet * at_a / (at_a + at_b),
            "B@420": hamlet * at_b / (at_a + at_b),
        }
    )


def test_a_town_far_from_every_station_hangs_on_the_nearest(toy_layers: Layers) -> None:
    towns = toy.settlements([("Lonely", 1_000, 100, 20)])
    found = study(replace(toy_layers, settlements=towns))
    assert nonzero(found["demand"]) == pytest.approx({"D@420": 600})  # 50 km; E is further


def test_a_town_at_a_station_still_draws_a_little_from_the_next(toy_layers: Layers) -> None:
    # Nothing counts as nearer than 1 km: 1/1 at E (50, 5) against 1/15 at D and 1/√(20² + 5²) at C.
    towns = toy.settlements([("E-ville", 1_000, 50, 5)])
    found = study(replace(toy_layers, settlements=towns), 100)
    whole = 1 + 1 / 15 + 1 / hypot(20, 5)
    assert found.loc["E@132", "demand"] == pytest.approx(100 / whole)


def at_c(layers: Layers, mw: float) -> dict[str, float]:
    """Supply of a plant at C (30, 10), where lines meet 420 and 132 kV."""
    plants = toy.plants([("P", "gas", mw, 30, 11)])
    return nonzero(study(replace(layers, plants=plants))["most"])


def test_a_plant_feeds_the_lowest_voltage_that_can_carry_it(toy_layers: Layers) -> None:
    # One circuit carries 147 MVA at 132 kV and 1,877 at 420 kV.
    assert at_c(toy_layers, 147) == {"C@132": 147}
    assert at_c(toy_layers, 148) == {"C@420": 148}
    assert at_c(toy_layers, 5000) == {"C@420": 5000}  # none can: the highest


def test_large_loads_are_at_their_station_and_towns_share_the_rest(toy_layers: Layers) -> None:
    layers = replace(toy_layers, loads=toy.loads([("Smelter", "C", 200), ("Mill", "C", 100)]))
    found = study(layers)["demand"]
    # Each load takes its own voltage: 200 MW are too much for 132 kV, 100 are not.
    assert (found["C@420"], found["C@132"]) == pytest.approx((200, 100))
    assert found.sum() == pytest.approx(600)
    rest = study(toy_layers, 300)["demand"]
    assert found.drop(["C@420", "C@132"]).to_dict() == pytest.approx(
        rest.drop(["C@420", "C@132"]).to_dict()
    )


def test_loads_above_the_demand_of_the_place_leave_nothing_for_towns(toy_layers: Layers) -> None:
    layers = replace(toy_layers, loads=toy.loads([("Smelter", "C", 700)]))
    assert nonzero(study(layers)["demand"]) == pytest.approx({"C@420": 700})


@pytest.mark.parametrize("people", [None, 0])
def test_where_nobody_is_known_to_live_every_station_draws_alike(
    toy_layers: Layers, people: int | None
) -> None:
    # Demand that is known may not vanish with the settlements: 600 MW over five stations.
    towns = None if people is None else toy.settlements([("Ghost town", people, 54, 20)])
    found = study(replace(toy_layers, settlements=towns))["demand"]
    # 120 MW fit the 132 kV that a line meets at C and E.
    assert nonzero(found) == pytest.approx(
        dict.fromkeys(["A@420", "B@420", "C@132", "D@420", "E@132"], 120)
    )


def test_without_plants_or_links_nothing_can_be_served(toy_layers: Layers) -> None:
    layers = replace(toy_layers, plants=None)
    flows = base_flows(build_grid(layers), layers, 600)
    assert flows.unserved_mw == pytest.approx(600)
    assert not flows.demand_mw.any()


def test_a_tie_gives_and_takes_at_its_station(toy_layers: Layers) -> None:
    ties = toy.ties([("Cable", "B", 700), ("Unknown", "A", nan), ("Idle", "D", 0)])
    found = study(replace(toy_layers, ties=ties))
    assert nonzero(found["least"]) == {"B@420": -700}
    assert nonzero(found["most"]) == pytest.approx({"A@420": 1510, "B@420": 700})
    assert nonzero(found["supply"]) == pytest.approx({"A@420": 600})  # nothing is missing


def test_a_station_abroad_gives_and_takes_what_its_lines_carry(toy_layers: Layers) -> None:
    stations = toy.substations(toy.STATIONS, {"country": {"E": "NOR"}})
    wires = toy.lines(stations, toy.LINES, {"rating_mva": {"CE": 90}, "circuits": {"CE": 2}})
    found = study(replace(toy_layers, substations=stations, lines=wires))
    assert nonzero(found["least"]) == {"E@132": -180}
    assert found.loc["E@132", "most"] == 180
    # The town is no demand of a station abroad, so D takes it whole.
    assert found.loc["E@132", "demand"] == 0
    assert found.loc["D@420", "demand"] == pytest.approx(600 * 50_000 / 50_500)


def test_a_plant_near_a_station_abroad_feeds_one_at_home(toy_layers: Layers) -> None:
    stations = toy.substations(toy.STATIONS, {"country": {"E": "NOR"}})
    plants = toy.plants([("P", "hydro", 100, 50, 6)])
    found = study(replace(toy_layers, substations=stations, plants=plants))
    assert found.loc["D@420", "most"] == 100


def test_the_order_of_rows_changes_nothing(toy_layers: Layers) -> None:
    turned = {
        kind: replace(layer, frame=layer.frame.iloc[::-1])
        for kind in ("substations", "lines", "plants", "settlements")
        if (layer := getattr(toy_layers, kind)) is not None
    }
    pd.testing.assert_frame_equal(study(replace(toy_layers, **turned)), study(toy_layers))
