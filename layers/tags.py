"""OpenStreetMap tags of power objects, in all the forms that people write them."""

from __future__ import annotations

import re
from math import isnan, nan
from typing import TYPE_CHECKING, Final

from geo.units import MAX_VOLTAGE_KV

if TYPE_CHECKING:
    from collections.abc import Mapping

    Tags = Mapping[str, str]

V_PER_KV: Final = 1000.0
MIN_PLAIN_V: Final = 1000.0
LOW_VOLTAGES: Final = frozenset(
    {100, 110, 115, 120, 127, 200, 208, 220, 230, 240, 277, 380, 400, 415, 440, 480, 500, 600, 660,
     690, 750, 800}
)  # fmt: skip
"""Volts that networks of low voltage and of trams have: without a unit these may be either."""
MIN_KV_WORD: Final = 30.0
CONDUCTORS: Final = 3
"""Of one circuit of alternating current."""
MAX_CIRCUITS: Final = 16
RAIL_HZ: Final = (16.0, 26.0)
SEPARATORS: Final = re.compile(r"[;/|+]|\s(?:and|und|y|et)\s")
VOLTAGE: Final = re.compile(r"^[~≈<>]*\s*([\d.,' \u00a0]*\d)\s*(kv|v|mv)?$")
THOUSANDS: Final = re.compile(r"^\d{1,3}(?:[,.' \u00a0]\d{3})+$")
POWER: Final = re.compile(r"(?:(\d+)\s*[x×*]\s*)?(\d[\d.,]*)\s*(w|kw|mw|gw)(?:p|_?e|el)?\b")
MW_PER: Final = {"w": 1e-6, "kw": 1e-3, "mw": 1.0, "gw": 1e3}
MAX_MW: Final = 30_000.0
FUELS: Final = {
    "water": "hydro", "water-storage": "hydro", "photovoltaic": "solar", "natural_gas": "gas",
    "lng": "gas", "fossil_gas": "gas", "diesel": "oil", "oil": "oil", "biogas": "biomass",
    "biofuel": "biomass", "lignite": "coal", "hard_coal": "coal", "uranium": "nuclear",
}  # fmt: skip
"""Other words for a fuel to ours."""


def voltages_kv(text: str) -> tuple[tuple[float, ...], str]:
    """Read a voltage tag.

    Parameters
    ----------
    text
        ``400000;220000``, ``110000/20000``, ``20 kV``, ``110,000``, ``132``, ``high``, …

    Returns
    -------
    voltages_kv, rule
        In the order and as often as written, () if unknown; and by which rule anything was set
        that the tag does not say plainly.
    """
    found, rules = [], set()
    for part in _parts(text.lower()):
        kv, rule = _one_voltage(part)
        if not isnan(kv):
            found.append(kv)
        rules |= {rule} - {""}
    return tuple(found), "; ".join(sorted(rules))


def circuits(tags: Tags, voltages: int) -> tuple[float, tuple[int, ...], str]:
    """Read how many circuits a line has.

    Parameters
    ----------
    tags
        Of the line.
    voltages
        How many voltages it has.

    Returns
    -------
    circuits, by_voltage, rule
        NaN if unknown; how many each voltage has where the tag lists as many numbers as voltages,
        else (); and by which rule they were found.
    """
    listed = _whole(tags.get("circuits", ""))
    if listed:
        by_voltage = tuple(listed) if len(listed) == voltages > 1 else ()
        several = len(listed) > 1 and not by_voltage
        return float(sum(listed)), by_voltage, "circuits: sum of the numbers listed" * several
    cables = _whole(tags.get("cables", ""))
    if not cables:
        return nan, (), ""
    each = tuple(max(number // CONDUCTORS, 1) for number in cables)
    if len(each) == voltages > 1:
        return float(sum(each)), each, "circuits: cables / 3"
    count = max(sum(cables) // CONDUCTORS, 1)
    rule = "circuits: cables / 3" + ", rounded down" * bool(sum(cables) % CONDUCTORS)
    return float(min(count, MAX_CIRCUITS)), (), rule


def capacity_mw(text: str) -> float:
    """Read an output tag, as ``28.1 MW``, ``2x15 MW`` or ``500 kWp``; NaN if it tells none."""
    match = POWER.search(text.lower())
    if not match:
        return nan
    times, number, unit = match.groups()
    value = _number(number) * float(times or 1) * MW_PER[unit]
    return value if 0 < value <= MAX_MW else nan


def fuel(tags: Tags) -> str:
    """Read the main energy source of a plant or generator; 'unknown' if it tells none."""
    for key in ("plant:source", "generator:source", "plant:method", "generator:method"):
        word = _parts(tags.get(key, "").lower())
        if word:
            return FUELS.get(word[0], word[0])
    return "unknown"


def frequencies_hz(tags: Tags) -> tuple[float, ...]:
    """Read the frequencies of a line or station."""
    return tuple(
        hz for part in _parts(tags.get("frequency", "").lower().replace("hz", ""))
        if not isnan(hz := _number(part))
    )  # fmt: skip


def is_rail(hz: float) -> bool:
    """Say whether a frequency is one of railways."""
    return RAIL_HZ[0] <= hz <= RAIL_HZ[1]


def _parts(text: str) -> list[str]:
    pieces = []
    for part in SEPARATORS.split(text):
        commas = [piece.strip() for piece in part.split(",")]
        # 110000,20000 are two, 110,000 and 10,5 are one.
        apart = len(commas) > 1 and all(re.fullmatch(r"\d{4,6}", piece) for piece in commas)
        pieces += commas if apart else [part.strip()]
    return [piece for piece in pieces if piece]


def _one_voltage(part: str) -> tuple[float, str]:
    match = VOLTAGE.match(part)
    if not match:
        return nan, ""
    value, unit = _number(match.group(1)), match.group(2)
    if unit == "kv":
        return _possible(value), ""
    if unit == "v" or (unit is None and value >= MIN_PLAIN_V):
        return _possible(value / V_PER_KV), ""
    if unit is None and value >= MIN_KV_WORD and value not in LOW_VOLTAGES:
        return _possible(value), "voltage: kilovolts written without unit"
    return nan, ""


def _possible(kv: float) -> float:
    return kv if 0 < kv <= MAX_VOLTAGE_KV else nan


def _number(text: str) -> float:
    text = text.strip(" \u00a0")
    if THOUSANDS.match(text):
        text = re.sub(r"[,.' \u00a0]", "", text)
    try:
        return float(text.replace(",", ".").replace(" ", ""))
    except ValueError:
        return nan


def _whole(text: str) -> list[int]:
    """Read whole numbers above 0 of a list; anything else makes it unknown."""
    parts = [part.rstrip("x× ").strip() for part in _parts(text.lower())]
    if not parts or not all(part.isdecimal() and 0 < float(part) <= 99 for part in parts):  # noqa: PLR2004 -- what a tower can carry
        return []
    return [int(float(part)) for part in parts]
