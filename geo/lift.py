"""How well an order finds known campuses: AUC and lift, beside distance alone and beside chance.

AUC is the probability that the candidate of a campus stands above one taken at random, ties counted
half. Lift at the top tenth is how many times as many campuses stand there as chance would put.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from geo.flow import Array

TOPS: Final = {"lift_1": 0.01, "lift_5": 0.05, "lift_10": 0.10}
MEASURES: Final = ("auc", *TOPS)
DRAWS: Final = 10_000
ENDS: Final = (0.025, 0.975)
POWERSITE, DISTANCE, CHANCE, GAIN = "powersite", "distance", "chance", "powersite less distance"


def standing(order: pd.Series) -> pd.DataFrame:
    """Return how many stand above each, and how many beside it.

    Parameters
    ----------
    order
        Lower is better; unknown where the order knows nothing.

    Returns
    -------
    DataFrame
        ahead; level, itself included.
    """
    ahead = order.rank(method="min") - 1
    return pd.DataFrame({"ahead": ahead, "level": order.rank(method="max") - ahead})


def merits(ahead: pd.Series, level: pd.Series, candidates: pd.Series) -> pd.DataFrame:
    """Return AUC and lift of each campus by itself.

    Parameters
    ----------
    ahead, level
        From `standing`, of the candidate of each campus.
    candidates
        How many there are.
    """
    others = np.maximum(candidates - 1, 1)
    found = {"auc": (candidates - ahead - level + (level - 1) / 2) / others}
    for name, share in TOPS.items():
        # Of those level with each other at the edge, any may stand within the top.
        found[name] = ((share * candidates - ahead) / level).clip(0.0, 1.0) / share
    return pd.DataFrame(found)


def compared(found: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Compare the ranking with distance and with chance over some campuses.

    Parameters
    ----------
    found
        One row per campus, from `geo.backtest.backtest`, of one place or of several.
    seed
        Of the bootstrap, which draws campuses anew.

    Returns
    -------
    DataFrame
        Index ``powersite``, ``distance``, ``chance``, ``powersite less distance``; auc, lift_1,
        lift_5 and lift_10 (at the top 1, 5 and 10 %), each also as _low and _high, the ends of its
        95 % interval. One campus gives no interval.
    """
    ours = merits(found["ahead"], found["level"], found["candidates"]).to_numpy(float)
    distance = merits(
        found["baseline_ahead"], found["baseline_level"], found["candidates"]
    ).to_numpy(float)
    chance = np.tile([0.5, *[1.0] * len(TOPS)], (len(found), 1))
    draws = np.random.default_rng(seed).integers(len(found), size=(DRAWS, len(found)))
    orders = {POWERSITE: ours, DISTANCE: distance, CHANCE: chance, GAIN: ours - distance}
    rows = {name: _with_ends(values, draws) for name, values in orders.items()}
    return pd.DataFrame.from_dict(rows, orient="index")


def _with_ends(values: Array, draws: Array) -> dict[str, float]:
    """Return the mean of each measure over campuses, and where it lies over the draws."""
    mean = values.mean(axis=0)
    ends = np.full((len(ENDS), len(mean)), np.nan)
    if len(values) > 1:
        ends = np.quantile(values[draws].mean(axis=1), ENDS, axis=0)
    table = np.c_[mean, ends.T]
    names = [f"{measure}{end}" for measure in MEASURES for end in ("", "_low", "_high")]
    return dict(zip(names, table.ravel().tolist(), strict=True))
