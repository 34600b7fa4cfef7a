"""A country without a fault, and the command line as its users meet it."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import cli
from tests.trust.country import Country, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Printed(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


@pytest.fixture
def country(tmp_path: Path) -> Country:
    """The country, to be spoilt."""
    return build(tmp_path / "toy")


@pytest.fixture
def command(monkeypatch, capsys) -> Callable[..., Printed]:
    """Run a command in this process, as ``powersite`` would."""

    def run(*words: str) -> Printed:
        monkeypatch.setattr("sys.argv", ["powersite", *words])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        printed = capsys.readouterr()
        return Printed(int(stop.value.code or 0), printed.out, printed.err)

    return run


def run_in_process(*words: str) -> Printed:
    """Run a command in this process where no fixture of a test is at hand."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr("sys.argv", ["powersite", *words])
        with pytest.raises(SystemExit) as stop:
            cli.main()
    return Printed(int(stop.value.code or 0), out.getvalue(), err.getvalue())


@pytest.fixture
def answer(command) -> Callable[[Country], dict[str, Any]]:
    """Rank a country that is not refused, and leave out what its files are called and hold."""

    def rank(country: Country) -> dict[str, Any]:
        printed = command("rank", str(country.folder), "--format", "json")
        assert printed.code == 0, printed.err
        return {key: part for key, part in json.loads(printed.out).items() if key != "sources"}

    return rank
