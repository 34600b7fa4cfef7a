"""SHA256SUMS: which files a pack is made of, and whether somebody has changed them since."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path, PurePosixPath
from typing import Final

from maps.locks import STAGE

SUMS: Final = "SHA256SUMS"
MANIFEST: Final = "manifest.json"
SIDE_FILES: Final = ("-journal", "-shm", "-wal")
"""What SQLite keeps beside a file that is being edited."""
_LINE: Final = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def file_names(folder: Path) -> list[str]:
    """Return the files in a folder and below, as ``name`` or ``inner/name``; no marks of runs."""
    found = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    names = (path.relative_to(folder).as_posix() for path in found)
    return sorted(name for name in names if not name.startswith(STAGE))


def sha256_of(path: Path) -> str:
    """Return the hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sums_text(folder: Path) -> str:
    """Return what ``sha256sum -c`` checks: every file of the folder but this one."""
    names = [name for name in file_names(folder) if name != SUMS]
    return "".join(f"{sha256_of(folder / name)}  {name}\n" for name in names)


def read_sums(folder: Path) -> dict[str, str]:
    """Return file name to hash of the pack in a folder; empty where there is none.

    A pack without SHA256SUMS is read from its manifest. Names that lead out of the folder are not
    believed.
    """
    try:
        text = (folder / SUMS).read_text(encoding="utf-8")
        found = {match[2]: match[1] for match in map(_LINE.fullmatch, text.splitlines()) if match}
    except (OSError, UnicodeDecodeError):
        found = _from_manifest(folder / MANIFEST)
    return {name: value for name, value in found.items() if _is_inside(name)}


def is_changed(folder: Path, name: str, sums: dict[str, str]) -> bool:
    """Say whether a file is not, or no longer, what the sums say."""
    edits = folder / f"{name}-wal"
    if edits.exists() and edits.stat().st_size:
        return True
    path = folder / name
    return path.is_symlink() or sums.get(name) != sha256_of(path)


def side_of(name: str) -> str:
    """Return the name of the file that a side file belongs to, or ''."""
    return next((name.removesuffix(end) for end in SIDE_FILES if name.endswith(end)), "")


def _from_manifest(path: Path) -> dict[str, str]:
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        return {str(one["name"]): str(one["sha256"]) for one in files}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and path.name != ""
