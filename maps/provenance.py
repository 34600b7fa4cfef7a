"""Where a delivery comes from: the question, the sources of each layer, and their licences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo.kinds import KINDS
from maps.documents import SCHEMA_VERSION, scenario, sources
from maps.manifest import versions
from maps.stamp import created
from maps.text import markdown, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from maps.delivery import Delivery

GRID: Final = ("substations", "lines", "plants", "settlements", "loads", "ties", "outages")
"""Kinds that the network and its headroom are made of."""
PLACE: Final = tuple(kind for kind in KINDS if kind not in GRID)
MADE_OF: Final[dict[str, tuple[str, ...]]] = {
    "sites": (*GRID, *PLACE),
    "feeds": (*GRID, *PLACE),
    "supply_paths": GRID,
    "regions": (*GRID, *PLACE),
    "substations": GRID,
    "lines": ("substations", "lines"),
    "plants": ("plants",),
    "gas_fields": ("gas_fields",),
    "campuses": ("campuses",),
    "headroom": GRID,
    "congestion": GRID,
    "limits": GRID,
    "upgrades": GRID,
    "tasks": (*GRID, "policy", "campuses"),
    "sources": (),
}
"""Delivered layer to the kinds of input that it is made of."""
SHARE_ALIKE: Final = "ODbL"
FAMILIES: Final = (
    (SHARE_ALIKE, "Open Database Licence (ODbL): share alike"),
    ("CC-BY", "Creative Commons Attribution (CC BY)"),
    ("public domain", "Public domain"),
    ("", "Other, and facts that are cited"),
)
"""Words in the licence of a source to the heading that it stands under, the first that fits."""
OFFERED: Final = {
    SHARE_ALIKE: (
        "https://opendatacommons.org/licenses/odbl/1-0/",
        (
            "Who passes on a database that holds or is derived from this data offers it under the "
            "same licence, keeps this notice, and does not lock it. A map or a report made from it "
            "needs the attribution only."
        ),
    ),
    "CC-BY": (
        "https://creativecommons.org/licenses/by/4.0/",
        "Give credit as below, name the licence, and say that powersite has changed the data.",
    ),
}


def provenance(delivery: Delivery) -> dict[str, Any]:
    """Return what the delivery was made from, by layer and by source."""
    siting = delivery.siting
    rows = sources(siting)
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": delivery.run_id,
        "created": created().isoformat(),
        "place": plain(siting.layers.place.name),
        "question": scenario(siting),
        "seed": siting.scenario.seed,
        "crs": {"delivered_in": delivery.crs, "measured_in": siting.layers.place.crs},
        "versions": versions(),
        "layers": [_layer(name, len(frame), rows) for name, frame in delivery.tables.items()],
        "sources": [row | {"used_in": _used_in(row["layer"], delivery.tables)} for row in rows],
    }


def licences_text(delivery: Delivery) -> str:
    """Return the licence notices, those of different licences kept apart, as Markdown."""
    rows = sources(delivery.siting)
    named = [word for word, _ in FAMILIES if word]
    parts = []
    for word, heading in FAMILIES:
        # A source under two licences is told under both; the last heading is for the rest.
        others = [] if word else named
        mine = [
            row
            for row in rows
            if word in row["licence"] and not any(other in row["licence"] for other in others)
        ]
        if mine:
            parts.append(_family(word, heading, mine, delivery))
    return "\n".join([_HEAD, *parts])


def _family(word: str, heading: str, rows: list[dict[str, Any]], delivery: Delivery) -> str:
    layers = {name for row in rows for name in _used_in(row["layer"], delivery.tables)}
    inside = [name for name in delivery.tables if name in layers]
    lines = [f"## {heading}", ""]
    if word in OFFERED:
        lines += [f"{OFFERED[word][0]}", "", OFFERED[word][1], ""]
    lines += [
        f"Layers of this pack that hold it or are derived from it: {', '.join(inside) or 'none'}.",
        "",
    ]
    for row in rows:
        told = {name: markdown(text) for name, text in row.items()}
        credit = f" Credit: {told['attribution']}." if row["attribution"] else ""
        where = f" {told['url']}" if row["url"] else ""
        lines.append(
            f"- **{told['layer']}**: {told['title']} ({told['vintage']}). "
            f"Licence: {told['licence']}.{credit}{where}"
        )
    return "\n".join([*lines, ""])


def _layer(name: str, rows: int, known: list[dict[str, Any]]) -> dict[str, Any]:
    kinds = MADE_OF.get(name, ())
    mine = [row for row in known if row["layer"] in kinds]
    return {
        "layer": name,
        "rows": rows,
        "made_of": [row["layer"] for row in mine],
        "licences": sorted({row["licence"] for row in mine}),
        "share_alike": any(SHARE_ALIKE in row["licence"] for row in mine),
    }


def _used_in(kind: str, layers: Iterable[str]) -> list[str]:
    return [name for name in layers if kind in MADE_OF.get(name, ())]


_HEAD: Final = """# Licences of the data in this pack

powersite itself is under the Apache License 2.0; that says nothing about the data. Data of
different licences are kept apart: each layer is a table of its own, `provenance.json` says which
sources each layer is made of, and where a layer has rows of several, the licence below says which.
The layers that powersite computes are derived from all the sources they name, so all of these
licences hold for them. This page is a help, not legal advice.
"""
