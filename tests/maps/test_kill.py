"""Killed at any moment of writing, or written by two at once: one pack is there, whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from maps.exports import FORMATS

ROOT = Path(__file__).resolve().parents[2]
TRIALS = Path(__file__).parent / "clients" / "kill.py"
EVERY = [name for name in FORMATS if name not in {"pypsa", "matpower"}]
"""The toy answer has no grid to hand over."""


def killed(tmp_path: Path, formats: list[str], times: int, how: str) -> dict[str, int]:
    """Write two packs in turn, killed again and again; every state is looked at in the trial."""
    answer = subprocess.run(
        [sys.executable, str(TRIALS), str(tmp_path), ";".join(formats), str(times), how],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr[-3000:]
    return json.loads(answer.stdout)


@pytest.mark.skipif(os.name == "nt", reason="needs fork and SIGKILL")
@pytest.mark.parametrize("how", ["exchanged", "moved in"])
def test_killed_between_and_within_files(tmp_path: Path, how: str) -> None:
    told = killed(tmp_path, ["csv,gpkg"], 15, how)
    assert told["killed"] >= 4
    assert told["old"] + told["new"] + told["mended"] == told["looked"]
    assert told["mended"] == 0 or how == "moved in"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="needs fork and SIGKILL")
def test_killed_in_each_format(tmp_path: Path) -> None:
    told = killed(tmp_path, EVERY, 8, "exchanged")
    assert told["killed"] >= 2 * len(EVERY)
    assert told["old"] + told["new"] == told["looked"] == 9 * len(EVERY)


@pytest.mark.skipif(os.name == "nt", reason="needs fork and SIGKILL")
@pytest.mark.parametrize("how", ["exchanged", "moved in"])
def test_killed_before_every_single_step(tmp_path: Path, how: str) -> None:
    script = TRIALS.with_name("steps.py")
    answer = subprocess.run(
        [sys.executable, str(script), str(tmp_path), how],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr[-3000:]
    assert json.loads(answer.stdout)["steps"] > 20


@pytest.mark.skipif(os.name == "nt", reason="needs fork")
@pytest.mark.parametrize("how", ["exchanged", "moved in"])
def test_two_at_once_leave_one_whole_pack(tmp_path: Path, how: str) -> None:
    script = TRIALS.with_name("together.py")
    answer = subprocess.run(
        [sys.executable, str(script), str(tmp_path), how, "4"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr[-3000:]
    assert sum(json.loads(answer.stdout)) == 4
