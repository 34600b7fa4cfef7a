"""Anything at all in any file: every reader and kind gives layers or faults, no other error."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon

from geo.drawing import DRAWN_KINDS
from geo.errors import LayerError
from geo.kinds import KINDS
from geo.layer import Source
from layers.case import faults_of_case
from layers.place import faults_of
from layers.tables import read_table
from layers.vectors import SIGNATURES
from tests.trust.country import FILES, Country, build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.layer import Layer

CRS = "EPSG:25832"
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.floats(), st.text(max_size=6),
    st.sampled_from(["", " ", "nan", "inf", "1e309", "-0", "true", "132;33", "hydro"]),
    st.just(dt.date(2024, 1, 1)), st.just(pd.Timestamp("2024-01-01")), st.just(pd.NA),
)  # fmt: skip
NUMBERS = st.one_of(st.floats(), st.sampled_from([0.0, 1e6, -1e6, np.nan, np.inf]))
FINITE = st.sampled_from([0.0, 1.0, 5e5, 6.6e6, -1e9, 1e30])
SHAPES = st.one_of(
    st.none(),
    st.builds(Point, NUMBERS, NUMBERS),
    st.builds(lambda a, b, c: LineString([(a, b), (c, a)]), NUMBERS, NUMBERS, NUMBERS),
    st.builds(
        lambda a, b, c, d: Polygon([(a, b), (c, b), (c, d), (a, d)]), FINITE, FINITE, FINITE, FINITE
    ),
    st.just(Polygon()),
)
PIECES = [
    b",", b'"', b"\n", b"\r", b"\0", b"\xff", b";", b"\xef\xbb\xbf", b"1e400", b"NaN", b"[", b"{",
    b"]]", b"\x1b[2J", b"-", b" ", b"[[", b"null", b"=",
]  # fmt: skip
PIECE = st.one_of(st.binary(max_size=6), st.sampled_from(PIECES))
SPLICES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), PIECE), min_size=1, max_size=4)
QUICK = settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def spliced(data: bytes, splices: list[tuple[float, int, bytes]]) -> bytes:
    """Replace pieces of a file by others."""
    for where, length, piece in splices:
        at = int(where * len(data))
        data = data[:at] + piece + data[at + length :]
    return data


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", [*KINDS.values(), *DRAWN_KINDS.values()])
@QUICK
@given(st.data())
def test_a_kind_is_built_or_refused(kind, data) -> None:
    rows = data.draw(st.integers(0, 3))
    names = [column.name for column in kind.columns if data.draw(st.integers(0, 9)) > 0]
    cells = {
        name: pd.Series(data.draw(st.lists(ODD, min_size=rows, max_size=rows)), dtype=object)
        for name in names
    }
    frame = pd.DataFrame(cells, index=range(rows))
    if kind.shape is not None:
        shapes = data.draw(st.lists(SHAPES, min_size=rows, max_size=rows))
        frame = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, crs=CRS))
    built = refused_or_built(kind, frame)
    for column in kind.columns if built is not None else ():
        if column.dtype in {"number", "integer"}:
            known = built.frame[column.name].dropna()
            assert known.between(column.low, column.high).all()
            assert np.isfinite(known).all()


def refused_or_built(kind: type[Layer], frame: pd.DataFrame) -> Layer | None:
    """Build a layer; None if it is refused with its faults."""
    try:
        return kind(frame, Source("fuzz"))
    except LayerError as error:
        return None if error.faults else pytest.fail("refused without a fault")


@QUICK
@given(st.binary(max_size=60))
@example(b"\xff\xfe")
@example(b'a,b\n"')
@example(b"a\r\r\nb")
def test_a_table_of_anything_is_read_or_refused(folder: Path, data: bytes) -> None:
    path = folder / "t.csv"
    path.write_bytes(data)
    frame, faults = read_table(path, "t.csv")
    assert faults or len(frame.columns)


@pytest.mark.slow
@pytest.mark.parametrize("file", [*FILES, "place.toml", "regions.geojson", "barred.geojson"])
@QUICK
@given(SPLICES)
def test_a_place_with_a_spoilt_file_has_faults_or_none(file: str, folder: Path, splices) -> None:
    country = build(folder / "toy")
    country.write(file, spliced((country.folder / file).read_bytes(), splices))
    for fault in faults_of(str(country.folder)):
        assert fault.where
        assert fault.problem
        assert fault.remedy


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["gpkg", "shp", "fgb"])
@QUICK
@given(SPLICES, st.booleans())
def test_a_spoilt_vector_file_is_read_or_refused(ending: str, folder: Path, splices, whole) -> None:
    country = build(folder / "toy")
    path = country.folder / f"r.{ending}"
    gpd.read_file(country.folder / "regions.geojson").to_file(path)
    data = spliced(path.read_bytes(), splices) if whole else SIGNATURES[ending][0] + splices[0][2]
    path.write_bytes(data)
    country.use("regions", path.name)
    faults_of(str(country.folder))


CASE = {
    "bus.csv": "bus_id,Pd,zone_id,baseKV,interconnect\n1,10,1,138,A\n2,5,1,138,A\n",
    "branch.csv": "branch_id,from_bus_id,to_bus_id,x,ratio,rateA,branch_device_type\n"
    "1,1,2,0.1,0,100,Line\n",
    "plant.csv": "plant_id,bus_id,status,Pmin,Pmax,type\n1,1,1,0,50,hydro\n",
}


@QUICK
@given(st.sampled_from(sorted(CASE)), SPLICES)
def test_a_spoilt_case_has_faults_or_none(folder: Path, file: str, splices) -> None:
    country = Country(folder / "case")
    country.folder.mkdir(exist_ok=True)
    for name, text in CASE.items():
        country.write(name, text)
    country.write(file, spliced(CASE[file].encode(), splices))
    faults_of_case(str(country.folder))
