"""The tables of assumptions as they stand: every row with its source."""

from __future__ import annotations

from typing import Final

from geo.assumption import ASSUMED
from geo.rows import (
    BuildingClass,
    Duration,
    GasPlant,
    LineCost,
    LineType,
    Preset,
    PriceIndex,
    Terrain,
    TransformerType,
)

PYPSA_TYPES: Final = "PyPSA standard line types; PyPSA-Eur voltage mapping"
US_TYPES: Final = "typical per-unit-length values used by US planning models"
MISO: Final = "MISO cost table in reVRt base_line_costs, 2019 USD"
INTERVIEW: Final = "interview with a campus developer"
CUSHMAN: Final = "Cushman & Wakefield, Data Center Development Cost Guide 2025"
CPI: Final = "US Bureau of Labor Statistics, CPI-U, all items, annual average (CUUR0000SA0)"
CONVERTED: Final = (
    f"conversion: {ASSUMED}, 69 % of a new campus, which is all but site works and shell in the "
    "guide's breakdown; a consultant (Sabre56, 2024) sees 90 % of a mining hall replaced"
)

LINE_TYPES: Final = (
    LineType(66, 50, 0.35, 38, PYPSA_TYPES),
    LineType(110, 50, 0.40, 102, PYPSA_TYPES),
    LineType(132, 50, 0.39, 147, PYPSA_TYPES),
    LineType(150, 50, 0.39, 168, PYPSA_TYPES),
    LineType(220, 50, 0.301, 492, PYPSA_TYPES),
    LineType(300, 50, 0.265, 1005, PYPSA_TYPES),
    LineType(330, 50, 0.265, 1106, PYPSA_TYPES),
    LineType(380, 50, 0.246, 1698, PYPSA_TYPES),
    LineType(400, 50, 0.246, 1787, PYPSA_TYPES),
    LineType(420, 50, 0.246, 1877, PYPSA_TYPES),
    LineType(500, 50, 0.246, 2234, PYPSA_TYPES),
    LineType(750, 50, 0.276, 5404, PYPSA_TYPES),
    LineType(69, 60, 0.45, 130, US_TYPES),
    LineType(115, 60, 0.42, 200, US_TYPES),
    LineType(138, 60, 0.40, 250, US_TYPES),
    LineType(161, 60, 0.39, 300, US_TYPES),
    LineType(230, 60, 0.37, 450, US_TYPES),
    LineType(345, 60, 0.335, 900, US_TYPES),
    LineType(500, 60, 0.30, 1800, US_TYPES),
    LineType(765, 60, 0.28, 3200, US_TYPES),
)

TRANSFORMERS: Final = (
    TransformerType(400, 300, 2, 600, ASSUMED),
    TransformerType(400, 220, 2, 600, ASSUMED),
    TransformerType(400, 132, 2, 300, ASSUMED),
    TransformerType(345, 138, 2, 400, ASSUMED),
    TransformerType(300, 220, 2, 600, ASSUMED),
    TransformerType(300, 132, 2, 300, ASSUMED),
    TransformerType(300, 66, 2, 150, ASSUMED),
    TransformerType(220, 132, 2, 200, ASSUMED),
    TransformerType(220, 66, 2, 100, ASSUMED),
    TransformerType(132, 66, 2, 50, ASSUMED),
    TransformerType(132, 33, 2, 50, ASSUMED),
)

ST_CLAIR: Final = (
    (50.0, 3.0),
    (100.0, 2.0),
    (150.0, 1.6),
    (200.0, 1.35),
    (250.0, 1.2),
    (300.0, 1.05),
    (400.0, 0.85),
    (500.0, 0.72),
    (600.0, 0.62),
)
"""Line length in miles to loadability as a multiple of the surge impedance loading (St Clair)."""

SIL_MW: Final = ((220.0, 175.0), (300.0, 356.0), (380.0, 606.0), (400.0, 672.0))
"""Voltage to surge impedance loading, PyPSA standard line types."""

LINE_COSTS: Final = (
    LineCost(69, 0.78e6, 5.7e6, 1.1e6, MISO),
    LineCost(138, 0.90e6, 7.8e6, 1.6e6, MISO),
    LineCost(230, 1.05e6, 9.7e6, 2.2e6, MISO),
    LineCost(345, 1.35e6, 15.0e6, 3.75e6, f"{MISO}; station and bay between 230 and 500 kV"),
    LineCost(500, 1.73e6, 20.3e6, 5.3e6, MISO),
)

