"""Sources of several files, tiles, pages and prices, from a server on this machine."""

from __future__ import annotations

import json
import math

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

import cli
from layers.build import Wish
from layers.catalog import read_catalog
from layers.make import make, order
from layers.parts import tiles_of
from layers.place import faults_of, open_place, read_layers
from tests.layers.open_rasters import write_people, write_tile, write_warmth
from tests.layers.test_eurostat import LPRC
from tests.layers.test_hifld import feature
from tests.layers.test_importers import CASE, GRIDKIT, JRC
from tests.layers.test_make import cache_of, ordered, world, zipped  # noqa: F401 -- a fixture
from tests.layers.test_mosaic import land_of

SOURCE = (
    '[sources.{0}]\ntitle = "{0}"\nurl = "{1}"\nlicence = "CC0-1.0"\nformat = "{2}"\n'
    "gives = {3}\nby_name = true\n{4}"
)
TILE = "/dem/{tile}_DEM.tif"


@pytest.fixture
def rich(world, tmp_path):  # noqa: F811 -- the fixture
    """The world of `test_make`, and beside it elevation, people, warmth, prices and other grids."""
    server, _ = world
    for lat, lon in ((59, 7), (59, 8), (59, 9), (59, 10), (60, 7), (60, 8), (60, 9), (60, 10),
                     (61, 7), (61, 8), (61, 9), (61, 10)):  # fmt: skip
        tile = write_tile(tmp_path / "tile.tif", lat, lon, 240)
        server.serve(f"/dem/N{lat}_00_E{lon:03d}_00_DEM.tif", tile.read_bytes())
    server.serve("/nor_pd.tif", write_people(tmp_path / "people.tif").read_bytes())
    for name, celsius in (("bio1", 5.0), ("bio10", 15.0)):
        path = write_warmth(tmp_path / "warm.tif", celsius, told=False)
        server.serve(f"/chelsa_{name}.tif", path.read_bytes())
    server.serve("/lprc", json.dumps(LPRC).encode())
    server.serve("/jrc.csv", JRC.replace("59.5,6.6", "60.1,9.0").encode())
    for name, text in GRIDKIT.items():
        server.serve(f"/gridkit/{name}", text.encode())
    for name, text in CASE.items():
        server.serve(f"/us/{name}", text.encode())
    sources = (
        ("dem", TILE, "tif tiles", ["elevation"], ""),
        ("population", "/{iso3}_pd.tif", "tif", ["population_density"], ""),
        ("climate", "/chelsa_{file}.tif", "tif", ["temperature", "temperature_warmest"],
         'files = ["bio1", "bio10"]\nscale = 0.1\noffset = -273.15\n'),
        ("eurostat", "/lprc?unit=EUR_HA", "eurostat", ["land_prices"], ""),
        ("jrc", "/jrc.csv", "jrc", ["plants"], 'fuels = ["hydro"]\n'),
        ("gridkit", "/gridkit/{file}", "gridkit", ["substations", "lines"],
         f"files = {sorted(GRIDKIT)}\n"),
        ("us-grid", "/us/{file}", "us-grid", ["substations", "lines", "plants", "loads"],
         f'files = {[*CASE]}\ncountries = "USA"\n'),
        ("hifld", "/hifld?box={west},{south},{east},{north}&from={offset}", "hifld", ["lines"],
         "page = 2\n"),
    )  # fmt: skip
    with (tmp_path / "catalog.toml").open("a") as file:
        for name, url, form, gives, more in sources:
            file.write(SOURCE.format(name, server.url + url, form, gives, more))
    return server, tmp_path


def made_of(tmp_path, *names: str, offline: bool = False):
    what = ordered(tmp_path, "natural-earth", *names)
    return make(what, cache_of(tmp_path, offline=offline), tmp_path / "no")


def kinds_of(made) -> dict[str, str]:
    return {item.kind: item.offer.name for item in made.built}


def test_tiles_are_those_that_the_land_touches() -> None:
    assert tiles_of(land_of(8.5, 59.5, 8.6, 59.6)) == ["N59_00_E008_00"]
    assert tiles_of(land_of(-0.5, -0.5, 0.5, 0.5)) == [
        "S01_00_W001_00", "S01_00_E000_00", "N00_00_W001_00", "N00_00_E000_00",
    ]  # fmt: skip
    near = {"N59_00_E008_00", "N59_00_E009_00"}
    assert set(tiles_of(land_of(8.5, 59.5, 8.95, 59.6))) == near  # within 0.1 degrees of the next
    assert len(tiles_of(land_of(179.5, 0.3, 180.0, 0.6))) == 1
    assert len(tiles_of(land_of(0.2, 89.2, 0.6, 89.95))) == 1


