"""What plants give in a year: known, assumed by capacity, or unknown; month by month."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.generation import monthly_gwh, running, with_energy
from geo.profiles import EVEN, MONTH_HOURS, Profile
from geo.standards import STANDARDS
from tests.geo import toy

EVENLY = replace(STANDARDS, hydro_profile=EVEN, wind_profile=EVEN)
ROWS = [
    ("known", "Hydro", 100, 0, 0),
    ("guessed", "hydro", 100, 0, 0),
    ("windy", "wind", 100, 0, 0),
    ("gas", "gas", 100, 0, 0),
    ("later", "hydro", 100, 0, 0),
]
MORE = {
    "annual_gwh": {"known": 300.0},
    "storage_gwh": {},
    "status": {"later": "under construction", "known": "operating"},
}


def plants():
    return with_energy(running(toy.plants(ROWS, MORE).frame), EVENLY)


def test_a_plant_under_construction_gives_nothing() -> None:
    assert list(plants()["id"]) == ["known", "guessed", "windy", "gas"]


def test_unknown_energy_is_assumed_from_capacity_or_stays_unknown() -> None:
    """100 MW at 0.50 and at 0.37 of full power give 438 and 324.12 GWh; of gas nobody knows."""
    found = plants().set_index("id")
    assert found["annual_gwh"].to_dict() == pytest.approx(
        {"known": 300, "guessed": 438, "windy": 324.12, "gas": np.nan}, nan_ok=True
    )
    assert found["assumed"].to_dict() == {
        "known": False, "guessed": True, "windy": True, "gas": False,
    }  # fmt: skip


def test_months_add_up_and_a_dry_year_dries_only_water() -> None:
    energy = monthly_gwh(plants(), EVENLY, 0.8)
    assert energy[:3].sum(axis=1) == pytest.approx([0.8 * 300, 0.8 * 438, 324.12])
    assert energy[2] == pytest.approx(324.12 * np.array(MONTH_HOURS) / 8760)
    assert np.isnan(energy[3]).all()


def test_a_river_is_held_to_its_capacity_and_inflow_to_a_reservoir_is_not() -> None:
    """All of 400 GWh fall in May; a plant of 100 MW makes 74.4 GWh of it in May, if it must."""
    may = replace(EVENLY, hydro_profile=Profile("May", (0.0,) * 4 + (1.0,) + (0.0,) * 7, ""))
    rows = [("river", "hydro", 100, 0, 0), ("lake", "hydro", 100, 0, 0)]
    more = {"annual_gwh": dict.fromkeys(["river", "lake"], 400.0), "storage_gwh": {"lake": 9.0}}
    energy = monthly_gwh(with_energy(running(toy.plants(rows, more).frame), may), may, 1.0)
    assert energy[0, 4] == pytest.approx(74.4)
    assert energy[1, 4] == pytest.approx(400)
