"""What an importer is asked, and what it gives: frames by kind, and what it left out or assumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

DEGREES: Final = "EPSG:4326"
IMPUTED: Final = "imputed"
"""Column that says by which rule a value was set that the data do not have."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a source."""

    kinds: tuple[str, ...]
    """Layer kinds wanted of it."""
    min_kv: float = 0.0
    """Stations and lines below are left out; those of unknown voltage stay."""
    country: str = ""
    """ISO 3166-1 alpha-3 code of the place."""


@dataclass(frozen=True, eq=False)
class Imported:
    """What a source gave."""

    frames: Mapping[str, gpd.GeoDataFrame | pd.DataFrame] = field(default_factory=dict)
    """Kind to rows in the columns that it promises, in degrees; index is the row of the source."""
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Kind to sentences on what was left out."""
    faults: tuple[Fault, ...] = ()
    """What is wrong with the source."""


Reader = Callable[[], "tuple[gpd.GeoDataFrame | pd.DataFrame, tuple[str, ...]]"]


def each(kinds: Iterable[str], readers: Mapping[str, Reader]) -> Imported:
    """Read every kind that is asked for, each by its own function."""
    found = {kind: readers[kind]() for kind in kinds}
    return Imported(
        {kind: frame for kind, (frame, _) in found.items()},
        {kind: notes for kind, (_, notes) in found.items()},
    )


def column_faults(table: pd.DataFrame, needed: Iterable[str], file: str, what: str) -> list[Fault]:
    """Find the columns that a table of some publisher has and this one has not."""
    return [
        Fault(file, f"column '{name}' is missing", f"is it the {what} table?")
        for name in needed
        if len(table.columns) and name not in table.columns
    ]


@dataclass(frozen=True)
class Importer:
    """A source format by name."""

    read: Callable[[Path, str, Asked], Imported]
    """Takes path, its name for messages, and what is asked."""
    gives: tuple[str, ...]
    """Layer kinds that it can give."""
    suffixes: tuple[str, ...]
    """What its files are called; '' is a folder."""
    draws_lines: bool = False
    """Whether its lines do not name their ends."""


def placed(
    columns: Mapping[str, object],
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    index: Iterable[object] | None = None,
) -> gpd.GeoDataFrame:
    """Build rows at points in degrees."""
    points = shapely.points(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    frame = pd.DataFrame(dict(columns), index=None if index is None else pd.Index(list(index)))
    return gpd.GeoDataFrame(frame, geometry=points, crs=DEGREES)


def numbers(cells: pd.Series) -> npt.NDArray[np.float64]:
    """Read cells as numbers, what is none as unknown; thousands may be set off by commas."""
    text = cells.astype(object).where(cells.notna(), "").map(str)
    plain = text.str.replace(",", "", regex=False).str.strip()
    return pd.to_numeric(plain, errors="coerce").to_numpy(dtype=float)


def without(*left_out: tuple[int, str]) -> tuple[str, ...]:
    """Say what was left out, where anything was.

    Parameters
    ----------
    left_out
        How many, and words for what: ``(3, "rows without a position")``.
    """
    told = [f"{count:,} {words}" for count, words in left_out if count]
    return (f"Left out: {', '.join(told)}.",) if told else ()


def rules_of(rules: Sequence[str]) -> tuple[str, ...]:
    """Count by which rules values were set, in one sentence."""
    each = pd.Series([rule for text in rules for rule in text.split("; ") if rule], dtype=object)
    if each.empty:
        return ()
    told = [f"{rule} ({count:,})" for rule, count in sorted(each.value_counts().items())]
    return (f"Set by rule: {'; '.join(told)}.",)
