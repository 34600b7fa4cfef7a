"""Tiles that are kept: an interrupted run goes on, another run takes none of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.growth import sites_in
from geo.routing import Ends, _tiles, draw_ways, measure_ways
from geo.screening import screen
from geo.tiles import Threads, Tiling, over_tiles
from maps.tile_shelf import TileShelf
from tests.geo import ground, toy


class Stops:
    """Stops after so many tiles, as a run that is interrupted does."""

    def __init__(self, after: int) -> None:
        self.left = after
        self.asked = 0

    def run(self, function, shared, items):
        self.asked = len(items)
        for done in Threads().run(function, shared, items):
            if self.left == 0:
                raise KeyboardInterrupt
            self.left -= 1
            yield done


@pytest.mark.parametrize("function", [screen, sites_in])
def test_an_interrupted_run_goes_on_where_it_was(tmp_path, function) -> None:
    place, grid = ground.of_toyland()
    tiles = list(grid.tiles(80))
    whole = [done for _, done in over_tiles(function, place, tiles, Tiling())]
    with pytest.raises(KeyboardInterrupt):
        list(over_tiles(function, place, tiles, Tiling(Stops(2), TileShelf(tmp_path / "keep"))))
    engine, shelf = Stops(99), TileShelf(tmp_path / "keep")
    again = [done for _, done in over_tiles(function, place, tiles, Tiling(engine, shelf))]
    assert engine.asked == len(tiles) - 2
    for one, other in zip(whole, again, strict=True):
        if function is screen:
            assert np.array_equal(one.barred, other.barred)
            assert np.array_equal(one.columns["pue"], other.columns["pue"], equal_nan=True)
        else:
            assert [part.tolist() for part in one.pieces] == [p.tolist() for p in other.pieces]
            assert one.dropped == other.dropped
    shelf.remove()
    assert not (tmp_path / "keep").exists()


def test_tiles_of_other_ground_or_half_written_serve_nobody(tmp_path) -> None:
    place, grid = ground.of_toyland()
    shelf, (tile, *_) = TileShelf(tmp_path), list(grid.tiles(80))
    shelf.put("sites_in", place, tile, sites_in(place, tile))
    assert shelf.holds("sites_in", place, tile)
    other, _ = ground.of_toyland(asked=replace(ground.ASKED, load_mw=90))
    assert not TileShelf(tmp_path).holds("sites_in", other, tile)
    (path,) = tmp_path.glob("*/*.npz")
    path.write_bytes(path.read_bytes()[:100])
    assert shelf.get("sites_in", place, tile) is None
    ((_, found),) = over_tiles(sites_in, place, [tile], Tiling(shelf=shelf))
    assert len(found.pieces) == len(sites_in(place, tile).pieces)


@pytest.mark.parametrize("function", [measure_ways, draw_ways])
def test_ways_go_on_where_they_were_and_serve_no_other_places(tmp_path, function) -> None:
    """Points of connection in two blocks of 40 km; the second is worked on the second time."""
    place, _ = ground.of_toyland()
    points, places = (
        np.array([[toy.at(*at).x, toy.at(*at).y] for at in spots])
        for spots in ([(5, 30), (55, 30)], [(9, 30), (50, 25)])
    )
    ends = Ends(place, points, places, frozenset({(0, 0), (1, 1)}))
    one, other = _tiles(ends)
    whole = [function(ends, tile) for tile in (one, other)]
    assert all(len(done) for done in whole)
    shelf = TileShelf(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        list(over_tiles(function, ends, [one, other], Tiling(Stops(1), shelf)))
    engine = Stops(99)
    again = [done for _, done in over_tiles(function, ends, [one, other], Tiling(engine, shelf))]
    assert engine.asked == 1
    for first, second in zip(whole, again, strict=True):
        if function is measure_ways:
            assert np.array_equal(first, second)
        else:
            assert list(first) == list(second)
            assert all(np.array_equal(first[pair], second[pair]) for pair in first)
    moved = replace(ends, places_m=places + 1.0)
    assert not TileShelf(tmp_path).holds(function.__name__, moved, one)
    assert not TileShelf(tmp_path).holds(function.__name__, replace(ends, wanted=None), one)
    shelf.remove()
    assert not tmp_path.exists()


@pytest.mark.parametrize("function", [screen, sites_in])
def test_a_tile_damaged_in_place_is_done_again(tmp_path, function) -> None:
    """Every byte in turn would do; here every hundredth, an empty file, and one of zeros."""
    place, grid = ground.of_toyland()
    tile = next(grid.tiles(20))
    TileShelf(tmp_path).put(function.__name__, place, tile, function(place, tile))
    (path,) = tmp_path.glob("*/*.npz")
    whole, damaged = path.read_bytes(), 0
    shelf = TileShelf(tmp_path)
    for data in [b"", bytes(len(whole)), *(flipped(whole, at) for at in range(3, len(whole), 97))]:
        path.write_bytes(data)
        damaged += shelf.get(function.__name__, place, tile) is None
    assert damaged > len(whole) / 97 * 0.5  # the dates within a zip, for one, decide nothing
    path.write_bytes(flipped(whole, len(whole) // 2))
    assert shelf.get(function.__name__, place, tile) is None
    ((_, found),) = over_tiles(function, place, [tile], Tiling(shelf=shelf))
    if function is screen:
        assert np.array_equal(found.barred, screen(place, tile).barred)
    assert shelf.get(function.__name__, place, tile) is not None  # and kept again


def flipped(data: bytes, at: int) -> bytes:
    """Turn one bit of a byte over."""
    return data[:at] + bytes([data[at] ^ 8]) + data[at + 1 :]
