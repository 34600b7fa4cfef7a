"""Styles as QGIS reads them: renderer, labels and field titles as XML elements.

Nothing in them is an expression, an action or a macro: classes name a column, labels too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from maps.text import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from maps.dictionary import Entry
    from maps.styles import Band, Kind, Style, Symbol

VERSION: Final = "3.22.0"
GEOMETRY: Final = {"marker": "0", "line": "1", "fill": "2"}
DOT_MM: Final = 3.2
AROUND_MIDDLE, ON_AREA, BESIDE_POINT = "0", "1", "6"
"""Placement of labels, as QGIS numbers it: round the middle of an area, over it, beside a point."""


def qml(style: Style, entries: list[Entry]) -> str:
    """Return the style of a layer as a QML document.

    Parameters
    ----------
    style
        How it looks.
    entries
        What its columns say.
    """
    columns = [entry.column for entry in entries]
    root = Element("qgis", version=VERSION, styleCategories="Symbology|Labeling|Fields")
    _labels_on(root, style, columns)
    root.append(renderer(style, columns))
    if (made := labeling(style, columns)) is not None:
        root.append(made)
    root.append(field_titles(entries))
    SubElement(root, "layerGeometryType").text = GEOMETRY[style.kind]
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{xml_text(root)}"


def renderer(style: Style, columns: Collection[str]) -> Element:
    """Return how features are drawn; without the column that tells them apart, all alike."""
    told_apart = style.attribute in columns
    bands = style.bands if told_apart else style.bands[:1]
    kind = "singleSymbol"
    if told_apart:
        kind = "graduatedSymbol" if style.by_number else "categorizedSymbol"
    out = Element("renderer-v2", type=kind, symbollevels="0", enableorderby="0", forceraster="0")
    if told_apart:
        out.set("attr", style.attribute)
        out.append(_classes(style))
    symbols = SubElement(out, "symbols")
    for number, band in enumerate(bands):
        symbols.append(symbol_element(band.symbol, style.kind, str(number)))
    return out


def labeling(style: Style, columns: Collection[str]) -> Element | None:
    """Return how features are labelled, or None."""
    if style.label not in columns:
        return None
    out = Element("labeling", type="simple")
    settings = SubElement(out, "settings")
    text = SubElement(
        settings,
        "text-style",
        fieldName=style.label,
        isExpression="0",
        allowHtml="0",
        fontFamily="DejaVu Sans",
        fontSize=f"{style.label_pt:g}",
        fontSizeUnit="Point",
        fontWeight="75" if style.label_bold else "50",
        namedStyle="Bold" if style.label_bold else "Book",
        textColor=rgba(style.label_colour),
        textOpacity="1",
    )
    SubElement(
        text,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor=rgba("#ffffff"),
        bufferOpacity="0.85",
    )
    placement = BESIDE_POINT
    if style.kind == "fill":
        placement = AROUND_MIDDLE if style.bands[0].symbol.dot else ON_AREA
    SubElement(
        settings,
        "placement",
        placement=placement,
        predefinedPositionOrder="TR,TL,BR,BL,R,L,TSR,BSR",
        dist="2",
        distUnits="MM",
        offsetType="1",
        priority="9" if style.label_bold else "4",
        geometryGeneratorEnabled="0",
    )
    limit = style.label_from
    SubElement(
        settings,
        "rendering",
        drawLabels="1",
        scaleVisibility="1" if limit else "0",
        scaleMin="1",
        scaleMax=str(limit),
        obstacle="0" if placement == ON_AREA else "1",
    )
    return out


def field_titles(entries: list[Entry]) -> Element:
    """Return the titles of the columns with their units."""
    out = Element("aliases")
    for index, entry in enumerate(entries, start=1):  # 0 is the row number of the file
        title = plain(entry.heading)
        SubElement(out, "alias", index=str(index), field=entry.column, name=title)
    return out


def symbol_element(symbol: Symbol, kind: Kind, name: str) -> Element:
    """Return one symbol; a polygon with a dot has a marker in its middle as well."""
    out = Element("symbol", type=kind, name=name, alpha="1", clip_to_extent="1", force_rhr="0")
    if kind == "marker":
        out.append(_layer("SimpleMarker", _marker(symbol)))
    elif kind == "line":
        out.append(_layer("SimpleLine", _line(symbol)))
    else:
        out.append(_layer("SimpleFill", _fill(symbol)))
        if symbol.dot:
            centre = _layer("CentroidFill", {"point_on_surface": "1", "point_on_all_parts": "0"})
            dot = Element("symbol", type="marker", name=f"@{name}@1", alpha="1", force_rhr="0")
            dot.append(_layer("SimpleMarker", _marker(symbol) | {"size": f"{DOT_MM:g}"}))
            centre.append(dot)
            out.append(centre)
    return out


def xml_text(root: Element) -> str:
    """Write an element with its children, indented."""
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def rgba(colour: str, opacity: float = 1.0) -> str:
    """Write #rrggbb as QGIS does: ``18,58,115,255``."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"


def _labels_on(root: Element, style: Style, columns: Collection[str]) -> None:
    root.set("labelsEnabled", "1" if style.label in columns else "0")


def _classes(style: Style) -> Element:
    out = Element("ranges" if style.by_number else "categories")
    for number, band in enumerate(style.bands):
        out.append(_range(band, number) if style.by_number else _category(band, number))
    return out


def _range(band: Band, number: int) -> Element:
    return Element(
        "range",
        lower=f"{band.low:.6f}",
        upper=f"{band.high:.6f}",
        symbol=str(number),
        label=band.label,
        render="true",
    )


def _category(band: Band, number: int) -> Element:
    return Element(
        "category",
        value=band.value,
        symbol=str(number),
        label=band.label,
        render="true",
        type="string" if band.value else "NULL",
    )


def _layer(kind: str, options: Mapping[str, str]) -> Element:
    """Return a symbol layer, in the words of QGIS 3.22 and later and in those of before."""
    out = Element("layer", {"class": kind, "enabled": "1", "pass": "0", "locked": "0"})
    table = SubElement(out, "Option", type="Map")
    for name, value in options.items():
        SubElement(table, "Option", type="QString", name=name, value=value)
    for name, value in options.items():
        SubElement(out, "prop", k=name, v=value)
    return out


def _marker(symbol: Symbol) -> dict[str, str]:
    return {
        "name": symbol.shape,
        "color": rgba(symbol.colour),
        "size": f"{symbol.size_mm:g}",
        "size_unit": "MM",
        "outline_color": rgba(symbol.outline),
        "outline_style": "solid",
        "outline_width": "0.25",
        "outline_width_unit": "MM",
    }


def _line(symbol: Symbol) -> dict[str, str]:
    return {
        "line_color": rgba(symbol.colour),
        "line_width": f"{symbol.size_mm:g}",
        "line_width_unit": "MM",
        "line_style": "solid",
        "capstyle": "flat" if symbol.dash else "round",
        "joinstyle": "round",
        "use_custom_dash": "1" if symbol.dash else "0",
        "customdash": symbol.dash or "5;2",
        "customdash_unit": "MM",
    }


def _fill(symbol: Symbol) -> dict[str, str]:
    return {
        "color": rgba(symbol.colour, symbol.opacity),
        "style": "solid",
        "outline_color": rgba(symbol.outline),
        "outline_style": "solid",
        "outline_width": f"{symbol.size_mm:g}",
        "outline_width_unit": "MM",
    }
