"""Folders that a run holds while it works in them; a lock ends with its process in any case."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STAGE: Final = ".powersite-"
"""How the name of a temporary folder of ours begins, or that of a sibling goes on."""


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


def idle_folders(parent: Path, prefix: str) -> list[Path]:
    """Return the folders with such names that no run holds."""
    if not parent.is_dir():
        return []
    found = [path for path in sorted(parent.iterdir()) if path.name.startswith(prefix)]
    return [path for path in found if path.is_dir() and not path.is_symlink() and _is_idle(path)]


def _is_idle(folder: Path) -> bool:
    if not _can_lock():
        return True
    handle = os.open(folder, os.O_RDONLY)
    try:
        _flock(handle, wait=False)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def _can_lock() -> bool:
    """Say whether folders can be locked; Windows locks none, so there nobody is known at work."""
    return os.name == "posix"


def _flock(handle: int, *, wait: bool) -> None:
    import fcntl  # noqa: PLC0415 -- Windows has none

    fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
