"""A country made of files in the formats of their publishers, from a server on this machine."""

from __future__ import annotations

import io
import json
import zipfile

import geopandas as gpd
import pytest
import shapely

from geo.errors import LayerError
from geo.topology import joined
from layers.build import Wish, crs_of
from layers.catalog import chosen, read_catalog, url_of
from layers.countries import ISO3_OF, code_of
from layers.fetch import Cache
from layers.make import make, order, plan
from layers.place import faults_of, open_place, read_layers
from tests.layers.server import serving
from tests.layers.test_importers import GOGET, WRI
from tests.layers.test_osm import write_pbf

GEONAMES = "\t".join(["1", "Oslo", "Oslo", "", "60.05", "10.01", "P", "PPLC", "NO", *[""] * 5,
                      "580000", *[""] * 4])  # fmt: skip


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def natural_earth(tmp_path) -> bytes:
    """Two provinces of Norway, one in two pieces, and one of Sweden."""
    rows = [("West", "NOR", 8, 9), ("East", "NOR", 9, 9.6), ("East", "NOR", 9.6, 10.2),
            ("Other", "SWE", 15, 16)]  # fmt: skip
    frame = gpd.GeoDataFrame(
        {"name": [row[0] for row in rows], "adm0_a3": [row[1] for row in rows]},
        geometry=[shapely.box(row[2], 59.5, row[3], 61) for row in rows], crs=4326,
    )  # fmt: skip
    folder = tmp_path / "ne"
    folder.mkdir()
    frame.to_file(folder / "ne.shp")
    return zipped({path.name: path.read_bytes() for path in folder.iterdir()})


@pytest.fixture
def world(tmp_path):
    """A catalogue like ours whose addresses are those of a server on this machine."""
    with serving() as server:
        pbf = write_pbf(tmp_path / "norway.osm.pbf").read_bytes()
        extract = server.serve("/europe/norway.osm.pbf", pbf)
        rows = [{"properties": {"iso3166-1:alpha2": ["NO"], "urls": {"pbf": extract}}}]
        server.serve("/index.json", json.dumps({"features": rows}).encode())
        server.serve("/ne.zip", natural_earth(tmp_path))
        server.serve("/wri.zip", zipped({"README.txt": b"x", "w.csv": WRI.encode()}))
        far = GOGET.replace("60.6,3.7", "60.6,-20").replace("61,3", "61,-20")
        server.serve("/goget.csv", far.encode())
        server.serve("/NO.zip", zipped({"readme.txt": b"y" * 999, "NO.txt": GEONAMES.encode()}))
        text = "".join(
            f'[sources.{name}]\ntitle = "{name}"\nurl = "{url}"\nlicence = "CC0-1.0"\n'
            f'format = "{form}"\ngives = {gives}\n{more}\n'
            for name, url, form, gives, more in (
                ("natural-earth", f"{server.url}/ne.zip", "shp in zip", '["regions"]', ""),
                ("wri", f"{server.url}/wri.zip", "wri in zip", '["plants"]', ""),
                ("osm", "{geofabrik}", "osm", '["substations", "lines", "plants"]',
                 f'index = "{server.url}/index.json"'),
                ("gem", f"{server.url}/goget.csv", "gem", '["gas_fields"]', ""),
                ("geonames", f"{server.url}/{{ISO2}}.zip", "geonames in zip", '["settlements"]',
                 ""),
                ("gadm", f"{server.url}/gadm.zip", "geojson in zip", '["regions"]',
                 'restricted = true\nterms = "Not for sale."'),
            )
        )  # fmt: skip
        (tmp_path / "catalog.toml").write_text(text)
        yield server, tmp_path


def ordered(tmp_path, *names: str, accept: tuple[str, ...] = ()):
    catalog = read_catalog(tmp_path / "catalog.toml")
    return order(catalog, names, accept, Wish("NOR", min_kv=10))


def cache_of(tmp_path, *, offline: bool = False) -> Cache:
    return Cache(tmp_path / "cache", offline=offline, timeout_s=5, sleep=lambda _: None)


def test_a_place_is_made_and_can_be_read(world) -> None:
    _, tmp_path = world
    made = make(ordered(tmp_path), cache_of(tmp_path), tmp_path / "no")
    assert (made.missing, made.away) == (["gem: has no gas_fields here"], False)
    assert {item.kind: item.rows for item in made.built} == {
        "regions": 2, "plants": 2, "substations": 5, "lines": 7, "settlements": 1,
    }  # fmt: skip
    assert faults_of(str(tmp_path / "no")) == []
    layers = read_layers(open_place(str(tmp_path / "no")))
    assert layers.place.country == "NOR"
    assert layers.place.crs == "EPSG:32632"
    assert layers.place.demand_mw == round(0.45 * 150)
    assert sorted(layers.regions.frame["name"]) == ["East", "West"]
    assert layers.plants.source.licence == "CC0-1.0"
    assert "Set by rule: circuits: cables / 3" in layers.lines.source.note
    assert layers.lines.frame.set_index("id").loc["w2", "imputed"] == "circuits: cables / 3"
    assert len(joined(layers).lines) > 0


