"""Folders that a run holds while it works in them; a lock ends with its process in any case."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

STAGE: Final = ".powersite-"
"""How the name of a temporary folder of ours begins, or that of a sibling goes on."""
CANNOT_LOCK: Final = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP})
"""What file systems say that know no locks."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder against other runs, waiting until it is free."""
    if not os.access(folder, os.R_OK) or not _can_lock():
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        _flock(handle, wait=True)
        yield
    finally:
        os.close(handle)


@contextmanager
def new_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Make a folder of a new name and hold it; a run that clears up may have found it before."""
    while True:
        made = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        with _held(made, wait=True) as is_held:
            if is_held:
                yield made
                return


def idle_folders(parent: Path, prefix: str) -> Iterator[Path]:
    """Yield the folders with such names that no run holds, each held until the next is asked for.

    So what is removed in between cannot be taken by another run meanwhile.
    """
    found = sorted(parent.iterdir()) if parent.is_dir() else []
    for path in found:
        if path.name.startswith(prefix) and path.is_dir() and not path.is_symlink():
            with _held(path, wait=False) as is_idle:
                if is_idle:
                    yield path


@contextmanager
def _held(folder: Path, *, wait: bool) -> Iterator[bool]:
    """Hold a folder, or try to; say whether it is there and held."""
    if not _can_lock():
        yield True
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:  # another run has removed it
        yield False
        return
    try:
        yield _flock(handle, wait=wait) and folder.exists()
    finally:
        os.close(handle)


def _can_lock() -> bool:
    """Say whether folders can be locked; Windows locks none, so there nobody is known at work."""
    return os.name == "posix"


def _flock(handle: int, *, wait: bool) -> bool:
    """Lock an open folder; say whether no other run holds it, as far as can be known."""
    import fcntl  # noqa: PLC0415 -- Windows has none

    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in CANNOT_LOCK:
            raise
        return wait
    return True
