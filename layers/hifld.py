"""Transmission lines of HIFLD: GeoJSON as its server gives it, one file or a folder of pages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault
from layers.imported import DEGREES, IMPUTED, Imported, numbers, rules_of, without

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from layers.imported import Asked

NEEDED: Final = ("ID", "VOLTAGE", "VOLT_CLASS", "STATUS", "TYPE")
CLASS_KV: Final = re.compile(r"\d+")
LOWER_END: Final = "voltage: lower end of its class"
UNBUILT: Final = frozenset({"PROPOSED", "UNDER CONST", "RETIRED", "NOT IN SERVICE", "INACTIVE"})


def read_hifld(path: Path, file: str, asked: Asked) -> Imported:
    """Read lines as drawn; the two ends are names of stations that the data do not place.

    Notes
    -----
    An unknown voltage is written as -999999. Then the lower end of its class is taken and flagged,
    and a class without an end (``NOT AVAILABLE``) leaves it unknown. What is not in service, and
    what is below the voltage asked for, is left out.
    """
    features, faults = _features(path, file)
    if faults:
        return Imported(faults=tuple(faults))
    table = pd.DataFrame([feature["properties"] for feature in features], dtype=object)
    missing = [name for name in NEEDED if len(table) and name not in table.columns]
    if missing:
        remedy = "is it the layer of transmission lines?"
        return Imported(faults=(Fault(file, f"has no column '{missing[0]}'", remedy),))
    table = table.reindex(columns=[*NEEDED])
    shapes = shapely.from_geojson(
        [json.dumps(feature.get("geometry")) for feature in features], on_invalid="ignore"
    )
    frame, notes = _lines(table, np.asarray(shapes, dtype=object), asked.min_kv)
    return Imported({"lines": frame}, {"lines": notes})


def _features(path: Path, file: str) -> tuple[list[dict[str, Any]], list[Fault]]:
    pages = sorted(path.iterdir()) if path.is_dir() else [path]
    features: dict[str, dict[str, Any]] = {}
    for page in pages:
        try:
            for row in json.loads(page.read_text(encoding="utf-8"))["features"]:
                features.setdefault(str(row["properties"].get("ID", len(features))), row)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            found = f"cannot be read as GeoJSON: {error}"
            return [], [Fault(f"{file} {page.name}", found, "get it again, whole")]
    return list(features.values()), []


def _lines(
    table: pd.DataFrame,
    shapes: NDArray[Any],
    min_kv: float,
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    kv = numbers(table["VOLTAGE"])
    kv = np.where(kv > 0, kv, np.nan)
    by_class = _text(table["VOLT_CLASS"]).map(_lower_end).to_numpy(dtype=float)
    guessed = np.isnan(kv) & (by_class > 0)
    kv = np.where(guessed, by_class, kv)
    kind = _text(table["TYPE"])
    unbuilt = _text(table["STATUS"]).isin(UNBUILT).to_numpy()
    low = (kv < min_kv) | _text(table["VOLT_CLASS"]).eq("UNDER 100").to_numpy() & np.isnan(kv)
    pathless = shapely.is_missing(shapes) | (shapely.length(shapes) == 0)
    kept = ~(unbuilt | low | pathless)
    frame = pd.DataFrame({
        "id": "h" + table["ID"].astype(str), "name": "", "voltage_kv": kv, "circuits": np.nan,
        "category": np.where(kind.str.contains("UNDERGROUND"), "cable", "line"),
        "dc": kind.str.startswith("DC").to_numpy(dtype=bool),
        IMPUTED: np.where(guessed, LOWER_END, ""),
    })  # fmt: skip
    frame.index = frame.index + 1
    out = gpd.GeoDataFrame(frame, geometry=shapes, crs=DEGREES)[kept]
    left = without(
        (int(unbuilt.sum()), "lines not in service"),
        (int((low & ~unbuilt).sum()), f"lines below {min_kv:g} kV"),
        (int((pathless & ~unbuilt & ~low).sum()), "lines without a path"),
    )
    return out, (*left, *rules_of(out[IMPUTED]))


def _text(cells: pd.Series) -> pd.Series:
    return cells.fillna("").astype(str).str.strip().str.upper()


def _lower_end(name: str) -> float:
    """Return the lower end of a class as ``220-287`` or ``735 AND ABOVE``; NaN without one."""
    found = None if name.startswith("UNDER") else CLASS_KV.match(name)
    return float(found.group()) if found else np.nan
