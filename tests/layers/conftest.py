"""A place small enough to check by hand, written file by file so that a test can spoil one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from layers.place import faults_of, open_place, read_layers

if TYPE_CHECKING:
    from geo.kinds import Layers

DATA = Path(__file__).parents[2].parent / "shared" / "data"
"""Real data beside the checkout, where there are any."""
PLACE_TOML = """\
name = "toy"
title = "Toyland"
country = "TOY"
crs = "EPSG:25832"
demand_mw = 100
note = "Made up."

[layers.substations]
file = "substations.csv"

[layers.lines]
file = "lines.csv"

[layers.regions]
file = "regions.geojson"

[layers.plants]
file = "plants.csv"

[layers.land_prices]
file = "land_prices.csv"

[layers.ties]
file = "ties.csv"
"""
SUBSTATIONS = """\
id,name,lon,lat,voltages_kv
A,Alpha,9.0,60.0,300;132
B,Beta,9.5,60.0,300
C,Gamma,9.0,60.5,132
"""
LINES = """\
id,from_substation,to_substation,voltage_kv,length_km,via
L1,A,B,300,28,
L2,A,C,132,60,9.1 60.2;9.1 60.3
"""
PLANTS = """\
id,name,fuel,capacity_mw,annual_gwh,lon,lat
P1,Dam,hydro,250,900,9.2,60.1
"""
LAND_PRICES = """\
region,land_price_usd_per_ha
West,7000
East,
"""
TIES = """\
name,substation,capacity_mw
Abroad,B,
"""
SQUARES = {"West": (8.5, 9.25), "East": (9.25, 10.0)}


def regions_geojson() -> str:
    """Two squares that share the meridian of 9.25 degrees."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[w, 59.5], [e, 59.5], [e, 61.0], [w, 61.0], [w, 59.5]]],
            },
        }
        for name, (w, e) in SQUARES.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


@dataclass(frozen=True)
class Toy:
    """The folder of the toy place."""

    folder: Path

    def write(self, file: str, text: str, encoding: str = "utf-8") -> Path:
        """Replace a file."""
        path = self.folder / file
        path.write_bytes(text.encode(encoding))
        return path

    def spoil(self, file: str, old: str, new: str) -> None:
        """Replace a piece of a file that is there once."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (file, old)
        self.write(file, text.replace(old, new))

    def set_layer(self, kind: str, table: str) -> None:
        """Replace the table of one layer, or add it."""
        path = self.folder / "place.toml"
        parts = path.read_text(encoding="utf-8").split("\n[layers.")
        kept = [part for part in parts if not part.startswith((f"{kind}]", f"{kind}."))]
        self.write("place.toml", "\n[layers.".join([*kept, f"{kind}]\n{table}\n"]))

    def faults(self) -> list[str]:
        """Every fault as one line."""
        return [str(fault) for fault in faults_of(str(self.folder))]

    def layers(self) -> Layers:
        """Read the place."""
        return read_layers(open_place(str(self.folder)))


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """Write the toy place, which has no fault."""
    place = Toy(tmp_path / "toy")
    place.folder.mkdir()
    for file, text in (
        ("place.toml", PLACE_TOML),
        ("substations.csv", SUBSTATIONS),
        ("lines.csv", LINES),
        ("plants.csv", PLANTS),
        ("land_prices.csv", LAND_PRICES),
        ("ties.csv", TIES),
        ("regions.geojson", regions_geojson()),
    ):
        place.write(file, text)
    return place
