"""A made-up grid on the real ground of Aachen: elevation, land cover, protected areas, roads.

The rasters and shapes stay where they are and are copied into the folder of a test. Stations, lines
and plants are invented; everything of the ground is real (`SOURCE.md` beside the data).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "aachen"
CRS = "EPSG:25832"
FILES = ("clc-aachen_clipped.tif", "elevation.tif")
SHAPES = ("CDDA_aachenClipped", "Natura2000_aachenClipped", "aachenRoads")

PLACE = """
name = "aachen"
title = "Aachen"
country = "DEU"
crs = "EPSG:25832"
demand_mw = 600

[scenario]
load_mw = 100
cell_km = 2.0
reach_km = 15
spacing_km = 4

[surfaces]
cell_m = 100

[layers.substations]
file = "substations.csv"
[layers.lines]
file = "lines.csv"
[layers.regions]
file = "regions.geojson"
[layers.plants]
file = "plants.csv"

[layers.elevation]
file = "elevation.tif"
[layers.land_cover]
file = "clc-aachen_clipped.tif"
[layers.land_cover.classes]
"1-2" = { terrain = "urban", barred = "town", setback_m = 200 }
"3-11" = { terrain = "urban", barred = "town" }
"12-22" = "open"
"23-25" = { terrain = "forest", barred = "forest" }
"26-34" = "open"
"35-39" = { terrain = "wetland", barred = "wetland" }
"40-44" = { terrain = "water", barred = "water" }

[barred."protected area"]
file = "CDDA_aachenClipped.shp"
terrain = "barrier"
[barred."Natura 2000"]
file = "Natura2000_aachenClipped.shp"
setback_m = 300
[barred.motorway]
file = "aachenRoads.shp"
setback_m = 200
[barred.motorway.only]
type = ["motorway", "primary", "trunk"]
"""
SUBSTATIONS = """id,name,voltages_kv,lon,lat
W,West,380;110,6.05,50.83
M,Middle,380;110,6.20,50.80
E,East,380;110,6.36,50.86
S,South,110,6.25,50.62
"""
LINES = """id,from_substation,to_substation,voltage_kv,circuits
WM,W,M,380,2
ME,M,E,380,2
wm,W,M,110,2
me,M,E,110,2
ms,M,S,110,2
es,E,S,110,2
"""
PLANTS = """id,name,fuel,capacity_mw,lon,lat
P,West plant,gas,1200,6.05,50.83
Q,East plant,gas,900,6.36,50.86
"""


def make(folder: Path, place: str = PLACE) -> Path:
    """Make the place in a folder, or skip the test where the data are not there."""
    if not DATA.is_dir():
        pytest.skip("the Aachen data are not here")
    folder.mkdir(exist_ok=True)
    for name in FILES:
        shutil.copy(DATA / name, folder)
    for name in SHAPES:
        for part in DATA.glob(f"{name}.*"):
            shutil.copy(part, folder)
    region = gpd.GeoDataFrame(
        {"name": ["Aachen"]}, geometry=[box(6.0, 50.52, 6.4, 50.93)], crs=4326
    )
    region.to_file(folder / "regions.geojson", driver="GeoJSON")
    for name, text in (("substations", SUBSTATIONS), ("lines", LINES), ("plants", PLANTS)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "place.toml").write_text(place, encoding="utf-8")
    return folder
