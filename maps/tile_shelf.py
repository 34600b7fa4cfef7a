"""Tiles that are done, each in a file of its own, so that an interrupted run goes on from there."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from geo.growth import grown_arrays, grown_of
from geo.land_digest import tile_digest
from geo.routing import ways_arrays, ways_of
from geo.screening import cells_arrays, cells_of
from maps.kept import read_arrays, write_arrays
from maps.write import place_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from geo.ground import Ground
    from geo.routing import Ends
    from geo.surface import Grid

SUFFIX = ".npz"


class _Form(NamedTuple):
    """How the results of a stage become arrays, and arrays results."""

    arrays: Callable[[Any], Mapping[str, Any]]
    result: Callable[[Mapping[str, Any], Any, Grid], Any]


STAGES: Final = {
    "sites_in": _Form(grown_arrays, lambda arrays, _ground, _tile: grown_of(arrays)),
    "screen": _Form(cells_arrays, cells_of),
    "measure_ways": _Form(lambda rows: {"rows": rows}, lambda arrays, _ends, _tile: arrays["rows"]),
    "draw_ways": _Form(ways_arrays, lambda arrays, _ends, _tile: ways_of(arrays)),
}
"""What takes long enough to be kept."""


class TileShelf:
    """A folder of tiles; those of other ground lie in folders of their own and are left alone.

    Parameters
    ----------
    folder
        Where; made when the first tile is put.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: list[tuple[Ground | Ends, str]] = []

    def holds(self, stage: str, shared: Any, tile: Grid) -> bool:  # noqa: ANN401 -- what tiles read
        """Say whether something was kept of a tile."""
        return stage in STAGES and self._path(stage, shared, tile).is_file()

    def get(self, stage: str, shared: Any, tile: Grid) -> Any:  # noqa: ANN401 -- what was put
        """Return what was kept of a tile; None where nothing whole is there."""
        arrays = read_arrays(self._path(stage, shared, tile))
        if arrays is None:
            return None
        return STAGES[stage].result(arrays, shared, tile)

    def put(self, stage: str, shared: Any, tile: Grid, result: Any) -> None:  # noqa: ANN401 -- as above
        """Keep the result of a tile.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        if stage not in STAGES:
            return
        arrays = STAGES[stage].arrays(result)

        place_file(
            self._path(stage, shared, tile),
            lambda path: write_arrays(path, arrays, np.savez_compressed),
        )

    def remove(self) -> None:
        """Remove the tiles that this run kept or used, when its answer is out."""
        for _, name in self._names:
            for path in (self._folder / name).glob(f"*{SUFFIX}"):
                path.unlink(missing_ok=True)
            with suppress(OSError):
                (self._folder / name).rmdir()
        with suppress(OSError):
            self._folder.rmdir()

    def _path(self, stage: str, shared: Ground | Ends, tile: Grid) -> Path:
        at = f"{stage}_{tile.row}_{tile.column}_{tile.rows}_{tile.columns}{SUFFIX}"
        return self._folder / self._name(shared) / at

    def _name(self, shared: Ground | Ends) -> str:
        for known, name in self._names:
            if known is shared:
                return name
        self._names.append((shared, tile_digest(shared)[:16]))
        return self._names[-1][1]