def test_elevation_people_and_warmth_become_layers(rich) -> None:
    _, tmp_path = rich
    made = made_of(tmp_path, "osm", "dem", "population", "climate", "eurostat")
    assert made.missing == []
    assert faults_of(str(tmp_path / "no")) == []
    layers = read_layers(open_place(str(tmp_path / "no")))
    assert set(layers.surfaces.rasters) == {
        "elevation", "population_density", "temperature", "temperature_warmest",
    }  # fmt: skip
    assert "CC0-1.0" in {source.source.licence for source in layers.listed}
    notes = {item.kind: item.note for item in made.built}
    assert notes["elevation"] == "Known for 100% of the land."
    assert notes["temperature"] == "Known for 100% of the land."
    prices = layers.land_prices.frame.set_index("region")["land_price_usd_per_ha"]
    assert prices.to_dict() == {"West": 10800, "East": 21600}


def test_the_run_uses_what_was_fetched(rich) -> None:
    """Slope of the plane, people of the raster, PUE of a climate: on every site of the ranking."""
    _, tmp_path = rich
    made_of(tmp_path, "osm", "wri", "dem", "population", "climate", "eurostat")
    toml = tmp_path / "no" / "place.toml"
    text = toml.read_text()
    assert "cell_m = 250" in text
    toml.write_text(text.replace("cell_m = 250", "cell_m = 1000"))  # to be done sooner
    words = [
        "rank",
        str(tmp_path / "no"),
        "--load-mw",
        "5",
        "--redundancy",
        "N",
        "--format",
        "json",
    ]
    done = CliRunner().invoke(cli.app, words)
    assert done.exit_code == 0, done.output
    sites = json.loads(done.stdout)["sites"]
    assert sites
    # 40 m a degree north, 100 m a degree east at about 60 degrees: rise over 111.4 and 55.7 km
    slope_pct = 100 * math.hypot(40 / 111_400, 100 / 55_700)
    for site in sites:
        assert site["slope_pct"] == pytest.approx(slope_pct, rel=0.3)
        assert site["people_per_km2"] == pytest.approx(40)
        assert site["t_annual_c"] == pytest.approx(5.0, abs=0.06)
        assert site["free_cooling_share"] == 1.0
        assert site["pue"] == pytest.approx(1.11)
        assert site["land_price_usd_per_ha"] in {10800, 21600}


def test_sea_has_no_tiles_and_is_not_asked_for_twice(rich) -> None:
    server, tmp_path = rich
    del server.files["/dem/N59_00_E010_00_DEM.tif"], server.files["/dem/N60_00_E010_00_DEM.tif"]
    made = made_of(tmp_path, "dem")
    note = next(item.note for item in made.built if item.kind == "elevation")
    assert "No tile, as over sea: 2 of 12 (N59_00_E010_00, N60_00_E010_00)." in note
    assert "Known for 100%" not in note
    assert not made.away
    again = made_of(tmp_path, "dem", offline=True)
    assert next(item.note for item in again.built if item.kind == "elevation") == note


def test_a_country_without_any_tile_is_away(rich) -> None:
    server, tmp_path = rich
    for path in [path for path in server.files if path.startswith("/dem/")]:
        del server.files[path]
    made = made_of(tmp_path, "dem")
    assert made.away
    assert made.missing[0] == "dem: none of 12 tiles is there, as N59_00_E007_00"


@pytest.mark.parametrize(
    ("path", "manners", "words"),
    [
        ("/dem/N59_00_E008_00_DEM.tif", ["cut"] * 9, "dem: was cut off"),
        ("/dem/N59_00_E008_00_DEM.tif", ["503"] * 9, "503"),
        ("/nor_pd.tif", ["404"], "population: "),
        ("/chelsa_bio10.tif", ["404"], "climate: "),
        ("/lprc", ["404"], "eurostat: "),
    ],
)
def test_what_goes_wrong_costs_that_layer_only(rich, path, manners, words) -> None:
    server, tmp_path = rich
    server.manners[path] = manners
    made = made_of(tmp_path, "osm", "dem", "population", "climate", "eurostat")
    assert made.away
    assert len([told for told in made.missing if words in told]) == 1
    assert len(made.missing) == 1
    assert faults_of(str(made.path)) == []


@pytest.mark.parametrize(
    ("path", "data", "words"),
    [
        ("/nor_pd.tif", b"<html>moved</html>", "is not GeoTIFF"),
        ("/lprc", b'{"error": 1}', "cannot be read as JSON-stat"),
        ("/dem/N59_00_E008_00_DEM.tif", b"II*\x00" + b"\x00" * 50, "dem: "),
    ],
)
def test_what_is_something_else_is_told(rich, path, data, words) -> None:
    server, tmp_path = rich
    server.serve(path, data)
    made = made_of(tmp_path, "osm", "dem", "population", "eurostat")
    assert [told for told in made.missing if words in told] == made.missing != []
    assert faults_of(str(made.path)) == []
    assert not list((tmp_path / "no").glob("*.new"))


