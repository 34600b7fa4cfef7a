"""Which room may import what, held against the code, lazy imports included."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


def words(text: str) -> frozenset[str]:
    """Split at blanks."""
    return frozenset(text.split())


ROOT = Path(__file__).resolve().parent.parent
OURS = frozenset({"benchmarks", "cli", "geo", "layers", "maps", "tests"})
NETWORK = words(
    """aiohttp asyncio ftplib http httpx imaplib pooch poplib requests smtplib socket socketserver
    ssl urllib urllib3 xmlrpc"""
)
FILES = words(
    """bz2 dbm fileinput glob gzip importlib io logging lzma mmap ntpath os pathlib pickle
    posixpath shelve shutil sqlite3 subprocess tarfile tempfile zipfile"""
)
FILE_CALLS = words(
    """open read_csv read_feather read_file read_json read_parquet read_text read_bytes to_csv
    to_feather to_file to_parquet write_bytes write_text"""
)
FETCHER = "layers.fetch"


@dataclass(frozen=True)
class Room:
    """What a room may import beside itself."""

    ours: frozenset[str]
    """Our rooms and modules."""
    packages: frozenset[str] | None
    """Third-party packages; None for any."""
    closed: frozenset[str] = NETWORK
    """Modules it may not import, of the standard library or not."""
    touches_files: bool = True
    """Whether it may call what opens a file."""


ROOMS = {
    "geo": Room(
        ours=frozenset(),
        packages=words(
            "geopandas highspy networkx numba numpy pandas pyproj scipy shapely skimage"
        ),
        closed=NETWORK | FILES,
        touches_files=False,
    ),
    "layers": Room(
        ours=words(
            """geo.case geo.drawing geo.errors geo.kinds geo.layer geo.scenario geo.standards
            geo.surface geo.tolerances geo.units"""
        ),
        packages=words(
            """distributed exactextract geopandas matpowercaseframes netCDF4 numpy osmium pandas
            pooch pyogrio pyproj rasterio requests shapely"""
        ),
    ),
    "maps": Room(
        ours=frozenset({"geo"}),
        packages=words(
            """branca folium geopandas jinja2 js_lib_leaflet matplotlib numpy pandas psycopg pyarrow
            pygeoapi pyogrio pyproj rich shapely werkzeug xlsxwriter"""
        ),
    ),
    "cli": Room(
        ours=frozenset({"geo", "layers", "maps"}),
        packages=frozenset({"rich", "typer"}),
    ),
    "benchmarks": Room(
        ours=frozenset({"cli", "geo", "layers", "maps"})
        | {"tests.geo.definition", "tests.geo.dense", "tests.geo.drawings", "tests.geo.peers"}
        | {"tests.maps.crowd", "tests.maps.devtools"},
        packages=None,
    ),
    "tests": Room(
        ours=frozenset({"cli", "geo", "layers", "maps"}), packages=None, closed=frozenset()
    ),
}


def breaches(source: str, room: str, module: str) -> list[str]:
    """Say where a module breaks its room's rules.

    ``module`` is its full name, ``geo.flow``, and ``geo.__init__`` for the file of a package.
    """
    rules = ROOMS[room]
    tree = ast.parse(source)
    found = [
        f"{module}:{line} imports {name}: {fault}"
        for line, name in imports(tree, module)
        if (fault := import_fault(name, room, rules, module))
    ]
    if not rules.touches_files:
        found += [
            f"{module}:{call.lineno} calls {name}: {room} may not touch files"
            for call in calls(tree)
            if (name := called_name(call)) in FILE_CALLS
        ]
    return found


def import_fault(name: str, room: str, rules: Room, module: str) -> str:
    """Say why ``room`` may not import ``name``; empty if it may."""
    top = name.partition(".")[0]
    if not top:
        return "the name is computed, so no rule can see it"
    if top == room:
        return ""
    if top in OURS:
        open_doors = any(f"{name}.".startswith(f"{door}.") for door in rules.ours)
        return "" if open_doors else f"{room} may not import it"
    harmless = name.startswith("urllib.parse.")  # reads and writes addresses, and asks nobody
    if top in rules.closed and not harmless and not (top in NETWORK and module == FETCHER):
        return f"closed to {module}"
    if top in sys.stdlib_module_names or rules.packages is None or top in rules.packages:
        return ""
    return f"not a package that {room} may use"


def imports(tree: ast.AST, module: str) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported; the name is empty if it is computed."""
    importers = {"__import__", "import_module"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = absolute("." * node.level + (node.module or ""), module)
            yield from ((node.lineno, f"{base}.{alias.name}".lstrip(".")) for alias in node.names)
            importers |= {a.asname for a in node.names if a.asname and a.name in importers}
    for call in calls(tree):
        if called_name(call) in importers:
            yield call.lineno, imported_by_call(call, module)


def imported_by_call(call: ast.Call, module: str) -> str:
    """Name that ``import_module("...")`` imports; empty if it is no literal."""
    words = [*call.args, *(k.value for k in call.keywords if k.arg == "name")]
    if words and isinstance(words[0], ast.Constant) and isinstance(words[0].value, str):
        return absolute(words[0].value, module)
    return ""


def absolute(name: str, module: str) -> str:
    """Full name of a relative import made in ``module``."""
    level = len(name) - len(name.lstrip("."))
    if not level:
        return name
    package = module.split(".")[:-level]
    return ".".join([*package, name[level:]] if name[level:] else package)


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """All calls of a tree."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def called_name(call: ast.Call) -> str:
    """Last word of what is called: ``read_csv`` for ``pd.read_csv(...)``."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def asserts(source: str) -> list[int]:
    """Lines of assert statements."""
    return [node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert)]