DURATIONS: Final = (
    Duration("study", 6, 18, 48, f"{ASSUMED}; within 2 to 4 years from an interview and JLL 2025"),
    Duration("line under 5 km", 12, 18, 30, ASSUMED),
    Duration("line 5 to 25 km", 24, 36, 60, ASSUMED),
    Duration("line over 25 km", 48, 72, 108, ASSUMED),
    Duration("transformer", 24, 30, 48, f"{ASSUMED}; Wood Mackenzie Q2 2025 gives 128 weeks"),
    Duration("new bay", 12, 18, 30, ASSUMED),
    Duration("new substation", 18, 24, 42, ASSUMED),
    Duration("build", 18, 24, 36, INTERVIEW),
    Duration(
        "build in parallel", 13.5, 18, 27, f"{INTERVIEW}: 18 instead of 24; ends in proportion"
    ),
    Duration("build of a mining hall", 3, 6, 12, ASSUMED),
    Duration("conversion", 9, 12, 18, f"{INTERVIEW}: about 12 months"),
    Duration("commissioning", 1, 2, 4, ASSUMED),
    Duration(
        "gas engines", 15, 21, 30, f"{ASSUMED}; trade press of 2025 gives 12 to 18 to deliver"
    ),
    Duration("combined cycle", 36, 60, 84, f"{ASSUMED}; trade press of 2025 gives 5 to 7 years"),
)

GAS_PLANTS: Final = (
    GasPlant("gas engines", 8.3, 18, 1.8e6, 6.0, ASSUMED),
    GasPlant("combined cycle", 6.4, 60, 2.2e6, 4.0, f"{ASSUMED}; turbines have become dear"),
)

BUILDINGS: Final = (
    BuildingClass(
        "mining", "build of a mining hall", 0.375e6, 0.375e6, 0, 0.95,
        f"{INTERVIEW}: 0.35 to 0.40 M USD/MW; load factor and conversion: {ASSUMED}",
    ),
    BuildingClass(
        "hall", "build", 11.7e6, 5.7e6, 2.3e6, 0.60,
        f"{CUSHMAN}: 9.3 to 15.0, mean 11.7 M USD/MW; load factor: {ASSUMED}; {CONVERTED}",
    ),
    BuildingClass(
        "ai", "build", 11e6, 5.4e6, 2.2e6, 0.75,
        f"{INTERVIEW}; {CUSHMAN}: 9.3 to 15.0 M USD/MW; load factor: {ASSUMED}; {CONVERTED}",
    ),
)  # fmt: skip

PRESETS: Final = (
    Preset(
        "mining", 100, 0.073, "N", "mining",
        f"load and redundancy: {ASSUMED}; land: 500 MW on 90 acres at Jigmeling, press",
    ),
    Preset("hall", 25, 0.25, "2N", "hall", f"{INTERVIEW}: 20 to 30 MW; the rest: {ASSUMED}"),
    Preset(
        "ai-180", 180, 0.25, "N+1", "ai",
        f"the conversion announced at Tydal; redundancy and land: {ASSUMED}",
    ),
    Preset("ai-500", 500, 0.25, "N+1", "ai", f"{INTERVIEW}: 500 MW to 1 GW; the rest: {ASSUMED}"),
    Preset("ai-1000", 1000, 0.25, "N+1", "ai", f"{INTERVIEW}: 500 MW to 1 GW; the rest: {ASSUMED}"),
)  # fmt: skip

PRICE_INDEX: Final = (
    PriceIndex(2019, 255.657, CPI),
    PriceIndex(2020, 258.811, CPI),
    PriceIndex(2021, 270.970, CPI),
    PriceIndex(2022, 292.655, CPI),
    PriceIndex(2023, 304.702, CPI),
    PriceIndex(2024, 313.689, CPI),
    PriceIndex(2025, 321.943, CPI),
)

MULTIPLIERS: Final = "MISO terrain multipliers in reVRt"
UNDERGROUND: Final = "underground over overhead, 4510 to 750 EUR/MW/km (technology-data, DEA 2025)"
TERRAINS: Final = (
    Terrain("open", 1.0, 1.0, MULTIPLIERS),
    Terrain("forest", 1.2, 1.2, f"{MULTIPLIERS}; 1.2 to 3 over its regions"),
    Terrain("urban", 1.2, 1.2, f"{MULTIPLIERS}; 1.1 to 3 over its regions"),
    Terrain("wetland", 1.8, 1.8, f"{MULTIPLIERS}; 1.2 to 2 over its regions"),
    Terrain("water", 10.0, 10.0, MULTIPLIERS),
    Terrain("barrier", 100.0, 6.0, f"{MULTIPLIERS}; price: {UNDERGROUND}"),
    Terrain("hill", 1.1, 1.1, f"{MULTIPLIERS}; slope 2 to 8 %, times that of the cover"),
    Terrain("mountain", 1.2, 1.2, f"{MULTIPLIERS}; slope from 8 %, times that of the cover"),
    Terrain("unknown", 1.2, 1.2, f"{ASSUMED}: no better than forest"),
    Terrain("outside", 10.0, 10.0, f"{ASSUMED}: out of the regions, sea or abroad, is no way in"),
)
