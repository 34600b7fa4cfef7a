"""Every layer of a delivery as one GeoPackage that opens styled."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from geo.errors import OutputError
from maps.qml import qml
from maps.stamp import fixed_date
from maps.styles import STYLES
from maps.write import first_line

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from maps.delivery import Delivery

VERSION: Final = "1.3"  # 1.4 makes GDAL 3.6 warn
GEOMETRY: Final = "geom"
GEOMETRY_TYPES: Final = {
    "sites": "MultiPolygon",
    "feeds": "MultiLineString",
    "supply_paths": "MultiLineString",
    "regions": "MultiPolygon",
    "substations": "Point",
    "lines": "MultiLineString",
    "plants": "Point",
    "gas_fields": "Point",
    "campuses": "Point",
}
STYLE_TABLE: Final = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))
"""
COLUMN_TABLE: Final = """
CREATE TABLE gpkg_data_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
    mime_type TEXT, constraint_name TEXT,
    CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
    CONSTRAINT gdc_tn UNIQUE (table_name, name))
"""
SCHEMA_EXTENSION: Final = "http://www.geopackage.org/spec121/#extension_schema"


def write_geopackage(delivery: Delivery, path: Path) -> None:
    """Write every layer, its style and what its columns say to a new file.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    with fixed_date() as stamp:
        try:
            for name, frame in delivery.tables.items():
                _write_layer(frame, path, name)
            _write_layer(delivery.dictionary, path, "dictionary")
            with closing(sqlite3.connect(path)) as base, base:
                _add_styles(base, delivery, stamp)
                _add_columns(base, delivery)
        except (DataSourceError, DataLayerError, sqlite3.Error) as error:
            raise OutputError(f"cannot write '{path.name}': {first_line(error)}") from error


def _write_layer(frame: pd.DataFrame, path: Path, name: str) -> None:
    options = {"layer": name, "driver": "GPKG", "append": path.exists()}
    dataset = {} if options["append"] else {"dataset_options": {"VERSION": VERSION}}
    if isinstance(frame, gpd.GeoDataFrame):
        pyogrio.write_dataframe(
            frame,
            path,
            geometry_type=GEOMETRY_TYPES[name],
            promote_to_multi=GEOMETRY_TYPES[name].startswith("Multi"),
            layer_options={"GEOMETRY_NAME": GEOMETRY},
            **options,
            **dataset,
        )
    else:
        pyogrio.write_dataframe(frame, path, **options, **dataset)


def _add_styles(base: sqlite3.Connection, delivery: Delivery, stamp: str) -> None:
    """Add the table in which QGIS looks for the style of a layer, as QGIS itself makes it."""
    base.execute(STYLE_TABLE)
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)"
        " VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
        (stamp,),
    )
    rows = [
        (name, GEOMETRY, STYLES[name].title[:30], qml(STYLES[name], delivery.entries(name)), stamp)
        for name in delivery.spatial
    ]
    base.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
        " f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner,"
        " update_time) VALUES ('', '', ?, ?, ?, ?, '', 1, '', 'powersite', ?)",
        rows,
    )


def _add_columns(base: sqlite3.Connection, delivery: Delivery) -> None:
    """Add titles and meanings of the columns by the schema extension of GeoPackage."""
    base.execute(COLUMN_TABLE)
    base.executemany(
        "INSERT INTO gpkg_data_columns VALUES (?, ?, NULL, ?, ?, NULL, NULL)",
        [
            (name, entry.column, entry.heading, entry.comment)
            for name in delivery.tables
            for entry in delivery.entries(name)
        ],
    )
    base.execute(
        "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT,"
        " extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,"
        " CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))"
    )
    base.execute(
        "INSERT INTO gpkg_extensions VALUES"
        " ('gpkg_data_columns', NULL, 'gpkg_schema', ?, 'read-write')",
        (SCHEMA_EXTENSION,),
    )