def modules(*rooms: str) -> list[tuple[str, str, Path]]:
    """Room, module name and file of every module in these rooms."""
    paths = [
        path
        for room in rooms
        for path in [ROOT / f"{room}.py", *sorted((ROOT / room).rglob("*.py"))]
        if path.is_file()
    ]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    return [(name.partition(".")[0], name, path) for name, path in zip(names, paths, strict=True)]


@pytest.mark.parametrize(
    ("room", "module", "path"), [pytest.param(*row, id=row[1]) for row in modules(*ROOMS)]
)
def test_module_keeps_to_its_room(room: str, module: str, path: Path) -> None:
    assert breaches(path.read_text(encoding="utf-8"), room, module) == []


def test_every_room_is_looked_into() -> None:
    assert {room for room, _, _ in modules(*ROOMS)} >= {"benchmarks", "geo", "tests"}


@pytest.mark.parametrize(
    ("module", "path"),
    [pytest.param(*row[1:], id=row[1]) for row in modules("geo", "layers", "maps", "cli")],
)
def test_no_assert_outside_tests(module: str, path: Path) -> None:
    lines = asserts(path.read_text(encoding="utf-8"))
    assert lines == [], f"{module} uses assert, which python -O removes; raise an error of ours"


@pytest.mark.skipif(not (ROOT / "cli.py").exists(), reason="cli.py is not written yet")
def test_command_line_starts_light() -> None:
    """``powersite --help`` answers before the heavy libraries are loaded."""
    probe = "import sys, cli; print(*sorted({'folium', 'geopandas', 'pandas'} & set(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == ""


PLANTED = [
    # One line for each rule: module, source, the name that must be reported.
    ("geo.flow", "import layers", "layers"),
    ("geo.flow", "from maps.page import write", "maps.page.write"),
    ("geo.flow", "import cli", "cli"),
    ("geo.flow", "import benchmarks.run", "benchmarks.run"),
    ("geo.flow", "from tests.conftest import installed", "tests.conftest.installed"),
    ("geo.flow", "import folium", "folium"),
    ("geo.flow", "import rasterio.features", "rasterio.features"),
    ("geo.flow", "import pyogrio", "pyogrio"),
    ("geo.flow", "import rich", "rich"),
    *[("geo.flow", f"import {name}", name) for name in sorted(FILES)],
    *[("geo.flow", f"import {name}", name) for name in sorted(NETWORK)],
    ("geo.flow", "import os.path as p", "os.path"),
    ("geo.flow", "from urllib.request import urlopen", "urllib.request.urlopen"),
    ("maps.page", "import urllib", "urllib"),
    *[("geo.flow", f"x = pd.{name}(y)", name) for name in sorted(FILE_CALLS)],
    ("geo.flow", "with open(x) as f: pass", "open"),
    ("layers.load", "import maps", "maps"),
    ("layers.load", "import geo", "geo"),
    ("layers.load", "from geo import flow", "geo.flow"),
    ("layers.load", "from geo.siting import run", "geo.siting.run"),
    ("layers.load", "from geo.kindsman import x", "geo.kindsman.x"),
    ("layers.load", "import cli", "cli"),
    ("layers.load", "import folium", "folium"),
    ("layers.load", "import networkx", "networkx"),
    *[("layers.load", f"import {name}", name) for name in sorted(NETWORK)],
    ("layers.places.fetch", "import pooch", "pooch"),
    ("layers.fetch", "import httpx", "httpx"),
    ("layers.fetch", "import folium", "folium"),
    ("layers.fetch", "from geo import flow", "geo.flow"),
    ("maps.page", "import layers.load", "layers.load"),
    ("maps.page", "from layers import load", "layers.load"),
    ("maps.page", "import cli", "cli"),
    ("maps.page", "import rasterio", "rasterio"),
    ("maps.page", "import networkx", "networkx"),
    ("maps.page", "import highspy", "highspy"),
    ("maps.page", "import urllib.request", "urllib.request"),
    ("cli", "import pandas", "pandas"),
    ("cli", "import geopandas", "geopandas"),
    ("cli", "import folium", "folium"),
    ("cli", "import http.client", "http.client"),
    ("cli", "import benchmarks", "benchmarks"),
    ("benchmarks.run", "import tests", "tests"),
    ("benchmarks.run", "import urllib.request", "urllib.request"),
    ("tests.test_x", "from benchmarks import run", "benchmarks.run"),
]


