"""Months and rules in words and bars."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from geo import kinds
from geo.layer import Source
from maps.frames import records
from maps.text import plain
from maps.timetable import months_text, rules_text
from tests.maps.toy import make_siting

if TYPE_CHECKING:
    from geo.siting import Siting


def site_of(siting: Siting, site_id: str) -> dict[str, Any]:
    found = siting.sites[siting.sites["site_id"] == site_id]
    return records(pd.DataFrame(found.drop(columns="geometry")))[0]


def test_months_with_what_decides_and_a_bar_for_each_task(siting: Siting) -> None:
    lines = months_text(site_of(siting, "toy-0001"), siting).splitlines()
    assert lines == [
        "Months to power",
        "  P10 / P50 / P90         20 / 28 / 44",
        "  Wanted within           36",
        "  Way                     new connection",
        "  Decided by              transformer, 52 times in 100",
        "  Task                     months  decides",
        # 36 months are 20 blocks: 23 are 12.8, 33 are 18.3, the last three 1.7 after 18.
        "  study and queue            0–23     43 %  " + "█" * 12 + "▌",
        "  transformer                0–33     57 %  " + "█" * 18,
        "  commissioning             33–36    100 %  " + " " * 18 + "█▌",
    ]


def test_phases_are_told_apart(siting: Siting) -> None:
    lines = months_text(site_of(siting, "toy-0003"), siting).splitlines()
    assert "  Power (P50)             13" in lines
    assert "  Second feed (P50)       39" in lines
    at = lines.index("  second feed")
    assert lines[at - 1].startswith("    conversion  ")
    assert lines[at + 1].startswith("    study and queue  ")


def test_a_site_without_tasks_has_its_months_alone(siting: Siting) -> None:
    bare = replace(siting, gantt=pd.DataFrame())
    lines = months_text(site_of(siting, "toy-0008"), bare).splitlines()
    assert lines[1] == "  P10 / P50 / P90         – / – / –"
    assert len(lines) == 5


RULES = [
    ("licence", "delay", "proposed", 6.0, None),
    ("queue", "delay", "status", None, None),
    ("levy", "cost", "in force", None, 2000.0),
    ("tax", "cost", "", None, None),
    ("ban", "gate", "announced", None, None),
    ("papers", "none", "in force", None, None),
]


def ruled(siting: Siting, words: str = "") -> Siting:
    frame = pd.DataFrame(
        RULES, columns=["topic", "effect", "status", "delay_months", "cost_usd_per_mw"]
    ).assign(rule="so it is", region="")
    frame["topic"] = words + frame["topic"]
    policy = kinds.Policy(frame, Source("Toy rules", file="policy.csv"))
    return replace(siting, layers=replace(siting.layers, policy=policy))


def test_rules_with_and_without_a_number(siting: Siting) -> None:
    assert rules_text(site_of(siting, "toy-0001"), ruled(siting)) == [
        "licence: 6 months more.",
        "levy: 2,000 USD a MW.",
        "Delays of unknown length: queue (status).",
        "Costs of unknown size: tax.",
        "Gates, none of them closed: ban (announced).",
    ]


def test_no_rules_are_no_lines(siting: Siting) -> None:
    assert rules_text(site_of(siting, "toy-0001"), siting) == []


@pytest.mark.parametrize("words", ["\x1b[31mred\x1b[0m ", "two\u2028lines "])
def test_hostile_rules_stay_text(words: str) -> None:
    siting = ruled(make_siting(hostile=True), words)
    for line in rules_text(site_of(siting, "toy-0001"), siting):
        assert line == plain(line)
