"""The map of a report: ground, grid, plants, towns, and the best sites by rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from maps.badges import apart, overlaps
from maps.palette import family, light
from maps.report_sheet import GRADE, INK, MUTED
from maps.text import number, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from geo.siting import Siting
    from maps.badges import Box, Point
    from maps.report_sheet import Sheet

SEA, LAND, BORDER, COAST, WATER, TOWN, OVER = (
    light()[name] for name in ("sea", "land", "border", "coast", "water", "town", "over")
)
VOLTAGES: Final = (
    (380, "380 kV and above", light()["volt-4"], 1.1),
    (220, "220 to 379 kV", light()["volt-3"], 0.8),
    (100, "100 to 219 kV", light()["volt-2"], 0.55),
    (0, "below 100 kV", light()["volt-1"], 0.45),
)
"""From kV, words, colour, width in points."""
FUELS: Final = {name: shade for name, shade in family("fuel").items() if name != "other"}
OTHER_FUEL: Final = light()["fuel-other"]
BADGE_MM: Final = 4.7
TOWNS: Final = 12
TOWN_PT: Final = 5.6
EDGE: Final = 0.04
LEAST_TALL: Final = 0.6
SCALES_KM: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
M_PER_KM: Final = 1000.0


@dataclass(frozen=True)
class Frame:
    """From metres of the place to millimetres of the page."""

    left_mm: float
    """Of the map on the page."""
    top_mm: float
    """Of the map on the page."""
    width_mm: float
    """Of the map."""
    height_mm: float
    """Of the map."""
    west_m: float
    """At the map's left edge."""
    north_m: float
    """At the map's top edge."""
    mm_per_m: float
    """Scale."""

    @classmethod
    def around(cls, bounds_m: tuple[float, ...], box_mm: Box) -> Frame:
        """Fit bounds (west, south, east, north) into a box (left, top, width, height)."""
        west, south, east, north = bounds_m
        left, top, width, height = box_mm
        room_x, room_y = (1 + 2 * EDGE) * (east - west), (1 + 2 * EDGE) * (north - south)
        scale = min(width / room_x, height / room_y)
        middle_x, middle_y = (west + east) / 2, (south + north) / 2
        return cls(
            left, top, width, height,
            middle_x - width / scale / 2, middle_y + height / scale / 2, scale,
        )  # fmt: skip

    def at(self, x_m: Any, y_m: Any) -> tuple[Any, Any]:  # noqa: ANN401 -- numbers or arrays
        """Return the place on the page, in mm."""
        return (
            self.left_mm + (x_m - self.west_m) * self.mm_per_m,
            self.top_mm + (self.north_m - y_m) * self.mm_per_m,
        )

    def holds(self, x_mm: float, y_mm: float, by_mm: float = 0.0) -> bool:
        """Say whether a point of the page is on the map, and so far from its edge."""
        return (
            self.left_mm + by_mm <= x_mm <= self.left_mm + self.width_mm - by_mm
            and self.top_mm + by_mm <= y_mm <= self.top_mm + self.height_mm - by_mm
        )


def draw_map(sheet: Sheet, siting: Siting, shown: int, box_mm: Box) -> float:
    """Draw the map of the best sites into a box of the page.

    Parameters
    ----------
    sheet, siting
        Where to, and of what.
    shown
        How many sites get a badge.
    box_mm
        Left, top, width and height. A place wider than the box makes it less high.

    Returns
    -------
    float
        The lower end of the map, in mm.
    """
    bounds = siting.layers.regions.frame.total_bounds
    left, top, width, height = box_mm
    tall = (bounds[3] - bounds[1]) / (bounds[2] - bounds[0])
    height = min(height, max(LEAST_TALL, tall) * width)
    frame = Frame.around(tuple(bounds), (left, top, width, height))
    canvas = _Canvas(sheet, frame)
    canvas.ground(siting)
    canvas.lines(siting)
    canvas.plants(siting)
    canvas.dots(siting)
    taken = canvas.badges(siting, shown)
    canvas.towns(siting, taken)
    canvas.scale()
    return top + height


