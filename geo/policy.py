"""Rules of the jurisdiction: gates that close, delays in months, costs by the megawatt.

A rule counts where it carries a number, whatever its status; one that delays or costs without a
number stays unknown and is listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from geo.kinds import Layers

NUMBER_OF: Final = {"delay": "delay_months", "cost": "cost_usd_per_mw"}
"""Effect of a rule: the column that says how much."""
COLUMNS: Final = ["topic", "effect", "status", "rule", *NUMBER_OF.values()]


def closed(region: pd.Series, layers: Layers) -> pd.Series:
    """Say which places a rule bars, by their region."""
    if layers.policy is None:
        return pd.Series(data=False, index=region.index)
    closing = layers.policy.frame[layers.policy.frame["closes"]]
    everywhere = bool((closing["region"] == "").any())
    return region.isin(closing["region"]) | everywhere


def delay_months(region: pd.Series, layers: Layers) -> pd.Series:
    """Return the months that rules add to any project, by region: the sum of those with a number.

    Rules are taken to run one after the other, and nothing else beside them.
    """
    return _sum("delay_months", region, layers)


def cost_usd_per_mw(region: pd.Series, layers: Layers) -> pd.Series:
    """Return what rules cost for a megawatt, by region: the sum of those with a number."""
    return _sum("cost_usd_per_mw", region, layers)


def rules_at(region: str, layers: Layers) -> pd.DataFrame:
    """List the rules that hold in a region, in the order of their table.

    Returns
    -------
    DataFrame
        topic, effect, status, rule, delay_months, cost_usd_per_mw (unknown where not given).
    """
    if layers.policy is None:
        return pd.DataFrame({name: [] for name in COLUMNS})
    rows = layers.policy.frame
    return rows.loc[rows["region"].isin(["", region]), COLUMNS].reset_index(drop=True)


def without_number(rules: pd.DataFrame) -> pd.DataFrame:
    """Return those of some rules that delay or cost nobody knows how much."""
    unknown = pd.Series(data=False, index=rules.index)
    for effect, column in NUMBER_OF.items():
        unknown |= (rules["effect"] == effect) & rules[column].isna()
    return rules[unknown]


def _sum(column: str, region: pd.Series, layers: Layers) -> pd.Series:
    if layers.policy is None:
        return pd.Series(0.0, index=region.index)
    rows = layers.policy.frame
    general = rows.loc[rows["region"] == "", column].sum()
    special = rows[rows["region"] != ""].groupby("region")[column].sum()
    return general + region.map(special).fillna(0.0).astype(float)
