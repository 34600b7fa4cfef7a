"""The linear programme of one connected part: the most load at a bus under some dispatch.

Columns are the dispatch of each supplier, the load, and for a flexible load how much of it is cut
after an outage. Security rows are added as they are needed and taken away for the next bus.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

from geo.errors import GridError

if TYPE_CHECKING:
    from geo.flow import Array

INF = highspy.kHighsInf


@dataclass(frozen=True, eq=False)
class Rows:
    """Security rows for one bus.

    ``low ≤ supply @ dispatch + load · mw + cut · curtailed ≤ high``
    """

    supply: Array
    """row × supplier."""
    load: Array
    """Coefficient of the load."""
    low: Array
    """Least value, MW."""
    high: Array
    """Most value, MW."""
    cut: Array
    """Coefficient of what is curtailed after the row's outage."""
    outage: Array
    """Outage of each row whose loss may curtail the load, −1 for none."""


@dataclass(frozen=True, eq=False)
class Solution:
    """What a programme found."""

    load_mw: float
    """Most load."""
    dispatch_mw: Array
    """Of each supplier."""
    duals: Array
    """MW of load per MW of limit, of each security row."""
    curtailed_mw: dict[int, float]
    """Load cut after each outage that asks for it."""


class Programme:
    """One connected part, solved for one bus after another.

    Parameters
    ----------
    low_mw, high_mw
        Range of each supplier.
    demand_mw
        Demand of the part beside the load asked for.
    """

    def __init__(self, low_mw: Array, high_mw: Array, demand_mw: float) -> None:
        self._suppliers = len(low_mw)
        self._model = new_model()
        self._model.addVars(self._suppliers + 1, np.r_[low_mw, 0.0], np.r_[high_mw, 0.0])
        self._model.changeColCost(self._suppliers, 1.0)
        self._model.changeObjectiveSense(highspy.ObjSense.kMaximize)
        index = np.arange(self._suppliers + 1, dtype=np.int32)
        values = np.r_[np.ones(self._suppliers), -1.0]
        self._model.addRow(demand_mw, demand_mw, len(index), index, values)
        self._security: list[int] = []
        self._cut_column: dict[int, int] = {}

    def aim(self, bound_mw: float) -> None:
        """Begin anew for a bus whose load is at most the bound."""
        rows, columns = self._model.getNumRow(), self._model.getNumCol()
        if rows > 1:
            self._model.deleteRows(rows - 1, np.arange(1, rows, dtype=np.int32))
        first = self._suppliers + 1
        if columns > first:
            self._model.deleteCols(columns - first, np.arange(first, columns, dtype=np.int32))
        self._security, self._cut_column = [], {}
        self.bound(bound_mw)

    def bound(self, bound_mw: float) -> None:
        """Let the load be at most the bound."""
        self._model.changeColBounds(self._suppliers, 0.0, bound_mw)

    def add(self, rows: Rows) -> None:
        """Add security rows."""
        if len(rows.low) == 0:
            return
        for outage in dict.fromkeys(rows.outage[rows.outage >= 0].tolist()):
            if outage not in self._cut_column:
                self._add_curtailment(outage)
        count, width = len(rows.low), self._model.getNumCol()
        values = np.zeros((count, width))
        values[:, : self._suppliers] = rows.supply
        values[:, self._suppliers] = rows.load
        for at in np.flatnonzero(rows.outage >= 0):
            values[at, self._cut_column[int(rows.outage[at])]] = rows.cut[at]
        first = self._model.getNumRow()
        start = np.arange(count, dtype=np.int32) * width
        index = np.tile(np.arange(width, dtype=np.int32), count)
        self._model.addRows(count, rows.low, rows.high, values.size, start, index, values.ravel())
        self._security += range(first, first + count)

    def solve(self) -> Solution:
        """Solve from where the last solution left off.

        Raises
        ------
        GridError
            If the solver finds no answer.
        """
        solution = run(self._model)
        values = np.array(solution.col_value)
        return Solution(
            float(values[self._suppliers]),
            values[: self._suppliers],
            np.abs(np.array(solution.row_dual)[self._security]),
            {outage: float(values[at]) for outage, at in self._cut_column.items()},
        )

    def _add_curtailment(self, outage: int) -> None:
        """Add what is cut of the load after an outage: between nothing and all of it."""
        column = self._model.getNumCol()
        self._model.addVar(0.0, INF)
        index = np.array([self._suppliers, column], dtype=np.int32)
        self._model.addRow(0.0, INF, 2, index, np.array([1.0, -1.0]))
        self._cut_column[outage] = column


def new_model() -> highspy.Highs:
    """Return an empty programme for small, dense rows: one thread and no presolve."""
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)  # noqa: FBT003 -- its only form
    model.setOptionValue("threads", 1)
    model.setOptionValue("presolve", "off")
    return model


def run(model: highspy.Highs) -> highspy.HighsSolution:
    """Solve from the last basis; should that lose its footing, from scratch, then otherwise.

    Raises
    ------
    GridError
        If no method finds the optimum.
    """
    status = ""
    for solver, presolve in (("choose", "off"), ("simplex", "on"), ("ipm", "on")):
        model.setOptionValue("solver", solver)
        model.setOptionValue("presolve", presolve)
        model.run()
        if model.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            model.setOptionValue("solver", "choose")
            model.setOptionValue("presolve", "off")
            return model.getSolution()
        status = model.modelStatusToString(model.getModelStatus())
        model.clearSolver()
    raise GridError(
        f"headroom: the dispatch programme ended as '{status}'; check demand and supply"
    )
