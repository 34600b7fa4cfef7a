"""What is known around a place: price zone, climate, land price, the next market town."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.units import M_PER_KM
from geo.zones import price_zones

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.kinds import Layers
    from geo.layer import Layer

NEAREST_STATIONS = 3
CLIMATE_REACH_KM = 300.0
MONTHS = np.arange(12)


def surroundings(places: pd.DataFrame, layers: Layers) -> pd.DataFrame:
    """Return power price, carbon, PUE, land price and distance to a market town of each place.

    Parameters
    ----------
    places
        x_m, y_m, region; ground_price_usd_per_ha and ground_pue where surfaces tell them, which
        then come first.
    layers
        What is absent gives unknown values.
    """
    where = places[["x_m", "y_m"]].to_numpy(float)
    zone = price_zones(where, layers)
    columns = {
        "power_price_usd_per_mwh": _by_zone(zone, layers.power_prices, "power_price_usd_per_mwh"),
        "carbon_g_per_kwh": _by_zone(zone, layers.carbon, "carbon_g_per_kwh"),
        "pue": _known_first(places, "ground_pue", _pue(where, layers)),
        "land_price_usd_per_ha": _known_first(
            places, "ground_price_usd_per_ha", _land_price(places["region"], layers)
        ),
        "town_km": _town_km(where, layers),
    }
    return pd.DataFrame(columns, index=places.index)


def wet_bulb_c(t_c: Array, rh_pct: Array) -> Array:
    """Return the wet-bulb temperature (Stull 2011) from °C and percent relative humidity."""
    return (
        t_c * np.arctan(0.151977 * np.sqrt(rh_pct + 8.313659))
        + np.arctan(t_c + rh_pct)
        - np.arctan(rh_pct - 1.676331)
        + 0.00391838 * rh_pct**1.5 * np.arctan(0.023101 * rh_pct)
        - 4.686035
    )


def annual_pue(t_annual_c: Array, t_warmest_month_c: Array, rh_pct: Array) -> Array:
    """Return a screening PUE averaged over a year whose months follow a cosine.

    Free cooling is full below 21 °C wet bulb and none above 29 °C; the rest is chilled with a
    coefficient of performance between 3 and 8.
    """
    t_c, free = _by_month(t_annual_c, t_warmest_month_c, rh_pct)
    lift = np.maximum(t_c - 3.0, 1.0)
    performance = np.clip(0.35 * (t_c + 285.0) / lift, 3.0, 8.0)
    return (1.11 + (1.0 - free) / performance).mean(axis=-1)


def free_cooling_share(t_annual_c: Array, t_warmest_month_c: Array, rh_pct: Array) -> Array:
    """Return the share of the year's heat that outside air takes, months as in `annual_pue`."""
    return _by_month(t_annual_c, t_warmest_month_c, rh_pct)[1].mean(axis=-1)


def _by_month(t_annual_c: Array, t_warmest_month_c: Array, rh_pct: Array) -> tuple[Array, Array]:
    """Return temperature and free-cooling share of each month, along a new last axis."""
    swing = np.asarray(t_warmest_month_c - t_annual_c)[..., None]
    t_c = np.asarray(t_annual_c)[..., None] + swing * np.cos(2 * np.pi * MONTHS / 12)
    wet_c = wet_bulb_c(t_c, np.asarray(rh_pct)[..., None])
    return t_c, np.clip((29.0 - wet_c) / 8.0, 0.0, 1.0)


def _known_first(places: pd.DataFrame, column: str, otherwise: Array) -> Array:
    """Return what a column of the places knows, and else another value."""
    if column not in places:
        return otherwise
    return places[column].fillna(pd.Series(otherwise, index=places.index)).to_numpy(float)


def _by_zone(zone: Array, layer: Layer | None, column: str) -> Array:
    if layer is None:
        return np.full(len(zone), np.nan)
    table = layer.frame.set_index("zone")[column]
    everywhere = table.get("", np.nan)
    return pd.Series(zone).map(table).fillna(everywhere).to_numpy(float)


def _pue(where: Array, layers: Layers) -> Array:
    """Return the inverse-distance mean of the nearest stations' PUE; unknown far from all."""
    if layers.climate is None or len(layers.climate) == 0:
        return np.full(len(where), np.nan)
    stations = layers.climate.frame
    humidity = stations["rh_annual_pct"].fillna(layers.place.standards.humidity_pct)
    pue = annual_pue(
        stations["t_annual_c"].to_numpy(float),
        stations["t_warmest_month_c"].to_numpy(float),
        humidity.to_numpy(float),
    )
    tree = cKDTree(np.c_[stations.geometry.x, stations.geometry.y])
    nearest = list(range(1, min(NEAREST_STATIONS, len(stations)) + 1))
    away, which = (np.asarray(part) for part in tree.query(where, k=nearest))
    pull = 1.0 / np.maximum(away, M_PER_KM)
    mean = (pue[which] * pull).sum(axis=1) / pull.sum(axis=1)
    return np.where(away[:, 0] <= CLIMATE_REACH_KM * M_PER_KM, mean, np.nan)


def _land_price(region: pd.Series, layers: Layers) -> Array:
    if layers.land_prices is None:
        return np.full(len(region), np.nan)
    table = layers.land_prices.frame.set_index("region")["land_price_usd_per_ha"]
    return region.map(table).to_numpy(float)


def _town_km(where: Array, layers: Layers) -> Array:
    if layers.settlements is None:
        return np.full(len(where), np.nan)
    towns = layers.settlements.frame
    markets = towns[towns["population"] >= layers.place.standards.market_town_people]
    if markets.empty:
        return np.full(len(where), np.nan)
    away, _ = cKDTree(np.c_[markets.geometry.x, markets.geometry.y]).query(where)
    return np.asarray(away) / M_PER_KM
