"""What one layer can be wrong about in its shapes, and several only together.

Every function yields or returns faults; `geo.kinds` raises them at once.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from geo.errors import Fault
from geo.policy import NUMBER_OF
from geo.units import parse_voltages_kv

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from geo.kinds import Layers
    from geo.layer import Shape

FAR_M = 400_000.0
TYPES: dict[Shape, frozenset[str]] = {
    "Point": frozenset({"Point"}),
    "LineString": frozenset({"LineString", "MultiLineString"}),
    "Polygon": frozenset({"Polygon", "MultiPolygon"}),
    "Point or Polygon": frozenset({"Point", "Polygon", "MultiPolygon"}),
    "Any": frozenset(
        {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
    ),
}
"""What a promised shape may be stored as."""


def geometry_faults(frame: gpd.GeoDataFrame, shape: Shape, file: str) -> list[Fault]:
    """Find shapes of the wrong kind, empty, not finite, invalid, or without a metric CRS."""
    drawn = isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None
    if not drawn or frame.crs is None:
        return [
            Fault(file, "has no CRS", "declare one in the file, or crs = 'EPSG:…' in place.toml")
        ]
    if not frame.crs.is_projected:
        return [
            Fault(
                file,
                f"is in degrees ({frame.crs.to_string()})",
                "project it to the place's metric CRS",
            )
        ]
    geometry = frame.geometry
    finite = np.isfinite(geometry.bounds.to_numpy()).all(axis=1)
    right = geometry.geom_type.isin(TYPES[shape])
    usable = right & finite & ~geometry.is_empty
    faults = [
        Fault(
            f"{file} row {row}",
            f"geometry is not a finite, non-empty {shape}",
            "correct its coordinates (lon before lat, in the CRS that is declared)",
        )
        for row in frame.index[~usable]
    ]
    areas = geometry.geom_type.str.endswith("Polygon") & (shape != "Point")
    crooked = geometry[usable & areas & ~geometry.is_valid]
    return faults + [
        Fault(
            f"{file} row {row}",
            f"geometry is not valid: {reason}",
            "mend it, as with Fix geometries in QGIS",
        )
        for row, reason in crooked.is_valid_reason().items()
    ]


def choice_faults(values: pd.Series, known: set[str], file: str) -> list[Fault]:
    """Find texts that are none of those known."""
    choices = ", ".join(sorted(known - {""}))
    return [
        Fault(
            f"{file} row {row} column {values.name}",
            f"'{values.loc[row]}' is unknown",
            f"write one of {choices}",
        )
        for row in values.index[~values.isin(known)]
    ]


def effect_faults(rules: pd.DataFrame, file: str) -> list[Fault]:
    """Find rules of an unknown effect, or with a number that belongs to another effect."""
    faults = choice_faults(rules["effect"], {"gate", "none", *NUMBER_OF}, file)
    for effect, column in NUMBER_OF.items():
        astray = rules[column].notna() & (rules["effect"] != effect)
        faults += [
            Fault(
                f"{file} row {row} column {column}",
                f"belongs to a rule whose effect is {effect}, and this one's is "
                f"'{rules.loc[row, 'effect']}'",
                f"write {effect} as its effect, or leave the cell empty",
            )
            for row in rules.index[astray]
        ]
    return faults


def crs_faults(layers: Layers) -> list[Fault]:
    """Find layers that are not in the CRS of their place."""
    return [
        Fault(
            layer.source.file or layer.kind,
            f"is in {layer.frame.crs.to_string()}, the place in {layers.place.crs}",
            "project it to the place's CRS",
        )
        for layer in layers.present()
        if layer.shape and layer.frame.crs != layers.place.crs
    ]


def reference_faults(layers: Layers) -> Iterator[Fault]:
    """Find ids that no substation has, lines that go nowhere, substations that no line meets.

    Where lines come as drawn, an end may be left unnamed and a substation unmet.
    """
    known = set(layers.substations.frame["id"])
    yield from _end_faults(layers, known)
    for layer in (layers.ties, layers.loads):
        if layer is None:
            continue
        frame = layer.frame
        for row in frame.index[~frame["substation"].isin(known)]:
            yield Fault(
                f"{layer.source.file or layer.kind} row {row} column substation",
                f"no substation has the id '{frame.loc[row, 'substation']}'",
                "write the id of a substation",
            )
    if layers.place.topology is None:
        yield from _unmet_faults(layers)
    if layers.outages is not None:
        yield from _element_faults(layers, known)


def _element_faults(layers: Layers, known: set[str]) -> Iterator[Fault]:
    frame, file = layers.outages.frame, layers.outages.source.file or "outages"  # type: ignore[union-attr] # asked for where there
    lines = set(layers.lines.frame["id"])
    for row in frame.index[~frame["element"].isin(known | lines)]:
        yield Fault(
            f"{file} row {row} column element",
            f"no line and no substation has the id '{frame.loc[row, 'element']}'",
            "correct the id",
        )
    for row in frame.index[frame["outage"].isin(lines)]:
        yield Fault(
            f"{file} row {row} column outage",
            f"'{frame.loc[row, 'outage']}' is the id of a line",
            "give the outage a name of its own",
        )


def _end_faults(layers: Layers, known: set[str]) -> Iterator[Fault]:
    lines, file = layers.lines.frame, layers.lines.source.file or "lines"
    unnamed = {""} if layers.place.topology is not None else set()
    for end in ("from_substation", "to_substation"):
        for row in lines.index[~lines[end].isin(known | unnamed)]:
            yield Fault(
                f"{file} row {row} column {end}",
                f"no substation has the id '{lines.loc[row, end]}'",
                "correct the id, or add the substation",
            )
    same = (lines["from_substation"] == lines["to_substation"]) & ~lines["to_substation"].isin(
        unnamed
    )
    for row in lines.index[same]:
        yield Fault(
            f"{file} row {row}", "begins and ends at the same substation", "correct one end"
        )


def _unmet_faults(layers: Layers) -> Iterator[Fault]:
    lines, stations = layers.lines.frame, layers.substations.frame
    met = (
        set(lines["from_substation"]) | set(lines["to_substation"]) | set(layers.place.unconnected)
    )
    for row in stations.index[~stations["id"].isin(met)]:
        yield Fault(
            f"{layers.substations.source.file or 'substations'} row {row}",
            f"no line meets substation '{stations.loc[row, 'id']}' ({stations.loc[row, 'name']})",
            "add its line, remove it, or list its id under unconnected in place.toml",
        )


def voltage_faults(layers: Layers) -> Iterator[Fault]:
    """Find lines of a voltage that neither of their substations lists.

    Where lines come as drawn, substations need not list any: tracing judges the voltages.
    """
    if layers.place.topology is not None:
        return
    listed = layers.substations.frame.set_index("id")["voltages_kv"].to_dict()
    lines, file = layers.lines.frame, layers.lines.source.file or "lines"
    columns = (lines[name] for name in ("voltage_kv", "from_substation", "to_substation"))
    voltages_of = cache(parse_voltages_kv)
    for row, voltage_kv, *stations in zip(lines.index, *columns, strict=True):
        known = [listed[station] for station in stations if station in listed]
        if known and not any(voltage_kv in voltages_of(text) for text in known):
            yield Fault(
                f"{file} row {row} column voltage_kv",
                f"unknown voltage {voltage_kv:g} kV; its substations list {' and '.join(known)}",
                "correct it, or add it to voltages_kv of a substation",
            )


def region_faults(layers: Layers) -> Iterator[Fault]:
    """Find names of regions that the regions layer does not have."""
    known = {"", *layers.regions.frame["name"]}
    for layer in (layers.land_prices, layers.policy):
        if layer is None:
            continue
        names = layer.frame["region"]
        for row in names.index[~names.isin(known)]:
            yield Fault(
                f"{layer.source.file or layer.kind} row {row} column region",
                f"no region has the name '{names.loc[row]}'",
                "write the name as in the regions layer",
            )


def position_faults(layers: Layers) -> Iterator[Fault]:
    """Find rows so far from the land that their axes or CRS must be wrong."""
    land = layers.regions.frame.geometry.union_all().envelope.buffer(FAR_M)
    for layer in (
        layers.substations, layers.plants, layers.campuses, layers.settlements, layers.parcels,
    ):  # fmt: skip
        if layer is None:
            continue
        frame = layer.frame
        if "junction" in frame.columns:  # where lines only meet or end, they may well leave
            frame = frame[~frame["junction"]]
        for row in frame.index[~frame.geometry.intersects(land)]:
            yield Fault(
                f"{layer.source.file or layer.kind} row {row}",
                f"lies more than {FAR_M / 1000:.0f} km outside the place's regions",
                "check that lon and lat are not swapped and that the CRS is right",
            )
