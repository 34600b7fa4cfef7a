"""Texts that mean harm, from every field of a country into every format, read by its parser."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections import Counter
from contextlib import closing
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pyogrio
import pytest

from maps.exports import FORMATS
from tests.trust.conftest import run_in_process
from tests.trust.country import build
from tests.trust.payloads import MARK, PAYLOADS, TERMINAL, evil, spoil

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.trust.conftest import Printed

openpyxl = pytest.importorskip("openpyxl")
pytestmark = pytest.mark.slow
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
EVERY = ",".join((*FORMATS, "stac"))
IN_BALLOONS = {"table", "tr", "td"}


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> tuple[Path, Path, Printed]:
    """The pack of the spoilt country, that of the country as it was, and what was printed."""
    folder = tmp_path_factory.mktemp("payloads")
    packs = []
    for name, country in (
        ("plain", build(folder / "plain" / "toy")),
        ("evil", spoil(build(folder / "evil" / "toy"))),
    ):
        out = folder / name / "out"
        told = run_in_process(
            "export", str(country.folder), "--out", str(out), "--formats", EVERY, "--verbose"
        )
        assert told.code == 0, told.err
        packs.append(out)
    return packs[1], packs[0], told


class Skeleton(HTMLParser):
    """Tags with the names of their attributes, and what scripts hold; no text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.addresses: list[str] = []
        self.islands: list[str] = []
        self._kind = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, tuple(sorted(name for name, _ in attrs))))
        named = dict(attrs)
        self.addresses += [named[name] or "" for name in ("href", "src", "action") if name in named]
        self._kind = (named.get("type") or "") if tag == "script" else ""

    def handle_data(self, data: str) -> None:
        """Keep what a script of data holds."""
        if self._kind == "application/json":
            self.islands.append(data)

    def handle_endtag(self, _tag: str) -> None:
        """Forget the script."""
        self._kind = ""


def test_the_page_has_the_tags_of_the_plain_one(written) -> None:
    """Parsed as a browser does: not one tag, attribute or address comes from the data."""
    spoilt, plain = (
        Skeleton((pack / "map.html").read_text(encoding="utf-8")) for pack in written[:2]
    )
    assert Counter(spoilt.tags) == Counter(plain.tags)
    assert spoilt.addresses == plain.addresses
    assert len(spoilt.islands) == len(plain.islands) > 0
    told = [json.loads(island) for island in spoilt.islands]
    assert MARK in json.dumps(told)
    assert not any("{{" in island or "<" in island for island in spoilt.islands)


def kml_of(pack: Path) -> Iterator[ET.Element]:
    """The KML, and that in the KMZ."""
    yield ET.parse(pack / "shortlist.kml").getroot()  # noqa: S314 -- our own file
    with zipfile.ZipFile(pack / "shortlist.kmz") as packed:
        for name in packed.namelist():
            if name.endswith(".kml"):
                yield ET.fromstring(packed.read(name))  # noqa: S314 -- our own file


def test_no_placemark_is_markup(written) -> None:
    for spoilt, plain in zip(kml_of(written[0]), kml_of(written[1]), strict=True):
        assert Counter(one.tag for one in spoilt.iter()) == Counter(one.tag for one in plain.iter())
        links = [one.text for one in spoilt.iter() if one.tag.endswith(("href", "link"))]
        assert links == [one.text for one in plain.iter() if one.tag.endswith(("href", "link"))]
        balloons = [one.text or "" for one in spoilt.iter() if one.tag.endswith("}description")]
        assert any(MARK in text for text in balloons)
        for text in balloons:
            assert {tag for tag, _ in Skeleton(text).tags} <= IN_BALLOONS
            assert "$[" not in text


def test_no_style_and_no_project_takes_words_of_the_data_for_expressions(written) -> None:
    spoilt, plain = (list(markup_of_qgis(pack)) for pack in written[:2])
    assert [one.tag for one in spoilt] == [one.tag for one in plain]
    for root, same in zip(spoilt, plain, strict=True):
        assert Counter(one.tag for one in root.iter()) == Counter(one.tag for one in same.iter())
        for one in root.iter():
            for name in ("expression", "filter", "attr", "fieldName", "source", "field"):
                assert MARK not in one.get(name, ""), (one.tag, name)
        assert {one.get("isExpression") for one in root.iter("text-style")} <= {"0"}


