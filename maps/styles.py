"""How each layer looks in a GIS: one table, the colours of the map page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["fill", "line", "marker"]
INK: Final = "#1a2330"
WHITE: Final = "#ffffff"
MUTED: Final = "#5a6574"


@dataclass(frozen=True)
class Symbol:
    """One way to draw a shape."""

    colour: str
    """Fill of a marker or polygon, stroke of a line, as #rrggbb."""
    size_mm: float = 0.3
    """Diameter of a marker, width of a line or of an outline."""
    shape: str = "circle"
    """Shape of a marker, as QGIS calls it."""
    outline: str = WHITE
    """Stroke of a marker or polygon."""
    opacity: float = 1.0
    """Of the fill of a polygon."""
    dash: str = ""
    """Lengths of dashes and gaps in mm, as ``3;2``; '' for a solid line."""
    dot: bool = False
    """Whether a polygon also shows a marker in its middle, so that it is seen from afar."""


@dataclass(frozen=True)
class Band:
    """Rows that look alike: by a value, or by a number from ``low`` up to ``high``."""

    label: str
    """Words in the legend."""
    symbol: Symbol
    """How they are drawn."""
    value: str = ""
    """Value of the attribute."""
    low: float = 0.0
    """Smallest number."""
    high: float = 0.0
    """Largest number."""


@dataclass(frozen=True)
class Style:
    """How a layer looks."""

    title: str
    """Name of the layer for people."""
    group: str
    """Group in the project."""
    kind: Kind
    """What is drawn."""
    bands: tuple[Band, ...]
    """One, or several told apart by the attribute."""
    attribute: str = ""
    """Column that tells the bands apart; '' if there is one."""
    label: str = ""
    """Column that labels the features; '' for none."""
    label_pt: float = 8.0
    """Size of the labels."""
    label_colour: str = INK
    """Colour of the labels."""
    label_bold: bool = False
    """Whether the labels stand out."""
    label_from: int = 0
    """Labels are shown at 1 : this and closer; 0 for always."""
    shown: bool = True
    """Whether the layer is switched on at first."""

    @property
    def by_number(self) -> bool:
        """Whether the bands are ranges of numbers."""
        return bool(self.attribute) and not self.bands[0].value


def _site(grade: str, colour: str, words: str) -> Band:
    symbol = Symbol(colour, 0.3, outline=WHITE, opacity=0.85, dot=True)
    return Band(f"Grade {grade}: {words}", symbol, value=grade)


def _plant(fuel: str, colour: str) -> Band:
    return Band(fuel.capitalize(), Symbol(colour, 1.8, "circle"), value=fuel)


def _volts(low: float, high: float, colour: str, width_mm: float, words: str) -> Band:
    return Band(words, Symbol(colour, width_mm), low=low, high=high)


def _station(low: float, high: float, size_mm: float, words: str) -> Band:
    return Band(words, Symbol(WHITE, size_mm, "square", "#37333d"), low=low, high=high)


STYLES: Final = {
    "sites": Style(
        "Sites, by grade",
        "Answer",
        "fill",
        (
            _site("A", "#123a73", "firm and redundant"),
            _site("B", "#5d7290", "normal operation"),
            _site("C", "#a89f77", "a first phase is firm"),
            _site("D", "#e3d58f", "less"),
        ),
        "grade",
        label="name",
        label_bold=True,
    ),
    "campuses": Style(
        "Existing campuses",
        "Answer",
        "marker",
        (Band("Energised connection", Symbol(WHITE, 5.0, "diamond", INK)),),
        label="name",
        label_from=500_000,
    ),
    "feeds": Style(
        "Tie-lines of the sites",
        "Answer",
        "line",
        (Band("To the point of connection", Symbol(INK, 0.4, dash="1.2;0.8")),),
    ),
    "supply_paths": Style(
        "Paths to strong sources",
        "Answer",
        "line",
        (
            Band("First path", Symbol("#00745c", 1.0), value="1"),
            Band("Second path", Symbol("#d1451b", 0.7, dash="2;1"), value="2"),
        ),
        "path",
        shown=False,
    ),
    "substations": Style(
        "Substations, by highest voltage",
        "Grid",
        "marker",
        (
            _station(0, 100, 1.2, "below 100 kV"),
            _station(100, 220, 1.6, "100 – 219 kV"),
            _station(220, 380, 2.0, "220 – 379 kV"),
            _station(380, 1200, 2.4, "380 kV and above"),
        ),
        "top_kv",
        label="name",
        label_pt=7.0,
        label_colour=MUTED,
        label_from=1_000_000,
    ),
    "lines": Style(
        "Lines, by voltage",
        "Grid",
        "line",
        (
            _volts(0, 100, "#c9b6cb", 0.3, "below 100 kV"),
            _volts(100, 220, "#b58fb7", 0.4, "100 – 219 kV"),
            _volts(220, 380, "#96589a", 0.6, "220 – 379 kV"),
            _volts(380, 1200, "#6b2c6f", 0.8, "380 kV and above"),
        ),
        "voltage_kv",
    ),
    "plants": Style(
        "Power plants, by fuel",
        "Energy",
        "marker",
        (
            _plant("hydro", "#3e78c4"),
            _plant("wind", "#20a5bc"),
            _plant("gas", "#d06a10"),
            _plant("solar", "#e6b422"),
            _plant("nuclear", "#6a2e94"),
            _plant("coal", "#1a242c"),
            _plant("oil", "#4a2210"),
            _plant("biomass", "#2f6f55"),
            _plant("geothermal", "#c02430"),
            Band("other", Symbol("#93918e", 1.8)),
        ),
        "fuel",
        label="name",
        label_pt=7.0,
        label_colour=MUTED,
        label_from=750_000,
    ),
    "gas_fields": Style(
        "Gas fields and landing points",
        "Energy",
        "marker",
        (
            Band(
                "Landing point, or gas on land", Symbol("#d06a10", 2.4, "triangle"), value="false"
            ),
            Band("Field, offshore", Symbol("#e8c3a0", 2.4, "triangle", "#d06a10"), value="true"),
        ),
        "offshore",
        label="name",
        label_pt=7.0,
        label_colour=MUTED,
        label_from=1_000_000,
    ),
    "regions": Style(
        "Regions",
        "Land",
        "fill",
        (Band("Region", Symbol("#fcfcfa", 0.26, outline="#c6cdd5")),),
        label="region",
        label_pt=7.0,
        label_colour=MUTED,
    ),
}
"""Layer name to its look, from the top of the map to the bottom."""
TABLES: Final = {
    "headroom": "Headroom of every bus",
    "congestion": "Over the limit before anything is added",
    "limits": "What limits, and would next",
    "upgrades": "What upgrades would free",
    "tasks": "Tasks until power flows",
    "sources": "Sources and licences",
    "dictionary": "Data dictionary",
}
"""Tables without a geometry, with their names for people."""
TABLE_GROUP: Final = "Tables"
GROUPS: Final = ("Answer", "Grid", "Energy", "Land", TABLE_GROUP)
"""Groups of the project, from top to bottom."""


def title(layer: str) -> str:
    """Return the name of a layer for people."""
    return STYLES[layer].title if layer in STYLES else TABLES.get(layer, layer)
