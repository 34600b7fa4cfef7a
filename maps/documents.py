"""The answer as documents: one JSON object, GeoJSON collections, CSV tables."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

import shapely

from maps.frames import outgoing, ranked_regions, records, shortlist
from maps.sure import sureness_document
from maps.text import cell, plain

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from geo.siting import Siting

SCHEMA_VERSION: Final = 1
WGS84: Final = "EPSG:4326"
DEGREE_DECIMALS: Final = 7


def document(siting: Siting) -> dict[str, Any]:
    """Return the answer as one JSON object; unknown is null, keys are always in this order."""
    return {
        "schema_version": SCHEMA_VERSION,
        "place": plain(siting.layers.place.name),
        "scenario": scenario(siting),
        "sites": records(shortlist(siting)),
        "regions": records(ranked_regions(siting)),
        "dropped": records(outgoing(siting.dropped)),
        "sureness": sureness_document(siting),
        "congestion": records(outgoing(siting.congestion)),
        "sources": sources(siting),
        "notes": [plain(note) for note in siting.notes],
    }


def scenario(siting: Siting) -> dict[str, Any]:
    """Return every knob of the question."""
    asked = siting.scenario
    knobs = {item.name: getattr(asked, item.name) for item in fields(asked)}
    return knobs | {"weights": dict(sorted(asked.weights.items()))}


def sources(siting: Siting) -> list[dict[str, Any]]:
    """Return where each layer comes from, one row per layer."""
    return [
        {"layer": layer.kind} | {name: plain(value) for name, value in asdict(layer.source).items()}
        for layer in siting.layers.sources()
    ]


def json_text(content: object) -> str:
    """Write a document as JSON that any parser reads."""
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def csv_text(frame: pd.DataFrame) -> str:
    """Write a frame without its geometry as CSV in which no cell is a formula."""
    table = frame.drop(columns="geometry", errors="ignore")
    safe = {
        name: table[name].map(lambda value: cell(value) if isinstance(value, str) else value)
        for name in table.columns
    }
    return table.assign(**safe).to_csv(index=False, lineterminator="\n")


def geojson_text(frame: gpd.GeoDataFrame) -> str:
    """Write a frame as RFC 7946 GeoJSON: WGS 84, right-handed rings, seven decimals, no CRS."""
    degrees = frame.to_crs(WGS84)
    shapes = shapely.orient_polygons(degrees.geometry.to_numpy(), exterior_cw=False)
    properties = records(degrees.drop(columns=degrees.geometry.name))
    features = [
        {"type": "Feature", "geometry": _geometry(shape), "properties": row}
        for shape, row in zip(shapes, properties, strict=True)
    ]
    lines = ",\n".join(
        json.dumps(feature, ensure_ascii=False, allow_nan=False) for feature in features
    )
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'


def _geometry(shape: BaseGeometry | None) -> dict[str, Any] | None:
    if shape is None or shape.is_empty:
        return None
    mapping = shapely.geometry.mapping(shape)
    return {"type": mapping["type"], "coordinates": _rounded(mapping["coordinates"])}


def _rounded(coordinates: Any) -> Any:  # noqa: ANN401 -- nested to a depth that the type sets
    if isinstance(coordinates, float):
        return round(coordinates, DEGREE_DECIMALS)
    return [_rounded(part) for part in coordinates]
