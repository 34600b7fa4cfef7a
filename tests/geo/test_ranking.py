from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.criteria import CRITERIA
from geo.ranking import SLACK_MW, grade, known_share, rank, shares
from geo.scenario import Scenario
from geo.standards import STANDARDS

ASKED = Scenario(load_mw=100, redundancy="N+1")
RANGES = {
    "firm_mw": (0, 400),
    "energy_surplus_mw": (-500, 2000),
    "months_p50": (10, 90),
    "connection_usd": (0, 1e8),
    "power_price_usd_per_mwh": (10, 120),
    "pue": (1.05, 1.4),
    "carbon_g_per_kwh": (0, 800),
    "town_km": (0, 200),
    "land_price_usd_per_ha": (100, 1e7),
}


@st.composite
def measures(draw, least: int = 2) -> pd.DataFrame:
    size = draw(st.integers(least, 8))
    frame = pd.DataFrame({"site_id": [f"s{index}" for index in range(size)]})
    for name, (low, high) in RANGES.items():
        cell = st.one_of(st.floats(low, high), st.just(float("nan")))
        known = name == "firm_mw"
        frame[name] = draw(
            st.lists(st.floats(low, high) if known else cell, min_size=size, max_size=size)
        )
    more = draw(st.lists(st.floats(0, 300), min_size=size, max_size=size))
    frame["normal_mw"] = frame["firm_mw"] + more
    levels = st.sampled_from(["none", "N", "N+1", "2N"])
    frame["redundancy"] = draw(st.lists(levels, min_size=size, max_size=size))
    return frame


def order(frame: pd.DataFrame) -> list[str]:
    return rank(frame, ASKED, STANDARDS)["site_id"].tolist()


@pytest.mark.parametrize(
    ("firm_mw", "normal_mw", "redundancy", "letter"),
    [
        (100, 100, "N+1", "A"),
        (100, 100, "2N", "A"),
        (100, 500, "N", "B"),
        (99, 100, "2N", "B"),
        (0, 100, "none", "B"),
        (99, 99, "2N", "C"),
        (30, 99, "N", "C"),
        (29, 99, "2N", "D"),
        (0, 0, "none", "D"),
        (np.nan, np.nan, "none", "D"),
    ],
)
def test_grades_for_a_load_of_100(firm_mw, normal_mw, redundancy, letter) -> None:
    row = pd.DataFrame({"firm_mw": [firm_mw], "normal_mw": [normal_mw], "redundancy": [redundancy]})
    assert grade(row, ASKED, STANDARDS).tolist() == [letter]


@pytest.mark.parametrize(("asked", "letter"), [("N", "A"), ("N+1", "A"), ("2N", "B")])
def test_grade_a_needs_the_redundancy_asked_for(asked, letter) -> None:
    row = pd.DataFrame({"firm_mw": [100.0], "normal_mw": [100.0], "redundancy": ["N+1"]})
    scenario = Scenario(load_mw=100, redundancy=asked)
    assert grade(row, scenario, STANDARDS).tolist() == [letter]


@pytest.mark.parametrize(
    ("firm_mw", "normal_mw", "redundancy", "letter"),
    [
        (100 - SLACK_MW, 0, "2N", "A"),
        (100 - SLACK_MW, 0, "N", "B"),
        (0, 100 - SLACK_MW, "2N", "B"),
        (30 - SLACK_MW, 0, "2N", "C"),
        (30 - 2 * SLACK_MW, 0, "2N", "D"),
    ],
)
def test_a_grade_begins_at_its_limit_less_the_slack(firm_mw, normal_mw, redundancy, letter) -> None:
    """A first phase is 30 % of the load; what is firm is there in normal operation as well."""
    row = pd.DataFrame({"firm_mw": [firm_mw], "normal_mw": [normal_mw], "redundancy": [redundancy]})
    assert grade(row, ASKED, STANDARDS).tolist() == [letter]


@pytest.mark.parametrize("unknown", [np.nan, None])
@pytest.mark.parametrize("load_mw", [100, 0.5])
def test_unknown_headroom_serves_no_load_however_small(unknown, load_mw) -> None:
    """Nor does it matter how a table writes what is unknown."""
    row = pd.DataFrame({"firm_mw": [unknown], "normal_mw": [unknown], "redundancy": ["2N"]})
    assert grade(row.astype(object), Scenario(load_mw=load_mw), STANDARDS).tolist() == ["D"]


