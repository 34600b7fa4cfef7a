"""Marks that do not cover each other."""

from __future__ import annotations

import math
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from maps.badges import apart, overlaps

PLACES = st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), max_size=12)


def test_far_marks_stay_where_they_belong() -> None:
    assert apart([(0, 0), (10, 0)], 5) == [(0, 0), (10, 0)]


def test_the_less_important_mark_gives_way_as_little_as_it_must() -> None:
    """Two at one place: the second goes a whole distance away, on the second ring, to the right."""
    assert apart([(0, 0), (0, 0)], 4) == [(0, 0), (4, 0)]


@given(PLACES)
def test_no_two_marks_are_nearer_than_asked(places) -> None:
    spots = apart(places, 5)
    assert len(spots) == len(places)
    assert all(math.dist(one, other) >= 5 - 1e-6 for one, other in combinations(spots, 2))


def test_boxes_that_only_touch_do_not_cover_each_other() -> None:
    assert not overlaps((0, 0, 1, 1), [(1, 0, 2, 1)])
    assert overlaps((0, 0, 1, 1), [(5, 5, 6, 6), (0.9, 0.9, 2, 2)])
