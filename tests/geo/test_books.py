"""What a zone has in a year, kind by kind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.books import zone_books
from geo.profiles import EVEN
from geo.scenario import Scenario
from geo.standards import STANDARDS
from tests.geo import toy

ROWS = [
    ("lake", "hydro", 100, 8, 20),
    ("river", "hydro", 50, 8, 20),
    ("wind", "wind", 40, 8, 20),
    ("waste", "waste", 10, 8, 20),
    ("gas", "gas", 90, 8, 20),
]
MORE = {
    "annual_gwh": {"lake": 400.0, "river": 200.0, "wind": 100.0, "waste": 50.0},
    "storage_gwh": {"lake": 120.0},
}


def books(hydro_share=1.0, **changes: float):
    base = toy.country()
    standards = replace(STANDARDS, hydro_profile=EVEN, wind_profile=EVEN, **changes)
    place = replace(base.place, standards=standards)
    layers = replace(base, place=place, plants=toy.plants(ROWS, MORE))
    return zone_books(layers, Scenario(demand_mw=100), hydro_share)


def test_each_kind_has_its_page() -> None:
    (book,) = books().values()
    sums = {name: page.sum() for name, page in vars(book).items() if name.endswith("_gwh")
            and name != "storage_gwh"}  # fmt: skip
    assert sums == pytest.approx(
        {"inflow_gwh": 400, "river_gwh": 200, "wind_gwh": 100, "other_gwh": 50, "demand_gwh": 876}
    )
    assert (book.storage_gwh, book.turbine_mw) == (120, 100)


def test_a_dry_year_has_less_water_and_the_same_wind() -> None:
    (book,) = books(hydro_share=0.5).values()
    found = (book.inflow_gwh.sum(), book.river_gwh.sum(), book.wind_gwh.sum())
    assert found == pytest.approx((200, 100, 100))


def test_small_plants_are_a_share_of_the_listed_and_hold_no_water() -> None:
    """A tenth of 600 GWh of hydro is run of river, a tenth of 100 GWh wind."""
    (book,) = books(unlisted_share=0.1).values()
    found = (book.inflow_gwh.sum(), book.river_gwh.sum(), book.wind_gwh.sum(), book.storage_gwh)
    assert found == pytest.approx((400, 260, 110, 120))


def test_without_plants_there_are_no_books() -> None:
    assert zone_books(replace(toy.country(), plants=None), Scenario(), 1.0) == {}
