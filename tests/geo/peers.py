"""The same networks in an independent program, PyPSA; for tests and benchmarks."""

from __future__ import annotations

import pypsa


def as_pypsa(net, base, *, load_at=None):
    """Build the same network; the load asked for is a negative generator that earns 1 a MW."""
    peer = pypsa.Network()
    peer.add("Bus", list(net.bus_ids), v_nom=1.0)
    peer.add(
        "Line",
        list(net.branch_ids),
        bus0=[net.bus_ids[bus] for bus in net.tail],
        bus1=[net.bus_ids[bus] for bus in net.head],
        x=1.0 / net.susceptance_mw,
        r=0.0001,
        s_nom=net.limit_mw,
    )
    for bus in range(net.n_bus):
        peer.add("Load", f"d{bus}", bus=net.bus_ids[bus], p_set=base.demand_mw[bus])
        # A set point would be a constraint of the optimisation; only the plain flow needs it.
        point = {} if load_at is not None else {"p_set": base.supply_mw[bus]}
        capacity = base.supply_max_mw[bus]
        least = base.supply_min_mw[bus] / capacity if capacity else 0.0
        peer.add(
            "Generator",
            f"g{bus}",
            bus=net.bus_ids[bus],
            p_nom=capacity,
            p_min_pu=least,
            **point,
        )
    if load_at is not None:
        peer.add(
            "Generator",
            "asked",
            bus=net.bus_ids[load_at],
            p_nom=10_000.0,
            p_min_pu=-1.0,
            p_max_pu=0.0,
            marginal_cost=1.0,
        )
    return peer


def secure_load_mw(net, base, bus):
    """Most load at a bus by PyPSA's security-constrained optimisation."""
    peer = as_pypsa(net, base, load_at=bus)
    status, condition = peer.optimize.optimize_security_constrained(
        branch_outages=[net.branch_ids[branch] for branch in net.outages],
        solver_name="highs",
        output_flag=False,
    )
    assert (status, condition) == ("ok", "optimal")
    return -float(peer.generators_t.p["asked"].iloc[0])
