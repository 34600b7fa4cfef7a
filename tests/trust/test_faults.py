"""What is there stays there when a run is killed, interrupted, or cannot write."""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.modes import obey_modes

if TYPE_CHECKING:
    from tests.trust.country import Country

ROOT = Path(__file__).resolve().parents[2]
TEMPORARY = ".powersite-"


def words(country: Country, out: Path, talk: str = "--quiet") -> list[str]:
    """The command that ranks the country and writes a pack."""
    return [sys.executable, "cli.py", "site", str(country.folder), "--out", str(out), talk]


def pack(country: Country, out: Path) -> dict[str, bytes]:
    """A pack that is whole."""
    subprocess.run(words(country, out), cwd=ROOT, check=True, capture_output=True)
    return contents(out)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of ours, not what an earlier run was killed over."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(TEMPORARY)
    }


def started(country: Country, out: Path) -> subprocess.Popen[bytes]:
    """A run under way."""
    return subprocess.Popen(
        words(country, out), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_what_was_there(sent, code, country: Country, tmp_path: Path) -> None:
    """As soon as the run says that it builds the grid, or looks for candidates."""
    out = tmp_path / "out"
    before = pack(country, out)
    for stage in (b"grid", b"candidates"):
        run = subprocess.Popen(
            words(country, out, "--verbose"), cwd=ROOT, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )  # fmt: skip
        assert run.stderr is not None
        while not run.stderr.readline().rstrip().endswith(stage):
            assert run.poll() is None
        run.send_signal(sent)
        _, told = run.communicate(timeout=60)
        assert run.returncode == code, told
        assert b"Traceback" not in told
        assert set(contents(out)) == set(before)
        assert not [path for path in out.iterdir() if path.name.startswith(TEMPORARY)]


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_whole_files(country: Country, tmp_path: Path) -> None:
    """Ten kills between start and end; every file is the old one or the new one, and opens."""
    out = tmp_path / "out"
    before = pack(country, out)
    begun = time.monotonic()
    pack(country, tmp_path / "other")
    span_s = time.monotonic() - begun
    chance = random.Random(7)  # noqa: S311 -- moments, not secrets
    for _ in range(10):
        run = started(country, out)
        time.sleep(chance.uniform(0.2, 1.0) * span_s)
        run.kill()
        run.communicate()
        after = contents(out)
        assert set(after) == set(before)
        for name in ("shortlist.csv", "regions.csv", "shortlist.geojson", "map.html"):
            assert after[name] == before[name], name
        assert after["shortlist.gpkg"].startswith(b"SQLite format 3\x00")
        assert len(after["shortlist.gpkg"]) == len(before["shortlist.gpkg"])
    whole = pack(country, out)
    assert whole["shortlist.csv"] == before["shortlist.csv"]


@pytest.mark.slow
def test_a_full_disk_is_told_and_leaves_what_was_there(country: Country, tmp_path: Path) -> None:
    """A limit on the size of files stands for it: the map is larger than it allows.

    What is compiled is kept by the run before, so that no such file is the first too large.
    """
    out = tmp_path / "out"
    before = pack(country, out)

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    run = subprocess.run(
        words(country, out), cwd=ROOT, capture_output=True, text=True, check=False,
        preexec_fn=small_files,
    )  # fmt: skip
    assert run.returncode == 6, run.stderr
    assert run.stderr.startswith("powersite: cannot write to")
    assert "Traceback" not in run.stderr
    assert contents(out) == before
    assert not [path for path in out.iterdir() if path.name.startswith(TEMPORARY)]


READ_ONLY = """
import sys
from pathlib import Path
from geo.errors import OutputError
from maps.switch import place_pack
from maps.write import place_file
def put(path):
    path.write_text("new", encoding="utf-8")
for target in map(Path, sys.argv[1:]):
    for place in (lambda: place_pack(target, lambda stage: put(stage / "x")),
                  lambda: place_file(target / "x", put)):
        try:
            place()
            print("written")
        except OutputError as error:
            print(error)
"""


def test_a_target_that_may_not_be_written_is_told_and_left(tmp_path: Path) -> None:
    """A folder whose parent may be written could be exchanged all the same; it is not."""
    there, closed = tmp_path / "there", tmp_path / "closed"
    there.mkdir()
    (there / "x").write_text("old", encoding="utf-8")
    closed.mkdir()
    for folder in (there, closed):
        folder.chmod(0o500)
    told = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(there), str(closed / "new")],
        cwd=ROOT, capture_output=True, text=True, check=True, preexec_fn=obey_modes,
    ).stdout.splitlines()  # fmt: skip
    assert [line.startswith("cannot write to") for line in told] == [True] * 4, told
    assert all("Permission denied" in line for line in told)
    assert (there / "x").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["closed", "there"]
    assert [path.name for path in there.iterdir()] == ["x"]
    assert list(closed.iterdir()) == []


@pytest.mark.slow
def test_a_place_that_may_not_be_entered_is_told(country: Country) -> None:
    country.folder.chmod(0o000)
    run = subprocess.run(
        [sys.executable, "cli.py", "check", str(country.folder)],
        cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=obey_modes,
    )  # fmt: skip
    country.folder.chmod(0o700)
    assert run.returncode == 3, run.stderr
    assert "cannot be opened (Permission denied)" in run.stdout
    assert "Traceback" not in run.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_behind_stdout_is_told() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        run = subprocess.run(
            [sys.executable, "cli.py", "assumptions"],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert run.returncode == 6
    assert run.stderr.startswith("powersite: cannot go on: No space left on device")
    assert len(run.stderr.splitlines()) == 1


def test_a_beginning_that_fails_leaves_nothing(command, tmp_path: Path, monkeypatch) -> None:
    """The disk is full after the first file; the folder was not there, or was empty."""

    def full(_source: object, target: Path) -> None:
        target.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    (tmp_path / "empty").mkdir()
    for name in ("new", "empty"):
        printed = command("init", str(tmp_path / name))
        assert printed.code == 6
        assert "No space left" in printed.err
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_target_that_is_a_file_is_told(country: Country, command, tmp_path: Path) -> None:
    target = tmp_path / "taken"
    target.write_text("mine", encoding="utf-8")
    printed = command("site", str(country.folder), "--out", str(target))
    assert printed.code == 6
    assert printed.err.startswith("powersite: cannot write to")
    assert target.read_text(encoding="utf-8") == "mine"


def test_a_place_that_changes_under_the_run_is_read_once(country: Country, command) -> None:
    """A folder that is taken away is told as missing."""
    (country.folder / "lines.csv").unlink()
    printed = command("rank", str(country.folder))
    assert printed.code == 3
    assert "lines.csv: does not exist" in printed.err


@pytest.mark.slow
def test_timings_tell_every_stage(country: Country, command, tmp_path: Path) -> None:
    import json  # noqa: PLC0415

    path = tmp_path / "timings.json"
    printed = command("rank", str(country.folder), "--timings", str(path), "--quiet")
    assert printed.code == 0
    told = json.loads(path.read_text(encoding="utf-8"))
    stages = [row["stage"] for row in told["stages"]]
    assert stages[:2] == ["reading", "grid"]
    assert stages[-1] == "writing"
    assert sum(row["seconds"] for row in told["stages"]) == pytest.approx(
        told["total_seconds"], abs=0.01
    )
    printed = command("rank", str(country.folder), "--timings", "-", "--quiet")
    assert json.loads(printed.err)["schema_version"] == 1
