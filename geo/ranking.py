"""The power-first order: grades that only power can change, then a score within the grade."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.criteria import CRITERIA, REDUNDANCY_LEVEL, weights

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.scenario import Scenario
    from geo.standards import Standards

GRADES = ("A", "B", "C", "D")
FULL_SCORE = 100.0
SLACK_MW = 1e-3


def grade(measures: pd.DataFrame, scenario: Scenario, standards: Standards) -> pd.Series:
    """Return the grade of each site.

    A: firm MW and the redundancy asked for. B: the load in normal operation. C: a first phase firm.
    D: less.

    Parameters
    ----------
    measures
        Columns firm_mw, normal_mw, redundancy.
    scenario
        Load and redundancy asked for.
    standards
        Share of the load that a first phase needs.
    """
    level = measures["redundancy"].map(REDUNDANCY_LEVEL).to_numpy(float)
    firm, normal = measures["firm_mw"].to_numpy(float), measures["normal_mw"].to_numpy(float)
    place = grade_place(firm, normal, level, scenario, standards)
    return pd.Series(np.array(GRADES, dtype=object)[place], index=measures.index, dtype=object)


def grade_place(
    firm_mw: Array, normal_mw: Array, level: Array, scenario: Scenario, standards: Standards
) -> Array:
    """Return the position in `GRADES` of each site; the grades of `grade` as a bare function.

    Parameters
    ----------
    firm_mw, normal_mw
        Headroom, of shapes that fit together; unknown reaches nothing.
    level
        Redundancy as a level of `geo.criteria.REDUNDANCY_LEVEL`.
    scenario, standards
        As for `grade`.
    """
    load_mw = scenario.load_mw - SLACK_MW
    secure = (firm_mw >= load_mw) & (level >= REDUNDANCY_LEVEL[scenario.redundancy])
    served = (normal_mw >= load_mw) | (firm_mw >= load_mw)
    phase = firm_mw >= scenario.load_mw * standards.first_phase_share - SLACK_MW
    return np.select([secure, served, phase], [0, 1, 2], 3)


def shares(measures: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return what each criterion adds to the score of at most 100, as share_<criterion>."""
    chosen = weights(scenario)
    columns = {
        f"share_{criterion.name}": FULL_SCORE
        * chosen[criterion.name]
        * criterion.value(as_number(measures[criterion.column]), scenario)
        for criterion in CRITERIA
    }
    return pd.DataFrame(columns, index=measures.index)


def rank(measures: pd.DataFrame, scenario: Scenario, standards: Standards) -> pd.DataFrame:
    """Order sites by grade, then score, then id.

    Parameters
    ----------
    measures
        One row per site with site_id and the column of every criterion.
    scenario, standards
        The question and the assumptions.

    Returns
    -------
    DataFrame
        The measures with grade, score, shares and rank (from 1), in rank order.
    """
    parts = shares(measures, scenario)
    out = measures.assign(grade=grade(measures, scenario, standards), score=parts.sum(axis=1))
    return in_order(pd.concat([out, parts], axis=1))


def in_order(graded: pd.DataFrame) -> pd.DataFrame:
    """Return graded and scored rows in rank order, numbered from 1; of equals the cheapest first.

    Beyond the end of the scale of costs a dear connection scores as a cheap one, and is no better.
    """
    by = ["grade", "score", "connection_usd", "site_id"]
    out = graded.sort_values(by, ascending=[True, False, True, True])
    return out.assign(rank=np.arange(1, len(out) + 1))


def known_share(measures: pd.DataFrame, scenario: Scenario) -> pd.Series:
    """Return the weight of the criteria whose measure is known, from 0 to 1."""
    chosen = weights(scenario)
    return sum(
        chosen[criterion.name] * measures[criterion.column].notna() for criterion in CRITERIA
    )


def as_number(measure: pd.Series) -> pd.Series:
    """Return a measure as numbers: redundancy by its level, the others as they are."""
    return measure.map(REDUNDANCY_LEVEL) if measure.name == "redundancy" else measure
