"""How a layer's file is to be read, as its table of ``place.toml`` says: units, rows, encoding."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.errors import Fault
from geo.scenario import suggestion
from layers.typed import NUMBER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.typed import Table, Types

READING_KEYS: Final[dict[str, Types]] = {
    "units": (dict,),
    "values": (dict,),
    "keep": (dict,),
    "bbox": (list,),
    "min_kv": NUMBER,
    "clip_km": NUMBER,
    "encoding": (str,),
    "separator": (str,),
    "decimal": (str,),
}
DETECT: Final = "detect"
FACTORS: Final[dict[str, dict[str, float]]] = {
    "kv": {"V": 1e-3, "kV": 1.0, "MV": 1e3},
    "mw": {"W": 1e-6, "kW": 1e-3, "MW": 1.0, "GW": 1e3},
    "mva": {"VA": 1e-6, "kVA": 1e-3, "MVA": 1.0, "GVA": 1e3},
    "gwh": {"kWh": 1e-6, "MWh": 1e-3, "GWh": 1.0, "TWh": 1e3},
    "m": {"m": 1.0, "km": 1e3, "ft": 0.3048, "mi": 1609.344},
    "km": {"m": 1e-3, "km": 1.0, "ft": 0.3048e-3, "mi": 1.609344},
    "ha": {"m2": 1e-4, "ha": 1.0, "km2": 100.0, "acre": 0.40468564224},
    "usd_per_ha": {
        "USD/ha": 1.0, "USD/acre": 1 / 0.40468564224, "USD/m2": 1e4, "USD/km2": 0.01
    },
    "usd_per_mwh": {"USD/MWh": 1.0, "USD/kWh": 1e3, "ct/kWh": 10.0},
    "g_per_kwh": {"g/kWh": 1.0, "kg/kWh": 1e3, "kg/MWh": 1.0, "t/MWh": 1e3},
    "mcm_per_year": {
        "m3/year": 1e-6, "Mm3/year": 1.0, "bcm/year": 1e3, "Mcf/day": 365.25 * 28.316846592e-6,
        "MMcf/day": 365.25 * 28.316846592e-3,
    },
    "pct": {"%": 1.0, "1": 100.0},
    "c": {"C": 1.0},
}  # fmt: skip
"""Suffix of a column to units and what one of them is in the unit that the suffix promises."""
FAHRENHEIT: Final = "F"
BBOX: Final = 4


@dataclass(frozen=True)
class Reading:
    """How a file is to be read, beside its format and its columns."""

    units: Mapping[str, str | float] = field(default_factory=dict)
    """Promised column to the unit that the file has it in, or the factor to multiply with."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Promised column to what every row has there."""
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Column of the file to the values of the rows to keep."""
    bbox: tuple[float, ...] = ()
    """West, south, east, north in degrees; what lies outside is left out."""
    min_kv: float = 0.0
    """Importers leave out what is below."""
    clip_km: float | None = None
    """What lies further from the regions is left out; None for importers' own, and else no cut."""
    encoding: str = ""
    """Encoding of a text file, or ``detect``; '' is UTF-8."""
    separator: str = ","
    """Between the cells of a table."""
    decimal: str = "."
    """Before the decimals of a number."""


def reading_of(table: Table, promised: list[str], where: str) -> tuple[Reading, list[Fault]]:
    """Read the options from a layer's table of the right types.

    Parameters
    ----------
    table
        Only known keys.
    promised
        Columns that the kind promises.
    where
        Words for messages.
    """
    faults = [
        *_unit_faults(table.get("units", {}), promised, where),
        *_name_faults(table.get("values", {}), promised, f"{where[:-1]}.values]"),
        *_bbox_faults(table.get("bbox"), where),
        *_text_faults(table, where),
    ]
    if faults:
        return Reading(), faults
    keep = {
        name: tuple(map(str, value if isinstance(value, list) else [value]))
        for name, value in table.get("keep", {}).items()
    }
    given = {
        name: table[name]
        for name in ("units", "min_kv", "clip_km", "encoding", "separator", "decimal")
        if name in table
    }
    return Reading(
        **given,
        fixed=table.get("values", {}),
        keep=keep,
        bbox=tuple(map(float, table.get("bbox", ()))),
    ), []


def kept_rows(
    frame: pd.DataFrame, reading: Reading, file: str, where: str
) -> tuple[pd.DataFrame, list[Fault]]:
    """Leave out the rows whose columns are not as wanted."""
    for name, values in reading.keep.items():
        if name not in frame.columns:
            remedy = f"it has {', '.join(map(str, frame.columns[:12]))}"
            return frame, [Fault(f"{where} keep", f"{file} has no column '{name}'", remedy)]
        frame = frame[frame[name].map(_plain).isin(values)]
    return frame, []


