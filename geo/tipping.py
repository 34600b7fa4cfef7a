"""The smallest change of one weight that dethrones the first site, in closed form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geo.flow import Array

AHEAD = 1e-9
"""Values that differ by less are equal but for rounding."""


def tipping_points(values: Array, weights: Array, first: int) -> tuple[Array, Array]:
    """Return how far each weight alone can go before another site leads, and which that is.

    With one weight at t and the others rescaled to add up to 1 − t, the lead of the first over
    another site is straight in t, so that each pair crosses once at most.

    Parameters
    ----------
    values
        (site, criterion) values of the sites of the best grade.
    weights
        Present weights, adding up to 1.
    first
        Row of the site that leads.

    Returns
    -------
    weight, by
        Per criterion the weight at which the lead is 0 — the nearest such weight, above or below —
        and the row of the site that leads beyond it; NaN and −1 where no weight from 0 to 1 puts
        another ahead, and where all weight is on the criterion, so that there is nothing to
        rescale.
    """
    count = len(weights)
    alone = weights >= 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        others = weights[:, None] * (1.0 - np.eye(count)) / (1.0 - weights)
    lead_at_0 = (values[first] - values) @ np.where(alone, 0.0, others)
    lead_at_1 = values[first] - values
    falls_above = (lead_at_0 >= -AHEAD) & (lead_at_1 < -AHEAD)
    falls_below = (lead_at_1 >= -AHEAD) & (lead_at_0 < -AHEAD)
    slope = lead_at_1 - lead_at_0
    tips = (falls_above | falls_below) & ~alone
    crossing = np.clip(lead_at_0 / np.where(tips, -slope, 1.0), 0.0, 1.0)
    away = np.where(tips, np.abs(crossing - weights), np.inf)
    by = np.array(
        [np.lexsort((-np.abs(slope[:, column]), away[:, column]))[0] for column in range(count)]
    )
    found = np.isfinite(away[by, np.arange(count)])
    at = np.where(found, crossing[by, np.arange(count)], np.nan)
    return at, np.where(found, by, -1)
