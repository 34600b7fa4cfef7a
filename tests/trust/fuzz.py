"""Bytes of any kind into the readers of our own text formats, led by coverage (atheris).

``python -m tests.trust.fuzz [TARGET ...] [--seconds N] [--found FOLDER] [--smoke]``. Each target
runs in a process of its own for that long. Atheris is no requirement of powersite: ``pip install
atheris`` into an environment that has the others. Without it, and with ``--smoke``, every target
reads only its seeds and each beginning of them. What a reader may do is return, with faults or
without, or refuse by an error of ours; anything else ends the target with the input that did it.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.errors import SitingError
from geo.units import MAX_VOLTAGE_KV, parse_voltages_kv
from layers import tags
from layers.question import ask_case
from layers.settings import read_settings
from layers.tables import read_table
from tests.trust.country import SETTINGS, layer_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT: Final = Path(__file__).resolve().parents[2]
SECONDS: Final = 60
WORDS: Final = ("voltage", "cables", "circuits", "frequency", "plant:source")


def voltages(data: bytes, _folder: Path) -> None:
    """Read voltage lists of our own tables."""
    with suppress(ValueError):
        found = parse_voltages_kv(_text(data))
        _hold(all(0 < kv <= MAX_VOLTAGE_KV for kv in found), f"voltages {found}")


def tag(data: bytes, _folder: Path) -> None:
    """Read tags of OpenStreetMap."""
    text = _text(data)
    found, _ = tags.voltages_kv(text)
    _hold(all(0 < kv <= MAX_VOLTAGE_KV for kv in found), f"voltages {found}")
    capacity = tags.capacity_mw(text)
    _hold(math.isnan(capacity) or 0 < capacity <= tags.MAX_MW, f"capacity {capacity}")
    told = dict.fromkeys(WORDS, text)
    count, by_voltage, _ = tags.circuits(told, len(found))
    _hold(math.isnan(count) or count >= 1, f"circuits {count}")
    _hold(len(by_voltage) in {0, len(found)}, f"circuits {by_voltage} of {found}")
    tags.circuits({"cables": text}, len(found))
    tags.fuel(told)
    tags.frequencies_hz(told)


def place(data: bytes, folder: Path) -> None:
    """Read the settings of a place, with its column maps."""
    path = folder / "place.toml"
    path.write_bytes(data)
    settings, faults = read_settings(path)
    _hold(settings is not None or bool(faults), "neither settings nor faults")


def question(data: bytes, folder: Path) -> None:
    """Read options in a file of one's own."""
    path = folder / "question.toml"
    path.write_bytes(data)
    ask_case(path, {})


def table(data: bytes, folder: Path) -> None:
    """Read a table of text."""
    path = folder / "table.csv"
    path.write_bytes(data)
    frame, faults = read_table(path, path.name)
    _hold(bool(faults) or len(frame.columns) > 0, "neither columns nor faults")


COLUMNS: Final = """
[layers.plants.columns]
id = "ref"
[layers.plants.units]
capacity_mw = "kw"
[layers.plants.values]
status = "operating"
[layers.plants.keep]
kind = ["a", 2, true]
"""
LONG: Final = "9" * 4400
"""More digits than Python makes a whole number of."""
TARGETS: Final[dict[str, tuple[Callable[[bytes, Path], None], tuple[str, ...]]]] = {
    "voltages": (voltages, ("420;132", "132.5/66", "1e3", "nan", "-1;0", LONG)),
    "tag": (
        tag,
        (
            "400000;220000",
            "110,000",
            "20 kV",
            "2x15 MW",
            "500 kWp",
            "3;3",
            "16.7 Hz",
            LONG,
            f"{LONG}x15 MW",
        ),
    ),
    "place": (
        place,
        (SETTINGS + layer_table("plants", "plants.csv") + COLUMNS, SETTINGS + "[topology]\n"),
    ),
    "question": (
        question,
        ('load_mw = 180\nredundancy = "2N"\n[weights]\nmonths = 0.3\n', f"top = {LONG}"),
    ),
    "table": (table, ('a,b\n1,"2,3"\n', "\ufeffa;b\r\n1;2\r\n")),
}


def main() -> int:
    """Run each target named, or all; return 1 if one found something."""
    options = _parse()
    led = importlib.util.find_spec("atheris") is not None and not options.smoke
    if not led:
        _say("seeds only" if options.smoke else "seeds only: pip install atheris for more")
    failed = 0
    for name in options.targets or TARGETS:
        if not led:
            failed += not _seeds_hold(name)
        elif options.inside:
            _fuzz(name, options)
        else:
            words = [name, "--inside", "--seconds", str(options.seconds)]
            words += ["--found", str(options.found)]
            command = [sys.executable, "-m", "tests.trust.fuzz", *words]
            found = subprocess.run(command, cwd=ROOT, check=False).returncode != 0
            _say(f"{name}: {'found something' if found else 'nothing found'}")
            failed += found
    return int(failed > 0)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def attempt(name: str, data: bytes, folder: Path) -> None:
    """Feed a target; errors of ours are answers."""
    with suppress(SitingError):
        TARGETS[name][0](data, folder)


def _seeds_hold(name: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        for seed in TARGETS[name][1]:
            data = seed.encode()
            for length in range(len(data) + 1):
                attempt(name, data[:length], Path(folder))
    _say(f"{name}: every seed, and every beginning of it, is read or refused")
    return True


def _fuzz(name: str, options: argparse.Namespace) -> None:
    """Never return: libFuzzer ends the process."""
    import atheris  # noqa: PLC0415 -- need not be installed

    atheris.instrument_all()
    with tempfile.TemporaryDirectory() as folder:
        corpus, scratch = Path(folder) / "corpus", Path(folder)
        corpus.mkdir()
        for number, seed in enumerate(TARGETS[name][1]):
            (corpus / str(number)).write_bytes(seed.encode())
        options.found.mkdir(parents=True, exist_ok=True)
        flags = [f"-max_total_time={options.seconds}", "-max_len=8192", "-verbosity=0",
                 f"-artifact_prefix={options.found}/{name}-"]  # fmt: skip
        atheris.Setup([sys.argv[0], *flags, str(corpus)], lambda data: attempt(name, data, scratch))
        atheris.Fuzz()


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def _hold(holds: bool, otherwise: str) -> None:  # noqa: FBT001 -- what must hold
    if not holds:
        raise AssertionError(otherwise)


def _parse(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "targets", nargs="*", choices=[*TARGETS, []], metavar="TARGET", help="all if left out"
    )
    parser.add_argument("--seconds", type=int, default=SECONDS, help="for each target")
    parser.add_argument("--found", type=Path, default=Path("out") / "fuzz", help="folder of finds")
    parser.add_argument("--smoke", action="store_true", help="seeds only, without atheris")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
