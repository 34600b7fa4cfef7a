"""A country of five stations, one file a kind of layer, so that a test can spoil any of them."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SETTINGS = """\
name = "toy"
title = "Toyland"
country = "TOY"
crs = "EPSG:25832"
demand_mw = 300
note = "Made up."

[scenario]
load_mw = 50
cell_km = 10
spacing_km = 15
"""
FILES = {
    "substations.csv": """\
id,name,lon,lat,voltages_kv,country
A,Alpha,9.0,60.0,300;132,
B,Beta,9.5,60.0,300,
C,Gamma,9.0,60.4,300;132,
D,Delta,9.4,60.5,132,
X,Abroad,10.2,60.1,300,XYZ
""",
    "lines.csv": """\
id,name,from_substation,to_substation,voltage_kv,circuits,length_km,rating_mva,category,dc,confidence,via
L1,Alpha - Beta,A,B,300,2,28,900,line,false,0.9,
L2,Alpha - Gamma,A,C,300,1,46,900,line,false,0.9,9.1 60.2;9.1 60.3
L3,Beta - Gamma,B,C,300,1,54,900,line,false,0.9,
L4,Gamma - Delta,C,D,132,2,26,200,line,false,0.9,
L5,Alpha - Delta,A,D,132,1,62,200,cable,false,0.9,
L6,Beta - Abroad,B,X,300,1,42,900,line,false,0.9,
""",
    "plants.csv": """\
id,name,fuel,capacity_mw,annual_gwh,storage_gwh,status,lon,lat
P1,Dam,hydro,900,3500,1200,operating,9.02,60.01
P2,Stack,gas,300,1500,,operating,9.51,60.02
P3,Mill,wind,100,300,,under construction,9.41,60.49
""",
    "gas_fields.csv": """\
id,name,status,gas_mcm_per_year,offshore,lon,lat
G1,Well,operating,500,false,9.45,60.05
""",
    "settlements.csv": """\
name,population,zone,lon,lat
Town,100000,,9.1,60.05
Hamlet,2000,,9.4,60.45
""",
    "loads.csv": """\
name,substation,demand_mw,note,quality
Works,B,60,an aluminium works,assumed
""",
    "climate.csv": """\
name,t_annual_c,t_warmest_month_c,rh_annual_pct,quality,lon,lat
Town,6.0,16.0,75,official,9.1,60.05
""",
    "land_prices.csv": """\
region,land_price_usd_per_ha,basis,year,quality
West,7000,sale,2024,official
East,,,,
""",
    "power_prices.csv": """\
zone,power_price_usd_per_mwh,year,quality
,45,2024,official
""",
    "carbon.csv": """\
zone,carbon_g_per_kwh,year,quality
,30,2024,official
""",
    "policy.csv": """\
topic,rule,effect,closes,delay_months,cost_usd_per_mw,region,status,url,quality
queue,Study of the queue,delay,false,3,,West,in force,https://example.org/rule,official
tax,A tax,cost,false,,1000,,in force,,official
""",
    "campuses.csv": """\
name,grid_mw,use,operator,note,feed,free_ha,position_error_km,lon,lat
Old Hall,60,mining,Someone,runs,N,40,0.1,9.05,60.03
""",
    "ties.csv": """\
name,substation,capacity_mw,to_country,note
Cable,B,200,XYZ,as traded
""",
    "outages.csv": """\
outage,element
Tower,L1
Tower,L3
""",
}
LAND = {"West": (8.5, 9.25), "East": (9.25, 10.0)}
WATER = [[9.7, 59.6], [9.8, 59.6], [9.8, 59.7], [9.7, 59.7], [9.7, 59.6]]
KINDS = [name.removesuffix(".csv") for name in FILES]


def feature(ring: list[list[float]], **properties: object) -> dict[str, object]:
    """One polygon of GeoJSON."""
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def collection(*features: dict[str, object]) -> str:
    """A GeoJSON file."""
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def region(west: float, east: float, name: str) -> dict[str, object]:
    """A region between two meridians."""
    return feature([[west, 59.5], [east, 59.5], [east, 61], [west, 61], [west, 59.5]], name=name)


def regions() -> str:
    """Two regions that share the meridian of 9.25 degrees."""
    return collection(*(region(west, east, name) for name, (west, east) in LAND.items()))


def layer_table(kind: str, file: str) -> str:
    """The table of a layer, with a source."""
    source = f'title = "{kind} of Toyland"\nlicence = "CC0-1.0"\nvintage = "2024"'
    return f'\n[layers.{kind}]\nfile = "{file}"\n[layers.{kind}.source]\n{source}\n'


@dataclass(frozen=True)
class Country:
    """The folder of the country."""

    folder: Path

    def write(self, file: str, content: str | bytes) -> Path:
        """Replace a file."""
        path = self.folder / file
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def read(self, file: str) -> str:
        """Read a file of text."""
        return (self.folder / file).read_bytes().decode()

    def spoil(self, file: str, old: str, new: str) -> None:
        """Replace a piece that is there once."""
        text = self.read(file)
        assert text.count(old) == 1, (file, old)
        self.write(file, text.replace(old, new))

    def change(self, file: str, how: Callable[[str], str | bytes]) -> None:
        """Rewrite a whole file."""
        self.write(file, how(self.read(file)))

    def add(self, file: str, *rows: str) -> None:
        """Add rows to a table."""
        self.write(file, self.read(file) + "\n".join([*rows, ""]))

    def use(self, kind: str, file: str, more: str = "") -> None:
        """Let a layer be read from another file."""
        head, *tables = self.read("place.toml").split("\n[layers.")
        kept = [table for table in tables if not table.startswith((f"{kind}]", f"{kind}."))]
        text = "\n[layers.".join([head, *kept])
        self.write("place.toml", f'{text}\n[layers.{kind}]\nfile = "{file}"\n{more}\n')


def build(folder: Path) -> Country:
    """Write the country, which has no fault."""
    folder.mkdir(parents=True, exist_ok=True)
    country = Country(folder)
    tables = [layer_table(name.removesuffix(".csv"), name) for name in FILES]
    tables += [layer_table(kind, f"{kind}.geojson") for kind in ("regions", "barred")]
    country.write("place.toml", SETTINGS + "".join(tables))
    for name, text in FILES.items():
        country.write(name, text)
    country.write("regions.geojson", regions())
    country.write("barred.geojson", collection(feature(WATER, reason="water", name="Lake")))
    return country


def copy_of(place: str, folder: Path) -> Country:
    """Copy a built-in place."""
    root = Path(__file__).resolve().parents[2]
    shutil.copytree(root / "layers" / "places" / place, folder)
    return Country(folder)
