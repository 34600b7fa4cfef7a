"""A toy answer made by hand: three counties, six substations, eight sites."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString, MultiLineString, Point, Polygon, box

from geo import kinds
from geo.completeness import Completeness, Known
from geo.layer import Source
from geo.robustness import Sureness
from geo.scenario import Scenario
from geo.siting import Siting
from geo.supply_paths import COLUMNS as SUPPLY_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CRS = "EPSG:25833"
WEST, SOUTH = 400_000.0, 6_900_000.0
KM = 1000.0

HOSTILE = (
    "</script><script>window.harmed=1</script>",
    "<img src=x onerror=window.harmed=1>",
    "{{7*191}}",
    "{% for x in (1,2) %}x{% endfor %}{# note #}",
    "${window.harmed=1}`'\"\\",
    "two\u2028lines\u2029th\u202eree\u200f",
    "=cmd|'/c calc'!A1",
    "\x1b[31mred\x1b[0m\x07\x9b2J",
    "<!--<script>&lt;&amp;",
    "powersite-data-goes-here",
    "[bold red]markup[/]",
)
"""Names that do harm to a page, a template, a terminal or a spreadsheet that takes them in."""

SHARES = {
    "firm_mw": 28.0,
    "months": 16.0,
    "redundancy": 12.0,
    "power_price": 5.0,
    "connection_usd": 7.0,
    "energy_surplus": 3.0,
    "climate": 4.0,
    "carbon": 3.0,
    "remoteness": 1.0,
    "land_price": 1.0,
}
GRADES = "AABBCCDD"
FIRM_MW = (420.0, 180.0, 150.0, 240.0, 90.0, 60.0, 12.5, np.nan)
NORMAL_MW = (700.0, 260.0, 220.0, 300.0, 150.0, 110.0, 40.0, np.nan)
REDUNDANCY = ("2N", "N+1", "N+1", "N", "N+1", "N", "N", "")


def at(x_km: float, y_km: float) -> Point:
    """Place a point by its distance from the toy's south-west corner."""
    return Point(WEST + x_km * KM, SOUTH + y_km * KM)


def square(x_km: float, y_km: float, side_km: float) -> Polygon:
    """Place a square by its south-west corner."""
    corner = at(x_km, y_km)
    return box(corner.x, corner.y, corner.x + side_km * KM, corner.y + side_km * KM)


def spatial(columns: dict[str, Any], shapes: Iterable[Any]) -> gpd.GeoDataFrame:
    """Build a frame in the toy's CRS."""
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=CRS)


class Namer:
    """Gives names: plain ones, or hostile ones in turn."""

    def __init__(self, *, hostile: bool) -> None:
        self.hostile = hostile
        self.given = 0

    def __call__(self, name: str) -> str:
        if not self.hostile:
            return name
        self.given += 1
        return f"{HOSTILE[self.given % len(HOSTILE)]} {name}"


