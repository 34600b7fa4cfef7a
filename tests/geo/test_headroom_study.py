"""The whole answer on three stations: which method, which limits, in which words, how sure.

A ==x,y== B --z-- C     x is 10 km, y 20 km, so x takes two thirds; 100 MW each
300 MW       120 MW drawn, 50 MW of its own
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from geo.errors import ScenarioError
from geo.grid import build_grid
from geo.headroom import _named, _overloads, headroom_study, hosting_capacity, suited
from geo.scenario import Scenario
from tests.geo.nets import flows, network
from tests.geo.toy import grid_of

SURE = {"x": 0.9, "y": 0.6, "z": 0.8}
LINES = {"x": ("A", "B", 10), "y": ("A", "B", 20), "z": ("B", "C", 10)}
SUPPLY_MW = [300, 50, 0]
NOTHING_ADDED = flows([0, 120, 0], SUPPLY_MW)
"""Plants run in proportion: 102.86 MW at A, 17.14 at B."""


@pytest.fixture(scope="module")
def grid():
    return build_grid(
        grid_of(
            [("A", "132", 0, 0), ("B", "132", 9, 0), ("C", "132", 18, 0)],
            [(name, start, end, 132) for name, (start, end, _) in LINES.items()],
            {
                "length_km": {name: row[2] for name, row in LINES.items()},
                "rating_mva": dict.fromkeys(LINES, 100),
                "confidence": SURE,
            },
        )
    )


def at(bus: str, frame: pd.DataFrame) -> pd.Series:
    return frame.set_index("bus_id").loc[bus]


@pytest.mark.parametrize("asked", [{}, {"method": "redispatch"}])
def test_dispatch_serves_what_lies_near_first_unless_told_otherwise(grid, asked) -> None:
    """B's plant runs full. x: 2/3·(70 + d) = 100, so d = 80. Without x: 70 + d = 100, d = 30."""
    row = at("B@132", hosting_capacity(grid, NOTHING_ADDED, **asked))
    assert row["normal_mw"] == pytest.approx(80, abs=0.1)
    assert row["firm_mw"] == pytest.approx(30, abs=0.1)
    assert row["flexible_mw"] == pytest.approx(80, abs=0.1)
    assert (row["limiting_branch"], row["limiting_outage"]) == ("y", "x")


def test_the_study_asks_for_dispatch_unless_told_otherwise(grid) -> None:
    study = headroom_study(grid, NOTHING_ADDED)
    assert at("B@132", study.frame)["normal_mw"] == pytest.approx(80, abs=0.1)
    assert study.redispatch is not None
    assert study.redispatch.capacity(1).mw == pytest.approx(30, abs=0.1)


@pytest.mark.parametrize(
    ("asked", "normal_mw", "firm_mw"), [({}, 55, 0), ({"mode": "calibrated"}, 69, 6)]
)
def test_a_fixed_dispatch_shares_new_load_by_what_is_unused(
    grid, asked, normal_mw, firm_mw
) -> None:
    """A has 6/7 of what is unused. x: (100 − 2/3·102.86)·3/2·7/6 = 55.

    Without x, y carries 102.86: over 100, so strictly there is no room. Calibrated, both limits are
    108, 5 % more than that: firm 5.14·7/6 = 6, normal (108 − 2/3·102.86)·3/2·7/6 = 69.
    """
    row = at("B@132", hosting_capacity(grid, NOTHING_ADDED, method="linear", **asked))
    assert row["normal_mw"] == pytest.approx(normal_mw)
    assert row["firm_mw"] == pytest.approx(firm_mw, abs=1e-6)
    assert np.isnan(row["flexible_mw"])
    study = headroom_study(grid, NOTHING_ADDED, method="linear", **asked)
    assert at("B@132", study.frame)["firm_mw"] == pytest.approx(firm_mw, abs=1e-6)
    assert study.redispatch is None


@pytest.mark.parametrize("method", ["redispatch", "linear"])
def test_what_no_line_that_counts_limits_is_limited_by_supply(grid, method) -> None:
    """No factor reaches 2: 350 − 120 MW are unused, and no name is given."""
    row = at("B@132", hosting_capacity(grid, NOTHING_ADDED, method=method, cutoff=2.0))
    assert row["normal_mw"] == pytest.approx(230)
    assert (row["limiting_branch"], row["limiting_outage"]) == ("", "")


def test_an_answer_is_as_sure_as_its_lines(grid) -> None:
    """A and B: x is the surest of their own; of x and y that limit B, y the less sure.

    C hangs on z, whose loss limits it.
    """
    frame = hosting_capacity(grid, NOTHING_ADDED)
    assert at("A@132", frame)["limiting_branch"] == ""
    assert at("A@132", frame)["confidence"] == pytest.approx(0.9)
    assert at("B@132", frame)["confidence"] == pytest.approx(0.9 * 0.6)
    assert at("C@132", frame)["limiting_outage"] == "z"
    assert at("C@132", frame)["confidence"] == pytest.approx(0.8 * 0.8)


