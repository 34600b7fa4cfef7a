"""The US test grid as layers of a place: bus, branch, plant, sub and bus2sub tables."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault
from layers.imported import DEGREES, Imported, each, numbers, placed, without
from layers.tables import read_table

if TYPE_CHECKING:
    from pathlib import Path

    from layers.imported import Asked

    Tables = dict[str, pd.DataFrame]

NEEDED: Final = {
    "bus": ("bus_id", "Pd", "baseKV"),
    "branch": ("branch_id", "from_bus_id", "to_bus_id", "rateA"),
    "plant": ("plant_id", "bus_id", "Pmax", "type"),
    "sub": ("sub_id", "lat", "lon"),
    "bus2sub": ("bus_id", "sub_id"),
}
FUELS: Final = {"ng": "gas", "dfo": "oil"}


def read_case_place(path: Path, file: str, asked: Asked) -> Imported:
    """Read substations, lines, plants and loads of a case whose substations have positions.

    Notes
    -----
    Branches within a substation are its transformers. Lines run straight, and every branch is a
    line of its own; a rating of 0 is unknown. Plants are summed by substation and fuel, demand by
    substation. For headroom of every bus as the case has it, read it as a case instead.
    """
    tables: Tables = {}
    faults: list[Fault] = []
    for name, columns in NEEDED.items():
        where = f"{file}/{name}.csv"
        if not (path / f"{name}.csv").is_file():
            faults.append(Fault(where, "does not exist", "name a folder with all five tables"))
            continue
        tables[name], found = read_table(path / f"{name}.csv", where)
        faults += found or [
            Fault(where, f"column '{column}' is missing", "is it a table of the US test grid?")
            for column in columns
            if column not in tables[name].columns
        ]
    if faults:
        return Imported(faults=tuple(faults))
    tables = {name: frame.reset_index(drop=True) for name, frame in tables.items()}
    sub = tables["bus2sub"].drop_duplicates("bus_id").set_index("bus_id")["sub_id"]
    readers = {
        "substations": _substations, "lines": _lines, "plants": _plants, "loads": _loads,
    }  # fmt: skip
    by_kind = {kind: partial(read, tables, sub, asked) for kind, read in readers.items()}
    return each(asked.kinds, by_kind)


def _at(tables: Tables) -> pd.DataFrame:
    subs = tables["sub"].drop_duplicates("sub_id").set_index("sub_id")
    return subs.assign(lon=numbers(subs["lon"]), lat=numbers(subs["lat"]))


def _branches(tables: Tables, sub: pd.Series, min_kv: float) -> pd.DataFrame:
    """Return the branches between two substations with their ends and voltage."""
    rows = tables["branch"]
    kv = pd.Series(numbers(tables["bus"]["baseKV"]), tables["bus"]["bus_id"])
    rows = rows.assign(
        one=rows["from_bus_id"].map(sub), other=rows["to_bus_id"].map(sub),
        kv=rows["from_bus_id"].map(kv).to_numpy(float),
    )  # fmt: skip
    ended = rows["one"].notna() & rows["other"].notna() & (rows["one"] != rows["other"])
    return rows[ended & (rows["kv"] >= max(min_kv, 1.0))]


def _substations(
    tables: Tables, sub: pd.Series, asked: Asked
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    branches = _branches(tables, sub, asked.min_kv)
    met = {*branches["one"], *branches["other"]}
    buses = tables["bus"].assign(sub=tables["bus"]["bus_id"].map(sub))
    buses = buses.assign(kv=numbers(buses["baseKV"]))
    group = buses[buses["sub"].isin(met)].groupby("sub")["kv"]
    kvs = group.agg(lambda kv: ";".join(f"{v:g}" for v in sorted(set(kv), reverse=True)))
    at = _at(tables).reindex(kvs.index)
    names = at["name"] if "name" in at.columns else at.index
    columns = {"id": kvs.index, "name": names, "voltages_kv": kvs.to_numpy()}
    frame = placed({k: np.asarray(v) for k, v in columns.items()}, at["lon"], at["lat"],
                   range(1, len(at) + 1))  # fmt: skip
    lost = len(tables["sub"]) - len(frame)
    return frame, without((lost, "substations that no line of these meets"))


def _lines(
    tables: Tables, sub: pd.Series, asked: Asked
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    rows, at = _branches(tables, sub, asked.min_kv), _at(tables)
    ends = [at.reindex(rows[end])[["lon", "lat"]].to_numpy() for end in ("one", "other")]
    mva = numbers(rows["rateA"])
    frame = pd.DataFrame({
        "id": rows["branch_id"], "name": "", "from_substation": rows["one"],
        "to_substation": rows["other"], "voltage_kv": rows["kv"], "circuits": 1.0,
        "rating_mva": np.where(mva > 0, mva, np.nan), "category": "line",
    })  # fmt: skip
    frame.index = rows.index + 2
    paths = shapely.linestrings(np.stack(ends, axis=1))
    out = gpd.GeoDataFrame(frame, geometry=paths, crs=DEGREES)
    flat = shapely.length(paths) == 0
    lost = len(tables["branch"]) - len(rows)
    words = "branches within a substation, without ends or below the voltage asked for"
    return out[~flat], without((lost, words), (int(flat.sum()), "branches between one point"))


def _plants(
    tables: Tables, sub: pd.Series, _asked: Asked
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    rows = tables["plant"].assign(sub=tables["plant"]["bus_id"].map(sub))
    rows = rows.assign(mw=numbers(rows["Pmax"]), fuel=rows["type"].str.lower().replace(FUELS))
    good = (rows["mw"] > 0) & rows["sub"].notna()
    total = rows[good].groupby(["sub", "fuel"])["mw"].sum().reset_index()
    at = _at(tables).reindex(total["sub"])
    ids = (total["sub"] + " " + total["fuel"]).to_numpy()
    columns = {"id": ids, "name": ids, "fuel": total["fuel"], "capacity_mw": total["mw"],
               "status": "operating"}  # fmt: skip
    frame = placed(columns, at["lon"], at["lat"])
    frame.index = frame.index + 1
    return frame, without((int((~good).sum()), "plants of no capacity or substation"))


def _loads(tables: Tables, sub: pd.Series, _asked: Asked) -> tuple[pd.DataFrame, tuple[str, ...]]:
    rows = tables["bus"].assign(sub=tables["bus"]["bus_id"].map(sub))
    total = rows.assign(mw=numbers(rows["Pd"])).groupby("sub")["mw"].sum()
    total = total[total > 0]
    columns = {"name": total.index, "substation": total.index, "demand_mw": total.to_numpy()}
    frame = pd.DataFrame({k: np.asarray(v) for k, v in columns.items()})
    frame.index = frame.index + 1
    return frame, ()
