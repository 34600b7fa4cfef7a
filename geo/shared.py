"""Loads at several buses under one dispatch: which to open, and how much at each.

A pair of branch and outage is watched if an open load moves it by the cutoff or more. No load is
larger than it could be alone, so that none hangs on a neighbour's being there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from geo.choice import Choice, Offers, Terms
from geo.errors import GridError
from geo.mixed import MixedProgramme
from geo.programme import INF
from geo.shared_watch import SharedWatch
from geo.watch import SMALLEST_DUAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.flow import Array
    from geo.mixed import Found
    from geo.redispatch import Redispatch
    from geo.watch import Pair

MILLION = 1e6
LOADED_MW = 1e-3
SLACK_MW = 1e-4
MAX_ROUNDS = 500


class SharedDispatch:
    """Offers that share one dispatch.

    Parameters
    ----------
    study
        The network and its base case.
    offers
        What could be connected. Each is held to what its bus can take alone.
    total_mw
        Most load together.
    max_open
        Most offers that may be opened; None for any number.
    gap
        Share of the best answer that may be missed; the bound of an answer tells what was.
    """

    def __init__(
        self,
        study: Redispatch,
        offers: Offers,
        *,
        total_mw: float = np.inf,
        max_open: int | None = None,
        gap: float = 0.0,
    ) -> None:
        alone = np.array([study.capacity(int(bus)).mw for bus in offers.bus])
        most = np.minimum(np.minimum(offers.most_mw, alone), total_mw)
        self.study, self.offers, self._gap = study, replace(offers, most_mw=most), gap
        self._total_mw = min(total_mw, float(most.sum()))
        self._watch = SharedWatch(study, offers.bus, self._total_mw)
        self._keys: list[tuple[Pair, float]] = []
        suppliers, flows = self._watch.suppliers, study.flows
        self._programme = programme = MixedProgramme(
            flows.supply_min_mw[suppliers],
            flows.supply_max_mw[suppliers],
            offers.least_mw,
            most,
            gap,
        )
        _balance(programme, study, suppliers, offers.bus)
        _share(programme, study, self.offers, alone)
        self._beaten = _beaten(self.offers, np.minimum(alone, total_mw))
        each, size = np.ones(len(most)), len(most)
        programme.add_sum(programme.open, each, 0.0, size if max_open is None else max_open)
        self._total = programme.add_sum(programme.load, each, 0.0, self._total_mw)
        cost = np.r_[offers.fixed_usd, offers.usd_per_mw] / MILLION
        self._budget = programme.add_sum(np.r_[programme.open, programme.load], cost, -INF, INF)

    def most(self, terms: Terms) -> Choice:
        """Return the choice with the most load."""
        self._aim_at_load()
        self._set(terms, 0.0)
        largest = np.where(terms.allowed, self.offers.most_mw, -np.inf).argmax()
        return self._best(terms, np.arange(len(terms.allowed)) == largest)

    def cheapest(self, terms: Terms, least_mw: float, known: Choice) -> Choice:
        """Return the choice of least cost and wait that serves so much together.

        Parameters
        ----------
        terms
            What it has to keep to.
        least_mw
            Load together.
        known
            A choice that serves it.

        Returns
        -------
        Choice
            Gain and bound are in million USD, and negative.
        """
        self._aim_at_cost()
        self._set(terms, least_mw)
        return self._best(terms, known.opened)

    def serve(self, terms: Terms) -> Choice:
        """Return the most load that offers take together, all that are allowed open."""
        self._aim_at_load()
        self._set(terms, 0.0)
        return self._served(terms.allowed) or self._nothing()

    def serve_cheaply(self, terms: Terms) -> Choice:
        """Return the cheapest of the ways to serve the most, all that are allowed open."""
        most = self.serve(terms)
        self._aim_at_cost()
        self._set(terms, max(most.mw - SLACK_MW, 0.0))
        return self._served(terms.allowed) or most

    def _aim_at_load(self) -> None:
        size = len(self.offers.bus)
        self._programme.aim(np.ones(size), np.zeros(size))

    def _aim_at_cost(self) -> None:
        offers = self.offers
        per_mw = offers.usd_per_mw + offers.wait_usd_per_mw
        self._programme.aim(-per_mw / MILLION, -offers.fixed_usd / MILLION)

    def _set(self, terms: Terms, least_mw: float) -> None:
        self._programme.bound(self._total, least_mw, self._total_mw)
        self._programme.bound(self._budget, -INF, min(terms.budget_usd / MILLION, INF))

    def _best(self, terms: Terms, known: Array) -> Choice:
        """Choose, serve what was chosen securely, and again until no choice can be better."""
        best, bound = self._served(known), np.inf
        worth = terms.allowed & ~(self._beaten @ terms.allowed)
        tried = self._until_secure(lambda: self._programme.relax(worth))
        if tried is not None:
            best = _better(best, self._served(tried.load_mw > LOADED_MW))
        for _ in range(MAX_ROUNDS):
            tried = self._programme.choose(worth)
            if tried is None:
                break
            bound, rows = min(bound, tried.bound), len(self._keys)
            best = _better(best, self._served(tried.opened & (tried.load_mw > LOADED_MW)))
            if len(self._keys) == rows or (best is not None and self._near(best.gain, bound)):
                break
        best = best or self._nothing()
        return replace(best, bound=max(bound, best.gain))

    def _near(self, gain: float, bound: float) -> bool:
        return bound - gain <= max(self._gap * abs(bound), LOADED_MW)

    def _served(self, opened: Array) -> Choice | None:
        """Serve these offers and no other; None if they cannot be what was asked for."""
        found = self._until_secure(lambda: self._programme.serve(opened))
        if found is None:
            return None
        limits: dict[Pair, float] = {}
        for (pair, _), dual in zip(self._keys, found.duals, strict=True):
            if dual > SMALLEST_DUAL:
                limits[pair] = limits.get(pair, 0.0) + float(dual)
        load = np.where(opened & (found.load_mw > LOADED_MW), found.load_mw, 0.0)
        return Choice(load, self._watch.supply(found.supply_mw), found.gain, found.gain, limits)

    def _nothing(self) -> Choice:
        return Choice(np.zeros(len(self.offers.bus)), self.study.dispatch_mw, 0.0, 0.0)

    def _until_secure(self, solve: Callable[[], Found | None]) -> Found | None:
        """Solve, add what is violated, and again; None if nothing satisfies the rows."""
        for _ in range(MAX_ROUNDS):
            found = solve()
            if found is None:
                return None
            known = set(self._keys)
            violated = self._watch.violated(found.supply_mw, found.load_mw)
            new = [key for key in violated if key not in known]
            if not new:
                return found
            for pair, sign in new:
                self._programme.add_secure(self._watch.row(pair, sign))
            self._keys += new
        raise GridError(f"several sites: no secure dispatch after {MAX_ROUNDS} rounds")


def joint_capacity(study: Redispatch, buses: Array, *, gap: float = 0.0) -> Choice:
    """Return the most load that can be served together at some buses, at as many as helps.

    Parameters
    ----------
    study
        The network and its base case.
    buses
        Positions, each once.
    gap
        Share of the best answer that may be missed.
    """
    alone = np.array([study.capacity(int(bus)).mw for bus in buses])
    shared = SharedDispatch(study, Offers.free(np.asarray(buses), alone), gap=gap)
    return shared.most(Terms(np.ones(len(buses), dtype=bool)))


def _balance(programme: MixedProgramme, study: Redispatch, suppliers: Array, buses: Array) -> None:
    """Let supply be demand and loads in each connected network that has an offer."""
    component, demand = study.network.component, study.flows.demand_mw
    for label in np.unique(component[buses]):
        inside, loads = component[suppliers] == label, component[buses] == label
        columns = np.r_[programme.supply[inside], programme.load[loads]]
        values = np.r_[np.ones(inside.sum()), -np.ones(loads.sum())]
        asked = float(demand[component == label].sum())
        programme.add_sum(columns, values, asked, asked)


def _share(programme: MixedProgramme, study: Redispatch, offers: Offers, alone: Array) -> None:
    """Hold loads together to the surplus that they share, and at one bus to what it can take."""
    together, most = study.surplus.shared(offers.bus)
    buses, first = np.unique(offers.bus, return_index=True)
    together = np.concatenate([together, offers.bus == buses[:, None]])
    for group, mw in zip(together, np.r_[most, alone[first]], strict=True):
        if offers.most_mw[group].sum() > mw:
            programme.add_sum(programme.load[group], np.ones(group.sum()), 0.0, mw)


def _beaten(offers: Offers, room_mw: Array) -> sp.csr_array:
    """Return offer × offer, bool: a row needs not be opened where the column can be.

    They are at one bus; the other can take all of its room and is worse in nothing. Of equal ones
    the first is kept.
    """
    worse = np.c_[offers.least_mw, offers.fixed_usd, offers.usd_per_mw, offers.wait_usd_per_mw]
    rows, columns = [], []
    for bus in np.unique(offers.bus):
        here = np.flatnonzero(offers.bus == bus)
        enough = here[offers.most_mw[here] >= room_mw[here]]
        as_good = (worse[enough][None] <= worse[here][:, None]).all(axis=2)
        better = (worse[enough][None] < worse[here][:, None]).any(axis=2)
        row, column = np.nonzero(as_good & (better | (enough[None] < here[:, None])))
        rows.append(here[row])
        columns.append(enough[column])
    at = (np.concatenate(rows), np.concatenate(columns))
    size = len(offers.bus)
    return sp.coo_array((np.ones(len(at[0]), dtype=bool), at), shape=(size, size)).tocsr()


def _better(one: Choice | None, other: Choice | None) -> Choice | None:
    if one is None or other is None:
        return one or other
    return other if other.gain > one.gain else one
