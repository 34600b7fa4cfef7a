"""What is done of a long run, kept in one file, so that an interrupted run goes on from there."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import CheckpointError
from maps.kept import read_arrays, write_arrays
from maps.manifest import installed_version
from maps.write import place_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    State = Mapping[str, np.ndarray[Any, Any]]

MARKS: Final = "powersite"
PAUSE_S: Final = 15.0
SHARE: Final = 0.05
"""Of the time of a run, at most this much goes into writing."""
LAYOUT: Final = "2"
"""Changes with what the stages keep."""


@contextmanager
def keeping(path: Path | None) -> Iterator[Checkpoint | None]:
    """Keep what is done in a file, all of it when the run is interrupted; without a path, nothing.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    checkpoint = None if path is None else Checkpoint(path)
    try:
        yield checkpoint
    except (KeyboardInterrupt, SystemExit):
        if checkpoint is not None:
            checkpoint.write()
        raise


class Checkpoint:
    """A file that remembers; written now and then, always whole, and removed when all is done.

    Parameters
    ----------
    path
        The file. It may be there from an interrupted run.
    clock
        Seconds that pass.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = path, clock
        self._marks: dict[str, str] = {}
        self._states: dict[str, Callable[[], State]] = {}
        self._unwritten = False
        self._next = clock() + PAUSE_S

    def begin(self, marks: Mapping[str, str]) -> None:
        """Say what the run is about, and take over what the file holds of it.

        Raises
        ------
        CheckpointError
            If the file is no checkpoint, or one of another run.
        """
        self._marks = {**marks, "version": installed_version("powersite"), "layout": LAYOUT}
        if not self._path.exists():
            return
        found, states = self._read()
        if other := [name for name in self._marks if found.get(name) != self._marks[name]]:
            raise CheckpointError(_differs(self._path, other, found, self._marks))
        self._states = {stage: lambda state=state: state for stage, state in states.items()}  # type: ignore[misc]

    def recall(self, stage: str) -> State | None:
        """Return what was last kept of a stage, or None."""
        return self._states[stage]() if stage in self._states else None

    def keep(self, stage: str, state: Callable[[], State]) -> None:
        """Remember a stage, and write the file if the last time is long enough ago.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        self._states[stage] = state
        self._unwritten = True
        if self._clock() >= self._next:
            self.write()

    def write(self) -> None:
        """Write what is not written yet.

        Raises
        ------
        OutputError
            If the file cannot be written; an earlier one is as it was.
        """
        if not self._unwritten:
            return
        start = self._clock()
        arrays = {
            f"{stage}/{name}": values
            for stage, state in self._states.items()
            for name, values in state().items()
        }
        marks = np.frombuffer(json.dumps(self._marks).encode(), np.uint8)
        place_file(self._path, lambda path: write_arrays(path, {MARKS: marks, **arrays}))
        self._unwritten = False
        now = self._clock()
        self._next = now + max(PAUSE_S, (now - start) / SHARE)

    def remove(self) -> None:
        """Remove the file: the run is done."""
        self._path.unlink(missing_ok=True)

    def _read(self) -> tuple[dict[str, str], dict[str, State]]:
        arrays = read_arrays(self._path)
        if arrays is None or MARKS not in arrays:
            raise CheckpointError(
                f"'{self._path}' is no checkpoint of powersite, or it is damaged; "
                "name another file after --checkpoint, or delete this one"
            )
        marks = json.loads(arrays.pop(MARKS).tobytes())
        states: dict[str, dict[str, Any]] = {}
        for name, values in arrays.items():
            stage, _, field = name.partition("/")
            states.setdefault(stage, {})[field] = values
        return marks, dict(states)


def _differs(
    path: Path, names: list[str], found: Mapping[str, str], marks: Mapping[str, str]
) -> str:
    said = [
        f"{name} {found.get(name, '')} there, {marks[name]} here".replace("  ", " ")
        for name in names
        if name != "tables"
    ]
    what = "; ".join(said) or "its tables have changed"
    return (
        f"'{path}' belongs to another run ({what}); "
        "ask the same again, name another file after --checkpoint, or delete this one"
    )