def test_sites_alike_are_in_the_order_of_their_ids_and_each_has_a_rank_of_its_own() -> None:
    """Of three alike; s0 has the grade, which no score makes up for."""
    frame = pd.DataFrame({name: [1.0] * 4 for name in RANGES}).assign(
        site_id=["s3", "s1", "s0", "s2"], normal_mw=[0.0, 0.0, 100.0, 0.0], redundancy="N"
    )
    out = rank(frame, ASKED, STANDARDS)
    assert out["site_id"].tolist() == ["s0", "s1", "s2", "s3"]
    assert out["rank"].tolist() == [1, 2, 3, 4]
    assert out["grade"].tolist() == ["B", "D", "D", "D"]


def test_of_equals_the_cheaper_connection_comes_first_and_an_unknown_one_last() -> None:
    """Beyond the end of the scale of costs, 500,000 USD a MW, all of them score 0."""
    frame = pd.DataFrame({name: [1.0] * 4 for name in RANGES}).assign(
        site_id=["s0", "s1", "s2", "s3"], normal_mw=100.0, redundancy="N",
        connection_usd=[np.nan, 9e9, 8e9, 8e9],
    )  # fmt: skip
    out = rank(frame, ASKED, STANDARDS)
    assert set(out["score"]) == {out["score"].iloc[0]}
    assert out["site_id"].tolist() == ["s2", "s3", "s1", "s0"]
    assert out["grade"].dtype == object  # as every other column of words


@given(measures())
def test_score_is_the_sum_of_the_shares(frame: pd.DataFrame) -> None:
    out = rank(frame, ASKED, STANDARDS)
    parts = out[[f"share_{criterion.name}" for criterion in CRITERIA]]
    assert out["score"].to_numpy() == pytest.approx(parts.sum(axis=1).to_numpy())
    assert (parts >= 0).all(axis=None)
    assert (out["score"] <= 100 + 1e-9).all()


@given(measures(), st.integers(0, 7), st.floats(0, 1000))
def test_more_headroom_never_ranks_a_site_lower(frame, which, more) -> None:
    row = which % len(frame)
    name = frame.loc[row, "site_id"]
    better = frame.copy()
    better.loc[row, ["firm_mw", "normal_mw"]] += more
    assert order(better).index(name) <= order(frame).index(name)


@given(measures(), st.integers(0, 7), st.floats(1, 1e7))
def test_no_land_price_changes_a_grade(frame, which, price) -> None:
    row = which % len(frame)
    other = frame.copy()
    other.loc[row, "land_price_usd_per_ha"] = price
    before = rank(frame, ASKED, STANDARDS).set_index("site_id")["grade"]
    after = rank(other, ASKED, STANDARDS).set_index("site_id")["grade"]
    assert after[before.index].tolist() == before.tolist()
    assert after.tolist() == sorted(after)


@given(measures(least=3), st.integers(0, 7))
def test_removing_a_site_keeps_the_order_of_the_rest(frame, which) -> None:
    gone = frame.loc[which % len(frame), "site_id"]
    rest = frame[frame["site_id"] != gone]
    assert order(rest) == [name for name in order(frame) if name != gone]


@given(measures(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(frame, random) -> None:
    rows = list(frame.index)
    random.shuffle(rows)
    assert order(frame.loc[rows]) == order(frame)


@given(measures(), st.integers(0, 7), st.sampled_from(sorted(RANGES)))
def test_not_knowing_never_helps(frame, which, column) -> None:
    row = which % len(frame)
    unknown = frame.copy()
    unknown.loc[row, column] = np.nan
    name = frame.loc[row, "site_id"]
    assert order(unknown).index(name) >= order(frame).index(name)


def test_weights_of_the_question_are_used() -> None:
    """All weight on the price of power: 20 USD gets 100 points, 60 USD half, 100 USD none."""
    only = {criterion.name: 0.0 for criterion in CRITERIA} | {"power_price": 3.0}
    frame = pd.DataFrame({name: [0.0, 0.0, 0.0] for name in RANGES}).assign(
        power_price_usd_per_mwh=[20.0, 60.0, 100.0], redundancy="N"
    )
    parts = shares(frame, Scenario(weights=only))
    assert parts["share_power_price"].tolist() == pytest.approx([100, 50, 0])
    assert parts.drop(columns="share_power_price").to_numpy().sum() == 0


def test_known_share_is_the_weight_of_what_is_known() -> None:
    """Price (0.10) and land price (0.02) unknown leave 0.88."""
    frame = pd.DataFrame({name: [1.0] for name in RANGES}).assign(redundancy="N")
    frame[["power_price_usd_per_mwh", "land_price_usd_per_ha"]] = np.nan
    assert known_share(frame, ASKED).tolist() == pytest.approx([0.88])
