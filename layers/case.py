"""Reading an operator's case: a folder with bus.csv, branch.csv, plant.csv, and others if there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.case import CASE_KINDS, MORE_CASE_KINDS, Case
from geo.errors import Fault, LayerError
from geo.layer import Source
from layers.matpower import read_matpower
from layers.paths import sha256_of
from layers.tables import read_table

if TYPE_CHECKING:
    from geo.layer import Layer

MATPOWER: Final = ".m"
NEEDED: Final = ("bus.csv", "branch.csv", "plant.csv")


def is_case(folder: str) -> bool:
    """Say whether a folder holds a case and is not a place, or a file is one of MATPOWER."""
    path = Path(folder)
    try:
        if path.suffix.lower() == MATPOWER:
            return path.is_file()
        named = all((path / name).is_file() for name in NEEDED)
        return named and not (path / "place.toml").exists()
    except OSError:  # may not be looked into; who opens it as a place says so
        return False


def read_case(folder: str) -> Case:
    """Read a case.

    Raises
    ------
    LayerError
        With every fault of its tables.
    """
    case, faults = _read(folder)
    if case is None:
        raise LayerError.of(faults)
    return case


def faults_of_case(folder: str) -> list[Fault]:
    """Find everything that is wrong with the tables of a case."""
    return _read(folder)[1]


def _read(folder: str) -> tuple[Case | None, list[Fault]]:
    if Path(folder).suffix.lower() == MATPOWER:
        return read_matpower(Path(folder))
    faults: list[Fault] = []
    needed = [_table(Path(folder), kind, faults) for kind in CASE_KINDS.values()]
    more = [
        _table(Path(folder), kind, faults) if (Path(folder) / f"{name}.csv").is_file() else None
        for name, kind in MORE_CASE_KINDS.items()
    ]
    if faults:
        return None, faults
    try:
        return Case(*needed, *more), []
    except LayerError as error:
        return None, list(error.faults)


def _table(folder: Path, kind: type[Layer], faults: list[Fault]) -> Any:  # noqa: ANN401 -- one of six kinds
    """Read one table; what is wrong with it is added to the faults."""
    file = f"{kind.kind}.csv"
    try:
        frame, found = read_table(folder / file, file)
        digest = sha256_of(folder / file)
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        found = [Fault(file, problem, "check its permissions and the disk")]
    faults += found
    if found:
        return None
    source = Source(title=f"{folder.name} {file}", file=file, sha256=digest)
    try:
        return kind(frame, source)
    except LayerError as error:
        faults += error.faults
        return None
