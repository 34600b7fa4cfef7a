"""Runs killed at random moments: ``python -m benchmarks.kills [--kills 200] [--smoke]``.

``site`` of a place on coarse cells is run over and over into one folder, for one load and another
in turn, and most runs are killed (SIGKILL) between start and end; half of the moments fall
into the last part, where files are written and packs change places. After each of them the folder
has to hold one pack or the other, to the byte, and the file that a user keeps there; every tenth
run goes to its end and has to leave nothing temporary. Prints what was found; 1 if anything was
lost.

A child is forked off this process, which has imported what the command imports, so that the moments
fall into the run and not into the loading of libraries; from there on it is the command itself.
Every twentieth is a process of its own, from its first instruction.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from layers.gdal import harden

if TYPE_CHECKING:
    from collections.abc import Sequence

    Pack = dict[str, bytes]

ROOT: Final = Path(__file__).resolve().parents[1]
LOADS_MW: Final = (180, 120)
MINE: Final = "notes.txt"
TEMPORARY: Final = ".powersite-"
WHOLE_EVERY: Final = 10
FRESH_EVERY: Final = 20
MOMENTS: Final = ((0.0, 1.0), (0.7, 1.1))
"""Shares of a run: anywhere in it, and where files are written and packs change places."""


class Trial:
    """A folder that runs write to, and the two packs that may be found in it."""

    def __init__(self, place: str, folder: Path) -> None:
        self._place = place
        self._parent = folder / "parent"
        self.out = self._parent / "out"
        self.log = folder / "log"
        self._packs: list[Pack] = []
        self.seen: Counter[str] = Counter()
        self._parent.mkdir()

    def prepare(self) -> None:
        """Write either pack once, and a file of the user beside it."""
        for number in range(len(LOADS_MW)):
            self.whole(number)
            self._packs.append(contents(self.out))
        (self.out / MINE).write_text("mine", encoding="utf-8")

    def words(self, number: int) -> list[str]:
        """Return the command of a run."""
        asked = ["--load-mw", str(LOADS_MW[number % 2]), "--cell-km", "10"]
        return ["site", self._place, *asked, "--out", str(self.out), "--quiet"]

    def start(self, number: int) -> int:
        """Fork a run off; return its process id."""
        pid = os.fork()
        if pid:
            return pid
        try:
            _be_the_command(self.words(number), self.log)
        finally:
            os._exit(70)

    def start_fresh(self, number: int) -> subprocess.Popen[bytes]:
        """Start a run as a process that has loaded nothing yet."""
        return subprocess.Popen(
            [sys.executable, "cli.py", *self.words(number)],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def whole(self, number: int) -> float:
        """Let a run go to its end; return the seconds it took."""
        begun = time.monotonic()
        self.ended(self.start(number))
        return time.monotonic() - begun

    def ended(self, pid: int) -> bool:
        """Wait for a run; say whether it was killed.

        Raises
        ------
        RuntimeError
            If it failed.
        """
        _, status = os.waitpid(pid, 0)
        if status and not os.WIFSIGNALED(status):
            raise RuntimeError(f"a run failed: {self.log.read_text(encoding='utf-8')[-2000:]}")
        return os.WIFSIGNALED(status)

    def look(self) -> str:
        """Say which pack is there, counting what a killed run has left beside it.

        Raises
        ------
        RuntimeError
            If it is neither, or the file of the user is gone.
        """
        self.seen["left something temporary"] += bool(self.stray())
        found = contents(self.out)
        if found.pop(MINE, b"") != b"mine":
            raise RuntimeError("the file of the user is gone")
        if found not in self._packs:
            names = [
                name for name in {*found, *self._packs[0]}
                if found.get(name) not in [pack.get(name) for pack in self._packs]
            ]  # fmt: skip
            raise RuntimeError(f"neither pack is whole: {names or 'files of both are mixed'}")
        return str(LOADS_MW[self._packs.index(found)])

    def stray(self) -> list[str]:
        """Name what is temporary, in the folder and beside it."""
        beside = [path.name for path in self._parent.iterdir() if path != self.out]
        return beside + [path.name for path in self.out.iterdir() if TEMPORARY in path.name]


def contents(folder: Path) -> Pack:
    """Return every file of a folder but those of runs at work."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).as_posix().startswith(TEMPORARY)
    }


def load() -> None:
    """Import what a run imports before it begins."""
    import pyogrio  # noqa: F401, PLC0415 -- GDAL's environment first, as for all of these
    import rasterio  # noqa: F401, PLC0415

    import geo.siting  # noqa: F401, PLC0415
    import layers.question  # noqa: F401, PLC0415
    import maps.exports  # noqa: PLC0415
    import maps.tables  # noqa: F401, PLC0415


def _be_the_command(words: list[str], log: Path) -> None:
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    sys.argv = ["powersite", *words]
    try:
        from cli import main as command  # noqa: PLC0415 -- GDAL's environment first

        command()
    except SystemExit as over:
        sys.stdout.flush()
        os._exit(int(over.code or 0))


def kill_at(trial: Trial, number: int, after_s: float) -> None:
    """Kill one run some seconds after its start, or find it at its end."""
    if number % FRESH_EVERY == 0:
        fresh = trial.start_fresh(number)
        time.sleep(2 * after_s)  # loading takes about as long as the run
        fresh.kill()
        is_killed = fresh.wait() < 0
    else:
        pid = trial.start(number)
        time.sleep(after_s)
        os.kill(pid, signal.SIGKILL)
        is_killed = trial.ended(pid)
    trial.seen["killed" if is_killed else "ended before"] += 1


def run(place: str, kills: int, seed: int) -> Trial:
    """Kill as many runs, and look after each.

    Raises
    ------
    RuntimeError
        If anything was lost or left.
    """
    chance = random.Random(seed)  # noqa: S311 -- moments, not secrets
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(place, Path(name))
        trial.prepare()
        span_s, now, number = trial.whole(1), trial.look(), 1
        print(f"a whole run takes {span_s:.1f} s", flush=True)
        while trial.seen["killed"] < kills:
            number += 1
            low, high = chance.choice(MOMENTS)
            kill_at(trial, number, span_s * chance.uniform(low, high))
            before, now = now, trial.look()
            trial.seen["the new pack" if now != before else "the pack as before"] += 1
            if number % WHOLE_EVERY == 0 or trial.seen["killed"] == kills:
                span_s = trial.whole(number)  # a machine is not as busy all the time
                now = trial.look()
                if left := trial.stray():
                    raise RuntimeError(f"the next run left {left}")
                trial.seen["whole runs, nothing temporary after them"] += 1
    return trial


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, look and tell; 1 if anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--place", default="bhutan")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--smoke", action="store_true", help="five kills")
    options = parser.parse_args(arguments)
    harden()
    os.environ["SOURCE_DATE_EPOCH"] = "1700000000"
    load()
    begun = time.monotonic()
    try:
        trial = run(options.place, 5 if options.smoke else options.kills, options.seed)
    except RuntimeError as error:
        print(error)
        return 1
    for what, count in sorted(trial.seen.items()):
        print(f"{count:5}  {what}")
    print(f"nothing lost in {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
