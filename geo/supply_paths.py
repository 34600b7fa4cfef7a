"""The paths by which the best sites are supplied, to be drawn and told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.names import branch_labels, line_labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.redundancy import Paths
    from geo.wiring import Route

COLUMNS = (
    "site_id",
    "path",
    "from_station",
    "to_station",
    "source",
    "length_km",
    "weakest_mw",
    "stations",
    "lines",
)
WAYS = {"N+1": 2}


def supply_paths(sites: pd.DataFrame, paths: Paths, crs: str) -> gpd.GeoDataFrame:
    """Return the paths that make some sites N, N+1 or 2N.

    Parameters
    ----------
    sites
        site_id, poi_id, second_poi_id, redundancy.
    paths
        Disjoint paths to strong sources.
    crs
        Of the routes.

    Returns
    -------
    GeoDataFrame
        One row per site and path, in the order of the sites: ``path`` from 1; station names;
        ``source``, what makes the last station strong; ``weakest_mw``, the least rating of a line
        on the way; names of stations and lines in order; the lines as drawn. For 2N one path from
        each point of connection, station-disjoint; for N+1 two from its bus, edge-disjoint; else
        one. Where a station is fed itself the path has no line: length 0, ``weakest_mw`` unknown.
    """
    told = _Told(paths)
    rows = [
        {"site_id": site.site_id, "path": number, **told.row(route)}
        for site in sites.itertuples()
        for number, route in enumerate(_routes(site, paths), start=1)
    ]
    shapes = [row.pop("geometry") for row in rows]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=list(COLUMNS)), geometry=shapes, crs=crs)


def _routes(site: object, paths: Paths) -> Iterator[Route]:
    poi, second = site.poi_id, site.second_poi_id  # type: ignore[attr-defined]
    redundancy = site.redundancy  # type: ignore[attr-defined]
    if redundancy == "2N":
        home = paths.grid.buses["substation_id"]
        yield from paths.pair_apart(str(home[poi]), str(home[second])) or ()
    else:
        yield from paths.shortest(poi, WAYS.get(redundancy, 1))


class _Told:
    """Names and shapes of what routes pass."""

    def __init__(self, paths: Paths) -> None:
        buses, branches = paths.grid.buses, paths.grid.branches
        lines = branches.drop_duplicates("group").set_index("group", drop=False)
        both = pd.concat([lines, branches])
        stations = buses.groupby("substation_id")
        self.paths = paths
        self.stations = stations["name"].first()
        self.places = stations[["x_m", "y_m"]].first()
        self.lines = line_labels(paths.grid).to_dict() | branch_labels(paths.grid).to_dict()
        self.line_of = both["group"].to_dict()
        self.ends = {
            line: (buses["substation_id"][one], buses["substation_id"][other])
            for line, one, other in zip(both.index, both["from_bus"], both["to_bus"], strict=True)
        }

    def row(self, route: Route) -> dict[str, object]:
        """Return what is told of a route."""
        stations = self.stations[list(route.stations)].tolist()
        return {
            "from_station": stations[0],
            "to_station": stations[-1],
            "source": self._source(route),
            "length_km": route.length_km,
            "weakest_mw": route.weakest_mw if route.lines else np.nan,
            "stations": " – ".join(stations),
            "lines": "; ".join(self.lines[line] for line in route.lines),
            "geometry": self._drawn(route),
        }

    def _source(self, route: Route) -> str:
        end = route.stations[-1]
        hub = self.paths.strong.get(end) if route.lines else None
        return hub or self.paths.fed_locally[end]

    def _drawn(self, route: Route) -> shapely.MultiLineString:
        """Draw the lines of a route one after the other, each in the direction of the path."""
        parts: list[Any] = []
        here = route.stations[0]
        for line in route.lines:
            shapes = shapely.get_parts(self.paths.corridors.routes[self.line_of[line]]).tolist()
            begin, end = (shapely.Point(self.places.loc[name]) for name in self.ends[line])
            from_here = self.ends[line][0] == here
            first = shapely.Point(shapes[0].coords[0])
            if (first.distance(begin) <= first.distance(end)) != from_here:
                shapes = [shape.reverse() for shape in reversed(shapes)]
            parts += shapes
            here = self.ends[line][from_here]
        return shapely.MultiLineString(parts)
