"""The US test grid from powersimdata, taken once into a cache; the product needs none of it."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

PACKAGE: Final = "powersimdata==0.5.5"
INSIDE: Final = "powersimdata/network/usa_tamu/data"
TABLES: Final = ("bus", "branch", "plant", "sub", "bus2sub")
CACHE: Final = Path(__file__).parent / ".cache"


def build_us_grid(folder: Path, interconnect: str) -> None:
    """Write the tables of one interconnect into a folder.

    Raises
    ------
    subprocess.CalledProcessError
        If the package cannot be had.
    """
    with zipfile.ZipFile(_wheel()) as wheel:
        for table in TABLES:
            text = wheel.read(f"{INSIDE}/{table}.csv").decode("utf-8")
            (folder / f"{table}.csv").write_text(_only(text, interconnect), encoding="utf-8")


def cached() -> bool:
    """Say whether the package is in the cache already."""
    return any(CACHE.glob("powersimdata-*.whl"))


def _wheel() -> Path:
    if not cached():
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            subprocess.run([*command, "--dest", folder, PACKAGE], check=True)
            for path in Path(folder).glob("*.whl"):
                path.rename(CACHE / path.name)
    return next(CACHE.glob("powersimdata-*.whl"))


def _only(text: str, interconnect: str) -> str:
    rows = csv.reader(io.StringIO(text))
    header = next(rows)
    column = header.index("interconnect")
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [header, *(row for row in rows if row[column] == interconnect)]
    )
    return out.getvalue()
