"""A place with many thousand candidates: the toy's eight sites over and over, measures drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.ranking import rank
from maps.island import packed
from maps.reranking import reranking
from maps.scene import scene
from tests.maps.toy import CRS, SOUTH, WEST, make_siting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.siting import Siting

CELL_M = 2_500.0
RANGES = {
    "firm_mw": (0, 700),
    "energy_surplus_mw": (-400, 1500),
    "months_p50": (8, 120),
    "connection_usd": (0, 1.2e8),
    "power_price_usd_per_mwh": (10, 120),
    "pue": (1.05, 1.4),
    "carbon_g_per_kwh": (0, 700),
    "town_km": (0, 150),
    "land_price_usd_per_ha": (1e3, 1e6),
}


def crowded(count: int, seed: int = 5) -> Siting:
    """Lay sites side by side in a square, ranked as `geo.ranking` ranks them."""
    rng, siting = np.random.default_rng(seed), make_siting()
    sites = pd.DataFrame(siting.sites.drop(columns="geometry"))
    sites = sites.drop(columns=[name for name in sites if name.startswith("share_")])
    sites = sites.drop(columns=["rank", "grade", "score"])
    sites = sites.iloc[np.arange(count) % len(sites)].reset_index(drop=True)
    for name, (low, high) in RANGES.items():
        sites[name] = rng.uniform(low, high, count).round(3)
    sites["normal_mw"] = sites["firm_mw"] + rng.uniform(0, 300, count).round(3)
    sites["redundancy"] = rng.choice(["none", "N", "N+1", "2N"], count)
    sites["site_id"] = [f"toy-{at:06d}" for at in range(count)]
    sites["name"] = [f"Site {at}" for at in range(count)]
    side = int(np.ceil(np.sqrt(count)))
    row, column = np.divmod(np.arange(count), side)
    left, low = WEST + column * CELL_M, SOUTH + row * CELL_M
    ground = gpd.GeoSeries(shapely.box(left, low, left + CELL_M, low + CELL_M), crs=CRS)
    middle = gpd.GeoSeries(shapely.points(left + CELL_M / 2, low + CELL_M / 2), crs=CRS)
    degrees = middle.to_crs("EPSG:4326")
    sites = sites.assign(lon=degrees.x, lat=degrees.y, geometry=ground)
    ranked = rank(sites, siting.scenario, siting.layers.place.standards)
    frame = gpd.GeoDataFrame(ranked.reset_index(drop=True), geometry="geometry", crs=CRS)
    return replace(siting, sites=frame)


def crowd_scene(count: int, columns: Sequence[str] | None = None) -> dict[str, Any]:
    """Return what the page of a crowded place shows; the sentences are those of the toy's sites.

    Parameters
    ----------
    count
        Sites.
    columns
        Those of the sites to carry; all that a page has if None.
    """
    siting, few = crowded(count), make_siting()
    content = scene(few)
    said = {
        name: column["words"][column["at"][0]] if isinstance(column, dict) else column[0]
        for name, column in content["sites"]["columns"].items()
        if name not in siting.sites.columns
    }
    frame = siting.sites.assign(**{name: str(words or "") for name, words in said.items()})
    names = columns or list(content["sites"]["columns"])
    degrees = frame.geometry.to_crs("EPSG:4326")
    corners = shapely.get_coordinates(degrees).reshape(count, 1, 1, 5, 2)[..., ::-1].round(5)
    sites = packed(frame, names) | {"paths": corners.tolist()}
    west, south, east, north = degrees.total_bounds
    grades = frame["grade"].value_counts()
    return content | {
        "sites": sites,
        "reranking": reranking(siting),
        "bounds": [[float(south), float(west)], [float(north), float(east)]],
        "counts": content["counts"]
        | {"by_grade": {key: int(grades.get(key, 0)) for key in "ABCD"}},
    }
