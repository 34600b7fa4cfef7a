"""What lifts a site by one grade, worked by hand for a load of 100 MW."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from geo.measures import single_feed
from geo.next_grade import Lacks, next_grades, smallest_upgrade, what_lacks
from geo.ranking import GRADES, grade
from geo.scenario import Scenario
from geo.shortlist import points_wanting
from geo.standards import STANDARDS

if TYPE_CHECKING:
    from geo.next_grade import Lack

ASKED = Scenario(load_mw=100, redundancy="N+1")
NAN = math.nan


def site(letter: str, firm_mw: float, normal_mw: float, label: str, ways: float) -> dict[str, Any]:
    return {
        "site_id": f"s-{letter}-{firm_mw}",
        "poi_id": "P@132",
        "grade": letter,
        "firm_mw": firm_mw,
        "normal_mw": normal_mw,
        "redundancy": label,
        "supply_ways": ways,
    }


def lack(
    grade_and_lack: str,
    have_mw: float,
    need_mw: float,
    at_load_mw: float = NAN,
    *,
    path: bool = False,
) -> Lacks:
    to_grade, lacks = grade_and_lack.split()
    return Lacks(
        to_grade, cast("Lack", lacks), have_mw, need_mw, lacks_path=path, at_load_mw=at_load_mw
    )


def offers(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["measure", "firm_mw", "unlocked_mw", "usd"])
    return frame.assign(bus_id="P@132", branch="L1")


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        # A first phase is 30 % of the load: 30 MW.
        (site("D", 12, 20, "none", 1), lack("C firm", 12, 30, 40)),
        (site("C", 40, 70, "none", 2), lack("B normal", 70, 100, 70)),
        # Two paths, so only megawatts are missing: A at 60 MW.
        (site("B", 60, 200, "N", 2), lack("A firm", 60, 100, 60)),
        # One path: megawatts alone would not do, nor would a smaller load.
        (site("B", 60, 200, "N", 1), lack("A firm", 60, 100, path=True)),
        (site("B", 150, 200, "N", 1), lack("A redundancy", 150, 100, path=True)),
        (site("B", NAN, 200, "N", 2), lack("A firm", NAN, 100)),
    ],
)  # fmt: skip
def test_what_is_missing(one: dict[str, Any], expected: Lacks) -> None:
    found = dataclasses.astuple(what_lacks(one, ASKED, STANDARDS))
    np.testing.assert_equal(found, dataclasses.astuple(expected))


def test_two_feeds_are_not_made_by_megawatts() -> None:
    asked = dataclasses.replace(ASKED, redundancy="2N")
    found = what_lacks(site("B", 60, 200, "N", 3), asked, STANDARDS)
    assert (found.lacks, found.lacks_path) == ("firm", True)
    assert math.isnan(found.at_load_mw)


def test_a_place_without_paths_told_is_not_said_to_have_them() -> None:
    one = site("B", 60, 200, "N", NAN)
    assert what_lacks(one, ASKED, STANDARDS).lacks_path
    one["redundancy"] = "N+1"
    assert not what_lacks(one, ASKED, STANDARDS).lacks_path


SHORT = lack("A firm", 60, 100, 60)


def test_the_cheapest_upgrade_that_is_enough() -> None:
    found = smallest_upgrade(
        offers(("+100 MW", 110, 50, 9e6), ("+50%", 100, 40, 5e6), ("second", 90, 30, 1e6)), SHORT
    )
    assert (found["measure"], found["measure_firm_mw"]) == ("+50%", 100)
    assert found["measure_lifts"] is True


def test_else_the_one_that_gives_most_and_of_two_the_cheaper() -> None:
    found = smallest_upgrade(
        offers(("+100 MW", 90, 30, 9e6), ("+50%", 90, 30, 5e6), ("second", 70, 10, 1e6)), SHORT
    )
    assert (found["measure"], found["measure_lifts"]) == ("+50%", False)


def test_an_upgrade_that_frees_nothing_is_none() -> None:
    assert smallest_upgrade(offers(("+100 MW", 60.2, 0.2, 9e6)), SHORT)["measure"] == ""
    assert smallest_upgrade(offers(), SHORT)["measure"] == ""


def test_no_line_is_upgraded_for_want_of_paths() -> None:
    rows = offers(("+100 MW", 110, 50, 9e6))
    only_paths = lack("A redundancy", 150, 100, path=True)
    assert smallest_upgrade(rows, only_paths)["measure"] == ""
    both = dataclasses.replace(SHORT, lacks_path=True)
    assert smallest_upgrade(rows, both)["measure_lifts"] is False


def test_table_names_what_holds_each_site_and_leaves_out_grade_a() -> None:
    sites = pd.DataFrame(
        [
            site("A", 200, 300, "N+1", 2),
            site("B", 60, 200, "N", 2),
            site("D", 5, 5, "none", 1) | {"poi_id": "Q@132"},
        ]
    )
    headroom = pd.DataFrame(
        {"bus_id": ["P@132"], "limiting_branch": ["L1"], "limiting_outage": ["L2"]}
    )
    found = next_grades(sites, headroom, offers(("+50%", 100, 40, 5e6)), ASKED, STANDARDS)
    assert found.index.tolist() == ["s-B-60", "s-D-5"]
    assert found["to_grade"].tolist() == ["A", "C"]
    assert found["branch"].tolist() == ["L1", ""]
    assert found["outage"].tolist() == ["L2", ""]
    assert found["measure"].tolist() == ["+50%", ""]


def test_no_site_below_a_gives_an_empty_table() -> None:
    sites = pd.DataFrame([site("A", 200, 300, "N+1", 2)])
    headroom = pd.DataFrame(columns=["bus_id", "limiting_branch", "limiting_outage"])
    found = next_grades(sites, headroom, offers(), ASKED, STANDARDS)
    assert found.empty
    assert "measure_usd" in found


def regraded(one: dict[str, Any], scenario: Scenario) -> str:
    """Label and grade a site anew, as the run does it."""
    frame = pd.DataFrame([one])
    frame["redundancy"] = single_feed(frame, scenario)
    return str(grade(frame, scenario, STANDARDS)[0])


@given(st.floats(0, 300), st.floats(0, 300), st.integers(0, 3), st.sampled_from(["N", "N+1"]))
def test_what_is_said_to_lift_a_site_lifts_it(firm, more, ways, wanted) -> None:
    """Whatever the site: the MW named, or the load named, give at least the grade named."""
    asked = dataclasses.replace(ASKED, redundancy=wanted)
    one = site("", firm, firm + more, "", ways)
    one["redundancy"] = single_feed(pd.DataFrame([one]), asked)[0]
    one["grade"] = regraded(one, asked)
    assume(one["grade"] != "A")
    lacks = what_lacks(one, asked, STANDARDS)
    assert GRADES.index(lacks.to_grade) == GRADES.index(one["grade"]) - 1
    enough = one | {"firm_mw": lacks.need_mw, "normal_mw": max(firm + more, lacks.need_mw)}
    lifted = GRADES.index(regraded(enough, asked)) <= GRADES.index(lacks.to_grade)
    assert lifted or lacks.lacks_path
    if lacks.at_load_mw >= 1:
        smaller = dataclasses.replace(asked, load_mw=lacks.at_load_mw)
        assert GRADES.index(regraded(one, smaller)) <= GRADES.index(lacks.to_grade)


def test_points_that_lack_megawatts_are_looked_at_best_first() -> None:
    best = pd.DataFrame(
        {"poi_id": ["a", "b", "c", "b", "d"], "firm_mw": [200.0, 60, 99.9999, 60, NAN]}
    )
    assert points_wanting(best, ASKED) == ["b"]
