from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.season_words import season_note


def note(missing_months, fed=("imports", "imports"), *, north=True) -> str:
    """100 MW are missing in some months, from 1, and 100 to spare in the others."""
    balance = np.where(np.isin(np.arange(1, 13), missing_months), -100.0, 100.0)
    months = pd.DataFrame({"year": "mean", "month": np.arange(1, 13), "balance_mw": balance})
    zones = pd.DataFrame(
        {
            "year": ["mean", "dry"],
            "driest_mw": [balance.min(), balance.min() - 1500],
            "driest_month": ["March", "April"],
            "fed": fed,
            "link_limit_mw": 2000.0,
        }
    )
    return season_note("Here", months, zones, 180, north=north)


WINTER = "exports in summer (March to November) and imports in winter (December to February)"
SUMMER = "exports in winter (August to June) and imports in summer (July)"
HERE_AND_THERE = (
    "exports (February, April to May, July to December) and imports (January, March, June)"
)


@pytest.mark.parametrize(
    ("missing", "habit"),
    [
        ([], "has power to spare in every month of a mean year"),
        (range(1, 13), "imports in every month of a mean year"),
        ([1, 2, 12], WINTER),
        ([7], SUMMER),
        ([1, 3, 6], HERE_AND_THERE),
    ],
)
def test_what_a_zone_does_over_the_year(missing, habit: str) -> None:
    assert note(list(missing)).startswith(f"Here {habit}: 100 MW ")


def test_in_the_south_january_is_summer() -> None:
    assert "imports in summer (January)" in note([1], north=False)


def test_both_years_are_told() -> None:
    assert note([1], fed=("imports", "no")) == (
        "Here exports in summer (February to December) and imports in winter (January): 100 MW "
        "missing in March of a mean year, 1,600 MW missing in April of a dry year. A campus of 180 "
        "MW is fed with imports only in a mean year and is not fed in every month even with "
        "imports in a dry year; links could bring up to 2,000 MW."
    )


def test_links_are_not_spoken_of_where_none_is_needed() -> None:
    told = note([], fed=("alone", "alone"))
    assert told.endswith("A campus of 180 MW is fed without imports, in a mean and in a dry year.")
    assert "100 MW to spare in March of a mean year, 1,400 MW missing in April" in told
