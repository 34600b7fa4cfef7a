"""The words of the grades, held against the conditions of the grades."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from maps import reasons

if TYPE_CHECKING:
    from geo.siting import Siting


def test_every_site_of_the_toy_says_why(siting: Siting) -> None:
    for row in siting.sites.to_dict("records"):
        assert reasons.why_grade(row, siting)


@pytest.mark.parametrize(
    ("line", "outage", "expected"),
    [
        ("Line 2", "Line 1", "Line 2, when Line 1 is out"),
        ("Line 2", "", "Line 2 in normal operation"),
        (
            "Line 2",
            "Line 2",
            "Line 2: it is the only way in, and without it only local supply is left",
        ),
        ("", "", "supply in reach of the grid, not a line"),
        ("", "Line 1", "supply left when Line 1 is out"),
    ],
)
def test_what_limits(line: str, outage: str, expected: str) -> None:
    one = {"limiting_line": line, "limiting_outage": outage}
    assert reasons.what_limits(one) == expected


def test_phase_follows_the_standards_of_the_place(siting: Siting) -> None:
    assert reasons.phase_mw(siting) == pytest.approx(54.0)
    standards = replace(siting.layers.place.standards, first_phase_share=0.5)
    place = replace(siting.layers.place, standards=standards)
    other = replace(siting, layers=replace(siting.layers, place=place))
    assert "90 MW" in reasons.grade_meanings(other)["C"]


def test_approximations() -> None:
    assert reasons.approximations({"position_error_km": 1.5, "confidence": 1.0}) == [
        "Position approximate: may be off by 1.5 km."
    ]
    assert reasons.approximations({"position_error_km": 0.0, "confidence": math.nan}) == [
        "Confidence unknown."
    ]
    assert reasons.approximations({"position_error_km": None, "confidence": 1.0}) == []
