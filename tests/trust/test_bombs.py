"""Files that grow when they are read, or lead elsewhere; each is refused in a line, none obeyed."""

from __future__ import annotations

import sqlite3
import struct
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest

from geo.errors import LayerError
from layers import sheets
from layers.build import MAX_ITEMS, unpacked
from layers.catalog import Offer
from layers.place import faults_of
from layers.sheets import read_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trust.country import Country

openpyxl = pytest.importorskip("openpyxl")
ENTITIES = (
    '<!DOCTYPE lolz [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 10))
    + "]>"
)
RING = "8.5,59.5 10,59.5 10,61 8.5,61 8.5,59.5"
KML = (
    '<?xml version="1.0" encoding="{encoding}"?>\n{head}'
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>{name}</name><Polygon>'
    f"<outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing></outerBoundaryIs>"
    "</Polygon></Placemark></Document></kml>"
)
GML = (
    '<?xml version="1.0" encoding="{encoding}"?>\n{head}'
    '<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" '
    'xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><ogr:r fid="r.0">'
    '<ogr:geometryProperty><gml:Polygon srsName="EPSG:4326"><gml:outerBoundaryIs><gml:LinearRing>'
    f"<gml:coordinates>{RING}</gml:coordinates></gml:LinearRing></gml:outerBoundaryIs>"
    "</gml:Polygon></ogr:geometryProperty><ogr:name>{name}</ogr:name></ogr:r></gml:featureMember>"
    "</ogr:FeatureCollection>"
)
TEXTS = {"kml": KML, "gml": GML}
DEEP = 50_000


def told(country: Country, file: str, more: str = "") -> str:
    """What is said of a place whose regions come from a file."""
    country.use("regions", file, more)
    return "\n".join(map(str, faults_of(str(country.folder))))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("form", TEXTS)
def test_entities_that_multiply_are_refused_unread(form, encoding, country: Country) -> None:
    """A billion laughs in 600 bytes; in UTF-16 the file is refused by its first bytes."""
    text = TEXTS[form].format(encoding=encoding, head=ENTITIES, name="&a9;")
    country.write(f"r.{form}", text.encode(encoding))
    said = told(country, f"r.{form}")
    assert f"r.{form}: " in said
    assert "entities" in said or "whatever its name" in said


@pytest.mark.parametrize("form", TEXTS)
def test_elements_within_elements_without_end_are_refused(form, country: Country) -> None:
    tag = "Folder" if form == "kml" else "ogr:deep"
    text = TEXTS[form].format(encoding="UTF-8", head="", name="West")
    start, end = ("<Placemark>", "</Placemark>") if form == "kml" else ("<ogr:name>", "</ogr:name>")
    text = text.replace(start, f"<{tag}>" * DEEP + start).replace(end, end + f"</{tag}>" * DEEP)
    country.write(f"r.{form}", text)
    said = told(country, f"r.{form}")
    assert f"r.{form}: cannot be read" in said or "has no layer of shapes" in said


def test_reading_writes_nothing_into_the_place(country: Country) -> None:
    """GDAL leaves a schema beside a GML, and believes one that lies there."""
    country.write("r.gml", GML.format(encoding="UTF-8", head="", name="West"))
    (country.folder / "r.gfs").write_text("<GMLFeatureClassList/>", encoding="utf-8")
    before = {path.name: path.stat().st_mtime_ns for path in country.folder.iterdir()}
    said = told(country, "r.gml")
    assert "r.gml" not in said
    (country.folder / "r.gfs").unlink()
    assert told(country, "r.gml") == said
    after = {path.name for path in country.folder.iterdir()}
    assert after == set(before) - {"r.gfs"}


