"""Topology from raw geometry: lines as drawn become lines between stations.

`trace` is the whole method on bare frames; `joined` applies it to the layers of a place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from geo.tolerances import CONFIDENCE, TOLERANCES
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
        line is broken into several rows, as long as no other line touches that vertex.

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
    unknown = stations.shapes[stations.unknown]

    def breaks(points: Array) -> Array:
        at = np.zeros(len(points), dtype=bool)
        at[shapely.STRtree(unknown).query(points, "dwithin", tolerances.split_m)[0]] = True
        return at

    ways = ways_of(lines, level_kv)
    if ways.frame.empty:
        raise GridError("lines: none has a voltage and a length; there is nothing to join")
    strands, continued = strands_of(ways.frame, breaks)
    marks = Joints(strands, stations, tolerances).marks()
    nodes = _nodes(marks, strands, stations)
    pieces, loops = _pieces(marks, strands, nodes)
    used = set(pieces["from_substation"]) | set(pieces["to_substation"])
    return Traced(
        _station_frame(stations, nodes[nodes["id"].isin(used)], substations.crs),
        gpd.GeoDataFrame(pieces, geometry="geometry", crs=lines.crs),
        Inferred(
            joints=marks["join"].value_counts().sort_index().to_dict(),
            merged=stations.merged,
            unmet=tuple(sorted(set(stations.frame["id"]) - used)),
            loops=len(loops),
            loops_km=float(loops.sum()) / M_PER_KM,
            points=ways.points,
            unknown_voltage=ways.unknown_voltage,
            renamed=ways.renamed,
            continued=continued,
        ),
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
    if traced.lines.empty:
        raise GridError("lines: none leads from one place to another within [topology]")
    return replace(
        layers,
        place=replace(layers.place, topology=layers.place.topology or TOLERANCES),
        substations=DrawnSubstations(traced.stations, layers.substations.source),
        lines=Lines(traced.lines, layers.lines.source),
        ties=_moved(layers.ties, traced.inferred),
        loads=_moved(layers.loads, traced.inferred),
        inferred=traced.inferred,
    )


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


def _nodes(marks: pd.DataFrame, strands: pd.DataFrame, stations: Stations) -> pd.DataFrame:
    """Name every knot: index knot; id, name, voltages_kv, x_m, y_m, station (row, or -1)."""
    of_strand = strands.loc[marks["strand"], ["id", "name", "voltage_kv"]].reset_index(drop=True)
    told = marks.assign(
        line=of_strand["name"].where(of_strand["name"] != "", of_strand["id"]),
        line_id=of_strand["id"],
        voltage_kv=of_strand["voltage_kv"],
    )
    arms = told["knot"].value_counts()
    nodes = told.sort_values(["x_m", "y_m", "line_id"]).drop_duplicates("knot").set_index("knot")
    what = arms.reindex(nodes.index).map(lambda count: "junction on" if count > 1 else "end of")
    place = nodes["x_m"].map("{:.1f}".format) + ":" + nodes["y_m"].map("{:.1f}".format)
    kv = nodes["voltage_kv"].map("{:g}".format)
    real = nodes["station"] >= 0
    names = stations.frame["id"].reindex(nodes["station"]).to_numpy()
    return nodes.assign(
        id=np.where(real, names, "J" + kv + ":" + place),
        name=what + " " + nodes["line"],
        voltages_kv=kv,
    )[["id", "name", "voltages_kv", "x_m", "y_m", "station"]]


def _pieces(
    marks: pd.DataFrame, strands: pd.DataFrame, nodes: pd.DataFrame
) -> tuple[pd.DataFrame, Array]:
    """Cut strands between their marks; return the lines, and the lengths of loops in metres."""
    first, last = marks.iloc[:-1].reset_index(drop=True), marks.iloc[1:].reset_index(drop=True)
    same = first["strand"] == last["strand"]
    first, last = first[same], last[same]
    loop = (first["knot"] == last["knot"]).to_numpy()
    loops_m = (last["at_m"] - first["at_m"]).to_numpy()[loop]
    first, last = first[~loop], last[~loop]
    rows = strands.loc[first["strand"]].reset_index(drop=True)
    begin_m, end_m = first["at_m"].to_numpy(), last["at_m"].to_numpy()
    several = rows["id"].duplicated(keep=False)
    number = (rows.groupby("id").cumcount() + 1).astype(str)
    joins = (first["join"].to_numpy(), last["join"].to_numpy())
    sure = [np.array([CONFIDENCE[join] for join in side]) for side in joins]
    frame = pd.DataFrame(
        {
            "id": rows["id"].where(~several, rows["id"] + ":" + number),
            "name": rows["name"],
            "from_substation": nodes["id"].loc[first["knot"]].to_numpy(),
            "to_substation": nodes["id"].loc[last["knot"]].to_numpy(),
            "length_km": (end_m - begin_m) * rows["stretch"] / M_PER_KM,
            "confidence": rows["confidence"] * sure[0] * sure[1],
            "from_join": joins[0],
            "to_join": joins[1],
            "geometry": _cut(rows["geometry"].to_numpy(), begin_m, end_m),
        }
    )
    kept = ["voltage_kv", "circuits", "rating_mva", "category", "dc", "drawn_as"]
    return frame.join(rows[kept]).sort_values("id", ignore_index=True), loops_m


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
    real = stations.frame.assign(junction=False)
    frame = pd.concat([real, extra], ignore_index=True) if len(extra) else real
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=crs)
