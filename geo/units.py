"""The suffix vocabulary of every dimensional name, the few conversions we need, plain text."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

SUFFIXES: Final = {
    "m": "metre",
    "km": "kilometre",
    "ha": "hectare",
    "kv": "kilovolt",
    "mva": "megavolt-ampere",
    "mw": "megawatt",
    "mwh": "megawatt-hour",
    "gwh": "gigawatt-hour",
    "gwh_per_year": "gigawatt-hours in a year",
    "ohm_per_km": "ohms per kilometre",
    "hz": "hertz",
    "c": "degree Celsius",
    "pct": "percent",
    "months": "month",
    "usd": "US dollar",
    "usd_per_ha": "US dollars per hectare",
    "usd_per_km": "US dollars per kilometre",
    "usd_per_mw": "US dollars per megawatt",
    "usd_per_year": "US dollars in a year",
    "usd_per_mw_per_year": "US dollars per megawatt in a year",
    "usd_per_mva": "US dollars per megavolt-ampere",
    "usd_per_mwh": "US dollars per megawatt-hour",
    "usd_per_gj": "US dollars per gigajoule",
    "gj_per_mwh": "gigajoules per megawatt-hour",
    "mj_per_m3": "megajoules per cubic metre",
    "g_per_kwh": "grams of CO2 equivalent per kilowatt-hour",
    "mcm_per_year": "million cubic metres in a year",
    "ha_per_mw": "hectares per megawatt",
    "people_per_km2": "people per square kilometre",
}
"""Suffix to unit. The longest suffix that fits a name is its unit."""

M_PER_KM: Final = 1000.0
M2_PER_HA: Final = 10_000.0
KM_PER_MILE: Final = 1.609344
MAX_VOLTAGE_KV: Final = 1200.0
UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
"""Characters that no one sees, by which two ids that look alike would differ."""


def unit_of(name: str) -> str:
    """Return the unit that a name's suffix promises, or '' for a dimensionless name."""
    parts = name.split("_")
    for start in range(1, len(parts)):
        unit = SUFFIXES.get("_".join(parts[start:]))
        if unit:
            return unit
    return ""


def parse_voltages_kv(text: object) -> tuple[float, ...]:
    """Read ``'420;132'`` as ``(420.0, 132.0)``, highest first.

    Raises
    ------
    ValueError
        If a part is not a positive number up to 1,200.
    """
    parts = [part.strip() for part in str(text).replace("/", ";").split(";") if part.strip()]
    values = {float(part) for part in parts}
    if not values or any(not 0 < value <= MAX_VOLTAGE_KV for value in values):
        raise ValueError(text)
    return tuple(sorted(values, reverse=True))


def clean(value: object) -> str:
    """Write a cell as text: without characters that no one sees, accents on their letters."""
    text = UNSEEN.sub("", str(value)).replace("\u00a0", " ")
    return unicodedata.normalize("NFC", text).strip()
