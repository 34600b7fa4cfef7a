"""The list of every assumption, for the page of documentation that is made of it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from geo.profiles import PROFILES, Profile
from geo.rows import number_names
from geo.standards import STANDARDS, TABLES, Standards
from geo.tolerances import tolerance_rows

if TYPE_CHECKING:
    from geo.rows import Row

MILLION: Final = 1e6


def assumptions() -> list[dict[str, str]]:
    """List every assumption as rows of name, value, unit, meaning and source.

    The name is what stands under ``[standards]`` in a ``place.toml``; for a row of a table it is
    the table's and the row's, and the unit names the numbers of the row in turn.
    """
    scalars = [
        {
            "name": item.name,
            "value": _value(getattr(STANDARDS, item.name)),
            "unit": item.metadata["unit"],
            "meaning": item.metadata["meaning"],
            "source": item.metadata["source"],
        }
        for item in fields(Standards)
        if item.metadata
    ]
    tables = [_listed(name, row) for name in TABLES for row in getattr(STANDARDS, name)]
    return [*scalars, *tolerance_rows(), *tables, *map(_profile, PROFILES)]


def _listed(table: str, row: Row) -> dict[str, str]:
    numbers = number_names(row)
    meaning = (type(row).__doc__ or "").splitlines()[0].rstrip(".")
    texts = [
        f"{item.name} {getattr(row, item.name)}"
        for item in fields(row)
        if item.name not in {*numbers, *row.named_by, "source"}
    ]
    return {
        "name": f'{table}."{row.key}"',
        "value": " / ".join(_short(getattr(row, name)) for name in numbers),
        "unit": " / ".join(numbers),
        "meaning": "; ".join([meaning, *texts]),
        "source": vars(row)["source"],
    }


def _profile(row: Profile) -> dict[str, str]:
    return {
        "name": f'profile "{row.name}"',
        "value": " / ".join(f"{power:g}" for power in row.power),
        "unit": "1",
        "meaning": "Mean power of each month from January on, in proportion",
        "source": row.source,
    }


def _value(value: float | Profile) -> str:
    return value.name if isinstance(value, Profile) else f"{value:g}"


def _short(value: float) -> str:
    """Write a number without rounding it and without needless zeros."""
    return f"{value / MILLION:g}e6" if value >= MILLION / 10 else f"{value:.10g}"
