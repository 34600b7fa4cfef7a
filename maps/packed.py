"""One text as a zip file, made in memory so that a full disk is met once, where it is awaited."""

from __future__ import annotations

import io
import zipfile

from maps.stamp import created

FIRST_YEAR = 1980
"""Zip knows none before."""


def packed(name: str, content: bytes) -> bytes:
    """Return a zip file of one file, stamped with the time that the manifest tells."""
    stamp = created().timetuple()
    when = stamp[:6] if stamp[0] >= FIRST_YEAR else (FIRST_YEAR, 1, 1, 0, 0, 0)
    entry = zipfile.ZipInfo(name, when)
    entry.compress_type = zipfile.ZIP_DEFLATED
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(entry, content)
    return out.getvalue()