def test_stations_abroad_have_no_row_and_lend_no_sureness() -> None:
    """X lies before A and B in every list, and its line is the surest."""
    more = {"confidence": {"AX": 1.0, "AB": 0.5}}
    layers = grid_of(
        [("0X", "132", 0, 9), ("A", "132", 0, 0), ("B", "132", 9, 0)],
        [("AX", "A", "0X", 132), ("AB", "A", "B", 132)],
        more,
    )
    stations = layers.substations.frame.assign(country=["SWE", "", ""])
    layers = dataclasses.replace(
        layers, substations=dataclasses.replace(layers.substations, frame=stations)
    )
    frame = hosting_capacity(build_grid(layers), flows([0, 0, 0], [0, 100, 100]))
    assert frame["bus_id"].tolist() == ["A@132", "B@132"]
    assert frame["confidence"].tolist() == pytest.approx([1.0 * 0.5, 0.5 * 0.5])


def test_a_grid_that_is_not_too_large_is_asked_as_asked(grid) -> None:
    asked = Scenario(situations=5)
    found = suited(asked, grid, 3)
    assert found.scenario is asked
    assert (found.large, found.note) == (False, "")


TWO_FEEDS = "2N is looked for at the best sites only"
INSTEAD = (
    "headroom is by the linear method with calibrated limits instead of redispatch: dispatch "
    "stays as it is, new load is supplied by unused capacity; next limits, upgrades and "
    "flexible MW are not worked out, and "
)


@pytest.mark.parametrize(
    ("method", "mode", "found", "words"),
    [
        ("redispatch", "strict", "calibrated", INSTEAD + TWO_FEEDS),
        ("linear", "strict", "strict", TWO_FEEDS),
    ],
)
def test_a_grid_too_large_for_redispatch_is_asked_by_the_linear_method(
    grid, method, mode, found, words
) -> None:
    answer = suited(Scenario(load_mw=77, method=method, mode=mode), grid, 2)
    assert answer.scenario == Scenario(load_mw=77, method="linear", mode=found)
    assert answer.large
    start = "The grid has 3 buses, more than the 2 of redispatch_max_buses: "
    assert answer.note == f"{start}{words}."


def test_situations_of_a_grid_too_large_are_refused(grid) -> None:
    with pytest.raises(ScenarioError) as refused:
        suited(Scenario(situations=1), grid, 2)
    assert str(refused.value) == (
        "situations are solved by redispatch, and this grid has 3 buses, more than the 2 of "
        "redispatch_max_buses; leave them out"
    )


def test_progress_is_told_to_who_asks_for_the_table_alone(grid) -> None:
    seen: list[float] = []
    hosting_capacity(grid, NOTHING_ADDED, progress=lambda fraction, _: seen.append(fraction))
    assert seen[-1] == 1.0


def pairs_over(study) -> list[tuple[object, ...]]:
    """Rows of branch, outage, MW over, loading."""
    rows = study.congestion[["branch", "outage", "over_mw", "loading"]].itertuples(index=False)
    return [(*row[:2], round(row[2], 1), round(row[3], 3)) for row in rows]


def test_dispatch_that_keeps_every_limit_leaves_nothing_over(grid) -> None:
    study = headroom_study(grid, NOTHING_ADDED)
    assert study.congestion.empty
    assert list(study.congestion) == ["branch", "outage", "over_mw", "loading"]


def test_a_fixed_dispatch_lists_each_branch_at_its_worst(grid) -> None:
    """102.86 MW over the one that is left of x and y."""
    study = headroom_study(grid, NOTHING_ADDED, method="linear")
    assert pairs_over(study) == [("x", "y", 2.9, 1.029), ("y", "x", 2.9, 1.029)]


def test_what_no_dispatch_mends_is_listed_worst_first_then_by_name(grid) -> None:
    """C draws 120 MW over z. B's plant of 50 leaves 70 for x and y, which they can carry."""
    weak_y = grid.branches.copy()
    weak_y.loc["y", ["limit_mw", "emergency_mw"]] = 60.0
    study = headroom_study(
        dataclasses.replace(grid, branches=weak_y), flows([0, 0, 120], SUPPLY_MW)
    )
    assert pairs_over(study) == [
        ("z", "", 20.0, 1.2), ("z", "x", 20.0, 1.2), ("z", "y", 20.0, 1.2), ("y", "x", 10.0, 1.167),
    ]  # fmt: skip


def test_after_an_outage_the_limit_of_emergencies_counts() -> None:
    """Normal 100, emergency 120: 110 is over in normal operation only, the limit itself is not."""
    rows = [(0, 1, 1.0, 100.0)] * 5
    net = network(2, rows)
    net = dataclasses.replace(net, emergency_mw=np.full(5, 120.0))
    worst = np.array([110.0, 110.0, 150.0, 100.0, 120.0])
    found = _overloads(net, worst, np.array([-1, 0, 0, -1, 0]))
    assert found.to_dict("list") == {
        "branch": [0, 2], "outage": [-1, 0], "over_mw": [10.0, 30.0], "loading": [1.1, 1.25],
    }  # fmt: skip


def test_pairs_over_by_the_same_are_in_order_of_branch_then_outage() -> None:
    net = network(2, [(0, 1, 1.0, 100.0)] * 3)
    rows = [(2, 1, 5.0), (0, 2, 5.0), (0, -1, 5.0), (1, 0, 7.0), (0, 1, 5.0)]
    given = pd.DataFrame(rows, columns=["branch", "outage", "over_mw"]).assign(loading=1.1)
    found = _named(given, net)
    assert list(found) == ["branch", "outage", "over_mw", "loading"]
    assert list(found.index) == [0, 1, 2, 3, 4]
    assert list(zip(found["branch"], found["outage"], strict=True)) == [
        ("l1", "l0"), ("l0", ""), ("l0", "l1"), ("l0", "l2"), ("l2", "l1"),
    ]  # fmt: skip