class _Canvas:
    """The map's own axes on the page, in mm of the page."""

    def __init__(self, sheet: Sheet, frame: Frame) -> None:
        self.sheet, self.frame = sheet, frame
        left, top = frame.left_mm, frame.top_mm
        self.axes = sheet.axes(left, top, frame.width_mm, frame.height_mm)
        self.axes.set_xlim(left, left + frame.width_mm)
        self.axes.set_ylim(top + frame.height_mm, top)
        self.axes.set_zorder(-1)  # under the paper, which has the badges and the names
        sea = Rectangle((left, top), frame.width_mm, frame.height_mm, facecolor=SEA, linewidth=0)
        self.axes.add_patch(sea)

    def ground(self, siting: Siting) -> None:
        tolerance_m = 0.08 / self.frame.mm_per_m
        regions = siting.layers.regions.frame.geometry
        shapes = shapely.coverage_simplify(regions.to_numpy(), tolerance_m)
        for width, edge in ((1.3, COAST), (0.4, BORDER)):  # half of the first stays: the coast
            self._areas(shapes, facecolor=LAND, edgecolor=edge, linewidth=width)
        if siting.layers.barred is not None:
            barred = siting.layers.barred.frame
            reason = barred["reason"].astype(str)
            wet = reason.str.contains("water|lake|river", case=False)
            for which, colour in ((reason == "sea", SEA), (wet, WATER)):
                shapes = barred[which].geometry.simplify(tolerance_m)
                self._areas(shapes, facecolor=colour, linewidth=0)

    def lines(self, siting: Siting) -> None:
        lines = siting.layers.lines.frame
        branches = {*siting.congestion["branch"].astype(str)}
        over = branches | {name.rpartition("/")[0] for name in branches}
        marked = lines[lines["id"].astype(str).isin(over)]
        self._strokes(marked.geometry, colors=OVER, linewidths=2.6, alpha=0.6)
        for low, (from_kv, _, colour, width) in zip(
            (np.inf, *(row[0] for row in VOLTAGES)), VOLTAGES, strict=False
        ):
            here = lines[(lines["voltage_kv"] >= from_kv) & (lines["voltage_kv"] < low)]
            self._strokes(here.geometry, colors=colour, linewidths=width)

    def plants(self, siting: Siting) -> None:
        if siting.layers.plants is None:
            return
        plants = siting.layers.plants.frame.sort_values("capacity_mw", ascending=False)
        where = plants.geometry.representative_point()
        x, y = self.frame.at(where.x.to_numpy(), where.y.to_numpy())
        colours = [fuel_colour(name) for name in plants["fuel"]]
        area = plant_area(plants["capacity_mw"].fillna(0.0).to_numpy())
        self.axes.scatter(x, y, s=area, c=colours, alpha=0.3, linewidths=0)
        self.axes.scatter(x, y, s=area, facecolors="none", edgecolors=colours, linewidths=0.35)

    def dots(self, siting: Siting) -> None:
        sites = siting.sites.iloc[::-1]
        x, y = self._where(sites)
        colours = [GRADE.get(grade, MUTED) for grade in sites["grade"]]
        self.axes.scatter(x, y, s=3.2, c=colours, edgecolors="white", linewidths=0.25)

    def badges(self, siting: Siting, shown: int) -> list[Box]:
        best = siting.sites.head(shown)
        x, y = self._where(best)
        homes: list[Point] = list(zip(map(float, x), map(float, y), strict=True))
        spots = apart(homes, BADGE_MM)
        for row, home, spot in zip(best.to_dict("records"), homes, spots, strict=True):
            if home != spot:
                self.sheet.paper.plot(*zip(home, spot, strict=True), color=INK, linewidth=0.5)
            self.sheet.badge(*spot, row["rank"], row["grade"])
        half = BADGE_MM / 2
        return [(px - half, py - half, px + half, py + half) for px, py in spots]

    def towns(self, siting: Siting, taken: list[Box]) -> None:
        if siting.layers.settlements is None:
            return
        towns = siting.layers.settlements.frame.sort_values("population", ascending=False)
        x, y = self._where(towns)
        left = TOWNS
        for name, px, py in zip(towns["name"], x, y, strict=True):
            width = self.sheet.width_mm(plain(name), TOWN_PT)
            box = (px - 0.8, py - 1.2, px + 1.6 + width, py + 1.2)
            if not left or overlaps(box, taken) or not self.frame.holds(px + width, py, 1.5):
                continue
            taken.append(box)
            left -= 1
            self.sheet.paper.plot([px], [py], ".", color=TOWN, markersize=1.8)
            halo = [withStroke(linewidth=1.2, foreground=LAND, alpha=0.8)]
            look = {"color": TOWN, "va": "center_baseline", "path_effects": halo}
            self.sheet.text(px + 1.0, py, name, TOWN_PT, **look)

    def scale(self) -> None:
        most_km = 0.3 * self.frame.width_mm / self.frame.mm_per_m / M_PER_KM
        km = max((size for size in SCALES_KM if size <= most_km), default=SCALES_KM[0])
        length = km * M_PER_KM * self.frame.mm_per_m
        x = self.frame.left_mm + 3
        y = self.frame.top_mm + self.frame.height_mm - 3
        self.sheet.paper.plot(
            [x, x, x + length, x + length], [y - 1, y, y, y - 1], color=TOWN, linewidth=0.7
        )
        self.sheet.text(x + 1, y - 1, f"{number(km)} km", 5.6, color=TOWN)

    def _where(self, frame: gpd.GeoDataFrame) -> tuple[Any, Any]:
        points = frame.geometry.representative_point()
        return self.frame.at(points.x.to_numpy(), points.y.to_numpy())

    def _areas(self, shapes: Any, **look: Any) -> None:  # noqa: ANN401 -- shapes in a row; matplotlib's words
        patches = [PathPatch(path) for shape in shapes for path in self._paths(shape)]
        self.axes.add_collection(PatchCollection(patches, **look))

    def _paths(self, shape: Any) -> Iterator[Path]:  # noqa: ANN401 -- any area
        for part in shapely.get_parts(shape):
            rings = (self._drawn(ring) for ring in (part.exterior, *part.interiors))
            yield Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))

    def _strokes(self, shapes: gpd.GeoSeries, **look: Any) -> None:  # noqa: ANN401 -- matplotlib's words
        parts = [part for shape in shapes for part in shapely.get_parts(shape)]
        drawn = [self._drawn(part) for part in parts]
        self.axes.add_collection(LineCollection(drawn, capstyle="round", **look))

    def _drawn(self, line: Any) -> Any:  # noqa: ANN401 -- a line or a ring; (n, 2) in mm
        return np.column_stack(self.frame.at(*shapely.get_coordinates(line).T))


def fuel_colour(name: object) -> str:
    """Return the colour of a plant's fuel."""
    words = str(name).lower()
    return next((colour for fuel, colour in FUELS.items() if fuel in words), OTHER_FUEL)


def plant_area(capacity_mw: Any) -> Any:  # noqa: ANN401 -- a number or an array
    """Return the area of a plant's disc in square points; a GW is 4 mm across."""
    return np.maximum(0.8, np.asarray(capacity_mw) * 0.128)
