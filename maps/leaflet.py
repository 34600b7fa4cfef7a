"""Leaflet, from the pinned package that carries it, checked before it goes into a page."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from typing import Final

from geo.errors import OutputError

PACKAGE: Final = "js_lib_leaflet"
SCRIPT: Final = "leaflet.js"
STYLE: Final = "leaflet.css"
SHA256: Final = {
    SCRIPT: "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a",
    STYLE: "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6",
}
"""Of the files of Leaflet 1.9.4."""

_IMAGE: Final = re.compile(r"url\([^)]*\)")
_SOURCE_MAP: Final = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


def script() -> str:
    """Return Leaflet's script without its reference to a source map."""
    return _SOURCE_MAP.sub("", checked(SCRIPT))


def style() -> str:
    """Return Leaflet's style sheet without its images, which no control of ours shows."""
    return _IMAGE.sub("none", checked(STYLE))


def checked(name: str) -> str:
    """Read a file of the package.

    Raises
    ------
    OutputError
        If it is not the file that we know.
    """
    content = (files(PACKAGE) / "static" / PACKAGE / name).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256[name]:
        raise OutputError(
            f"{name} of django-js-lib-leaflet has sha256 {found}, expected {SHA256[name]}; "
            "install the pinned version 1.9.4.1"
        )
    return content.decode().replace("\r\n", "\n")
