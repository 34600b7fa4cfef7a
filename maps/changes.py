"""What is new, gone, moved up or moved down since an earlier pack, and why."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.criteria import CRITERIA
from geo.errors import MissingFileError
from maps.documents import scenario
from maps.frames import known, outgoing, records
from maps.labels import label
from maps.text import plain

if TYPE_CHECKING:
    from pathlib import Path

    from geo.criteria import Criterion
    from geo.siting import Siting

    Row = dict[str, Any]

ANSWER: Final = "answer.json"
COLUMNS: Final = (
    "site_id", "name", "change", "rank_before", "rank_now", "grade_before", "grade_now",
    "score_before", "score_now", "criterion", "measure", "value_before", "value_now", "points",
    "why",
)  # fmt: skip
LEAST_POINTS: Final = 0.05
"""A smaller change of a share is no reason."""
KM_PER_DEGREE: Final = 111.2
"""Of latitude."""


@dataclass(frozen=True)
class Reason:
    """The measure that changed a score most."""

    criterion: Criterion
    before: object
    now: object
    points: float


def changes(siting: Siting, earlier: Path) -> pd.DataFrame:
    """Compare the shortlist with that of an earlier pack.

    Parameters
    ----------
    siting
        The answer of now, all sites of which are looked at.
    earlier
        Folder of the earlier pack.

    Returns
    -------
    DataFrame
        A row for each site of either shortlist, those of now first; ``change`` is new, gone, moved
        up, moved down or stays.

    Raises
    ------
    MissingFileError
        If there is no readable answer in the folder.
    """
    then = read_answer(earlier)
    before = {row["site_id"]: row for row in then["sites"]}
    ranked = {row["site_id"]: row for row in records(outgoing(siting.sites))}
    shown = [row for row in ranked.values() if row["rank"] <= siting.scenario.top]
    asked = _asked_otherwise(then["scenario"], scenario(siting))
    rows = [_row(before.get(row["site_id"]), row, asked, siting.scenario.top) for row in shown]
    listed = {row["site_id"] for row in shown}
    for site_id, row in before.items():
        if site_id not in listed:
            rows.append(_row(row, ranked.get(site_id), asked, siting.scenario.top))
            if site_id not in ranked:
                rows[-1]["why"] += _neighbour(row, siting)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype(dict.fromkeys(("rank_before", "rank_now"), "Int64"))


def read_answer(folder: Path) -> dict[str, Any]:
    """Return sites and scenario of an earlier pack.

    Raises
    ------
    MissingFileError
        If there is no readable answer in the folder.
    """
    try:
        found = json.loads((folder / ANSWER).read_text(encoding="utf-8"))
        rows = [{str(key): value for key, value in row.items()} for row in found["sites"]]
        for row in rows:
            row |= {"site_id": str(row["site_id"]), "rank": int(row["rank"])}
        return {"sites": rows, "scenario": dict(found["scenario"])}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MissingFileError(
            f"'{folder}' holds no pack to compare with ({ANSWER} is not there or not readable); "
            "name a folder that powersite export or powersite site has written"
        ) from error


def _row(before: Row | None, now: Row | None, asked: str, top: int) -> Row:
    either = now or before or {}
    reason = _reason(before, now) if before and now else None
    change = _change(before, now, top)
    return {
        "site_id": either["site_id"],
        "name": plain(either.get("name", "")),
        "change": change,
        **_pair("rank", before, now),
        **_pair("grade", before, now),
        **_pair("score", before, now),
        "criterion": reason.criterion.name if reason else "",
        "measure": reason.criterion.column if reason else "",
        "value_before": "" if reason is None else _text(reason.before),
        "value_now": "" if reason is None else _text(reason.now),
        "points": None if reason is None else round(reason.points, 3),
        "why": _why(before, now, reason, asked, top),
    }


def _pair(name: str, before: Row | None, now: Row | None) -> Row:
    return {
        f"{name}_before": before.get(name) if before else None,
        f"{name}_now": now.get(name) if now else None,
    }


def _change(before: Row | None, now: Row | None, top: int) -> str:
    if before is None:
        return "new"
    if now is None or now["rank"] > top:
        return "gone"
    moved = now["rank"] - before["rank"]
    return "stays" if moved == 0 else "moved down" if moved > 0 else "moved up"


def _reason(before: Row, now: Row) -> Reason | None:
    """Return the criterion whose share changed most, in the direction of the score first."""
    found = [
        Reason(one, before.get(one.column), now.get(one.column), points)
        for one in CRITERIA
        if abs(points := _share(now, one) - _share(before, one)) >= LEAST_POINTS
    ]
    return max(found, key=lambda one: abs(one.points), default=None)


def _why(before: Row | None, now: Row | None, reason: Reason | None, asked: str, top: int) -> str:
    parts = [asked] if asked else []
    if now is None:
        parts.append("no longer among the sites")
    elif before is None:
        parts.append("was not in the earlier shortlist")
    if before and now:
        if now["rank"] > top:
            parts.append(f"still a site, now at rank {now['rank']} and out of the shortlist")
        if before.get("grade") != now.get("grade"):
            parts.append(f"grade {before.get('grade')} became {now.get('grade')}")
        if reason:
            parts.append(_sentence(reason))
        elif before["rank"] != now["rank"]:
            parts.append("itself as before; others moved")
    return "; ".join(parts)


def _neighbour(gone: Row, siting: Siting) -> str:
    """Name the site that is now within the spacing of one that is gone, and so stands for it."""
    sites = siting.sites
    lon, lat = known(gone.get("lon")), known(gone.get("lat"))
    if lon is None or lat is None or sites.empty:
        return ""
    east = (sites["lon"] - lon) * math.cos(math.radians(lat))
    away_km = KM_PER_DEGREE * np.hypot(east, sites["lat"] - lat)
    nearest = away_km.idxmin()
    if away_km[nearest] > siting.scenario.spacing_km:
        return "; barred or out of reach now, as no site is near"
    site = sites.loc[nearest]
    return (
        f"; {site['site_id']} ({plain(site['name'])}), {away_km[nearest]:.0f} km away, ranks "
        "better now and stands for it"
    )


def _sentence(reason: Reason) -> str:
    shown = label(reason.criterion.column)
    before, now = (
        shown.show(value) if isinstance(value, (int, float)) else _text(value) or "unknown"
        for value in (reason.before, reason.now)
    )
    title = shown.title if shown.title[:2].isupper() else shown.title[0].lower() + shown.title[1:]
    words = f"{title} {before} became {now}"
    if before == now:
        words = f"{title} counts differently"
    return f"{words} ({reason.points:+.1f} points)"


def _asked_otherwise(then: Row, now: Row) -> str:
    """Say how the question differs."""
    changed = [
        f"{name} {_text(then.get(name)) or 'unset'} became {_text(value) or 'unset'}"
        for name, value in now.items()
        if name != "top" and then.get(name) != value
    ]
    return f"the question changed: {', '.join(changed)}" if changed else ""


def _share(row: Row, criterion: Criterion) -> float:
    return float(known(row.get(f"share_{criterion.name}")) or 0.0)


def _text(value: object) -> str:
    if known(value) is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else plain(value)
