"""Branches are called by the names that people know."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from maps.names import branch_name, branch_names, line_of, with_branch_names

if TYPE_CHECKING:
    from geo.siting import Siting


@pytest.mark.parametrize(
    ("branch", "expected"),
    [
        ("T-L1", "Line 1"),
        ("T-L1/2", "Line 1 no. 2"),
        ("T-L9", "T-L9"),
        ("", ""),
        (np.nan, ""),
        (None, ""),
    ],
)
def test_name_of_a_branch(siting: Siting, branch: object, expected: str) -> None:
    assert branch_name(branch, branch_names(siting)) == expected


def test_names_of_the_grid_come_first(siting: Siting) -> None:
    branches = pd.DataFrame({"name": ["Station 0 420/132 kV"]}, index=["T-S0:420-132/1"])
    siting.__dict__["grid"] = SimpleNamespace(branches=branches)
    names = branch_names(siting)
    assert branch_name("T-S0:420-132/1", names) == "Station 0 420/132 kV no. 1"
    assert branch_name("T-L1", names) == "Line 1"


def test_line_of_a_circuit() -> None:
    assert line_of("L7/2") == "L7"
    assert line_of("L7") == "L7"


def test_headroom_keeps_its_ids(siting: Siting) -> None:
    frame = with_branch_names(siting.headroom, branch_names(siting))
    assert frame["limiting_branch"].tolist() == siting.headroom["limiting_branch"].tolist()
    assert frame["limiting_branch_name"].tolist()[:2] == ["Line 0 no. 2", "Line 2"]
