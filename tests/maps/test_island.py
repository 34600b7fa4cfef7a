"""Nothing in the island can be taken for markup, script or template."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from maps.island import island, packed, paths, points
from tests.maps.toy import HOSTILE

TEXTS = st.text() | st.sampled_from(HOSTILE)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_content_comes_back_whole(content: object) -> None:
    assert json.loads(island(content)) == content


@given(VALUES)
def test_nothing_harmful_is_left(content: object) -> None:
    text = island(content)
    for harmful in ("<", ">", "&", "\u2028", "\u2029", "{{", "{%", "{#"):
        assert harmful not in text


def test_structure_stays_and_strings_are_escaped() -> None:
    assert island({"a": "{<"}) == '{"a":"\\u007b\\u003c"}'


def test_quotes_and_backslashes_end_no_string_early() -> None:
    tricky = {'"}': '\\"<', "\\": "\\\\{"}
    assert json.loads(island(tricky)) == tricky
    assert "<" not in island(tricky)


def test_unknown_is_refused_as_a_bare_number() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        island(float("nan"))


def test_packed_numbers_are_short_and_unknown_is_none() -> None:
    frame = pd.DataFrame({"mw": [12.0, 1 / 3, None], "lon": [10.123456, 0, 1], "on": [True] * 3})
    assert packed(frame, ("mw", "lon", "on", "absent")) == {
        "rows": 3,
        "columns": {
            "mw": [12, 0.3333, None],
            "lon": [10.12346, 0, 1],
            "on": {"words": [True], "at": [0, 0, 0]},
        },
    }


def test_packed_text_that_repeats_is_written_once() -> None:
    frame = pd.DataFrame({"a": ["x", "y", "x", None, "x"], "b": list("vwxyz")})
    columns = packed(frame, ("a", "b"))["columns"]
    assert columns["a"] == {"words": ["x", "y", None], "at": [0, 1, 0, 2, 0]}
    assert columns["b"] == list("vwxyz")


def test_packed_frame_without_rows() -> None:
    frame = pd.DataFrame({"a": pd.Series([], dtype=object), "b": pd.Series([], dtype=float)})
    assert packed(frame, ("a", "b")) == {"rows": 0, "columns": {"a": [], "b": []}}


def test_paths_put_latitude_first_and_part_by_part() -> None:
    hole = Polygon(box(0, 0, 4, 4).exterior, [box(1, 1, 2, 2).exterior])
    shapes = gpd.GeoSeries(
        [LineString([(10, 60), (11, 61)]), MultiPolygon([hole, box(8, 8, 9, 9)])], crs=4326
    )
    line, areas = paths(shapes)
    assert line == [[[60.0, 10.0], [61.0, 11.0]]]
    assert [len(rings) for rings in areas] == [2, 1]
    assert areas[0][0][0] in ([0.0, 4.0], [0.0, 0.0], [4.0, 0.0], [4.0, 4.0])


def test_points_come_back_in_degrees() -> None:
    east = gpd.GeoSeries([Point(500_000, 6_651_411)], index=[5], crs=25833)
    found = points(east)
    assert found.loc[5, "lon"] == pytest.approx(15.0)
    assert found.loc[5, "lat"] == pytest.approx(60.0, abs=1e-3)
