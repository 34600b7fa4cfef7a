"""The page that a receiver reads first: what is in the folder, how to open it, what to doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from maps.stamp import created
from maps.styles import title
from maps.text import markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from maps.delivery import Delivery

FILES: Final = {
    "shortlist.qgz": "QGIS project over the GeoPackage: open this in QGIS",
    "shortlist.gpkg": "GeoPackage with all layers and their QGIS styles; also opens in ArcGIS Pro",
    "map.html": "map of the answer in one page; opens in a browser without a network",
    "shortlist.geojson": "sites as GeoJSON (RFC 7946, WGS 84)",
    "shortlist.csv": "sites as a table (UTF-8)",
    "regions.csv": "regions as a table",
    "shortlist.xlsx": "all layers as an Excel workbook",
    "shortlist.kml": "for Google Earth",
    "shortlist.kmz": "for Google Earth",
    "shortlist.gdb": "file geodatabase of Esri",
    "geoparquet": "GeoParquet 1.1, a file for each layer",
    "flatgeobuf": "FlatGeobuf, a file for each layer",
    "shapefile": "Shapefiles; short column names (dictionary.csv), texts cut after 254 bytes",
    "pypsa": "the grid with the site as a load, for PyPSA (import_from_csv_folder)",
    "grid.m": "the grid with the site as a load, a MATPOWER case (version 2)",
    "stac-item.json": "record for a STAC catalogue",
    "answer.json": "the answer as one JSON document",
    "dictionary.csv": "what every column of every layer means, with unit and source",
    "provenance.json": "question, sources, versions and hashes; which layer is made of what",
    "LICENCES.md": "licences of the data, and the credit that they ask for",
    "what-changed.csv": "what is new, gone or moved since the earlier pack, and why",
    "manifest.json": "files with their hashes, and how many sites there are",
    "README.md": "this page",
    "SHA256SUMS": "check with: sha256sum -c SHA256SUMS",
}
"""What a file or folder of a pack is; other names are told without words."""


def readme_text(delivery: Delivery, names: Iterable[str], moved: Mapping[str, int]) -> str:
    """Return the page.

    Parameters
    ----------
    delivery
        What is handed over.
    names
        Files and folders at the top of the pack.
    moved
        Kind of change since an earlier pack to the number of sites; empty without one.
    """
    siting, asked = delivery.siting, delivery.siting.scenario
    place = siting.layers.place
    parts = [
        f"# Sites for {asked.load_mw:g} MW in {markdown(place.title)}",
        _made(delivery),
        "## Files",
        _lines(f"`{name}`: {FILES[name]}" if name in FILES else f"`{name}`" for name in names),
        "## Coordinates",
        _coordinates(delivery),
        "## Layers",
        _lines(
            f"`{name}`: {title(name)}, {len(frame)} rows" for name, frame in delivery.tables.items()
        ),
        "## Reading it",
        _lines(_READING),
        "## What to doubt",
        _lines(markdown(note) for note in siting.notes),
    ]
    if moved:
        told = ", ".join(f"{count} {change}" for change, count in moved.items())
        parts += ["## Since the earlier pack", f"{told}. See `what-changed.csv`."]
    return "\n\n".join(parts) + "\n"


def _made(delivery: Delivery) -> str:
    siting, asked = delivery.siting, delivery.siting.scenario
    return (
        f"Made by powersite on {created():%Y-%m-%d} (run {delivery.run_id}). "
        f"{len(siting.sites)} sites were found; the best {min(asked.top, len(siting.sites))} are "
        f"handed over. Redundancy asked for: {asked.redundancy}; power wanted within "
        f"{asked.months:g} months."
    )


def _coordinates(delivery: Delivery) -> str:
    return (
        f"Delivered in {delivery.crs}; lengths and areas were measured in "
        f"{delivery.siting.layers.place.crs} and stay so, whatever the CRS of delivery. GeoJSON, "
        "KML and `lon`, `lat` are in WGS 84 (EPSG:4326), longitude first."
    )


def _lines(rows: Iterable[str]) -> str:
    return "\n".join(f"- {row}" for row in rows)


_READING: Final = (
    (
        "`grade` comes before everything: A, the load is met with any one line out and with the "
        "redundancy asked for; B, in normal operation only or with less redundancy; C, at least "
        "30 % of it is firm; D, less. `score` orders sites within a grade."
    ),
    (
        "`site_id` depends on the place and the ground, so the same site has the same id in the "
        "next pack. Join your own tables on it."
    ),
    "Empty is unknown, never zero.",
    (
        "The next pack replaces the files of this one. One that you have changed is kept as "
        "`<name>.edited.<ending>`; files of your own stay."
    ),
)
