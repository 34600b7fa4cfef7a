"""What the page needs to grade and score the sites anew, for other weights and another load.

The page does what `geo.ranking` does, on the measures of this answer: the same anchors, weights,
levels and shares, and every measure in full, because a rounded one could change the order.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.criteria import CRITERIA, REDUNDANCY_LEVEL
from geo.ranking import FULL_SCORE, SLACK_MW, as_number

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.siting import Siting

GRADED_BY: Final = ("firm_mw", "normal_mw", "redundancy")
REPEATED: Final = 0.5
"""A column with fewer values of its own than this share of its rows is written as positions."""


def reranking(siting: Siting) -> dict[str, Any]:
    """Return the rules of the order and the measures that they read, a value for each site.

    Returns
    -------
    dict
        ``criteria`` in the order in which shares add up, the numbers of the grade rule, and
        ``columns``: measures by name, as `typed` writes them; redundancy is its level.
    """
    columns = dict.fromkeys([*GRADED_BY, *(criterion.column for criterion in CRITERIA)])
    return {
        "criteria": criteria(siting),
        "levels": REDUNDANCY_LEVEL,
        "full_score": FULL_SCORE,
        "slack_mw": SLACK_MW,
        "first_phase_share": siting.layers.place.standards.first_phase_share,
        "columns": {name: typed(_measure(siting.sites, name)) for name in columns},
    }


def criteria(siting: Siting) -> list[dict[str, Any]]:
    """Return every criterion with its weight in this question, as given, and its anchors."""
    asked = siting.scenario.weights
    return [
        {
            "name": criterion.name,
            "pillar": criterion.pillar,
            "weight": float(asked.get(criterion.name, criterion.weight)),
            "column": criterion.column,
            "points": [[float(at), float(value)] for at, value in criterion.points],
            "per": criterion.per,
            "logarithmic": criterion.logarithmic,
        }
        for criterion in CRITERIA
    ]


def typed(values: Array) -> dict[str, str]:
    """Write numbers in full and compactly: the bytes of little-endian doubles in base64.

    Returns
    -------
    dict
        ``f8`` the values; where they repeat themselves, ``f8`` each value once and ``u4`` the
        position of each row's. Unknown is NaN.
    """
    own, at = np.unique(np.asarray(values, dtype="<f8"), return_inverse=True)
    if len(own) < REPEATED * len(values):
        return {"f8": _text(own), "u4": _text(at.astype("<u4"))}
    return {"f8": _text(np.asarray(values, dtype="<f8"))}


def _measure(sites: pd.DataFrame, name: str) -> Array:
    if name not in sites.columns:
        return np.full(len(sites), np.nan)
    return np.asarray(as_number(pd.Series(sites[name])), dtype=float)


def _text(values: Array) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()
