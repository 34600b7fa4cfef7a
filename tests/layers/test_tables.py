"""CSV as people save it: marks, encodings, blank rows, quotes; and the geometry in its columns."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from layers.tables import read_table, with_lines, with_points

if TYPE_CHECKING:
    from conftest import Toy

UTM32 = "EPSG:25832"


def read(data: bytes) -> tuple[pd.DataFrame, list[str]]:
    """Read a table from bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(data)
        frame, faults = read_table(path, "t.csv")
    return frame, [str(fault) for fault in faults]


def test_cells_are_text_and_rows_are_counted_from_the_header() -> None:
    frame, faults = read(b"id,mw\nA,007\nB,\n")
    assert faults == []
    assert frame.to_dict("index") == {2: {"id": "A", "mw": "007"}, 3: {"id": "B", "mw": ""}}


def test_byte_order_mark_and_windows_line_ends() -> None:
    frame, faults = read(b"\xef\xbb\xbfid,name\r\n1,\xc3\x85\r\n")
    assert faults == []
    assert frame.to_dict("list") == {"id": ["1"], "name": ["Å"]}


def test_blank_rows_are_left_out_but_counted() -> None:
    frame, faults = read(b"id,mw\n\nA,1\n , \n,\nB,2\n\n")
    assert faults == []
    assert list(frame.index) == [3, 6]


def test_quoted_commas_and_line_breaks() -> None:
    frame, faults = read(b'id,name\n1,"Nea, ""upper""\nhall"\n2,x\n')
    assert faults == []
    assert frame["name"].tolist() == ['Nea, "upper"\nhall', "x"]
    assert list(frame.index) == [2, 3]


def test_other_encoding_is_named_with_its_row() -> None:
    _, faults = read("id,name\n1,Nea\n2,Fræna\n".encode("latin-1"))
    assert faults == [
        (
            "t.csv row 3: is not UTF-8 (byte 0xe6); "
            "save the file as UTF-8 (spreadsheets call it 'CSV UTF-8'), or declare its encoding"
        )
    ]


def test_utf_16_is_known_by_its_mark() -> None:
    frame, faults = read("id\nFræna\n".encode("utf-16"))
    assert (frame["id"].tolist(), faults) == (["Fræna"], [])


def test_bytes_of_zero_are_named() -> None:
    _, faults = read(b"id\n1\x00\n")
    assert faults[0].startswith("t.csv row 2: has bytes of zero")


def test_latin_1_in_a_place(toy: Toy) -> None:
    toy.write("ties.csv", "name,substation,capacity_mw\nÖresund,B,\n", encoding="latin-1")
    (fault,) = toy.faults()
    assert fault.startswith("ties.csv row 2: is not UTF-8")


def test_columns_of_one_name() -> None:
    _, faults = read(b"id,mw,mw\n1,2,3\n")
    assert faults == ["t.csv row 1: column 'mw' is there twice; rename or remove one"]


def test_semicolons() -> None:
    _, faults = read(b"id;mw\n1;2\n")
    remedy = "save the file with commas, or declare separator = ';'"
    assert faults == [f"t.csv row 1: is separated by semicolons; {remedy}"]


def test_every_ragged_row_is_named_and_left_out() -> None:
    frame, faults = read(b"id,mw\n1,2,3\n4,5\n6\n")
    assert list(frame.index) == [3]
    assert faults == [
        "t.csv row 2: has 3 cells, the header 2; quote cells with commas",
        "t.csv row 4: has 1 cells, the header 2; quote cells with commas",
    ]


def test_quote_that_never_closes() -> None:
    _, faults = read(b'id,name\n1,a\n2,"b\n3,c\n')
    (fault,) = faults
    assert fault.startswith("t.csv row 3: cannot be read: ")


@pytest.mark.parametrize("data", [b"", b"\n", b"\xef\xbb\xbf"])
def test_nothing_in_it(data: bytes) -> None:
    frame, faults = read(data)
    assert frame.empty
    assert faults == ["t.csv: is empty; write a header row and the rows"]


def test_header_only_keeps_its_columns() -> None:
    frame, faults = read(b"id,mw\n")
    assert faults == []
    assert list(frame.columns) == ["id", "mw"]
    assert len(frame) == 0


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)
ROW = st.lists(CELL, min_size=3, max_size=3).filter(lambda row: any(map(str.strip, row)))


