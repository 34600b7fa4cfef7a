from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from geo.grid import build_grid
from geo.scenario import Scenario
from geo.siting import find_sites
from geo.year_round import SEASON_COLUMNS, SUPPLY_COLUMNS, year_round
from tests.geo import toy

ASKED = Scenario(load_mw=50, cell_km=5, spacing_km=10, top=3)


@pytest.fixture(scope="module")
def answer():
    return find_sites(toy.country(), ASKED)


def test_sites_carry_supply_and_season(answer) -> None:
    sites = answer.sites
    assert {*SUPPLY_COLUMNS, *SEASON_COLUMNS} <= set(sites.columns)
    assert (sites["supply_mix"].head(3) != "").all()
    assert (sites["supply_mix"].iloc[3:] == "").all()
    assert sites["supply_usd_per_mwh"].iloc[3:].isna().all()
    assert set(answer.year.notes) <= set(answer.notes)


def test_what_could_be_built_on_site_changes_neither_grade_nor_rank(answer) -> None:
    """Ten times the gas at the landing point."""
    rich = dataclasses.replace(toy.country(), gas_fields=toy.gas_fields([("G", 20_000, 3, 5)]))
    dry = dataclasses.replace(toy.country(), gas_fields=None)
    for layers in (rich, dry):
        sites = find_sites(layers, ASKED).sites
        assert sites["site_id"].tolist() == answer.sites["site_id"].tolist()
        assert sites["grade"].tolist() == answer.sites["grade"].tolist()
        assert sites["firm_mw"].to_numpy() == pytest.approx(answer.sites["firm_mw"].to_numpy())


def test_only_sites_looked_at_get_options(answer) -> None:
    layers, sites = answer.layers, answer.sites
    looked = np.arange(len(sites)) == 1
    found = year_round(sites, looked, layers, ASKED, build_grid(layers))
    assert found.sites.index.equals(sites.index)
    assert (found.sites["supply_mix"] != "").tolist() == looked.tolist()
    assert set(found.supply.options["site_id"]) == {sites["site_id"].iloc[1]}
