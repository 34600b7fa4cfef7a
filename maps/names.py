"""Names that people know for the branches that limit or are overloaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.siting import Siting


def branch_names(siting: Siting) -> dict[str, str]:
    """Map branch ids to names: those of the grid, or of the lines where it was not kept."""
    lines = siting.layers.lines.frame
    names = dict(zip(lines["id"].astype(str), lines["name"].astype(str), strict=True))
    branches = getattr(siting.grid, "branches", None)
    if isinstance(branches, pd.DataFrame) and "name" in branches.columns:
        names |= dict(zip(branches.index.astype(str), branches["name"].astype(str), strict=True))
    return names


def branch_name(branch_id: object, names: Mapping[str, str]) -> str:
    """Return the name of a branch with the number of its circuit, or its id where it has none."""
    text = "" if pd.isna(branch_id) else str(branch_id)
    name = names.get(text) or names.get(line_of(text))
    number = text.rpartition("/")[2]
    if not name:
        return text
    return f"{name} no. {number}" if number != text else name


def line_of(branch_id: str) -> str:
    """Return the id of the line that a circuit belongs to: ``L7/2`` is a circuit of ``L7``."""
    return branch_id.rpartition("/")[0] or branch_id


def with_branch_names(headroom: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the headroom with the names of what limits beside the ids."""
    return headroom.assign(
        limiting_branch_name=[branch_name(value, names) for value in headroom["limiting_branch"]],
        limiting_outage_name=[branch_name(value, names) for value in headroom["limiting_outage"]],
    )