def toy_layers(name: Namer) -> kinds.Layers:
    """Build what is known of the toy place."""

    def source(kind: str, licence: str, attribution: str) -> Source:
        return Source(
            title=name(f"Toy {kind}"),
            url=name("https://example.org/toy"),
            licence=name(licence),
            vintage=name("2026"),
            attribution=name(attribution),
            note=name("made by hand"),
            file=f"{kind}.csv",
            sha256="0" * 64,
        )

    regions = [name(f"{word} County") for word in ("West", "Middle", "East")]
    stations = [at(10 + 20 * i, 30) for i in range(6)]
    ids = [f"T-S{i}" for i in range(6)]
    return kinds.Layers(
        place=kinds.Place(
            name="toy",
            title=name("Toyland"),
            country="XXX",
            crs=CRS,
            demand_mw=800.0,
            note=name("A place that does not exist."),
        ),
        substations=kinds.Substations(
            spatial(
                {
                    "id": ids,
                    "name": [name(f"Station {i}") for i in range(6)],
                    "voltages_kv": ["420;132", "420", "420;132", "132", "132", "132;66"],
                    "position_error_km": [0, 0, 0, 2.5, 0, 0],
                },
                stations,
            ),
            source("substations", "ODbL-1.0", "© OpenStreetMap contributors"),
        ),
        lines=kinds.Lines(
            spatial(
                {
                    "id": [f"T-L{i}" for i in range(5)],
                    "name": [name(f"Line {i}") for i in range(5)],
                    "from_substation": ids[:-1],
                    "to_substation": ids[1:],
                    "voltage_kv": [420, 420, 132, 132, 132],
                    "circuits": [2, 1, 1, 1, 1],
                    "length_km": [20.0] * 5,
                    "dc": [False, False, False, False, True],
                },
                [LineString([a, b]) for a, b in pairwise(stations)],
            ),
            source("lines", "ODbL-1.0", "© OpenStreetMap contributors"),
        ),
        regions=kinds.Regions(
            spatial({"name": regions}, [square(40 * i, 0, 40) for i in range(3)]),
            source("regions", "public domain", ""),
        ),
        plants=kinds.Plants(
            spatial(
                {
                    "id": ["P1", "P2", "P3"],
                    "name": [name("Great Fall"), name("Windy Hill"), ""],
                    "fuel": ["hydro", "wind", "gas"],
                    "capacity_mw": [1240.0, 100.0, 30.0],
                },
                [at(15, 20), at(60, 35), at(100, 10)],
            ),
            source("plants", "CC-BY-4.0", "Toy Plant Survey"),
        ),
        gas_fields=kinds.GasFields(
            spatial(
                {
                    "id": ["G1", "G2"],
                    "name": [name("Deep Field"), name("Landing")],
                    "gas_mcm_per_year": [2000.0, np.nan],
                    "offshore": [True, False],
                },
                [at(-20, 20), at(5, 10)],
            ),
            source("gas_fields", "CC-BY-4.0", "Toy Gas Survey"),
        ),
        settlements=kinds.Settlements(
            spatial(
                {"name": [name("Big Town"), name("Small Town")], "population": [90_000, 3_000]},
                [at(30, 12), at(95, 25)],
            ),
            source("settlements", "CC-BY-4.0", "Toy Names"),
        ),
        land_prices=kinds.LandPrices(
            pd.DataFrame(
                {
                    "region": regions,
                    "land_price_usd_per_ha": [2_000.0, 50_000.0, np.nan],
                    "basis": [name("sale")] * 3,
                }
            ),
            source("land_prices", "CC-BY-4.0", "Toy Statistics"),
        ),
        campuses=kinds.Campuses(
            spatial(
                {
                    "name": [name("Old Mine")],
                    "grid_mw": [175.0],
                    "use": [name("mining")],
                    "operator": [name("Toy Mining")],
                    "position_error_km": [1.5],
                },
                [at(52, 28)],
            ),
            source("campuses", "facts", ""),
        ),
        barred=kinds.Barred(
            spatial(
                {"reason": ["water", "protected"], "name": [name("Lake"), name("Park")]},
                [square(20, 5, 6), square(85, 28, 8)],
            ),
            source("barred", "public domain", ""),
        ),
    )


