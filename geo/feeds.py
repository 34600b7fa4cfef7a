"""Two points of connection as one supply: whether each carries the load with the other out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from geo.balance import balance
from geo.flow import apart, network_of, without
from geo.linear import linear_headroom
from geo.redispatch import Redispatch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from geo.balance import Flows
    from geo.flow import Network
    from geo.grid import GridGraph
    from geo.redundancy import Paths
    from geo.scenario import Mode

    Normal = Callable[[int], float]


@dataclass(frozen=True, eq=False)
class TwoFeeds:
    """Answers about pairs of points of connection, each worked out once."""

    grid: GridGraph
    """The network."""
    flows: Flows
    """Its base case."""
    paths: Paths
    """Disjoint paths to strong sources."""
    load_mw: float
    """What each point has to carry alone."""
    cutoff: float
    """Smallest monitored factor."""
    linear: Mode | None = None
    """Limits of the linear method, where the network is too large for another dispatch."""
    _topology: dict[frozenset[str], bool] = field(default_factory=dict)
    _alone: dict[tuple[str, str], bool] = field(default_factory=dict)

    def hold(self, one: str, other: str) -> bool:
        """Say whether two buses give 2N."""
        return bool(self.held({(one, other)}))

    def held(self, pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return which pairs of buses give 2N.

        Asked station by station, so that the network without one is held only while it is asked.
        """
        left: set[tuple[str, str]] = set()
        asked: dict[str, list[tuple[str, tuple[str, str]]]] = {}
        for pair in sorted(pairs):
            stations = [str(self.grid.buses.at[bus, "substation_id"]) for bus in pair]
            if stations[0] != stations[1] and self._separate(*stations):
                left.add(pair)
                for bus, lost in zip(pair, reversed(stations), strict=True):
                    asked.setdefault(lost, []).append((bus, pair))
        for lost in sorted(asked):
            without = cache(lambda lost=lost: self._without(lost))
            for bus, pair in asked[lost]:
                if pair in left and not self._carries(bus, lost, without):
                    left.remove(pair)
        return left

    def _separate(self, one: str, other: str) -> bool:
        key = frozenset((one, other))
        if key not in self._topology:
            self._topology[key] = self.paths.separate(*sorted(key))
        return self._topology[key]

    def _carries(self, bus_id: str, lost: str, without: Callable[[], Normal]) -> bool:
        key = (bus_id, lost)
        if key not in self._alone:
            bus = int(self.grid.buses.index.get_loc(bus_id))
            self._alone[key] = without()(bus) >= self.load_mw - 1e-3
        return self._alone[key]

    def _without(self, station: str) -> Normal:
        """Return how much load a bus takes in the network without a station."""
        gone = (self.grid.buses["substation_id"] == station).to_numpy()
        network, flows = self._network, self.flows
        outward = np.flatnonzero(gone[network.tail] != gone[network.head])
        # On its last line the station hangs without a load: as good as gone.
        rest = apart(network, outward[1:]) if self.linear else without(network, outward[1:])
        ties = np.where(gone, 0.0, -flows.supply_min_mw)
        plants = np.where(gone, 0.0, flows.supply_max_mw + flows.supply_min_mw)
        demand = np.where(gone, 0.0, flows.demand_mw)
        base = balance(demand, plants, -ties, ties, rest.component)
        if self.linear:
            return partial(self._at_fixed_dispatch, rest, base, self.linear)
        study = Redispatch(rest, base, self.cutoff)
        return lambda bus: study.capacity(bus, "normal").mw

    def _at_fixed_dispatch(self, network: Network, flows: Flows, mode: Mode, bus: int) -> float:
        answers, _, _ = linear_headroom(
            network, flows, np.array([bus]), mode=mode, cutoff=self.cutoff, tell=lambda *_: None
        )
        return float(answers.normal_mw[0])

    @cached_property
    def _network(self) -> Network:
        return network_of(self.grid)
