"""Layers as KML for Google Earth: styled, in folders, with balloons in which no text is markup."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

import pandas as pd
import shapely

from maps.documents import WGS84
from maps.frames import known
from maps.packed import packed
from maps.styles import GROUPS, STYLES
from maps.text import number, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from maps.delivery import Delivery
    from maps.dictionary import Entry
    from maps.styles import Band, Style

NAMESPACE: Final = "http://www.opengis.net/kml/2.2"
ICON: Final = "http://maps.google.com/mapfiles/kml/shapes/placemark_circle.png"
PIXELS_PER_MM: Final = 3.0
TITLES: Final = ("name", "region", "site_id", "poi_id", "id")
"""Columns that a place is called by, the first that is there."""
DECIMALS: Final = 7


def write_kml(delivery: Delivery, path: Path) -> None:
    """Write the spatial layers as one KML document."""
    path.write_bytes(kml_bytes(delivery))


def write_kmz(delivery: Delivery, path: Path) -> None:
    """Write the same document packed."""
    path.write_bytes(packed("doc.kml", kml_bytes(delivery)))


def kml_bytes(delivery: Delivery) -> bytes:
    """Return the document."""
    root = Element("kml", xmlns=NAMESPACE)
    document = SubElement(root, "Document")
    _text(document, "name", f"powersite: {plain(delivery.siting.layers.place.title)}")
    for layer in delivery.spatial:
        for at, band in enumerate(STYLES[layer].bands):
            document.append(_style(f"{layer}-{at}", STYLES[layer], band))
    for group in GROUPS:
        members = [name for name in STYLES if name in delivery.spatial]
        members = [name for name in members if STYLES[name].group == group]
        if members:
            folder = SubElement(document, "Folder")
            _text(folder, "name", group)
            for layer in members:
                folder.append(_folder(delivery, layer))
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8")


def _folder(delivery: Delivery, layer: str) -> Element:
    style, entries = STYLES[layer], delivery.entries(layer)
    frame: gpd.GeoDataFrame = delivery.spatial[layer].to_crs(WGS84)
    folder = Element("Folder")
    _text(folder, "name", layer)
    if not style.shown:
        _text(folder, "visibility", "0")
    title = next((name for name in TITLES if name in frame.columns), frame.columns[0])
    shapes = shapely.orient_polygons(frame.geometry.to_numpy(), exterior_cw=False)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    for row, shape in zip(table.to_dict("records"), shapes, strict=True):
        place = SubElement(folder, "Placemark")
        _text(place, "name", plain(row[title] or row[table.columns[0]]))
        if not style.shown:
            _text(place, "visibility", "0")
        SubElement(place, "Snippet", maxLines="0")
        _text(place, "description", _balloon(row, entries))
        _text(place, "styleUrl", f"#{layer}-{_band(row, style)}")
        place.append(_data(row, entries))
        if shape is not None and not shape.is_empty:
            place.append(_shape(shape))
    return folder


def _band(row: dict[str, object], style: Style) -> int:
    """Return the position of the band that a row belongs to; the last if none fits."""
    value = known(row.get(style.attribute))
    for at, band in enumerate(style.bands):
        if style.by_number and isinstance(value, (int, float)) and band.low <= value < band.high:
            return at
        if not style.by_number and band.value == str(value).lower().replace("grade ", ""):
            return at
        if band.value == str(value):
            return at
    return len(style.bands) - 1


def _balloon(row: dict[str, object], entries: list[Entry]) -> str:
    """Return the row as a table. It is read as HTML with ``$[…]`` filled in: no text may be so."""
    lines = []
    for entry in entries:
        value = known(row[entry.column])
        if value is None or value == "":
            continue
        shown = number(value, 2) if isinstance(value, float) else plain(value)
        cells = (html.escape(text).replace("$", "&#36;") for text in (entry.heading, shown))
        lines.append("<tr><td>{}</td><td>{}</td></tr>".format(*cells))
    return f"<table>{''.join(lines)}</table>"


def _data(row: dict[str, object], entries: list[Entry]) -> Element:
    out = Element("ExtendedData")
    for entry in entries:
        value = known(row[entry.column])
        if value is not None:
            data = SubElement(out, "Data", name=entry.column)
            _text(data, "displayName", entry.heading)
            _text(data, "value", plain(value))
    return out


def _style(name: str, style: Style, band: Band) -> Element:
    out, symbol = Element("Style", id=name), band.symbol
    if style.kind == "marker":
        icon = SubElement(out, "IconStyle")
        is_light = symbol.colour == "#ffffff"
        _text(icon, "color", _abgr(symbol.outline if is_light else symbol.colour))
        _text(icon, "scale", f"{symbol.size_mm / 2.4:.2f}")
        _text(SubElement(icon, "Icon"), "href", ICON)
        _text(SubElement(out, "LabelStyle"), "scale", "0" if style.label_from else "0.8")
    line = SubElement(out, "LineStyle")
    _text(line, "color", _abgr(symbol.outline if style.kind == "fill" else symbol.colour))
    _text(line, "width", f"{max(1.0, symbol.size_mm * PIXELS_PER_MM):.1f}")
    if style.kind == "fill":
        area = SubElement(out, "PolyStyle")
        _text(area, "color", _abgr(symbol.colour, symbol.opacity if symbol.dot else 0.2))
    balloon = SubElement(out, "BalloonStyle")
    _text(balloon, "text", "$[description]")
    return out


def _shape(shape: BaseGeometry) -> Element:
    parts = [_simple(part) for part in getattr(shape, "geoms", [shape])]
    if len(parts) == 1:
        return parts[0]
    out = Element("MultiGeometry")
    out.extend(parts)
    return out


def _simple(shape: Any) -> Element:  # noqa: ANN401 -- a point, a line or a polygon
    if shape.geom_type == "Polygon":
        out = Element("Polygon")
        for side, rings in (
            ("outerBoundaryIs", [shape.exterior]),
            ("innerBoundaryIs", shape.interiors),
        ):
            for ring in rings:
                inner = SubElement(SubElement(out, side), "LinearRing")
                _text(inner, "coordinates", _coordinates(ring))
        return out
    out = Element(shape.geom_type)
    if shape.geom_type == "LineString":
        _text(out, "tessellate", "1")
    _text(out, "coordinates", _coordinates(shape))
    return out


def _coordinates(shape: BaseGeometry) -> str:
    return " ".join(_pairs(shape))


def _pairs(shape: BaseGeometry) -> Iterator[str]:
    for x, y in shapely.get_coordinates(shape).tolist():
        yield f"{x:.{DECIMALS}f},{y:.{DECIMALS}f}"


def _abgr(colour: str, opacity: float = 1.0) -> str:
    """Write #rrggbb as KML does: opacity, blue, green, red."""
    return f"{round(255 * opacity):02x}{colour[5:7]}{colour[3:5]}{colour[1:3]}"


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text
