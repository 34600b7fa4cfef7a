"""Existing campuses beside bare land, on Toyland's grid."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from geo.campuses import COLUMNS, campuses
from geo.errors import LayerError
from geo.scenario import Scenario
from geo.siting import find_sites
from geo.timeline import MIXED, READY, SECOND
from tests.geo import toy

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.siting import Siting

ASKED = Scenario(load_mw=50, cell_km=10, spacing_km=10, reach_km=20)
CONVERSION_P50 = 18 - sqrt(27)
MINES = [
    ("Half Mine", 20, 48, 19),
    ("Far Mine", 80, 0, 70),
    ("Dark Mine", None, 12, 19),
    ("Ready Mine", 49, 30.2, 29.8),
    ("Lone Mine", 60, 33, 6),
]
"""Half Mine near D, Ready Mine at B itself, Lone Mine near C; Far Mine out of all reach."""


@pytest.fixture(scope="module")
def siting() -> Siting:
    layers = toy.country()
    mines = toy.campuses(MINES, {"free_ha": {"Half Mine": 5.0}, "use": {"Half Mine": "smelter"}})
    land = toy.regions([("West", 0, 0, 30, 40), ("East", 30, 0, 30, 40), ("North", 0, 60, 20, 20)])
    return find_sites(replace(layers, campuses=mines, regions=land), ASKED)


@pytest.fixture(scope="module")
def found(siting: Siting) -> gpd.GeoDataFrame:
    return campuses(siting).set_index("name")


def test_all_campuses_are_there_in_the_order_of_what_they_have(siting: Siting) -> None:
    frame = campuses(siting)
    assert list(frame.columns) == [*COLUMNS, "geometry"]
    assert frame["rank"].tolist() == [1, 2, 3, 4, 5]
    # 60 MW of Lone Mine cover 50, 49 of Ready Mine do within 5 %, 20 do not; then what is not known
    # to have any, and what no station reaches.
    assert frame["name"].tolist() == [
        "Lone Mine", "Ready Mine", "Half Mine", "Dark Mine", "Far Mine",
    ]  # fmt: skip
    assert frame.crs == toy.CRS


def test_what_flows_at_once_and_what_is_missing(found: pd.DataFrame) -> None:
    assert found.loc["Lone Mine", ["first_mw", "missing_mw", "way"]].tolist() == [50, 0, SECOND]
    assert found.loc["Ready Mine", ["first_mw", "missing_mw", "way"]].tolist() == [49, 0, READY]
    assert found.loc["Half Mine", ["first_mw", "missing_mw", "way"]].tolist() == [20, 30, MIXED]
    assert pd.isna(found.loc["Dark Mine", "first_mw"])
    assert found.loc["Dark Mine", "missing_mw"] == 50


def test_the_first_phase_is_a_conversion_and_the_whole_takes_what_is_built(
    siting: Siting, found: pd.DataFrame
) -> None:
    first = found["months_first_p50"]
    for name in ("Lone Mine", "Ready Mine", "Half Mine"):
        assert first[name] == pytest.approx(CONVERSION_P50)
    assert pd.isna(first["Dark Mine"])  # who knows whether it is energised at all
    sites = siting.sites.set_index("name")
    assert found.loc["Ready Mine", "months_whole_p50"] == first["Ready Mine"]
    assert found.loc["Half Mine", "months_whole_p50"] == sites.loc["Half Mine", "months_p50"] > 30
    assert found.loc["Lone Mine", "months_whole_p50"] > 30
    assert sites.loc["Lone Mine", "months_p50"] == pytest.approx(CONVERSION_P50)


def test_costs_and_land_are_those_of_what_is_missing(siting: Siting, found: pd.DataFrame) -> None:
    half = found.loc["Half Mine"]
    assert half["new_halls_usd"] == pytest.approx(30 * 11e6)
    assert half["fit_out_usd"] == pytest.approx(20 * 5.4e6)
    assert half["cooling_usd"] == pytest.approx(20 * 2.2e6)
    assert half["needed_ha"] == pytest.approx(30 * 0.25)
    assert half["free_ha"] == 5
    ready = found.loc["Ready Mine"]
    assert ready["capex_usd"] == pytest.approx(50 * 7.6e6)
    assert (ready["connection_usd"], ready["needed_ha"]) == (0, 0)
    assert pd.isna(ready["free_ha"])
    assert found["capex_usd_per_mw"].dropna().tolist() == pytest.approx(
        (found["capex_usd"].dropna() / 50).tolist()
    )
    sites = siting.sites.set_index("name")
    assert found.loc["Lone Mine", "capex_usd"] == sites.loc["Lone Mine", "capex_usd"]


def test_beside_the_best_greenfield_site(siting: Siting, found: pd.DataFrame) -> None:
    green = siting.sites[siting.sites["kind"] == "greenfield"].iloc[0]
    assert set(found["green_site_id"]) == {green["site_id"]}
    half = found.loc["Half Mine"]
    assert half["first_sooner_months"] == pytest.approx(green["months_p50"] - CONVERSION_P50)
    assert half["whole_sooner_months"] == pytest.approx(
        green["months_p50"] - half["months_whole_p50"]
    )
    assert half["less_usd"] == pytest.approx(green["capex_usd"] - half["capex_usd"])
    assert half["less_usd"] > 0


def test_a_campus_out_of_reach_keeps_its_reason(found: pd.DataFrame) -> None:
    far = found.loc["Far Mine"]
    assert far["dropped"] == "no point of connection in reach"
    assert (far["region"], far["grid_mw"], far["first_mw"]) == ("North", 80, 50)
    assert pd.isna(far["months_whole_p50"])
    assert (found["dropped"] == "").sum() == 4


def test_a_campus_whose_jurisdiction_is_closed_says_so() -> None:
    layers = replace(toy.country(), policy=toy.policy([("ban", True, "East")]))
    frame = campuses(find_sites(layers, ASKED))
    assert frame["dropped"].tolist() == ["jurisdiction closed"]


def test_without_greenfield_sites_there_is_nothing_beside() -> None:
    layers = toy.country()
    answer = find_sites(layers, ASKED)
    only = answer.sites[answer.sites["kind"] == "campus"]
    frame = campuses(replace(answer, sites=only))
    assert frame["less_usd"].isna().all()
    assert frame["green_site_id"].isna().all()


def test_a_place_without_campuses_says_so() -> None:
    layers = replace(toy.country(), campuses=None)
    with pytest.raises(LayerError, match="has no campuses layer"):
        campuses(find_sites(layers, ASKED))
