"""What may not matter to a drawing: the order of rows, directions, and where a line is broken."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString

from geo.drawing import DrawnLines
from geo.errors import GridError
from geo.strands import FOLD_DEG
from geo.tolerances import TOUCH_M
from geo.topology import trace
from tests.geo.drawings import drawn
from tests.geo.toy import source

OFFSETS_KM = [(0, 0), (0.02, 0), (0, 0.1), (0.3, -0.2), (0.6, 0.1), (-0.01, 0.03)]
STATIONS = [
    ("A", "132", 0, 0),
    ("B", "132;66", 4, 0),
    ("C", "66", 4, 3),
    ("D", "132", 0, 3),
    ("E", "132;66", 2, 1.3),
]
SPOTS = st.one_of(
    st.builds(
        lambda station, off: (station[2] + off[0], station[3] + off[1]),
        st.sampled_from(STATIONS),
        st.sampled_from(OFFSETS_KM),
    ),
    st.tuples(st.integers(0, 40), st.integers(0, 30)).map(lambda at: (at[0] / 10, at[1] / 10)),
)


def ways_of(fewest: int) -> st.SearchStrategy:
    """Draw up to six ways of two voltages, of at least so many points."""
    way = st.tuples(
        st.sampled_from(["132", "132", "66", "132;66"]),
        st.lists(SPOTS, min_size=fewest, max_size=5),
        st.sampled_from([1, 2]),
    )
    return st.lists(way, min_size=1, max_size=6)


def drawing_of(ways):
    """Draw some ways among the five stations."""
    rows = [(f"W{at}", kv, points) for at, (kv, points, _) in enumerate(ways)]
    circuits = {f"W{at}": number for at, (_, _, number) in enumerate(ways)}
    return drawn(STATIONS, rows, way_more={"circuits": circuits})


def network(stations, lines):
    """Trace a drawing; list its lines without the names that its rows have given them."""
    try:
        found = trace(stations, lines)
    except GridError:
        return []
    table = found.lines
    ends = table[["from_substation", "to_substation"]].to_numpy()
    numbers = table[["voltage_kv", "circuits", "length_km", "confidence"]].to_numpy()
    rows = zip(np.sort(ends, axis=1).tolist(), numbers.tolist(), strict=True)
    return sorted((*pair, *numbers) for pair, *numbers in rows)


def same(one, other) -> bool:
    """Compare networks; lengths may differ by a centimetre."""
    if [row[:4] for row in one] != [row[:4] for row in other]:
        return False
    left, right = (np.array([row[4:] for row in rows]) for rows in (one, other))
    return np.allclose(left, right, atol=1e-5)


def ids(stations, lines):
    """Trace a drawing; return its tables."""
    try:
        found = trace(stations, lines)
    except GridError:
        return None
    return found.stations, found.lines


@settings(max_examples=12)
@given(ways_of(2), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(ways, random) -> None:
    stations, lines = drawing_of(ways)
    shuffled = [
        frame.sample(frac=1, random_state=random.randrange(999)) for frame in (stations, lines)
    ]
    before, after = ids(stations, lines), ids(*shuffled)
    if before is None or after is None:
        assert before is after
        return
    for one, other in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(one, other)


@settings(max_examples=12)
@given(ways_of(2), st.lists(st.booleans(), min_size=6, max_size=6))
def test_the_direction_of_lines_changes_nothing(ways, flips) -> None:
    stations, lines = drawing_of(ways)
    turned = [
        shape.reverse() if flip else shape
        for shape, flip in zip(lines.geometry, flips, strict=False)
    ]
    before, after = ids(stations, lines), ids(stations, lines.set_geometry(turned, crs=lines.crs))
    if before is None or after is None:
        assert before is after
        return
    for one, other in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(one, other)


@settings(max_examples=25)
@given(ways_of(4), st.integers(1, 2**18 - 1))
def test_breaking_lines_at_vertices_changes_nothing(ways, chosen) -> None:
    """Where nothing else touches the vertex, and the line does not turn back there."""
    stations, lines = drawing_of(ways)
    cuts = [
        [at for at in range(1, len(row.geometry.coords) - 1) if _is_plain(lines, which, at)]
        for which, row in enumerate(lines.itertuples())
    ]
    bits = iter(f"{chosen:018b}")
    cuts = [[at for at in some if next(bits) == "1"] for some in cuts]
    assume(any(cuts))
    rows = [
        (f"{row.id}.{at}", row.voltages_kv, row.circuits, LineString(piece))
        for row, some in zip(lines.itertuples(), cuts, strict=True)
        for at, piece in enumerate(_broken(list(row.geometry.coords), some))
    ]
    names = ["id", "voltages_kv", "circuits", "geometry"]
    broken = gpd.GeoDataFrame(pd.DataFrame(rows, columns=names), crs=lines.crs)
    after = network(stations, DrawnLines(broken, source("lines")).frame)
    assert same(network(stations, lines), after)


def _broken(xy, cuts):
    bounds = [0, *cuts, len(xy) - 1]
    return [xy[begin : end + 1] for begin, end in pairwise(bounds)]


def _is_plain(lines: gpd.GeoDataFrame, which: int, vertex: int) -> bool:
    xy = shapely.get_coordinates(lines.geometry.iloc[which])
    point = shapely.Point(xy[vertex])
    steps = [
        LineString(xy[at : at + 2]) for at in range(len(xy) - 1) if at not in {vertex - 1, vertex}
    ]
    others = [*lines.geometry.drop(index=lines.index[which]), *steps]
    back, forth = xy[vertex - 1] - xy[vertex], xy[vertex + 1] - xy[vertex]
    size = np.hypot(*back) * np.hypot(*forth)
    turns_back = size == 0 or back @ forth / size > np.cos(np.radians(FOLD_DEG))
    return not turns_back and all(other.distance(point) > 2 * TOUCH_M for other in others)
