"""Firm and normal MW over many situations: demand, water, and what data leave open of the grid.

Each situation is a draw of the demand level, of the hydro capacity that can run, of every rating
that is not the data's own, and of circuit counts that are not stated; ranges are assumptions of
`geo.standards`. The draws are seeded, and a bus has the same situations whatever else is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.balance import balance, base_flows
from geo.flow import network_of, second_circuit
from geo.redispatch import Redispatch, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geo.balance import Flows
    from geo.flow import Array, Network
    from geo.grid import GridGraph
    from geo.kinds import Layers
    from geo.scenario import Scenario
    from geo.standards import Standards
    from geo.watch import Pair

SERVICES: Final[tuple[Service, ...]] = ("firm", "normal")
SHARES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
QUANTILES = [f"{service}_mw_{part}" for service in SERVICES for part in SHARES]


@dataclass(frozen=True, eq=False)
class Situation:
    """One draw."""

    demand_share: float
    """Demand over that of the base case."""
    hydro_share: float
    """Share of the hydro capacity that is there to run."""
    rating_share: Array
    """Rating over the assumed one, per branch; 1 where the data give it."""
    second: Array
    """Positions of the branches, of a count not stated, that have a second circuit."""


def headroom_quantiles(
    grid: GridGraph,
    layers: Layers,
    scenario: Scenario,
    bus_ids: Sequence[str],
    tell: Callable[[float, str], None],
) -> pd.DataFrame:
    """Return how firm and normal MW spread over situations.

    Parameters
    ----------
    grid, layers
        The network and what feeds and draws.
    scenario
        Number of situations, seed, cutoff and demand.
    bus_ids
        Buses asked for.
    tell
        Called with a fraction and a message.

    Returns
    -------
    DataFrame
        Index bus_id; firm_mw_p10, firm_mw_p50, firm_mw_p90, and the same of normal_mw.
    """
    demand_mw = scenario.demand_in(layers.place.demand_mw)
    whole = base_flows(grid, layers, demand_mw)
    dry = base_flows(grid, layers, demand_mw, hydro_share=0.0)
    network = network_of(grid)
    position = pd.Series(np.arange(network.n_bus), index=grid.buses.index)
    buses = position[list(bus_ids)].to_numpy()
    draws = drawn(grid.branches, layers.place.standards, scenario.situations, scenario.seed)
    found = np.zeros((len(SERVICES), len(draws), len(buses)))
    likely: list[Pair] = []
    for done, situation in enumerate(draws):
        flows = flows_in(whole, dry, situation, network.component)
        study = Redispatch(network_in(network, situation), flows, scenario.cutoff, likely=likely)
        # What is served with nothing out bounds what is served with something out.
        normal = np.array([study.capacity(int(bus), "normal").mw for bus in buses])
        firm = np.array([study.capacity(int(bus)).mw for bus in buses])
        found[:, done] = np.minimum(firm, normal), normal
        likely = study.decisive
        tell((done + 1) / len(draws), "situations")
    spread = np.quantile(found, list(SHARES.values()), axis=1).transpose(1, 0, 2)
    table = dict(zip(QUANTILES, spread.reshape(len(QUANTILES), -1), strict=True))
    return pd.DataFrame(table, index=pd.Index(list(bus_ids), name="bus_id"))


def drawn(branches: pd.DataFrame, standards: Standards, count: int, seed: int) -> list[Situation]:
    """Draw situations of a grid whose branches are these."""
    codes, groups = pd.factorize(branches["group"])
    spread = np.where(
        branches["kind"] == "line", standards.rating_spread, standards.transformer_spread
    )
    spread = np.where(branches["rated"], 0.0, spread)
    not_counted = np.flatnonzero(~branches["counted"].to_numpy(bool))
    random = np.random.default_rng(seed)
    return [
        Situation(
            demand_share=_triangular(
                random, standards.demand_low_share, 1.0, standards.demand_high_share
            ),
            hydro_share=_triangular(
                random,
                standards.hydro_low_share,
                standards.hydro_mode_share,
                standards.hydro_high_share,
            ),
            rating_share=1.0 + spread * random.uniform(-1.0, 1.0, len(groups))[codes],
            second=not_counted[random.random(len(not_counted)) < standards.second_circuit_chance],
        )
        for _ in range(count)
    ]


def network_in(network: Network, situation: Situation) -> Network:
    """Return the network as it is in a situation; second circuits come after all branches."""
    share = situation.rating_share
    out = network.with_limits(network.limit_mw * share, network.emergency_mw * share)
    for branch in situation.second:
        out = second_circuit(out, int(branch))
    return out


def flows_in(whole: Flows, dry: Flows, situation: Situation, component: Array) -> Flows:
    """Return the base case of a situation, from the cases with all hydro capacity and with none."""
    ties = -whole.supply_min_mw
    hydro = whole.supply_max_mw - dry.supply_max_mw
    plants = dry.supply_max_mw - ties + hydro * situation.hydro_share
    demand = whole.demand_mw * situation.demand_share
    return balance(demand, plants, whole.supply_min_mw, ties, component)


def _triangular(random: np.random.Generator, low: float, mode: float, high: float) -> float:
    return low if low >= high else float(random.triangular(low, mode, high))
