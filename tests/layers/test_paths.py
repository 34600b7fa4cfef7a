"""A place reads files of its own folder and nothing else."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers import paths
from layers.paths import FORMATS, find_file, format_of, name_faults, sha256_of

if TYPE_CHECKING:
    from conftest import Toy

HOSTILE = {
    "/vsicurl/http://example.org/x.geojson": "virtual path",
    "/VSIMEM/x.geojson": "virtual path",
    "\\vsizip\\x.geojson": "virtual path",
    "https://example.org/x.geojson": "URL",
    "file:///etc/x.geojson": "URL",
    "GeoJSON:x.geojson": "prefix",
    "VRT:x.geojson": "prefix",
    "PG:dbname=x.geojson": "prefix",
    "C:\\x.geojson": "prefix",
    "C:x.geojson": "prefix",
    "/etc/x.geojson": "absolute",
    "\\\\server\\share\\x.geojson": "absolute",
    "../x.geojson": "leaves",
    "a/../../x.geojson": "leaves",
    "a\\..\\..\\x.geojson": "leaves",
    "": "not a file name",
    "x\0.geojson": "not a file name",
}


@pytest.mark.parametrize(("file", "reason"), HOSTILE.items())
def test_hostile_name_is_refused(file: str, reason: str) -> None:
    (fault,) = name_faults(file, "here")
    assert fault.where == "here"
    assert reason in fault.problem


@pytest.mark.parametrize("file", ["lines.csv", "gis/lines v2.gpkg", "lignes-électriques.fgb"])
def test_ordinary_name_passes(file: str) -> None:
    assert name_faults(file, "here") == []


PIECES = st.sampled_from(
    ["..", ".", "/", "\\", "//", "a", "b.csv", ":", "vsi", "/vsi", "C:", "~", " ", "é", "%2e"]
)


@given(st.lists(PIECES, max_size=8).map("".join))
def test_what_passes_stays_in_the_folder(file: str) -> None:
    folder = Path("/somewhere/place")
    if not name_faults(file, "here"):
        inside = Path(os.path.normpath(folder / file))
        assert inside.is_relative_to(folder)


def test_hostile_name_in_a_place(toy: Toy) -> None:
    (toy.folder.parent / "plants.csv").write_text("id\n1\n", encoding="utf-8")
    toy.spoil("place.toml", '"plants.csv"', '"../plants.csv"')
    assert toy.faults() == [
        (
            "place.toml [layers.plants] file: '../plants.csv' leaves the place's folder; "
            "name a file inside the folder of the place"
        )
    ]


def test_link_that_leaves_the_folder(toy: Toy) -> None:
    outside = toy.folder.parent / "secret.csv"
    outside.write_text((toy.folder / "plants.csv").read_text(encoding="utf-8"), encoding="utf-8")
    (toy.folder / "plants.csv").unlink()
    (toy.folder / "plants.csv").symlink_to(outside)
    assert toy.faults() == [
        "plants.csv: is a link that leaves the place's folder; copy the file into it"
    ]


def test_link_of_a_folder_that_leaves_the_folder(toy: Toy) -> None:
    outside = toy.folder.parent / "elsewhere"
    outside.mkdir()
    (outside / "plants.csv").write_text("id\n1\n", encoding="utf-8")
    (toy.folder / "gis").symlink_to(outside)
    toy.spoil("place.toml", '"plants.csv"', '"gis/plants.csv"')
    assert "leaves the place's folder" in toy.faults()[0]


def test_link_within_the_folder_is_fine(toy: Toy) -> None:
    (toy.folder / "plants.csv").rename(toy.folder / "plants-2025.csv")
    (toy.folder / "plants.csv").symlink_to(toy.folder / "plants-2025.csv")
    assert toy.faults() == []


def test_place_itself_may_be_reached_through_a_link(toy: Toy) -> None:
    link = toy.folder.parent / "link"
    link.symlink_to(toy.folder)
    path, faults = find_file(link, "plants.csv", "plants")
    assert faults == []
    assert path.is_file()


def test_folder_instead_of_a_file(toy: Toy) -> None:
    (toy.folder / "plants.csv").unlink()
    (toy.folder / "plants.csv").mkdir()
    assert "plants.csv: does not exist" in toy.faults()[0]


def test_file_over_the_budget(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "MAX_BYTES", 10)
    toy.write("ties.csv", "name\nAbroad\n")
    _, (fault,) = find_file(toy.folder, "ties.csv", "ties")
    assert str(fault) == "ties.csv: has 12 bytes; keep it under 10"


@pytest.mark.parametrize(
    ("file", "form"),
    [
        ("a.csv", "csv"),
        ("a.CSV", "csv"),
        ("a.geojson", "geojson"),
        ("a.json", "geojson"),
        ("a.gpkg", "gpkg"),
        ("a.shp", "shp"),
        ("a.fgb", "fgb"),
    ],
)
def test_format_follows_the_extension(file: str, form: str) -> None:
    assert format_of(file, "", "here") == (form, [])
    assert format_of(file, form, "here") == (form, [])


@pytest.mark.parametrize("file", ["a.vrt", "a.dxf", "a.shp.zip", "a.tar", "a", "csv"])
def test_other_formats_are_refused(file: str) -> None:
    form, (fault,) = format_of(file, "", "here")
    assert form == ""
    assert all(known in fault.remedy for known in FORMATS)


def test_hash_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"abc")
    # The example of FIPS 180-2.
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_hash_of_a_shapefile_covers_its_parts(tmp_path: Path) -> None:
    for suffix, text in ((".shp", b"s"), (".dbf", b"d"), (".prj", b"p")):
        (tmp_path / f"a{suffix}").write_bytes(text)
    assert sha256_of(tmp_path / "a.shp") == hashlib.sha256(b"sdp").hexdigest()
