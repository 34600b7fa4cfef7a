"""A toy country from short lists: kilometres from its south-west corner, in EPSG:25833.

    substations([("A", "420;132", 0, 0), ("B", "132", 10, 0)])
    lines(stations, [("AB", "A", "B", 132)], {"circuits": {"AB": 2}})

Every builder returns the real kind. ``more`` adds columns: name to {id: value}; rows that it leaves
out are unknown. Change one layer of a country with `dataclasses.replace`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
from shapely import LineString, Point, Polygon, box

from geo import kinds
from geo.layer import Source
from geo.standards import STANDARDS, with_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    More = Mapping[str, Mapping[str, Any]]

CRS = "EPSG:25833"
EAST_M, NORTH_M = 500_000.0, 6_700_000.0
"""The corner lies on the central meridian, at about 60.4 degrees north."""
KM = 1000.0


def at(x_km: float, y_km: float) -> Point:
    """Place a point."""
    return Point(EAST_M + x_km * KM, NORTH_M + y_km * KM)


def rectangle(x_km: float, y_km: float, width_km: float, height_km: float) -> Polygon:
    """Place a rectangle by its south-west corner."""
    corner = at(x_km, y_km)
    return box(corner.x, corner.y, corner.x + width_km * KM, corner.y + height_km * KM)


def source(kind: str) -> Source:
    """Name a file that does not exist."""
    return Source(title=f"Toy {kind}", licence="CC0-1.0", vintage="2026", file=f"{kind}.csv")


def table(
    names: Sequence[str], rows: Iterable[Sequence[Any]], more: More | None = None
) -> pd.DataFrame:
    """Build columns from rows; further columns are looked up by the first one."""
    frame = pd.DataFrame([list(row) for row in rows], columns=list(names))
    for name, values in (more or {}).items():
        frame[name] = frame[names[0]].map(dict(values))
    return frame


def points(
    names: Sequence[str], rows: Iterable[Sequence[Any]], more: More | None = None
) -> gpd.GeoDataFrame:
    """Build rows that end in x_km, y_km."""
    rows = list(rows)
    frame = table(names, [row[:-2] for row in rows], more)
    return gpd.GeoDataFrame(frame, geometry=[at(*row[-2:]) for row in rows], crs=CRS)


def substations(
    rows: Iterable[tuple[str, str, float, float]], more: More | None = None
) -> kinds.Substations:
    """Rows of id, voltages, x_km, y_km; a station is called 'Station <id>'."""
    frame = points(("id", "voltages_kv"), rows, more)
    frame["name"] = "Station " + frame["id"]
    return kinds.Substations(frame, source("substations"))


def lines(
    stations: kinds.Substations,
    rows: Iterable[tuple[str, str, str, float]],
    more: More | None = None,
) -> kinds.Lines:
    """Rows of id, from, to, kV; straight, and as long as drawn unless ``length_km`` is given."""
    where = stations.frame.set_index("id").geometry
    frame = table(("id", "from_substation", "to_substation", "voltage_kv"), rows, more)
    shapes = [
        LineString([where.get(one, at(0, 0)), where.get(other, at(1, 1))])
        for one, other in zip(frame["from_substation"], frame["to_substation"], strict=True)
    ]
    return kinds.Lines(gpd.GeoDataFrame(frame, geometry=shapes, crs=CRS), source("lines"))


def regions(rows: Iterable[tuple[str, float, float, float, float]]) -> kinds.Regions:
    """Rows of name, x_km, y_km, width_km, height_km."""
    rows = list(rows)
    frame = gpd.GeoDataFrame(
        {"name": [row[0] for row in rows]}, geometry=[rectangle(*row[1:]) for row in rows], crs=CRS
    )
    return kinds.Regions(frame, source("regions"))


def plants(
    rows: Iterable[tuple[str, str, float, float, float]], more: More | None = None
) -> kinds.Plants:
    """Rows of id, fuel, MW, x_km, y_km; a plant is called 'Plant <id>'."""
    frame = points(("id", "fuel", "capacity_mw"), rows, more)
    frame["name"] = "Plant " + frame["id"]
    return kinds.Plants(frame, source("plants"))


def gas_fields(
    rows: Iterable[tuple[str, float, float, float]], more: More | None = None
) -> kinds.GasFields:
    """Rows of id, million cubic metres a year, x_km, y_km."""
    frame = points(("id", "gas_mcm_per_year"), rows, more)
    frame["name"] = "Field " + frame["id"]
    return kinds.GasFields(frame, source("gas_fields"))


def settlements(
    rows: Iterable[tuple[str, float, float, float]], more: More | None = None
) -> kinds.Settlements:
    """Rows of name, population, x_km, y_km."""
    return kinds.Settlements(points(("name", "population"), rows, more), source("settlements"))


def campuses(
    rows: Iterable[tuple[str, float, float, float]], more: More | None = None
) -> kinds.Campuses:
    """Rows of name, energised MW, x_km, y_km."""
    return kinds.Campuses(points(("name", "grid_mw"), rows, more), source("campuses"))


def climate(
    rows: Iterable[tuple[str, float, float, float, float]], more: More | None = None
) -> kinds.ClimateStations:
    """Rows of name, mean °C of the year, mean °C of the warmest month, x_km, y_km."""
    frame = points(("name", "t_annual_c", "t_warmest_month_c"), rows, more)
    return kinds.ClimateStations(frame, source("climate"))


def barred(rows: Iterable[tuple[str, Polygon]]) -> kinds.Barred:
    """Rows of reason and shape."""
    rows = list(rows)
    frame = gpd.GeoDataFrame(
        {"reason": [row[0] for row in rows]}, geometry=[row[1] for row in rows], crs=CRS
    )
    return kinds.Barred(frame, source("barred"))


def ties(rows: Iterable[tuple[str, str, float]]) -> kinds.Ties:
    """Rows of name, substation, MW."""
    return kinds.Ties(table(("name", "substation", "capacity_mw"), rows), source("ties"))


def loads(rows: Iterable[tuple[str, str, float]]) -> kinds.Loads:
    """Rows of name, substation, MW."""
    return kinds.Loads(table(("name", "substation", "demand_mw"), rows), source("loads"))


def land_prices(by_region: Mapping[str, float]) -> kinds.LandPrices:
    """Region to USD per hectare."""
    frame = table(("region", "land_price_usd_per_ha"), by_region.items())
    return kinds.LandPrices(frame, source("land_prices"))


def power_prices(by_zone: Mapping[str, float]) -> kinds.PowerPrices:
    """Zone to USD per MWh; '' is everywhere."""
    frame = table(("zone", "power_price_usd_per_mwh"), by_zone.items())
    return kinds.PowerPrices(frame, source("power_prices"))


def carbon(by_zone: Mapping[str, float]) -> kinds.Carbon:
    """Zone to grams per kWh; '' is everywhere."""
    return kinds.Carbon(table(("zone", "carbon_g_per_kwh"), by_zone.items()), source("carbon"))


def policy(rows: Iterable[tuple[str, bool, str]]) -> kinds.Policy:
    """Rows of topic, whether it closes the jurisdiction, region ('' is all)."""
    frame = table(("topic", "closes", "region"), rows)
    return kinds.Policy(frame.assign(rule="as written", effect="gate"), source("policy"))


def place(demand_mw: float = 600.0, changes: Mapping[str, float] | None = None) -> kinds.Place:
    """Describe Toyland; ``changes`` are assumptions of its own."""
    return kinds.Place(
        name="toy",
        title="Toyland",
        country="TOY",
        crs=CRS,
        demand_mw=demand_mw,
        standards=with_changes(STANDARDS, changes or {}, "toy"),
    )


def bare(
    stations: kinds.Substations, wires: kinds.Lines, land: kinds.Regions | None = None
) -> kinds.Layers:
    """Build a country that is only a grid; its land is 100 km by 100 km around the corner."""
    land = land or regions([("All", -20, -20, 100, 100)])
    return kinds.Layers(place(), stations, wires, land)


def grid_of(
    station_rows: Iterable[tuple[str, str, float, float]],
    line_rows: Iterable[tuple[str, str, str, float]],
    line_more: More | None = None,
) -> kinds.Layers:
    """Build a country that is nothing but a grid, from rows."""
    stations = substations(station_rows)
    return bare(stations, lines(stations, line_rows, line_more))


STATIONS = [
    ("A", "420;132", 10, 20),
    ("B", "420", 30, 30),
    ("C", "420;132", 30, 10),
    ("D", "420;132", 50, 20),
    ("E", "132", 50, 5),
]
LINES = [
    ("AB", "A", "B", 420),
    ("AC", "A", "C", 420),
    ("BC", "B", "C", 420),
    ("BD", "B", "D", 420),
    ("CD", "C", "D", 420),
    ("CE", "C", "E", 132),
]


def country() -> kinds.Layers:
    """Build Toyland: 60 km by 40 km, a meshed 420 kV grid A-B-C-D, and E alone on a 132 kV line.

    ::

        40 ┌──────────────┬──────────────┐
        30 │              B              │      West | East, halved at 30 km
        20 │ P    A       │       D  t   │      P hydro and wind at A, t the town near D
        10 │              C              │      G gas landing, M a mining campus near C
         5 │ G            │ M     E      │
         0 └──────────────┴──────────────┘
           0     10       30      50     60
    """
    stations = substations(STATIONS)
    return kinds.Layers(
        place=place(),
        substations=stations,
        lines=lines(stations, LINES),
        regions=regions([("West", 0, 0, 30, 40), ("East", 30, 0, 30, 40)]),
        plants=plants([("P1", "hydro", 1500, 8, 20), ("P2", "wind", 100, 12, 20)]),
        gas_fields=gas_fields([("G", 200, 3, 5)]),
        settlements=settlements([("Town", 50_000, 54, 20), ("Hamlet", 500, 20, 35)]),
        climate=climate([("Met", 5, 15, 30, 20)]),
        land_prices=land_prices({"West": 5_000, "East": 20_000}),
        power_prices=power_prices({"": 40}),
        carbon=carbon({"": 25}),
        campuses=campuses([("Old Mine", 60, 33, 6)]),
    )
