"""GeoNames: populated places of a country's dump or of cities*.txt, tabs between."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.errors import Fault
from layers.countries import ISO2_OF
from layers.imported import Imported, numbers, placed, without

if TYPE_CHECKING:
    from pathlib import Path

    from layers.imported import Asked

COLUMNS: Final = 19
NAME, LAT, LON, CLASS, COUNTRY, POPULATION = 1, 4, 5, 6, 8, 14


def read_geonames(path: Path, file: str, asked: Asked) -> Imported:
    """Read the towns and villages of the place's country that have a population."""
    try:
        table = pd.read_csv(
            path, sep="\t", header=None, dtype=str, keep_default_na=False, quoting=csv.QUOTE_NONE,
            encoding="utf-8-sig",
        )  # fmt: skip
    except (ValueError, pd.errors.ParserError) as error:
        return Imported(faults=(Fault(file, f"cannot be read: {error}", "get it again, whole"),))
    if len(table.columns) != COLUMNS:
        found = f"has {len(table.columns)} columns, a dump of GeoNames {COLUMNS}"
        return Imported(faults=(Fault(file, found, "name the .txt of its archive"),))
    table.index = table.index + 1
    own = table[COUNTRY] == ISO2_OF.get(asked.country, "")
    table = table[(table[CLASS] == "P") & (own | (not asked.country))]
    people = numbers(table[POPULATION])
    frame = placed(
        {"name": table[NAME], "population": people}, numbers(table[LON]), numbers(table[LAT]),
        table.index,
    )[people > 0]  # fmt: skip
    left = without((int((~(people > 0)).sum()), "places of unknown population"))
    return Imported({"settlements": frame}, {"settlements": left})
