"""Where marks go so that none covers another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Point = tuple[float, float]
    Box = tuple[float, float, float, float]

TURNS: Final = 16
RINGS: Final = 12


def apart(points: Sequence[Point], distance: float) -> list[Point]:
    """Move marks off each other, each as little as a search on rings around its place finds.

    Parameters
    ----------
    points
        Where the marks belong, the most important first; it is the last to be moved.
    distance
        Least distance between two marks, in the unit of the points.
    """
    placed: list[Point] = []
    for point in points:
        free = (
            spot
            for spot in _around(point, distance)
            if all(math.dist(spot, other) >= distance - 1e-9 for other in placed)
        )
        placed.append(next(free, point))
    return placed


def _around(point: Point, distance: float) -> Iterator[Point]:
    yield point
    for ring in range(1, RINGS + 1):
        for turn in range(TURNS):
            angle = math.tau * turn / TURNS
            radius = distance * ring / 2
            yield (point[0] + radius * math.cos(angle), point[1] + radius * math.sin(angle))


def overlaps(box: Box, others: Sequence[Box]) -> bool:
    """Say whether a box of left, top, right, bottom covers a part of another."""
    left, top, right, bottom = box
    return any(left < o[2] and right > o[0] and top < o[3] and bottom > o[1] for o in others)
