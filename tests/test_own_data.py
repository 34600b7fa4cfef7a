"""The walk from a folder of shapefiles to a ranking, done as docs/own-data.md says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

ROOT = Path(__file__).resolve().parent.parent
DOC = (ROOT / "docs" / "own-data.md").read_text(encoding="utf-8")
LINES = [
    ("300000", 2, "i drift", [(8.0, 60.0), (8.3, 60.05), (8.6, 60.0)]),
    ("300000", 1, "i drift", [(8.6, 60.0), (8.6, 60.3)]),
    ("300000", 1, "i drift", [(8.0, 60.0), (8.2, 60.2), (8.6, 60.3)]),
    ("132000", 1, "i drift", [(8.6, 60.3), (8.9, 60.4)]),
    ("300000", 1, "planlagt", [(8.0, 60.0), (8.9, 60.4)]),
]
STATIONS = [
    ("Fræna", "300000;132000", 8.0, 60.0),
    ("Ås", "300000", 8.6, 60.0),
    ("Nord", "300000;132000", 8.6, 60.3),
    ("Øst", "132000", 8.9, 60.4),
]


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "county"
    folder.mkdir()
    crs = 25832
    stations = gpd.GeoDataFrame(
        [row[:2] for row in STATIONS], columns=["NAVN", "SPENNING"],
        geometry=[shapely.Point(row[2:]) for row in STATIONS], crs=4326,
    )  # fmt: skip
    stations.to_crs(crs).to_file(folder / "STATIONS.shp", encoding="ISO-8859-1")
    (folder / "STATIONS.cpg").unlink()
    lines = gpd.GeoDataFrame(
        [row[:3] for row in LINES], columns=["SPENNING", "KURSER", "DRIFT"],
        geometry=[shapely.LineString(row[3]) for row in LINES], crs=4326,
    )  # fmt: skip
    lines.to_crs(crs).to_file(folder / "LEDNING.shp")
    squares = [shapely.box(7.9, 59.9, 8.5, 60.5), shapely.box(8.5, 59.9, 9.1, 60.5)]
    regions = gpd.GeoDataFrame({"NAVN": ["Vest", "Aust"]}, geometry=squares, crs=4326)
    regions.to_crs(crs).to_file(folder / "KOMMUNE.shp")
    rows = "Navn;Ytelse_kW;Lengde;Bredde\nSjå – øvre;450000,0;8,05;60,01\n"
    (folder / "kraftverk.csv").write_bytes(rows.encode("windows-1252"))
    (toml,) = re.findall(r"```toml\n(.*?)```", DOC, re.DOTALL)
    (folder / "place.toml").write_text(toml, encoding="utf-8")
    return folder


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", DOC, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program, *arguments = shlex.split(command)
    assert program == "powersite"
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *arguments],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_the_page_has_commands() -> None:
    assert [line.split()[1] for line in commands()] == ["check", "headroom", "rank", "site"]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(line, marks=[pytest.mark.slow] if line.split()[1] in {"rank", "site"} else [])
        for line in commands()
    ],
)
def test_commands_of_the_page(county, command: str) -> None:
    done = run(command, county.parent)
    assert done.returncode == 0, done.stderr
    said = {
        "check": ["county: no fault found", "4 of       4   100%", "300 kV", "132 kV"],
        "headroom": ["Fræna", "Ås", "Nord", "Øst"],
        "rank": [" 1 A     NOR-G-"],
        "site": ["Written:"],
    }[command.split()[1]]
    assert [words for words in said if words not in done.stdout] == []


def test_what_is_planned_is_left_out(county) -> None:
    """Kilometres at 300 kV are those of the three lines in service, measured in another CRS."""
    done = run("powersite check county", county.parent)
    (km,) = re.findall(r"300 kV\s+(\d+) km", done.stdout)
    geodesic = gpd.GeoSeries(
        [shapely.LineString(row[3]) for row in LINES if row[:3:2] == ("300000", "i drift")],
        crs=4326,
    ).to_crs(32632).length.sum() / 1000  # fmt: skip
    assert float(km) == pytest.approx(geodesic, abs=1)
