"""Rows of the tables of assumptions: what each holds, and how a place changes one.

A row is named by a few of its fields; the others a place may change, with a source of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import isfinite
from typing import Any, ClassVar, TypeVar

from geo.errors import Fault
from geo.scenario import CHOICES, suggestion


@dataclass(frozen=True)
class Row:
    """One row of a table of assumptions."""

    named_by: ClassVar[tuple[str, ...]] = ()
    """Fields that say which row it is; a place cannot change them."""

    @property
    def key(self) -> str:
        """Name the row within its table, as in ``[standards.<table>."<key>"]``."""
        values = (getattr(self, name) for name in self.named_by)
        return "/".join(
            f"{value:g}" if isinstance(value, float) else str(value) for value in values
        )

    def problem(self) -> str:
        """Say what is wrong with the values together; '' if nothing is."""
        values = (getattr(self, name) for name in number_names(self))
        return "" if all(value >= 0 for value in values) else "a value is below 0"


@dataclass(frozen=True)
class LineType(Row):
    """One circuit of an overhead line."""

    named_by: ClassVar = ("voltage_kv", "frequency_hz")

    voltage_kv: float
    """Nominal voltage."""
    frequency_hz: int
    """System frequency."""
    x_ohm_per_km: float
    """Series reactance."""
    rating_mva: float
    """Thermal rating at the reference ambient temperature."""
    source: str
    """Where the values were read."""

    def problem(self) -> str:
        """Say what is wrong with the values together."""
        return "" if min(self.x_ohm_per_km, self.rating_mva) > 0 else "a value is not above 0"


@dataclass(frozen=True)
class TransformerType(Row):
    """A bank between two voltages of a station, where the data name none."""

    named_by: ClassVar = ("high_kv", "low_kv")

    high_kv: float
    """High-voltage side."""
    low_kv: float
    """Low-voltage side."""
    units: int
    """Transformers in the bank; the loss of one is an outage."""
    unit_mva: float
    """Rating of one."""
    source: str
    """Where the values were read."""

    def problem(self) -> str:
        """Say what is wrong with the values together."""
        if self.units < 1 or self.units % 1:
            return f"{self.units:g} units are not a whole number from 1"
        return "" if self.unit_mva > 0 else "unit_mva is not above 0"


@dataclass(frozen=True)
class LineCost(Row):
    """Cost of a new line and of its ends, by voltage."""

    named_by: ClassVar = ("voltage_kv",)

    voltage_kv: float
    """Nominal voltage."""
    line_usd_per_km: float
    """New single-circuit line on flat, open land."""
    substation_usd: float
    """New substation."""
    bay_usd: float
    """New bay in an existing substation."""
    source: str
    """Where the values were read."""
    usd_year: int = 2019
    """Year of the dollars."""


@dataclass(frozen=True)
class Duration(Row):
    """Months that a task takes, a triangle from shortest over most likely to longest."""

    named_by: ClassVar = ("task",)

    task: str
    """What has to be done."""
    min_months: float
    """Shortest."""
    mode_months: float
    """Most likely."""
    max_months: float
    """Longest."""
    source: str
    """Where the values were read."""

    def problem(self) -> str:
        """Say what is wrong with the values together."""
        if 0 <= self.min_months <= self.mode_months <= self.max_months:
            return ""
        low, mode, high = self.min_months, self.mode_months, self.max_months
        return f"shortest {low:g}, likely {mode:g}, longest {high:g} months are not in order"


@dataclass(frozen=True)
class BuildingClass(Row):
    """Class of building: what it costs new or as a conversion, and how it draws power."""

    named_by: ClassVar = ("name", "build")

    name: str
    """As in the presets."""
    build: str
    """Task that builds it, a row of the durations."""
    campus_usd_per_mw: float
    """New campus, without land and connection."""
    fit_out_usd_per_mw: float
    """Halls and electrical works of a campus that is converted to this class."""
    cooling_usd_per_mw: float
    """Cooling of a campus that is converted to this class."""
    load_factor: float
    """Mean computing power of the year over the power of the connection."""
    source: str
    """Where the values were read."""
    usd_year: int = 2025
    """Year of the dollars."""

    @property
    def key(self) -> str:
        """Name the row by the class alone."""
        return self.name

    def problem(self) -> str:
        """Say what is wrong with the values together."""
        if self.load_factor > 1:
            return f"load_factor {self.load_factor:g} is above 1"
        return super().problem()


@dataclass(frozen=True)
class Preset(Row):
    """Usual load, options under one name."""

    named_by: ClassVar = ("name",)

    name: str
    """As on the command line."""
    load_mw: float
    """Power that the campus draws."""
    ha_per_mw: float
    """Land that a megawatt needs."""
    redundancy: str
    """Redundancy that grade A asks for."""
    building: str
    """Class of building."""
    source: str
    """Where the values were read."""

    def problem(self) -> str:
        """Say what is wrong with the values together."""
        if self.redundancy not in CHOICES["redundancy"]:
            return f"redundancy '{self.redundancy}' is none of {', '.join(CHOICES['redundancy'])}"
        return "" if min(self.load_mw, self.ha_per_mw) > 0 else "a value is not above 0"


@dataclass(frozen=True)
class PriceIndex(Row):
    """Price level of a year, to bring dollars of one year to those of another."""

    named_by: ClassVar = ("year",)

    year: int
    """Year."""
    index: float
    """Mean price level of the year."""
    source: str
    """Where the value was read."""

    def problem(self) -> str:
        """Say what is wrong with the values together."""
        return "" if self.index > 0 else "index is not above 0"


@dataclass(frozen=True)
class GasPlant(Row):
    """Kind of power plant that a campus could have of its own."""

    named_by: ClassVar = ("name",)

    name: str
    """What it is; its months stand under this name among the durations."""
    heat_gj_per_mwh: float
    """Gas burnt for a megawatt-hour, net calorific value."""
    unit_mw: float
    """One engine or one block; the loss of one is an outage."""
    plant_usd_per_mw: float
    """Building it."""
    upkeep_usd_per_mwh: float
    """Running it, gas apart."""
    source: str
    """Where the values were read."""

    def problem(self) -> str:
        """Say what is wrong with the values together."""
        if min(self.heat_gj_per_mwh, self.unit_mw) <= 0:
            return "heat_gj_per_mwh or unit_mw is not above 0"
        return super().problem()


@dataclass(frozen=True)
class Terrain(Row):
    """Kind of ground that a line may cross."""

    named_by: ClassVar = ("name",)

    name: str
    """As in the classes of a place's land cover."""
    multiplier: float
    """What a way over it counts, over flat, open land."""
    price: float
    """Cost of a line that crosses it all the same, over that on flat, open land."""
    source: str
    """Where the value was read."""

    def problem(self) -> str:
        """Say what is wrong with the value."""
        return "" if min(self.multiplier, self.price) > 0 else "a value is not above 0"


