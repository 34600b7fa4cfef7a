"""How complete a place is, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from maps.text import number, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.completeness import Completeness


MOST: Final = 12


def completeness_text(found: Completeness) -> str:
    """Write what is known layer by layer, what was set by a rule, and kilometres by voltage."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Completeness) -> Iterator[str]:
    yield "Known, of the rows of each layer:"
    for row in found.known:
        share = f"{row.share:.0%}" if row.rows else "no rows"
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
