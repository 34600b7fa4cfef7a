# mypy: allow-untyped-decorators, allow-untyped-calls
"""Who comes first how often, over very many draws of weights; exact, in memory that stays small.

Scores are weighted sums in double precision, added up criterion by criterion; equal scores go by
row. Sites are laid out in tiles by their score under the mean of the weights. A draw that lies
``away`` from the mean moves the score of a site by at most ``away`` times the spread of its values
(Cauchy–Schwarz: weights add up to 1, so only what differs between criteria counts). So a tile that
cannot reach the last of the best so far is passed over, and nothing else is.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import get_num_threads

from geo.kernels import compiled

if TYPE_CHECKING:
    from geo.flow import Array

TILE = 256
DRAWS = 256
WIDE = 5
GUARD = 1e-9
"""Slack of the bounds over rounding, in units of the largest value; rounding is below 1e-14."""
NOBODY = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Acceptance:
    """How often each site had each of the first ranks, and under which weights it was first."""

    counts: Array
    """(site, rank) draws in which the site had the rank; column 0 is the first rank."""
    weight_sum: Array
    """(site, criterion) sum of the weights of the draws in which the site was first."""
    draws: int
    """Number of draws."""

    def rows(self, order: Array) -> Acceptance:
        """Return the same with the sites in another order."""
        return Acceptance(self.counts[order], self.weight_sum[order], self.draws)

    def shares(self) -> Array:
        """Return the share of the draws of each (site, rank)."""
        return self.counts / self.draws

    def within(self, rank: int) -> Array:
        """Return the share of the draws in which each site was among the first so many."""
        return self.counts[:, :rank].sum(axis=1) / self.draws

    def central_weights(self) -> Array:
        """Return the mean (site, criterion) weights that make a site first; NaN if none did."""
        first = self.counts[:, :1]
        return np.where(first > 0, self.weight_sum / np.maximum(first, 1), np.nan)


def tally(first: Array, weights: Array, sites: int) -> Acceptance:
    """Count who had which rank.

    Parameters
    ----------
    first
        (draw, rank) rows of the sites, best first.
    weights
        (draw, criterion) weights.
    sites
        Number of sites.
    """
    counts = [np.bincount(column, minlength=sites) for column in first.T]
    sums = [np.bincount(first[:, 0], column, minlength=sites) for column in weights.T]
    return Acceptance(np.stack(counts, axis=1), np.stack(sums, axis=1), len(weights))


def first_ranks(values: Array, grade: Array, weights: Array, ranks: int) -> Acceptance:
    """Return who has the first ranks, by grade and then by weighted sum, over draws of weights.

    Parameters
    ----------
    values
        (site, criterion) values; rows in the order that ties are settled in.
    grade
        Grade of each site, the least first.
    weights
        (draw, criterion) weights.
    ranks
        First ranks that are asked for; not more than there are sites are given.
    """
    best: list[Array] = []
    left = ranks
    for place in np.unique(grade):
        members = np.flatnonzero(grade == place)
        best.append(members[best_rows(values[members], weights, min(left, len(members)))])
        left -= best[-1].shape[1]
        if left == 0:
            break
    return tally(np.concatenate(best, axis=1), weights, len(values))


def best_rows(values: Array, weights: Array, count: int) -> Array:
    """Return the rows of the highest weighted sums of each draw, highest first.

    Parameters
    ----------
    values
        (site, criterion) finite values.
    weights
        (draw, criterion) weights, not negative.
    count
        How many, at most as many as there are sites.

    Returns
    -------
    ndarray
        (draw, count) rows; of equal sums the lower row comes first.
    """
    middle = weights.mean(axis=0)
    tiles = _tiles(values, middle)
    scale = max(float(np.abs(values).max()), 1.0)
    out = np.empty((len(weights), count), np.int64)

    def some(start: int) -> None:
        drawn = weights[start : start + DRAWS]
        off = drawn - middle
        away, slack = np.linalg.norm(off, axis=1), (GUARD + np.abs(off.sum(axis=1))) * scale
        scores = np.full((len(drawn), count), -np.inf)
        rows = np.full((len(drawn), count), NOBODY)
        _search(tiles, (_padded(drawn), away, slack), (scores, rows))
        out[start : start + DRAWS] = rows

    with ThreadPoolExecutor(get_num_threads()) as pool:
        for _ in pool.map(some, range(0, len(weights), DRAWS)):
            pass
    return out


def _tiles(values: Array, middle: Array) -> tuple[Array, ...]:
    """Lay sites out by their score under the middle weights, with what bounds each tile.

    Returns (tile, criterion, place) values, (tile, place) rows, and per tile how many it holds, its
    highest score and the largest distance of its values from their mean over the criteria.
    """
    score = values @ middle
    spread = np.linalg.norm(values - values.mean(axis=1, keepdims=True), axis=1)
    order = np.argsort(-score, kind="stable")
    tiles = -(-len(order) // TILE)
    empty = tiles * TILE - len(order)
    wide = np.concatenate([_padded(values[order]), np.zeros((empty, _width(values)))])
    rows = np.concatenate([order, np.full(empty, NOBODY)]).reshape(tiles, TILE)
    held = np.full(tiles, TILE)
    held[-1] -= empty
    starts = np.arange(0, len(order), TILE)
    highest = score[order[starts]]
    return (
        np.ascontiguousarray(wide.reshape(tiles, TILE, -1).transpose(0, 2, 1)),
        rows, held, highest, np.maximum.reduceat(spread[order], starts),
    )  # fmt: skip


def _width(values: Array) -> int:
    return -(-values.shape[1] // WIDE) * WIDE


def _padded(values: Array) -> Array:
    """Add columns of 0, which change no sum, up to a multiple of what one pass adds."""
    return np.pad(values, [(0, 0), (0, _width(values) - values.shape[1])])


@compiled
def _search(tiles: tuple[Array, ...], draws: tuple[Array, ...], best: tuple[Array, Array]) -> None:
    """Go over all tiles for one block of draws, and over all draws for one tile while it is near.

    ``tiles`` as from `_tiles`; ``draws`` are weights, distance from the middle and slack; ``best``
    are (draw, count) scores and rows, written in place.
    """
    values, rows, held, highest, spread = tiles
    weights, away, slack = draws
    scores = np.empty(values.shape[2])
    for tile in range(len(values)):
        for draw in range(len(weights)):
            top, top_row = best[0][draw], best[1][draw]
            if highest[tile] + away[draw] * spread[tile] + slack[draw] < top[-1]:
                continue
            _add_up(values[tile], weights[draw], scores)
            if _reach(scores, top[-1]):
                for place in range(held[tile]):
                    if scores[place] >= top[-1]:
                        _take_in(scores[place], rows[tile, place], top, top_row)


@compiled
def _add_up(values: Array, weights: Array, scores: Array) -> None:
    """Add up the criteria in their order, each product rounded: the sum that numpy gives too."""
    scores[:] = 0.0
    for at in range(0, len(weights), WIDE):
        a, b, c = weights[at], weights[at + 1], weights[at + 2]
        d, e = weights[at + 3], weights[at + 4]
        one, two, three = values[at], values[at + 1], values[at + 2]
        four, five = values[at + 3], values[at + 4]
        for place in range(len(scores)):
            total = scores[place] + a * one[place]
            total = total + b * two[place]
            total = total + c * three[place]
            total = total + d * four[place]
            scores[place] = total + e * five[place]


@compiled
def _reach(scores: Array, least: float) -> bool:
    """Say whether any score reaches the least; counted, so that the loop has no way out early."""
    count = 0
    for place in range(len(scores)):
        count += scores[place] >= least
    return count > 0


@compiled
def _take_in(score: float, row: int, top: Array, top_row: Array) -> None:
    """Put a site among the best of a draw, if it belongs there."""
    place = len(top)
    while place > 0 and (
        score > top[place - 1] or (score == top[place - 1] and row < top_row[place - 1])
    ):
        if place < len(top):
            top[place], top_row[place] = top[place - 1], top_row[place - 1]
        place -= 1
    if place < len(top):
        top[place], top_row[place] = score, row
