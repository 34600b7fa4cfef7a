"""Profiles: shares of a year, and energy poured into months that can be full."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.profiles import (
    EVEN,
    MONSOON,
    MONTH_HOURS,
    PROFILES,
    SNOW_MELT,
    YEAR_HOURS,
    energy_shares,
    profile_named,
    shaped_gwh,
)

NO_LIMIT = np.inf


def test_a_year_has_8760_hours() -> None:
    assert YEAR_HOURS == 365 * 24
    assert MONTH_HOURS[1] == 28 * 24


def test_of_even_power_a_month_has_the_energy_of_its_days() -> None:
    assert energy_shares(EVEN) == pytest.approx(np.array(MONTH_HOURS) / 8760)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda row: row.name)
def test_every_profile_is_a_year(profile) -> None:
    assert len(profile.power) == 12
    assert energy_shares(profile).sum() == pytest.approx(1)
    assert profile_named(profile.name) is profile


def test_snow_melts_from_may_to_july_and_the_monsoon_falls_from_june_to_september() -> None:
    assert set(np.argsort(SNOW_MELT.power)[-3:]) == {4, 5, 6}
    assert set(np.argsort(MONSOON.power)[-4:]) == {5, 6, 7, 8}
    winter, summer = np.mean(np.array(MONSOON.power)[[0, 1, 2]]), np.mean(MONSOON.power[5:9])
    assert 1 / 5 <= winter / summer <= 1 / 4


def test_what_a_full_month_cannot_hold_falls_to_the_others() -> None:
    """100 as 1:1:2 is 25, 25, 50; a month holds 40, so the other 10 are shared as 30, 30."""
    shares = np.array([0.25, 0.25, 0.5])
    out = shaped_gwh(np.array([100.0]), shares, np.full((1, 3), 40.0))
    assert out[0] == pytest.approx([30, 30, 40])


def test_a_second_month_may_fill_only_then() -> None:
    """As 1:3:6 of 100 with 35 a month: 10, 30, 60; 35 in the last leaves 65 as 1:3, 16 and 49."""
    out = shaped_gwh(np.array([100.0]), np.array([0.1, 0.3, 0.6]), np.full((1, 3), 35.0))
    assert out[0] == pytest.approx([30, 35, 35])


def test_more_than_all_months_hold_is_what_they_hold() -> None:
    out = shaped_gwh(np.array([200.0]), np.array([0.5, 0.5]), np.full((1, 2), 40.0))
    assert out[0] == pytest.approx([40, 40])


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=5),
    st.lists(st.floats(0.01, 5), min_size=4, max_size=4),
    st.floats(0.1, 60),
)
def test_energy_is_kept_where_there_is_room(annual, weights, most) -> None:
    annual, shares = np.array(annual), np.array(weights) / sum(weights)
    out = shaped_gwh(annual, shares, np.full((len(annual), 4), most))
    assert out.sum(axis=1) == pytest.approx(np.minimum(annual, 4 * most))
    assert (out <= most + 1e-9).all()
    unlimited = shaped_gwh(annual, shares, np.full((len(annual), 4), NO_LIMIT))
    assert unlimited == pytest.approx(annual[:, None] * shares)