def test_a_table_of_a_shapefile_that_lies_elsewhere_is_not_read(country: Country, tmp_path) -> None:
    regions = gpd.read_file(country.folder / "regions.geojson")
    regions.to_file(country.folder / "r.shp")
    regions.assign(name=["secret 1", "secret 2"]).to_file(tmp_path / "s.shp")
    (country.folder / "r.dbf").unlink()
    (country.folder / "r.dbf").symlink_to(tmp_path / "s.dbf")
    said = told(country, "r.shp")
    assert "r.dbf: is a link that leaves the place's folder" in said
    assert "secret" not in said


def test_a_place_toml_that_lies_elsewhere_is_not_read(country: Country, tmp_path) -> None:
    (tmp_path / "secret").write_text("password = secret", encoding="utf-8")
    (country.folder / "place.toml").unlink()
    (country.folder / "place.toml").symlink_to(tmp_path / "secret")
    said = [str(fault) for fault in faults_of(str(country.folder))]
    assert len(said) == 1
    assert "place.toml: is a link that leaves the place's folder" in said[0]


def test_a_place_toml_without_end_is_refused_unread(country: Country) -> None:
    with (country.folder / "place.toml").open("r+b") as file:
        file.truncate(1 << 40)
    (fault,) = faults_of(str(country.folder))
    assert "place.toml: has 1,099,511,627,776 bytes" in str(fault)


@pytest.mark.parametrize("beside", ["r.gpkg-wal", "r.gpkg-journal", "R.GPKG.aux.xml"])
def test_what_is_read_along_lies_in_the_place_too(beside, country: Country, tmp_path) -> None:
    gpd.read_file(country.folder / "regions.geojson").to_file(country.folder / "r.gpkg")
    (tmp_path / "elsewhere").write_text("x", encoding="utf-8")
    (country.folder / beside).symlink_to(tmp_path / "elsewhere")
    assert f"{beside}: is a link that leaves" in told(country, "r.gpkg")


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (10_000_000, "declares 10,000,000 features in"),
        (1, "has 2 rows and declares another number, so that 1 are read"),
        (0, "has 2 rows and declares another number, so that 0 are read"),
    ],
)
def test_a_geopackage_that_lies_about_its_rows(declared, said, country: Country) -> None:
    """Room is made for as many as it declares, and no more than those are read."""
    path = country.folder / "r.gpkg"
    gpd.read_file(country.folder / "regions.geojson").to_file(path)
    with closing(sqlite3.connect(path)) as base:
        base.execute("UPDATE gpkg_ogr_contents SET feature_count = ?", (declared,))
        base.commit()
    assert f"r.gpkg: {said}" in told(country, "r.gpkg")


