"""Pages that commands print."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.kinds import Place
from geo.scenario import Scenario
from maps.reports import backtest_text


def looked_up(count=2, changes=None):
    frame = pd.DataFrame(
        {
            "campus": [f"Mine {at}" for at in range(count)],
            "grid_mw": 60.0,
            "away_km": 0.0,
            "grade": "A",
            "rank": 1,
            "candidates": 101,
            "percentile": 100.0,
            "baseline_percentile": 50.0,
            "ahead": 0.0,
            "level": 1.0,
            "baseline_ahead": 50.0,
            "baseline_level": 1.0,
        }
    )
    return frame.assign(**(changes or {}))


def page(frames):
    place = Place(name="toy", title="Toyland", country="TOY", crs="EPSG:25833", demand_mw=600.0)
    return backtest_text([(place, Scenario(), frame) for frame in frames])


def test_a_place_has_its_campuses_and_a_comparison() -> None:
    text = page([looked_up()])
    assert "| Mine 1 | 60 MW | 0.0 km | A | 1 of 101 | 100.0 | 50.0 |" in text
    assert "| powersite | 1.00 | 100.0 | 20.0 | 10.0 |" in text
    assert "| chance | 0.50 | 1.0 | 1.0 | 1.0 |" in text
    assert "All places" not in text


def test_an_interval_is_written_where_it_is_one() -> None:
    text = page([looked_up(changes={"ahead": [0.0, 50.0]})])
    assert "| powersite | 0.75 (0.50 to 1.00) | 50.0 (0.0 to 100.0) |" in text


def test_what_is_not_known_is_a_dash() -> None:
    text = page([looked_up(changes={"baseline_percentile": np.nan, "baseline_ahead": np.nan})])
    assert "| 100.0 | – |" in text
    assert "| distance to 220 kV | – | – | – | – |" in text


def test_one_campus_says_so_and_several_places_are_summed_up() -> None:
    text = page([looked_up(1), looked_up(2)])
    assert text.count("One campus, so no interval.") == 1
    assert "Over 3 campuses:" in text.partition("## All places")[2]


def test_names_do_not_break_the_table() -> None:
    text = page([looked_up(changes={"campus": ["a|b", "c\nd"]})])
    assert "| a\\|b |" in text
    assert "| c d |" in text
