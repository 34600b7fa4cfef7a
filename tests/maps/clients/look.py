"""Run by the Python of QGIS: opens a project and a GeoPackage, tells what it sees, draws a picture.

Takes a project, a GeoPackage and a picture to write; prints one JSON object.
"""

import json
import os
import sys

from qgis.core import (
    QgsApplication,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def colours(layer):
    """Colours of the symbols by the words in the legend."""
    return {
        item.label(): symbol.color().name()
        for item in layer.renderer().legendSymbolItems()
        if (symbol := item.symbol()) is not None
    }


def told(layer):
    """What a layer is like."""
    out = {
        "valid": layer.isValid(),
        "count": layer.featureCount(),
        "source": layer.source(),
        "crs": layer.crs().authid(),
        "fields": [field.name() for field in layer.fields()],
    }
    if layer.isValid() and layer.renderer() is not None:
        labels = layer.labeling()
        out["renderer"] = layer.renderer().type()
        out["colours"] = colours(layer)
        out["label"] = labels.settings().fieldName if layer.labelsEnabled() else ""
        out["expression"] = labels.settings().isExpression if layer.labelsEnabled() else False
        out["titles"] = [field.alias() for field in layer.fields()]
        out["actions"] = len(layer.actions().actions())
    return out


def groups(node):
    """Names of the layers by group."""
    return {group.name(): [one.name() for one in group.findLayers()] for group in node.findGroups()}


def drawn(layers, crs, extent, path, labels=True):
    """Draw layers to a picture and return it with its scale and the errors."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(crs)
    settings.setOutputSize(QSize(1400, 1000))
    settings.setOutputDpi(120)
    settings.setBackgroundColor(QColor("#e8ecef"))
    settings.setExtent(extent)
    settings.setFlag(QgsMapSettings.DrawLabeling, labels)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    picture = job.renderedImage()
    picture.save(path, "PNG")
    to_pixel = settings.mapToPixel()
    return picture, to_pixel, [error.message for error in job.errors()]


def at_sites(layer, picture, to_pixel):
    """Grade of each site and the usual colour of the picture round its middle, by id."""
    out = {}
    for feature in layer.getFeatures():
        middle = feature.geometry().pointOnSurface().asPoint()
        spot = to_pixel.transform(middle)
        near = [
            picture.pixelColor(round(spot.x()) + x, round(spot.y()) + y).name()
            for x in range(-2, 3)
            for y in range(-2, 3)
        ]
        out[feature["site_id"]] = [feature["grade"], max(near, key=near.count)]
    return out


def main(project_path, package_path, picture_path):
    application = QgsApplication([], False)
    application.initQgis()
    project = QgsProject.instance()
    opened = project.read(project_path)
    layers = {
        layer.id().removeprefix("powersite_"): layer for layer in project.mapLayers().values()
    }
    shown = [node.layer() for node in project.layerTreeRoot().findLayers() if node.isVisible()]
    shown = [layer for layer in shown if layer is not None and layer.isSpatial()]
    extent = QgsRectangle(project.viewSettings().defaultViewExtent())
    if "regions" in layers:
        extent = layers["regions"].extent()
        extent.scale(1.05)
    picture, to_pixel, errors = drawn(shown, project.crs(), extent, picture_path)
    names = {layer.id(): name for name, layer in layers.items()}
    alone = {
        name: QgsVectorLayer(f"{package_path}|layername={name}", name, "ogr")
        for name, layer in layers.items()
        if layer.isSpatial()
    }
    same = [alone[names[layer.id()]] for layer in shown]
    again, _, _ = drawn(same, project.crs(), extent, picture_path.replace(".png", "-2.png"))
    dots, to_pixel, _ = drawn(
        [layers["sites"]],
        project.crs(),
        extent,
        picture_path.replace(".png", "-3.png"),
        labels=False,
    )
    print(
        json.dumps(
            {
                "opened": opened,
                "title": project.title(),
                "crs": project.crs().authid(),
                "groups": groups(project.layerTreeRoot()),
                "layers": {name: told(layer) for name, layer in layers.items()},
                "styled": {name: told(layer) for name, layer in alone.items()},
                "same_picture": picture == again,
                "errors": errors,
                "at_sites": at_sites(layers["sites"], dots, to_pixel),
            }
        )
    )
    sys.stdout.flush()
    os._exit(0)  # QGIS may fall over its own feet when it is taken down


main(*sys.argv[1:])