@given(st.lists(ROW, max_size=6))
def test_what_is_written_is_read(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["a", "b", "c"], *rows])
    frame, faults = read(text.getvalue().encode())
    assert faults == []
    assert frame.to_numpy().tolist() == rows
    assert list(frame.index) == list(range(2, len(rows) + 2))


def frame_of(**columns: list[str]) -> pd.DataFrame:
    """Rows of text, counted as in a file."""
    rows = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=range(2, rows + 2), dtype=object)


def test_point_on_the_central_meridian() -> None:
    placed, faults = with_points(frame_of(lon=["9.0"], lat=["0"]), "EPSG:4326", UTM32, "t.csv")
    assert faults == []
    assert placed.geometry.iloc[0].equals_exact(Point(500_000, 0), tolerance=0.001)
    assert placed.crs == UTM32


@given(st.permutations(["60.0", "60.5", "61.0", "62.25"]))
def test_order_of_rows_changes_nothing(lats: list[str]) -> None:
    frame = frame_of(lon=["9.5"] * 4, lat=list(lats))
    placed, _ = with_points(frame, "EPSG:4326", UTM32, "t.csv")
    northings = placed.geometry.y.groupby(placed["lat"]).first()
    assert northings.is_monotonic_increasing


@given(
    st.floats(6, 12, allow_subnormal=False),
    st.floats(57, 72, allow_subnormal=False),
)
def test_crs_of_the_file_changes_nothing(lon: float, lat: float) -> None:
    degrees, _ = with_points(frame_of(lon=[str(lon)], lat=[str(lat)]), "EPSG:4326", UTM32, "t")
    there = degrees.to_crs("EPSG:25833").geometry.iloc[0]
    metres = frame_of(x=[str(there.x)], y=[str(there.y)])
    back, _ = with_points(metres, "EPSG:25833", UTM32, "t")
    assert back.geometry.iloc[0].distance(degrees.geometry.iloc[0]) < 0.01


@pytest.mark.parametrize("cell", ["", "nine", "inf", "nan", "9,5"])
def test_coordinate_that_is_none(cell: str) -> None:
    _, faults = with_points(frame_of(lon=[cell], lat=["60"]), "EPSG:4326", UTM32, "t.csv")
    assert [str(fault) for fault in faults] == [
        f"t.csv row 2 column lon: '{cell}' is not a number; write digits"
    ]


def test_latitude_beyond_the_pole() -> None:
    _, faults = with_points(frame_of(lon=["27"], lat=["91.5"]), "EPSG:4326", UTM32, "t.csv")
    assert [str(fault) for fault in faults] == [
        (
            "t.csv row 2 column lat: 91.5 is outside -90 to 90 degrees; "
            "check that lon and lat are not swapped, or declare crs in place.toml"
        )
    ]


def stations() -> gpd.GeoSeries:
    """Two stations 1 km apart."""
    return gpd.GeoSeries([Point(500_000, 0), Point(501_000, 0)], index=["A", "B"], crs=UTM32)


def drawn(via: str) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Draw one line from A to B."""
    frame = frame_of(from_substation=["A"], to_substation=[" B "], via=[via])
    lines, faults = with_lines(frame, "EPSG:4326", stations(), "lines.csv")
    return lines, [str(fault) for fault in faults]


def test_straight_line() -> None:
    lines, faults = drawn("")
    assert faults == []
    assert lines.geometry.iloc[0].length == 1000


@pytest.mark.parametrize("via", ["9.0 0.0", " 9.0  0.0 ;", "9 0;9 0"])
def test_via_points(via: str) -> None:
    lines, faults = drawn(via)
    assert faults == []
    assert np.allclose(lines.geometry.iloc[0].coords[1], (500_000, 0), atol=0.001)


@pytest.mark.parametrize("via", ["9.0", "9.0 0.0 3.0", "9.0,0.0", "east", "nan 0"])
def test_via_that_is_none(via: str) -> None:
    _, faults = drawn(via)
    assert faults == [
        (
            f"lines.csv row 2 column via: '{via}' is not a list of points; "
            "write 'lon lat;lon lat', or leave it empty"
        )
    ]


def test_no_lines_at_all() -> None:
    frame = frame_of(from_substation=[], to_substation=[], via=[])
    lines, faults = with_lines(frame, "EPSG:4326", stations(), "lines.csv")
    assert len(lines) == 0
    assert faults == []
