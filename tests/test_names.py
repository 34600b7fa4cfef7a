"""No file of ours names a place on somebody's machine or an address that packages come from."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Letters in brackets, so that this file does not find itself.
PRIVATE = re.compile(
    r"(?<![\w.-])/(?:[h]ome|[r]oot|[U]sers|[w]ork)/"  # a folder of one machine
    r"|\b[A-Za-z]:\\+[U]sers\\"
    r"|[i]ndex-url|[p]ypi\.org/simple|[f]ind-links|[t]rusted-host"  # where packages come from
)


def our_files() -> list[Path]:
    """Files that git tracks or would track."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    answer = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in answer.stdout.split("\0") if (path := ROOT / name).is_file()]


def private_names(text: str) -> list[str]:
    """Lines that name a machine's folder or a package source."""
    return [line.strip()[:120] for line in text.splitlines() if PRIVATE.search(line)]


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = {
        str(path.relative_to(ROOT)): lines
        for path in our_files()
        if (lines := private_names(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "x = '/" + "root/a'",
        "file:///" + "home/ann/a",
        "see /" + "Users/ann/b",
        '"/' + 'work/c"',
        "C:\\" + "Users\\ann",
        "--index" + "-url x",
        "--extra-index" + "-url x",
        "https://pypi" + ".org/simple",
    ],
)
def test_planted_name_is_found(line: str) -> None:
    assert private_names(line) == [line]


@pytest.mark.parametrize(
    "line", ["https://www.example.org/home/data", "geo/work/x", "the root of /network/", "~/out"]
)
def test_ordinary_text_passes(line: str) -> None:
    assert private_names(line) == []
