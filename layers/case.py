"""Reading an operator's case: a folder with bus.csv, branch.csv and plant.csv."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.case import CASE_KINDS, Case
from geo.errors import LayerError
from geo.kinds import Source
from layers.paths import sha256_of
from layers.tables import read_table

if TYPE_CHECKING:
    from geo.errors import Fault

NEEDED: Final = ("bus.csv", "branch.csv", "plant.csv")


def is_case(folder: str) -> bool:
    """Say whether a folder holds a case and is not a place."""
    path = Path(folder)
    return all((path / name).is_file() for name in NEEDED) and not (path / "place.toml").exists()


def read_case(folder: str) -> Case:
    """Read a case.

    Raises
    ------
    LayerError
        With every fault of its three tables.
    """
    faults: list[Fault] = []
    tables: list[Any] = []
    for name, kind in CASE_KINDS.items():
        file = f"{name}.csv"
        path = Path(folder) / file
        frame, found = read_table(path, file)
        faults += found
        if found:
            continue
        source = Source(title=f"{Path(folder).name} {file}", file=file, sha256=sha256_of(path))
        try:
            tables.append(kind(frame, source))
        except LayerError as error:
            faults += error.faults
    if faults:
        raise LayerError.of(faults)
    return Case(*tables)
