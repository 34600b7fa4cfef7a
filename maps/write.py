"""The only place where files are put in place: written beside the target, then moved."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Writer = Callable[[Path], None]


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
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        return _place(folder, writers)
    except BaseException as error:
        for path in made:
            with suppress(OSError):
                path.rmdir()
        if isinstance(error, OSError) and not isinstance(error, OutputError):
            raise OutputError(
                f"cannot write to '{folder}': {error.strerror or error}; "
                "check the path, its permissions and the free space"
            ) from error
        raise


def _place(folder: Path, writers: Mapping[str, Writer]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    targets = [folder / name for name in writers]
    for target in targets:
        if target.is_dir():
            raise OutputError(f"'{target}' is a folder; name a file, or remove the folder")
    # Inside the folder, so that the move never crosses a file system.
    made = Path(tempfile.mkdtemp(prefix=".powersite-", dir=folder))
    try:
        for name, writer in writers.items():
            writer(made / name)
            _flush_file(made / name)
        for target in targets:
            (made / target.name).replace(target)
        _flush_folder(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return targets


def _flush_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows opens no folder; there the files' own flush has to do
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
