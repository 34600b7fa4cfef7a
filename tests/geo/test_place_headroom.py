from __future__ import annotations

import pytest

from geo.errors import ScenarioError
from geo.place_headroom import headroom_of, limits_of
from geo.scenario import Scenario
from tests.geo import toy


@pytest.fixture(scope="module")
def found():
    return limits_of(toy.country(), Scenario())


def test_every_bus_has_the_limit_that_its_headroom_names(found) -> None:
    buses = headroom_of(toy.country(), Scenario()).buses.set_index("bus_id")
    first = found.limits[found.limits["step"] == 0].set_index("bus_id")
    assert sorted(first.index) == sorted(buses.index)
    least = buses["firm_mw"] >= buses["normal_mw"] - 1e-6  # there the normal limit is the firm one
    for bus in buses.index[~least]:
        assert first.loc[bus, "firm_mw"] == pytest.approx(buses.loc[bus, "firm_mw"], abs=1e-3)
        assert first.loc[bus, "branch_name"] == buses.loc[bus, "limiting_branch_name"]


def test_a_limit_lets_more_through_than_the_one_before(found) -> None:
    for _, chain in found.limits.groupby("bus_id"):
        assert chain["step"].tolist() == list(range(len(chain)))
        assert (chain["firm_mw"].diff().dropna() >= -1e-3).all()


def test_upgrades_come_with_the_cheapest_megawatt_first(found) -> None:
    known = found.upgrades["usd_per_mw"].dropna()
    assert len(known) > 0
    assert known.is_monotonic_increasing
    rest = found.upgrades[found.upgrades["usd_per_mw"].isna()]
    assert (rest["unlocked_mw"] <= 0).all()
    assert found.upgrades["name"].str.startswith("Station").all()


def test_the_linear_method_has_no_study_to_ask() -> None:
    with pytest.raises(ScenarioError, match="need the redispatch method"):
        limits_of(toy.country(), Scenario(method="linear"))
