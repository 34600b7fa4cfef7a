"""The same answer per region: best site, grades, what is firm at one point and together, wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.shared import joint_capacity

if TYPE_CHECKING:
    from geo.kinds import Layers
    from geo.redispatch import Redispatch

GAP = 0.01
SURE_COLUMNS = ["first_share", "rank_p10", "rank_p90"]

COLUMNS = [
    "region", "rank", "grade", "score", "best_site_id",
    "sites_a", "sites_b", "sites_c", "firm_mw", "months_p50", "joint_firm_mw",
    *SURE_COLUMNS,
]  # fmt: skip


def rank_regions(
    sites: gpd.GeoDataFrame,
    layers: Layers,
    joint_mw: pd.Series | None = None,
    sure: pd.DataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Rank regions by their best site.

    Parameters
    ----------
    sites
        Distinct sites in rank order.
    layers
        Regions; one without a site keeps its row, last and with unknown values.
    joint_mw
        From `joint_firm_mw`; None where it is not known.
    sure
        `geo.robustness.Sureness.regions`; None where it is not known.

    Returns
    -------
    GeoDataFrame
        The region columns of the house. firm_mw is that of the best point of connection, not a
        sum: sites of a region draw on the same network. joint_firm_mw is what its points of
        connection serve together. months_p50 is the median over its sites. first_share is the share
        of draws in which the best site of all lies in the region; in eight draws of ten its rank
        lies from rank_p10 to rank_p90.
    """
    grouped = sites.sort_values("rank").groupby("region")
    table = grouped.agg(
        grade=("grade", "first"),
        score=("score", "first"),
        best_site_id=("site_id", "first"),
        best_rank=("rank", "first"),
        firm_mw=("firm_mw", "max"),
        months_p50=("months_p50", "median"),
    )
    for letter in "ABC":
        table[f"sites_{letter.lower()}"] = grouped["grade"].agg(
            lambda grades, x=letter: int((grades == x).sum())
        )
    table["joint_firm_mw"] = np.nan if joint_mw is None else joint_mw
    for name in SURE_COLUMNS:
        table[name] = np.nan if sure is None else sure[name].astype(float)
    names = layers.regions.frame.rename(columns={"name": "region"})[["region", "geometry"]]
    out = names.merge(table.reset_index(), on="region", how="left")
    out = out.sort_values(["best_rank", "region"], na_position="last", ignore_index=True)
    counts = ["sites_a", "sites_b", "sites_c"]
    out[counts] = out[counts].fillna(0).astype(int)
    out["rank"] = np.arange(1, len(out) + 1)
    return gpd.GeoDataFrame(out[[*COLUMNS, "geometry"]], geometry="geometry", crs=layers.place.crs)


def joint_firm_mw(sites: pd.DataFrame, study: Redispatch | None) -> pd.Series | None:
    """Return the firm MW that the points of connection of each region's sites serve together.

    Parameters
    ----------
    sites
        region, poi_id.
    study
        Headroom of the points; without it nothing is known.

    Returns
    -------
    Series
        Index region; within one hundredth of the most. Each region is taken alone: what two
        regions could serve at the same time is less than their sum.
    """
    if study is None:
        return None
    position = pd.Series(np.arange(study.network.n_bus), index=list(study.network.bus_ids))
    points = sites.groupby("region")["poi_id"].unique()
    return points.map(
        lambda ids: joint_capacity(study, np.sort(position[ids].to_numpy()), gap=GAP).mw
    )
