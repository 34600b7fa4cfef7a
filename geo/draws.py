"""Seeded draws of what an order of sites rests on: the weights, and what is not known exactly.

An uncertain measure has a P10, P50 and P90. Its quantile function is straight between them and goes
on as straight beyond, so that a draw lies within 1.25 times the distance from P50 to P10 or P90.
What one point of connection or one zone gives to many sites is drawn once for all of them; and part
of the luck is common to all sites, since queue, market and weather are (a Gaussian copula with one
factor). Every stream is seeded by the name of what it belongs to, so that the draws of a site do
not depend on which other sites there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import ndtr

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.standards import Standards

FIRM = ["firm_mw_p10", "firm_mw_p50", "firm_mw_p90"]
MONTHS = ["months_p10", "months_p50", "months_p90"]
TAIL = 0.4
"""Probability between P10 and P50, and between P50 and P90."""
OF_A_ZONE = {"power_price_usd_per_mwh", "carbon_g_per_kwh", "land_price_usd_per_ha"}


@dataclass(frozen=True, eq=False)
class Spread:
    """How a measure of some sites is distributed."""

    column: str
    """The measure."""
    quantiles: Array
    """(3, site) P10, P50, P90; NaN where the measure is unknown. P10 may lie above P90."""
    owner: Array
    """What each value belongs to, as text: sites with the same owner share their luck."""
    common: float
    """Correlation of the luck of two owners, from 0 to 1."""

    def at(self, probability: Array) -> Array:
        """Return the quantile of each site (last axis) at a probability."""
        low, middle, high = self.quantiles
        off = (probability - 0.5) / TAIL
        return middle + off * np.where(off < 0, middle - low, high - middle)


class Inputs:
    """Draws of all uncertain measures of some sites, block after block.

    Parameters
    ----------
    sites
        Site columns of the house.
    standards
        Spreads of the measures that do not state their own.
    seed
        Seed of the streams.
    """

    def __init__(self, sites: pd.DataFrame, standards: Standards, seed: int) -> None:
        self._firm, self._normal, self._served = (
            sites[name].to_numpy(float) for name in ("firm_mw", "normal_mw", "grid_mw")
        )
        self._measures = [_Measure(spread, seed) for spread in spreads(sites, standards)]

    def take(self, count: int) -> dict[str, Array]:
        """Return the next draws: measure to (draw, site) values.

        Notes
        -----
        What lies between normal and firm MW is what the limiting outage takes away, so normal MW
        fall with firm MW, though not below what already serves a campus. They do not rise.
        """
        drawn = {measure.spread.column: measure.take(count) for measure in self._measures}
        if "firm_mw" in drawn:
            lost = np.minimum(drawn["firm_mw"] - self._firm, 0.0)
            drawn["normal_mw"] = np.fmax(self._normal + lost, self._served)
        return drawn


class _Measure:
    """Draws of one measure that go on from block to block."""

    def __init__(self, spread: Spread, seed: int) -> None:
        self.spread = spread
        self._code, owners = pd.factorize(spread.owner)
        self._common = stream(seed, spread.column)
        self._own = [stream(seed, f"{spread.column} {owner}") for owner in owners]

    def take(self, count: int) -> Array:
        share = self.spread.common
        own = np.stack([random.standard_normal(count) for random in self._own], axis=1)
        common = self._common.standard_normal(count)[:, None]
        luck = ndtr(np.sqrt(share) * common + np.sqrt(1.0 - share) * own)
        return self.spread.at(luck[:, self._code])


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers of a name, the same whatever else is drawn."""
    return np.random.default_rng([seed, *name.encode()])


def weight_draws(weights: Array, concentration: float, count: int, seed: int) -> Array:
    """Return (draw, criterion) weights, Dirichlet around some; a weight of 0 stays 0.

    Parameters
    ----------
    weights
        Means, adding up to 1.
    concentration
        Sum of the parameters: the variance of a weight w is w (1 − w) / (concentration + 1).
    count, seed
        How many draws, and their seed.
    """
    chosen = weights > 0
    out = np.zeros((count, len(weights)))
    out[:, chosen] = stream(seed, "weights").dirichlet(concentration * weights[chosen], count)
    return out


def spreads(sites: pd.DataFrame, standards: Standards) -> list[Spread]:
    """Return the uncertain measures of some sites.

    Parameters
    ----------
    sites
        site_id, poi_id, the measures, months_p10 to months_p90, and firm_mw_p10 to firm_mw_p90
        where they were worked out. Price and carbon belong to a zone and the price of land to a
        region; sites of the same figure are taken to be of the same.
    standards
        Relative spreads, and what is common.
    """
    own, common = sites["site_id"].to_numpy(str), standards.common_share
    months = Spread("months_p50", sites[MONTHS].to_numpy(float).T, own, common)
    shares = {
        "energy_surplus_mw": standards.energy_surplus_spread,
        "connection_usd": standards.connection_usd_spread,
        "power_price_usd_per_mwh": standards.power_price_spread,
        "carbon_g_per_kwh": standards.carbon_spread,
        "pue": standards.pue_spread,
    }
    factors = {column: (1.0 - share, 1.0 + share) for column, share in shares.items()}
    factors["land_price_usd_per_ha"] = (
        1.0 / standards.land_price_factor,
        standards.land_price_factor,
    )
    found = [*_firm(sites, standards), months]
    for column, (low, high) in factors.items():
        value = sites[column].to_numpy(float)
        owner = value.astype(str) if column in OF_A_ZONE else own
        found.append(Spread(column, np.stack([low * value, value, high * value]), owner, common))
    return found


def _firm(sites: pd.DataFrame, standards: Standards) -> list[Spread]:
    """Spread firm MW if they were looked at anywhere: nobody gains by not having been looked at.

    A point without quantiles of its own takes the median of those of the others, as shares of firm
    MW in the base case.
    """
    points = sites[["poi_id", "firm_mw", *FIRM]].drop_duplicates("poi_id")
    looked = points[points[FIRM].notna().all(axis=1) & (points["firm_mw"] > 0)]
    if looked.empty:
        return []
    usual = looked[FIRM].div(looked["firm_mw"], axis=0).median()
    quantiles = [
        sites[name].fillna(usual[name] * sites["firm_mw"]).to_numpy(float) for name in FIRM
    ]
    point = sites["poi_id"].to_numpy(str)
    return [Spread("firm_mw", np.stack(quantiles), point, standards.firm_common_share)]
