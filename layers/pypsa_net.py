"""PyPSA networks: a folder of CSV files, or NetCDF."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault
from layers.imported import DEGREES, Imported, each, numbers, placed, without

if TYPE_CHECKING:
    from pathlib import Path

    from layers.imported import Asked

    Tables = dict[str, pd.DataFrame]

NETCDF_EXTRA: Final = "install powersite[netcdf] to read NetCDF, or export a folder of CSV files"
TABLES: Final = (
    "buses", "lines", "links", "transformers", "generators", "storage_units", "loads"
)  # fmt: skip
DAMAGED: Final = "export it again, from PyPSA"
FUELS: Final = {
    "ccgt": "gas", "ocgt": "gas", "ror": "hydro", "hard coal": "coal", "brown coal": "coal",
    "run of river": "hydro", "pumped hydro": "hydro", "phs": "hydro", "storage hydro": "hydro",
    "onwind": "wind", "wind onshore": "wind", "wind offshore": "wind", "offwind-ac": "wind",
    "offwind-dc": "wind", "lignite": "coal",
}  # fmt: skip
NO_PLANT: Final = frozenset({"load", "load shedding", "h2", "battery", "other storage"})


def read_pypsa(path: Path, file: str, asked: Asked) -> Imported:
    """Read substations, lines, plants and loads.

    Notes
    -----
    Buses that transformers join are one substation, named after the first of them. Rows of lines
    and links of direct current name their ends. A load is the mean of its series, or ``p_set``.
    """
    tables, faults = _from_folder(path, file) if path.is_dir() else _from_netcdf(path, file)
    if not faults:
        faults = _missing(tables, file)
    if faults:
        return Imported(faults=tuple(faults))
    station = _stations_of(tables)
    readers = {
        "substations": _substations, "lines": _lines, "plants": _plants, "loads": _loads,
    }  # fmt: skip
    by_kind = {kind: partial(read, tables, station, asked) for kind, read in readers.items()}
    return each(asked.kinds, by_kind)


def _from_folder(path: Path, file: str) -> tuple[Tables, list[Fault]]:
    tables: Tables = {}
    for name in (*TABLES, "loads-p_set"):
        if (path / f"{name}.csv").is_file():
            try:
                frame = pd.read_csv(path / f"{name}.csv", dtype=str, keep_default_na=False)
            except (ValueError, pd.errors.ParserError) as error:
                return tables, [Fault(f"{file}/{name}.csv", f"cannot be read: {error}", DAMAGED)]
            tables[name] = frame.set_index(frame.columns[0])
    if "loads-p_set" in tables:
        series = tables.pop("loads-p_set").apply(pd.to_numeric, errors="coerce")
        tables["p_set"] = series.mean().to_frame("mean")
    return tables, []


def _from_netcdf(path: Path, file: str) -> tuple[Tables, list[Fault]]:
    try:
        import netCDF4  # noqa: PLC0415 -- an extra
    except ImportError:
        return {}, [Fault(file, "is NetCDF", NETCDF_EXTRA)]
    tables: Tables = {}
    try:
        with netCDF4.Dataset(path) as data:
            for name in TABLES:
                if f"{name}_i" in data.variables:
                    tables[name] = _table_of(data, name)
            if "loads_t_p_set" in data.variables:
                names = _text(data.variables["loads_t_p_set_i"][:])
                mean = np.nanmean(np.ma.filled(data.variables["loads_t_p_set"][:], np.nan), axis=0)
                tables["p_set"] = pd.DataFrame({"mean": mean}, index=names)
    except (OSError, KeyError) as error:
        return {}, [Fault(file, f"cannot be read as NetCDF: {error}", DAMAGED)]
    return tables, []


def _table_of(data: Any, name: str) -> pd.DataFrame:  # noqa: ANN401 -- a dataset of netCDF4
    columns = {
        key.removeprefix(f"{name}_"): _text(variable[:])
        for key, variable in data.variables.items()
        if variable.dimensions == (f"{name}_i",) and key != f"{name}_i"
    }
    return pd.DataFrame(columns, index=_text(data.variables[f"{name}_i"][:]))


def _text(values: Any) -> list[str]:  # noqa: ANN401 -- a masked array
    return ["" if str(value) in {"nan", "--"} else str(value) for value in np.ma.asarray(values)]


def _missing(tables: Tables, file: str) -> list[Fault]:
    needed = {"buses": ("v_nom", "x", "y"), "lines": ("bus0", "bus1")}
    return [
        Fault(file, f"has no column '{column}' of {name}", DAMAGED)
        for name, columns in needed.items()
        for column in columns
        if name not in tables or column not in tables[name].columns
    ]


def _stations_of(tables: Tables) -> pd.Series:
    """Map each bus to the first of those that transformers join it with."""
    first = {str(bus): str(bus) for bus in tables["buses"].index}

    def root(bus: str) -> str:
        while first[bus] != bus:
            bus = first[bus]
        return bus

    joined = tables.get("transformers", pd.DataFrame(columns=["bus0", "bus1"]))
    for one, other in zip(joined["bus0"], joined["bus1"], strict=True):
        if one in first and other in first:
            low, high = sorted((root(one), root(other)))
            first[high] = low
    return pd.Series({bus: root(bus) for bus in first}, dtype=object)


def _substations(
    tables: Tables, station: pd.Series, asked: Asked
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    buses = tables["buses"].assign(kv=lambda frame: numbers(frame["v_nom"]), station=station)
    kept = buses[buses["kv"] >= asked.min_kv]
    group = kept.assign(lon=numbers(kept["x"]), lat=numbers(kept["y"])).groupby("station")
    kvs = group["kv"].agg(lambda kv: ";".join(f"{v:g}" for v in sorted(set(kv), reverse=True)))
    at = group[["lon", "lat"]].mean()
    label = next((name for name in ("osm_name", "name") if name in kept.columns), "")
    names = group[label].first() if label else pd.Series(at.index, index=at.index)
    columns = {"id": at.index, "name": names.to_numpy(), "voltages_kv": kvs.to_numpy()}
    frame = placed(columns, at["lon"], at["lat"], range(1, len(at) + 1))
    return frame, without((len(buses) - len(kept), f"buses below {asked.min_kv:g} kV"))


def _lines(
    tables: Tables, station: pd.Series, asked: Asked
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    buses = tables["buses"]
    links = tables.get("links", pd.DataFrame(columns=["bus0", "bus1"]))
    carrier = links.get("carrier", pd.Series("DC", index=links.index))
    links = links[carrier.isin(["DC", ""])].assign(dc=True)
    rows = pd.concat([tables["lines"].assign(dc=False), links]).fillna("")
    rows = rows.assign(row=range(1, len(rows) + 1))
    ends = [rows[bus].map(station).fillna("") for bus in ("bus0", "bus1")]
    kv = rows["bus0"].map(pd.Series(numbers(buses["v_nom"]), buses.index)).to_numpy(float)
    known = ((ends[0] != "") & (ends[1] != "") & (ends[0] != ends[1])).to_numpy() & (kv > 0)
    kept = known & (kv >= asked.min_kv)
    blank = pd.Series("", index=rows.index)
    count = numbers(rows.get("num_parallel", blank))
    whole = np.maximum(np.rint(np.where(count > 0, count, 1.0)), 1.0)
    mva = numbers(rows.get("s_nom", blank))
    frame = pd.DataFrame({
        "id": rows.index.to_series().astype(str).where(~rows["dc"], "dc " + rows.index.astype(str)),
        "name": "", "from_substation": ends[0], "to_substation": ends[1], "voltage_kv": kv,
        "circuits": whole, "length_km": np.where(numbers(rows.get("length", blank)) > 0,
                                                 numbers(rows.get("length", blank)), np.nan),
        "rating_mva": np.where(mva > 0, mva / whole, np.nan), "dc": rows["dc"],
    })  # fmt: skip
    geometry = _paths(rows, buses)
    out = gpd.GeoDataFrame(frame, geometry=geometry, crs=DEGREES).set_index(rows["row"])
    below = f"lines below {asked.min_kv:g} kV"
    left = without(
        (int((~known).sum()), "lines without two ends or a voltage"),
        (int((known & ~kept).sum()), below),
    )
    return out[kept], left


def _paths(rows: pd.DataFrame, buses: pd.DataFrame) -> Any:  # noqa: ANN401 -- an array
    """Draw lines along their geometry where they have one, else straight."""
    xy = pd.DataFrame({"x": numbers(buses["x"]), "y": numbers(buses["y"])}, index=buses.index)
    ends = [xy.reindex(rows[bus]).fillna(0.0).to_numpy() for bus in ("bus0", "bus1")]
    straight: Any = shapely.linestrings(np.stack(ends, axis=1))
    column = next((name for name in ("geometry", "wkt_srid_4326") if name in rows.columns), "")
    if not column:
        return straight
    text = rows[column].astype(str).str.replace(r"^SRID=\d+;", "", regex=True).to_numpy()
    drawn = shapely.from_wkt(text, on_invalid="ignore")
    good = ~shapely.is_missing(drawn) & (shapely.length(drawn) > 0)
    return np.where(good, drawn, straight)


def _plants(
    tables: Tables, _station: pd.Series, _asked: Asked
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    parts = [tables[name] for name in ("generators", "storage_units") if name in tables]
    rows = pd.concat(parts).fillna("") if parts else pd.DataFrame(columns=["bus", "p_nom"])
    rows = rows.assign(row=range(1, len(rows) + 1))
    word = rows.get("carrier", pd.Series("", index=rows.index)).str.lower().str.strip()
    mw, buses = numbers(rows["p_nom"]), tables["buses"]
    lon = rows["bus"].map(pd.Series(numbers(buses["x"]), buses.index)).to_numpy(float)
    lat = rows["bus"].map(pd.Series(numbers(buses["y"]), buses.index)).to_numpy(float)
    kept = (mw > 0) & np.isfinite(lon) & ~word.isin(NO_PLANT).to_numpy()
    names = rows.index.astype(str)
    columns = {
        "id": names, "name": names, "capacity_mw": mw, "status": "operating",
        "fuel": word.map(lambda text: FUELS.get(text, text or "unknown")).to_numpy(),
    }  # fmt: skip
    left = without((int((~kept).sum()), "generators of no capacity, place or fuel"))
    return placed(columns, lon, lat, rows["row"])[kept], left


def _loads(
    tables: Tables, station: pd.Series, _asked: Asked
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    rows = tables.get("loads", pd.DataFrame(columns=["bus"]))
    mean = tables.get("p_set", pd.DataFrame({"mean": []}))["mean"].reindex(rows.index)
    fixed = numbers(rows.get("p_set", pd.Series("", index=rows.index)))
    mw = mean.fillna(pd.Series(fixed, index=rows.index)).to_numpy(float)
    frame = pd.DataFrame({
        "name": rows.index.astype(str), "substation": rows["bus"].map(station).to_numpy(),
        "demand_mw": mw,
    })  # fmt: skip
    frame.index = frame.index + 1
    kept = (mw > 0) & frame["substation"].notna().to_numpy()
    return frame[kept], without((int((~kept).sum()), "loads of unknown demand or bus"))
