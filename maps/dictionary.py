"""The data dictionary: what every column of every delivered layer says, from one table.

The table is ``dictionary.csv`` beside this module. A row without a layer holds for every layer that
has no row of its own. Columns that only the user's files have are described by their names.
"""

from __future__ import annotations

import csv
import re
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.units import unit_of
from maps.labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ALIAS_LENGTH: Final = 10
"""Longest name that a Shapefile keeps."""
OWN: Final = "as the file of the place has it"
COLUMNS: Final = ("layer", "column", "title", "unit", "meaning", "source", "alias")


@dataclass(frozen=True)
class Entry:
    """What a column says."""

    layer: str
    """Layer that it is in."""
    column: str
    """Its name in every format but Shapefile."""
    title: str
    """Its name for people."""
    unit: str
    """Unit of the values; '' for text and plain numbers."""
    meaning: str
    """One sentence."""
    source: str
    """Where the values come from: ``computed: …`` or ``input: …``."""
    alias: str
    """Name of at most ten characters."""

    @property
    def heading(self) -> str:
        """Title with unit, for people."""
        return f"{self.title}, {self.unit}" if self.unit else self.title

    @property
    def comment(self) -> str:
        """Meaning with unit, for a database."""
        return f"{self.meaning} ({self.unit})" if self.unit else self.meaning


def dictionary(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Describe every column of every table.

    Parameters
    ----------
    tables
        Layer name to rows.

    Returns
    -------
    DataFrame
        layer, column, title, unit, meaning, source, alias; a row for each column of each layer.
    """
    rows = [asdict(entry) for layer, frame in tables.items() for entry in entries(layer, frame)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def entries(layer: str, frame: pd.DataFrame) -> list[Entry]:
    """Describe the columns of one layer, in their order and without the geometry."""
    names = [str(name) for name in frame.columns if name != "geometry"]
    short = aliases(names)
    return [_entry(layer, name, short[name]) for name in names]


def is_listed(layer: str, column: str) -> bool:
    """Say whether the table has a row for a column of a layer."""
    return bool({(layer, column), ("", column)} & set(listed()))


def aliases(names: Iterable[str]) -> dict[str, str]:
    """Return a name of at most ten characters for each column, no two alike in one layer."""
    known = {column: row["alias"] for (_, column), row in listed().items()}
    out = {name: known[name] for name in names if name in known}
    taken = {alias.lower() for alias in known.values()}
    for name in names:
        if name not in out:
            out[name] = _short(name, taken)
            taken.add(out[name])
    return out


@cache
def listed() -> dict[tuple[str, str], dict[str, str]]:
    """Return the rows of the table by layer ('' for any) and column."""
    text = files("maps").joinpath("dictionary.csv").read_text(encoding="utf-8")
    return {(row["layer"], row["column"]): row for row in csv.DictReader(text.splitlines())}


def _entry(layer: str, column: str, alias: str) -> Entry:
    rows = listed()
    row = rows.get((layer, column)) or rows.get(("", column)) or {}
    known = LABELS.get(column)
    title = row.get("title") or (known.title if known and row else "")
    return Entry(
        layer,
        column,
        title or column.replace("_", " ").capitalize(),
        row.get("unit") or unit_of(column),
        row.get("meaning") or OWN,
        row.get("source") or f"input: {layer}",
        alias,
    )


def _short(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[^a-z0-9_]", "", name.lower()).lstrip("_0123456789") or "column"
    tries = [plain[:ALIAS_LENGTH], *(f"{plain[:7]}_{number}" for number in range(1, 100))]
    return next(one for one in tries if one not in taken)
