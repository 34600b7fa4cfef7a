"""What the land of a place is like, on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from maps.documents import SCHEMA_VERSION, json_text
from maps.frames import records

if TYPE_CHECKING:
    from geo.land_summary import LandSummary

WIDTH = 24


def land_text(summary: LandSummary, fmt: str = "table") -> str:
    """Write the summary as a table or as JSON."""
    if fmt == "json":
        content: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "cell_m": summary.cell_m,
            "land_km2": summary.land_km2,
            "barred": records(summary.barred),
            "measures": records(summary.measures),
        }
        return json_text(content)
    lines = [f"{summary.land_km2:,.0f} km² of land on cells of {summary.cell_m:g} m", ""]
    lines += [f"{'Barred by':<{WIDTH}}{'km²':>12}{'Share':>8}"]
    lines += [
        f"{row['reason']:<{WIDTH}}{row['km2']:>12,.0f}{row['share']:>8.1%}"
        for row in records(summary.barred)
    ]
    lines += ["", f"{'Where buildable':<{WIDTH}}{'Known':>8}{'Least':>12}{'Mean':>12}{'Most':>12}"]
    lines += [
        f"{row['measure']:<{WIDTH}}{row['known_share']:>8.0%}"
        + "".join(
            f"{'unknown' if row[part] is None else format(row[part], ',.2f'):>12}"
            for part in ("low", "mean", "high")
        )
        for row in records(summary.measures)
    ]
    return "\n".join(lines) + "\n"
