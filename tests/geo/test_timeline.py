"""Months to power, against scipy's triangular distribution and against draws."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import triang

from geo.standards import DURATIONS, STANDARDS, Duration
from geo.timeline import months_to_power, quantiles, triangular_cdf

CONVERSION = Duration("conversion", 9, 12, 18, "")
FIXED = Duration("fixed", 24, 24, 24, "")
STUDY = Duration("study", 6, 18, 48, "")
SHARES = (0.1, 0.5, 0.9)


def greenfield(line: str) -> tuple[Duration, ...]:
    return tuple(
        STANDARDS.duration(task) for task in ("study", line, "transformer", "new bay", "build")
    )


def in_scipy(task: Duration) -> triang:
    width = task.max_months - task.min_months
    return triang((task.mode_months - task.min_months) / width, task.min_months, width)


@st.composite
def durations(draw: st.DrawFn) -> Duration:
    low, mode, high = sorted(draw(st.lists(st.integers(1, 120), min_size=3, max_size=3)))
    return Duration("task", low, mode, max(high, low + 1), "")


@given(durations(), st.floats(0, 150))
def test_the_distribution_is_scipys_triangle(task: Duration, months: float) -> None:
    assert triangular_cdf(task, months) == pytest.approx(in_scipy(task).cdf(months), abs=1e-12)


@pytest.mark.parametrize(
    ("months", "share"),
    # Min 9, mode 12, max 18: rises as (m − 9)² / (9 · 3), ends as 1 − (18 − m)² / (9 · 6).
    [(8, 0), (9, 0), (10, 1 / 27), (12, 1 / 3), (15, 1 - 9 / 54), (18, 1), (19, 1)],
)
def test_a_triangle_by_hand(months: float, share: float) -> None:
    assert triangular_cdf(CONVERSION, months) == pytest.approx(share)


@pytest.mark.parametrize(("months", "share"), [(23.9, 0), (24, 1), (24.1, 1)])
def test_a_fixed_duration_is_a_step(months: float, share: float) -> None:
    assert triangular_cdf(FIXED, months) == share


@pytest.mark.parametrize("end", [9, 18])
def test_a_mode_at_one_end_is_a_slope(end: float) -> None:
    task = replace(CONVERSION, mode_months=end)
    assert triangular_cdf(task, 13.5) == pytest.approx(0.75 if end == 9 else 0.25)  # ± (1/2)²


def test_quantiles_of_one_task_by_hand() -> None:
    # The inverses of the two pieces: 9 + √(27 q) below a third, 18 − √(54 (1 − q)) above.
    expected = (9 + sqrt(2.7), 18 - sqrt(27), 18 - sqrt(5.4))
    assert quantiles((CONVERSION,)) == pytest.approx(expected)


@pytest.mark.parametrize("line", ["line under 5 km", "line 5 to 25 km", "line over 25 km"])
def test_quantiles_of_the_longest_task_by_integration(line: str) -> None:
    # The density of the longest, Σ_i f_i · Π_{j≠i} F_j, integrated on a grid of a thousandth month.
    tasks = [in_scipy(task) for task in greenfield(line)]
    months = np.arange(0, 120, 0.001)
    below = np.array([task.cdf(months) for task in tasks])
    density = sum(
        task.pdf(months) * np.delete(below, row, axis=0).prod(axis=0)
        for row, task in enumerate(tasks)
    )
    share = np.cumsum(density) * 0.001
    assert share[-1] == pytest.approx(1, abs=1e-3)
    expected = [months[np.searchsorted(share, q)] for q in SHARES]
    assert quantiles(greenfield(line)) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("line", ["line under 5 km", "line over 25 km"])
def test_quantiles_of_the_longest_task_by_draws(line: str) -> None:
    random = np.random.default_rng(7)
    draws = [
        random.triangular(task.min_months, task.mode_months, task.max_months, 400_000)
        for task in greenfield(line)
    ]
    expected = np.quantile(np.max(draws, axis=0), SHARES)
    assert quantiles(greenfield(line)) == pytest.approx(expected, abs=0.1)


def test_a_fixed_task_bounds_the_quantiles_from_below() -> None:
    # P(study ≤ 24) = 1 − 24²/(42 · 30) = 0.543, so up to there the fixed 24 months decide;
    # above, 0.9 = 1 − (48 − m)²/1260 gives m = 48 − √126.
    assert quantiles((FIXED, STUDY)) == pytest.approx((24, 24, 48 - sqrt(126)))
    assert quantiles((FIXED,)) == (24, 24, 24)


@given(st.lists(durations(), min_size=1, max_size=4), durations())
def test_one_task_more_never_ends_sooner(tasks: list[Duration], more: Duration) -> None:
    p10, p50, p90 = quantiles(tuple(tasks))
    assert max(task.min_months for task in tasks) <= p10 <= p50 <= p90
    assert p90 <= max(task.max_months for task in tasks)
    later = quantiles((*tasks, more))
    assert all(new >= old - 1e-6 for new, old in zip(later, (p10, p50, p90), strict=True))


def months(tie_km: float, kind: str = "greenfield", *, converts: bool = False) -> tuple[float, ...]:
    frame = months_to_power(
        pd.Series([tie_km]), pd.Series([converts]), pd.Series([kind]), STANDARDS
    )
    return tuple(frame.iloc[0])


@pytest.mark.parametrize(
    ("tie_km", "line"),
    [
        (0, "line under 5 km"),
        (4.99, "line under 5 km"),
        (5, "line 5 to 25 km"),
        (25, "line 5 to 25 km"),
        (25.01, "line over 25 km"),
        (float("nan"), "line over 25 km"),  # an unknown length is not rewarded
    ],
)
def test_the_length_of_the_tie_chooses_its_duration(tie_km: float, line: str) -> None:
    assert months(tie_km) == quantiles(greenfield(line))


def test_a_campus_with_megawatts_enough_only_converts() -> None:
    # Neither the study nor the line counts then, however long.
    ready = quantiles((STANDARDS.duration("conversion"),))
    assert months(0, "campus", converts=True) == ready
    assert months(80, "campus", converts=True) == ready


def test_a_campus_that_needs_more_still_saves_its_buildings() -> None:
    tasks = [task for task in greenfield("line under 5 km") if task.task != "build"]
    expected = quantiles((*tasks, STANDARDS.duration("conversion")))
    assert months(3, "campus") == expected
    assert expected < months(3, "greenfield")


def test_rows_keep_their_index_and_the_columns_of_the_house() -> None:
    at = pd.Index([7, 3])
    frame = months_to_power(
        pd.Series([30.0, 1.0], index=at),
        pd.Series([False, True], index=at),
        pd.Series(["greenfield", "campus"], index=at),
        STANDARDS,
    )
    assert list(frame.index) == [7, 3]
    assert list(frame.columns) == ["months_p10", "months_p50", "months_p90"]
    assert frame.loc[7, "months_p50"] > frame.loc[3, "months_p50"]


def test_a_place_with_its_own_durations_is_heard() -> None:
    slow = tuple(replace(row, min_months=100, mode_months=110, max_months=120) for row in DURATIONS)
    frame = months_to_power(
        pd.Series([1.0]), pd.Series([True]), pd.Series(["campus"]),
        replace(STANDARDS, durations=slow),
    )  # fmt: skip
    assert frame["months_p10"].iloc[0] >= 100
