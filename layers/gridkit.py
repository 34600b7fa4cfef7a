"""GridKit extracts of the ENTSO-E map: a folder of buses.csv, lines.csv, and links.csv if there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault
from geo.units import M_PER_KM
from layers.countries import ISO3_OF
from layers.imported import DEGREES, IMPUTED, Imported, numbers, placed, without

if TYPE_CHECKING:
    from pathlib import Path

    from layers.imported import Asked

QUOTE: Final = "'"
COUNTRY: Final = re.compile(r'"country"=>"([A-Z]{2})"')
NEEDED: Final = {
    "buses.csv": ("bus_id", "station_id", "voltage", "x", "y"),
    "lines.csv": ("line_id", "bus0", "bus1", "voltage", "circuits", "geometry"),
}
UNBUILT: Final = frozenset({"t", "true", "1"})
LOWER_END: Final = "voltage: lower end of its class"
CLASSES_KV: Final = frozenset({380.0})
"""Classes of the map that stand for several voltages: 380 to 400 or 420 kV."""


def read_gridkit(path: Path, file: str, asked: Asked) -> Imported:
    """Read substations and lines of a GridKit folder.

    Parameters
    ----------
    path
        The folder.
    file
        Its name for messages.
    asked
        Which kinds, and from which voltage; its country is left without a code.

    Notes
    -----
    Buses of one station are one substation. Lines name their ends, and keep their path. What is
    under construction, has no end, or begins and ends at one station is left out.
    """
    buses, faults = _table(path, "buses.csv", file)
    lines, found = _table(path, "lines.csv", file)
    if faults or found:
        return Imported(faults=(*faults, *found))
    buses = buses.assign(
        kv=numbers(buses["voltage"]), station=buses["station_id"].map("S{}".format)
    )
    drawn, notes = _lines(_with_links(path, lines), buses.set_index("bus_id"), asked.min_kv)
    frames: dict[str, gpd.GeoDataFrame] = {"lines": drawn}
    left = {"lines": notes}
    if "substations" in asked.kinds:
        named = {*drawn["from_substation"], *drawn["to_substation"]}
        frames["substations"] = _stations(buses, asked.country, named)
        lost = buses["station"].nunique() - len(frames["substations"])
        left["substations"] = without((lost, "stations that no line of these meets"))
    return Imported({kind: frames[kind] for kind in asked.kinds}, left)


def _table(path: Path, name: str, file: str) -> tuple[pd.DataFrame, list[Fault]]:
    where = f"{file}/{name}"
    if not (path / name).is_file():
        return pd.DataFrame(), [Fault(where, "does not exist", "name a GridKit folder")]
    try:
        frame = pd.read_csv(path / name, quotechar=QUOTE, dtype=str, keep_default_na=False)
    except (ValueError, pd.errors.ParserError) as error:
        return pd.DataFrame(), [Fault(where, f"cannot be read: {error}", "get it again, whole")]
    missing = [column for column in NEEDED.get(name, ()) if column not in frame.columns]
    frame.index = frame.index + 2
    return frame, [
        Fault(where, f"column '{column}' is missing", "is it a GridKit table?")
        for column in missing
    ]


def _with_links(path: Path, lines: pd.DataFrame) -> pd.DataFrame:
    """Add links of direct current, whose voltage the map does not tell."""
    lines = lines.assign(dc=False)
    if not (path / "links.csv").is_file():
        return lines
    links, faults = _table(path, "links.csv", "")
    if faults or "link_id" not in links.columns:
        return lines
    links = links.rename(columns={"link_id": "line_id"})
    links = links.assign(line_id="dc" + links["line_id"], dc=True, circuits="1", voltage="")
    both = pd.concat([lines, links], ignore_index=True).fillna("")
    return both.set_index(both.index + 2)


def _lines(
    lines: pd.DataFrame, buses: pd.DataFrame, min_kv: float
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    kv, dc = numbers(lines["voltage"]), lines["dc"].to_numpy(bool)
    ends = [lines[bus].map(buses["station"]).fillna("") for bus in ("bus0", "bus1")]
    unbuilt = lines.get("under_construction", pd.Series("", lines.index)).str.lower().isin(UNBUILT)
    geometry = shapely.from_wkt(lines["geometry"].to_numpy(), on_invalid="ignore")
    drawn = shapely.is_valid(geometry) & ~shapely.is_empty(geometry)
    unended = (ends[0] == "") | (ends[1] == "")
    at_ends = [lines[bus].map(buses["kv"]).to_numpy(float) for bus in ("bus0", "bus1")]
    kv = np.where(dc & np.isnan(kv), np.fmax(*at_ends), kv)
    loop, low, unknown = ends[0] == ends[1], kv < min_kv, np.isnan(kv)
    kept = drawn & ~(unbuilt | unended | loop | low | unknown).to_numpy(bool)
    underground = lines.get("underground", pd.Series("", lines.index)).str.lower().isin(UNBUILT)
    frame = pd.DataFrame({
        "id": lines["line_id"], "name": "", "from_substation": ends[0], "to_substation": ends[1],
        "voltage_kv": kv, "circuits": np.maximum(numbers(lines["circuits"]), 1.0),
        "length_km": numbers(lines["length"]) / M_PER_KM,
        "category": np.where(underground, "cable", "line"), "dc": dc,
        IMPUTED: np.select(
            [dc, np.isin(kv, [*CLASSES_KV])], ["voltage: of the buses it joins", LOWER_END], ""
        ),
    })  # fmt: skip
    notes = without(
        (int(unbuilt.sum()), "lines under construction"),
        (int((unended & ~unbuilt).sum()), "lines without an end"),
        (int((loop & ~unended & ~unbuilt).sum()), "lines within one station"),
        (int((low & ~unbuilt).sum()), f"lines below {min_kv:g} kV"),
        (int((unknown & ~unbuilt).sum()), "lines of unknown voltage"),
    )
    out = gpd.GeoDataFrame(frame, geometry=geometry, crs=DEGREES)[kept]
    return out, notes


def _stations(buses: pd.DataFrame, country: str, named: set[str]) -> gpd.GeoDataFrame:
    code = (
        buses["tags"].str.extract(COUNTRY, expand=False)
        if "tags" in buses
        else pd.Series("", index=buses.index)
    )
    code = code.map(ISO3_OF).fillna("")
    table = buses.assign(
        country=code.where(code != country, ""), lon=numbers(buses["x"]), lat=numbers(buses["y"])
    )
    group = table[table["station"].isin(named)].groupby("station", sort=True)
    first = group[["country"]].first()
    kvs = group["kv"].agg(_listed)
    at = group[["lon", "lat"]].mean()
    columns = {"id": first.index, "name": first.index, "voltages_kv": kvs.to_numpy(),
               "country": first["country"].to_numpy()}  # fmt: skip
    return placed(columns, at["lon"], at["lat"], range(1, len(first) + 1))


def _listed(kv: pd.Series) -> str:
    return ";".join(f"{value:g}" for value in sorted(set(kv.dropna()), reverse=True))
