"""The base case made as secure as dispatch can make it, and what stays over its limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.programme import INF, new_model, run

if TYPE_CHECKING:
    import highspy

    from geo.balance import Flows
    from geo.flow import Array
    from geo.security import Security

TOLERANCE_MW = 1e-3
PAIRS_A_ROUND = 100
MAX_ROUNDS = 200


@dataclass(frozen=True)
class Congestion:
    """A pair over its limit before anything is added."""

    branch: int
    """Position of the branch."""
    outage: int
    """Label of the outage; −1 for normal operation."""
    over_mw: float
    """By how much."""
    loading: float
    """Flow over limit."""


def relieve(
    security: Security, flows: Flows, suppliers: Array
) -> tuple[Array, tuple[Congestion, ...]]:
    """Find the dispatch with the least total overload over all pairs.

    Parameters
    ----------
    security
        Pairs and their limits.
    flows
        Demand, and the range of each supplier.
    suppliers
        Buses whose supply may change.

    Returns
    -------
    dispatch_mw, congestion
        Supply of each supplier; the pairs still over their limit, worst first.
    """
    model = new_model()
    model.addVars(len(suppliers), flows.supply_min_mw[suppliers], flows.supply_max_mw[suppliers])
    _balance(model, security, flows, suppliers)
    dispatch = flows.supply_mw[suppliers]
    seen: set[tuple[int, int]] = set()
    for _ in range(MAX_ROUNDS):
        injection = -flows.demand_mw
        injection[suppliers] += dispatch
        after = security.flows(injection)
        over = np.abs(after) - security.limit_mw
        new = [pair for pair in worst_pairs(over, PAIRS_A_ROUND) if pair not in seen]
        if not new:
            break
        seen.update(new)
        for pair in new:
            _add_elastic_row(model, security, flows, suppliers, pair)
        dispatch = np.array(run(model).col_value[: len(suppliers)])
    left = tuple(
        Congestion(
            branch,
            security.label(column),
            float(over[branch, column]),
            float(abs(after[branch, column]) / security.limit_mw[branch, column]),
        )
        for branch, column in worst_pairs(over, over.size)
    )
    return dispatch, left


def worst_pairs(over_mw: Array, most: int) -> list[tuple[int, int]]:
    """List the places of a matrix that are above the tolerance, highest first."""
    flat = np.flatnonzero(over_mw > TOLERANCE_MW)
    order = flat[np.argsort(-over_mw.ravel()[flat], kind="stable")][:most]
    row, column = np.unravel_index(order, over_mw.shape)
    return list(zip(row.tolist(), column.tolist(), strict=True))


def _balance(model: highspy.Highs, security: Security, flows: Flows, suppliers: Array) -> None:
    component = security.network.component
    for label in range(component.max() + 1):
        index = np.flatnonzero(component[suppliers] == label).astype(np.int32)
        asked = float(flows.demand_mw[component == label].sum())
        if len(index):
            model.addRow(asked, asked, len(index), index, np.ones(len(index)))


def _add_elastic_row(
    model: highspy.Highs,
    security: Security,
    flows: Flows,
    suppliers: Array,
    pair: tuple[int, int],
) -> None:
    """Add a row that may be broken either way at a cost of 1 a MW."""
    limit, row = security.limit_mw[pair], security.row(*pair)
    fixed, column = row @ flows.demand_mw, model.getNumCol()
    for _ in range(2):
        model.addCol(1.0, 0.0, INF, 0, [], [])
    index = np.r_[np.arange(len(suppliers)), column, column + 1].astype(np.int32)
    values = np.r_[row[suppliers], -1.0, 1.0]
    model.addRow(fixed - limit, fixed + limit, len(index), index, values)