def test_the_second_time_needs_no_network(world) -> None:
    server, tmp_path = world
    make(ordered(tmp_path), cache_of(tmp_path), tmp_path / "one")
    asked = len(server.asked)
    made = make(ordered(tmp_path), cache_of(tmp_path, offline=True), tmp_path / "two")
    assert not made.away
    assert len(server.asked) == asked
    for file in ("lines.geojson", "plants.geojson", "regions.geojson"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_source_that_is_away_costs_its_layers_only(world) -> None:
    server, tmp_path = world
    del server.files["/wri.zip"], server.files["/NO.zip"]
    made = make(ordered(tmp_path), cache_of(tmp_path), tmp_path / "no")
    assert made.away
    assert [words.partition(":")[0] for words in made.missing] == ["wri", "gem", "geonames"]
    assert {item.kind: item.offer.name for item in made.built}["plants"] == "osm"
    layers = read_layers(open_place(str(tmp_path / "no")))
    assert layers.settlements is None
    assert "wri: " in layers.place.note


def test_without_lines_the_place_says_what_it_lacks(world) -> None:
    server, tmp_path = world
    del server.files["/index.json"]
    made = make(ordered(tmp_path), cache_of(tmp_path), tmp_path / "no")
    assert made.missing[-1] == "a place cannot do without substations and lines"
    assert any("[layers.lines] is missing" in str(fault) for fault in faults_of(str(made.path)))


@pytest.mark.parametrize("data", [b"no zip", zipped({"a.txt": b"x"})])
def test_an_archive_that_is_none_is_told(world, data: bytes) -> None:
    server, tmp_path = world
    server.serve("/wri.zip", data)
    made = make(ordered(tmp_path), cache_of(tmp_path), tmp_path / "no")
    assert [words.partition(":")[0] for words in made.missing] == ["wri", "gem"]
    assert made.path is not None


def test_only_what_is_asked_for(world) -> None:
    server, tmp_path = world
    make(ordered(tmp_path, "natural-earth", "osm"), cache_of(tmp_path), tmp_path / "no")
    assert {path for path, _ in server.asked} == {
        "/ne.zip", "/index.json", "/europe/norway.osm.pbf",
    }  # fmt: skip


def test_one_region_of_a_country(world) -> None:
    _, tmp_path = world
    catalog = read_catalog(tmp_path / "catalog.toml")
    what = order(catalog, (), (), Wish("NOR", min_kv=10, regions=("East",)))
    made = make(what, cache_of(tmp_path), tmp_path / "east")
    assert [item.rows for item in made.built if item.kind == "regions"] == [1]
    assert read_layers(open_place(str(made.path))).regions.frame["name"].tolist() == ["East"]
    what = order(catalog, (), (), Wish("NOR", regions=("North",)))
    made = make(what, cache_of(tmp_path), tmp_path / "north")
    assert "has no region 'North', only East, West" in made.missing[0]


def test_the_plan_asks_nobody(world) -> None:
    server, tmp_path = world
    lines = plan(ordered(tmp_path), cache_of(tmp_path))
    assert server.asked == []
    assert len(lines) == 5
    assert lines[0].startswith("natural-earth: regions. natural-earth (CC0-1.0). http://127.0.0.1:")


def test_restricted_data_only_with_their_terms_agreed_to(world) -> None:
    _, tmp_path = world
    what = ordered(tmp_path, "gadm")
    assert what.offers == ()
    assert what.words == ("gadm: restricted. Not for sale. To fetch it: --accept gadm",)
    assert [offer.name for offer in ordered(tmp_path, accept=("gadm",)).offers] == ["gadm"]


def test_our_own_catalogue() -> None:
    catalog = read_catalog()
    offers, words = chosen(catalog, (), ())
    assert [offer.name for offer in offers] == [
        "natural-earth", "wri", "osm", "gem", "geonames", "dem", "population", "climate",
    ]  # fmt: skip
    by_hand = {offer.name for offer in catalog.values() if not offer.gives}
    assert by_hand == {"usda", "ghsl", "wdpa"}
    assert all(catalog[name].why for name in by_hand)
    assert not any("gadm" in word or "wdpa" in word for word in words)
    assert {"wdpa", "gadm", "worldclim"} == {
        offer.name for offer in catalog.values() if offer.restricted
    }
    assert all(offer.terms for offer in catalog.values() if offer.restricted)
    assert all(offer.licence and offer.title for offer in catalog.values())
    assert url_of(catalog["geonames"], "ETH").endswith("/ET.zip")
    with pytest.raises(LayerError, match="did you mean 'osm'"):
        chosen(catalog, ("osn",), ())


def test_countries() -> None:
    assert {code_of(word) for word in ("ethiopia", "ETH", "et", "Ethiopia ")} == {"ETH"}
    assert code_of("atlantis") == ""
    assert (ISO3_OF["BT"], ISO3_OF["EL"]) == ("BTN", "GRC")
    with pytest.raises(LayerError, match="country: is unknown"):
        order(read_catalog(), (), (), Wish(""))


@pytest.mark.parametrize(
    ("west", "south", "crs"),
    [(8.0, 60.0, "EPSG:32632"), (39.0, 8.0, "EPSG:32637"), (28.0, -26.0, "EPSG:32735")],
)
def test_utm_zone(west, south, crs) -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.box(west, south, west + 1, south + 1)], crs=4326)
    assert crs_of(frame) == crs
