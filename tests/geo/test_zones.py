"""Price zones: who lies in which, who draws where, and what could come in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo import kinds
from geo.grid import build_grid
from geo.zones import WHOLE, link_limits, price_zones, zone_demand_mw, zone_names
from tests.geo import toy

TOWNS = [("Westby", 1000, 5, 0), ("Eastby", 3000, 45, 0), ("Nowhere", 1000, 8, 5)]
ZONES = ["W", "E", ""]
STATIONS = [("A", "420", 10, 0), ("B", "420", 20, 0), ("C", "420", 40, 0), ("D", "420", 50, 0)]
LINES = [("AB", "A", "B", 420), ("BC", "B", "C", 420), ("CD", "C", "D", 420)]


def layers(**more: object) -> kinds.Layers:
    """Two zones along a line A-B-C-D of 420 kV, D lying abroad; one circuit carries 1,000 MVA."""
    towns = toy.settlements(TOWNS)
    zoned = kinds.Settlements(towns.frame.assign(zone=ZONES), towns.source)
    stations = toy.substations(STATIONS, {"country": {"D": "ABR"}})
    lines = toy.lines(stations, LINES, {"rating_mva": dict.fromkeys(["AB", "BC", "CD"], 1000.0)})
    return replace(toy.bare(stations, lines), settlements=zoned, **more)


def where(*spots: tuple):
    return np.array([[(point := toy.at(*spot)).x, point.y] for spot in spots])


def test_a_spot_is_in_the_zone_of_the_nearest_town_that_has_one() -> None:
    assert list(price_zones(where((0, 0), (24, 0), (26, 0), (8, 5)), layers())) == list("WWEW")


def test_a_place_without_zones_is_whole() -> None:
    plain = replace(layers(), settlements=toy.settlements(TOWNS))
    for country in (plain, replace(plain, settlements=None)):
        assert zone_names(country) == [WHOLE]
        assert list(price_zones(where((0, 0)), country)) == [WHOLE]
        assert zone_demand_mw(country, 80).to_dict() == {WHOLE: pytest.approx(80)}


def test_demand_follows_people_and_large_loads() -> None:
    """20 MW at C in the east; the other 80 by 3,000 people in the east and 2,000 in the west."""
    country = layers(loads=toy.loads([("Works", "C", 20)]))
    assert zone_names(country) == ["E", "W"]
    assert zone_demand_mw(country, 100).to_dict() == pytest.approx({"E": 68, "W": 32})


def test_loads_above_the_demand_leave_nothing_to_people() -> None:
    country = layers(loads=toy.loads([("Works", "C", 120)]))
    assert zone_demand_mw(country, 100).to_dict() == pytest.approx({"E": 120, "W": 0})


def test_lines_between_zones_and_abroad_count_by_seven_tenths() -> None:
    """BC joins the zones, CD leaves the country; AB stays inside the west."""
    limits = link_limits(build_grid(layers()), layers())
    assert limits["between_mw"].to_dict() == pytest.approx({"E": 700, "W": 700})
    assert limits["abroad_mw"].to_dict() == pytest.approx({"E": 700, "W": 0})
    assert limits["untold"].sum() == 0


def test_a_known_trading_capacity_stands_for_the_lines_of_its_station() -> None:
    country = layers(ties=toy.ties([("Cable", "C", 250), ("Second", "C", 50), ("Far", "A", 90)]))
    limits = link_limits(build_grid(country), country)
    assert limits["abroad_mw"].to_dict() == pytest.approx({"E": 300, "W": 90})


def test_a_tie_without_capacity_brings_what_its_lines_carry_or_is_untold() -> None:
    country = layers(ties=toy.ties([("By line", "C", np.nan), ("By nothing", "A", np.nan)]))
    limits = link_limits(build_grid(country), country)
    assert limits["abroad_mw"].to_dict() == pytest.approx({"E": 700, "W": 0})
    assert limits["untold"].to_dict() == {"E": 0, "W": 1}
