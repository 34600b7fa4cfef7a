"""Text on its way out: harmless to terminals and spreadsheets, numbers made readable."""

from __future__ import annotations

import math
import re
from typing import Final

UNKNOWN: Final = "–"

_ESCAPES: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # control sequences: colours, cursor, erasing
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)"  # strings for the terminal: titles, links
    r"|\x1b[ -/]*[0-~]"  # short escapes
    r"|\x9b[0-?]*[ -/]*[@-~]",  # control sequences in one byte
    re.DOTALL,
)
_BREAKS: Final = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
# Controls, what XML cannot hold, and the marks that turn the direction of the text around them.
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_FORMULA: Final = ("=", "+", "-", "@")


def plain(text: object) -> str:
    """Return the text on one line, without terminal escapes and control characters."""
    return _CONTROLS.sub("", _BREAKS.sub(" ", _ESCAPES.sub("", str(text))))


def markdown(text: object) -> str:
    """Return the text as Markdown that shows it as it is: no markup, no link, no code."""
    return re.sub(r"([\\`*<&\[\]])", r"\\\1", plain(text))


def cell(text: object) -> str:
    """Return the text as a spreadsheet cell that no program takes for a formula."""
    clean = plain(text)
    return f"'{clean}" if clean.lstrip().startswith(_FORMULA) else clean


def is_unknown(value: object) -> bool:
    """Say whether a value stands for unknown."""
    return value is None or value == "" or (isinstance(value, float) and not math.isfinite(value))


def number(value: float | None, decimals: int = 0, *, unknown: str = UNKNOWN) -> str:
    """Write a number with thousands separators, or say that it is unknown."""
    if value is None or not math.isfinite(value):
        return unknown
    rounded = round(float(value), decimals)
    return f"{rounded + 0.0:,.{decimals}f}"


def quantity(value: float | None, unit: str, decimals: int = 0) -> str:
    """Write a number with its unit, or ``unknown``."""
    if value is None or not math.isfinite(value):
        return "unknown"
    return f"{number(value, decimals)} {unit}".strip()


def bar(share: float, width: int) -> str:
    """Draw a share of one as a bar of blocks."""
    filled = min(max(share, 0.0), 1.0) * width
    return "█" * int(filled) + ("▌" if filled % 1 >= HALF else "")


HALF: Final = 0.5
