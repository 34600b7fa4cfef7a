"""Drawings: toy ones from lists of kilometres, and the real ones that some machines have.

    drawn([("A", "132", 0, 0), ("B", "132", 10, 0)], [("L", "132", [(0, 0), (10, 0)])])

A drawing is two frames, substations and lines, as `geo.topology.trace` takes them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import networkx as nx
import numpy as np
import osmium
import pandas as pd
import shapely
from shapely import LineString

from geo.drawing import DrawnLines, DrawnSubstations
from tests.geo.toy import CRS, at, source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    Way = tuple[str, str, Sequence[tuple[float, float]]]
    More = Mapping[str, Mapping[str, Any]]

DATA = Path(__file__).parents[2].parent / "shared" / "data"
"""Real data beside the checkout, where there are any."""
VOLTS_PER_KV = 1000
HONDURAS = "EPSG:32616"


class Drawing(NamedTuple):
    """What `trace` takes."""

    substations: gpd.GeoDataFrame
    lines: gpd.GeoDataFrame


class Real(NamedTuple):
    """A real drawing, and what its publisher says of it."""

    substations: gpd.GeoDataFrame
    lines: gpd.GeoDataFrame
    truth: list[tuple[str, str, float]]
    """From, to and kV of each line, from in alphabetical order before to."""


def substations_of(
    rows: Iterable[tuple[Any, ...]], more: More | None = None, crs: str = CRS
) -> gpd.GeoDataFrame:
    """Rows of id, voltages, and x_km and y_km or a shape."""
    rows = list(rows)
    frame = gpd.GeoDataFrame(
        {"id": [row[0] for row in rows], "voltages_kv": [row[1] for row in rows]},
        geometry=[row[2] if len(row) == 3 else at(*row[2:]) for row in rows],
        crs=crs,
    )
    return DrawnSubstations(_with(frame, more), source("substations")).frame


def lines_of(rows: Iterable[Way], more: More | None = None) -> gpd.GeoDataFrame:
    """Rows of id, voltages ('' is unknown) and points in kilometres."""
    rows = list(rows)
    frame = gpd.GeoDataFrame(
        {"id": [row[0] for row in rows], "voltages_kv": [row[1] for row in rows]},
        geometry=[LineString([at(*point) for point in row[2]]) for row in rows],
        crs=CRS,
    )
    return DrawnLines(_with(frame, more), source("lines")).frame


def drawn(
    stations: Iterable[tuple[Any, ...]],
    ways: Iterable[Way],
    station_more: More | None = None,
    way_more: More | None = None,
) -> Drawing:
    """Draw substations and lines; ``more`` is column to {id: value}."""
    return Drawing(substations_of(stations, station_more), lines_of(ways, way_more))


def _with(frame: gpd.GeoDataFrame, more: More | None) -> gpd.GeoDataFrame:
    for name, values in (more or {}).items():
        frame[name] = frame["id"].map(dict(values))
    return frame


def pairs(lines: gpd.GeoDataFrame) -> list[tuple[str, str]]:
    """Return which two places each line joins, junctions as 'J', sorted."""
    ends = lines[["from_substation", "to_substation"]].replace(r"^J.*", "J", regex=True)
    return sorted(tuple(sorted(pair)) for pair in ends.itertuples(index=False))


def recovered(
    lines: gpd.GeoDataFrame, merged: Mapping[str, str], truth: list[tuple[str, str, float]]
) -> dict[str, float]:
    """Compare traced lines with the ends that a publisher names.

    Returns
    -------
    dict
        ``direct``: share of the publisher's lines whose ends are joined, or are one substation;
        ``over_taps``: … or are joined over junctions only; ``right``: share of the traced pairs of
        substations that the publisher knows.
    """
    named = [(*sorted(merged.get(end, end) for end in ends), kv) for *ends, kv in truth]
    ends = zip(lines["from_substation"], lines["to_substation"], lines["voltage_kv"], strict=True)
    found = {(*sorted(pair), kv) for *pair, kv in ends}
    taps: nx.Graph[tuple[str, float]] = nx.Graph()
    beside: dict[tuple[str, float], set[tuple[str, float]]] = {}
    for one, other, kv in found:
        inner = [(end, kv) for end in (one, other) if end.startswith("J")]
        taps.add_nodes_from(inner)
        if len(inner) == 2:
            taps.add_edge(*inner)
        elif inner:
            outer = other if inner[0][0] == one else one
            beside.setdefault((outer, kv), set()).add(inner[0])
    part = {node: at for at, nodes in enumerate(nx.connected_components(taps)) for node in nodes}
    meets = {end: {part[node] for node in nodes} for end, nodes in beside.items()}
    direct = [one == other or (one, other, kv) in found for one, other, kv in named]
    over = [
        bool(meets.get((one, kv), set()) & meets.get((other, kv), set()))
        for one, other, kv in named
    ]
    between = [pair for pair in found if not any(str(end).startswith("J") for end in pair[:2])]
    return {
        "direct": float(np.mean(direct)),
        "over_taps": float(np.mean(np.logical_or(direct, over))),
        "right": float(np.mean([pair in set(named) for pair in between])),
    }


def honduras() -> Drawing:
    """Read the transmission lines and substations of an OpenStreetMap extract."""
    path = DATA / "osm_pbf" / "osmflex_test.osm.pbf"
    ways = [
        (
            str(way.id),
            dict(way.tags),
            [(node.lon, node.lat) for node in way.nodes if node.location.valid()],
        )
        for way in osmium.FileProcessor(str(path)).with_locations()
        if way.is_way() and way.tags.get("power") in {"substation", "line"}
    ]
    ids, tags, degrees = (list(part) for part in zip(*ways, strict=True))
    power = np.array([tag["power"] for tag in tags], dtype=object)
    yards, wires = np.flatnonzero(power == "substation"), np.flatnonzero(power == "line")
    drawn_as = gpd.GeoSeries([LineString(way) for way in degrees], crs="EPSG:4326")
    shapes, ids = drawn_as.to_crs(HONDURAS).to_numpy(), np.array(ids, dtype=object)
    substations = gpd.GeoDataFrame(
        {"id": ids[yards], "voltages_kv": [_kv(tags[row]) for row in yards]},
        geometry=[shapely.Polygon(shapes[row]) for row in yards],
        crs=HONDURAS,
    )
    lines = gpd.GeoDataFrame(
        {
            "id": ids[wires],
            "voltages_kv": [_kv(tags[row]) for row in wires],
            "circuits": [int(tags[row].get("cables", 0)) // 3 or None for row in wires],
        },
        geometry=shapes[wires],
        crs=HONDURAS,
    )
    return Drawing(
        DrawnSubstations(substations, source("substations")).frame,
        DrawnLines(lines, source("lines")).frame,
    )


def _kv(tags: Mapping[str, str]) -> str:
    volts = [part for part in tags.get("voltage", "").split(";") if part]
    return ";".join(f"{int(part) / VOLTS_PER_KV:g}" for part in volts)


def germany(*, from_line_ends: bool) -> Real:
    """Read the German grid without its buses: substations where its buses are, or its lines end.

    A line without a shape is drawn straight. Where substations come from line ends, their voltages
    are not told.
    """
    folder = DATA / "scigrid_de"
    text = {"name": str, "bus0": str, "bus1": str}
    buses = pd.read_csv(folder / "buses.csv", dtype=text).set_index("name")
    table = pd.read_csv(folder / "lines.csv", dtype=text)
    spots = gpd.GeoSeries(gpd.points_from_xy(buses["x"], buses["y"]), crs="EPSG:4326")
    where = dict(zip(buses.index, spots.to_crs("EPSG:25832"), strict=True))
    told = table["wkt_srid_4326"].str.partition(";")[2].replace("", None)
    drawn_as = gpd.GeoSeries.from_wkt(told, crs="EPSG:4326").to_crs("EPSG:25832")
    shapes = [
        shape if shape is not None else LineString([where[one], where[other]])
        for shape, one, other in zip(drawn_as, table["bus0"], table["bus1"], strict=True)
    ]
    kv = table["voltage"].to_numpy() / VOLTS_PER_KV
    lines = gpd.GeoDataFrame(
        {"id": "L" + table["name"], "voltage_kv": kv}, geometry=shapes, crs="EPSG:25832"
    )
    known: dict[tuple[float, float], set[float]] = {}
    at_bus = {}
    for bus, spot in where.items():
        spot_m = (round(spot.x), round(spot.y))
        at_bus[bus] = spot_m
        known.setdefault(spot_m, set()).add(float(buses.loc[bus, "v_nom"]))
    if from_line_ends:
        ends = {end for shape in shapes for end in (shape.coords[0], shape.coords[-1])}
        known = {(round(x), round(y)): set() for x, y in ends}
    ids = {spot_m: f"S{number}" for number, spot_m in enumerate(sorted(known))}
    rows = [
        (ids[spot], ";".join(f"{level:g}" for level in known[spot]), shapely.Point(spot))
        for spot in ids
    ]
    ends_of = zip(table["bus0"], table["bus1"], kv, strict=True)
    truth = [(ids[at_bus[one]], ids[at_bus[other]], level) for one, other, level in ends_of]
    return Real(
        substations_of(rows, crs="EPSG:25832"), DrawnLines(lines, source("lines")).frame, truth
    )


def europe(*, joints: bool = True) -> Real:
    """Read the interactive map of ENTSO-E: stations, or all but those that are only joints."""
    folder = DATA / "entsoe_gridkit"
    buses = pd.read_csv(folder / "buses.csv", quotechar="'")
    table = pd.read_csv(folder / "lines.csv", quotechar="'")
    spots = gpd.GeoSeries(gpd.points_from_xy(buses["x"], buses["y"]), crs="EPSG:4326")
    buses = gpd.GeoDataFrame(buses, geometry=spots.to_crs("EPSG:3035"))
    stations = buses.sort_values("bus_id").groupby("station_id")
    kept = stations["symbol"].first() != "joint" if not joints else stations["symbol"].first() != ""
    substations = gpd.GeoDataFrame(
        {
            "id": [f"S{number}" for number in kept.index],
            "voltages_kv": stations["voltage"].agg(
                lambda kvs: ";".join(f"{kv:g}" for kv in sorted(set(kvs.dropna())))
            ),
        },
        geometry=stations["geometry"].first().to_numpy(),
        crs="EPSG:3035",
    )[kept.to_numpy()]
    lines = gpd.GeoDataFrame(
        {
            "id": table["line_id"].astype(str),
            "voltage_kv": table["voltage"],
            "circuits": table["circuits"],
        },
        geometry=gpd.GeoSeries.from_wkt(table["geometry"], crs="EPSG:4326").to_crs("EPSG:3035"),
    )
    station = buses.set_index("bus_id")["station_id"]
    ends_of = zip(table["bus0"], table["bus1"], table["voltage"], strict=True)
    truth = [(f"S{station[one]}", f"S{station[other]}", float(kv)) for one, other, kv in ends_of]
    return Real(
        DrawnSubstations(substations, source("substations")).frame,
        DrawnLines(lines, source("lines")).frame,
        truth,
    )


def length_km(shape: BaseGeometry) -> float:
    """Return the length of a shape."""
    return shape.length / 1000.0
