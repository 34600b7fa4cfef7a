"""An operator's case: buses, branches and plants as tables, with ratings and demand that are known.

The layout is that of the US test grid, with a table of our own for what is lost together; other
columns are ignored. What the case leaves open is
settled once, so that independent programs agree: see `geo.case_study`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from geo.columns import Column
from geo.errors import Fault, LayerError
from geo.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

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
    )


@dataclass(frozen=True, eq=False)
class CaseOutages(Layer):
    """Branches that are lost together, one row for each branch of an outage."""

    kind: ClassVar[str] = "outage"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("outage_id", "text", "name of the outage; as many rows as it has branches"),
        Column("branch_id", "text", "id of a branch that it takes out"),
    )

    def further_faults(self, frame: pd.DataFrame, file: str) -> list[Fault]:
        """Find rows that say the same twice."""
        again = frame[frame.duplicated(["outage_id", "branch_id"])]
        return [
            Fault(
                f"{file} row {row} column branch_id",
                f"outage '{outage}' has the branch '{branch}' twice",
                "remove the row",
            )
            for row, outage, branch in zip(
                again.index, again["outage_id"], again["branch_id"], strict=True
            )
        ]


@dataclass(frozen=True, eq=False)
class CaseStations(Layer):
    """Substations with their position."""

    kind: ClassVar[str] = "sub"
    key: ClassVar[str] = "sub_id"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("sub_id", "text", "unique id"),
        Column("lat", "number", "latitude in degrees", -90, 90),
        Column("lon", "number", "longitude in degrees", -180, 180),
    )


@dataclass(frozen=True, eq=False)
class CaseBusStations(Layer):
    """The substation of each bus."""

    kind: ClassVar[str] = "bus2sub"
    key: ClassVar[str] = "bus_id"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("bus_id", "text", "id of a bus"),
        Column("sub_id", "text", "id of its substation"),
    )


CASE_KINDS: dict[str, type[Layer]] = {
    kind.kind: kind for kind in (CaseBuses, CaseBranches, CasePlants)
}
"""Name of a table that a case needs, which is also its file's, to kind."""
MORE_CASE_KINDS: dict[str, type[Layer]] = {
    kind.kind: kind for kind in (CaseOutages, CaseStations, CaseBusStations)
}
"""The same for tables that it may have."""


@dataclass(frozen=True, eq=False)
class Case:
    """The tables of a case, checked against each other."""

    buses: CaseBuses
    """Buses."""
    branches: CaseBranches
    """Lines and transformers."""
    plants: CasePlants
    """Generators."""
    outages: CaseOutages | None = None
    """What is lost together, beside every branch alone."""
    stations: CaseStations | None = None
    """Where substations are."""
    bus_stations: CaseBusStations | None = None
    """Which bus is in which."""

    def __post_init__(self) -> None:
        """Check that every id that one table takes from another is there.

        Raises
        ------
        LayerError
            With every fault found.
        """
        faults = list(self._faults())
        if faults:
            raise LayerError.of(faults)

    def _faults(self) -> Iterator[Fault]:
        yield from _unknown(self.branches, "from_bus_id", self.buses, "bus")
        yield from _unknown(self.branches, "to_bus_id", self.buses, "bus")
        yield from _unknown(self.plants, "bus_id", self.buses, "bus")
        yield from self._faults_of_reactances()
        if self.outages is not None:
            yield from _unknown(self.outages, "branch_id", self.branches, "branch")
            yield from self._faults_of_names(self.outages)
        if self.bus_stations is not None:
            yield from _unknown(self.bus_stations, "bus_id", self.buses, "bus")
            if self.stations is not None:
                yield from _unknown(self.bus_stations, "sub_id", self.stations, "substation")

    def _faults_of_reactances(self) -> Iterator[Fault]:
        branches = self.branches.frame
        for row in branches.index[branches["x"] == 0]:
            yield Fault(
                f"{self.branches.source.file} row {row} column x", "is 0", "give a reactance"
            )

    def _faults_of_names(self, outages: CaseOutages) -> Iterator[Fault]:
        """Find outages that are called like a branch: an answer would not say which it is."""
        taken = outages.frame["outage_id"].isin(self.branches.frame["branch_id"])
        for row in outages.frame.index[taken]:
            yield Fault(
                f"{outages.source.file} row {row} column outage_id",
                f"a branch has the id '{outages.frame.loc[row, 'outage_id']}' as well",
                "give the outage a name of its own",
            )


def _unknown(layer: Layer, column: str, among: Layer, what: str) -> Iterator[Fault]:
    """Find ids that the other table does not have."""
    frame = layer.frame
    for row in frame.index[~frame[column].isin(among.frame[among.key])]:
        yield Fault(
            f"{layer.source.file} row {row} column {column}",
            f"no {what} has the id '{frame.loc[row, column]}'",
            f"correct the id, or add the {what}",
        )
