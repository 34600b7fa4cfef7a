"""Tie-lines of a place: over its ground where that is known, and else straight with a detour."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from geo.crossings import crossings_of, terrain_of
from geo.ground import ground_of
from geo.reach import connect, connect_over
from geo.routing import Ends, drawn, routes
from geo.units import M_PER_KM

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from geo.crossings import Crossed
    from geo.kinds import Layers
    from geo.scenario import Scenario
    from geo.tiles import Tiling

LINKS_AT_ONCE = 150_000
"""Each has about a hundred measures, held several times over while they are ranked: a gigabyte."""


@dataclass(frozen=True, eq=False)
class TieLines:
    """Measures and draws the tie-lines of a place."""

    layers: Layers
    """What is known."""
    scenario: Scenario
    """How far a line may go."""
    points: pd.DataFrame
    """Points of connection."""
    tiling: Tiling
    """How surfaces are worked on."""

    @cached_property
    def _crossings(self) -> tuple[Crossed, ...]:
        return crossings_of(self.layers)

    def connect(self, places: pd.DataFrame) -> pd.DataFrame:
        """Link every place to every point in reach, as `geo.reach.connect` does."""
        if self.layers.surfaces is None:
            factor = self.layers.place.standards.detour_factor
            return connect(places, self.points, self.scenario, factor, self._crossings)
        where = self.points[["x_m", "y_m"]].to_numpy(float)
        ground, _ = ground_of(self.layers, self.scenario, where)
        return connect_over(ground, places, self.points, self.tiling)

    def blocks(self, places: pd.DataFrame) -> Iterator[tuple[slice, pd.DataFrame]]:
        """Yield rows of the places, and their links, so many that their measures fit into memory.

        The first column of the links counts from the first row of the block.
        """
        if self.layers.surfaces is None:
            size = self._block(places)
            for start in range(0, len(places), size):
                block = slice(start, min(start + size, len(places)))
                yield block, self.connect(places.iloc[block])
            return
        # The ways over the ground are found for all places at once, as their tiles overlap.
        links = self.connect(places)
        size = max(len(places) * LINKS_AT_ONCE // max(len(links), 1), 1)
        for start in range(0, len(places), size):
            ends = links["place"].searchsorted([start, start + size])
            some = links.iloc[slice(*ends)].reset_index(drop=True)
            block = slice(start, min(start + size, len(places)))
            yield block, some.assign(place=some["place"] - start)

    def _block(self, places: pd.DataFrame) -> int:
        """Return of how many places the links are measured at once."""
        here, there = (
            cKDTree(rows[["x_m", "y_m"]].to_numpy(float)) for rows in (places, self.points)
        )
        factor = self.layers.place.standards.detour_factor
        straight_m = self.scenario.reach_km * M_PER_KM / factor
        links = int(here.count_neighbors(there, straight_m))
        return max(len(places) * LINKS_AT_ONCE // max(links, 1), 1)

    def draw(self, best: pd.DataFrame) -> gpd.GeoDataFrame:
        """Draw the line of each site.

        Parameters
        ----------
        best
            site_id, poi_id, x_m, y_m, tie_km, line_usd, terrain_factor.

        Returns
        -------
        GeoDataFrame
            site_id, poi_id, tie_km; and by terrain that any line crosses, km_<terrain> and
            usd_<terrain>, which add up to line_usd over known ground; of ground that is not known,
            only what is barred and costs more to cross is told.
        """
        poi = self.points.loc[best["poi_id"], ["x_m", "y_m"]].to_numpy(float)
        here = best[["x_m", "y_m"]].to_numpy(float)
        frame = best[["site_id", "poi_id", "tie_km"]].reset_index(drop=True)
        straight = shapely.linestrings(np.stack([here, poi], axis=1))
        crs = self.layers.place.crs
        if self.layers.surfaces is None:
            for ground in self._crossings:
                share = ground.share(here, poi)
                if share.any():
                    worth = share * ground.price / best["terrain_factor"].to_numpy(float)
                    frame[f"km_{ground.terrain}"] = share * frame["tie_km"]
                    frame[f"usd_{ground.terrain}"] = worth * best["line_usd"].to_numpy(float)
            return gpd.GeoDataFrame(frame, geometry=straight, crs=crs)
        return self._drawn(frame, here, poi, best["line_usd"].to_numpy(float))

    def _drawn(
        self, frame: pd.DataFrame, here: np.ndarray, poi: np.ndarray, line_usd: np.ndarray
    ) -> gpd.GeoDataFrame:
        ground, _ = ground_of(self.layers, self.scenario, poi)
        spots, spot = np.unique(poi, axis=0, return_inverse=True)
        pairs = list(zip(range(len(frame)), spot.ravel().tolist(), strict=True))
        ends = Ends(ground, spots, here, frozenset(pairs))
        ways = drawn(ends, self.tiling)
        table = routes(ends, self.tiling).set_index(["place", "point"]).reindex(pairs)
        names = [row.name for row in ground.standards.terrains]
        crossed = [name for name in names if table[f"km_{name}"].gt(0).any()]
        worth = table[[f"cost_km_{name}" for name in crossed]].set_axis(crossed, axis=1)
        share = worth.div(worth.sum(axis=1), axis=0)
        columns = {f"km_{name}": table[f"km_{name}"].to_numpy() for name in crossed}
        columns |= {f"usd_{name}": share[name].to_numpy() * line_usd for name in crossed}
        return gpd.GeoDataFrame(
            frame.assign(**columns), geometry=[ways.loc[pair] for pair in pairs], crs=ground.crs
        )


def ground_notes(layers: Layers) -> dict[str, bool]:
    """Say what is known of the ground, and what is not."""
    surfaces = layers.surfaces
    rasters = {} if surfaces is None else surfaces.rasters
    unknown = [
        name
        for kind, name in (("elevation", "Slope"), ("land_cover", "land cover"))
        if kind not in rasters
    ]
    words = " and ".join(unknown)
    words = f"{words[:1].upper()}{words[1:]}"
    verb = "are" if len(unknown) > 1 else "is"
    cell = 0.0 if surfaces is None else surfaces.cell_m
    return {
        f"{words} {verb} not known here: a site may lie on ground too steep or too wet to "
        "build on.": bool(unknown),
        f"Land is screened on cells of {cell:g} m, barred ground on pieces of them; a value that "
        "is known for less than half of a site is shown as unknown.": surfaces is not None,
        "Tie-lines follow the cheapest way over these cells in eight directions, which makes them "
        "up to 8 % longer than a free line; they are no route survey.": surfaces is not None,
        "Tie-lines are straight, with a detour for their length; over barred water they cost as "
        "the table of terrains says, and a way round may be cheaper.": surfaces is None
        and layers.barred is not None
        and bool((terrain_of(layers.barred) == "water").any()),
    }
