"""A QGIS project over the GeoPackage beside it: every layer styled, labelled and in its group.

Paths are relative and the spatial reference is whole, so that the folder opens wherever it is moved
to. There is no macro, action or expression in it.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement

from maps.geopackage import GEOMETRY_TYPES
from maps.packed import packed
from maps.qml import VERSION, field_titles, labeling, renderer, xml_text
from maps.styles import GROUPS, STYLES, TABLE_GROUP, title
from maps.text import plain

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from maps.delivery import Delivery

PACKAGE: Final = "./shortlist.gpkg"
MARGIN: Final = 0.05
SHAPES: Final = {"Point": "Point", "MultiLineString": "Line", "MultiPolygon": "Polygon"}


def write_project(delivery: Delivery, path: Path) -> None:
    """Write the project as a .qgz file."""
    text = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    text += xml_text(project(delivery))
    path.write_bytes(packed(f"{path.stem}.qgs", text.encode()))


def project(delivery: Delivery) -> Element:
    """Return the project as XML."""
    place = delivery.siting.layers.place
    name = f"powersite: {plain(place.title)}"
    root = Element("qgis", version=VERSION, projectname=name)
    SubElement(root, "title").text = name
    SubElement(root, "autotransaction", active="0")
    SubElement(root, "evaluateDefaultValues", active="0")
    SubElement(root, "trust", active="0")
    crs = next(iter(delivery.spatial.values())).crs if delivery.spatial else None
    SubElement(root, "projectCrs").append(_reference(crs))
    tables = [name for name in delivery.tables if name not in delivery.spatial] + ["dictionary"]
    spatial = [name for name in STYLES if name in delivery.spatial]
    root.append(_tree(spatial, tables))
    root.append(_canvas(delivery, crs))
    layers = SubElement(root, "projectlayers")
    order = SubElement(root, "layerorder")
    for layer in [*spatial, *tables]:
        layers.append(_layer(delivery, layer))
        SubElement(order, "layer", id=layer_id(layer))
    properties = SubElement(root, "properties")
    SubElement(SubElement(properties, "Paths"), "Absolute", type="bool").text = "false"
    used = SubElement(SubElement(properties, "SpatialRefSys"), "ProjectionsEnabled", type="int")
    used.text = "1"
    SubElement(root, "transformContext")
    return root


def layer_id(layer: str) -> str:
    """Return the id of a layer in the project; QGIS makes ids of its own for short ones."""
    return f"powersite_{layer}"


def _tree(spatial: list[str], tables: list[str]) -> Element:
    root = Element("layer-tree-group")
    for group in GROUPS:
        members = tables if group == TABLE_GROUP else []
        members = members or [name for name in spatial if STYLES[name].group == group]
        if not members:
            continue
        branch = SubElement(
            root, "layer-tree-group", name=group, expanded="1", checked="Qt::Checked"
        )
        for layer in members:
            shown = layer not in STYLES or STYLES[layer].shown
            SubElement(
                branch,
                "layer-tree-layer",
                id=layer_id(layer),
                name=title(layer),
                source=f"{PACKAGE}|layername={layer}",
                providerKey="ogr",
                expanded="0" if group == TABLE_GROUP else "1",
                checked="Qt::Checked" if shown else "Qt::Unchecked",
            )
    return root


def _layer(delivery: Delivery, layer: str) -> Element:
    frame = delivery.spatial.get(layer)
    out = Element("maplayer", type="vector", styleCategories="AllStyleCategories")
    SubElement(out, "id").text = layer_id(layer)
    SubElement(out, "datasource").text = f"{PACKAGE}|layername={layer}"
    SubElement(out, "layername").text = title(layer)
    SubElement(out, "provider", encoding="UTF-8").text = "ogr"
    reference = SubElement(out, "srs")
    if frame is None:
        out.set("geometry", "No geometry")
        reference.append(_reference(None))
        return out
    style, entries = STYLES[layer], delivery.entries(layer)
    columns = [entry.column for entry in entries]
    out.set("geometry", SHAPES[GEOMETRY_TYPES[layer]])
    out.set("wkbType", GEOMETRY_TYPES[layer])
    out.set("labelsEnabled", "1" if style.label in columns else "0")
    reference.append(_reference(frame.crs))
    if len(frame):
        out.insert(0, _box("extent", frame.total_bounds.tolist()))
    out.append(renderer(style, columns))
    labels = labeling(style, columns)
    if labels is not None:
        out.append(labels)
    out.append(field_titles(entries))
    SubElement(out, "layerOpacity").text = "1"
    return out


def _canvas(delivery: Delivery, crs: gpd.GeoSeries | None) -> Element:
    """Return the first view: the regions, or whatever there is."""
    out = Element("mapcanvas", name="theMapCanvas", annotationsVisible="1")
    frames = [frame for frame in delivery.spatial.values() if len(frame)]
    if frames:
        view = delivery.spatial.get("regions", frames[0])
        west, south, east, north = (frames[0] if view.empty else view).total_bounds.tolist()
        wide, high = MARGIN * (east - west), MARGIN * (north - south)
        SubElement(out, "units").text = (
            "degrees" if crs is not None and crs.is_geographic else "meters"
        )
        out.append(_box("extent", [west - wide, south - high, east + wide, north + high]))
    SubElement(out, "destinationsrs").append(_reference(crs))
    return out


def _box(tag: str, bounds: list[float]) -> Element:
    out = Element(tag)
    for name, value in zip(("xmin", "ymin", "xmax", "ymax"), bounds, strict=True):
        SubElement(out, name).text = repr(value)
    return out


def _reference(crs: object) -> Element:
    """Return a spatial reference with its definition, so that no database has to know it."""
    out = Element("spatialrefsys", nativeFormat="Wkt")
    texts = {"wkt": "", "proj4": "", "srsid": "0", "srid": "0", "authid": "", "description": ""}
    texts |= {"projectionacronym": "", "ellipsoidacronym": "", "geographicflag": "false"}
    if crs is not None:
        texts |= _definition(crs)
    for name, text in texts.items():
        SubElement(out, name).text = text
    return out


def _definition(crs: object) -> dict[str, str]:
    authority, number = crs.to_authority() or ("", "0")  # type: ignore[attr-defined]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that the short form says less is known
        short = crs.to_proj4()  # type: ignore[attr-defined]
    words = dict(part.partition("=")[::2] for part in short.split())
    ellipsoid = crs.ellipsoid.to_json_dict().get("id", {})  # type: ignore[attr-defined]
    return {
        "wkt": crs.to_wkt(),  # type: ignore[attr-defined]
        "proj4": short,
        "srid": number,
        "authid": f"{authority}:{number}" if authority else "",
        "description": crs.name,  # type: ignore[attr-defined]
        "projectionacronym": words.get("+proj", ""),
        "ellipsoidacronym": "{authority}:{code}".format(**ellipsoid) if ellipsoid else "",
        "geographicflag": "true" if crs.is_geographic else "false",  # type: ignore[attr-defined]
    }
