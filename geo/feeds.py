"""Two points of connection as one supply: whether each carries the load with the other out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geo.balance import balance
from geo.flow import network_of, without
from geo.redispatch import Redispatch

if TYPE_CHECKING:
    from geo.balance import Flows
    from geo.flow import Network
    from geo.grid import GridGraph
    from geo.redundancy import Paths


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
    _topology: dict[frozenset[str], bool] = field(default_factory=dict)
    _without: dict[str, Redispatch] = field(default_factory=dict)
    _alone: dict[tuple[str, str], bool] = field(default_factory=dict)

    def hold(self, one: str, other: str) -> bool:
        """Say whether two buses give 2N."""
        stations = [str(self.grid.buses.at[bus, "substation_id"]) for bus in (one, other)]
        if stations[0] == stations[1] or not self._separate(*stations):
            return False
        return self._carries(one, stations[1]) and self._carries(other, stations[0])

    def _separate(self, one: str, other: str) -> bool:
        key = frozenset((one, other))
        if key not in self._topology:
            self._topology[key] = self.paths.separate(*sorted(key))
        return self._topology[key]

    def _carries(self, bus_id: str, lost: str) -> bool:
        key = (bus_id, lost)
        if key not in self._alone:
            study = self._study_without(lost)
            bus = self.grid.buses.index.get_loc(bus_id)
            self._alone[key] = study.capacity(int(bus), "normal").mw >= self.load_mw - 1e-3
        return self._alone[key]

    def _study_without(self, station: str) -> Redispatch:
        if station not in self._without:
            gone = (self.grid.buses["substation_id"] == station).to_numpy()
            network, flows = self._network, self.flows
            outward = np.flatnonzero(gone[network.tail] != gone[network.head])
            # On its last line the station hangs without a load: as good as gone.
            rest = without(network, outward[1:])
            ties = np.where(gone, 0.0, -flows.supply_min_mw)
            plants = np.where(gone, 0.0, flows.supply_max_mw + flows.supply_min_mw)
            demand = np.where(gone, 0.0, flows.demand_mw)
            base = balance(demand, plants, -ties, ties, rest.component)
            self._without[station] = Redispatch(rest, base, self.cutoff)
        return self._without[station]

    @cached_property
    def _network(self) -> Network:
        return network_of(self.grid)
