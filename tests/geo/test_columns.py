"""Columns: what a frame of raw cells becomes, and which cells are named as faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geo.columns import Column, conform, unique

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = Column("name", "text", "what people say")
NUMBER = Column("length_km", "number", "route length", 0, 5000)
COUNT = Column("circuits", "integer", "parallel circuits", 1, 16)
FLAG = Column("dc", "flag", "direct current")


def cell(column: Column, value: Any) -> tuple[Any, list[str]]:  # noqa: ANN401 -- any cell
    """Conform a frame of one cell in row 7."""
    frame, faults = conform(pd.DataFrame({column.name: [value]}, index=[7]), [column], "f.csv")
    return frame[column.name].iloc[0], [str(fault) for fault in faults]


def optional(column: Column, *, nullable: bool = False) -> Column:
    return Column(
        column.name, column.dtype, column.meaning, column.low, column.high,
        required=False, nullable=nullable,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "raw", "value"),
    [
        (TEXT, " Oslo ", "Oslo"),
        (TEXT, 12, "12"),
        (TEXT, 12.0, "12"),  # an id that a shapefile keeps as a decimal
        (TEXT, 12.5, "12.5"),
        (NUMBER, "12.5", 12.5),
        (NUMBER, " 12 ", 12.0),
        (NUMBER, "1e3", 1000.0),
        (NUMBER, 0, 0.0),  # the limits belong to the range
        (NUMBER, 5000, 5000.0),
        (COUNT, "2", 2.0),
        (COUNT, 2.0, 2.0),
        (FLAG, "TRUE", True),
        (FLAG, "yes", True),
        (FLAG, 1, True),
        (FLAG, 1.0, True),  # GDAL gives decimals where a flag is unknown in another row
        (FLAG, True, True),
        (FLAG, "no", False),
        (FLAG, 0.0, False),
        (FLAG, "", False),
        (FLAG, None, False),
    ],
)
def test_a_good_cell_is_converted(column: Column, raw: object, value: object) -> None:
    found, faults = cell(column, raw)
    assert faults == []
    assert found == value
    assert type(found) in {str, bool, np.bool_, float, np.float64}


@pytest.mark.parametrize(
    ("column", "raw", "words"),
    [
        (TEXT, "  ", "is empty; write what people say"),
        (TEXT, None, "is empty; write what people say"),
        (NUMBER, "", "is empty; write route length"),
        (NUMBER, np.nan, "is empty; write route length"),
        (NUMBER, "12 km", "'12 km' is not a number; write kilometre in digits"),
        (NUMBER, "1,5", "'1,5' is not a number; write kilometre in digits"),
        (NUMBER, "inf", "'inf' is not a number; write kilometre in digits"),
        (NUMBER, -1, "-1 is outside 0 to 5000 kilometre; correct the value or its unit"),
        (NUMBER, 5000.5, "5000.5 is outside 0 to 5000 kilometre; correct the value or its unit"),
        (COUNT, 1.5, "'1.5' is not a number; write it in digits"),
        (COUNT, 17, "17 is outside 1 to 16; correct the value or its unit"),
        (FLAG, "maybe", "'maybe' is neither true nor false; write true or false"),
        (FLAG, 2, "'2' is neither true nor false; write true or false"),
    ],
)
def test_a_bad_cell_is_one_fault_with_its_place(column: Column, raw: object, words: str) -> None:
    assert cell(column, raw)[1] == [f"f.csv row 7 column {column.name}: {words}"]


@pytest.mark.parametrize("raw", ["", "  ", None, np.nan, pd.NA])
def test_an_empty_number_is_unknown_and_not_zero(raw: object) -> None:
    value, faults = cell(optional(NUMBER, nullable=True), raw)
    assert np.isnan(value)
    assert faults == []


def test_an_empty_text_is_empty() -> None:
    assert cell(optional(TEXT, nullable=True), None) == ("", [])


def test_an_absent_required_column_names_what_is_there() -> None:
    frame, faults = conform(pd.DataFrame({"nmae": ["Oslo"]}), [TEXT], "f.csv")
    assert [str(fault) for fault in faults] == [
        (
            "f.csv: column 'name' is missing (what people say); found nmae; "
            "add it, or map it under [layers.<kind>.columns] in place.toml"
        )
    ]
    assert list(frame["name"]) == [""]


@pytest.mark.parametrize(
    ("column", "is_unknown"),
    [
        (NUMBER, np.isnan),
        (COUNT, np.isnan),
        (FLAG, lambda flag: flag is False),
        (TEXT, lambda text: text == ""),
    ],
    ids=["number", "integer", "flag", "text"],
)
def test_an_absent_optional_column_is_filled_with_unknown(
    column: Column, is_unknown: Callable[[Any], bool]
) -> None:
    frame, faults = conform(pd.DataFrame({"id": [1, 2]}), [optional(column)], "f.csv")
    assert faults == []
    cells = frame[column.name].tolist()
    assert len(cells) == 2
    assert all(map(is_unknown, cells))


def test_every_fault_is_found_at_once() -> None:
    raw = pd.DataFrame(
        {"name": ["", "b"], "length_km": ["x", -1], "circuits": [2.5, 99]}, index=[2, 3]
    )
    _, faults = conform(raw, [TEXT, NUMBER, COUNT, FLAG], "f.csv")
    assert [fault.where for fault in faults] == [
        "f.csv row 2 column name",
        "f.csv row 2 column length_km",
        "f.csv row 3 column length_km",
        "f.csv row 2 column circuits",
        "f.csv row 3 column circuits",
        "f.csv",
    ]


def test_columns_without_a_promise_are_kept() -> None:
    frame, _ = conform(pd.DataFrame({"name": ["a"], "colour": ["red"]}), [TEXT], "f.csv")
    assert list(frame["colour"]) == ["red"]


CELLS = st.one_of(
    st.none(),
    st.text(max_size=6),
    st.sampled_from(["", " ", "true", "no", "1", "12.5", "-3", "inf", "nan"]),
    st.integers(-20, 20),
    st.floats(),
    st.booleans(),
)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=6), st.integers(0, 100))
def test_conform_never_writes_on_the_callers_frame(rows: list[tuple[Any, ...]], first: int) -> None:
    names = ["name", "length_km", "circuits", "dc"]
    raw = pd.DataFrame(rows, columns=names, dtype=object)
    raw.index = pd.RangeIndex(first, first + len(raw))
    before = raw.copy(deep=True)
    frame, faults = conform(raw, [TEXT, NUMBER, COUNT, FLAG], "f.csv")
    assert_frame_equal(raw, before)
    assert frame.index.equals(raw.index)
    assert all(isinstance(text, str) for text in frame["name"])
    assert [str(frame[name].dtype) for name in names[1:]] == ["float64", "float64", "bool"]
    # A cell that is no fault keeps its promise.
    named = {fault.where for fault in faults}
    for row in frame.index:
        if f"f.csv row {row} column length_km" not in named:
            assert 0 <= frame.loc[row, "length_km"] <= 5000
        if f"f.csv row {row} column circuits" not in named:
            assert frame.loc[row, "circuits"] in range(1, 17)
        if f"f.csv row {row} column name" not in named:
            assert frame.loc[row, "name"].strip()


def test_a_key_used_again_is_named_each_time() -> None:
    frame = pd.DataFrame({"id": ["a", "b", "a", "a"]}, index=[2, 3, 4, 5])
    assert [str(fault) for fault in unique(frame, "id", "f.csv")] == [
        "f.csv row 4 column id: 'a' is used twice; give each row its own id",
        "f.csv row 5 column id: 'a' is used twice; give each row its own id",
    ]


def test_keys_of_their_own_and_absent_keys_are_no_fault() -> None:
    assert unique(pd.DataFrame({"id": ["a", "b"]}), "id", "f.csv") == []
    assert unique(pd.DataFrame({"name": ["a", "a"]}), "id", "f.csv") == []
