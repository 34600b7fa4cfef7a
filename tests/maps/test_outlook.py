"""Limits and upgrades in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from maps.explain import explain_text
from maps.outlook import limits_in_turn, spread_of, what_upgrades_free

if TYPE_CHECKING:
    from geo.siting import Siting


def test_limits_in_turn_name_branch_outage_and_gain(siting: Siting) -> None:
    assert limits_in_turn(siting, "T-S0@132") == [
        "Now 420 MW: Line 2, when Line 1 is out; each MW of its rating gives 2.5.",
        "Then 610 MW: Line 1 in normal operation; each MW of its rating gives 2.0.",
        "At most 900 MW: supply in reach of the grid, not a line.",
    ]


def test_upgrades_say_what_a_megawatt_costs(siting: Siting) -> None:
    """9 million over 190 MW are 47 thousand, over 80 MW 112.5, shown as the even 112."""
    assert what_upgrades_free(siting, "T-S0@132") == [
        "+100 MW, Line 2: 190 MW more for 9.0 million USD, 47 thousand USD a MW.",
        "+50%, Line 2: 80 MW more for 9.0 million USD, 112 thousand USD a MW.",
        "second circuit, Line 2: nothing more, for 21.0 million USD.",
    ]


def test_points_that_were_not_looked_at_have_nothing_to_tell(siting: Siting) -> None:
    assert limits_in_turn(siting, "T-S5@132") == []
    assert what_upgrades_free(siting, "T-S5@132") == []
    assert "Limits in turn" not in explain_text(siting, "toy-0008")


def test_the_explanation_tells_them(siting: Siting) -> None:
    text = explain_text(siting, "toy-0001")
    assert "Limits in turn\n  - Now 420 MW: Line 2, when Line 1 is out;" in text
    assert "Upgrades\n  - +100 MW, Line 2: 190 MW more" in text
    assert "Flexible power          " in text


def test_the_spread_is_told_where_it_was_asked_for() -> None:
    site = {"firm_mw_p10": 310.0, "firm_mw_p50": 400.0, "firm_mw_p90": 450.0}
    assert spread_of("firm_mw", site, 100) == "310 / 400 / 450 MW over 100 situations"
    assert spread_of("firm_mw", {"firm_mw_p10": np.nan}, 100) == ""
    assert spread_of("normal_mw", {}, 0) == ""
