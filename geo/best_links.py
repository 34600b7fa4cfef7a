"""The best link of every place: links measured and ranked block after block, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from geo.measures import measure, with_two_feeds
from geo.ranking import in_order, rank

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.feeds import TwoFeeds
    from geo.flow import Array
    from geo.kinds import Layers
    from geo.scenario import Scenario
    from geo.tie_lines import TieLines

SAME_SCORE = 1e-9
"""Scores that differ by less differ by rounding."""
UNLIMITED = 1 << 62
SLIM = ["site_id", "x_m", "y_m", "kind", "grade", "score", "connection_usd"]


def _all(best: pd.DataFrame) -> Array:
    return np.ones(len(best), dtype=bool)


class Linked(NamedTuple):
    """What became of the places that have a link."""

    site_ids: Array
    """All of them, in rank order."""
    stay: int
    """How many are left when what is not kept for others' sake is gone."""


@dataclass(frozen=True, eq=False)
class BestLinks:
    """Finds the best link of places to points of connection."""

    layers: Layers
    """What is known."""
    scenario: Scenario
    """What is asked."""
    ties: TieLines
    """Measures tie-lines."""
    points: pd.DataFrame
    """Points of connection, assessed."""
    feeds: TwoFeeds
    """Knows which pairs of points give 2N."""

    def of(
        self,
        places: pd.DataFrame,
        tell: Callable[[float, str], None],
        *,
        paired: bool,
        keep: Callable[[pd.DataFrame], Array] = _all,
        most: int = UNLIMITED,
    ) -> tuple[pd.DataFrame, Linked]:
        """Return each place's best link with all its measures, in rank order.

        Parameters
        ----------
        places
            Candidates.
        tell
            Called with the share of the places that is done, and a message.
        paired
            Whether second feeds are looked for; else no link is 2N.
        keep
            Which of the best links to return, given x_m, y_m and kind of all of them in rank order.
        most
            How many of those to return, the best ones.

        Returns
        -------
        best, linked
            What is kept; and which places have a link.
        """
        found = []
        for block, links in self.ties.blocks(places):
            done = block.start / max(len(places), 1)
            tell(done, "links")
            here = places.iloc[block].reset_index(drop=True)
            measures = measure(here, links, self.points, self.layers, self.scenario)
            if paired:
                tell(done, "pairs of feeds")
            feeds = self.feeds if paired else None
            measures = with_two_feeds(measures, feeds, self.layers, self.scenario)
            tell(done, "ranking")
            found.append(best_links(rank(measures, self.scenario, self.layers.place.standards)))
        found = [part for part in found if len(part)] or found[:1]
        # Ordered and thinned by a few columns, so that the measures of the rest are never together.
        slim = in_order(pd.concat([part[SLIM] for part in found], keys=range(len(found))))
        stay = np.flatnonzero(keep(slim))
        kept = slim.index[stay[:most]]
        parts = [
            part.loc[kept[kept.get_level_values(0) == at].get_level_values(1)]
            for at, part in enumerate(found)
        ]
        parts = [part for part in parts if len(part)] or parts[:1]
        linked = Linked(slim["site_id"].to_numpy(), len(stay))
        return in_order(pd.concat(parts, ignore_index=True)), linked

    def looked_at_again(
        self,
        best: pd.DataFrame,
        places: pd.DataFrame,
        count: int,
        tell: Callable[[float, str], None],
    ) -> pd.DataFrame:
        """Return sites in rank order after second feeds were looked for at the first so many."""
        again = places["site_id"].isin(best["site_id"].iloc[:count])
        first, _ = self.of(places[again.to_numpy()].reset_index(drop=True), tell, paired=True)
        return in_order(pd.concat([first, best.iloc[count:]], ignore_index=True))


def best_links(ranked: pd.DataFrame) -> pd.DataFrame:
    """Return each place's best link in rank order; of equals the cheapest, then the shortest."""
    first = ranked.drop_duplicates("site_id").set_index("site_id")[["grade", "score"]]
    best = first.loc[ranked["site_id"]]
    same_grade = ranked["grade"].to_numpy() == best["grade"].to_numpy()
    as_good = same_grade & (ranked["score"] >= best["score"].to_numpy() - SAME_SCORE)
    by = ["connection_usd", "tie_km", "rank"]
    cheapest = ranked.loc[as_good, ["site_id", *by]].sort_values(by).drop_duplicates("site_id")
    return ranked.loc[cheapest.sort_values("rank").index]
