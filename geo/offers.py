"""Sites as offers of a portfolio: how large each may be, when it runs, and what its size costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.choice import Offers
from geo.cost import connection_usd, tie_circuits
from geo.standards import nearest_line_type

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.contest import Wish
    from geo.flow import Array
    from geo.redispatch import Redispatch
    from geo.siting import Siting

LEAST_MW = 1.0


def offered_sites(siting: Siting, study: Redispatch, wish: Wish) -> gpd.GeoDataFrame:
    """Return the best-ranked sites that are large enough, and what each could take alone.

    Parameters
    ----------
    siting
        Ranked sites.
    study
        Headroom of their points of connection.
    wish
        Smallest and largest size, and how many sites to take.

    Returns
    -------
    GeoDataFrame
        The sites with ``bus`` (position of the point of connection), ``alone_mw`` and ``alone_by``,
        which of these is the least: ``grid``, what is firm there; ``land``, what it holds; ``tie``,
        what a tie-line of the most circuits carries; ``campus``, what an energised campus has whose
        months hold for that; ``asked``, the largest size.
    """
    sites = siting.sites
    position = pd.Series(np.arange(study.network.n_bus), index=list(study.network.bus_ids))
    bus = position[sites["poi_id"]].to_numpy()
    limits = pd.DataFrame(
        {
            "grid": [study.capacity(int(at)).mw for at in bus],
            "land": sites["area_ha"] / siting.scenario.ha_per_mw,
            "tie": _tie_mw(siting),
            "campus": _energised_mw(siting),
            "asked": np.inf if wish.max_site_mw is None else wish.max_site_mw,
        }
    )
    offered = sites.assign(bus=bus, alone_mw=limits.min(axis=1), alone_by=limits.idxmin(axis=1))
    enough = offered["alone_mw"] >= max(wish.min_site_mw, LEAST_MW)
    return offered[enough].head(wish.among).reset_index(drop=True)


def offers_of(sites: gpd.GeoDataFrame, siting: Siting, least_mw: float, total_mw: float) -> Offers:
    """Return sites as offers; between its smallest and its largest size a cost is taken as linear.

    Parameters
    ----------
    sites
        From `offered_sites`.
    siting
        The question, and the assumptions of the place.
    least_mw
        Smallest size.
    total_mw
        No site is larger than this.

    Notes
    -----
    Unknown months or costs count as the worst that is known.
    """
    most = np.minimum(sites["alone_mw"].to_numpy(float), total_mw)
    least = np.full(len(sites), max(least_mw, LEAST_MW))
    small, large = (sized_usd(sites, mw, siting).to_numpy(float) for mw in (least, most))
    spread = most - least
    per_mw = np.divide(large - small, spread, out=np.zeros(len(sites)), where=spread > 0)
    month_usd = siting.layers.place.standards.wait_usd_per_mw_month
    return Offers(
        bus=sites["bus"].to_numpy(),
        most_mw=most,
        least_mw=least,
        fixed_usd=small - per_mw * least,
        usd_per_mw=per_mw,
        wait_usd_per_mw=month_usd * _worst_if_unknown(sites["months_p50"]).to_numpy(float),
    )


def sized_usd(sites: pd.DataFrame, mw: Array, siting: Siting) -> pd.Series:
    """Return what connecting sites costs at other sizes than the one they were ranked for.

    The cost of the ranking is scaled as line, bays, station and transformers of that size are, so
    that whatever else is in it keeps its share.
    """
    asked = np.full(len(sites), siting.scenario.load_mw)
    usual, sized = (_new_line_usd(sites, size, siting) for size in (asked, mw))
    return _worst_if_unknown(sites["connection_usd"]) * sized / usual


def _new_line_usd(sites: pd.DataFrame, mw: Array, siting: Siting) -> pd.Series:
    place, spare = siting.layers.place, siting.scenario.redundancy != "N"
    voltage = sites["poi_voltage_kv"]
    circuits = pd.Series(
        [tie_circuits(place, kv, size, spare=spare) for kv, size in zip(voltage, mw, strict=True)],
        index=sites.index,
    )
    load = pd.Series(mw, index=sites.index)
    return connection_usd(sites["tie_km"], voltage, circuits, load, place.standards)


def _tie_mw(siting: Siting) -> pd.Series:
    """Return what a tie-line of the most circuits carries, one of them out if that is asked for."""
    place, standards = siting.layers.place, siting.layers.place.standards
    circuits = standards.max_tie_circuits - (siting.scenario.redundancy != "N")
    voltage = siting.sites["poi_voltage_kv"]
    rating = {
        kv: nearest_line_type(standards, kv, place.frequency_hz).rating_mva
        for kv in voltage.unique()
    }
    return circuits * voltage.map(rating) * standards.power_factor


def _energised_mw(siting: Siting) -> pd.Series:
    """Return the energised MW of the campuses that need no more for the load asked for."""
    sites, standards = siting.sites, siting.layers.place.standards
    enough_mw = siting.scenario.load_mw * (1.0 - standards.conversion_tolerance)
    ready = (sites["kind"] == "campus") & (sites["grid_mw"] >= enough_mw)
    return sites["grid_mw"].where(ready, np.inf)


def _worst_if_unknown(values: pd.Series) -> pd.Series:
    return values.fillna(values.max()).fillna(0.0)
