"""Tiles on Dask: the same to the last bit, a worker killed or not; and no scheduler at all."""

from __future__ import annotations

import os
import signal
import time

import numpy as np
import pytest

from geo.errors import ScenarioError
from geo.land_sites import grown_sites
from geo.screening import screen
from geo.tiles import Tiling, over_tiles
from layers.cluster import Cluster
from tests.geo import ground

pytest.importorskip("distributed")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def same(one, other) -> None:
    assert np.array_equal(one.barred, other.barred)
    assert np.array_equal(one.buildable, other.buildable)
    assert set(one.columns) == set(other.columns)
    for name, values in one.columns.items():
        assert np.array_equal(values, other.columns[name], equal_nan=True), name


@pytest.mark.parametrize(("workers", "cells"), [(1, 97), (2, 61), (4, 128)])
def test_any_number_of_workers_gives_the_serial_answer(workers, cells) -> None:
    place, grid = ground.of_toyland()
    tiles = list(grid.tiles(cells))
    serial = dict(over_tiles(screen, place, tiles, Tiling()))
    frame, dropped = grown_sites(place, grid, Tiling())
    with Cluster(workers=workers) as cluster:
        assert cluster.cluster.scheduler_address.startswith("tcp://127.0.0.1:")
        for tile, cells_of_tile in over_tiles(screen, place, tiles, Tiling(cluster)):
            same(cells_of_tile, serial[tile])
        found, lost = grown_sites(place, grid, Tiling(cluster, tile_cells=cells))
    assert lost == dropped
    assert found.geometry.to_wkb().tolist() == frame.geometry.to_wkb().tolist()


def test_a_killed_worker_is_survived() -> None:
    place, grid = ground.of_toyland()
    tiles = list(grid.tiles(30))
    serial = dict(over_tiles(screen, place, tiles, Tiling()))
    with Cluster(workers=2) as cluster:
        pids = list(cluster.client.run(os.getpid).values())
        done = []
        for tile, cells in over_tiles(screen, place, tiles, Tiling(cluster)):
            same(cells, serial[tile])
            done.append(tile)
            if len(done) == 2:
                os.kill(pids[0], signal.SIGKILL)
                time.sleep(0.2)
    assert done == tiles


def test_no_scheduler_is_one_clear_error(monkeypatch) -> None:
    monkeypatch.setattr("layers.cluster.PATIENCE_S", 1)
    with pytest.raises(ScenarioError, match="no Dask scheduler answers"):
        Cluster("tcp://127.0.0.1:9")
