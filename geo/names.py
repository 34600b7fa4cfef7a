"""What people call the branches of a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from geo.grid import GridGraph


def branch_labels(grid: GridGraph) -> pd.Series:
    """Name every branch; one of several circuits or units is told by its number."""
    branches = grid.branches
    several = branches["group"].duplicated(keep=False)
    number = branches.index.str.extract(r"/(\d+)$", expand=False)
    return _with_voltage(branches) + np.where(several, " no. " + number.astype(str), "")


def line_labels(grid: GridGraph) -> pd.Series:
    """Name every line as a whole, by its id."""
    return _with_voltage(grid.branches.drop_duplicates("group").set_index("group"))


def _with_voltage(branches: pd.DataFrame) -> pd.Series:
    is_line = branches["kind"] == "line"
    voltage = branches["voltage_kv"].map(" {:g} kV".format)
    return branches["name"] + np.where(is_line, voltage, "")
