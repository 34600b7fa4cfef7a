"""How sure a rank is, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from maps.frames import outgoing, records
from maps.labels import label
from maps.text import is_unknown, number, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.siting import Siting


def how_sure(site: Mapping[str, Any], siting: Siting) -> str:
    """Say in how many draws a site is in the shortlist, and between which ranks it lies."""
    share, top = site.get("top_share"), siting.sureness.top
    if is_unknown(share) or share is None:
        return ""
    if len(siting.sites) <= top:
        lead = f"All {len(siting.sites)} sites are among the first {top}."
    else:
        winner = ", a robust winner" if site.get("robust") else ""
        lead = f"Among the first {top} in {number(100 * share)} % of draws{winner}."
    low, high = number(site["rank_p10"]), number(site["rank_p90"])
    return f"{lead} Rank {low} to {high} in eight draws of ten."


def what_dethrones(siting: Siting, most: int = 3) -> list[str]:
    """Name the smallest changes of one weight that put another site first."""
    rows = siting.sureness.tipping
    rows = rows[rows["by_site_id"] != ""].head(most)
    names = dict(zip(siting.sites["site_id"], siting.sites["name"], strict=True))
    return [
        f"Weight of {_title(row.criterion)} from {number(row.weight, 2)} to "
        f"{number(row.tipping_weight, 2)}: {plain(names[row.by_site_id])} is first."
        for row in rows.itertuples()
    ]


def sureness_document(siting: Siting) -> dict[str, Any]:
    """Return what the draws say of the whole order: winners, and what would dethrone the first."""
    sure = siting.sureness
    return {
        "draws": sure.draws,
        "top": sure.top,
        "robust_winners": sure.winners,
        "tipping": records(outgoing(sure.tipping)),
    }


def _title(criterion: str) -> str:
    title = label(f"share_{criterion}").title
    return title[:1].lower() + title[1:]
