"""Lines and substations as drawn: what a drawing promises, and what was inferred from one.

A drawing says where things are and not how they are joined; `geo.topology` finds that out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Final

import shapely

from geo.columns import Column
from geo.errors import Fault
from geo.kinds import KINDS, Lines, Substations
from geo.units import MAX_VOLTAGE_KV, parse_voltages_kv

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from geo.layer import Layer, Shape


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
        """Find voltages that contradict each other, and names of ends that cannot be told."""
        named = (frame["from_substation"] != "") | (frame["to_substation"] != "")
        broken = named & (shapely.get_num_geometries(shapely.line_merge(frame.geometry)) > 1)
        return [
            Fault(
                f"{file} row {row}",
                "names a substation, but is drawn in several pieces",
                "draw it in one piece, or leave its ends to be found",
            )
            for row in frame.index[broken]
        ] + [
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
        counts = {
            "line ends at a substation": self._count("named", "inside", "near"),
            "at one presumed to be theirs": self._count("far", "unlisted", "unknown", "repair"),
            "at other lines": self._count("meeting", "tap"),
            "open": self._count("open"),
            "splits at substations passed": self._count("split", "beside"),
            "substations merged into a neighbour": len(self.merged),
            "met by no line": len(self.unmet),
            "lines of unknown voltage left out": len(self.unknown_voltage),
        }
        told = ", ".join(f"{words} {count:,}" for words, count in counts.items() if count)
        return (
            "How the lines are joined is inferred from the drawing, each joint with its confidence "
            f"({told})."
        )

    def _count(self, *names: str) -> int:
        return sum(self.joints.get(name, 0) for name in names)


def real_substations(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows that are substations, without the junctions that tracing added."""
    return frame[~frame["junction"]] if "junction" in frame.columns else frame
