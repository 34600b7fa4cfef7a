"""Arrays kept in one npz file with a hash over all of them, so that damage is seen, not used."""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Arrays = Mapping[str, np.ndarray[Any, Any]]

DIGEST: Final = "sha256"
"""Name of the hash among the arrays."""
DAMAGE: Final = (
    OSError, ValueError, KeyError, EOFError, RuntimeError, MemoryError, OverflowError,
    struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What reading raises where a file is no npz, or one of its bytes is another than was written."""


def write_arrays(path: Path, arrays: Arrays, save: Callable[..., None] = np.savez) -> None:
    """Write arrays of numbers and texts by their names.

    Parameters
    ----------
    path
        The file.
    arrays
        Of any shape; none may be called ``sha256``.
    save
        `numpy.savez` or `numpy.savez_compressed`.
    """
    with path.open("wb") as file:
        save(file, **arrays, **{DIGEST: np.frombuffer(_digest(arrays), np.uint8)})


def read_arrays(path: Path) -> dict[str, np.ndarray[Any, Any]] | None:
    """Return what `write_arrays` wrote, or None where it is not there to the last bit."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = dict(file)
        digest = arrays.pop(DIGEST).tobytes()
    except DAMAGE:
        return None
    return arrays if digest == _digest(arrays) else None


def _digest(arrays: Arrays) -> bytes:
    told = hashlib.sha256()
    for name in sorted(arrays):
        values = arrays[name]
        told.update(f"{name} {values.dtype.str} {values.shape}\n".encode())
        told.update(values.tobytes())
    return told.digest()
