"""Text from data stays text: in the terminal, tables, JSON, HTML and GeoPackage; nothing runs."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.trust.payloads import EVIL, MARK, PAYLOADS, TERMINAL, spoil

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.trust.country import Country

ROOT = Path(__file__).resolve().parents[2]
RUNS = {"pickle", "cPickle", "dill", "marshal", "shelve", "joblib", "yaml", "code", "codeop", "pty"}
CALLS = {"eval", "exec", "compile", "__import__", "loads_pickle", "read_pickle", "to_pickle"}


@pytest.fixture
def evil(country: Country) -> Country:
    """The country with the payloads in every text of every layer and of its settings."""
    return spoil(country)


def cells(path: Path) -> Iterator[str]:
    """Every text of every table of ours in a GeoPackage."""
    with closing(sqlite3.connect(path)) as base:
        names = base.execute("SELECT table_name FROM gpkg_contents").fetchall()
        for (name,) in names:
            for row in base.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 -- our own names
                yield from (cell for cell in row if isinstance(cell, str))


@pytest.mark.slow
def test_no_file_of_a_pack_carries_code(evil: Country, command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    printed = command("site", str(evil.folder), "--out", str(out))
    assert printed.code == 0, printed.err
    assert MARK in printed.out
    assert not TERMINAL.search(printed.out + printed.err)
    for path in out.iterdir():
        if path.suffix in {".csv", ".json", ".geojson", ".html"}:
            text = path.read_text(encoding="utf-8")
            assert not TERMINAL.search(text.replace("\t", "")), path.name
            assert "1337" not in re.sub(r"[0-9.]*1337[0-9.]+|[0-9.]+1337[0-9.]*", "", text), (
                path.name
            )
    page = (out / "map.html").read_text(encoding="utf-8")
    assert MARK in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    stored = list(cells(out / "shortlist.gpkg"))
    assert not [text for text in stored if re.search(r"[\x00-\x08\x1b]", text)]
    for path in out.glob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))):
            for text in row:
                assert not text.startswith(("=", "@", "+")), path.name
                assert not re.match(r"-(?![\d.])", text), path.name


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("rank",), ("rank", "--by", "region"), ("rank", "--format", "csv"), ("campus",),
        ("rank", "--format", "json"), ("headroom",), ("headroom", "--show", "limits"),
        ("portfolio", "--total-mw", "100"),
    ],
)  # fmt: skip
def test_no_command_prints_what_a_terminal_obeys(words, evil: Country, command) -> None:
    printed = command(words[0], str(evil.folder), *words[1:])
    assert printed.code == 0, printed.err
    assert not TERMINAL.search(printed.out + printed.err)


@pytest.mark.slow
def test_an_explanation_is_plain(evil: Country, command) -> None:
    listed = json.loads(command("rank", str(evil.folder), "--format", "json").out)
    for site in listed["sites"][:2]:
        printed = command("explain", str(evil.folder), site["site_id"])
        assert printed.code == 0
        assert not TERMINAL.search(printed.out + printed.err)


@pytest.mark.parametrize("verb", ["check", "rank"])
@pytest.mark.parametrize("payload", PAYLOADS[:7])
def test_a_fault_that_quotes_data_is_plain(verb, payload, country: Country, command) -> None:
    country.spoil("plants.csv", "hydro,900", f"hydro,{payload}9")
    country.spoil("settlements.csv", "100000", f"1{payload}")
    country.spoil("place.toml", "[layers.ties]", f"[layers.{json.dumps('t' + payload)}]")
    printed = command(verb, str(country.folder))
    assert printed.code == 3
    assert not TERMINAL.search(printed.out + printed.err)


def test_an_option_that_is_quoted_is_plain(command) -> None:
    printed = command("rank", f"atlantis{EVIL}".replace("\x00", ""))
    assert printed.code == 3
    assert not TERMINAL.search(printed.err)


def our_sources() -> list[Path]:
    """Every module of ours that is installed."""
    return [
        ROOT / "cli.py",
        *(path for room in ("geo", "layers", "maps") for path in (ROOT / room).rglob("*.py")),
    ]


@pytest.mark.parametrize("path", our_sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_loads_code_from_data(path: Path) -> None:
    assert runs_data(ast.parse(path.read_text(encoding="utf-8"))) == []


def runs_data(tree: ast.AST) -> list[str]:
    """What a module imports or calls that turns data into code."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [one.name for one in node.names if one.name.split(".")[0] in RUNS]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in RUNS:
            found.append(str(node.module))
        elif isinstance(node, ast.Call):
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            if name in CALLS and not (name == "compile" and isinstance(node.func, ast.Attribute)):
                found.append(name)
            allowed = [key for key in node.keywords if key.arg == "allow_pickle"]
            found += ["allow_pickle" for key in allowed if getattr(key.value, "value", True)]
    return found


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import pickle", ["pickle"]),
        ("from yaml import load", ["yaml"]),
        ("eval(x)", ["eval"]),
        ("pd.read_pickle(x)", ["read_pickle"]),
        ("np.load(x, allow_pickle=True)", ["allow_pickle"]),
        ("np.load(x, allow_pickle=False)", []),
        ("re.compile(x)", []),
    ],
)
def test_planted_breaches_are_found(line: str, said: list[str]) -> None:
    assert runs_data(ast.parse(line)) == said
