"""The mixed-integer programme of several loads under one dispatch; what is secure is told to it.

Columns are the supply of each supplier, the load of each offer, whether each offer is open, and for
each set of offers that watch pairs together whether one of them is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

from geo.errors import GridError
from geo.programme import INF, new_model

if TYPE_CHECKING:
    from geo.flow import Array

OPEN = 0.5
ABS_GAP = 1e-3
FAILED = "the programme of several sites ended as '{}'; ask for fewer sites or less power"


@dataclass(frozen=True, eq=False)
class SecurityRow:
    """A pair watched in one direction: ``supply @ dispatch + load @ loads ≤ most_mw``."""

    supply: Array
    """Coefficient of each supplier."""
    load: Array
    """Coefficient of each offer's load."""
    most_mw: float
    """Limit of the pair, and what flows without suppliers and offers."""
    watchers: Array
    """Offers, bool: the row holds if one of them is open."""
    slack_mw: float
    """By how much the row could be broken while none of them is; not positive if it cannot."""


@dataclass(frozen=True, eq=False)
class Found:
    """What a programme found."""

    supply_mw: Array
    """Of each supplier."""
    load_mw: Array
    """Of each offer."""
    opened: Array
    """Offers, bool."""
    gain: float
    """Value of what was aimed at."""
    bound: float
    """No answer is worth more."""
    duals: Array
    """Gain per MW of limit, of each security row; zero where offers were still to choose."""


class MixedProgramme:
    """Suppliers and offers of one network.

    Parameters
    ----------
    low_mw, high_mw
        Range of each supplier.
    least_mw, most_mw
        Range of each offer, if it is open.
    gap
        Share of the best answer that may be missed.
    """

    def __init__(
        self, low_mw: Array, high_mw: Array, least_mw: Array, most_mw: Array, gap: float
    ) -> None:
        suppliers, offers = len(low_mw), len(most_mw)
        self._model = new_model()
        self._model.setOptionValue("mip_rel_gap", gap)
        self._model.setOptionValue("mip_abs_gap", ABS_GAP)
        self._model.addVars(
            suppliers + 2 * offers,
            np.r_[low_mw, np.zeros(2 * offers)],
            np.r_[high_mw, most_mw, np.ones(offers)],
        )
        self._model.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self.supply = np.arange(suppliers)
        self.load = suppliers + np.arange(offers)
        self.open = suppliers + offers + np.arange(offers)
        self._security: list[int] = []
        self._groups: dict[bytes, int] = {}
        for offer in range(offers):
            pair = [self.load[offer], self.open[offer]]
            self.add_sum(pair, [1.0, -most_mw[offer]], -INF, 0.0)
            if least_mw[offer] > 0:
                self.add_sum(pair, [1.0, -least_mw[offer]], 0.0, INF)

    @property
    def security_rows(self) -> int:
        """Count the security rows."""
        return len(self._security)

    def add_sum(self, columns: object, values: object, low: float, high: float) -> int:
        """Add a row, ``low ≤ values @ columns ≤ high``, and return its position."""
        index, row = np.asarray(columns, np.int32), np.asarray(values, float)
        self._model.addRow(low, high, len(index), index, row)
        return int(self._model.getNumRow()) - 1

    def bound(self, row: int, low: float, high: float) -> None:
        """Change the range of a row."""
        self._model.changeRowBounds(row, low, high)

    def aim(self, gain_per_mw: Array, gain_per_open: Array) -> None:
        """Say what is to be as large as can be."""
        columns = np.r_[self.load, self.open].astype(np.int32)
        costs = np.r_[gain_per_mw, gain_per_open].astype(float)
        self._model.changeColsCost(len(columns), columns, costs)

    def add_secure(self, row: SecurityRow) -> None:
        """Add a security row that holds if one of its watchers is open."""
        columns, values = np.r_[self.supply, self.load], np.r_[row.supply, row.load]
        most = row.most_mw
        if row.slack_mw > 0:
            columns = np.append(columns, self._group(row.watchers))
            values, most = np.append(values, row.slack_mw), most + row.slack_mw
        self._security.append(self.add_sum(columns, values, -INF, most))

    def choose(self, allowed: Array) -> Found | None:
        """Choose offers and loads; None if nothing satisfies the rows."""
        self._set_open(np.zeros(len(allowed)), allowed, highspy.HighsVarType.kInteger)
        self._model.setOptionValue("presolve", "on")
        self._model.clearSolver()
        self._model.run()
        self._model.setOptionValue("presolve", "off")
        if self._model.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return None
        info = self._model.getInfo()
        if info.primal_solution_status != int(highspy.kSolutionStatusFeasible):
            raise GridError(FAILED.format(self._status()))
        return self._found(info.mip_dual_bound, np.zeros(len(self._security)))

    def relax(self, allowed: Array) -> Found | None:
        """Solve with offers open in part; None if nothing satisfies the rows."""
        return self._solve_linear(np.zeros(len(allowed)), allowed)

    def serve(self, opened: Array) -> Found | None:
        """Solve with these offers open and no other; None if nothing satisfies the rows."""
        return self._solve_linear(opened, opened)

    def _solve_linear(self, low: Array, high: Array) -> Found | None:
        self._set_open(low, high, highspy.HighsVarType.kContinuous)
        for solver, presolve in (("choose", "off"), ("simplex", "on"), ("ipm", "on")):
            self._model.setOptionValue("solver", solver)
            self._model.setOptionValue("presolve", presolve)
            self._model.run()
            status = self._model.getModelStatus()
            self._model.setOptionValue("solver", "choose")
            self._model.setOptionValue("presolve", "off")
            if status == highspy.HighsModelStatus.kInfeasible:
                return None
            if status == highspy.HighsModelStatus.kOptimal:
                duals = np.abs(np.array(self._model.getSolution().row_dual)[self._security])
                return self._found(self._model.getInfo().objective_function_value, duals)
            self._model.clearSolver()
        raise GridError(FAILED.format(self._status()))

    def _set_open(self, low: Array, high: Array, kind: highspy.HighsVarType) -> None:
        columns = self.open.astype(np.int32)
        low, high = low.astype(float), high.astype(float)
        self._model.changeColsIntegrality(
            len(columns), columns, np.full(len(columns), int(kind), np.uint8)
        )
        self._model.changeColsBounds(len(columns), columns, low, high)

    def _found(self, bound: float, duals: Array) -> Found:
        values = np.array(self._model.getSolution().col_value)
        gain = self._model.getInfo().objective_function_value
        return Found(
            values[self.supply],
            values[self.load],
            values[self.open] > OPEN,
            float(gain),
            float(bound),
            duals,
        )

    def _group(self, watchers: Array) -> int:
        """Return the column that says whether one of some offers is open."""
        key = watchers.tobytes()
        if key not in self._groups:
            column = int(self._model.getNumCol())
            self._model.addVar(0.0, 1.0)
            self._groups[key] = column
            for offer in np.flatnonzero(watchers):
                self.add_sum([column, self.open[offer]], [1.0, -1.0], 0.0, INF)
        return self._groups[key]

    def _status(self) -> str:
        return str(self._model.modelStatusToString(self._model.getModelStatus()))
