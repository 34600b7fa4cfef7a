"""The words of what would lift a site, held against the toy's numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from maps.next_grade import steps, why_not_higher

if TYPE_CHECKING:
    from geo.siting import Siting


def told(siting: Siting, site_id: str) -> str:
    return why_not_higher(steps(siting).get(site_id), siting)


def test_grade_a_has_nothing_above_it(siting: Siting) -> None:
    assert told(siting, "toy-0001") == ""
    assert "toy-0001" not in steps(siting)


def test_firm_power_its_limit_the_cheapest_upgrade_and_the_load_that_fits(siting: Siting) -> None:
    """150 of 180 MW; +100 MW gives 200 for 9 million, a second circuit more for 21."""
    assert told(siting, "toy-0003") == (
        "For A: 30 MW more firm power (N-1): 150 MW of 180 MW. "
        "Held by Line 2 in normal operation. "
        "Upgrade Line 2, +100 MW: 200 MW firm for 9.0 million USD; it would do. "
        "As it is, A for a load of up to 150 MW."
    )


def test_redundancy_alone_is_told_by_its_paths(siting: Siting) -> None:
    """240 MW firm at site 4 are enough, one path is not."""
    assert told(siting, "toy-0004") == (
        "For A: redundancy N+1; its point of connection has one path to a strong source, and needs "
        "two without a common line."
    )


@pytest.mark.parametrize(
    ("site_id", "start"),
    [
        ("toy-0005", "For B: 30 MW more power in normal operation: 150 MW of 180 MW."),
        # 12.5 of 54 MW.
        ("toy-0007", "For C: 41.5 MW more firm power for a first phase: 12.5 MW of 54 MW."),
        ("toy-0008", "For C: firm power for a first phase is unknown."),
    ],
)
def test_lower_grades(siting: Siting, site_id: str, start: str) -> None:
    assert told(siting, site_id).startswith(start)


def test_the_load_that_fits_a_lower_grade(siting: Siting) -> None:
    """12.5 MW are 30 % of 41.67 MW, so rounded down 41."""
    assert told(siting, "toy-0007").endswith("As it is, C for a load of up to 41 MW.")
    assert told(siting, "toy-0008").endswith("is unknown.")


def step(**changes: object) -> dict[str, Any]:
    usual = {
        "to_grade": "A", "lacks": "firm", "have_mw": 60.0, "need_mw": 180.0, "lacks_path": True,
        "at_load_mw": None, "branch": "Line 1", "outage": "Line 1", "measure": "+50%",
        "measure_branch": "Line 1", "measure_firm_mw": 90.0, "measure_usd": 5e6,
        "measure_lifts": False,
    }  # fmt: skip
    return usual | changes


def test_an_upgrade_that_is_not_enough_says_so(siting: Siting) -> None:
    text = why_not_higher(step(), siting)
    assert "Upgrade Line 1, +50%: 90 MW firm for 5.0 million USD; it would not be enough." in text
    assert "More power is not enough: its point of connection has one path" in text


def test_two_feeds_ask_for_a_second_point(siting: Siting) -> None:
    asked = replace(siting, scenario=replace(siting.scenario, redundancy="2N"))
    text = why_not_higher(step(lacks="redundancy"), asked)
    assert text == (
        "For A: redundancy 2N; no second point of connection in reach carries the load when the "
        "first is out."
    )


def test_names_of_lines_are_plain(hostile: Siting) -> None:
    for row in steps(hostile).values():
        text = why_not_higher(row, hostile)
        assert not set("\x1b\u2028\x07") & set(text)
