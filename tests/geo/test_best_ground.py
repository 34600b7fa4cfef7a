"""Best ground by a score, on drawings and against a plain search."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.best_ground import best_ground, roomy
from geo.errors import ScenarioError

SCORE = np.array(
    [
        [9, 8, 7, 6, 5],
        [9, 1, 7, 6, 2],
        [9, 8, 7, 6, 5],
    ],
    float,
)
FREE = np.ones((3, 5), dtype=bool)


def places(sites: list[np.ndarray]) -> list[list[tuple[int, int]]]:
    return [[tuple(cell) for cell in site.tolist()] for site in sites]


def test_the_lowest_score_begins_and_its_ring_is_taken() -> None:
    """First the cross around 1, then of what is left 2 with three of its neighbours."""
    first, second = places(best_ground(SCORE, FREE, 4, 2))
    assert first == [(1, 1), (0, 1), (2, 1), (1, 0)]
    assert second == [(1, 4), (0, 4), (2, 4), (1, 3)]


def test_a_patch_that_is_too_small_is_passed_over() -> None:
    free = FREE.copy()
    free[0, 1] = free[2, 1] = free[1, 0] = free[1, 2] = False  # 1 stands alone
    assert places(best_ground(SCORE, free, 2, 1)) == [[(1, 4), (0, 4)]]


def test_sites_keep_apart() -> None:
    """2 lies three cells from 1, and no cell lies four away."""
    assert [site[0] for site in places(best_ground(SCORE, FREE, 1, 2, apart=3.0))][1] == (1, 4)
    assert places(best_ground(SCORE, FREE, 1, 9, apart=4.0)) == [[(1, 1)]]


def test_unknown_is_not_good() -> None:
    score = SCORE.copy()
    score[1, 1] = np.nan
    found = places(best_ground(score, FREE, 5, 3))
    assert found[0][0] == (1, 4)
    assert (1, 1) not in [cell for site in found for cell in site]


def test_patches_without_room_are_told() -> None:
    """Three cells in an L, and one that only meets it at a corner."""
    free = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1]], dtype=bool)
    assert roomy(free, 3).tolist() == [[True, False, False], [True, True, False], [False] * 3]
    assert not roomy(free, 4).any()


@pytest.mark.parametrize(("needed", "count", "apart"), [(0, 1, 0.0), (1, 0, 0.0), (1, 1, -1.0)])
def test_less_than_one_is_refused(needed: int, count: int, apart: float) -> None:
    with pytest.raises(ScenarioError, match="at least one"):
        best_ground(SCORE, FREE, needed, count, apart)


def plainly(score: np.ndarray, free: np.ndarray, needed: int, count: int) -> list[set]:
    """Look for the lowest score again and again, as one would by hand."""
    left = {(int(i), int(j)) for i, j in zip(*np.nonzero(free), strict=True)}
    out: list[set] = []
    while left and len(out) < count:
        begin = min(left, key=lambda cell: (score[cell], cell))
        ring = [begin]
        for i, j in ring:
            for cell in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
                if cell in left and cell not in ring and len(ring) < needed:
                    ring.append(cell)
        if len(ring) == needed:
            out.append(set(ring))
            left -= set(ring)
        else:
            left.discard(begin)
    return out


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 5))
def test_it_is_what_a_plain_search_finds(seed: int, needed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    score, free = random.integers(0, 9, (7, 8)).astype(float), random.random((7, 8)) < 0.6
    found = [set(site) for site in places(best_ground(score, free, needed, count))]
    assert found == plainly(score, free, needed, count)
