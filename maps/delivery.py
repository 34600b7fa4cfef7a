"""What is handed over: the layers of an answer, chosen, in the CRS that the receiver asked for."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.errors import ScenarioError
from geo.headroom import COLUMNS as HEADROOM_COLUMNS
from geo.scenario import suggestion
from geo.units import parse_voltages_kv
from maps.dictionary import Entry, dictionary, entries
from maps.documents import document, sources
from maps.frames import ordered, outgoing, ranked_regions, records, shortlist
from maps.names import branch_names, with_branch_names

if TYPE_CHECKING:
    from pathlib import Path

    from geo.layer import Layer
    from geo.siting import Siting

KEYS: Final = {"sites": ("site_id", "rank", "grade"), "regions": ("region", "grade")}
"""Columns that are kept whatever is chosen; elsewhere the first."""
RESERVED: Final = frozenset(
    {
        "fid",
        "geom",
        "geometry",
        "objectid",
        "ogc_fid",
        "row_id",
        "run_id",
        "shape",
        "shape_area",
        "shape_length",
    }
)
"""Names that formats and databases give themselves."""
RUN_ID_LENGTH: Final = 16


@dataclass(frozen=True)
class Order:
    """What the receiver asked for."""

    formats: tuple[str, ...] = ()
    """Names of formats; the usual ones if empty."""
    layers: tuple[str, ...] = ()
    """Names of layers; all of them if empty."""
    fields: tuple[str, ...] = ()
    """Columns of the sites, or ``layer.column``; all of them if empty."""
    crs: str = ""
    """CRS of delivery, as ``EPSG:3857``; that of the place if ''."""
    since: Path | None = None
    """Folder of an earlier pack to compare with."""
    site: str = ""
    """Site that is a load in the files for a grid planner; the best if ''."""


@dataclass(frozen=True, eq=False)
class Delivery:
    """The chosen layers of an answer, ready to be written in any format."""

    siting: Siting
    """The answer."""
    order: Order
    """What was asked for."""
    tables: dict[str, pd.DataFrame] = field(repr=False)
    """Layer name to rows; those with a geometry are in the CRS of delivery."""

    @property
    def crs(self) -> str:
        """CRS of delivery."""
        return self.order.crs or self.siting.layers.place.crs

    @cached_property
    def spatial(self) -> dict[str, gpd.GeoDataFrame]:
        """Return the layers that have a geometry."""
        return {
            name: frame
            for name, frame in self.tables.items()
            if isinstance(frame, gpd.GeoDataFrame)
        }

    @cached_property
    def dictionary(self) -> pd.DataFrame:
        """Return the data dictionary of the chosen layers."""
        return dictionary(self.tables)

    @cached_property
    def run_id(self) -> str:
        """Return a name for the content: the same answer has the same id on any machine."""
        parts: list[object] = [document(self.siting)]
        parts += [records(frame) for frame in contents(self.siting).values()]
        text = json.dumps(parts, sort_keys=True, ensure_ascii=True, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()[:RUN_ID_LENGTH]

    def entries(self, layer: str) -> list[Entry]:
        """Describe the columns of a layer."""
        return entries(layer, self.tables[layer])


def deliver(siting: Siting, order: Order) -> Delivery:
    """Choose layers and columns, and bring the geometry to the CRS of delivery.

    Raises
    ------
    ScenarioError
        If a layer, a column or the CRS is unknown.
    """
    check_crs(order.crs)
    tables = contents(siting)
    _refuse_unknown("layer", order.layers, list(tables))
    chosen = {name: tables[name] for name in tables if not order.layers or name in order.layers}
    chosen = _with_fields(chosen, order.fields)
    if order.crs:
        chosen = {name: _in_crs(frame, order.crs) for name, frame in chosen.items()}
    return Delivery(siting, order, chosen)


def check_crs(crs: str) -> None:
    """Refuse a CRS that is unknown; '' is that of the place.

    Raises
    ------
    ScenarioError
        If it is no authority and number, or none that is known.
    """
    message = f"'{crs}' is no CRS that is known here; write EPSG: and its number, as EPSG:3857"
    if crs and not re.fullmatch(r"[A-Za-z]+:\d+", crs):
        raise ScenarioError(message)
    try:
        CRS.from_user_input(crs or "EPSG:4326")
    except CRSError as error:
        raise ScenarioError(message) from error


def contents(siting: Siting) -> dict[str, pd.DataFrame]:
    """Return all layers by name in the CRS of the place; what the place lacks is left out."""
    sites = shortlist(siting)
    feeds = siting.feeds[siting.feeds["site_id"].isin(set(sites["site_id"]))]
    layers = siting.layers
    spatial: dict[str, pd.DataFrame] = {
        "sites": sites,
        "feeds": outgoing(feeds),
        "supply_paths": outgoing(siting.supply_paths),
        "regions": ranked_regions(siting),
        "substations": _placed(stations_with_headroom(siting)),
        "lines": outgoing(layers.lines.frame),
    }
    optional: dict[str, Layer | None] = {
        "plants": layers.plants,
        "gas_fields": layers.gas_fields,
        "campuses": layers.campuses,
    }
    spatial |= {name: _placed(layer.frame) for name, layer in optional.items() if layer}
    tables = spatial | _plain_tables(siting, set(sites["site_id"]))
    return {name: _told_apart(frame) for name, frame in tables.items()}


def stations_with_headroom(siting: Siting) -> gpd.GeoDataFrame:
    """Return substations with their highest voltage and the MW of the bus that offers most."""
    buses = siting.headroom.sort_values(
        ["firm_mw", "normal_mw", "bus_id"], ascending=[False, False, True], na_position="last"
    )
    best = buses.drop_duplicates("substation_id").set_index("substation_id")
    stations = siting.layers.substations.frame
    found = best.reindex(stations["id"].to_numpy())
    extra = {
        "top_kv": [max(parse_voltages_kv(text)) for text in stations["voltages_kv"]],
        "best_bus_kv": found["voltage_kv"].to_numpy(),
        "normal_mw": found["normal_mw"].to_numpy(),
        "firm_mw": found["firm_mw"].to_numpy(),
    }
    return stations.assign(**extra)


def _plain_tables(siting: Siting, shown: set[str]) -> dict[str, pd.DataFrame]:
    headroom = with_branch_names(siting.headroom, branch_names(siting))
    tasks = siting.gantt
    if "site_id" in tasks.columns:
        tasks = tasks[tasks["site_id"].isin(shown)]
    tables = {
        "headroom": ordered(headroom, HEADROOM_COLUMNS),
        "congestion": siting.congestion,
        "limits": siting.limits,
        "upgrades": siting.upgrades,
        "tasks": tasks,
        "sources": pd.DataFrame(sources(siting)),
    }
    return {name: outgoing(frame) for name, frame in tables.items() if len(frame.columns)}


def _told_apart(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with columns that no format or database confuses with one another.

    Columns of the user's files come along, and formats have names of their own; most do not tell
    capitals from small letters.
    """
    taken, names = set(RESERVED), {}
    for name in frame.columns:
        if name == "geometry":
            continue
        tries = (str(name), *(f"{name}_own{number}" for number in ("", *range(2, 100))))
        names[name] = next(one for one in tries if one.lower() not in taken)
        taken.add(names[name].lower())
    if all(name == new for name, new in names.items()):
        return frame
    return frame.rename(columns=names)