AnyRow = TypeVar("AnyRow", bound=Row)


def number_names(row: Row) -> list[str]:
    """Name the numbers of a row that a place may change."""
    free = [item for item in fields(row) if item.name not in row.named_by]
    return [item.name for item in free if item.type in {"float", "int"}]


def edited(
    rows: tuple[AnyRow, ...], changes: object, where: str, file: str
) -> tuple[tuple[AnyRow, ...], list[Fault]]:
    """Return a table with some rows changed, and what is wrong with the changes.

    Parameters
    ----------
    rows
        The table as it is.
    changes
        Key of a row to its new values, field by field.
    where
        Name of the table for messages.
    file
        File that the changes stand in; a changed row without a source of its own names it.
    """
    if not isinstance(changes, Mapping):
        return rows, [Fault(where, f"{changes!r} is not a table of rows", _example(where, rows))]
    known = {row.key: row for row in rows}
    faults = [
        Fault(f'{where}."{key}"', "is no row of this table", suggestion(key, list(known)))
        for key in changes
        if key not in known
    ]
    out = []
    for key, row in known.items():
        changed, found = _changed(row, changes.get(key, {}), f'{where}."{key}"', file)
        out.append(changed)
        faults += found
    return tuple(out), faults


def _changed(row: AnyRow, change: object, where: str, file: str) -> tuple[AnyRow, list[Fault]]:
    if not isinstance(change, Mapping):
        remedy = f"write a table, as [{where.partition(' ')[2]}]"
        return row, [Fault(where, f"{change!r} is not a row", remedy)]
    if not change:
        return row, []
    faults = [fault for name, value in change.items() for fault in _faults(row, name, value, where)]
    if faults:
        return row, faults
    values: dict[str, Any] = {"source": file, **change}
    out = replace(row, **values)
    if problem := out.problem():
        return row, [Fault(where, problem, "correct it; what is not given stays as it was")]
    return out, []


def _faults(row: Row, name: str, value: object, where: str) -> list[Fault]:
    numbers = number_names(row)
    texts = [item.name for item in fields(row) if item.name not in (*row.named_by, *numbers)]
    if name not in (*numbers, *texts):
        return [Fault(f"{where} {name}", "is unknown", suggestion(name, [*numbers, *texts]))]
    if name in numbers and not is_number(value):
        return [Fault(f"{where} {name}", f"'{value}' is not a number", "write a number")]
    if name in texts and not isinstance(value, str):
        return [Fault(f"{where} {name}", f"{value!r} is not text", "write text in quotes")]
    return []


def _example(where: str, rows: tuple[Row, ...]) -> str:
    row = rows[0]
    return f'write [{where.partition(" ")[2]}."{row.key}"] and below it {number_names(row)[0]} = …'


def is_number(value: object) -> bool:
    """Say whether a value is a finite number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