def test_a_flatgeobuf_that_lies_about_its_rows(country: Country) -> None:
    path = country.folder / "r.fgb"
    gpd.read_file(country.folder / "regions.geojson").to_file(path, SPATIAL_INDEX="NO")
    data = path.read_bytes()
    at = data.index(struct.pack("<Q", 2), 8)
    path.write_bytes(data[:at] + struct.pack("<Q", 10**9) + data[at + 8 :])
    assert "r.fgb: declares 1,000,000,000 features in" in told(country, "r.fgb")


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A sheet of two rows."""
    book = openpyxl.Workbook()
    for row in (["id", "name"], ["A", "Alpha"]):
        book.active.append(row)
    path = tmp_path / "book.xlsx"
    book.save(path)
    return path


def rewritten(path: Path, member: str, change) -> None:
    """Change one member of a zip."""
    with zipfile.ZipFile(path) as archive:
        texts = {name: archive.read(name) for name in archive.namelist()}
    texts[member] = change(texts[member])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text)


def test_a_workbook_that_grows_is_refused_unread(workbook: Path, monkeypatch) -> None:
    """A sheet of 400,000 cells that all are alike: 10 MB in 30 kB."""
    rows = b"<row><c><v>1</v></c></row>" * 400_000
    rewritten(
        workbook, "xl/worksheets/sheet1.xml",
        lambda text: text.replace(b"</sheetData>", rows + b"</sheetData>"),
    )  # fmt: skip
    monkeypatch.setattr(sheets, "LARGE_BYTES", 1e6)
    frame, (fault,) = read_sheet(workbook, "book.xlsx", "")
    assert frame.empty
    assert str(fault).startswith("book.xlsx: unpacks to 10,4")


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_workbook_with_entities_is_refused_unread(workbook: Path, member: str) -> None:
    rewritten(workbook, member, lambda text: ENTITIES.encode() + text)
    assert "holds entities" in str(read_sheet(workbook, "book.xlsx", "")[1][0])


@pytest.mark.filterwarnings("ignore")
def test_a_damaged_workbook_is_refused_or_says_the_same(workbook: Path) -> None:
    """One bit in every twenty-ninth byte; what zip and openpyxl raise is of a dozen kinds."""
    whole, refused = workbook.read_bytes(), 0
    for at in range(0, len(whole), 29):
        workbook.write_bytes(whole[:at] + bytes([whole[at] ^ 8]) + whole[at + 1 :])
        frame, faults = read_sheet(workbook, "book.xlsx", "")
        refused += bool(faults)
        assert faults or frame.to_numpy().tolist() == [["A", "Alpha"]]
    assert refused > len(whole) / 29 * 0.6


OFFER = Offer("pack", "Pack", "https://example.org/p.zip", "CC0-1.0", format="geojson in zip")


def packed(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return path


@pytest.mark.parametrize(
    "name", ["../../slip.json", "/slip.json", "..\\slip.json", "a/../../slip.json", "C:\\slip.json"]
)
def test_no_member_of_an_archive_leaves_its_folder(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "c"
    folder.mkdir(parents=True)
    found = unpacked(packed(tmp_path / "p.zip", (name, b"{}")), OFFER, folder)
    assert found.parent == folder
    inside = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(inside) == sorted([tmp_path / "p.zip", found])


def test_a_link_in_an_archive_is_a_file(tmp_path: Path) -> None:
    """A member that says it is a link to a secret holds the name of it, and no more."""
    link = zipfile.ZipInfo("link.json")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    folder = tmp_path / "to"
    folder.mkdir()
    found = unpacked(packed(tmp_path / "p.zip", (link, b"/etc/passwd")), OFFER, folder)
    assert not found.is_symlink()
    assert found.read_bytes() == b"/etc/passwd"


def lying(data: bytes) -> bytes:
    """Let an archive declare 3 GB where there are two bytes."""
    size = struct.pack("<I", 3_000_000_000)
    at = data.index(b"PK\x01\x02")
    return data[: at + 24] + size + data[at + 28 :]


def encrypted(data: bytes) -> bytes:
    """Set the flag of a password."""
    at = data.index(b"PK\x01\x02")
    return data[:6] + b"\x01\x00" + data[8 : at + 8] + b"\x01\x00" + data[at + 10 :]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lying, "unpacks to more than"),
        (encrypted, "password"),
        (lambda data: data[:40] + b"\xff\xff\xff" + data[43:], "cannot be unpacked"),
        (lambda data: data[:-30], "cannot be unpacked"),
        (lambda _: b"", "cannot be unpacked"),
    ],
    ids=["lies about its size", "encrypted", "damaged", "cut off", "empty"],
)
def test_an_archive_that_cannot_be_trusted_is_refused(spoil, said: str, tmp_path: Path) -> None:
    path = packed(tmp_path / "p.zip", ("a.json", b"{}" * 500))
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(LayerError, match=said):
        unpacked(path, OFFER, tmp_path)


def test_an_archive_of_very_many_files_is_refused(tmp_path: Path) -> None:
    members = [(f"{number}.json", b"") for number in range(MAX_ITEMS + 1)]
    with pytest.raises(LayerError, match="holds 10,001 files"):
        unpacked(packed(tmp_path / "p.zip", *members), OFFER, tmp_path)
