"""The one door through which text of the data enters the page: a JSON island."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from maps.frames import known

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_HARMFUL: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&{}\u2028\u2029"}
DEGREE_DECIMALS: Final = 5
NUMBER_DECIMALS: Final = 4
REPEATED: Final = 0.7


def island(content: object) -> str:
    """Write content as JSON that can stand inside a script element of any HTML page.

    Inside strings ``< > & { }`` and the line separators U+2028 and U+2029 are escaped, so neither
    an HTML parser nor a template engine finds anything of its own in it.
    """
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _STRING.sub(lambda found: found.group().translate(_HARMFUL), text)


def packed(frame: pd.DataFrame, columns: Iterable[str]) -> dict[str, Any]:
    """Write columns of a frame compactly, for ``data.js`` to read.

    Returns
    -------
    dict
        ``rows``, and ``columns``: a list of values each, or ``words`` and ``at`` (the position in
        words of each row) for text that repeats itself. Unknown is None.
    """
    return {
        "rows": len(frame),
        "columns": {name: _column(frame[name]) for name in columns if name in frame.columns},
    }


def _column(values: pd.Series) -> list[Any] | dict[str, Any]:
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        decimals = DEGREE_DECIMALS if values.name in {"lon", "lat"} else NUMBER_DECIMALS
        return [_short(value, decimals) for value in values.tolist()]
    plain = [known(value) for value in values.tolist()]
    codes, words = pd.factorize(np.array([*plain, None], dtype=object)[:-1], use_na_sentinel=False)
    if len(words) >= REPEATED * len(plain):
        return plain
    return {"words": [known(word) for word in words], "at": codes.tolist()}


def _short(value: float | None, decimals: int) -> float | int | None:
    if known(value) is None or value is None:
        return None
    rounded = round(value, decimals)
    return int(rounded) if rounded == int(rounded) else rounded


def points(geometry: gpd.GeoSeries) -> pd.DataFrame:
    """Return lon and lat of points in degrees, of other shapes a point on them."""
    degrees = geometry.representative_point().to_crs("EPSG:4326")
    return pd.DataFrame({"lon": degrees.x, "lat": degrees.y}, index=geometry.index)


def paths(geometry: gpd.GeoSeries, decimals: int = DEGREE_DECIMALS) -> list[Any]:
    """Return shapes as Leaflet takes them: latitude first, one list per part.

    A line is a list of parts; an area is a list of parts, each a list of rings.
    """
    degrees = geometry.to_crs("EPSG:4326")
    return [[_part(part, decimals) for part in shapely.get_parts(shape)] for shape in degrees]


def _part(part: BaseGeometry, decimals: int) -> list[Any]:
    if isinstance(part, shapely.Polygon):
        return [_vertices(ring, decimals) for ring in (part.exterior, *part.interiors)]
    return _vertices(part, decimals)


def _vertices(line: BaseGeometry, decimals: int) -> list[list[float]]:
    return np.round(shapely.get_coordinates(line)[:, ::-1], decimals).tolist()
