"""Sites that compete for the same headroom, and the best choice among them under some terms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.choice import Offers, Terms
from geo.errors import Fault, NoSiteError, ScenarioError
from geo.offers import offered_sites, offers_of, sized_usd
from geo.relief import relieve
from geo.shared import SLACK_MW, SharedDispatch

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.choice import Choice
    from geo.redispatch import Redispatch
    from geo.siting import Siting

EXACT_SITES = 50
WIDE_GAP = 0.01
GIVEN_UP = 1e-3


@dataclass(frozen=True)
class Wish:
    """What the sites are to serve together."""

    total_mw: float
    """Load to be placed."""
    max_sites: int = 5
    """Most sites."""
    min_site_mw: float = 50.0
    """Smallest site worth opening."""
    max_site_mw: float | None = None
    """Largest site; None for as large as it can be."""
    among: int = 50
    """Best-ranked sites to choose from."""

    def __post_init__(self) -> None:
        """Check every value.

        Raises
        ------
        ScenarioError
            With every fault found.
        """
        least = {
            "total_mw": max(self.min_site_mw, 1.0),
            "max_sites": 1,
            "min_site_mw": 0.0,
            "among": 1,
        }
        least |= {} if self.max_site_mw is None else {"max_site_mw": max(self.min_site_mw, 1.0)}
        faults = [
            Fault(
                f"option {name}",
                f"{vars(self)[name]!r} is too small",
                f"choose at least {low:g}",
            )
            for name, low in least.items()
            if not vars(self)[name] >= low
        ]
        if faults:
            raise ScenarioError.of(faults)


@dataclass(frozen=True, eq=False)
class Contest:
    """The sites offered for a wish, and the dispatch that they share."""

    siting: Siting
    """Ranked sites."""
    wish: Wish
    """What is asked."""
    study: Redispatch
    """Headroom of the grid."""
    sites: gpd.GeoDataFrame
    """What is offered, best-ranked first, with bus and alone_mw."""
    shared: SharedDispatch
    """The offers under one dispatch."""

    @classmethod
    def of(cls, siting: Siting, wish: Wish) -> Contest:
        """Let the best-ranked sites compete.

        Raises
        ------
        ScenarioError
            If headroom was found by the linear method, which has no dispatch to share.
        NoSiteError
            If no site can take the smallest size.
        """
        study = siting.redispatch
        if study is None:
            raise ScenarioError(
                "sites share one dispatch; choose --method redispatch, on a grid of at most "
                "redispatch_max_buses"
            )
        sites = offered_sites(siting, study, wish)
        if sites.empty:
            message = f"no site can take {wish.min_site_mw:g} MW firm; lower --min-site-mw"
            raise NoSiteError(f"{siting.layers.place.name}: {message}")
        shared = SharedDispatch(
            study,
            offers_of(sites, siting, wish.min_site_mw, wish.total_mw),
            total_mw=wish.total_mw,
            max_open=wish.max_sites,
            gap=0.0 if len(sites) <= EXACT_SITES else WIDE_GAP,
        )
        return cls(siting, wish, study, sites, shared)

    @property
    def everything(self) -> Terms:
        """Terms that leave every choice."""
        return Terms(np.ones(len(self.sites), dtype=bool))

    @property
    def exactness(self) -> str:
        """Say how near to the best a choice is."""
        return "exact" if len(self.sites) <= EXACT_SITES else "within 1 % of the best"

    def best(self, terms: Terms) -> tuple[Choice, float]:
        """Return the cheapest of the choices with the most load, and MW that no choice exceeds.

        Where less than asked can be served, a thousandth of it may be given up for cost.
        """
        most, asked_mw = self.shared.most(terms), self.wish.total_mw - SLACK_MW
        if most.mw >= asked_mw:
            return self.shared.cheapest(terms, asked_mw, most), most.bound
        cheap = self.shared.cheapest(terms, most.mw * (1.0 - GIVEN_UP), most)
        return self.shared.serve_cheaply(replace(terms, allowed=cheap.opened)), most.bound

    def chosen(self, choice: Choice) -> gpd.GeoDataFrame:
        """Return the sites that are opened, largest first, with their MW and what it costs."""
        some = self.sites.assign(mw=choice.load_mw.round(3))[choice.opened]
        some = some.sort_values(["mw", "rank"], ascending=[False, True], ignore_index=True)
        usd = sized_usd(some, some["mw"].to_numpy(float), self.siting)
        return some.assign(connection_usd=usd)

    def together(self, sites: gpd.GeoDataFrame) -> Choice:
        """Return the most that some sites serve together, with all of them connected."""
        return self._free(sites).serve(Terms(np.ones(len(sites), dtype=bool)))

    def _free(self, sites: gpd.GeoDataFrame) -> SharedDispatch:
        """Let some sites take as much as they can, whatever is asked for."""
        offers = Offers.free(sites["bus"].to_numpy(), sites["alone_mw"].to_numpy(float))
        return SharedDispatch(self.study, offers)

    def overload_mw(self, choice: Choice) -> tuple[float, float]:
        """Return by how much all pairs are over their limits at best, before a choice and with it.

        Every pair is watched here, however little the sites move it. Before anything is added the
        base case may be over its limits already.
        """
        demand = self.study.flows.demand_mw.copy()
        np.add.at(demand, self.sites["bus"].to_numpy(), choice.load_mw)
        with_it = replace(self.study.flows, demand_mw=demand, supply_mw=choice.supply_mw)
        _, left = relieve(self.study.security, with_it, self.study.suppliers)
        before, after = (
            sum(pair.over_mw for pair in pairs) for pairs in (self.study.congestion, left)
        )
        return float(before), float(after)

    def counted_twice(self, named: dict[str, gpd.GeoDataFrame]) -> pd.DataFrame:
        """Compare the sum of single answers with what sets of sites serve together at most.

        Returns
        -------
        DataFrame
            set, sites, alone_mw, together_mw, counted_twice_mw.
        """
        rows = []
        for name, sites in named.items():
            most = self._free(sites).most(Terms(np.ones(len(sites), dtype=bool)))
            rows.append((name, len(sites), float(sites["alone_mw"].sum()), most.mw))
        table = pd.DataFrame(rows, columns=["set", "sites", "alone_mw", "together_mw"])
        return table.assign(counted_twice_mw=table["alone_mw"] - table["together_mw"])
