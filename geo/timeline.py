"""Months to power: the tasks of a new connection against the conversion of an energised campus.

A developer works at his own risk from the first day: permits, orders and building run beside the
study, and only works on site (the last share of a line, a bay, a station) wait for its answer.
Power flows when all is built and tested. A campus with megawatts enough is only converted, and its
conversion holds its tests. A rule of the jurisdiction delays everything.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo import policy
from geo.tasks import Network, Task, schedule

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.kinds import Layers
    from geo.rows import Duration
    from geo.standards import Standards

SHORT_TIE_KM: Final = 5.0
LONG_TIE_KM: Final = 25.0
LINES: Final = ("line under 5 km", "line 5 to 25 km", "line over 25 km")
STUDY: Final = "study and queue"

NEW: Final = "new connection"
READY: Final = "conversion"
SECOND: Final = "conversion, then a second feed"
MIXED: Final = "conversion, then a new connection"
PHASES: Final = {
    NEW: (("power", "new"),),
    READY: (("power", "ready"),),
    SECOND: (("power", "ready"), ("second feed", "feed")),
    MIXED: (("first phase", "ready"), ("whole load", "new")),
}
"""Way to power: its phases, each with the kind of network that it takes."""
POWER: Final = {NEW: "new", READY: "ready", SECOND: "ready", MIXED: "new"}
"""Way to power: the network after which the load is served."""
KINDS: Final = ("new", "feed", "ready")
MONTHS: Final = ["months_p10", "months_p50", "months_p90"]
TIME_COLUMNS: Final = [
    "way", "feed", "circuits", "new_station", "second_tie_km", "critical_task", "critical_share",
]  # fmt: skip
GANTT_COLUMNS: Final = [
    "site_id", "phase", "task", "start_months", "finish_months", "critical_share",
]  # fmt: skip


def months_to_power(ways: pd.DataFrame, kind: pd.Series, layers: Layers, seed: int) -> pd.DataFrame:
    """Return when each connection is done and what decides it.

    Parameters
    ----------
    ways
        tie_km, second_tie_km (unknown where only one line is built), new_station (whether the
        existing station has too few bays), region.
    kind
        Network of each: ``new``, of two lines the longer; ``feed``, a new connection without
        buildings, of two lines the second; or ``ready``.
    layers
        Durations, and rules that delay.
    seed
        Seed of the draws.

    Returns
    -------
    DataFrame
        months_p10, months_p50, months_p90, critical_task, critical_share; same index. Many links
        share few networks, so that each is worked out once.
    """
    codes, which = np.unique(_codes(ways, kind), return_inverse=True)
    standards = layers.place.standards
    found = [schedule(_network(int(code), standards), seed) for code in codes]
    months = np.array([one.months for one in found]).reshape(-1, len(MONTHS))[which]
    delay_months = policy.delay_months(ways["region"], layers).to_numpy()[:, None]
    out = pd.DataFrame(months + delay_months, columns=MONTHS, index=ways.index)
    return out.assign(
        critical_task=np.array([one.critical.task for one in found], dtype=object)[which],
        critical_share=np.array([one.critical.critical_share for one in found])[which],
    )


def gantt(sites: pd.DataFrame, layers: Layers, seed: int) -> pd.DataFrame:
    """Return every task of some sites on the time axis.

    Parameters
    ----------
    sites
        site_id, way, and the columns that `months_to_power` takes.
    layers, seed
        As `months_to_power`.

    Returns
    -------
    DataFrame
        site_id, phase, task, start_months (median of the earliest start), finish_months (median),
        critical_share. Rules of the jurisdiction come first.
    """
    codes = {kind: _codes(sites, pd.Series(kind, index=sites.index)) for kind in KINDS}

    @cache
    def bars(code: int, region: str) -> list[tuple[str, float, float, float]]:
        return _bars(code, region, layers, seed)

    rows = [
        (site_id, phase, *bar)
        for at, (site_id, way, region) in enumerate(
            zip(sites["site_id"], sites["way"], sites["region"], strict=True)
        )
        for phase, kind in PHASES[way]
        for bar in bars(int(codes[kind][at]), region)
    ]
    return pd.DataFrame(rows, columns=GANTT_COLUMNS)


def _bars(
    code: int, region: str, layers: Layers, seed: int
) -> list[tuple[str, float, float, float]]:
    rules = policy.rules_at(region, layers)
    waits = rules[rules["delay_months"].notna()]
    ends = waits["delay_months"].cumsum()
    begin = float(waits["delay_months"].sum())
    delays = [
        (f"rule: {topic}", float(end - months), float(end), 1.0)
        for topic, months, end in zip(waits["topic"], waits["delay_months"], ends, strict=True)
    ]
    bars = schedule(_network(code, layers.place.standards), seed).bars
    return delays + [
        (bar.task, begin + bar.start_months, begin + bar.finish_months, bar.critical_share)
        for bar in bars
    ]


def _codes(ways: pd.DataFrame, kind: pd.Series) -> Array:
    """Give each network a number: what is built, and for a connection its line and station."""
    what = kind.map({name: code for code, name in enumerate(KINDS)}).to_numpy(int)
    first_km, second_km = (ways[name].to_numpy(float) for name in ("tie_km", "second_tie_km"))
    both_km = np.fmax(first_km, second_km)
    second_km = np.where(np.isnan(second_km), first_km, second_km)
    tie_km = np.where(what == KINDS.index("feed"), second_km, both_km)
    # An unknown length is not rewarded.
    line = np.select([tie_km < SHORT_TIE_KM, tie_km <= LONG_TIE_KM], [0, 1], 2)
    station = ways["new_station"].to_numpy(bool).astype(int)
    built = what != KINDS.index("ready")
    return (what * 2 + station * built) * len(LINES) + line * built


def _network(code: int, standards: Standards) -> Network:
    rest, line = divmod(code, len(LINES))
    what, station = divmod(rest, 2)
    if KINDS[what] == "ready":
        return (Task("conversion", standards.duration("conversion")),)
    bay = standards.duration("new substation" if station else "new bay")
    building = building_task(standards) if KINDS[what] == "new" else None
    return new_connection(standards, standards.duration(LINES[line]), bay, building)


def new_connection(
    standards: Standards, line: Duration, bay: Duration, building: Duration | None
) -> Network:
    """Return the tasks of a new connection.

    Parameters
    ----------
    standards
        Further durations, and what waits for the study.
    line, bay
        Duration of permits and tie-line, and of the bay or the new station.
    building
        Duration of the campus; None where it stands.
    """
    order_after = (STUDY,) if standards.order_after_study else ()
    build_after = (STUDY,) if standards.build_after_study else ()
    share = standards.works_share
    works_after = (STUDY,) if share > 0 else ()
    tasks = [
        Task(STUDY, standards.duration("study")),
        Task("permits and tie-line", line, order_after, works_after, share),
        Task("transformer", standards.duration("transformer"), order_after),
        Task(bay.task, bay, order_after, works_after, share),
    ]
    if building is not None:
        tasks.append(Task("building", building, build_after))
    last = standards.duration("commissioning")
    if last.max_months > 0:
        tasks.append(Task("commissioning", last, tuple(task.name for task in tasks)))
    return tuple(tasks)


def building_task(standards: Standards) -> Duration:
    """Return how long the campus takes to build, in parallel where the place says so."""
    task = standards.building_class().build
    return standards.duration(
        "build in parallel" if task == "build" and standards.build_in_parallel else task
    )