def test_huge_and_changed_files_are_refused(rich) -> None:
    server, tmp_path = rich
    catalog = tmp_path / "catalog.toml"
    text = catalog.read_text()
    text = text.replace("[sources.population]", "[sources.population]\nmax_mb = 0.001")
    text = text.replace("[sources.jrc]", f'[sources.jrc]\nsha256 = "{"0" * 64}"')
    catalog.write_text(text)
    made = made_of(tmp_path, "osm", "jrc", "population")
    assert made.away
    assert "jrc: its hash is" in made.missing[0]
    assert made.missing[1].startswith("population: has 0 MB, more than 0 MB")
    assert server.asked


def test_hydro_of_one_source_and_the_rest_of_another(rich) -> None:
    _, tmp_path = rich
    made = made_of(tmp_path, "osm", "wri", "jrc")
    assert kinds_of(made)["plants"] == "jrc and osm"  # named before wri, so it is the rest
    layers = read_layers(open_place(str(made.path)))
    assert layers.plants.frame.set_index("id")["fuel"].to_dict() == {"H1": "hydro"} | {
        row.id: row.fuel for row in layers.plants.frame.itertuples() if row.fuel != "hydro"
    }
    assert set(layers.plants.frame["fuel"]) > {"hydro"}
    assert layers.plants.source.title.startswith("jrc; ")
    assert "and not the" in layers.plants.source.note


def test_hydro_alone_says_so(rich) -> None:
    _, tmp_path = rich
    what = order(read_catalog(tmp_path / "catalog.toml"), ("natural-earth", "jrc", "gridkit"), (),
                 Wish("NOR"))  # fmt: skip
    made = make(what, cache_of(tmp_path), tmp_path / "no")
    note = next(item.note for item in made.built if item.kind == "plants")
    assert note == "Only hydro: no source gave the other plants."


def test_gridkit_lines_keep_both_ends_when_cut(rich) -> None:
    _, tmp_path = rich
    made = made_of(tmp_path, "gridkit")
    found = kinds_of(made)
    assert {"substations", "lines"} <= set(found), made.missing
    assert faults_of(str(made.path)) == []
    layers = read_layers(open_place(str(made.path)))
    ends = {*layers.lines.frame["from_substation"], *layers.lines.frame["to_substation"]}
    assert ends == set(layers.substations.frame["id"])
    assert layers.place.topology is None


def test_a_grid_of_another_country_is_not_fetched(rich) -> None:
    server, tmp_path = rich
    what = ordered(tmp_path, "us-grid")
    assert what.words == ("us-grid: is of United States only",)
    assert what.offers == ()
    assert server.asked == []


def test_pages_until_one_is_not_full(rich) -> None:
    server, tmp_path = rich
    full = {"features": [feature("1", 8.5, 60.0), feature("2", 8.6, 60.2)]}
    server.serve("/hifld", json.dumps(full).encode())
    server.answers["/hifld"] = [
        json.dumps({"features": rows}).encode() for rows in (full["features"], [])
    ]
    made = made_of(tmp_path, "hifld")
    assert kinds_of(made)["lines"] == "hifld"
    assert next(item.rows for item in made.built if item.kind == "lines") == 2
    assert len([path for path, _ in server.asked if path == "/hifld"]) == 2


def test_a_page_that_is_an_apology_is_not_kept(rich) -> None:
    server, tmp_path = rich
    server.serve("/hifld", b'{"error": {"code": 400}}')
    made = made_of(tmp_path, "hifld")
    assert "hifld: page 1 is no GeoJSON" in made.missing[0]
    assert made.away
    server.serve("/hifld", json.dumps({"features": [feature("1", 8.5, 60.0)]}).encode())
    assert kinds_of(made_of(tmp_path, "hifld"))["lines"] == "hifld"


def test_loads_of_a_grid_are_its_demand(rich, tmp_path) -> None:
    """Two substations in Texas; the case draws 60 MW."""
    server, _ = rich
    folder = tmp_path / "texas"
    folder.mkdir()
    texas = {"name": ["Texas"], "adm0_a3": ["USA"]}
    frame = gpd.GeoDataFrame(texas, geometry=[shapely.box(-98, 29, -96, 32)], crs=4326)
    frame.to_file(folder / "t.shp")
    server.serve("/ne.zip", zipped({path.name: path.read_bytes() for path in folder.iterdir()}))
    catalog = read_catalog(tmp_path / "catalog.toml")
    what = order(catalog, ("natural-earth", "us-grid"), (), Wish("USA", min_kv=50))
    made = make(what, cache_of(tmp_path), tmp_path / "tx")
    assert set(kinds_of(made)) == {"regions", "substations", "lines", "plants", "loads"}
    assert faults_of(str(made.path)) == []
    place = open_place(str(made.path))
    assert place.place.demand_mw == 60
    assert place.place.demand_source.title == "Sum of the loads of its layer"
    assert pd.read_csv(tmp_path / "tx" / "loads.csv")["demand_mw"].sum() == 60