def markup_of_qgis(pack: Path) -> Iterator[ET.Element]:
    """The project, and every style that a GeoPackage keeps."""
    with zipfile.ZipFile(pack / "shortlist.qgz") as packed:
        yield ET.fromstring(packed.read("shortlist.qgs"))  # noqa: S314 -- our own file
    with closing(sqlite3.connect(pack / "shortlist.gpkg")) as base:
        query = "SELECT styleQML, styleSLD FROM layer_styles ORDER BY f_table_name"
        for qml, sld in base.execute(query):
            yield from (ET.fromstring(text) for text in (qml, sld) if text)  # noqa: S314 -- ours


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(written) -> None:
    book = openpyxl.load_workbook(written[0] / "shortlist.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(MARK in str(cell.value) for cell in cells)
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert not list(book.defined_names)


def test_no_cell_of_a_table_is_a_formula(written) -> None:
    seen = 0
    for path in written[0].rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        seen += sum(MARK in cell for cell in cells)
        for cell in cells:
            assert not CONTROL.search(cell), path.name
            is_formula = cell.lstrip("\u200b \t").startswith(("=", "+", "-", "@"))
            assert not is_formula or is_number(cell), (path.name, cell[:40])
    assert seen > 20


def is_number(text: str) -> bool:
    """Say whether a cell is a number, which a minus may begin."""
    return re.fullmatch(r"-?[0-9.]+(e[+-]?[0-9]+)?", text) is not None


def test_no_text_in_a_file_of_shapes_or_in_json_holds_control_characters(written) -> None:
    pack, seen = written[0], 0
    for path in pack.rglob("*"):
        if path.suffix in {".fgb", ".shp", ".gpkg"} or path.name.endswith(".gdb"):
            for layer, _ in pyogrio.list_layers(path):
                texts = pyogrio.read_dataframe(path, layer=layer, read_geometry=False)
                if str(layer) != "layer_styles":
                    seen += clean(texts.select_dtypes("str").to_numpy().ravel().tolist(), path)
        elif path.suffix in {".json", ".geojson"}:
            seen += clean(list(strings(json.loads(path.read_text(encoding="utf-8")))), path)
    assert seen > 100


def clean(texts: list[object], path: Path) -> int:
    """Count the texts with the mark; none may hold control characters."""
    found = [text for text in texts if isinstance(text, str)]
    assert not [text for text in found if CONTROL.search(text)], path.name
    return sum(MARK in text for text in found)


def strings(value: object) -> Iterator[str]:
    """Every text of a document."""
    if isinstance(value, dict):
        yield from (text for one in value.items() for part in one for text in strings(part))
    elif isinstance(value, list):
        yield from (text for one in value for text in strings(one))
    elif isinstance(value, str):
        yield value


def test_no_text_ends_a_string_of_a_case(written) -> None:
    """Octave and MATLAB run the file: outside comments and strings, no word is the data's."""
    text = (written[0] / "grid.m").read_text(encoding="utf-8")
    assert MARK in text
    for line in text.splitlines():
        code = re.sub(r"'(?:[^']|'')*'", "", line).partition("%")[0]
        assert MARK not in code
        assert "system" not in code
        assert "alert" not in code


def test_no_markdown_holds_markup_of_the_data(written) -> None:
    for path in written[0].glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert not CONTROL.search(text), path.name
        bare = re.sub(r"`[^`]*`", "", re.sub(r"\\.", "", text))  # what we quote is no markup
        assert not re.search(r"<[a-z/!]", bare, re.IGNORECASE), path.name
        assert "](javascript" not in bare, path.name


def test_nothing_printed_or_logged_moves_the_cursor(written) -> None:
    printed = written[2]
    assert not TERMINAL.search(printed.out + printed.err)


def test_no_page_of_a_report_holds_an_action(tmp_path: Path) -> None:
    country = spoil(build(tmp_path / "toy"))
    out = tmp_path / "report.pdf"
    told = run_in_process("report", str(country.folder), "--out", str(out))
    assert told.code == 0, told.err
    data = out.read_bytes()
    packed = re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)
    whole = data + b"".join(map(inflated, packed))
    for word in (b"/JavaScript", b"/JS", b"/Launch", b"/URI", b"/OpenAction", b"/AA", b"/Annots["):
        assert word not in re.sub(rb"stream\r?\n.*?endstream", b"", whole, flags=re.DOTALL), word
    assert len(re.findall(rb"/Type /Page\b", whole)) == 2


def inflated(stream: bytes) -> bytes:
    """What a stream holds."""
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


@pytest.mark.parametrize("payload", [evil("all"), *PAYLOADS])
def test_an_option_that_is_quoted_is_plain(payload: str, tmp_path: Path) -> None:
    """Options that are texts: each is refused, and what is said of it cannot move the cursor."""
    place = str(build(tmp_path / "toy").folder)
    out = ("--out", str(tmp_path / "out"))
    for words in (
        ("check", payload), ("rank", place, "--config", payload),
        ("rank", place, "--sites", payload), ("export", place, *out, "--formats", f"x{payload}"),
        ("export", place, *out, "--crs", payload), ("export", place, *out, "--since", payload),
        ("init", str(tmp_path / "n"), "--template", payload),
        ("fetch", payload, "--dry-run"), ("fetch", "bhutan", "--dry-run", "--from", f"x{payload}"),
        ("headroom", place, "--min-kv", "1", "--interconnect", payload, "--checkpoint", payload),
    ):  # fmt: skip
        told = run_in_process(*words)
        assert told.code in {2, 3, 6}, (words, told)
        assert not TERMINAL.search(told.out + told.err), words
        assert "Traceback" not in told.err
    assert not (tmp_path / "out").exists()
