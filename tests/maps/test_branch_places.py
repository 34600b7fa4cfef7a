"""Where branches are: lines by their row, transformers by their substation's."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from maps.branch_places import branch_places

if TYPE_CHECKING:
    from geo.siting import Siting


def test_lines_circuits_transformers_and_none(siting: Siting) -> None:
    grid = SimpleNamespace(
        branches=pd.DataFrame(
            {"kind": ["line", "transformer"], "from_bus": ["T-S0@420", "T-S2@420"]},
            index=["T-L0/1", "T:T-S2:420/132/1"],
        ),
        buses=pd.DataFrame(
            {"substation_id": ["T-S0", "T-S2"]}, index=pd.Index(["T-S0@420", "T-S2@420"])
        ),
    )
    asked = pd.Series(["T-L0/1", "T-L4", "T:T-S2:420/132/1", "", None, "all of them"])
    found = branch_places(
        replace(siting, grid=grid),  # type: ignore[arg-type] # as much of a grid as is read
        siting.layers.lines.frame,
        siting.layers.substations.frame,
        asked,
    )
    nan = np.nan
    np.testing.assert_array_equal(found["line"], [0, 4, nan, nan, nan, nan])
    np.testing.assert_array_equal(found["station"], [nan, nan, 2, nan, nan, nan])
