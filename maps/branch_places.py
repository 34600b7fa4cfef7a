"""Where on the map a branch is: a line by its row, a transformer by its substation's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from maps.names import line_of

if TYPE_CHECKING:
    from geo.siting import Siting


def branch_places(
    siting: Siting, lines: pd.DataFrame, stations: pd.DataFrame, branches: pd.Series
) -> pd.DataFrame:
    """Return where some branches are.

    Parameters
    ----------
    siting
        The answer.
    lines, stations
        As the page is given them.
    branches
        Ids; '' is none.

    Returns
    -------
    DataFrame
        Same index; ``line``, the position among the lines, and ``station``, that among
        the stations; each NaN where the branch is none of the kind.
    """
    line_ids = lines["id"].astype(str)
    rows = dict(zip(line_ids, range(len(line_ids)), strict=True))
    houses = dict(zip(stations["id"].astype(str), range(len(stations)), strict=True))
    home = _transformer_homes(siting)
    ids = branches.fillna("").astype(str)
    found = {
        "line": [rows.get(one, rows.get(line_of(one))) for one in ids],
        "station": [houses.get(home.get(one, "")) for one in ids],
    }
    return pd.DataFrame(found, index=branches.index, dtype=float)


def _transformer_homes(siting: Siting) -> dict[str, str]:
    branches = getattr(siting.grid, "branches", None)
    if not isinstance(branches, pd.DataFrame):
        return {}
    units = branches[branches["kind"] == "transformer"]
    home = units["from_bus"].map(siting.grid.buses["substation_id"])
    return dict(zip(units.index.astype(str), home.astype(str), strict=True))
