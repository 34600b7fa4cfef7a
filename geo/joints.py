"""Where strands of a drawing are joined: to stations, to each other, or to nothing.

The passes go from what is certain to what is not, and each sees only what the ones before left
loose; within a pass everything is decided at once, so that the order of rows says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geo.knots import Knots
from geo.strands import APART_M, contacts
from geo.tolerances import TOUCH_M
from geo.ways import PAIR, ends_of

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.stations import Stations
    from geo.tolerances import Tolerances

MARKS: Final = ["strand", "at_m", "knot", "join", "x_m", "y_m"]


class Joints:
    """The passes over one drawing.

    A cluster is a point to which one or more ends are drawn; lone, if nothing but one end is there.
    It is loose until a pass says how it is joined.
    """

    def __init__(self, strands: pd.DataFrame, stations: Stations, tolerances: Tolerances) -> None:
        self._stations, self._tolerances = stations, tolerances
        self._geometry = strands["geometry"].to_numpy()
        self._length_m = shapely.length(self._geometry)
        self._level = strands["level"].to_numpy()
        self._named = strands[["from_named", "to_named"]].to_numpy().ravel()
        self._xy = ends_of(self._geometry)
        self._points = np.array(shapely.points(self._xy), dtype=object)
        touch = contacts(self._geometry, self._level, self._named != "")
        self._cluster = touch.cluster
        size = int(touch.cluster.max()) + 1
        self._arms = np.bincount(touch.cluster, minlength=size)
        np.add.at(self._arms, touch.cluster[touch.end], PAIR)
        self._knots = Knots(size, len(stations.frame))
        self._join = np.full(size, "", dtype=object)
        self._held: dict[int, int] = {}
        self._marks: list[tuple[int, float, int, str]] = []
        self._add_marks(touch.host, touch.at_m, touch.cluster[touch.end], "tapped")
        kv = strands["voltage_kv"].where(~strands["dc"]).groupby(strands["level"]).first()
        self._lists = stations.lists(kv.to_numpy(float))

    def marks(self) -> pd.DataFrame:
        """Go through the passes.

        Returns
        -------
        DataFrame
            One row for each point of a strand where something is, sorted along each strand:
            strand, at_m, knot (rows with one number are one point), join (how), x_m and y_m (only
            of ends), station (row of the station that the knot is, or -1).
        """
        split_m, near_m, far_m, tap_m, repair_m = self._reaches_m()
        lists = self._lists
        known = np.tile(~self._stations.unknown, (len(lists), 1))
        self._take_named()
        # A ring begins somewhere by chance, and that is an end only where it would be split anyway.
        self._take(self._nearest(split_m, lists, self._loose()), "inside")
        self._split_at_stations(split_m)
        self._take(self._but_returning(self._nearest(near_m, lists)), "near")
        self._take(self._nearest(split_m, known), "unlisted")
        self._take(self._nearest(near_m, ~known), "unknown")
        self._take(self._nearest_elsewhere(far_m), "far")
        self._tap_ends(tap_m)
        self._tap_lines(tap_m)
        self._take_held()
        self._take(self._nearest_elsewhere(repair_m), "repair")
        self._reach_unmet(near_m, "beside")
        self._reach_unmet(repair_m, "repair")
        return self._all_marks()

    def _reaches_m(self) -> list[float]:
        """Return the reach of each pass, none beyond the stated accuracy of the drawing."""
        given = self._tolerances
        reaches_m = (given.split_m, given.snap_m, given.snap_again_m, given.tap_m, given.repair_m)
        return [min(reach_m, given.snap_cap_m) for reach_m in reaches_m]

    def _take_named(self) -> None:
        frame = self._stations.frame
        row = dict(zip(frame["id"], frame.index, strict=True))
        ends = np.flatnonzero(self._named != "")
        stations = [row[self._stations.merged.get(name, name)] for name in self._named[ends]]
        self._take(pd.DataFrame({"cluster": self._cluster[ends], "station": stations}), "named")

    def _take(self, chosen: pd.DataFrame, join: str) -> None:
        for cluster, station in zip(chosen["cluster"], chosen["station"], strict=True):
            if self._knots.put(int(cluster), int(station)):
                self._join[cluster] = join

    def _candidates(self, clusters: Array, reach_m: float, allowed: Array) -> pd.DataFrame:
        """Return allowed stations near some clusters, nearest first.

        Parameters
        ----------
        clusters
            Which, bool.
        reach_m
            How far.
        allowed
            Level × shape of a station, bool.

        Returns
        -------
        DataFrame
            cluster, end, station, distance_m.
        """
        ends = np.flatnonzero(clusters[self._cluster])
        found = self._stations.candidates(self._points[ends], reach_m)
        end = ends[found["point"].to_numpy()]
        found = found.assign(end=end, cluster=self._cluster[end])
        found = found[allowed[self._level[end // PAIR], found["shape"].to_numpy()]]
        return found.sort_values(["cluster", "distance_m", "station", "end"])

    def _nearest(
        self, reach_m: float, allowed: Array, clusters: Array | None = None
    ) -> pd.DataFrame:
        """Return the nearest allowed station of each loose cluster, or of those that are named."""
        wanted = self._loose() & ~self._is_ring() if clusters is None else clusters
        return self._candidates(wanted, reach_m, allowed).drop_duplicates("cluster")

    def _nearest_elsewhere(self, reach_m: float) -> pd.DataFrame:
        """Return the nearest station of each loose lone end, but not that which it comes from."""
        found = self._candidates(self._loose() & (self._arms == 1), reach_m, self._lists)
        ends = found["end"].to_numpy(dtype=int)
        passed = self._passed(ends)
        origin = np.where(passed >= 0, passed, self._knots.stations(self._cluster[ends ^ 1]))
        return found[origin != found["station"]].drop_duplicates("cluster")

    def _passed(self, ends: Array) -> Array:
        """Return the station that a line passes last before each end, -1 where it passes none."""
        at: dict[int, list[tuple[float, int]]] = {}
        stations = self._knots.stations(knot for _, _, knot, _ in self._marks).tolist()
        for (strand, at_m, _, _), station in zip(self._marks, stations, strict=True):
            if station >= 0:
                at.setdefault(strand, []).append((at_m, station))
        last = [
            (max if end % PAIR else min)(at.get(end // PAIR, [(0.0, -1)]))[1]
            for end in ends.tolist()
        ]
        return np.array(last, dtype=int)

    def _loose(self) -> Array:
        loose = self._join == ""
        loose[list(self._held)] = False
        return loose

    def _is_ring(self) -> Array:
        """Return the clusters where a ring begins, which is no end of anything."""
        one, other = self._cluster.reshape(-1, PAIR).T
        ring = np.zeros(len(self._arms), dtype=bool)
        ring[one[one == other]] = True
        return ring & (self._arms == PAIR)

    def _but_returning(self, found: pd.DataFrame) -> pd.DataFrame:
        """Hold back the farther end of a line that would begin and end at one station."""
        station = self._knots.stations(range(len(self._arms)))
        away_m = np.where(station >= 0, -1.0, np.inf)
        station[found["cluster"]], away_m[found["cluster"]] = found["station"], found["distance_m"]
        ends = found["end"].to_numpy(dtype=int)
        back, passed = self._cluster[ends ^ 1], self._passed(ends)
        farther = (away_m[back] < found["distance_m"]) | (
            (away_m[back] == found["distance_m"]) & (back < found["cluster"])
        )
        returns = np.where(passed >= 0, passed, station[back]) == found["station"]
        held = (self._arms[found["cluster"]] == 1) & (farther | (passed >= 0)) & returns
        self._held = dict(zip(found["cluster"][held], found["station"][held], strict=True))
        return found[~held]

    def _take_held(self) -> None:
        """Let ends that were held back, and tapped nothing, go where they would have gone."""
        left = {cluster: at for cluster, at in self._held.items() if not self._join[cluster]}
        self._held = {}
        self._take(pd.DataFrame({"cluster": list(left), "station": list(left.values())}), "near")

    def _split_at_stations(self, reach_m: float) -> None:
        """Mark each stretch of a line within reach of a station of its level, once."""
        stations = self._stations
        strand, shape = shapely.STRtree(stations.shapes).query(self._geometry, "dwithin", reach_m)
        mine = self._lists[self._level[strand], shape]
        strand, shape = strand[mine], shape[mine]
        around = np.array(shapely.buffer(stations.shapes, reach_m), dtype=object)
        inside = shapely.intersection(self._geometry[strand], around[shape])
        parts, pair = shapely.get_parts(inside, return_index=True)
        strand, station = strand[pair], stations.of_shape[shape[pair]]
        bounds_m = np.sort(
            [
                shapely.line_locate_point(self._geometry[strand], shapely.get_point(parts, at))
                for at in (0, -1)
            ],
            axis=0,
        )
        through = (bounds_m[0] > TOUCH_M) & (bounds_m[1] < self._length_m[strand] - TOUCH_M)
        knots = self._knots.points + station[through]
        self._add_marks(strand[through], bounds_m.mean(axis=0)[through], knots, "split")

    def _add_marks(self, strands: Array, at_m: Array, knots: Array, join: str) -> None:
        self._marks += [
            (int(strand), float(at), int(knot), join)
            for strand, at, knot in zip(strands, at_m, knots, strict=True)
        ]

    def _lone_ends(self) -> Array:
        """Return the ends that nothing touches and no pass has joined, held ones included."""
        return np.flatnonzero(((self._join == "") & (self._arms == 1))[self._cluster])

    def _tap_ends(self, reach_m: float) -> None:
        """Join loose ends of different lines that are near each other."""
        ends = self._lone_ends()
        level = self._level[ends // PAIR]
        tree = cKDTree(np.column_stack([self._xy[ends], level * APART_M]))
        near = ends[tree.query_pairs(reach_m, output_type="ndarray")]
        for one, other in near[near[:, 0] // PAIR != near[:, 1] // PAIR]:
            self._knots.join(int(self._cluster[one]), int(self._cluster[other]))
            self._join[self._cluster[[one, other]]] = "tap"

    def _tap_lines(self, reach_m: float) -> None:
        """Join each loose end to the nearest line that its own line does not meet already."""
        ends = self._lone_ends()
        at, host = shapely.STRtree(self._geometry).query(self._points[ends], "dwithin", reach_m)
        end = ends[at]
        fit = (self._level[host] == self._level[end // PAIR]) & ~self._meet(end, host)
        end, host = end[fit], host[fit]
        found = pd.DataFrame({"end": end, "host": host})
        found["away_m"] = shapely.distance(self._points[end], self._geometry[host])
        found = found.sort_values(["end", "away_m", "host"]).drop_duplicates("end")
        end, host = found["end"].to_numpy(), found["host"].to_numpy()
        at_m = shapely.line_locate_point(self._geometry[host], self._points[end])
        self._join[self._cluster[end]] = "tap"
        for strand, along_m, knot in zip(host, at_m.tolist(), self._cluster[end], strict=True):
            self._attach(int(strand), along_m, int(knot), "tapped")

    def _meet(self, end: Array, host: Array) -> Array:
        """Return whether the line of an end is the host, or has its other end on it."""
        root = self._knots.roots(self._cluster)
        on = set(zip((np.arange(len(root)) // PAIR).tolist(), root.tolist(), strict=True))
        on |= {(strand, self._knots.root(knot)) for strand, _, knot, _ in self._marks}
        pairs = zip(end.tolist(), host.tolist(), strict=True)
        return np.array(
            [line == one // PAIR or (line, int(root[one ^ 1])) in on for one, line in pairs],
            dtype=bool,
        )

    def _attach(self, strand: int, at_m: float, knot: int, join: str) -> bool:
        """Put a point on a strand: at its end, where that is so near, or as a mark."""
        to_ends_m = (at_m, float(self._length_m[strand]) - at_m)
        nearer = int(to_ends_m[1] < to_ends_m[0])
        if to_ends_m[nearer] > TOUCH_M:
            self._marks.append((strand, at_m, knot, join))
            return True
        return self._knots.join(int(self._cluster[PAIR * strand + nearer]), knot)

    def _reach_unmet(self, reach_m: float, join: str) -> None:
        """Join each station that nothing reaches to the nearest line of a level that it lists."""
        stations = self._stations
        knots = [*range(len(self._arms)), *(knot for _, _, knot, _ in self._marks)]
        unmet = np.ones(len(stations.frame), dtype=bool)
        unmet[self._knots.stations(knots)[self._knots.stations(knots) >= 0]] = False
        shapes = np.flatnonzero(unmet[stations.of_shape])
        at, strand = shapely.STRtree(self._geometry).query(
            stations.shapes[shapes], "dwithin", reach_m
        )
        shape = shapes[at]
        fit = self._lists[self._level[strand], shape]
        shape, strand = shape[fit], strand[fit]
        bridge = shapely.shortest_line(stations.shapes[shape], self._geometry[strand])
        at_m = shapely.line_locate_point(self._geometry[strand], shapely.get_point(bridge, -1))
        done: set[int] = set()
        for row in np.lexsort((strand, stations.of_shape[shape], shapely.length(bridge))):
            own = int(stations.of_shape[shape[row]])
            if own not in done and self._attach(
                int(strand[row]), float(at_m[row]), self._knots.points + own, join
            ):
                done.add(own)

    def _all_marks(self) -> pd.DataFrame:
        own = [
            (end // PAIR, self._length_m[end // PAIR] * (end % PAIR), int(cluster), "", x_m, y_m)
            for end, (cluster, (x_m, y_m)) in enumerate(zip(self._cluster, self._xy, strict=True))
        ]
        marks = [(*mark, np.nan, np.nan) for mark in self._marks]
        frame = pd.DataFrame([*own, *marks], columns=MARKS)
        frame = frame.sort_values(["strand", "at_m", "knot"], ignore_index=True)
        self._close_gaps(frame)
        root = self._knots.roots(frame["knot"])
        frame = frame.assign(root=root, station=self._knots.stations(root))
        join = self._joins(frame)
        return frame.assign(join=join, knot=root).drop(columns="root")

    def _close_gaps(self, frame: pd.DataFrame) -> None:
        """Make neighbours on a strand one where they are nearer than ends that touch."""
        strand, at_m, knot = (frame[name].to_numpy() for name in ("strand", "at_m", "knot"))
        for row in np.flatnonzero((np.diff(at_m) <= TOUCH_M) & (np.diff(strand) == 0)):
            self._knots.join(int(knot[row]), int(knot[row + 1]))

    def _joins(self, frame: pd.DataFrame) -> Array:
        """Return how each mark is joined; at a station, the tapped line as the one that taps."""
        point = frame["knot"].to_numpy()
        told = self._join[np.where(point < self._knots.points, point, 0)]
        told = np.where(point < self._knots.points, told, "")
        given = frame["join"].to_numpy()
        alone = frame["root"].map(frame["root"].value_counts()).to_numpy() == 1
        at_end = np.where(told != "", told, np.where(alone, "open", "meeting"))
        at_station = (given == "tapped") & (told != "") & (frame["station"].to_numpy() >= 0)
        return np.where((given == "") | at_station, at_end, given)
