"""The pack is whole, says the same everywhere, and comes out the same every time."""

from __future__ import annotations

import csv
import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from geo.errors import OutputError, ScenarioError
from maps import exports
from maps.exports import write_map, write_pack

if TYPE_CHECKING:
    from pathlib import Path

    from geo.siting import Siting

ALL = [
    "map.html",
    "shortlist.gpkg",
    "shortlist.geojson",
    "shortlist.csv",
    "regions.csv",
    "manifest.json",
]


def test_all_formats_unless_some_are_named(siting: Siting, tmp_path: Path) -> None:
    assert [path.name for path in write_pack(siting, tmp_path)] == ALL
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(ALL)
    some = write_pack(siting, tmp_path / "some", ["csv", "geojson", "csv"])
    assert [path.name for path in some] == [ALL[3], ALL[4], ALL[2], ALL[5]]


def test_sites_are_the_same_in_every_form(siting: Siting, tmp_path: Path) -> None:
    write_pack(siting, tmp_path, ["csv", "geojson"])
    with (tmp_path / "shortlist.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    features = json.loads((tmp_path / "shortlist.geojson").read_text(encoding="utf-8"))["features"]
    for row, feature in zip(table, features, strict=True):
        assert list(row) == list(feature["properties"])
        assert row["site_id"] == feature["properties"]["site_id"]
        assert float(row["score"]) == feature["properties"]["score"]


def test_manifest_has_the_hash_of_each_file(siting: Siting, tmp_path: Path) -> None:
    write_pack(siting, tmp_path)
    files = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert [one["name"] for one in files] == ALL[:-1]
    for one in files:
        assert hashlib.sha256((tmp_path / one["name"]).read_bytes()).hexdigest() == one["sha256"]


def test_same_answer_gives_the_same_bytes(
    siting: Siting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    first, again = write_pack(siting, tmp_path / "1"), write_pack(siting, tmp_path / "2")
    for one, other in zip(first, again, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_unknown_format_names_the_known_ones(siting: Siting, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="unknown format 'dwg'; choose from map, gpkg"):
        write_pack(siting, tmp_path / "new", ["csv", "dwg"])
    assert not (tmp_path / "new").exists()


def test_a_broken_writer_leaves_the_earlier_pack(
    siting: Siting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pack(siting, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(_: Siting, path: Path) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(exports.FORMATS, "csv", {"shortlist.csv": full})
    with pytest.raises(OutputError):
        write_pack(siting, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_map_alone(siting: Siting, tmp_path: Path) -> None:
    path = write_map(siting, tmp_path / "maps" / "toy.html")
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(OutputError, match="is a folder"):
        write_map(siting, tmp_path / "maps")
