"""The sites that a page can hold, and what it says of the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from geo.siting import Siting

MOST_SITES: Final = 50_000


def best_sites(siting: Siting) -> Siting:
    """Return the answer with the sites that a page can hold: the best, and that of each region."""
    frame = siting.sites
    if len(frame) <= MOST_SITES:
        return siting
    kept = np.arange(len(frame)) < MOST_SITES
    kept |= frame["site_id"].isin(siting.regions["best_site_id"]).to_numpy()
    return replace(siting, sites=frame[kept].reset_index(drop=True))


def sites_left_out(siting: Siting) -> list[str]:
    """Say that the map does not show all sites, where it does not."""
    if len(siting.sites) <= MOST_SITES:
        return []
    every = f"{len(siting.sites):,} sites"
    return [f"The map shows the best {MOST_SITES:,} of {every}, and the best of each region."]
