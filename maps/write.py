"""The only place where files are put in place: written beside the target, then moved."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from geo.errors import OutputError
from maps.locks import STAGE, idle_folders, locked, new_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    Writer = Callable[[Path], None]

TEMPORARY: Final = f"{STAGE}file-"
LINE: Final = 240
"""Letters of a message of a library that are passed on."""


def place_file(path: Path, writer: Writer) -> Path:
    """Write one file; afterwards the old one or the new one is there, whole.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    return place_files(path.parent, {path.name: writer})[0]


def place_files(folder: Path, writers: Mapping[str, Writer]) -> list[Path]:
    """Write files into a folder, none of them before all are complete.

    Parameters
    ----------
    folder
        Where they go; made if it is not there.
    writers
        File name to a function that writes the file at the path it is given. They are called in
        order, in one directory, so a later one may read what an earlier one wrote.

    Returns
    -------
    list of Path
        The files, in the order of the writers.

    Raises
    ------
    OutputError
        If a file cannot be written. Earlier files are as they were, nothing temporary stays.
    """
    with folder_or_nothing(folder):
        return _place(folder, writers)


@contextmanager
def folder_or_nothing(folder: Path) -> Iterator[None]:
    """Remove the folders that were made on the way if writing fails, and say why in one line.

    Raises
    ------
    OutputError
        If the system refused.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        yield
    except BaseException as error:
        for path in made:
            with suppress(OSError):
                path.rmdir()
        if isinstance(error, OSError) and not isinstance(error, OutputError):
            raise output_error(folder, error) from error
        raise


def output_error(folder: Path, error: OSError) -> OutputError:
    """Say on one line that a folder cannot be written to, why, and what to look at."""
    return OutputError(
        f"cannot write to '{folder}': {first_line(error)}; "
        "check the path, its permissions and the free space"
    )


def first_line(error: Exception) -> str:
    """Return what an error says, on one line and without the folder that a pack is built in."""
    text = str(getattr(error, "strerror", None) or error)
    line = (text.strip().splitlines() or [type(error).__name__])[0]
    line = re.sub(rf"[^\s'\"]*{re.escape(STAGE)}[0-9a-f]+/?", "", line)
    # SQLite tells all of a long statement before it says what is wrong.
    return line if len(line) <= LINE else f"{line[: LINE // 3]} … {line[-LINE // 2 :]}"


def _place(folder: Path, writers: Mapping[str, Writer]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    targets = [folder / name for name in writers]
    for target in targets:
        if target.is_dir():
            raise OutputError(f"'{target}' is a folder; name a file, or remove the folder")
    for left in idle_folders(folder, TEMPORARY):
        shutil.rmtree(left)
    # Inside the folder, so that the move never crosses a file system.
    with new_folder(folder, TEMPORARY) as made:
        try:
            for name, writer in writers.items():
                writer(made / name)
                flush_file(made / name)
            with locked(folder):  # so that of two runs all files are one's or all the other's
                for target in targets:
                    (made / target.name).replace(target)
            flush_folder(folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return targets


def flush_file(path: Path) -> None:
    """Wait until the content of a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    if os.name == "nt":  # Windows opens no folder; there the files' own flush has to do
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
