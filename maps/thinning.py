"""What a page draws of a layer too large for it: what decides first, then the strongest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.drawing import real_substations
from geo.units import parse_voltages_kv
from maps.names import line_of

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.siting import Siting

MOST_DRAWN: Final = 50_000
"""Features of one layer that a page can draw without standing still."""
MOST_SITES: Final = 100_000
"""Sites that a page can rank again; above `MOST_DRAWN` it shows them in squares."""


def best_sites(siting: Siting) -> Siting:
    """Return the answer with the sites that a page can hold: the best, and that of each region."""
    frame = siting.sites
    if len(frame) <= MOST_SITES:
        return siting
    kept = np.arange(len(frame)) < MOST_SITES
    kept |= frame["site_id"].isin(siting.regions["best_site_id"]).to_numpy()
    return replace(siting, sites=frame[kept].reset_index(drop=True))


def drawn_lines(siting: Siting) -> gpd.GeoDataFrame:
    """Return the lines that a page draws, in the order of their layer.

    Those that limit a bus or are over their limit stay, then those of the highest voltage, the
    longest first.
    """
    lines = siting.layers.lines.frame
    if len(lines) <= MOST_DRAWN:
        return lines
    told = [siting.headroom["limiting_branch"], siting.headroom["limiting_outage"]]
    branches = pd.concat([*told, siting.congestion["branch"]]).dropna().astype(str)
    decides = lines["id"].astype(str).isin({line_of(branch) for branch in branches})
    return _first(lines, -lines.geometry.length, -lines["voltage_kv"].fillna(0.0), ~decides)


def drawn_stations(siting: Siting) -> gpd.GeoDataFrame:
    """Return the substations that a page draws, in the order of their layer.

    Those that serve a site stay, then those of the highest voltage, the most headroom first.
    """
    stations = real_substations(siting.layers.substations.frame)
    if len(stations) <= MOST_DRAWN:
        return stations
    buses = siting.headroom
    serving = buses.loc[buses["bus_id"].isin(siting.sites["poi_id"]), "substation_id"]
    firm_mw = stations["id"].map(buses.groupby("substation_id")["firm_mw"].max()).fillna(0.0)
    highest_kv = np.array([_highest_kv(text) for text in stations["voltages_kv"]])
    return _first(stations, -firm_mw, -highest_kv, ~stations["id"].isin(serving))


def drawn_plants(siting: Siting) -> gpd.GeoDataFrame | None:
    """Return the largest plants, in the order of their layer; None where the place has none."""
    if siting.layers.plants is None:
        return None
    plants = siting.layers.plants.frame
    return plants if len(plants) <= MOST_DRAWN else _first(plants, -plants["capacity_mw"])


def left_out(siting: Siting) -> list[str]:
    """Say which layers the map does not show whole."""
    drawn = {
        "sites": (best_sites(siting).sites, siting.sites, "the best, and that of each region"),
        "lines": (
            drawn_lines(siting),
            siting.layers.lines.frame,
            "those that decide something, then those of the highest voltage",
        ),
        "substations": (
            drawn_stations(siting),
            real_substations(siting.layers.substations.frame),
            "those that serve a site, then those of the highest voltage",
        ),
    }
    plants = drawn_plants(siting)
    if plants is not None and siting.layers.plants is not None:
        drawn["plants"] = (plants, siting.layers.plants.frame, "the largest")
    return [
        f"The map shows {len(part):,} of {len(whole):,} {name}: {which}. The GeoPackage has all."
        for name, (part, whole, which) in drawn.items()
        if len(part) < len(whole)
    ]


def _first(frame: gpd.GeoDataFrame, *keys: pd.Series | np.ndarray) -> gpd.GeoDataFrame:
    """Return the first rows by keys, the last key foremost, in the order that they came in."""
    return frame.iloc[np.sort(np.lexsort(keys)[:MOST_DRAWN])]


def _highest_kv(text: str) -> float:
    return max(parse_voltages_kv(text), default=0.0) if text else 0.0
