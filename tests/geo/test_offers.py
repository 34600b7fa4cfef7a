"""How large a site may be, and what its size costs, by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from geo.contest import Wish
from geo.offers import offered_sites, offers_of, sized_usd
from geo.scenario import Scenario
from tests.geo import toy

if TYPE_CHECKING:
    from geo.kinds import Layers

BUSES = ("W@132", "S@420")
FIRM_MW = {0: 300.0, 1: 9000.0}
TIE_132_MW = 3 * 147 * 0.95
"""Four circuits may be built, one of them is out."""


@dataclass
class Study:
    """Stands in for headroom: 300 MW at the weak bus, 9,000 at the strong one."""

    class network:  # noqa: N801 -- an attribute of the study
        bus_ids = BUSES
        n_bus = 2

    def capacity(self, bus):
        return type("Answer", (), {"mw": FIRM_MW[bus]})()


@dataclass
class Ranked:
    """Stands in for a siting."""

    sites: pd.DataFrame
    scenario: Scenario
    layers: Layers


def ranked(changes=None):
    row = {
        "site_id": "s", "kind": "greenfield", "poi_id": "S@420", "poi_voltage_kv": 420.0,
        "area_ha": 625.0, "grid_mw": np.nan, "tie_km": 10.0, "connection_usd": 40e6,
        "months_p50": 35.0,
    }  # fmt: skip
    asked = Scenario(load_mw=50, redundancy="N+1", ha_per_mw=0.25)
    return Ranked(pd.DataFrame([row | (changes or {})]), asked, toy.country())


def alone(changes=None, largest_mw=None):
    wish = Wish(1000, min_site_mw=20, max_site_mw=largest_mw)
    site = offered_sites(ranked(changes), Study(), wish).iloc[0]
    return site["alone_mw"], site["alone_by"]


def test_a_site_is_held_by_the_least_of_its_limits() -> None:
    """625 ha at a quarter of a hectare a MW hold 2,500; two of three 420 kV circuits carry more."""
    assert alone() == (2500, "land")
    assert alone({"poi_id": "W@132"}) == (300, "grid")
    assert alone({"poi_voltage_kv": 132.0}) == (pytest.approx(TIE_132_MW), "tie")
    assert alone(largest_mw=120) == (120, "asked")


def test_land_that_is_not_known_holds_nobody() -> None:
    assert alone({"area_ha": np.nan, "poi_id": "W@132"}) == (300, "grid")


def test_a_campus_that_converts_is_held_to_what_it_has() -> None:
    """48 MW are within 5 % of 50; with 40 it has to wait for a new connection like any other."""
    campus = {"kind": "campus", "area_ha": np.nan, "poi_id": "W@132"}
    assert alone(campus | {"grid_mw": 48.0}) == (48, "campus")
    assert alone(campus | {"grid_mw": 40.0}) == (300, "grid")


def test_the_best_ranked_of_those_large_enough_are_offered() -> None:
    siting = ranked()
    areas = {"a": 625.0, "b": 10.0, "c": 625.0, "d": 625.0}
    rows = [siting.sites.assign(site_id=name, area_ha=ha) for name, ha in areas.items()]
    siting.sites = pd.concat(rows, ignore_index=True)
    found = offered_sites(siting, Study(), Wish(1000, min_site_mw=50, among=2))
    assert list(found["site_id"]) == ["a", "c"]
    assert list(found["bus"]) == [1, 1]


def test_cost_of_a_size_by_hand() -> None:
    """10 km at 0.9 M/km × 1.2 = 10.8, bay 1.6 and station 7.8; 6,000 USD/MVA: .3158 for 50 MW.

    One circuit of 132 kV carries both sizes and there is no spare: 20.5158 and 20.8316 M USD. The
    ranking has twice the first, so twice the second is what the larger size costs.
    """
    siting = ranked({"poi_voltage_kv": 132.0, "connection_usd": 2 * 20.515789e6})
    siting.scenario = replace(siting.scenario, redundancy="N")
    found = [sized_usd(siting.sites, np.array([mw]), siting).iloc[0] for mw in (50.0, 100.0)]
    assert found == pytest.approx([2 * 20.515789e6, 2 * 20.831579e6], rel=1e-6)


def test_what_is_free_stays_free() -> None:
    siting = ranked({"connection_usd": 0.0})
    assert sized_usd(siting.sites, np.array([500.0]), siting).iloc[0] == 0


def test_an_offer_costs_what_its_smallest_and_its_largest_size_cost() -> None:
    siting = ranked()
    sites = offered_sites(siting, Study(), Wish(1000))
    offers = offers_of(sites, siting, 20.0, 1000.0)
    assert (offers.least_mw[0], offers.most_mw[0]) == (20, 1000)
    for mw in (20.0, 1000.0):
        cost = offers.fixed_usd[0] + offers.usd_per_mw[0] * mw
        assert cost == pytest.approx(sized_usd(sites, np.array([mw]), siting).iloc[0])
    assert offers.wait_usd_per_mw == pytest.approx([35 * 150e3])


def test_one_size_only_is_all_fixed() -> None:
    siting = ranked()
    sites = offered_sites(siting, Study(), Wish(100))
    offers = offers_of(sites, siting, 100.0, 100.0)
    assert offers.usd_per_mw[0] == 0
    assert offers.fixed_usd[0] == pytest.approx(sized_usd(sites, np.array([100.0]), siting).iloc[0])


def test_what_is_not_known_counts_as_the_worst_known() -> None:
    siting = ranked()
    known = [(35.0, 10e6), (np.nan, np.nan), (60.0, 40e6)]
    rows = [siting.sites.assign(months_p50=months, connection_usd=usd) for months, usd in known]
    siting.sites = pd.concat(rows, ignore_index=True)
    sites = offered_sites(siting, Study(), Wish(1000))
    offers = offers_of(sites, siting, 20.0, 1000.0)
    assert offers.wait_usd_per_mw[1] == offers.wait_usd_per_mw[2] == 60 * 150e3
    assert offers.fixed_usd[1] == pytest.approx(offers.fixed_usd[2])
