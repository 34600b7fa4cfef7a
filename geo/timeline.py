"""Months to power: a new connection against the conversion of an energised campus.

All tasks start at once and the last decides. Durations are triangular and independent, so the
distribution of the maximum is the product of theirs, and its quantiles are exact.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import brentq

if TYPE_CHECKING:
    from geo.standards import Duration, Standards

QUANTILES = (0.1, 0.5, 0.9)
SHORT_TIE_KM = 5.0
LONG_TIE_KM = 25.0


def months_to_power(
    tie_km: pd.Series, converts: pd.Series, kind: pd.Series, standards: Standards
) -> pd.DataFrame:
    """Return months_p10, months_p50 and months_p90 for each connection.

    Parameters
    ----------
    tie_km
        Length of the new line.
    converts
        True where an energised campus has MW enough: no study, line, bay or transformer then.
    kind
        ``greenfield`` or ``campus``; a campus that needs more MW still converts its buildings.
    standards
        Durations.
    """
    cases = [
        _tasks(length, place, ready=bool(ready))
        for length, ready, place in zip(_line_task(tie_km), converts, kind, strict=True)
    ]
    table = {
        case: quantiles(tuple(standards.duration(task) for task in case)) for case in set(cases)
    }
    rows = [table[case] for case in cases]
    return pd.DataFrame(
        rows, columns=["months_p10", "months_p50", "months_p90"], index=tie_km.index
    )


@cache
def quantiles(tasks: tuple[Duration, ...]) -> tuple[float, ...]:
    """Return P10, P50 and P90 of the longest of some parallel tasks, in months."""
    low = max(task.min_months for task in tasks)
    high = max(task.max_months for task in tasks)

    def below(months: float) -> float:
        return float(np.prod([triangular_cdf(task, months) for task in tasks]))

    if low >= high:
        return (high,) * len(QUANTILES)
    return tuple(
        low  # a task of fixed length can make the shortest time that likely
        if below(low) >= share
        else float(brentq(lambda months, q=share: below(months) - q, low, high, xtol=1e-9))
        for share in QUANTILES
    )


def triangular_cdf(task: Duration, months: float) -> float:
    """Return the probability that a task takes at most so long."""
    low, mode, high = task.min_months, task.mode_months, task.max_months
    if months <= low:
        return 0.0 if low < high or months < low else 1.0
    if months >= high:
        return 1.0
    if months <= mode:
        return (months - low) ** 2 / ((high - low) * (mode - low))
    return 1.0 - (high - months) ** 2 / ((high - low) * (high - mode))


def _line_task(tie_km: pd.Series) -> list[str]:
    return [
        "line under 5 km"
        if km < SHORT_TIE_KM
        else "line 5 to 25 km"
        if km <= LONG_TIE_KM
        else "line over 25 km"
        for km in tie_km
    ]


def _tasks(line: str, kind: str, *, ready: bool) -> tuple[str, ...]:
    if ready:
        return ("conversion",)
    return ("study", line, "transformer", "new bay", "conversion" if kind == "campus" else "build")
