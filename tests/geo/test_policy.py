"""Rules: what closes, delays and costs where, and what nobody knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from geo import policy
from geo.errors import LayerError
from geo.kinds import Policy
from tests.geo import toy

if TYPE_CHECKING:
    from geo.kinds import Layers

REGION = pd.Series(["West", "East", "West"], index=[4, 2, 9])
NAMES = ("topic", "effect", "closes", "region", "status", "delay_months", "cost_usd_per_mw")
RULES = (
    ("licence", "delay", False, "", "in force", 6, None),
    ("heritage", "delay", False, "West", "in force", 3, None),
    ("queue", "delay", False, "", "status", None, None),
    ("levy", "cost", False, "", "proposed", None, 1000),
    ("port fee", "cost", False, "East", "in force", None, 500),
    ("tax", "cost", False, "West", "in force", None, None),
    ("park", "gate", True, "East", "in force", None, None),
    ("papers", "none", False, "", "in force", None, None),
)


def ruled(*rules: tuple[object, ...]) -> Layers:
    frame = toy.table(NAMES, rules).assign(rule="so it is")
    return replace(toy.country(), policy=Policy(frame, toy.source("policy")))


def test_only_closing_gates_close() -> None:
    assert policy.closed(REGION, ruled(*RULES)).to_dict() == {4: False, 2: True, 9: False}
    open_gate = ("ban", "gate", False, "", "announced", None, None)
    assert not policy.closed(REGION, ruled(open_gate)).any()
    assert policy.closed(REGION, ruled(("ban", "gate", True, "", "", None, None))).all()


def test_numbers_add_up_where_they_hold_and_unknown_adds_nothing() -> None:
    layers = ruled(*RULES)
    assert policy.delay_months(REGION, layers).to_dict() == {4: 9, 2: 6, 9: 9}
    assert policy.cost_usd_per_mw(REGION, layers).to_dict() == {4: 1000, 2: 1500, 9: 1000}


def test_a_place_without_rules_has_none() -> None:
    layers = toy.country()
    assert policy.delay_months(REGION, layers).tolist() == [0, 0, 0]
    assert policy.cost_usd_per_mw(REGION, layers).tolist() == [0, 0, 0]
    assert not policy.closed(REGION, layers).any()
    assert policy.rules_at("West", layers).empty
    assert policy.without_number(policy.rules_at("West", layers)).empty


def test_the_rules_of_a_region_are_its_own_and_those_for_all() -> None:
    found = policy.rules_at("West", ruled(*RULES))
    assert found["topic"].tolist() == ["licence", "heritage", "queue", "levy", "tax", "papers"]
    assert list(found.columns) == policy.COLUMNS
    assert policy.without_number(found)["topic"].tolist() == ["queue", "tax"]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (
            ("x", "ban", False, "", "", None, None),
            "column effect: 'ban' is unknown; write one of cost, delay, gate, none",
        ),
        (
            ("x", "gate", False, "", "", 6, None),
            "column delay_months: belongs to a rule whose effect is delay, and this one's is",
        ),
        (
            ("x", "delay", False, "", "", 6, 5),
            "column cost_usd_per_mw: belongs to a rule whose effect is cost, and this one's is",
        ),
        (
            ("x", "delay", False, "", "", -1, None),
            "column delay_months: -1 is outside 0 to 240",
        ),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(row: tuple[object, ...], fault: str) -> None:
    with pytest.raises(LayerError) as caught:
        ruled(row)
    (found,) = map(str, caught.value.faults)
    assert found.startswith(f"policy.csv row 0 {fault}")
