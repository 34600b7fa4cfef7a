"""What people call the branches of a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

CONGESTION_COLUMNS = ["branch", "branch_name", "outage", "outage_name", "over_mw", "loading"]

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


def branch_names(ids: pd.Series, grid: GridGraph) -> pd.Series:
    """Return the names of branches; outages of several go by their own name, '' is nothing."""
    return ids.map(branch_labels(grid)).where(ids.isin(grid.branches.index), ids)


def named_congestion(congestion: pd.DataFrame, grid: GridGraph) -> pd.DataFrame:
    """Return pairs over their limit in the congestion columns of the house."""
    names = {f"{end}_name": branch_names(congestion[end], grid) for end in ("branch", "outage")}
    return congestion.assign(**names)[CONGESTION_COLUMNS]


def _with_voltage(branches: pd.DataFrame) -> pd.Series:
    is_line = branches["kind"] == "line"
    voltage = branches["voltage_kv"].map(" {:g} kV".format)
    return branches["name"] + np.where(is_line, voltage, "")
