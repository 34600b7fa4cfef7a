"""Schedules, each different one once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from maps.plans import plans

if TYPE_CHECKING:
    from geo.siting import Siting


def test_each_site_finds_its_plan(siting: Siting) -> None:
    found = plans(siting)
    assert found["of"] == [0, None, 1, None, None, None, None, None]
    assert found["plans"][0][1] == ["power", "transformer", 0.0, 33.0, 0.57]
    assert [task[0] for task in found["plans"][1]] == ["power", "second feed", "second feed"]


def test_equal_plans_are_kept_once(siting: Siting) -> None:
    first = siting.gantt[siting.gantt["site_id"] == "toy-0001"]
    both = pd.concat([siting.gantt, first.assign(site_id="toy-0002")])
    found = plans(replace(siting, gantt=both))
    assert found["of"][:3] == [0, 0, 1]
    assert len(found["plans"]) == 2


def test_an_answer_without_schedules(siting: Siting) -> None:
    assert plans(replace(siting, gantt=pd.DataFrame())) == {"plans": [], "of": [None] * 8}
