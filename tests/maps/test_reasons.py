"""The words of the grades, held against the conditions of the grades."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from maps import reasons

if TYPE_CHECKING:
    from geo.siting import Siting


def site(grade: str, firm_mw: float, normal_mw: float, redundancy: str = "N+1") -> dict[str, Any]:
    return {
        "grade": grade,
        "firm_mw": firm_mw,
        "normal_mw": normal_mw,
        "redundancy": redundancy,
        "limiting_line": "Line 2",
        "limiting_outage": "Line 1",
    }


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (site("A", 200, 300), ""),
        (site("B", 150, 300), "For A: 30 MW more firm power (N-1): 150 MW of 180 MW."),
        (site("B", 200, 300, "N"), "For A: redundancy N+1; the connection found gives N."),
        (site("B", 200, 300, ""), "For A: redundancy N+1; the connection found gives unknown."),
        (site("B", math.nan, 300), "For A: firm power (N-1) is unknown."),
        (
            site("C", 60, 170),
            "For B: 10 MW more power in normal operation: 170 MW of 180 MW.",
        ),
        (
            site("D", 4.5, 5),
            "For C: 49.5 MW more firm power for a first phase: 4.5 MW of 54 MW.",
        ),
    ],
)
def test_first_condition_that_is_missing(
    one: dict[str, Any], expected: str, siting: Siting
) -> None:
    assert reasons.why_not_higher(one, siting) == expected


def test_power_a_hair_below_the_load_is_not_called_missing(siting: Siting) -> None:
    told = reasons.why_not_higher(site("B", 180 - 1e-6, 300, "N"), siting)
    assert told.startswith("For A: redundancy")


def test_every_site_of_the_toy_says_why(siting: Siting) -> None:
    for row in siting.sites.to_dict("records"):
        assert reasons.why_grade(row, siting)
        assert bool(reasons.why_not_higher(row, siting)) == (row["grade"] != "A")


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
    one = site("A", 1, 1) | {"limiting_line": line, "limiting_outage": outage}
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
