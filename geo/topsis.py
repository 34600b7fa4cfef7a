"""A second opinion on the order within a grade: nearness to the ideal site (TOPSIS)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geo.flow import Array


def topsis(values: Array, weights: Array) -> Array:
    """Return the closeness of each site to the ideal, from 0 to 1.

    The distance to the worst over the sum of the distances to the best and to the worst, of
    weighted values. Best and worst are the ends of the value functions, 1 and 0, and not those of
    the sites at hand, so that adding or removing a site cannot swap two others.

    Parameters
    ----------
    values
        (site, criterion) values from 0 to 1, more is better.
    weights
        One per criterion, not all 0.

    References
    ----------
    Hwang and Yoon, Multiple Attribute Decision Making, 1981.
    """
    from_worst = np.linalg.norm(values * weights, axis=1)
    from_best = np.linalg.norm((1.0 - values) * weights, axis=1)
    return from_worst / (from_worst + from_best)
