"""How much the tests cover, held to its limits: ``python -m tests.trust.covered coverage.json``.

`make coverage` makes the file. Branches count, not lines: of the ways out of every decision, those
that some test takes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

LEAST_PERCENT: Final = {"geo": 95.0, "": 90.0}
"""Folder to the least share of branches; '' is everything."""


def shares(files: dict[str, dict[str, dict[str, int]]]) -> dict[str, float]:
    """Return the percentage of branches covered, by folder."""
    out = {}
    for folder in LEAST_PERCENT:
        inside = [
            found["summary"]
            for name, found in files.items()
            if not folder or Path(name).parts[0] == folder
        ]
        covered, every = (
            sum(one[key] for one in inside) for key in ("covered_branches", "num_branches")
        )
        out[folder] = 100.0 * covered / every
    return out


def main(path: str) -> int:
    """Print the shares; return 1 if one is below its limit."""
    files = json.loads(Path(path).read_text(encoding="utf-8"))["files"]
    for name, found in sorted(files.items()):
        for start, stop in found["missing_branches"]:
            end = f"line {stop}" if stop > 0 else "its end"
            sys.stdout.write(f"{name}: line {start} never goes on to {end}\n")
    found = shares(files)
    for folder, percent in found.items():
        least = LEAST_PERCENT[folder]
        sys.stdout.write(f"{folder or 'all'}: {percent:.1f} % of branches, at least {least:g}\n")
    return int(any(found[folder] < least for folder, least in LEAST_PERCENT.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
