"""A second opinion on the order within a grade: nearness to the ideal site (TOPSIS)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import kendalltau

from geo.criteria import CRITERIA, weights
from geo.ranking import FULL_SCORE, as_number

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.scenario import Scenario


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


def second_opinion(sites: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Order sites by grade, then by nearness to the ideal, then by id.

    Parameters
    ----------
    sites
        site_id, grade and the column of every criterion, as `geo.ranking.rank` returns them.
    scenario
        Weights.

    Returns
    -------
    DataFrame
        Rows and index as the sites: topsis (closeness, at most 100) and topsis_rank, from 1.
    """
    chosen = weights(scenario)
    values = [
        criterion.value(as_number(sites[criterion.column]), scenario) for criterion in CRITERIA
    ]
    weight = np.array([chosen[criterion.name] for criterion in CRITERIA])
    near = FULL_SCORE * topsis(np.stack(values, axis=1), weight)
    table = pd.DataFrame({"topsis": near}, index=sites.index)
    order = np.lexsort((sites["site_id"].to_numpy(str), -near, sites["grade"].to_numpy(str)))
    table.loc[sites.index[order], "topsis_rank"] = np.arange(1, len(sites) + 1)
    return table.astype({"topsis_rank": int})


def agreement(one: pd.Series, other: pd.Series) -> float:
    """Return the share of pairs that two orders without ties put alike; NaN of fewer than two."""
    return (1.0 + kendalltau(one, other).statistic) / 2.0 if len(one) > 1 else np.nan
