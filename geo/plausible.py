"""What cannot be true although every cell is in range: units, axes and CRS mistaken for others.

Every function returns faults or remarks; `geo.kinds` raises the faults at once.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import numpy as np
import pyproj
import shapely

from geo.errors import Fault
from geo.units import M_PER_KM

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from geo.kinds import Layers

FAR_M: Final = 400_000.0
SHELF_M: Final = 2_000_000.0
"""How far from land a gas field may lie."""
MAX_SCALE_ERROR: Final = 0.05
"""By how much lengths may be off in the CRS of a place."""
RIGHT_ANGLE: Final = 90.0
LEAST_DETOUR: Final = 0.5
MOST_DETOUR: Final = 10.0
MAX_PARALLEL: Final = 64
SPARE_KM: Final = 20.0
"""A line is longer than half of the way as the crow flies, and shorter than ten times and 20 km."""
GWH_PER_MW_YEAR: Final = 8.784
SPARE_ENERGY: Final = 1.5
"""Energy of a mean year may be more than the turbines pass, by spilling; not by units."""
LEAST_PRICE: Final = 1.0
FUELS: Final = frozenset({
    "battery", "bioenergy", "biogas", "biomass", "coal", "cogeneration", "diesel", "gas",
    "geothermal", "hydro", "lignite", "nuclear", "oil", "other", "peat", "pumped storage", "solar",
    "storage", "tidal", "unknown", "waste", "wave", "wind",
})  # fmt: skip
TOLD_APART: Final = frozenset({"hydro", "wind", "solar", "gas"})
"""Fuels that are reckoned in a way of their own."""


def scale_faults(layers: Layers) -> list[Fault]:
    """Find regions where the CRS of the place does not measure: swapped axes, or another CRS."""
    frame, crs = layers.regions.frame, pyproj.CRS(layers.place.crs)
    boxes = shapely.envelope(frame.geometry.to_numpy())
    corners, row = shapely.get_coordinates(boxes, return_index=True)
    degrees = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    factors = pyproj.Proj(crs).get_factors(*degrees.transform(*corners.T), errcheck=False)
    off = np.maximum(
        np.abs(np.asarray(factors.meridional_scale) - 1),
        np.abs(np.asarray(factors.parallel_scale) - 1),
    )
    turned = np.abs(np.asarray(factors.meridian_convergence)) > RIGHT_ANGLE
    worst = np.zeros(len(frame))
    np.maximum.at(worst, row, np.where(np.isfinite(off) & ~turned, off, np.inf))
    return [
        Fault(
            f"{layers.regions.source.file or 'regions'} row {frame.index[place]}",
            f"lengths there are off by {worst[place]:.0%} in {layers.place.crs}"
            if np.isfinite(worst[place])
            else f"{layers.place.crs} ends before it, or has north downwards there",
            "check that lon and lat are not swapped, or choose a CRS made for this land as crs in "
            "place.toml",
        )
        for place in np.flatnonzero(worst > MAX_SCALE_ERROR)
    ]


def implausible(layers: Layers) -> Iterator[Fault]:
    """Find what layers say that cannot be true of one place."""
    yield from _parallel_faults(layers)
    yield from _length_faults(layers)
    yield from _drawing_faults(layers)
    yield from _zone_faults(layers)


def rating_faults(lines: pd.DataFrame, file: str) -> list[Fault]:
    """Find ratings of 0: some tables mean unlimited by it, others unknown or out of service."""
    return [
        Fault(
            f"{file} row {row} column rating_mva",
            "is 0, which may mean unlimited, unknown or out of service",
            "leave it empty where unknown, or remove the line",
        )
        for row in lines.index[lines["rating_mva"] == 0]
    ]


def energy_faults(plants: pd.DataFrame, file: str) -> list[Fault]:
    """Find more energy in a year than the capacity gives in all its hours."""
    most_gwh = plants["capacity_mw"] * GWH_PER_MW_YEAR
    return [
        Fault(
            f"{file} row {row} column annual_gwh",
            f"{plants.loc[row, 'annual_gwh']:g} GWh are more than "
            f"{plants.loc[row, 'capacity_mw']:g} MW give in a year ({most_gwh.loc[row]:,.0f})",
            "check the units of both",
        )
        for row in plants.index[plants["annual_gwh"] > SPARE_ENERGY * most_gwh]
    ]


def fuel_faults(plants: pd.DataFrame, file: str) -> list[Fault]:
    """Find fuels that look like one that is reckoned in a way of its own."""
    fuels = plants["fuel"].str.lower()
    meant = {
        fuel: near[0]
        for fuel in fuels.unique()
        if fuel not in FUELS and (near := get_close_matches(fuel, sorted(TOLD_APART), 1, 0.75))
    }
    return [
        Fault(
            f"{file} row {row} column fuel",
            f"'{plants.loc[row, 'fuel']}' is unknown",
            f"did you mean '{meant[fuel]}'?",
        )
        for row, fuel in fuels.items()
        if fuel in meant
    ]


def fuel_remarks(plants: pd.DataFrame, file: str) -> list[str]:
    """Tell which fuels are taken for plants that run evenly and can be counted on."""
    fuels = plants["fuel"].str.lower()
    strange = fuels[~fuels.isin(FUELS)].value_counts().sort_index()
    named = ", ".join(f"'{fuel}' ({count} plants)" for fuel, count in strange.items())
    return [f"{file}: unknown fuels run evenly and count as firm: {named}."] if named else []


def warmth_faults(stations: pd.DataFrame, file: str) -> list[Fault]:
    """Find warmest months that are colder than the year."""
    return [
        Fault(
            f"{file} row {row} column t_warmest_month_c",
            f"{stations.loc[row, 't_warmest_month_c']:g} is below the mean of the year, "
            f"{stations.loc[row, 't_annual_c']:g}",
            "check whether the two columns are swapped",
        )
        for row in stations.index[stations["t_warmest_month_c"] < stations["t_annual_c"]]
    ]


def price_faults(zones: pd.DataFrame, file: str) -> list[Fault]:
    """Find prices that can only be those of a kilowatt-hour."""
    price = zones["power_price_usd_per_mwh"]
    return [
        Fault(
            f"{file} row {row} column power_price_usd_per_mwh",
            f"{price.loc[row]:g} US dollars are too little for a megawatt-hour",
            "multiply it by 1000 if it is of a kilowatt-hour; leave it empty if unknown",
        )
        for row in zones.index[price.abs().between(0, LEAST_PRICE, inclusive="neither")]
    ]


def _parallel_faults(layers: Layers) -> Iterator[Fault]:
    """Find more circuits side by side than stand anywhere: rows repeated by mistake."""
    lines = layers.lines.frame
    named = lines[(lines["from_substation"] != "") & (lines["to_substation"] != "")]
    ends = np.sort(named[["from_substation", "to_substation"]].to_numpy(str), axis=1)
    circuits = named["circuits"].fillna(1).groupby([*ends.T, named["voltage_kv"]]).sum()
    for (one, other, voltage_kv), count in circuits[circuits > MAX_PARALLEL].items():
        yield Fault(
            layers.lines.source.file or "lines",
            f"has {count:.0f} circuits of {voltage_kv:g} kV between '{one}' and '{other}', where "
            f"{MAX_PARALLEL} are the most that could be",
            "remove the rows that are repeated",
        )


def _length_faults(layers: Layers) -> list[Fault]:
    """Find lines far shorter or longer than their substations lie apart."""
    if layers.place.topology is not None:
        return []
    stations = layers.substations.frame.set_index("id")
    lines = layers.lines.frame
    lines = lines[lines[["from_substation", "to_substation"]].isin(stations.index).all(axis=1)]
    ends = [stations.loc[lines[end]] for end in ("from_substation", "to_substation")]
    apart_km = shapely.distance(*(end.geometry.to_numpy() for end in ends)) / M_PER_KM
    off_km = sum(end["position_error_km"].fillna(0).to_numpy() for end in ends)
    length_km = lines["length_km"].to_numpy()
    wrong = (length_km < LEAST_DETOUR * (apart_km - off_km) - 1) | (
        length_km > MOST_DETOUR * (apart_km + off_km) + SPARE_KM
    )
    return [
        Fault(
            f"{layers.lines.source.file or 'lines'} row {lines.index[place]} column length_km",
            f"is {length_km[place]:g}, but its substations lie {apart_km[place]:.1f} km apart",
            "correct it or its unit, or leave it empty where unknown",
        )
        for place in np.flatnonzero(wrong)
    ]


def _drawing_faults(layers: Layers) -> Iterator[Fault]:
    """Find lines, climate stations and gas fields drawn where they cannot be."""
    land = layers.regions.frame.geometry.union_all().envelope
    lines = layers.lines if layers.place.topology is None else None  # drawn ones may lead away
    for layer, far_m in ((lines, FAR_M), (layers.climate, FAR_M), (layers.gas_fields, SHELF_M)):
        if layer is None:
            continue
        for row in layer.frame.index[~layer.frame.geometry.within(land.buffer(far_m))]:
            yield Fault(
                f"{layer.source.file or layer.kind} row {row}",
                f"reaches more than {far_m / M_PER_KM:,.0f} km outside the place's regions",
                "check that lon and lat are not swapped and that the CRS is right",
            )


def _zone_faults(layers: Layers) -> Iterator[Fault]:
    """Find prices and carbon of zones that no settlement lies in: nothing would ever have them."""
    if layers.settlements is None:
        return
    known = {"", *layers.settlements.frame["zone"]}
    for layer in (layers.power_prices, layers.carbon):
        if layer is None:
            continue
        zones = layer.frame["zone"]
        for row in zones.index[~zones.isin(known)]:
            yield Fault(
                f"{layer.source.file or layer.kind} row {row} column zone",
                f"no settlement lies in zone '{zones.loc[row]}'",
                "write the zone as in the settlements layer, where it says which town is in which",
            )