def toy_sites(name: Namer, regions: list[str]) -> gpd.GeoDataFrame:
    """Write down eight sites in rank order; the score is the sum of the shares."""
    count = len(GRADES)
    fade = np.linspace(1.0, 0.3, count)
    shares = {f"share_{key}": weight * fade for key, weight in SHARES.items()}
    places = [at(8 + 14 * i, 26 + (i % 3) * 4) for i in range(count)]
    degrees = gpd.GeoSeries(places, crs=CRS).to_crs("EPSG:4326")
    columns = {
        "site_id": [f"toy-{i:04x}" for i in range(1, count + 1)],
        "name": [name(f"Site {i}") for i in range(1, count + 1)],
        "kind": ["greenfield", "greenfield", "campus", *["greenfield"] * 5],
        "region": [regions[min(i // 3, 2)] for i in range(count)],
        "lon": degrees.x,
        "lat": degrees.y,
        "area_ha": 45.0,
        "rank": range(1, count + 1),
        "grade": list(GRADES),
        "score": sum(shares.values()),
        "firm_mw": FIRM_MW,
        "normal_mw": NORMAL_MW,
        "limiting_line": [name("Line 2"), *["Line 2"] * 5, "", ""],
        "limiting_outage": [name("Line 1"), *["Line 1"] * 5, "", ""],
        "poi_id": [f"T-S{min(i, 5)}@132" for i in range(count)],
        "poi_name": [name(f"Station {min(i, 5)}") for i in range(count)],
        "poi_voltage_kv": 132.0,
        "tie_km": [4.0 + i for i in range(count)],
        "redundancy": list(REDUNDANCY),
        "supply_ways": [3.0, 2, 2, 1, 2, 1, 1, np.nan],
        "months_p10": [20.0] * 7 + [np.nan],
        "months_p50": [28.0, 30, 14, 33, 40, 42, 60, np.nan],
        "months_p90": [44.0] * 6 + [90.0, np.nan],
        "hydro_mw_in_reach": 1240.0,
        "gas_mcm_per_year_in_reach": np.nan,
        "power_price_usd_per_mwh": 41.5,
        "carbon_g_per_kwh": 28.0,
        "pue": 1.11,
        "land_price_usd_per_ha": [2_000.0] * 3 + [50_000.0] * 3 + [np.nan] * 2,
        "connection_usd": 23.4e6,
        "capex_usd": 1.98e9,
        "confidence": [1.0, 0.9, 0.6, 0.9, 0.9, 0.9, 0.9, np.nan],
        "flexible_mw": NORMAL_MW,
        "supply_mix": [name("grid 180 MW"), *["grid 180 MW"] * 2, *[""] * 5],
        "supply_usd_per_mwh": [42.0] * 3 + [np.nan] * 5,
        "supply_months": [28.0, 30.0, 14.0, *[np.nan] * 5],
        "season_note": [name("West imports in winter."), *["West imports in winter."] * 7],
        "top_share": [1.0, 0.97, 0.9, 0.7, 0.6, 0.4, 0.2, np.nan],
        "rank_p10": [1, 1, 2, 3, 3, 4, 6, 7],
        "rank_p90": [2, 3, 5, 6, 7, 8, 8, 8],
        "robust": [True, True, True, *[False] * 5],
        "firm_mw_p10": [310.0, 150.0, *[np.nan] * 6],
        "firm_mw_p50": [400.0, 190.0, *[np.nan] * 6],
        "firm_mw_p90": [450.0, 230.0, *[np.nan] * 6],
        "normal_mw_p10": [560.0, 260.0, *[np.nan] * 6],
        "normal_mw_p50": [600.0, 300.0, *[np.nan] * 6],
        "normal_mw_p90": [640.0, 330.0, *[np.nan] * 6],
        "position_error_km": [0.0, 0, 1.5, 0, 0, 0, 0, 0],
        "station_links_mw": [0.0, 700, 0, 0, 0, 0, 0, np.nan],
        "part_links_mw": [700.0, 700, 700, 700, 700, 0, 0, np.nan],
        "part_supply_mw": [2000.0, 1000, 2000, 2000, 2000, 2000, 0, np.nan],
        "part_without": ["", name("Line 1"), "", "", "", "", "", ""],
        "way": ["new connection"] * 2 + ["conversion, then a second feed"] + ["new connection"] * 5,
        "critical_task": ["transformer"] * 2 + ["conversion"] + ["transformer"] * 5,
        "critical_share": [0.52, 0.52, 1.0, *[0.52] * 5],
        "line_usd": [9.4e6, 9.4e6, 0.0, *[9.4e6] * 5],
        "bays_usd": [2.0e6, 2.0e6, 0.0, *[2.0e6] * 5],
        "station_usd": [9.6e6, 9.6e6, 0.0, *[9.6e6] * 5],
        "transformers_usd": [2.4e6, 2.4e6, 0.0, *[2.4e6] * 5],
        "second_feed_usd": [0.0, 0.0, 23.4e6, *[0.0] * 5],
        "new_halls_usd": [1.95e9, 1.95e9, 0.0, *[1.95e9] * 5],
        "fit_out_usd": [0.0, 0.0, 972e6, *[0.0] * 5],
        "cooling_usd": [0.0, 0.0, 396e6, *[0.0] * 5],
        "land_usd": [90_000.0] * 6 + [np.nan] * 2,
        "rules_usd": 0.0,
        "connection_usd_per_mw": 130e3,
        "capex_usd_per_mw": 11e6,
        "energy_usd_per_year": [54.5e6] * 7 + [np.nan],
        "energy_usd_per_mw_per_year": [303e3] * 7 + [np.nan],
        **shares,
    }
    return spatial(columns, [point.buffer(1_200, quad_segs=1) for point in places])


def toy_headroom(name: Namer) -> pd.DataFrame:
    """Write down MW for each bus."""
    return pd.DataFrame(
        {
            "bus_id": ["T-S0@420", "T-S0@132", "T-S1@420", "T-S2@132", "T-S3@132", "T-S4@132"],
            "substation_id": ["T-S0", "T-S0", "T-S1", "T-S2", "T-S3", "T-S4"],
            "name": [name(f"Station {i}") for i in (0, 0, 1, 2, 3, 4)],
            "voltage_kv": [420.0, 132, 420, 132, 132, 132],
            "normal_mw": [900.0, 260, 700, 220, 110, np.nan],
            "firm_mw": [420.0, 180, 400, 150, 60, np.nan],
            "limiting_branch": ["T-L0/2", "T-L2", "T-L1", "T-L2", "T-L3", ""],
            "limiting_outage": ["T-L0/1", "T-L1", "T-L0/1", "", "T-L2", ""],
            "factor": [0.5, 0.4, 0.6, 0.5, 0.4, np.nan],
            "loading_before": [0.4, 0.5, 0.3, 0.6, 0.7, np.nan],
            "loading_after": [1.0, 1.0, 1.0, 1.0, 1.0, np.nan],
            "confidence": [1.0, 0.8, 1.0, 0.9, 0.5, np.nan],
            "flexible_mw": [900.0, 260, 700, 220, 100, np.nan],
        }
    )


def toy_limits() -> pd.DataFrame:
    """Write down what limits the point of connection of the first site, and next."""
    return pd.DataFrame(
        {
            "bus_id": ["T-S0@132"] * 3,
            "step": [0, 1, 2],
            "firm_mw": [420.0, 610.0, 900.0],
            "branch": ["T-L2", "T-L1", ""],
            "outage": ["T-L1", "", ""],
            "factor": [0.4, 0.5, np.nan],
            "gain_mw_per_mw": [2.5, 2.0, 0.0],
        }
    )


def toy_sureness(sites: gpd.GeoDataFrame) -> Sureness:
    """Write down draws in which the first three are robust, and one weight that dethrones."""
    tipping = pd.DataFrame(
        {
            "criterion": ["months", "carbon"],
            "weight": [0.22, 0.03],
            "tipping_weight": [0.08, np.nan],
            "change": [-0.14, np.nan],
            "by_site_id": ["toy-0002", ""],
        }
    )
    empty = pd.DataFrame(index=pd.Index(sites["site_id"]))
    columns = ["site_id", "top_share", "rank_p10", "rank_p90", "robust"]
    return Sureness(sites[columns], empty, empty, tipping, empty, top=5, draws=100)


def toy_upgrades() -> pd.DataFrame:
    """Write down what measures on their limits would free for two points of connection."""
    return pd.DataFrame(
        {
            "bus_id": ["T-S0@132"] * 3 + ["T-S2@132"] * 2,
            "branch": ["T-L2"] * 5,
            "measure": ["+100 MW", "+50%", "second circuit", "+100 MW", "second circuit"],
            "firm_mw": [610.0, 500.0, 420.0, 200.0, 260.0],
            "unlocked_mw": [190.0, 80.0, 0.0, 50.0, 110.0],
            "usd": [9e6, 9e6, 21e6, 9e6, 21e6],
        }
    )


def toy_supply_paths(name: Namer, lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Write down paths of three sites: 2N by lines, N+1 by a link of its own, N by a weak line."""
    drawn = [MultiLineString([line]) for line in lines.geometry]
    rows = [
        ("toy-0001", 1, "Station 0", "Station 1", "420 kV, 3 circuits", 20.0, 1877.0, "Line 0"),
        ("toy-0001", 2, "Station 3", "Station 2", "420 kV, 4 circuits", 20.0, 1877.0, "Line 2"),
        ("toy-0002", 1, "Station 1", "Station 2", "420 kV, 4 circuits", 20.0, 1877.0, "Line 1"),
        ("toy-0002", 2, "Station 1", "Station 1", "link abroad Cable, 700 MW", 0.0, np.nan, ""),
        ("toy-0004", 1, "Station 3", "Station 2", "420 kV, 4 circuits", 9.4, 147.0, "Line 2"),
    ]
    frame = pd.DataFrame(rows, columns=[*SUPPLY_COLUMNS[:7], "lines"])
    ends = zip(frame["from_station"], frame["to_station"], strict=True)
    frame["stations"] = [" – ".join(dict.fromkeys(pair)) for pair in ends]
    for column in ("from_station", "to_station", "source", "stations", "lines"):
        frame[column] = [text and name(text) for text in frame[column]]
    shapes = [drawn[0], drawn[2], drawn[1], MultiLineString(), drawn[2]]
    return spatial(dict(frame[list(SUPPLY_COLUMNS)]), shapes)


def toy_gantt() -> pd.DataFrame:
    """Write down the tasks of a greenfield site and of a campus that needs a second feed."""
    rows = [
        ("toy-0001", "power", "study and queue", 0.0, 23.0, 0.43),
        ("toy-0001", "power", "transformer", 0.0, 33.0, 0.57),
        ("toy-0001", "power", "commissioning", 33.0, 36.0, 1.0),
        ("toy-0003", "power", "conversion", 0.0, 13.0, 1.0),
        ("toy-0003", "second feed", "study and queue", 0.0, 23.0, 0.44),
        ("toy-0003", "second feed", "commissioning", 37.0, 39.0, 1.0),
    ]
    names = ["site_id", "phase", "task", "start_months", "finish_months", "critical_share"]
    return pd.DataFrame(rows, columns=names)


def toy_known(name: Callable[[str], str]) -> Completeness:
    """Say how complete the toy is: half of its circuits unknown, 300 kV published."""
    return Completeness(
        (Known("lines", 4, "voltage_kv", 4), Known("lines", 4, "circuits", 2),
         Known("plants", 0, "annual_gwh", 0), Known("substations", 3, "met by a line", 2)),
        pd.DataFrame(
            {"line_km": [80.0, 40.0], "circuit_km": [160.0, 40.0], "published_km": [100.0, np.nan]},
            index=pd.Index([300.0, 132.0], name="voltage_kv"),
        ),
        {("lines", name("circuits: cables / 3")): 2}, parts=2, largest_part=0.9,
        published_note=name("Grid company, 2024"),
    )  # fmt: skip


def make_siting(*, hostile: bool = False, **changes: object) -> Siting:
    """Build the toy answer, with plain or with hostile names."""
    name = Namer(hostile=hostile)
    layers = toy_layers(name)
    regions = list(layers.regions.frame["name"])
    sites = toy_sites(name, regions)
    ends = layers.substations.frame.geometry
    feeds = spatial(
        {"site_id": sites["site_id"], "poi_id": sites["poi_id"], "tie_km": sites["tie_km"]},
        [
            LineString([(lon.x, lon.y), (ends[min(i, 5)].x, ends[min(i, 5)].y)])
            for i, lon in enumerate(sites.geometry.centroid)
        ],
    )
    ranked = spatial(
        {
            "region": regions,
            "rank": [1, 2, 3],
            "grade": ["A", "B", "D"],
            "score": [80.0, 60.0, 30.0],
            "best_site_id": ["toy-0001", "toy-0004", "toy-0007"],
            "sites_a": [2, 0, 0],
            "sites_b": [1, 1, 0],
            "sites_c": [0, 2, 0],
            "firm_mw": [420.0, 240.0, np.nan],
            "months_p50": [28.0, 38.0, np.nan],
            "joint_firm_mw": [610.0, 250.0, np.nan],
            "first_share": [0.75, 0.25, np.nan],
            "rank_p10": [1.0, 1.0, np.nan],
            "rank_p90": [2.0, 2.0, np.nan],
        },
        layers.regions.frame.geometry,
    )
    siting = Siting(
        layers=layers,
        scenario=Scenario(top=5),
        grid=None,  # type: ignore[arg-type] # nothing here looks into the grid
        headroom=toy_headroom(name),
        congestion=pd.DataFrame(
            {
                "branch": ["T-L3"],
                "branch_name": [name("Line 3")],
                "outage": ["T-L2"],
                "outage_name": [name("Line 2")],
                "over_mw": [21.0],
                "loading": [1.14],
            }
        ),
        sites=sites,
        limits=toy_limits(),
        upgrades=toy_upgrades(),
        sureness=toy_sureness(sites),
        feeds=feeds,
        supply_paths=toy_supply_paths(name, layers.lines.frame),
        regions=ranked,
        dropped=pd.DataFrame({"reason": [name("barred ground"), "no connection"], "count": [7, 2]}),
        notes=(name("Headroom from open data is a screen, not an offer."),),
        gantt=toy_gantt(),
        known=toy_known(name),
    )
    return replace(siting, **changes)  # type: ignore[arg-type] # fields of Siting
