"""The US test grid, where the benchmarks have put it into their cache; nothing is fetched here."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from geo.case import CASE_KINDS, MORE_CASE_KINDS, Case
from geo.layer import Source

CACHE = Path(__file__).parents[2] / "benchmarks" / ".cache"
INSIDE = "powersimdata/network/usa_tamu/data"


def us_tables(interconnect: str) -> dict[str, pd.DataFrame]:
    """Return the tables of one interconnect by name, or skip the test that asks."""
    wheel = next(CACHE.glob("powersimdata-*.whl"), None)
    if wheel is None:
        pytest.skip("no US test grid; python -m benchmarks.headroom Texas fetches it")
    tables = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in ("bus", "branch", "plant", "sub", "bus2sub"):
            with archive.open(f"{INSIDE}/{name}.csv") as file:
                whole = pd.read_csv(file)
            tables[name] = whole[whole["interconnect"] == interconnect].reset_index(drop=True)
    return tables


def us_case(tables: dict[str, pd.DataFrame]) -> Case:
    """Build the case of these tables."""
    kinds = CASE_KINDS | MORE_CASE_KINDS
    needed = [kinds[name](tables[name], Source(name)) for name in CASE_KINDS]
    return Case(
        *needed,
        stations=kinds["sub"](tables["sub"], Source("sub")),
        bus_stations=kinds["bus2sub"](tables["bus2sub"], Source("bus2sub")),
    )
