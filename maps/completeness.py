"""How complete a place is, for the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from maps.frames import records
from maps.text import number, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.completeness import Completeness


MOST: Final = 12


def completeness_text(found: Completeness) -> str:
    """Write what is known layer by layer, what was set by a rule, and kilometres by voltage."""
    return "\n".join(_lines(found)) + "\n"


def known_rows(found: Completeness | None) -> dict[str, Any] | None:
    """Return how complete a place is as plain values, for the page; None if nobody looked."""
    if found is None:
        return None
    order = [row.layer for row in found.known]
    km = found.km_by_voltage.reset_index().round(3)
    return {
        "layers": [
            {
                "layer": row.layer,
                "what": row.what.replace(" ", "_"),
                "rows": row.rows,
                "known": row.known,
            }
            for row in sorted(found.known, key=lambda row: order.index(row.layer))
        ],
        "kilometres": records(km),
        "rules": [
            {"layer": layer, "rule": rule, "rows": count}
            for (layer, rule), count in found.rules.items()
        ],
        "parts": found.parts,
        "largest_part": found.largest_part if found.parts else None,
        "published_note": found.published_note,
    }


def _lines(found: Completeness) -> Iterator[str]:
    yield "Known, of the rows of each layer:"
    for row in found.known:
        share = _percent(row.share) if row.rows else "no rows"
        yield f"  {row.layer:<14}{row.what:<26}{row.known:>8,} of {row.rows:>7,}  {share:>5}"
    if found.rules:
        yield "Set by a rule, because the data do not say:"
        for (layer, rule), count in found.rules.items():
            yield f"  {layer:<14}{plain(rule):<44}{count:>8,}"
    yield "Route kilometres by voltage:"
    for kv, row in found.km_by_voltage.iterrows():
        known = row["published_km"]
        beside = f"  {row['line_km'] / known:.0%} of {number(known)} published" if known > 0 else ""
        circuits = number(row["circuit_km"])
        yield f"  {kv:>6g} kV {number(row['line_km']):>9} km  {circuits:>9} circuit-km{beside}"
    if found.published_note:
        yield f"Published lengths: {plain(found.published_note)}"
    elif found.km_by_voltage["published_km"].isna().all():
        yield "No published lengths are known to compare with."
    if found.parts > 1:
        share = f"the largest has {found.largest_part:.0%} of its length"
        yield f"The network is in {found.parts:,} parts; {share}."
    if found.bypassed:
        few = ", ".join(map(plain, found.bypassed[:MOST]))
        more = f" and {len(found.bypassed) - MOST:,} more" if len(found.bypassed) > MOST else ""
        yield f"No line of their highest voltage meets these substations: {few}{more}."
    if found.notes:
        yield "What the sources say:"
        yield from (f"  {plain(note)}" for note in found.notes)


def _percent(share: float) -> str:
    """Round down, as the page does: what lacks a row is not whole."""
    return f"{math.floor(100 * share + 1e-9)}%"
