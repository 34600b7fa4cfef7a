"""The same answer per region: best site, how many of each grade, firmest point, usual wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

if TYPE_CHECKING:
    from geo.kinds import Layers

COLUMNS = [
    "region", "rank", "grade", "score", "best_site_id",
    "sites_a", "sites_b", "sites_c", "firm_mw", "months_p50",
]  # fmt: skip


def rank_regions(sites: gpd.GeoDataFrame, layers: Layers) -> gpd.GeoDataFrame:
    """Rank regions by their best site.

    Parameters
    ----------
    sites
        Distinct sites in rank order.
    layers
        Regions; one without a site keeps its row, last and with unknown values.

    Returns
    -------
    GeoDataFrame
        The region columns of the house. firm_mw is that of the best point of connection, not a
        sum: sites of a region draw on the same network. months_p50 is the median over its sites.
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
    names = layers.regions.frame.rename(columns={"name": "region"})[["region", "geometry"]]
    out = names.merge(table.reset_index(), on="region", how="left")
    out = out.sort_values(["best_rank", "region"], na_position="last", ignore_index=True)
    counts = ["sites_a", "sites_b", "sites_c"]
    out[counts] = out[counts].fillna(0).astype(int)
    out["rank"] = np.arange(1, len(out) + 1)
    return gpd.GeoDataFrame(out[[*COLUMNS, "geometry"]], geometry="geometry", crs=layers.place.crs)
