"""A layer: rows of one kind, checked when they are built, and the source that they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from geo.checks import geometry_faults
from geo.columns import Column, conform, remarks_on, unique
from geo.errors import Fault, LayerError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

Shape = Literal["Point", "LineString", "Polygon", "Point or Polygon", "Any"]


@dataclass(frozen=True)
class Source:
    """Where a layer comes from, carried to every output."""

    title: str
    """Name of the data set and its publisher."""
    url: str = ""
    """Where it is published."""
    licence: str = "unknown"
    """Licence name, SPDX where there is one."""
    vintage: str = "unknown"
    """Date or year of the data."""
    attribution: str = ""
    """Words that the licence asks to show."""
    note: str = ""
    """What a reader has to know before relying on it."""
    file: str = ""
    """File name within the place."""
    sha256: str = ""
    """Hash of the file as read."""


@dataclass(frozen=True, eq=False)
class Layer:
    """Rows of one kind with their source; subclasses say what the rows promise."""

    frame: gpd.GeoDataFrame | pd.DataFrame
    """The rows, indexed by their row number in the file."""
    source: Source
    """Where they come from."""
    may_be_empty: bool = False
    """Whether no rows is a statement (there is none) and not a mistake."""
    remarks: tuple[str, ...] = ()
    """What was mended or passed over in reading, counted."""

    kind: ClassVar[str] = ""
    columns: ClassVar[tuple[Column, ...]] = ()
    key: ClassVar[str] = ""
    shape: ClassVar[Shape | None] = None

    def __post_init__(self) -> None:
        """Convert and check the frame.

        Raises
        ------
        LayerError
            With every fault found, each naming file, row and remedy.
        """
        file = self.source.file or self.kind
        frame, faults = conform(self.frame, self.columns, file)
        if frame.empty and not self.may_be_empty:
            faults.append(
                Fault(
                    file, f"layer '{self.kind}' has no rows", "add rows, or set may_be_empty = true"
                )
            )
        if self.key:
            faults += unique(frame, self.key, file)
        if self.shape:
            faults += geometry_faults(frame, self.shape, file)
        if not faults:
            faults += self.further_faults(frame, file)
        if faults:
            raise LayerError.of(faults)
        told = (*self.remarks, *remarks_on(self.frame, self.columns, file))
        object.__setattr__(
            self, "remarks", tuple(dict.fromkeys((*told, *self.further_remarks(frame, file))))
        )
        object.__setattr__(self, "frame", frame)

    def further_faults(self, _frame: gpd.GeoDataFrame, _file: str) -> list[Fault]:
        """Find what only this kind can be wrong about."""
        return []

    def further_remarks(self, _frame: gpd.GeoDataFrame, _file: str) -> list[str]:
        """Tell what is read in another way than its owner may think."""
        return []

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.frame)
