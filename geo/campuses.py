"""Existing campuses in the order of how well they convert, beside the best greenfield site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.conversion import missing_mw
from geo.errors import LayerError
from geo.policy import closed
from geo.timeline import NEW, PHASES, months_to_power

if TYPE_CHECKING:
    from geo.siting import Siting

CONVERTED: Final = "ready"
COLUMNS: Final = [
    "rank", "site_id", "name", "region", "use", "operator", "grid_mw", "feed", "way", "grade",
    "first_mw", "missing_mw", "firm_mw", "normal_mw", "redundancy", "poi_id", "poi_name",
    "poi_voltage_kv", "tie_km", "second_poi_id", "second_tie_km", "circuits",
    "months_first_p50", "months_whole_p10", "months_whole_p50", "months_whole_p90",
    "connection_usd", "second_feed_usd", "fit_out_usd", "cooling_usd", "new_halls_usd",
    "capex_usd", "capex_usd_per_mw", "energy_usd_per_year", "free_ha", "needed_ha",
    "green_site_id", "green_name", "green_grade", "green_months_p50", "green_capex_usd",
    "first_sooner_months", "whole_sooner_months", "less_usd",
    "site_rank", "position_error_km", "lon", "lat", "dropped",
]  # fmt: skip


def campuses(siting: Siting) -> gpd.GeoDataFrame:
    """Rank the existing campuses of a place by how well they convert to the load asked for.

    Parameters
    ----------
    siting
        The answer, in which every campus has the best of its connections.

    Returns
    -------
    GeoDataFrame
        One row per campus, best first: those whose megawatts suffice, then by the power that they
        have at once, grade, months and cost. ``first_mw`` flows after ``months_first_p50``, the
        whole load with the redundancy asked for after ``months_whole_p50``. ``first_sooner_months``
        and ``whole_sooner_months`` say how much sooner that is than the best greenfield site, and
        ``less_usd`` how much cheaper, negative where it is not. A campus that is no site comes last
        and has the reason in ``dropped``.

    Raises
    ------
    LayerError
        If the place knows no campus.
    """
    layers = siting.layers
    if layers.campuses is None or len(layers.campuses) == 0:
        raise LayerError(f"{layers.place.name}: has no campuses layer to rank; add one")
    known = layers.campuses.frame[["name", "use", "operator", "free_ha"]]
    sites = siting.sites[siting.sites["kind"] == "campus"].rename(columns={"rank": "site_rank"})
    found = sites.merge(known, on="name")
    judged = pd.concat([_judged(found, siting), _not_sites(found, siting)], ignore_index=True)
    judged = judged.assign(
        lost=judged["dropped"] != "",
        whole=judged["missing_mw"].eq(0.0),
        **_beside(judged, siting),
    )
    ordered = judged.sort_values(
        [
            "lost",
            "whole",
            "first_mw",
            "grade",
            "months_whole_p50",
            "capex_usd",
            "site_rank",
            "name",
        ],
        ascending=[True, False, False, True, True, True, True, True],
        na_position="last",
    )
    ordered = ordered.assign(rank=np.arange(1, len(ordered) + 1))
    return gpd.GeoDataFrame(
        ordered[[*COLUMNS, "geometry"]].reset_index(drop=True),
        geometry="geometry",
        crs=layers.place.crs,
    )


def _judged(found: pd.DataFrame, siting: Siting) -> pd.DataFrame:
    """Add to campuses that are sites what they have at once, what they lack, and when."""
    asked, layers = siting.scenario, siting.layers
    lacks_mw = missing_mw(found["grid_mw"], asked.load_mw, layers.place.standards)
    last = found["way"].map({way: phases[-1][1] for way, phases in PHASES.items()})
    whole = months_to_power(found, last, layers, asked.seed)
    first = months_to_power(found, pd.Series(CONVERTED, index=found.index), layers, asked.seed)[
        "months_p50"
    ]
    return found.assign(
        first_mw=found["grid_mw"].clip(upper=asked.load_mw),
        missing_mw=lacks_mw,
        months_first_p50=first.where(found["way"] != NEW),
        **{f"months_whole_p{part}": whole[f"months_p{part}"] for part in (10, 50, 90)},
        needed_ha=lacks_mw * asked.ha_per_mw,
        dropped="",
    )


def _not_sites(found: pd.DataFrame, siting: Siting) -> pd.DataFrame:
    """Return the campuses that are no site, with the reason."""
    layers = siting.layers
    rows = layers.campuses.frame if layers.campuses is not None else found
    rest = rows[~rows["name"].isin(found["name"])]
    regions = layers.regions.frame
    near = gpd.sjoin_nearest(rest[["geometry"]], regions[["name", "geometry"]])["name"]
    region = near[~near.index.duplicated()].reindex(rest.index)
    barred = closed(region, layers)
    return rest.drop(columns=["lon", "lat"], errors="ignore").assign(
        region=region,
        first_mw=rest["grid_mw"].clip(upper=siting.scenario.load_mw),
        dropped=np.where(barred, "jurisdiction closed", "no point of connection in reach"),
    )


def _beside(judged: pd.DataFrame, siting: Siting) -> dict[str, object]:
    """Return what sets each campus apart from the best greenfield site; unknown without one."""
    green = siting.sites[siting.sites["kind"] == "greenfield"].head(1)
    names = {
        "site_id": "green_site_id", "name": "green_name", "grade": "green_grade",
        "months_p50": "green_months_p50", "capex_usd": "green_capex_usd",
    }  # fmt: skip
    best = {new: green[old].iloc[0] if len(green) else np.nan for old, new in names.items()}
    months = best["green_months_p50"]
    return best | {
        "first_sooner_months": months - judged["months_first_p50"],
        "whole_sooner_months": months - judged["months_whole_p50"],
        "less_usd": best["green_capex_usd"] - judged["capex_usd"],
    }
