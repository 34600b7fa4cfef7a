"""The GeoPackage opens elsewhere and holds what it should."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import pytest

from geo.errors import OutputError
from maps.delivery import Order, deliver, stations_with_headroom
from maps.geopackage import write_geopackage

if TYPE_CHECKING:
    from pathlib import Path

    from geo.siting import Siting

SPATIAL = [
    "sites", "feeds", "supply_paths", "regions", "substations", "lines", "plants", "gas_fields",
    "campuses",
]  # fmt: skip
TABLES = ["headroom", "congestion", "limits", "upgrades", "tasks", "sources", "dictionary"]


@pytest.fixture
def package(siting: Siting, tmp_path: Path) -> Path:
    write_geopackage(deliver(siting, Order()), tmp_path / "toy.gpkg")
    return tmp_path / "toy.gpkg"


def test_layers_and_rows(package: Path) -> None:
    layers = [str(name) for name, _ in pyogrio.list_layers(package)]
    assert layers == [*SPATIAL, *TABLES, "layer_styles"]
    counts = {name: len(pyogrio.read_dataframe(package, layer=name)) for name in layers}
    assert counts["sites"] == counts["feeds"] == 5
    assert counts["regions"] == 3
    assert counts["headroom"] == 6
    assert counts["supply_paths"] == 5
    assert counts["congestion"] == 1


def test_sites_come_back_as_they_went(siting: Siting, package: Path) -> None:
    found = gpd.read_file(package, layer="sites")
    assert found.crs == siting.sites.crs
    assert list(found["site_id"]) == list(siting.sites["site_id"][:5])
    assert found["firm_mw"].tolist() == siting.sites["firm_mw"][:5].tolist()
    assert found["gas_mcm_per_year_in_reach"].isna().all()
    assert (found.geometry.area - siting.sites.geometry[:5].area).abs().max() < 1e-6


def test_version_and_geometry_name_are_what_gis_programs_expect(package: Path) -> None:
    with sqlite3.connect(package) as base:
        assert base.execute("pragma user_version").fetchone() == (10300,)
        names = base.execute("select column_name from gpkg_geometry_columns").fetchall()
    base.close()
    assert set(names) == {("geom",)}


def test_substation_shows_its_strongest_bus(siting: Siting) -> None:
    frame = stations_with_headroom(siting).set_index("id")
    assert frame.loc["T-S0", "best_bus_kv"] == 420
    assert frame.loc["T-S0", "firm_mw"] == 420
    assert frame.loc["T-S5", ["firm_mw", "normal_mw"]].isna().all()


def test_layer_that_the_place_lacks_is_left_out(siting: Siting, tmp_path: Path) -> None:
    bare = replace(siting, layers=replace(siting.layers, plants=None, campuses=None))
    write_geopackage(deliver(bare, Order()), tmp_path / "bare.gpkg")
    layers = {str(name) for name, _ in pyogrio.list_layers(tmp_path / "bare.gpkg")}
    assert layers == {*SPATIAL, *TABLES, "layer_styles"} - {"plants", "campuses"}


def test_supply_paths_come_back_and_one_without_a_line_has_no_shape(package: Path) -> None:
    found = gpd.read_file(package, layer="supply_paths")
    assert found["source"].tolist()[3] == "link abroad Cable, 700 MW"
    assert found["weakest_mw"].isna().tolist() == [False, False, False, True, False]
    lengths = [0.0 if shape is None else shape.length for shape in found.geometry]
    assert lengths == pytest.approx([20_000, 20_000, 20_000, 0, 20_000])


def test_nothing_congested_and_no_path_are_empty_layers(siting: Siting, tmp_path: Path) -> None:
    bare = replace(
        siting, congestion=siting.congestion.head(0), supply_paths=siting.supply_paths.head(0)
    )
    write_geopackage(deliver(bare, Order()), tmp_path / "bare.gpkg")
    for layer, column in (("congestion", "branch_name"), ("supply_paths", "stations")):
        found = pyogrio.read_dataframe(tmp_path / "bare.gpkg", layer=layer)
        assert found.empty
        assert column in found.columns


def test_path_that_cannot_be_written(siting: Siting, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot write 'x\.gpkg'"):
        write_geopackage(deliver(siting, Order()), tmp_path / "absent" / "x.gpkg")


@pytest.mark.gdal
def test_ogrinfo_reads_every_layer(package: Path, ogrinfo: str, elsewhere: dict[str, str]) -> None:
    answer = subprocess.run(
        [ogrinfo, "-json", "-nocount", str(package)],
        capture_output=True,
        text=True,
        check=False,
        env=elsewhere,
    )
    if answer.returncode == 0:
        layers = {one["name"]: one for one in json.loads(answer.stdout)["layers"]}
        assert set(SPATIAL) <= set(layers)
    summary = subprocess.run(
        [ogrinfo, "-so", "-al", str(package)],
        capture_output=True,
        text=True,
        check=True,
        env=elsewhere,
    )
    assert "ERROR" not in summary.stdout + summary.stderr
    assert "Warning" not in summary.stderr
    assert summary.stdout.count('ID["EPSG",25833]') >= len(SPATIAL)
    assert "Feature Count: 5" in summary.stdout


@pytest.mark.gdal
def test_hostile_names_reach_ogrinfo_as_text(hostile: Siting, tmp_path: Path, ogrinfo: str) -> None:
    write_geopackage(deliver(hostile, Order()), tmp_path / "hostile.gpkg")
    answer = subprocess.run(
        [ogrinfo, "-al", str(tmp_path / "hostile.gpkg"), "sites"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "{{7*191}}" in answer.stdout
    assert "\x1b" not in answer.stdout
