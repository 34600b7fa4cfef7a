"""How near is near in a drawing of lines, and how sure each way of joining them is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite
from typing import TYPE_CHECKING, Final

from geo.assumption import ASSUMED, assume
from geo.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOUCH_M: Final = 1.0
"""Ends this near are drawn to one point; it absorbs rounding, not errors of the drawing."""
UNSTATED_CONFIDENCE: Final = 0.8
"""Of a row whose data give none."""
MAX_M: Final = 100_000.0
MAX_SHARE: Final = 0.25
PASSES: Final = ("snap_m", "snap_again_m", "split_m", "tap_m", "repair_m")


@dataclass(frozen=True)
class Tolerances:
    """The ``[topology]`` table of a place whose lines come as drawn."""

    merge_m: float = assume(500.0, "m", "stations so near are one")
    snap_m: float = assume(
        150.0, "m", "a line that ends so near a station of its voltage ends there"
    )
    snap_again_m: float = assume(
        500.0, "m", "… or so near, at lower confidence, if nothing nearer takes the end"
    )
    snap_cap_m: float = assume(
        500.0, "m", "stated accuracy of the drawing: nothing is joined over more than this"
    )
    split_m: float = assume(
        25.0, "m", "a line that passes so near a station of its voltage is split there"
    )
    tap_m: float = assume(50.0, "m", "a line that ends so near another of its voltage taps it")
    repair_m: float = assume(
        0.0, "m", "repair, 0 is off: what is still unjoined joins a station or line so near"
    )
    same_level_share: float = assume(
        0.06, "1", "voltages that differ by no more are names of one level, as 380 and 400 kV"
    )


TOLERANCES: Final = Tolerances()


@dataclass(frozen=True)
class Inference:
    """One way in which a connection is inferred."""

    name: str
    """Short name, in the columns ``from_join`` and ``to_join`` of traced lines."""
    confidence: float
    """Factor on the confidence of the line, for each end that is joined so."""
    meaning: str
    """When it applies."""
    source: str = ASSUMED
    """Where the number was read."""


INFERENCES: Final = (
    Inference("named", 1.0, "the data name the station"),
    Inference("tapped", 1.0, "the line goes on, another joins it"),
    Inference("inside", 0.95, "ends within a station of its voltage or split_m of it"),
    Inference("meeting", 0.9, "lines of one voltage are drawn to one point without a station"),
    Inference("split", 0.9, "passes within split_m of a station of its voltage"),
    Inference("near", 0.85, "ends within snap_m of a station of its voltage"),
    Inference("unlisted", 0.6, "ends within a station that does not list its voltage"),
    Inference("unknown", 0.6, "ends within snap_m of a station of unknown voltage"),
    Inference("tap", 0.6, "ends within tap_m of another line of its voltage"),
    Inference("far", 0.5, "ends within snap_again_m of a station of its voltage"),
    Inference("beside", 0.5, "passes within snap_m of a station that no line reaches"),
    Inference("open", 0.5, "nothing is near the end: where the line leads is not known"),
    Inference("repair", 0.2, "joined only by the repair"),
    Inference("voltage", 0.7, "voltage unknown, taken from the line that it touches"),
    Inference("circuits", 0.8, "circuits do not divide evenly over the voltages of the way"),
)
CONFIDENCE: Final = {row.name: row.confidence for row in INFERENCES}


def tolerance_faults(given: Mapping[str, float], where: str) -> Iterator[Fault]:
    """Find values out of range, and reaches beyond the stated accuracy of the drawing.

    Parameters
    ----------
    given
        Known names to numbers, as far as the place sets them.
    where
        Where they stand, for messages.
    """
    for name, value in given.items():
        high, unit = (MAX_M, " metres") if name.endswith("_m") else (MAX_SHARE, "")
        if not (isfinite(value) and 0 <= value <= high):
            yield Fault(
                f"{where} option {name}",
                f"{value:g} is not a number from 0 to {high:g}",
                f"write a value in that range{f', in{unit}' if unit else ''}",
            )
    cap_m = given.get("snap_cap_m", TOLERANCES.snap_cap_m)
    for name in PASSES:
        if given.get(name, 0.0) > cap_m:
            yield Fault(
                f"{where} option {name}",
                f"{given[name]:g} is beyond snap_cap_m ({cap_m:g})",
                "set snap_cap_m to the stated accuracy of the drawing, or lower it",
            )


def tolerance_rows() -> list[dict[str, str]]:
    """List every tolerance and confidence as rows of name, value, unit, meaning and source."""
    scalars = [
        {"name": f"topology.{item.name}", "value": f"{getattr(TOLERANCES, item.name):g}"}
        | {key: item.metadata[key] for key in ("unit", "meaning", "source")}
        for item in fields(Tolerances)
    ]
    joints = [
        {
            "name": f"confidence: {row.name}",
            "value": f"{row.confidence:g}",
            "unit": "1",
            "meaning": row.meaning,
            "source": row.source,
        }
        for row in INFERENCES
    ]
    return [*scalars, *joints]
