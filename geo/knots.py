"""Points of a drawing that turn out to be one, and the stations that they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.flow import Array


class Knots:
    """Points, then stations, by number; what is joined is one knot with at most one station."""

    def __init__(self, points: int, stations: int) -> None:
        self.points = points
        self._parent = list(range(points + stations))
        self._station = [-1] * points + list(range(stations))

    def root(self, knot: int) -> int:
        """Return the point that stands for all that are one with this."""
        while self._parent[knot] != knot:
            self._parent[knot] = self._parent[self._parent[knot]]
            knot = self._parent[knot]
        return knot

    def roots(self, knots: Iterable[int]) -> Array:
        """Return the root of each point."""
        return np.array([self.root(int(knot)) for knot in knots], dtype=int)

    def stations(self, knots: Iterable[int]) -> Array:
        """Return the station that each point is, or -1."""
        return np.array([self._station[self.root(int(knot))] for knot in knots], dtype=int)

    def join(self, one: int, other: int) -> bool:
        """Make two points one, unless they are two stations; say whether they are one."""
        one, other = sorted((self.root(one), self.root(other)))
        if one != other and min(self._station[one], self._station[other]) >= 0:
            return False
        self._parent[other] = one
        self._station[one] = max(self._station[one], self._station[other])
        return True

    def put(self, point: int, station: int) -> bool:
        """Put a point at a station, unless it is at another; say whether it is there."""
        return self.join(point, self.points + station)
