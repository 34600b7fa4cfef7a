"""A record of the pack for catalogues: a STAC item, version 1.0.0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from maps.documents import WGS84
from maps.stamp import created
from maps.sums import file_names, sha256_of
from maps.text import plain

if TYPE_CHECKING:
    from pathlib import Path

    from maps.delivery import Delivery

VERSION: Final = "1.0.0"
EXTENSIONS: Final = (
    "https://stac-extensions.github.io/projection/v1.1.0/schema.json",
    "https://stac-extensions.github.io/file/v2.1.0/schema.json",
)
TYPES: Final = {
    ".gpkg": "application/geopackage+sqlite3",
    ".geojson": "application/geo+json",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".fgb": "application/vnd.flatgeobuf",
    ".kml": "application/vnd.google-earth.kml+xml",
    ".kmz": "application/vnd.google-earth.kmz",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html",
    ".md": "text/markdown",
    ".qgz": "application/zip",
}
SHA256_MULTIHASH: Final = "1220"
"""What stands before a SHA-256 in a multihash: the function and its length of 32 bytes."""
DATA: Final = frozenset({".gpkg", ".geojson", ".parquet", ".fgb", ".kml", ".kmz", ".shp", ".csv"})


def stac_item(delivery: Delivery, folder: Path) -> dict[str, Any]:
    """Describe a pack whose files are complete in a folder."""
    place, asked = delivery.siting.layers.place, delivery.siting.scenario
    west, south, east, north = _bounds(delivery)
    number = delivery.crs.rpartition(":")[2]
    return {
        "type": "Feature",
        "stac_version": VERSION,
        "stac_extensions": list(EXTENSIONS),
        "id": f"powersite-{plain(place.name)}-{delivery.run_id}",
        "bbox": [west, south, east, north],
        "geometry": shapely.geometry.mapping(shapely.box(west, south, east, north, ccw=True)),
        "properties": {
            "datetime": created().isoformat().replace("+00:00", "Z"),
            "title": f"Sites for {asked.load_mw:g} MW in {plain(place.title)}",
            "description": "Candidate sites ranked power first, with the network behind them. "
            "Headroom is a screen from open data, not an offer of a grid operator.",
            "license": "other",
            "proj:epsg": int(number) if number.isdecimal() else None,
            "powersite:run_id": delivery.run_id,
        },
        "links": [],
        "assets": {name: _asset(folder / name, name) for name in file_names(folder)},
    }


def _bounds(delivery: Delivery) -> list[float]:
    """Return west, south, east, north of all layers in degrees."""
    shapes = [
        frame.geometry.to_crs(WGS84) for frame in delivery.spatial.values() if not frame.empty
    ]
    if not shapes:
        shapes = [delivery.siting.layers.regions.frame.geometry.to_crs(WGS84)]
    bounds = gpd.GeoSeries(pd.concat(shapes, ignore_index=True), crs=WGS84).total_bounds
    return [round(value, 7) for value in bounds.tolist()]


def _asset(path: Path, name: str) -> dict[str, Any]:
    asset: dict[str, Any] = {"href": f"./{name}"}
    if path.suffix in TYPES:
        asset["type"] = TYPES[path.suffix]
    return asset | {
        "roles": ["data" if path.suffix in DATA else "metadata"],
        "file:size": path.stat().st_size,
        "file:checksum": SHA256_MULTIHASH + sha256_of(path),
    }
