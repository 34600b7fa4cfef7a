"""A fingerprint of the ground, so that tiles kept of one run serve no other."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from geo.routing import Ends
from geo.shapes import Segments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.ground import Ground


def ground_digest(ground: Ground) -> str:
    """Return the SHA-256 of everything that the screening of a tile reads."""
    out = hashlib.sha256()
    for part in _parts(ground):
        out.update(part)
        out.update(b";")
    return out.hexdigest()


def tile_digest(shared: Ground | Ends) -> str:
    """Return the SHA-256 of everything that a tile of any stage reads."""
    if not isinstance(shared, Ends):
        return ground_digest(shared)
    out = hashlib.sha256(ground_digest(shared.ground).encode())
    wanted = None if shared.wanted is None else sorted(shared.wanted)
    for part in _bytes((shared.points_m, shared.places_m, repr(wanted))):
        out.update(part)
        out.update(b";")
    return out.hexdigest()


def _parts(ground: Ground) -> Iterator[bytes]:
    surfaces = ground.surfaces
    for kind in sorted(surfaces.rasters):
        raster = surfaces.rasters[kind]
        corner = (raster.crs, raster.west, raster.north, raster.pixel_x, raster.pixel_y)
        yield repr((kind, raster.source.sha256, *corner)).encode()
    yield repr((sorted(surfaces.classes.items()), surfaces.cell_m)).encode()
    for item in fields(ground):
        if item.name != "surfaces":
            yield item.name.encode()
            yield from _bytes(getattr(ground, item.name))


def _bytes(value: object) -> Iterator[bytes]:
    if isinstance(value, Segments):
        for array in (value.ends_m, value.owner, value.solid):
            yield from _bytes(array)
    elif isinstance(value, np.ndarray):
        yield f"{value.dtype.str} {value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
    elif isinstance(value, tuple):
        for part in value:
            yield from _bytes(part)
    elif hasattr(value, "shapes"):
        yield repr((value.reason, value.setback_m)).encode()  # type: ignore[attr-defined] # an exclusion
        yield from _bytes(value.shapes)
    else:
        yield repr(value).encode()
