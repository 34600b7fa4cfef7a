"""Lines and substations as drawn: what a drawing promises, and what was inferred from one.

A drawing says where things are and not how they are joined; `geo.topology` finds that out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Final

from geo.columns import Column
from geo.errors import Fault
from geo.kinds import KINDS, Layer, Lines, Substations
from geo.units import MAX_VOLTAGE_KV, parse_voltages_kv

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from geo.kinds import Shape


def _optional(columns: tuple[Column, ...], *names: str) -> tuple[Column, ...]:
    return tuple(
        replace(column, required=False, nullable=True) if column.name in names else column
        for column in columns
    )


@dataclass(frozen=True, eq=False)
class DrawnSubstations(Substations):
    """Substations as points or outlines; one of unknown voltage takes that of its lines."""

    shape: ClassVar[Shape | None] = "Point or Polygon"
    columns: ClassVar[tuple[Column, ...]] = (
        *_optional(Substations.columns, "name", "voltages_kv"),
        Column(
            "junction",
            "flag",
            "true where lines only meet or end in the open, and no substation is",
            required=False,
            nullable=True,
        ),
    )

    def further_faults(self, frame: gpd.GeoDataFrame, file: str) -> list[Fault]:
        """Find voltages that cannot be read, where there are any."""
        return super().further_faults(frame[frame["voltages_kv"] != ""], file)


@dataclass(frozen=True, eq=False)
class DrawnLines(Lines):
    """Lines as drawn; an end that names its substation is believed, the others are found."""

    columns: ClassVar[tuple[Column, ...]] = (
        *_optional(Lines.columns, "from_substation", "to_substation", "voltage_kv"),
        Column(
            "voltages_kv",
            "text",
            "voltages of a way that carries several, as 380;220; circuits are all of them",
            required=False,
            nullable=True,
        ),
    )

    def further_faults(self, frame: gpd.GeoDataFrame, file: str) -> list[Fault]:
        """Find voltages that cannot be read, or that contradict each other."""
        return [
            Fault(
                f"{file} row {row} column voltages_kv",
                f"{problem}: '{frame.loc[row, 'voltages_kv']}'",
                remedy,
            )
            for row in frame.index[frame["voltages_kv"] != ""]
            for problem, remedy in _voltage_problem(frame.loc[row])
        ]


def _voltage_problem(row: pd.Series) -> list[tuple[str, str]]:
    try:
        listed = parse_voltages_kv(row["voltages_kv"])
    except ValueError:
        remedy = f"write kilovolts above 0 and up to {MAX_VOLTAGE_KV:g}, separated by semicolons"
        return [("unknown voltage", remedy)]
    if row["voltage_kv"] > 0 and row["voltage_kv"] not in listed:
        return [(f"voltage_kv {row['voltage_kv']:g} is not among them", "correct one of the two")]
    return []


DRAWN_KINDS: Final[dict[str, type[Layer]]] = {
    **KINDS,
    "substations": DrawnSubstations,
    "lines": DrawnLines,
}
"""Kind name to class, for a place whose lines come as drawn."""


@dataclass(frozen=True)
class Inferred:
    """What was inferred to make a network of a drawing, and what was left over."""

    joints: Mapping[str, int] = field(default_factory=dict)
    """Name of an inference, as in `geo.tolerances.INFERENCES`, to how often it was made."""
    merged: Mapping[str, str] = field(default_factory=dict)
    """Id of a substation that is one with another to the id of that."""
    unmet: tuple[str, ...] = ()
    """Substations that no line reaches."""
    loops: int = 0
    """Pieces that begin and end at one place, left out."""
    loops_km: float = 0.0
    """Length of them together."""
    points: int = 0
    """Rows of lines without length, left out."""
    unknown_voltage: tuple[str, ...] = ()
    """Lines whose voltage nothing tells, left out."""
    renamed: int = 0
    """Lines whose voltage was written as another name of its level."""
    continued: int = 0
    """Joints where one line only continues another, made one line."""

    def sentence(self) -> str:
        """Say in one sentence how the network was joined."""
        count = {name: self.joints.get(name, 0) for name in _WORDS}
        parts = [f"{number:,} {_WORDS[name]}" for name, number in count.items() if number]
        rest = {
            f"{len(self.merged):,} substations merged with a neighbour": self.merged,
            f"{len(self.unmet):,} substations that no line reaches": self.unmet,
            f"{len(self.unknown_voltage):,} lines of unknown voltage left out": (
                self.unknown_voltage
            ),
            f"{self.loops:,} loops left out": self.loops,
        }
        parts += [words for words, holds in rest.items() if holds]
        return (
            "How lines and substations are joined is inferred from the drawing, each joint with "
            f"its confidence: {', '.join(parts)}."
        )


_WORDS: Final = {
    "inside": "line ends at a substation",
    "near": "ends near one",
    "far": "ends farther from one",
    "unlisted": "ends at a substation that does not list the voltage",
    "unknown": "ends at a substation of unknown voltage",
    "split": "lines split at a substation they pass",
    "beside": "substations joined to a line that passes beside",
    "meeting": "ends that meet without a substation",
    "tap": "taps",
    "repair": "repairs",
    "open": "open ends",
}


def real_substations(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows that are substations, without the junctions that tracing added."""
    return frame[~frame["junction"]] if "junction" in frame.columns else frame
