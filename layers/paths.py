"""Which files a place may name: plain files of known formats within its own folder."""

from __future__ import annotations

import hashlib
import re
import struct
import zipfile
import zlib
from difflib import get_close_matches
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from geo.errors import Fault

FORMATS: Final = {
    "csv": (".csv",),
    "geojson": (".geojson", ".json"),
    "gpkg": (".gpkg",),
    "shp": (".shp",),
    "fgb": (".fgb",),
    "xlsx": (".xlsx",),
    "kml": (".kml",),
    "gml": (".gml",),
}
"""Format name to the extensions it may have."""
SIDECARS: Final = (".shx", ".dbf", ".prj", ".cpg")
"""Files that belong to a Shapefile."""
MAX_BYTES: Final = 2_000_000_000
UNZIPPING: Final = (OSError, RuntimeError, EOFError, struct.error, zipfile.BadZipFile, zlib.error)
"""What unpacking raises: an archive that is damaged, encrypted, or packed in an unknown way."""
PREFIX: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+.-]*:")


def name_faults(file: str, where: str) -> list[Fault]:
    """Find what a file name may not be: GDAL's virtual paths and prefixes, URLs, other folders."""
    posix, windows = PurePosixPath(file), PureWindowsPath(file)
    reasons = (
        (not file.strip() or "\0" in file, "is not a file name"),
        (file.lower().startswith(("/vsi", "\\vsi")), "is a virtual path of GDAL"),
        ("://" in file, "is a URL"),
        (bool(PREFIX.match(file)), "begins with a driver or drive prefix"),
        (posix.is_absolute() or bool(windows.root), "is an absolute path"),
        (".." in posix.parts or ".." in windows.parts, "leaves the place's folder"),
    )
    for is_so, reason in reasons:
        if is_so:
            return [
                Fault(where, f"'{file}' {reason}", "name a file inside the folder of the place")
            ]
    return []


def format_of(file: str, form: str, where: str) -> tuple[str, list[Fault]]:
    """Return the format of a file, as declared or by its extension, and whether the two agree."""
    suffix = PurePosixPath(file).suffix.lower()
    known = ", ".join(FORMATS)
    if form and form not in FORMATS:
        return "", [Fault(f"{where} format", f"'{form}' is unknown", f"write one of {known}")]
    if form and suffix not in FORMATS[form]:
        return "", [
            Fault(
                f"{where} format",
                f"'{file}' is not named as {form}",
                f"name it *{FORMATS[form][0]}",
            )
        ]
    for name, suffixes in FORMATS.items():
        if suffix in suffixes:
            return name, []
    return "", [
        Fault(f"{where} file", f"'{file}' is of no known format", f"convert it to one of {known}")
    ]


def find_file(folder: Path, file: str, kind: str) -> tuple[Path, list[Fault]]:
    """Find a layer's file, refusing what is missing, too large or reached through a link out."""
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()):
        return path, [
            Fault(file, "is a link that leaves the place's folder", "copy the file into it")
        ]
    if not path.is_file():
        return path, [Fault(file, "does not exist", _missing_remedy(folder, file, kind))]
    size = path.stat().st_size
    if size > MAX_BYTES:
        return path, [Fault(file, f"has {size:,} bytes", f"keep it under {MAX_BYTES:,}")]
    return path, _beside_faults(folder, path)


def _beside_faults(folder: Path, path: Path) -> list[Fault]:
    """Find links out of the folder among what is read along, as the table of a Shapefile."""
    own = (f"{path.stem}.".lower(), path.name.lower())
    return [
        Fault(beside.name, "is a link that leaves the place's folder", "copy the file into it")
        for beside in sorted(path.parent.iterdir())
        if beside.name.lower().startswith(own)
        and not beside.resolve().is_relative_to(folder.resolve())
    ]


def find_folder(folder: Path, file: str, kind: str) -> tuple[Path, list[Fault]]:
    """Find a folder of tables, held to the same rules as a file, each of its files included."""
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()):
        return path, [
            Fault(file, "is a link that leaves the place's folder", "copy the folder into it")
        ]
    if not path.is_dir():
        remedy = f"put the folder into that of the place, or correct file under [layers.{kind}]"
        return path, [Fault(file, "is no folder", remedy)]
    faults: list[Fault] = []
    for inside in _tables_in(path):
        faults += find_file(folder, f"{file}/{inside.name}", kind)[1]
    return path, faults


def _tables_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv")


def sha256_of(path: Path) -> str:
    """Return the hash of a file; of a Shapefile or a folder, of its parts one after another."""
    parts = _tables_in(path) if path.is_dir() else [path]
    if path.suffix.lower() == ".shp":
        parts += [part for suffix in SIDECARS if (part := path.with_suffix(suffix)).is_file()]
    digest = hashlib.sha256()
    for part in parts:
        with part.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _missing_remedy(folder: Path, file: str, kind: str) -> str:
    there = sorted(path.name for path in folder.iterdir() if path.is_file())
    near = get_close_matches(file, there, n=1)
    hint = f"did you mean '{near[0]}'? else " if near else ""
    return f"{hint}put it into the folder of the place, or correct file under [layers.{kind}]"
