"""Tolerances: in range, within the stated accuracy, and written down."""

from __future__ import annotations

import pytest

from geo.tolerances import CONFIDENCE, INFERENCES, TOLERANCES, tolerance_faults, tolerance_rows


def faults(**given: float) -> list[str]:
    """List what is wrong with some tolerances."""
    return [str(fault) for fault in tolerance_faults(given, "place.toml [topology]")]


def test_the_defaults_are_those_of_the_methods() -> None:
    """Metres: one station 500, ends 150 then 500, passing 25, taps 50, repair off."""
    given = TOLERANCES
    assert (given.merge_m, given.snap_m, given.snap_again_m) == (500, 150, 500)
    assert (given.split_m, given.tap_m, given.repair_m) == (25, 50, 0)
    assert given.snap_cap_m == 500


def test_the_defaults_keep_within_their_cap() -> None:
    assert faults(**vars(TOLERANCES)) == []


@pytest.mark.parametrize("value", [-1, 1e6, float("nan"), float("inf")])
def test_a_distance_out_of_range(value: float) -> None:
    (fault,) = faults(merge_m=value)
    assert fault.startswith("place.toml [topology] option merge_m: ")
    assert "is not a number from 0 to 100000" in fault


def test_a_share_out_of_range() -> None:
    (fault,) = faults(same_level_share=0.5)
    assert "option same_level_share: 0.5 is not a number from 0 to 0.25" in fault


@pytest.mark.parametrize("name", ["snap_m", "snap_again_m", "split_m", "tap_m", "repair_m"])
def test_no_reach_beyond_the_stated_accuracy(name: str) -> None:
    (fault,) = faults(**{name: 5000})
    assert f"option {name}: 5000 is beyond snap_cap_m (500)" in fault
    assert faults(**{name: 5000}, snap_cap_m=10_000) == []


def test_every_number_is_listed_once_with_its_meaning() -> None:
    rows = tolerance_rows()
    assert all(value for row in rows for value in row.values())
    assert (
        len({row["name"] for row in rows}) == len(rows) == len(vars(TOLERANCES)) + len(INFERENCES)
    )
    assert {row["name"]: row["value"] for row in rows}["topology.merge_m"] == "500"


def test_what_is_looser_is_less_sure() -> None:
    order = ["named", "inside", "near", "far", "repair"]
    sure = [CONFIDENCE[name] for name in order]
    assert sure == sorted(sure, reverse=True)
    assert 0 < min(CONFIDENCE.values()) <= max(CONFIDENCE.values()) == 1
