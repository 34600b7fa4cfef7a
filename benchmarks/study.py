"""A case to measure on: the US test grid, or a small one that is made up."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from benchmarks.us_grid import TABLES, build_us_grid
from geo.case_network import case_network
from layers.case import read_case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.balance import Flows
    from geo.flow import Array, Network

MIN_KV: Final = 230
MADE_UP: Final = "made up"


@dataclass(frozen=True, eq=False)
class Study:
    """A case as arrays, and as the tables that it came from."""

    network: Network
    """The grid."""
    flows: Flows
    """Its base case."""
    wanted: Array
    """Buses asked for."""
    tables: Mapping[str, pd.DataFrame]
    """By name, for programs that read them themselves."""


def study_of(name: str) -> Study:
    """Read an interconnect of the US test grid, or the grid that is made up."""
    with tempfile.TemporaryDirectory() as folder:
        if name == MADE_UP:
            build_made_up(Path(folder))
        else:
            build_us_grid(Path(folder), name)
        network, flows, buses = case_network(read_case(folder))
        tables = {table: pd.read_csv(Path(folder, f"{table}.csv")) for table in TABLES}
    wanted = np.flatnonzero(buses["baseKV"].to_numpy(float) >= MIN_KV)
    return Study(network, flows, wanted, tables)


def build_made_up(folder: Path) -> None:
    """Write a ring of stations with chords, spurs and twin circuits: every kind of outage."""
    random = np.random.default_rng(0)
    ring, n_bus = 120, 180
    ends = [(bus, (bus + 1) % ring) for bus in range(ring)]
    ends += [tuple(random.choice(ring, 2, replace=False)) for _ in range(60)]
    ends += ends[:10]
    ends += [(int(random.integers(bus)), bus) for bus in range(ring, n_bus)]
    tail, head = np.array(ends).T
    branches = {
        "branch_id": np.arange(len(ends)),
        "from_bus_id": tail,
        "to_bus_id": head,
        "x": random.uniform(0.01, 0.1, len(ends)).round(4),
        "rateA": random.integers(150, 500, len(ends)),
        "rateC": 0,
        "ratio": 0.0,
        "status": 1,
    }
    bus = np.arange(n_bus)
    buses = {"bus_id": bus, "Pd": random.integers(0, 20, n_bus), "baseKV": MIN_KV}
    at = random.choice(n_bus, 30, replace=False)
    plants = {"plant_id": np.arange(30), "bus_id": at, "Pmax": 120.0, "status": 1, "type": "hydro"}
    stations = {"sub_id": np.arange(n_bus // 2), "lat": 60.0, "lon": 10.0}
    tables = {
        "bus": buses,
        "branch": branches,
        "plant": plants,
        "sub": stations,
        "bus2sub": {"bus_id": bus, "sub_id": bus // 2},
    }
    for name, columns in tables.items():
        pd.DataFrame(columns).to_csv(folder / f"{name}.csv", index=False)
