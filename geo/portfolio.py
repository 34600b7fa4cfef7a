"""The best set of sites under one dispatch: how much at each, and what else could be had.

First the most secure MW, up to what is asked for; then, of all sets that serve as much, the least
cost of connection and waiting. Where less than asked can be served, a set that serves a thousandth
less counts as serving as much. Firm means as for one site, with all of the set connected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from geo.contest import Contest, Wish
from geo.frontier import frontier

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from geo.choice import Choice
    from geo.redispatch import Redispatch
    from geo.siting import Siting

SITE_COLUMNS = [
    "site_id", "name", "kind", "region", "lon", "lat", "rank", "grade", "mw", "alone_mw",
    "alone_by", "months_p50", "tie_km", "connection_usd", "poi_id", "poi_name", "poi_voltage_kv",
    "redundancy",
]  # fmt: skip
LIMIT_COLUMNS = ["branch", "outage", "gain_mw_per_mw"]


@dataclass(frozen=True, eq=False)
class Portfolio:
    """The best set, and what it rests on."""

    wish: Wish
    """What was asked."""
    offered: int
    """Sites that were chosen from."""
    sites: gpd.GeoDataFrame
    """The set, largest first: `SITE_COLUMNS` and geometry. alone_mw is what each could take were it
    the only one, and alone_by what holds it to that; connection_usd is for the MW that it gets."""
    bound_mw: float
    """No set of the sites offered serves more of what is asked."""
    overload_before_mw: float
    """By how much all pairs together are over their limits under the best dispatch, before the set
    is connected."""
    overload_after_mw: float
    """The same with the set, every pair watched however little the set moves it."""
    counted_twice: pd.DataFrame
    """What adding up single answers gives, for this set and for the best-ranked sites: set, sites,
    alone_mw, together_mw, counted_twice_mw."""
    limits: pd.DataFrame
    """What limits the set where nothing else is asked: branch, outage, gain_mw_per_mw (load that
    one more MW of rating gives); the strongest first."""
    frontier: pd.DataFrame
    """Sets that no other beats in MW, months and cost."""
    notes: tuple[str, ...]
    """What a reader has to know beside the notes of the ranking."""

    @property
    def mw(self) -> float:
        """Load that the set serves."""
        return float(self.sites["mw"].sum())

    @property
    def months_p50(self) -> float:
        """Months until its last site runs."""
        return float(self.sites["months_p50"].max())

    @property
    def connection_usd(self) -> float:
        """Cost of its connections."""
        return float(self.sites["connection_usd"].sum())


def find_portfolio(
    siting: Siting, wish: Wish, progress: Callable[[float, str], None] | None = None
) -> Portfolio:
    """Choose the best set of sites.

    Parameters
    ----------
    siting
        Ranked sites, by the redispatch method.
    wish
        What is asked.
    progress
        Called with a fraction and a message.

    Returns
    -------
    Portfolio
        Exact for up to 50 sites to choose from; from more, within one hundredth in MW and in cost.

    Raises
    ------
    ScenarioError
        If headroom was found by the linear method, which has no dispatch to share.
    NoSiteError
        If no site can take the smallest size.
    GridError
        If the solver finds no answer.
    """
    tell = progress or (lambda _fraction, _message: None)
    tell(0.0, "portfolio")
    contest = Contest.of(siting, wish)
    best, bound_mw = contest.best(contest.everything)
    chosen = contest.chosen(best)
    tell(0.3, "portfolio")
    together = contest.together(chosen)
    before_mw, after_mw = contest.overload_mw(best)
    several = contest.sites.head(wish.max_sites)
    return Portfolio(
        wish=wish,
        offered=len(contest.sites),
        sites=chosen[[*SITE_COLUMNS, "geometry"]],
        bound_mw=bound_mw,
        overload_before_mw=before_mw,
        overload_after_mw=after_mw,
        counted_twice=contest.counted_twice({"this set": chosen, "the best-ranked": several}),
        limits=_limits(together, contest.study),
        frontier=frontier(
            contest, best, lambda fraction, message: tell(0.4 + 0.6 * fraction, message)
        ),
        notes=_notes(contest, float(chosen["mw"].sum())),
    )


def _limits(choice: Choice, study: Redispatch) -> pd.DataFrame:
    """Name the pairs that limit a choice."""
    names = study.network.outage_names
    strongest = sorted(choice.limits.items(), key=lambda item: (-item[1], item[0]))
    rows = [
        (names[branch], names[study.security.label(column)], gain)
        for (branch, column), gain in strongest
    ]
    return pd.DataFrame(rows, columns=LIMIT_COLUMNS)


def _notes(contest: Contest, mw: float) -> tuple[str, ...]:
    """Say by which rules a set was chosen, and what it leans on."""
    wish, flows = contest.wish, contest.study.flows
    month_usd = contest.siting.layers.place.standards.wait_usd_per_mw_month
    home_mw = float((flows.supply_max_mw + flows.supply_min_mw - flows.demand_mw).sum())
    notes = {
        "Firm: served with any one line or transformer out and all of the set connected. No site "
        "gets more than it could alone, so none hangs on another's being built.": True,
        f"Chosen from the {len(contest.sites)} best-ranked sites that can take "
        f"{wish.min_site_mw:,.0f} MW: first the most MW, then the least cost of connection and "
        f"waiting, a month counted as {month_usd:,.0f} USD a MW; {contest.exactness}.": True,
        "An energised campus is taken at what it has; more would wait for a new connection.": (
            (contest.sites["kind"] == "campus").any()
        ),
        "Power, not energy: whether there is water for it all year is not in it.": True,
        f"Plants at home have {home_mw:,.0f} MW more than the demand of the base case; what is "
        "beyond that comes over links abroad.": mw > home_mw,
    }
    return tuple(note for note, holds in notes.items() if holds)
