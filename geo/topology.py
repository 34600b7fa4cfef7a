"""Topology from raw geometry: lines as drawn become lines between stations.

`trace` is the whole method on bare frames; `joined` applies it to the layers of a place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import ops

from geo.drawing import DrawnLines, DrawnSubstations, Inferred
from geo.errors import GridError
from geo.joints import Joints
from geo.kinds import Lines, Loads, Ties
from geo.stations import listed_kv, stations_of
from geo.strands import strands_of
from geo.tolerances import CONFIDENCE, TOLERANCES, TOUCH_M
from geo.units import M_PER_KM
from geo.ways import circuits_by_voltage, voltage_levels, ways_of

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.kinds import Layers
    from geo.stations import Stations
    from geo.tolerances import Tolerances

Kind = TypeVar("Kind", Ties | None, Loads | None)


@dataclass(frozen=True, eq=False)
class Traced:
    """A drawing as a network."""

    stations: gpd.GeoDataFrame
    """In the columns of `geo.drawing.DrawnSubstations`, points, and ``members``: substations,
    each one or several merged, then junctions (id begins with ``J``)."""
    lines: gpd.GeoDataFrame
    """In the columns of `geo.kinds.Lines`, and ``from_join``, ``to_join`` (how each end was
    joined) and ``drawn_as`` (ids of the rows that it was drawn as)."""
    inferred: Inferred
    """What was inferred, counted."""


def trace(
    substations: gpd.GeoDataFrame, lines: gpd.GeoDataFrame, tolerances: Tolerances = TOLERANCES
) -> Traced:
    """Find out how lines as drawn are joined.

    Parameters
    ----------
    substations, lines
        Frames of `geo.drawing.DrawnSubstations` and `geo.drawing.DrawnLines`.
    tolerances
        How near is near.

    Returns
    -------
    Traced
        The same whatever the order of rows, the direction of lines, or the vertices at which a
        line is broken into several rows, as long as no other line touches that vertex, the line
        does not turn back there, and no substation of unknown voltage is at it.

    Raises
    ------
    GridError
        If no line joins two places.

    Notes
    -----
    1. Voltages that are names of one level become one. A way of several voltages becomes a line
       for each, its circuits divided among them. Pieces that only continue one another become one.
    2. Substations within ``merge_m`` are one.
    3. Ends join a station of their voltage within ``snap_m``, then within ``snap_again_m``; a line
       that passes within ``split_m`` is split there. Ends drawn to one point meet; an end within
       ``tap_m`` of another line taps it. Lines that only cross are not joined.
    4. What lies between two joints is a line; what begins and ends at one is left out.
    """
    level_kv = voltage_levels(_voltage_weights(substations, lines), tolerances.same_level_share)
    stations = stations_of(substations, level_kv, tolerances.merge_m)
    ways = ways_of(lines, level_kv)
    if ways.frame.empty:
        raise GridError("lines: none has a voltage and a length; there is nothing to join")
    strands = strands_of(ways.frame, partial(_at_unknown, stations, tolerances.split_m))
    marks = Joints(strands.frame, stations, tolerances).marks()
    pieces, loops_m = _pieces(marks)
    if pieces.empty:
        raise GridError("lines: none leads from one place to another; look at [topology]")
    pieces = pieces.join(_told(pieces, strands.spans, ways.frame))
    nodes = _nodes(marks, strands.frame, pieces, stations)
    frame = _line_frame(pieces, strands.frame, nodes["id"])
    used = set(frame["from_substation"]) | set(frame["to_substation"])
    inferred = Inferred(
        joints=marks["join"].value_counts().sort_index().to_dict(),
        merged=stations.merged,
        unmet=tuple(sorted(set(stations.frame["id"]) - used)),
        loops=len(loops_m),
        loops_km=float(loops_m.sum()) / M_PER_KM,
        points=ways.points,
        unknown_voltage=ways.unknown_voltage,
        renamed=ways.renamed,
        continued=strands.continued,
    )
    return Traced(
        _station_frame(stations, nodes[nodes["id"].isin(used)], substations.crs),
        gpd.GeoDataFrame(frame, geometry="geometry", crs=lines.crs),
        inferred,
    )


def joined(layers: Layers) -> Layers:
    """Return layers whose lines all name their substations, tracing those that come as drawn.

    Ties and loads follow a substation that was merged into another.

    Raises
    ------
    GridError
        If no line joins two places.
    """
    if not isinstance(layers.lines, DrawnLines):
        return layers
    traced = trace(
        layers.substations.frame, layers.lines.frame, layers.place.topology or TOLERANCES
    )
    return replace(
        layers,
        place=replace(layers.place, topology=layers.place.topology or TOLERANCES),
        substations=DrawnSubstations(
            traced.stations, layers.substations.source, remarks=layers.substations.remarks
        ),
        lines=Lines(traced.lines, layers.lines.source, remarks=layers.lines.remarks),
        ties=_moved(layers.ties, traced.inferred),
        loads=_moved(layers.loads, traced.inferred),
        inferred=traced.inferred,
    )


def _at_unknown(stations: Stations, reach_m: float, points: Array) -> Array:
    """Return which points lie at a station of unknown voltage: what breaks off there ends there."""
    at = np.zeros(len(points), dtype=bool)
    unknown = stations.shapes[stations.unknown]
    at[shapely.STRtree(unknown).query(points, "dwithin", reach_m)[0]] = True
    return at


def _moved(layer: Kind, inferred: Inferred) -> Kind:
    if layer is None:
        return layer
    frame = layer.frame.assign(substation=layer.frame["substation"].replace(dict(inferred.merged)))
    return replace(layer, frame=frame)


def _voltage_weights(substations: gpd.GeoDataFrame, lines: gpd.GeoDataFrame) -> dict[float, float]:
    """Return every voltage of the drawing with the metres that are drawn of it."""
    weight = {kv: 0.0 for text in substations["voltages_kv"] for kv in listed_kv(text)}
    lengths_m = shapely.length(lines.geometry.to_numpy())
    for line, length_m in zip(lines.itertuples(), lengths_m, strict=True):
        for kv, _, _ in circuits_by_voltage(line.voltages_kv, line.voltage_kv, line.circuits):
            if not line.dc:
                weight[kv] = weight.get(kv, 0.0) + length_m
    return {kv: round(total) for kv, total in weight.items() if kv > 0}


def _pieces(marks: pd.DataFrame) -> tuple[pd.DataFrame, Array]:
    """Cut strands between their marks.

    Returns
    -------
    pieces, loops_m
        strand, begin_m, end_m, from_knot, to_knot, from_join, to_join; and the lengths of what
        begins and ends at one place.
    """
    first, last = marks.iloc[:-1].reset_index(drop=True), marks.iloc[1:].reset_index(drop=True)
    pieces = pd.DataFrame(
        {
            "strand": first["strand"],
            "begin_m": first["at_m"],
            "end_m": last["at_m"],
            "from_knot": first["knot"],
            "to_knot": last["knot"],
            "from_join": first["join"],
            "to_join": last["join"],
        }
    )[first["strand"] == last["strand"]]
    loop = pieces["from_knot"] == pieces["to_knot"]
    loops_m = (pieces["end_m"] - pieces["begin_m"])[loop].to_numpy()
    return pieces[~loop].reset_index(drop=True), loops_m


def _told(pieces: pd.DataFrame, spans: pd.DataFrame, ways: pd.DataFrame) -> pd.DataFrame:
    """Return what the ways that a piece was drawn as say of it, in the order of pieces.

    Returns
    -------
    DataFrame
        id and name (of the way with the least id), category ('' if they differ), confidence (the
        least), length_km (drawn length by the stretch of each way), drawn_as (ids of rows).
    """
    known = ways[["id", "line", "name", "category", "confidence", "stretch"]]
    shares = (
        pieces[["strand", "begin_m", "end_m"]]
        .assign(piece=pieces.index)
        .merge(spans, on="strand", suffixes=("", "_of_way"))
        .join(known, on="way")
    )
    shared_m = np.minimum(shares["end_m"], shares["end_m_of_way"]) - np.maximum(
        shares["begin_m"], shares["begin_m_of_way"]
    )
    most_m = shared_m.groupby(shares["piece"]).transform("max")
    shares = shares.assign(m=shared_m.clip(lower=0.0), long_m=shared_m * shares["stretch"])
    shares = shares[(shared_m > TOUCH_M) | (shared_m == most_m)].sort_values(["piece", "id"])
    group = shares.groupby("piece")
    told = group[["id", "name", "category"]].first()
    stretch = (group["long_m"].sum() / group["m"].sum()).fillna(1.0)
    return told.assign(
        category=told["category"].where(group["category"].agg(set).map(len) == 1, ""),
        confidence=group["confidence"].min(),
        length_km=(pieces["end_m"] - pieces["begin_m"]) * stretch / M_PER_KM,
        drawn_as=group["line"].agg(lambda names: ";".join(sorted(set(names)))),
    )


def _nodes(
    marks: pd.DataFrame, strands: pd.DataFrame, pieces: pd.DataFrame, stations: Stations
) -> pd.DataFrame:
    """Name every knot: index knot; id, name, voltages_kv, x_m, y_m, station (row, or -1)."""
    sides = [pieces[[f"{end}_knot", "id", "name"]].set_axis(["knot", "line", "name"], axis=1)
             for end in ("from", "to")]  # fmt: skip
    met = pd.concat(sides).sort_values(["knot", "line"])
    arms = met["knot"].value_counts()
    line = met.drop_duplicates("knot").set_index("knot")
    label = line["name"].where(line["name"] != "", line["line"])
    nodes = marks.sort_values(["x_m", "y_m"]).drop_duplicates("knot").set_index("knot")
    kv = strands["voltage_kv"].loc[nodes["strand"]].map("{:g}".format).to_numpy()
    place = nodes["x_m"].map("{:.1f}".format) + ":" + nodes["y_m"].map("{:.1f}".format)
    what = np.where(arms.reindex(nodes.index) > 1, "junction on ", "end of ")
    real = stations.frame["id"].reindex(nodes["station"]).to_numpy()
    return nodes.assign(
        id=np.where(nodes["station"] >= 0, real, "J" + kv + ":" + place),
        name=what + label.reindex(nodes.index).fillna(""),
        voltages_kv=kv,
    )[["id", "name", "voltages_kv", "x_m", "y_m", "station"]]


def _line_frame(pieces: pd.DataFrame, strands: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    rows = strands.loc[pieces["strand"]].reset_index(drop=True)
    several = pieces["id"].duplicated(keep=False)
    number = (pieces.groupby("id").cumcount() + 1).astype(str)
    sure = pieces["from_join"].map(CONFIDENCE) * pieces["to_join"].map(CONFIDENCE)
    begin_m, end_m = pieces["begin_m"].to_numpy(), pieces["end_m"].to_numpy()
    frame = pieces[["name", "length_km", "category", "from_join", "to_join", "drawn_as"]].assign(
        id=pieces["id"].where(~several, pieces["id"] + ":" + number),
        from_substation=ids.loc[pieces["from_knot"]].to_numpy(),
        to_substation=ids.loc[pieces["to_knot"]].to_numpy(),
        confidence=pieces["confidence"] * sure,
        geometry=_cut(rows["geometry"].to_numpy(), begin_m, end_m),
    )
    kept = ["voltage_kv", "circuits", "rating_mva", "dc"]
    return frame.join(rows[kept]).sort_values("id", ignore_index=True)


def _cut(geometry: Array, begin_m: Array, end_m: Array) -> list[object]:
    whole = (begin_m <= 0.0) & (end_m >= shapely.length(geometry))
    return [
        shape if all_of_it else ops.substring(shape, begin, end)
        for shape, all_of_it, begin, end in zip(geometry, whole, begin_m, end_m, strict=True)
    ]


def _station_frame(stations: Stations, nodes: pd.DataFrame, crs: object) -> gpd.GeoDataFrame:
    """Put substations and the junctions in use into one frame."""
    junctions = nodes[nodes["station"] < 0].sort_values("id")
    extra = pd.DataFrame(
        {
            "id": junctions["id"],
            "name": junctions["name"],
            "voltages_kv": junctions["voltages_kv"],
            "country": "",
            "position_error_km": np.nan,
            "members": "",
            "junction": True,
            "geometry": shapely.points(junctions[["x_m", "y_m"]].to_numpy(float)),
        }
    )
    real = stations.frame
    frame = pd.concat([real, extra], ignore_index=True) if len(extra) else real
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=crs)
