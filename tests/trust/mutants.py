"""Mutants of the two files that decide most: ``python -m tests.trust.mutants``.

Each changes one place of a copy of the sources; the tests of that file then have to fail. What
survives is listed; those in `ALIKE` do the same as the original, for the reason told there.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
FILES: Final = {
    "geo/ranking.py": ("tests/geo/test_ranking.py", "tests/geo/test_criteria.py"),
    "geo/headroom.py": ("tests/geo/test_headroom.py", "tests/geo/test_linear.py"),
}
SWAPS: Final = (
    (r" >= ", " > "), (r" <= ", " < "), (r" > ", " >= "), (r" < ", " <= "), (r" == ", " != "),
    (r" \+ ", " - "), (r" - ", " + "), (r" \* ", " / "), (r" & ", " | "), (r" \| ", " & "),
    (r"\bTrue\b", "False"), (r"\bFalse\b", "True"), (r"\bmin\b\(", "max("), (r"\bmax\b\(", "min("),
    (r"\b1\.0\b", "2.0"), (r"\b0\.0\b", "1.0"), (r"~", ""), (r" and ", " or "), (r"\bnot ", ""),
    (r"ascending=\[True, False, True\]", "ascending=[True, True, True]"),
)  # fmt: skip
ALIKE: Final[dict[str, str]] = {}
"""Survivors: file, line and swap to the reason why the answer is the same."""


@dataclass(frozen=True)
class Mutant:
    """One change."""

    file: str
    """Which file."""
    line: int
    """Of the file, from 1."""
    swap: str
    """What became what."""
    text: str
    """The whole file, changed."""


def mutants(file: str) -> Iterator[Mutant]:
    """Yield every mutant of a file, but for its documentation and annotations."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines(keepends=True)
    documented = False
    for number, line in enumerate(lines, start=1):
        quotes = line.count('"""')
        skipped = (
            documented or quotes or line.lstrip().startswith(("#", "from ", "import ", "def "))
        )
        documented ^= quotes == 1
        if skipped or "->" in line:
            continue
        for old, new in SWAPS:
            for place in re.finditer(old, line):
                changed = line[: place.start()] + new + line[place.end() :]
                text = "".join([*lines[: number - 1], changed, *lines[number:]])
                yield Mutant(file, number, f"{place[0].strip()} -> {new.strip()}", text)


def survives(mutant: Mutant, copy: Path) -> bool:
    """Say whether the tests pass with it."""
    target = copy / mutant.file
    original = target.read_text(encoding="utf-8")
    target.write_text(mutant.text, encoding="utf-8")
    try:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider",
             "-m", "not slow and not peers", *FILES[mutant.file]],
            cwd=copy, capture_output=True, check=False, timeout=300,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    finally:
        target.write_text(original, encoding="utf-8")
    return run.returncode == 0


def main(files: list[str]) -> int:
    """Try every mutant of the files named, or of all; return 1 if one survives unexplained."""
    alive: list[str] = []
    tried = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(
            ROOT,
            copy,
            ignore=shutil.ignore_patterns(".git", ".venv", "out", ".*_cache", "__pycache__"),
        )
        for file in files or list(FILES):
            for mutant in mutants(file):
                tried += 1
                name = f"{mutant.file}:{mutant.line} {mutant.swap}"
                if survives(mutant, copy):
                    alive.append(name)
                    sys.stdout.write(f"survives: {name}  {ALIKE.get(name, '')}\n")
                    sys.stdout.flush()
    sys.stdout.write(f"{tried} mutants, {len(alive)} survive\n")
    return int(any(name not in ALIKE for name in alive))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
