"""The hand-off: an answer in the formats asked for, documented, put in place as a whole."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, Final

from pyogrio.errors import DataLayerError, DataSourceError
from xlsxwriter.exceptions import XlsxWriterException

from geo.errors import OutputError, ScenarioError, SitingError
from maps.changes import changes, read_answer
from maps.delivery import Order, check_crs, deliver
from maps.documents import csv_text, document, geojson_text, json_text
from maps.geopackage import write_geopackage
from maps.geoparquet import require_pyarrow, write_geoparquet
from maps.grid_cases import write_matpower, write_pypsa
from maps.kml import write_kml, write_kmz
from maps.manifest import manifest
from maps.page import map_html
from maps.provenance import licences_text, provenance
from maps.qgis_project import write_project
from maps.receiver import readme_text
from maps.stac import stac_item
from maps.sums import MANIFEST, SUMS, file_names, sums_text
from maps.switch import place_pack
from maps.vector_files import write_flatgeobuf, write_geodatabase, write_shapefile
from maps.workbook import write_workbook
from maps.write import first_line, place_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.siting import Siting
    from maps.basemap import Basemap
    from maps.delivery import Delivery

    Write = Callable[[Delivery, Path], None]

USUAL: Final = ("map", "gpkg", "qgis", "geojson", "csv")
"""Formats of a pack unless some are named."""
FAULTS: Final = (DataLayerError, DataSourceError, XlsxWriterException, sqlite3.Error)
"""What libraries raise when a file cannot be written."""


def write_map(siting: Siting, path: Path, basemap: Basemap = "none") -> Path:
    """Write the map as one HTML file.

    Parameters
    ----------
    siting
        The answer.
    path
        Where to.
    basemap
        Tiles to lay under the map; without them the page asks nothing of any network.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    return place_file(path, lambda target: _put(target, map_html(siting, basemap)))


def write_pack(siting: Siting, out: Path, order: Order | None = None) -> list[Path]:
    """Write the answer in several formats with all that documents it, as a whole or not at all.

    Parameters
    ----------
    siting
        The answer.
    out
        Folder to write to; made if it is not there. The pack in it is replaced.
    order
        Formats, layers, columns, CRS, and the earlier pack to compare with.

    Returns
    -------
    list of Path
        Files and folders at the top of the pack, the sums last.

    Raises
    ------
    ScenarioError
        If a format, a layer, a column or the CRS is unknown, or a library for it is missing.
    MissingFileError
        If there is no earlier pack where it is said to be.
    OutputError
        If a file cannot be written; the earlier pack stays as it was.
    """
    order = order or Order()
    formats = formats_of(order)
    delivery = deliver(siting, order)
    moved = None if order.since is None else changes(siting, order.since)
    texts: dict[str, Callable[[Path], str]] = {
        "answer.json": lambda _: json_text(document(siting)),
        "dictionary.csv": lambda _: csv_text(delivery.dictionary),
        "provenance.json": lambda _: json_text(provenance(delivery)),
        "LICENCES.md": lambda _: licences_text(delivery),
    }
    counts: dict[str, int] = {}
    if moved is not None:
        texts["what-changed.csv"] = lambda _: csv_text(moved)
        counts = moved["change"].value_counts().to_dict()
    late: dict[str, Callable[[Path], str]] = {
        "README.md": lambda folder: readme_text(delivery, _top(folder), counts),
        MANIFEST: lambda folder: json_text(manifest(delivery, folder, file_names(folder))),
        SUMS: sums_text,
    }
    names: list[str] = []

    def build(folder: Path) -> None:
        for name in formats:
            _write(name, delivery, folder)
            names.extend(_new(folder, names))
        for name, text in (texts | _catalogue(formats, delivery) | late).items():
            _put(folder / name, text(folder))
            names.append(name)

    place_pack(out, build)
    return [out / name for name in names]


def check_order(order: Order) -> None:
    """Refuse what can be refused before the answer is known.

    Raises
    ------
    ScenarioError
        If a format or the CRS is unknown, or a format needs a library that is not installed.
    MissingFileError
        If there is no earlier pack where it is said to be.
    """
    formats_of(order)
    check_crs(order.crs)
    if order.since is not None:
        read_answer(order.since)


def formats_of(order: Order) -> list[str]:
    """Return the formats that are written for an order.

    Raises
    ------
    ScenarioError
        If one is unknown, or needs a library that is not installed.
    """
    wanted = list(dict.fromkeys(order.formats or USUAL))
    if unknown := [name for name in wanted if name not in (*FORMATS, "stac")]:
        known = ", ".join((*FORMATS, "stac"))
        raise ScenarioError(f"unknown format {', '.join(map(repr, unknown))}; choose from {known}")
    if "qgis" in wanted and "gpkg" not in wanted:
        wanted.insert(wanted.index("qgis"), "gpkg")  # the project shows what lies in it
    if "parquet" in wanted:
        require_pyarrow()
    return wanted


def _catalogue(formats: list[str], delivery: Delivery) -> dict[str, Callable[[Path], str]]:
    if "stac" not in formats:
        return {}
    return {"stac-item.json": lambda folder: json_text(stac_item(delivery, folder))}


def _write(name: str, delivery: Delivery, folder: Path) -> None:
    if name == "stac":
        return  # tells of the other files, so it comes after them
    try:
        FORMATS[name](delivery, folder)
    except SitingError:
        raise
    except FAULTS as error:
        raise OutputError(f"cannot write '{name}': {first_line(error)}") from error


def _new(folder: Path, known: list[str]) -> list[str]:
    return [name for name in _top(folder) if name not in known]


def _top(folder: Path) -> list[str]:
    """Name the files and folders at the top of a pack."""
    return list(dict.fromkeys(name.partition("/")[0] for name in file_names(folder)))


def _one(name: str, write: Write) -> Write:
    return lambda delivery, folder: write(delivery, folder / name)


def _write_page(delivery: Delivery, path: Path) -> None:
    _put(path, map_html(delivery.siting))


def _write_geojson(delivery: Delivery, folder: Path) -> None:
    """Write the sites, or each layer that was named."""
    for name, frame in delivery.spatial.items():
        if name == "sites" or name in delivery.order.layers:
            _put(folder / f"{_stem(name)}.geojson", geojson_text(frame))


def _write_csv(delivery: Delivery, folder: Path) -> None:
    """Write sites and regions, or each layer that was named."""
    for name, frame in delivery.tables.items():
        if name in {"sites", "regions"} or name in delivery.order.layers:
            _put(folder / f"{_stem(name)}.csv", csv_text(frame))


def _stem(layer: str) -> str:
    return "shortlist" if layer == "sites" else layer


def _put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


FORMATS: Final[dict[str, Any]] = {
    "map": _one("map.html", _write_page),
    "gpkg": _one("shortlist.gpkg", write_geopackage),
    "qgis": _one("shortlist.qgz", write_project),
    "geojson": _write_geojson,
    "csv": _write_csv,
    "xlsx": _one("shortlist.xlsx", write_workbook),
    "parquet": write_geoparquet,
    "flatgeobuf": write_flatgeobuf,
    "kml": _one("shortlist.kml", write_kml),
    "kmz": _one("shortlist.kmz", write_kmz),
    "shapefile": write_shapefile,
    "filegdb": write_geodatabase,
    "pypsa": write_pypsa,
    "matpower": write_matpower,
}
"""Format to what writes its files into a folder."""
