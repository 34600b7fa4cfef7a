"""The pack is whole, says the same everywhere, and comes out the same every time."""

from __future__ import annotations

import csv
import hashlib
import json
from typing import TYPE_CHECKING

import pandas as pd
import pyogrio
import pytest

from geo.errors import MissingFileError, OutputError, ScenarioError
from maps import exports
from maps.delivery import Order
from maps.exports import FORMATS, check_order, formats_of, write_map, write_pack

if TYPE_CHECKING:
    from pathlib import Path

    from geo.siting import Siting
    from maps.delivery import Delivery

DOCUMENTS = [
    "answer.json",
    "dictionary.csv",
    "provenance.json",
    "LICENCES.md",
    "README.md",
    "manifest.json",
    "SHA256SUMS",
]
USUAL = [
    "map.html",
    "shortlist.gpkg",
    "shortlist.qgz",
    "shortlist.geojson",
    "regions.csv",
    "shortlist.csv",
]
EVERY = tuple(name for name in FORMATS if name not in {"pypsa", "matpower"})
"""The toy answer has no grid to hand over."""


def test_usual_formats_unless_some_are_named(siting: Siting, tmp_path: Path) -> None:
    assert [path.name for path in write_pack(siting, tmp_path)] == [*USUAL, *DOCUMENTS]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*USUAL, *DOCUMENTS])
    some = write_pack(siting, tmp_path / "some", Order(formats=("csv", "geojson", "csv")))
    assert [path.name for path in some] == [
        "regions.csv",
        "shortlist.csv",
        "shortlist.geojson",
        *DOCUMENTS,
    ]


def test_a_project_brings_the_package_that_it_shows() -> None:
    assert formats_of(Order(formats=("csv", "qgis"))) == ["csv", "gpkg", "qgis"]


def test_sites_are_the_same_in_every_form(siting: Siting, tmp_path: Path) -> None:
    write_pack(siting, tmp_path, Order(formats=("csv", "geojson")))
    with (tmp_path / "shortlist.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    features = json.loads((tmp_path / "shortlist.geojson").read_text(encoding="utf-8"))["features"]
    for row, feature in zip(table, features, strict=True):
        assert list(row) == list(feature["properties"])
        assert row["site_id"] == feature["properties"]["site_id"]
        assert float(row["score"]) == feature["properties"]["score"]


def test_manifest_and_sums_have_the_hash_of_each_file(siting: Siting, tmp_path: Path) -> None:
    write_pack(siting, tmp_path, Order(formats=("gpkg", "flatgeobuf", "filegdb")))
    files = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["files"]
    lines = (tmp_path / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: value for value, name in (line.split("  ") for line in lines)}
    there = {
        path.relative_to(tmp_path).as_posix()
        for path in tmp_path.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }
    assert set(sums) == there
    assert {one["name"] for one in files} == there - {"manifest.json"}
    for one in files:
        content = (tmp_path / one["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == one["sha256"] == sums[one["name"]]
        assert len(content) == one["bytes"]


def test_same_answer_gives_the_same_bytes(
    siting: Siting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    for folder in ("1", "2"):
        write_pack(siting, tmp_path / folder, Order(formats=(*EVERY, "stac")))
    for one in (tmp_path / "1").rglob("*"):
        if one.is_file():
            other = tmp_path / "2" / one.relative_to(tmp_path / "1")
            assert one.read_bytes() == other.read_bytes(), one.name


def test_ids_within_a_file_geodatabase_are_its_own(siting: Siting, tmp_path: Path) -> None:
    write_pack(siting, tmp_path, Order(formats=("filegdb",)))
    items, links = (
        pyogrio.read_dataframe(tmp_path / "shortlist.gdb" / name, read_geometry=False)["UUID"]
        for name in ("a00000004.gdbtable", "a00000006.gdbtable")
    )
    assert len(items) > 5
    assert pd.concat([items, links]).is_unique


def test_the_run_is_named_by_its_content(siting: Siting, hostile: Siting, tmp_path: Path) -> None:
    ids = []
    for number, one in enumerate((siting, siting, hostile)):
        order = Order(formats=("csv",), crs="EPSG:3857" if number else "")
        write_pack(one, tmp_path / str(number), order)
        text = (tmp_path / str(number) / "manifest.json").read_text(encoding="utf-8")
        ids.append(json.loads(text)["run_id"])
    assert ids[0] == ids[1] != ids[2]


def test_readme_names_every_file_and_the_crs(siting: Siting, tmp_path: Path) -> None:
    written = write_pack(siting, tmp_path, Order(formats=EVERY, crs="EPSG:3857"))
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    for path in written[:-3]:  # all but itself and what comes after it
        assert f"- `{path.name}`: " in text
    assert "Delivered in EPSG:3857; lengths and areas were measured in EPSG:25833" in text


def test_unknown_format_names_the_known_ones(siting: Siting, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="unknown format 'dwg'; choose from map, gpkg"):
        write_pack(siting, tmp_path / "new", Order(formats=("csv", "dwg")))
    assert not (tmp_path / "new").exists()


def test_what_can_be_refused_before_the_search(tmp_path: Path) -> None:
    check_order(Order(crs="EPSG:3857"))
    with pytest.raises(ScenarioError, match="'/vsicurl/x' is no CRS"):
        check_order(Order(crs="/vsicurl/x"))
    with pytest.raises(ScenarioError, match="'EPSG:999999' is no CRS"):
        check_order(Order(crs="EPSG:999999"))
    with pytest.raises(MissingFileError, match="holds no pack to compare with"):
        check_order(Order(since=tmp_path))


def test_a_broken_writer_leaves_the_earlier_pack(
    siting: Siting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "pack"
    write_pack(siting, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def full(_: Delivery, folder: Path) -> None:
        (folder / "shortlist.csv").write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(exports.FORMATS, "csv", full)
    with pytest.raises(OutputError, match="No space left"):
        write_pack(siting, out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


def test_map_alone(siting: Siting, tmp_path: Path) -> None:
    path = write_map(siting, tmp_path / "maps" / "toy.html")
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(OutputError, match="is a folder"):
        write_map(siting, tmp_path / "maps")
