"""A folder of files that is switched as a whole: afterwards the old pack is there or the new one.

A pack is built beside its folder, flushed to disk, and changes places with it in one step. What the
user keeps in the folder stays. Where two folders cannot change places (not every system can, nobody
shall find the folder that he stands in gone, and folders of the user may lie inside), the files are
moved in one after the other, by a list that the next run finishes if this one is killed. Every run
begins by clearing up after those that were.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.errors import OutputError
from maps.locks import STAGE, idle_folders, locked
from maps.sums import MANIFEST, SIDE_FILES, SUMS, file_names, is_changed, read_sums, side_of
from maps.write import flush_file, flush_folder, folder_or_nothing

if TYPE_CHECKING:
    from collections.abc import Callable

UNFINISHED: Final = ".powersite-unfinished"
"""Lies in a stage that is being built."""
READY: Final = ".powersite-ready"
"""Lies in a stage that is being moved in: names what the last pack has and this one has not."""
LAST: Final = (MANIFEST, SUMS)
"""Moved and removed last, because they say what is ours."""
WAITING: Final = 16
"""Files waited for at once."""
RENAME_EXCHANGE: Final = 2
AT_FDCWD: Final = -100
CANNOT_EXCHANGE: Final = frozenset(
    {errno.EINVAL, errno.ENOSYS, errno.EXDEV, errno.EBUSY, errno.EPERM, errno.EACCES}
)


def place_pack(folder: Path, build: Callable[[Path], None]) -> None:
    """Put a pack in place of the one in a folder, all of it or nothing.

    Parameters
    ----------
    folder
        Where it goes; made if it is not there. Files that are no part of the last pack stay, and
        one of it that was changed since is kept as ``<name>.edited.<ending>``.
    build
        Writes the pack into the empty folder that it is given, ``SHA256SUMS`` among its files.

    Raises
    ------
    OutputError
        If it cannot be written. The last pack is as it was, nothing temporary stays.
    """
    with folder_or_nothing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        _place(folder.resolve(), build)


def _clear_up(folder: Path) -> None:
    """Finish or undo what killed runs have left of a pack."""
    for left in idle_folders(folder.parent, f".{folder.name}{STAGE}"):
        _dissolve(left, folder)
    for left in idle_folders(folder, STAGE):
        if (left / READY).exists():
            _move_in(left, folder)
        shutil.rmtree(left)


def _place(folder: Path, build: Callable[[Path], None]) -> None:
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"cannot write to '{folder}': it is a file; name a folder")
    if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
        # It could be exchanged all the same, by the leave of its parent; but it is meant to stay.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    with ExitStack() as held:
        with locked(folder.parent):
            _clear_up(folder)
            beside = _may_be_exchanged(folder)
            stage = _new_stage(folder, beside=beside)
            held.enter_context(locked(stage))
        try:
            build(stage)
            _flush(stage)
            with locked(folder.parent):
                if not (beside and _exchanged(stage, folder)):
                    _moved_in(stage, folder)
        finally:
            if (stage / UNFINISHED).exists():
                shutil.rmtree(stage, ignore_errors=True)


def _new_stage(folder: Path, *, beside: bool) -> Path:
    name = f"{STAGE}{secrets.token_hex(4)}"
    stage = folder.with_name(f".{folder.name}{name}") if beside else folder / name
    stage.mkdir(parents=not beside)
    (stage / UNFINISHED).touch()
    return stage


def _exchanged(stage: Path, folder: Path) -> bool:
    """Let the stage and the folder change places in one step; say whether the system could."""
    own = _of_the_user(folder) if folder.exists() else []
    # What has a name that the pack takes is kept under another once they have changed places.
    linked = [path for path in own if not os.path.lexists(stage / path.name)]
    for path in linked:
        os.link(path, stage / path.name, follow_symlinks=False)
    if folder.exists():
        shutil.copymode(folder, stage)
    (stage / UNFINISHED).unlink()
    flush_folder(stage)
    if _swap(stage, folder):
        flush_folder(folder.parent)
        if stage.exists():
            _dissolve(stage, folder)
        return True
    (stage / UNFINISHED).touch()
    for path in linked:
        (stage / path.name).unlink()
    return False


def _swap(stage: Path, folder: Path) -> bool:
    if not folder.exists():
        stage.rename(folder)
        return True
    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(stage), os.fsencode(folder)
    if libc.renameat2(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_EXCHANGE) == 0:
        return True
    fault = ctypes.get_errno()
    if fault in CANNOT_EXCHANGE:
        return False
    raise OSError(fault, os.strerror(fault))


def _moved_in(stage: Path, folder: Path) -> None:
    """Move a stage that is complete into its folder, so that it is finished even if killed."""
    sums = read_sums(folder)
    gone = sorted({*sums, *LAST} - {*file_names(stage)}) if sums else []
    if stage.parent != folder:
        stage = stage.rename(folder / f"{STAGE}{secrets.token_hex(4)}")
    (stage / UNFINISHED).write_text("\n".join(gone), encoding="utf-8")
    flush_file(stage / UNFINISHED)
    (stage / UNFINISHED).rename(stage / READY)
    flush_folder(stage)
    _move_in(stage, folder)
    shutil.rmtree(stage)


def _move_in(stage: Path, folder: Path) -> None:
    """Move the files of a stage into the folder; done again after a kill, it goes on."""
    sums = read_sums(folder)
    gone = (stage / READY).read_text(encoding="utf-8").splitlines()
    fresh = file_names(stage)
    for name in sorted({*gone, *fresh}, key=_last):
        target = folder / name
        if target.is_dir():
            raise OutputError(f"'{target}' is a folder; move it, a file of the pack goes there")
        if os.path.lexists(target):
            _retire(target, name, folder, sums)
        if name in fresh:
            target.parent.mkdir(parents=True, exist_ok=True)
            (stage / name).replace(target)
        elif target.parent != folder:
            with suppress(OSError):  # something of the user lies in it
                target.parent.rmdir()
    flush_folder(folder)


def _retire(target: Path, name: str, folder: Path, sums: dict[str, str]) -> None:
    if name in LAST and sums:
        return  # replaced in one step, because it says what is ours
    if is_changed(folder, name, sums):
        _keep(target, target)
    for ending in SIDE_FILES:
        target.with_name(target.name + ending).unlink(missing_ok=True)
    target.unlink(missing_ok=True)


def _dissolve(old: Path, folder: Path) -> None:
    """Remove a pack that was replaced, and bring over what the user has changed in it."""
    if not (old / UNFINISHED).exists():
        sums = read_sums(old)
        for name in sorted(file_names(old), key=_last):
            path = old / name
            if not path.exists() and not path.is_symlink():
                continue  # moved with the file that it stands beside
            is_ours = (name in LAST and sums) or side_of(name) in sums
            if not is_ours and (name not in sums or is_changed(old, name, sums)):
                _keep(path, folder / name)
            else:
                path.unlink()
    shutil.rmtree(old)


def _keep(path: Path, target: Path) -> None:
    """Move a file of the user to where it was, or beside what stands there now."""
    is_there = os.path.lexists(target)
    if path != target and is_there and os.path.samestat(path.lstat(), target.lstat()):
        path.unlink()  # another name of the same file
        return
    target = _free_name(target) if is_there else target
    target.parent.mkdir(parents=True, exist_ok=True)
    path.rename(target)
    for ending in SIDE_FILES:
        side = path.with_name(path.name + ending)
        if side.exists():
            side.rename(target.with_name(target.name + ending))


def _free_name(path: Path) -> Path:
    names = (f"{path.stem}.edited{number}{path.suffix}" for number in ("", *range(2, 1000)))
    return next(free for name in names if not os.path.lexists(free := path.with_name(name)))


def _may_be_exchanged(folder: Path) -> bool:
    """Say whether the folder as a whole may be replaced by another."""
    if not os.access(folder.parent, os.W_OK | os.X_OK):
        return False
    if not folder.exists():
        return True
    here = Path.cwd()
    if here == folder or folder in here.parents or os.path.ismount(folder):
        return False  # a shell that stands in it would stand nowhere
    if sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "renameat2"):
        return False
    own, above = folder.stat(), folder.parent.stat()
    is_alike = own.st_uid == os.geteuid() and own.st_gid == above.st_gid
    files_only = all(path.is_symlink() or path.is_file() for path in _of_the_user(folder))
    return is_alike and own.st_dev == above.st_dev and files_only


def _of_the_user(folder: Path) -> list[Path]:
    """Return what lies at the top of a folder and is neither of its pack nor of a run."""
    sums = read_sums(folder)
    ours = {Path(name).parts[0] for name in sums} | ({*LAST} if sums else set())
    return [
        path
        for path in sorted(folder.iterdir())
        if path.name not in ours
        and side_of(path.name) not in ours
        and not path.name.startswith(STAGE)
    ]


def _flush(stage: Path) -> None:
    """Wait for the disk, for all files at once: a file system writes many in one go."""
    with ThreadPoolExecutor(WAITING) as pool:
        for done in [pool.submit(flush_file, stage / name) for name in file_names(stage)]:
            done.result()
    for path in [stage, *stage.rglob("*")]:
        if path.is_dir():
            flush_folder(path)


def _last(name: str) -> tuple[bool, str]:
    return name in LAST, name
