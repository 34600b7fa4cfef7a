"""Mutants of the two files that decide most: ``python -m tests.trust.mutants``.

mutmut changes a copy of the sources under ``mutants/`` in one place at a time, as pyproject.toml
asks of it; the tests named there then have to fail. It is no requirement of powersite: ``pip
install mutmut`` into an environment that has the others. What survives is listed, and has to stand
in `ALIKE` with the reason why the answer is the same.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "mutants"
METHOD: Final = "all that is not 'linear' is redispatch, and nothing else is asked for"
MODE: Final = "all that is not 'calibrated' is strict, and nothing else is asked for"
NUMBERS: Final = "levels are numbers already"
LETTERS: Final = "the letters become objects with the column"
ALIKE: Final[dict[tuple[str, str], str]] = {
    ("hosting_capacity", 'method: Method = "XXredispatchXX",'): METHOD,
    ("hosting_capacity", 'method: Method = "REDISPATCH",'): METHOD,
    ("hosting_capacity", 'mode: Mode = "XXstrictXX",'): MODE,
    ("hosting_capacity", 'mode: Mode = "STRICT",'): MODE,
    ("headroom_study", 'method: Method = "XXredispatchXX",'): METHOD,
    ("headroom_study", 'method: Method = "REDISPATCH",'): METHOD,
    ("headroom_study", 'mode: Mode = "XXstrictXX",'): MODE,
    ("headroom_study", 'mode: Mode = "STRICT",'): MODE,
    ("headroom_study", "tell = progress or (lambda _fraction, _message: 0)"): (
        "nobody looks at what it returns"
    ),
    ("grade", 'level = measures["redundancy"].map(REDUNDANCY_LEVEL).to_numpy(None)'): NUMBERS,
    (
        "grade",
        "return pd.Series(np.array(GRADES, dtype=None)[place], index=measures.index, dtype=object)",
    ): LETTERS,
    (
        "grade",
        "return pd.Series(np.array(GRADES, )[place], index=measures.index, dtype=object)",
    ): LETTERS,
}
"""Function and changed line to the reason."""


def mutmut(*words: str) -> str:
    """Run mutmut in the checkout and return what it printed."""
    run = subprocess.run(
        [sys.executable, "-m", "mutmut", *words],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return run.stdout


def survivors() -> list[tuple[str, str, str]]:
    """List what no test noticed: how it ended, function, changed line."""
    rows = [line.strip().split(": ") for line in mutmut("results").splitlines() if ": " in line]
    return [(how, *_change(name)) for name, how in rows]


def _change(name: str) -> tuple[str, str]:
    """Return the function of a mutant and its first changed line."""
    function = name.rsplit(".x_", maxsplit=1)[-1].split("__mutmut", maxsplit=1)[0]
    lines = mutmut("show", name).splitlines()
    return function, next(line for line in lines if line.startswith("+ "))[1:].strip()


def main() -> int:
    """Try every mutant; return 1 if one survives unexplained."""
    if importlib.util.find_spec("mutmut") is None:
        sys.stderr.write("mutmut is not installed: pip install mutmut\n")
        return 1
    shutil.rmtree(FOLDER, ignore_errors=True)  # else answers of earlier tests are taken
    mutmut("run", "--max-children", str(os.cpu_count() or 1))
    left = 0
    for how, function, line in survivors():
        reason = ALIKE.get((function, line), "")
        left += not reason
        sys.stdout.write(f"{how}: {function}: {line}\n    {reason or 'not explained'}\n")
    sys.stdout.write(f"{left} not explained\n")
    return int(left > 0)


if __name__ == "__main__":
    sys.exit(main())
