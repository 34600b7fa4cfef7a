"""The shortlist and the network behind it as one GeoPackage in the place's own CRS."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from geo.errors import OutputError
from geo.headroom import COLUMNS as HEADROOM_COLUMNS
from maps.documents import sources
from maps.frames import ordered, outgoing, ranked_regions, shortlist
from maps.manifest import created
from maps.names import branch_names, with_branch_names

if TYPE_CHECKING:
    from pathlib import Path

    from geo.kinds import Layer
    from geo.siting import Siting

VERSION: Final = "1.3"  # 1.4 makes GDAL 3.6 warn
GEOMETRY: Final = "geom"


def write_geopackage(siting: Siting, path: Path) -> None:
    """Write every layer of the answer to a new file.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    # The driver stamps each layer with the time of writing; this makes it the manifest's.
    stamp = created().strftime("%Y-%m-%dT%H:%M:%S.000Z")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
    try:
        for name, frame in contents(siting).items():
            _write_layer(frame, path, name)
    except (DataSourceError, DataLayerError, sqlite3.Error) as error:
        raise OutputError(f"cannot write '{path.name}': {error}") from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def contents(siting: Siting) -> dict[str, pd.DataFrame]:
    """Return the tables by layer name; layers that the place lacks are left out."""
    sites = shortlist(siting)
    feeds = siting.feeds[siting.feeds["site_id"].isin(set(sites["site_id"]))]
    layers = siting.layers
    spatial: dict[str, pd.DataFrame] = {
        "sites": sites,
        "feeds": outgoing(feeds),
        "supply_paths": outgoing(siting.supply_paths),
        "regions": ranked_regions(siting),
        "substations": outgoing(stations_with_headroom(siting)),
        "lines": outgoing(layers.lines.frame),
    }
    optional: dict[str, Layer | None] = {"plants": layers.plants, "campuses": layers.campuses}
    spatial |= {name: outgoing(layer.frame) for name, layer in optional.items() if layer}
    headroom = with_branch_names(siting.headroom, branch_names(siting))
    return spatial | {
        "headroom": outgoing(ordered(headroom, HEADROOM_COLUMNS)),
        "congestion": outgoing(siting.congestion),
        "sources": pd.DataFrame(sources(siting)),
    }


def stations_with_headroom(siting: Siting) -> gpd.GeoDataFrame:
    """Return substations with the normal and firm MW of the bus that offers most firm power."""
    buses = siting.headroom.sort_values(
        ["firm_mw", "normal_mw", "bus_id"], ascending=[False, False, True], na_position="last"
    )
    best = buses.drop_duplicates("substation_id").set_index("substation_id")
    stations = siting.layers.substations.frame
    found = best.reindex(stations["id"].to_numpy())
    extra = {
        "best_bus_kv": found["voltage_kv"].to_numpy(),
        "normal_mw": found["normal_mw"].to_numpy(),
        "firm_mw": found["firm_mw"].to_numpy(),
    }
    return stations.assign(**extra)


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


GEOMETRY_TYPES: Final = {
    "sites": "MultiPolygon",
    "feeds": "MultiLineString",
    "supply_paths": "MultiLineString",
    "regions": "MultiPolygon",
    "substations": "Point",
    "lines": "MultiLineString",
    "plants": "Point",
    "campuses": "Point",
}
