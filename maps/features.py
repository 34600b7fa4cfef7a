"""The layers of a pack as pygeoapi reads them; imported by it alone, by its settings."""

from __future__ import annotations

from typing import Any

from pygeoapi.provider.geojson import GeoJSONProvider


class Features(GeoJSONProvider):  # type: ignore[misc] # the library has no types
    """GeoJSON whose columns have the types that the layer has, not those of its first row."""

    def get_fields(self) -> dict[str, Any]:
        """Return column to type."""
        self._fields = {name: {"type": kind} for name, kind in self.options["types"].items()}
        return self._fields
