"""How much of two paths of supply runs in one corridor, where one event can take both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import shapely

from geo.units import M_PER_KM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, eq=False)
class Corridors:
    """The routes of lines, and how near is too near."""

    routes: dict[str, BaseGeometry]
    """Line id to its route, in a metric CRS."""
    width_km: float
    """Routes closer than this share a corridor."""
    _buffers: dict[str, BaseGeometry] = field(default_factory=dict)

    def drawn(self, lines: Iterable[str]) -> BaseGeometry:
        """Return the routes of some lines as one shape."""
        return shapely.union_all([self.routes[line] for line in lines])

    def shared(self, one: Iterable[str], other: Iterable[str]) -> float:
        """Return the share of the shorter path that lies within the corridor of the other."""
        near, far = sorted((list(one), list(other)), key=lambda path: self.drawn(path).length)
        length_m = self.drawn(near).length
        if length_m == 0.0:
            return 0.0
        corridor = shapely.union_all([self._buffer(line) for line in far])
        return float(self.drawn(near).intersection(corridor).length / length_m)

    def worst_clash(self, one: Iterable[str], other: Iterable[str]) -> tuple[str, str]:
        """Return the line of each path that lie in one corridor for longest."""
        pairs = [(line, near) for line in sorted(one) for near in sorted(other)]
        return max(pairs, key=lambda pair: self._beside_m(*pair))

    def _beside_m(self, line: str, near: str) -> float:
        return float(self.routes[line].intersection(self._buffer(near)).length)

    def _buffer(self, line: str) -> BaseGeometry:
        if line not in self._buffers:
            self._buffers[line] = self.routes[line].buffer(self.width_km * M_PER_KM)
        return self._buffers[line]