def converted(frame: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """Return the frame with fixed values set, and numbers in the promised units.

    What cannot be read as a number stays, for its kind to refuse.
    """
    for name, value in reading.fixed.items():
        frame = frame.assign(**{name: value})
    for name, unit in reading.units.items():
        if name in frame.columns:
            frame = frame.assign(**{name: frame[name].map(_Unit(name, unit, reading.decimal))})
    if reading.decimal != ".":
        numeric = [name for name in frame.columns if name not in reading.units]
        swap = {name: frame[name].map(lambda cell: _pointed(cell, reading.decimal))
                for name in numeric if not pd.api.types.is_numeric_dtype(frame[name])}  # fmt: skip
        frame = frame.assign(**swap)
    return frame


class _Unit:
    """Converts one cell, or each voltage of a list of them."""

    def __init__(self, name: str, unit: str | float, decimal: str) -> None:
        self._factor, self._offset = _factor(name, unit)
        self._decimal = decimal

    def __call__(self, cell: object) -> object:
        if isinstance(cell, str):
            parts = cell.replace("/", ";").split(";")
            return ";".join(self._one(part) for part in parts)
        number = float(cell) if isinstance(cell, (int, float, np.number)) else np.nan
        return cell if np.isnan(number) else number * self._factor + self._offset

    def _one(self, part: str) -> str:
        try:
            number = float(_pointed(part, self._decimal))
        except ValueError:
            return part
        return f"{number * self._factor + self._offset:.12g}"


def _factor(name: str, unit: str | float) -> tuple[float, float]:
    if isinstance(unit, (int, float)):
        return float(unit), 0.0
    if unit == FAHRENHEIT:
        return 5 / 9, -32 * 5 / 9
    return FACTORS[_suffix(name)][unit], 0.0


def _pointed(cell: object, decimal: str) -> Any:  # noqa: ANN401 -- a cell
    """Write a number with a decimal point; other text stays."""
    if not isinstance(cell, str) or decimal == ".":
        return cell
    bare = cell.strip().replace(".", "").replace(" ", "").replace("\u00a0", "")
    digits = bare.replace(decimal, ".", 1)
    return digits if digits.lstrip("+-").replace(".", "", 1).isdecimal() else cell


def _plain(value: object) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return f"{value:.0f}" if whole else str(value).strip()


def _suffix(name: str) -> str:
    """Return the longest suffix of a name that has units: ``usd_per_ha`` before ``ha``."""
    parts = name.split("_")
    return next(("_".join(parts[at:]) for at in range(1, len(parts))
                 if "_".join(parts[at:]) in FACTORS), "")  # fmt: skip


def _unit_faults(units: Table, promised: list[str], where: str) -> list[Fault]:
    faults = _name_faults(units, promised, f"{where[:-1]}.units]")
    for name, unit in units.items():
        at = f"{where[:-1]}.units] {name}"
        known = [*FACTORS.get(_suffix(name), {}), *(["F"] if _suffix(name) == "c" else [])]
        number = type(unit) in NUMBER
        if name not in promised or (number and np.isfinite(unit) and unit != 0) or unit in known:
            continue
        words = f"write one of {', '.join(known)}, or a factor" if known else "write a factor"
        faults.append(Fault(at, f"{unit!r} is no unit of it", words))
    return faults


def _name_faults(table: Table, promised: list[str], where: str) -> list[Fault]:
    return [
        Fault(f"{where} option {name}", "is unknown", suggestion(name, promised))
        for name in table
        if name not in promised
    ]


def _bbox_faults(bbox: object, where: str) -> list[Fault]:
    if bbox is None:
        return []
    numeric = isinstance(bbox, list) and len(bbox) == BBOX and all(type(v) in NUMBER for v in bbox)
    if numeric and bbox[0] < bbox[2] and bbox[1] < bbox[3]:  # type: ignore[index] # a list
        return []
    remedy = "write [west, south, east, north] in degrees"
    return [Fault(f"{where} bbox", f"{bbox!r} is not a box", remedy)]


def _text_faults(table: Table, where: str) -> list[Fault]:
    faults = []
    encoding = table.get("encoding", "")
    if encoding not in {"", DETECT}:
        try:
            codecs.lookup(encoding)
        except LookupError:
            remedy = "write utf-8, windows-1252, … or detect"
            faults.append(Fault(f"{where} encoding", f"'{encoding}' is unknown", remedy))
    faults += [
        Fault(f"{where} {name}", f"{table[name]!r} is not one character", "write one, as ';'")
        for name in ("separator", "decimal")
        if len(table.get(name, ".")) != 1
    ]
    if table.get("clip_km", 0) < 0 or table.get("min_kv", 0) < 0:
        faults.append(Fault(where, "clip_km or min_kv is below 0", "write 0 or more"))
    return faults
