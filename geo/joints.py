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

from geo.strands import APART_M, PAIR, contacts, ends_of
from geo.tolerances import TOUCH_M

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.stations import Stations
    from geo.tolerances import Tolerances

MARKS: Final = ["strand", "at_m", "knot", "join", "x_m", "y_m"]


class Knots:
    """Points that are one with others; at most one of them is a station."""

    def __init__(self, points: int, stations: int) -> None:
        self._parent = list(range(points + stations))
        self._station = [-1] * points + list(range(stations))

    def root(self, knot: int) -> int:
        """Return the point that stands for all that are one with this."""
        while self._parent[knot] != knot:
            self._parent[knot] = self._parent[self._parent[knot]]
            knot = self._parent[knot]
        return knot

    def station(self, knot: int) -> int:
        """Return the station that a point is, or -1."""
        return self._station[self.root(knot)]

    def join(self, one: int, other: int) -> bool:
        """Make two points one, unless they are two stations; say whether they are."""
        one, other = sorted((self.root(one), self.root(other)))
        if one != other and min(self._station[one], self._station[other]) >= 0:
            return False
        self._parent[other] = one
        self._station[one] = max(self._station[one], self._station[other])
        return True


class Joints:
    """The passes over one drawing.

    A cluster is a point to which one or more ends are drawn. It is loose until a pass says how it
    is joined.
    """

    def __init__(self, strands: pd.DataFrame, stations: Stations, tolerances: Tolerances) -> None:
        self._stations, self._tolerances = stations, tolerances
        self._geometry = strands["geometry"].to_numpy()
        self._length_m = shapely.length(self._geometry)
        self._level = strands["level"].to_numpy()
        self._named = strands[["from_named", "to_named"]].to_numpy().ravel()
        self._xy = ends_of(self._geometry)
        self._points = shapely.points(self._xy)
        self._touch = contacts(self._geometry, self._level, self._named != "")
        self.cluster = self._touch.cluster
        size = int(self.cluster.max()) + 1
        self._arms = np.bincount(self.cluster, minlength=size)
        np.add.at(self._arms, self.cluster[self._touch.end], PAIR)
        kv = strands["voltage_kv"].where(~strands["dc"]).groupby(strands["level"]).first()
        self._lists = stations.lists(kv.to_numpy(float))
        self._first_station = size
        self.knots = Knots(size, len(stations.frame))
        self._join = np.full(size, "", dtype=object)
        self._waiting: dict[int, int] = {}
        touched = zip(self._touch.host, self._touch.at_m, self.cluster[self._touch.end], strict=True)
        self._marks = [(int(host), float(at_m), int(knot), "tapped") for host, at_m, knot in touched]

    def marks(self) -> pd.DataFrame:
        """Go through the passes.

        Returns
        -------
        DataFrame
            One row for each point of a strand where something is, sorted along each strand:
            strand, at_m, knot (rows with one number are one point), join (how), x_m and y_m (only
            of ends), station (row of the station that the knot is, or -1).
        """
        near_m, far_m, repair_m = (
            min(reach_m, self._tolerances.snap_cap_m)
            for reach_m in (
                self._tolerances.snap_m, self._tolerances.snap_again_m, self._tolerances.repair_m,
            )
        )  # fmt: skip
        split_m = self._tolerances.split_m
        lists = self._lists
        known = np.tile(~self._stations.unknown, (len(lists), 1))
        self._take_named()
        self._take(self._nearest(split_m, lists), "inside")
        self._split_at_stations()
        self._take(self._but_returning(self._nearest(near_m, lists)), "near")
        self._take(self._nearest(split_m, known), "unlisted")
        self._take(self._nearest(near_m, ~known), "unknown")
        self._take(self._elsewhere(self._nearest(far_m, lists, lone=True)), "far")
        self._tap_ends()
        self._tap_lines()
        self._take_waiting()
        self._take(self._elsewhere(self._nearest(repair_m, lists, lone=True)), "repair")
        self._reach_unmet(near_m, "beside")
        self._reach_unmet(repair_m, "repair")
        return self._all_marks()

    def _take_named(self) -> None:
        frame = self._stations.frame
        row = dict(zip(frame["id"], frame.index, strict=True))
        ends = np.flatnonzero(self._named != "")
        names = [self._stations.merged.get(name, name) for name in self._named[ends]]
        stations = [row[name] for name in names]
        self._take(pd.DataFrame({"cluster": self.cluster[ends], "station": stations}), "named")

    def _take(self, chosen: pd.DataFrame, join: str) -> None:
        for cluster, station in zip(chosen["cluster"], chosen["station"], strict=True):
            if self.knots.join(int(cluster), self._first_station + int(station)):
                self._join[cluster] = join

    def _nearest(self, reach_m: float, allowed: Array, *, lone: bool = False) -> pd.DataFrame:
        """Return the nearest allowed station of each loose cluster.

        Parameters
        ----------
        reach_m
            How far.
        allowed
            Level × station, bool.
        lone
            Only clusters of one end, which nothing touches.

        Returns
        -------
        DataFrame
            Candidates sorted by cluster and distance: cluster, end, station, distance_m.
        """
        loose = self._loose() & ~self._is_ring()
        if lone:
            loose &= self._arms == 1
        ends = np.flatnonzero(loose[self.cluster])
        found = self._stations.candidates(self._points[ends], reach_m)
        end, station = ends[found["point"].to_numpy()], found["station"].to_numpy()
        found = found.assign(end=end, cluster=self.cluster[end])
        found = found[allowed[self._level[end // PAIR], station]]
        found = found.sort_values(["cluster", "distance_m", "station", "end"])
        return found if lone else found.drop_duplicates("cluster")

    def _loose(self) -> Array:
        loose = self._join == ""
        loose[list(self._waiting)] = False
        return loose

    def _is_ring(self) -> Array:
        """Return the clusters where a ring begins, which is no end of anything."""
        one, other = self.cluster.reshape(-1, PAIR).T
        ring = np.zeros(len(self._arms), dtype=bool)
        ring[one[one == other]] = True
        return ring & (self._arms == PAIR)

    def _station_of(self, clusters: Array) -> Array:
        return np.array([self.knots.station(int(cluster)) for cluster in clusters], dtype=int)

    def _but_returning(self, found: pd.DataFrame) -> pd.DataFrame:
        """Hold back the farther end of a line that would begin and end at one station."""
        chosen = self._station_of(np.arange(len(self._arms)))
        away_m = np.where(chosen >= 0, -1.0, np.inf)
        chosen[found["cluster"]], away_m[found["cluster"]] = found["station"], found["distance_m"]
        back = self.cluster[found["end"].to_numpy() ^ 1]
        farther = (away_m[back] < found["distance_m"]) | (
            (away_m[back] == found["distance_m"]) & (back < found["cluster"])
        )
        lone = self._arms[found["cluster"]] == 1
        held = lone & farther & (chosen[back] == found["station"])
        self._waiting = dict(zip(found["cluster"][held], found["station"][held], strict=True))
        return found[~held]

    def _elsewhere(self, found: pd.DataFrame) -> pd.DataFrame:
        """Leave out the station where the line's other end is."""
        other = self._station_of(self.cluster[found["end"].to_numpy(dtype=int) ^ 1])
        return found[other != found["station"]].drop_duplicates("cluster")

    def _take_waiting(self) -> None:
        left = {cluster: at for cluster, at in self._waiting.items() if not self._join[cluster]}
        self._waiting = {}
        self._take(pd.DataFrame({"cluster": list(left), "station": list(left.values())}), "near")

    def _split_at_stations(self) -> None:
        """Mark each stretch of a line within reach of a station of its level, once."""
        strand, shape = shapely.STRtree(self._stations.shapes).query(
            self._geometry, "dwithin", self._tolerances.split_m
        )
        station = self._stations.of_shape[shape]
        mine = self._lists[self._level[strand], station]
        strand, shape, station = strand[mine], shape[mine], station[mine]
        around = shapely.buffer(self._stations.shapes, self._tolerances.split_m)
        stretches, pair = shapely.get_parts(
            shapely.intersection(self._geometry[strand], around[shape]), return_index=True
        )
        strand, station = strand[pair], station[pair]
        begin_m, end_m = (
            shapely.line_locate_point(self._geometry[strand], shapely.get_point(stretches, at))
            for at in (0, -1)
        )
        begin_m, end_m = np.minimum(begin_m, end_m), np.maximum(begin_m, end_m)
        through = (begin_m > TOUCH_M) & (end_m < self._length_m[strand] - TOUCH_M)
        knots = self._first_station + station
        middle_m = (begin_m + end_m) / 2.0
        self._add_marks(strand[through], middle_m[through], knots[through], "split")

    def _add_marks(self, strands: Array, at_m: Array, knots: Array, join: str) -> None:
        self._marks += [
            (int(strand), float(at), int(knot), join)
            for strand, at, knot in zip(strands, at_m, knots, strict=True)
        ]

    def _lone_ends(self) -> Array:
        """Return the ends that nothing touches and no pass has joined."""
        return np.flatnonzero(((self._join == "") & (self._arms == 1))[self.cluster])

    def _tap_ends(self) -> None:
        """Join loose ends that are near each other."""
        ends = self._lone_ends()
        level = self._level[ends // PAIR]
        tree = cKDTree(np.column_stack([self._xy[ends], level * APART_M]))
        near = ends[tree.query_pairs(self._tolerances.tap_m, output_type="ndarray")]
        for one, other in near[near[:, 0] // PAIR != near[:, 1] // PAIR]:
            self.knots.join(int(self.cluster[one]), int(self.cluster[other]))
            self._join[self.cluster[[one, other]]] = "tap"

    def _tap_lines(self) -> None:
        """Join each loose end to the nearest line that its own line does not meet already."""
        ends = self._lone_ends()
        at, host = shapely.STRtree(self._geometry).query(
            self._points[ends], "dwithin", self._tolerances.tap_m
        )
        end = ends[at]
        fit = (self._level[host] == self._level[end // PAIR]) & ~self._meet(end, host)
        end, host = end[fit], host[fit]
        away_m = shapely.distance(self._points[end], self._geometry[host])
        order = np.lexsort((host, away_m, end))
        order = order[np.r_[True, np.diff(end[order]) != 0]] if len(order) else order
        end, host = end[order], host[order]
        at_m = shapely.line_locate_point(self._geometry[host], self._points[end])
        self._join[self.cluster[end]] = "tap"
        for one, line, along_m in zip(end, host, at_m, strict=True):
            self._attach(int(line), float(along_m), int(self.cluster[one]), "tapped")

    def _meet(self, end: Array, host: Array) -> Array:
        """Return whether the line of an end has its other end on the host, or is the host."""
        root = [self.knots.root(int(knot)) for knot in self.cluster]
        on = {(int(at // PAIR), root[at]) for at in range(len(root))}
        on |= {(strand, self.knots.root(knot)) for strand, _, knot, _ in self._marks}
        return np.array(
            [
                line == one // PAIR or (int(line), root[one ^ 1]) in on
                for one, line in zip(end, host, strict=True)
            ],
            dtype=bool,
        )

    def _attach(self, strand: int, at_m: float, knot: int, join: str) -> bool:
        """Put a point on a strand: at its end, where that is so near, or as a mark."""
        to_end = (at_m, self._length_m[strand] - at_m)
        nearer = int(to_end[1] < to_end[0])
        if to_end[nearer] > TOUCH_M:
            self._marks.append((strand, at_m, knot, join))
            return True
        return self.knots.join(int(self.cluster[PAIR * strand + nearer]), knot)

    def _reach_unmet(self, reach_m: float, join: str) -> None:
        """Join each station that nothing reaches to the nearest line of a level that it lists."""
        knots = [*range(len(self._arms)), *(knot for _, _, knot, _ in self._marks)]
        met = {self.knots.station(knot) for knot in knots}
        unmet = np.flatnonzero(~np.isin(np.arange(len(self._stations.frame)), list(met)))
        shapes = np.flatnonzero(np.isin(self._stations.of_shape, unmet))
        at, strand = shapely.STRtree(self._geometry).query(
            self._stations.shapes[shapes], "dwithin", reach_m
        )
        shape = shapes[at]
        station = self._stations.of_shape[shape]
        fit = self._lists[self._level[strand], station]
        shape, strand, station = shape[fit], strand[fit], station[fit]
        bridge = shapely.shortest_line(self._stations.shapes[shape], self._geometry[strand])
        away_m = shapely.length(bridge)
        at_m = shapely.line_locate_point(self._geometry[strand], shapely.get_point(bridge, -1))
        done: set[int] = set()
        for row in np.lexsort((strand, station, away_m)):
            own, knot = int(station[row]), self._first_station + int(station[row])
            if own not in done and self._attach(int(strand[row]), float(at_m[row]), knot, join):
                done.add(own)

    def _all_marks(self) -> pd.DataFrame:
        marks = [
            (
                strand, at_m, knot,
                self._join[knot] if join == "tapped" and self._at(knot) else join, np.nan, np.nan,
            )
            for strand, at_m, knot, join in self._marks
        ]  # fmt: skip
        own = [
            (end // PAIR, self._length_m[end // PAIR] * (end % PAIR), int(cluster), "", x_m, y_m)
            for end, (cluster, (x_m, y_m)) in enumerate(zip(self.cluster, self._xy, strict=True))
        ]
        frame = pd.DataFrame([*own, *marks], columns=MARKS)
        frame = frame.sort_values(["strand", "at_m", "knot"], ignore_index=True)
        self._close_gaps(frame)
        root = np.array([self.knots.root(int(knot)) for knot in frame["knot"]])
        arms = np.bincount(root)[root]
        ends = frame["join"] == ""
        told = self._join[frame["knot"].where(ends, 0).to_numpy()]
        quiet = np.where(arms > 1, "meeting", "open")
        join = np.where(ends, np.where(told == "", quiet, told), frame["join"])
        station = np.array([self.knots.station(int(knot)) for knot in root])
        return frame.assign(knot=root, join=join, station=station)

    def _at(self, knot: int) -> bool:
        """Say whether a pass has put a cluster at a station."""
        return bool(self._join[knot]) and self.knots.station(knot) >= 0

    def _close_gaps(self, frame: pd.DataFrame) -> None:
        """Make neighbours on a strand one where they are nearer than ends that touch."""
        strand, at_m, knot = (frame[name].to_numpy() for name in ("strand", "at_m", "knot"))
        near = (np.diff(at_m) <= TOUCH_M) & (np.diff(strand) == 0)
        for row in np.flatnonzero(near):
            self.knots.join(int(knot[row]), int(knot[row + 1]))
