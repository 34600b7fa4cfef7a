"""How sure the order of the sites is: many draws of weights and of uncertain inputs (SMAA).

In each draw the sites are graded and scored as `geo.ranking` does, with drawn weights and drawn
measures. Redundancy and what is measured on the map are taken as they are.

References
----------
Lahdelma, Hokkanen and Salminen, SMAA: stochastic multiobjective acceptability analysis, 1998.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.acceptance import first_ranks, tally
from geo.criteria import CRITERIA, weights
from geo.draws import Inputs, weight_draws
from geo.ranking import as_number, grade_place
from geo.tipping import tipping_points

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.acceptance import Acceptance
    from geo.flow import Array
    from geo.scenario import Scenario
    from geo.standards import Standards

NAMES = [criterion.name for criterion in CRITERIA]
FIRST_RANKS = 20
CELLS = 1_000_000
MANY = 100_000
ROUNDING = 1e-9
QUANTILES = {"rank_p10": 0.1, "rank_p50": 0.5, "rank_p90": 0.9}


@dataclass(frozen=True, eq=False)
class Sureness:
    """How sure the order of some sites is."""

    sites: pd.DataFrame
    """Rows and index as the sites given: site_id, top_share (of the draws in which it is among the
    first ``top``), first_share, grade_a_share, expected_rank, rank_p10, rank_p50, rank_p90, robust
    (whether top_share is that of a robust winner)."""
    acceptability: pd.DataFrame
    """Index site_id; columns 1, 2, … 20: share of draws in which a site has that rank."""
    central_weights: pd.DataFrame
    """Index site_id; a column per criterion: mean of the weights of the draws in which a site is
    first. Only sites that ever are."""
    tipping: pd.DataFrame
    """Smallest change first: criterion, weight, tipping_weight, change, by_site_id. Beyond the
    tipping weight, all others rescaled, that other site is first; NaN and '' where none ever is."""
    regions: pd.DataFrame
    """Index region; a region's place in a draw is that of its best site: first_share, rank_p10,
    rank_p50, rank_p90. Only regions that have a site; none where the sites name no region."""
    top: int
    """Places of the shortlist."""
    draws: int
    """Number of draws."""

    @property
    def winners(self) -> list[str]:
        """Ids of the robust winners, the surest first."""
        robust = self.sites[self.sites["robust"]]
        order = robust.sort_values(["top_share", "site_id"], ascending=[False, True])
        return order["site_id"].tolist()

    def within(self, rank: int) -> pd.Series:
        """Return the share of draws in which each site is among the first so many, at most 20."""
        return self.acceptability.loc[:, :rank].sum(axis=1)


def sureness(
    sites: pd.DataFrame,
    scenario: Scenario,
    standards: Standards,
    *,
    top: int | None = None,
    draws: int | None = None,
) -> Sureness:
    """Say how sure the order of sites is, with weights and inputs in doubt.

    Parameters
    ----------
    sites
        At least one, in the site columns of the house: the measures of the criteria, normal_mw,
        grid_mw, poi_id, months_p10 to months_p90, and firm_mw_p10 to firm_mw_p90, NaN where they
        were not worked out.
    scenario
        Weights, load, redundancy and seed; ``top`` where it is not given.
    standards
        Spreads; the number of draws where it is not given.
    top
        Places of the shortlist.
    draws
        Number of draws.
    """
    ordered = sites.sort_values("site_id", kind="stable")
    chosen = np.array(list(weights(scenario).values()))
    count = draws or max(int(standards.sureness_draws), 1)
    drawn = weight_draws(chosen, standards.weight_concentration, count, scenario.seed)
    tried = _try(ordered, drawn, scenario, standards)
    accepted = tally(tried.first, drawn, len(ordered))
    places = top or scenario.top
    ids, asked = pd.Index(ordered["site_id"]), sites["site_id"]
    table = tried.table(places).set_axis(ids).loc[asked].reset_index().set_axis(sites.index)
    shares = pd.DataFrame(accepted.shares(), index=ids).rename(columns=lambda place: place + 1)
    central = pd.DataFrame(accepted.central_weights(), index=ids, columns=NAMES)
    return Sureness(
        table.assign(robust=table["top_share"] >= standards.robust_share),
        acceptability=shares.loc[asked],
        central_weights=central.loc[asked].dropna(),
        tipping=_tipping(ordered, chosen, scenario, standards),
        regions=_by_region(tried.rank, ordered),
        top=places,
        draws=count,
    )


def weights_alone(
    measures: pd.DataFrame,
    scenario: Scenario,
    standards: Standards,
    *,
    draws: int = MANY,
    ranks: int = FIRST_RANKS,
) -> Acceptance:
    """Return who has the first ranks with only the weights in doubt; exact for very many rows.

    Parameters
    ----------
    measures
        As for `geo.ranking.rank`.
    scenario, standards
        As for `sureness`.
    draws
        Number of draws of weights.
    ranks
        First ranks that are asked for.

    Returns
    -------
    Acceptance
        Rows as the measures, criteria in the order of `CRITERIA`.
    """
    by_id = np.argsort(measures["site_id"].to_numpy(str), kind="stable")
    ordered = measures.iloc[by_id]
    chosen = np.array(list(weights(scenario).values()))
    drawn = weight_draws(chosen, standards.weight_concentration, draws, scenario.seed)
    values = np.stack(_values(ordered, {}, scenario), axis=1)
    accepted = first_ranks(values, _grades(ordered, {}, scenario, standards), drawn, ranks)
    return accepted.rows(np.argsort(by_id))


@dataclass(frozen=True, eq=False)
class _Tried:
    """What came out of the draws."""

    first: Array
    """(draw, rank) rows of the first sites."""
    rank: Array
    """(draw, site) ranks."""
    grade_a: Array
    """Draws in which each site has grade A."""

    def table(self, top: int) -> pd.DataFrame:
        """Sum up the ranks of each site."""
        share = {
            "top_share": (self.rank <= top).mean(axis=0),
            "first_share": (self.rank == 1).mean(axis=0),
            "grade_a_share": self.grade_a / len(self.rank),
            "expected_rank": self.rank.mean(axis=0),
        }
        return pd.DataFrame({**share, **_quantiles(self.rank)})


def _quantiles(rank: Array) -> dict[str, Array]:
    """Return the ranks of each column that are not passed in so many of the draws."""
    ordered = np.sort(rank, axis=0)
    return {
        name: ordered[math.ceil(part * len(ordered) - ROUNDING) - 1]
        for name, part in QUANTILES.items()
    }


def _by_region(rank: Array, ordered: pd.DataFrame) -> pd.DataFrame:
    """Rank regions in every draw by their best site, as `geo.regions.rank_regions` does once."""
    if "region" not in ordered:
        return pd.DataFrame(columns=["first_share", *QUANTILES], dtype=float)
    code, names = pd.factorize(ordered["region"], sort=True)
    best = np.stack([rank[:, code == at].min(axis=1) for at in range(len(names))], axis=1)
    place = best.argsort(axis=1).argsort(axis=1) + 1
    share = {"first_share": (place == 1).mean(axis=0)}
    return pd.DataFrame({**share, **_quantiles(place)}, index=pd.Index(names, name="region"))


def _try(ordered: pd.DataFrame, drawn: Array, scenario: Scenario, standards: Standards) -> _Tried:
    """Order the sites, given in the order of their ids, in every draw."""
    sites, step = len(ordered), max(CELLS // len(ordered), 1)
    inputs = Inputs(ordered, standards, scenario.seed)
    first = np.empty((len(drawn), min(sites, FIRST_RANKS)), np.int64)
    rank = np.empty((len(drawn), sites), np.int32)
    grade_a = np.zeros(sites)
    for start in range(0, len(drawn), step):
        some = slice(start, start + step)
        measures = inputs.take(len(drawn[some]))
        score = _score(_values(ordered, measures, scenario), drawn[some])
        grade = np.broadcast_to(_grades(ordered, measures, scenario, standards), score.shape)
        order = np.lexsort((-score, grade))
        first[some] = order[:, : first.shape[1]]
        np.put_along_axis(rank[some], order, np.arange(1, sites + 1)[None, :], axis=1)
        grade_a += (grade == 0).sum(axis=0)
    return _Tried(first, rank, grade_a)


def _values(ordered: pd.DataFrame, drawn: Mapping[str, Array], scenario: Scenario) -> list[Array]:
    """Return the value of every criterion, (draw, site) where its measure was drawn."""
    return [
        criterion.value(drawn.get(criterion.column, as_number(ordered[criterion.column])), scenario)
        for criterion in CRITERIA
    ]


def _score(values: Sequence[Array], drawn: Array) -> Array:
    """Return (draw, site) weighted sums, added up in the order that `geo.acceptance` does."""
    score = np.zeros((len(drawn), values[0].shape[-1]))
    for weight, value in zip(drawn.T, values, strict=True):
        score += weight[:, None] * value
    return score


def _grades(
    ordered: pd.DataFrame, drawn: Mapping[str, Array], scenario: Scenario, standards: Standards
) -> Array:
    """Return the position of the grade, (draw, site) where MW were drawn."""
    firm, normal = (
        drawn.get(name, ordered[name].to_numpy(float)) for name in ("firm_mw", "normal_mw")
    )
    level = as_number(ordered["redundancy"]).to_numpy(float)
    return grade_place(firm, normal, level, scenario, standards)


def _tipping(
    ordered: pd.DataFrame, chosen: Array, scenario: Scenario, standards: Standards
) -> pd.DataFrame:
    """Tell how far each weight is from dethroning the first site as things stand."""
    grade = _grades(ordered, {}, scenario, standards)
    rivals = np.flatnonzero(grade == grade.min())
    values = _values(ordered.iloc[rivals], {}, scenario)
    first = int(np.argmax(_score(values, chosen[None, :])[0]))
    at, by = tipping_points(np.stack(values, axis=1), chosen, first)
    ids = ordered["site_id"].to_numpy()[rivals]
    table = pd.DataFrame(
        {
            "criterion": NAMES,
            "weight": chosen,
            "tipping_weight": at,
            "change": at - chosen,
            "by_site_id": np.where(by >= 0, ids[by], ""),
        }
    )
    return table.sort_values("change", key=abs, kind="stable", ignore_index=True)
