"""What a column promises, and how a frame is held to it.

Every function returns faults instead of raising, so that a layer can report all of them at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from geo.errors import Fault
from geo.units import clean, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable

Dtype = Literal["text", "number", "integer", "flag"]
TRUE_WORDS = frozenset({"true", "1", "1.0", "yes"})
FALSE_WORDS = frozenset({"false", "0", "0.0", "no", ""})
"""A flag with an unknown among its rows is read from a vector file as 1.0 or 0.0."""
LIKENESS: Final = 0.8


@dataclass(frozen=True)
class Column:
    """One promise: a name, what it holds, and what range its values keep."""

    name: str
    """Column name; its suffix is its unit."""
    dtype: Dtype
    """What the values are."""
    meaning: str
    """One line for the data dictionary."""
    low: float = -np.inf
    """Smallest value allowed."""
    high: float = np.inf
    """Largest value allowed."""
    required: bool = True
    """Whether the column has to be there; an absent optional column is filled with NaN."""
    nullable: bool = False
    """Whether a cell may be empty, which means unknown."""

    def empty(self, rows: int) -> pd.Series:
        """Return a column of unknown values for a file that does not have this column."""
        if self.dtype == "text":
            return pd.Series([""] * rows, dtype=object)
        if self.dtype == "flag":
            return pd.Series([False] * rows, dtype=bool)
        return pd.Series([np.nan] * rows, dtype=float)


def conform(
    frame: pd.DataFrame, columns: Iterable[Column], file: str
) -> tuple[pd.DataFrame, list[Fault]]:
    """Convert each promised column to its type and find every breach.

    Parameters
    ----------
    frame
        Rows as read; the index is the row number in the file.
    columns
        The promises.
    file
        Name for messages.

    Returns
    -------
    frame, faults
        A new frame with every promised column in its type (extra columns kept), and what is wrong.
    """
    out = frame.copy()
    columns = tuple(columns)
    faults = _name_faults(frame, columns, file)
    for column in columns:
        if column.name not in frame.columns:
            out[column.name] = column.empty(len(frame)).to_numpy()
            if column.required:
                faults.append(
                    Fault(
                        file,
                        f"column '{column.name}' is missing ({column.meaning}); "
                        f"found {', '.join(map(str, frame.columns[:12]))}",
                        "add it, or map it under [layers.<kind>.columns] in place.toml",
                    )
                )
            continue
        values, found = _convert(frame[column.name], column, file)
        out[column.name] = values
        faults.extend(found)
    return out, faults


def remarks_on(frame: pd.DataFrame, columns: Iterable[Column], file: str) -> list[str]:
    """Tell what `conform` mends in silence, counted, and which columns are probably misspelt."""
    columns = tuple(columns)
    texts = [column.name for column in columns if column.dtype == "text"]
    cells = sum(_mended(frame[name]) for name in texts if name in frame.columns)
    promised = [column.name for column in columns]
    absent = [name for name in promised if name not in frame.columns]
    others = [str(name) for name in frame.columns if name not in promised]
    found = [(name, get_close_matches(name, others, 1, LIKENESS)) for name in absent]
    told = [
        f"{file}: column '{near[0]}' is not read, and {name} is taken as unknown; rename it if "
        "that is what it holds."
        for name, near in found
        if near
    ]
    if cells:
        told.append(
            f"{file}: {cells} cells lost characters that no one sees, or had letters put together "
            "that came in two parts."
        )
    return told


def _mended(values: pd.Series) -> int:
    """Count the texts that `clean` changes by more than blanks around them."""
    texts = [value for value in values if isinstance(value, str)]
    return sum(clean(text) != text.replace("\u00a0", " ").strip() for text in texts)


def _name_faults(frame: pd.DataFrame, columns: tuple[Column, ...], file: str) -> list[Fault]:
    """Find columns that are promised ones but for capitals; they would be passed over."""
    promised = {column.name for column in columns}
    alike = {
        name: small
        for name in frame.columns
        if name not in promised and (small := str(name).strip().lower()) in promised
    }
    return [
        Fault(
            file,
            f"column '{name}' differs from '{small}' in capitals or blanks only",
            "rename it, map it under [layers.<kind>.columns] in place.toml, or remove it",
        )
        for name, small in alike.items()
        if small not in frame.columns or not frame[name].equals(frame[small])  # else it is mapped
    ]


def unique(frame: pd.DataFrame, key: str, file: str) -> list[Fault]:
    """Find rows whose key was used before."""
    if key not in frame.columns:
        return []
    again = frame.index[frame[key].duplicated()]
    return [
        Fault(
            _at(file, row, key),
            f"'{frame.loc[row, key]}' is used twice",
            "give each row its own id",
        )
        for row in again
    ]


def _convert(values: pd.Series, column: Column, file: str) -> tuple[pd.Series, list[Fault]]:
    if column.dtype == "text":
        text = values.astype(object).where(values.notna(), "").map(_as_text)
        empty = text == ""
        return text, [] if column.nullable else _empty_faults(empty, column, file)
    if column.dtype == "flag":
        return _to_flags(values, column, file)
    return _to_numbers(values, column, file)


def _as_text(value: object) -> str:
    """Write a cell as text; whole numbers lose the '.0' that an unknown beside them brings."""
    whole = isinstance(value, float) and value.is_integer()
    return f"{value:.0f}" if whole else clean(value)


def _to_flags(values: pd.Series, column: Column, file: str) -> tuple[pd.Series, list[Fault]]:
    words = (
        values.astype(object)
        .where(values.notna(), "")
        .map(lambda value: str(value).strip().lower())
    )
    known = words.isin(TRUE_WORDS | FALSE_WORDS)
    faults = [
        Fault(
            _at(file, row, column.name),
            f"'{values.loc[row]}' is neither true nor false",
            "write true or false",
        )
        for row in values.index[~known]
    ]
    return words.isin(TRUE_WORDS), faults


def _to_numbers(values: pd.Series, column: Column, file: str) -> tuple[pd.Series, list[Fault]]:
    if values.dtype.kind in "bMm":  # true, dates and spans of time would pass for numbers
        values = values.astype(object).where(values.isna(), values.map("{}".format))
    blank = values.isna() | (values.astype(object).map(lambda value: str(value).strip()) == "")
    numbers = pd.to_numeric(values.where(~blank), errors="coerce").astype(float)
    unit = unit_of(column.name)
    unread = (numbers.isna() & ~blank) | np.isinf(numbers)
    outside = (numbers < column.low) | (numbers > column.high)
    if column.dtype == "integer":
        unread |= numbers.notna() & (numbers % 1 != 0)
    faults = [] if column.nullable else _empty_faults(blank, column, file)
    faults += [
        Fault(
            _at(file, row, column.name),
            f"'{values.loc[row]}' is not a number",
            f"write {unit or 'it'} in digits",
        )
        for row in values.index[unread]
    ]
    faults += [
        Fault(
            _at(file, row, column.name),
            f"{numbers.loc[row]:g} is outside {column.low:g} to {column.high:g} {unit}".rstrip(),
            "correct the value or its unit",
        )
        for row in values.index[outside & ~unread]
    ]
    return numbers, faults


def _empty_faults(empty: pd.Series, column: Column, file: str) -> list[Fault]:
    return [
        Fault(_at(file, row, column.name), "is empty", f"write {column.meaning}")
        for row in empty.index[empty]
    ]


def _at(file: str, row: object, column: str) -> str:
    return f"{file} row {row} column {column}"
