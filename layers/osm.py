"""OpenStreetMap: substations, lines and plants of a PBF extract or an answer of Overpass."""

from __future__ import annotations

from itertools import starmap
from math import isnan, nan
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault
from layers.imported import DEGREES, IMPUTED, Imported, rules_of, without
from layers.osm_pbf import read_pbf
from layers.overpass import read_overpass
from layers.tags import capacity_mw, circuits, frequencies_hz, fuel, is_rail, voltages_kv

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from layers.imported import Asked
    from layers.osm_pbf import Thing, Things

LINES: Final = ("line", "cable", "minor_line")
UNDERGROUND: Final = ("underground", "underwater", "indoor")
NO_STATION: Final = ("traction", "transition", "minor_distribution", "distribution", "delivery")
"""Kinds of substation that are left out where no voltage speaks for them."""
RING_POINTS: Final = 4
MIN_GENERATOR_MW: Final = 1.0
Rows = list[dict[str, Any]]


def read_osm(path: Path, file: str, asked: Asked) -> Imported:
    """Read substations, lines and plants.

    Parameters
    ----------
    path
        ``.osm.pbf``, ``.osm`` or ``.json``.
    file
        Its name for messages.
    asked
        Which kinds, and from which voltage.

    Notes
    -----
    Lines come as drawn, and their circuits are not divided over several voltages: tracing does
    that. Lines of railways are left out, and lines and stations below ``min_kv``.
    """
    try:
        is_json = path.suffix.lower() == ".json"
        things = read_overpass(path) if is_json else read_pbf(path)
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        what = "an answer of Overpass" if path.suffix.lower() == ".json" else "an OSM file"
        fault = Fault(file, f"cannot be read as {what}: {error}", "get it again, whole")
        return Imported(faults=(fault,))
    readers = {"substations": _substations, "lines": _lines, "plants": _plants}
    frames, notes = {}, {}
    for kind in asked.kinds:
        frames[kind], notes[kind] = readers[kind](things, asked.min_kv)
    return Imported(frames, notes)


def _lines(things: Things, min_kv: float) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    rows: Rows = []
    rail = low = short = 0
    for way in things.ways.values():
        if way.tags["power"] not in LINES:
            continue
        row = _line(way)
        if row is None:
            rail += 1
        elif _too_low(row.pop("kvs"), min_kv, way.tags["power"]):
            low += 1
        elif len(way.xy) < 2:  # noqa: PLR2004 -- a line has two points
            short += 1
        else:
            rows.append(row | {"geometry": shapely.LineString(way.xy)})
    frame = _framed(rows, ("id", "voltage_kv", "voltages_kv", IMPUTED))
    below = f"ways below {min_kv:g} kV or of low voltage"
    left = without((rail, "ways of railways"), (low, below), (short, "ways without a path"))
    cut = (f"{things.cut_off:,} ways leave the extract.",) if things.cut_off else ()
    return frame, (*left, *cut, *rules_of(frame[IMPUTED]))


def _line(way: Thing) -> dict[str, Any] | None:
    """Return what the tags say of a line; None if all of it belongs to a railway."""
    tags = way.tags
    kvs, rule = voltages_kv(tags.get("voltage", ""))
    hz = frequencies_hz(tags)
    count, by_voltage, counted = circuits(tags, len(kvs))
    rail = [is_rail(value) for value in hz]
    if rail and all(rail):
        return None
    if len(hz) == len(kvs) and any(rail):
        kvs = tuple(kv for kv, drop in zip(kvs, rail, strict=True) if not drop)
        by_voltage = tuple(n for n, drop in zip(by_voltage, rail, strict=False) if not drop)
        count = float(sum(by_voltage)) if by_voltage else nan
    if by_voltage:  # a voltage written as often as it has circuits divides them exactly
        kvs = tuple(kv for kv, n in zip(kvs, by_voltage, strict=True) for _ in range(n))
    dc = bool(hz) and all(value == 0 for value in hz)
    return {
        "id": way.id,
        "name": _name(tags),
        "voltage_kv": kvs[0] if len(set(kvs)) == 1 else nan,
        "voltages_kv": _listed(kvs) if len(kvs) > 1 else "",
        "circuits": 1.0 if dc and isnan(count) else count,
        "category": _category(tags),
        "dc": dc,
        "operator": tags.get("operator", ""),
        IMPUTED: "; ".join(part for part in (rule, counted) if part),
        "kvs": kvs,
    }


def _category(tags: Any) -> str:  # noqa: ANN401 -- tags
    underground = tags.get("location") in UNDERGROUND or tags.get("submarine") == "yes"
    return "cable" if tags["power"] == "cable" or underground else "line"


def _too_low(kvs: tuple[float, ...], min_kv: float, power: str) -> bool:
    """Say whether a line is below; of unknown voltage, a minor line is."""
    if not kvs:
        return power == "minor_line"
    return max(kvs) < min_kv


