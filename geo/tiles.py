"""Tiles, worked on by whatever engine the caller has, and kept as they are done.

A tile function is pure: what it returns depends on its arguments alone, and on no other tile. So
any engine gives the same answer, in the order of the tiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from geo.workers import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from geo.surface import Grid

Done = TypeVar("Done")
Shared = TypeVar("Shared")
TILE_CELLS = 256
"""Cells along the side of a tile."""


class Engine(Protocol):
    """Runs a function over items, in order; a failed worker is its own business."""

    def run(
        self,
        function: Callable[[Shared, Grid], Done],
        shared: Shared,
        items: Sequence[Grid],
    ) -> Iterator[Done]:
        """Yield ``function(shared, item)`` for each item, in the order of the items."""


class Threads:
    """The serial engine: this process, on the threads that numba is given."""

    def run(
        self,
        function: Callable[[Shared, Grid], Done],
        shared: Shared,
        items: Sequence[Grid],
    ) -> Iterator[Done]:
        """Yield results in order."""

        def work(item: Grid, go_on: Callable[[], None]) -> Done:
            go_on()
            return function(shared, item)

        yield from in_order(work, items)


class Shelf(Protocol):
    """Keeps the results of tiles, so that a run that was interrupted goes on from there."""

    def holds(self, stage: str, shared: Any, tile: Grid) -> bool:  # noqa: ANN401 -- what tiles read
        """Say whether something was kept of a tile."""

    def get(self, stage: str, shared: Any, tile: Grid) -> Any:  # noqa: ANN401 -- what was put
        """Return what was kept of a tile, or None."""

    def put(self, stage: str, shared: Any, tile: Grid, result: Any) -> None:  # noqa: ANN401 -- arrays in a frozen class
        """Keep the result of a tile."""


@dataclass(frozen=True)
class Tiling:
    """How work over tiles is done; none of it changes an answer."""

    engine: Engine | None = None
    """None for threads of this process."""
    shelf: Shelf | None = None
    """Where results are kept; None keeps nothing."""
    tile_cells: int = 0
    """Cells along the side of a tile; 0 for the usual."""


def over_tiles(
    function: Callable[[Shared, Grid], Done],
    shared: Shared,
    tiles: Iterable[Grid],
    tiling: Tiling,
) -> Iterator[tuple[Grid, Done]]:
    """Yield each tile with its result, in the order of the tiles.

    Parameters
    ----------
    function
        Takes ``shared`` and a tile; its name is the stage under which results are kept.
    shared
        What all tiles read.
    tiles
        Windows.
    tiling
        Engine and shelf.
    """
    every, stage, shelf = list(tiles), function.__name__, tiling.shelf
    kept = {tile for tile in every if shelf is not None and shelf.holds(stage, shared, tile)}
    todo = [tile for tile in every if tile not in kept]
    fresh = (tiling.engine or Threads()).run(function, shared, todo)
    for tile in every:
        if shelf is not None and tile in kept:
            found = shelf.get(stage, shared, tile)
            if found is not None:
                yield tile, found
                continue
        done = function(shared, tile) if tile in kept else next(fresh)
        if shelf is not None:
            shelf.put(stage, shared, tile, done)
        yield tile, done
