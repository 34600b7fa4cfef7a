"""The schedules of the sites, each different one once: many sites wait for the same tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from maps.frames import records

if TYPE_CHECKING:
    from geo.siting import Siting

DECIMALS: Final = 2
COLUMNS: Final = ["phase", "task", "start_months", "finish_months", "critical_share"]


def plans(siting: Siting) -> dict[str, Any]:
    """Return the tasks of the sites.

    Returns
    -------
    dict
        ``plans``: lists of tasks, each a list of phase, task, start and finish in months, and the
        share of draws in which it decides; ``of``: the position of each site's plan, in the order
        of the sites, None where it has none.
    """
    found: dict[tuple[Any, ...], int] = {}
    at = {site_id: found.setdefault(plan, len(found)) for site_id, plan in _by_site(siting).items()}
    return {
        "plans": [list(map(list, plan)) for plan in found],
        "of": [at.get(site_id) for site_id in siting.sites["site_id"]],
    }


def _by_site(siting: Siting) -> dict[str, tuple[Any, ...]]:
    tasks: dict[str, list[tuple[Any, ...]]] = {}
    if siting.gantt.empty:
        return {}
    for row in records(siting.gantt[["site_id", *COLUMNS]].round(DECIMALS)):
        tasks.setdefault(row["site_id"], []).append(tuple(row[name] for name in COLUMNS))
    return {site_id: tuple(rows) for site_id, rows in tasks.items()}
