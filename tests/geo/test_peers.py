"""Our answers beside those of independent programs."""

from __future__ import annotations

import numpy as np
import pytest

from geo.flow import after_outages, dc_flows, outage_effects
from geo.redispatch import Redispatch
from tests.geo.nets import random_base, random_mesh
from tests.geo.peers import as_pypsa, secure_load_mw

pytest.importorskip("pypsa")
pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.mark.parametrize(("n_bus", "seed", "buses"), [(12, 3, (0, 4, 9)), (30, 5, (0, 7, 19, 28))])
def test_redispatch_equals_security_constrained_optimisation(n_bus, seed, buses) -> None:
    net, base = random_mesh(n_bus, seed), random_base(n_bus, seed)
    study = Redispatch(net, base, 0.0)
    assert not study.congestion
    ours = [study.capacity(bus).mw for bus in buses]
    theirs = [secure_load_mw(net, base, bus) for bus in buses]
    assert ours == pytest.approx(theirs, rel=1e-4, abs=1e-3)


@pytest.mark.slow
def test_redispatch_equals_security_constrained_optimisation_on_100_buses() -> None:
    net, base = random_mesh(100, 11), random_base(100, 11)
    study = Redispatch(net, base, 0.0)
    assert not study.congestion
    for bus in (0, 33, 71):
        ours = study.capacity(bus).mw
        assert ours == pytest.approx(secure_load_mw(net, base, bus), rel=1e-4, abs=1e-3)


def test_flows_and_outages_equal_pypsa_on_100_buses() -> None:
    net, base = random_mesh(100, 7), random_base(100, 7)
    peer = as_pypsa(net, base)
    peer.lpf()
    part = peer.c.sub_networks.static.obj.iloc[0]
    part.calculate_BODF()
    names = list(net.branch_ids)
    order = [part.branches_i().get_loc(("Line", name)) for name in names]
    flow = peer.lines_t.p0.iloc[0][names].to_numpy(float)
    effects = outage_effects(net, base.supply_max_mw, base.supply_max_mw)
    ours = dc_flows(net, base.injection_mw)
    theirs = flow[:, None] + part.BODF[np.ix_(order, order)] * flow[None, :]
    assert ours == pytest.approx(flow, abs=1e-6)
    assert after_outages(effects, ours) == pytest.approx(theirs, abs=1e-6)