def _placed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer of points in which longitude and latitude are numbers, as read."""
    texts = [name for name in ("lon", "lat") if name in frame.columns]
    numbers = {name: pd.to_numeric(frame[name], errors="coerce") for name in texts}
    return outgoing(frame.assign(**numbers))


def _with_fields(
    tables: dict[str, pd.DataFrame], wanted: tuple[str, ...]
) -> dict[str, pd.DataFrame]:
    asked: dict[str, list[str]] = {}
    for one in wanted:
        layer, dot, column = one.rpartition(".")
        asked.setdefault(layer if dot else "sites", []).append(column)
    _refuse_unknown("layer", asked, list(tables))
    return {
        name: _narrowed(name, frame, asked[name]) if name in asked else frame
        for name, frame in tables.items()
    }


def _narrowed(layer: str, frame: pd.DataFrame, wanted: list[str]) -> pd.DataFrame:
    names = [str(name) for name in frame.columns if name != "geometry"]
    _refuse_unknown(f"field of {layer}", wanted, names)
    keep = [*KEYS.get(layer, names[:1]), *wanted, "geometry"]
    return frame[[name for name in frame.columns if name in keep]]


def _in_crs(frame: pd.DataFrame, crs: str) -> pd.DataFrame:
    return frame.to_crs(crs) if isinstance(frame, gpd.GeoDataFrame) else frame


def _refuse_unknown(what: str, wanted: object, known: list[str]) -> None:
    for name in wanted:  # type: ignore[attr-defined]
        if name not in known:
            raise ScenarioError(f"unknown {what} '{name}'; {suggestion(name, known)}")
