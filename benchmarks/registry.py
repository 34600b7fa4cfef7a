"""What is measured: each benchmark as name, build and command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Benchmark:
    """One command of powersite, run in a folder of its own."""

    name: str
    """Short name, to pick it on the command line."""
    build: Callable[[Path], None]
    """Puts the input into the folder; its time does not count."""
    command: Sequence[str]
    """Arguments of ``powersite``; paths are relative to the folder."""


def build_nothing(_folder: Path) -> None:
    """Leave the folder empty: the built-in places need no input."""


def site(place: str) -> Benchmark:
    """Build the main job on a built-in place."""
    command = ("site", place, "--load-mw", "180", "--out", "out")
    return Benchmark(f"site-{place}", build_nothing, command)


BENCHMARKS: Final = (
    Benchmark("help", build_nothing, ("--help",)),
    site("norway"),
    site("bhutan"),
)