@pytest.mark.parametrize(("module", "source", "name"), PLANTED)
def test_planted_breach_is_found(module: str, source: str, name: str) -> None:
    (found,) = breaches(source, module.partition(".")[0], module)
    assert found.startswith(f"{module}:1 ")
    assert f" {name}: " in found


DISGUISES = [
    "def f():\n    import layers",
    "if TYPE_CHECKING:\n    import layers",
    "try:\n    import layers\nexcept ImportError:\n    layers = None",
    "class A:\n    from layers import load",
    "import numpy, layers",
    "import layers as numpy",
    "from .. import layers",
    "from ..layers import load",
    "from ..layers.load import read",
    "__import__('layers')",
    "__import__(name='layers')",
    "x.import_module('layers')",
    "import_module('layers.load')",
    "import_module('..layers', __package__)",
    "load = lambda: __import__('layers')",
]


@pytest.mark.parametrize("source", DISGUISES)
def test_breach_in_disguise_is_found(source: str) -> None:
    (found,) = breaches(source, "geo", "geo.flow")
    assert " imports layers" in found


@pytest.mark.parametrize(
    "source",
    [
        "from importlib import import_module as load\nload('geo.flow')",
        "import importlib as i\ni.import_module('geo.flow')",
    ],
)
def test_renamed_importer_is_found(source: str) -> None:
    (found,) = breaches(source, "layers", "layers.load")
    assert " imports geo.flow: " in found


@pytest.mark.parametrize("source", ["__import__(name)", "import_module(f'{x}.flow')"])
def test_computed_import_is_a_breach(source: str) -> None:
    (found,) = breaches(source, "maps", "maps.page")
    assert "computed" in found


def test_relative_import_in_a_package_file() -> None:
    assert breaches("from . import flow", "geo", "geo.__init__") == []
    assert breaches("from .. import layers", "geo", "geo.__init__") != []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("geo.flow", "from __future__ import annotations\nimport math, json, numpy as np"),
        ("geo.flow", "from geo.errors import GridError\nfrom . import units\nimport geo.grid"),
        ("geo.flow", "import_module('.grid', __package__)"),
        ("geo.flow", "import scipy.sparse.linalg, networkx, highspy, numba, skimage.graph, pyproj"),
        ("geo.flow", "frame.to_crs(25833)\nframe.to_dict()"),
        (
            "layers.load",
            "import geo.kinds\nfrom geo import units\nfrom geo.errors import LayerError",
        ),
        ("layers.load", "import pyogrio, rasterio, osmium, pathlib, importlib.resources"),
        ("layers.fetch", "import pooch, requests, socket, http.client\nimport urllib.request"),
        (
            "maps.page",
            "from geo.flow import x\nimport folium, branca, jinja2, rich.table, os, shutil",
        ),
        ("cli", "import geo.siting, layers, maps.page\nimport typer, rich, logging, sys"),
        ("benchmarks.run", "import cli, geo.siting, pypsa, benchmarks.registry, subprocess"),
        ("tests.test_x", "import cli, geo, layers, maps, tests.conftest, pytest, pypsa, socket"),
    ],
)
def test_what_the_table_allows_passes(module: str, source: str) -> None:
    assert breaches(source, module.partition(".")[0], module) == []


def test_planted_assert_is_found() -> None:
    assert asserts("x = 1\ndef f(y):\n    assert y\n") == [3]
    assert asserts("note = 'assert x'") == []
