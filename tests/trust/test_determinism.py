"""The same question gives the same bytes: whatever the hash seed, threads, and order of files."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.trust.country import Country

ROOT = Path(__file__).resolve().parents[2]
EPOCH = "1700000000"


def pack(place: str, out: Path, **env: str) -> dict[str, str]:
    """Hash of every file of a pack, made in a process of its own."""
    subprocess.run(
        [sys.executable, "cli.py", "site", place, "--out", str(out), "--cell-km", "10", "--quiet"],
        cwd=ROOT, env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH} | env, check=True,
        capture_output=True,
    )  # fmt: skip
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(out.iterdir())
    }


@pytest.mark.slow
def test_two_runs_give_the_same_bytes(country: Country, tmp_path: Path) -> None:
    place = str(country.folder)
    one = pack(place, tmp_path / "a", PYTHONHASHSEED="1", NUMBA_NUM_THREADS="1")
    other = pack(place, tmp_path / "b", PYTHONHASHSEED="2", NUMBA_NUM_THREADS="2")
    assert len(one) >= 6
    assert one == other


@pytest.mark.slow
def test_bhutan_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    one = pack("bhutan", tmp_path / "a", PYTHONHASHSEED="3", OMP_NUM_THREADS="1")
    other = pack("bhutan", tmp_path / "b", PYTHONHASHSEED="4", OMP_NUM_THREADS="2")
    assert one == other


@pytest.mark.slow
def test_only_the_date_differs_at_another_time(country: Country, tmp_path: Path) -> None:
    place = str(country.folder)
    pack(place, tmp_path / "a")
    pack(place, tmp_path / "b", SOURCE_DATE_EPOCH="1600000000")
    one, other = (
        json.loads((tmp_path / name / "manifest.json").read_text(encoding="utf-8")) for name in "ab"
    )
    assert one.pop("created") != other.pop("created")
    for side in (one, other):
        side.pop("files")  # their hashes, of which the GeoPackage's tells the time too
    assert one == other