def _substations(things: Things, min_kv: float) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    rows: Rows = []
    low = lost = 0
    for thing in _of_power(things, "substation"):
        shape = _shape(thing, things)
        kvs, rule = _station_voltages(thing)
        hz = frequencies_hz(thing.tags)
        rail = bool(hz) and all(map(is_rail, hz))
        minor = not kvs and thing.tags.get("substation", "") in NO_STATION
        if rail or minor or (kvs and max(kvs) < min_kv):
            low += 1
        elif shape is None:
            lost += 1
        else:
            rows.append({
                "id": thing.id, "name": _name(thing.tags), "voltages_kv": _listed(kvs),
                "operator": thing.tags.get("operator", ""), IMPUTED: rule, "geometry": shape,
            })  # fmt: skip
    frame = _framed(rows, ("id", "name", "voltages_kv", IMPUTED))
    left = (low, f"stations of railways, of distribution or below {min_kv:g} kV")
    return frame, (*without(left, (lost, "stations without a place")), *rules_of(frame[IMPUTED]))


def _station_voltages(thing: Thing) -> tuple[tuple[float, ...], str]:
    keys = ("voltage", "voltage:primary", "voltage:secondary", "voltage:tertiary")
    text = ";".join(thing.tags[key] for key in keys if thing.tags.get(key))
    kvs, rule = voltages_kv(text)
    return tuple(sorted(set(kvs), reverse=True)), rule


def _plants(things: Things, _min_kv: float) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """Read plants, and generators from one megawatt that belong to none."""
    generators = [
        (thing, shape, mw)
        for thing in _of_power(things, "generator")
        if (shape := _shape(thing, things)) is not None
        and not isnan(mw := capacity_mw(thing.tags.get("generator:output:electricity", "")))
    ]
    points = np.array([shape.representative_point() for _, shape, _ in generators], dtype=object)
    tree = shapely.STRtree(points)
    taken: set[int] = set()
    rows: Rows = []
    unknown = 0
    for plant in _of_power(things, "plant"):
        shape = _shape(plant, things)
        if shape is None:
            unknown += 1
            continue
        keys = {key for key, _ in plant.members}
        own = {*tree.query(shape, "intersects").tolist()} if shape.area else set()
        own |= {i for i, (thing, _, _) in enumerate(generators) if thing.id in keys}
        taken |= own
        row = _plant(plant, sum(generators[i][2] for i in own), shape)
        rows += [row] if row else []
        unknown += row is None
    alone = [item for i, item in enumerate(generators) if i not in taken]
    rows += [
        _plant_row(thing, mw, "", shape) for thing, shape, mw in alone if mw >= MIN_GENERATOR_MW
    ]
    frame = _framed(rows, ("id", "fuel", "capacity_mw", IMPUTED))
    small = sum(mw < MIN_GENERATOR_MW for _, _, mw in alone)
    left = without(
        (unknown, "plants of unknown capacity or place"), (small, "lone generators below 1 MW")
    )
    return frame, (*left, *rules_of(frame[IMPUTED]))


def _plant(plant: Thing, generators_mw: float, shape: BaseGeometry) -> dict[str, Any] | None:
    stated = capacity_mw(plant.tags.get("plant:output:electricity", ""))
    if not isnan(stated):
        return _plant_row(plant, stated, "", shape)
    if generators_mw > 0:
        rule = "capacity: sum of its generators"
        return _plant_row(plant, generators_mw, rule, shape)
    return None


def _plant_row(thing: Thing, mw: float, rule: str, shape: BaseGeometry) -> dict[str, Any]:
    return {
        "id": thing.id, "name": _name(thing.tags), "fuel": fuel(thing.tags), "capacity_mw": mw,
        "status": "operating", "operator": thing.tags.get("operator", ""), IMPUTED: rule,
        "geometry": shape.representative_point(),
    }  # fmt: skip


def _of_power(things: Things, power: str) -> list[Thing]:
    every = (*things.nodes.values(), *things.ways.values(), *things.relations.values())
    inside = {
        key for item in things.relations.values() for key, role in item.members if role == "outer"
    }
    return [
        thing for thing in every
        if thing.tags.get("power") == power and thing.id not in inside
    ]  # fmt: skip


def _shape(thing: Thing, things: Things) -> BaseGeometry | None:
    """Return the outline or point of a thing; None if nothing of it is in the file."""
    if not thing.members:
        return _outline(thing.xy)
    members = [
        part
        for key, role in thing.members
        if role != "inner"
        and (part := things.ways.get(key) or things.parts.get(key) or things.nodes.get(key))
    ]
    lines = [shapely.LineString(part.xy) for part in members if len(part.xy) > 1]
    areas = [area for area in shapely.get_parts(shapely.polygonize(lines)) if area.area]
    if areas and thing.tags.get("type") == "multipolygon":
        return max(areas, key=lambda area: area.area)
    xy = np.vstack([part.xy for part in members]) if members else np.zeros((0, 2))
    return shapely.Point(xy.mean(axis=0)) if len(xy) else None


def _outline(xy: Any) -> BaseGeometry | None:  # noqa: ANN401 -- an array
    if not len(xy):
        return None
    if len(xy) >= RING_POINTS and (xy[0] == xy[-1]).all():
        area = shapely.Polygon(xy)
        if area.is_valid and area.area:
            return area
    return shapely.Point(xy.mean(axis=0))


def _name(tags: Any) -> str:  # noqa: ANN401 -- tags
    return tags.get("name") or tags.get("name:en") or tags.get("ref") or ""


def _listed(kvs: Iterable[float]) -> str:
    return ";".join(starmap("{:g}".format, ((kv,) for kv in kvs)))


def _framed(rows: Rows, columns: tuple[str, ...]) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(rows) if rows else pd.DataFrame(columns=[*columns, "geometry"])
    frame = frame.sort_values("id", ignore_index=True)
    frame.index = frame.index + 1
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=DEGREES)
