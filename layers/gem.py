"""Trackers of Global Energy Monitor: CSV, XLSX or GeoJSON, told apart by their columns."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from geo.errors import Fault
from layers.imported import Imported, numbers, placed, without
from layers.sheets import read_sheet
from layers.tables import read_table

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from layers.imported import Asked

UNREAL: Final = frozenset(
    {"cancelled", "shelved", "announced", "retired", "pre-permit", "permitted"}
)
"""States of what is not there and is not being built."""
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "lon": ("longitude", "lng", "lon"),
    "lat": ("latitude", "lat"),
    "country": ("country_area", "country_area_1", "country", "areas"),
    "status": ("status",),
    "name": ("wiki_name", "project_name", "plant_name", "project", "name", "unit_name"),
    "unit": ("unit_id", "gem_unit_id", "gem_phase_id", "gem_location_id", "id", "pid"),
    "capacity": ("capacity_mw", "capacity"),
    "fuel": ("fuel", "fuel_type", "type", "fuel_name"),
    "year": ("start_year", "start_year_1", "production_start_year"),
}
"""What we want to the names that it goes by, first that is there."""
GAS: Final = re.compile(r"production_+gas_+million_m[³3]_y")
TRACKERS: Final = {
    "hydro": ("river", "turbines", "dam"),
    "nuclear": ("reactor_type", "net_capacity"),
    "geothermal": ("geothermal",),
    "wind": ("installation_type",),
}
"""Fuel to columns, or words in its name, by which a tracker without a column of fuels is known."""
FUELS: Final = {
    "fossil gas": "gas", "natural gas": "gas", "fossil liquids": "oil", "hydropower": "hydro",
    "bioenergy": "biomass",
}  # fmt: skip


class _Table(NamedTuple):
    """A tracker as read."""

    frame: pd.DataFrame
    """Rows of text; columns in small letters with underscores."""
    by: dict[str, str]
    """What we want to its column."""


def read_gem(path: Path, file: str, asked: Asked) -> Imported:
    """Read plants, or gas fields of the tracker of oil and gas extraction.

    Notes
    -----
    What was cancelled, shelved, only announced or retired is left out and counted. Units are
    rows of their own. Positions that the tracker calls approximate stay, and say so.
    """
    table, faults = _read(path, file)
    if faults:
        return Imported(faults=tuple(faults))
    gas = next((name for name in table.frame.columns if GAS.fullmatch(name)), "")
    is_gas = bool(gas)
    frames, notes, found = {}, {}, []
    for kind in asked.kinds:
        if (kind == "gas_fields") != is_gas:
            holds = "gas fields" if is_gas else "plants"
            remedy = f"it gives {'gas_fields' if is_gas else 'plants'}"
            found.append(Fault(file, f"is a tracker of {holds}", remedy))
        elif is_gas:
            frames[kind], notes[kind] = _fields(table, gas)
        else:
            frames[kind], notes[kind] = _plants(table, path.name.lower())
    return Imported(frames, notes, tuple(found))


def _read(path: Path, file: str) -> tuple[_Table, list[Fault]]:
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        frame, faults = read_sheet(path, file, "")
    elif suffix == ".csv":
        frame, faults = read_table(path, file)
    else:
        frame, faults = _read_geojson(path, file)
    if faults:
        return _Table(frame, {}), faults
    frame.columns = [re.sub(r"[^a-z0-9³]+", "_", str(n).lower()).strip("_") for n in frame.columns]
    frame = frame.loc[:, ~frame.columns.duplicated()]
    by = {
        want: next(name for name in names if name in frame.columns)
        for want, names in NAMES.items()
        if any(name in frame.columns for name in names)
    }
    missing = [want for want in ("lon", "lat", "name", "status") if want not in by]
    return _Table(frame, by), [
        Fault(file, f"has no column of {want}", "is it a tracker of Global Energy Monitor?")
        for want in missing
    ]


def _read_geojson(path: Path, file: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Read properties as text, and the point where they do not hold it."""
    try:
        features = json.loads(path.read_bytes().decode("utf-8-sig"))["features"]
        rows = [item["properties"] | _point(item.get("geometry")) for item in features]
    except (ValueError, KeyError, TypeError) as error:
        return pd.DataFrame(), [Fault(file, f"cannot be read as GeoJSON: {error}", "get it again")]
    frame = pd.DataFrame(rows, index=range(1, len(rows) + 1), dtype=object)
    return frame.where(frame.notna(), "").map(str), []


def _point(geometry: dict[str, object] | None) -> dict[str, object]:
    if not geometry or geometry.get("type") != "Point":
        return {}
    lon, lat = geometry["coordinates"][:2]  # type: ignore[index] # of a point
    return {"Longitude": lon, "Latitude": lat}


def _plants(table: _Table, file: str) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    frame, by = table
    mw = numbers(frame[by["capacity"]]) if "capacity" in by else np.full(len(frame), np.nan)
    name = frame[by["name"]].str.strip()
    if "unit_name" in frame.columns and by["name"] != "unit_name":
        name = name + (" " + frame["unit_name"].str.strip()).str.rstrip()
    columns = {"name": name, "fuel": _fuel(table, file), "capacity_mw": mw}
    return _kept(table, columns, mw > 0, "plants of unknown capacity")


def _fields(table: _Table, gas: str) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    frame, by = table
    columns = {"name": frame[by["name"]], "gas_mcm_per_year": numbers(frame[gas])}
    return _kept(table, columns, np.ones(len(frame), dtype=bool), "")


def _kept(
    table: _Table, columns: dict[str, object], known: np.ndarray, words: str
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    frame, by = table
    lon, lat = numbers(frame[by["lon"]]), numbers(frame[by["lat"]])
    status = frame[by["status"]].str.lower().str.strip()
    real = ~status.str.split(" ").str[0].isin(UNREAL).to_numpy()
    at = np.isfinite(lon) & np.isfinite(lat)
    units = frame[by["unit"]] if "unit" in by else pd.Series("", index=frame.index)
    accuracy = next((c for c in frame.columns if c.startswith("location_accuracy")), "")
    extra = {
        "id": _ids(units), "status": status,
        "start_year": frame[by["year"]] if "year" in by else "",
        "position": frame[accuracy] if accuracy else "",
    }  # fmt: skip
    notes = without(
        (int((~real).sum()), "rows that are cancelled, shelved, announced or retired"),
        (int((real & ~known).sum()), words),
        (int((real & known & ~at).sum()), "rows without a position"),
    )
    return placed(extra | columns, lon, lat, frame.index)[real & known & at], notes


def _ids(units: pd.Series) -> pd.Series:
    """Return ids that are there once."""
    rows = "row " + units.index.to_series().astype(str)
    text = units.str.strip().where(units.str.strip() != "", rows)
    return text.where(~text.duplicated(keep=False), text + " " + rows)


def _fuel(table: _Table, file: str) -> object:
    frame, by = table
    if "fuel" in by and frame[by["fuel"]].str.strip().ne("").any():
        word = frame[by["fuel"]].str.lower().str.split(r"[:;,(/]").str[0].str.strip()
        return word.map(lambda text: FUELS.get(text, text or "unknown"))
    for fuel, signs in TRACKERS.items():
        if any(sign in frame.columns for sign in signs) or fuel in file:
            return fuel
    return "unknown"
