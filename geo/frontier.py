"""MW against months against cost: the best choices under deadlines and budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.choice import Terms

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.choice import Choice
    from geo.contest import Contest

BUDGET_SHARES = (0.75, 0.5, 0.25)
DEADLINES = 3
SAME = {"mw": 0.1, "months_p50": 0.1, "connection_usd": 1e5}
COLUMNS = ["mw", "months_p50", "connection_usd", "sites", "site_ids"]


def frontier(contest: Contest, best: Choice, tell: Callable[[float, str], None]) -> pd.DataFrame:
    """Choose again with less time and with less money, and keep what nothing beats.

    Parameters
    ----------
    contest
        Sites that compete.
    best
        The choice with neither deadline nor budget.
    tell
        Called with a fraction and a message.

    Returns
    -------
    DataFrame
        mw, months_p50 (until the last site runs), connection_usd, sites (their number), site_ids;
        most MW first.
    """
    rows = [_point(contest, best)]
    terms = [*_deadlines(contest, best), *_budgets(contest, best)]
    for done, one in enumerate(terms):
        choice, _ = contest.best(one)
        if choice.opened.any():
            rows.append(_point(contest, choice))
        tell((done + 1) / len(terms), "frontier")
    return not_beaten(pd.DataFrame(rows, columns=COLUMNS))


def not_beaten(points: pd.DataFrame) -> pd.DataFrame:
    """Return the points that no other beats, most MW first.

    Parameters
    ----------
    points
        mw, months_p50, connection_usd. A point is beaten by one with as much MW, as few months and
        as little cost, all rounded; of equal ones the first is kept.
    """
    rounded = np.stack([(points[name] / unit).round() for name, unit in SAME.items()], axis=1)
    worse = rounded * [-1, 1, 1]
    as_good = (worse[:, None] <= worse[None]).all(axis=2)
    first = np.triu(np.ones_like(as_good), k=1)
    beaten = (as_good & (~as_good.T | first)).any(axis=0)
    return points[~beaten].sort_values(
        list(SAME), ascending=[False, True, True], ignore_index=True, kind="stable"
    )


def _point(contest: Contest, choice: Choice) -> tuple[float, float, float, int, str]:
    sites = contest.chosen(choice)
    return (
        float(sites["mw"].sum()),
        float(sites["months_p50"].max()),
        float(sites["connection_usd"].sum()),
        len(sites),
        " ".join(sites["site_id"]),
    )


def _deadlines(contest: Contest, best: Choice) -> list[Terms]:
    """Return terms that leave out slow sites, for a few of the months that some sites keep."""
    months = contest.sites["months_p50"].to_numpy(float)
    known = np.unique(months[months < months[best.opened].max()])
    few = np.unique(np.linspace(0, len(known) - 1, DEADLINES).round().astype(int))
    return [Terms(months <= known[at]) for at in few if len(known)]


def _budgets(contest: Contest, best: Choice) -> list[Terms]:
    """Return terms that leave a part of what the best choice costs."""
    offers = contest.shared.offers
    cost = float(offers.fixed_usd @ best.opened + offers.usd_per_mw @ best.load_mw)
    allowed = contest.everything.allowed
    return [Terms(allowed, share * cost) for share in BUDGET_SHARES if cost > 0]
