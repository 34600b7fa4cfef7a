"""A toy answer made by hand: three counties, six substations, eight sites."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString, Point, Polygon, box

from geo import kinds
from geo.kinds import Source
from geo.scenario import Scenario
from geo.siting import Siting

if TYPE_CHECKING:
    from collections.abc import Iterable

CRS = "EPSG:25833"
WEST, SOUTH = 400_000.0, 6_900_000.0
KM = 1000.0

HOSTILE = (
    "</script><script>window.harmed=1</script>",
    "<img src=x onerror=window.harmed=1>",
    "{{7*191}}",
    "{% for x in (1,2) %}x{% endfor %}{# note #}",
    "${window.harmed=1}`'\"\\",
    "two\u2028lines\u2029three",
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
        "firm_mw_p10": [310.0, 150.0, *[np.nan] * 6],
        "firm_mw_p50": [400.0, 190.0, *[np.nan] * 6],
        "firm_mw_p90": [450.0, 230.0, *[np.nan] * 6],
        "position_error_km": [0.0, 0, 1.5, 0, 0, 0, 0, 0],
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


def toy_upgrades() -> pd.DataFrame:
    """Write down what three measures on its limit would free."""
    return pd.DataFrame(
        {
            "bus_id": ["T-S0@132"] * 3,
            "branch": ["T-L2"] * 3,
            "measure": ["+100 MW", "+50%", "second circuit"],
            "firm_mw": [610.0, 500.0, 420.0],
            "unlocked_mw": [190.0, 80.0, 0.0],
            "usd": [9e6, 9e6, 21e6],
        }
    )


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
        },
        layers.regions.frame.geometry,
    )
    siting = Siting(
        layers=layers,
        scenario=Scenario(top=5),
        grid=None,  # type: ignore[arg-type] # nothing here looks into the grid
        headroom=toy_headroom(name),
        congestion=pd.DataFrame(
            {"branch": ["T-L3"], "outage": ["T-L2"], "over_mw": [21.0], "loading": [1.14]}
        ),
        sites=sites,
        limits=toy_limits(),
        upgrades=toy_upgrades(),
        feeds=feeds,
        regions=ranked,
        dropped=pd.DataFrame({"reason": [name("barred ground"), "no connection"], "count": [7, 2]}),
        notes=(name("Headroom from open data is a screen, not an offer."),),
    )
    return replace(siting, **changes)  # type: ignore[arg-type] # fields of Siting
