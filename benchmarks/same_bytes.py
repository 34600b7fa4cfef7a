"""Whether the same question gives the same bytes under several interpreters, serial or parallel.

``python -m benchmarks.same_bytes [PYTHON ...] [--place PLACE] [--out FOLDER] [--smoke]``. Each
interpreter needs the pinned requirements; without any named it is the one that runs this. Answers
are made in processes of their own: on one thread, on four, and with the surfaces worked on by Dask.
Every file is compared with that of the first answer; ``--out`` keeps them all, to look into.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).resolve().parents[1]
EPOCH: Final = "1700000000"
WAYS: Final = {"one thread": 1, "four threads": 4, "Dask": 4}
FORMATS: Final = (
    "map,gpkg,qgis,geojson,csv,xlsx,parquet,flatgeobuf,kml,kmz,shapefile,filegdb,"
    "pypsa,matpower,stac"
)
VERSION: Final = "import platform; print('Python', platform.python_version())"


def main() -> int:
    """Run and print; return 1 if any file differs."""
    options = _parse()
    with tempfile.TemporaryDirectory() as folder:
        return int(_differing(options, options.out or Path(folder)) > 0)


def _differing(options: argparse.Namespace, folder: Path) -> int:
    """Make every answer and count the files that are not as in the first."""
    first: dict[str, str] = {}
    total = 0
    for number, python in enumerate(options.pythons or [sys.executable]):
        asked = subprocess.run([python, "-c", VERSION], capture_output=True, text=True, check=True)
        for way in list(WAYS)[: 2 if options.smoke else None]:
            out = folder / str(number) / way.split()[0]
            for words in commands(options, way, out):
                _run(python, words, way)
            made = digests(out)
            first = first or made
            other = sorted(name for name in first | made if first.get(name) != made.get(name))
            total += len(other)
            print(f"{asked.stdout.strip()}, {way}: {len(made)} files, {len(other)} differ", *other)
    return total


def commands(options: argparse.Namespace, way: str, out: Path) -> Iterator[list[str]]:
    """Yield the words of each command that writes files."""
    place = [options.place, "--quiet", *(["--cell-km", "10"] if options.smoke else [])]
    engine = ["--engine", "dask"] if way == "Dask" else []
    yield ["site", *place, *engine, "--out", str(out / "site")]
    if not options.smoke:
        yield ["export", *place, "--formats", FORMATS, "--out", str(out / "export")]
        for form in ("pdf", "png"):
            yield ["report", *place, "--out", str(out / f"report.{form}")]


def digests(folder: Path) -> dict[str, str]:
    """Hash every file under a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _run(python: str, words: Sequence[str], way: str) -> None:
    """Run one command with its threads, and a hash seed that no other way has."""
    threads = str(WAYS[way])
    more = {
        "SOURCE_DATE_EPOCH": EPOCH,
        "PYTHONHASHSEED": str(list(WAYS).index(way)),
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "NUMBA_NUM_THREADS": threads,
    }
    command = [python, str(ROOT / "cli.py"), *words]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | more, stdout=subprocess.DEVNULL)


def _parse(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pythons", nargs="*", metavar="PYTHON", help="interpreters to compare")
    parser.add_argument("--place", default="bhutan", help="built-in place or folder")
    parser.add_argument("--out", type=Path, help="new folder to keep every answer in")
    parser.add_argument("--smoke", action="store_true", help="large cells, the main command only")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
