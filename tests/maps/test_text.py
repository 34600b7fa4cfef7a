"""Text is harmless and numbers are readable, whatever comes in."""

from __future__ import annotations

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.text import bar, cell, number, plain, quantity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nea", "Nea"),
        ("Fræna 420 kV", "Fræna 420 kV"),
        ("東京", "東京"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07rest", "rest"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jgone", "gone"),
        ("two\nlines\u2028three\tfour", "two lines three four"),
        ("bell\x07 null\x00", "bell null"),
        ("safe\u202egnp.exe", "safegnp.exe"),
    ],
)
def test_plain_text(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(st.text())
def test_plain_text_has_no_controls_and_stays_as_it_is(text: str) -> None:
    clean = plain(text)
    assert not any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} for sign in clean)
    assert plain(clean) == clean


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\x1b[0m=1"])
def test_formula_becomes_text(text: str) -> None:
    assert cell(text).startswith("'")


def test_ordinary_cell_stays() -> None:
    assert cell("Hol 1 - (Hol 2) - Usta") == "Hol 1 - (Hol 2) - Usta"


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (1434.4, 0, "1,434"),
        (0.05, 1, "0.1"),
        (-0.01, 1, "0.0"),
        (None, 0, "–"),
        (math.nan, 0, "–"),
        (math.inf, 0, "–"),
    ],
)
def test_number(value: float | None, decimals: int, expected: str) -> None:
    assert number(value, decimals) == expected


def test_unknown_quantity_is_said_to_be_unknown() -> None:
    assert quantity(math.nan, "MW") == "unknown"
    assert quantity(0.0, "MW") == "0 MW"


@pytest.mark.parametrize(
    ("share", "expected"), [(0, ""), (0.5, "██"), (0.4, "█▌"), (1, "████"), (2, "████")]
)
def test_bar(share: float, expected: str) -> None:
    assert bar(share, 4) == expected
