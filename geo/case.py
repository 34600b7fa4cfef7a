"""An operator's case: buses, branches and plants as tables, with ratings and demand that are known.

The layout is that of the US test grid; other columns are ignored. What the case leaves open is
settled once, so that independent programs agree: see `geo.case_study`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from geo.columns import Column
from geo.errors import Fault, LayerError
from geo.kinds import Layer

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERCONNECT = Column("interconnect", "text", "synchronous area", required=False, nullable=True)
COLUMNS = (
    "bus_id",
    "normal_mw",
    "firm_mw",
    "limiting_branch",
    "limiting_outage",
    "factor",
    "loading_before",
    "loading_after",
)


@dataclass(frozen=True, eq=False)
class CaseBuses(Layer):
    """Buses with their demand."""

    kind: ClassVar[str] = "bus"
    key: ClassVar[str] = "bus_id"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("bus_id", "text", "unique id"),
        Column("Pd", "number", "demand in MW", -1e5, 1e5),
        Column("baseKV", "number", "nominal voltage in kV", 0, 2000),
        INTERCONNECT,
    )


@dataclass(frozen=True, eq=False)
class CaseBranches(Layer):
    """Lines and transformers."""

    kind: ClassVar[str] = "branch"
    key: ClassVar[str] = "branch_id"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("branch_id", "text", "unique id"),
        Column("from_bus_id", "text", "id of the bus where it begins"),
        Column("to_bus_id", "text", "id of the bus where it ends"),
        Column("x", "number", "reactance in p.u. on 100 MVA; negative for a series capacitor"),
        Column("rateA", "number", "normal rating in MVA; 0 means unlimited", 0),
        Column(
            "rateC",
            "number",
            "emergency rating in MVA; 0 means rateA",
            0,
            required=False,
            nullable=True,
        ),
        Column("ratio", "number", "tap ratio; 0 means 1", 0, required=False, nullable=True),
        Column("status", "number", "1 in service, 0 out", 0, 1, required=False, nullable=True),
        INTERCONNECT,
    )


@dataclass(frozen=True, eq=False)
class CasePlants(Layer):
    """Generators."""

    kind: ClassVar[str] = "plant"
    key: ClassVar[str] = "plant_id"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("plant_id", "text", "unique id"),
        Column("bus_id", "text", "id of its bus"),
        Column("Pmax", "number", "capacity in MW", 0, 1e5),
        Column("status", "number", "1 in service, 0 out", 0, 1, required=False, nullable=True),
        Column("type", "text", "fuel", required=False, nullable=True),
        INTERCONNECT,
    )


CASE_KINDS: dict[str, type[Layer]] = {
    kind.kind: kind for kind in (CaseBuses, CaseBranches, CasePlants)
}
"""Table name, which is also its file's, to kind."""


@dataclass(frozen=True, eq=False)
class Case:
    """The three tables of a case, checked against each other."""

    buses: CaseBuses
    """Buses."""
    branches: CaseBranches
    """Lines and transformers."""
    plants: CasePlants
    """Generators."""

    def __post_init__(self) -> None:
        """Check that every end and every plant has its bus.

        Raises
        ------
        LayerError
            With every fault found.
        """
        faults = list(self._faults())
        if faults:
            raise LayerError.of(faults)

    def _faults(self) -> Iterator[Fault]:
        known = self.buses.frame["bus_id"]
        ends = (
            (self.branches, "from_bus_id"),
            (self.branches, "to_bus_id"),
            (self.plants, "bus_id"),
        )
        for layer, column in ends:
            frame = layer.frame
            for row in frame.index[~frame[column].isin(known)]:
                yield Fault(
                    f"{layer.source.file} row {row} column {column}",
                    f"no bus has the id '{frame.loc[row, column]}'",
                    "correct the id, or add the bus",
                )
        branches = self.branches.frame
        for row in branches.index[branches["x"] == 0]:
            yield Fault(
                f"{self.branches.source.file} row {row} column x", "is 0", "give a reactance"
            )
