"""The pages of recipes: every command runs, on built-in data or on small files of each format."""

from __future__ import annotations

import io
import json
import re
import shlex
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from typer.testing import CliRunner

import cli
from tests.layers.server import serving
from tests.layers.test_importers import CASE
from tests.layers.test_osm import NODES, write_pbf

RECIPES = Path(__file__).parent.parent / "docs" / "recipes"
PAGES = ("norway", "bhutan", "ethiopia", "alberta", "texas")
# Where the little map of test_osm lies is made part of each country.
REGIONS = {"NOR": "Vestland", "ETH": "Oromia", "CAN": "Alberta", "USA": "Texas"}
CODES = {"NOR": "NO", "ETH": "ET", "CAN": "CA", "USA": "US"}
QUICK = {"check", "fetch", "headroom"}


def commands(page: str) -> list[str]:
    text = (RECIPES / f"{page}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def catalog(tmp_path, monkeypatch):
    """Serve one little map as each country, and turn our catalogue's addresses to it."""
    (tmp_path / "ne").mkdir()
    land = [shapely.box(9, 59, 11, 61) if code != "USA" else shapely.box(-98, 29, -96, 32)
            for code in REGIONS]  # fmt: skip
    gpd.GeoDataFrame(
        {"name": [*REGIONS.values()], "adm0_a3": [*REGIONS]}, geometry=land, crs=4326
    ).to_file(tmp_path / "ne" / "ne.shp")
    plants = "country,name,capacity_mw,latitude,longitude,primary_fuel\n" + "".join(
        f"{code},Dam,400,{NODES[1][1]},{NODES[1][0]},Hydro\n" for code in REGIONS
    )
    gas = (
        "country/area,wiki-name,status,lat,lng,unit-id,production---gas-(million-m³/y)\n"
        "Any,Field,operating,60.05,10.05,OG1,900\n"
    )
    with serving() as server:
        osm = server.serve("/a.osm.pbf", write_pbf(tmp_path / "a.osm.pbf").read_bytes())
        rows = [{"properties": {"iso3166-1:alpha2": [*CODES.values()], "urls": {"pbf": osm}}}]
        served = {
            "natural-earth": zipped({p.name: p.read_bytes() for p in (tmp_path / "ne").iterdir()}),
            "wri": zipped({"w.csv": plants.encode()}),
            "gem": gas.encode(),
        }
        text = (RECIPES.parents[1] / "layers" / "catalog.toml").read_text(encoding="utf-8")
        parts = re.split(r"(?m)^(?=\[sources\.)", text)
        for at, part in enumerate(parts):
            name = part.partition("]")[0].removeprefix("[sources.")
            if name in served:
                url = server.serve(f"/{name}.{'csv' if name == 'gem' else 'zip'}", served[name])
                parts[at] = re.sub(r'(?m)^url = ".*"$', f'url = "{url}"', part)
            elif name == "osm":
                index = server.serve("/index", json.dumps({"features": rows}).encode())
                parts[at] = re.sub(r'(?m)^index = ".*"$', f'index = "{index}"', part)
            elif name == "us-grid":
                for file, table in CASE.items():
                    server.serve(f"/us/{file}", table.encode())
                url = server.url + "/us/{file}"
                parts[at] = re.sub(r'(?m)^url = ".*"$', f'url = "{url}"', part)
            elif name in {"geonames", "dem", "population", "climate"}:  # see test_parts
                parts[at] = ""
        path = tmp_path / "catalog.toml"
        path.write_text("".join(parts), encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        yield ["--catalog", str(path), "--cache", str(tmp_path / "cache"), "--min-kv", "10"]


def run(line: str, catalog: list[str]):
    program, *words = shlex.split(line)
    assert program == "powersite"
    return CliRunner().invoke(cli.app, words + (catalog if words[0] == "fetch" else []))


def test_every_page_says_what_is_real() -> None:
    for page in PAGES:
        text = (RECIPES / f"{page}.md").read_text(encoding="utf-8")
        assert "**Real:**" in text
        assert "**Missing:**" in text
        assert commands(page)
        assert f"({page}.md)" in (RECIPES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["ethiopia", "norway", "alberta"])
def test_what_is_fetched_can_be_checked(page: str, catalog) -> None:
    ran = []
    for line in commands(page):
        built_in = line.split()[2] in {"norway", "bhutan"} and line.split()[1] != "fetch"
        if line.split()[1] in QUICK and not built_in:
            done = run(line, catalog)
            assert done.exit_code == 0, (line, done.output, done.exception)
            ran.append(line)
    assert len(ran) >= 2


def test_texas(catalog) -> None:
    fetch, check, _ = commands("texas")
    done = run(fetch, catalog[:4])  # it says itself from which voltage
    assert done.exit_code == 0, done.output
    done = run(check, catalog)
    assert done.exit_code == 0, done.output
    assert "345 kV" in done.output
    assert "demand: Sum of the loads of its layer" in done.output


@pytest.mark.slow
@pytest.mark.parametrize("page", ["bhutan", "alberta"])
def test_the_long_commands(page: str, catalog) -> None:
    for line in commands(page):
        done = run(line, catalog)
        assert done.exit_code == 0, (line, done.output, done.exception)
