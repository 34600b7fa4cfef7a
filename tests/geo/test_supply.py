"""Supply options of sites: what counts, what does not, and what it is called."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.profiles import EVEN
from geo.scenario import Scenario
from geo.standards import STANDARDS
from geo.supply import OPTION_COLUMNS, annuity, supply_options
from tests.geo import toy

ASKED = Scenario(load_mw=100, redundancy="N+1", reach_km=20)
GAS_MW = 200 * 38_000 / 6.4 / 8760  # 200 million m³ in blocks at 6.4 GJ/MWh
CRF = 0.08 / (1 - 1.08**-25)


def country(gas=(("G", 200.0, 3, 5),), hydro=()):
    """Toyland with gas at (3, 5) and hydro of given GWh at its side, all profiles even."""
    base = toy.country()
    standards = replace(STANDARDS, hydro_profile=EVEN)
    plants = toy.plants(
        [(name, "hydro", 1000, 3, 8) for name, _ in hydro], {"annual_gwh": dict(hydro)}
    ) if hydro else None  # fmt: skip
    return replace(
        base,
        place=replace(base.place, standards=standards),
        gas_fields=toy.gas_fields(gas) if gas else None,
        plants=plants,
    )


def sites(*rows: tuple, spot=(3, 10), index=None) -> pd.DataFrame:
    """Rows of firm, normal MW and redundancy, at one spot."""
    here = gpd.GeoSeries([toy.at(*spot)], crs=toy.CRS).to_crs("EPSG:4326")
    columns = {
        "site_id": [f"S{number}" for number in range(len(rows))],
        "lon": here.x.iloc[0],
        "lat": here.y.iloc[0],
        "kind": "greenfield",
        "poi_name": "Station A",
        "firm_mw": [float(row[0]) for row in rows],
        "normal_mw": [float(row[1]) for row in rows],
        "redundancy": [row[2] for row in rows],
        "connection_usd": 20e6,
        "months_p50": 40.0,
        "power_price_usd_per_mwh": 30.0,
        "pue": 1.0,
        "region": "Toyland",
    }
    return pd.DataFrame(columns, index=index)


def test_a_firm_grid_needs_nothing_else() -> None:
    """20 M USD written off, and 30 USD/MWh, over 100 MW · 0.75 · 8,760 h."""
    found = supply_options(sites((200, 300, "N+1")), country(), ASKED)
    site = found.sites.iloc[0]
    assert site["supply_mix"] == "grid 100 MW"
    assert site["mix_redundancy"] == "N+1"
    assert (site["mix_grid_mw"], site["mix_onsite_mw"]) == pytest.approx((100, 0))
    assert site["supply_usd_per_mwh"] == pytest.approx(30 + 20e6 * CRF / (100 * 0.75 * 8760))
    assert site["supply_months"] == 40
    assert annuity(0.08, 25) == pytest.approx(CRF)
    assert annuity(0.0, 25) == 1 / 25


def test_cooling_draws_energy_too_up_to_what_the_connection_carries() -> None:
    """Of 0.75 computing at a PUE of 1.2 are 0.9 drawn; at 1.5 or unknown it is all."""
    one = sites((200, 300, "N+1"))
    rows = pd.concat([one.assign(site_id=str(pue), pue=pue) for pue in (1.2, 1.5, np.nan)])
    found = supply_options(rows.reset_index(drop=True), country(), ASKED)
    drawn_gwh = found.options.groupby("site_id", sort=False)["mix_gwh"].sum()
    assert drawn_gwh.tolist() == pytest.approx([90 * 8.76, 876, 876])
    lump = 20e6 * CRF / 876_000
    assert found.sites["supply_usd_per_mwh"].tolist() == pytest.approx(
        [30 + lump / 0.9, 30 + lump, 30 + lump]
    )


def test_gas_fills_what_the_grid_lacks() -> None:
    """The grid has 40 firm MW of 100: with one of two blocks of 60 out it is 40 + 60."""
    found = supply_options(sites((40, 60, "none")), country(), ASKED)
    site = found.sites.iloc[0]
    assert site["mix_redundancy"] == "N+1"
    assert site["uncovered_mw"] == 0
    own = found.options[found.options["option"] != "grid"]
    spare = own["mix_built_mw"] - own["unit_mw"].where(own["mix_built_mw"] > 0, 0.0)
    assert spare.sum() >= 40 - 1e-6  # the grid's normal 60 with a unit out
    assert own["mix_built_mw"].sum() >= 60 - 1e-6  # the grid's firm 40 with all units in
    assert site["supply_mix"].startswith("grid 60 MW + ")
    assert "at Field G" in site["supply_mix"]
    slowest = own.loc[own["mix_mw"] > 0, "months"].max()
    assert site["supply_months"] == max(40, slowest)


@given(
    st.floats(0, 400), st.floats(1, 2000), st.lists(st.floats(100, 4000), max_size=2),
)  # fmt: skip
@settings(max_examples=5)
def test_removing_the_gas_lowers_firm_mw_by_exactly_what_it_gave(firm, gas_mcm, hydro) -> None:
    where = sites((firm, firm, "N"))
    named = [(f"H{number}", gwh) for number, gwh in enumerate(hydro)]
    gas = [("G", gas_mcm, 3, 5)]
    with_gas = supply_options(where, country(gas, named), ASKED)
    without = supply_options(where, country((), named), ASKED)
    gave_mw = gas_mcm * 38_000 / 6.4 / 8760
    fell = with_gas.sites["firm_with_onsite_mw"] - without.sites["firm_with_onsite_mw"]
    assert fell.iloc[0] == pytest.approx(gave_mw)
    options = with_gas.options
    listed = options.loc[options["option"] == "combined cycle", "firm_mw"]
    assert listed.iloc[0] == pytest.approx(gave_mw)
    steady = sum(min(gwh * 0.85e3 / 8760, 1000) for gwh in hydro)
    assert without.sites["firm_with_onsite_mw"].iloc[0] == pytest.approx(firm + steady)


def test_the_grids_own_firm_mw_are_left_alone() -> None:
    where = sites((40, 60, "none"))
    before = where.copy()
    found = supply_options(where, country(), ASKED)
    pd.testing.assert_frame_equal(where, before)
    grid = found.options[found.options["option"] == "grid"].iloc[0]
    assert (grid["firm_mw"], grid["capacity_mw"]) == (40, 60)
    assert found.sites["onsite_firm_mw"].iloc[0] == pytest.approx(GAS_MW)
    assert any("lifts no grade" in note for note in found.notes)


def test_unknown_gas_is_listed_and_not_counted() -> None:
    found = supply_options(sites((40, 60, "none")), country([("G", np.nan, 3, 5)]), ASKED)
    site = found.sites.iloc[0]
    assert np.isnan(site["onsite_firm_mw"])
    assert site["firm_with_onsite_mw"] == 40
    assert site["supply_mix"] == (
        "grid 60 MW; 40 MW are not covered; gas at Field G, volume unknown"
    )
    own = found.options[found.options["option"] != "grid"]
    assert len(own) == 2
    assert own["firm_mw"].isna().all()
    assert (own["mix_mw"] == 0).all()
    assert any("volume is not known" in note for note in found.notes)


def test_known_water_counts_beside_unknown_gas() -> None:
    """438 GWh are 42.5 MW in a dry year."""
    layers = country([("G", np.nan, 3, 5)], [("H", 438.0)])
    found = supply_options(sites((200, 300, "N+1")), layers, ASKED)
    assert found.sites["onsite_firm_mw"].iloc[0] == pytest.approx(42.5)


def test_a_site_far_from_all_has_no_option_but_the_grid() -> None:
    found = supply_options(sites((200, 300, "N"), spot=(90, 90)), country(), ASKED)
    assert found.sites["onsite_firm_mw"].tolist() == [0]
    assert list(found.options["option"]) == ["grid"]
    # Its firm MW suffice and yet it is not N+1: a single way in, and nothing to do without it.
    assert found.sites["supply_mix"].tolist() == ["grid 100 MW; N only"]
    assert found.notes == ()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ((90, 150, "N"), "grid 100 MW; not firm"),
        ((0, 70, "none"), "grid 70 MW; 30 MW are not covered"),
        ((0, 0, "none"), "nothing; 100 MW are not covered"),
        ((np.nan, np.nan, "none"), "nothing; 100 MW are not covered"),
    ],
)
def test_what_is_not_reached_is_said(row, words: str) -> None:
    found = supply_options(sites(row), country(gas=()), ASKED)
    assert found.sites["supply_mix"].tolist() == [words]


def test_2n_by_two_feeds_or_by_a_plant_of_its_own() -> None:
    asked = replace(ASKED, redundancy="2N")
    rows = sites((200, 300, "2N"), (200, 300, "N+1"))
    found = supply_options(rows, country(), asked)
    assert found.sites["mix_redundancy"].tolist() == ["2N", "2N"]
    assert found.sites["supply_mix"].iloc[0] == "grid 100 MW"
    assert "at Field G 100 MW" in found.sites["supply_mix"].iloc[1]
    alone = supply_options(rows, country(gas=()), asked)
    assert alone.sites["supply_mix"].tolist() == ["grid 100 MW", "grid 100 MW; N+1 only"]


def test_a_price_that_is_not_known_makes_no_cost() -> None:
    where = sites((200, 300, "N+1"), (200, 300, "N+1")).assign(
        power_price_usd_per_mwh=[np.nan, 30.0]
    )
    found = supply_options(where, country(gas=()), ASKED)
    assert np.isnan(found.sites["supply_usd_per_mwh"].iloc[0])
    assert found.sites["supply_usd_per_mwh"].iloc[1] > 30
    assert found.sites["supply_mix"].tolist() == ["grid 100 MW"] * 2


def test_a_grid_that_is_dear_enough_loses_to_gas() -> None:
    where = sites((200, 300, "N+1")).assign(power_price_usd_per_mwh=300.0)
    found = supply_options(where, country([("G", 2000.0, 3, 5)]), ASKED)
    drawn = found.options.set_index("option")["mix_gwh"]
    assert drawn["grid"] == pytest.approx(0, abs=1e-3)
    assert drawn.sum() == pytest.approx(100 * 0.75 * 8.76)
    assert found.sites["supply_usd_per_mwh"].iloc[0] < 150


def test_rows_keep_their_index_and_each_its_own_answer() -> None:
    where = sites((200, 300, "N+1"), (0, 70, "none"), index=[7, 3])
    found = supply_options(where, country(gas=()), ASKED)
    assert list(found.sites.index) == [7, 3]
    assert found.options["site_id"].tolist() == ["S0", "S1"]
    assert list(found.options.columns) == OPTION_COLUMNS
    assert found.sites.loc[3, "uncovered_mw"] == pytest.approx(30)


def test_no_site_is_no_answer() -> None:
    found = supply_options(sites().astype({"firm_mw": float}), country(), ASKED)
    assert found.sites.empty
    assert found.options.empty
    assert "supply_mix" in found.sites.columns
