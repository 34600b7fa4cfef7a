"""The built-in places from end to end: answers that a grid planner could believe."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

import layers
from geo.scenario import Scenario
from geo.siting import find_sites
from layers.place import open_place, read_layers

SQUARES = Scenario(load_mw=180, cell_km=5, spacing_km=20, top=20)
PLACES = Path(layers.__file__).parent / "places"


@pytest.fixture(scope="module", params=["bhutan", pytest.param("norway", marks=pytest.mark.slow)])
def answer(request):
    return find_sites(read_layers(open_place(request.param)), SQUARES)


def test_no_site_stands_on_barred_ground(answer) -> None:
    barred = answer.layers.barred
    tree = shapely.STRtree([] if barred is None else barred.frame.geometry.to_numpy())
    green = answer.sites[answer.sites["kind"] == "greenfield"]
    inside = shapely.buffer(green.geometry.to_numpy(), -1.0)
    assert tree.query(inside, predicate="intersects").size == 0


def test_every_greenfield_site_stands_on_the_land_and_is_large_enough(answer) -> None:
    green = answer.sites[answer.sites["kind"] == "greenfield"]
    land = answer.layers.regions.frame.geometry.union_all().buffer(1.0)
    assert shapely.covers(land, green.geometry.to_numpy()).all()
    assert (green["area_ha"] >= 45).all()
    assert (green["area_ha"] <= 2500 * 1.01).all()


def test_no_point_of_connection_is_abroad(answer) -> None:
    assert not answer.grid.buses.loc[answer.sites["poi_id"], "abroad"].any()


def test_headroom_is_neither_nothing_nor_everything(answer) -> None:
    """A tenth of the buses at least has some firm MW; none more than all supply."""
    firm = answer.headroom["firm_mw"]
    assert (firm > 1).mean() > 0.1
    assert (firm < 1).any()
    assert firm.max() < 20_000


def test_every_grade_agrees_with_its_numbers(answer) -> None:
    sites = answer.sites
    a_firm = sites.loc[sites["grade"] == "A", "firm_mw"]
    assert (a_firm >= 180 - 1e-2).all()
    assert set(sites.loc[sites["grade"] == "A", "redundancy"]) <= {"N+1", "2N"}
    below = sites.loc[sites["grade"].isin(["C", "D"]), "normal_mw"]
    assert (below < 180).all()


def test_known_campuses_are_among_the_sites(answer) -> None:
    names = set(answer.sites.loc[answer.sites["kind"] == "campus", "name"])
    assert names == set(answer.layers.campuses.frame["name"])


def test_an_energised_campus_is_on_air_long_before_greenfield(answer) -> None:
    """Tydal has 175 MW, within 5 % of 180; Jigmeling has 500."""
    ready = answer.sites[answer.sites["name"].isin(["Tydal", "Jigmeling"])]
    green = answer.sites[answer.sites["kind"] == "greenfield"]
    assert len(ready) == 1
    assert ready["months_p90"].max() < green["months_p10"].min()


def test_sources_have_licences_and_hashes(answer) -> None:
    for layer in answer.layers.present():
        assert layer.source.licence not in {"", "unknown"}, layer.kind
        assert len(layer.source.sha256) == 64, layer.kind


def test_the_crs_and_format_of_a_file_change_nothing(tmp_path) -> None:
    """Bhutan's substations once more, as a GeoPackage in UTM."""
    folder = tmp_path / "bhutan"
    shutil.copytree(PLACES / "bhutan", folder)
    table = read_layers(open_place("bhutan")).substations.frame
    table.to_crs("EPSG:32646").to_file(folder / "substations.gpkg", layer="s", driver="GPKG")
    settings = (folder / "place.toml").read_text(encoding="utf-8")
    assert 'file = "substations.csv"' in settings
    (folder / "place.toml").write_text(
        settings.replace('file = "substations.csv"', 'file = "substations.gpkg"'), encoding="utf-8"
    )
    ours, theirs = (
        find_sites(read_layers(open_place(place)), SQUARES).sites
        for place in ("bhutan", str(folder))
    )
    assert isinstance(theirs, gpd.GeoDataFrame)
    assert theirs["site_id"].tolist() == ours["site_id"].tolist()
    assert theirs["score"].to_numpy() == pytest.approx(ours["score"].to_numpy(), abs=1e-3)
