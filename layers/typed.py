"""Tables of a ``place.toml``, held to the keys and types that are known."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from geo.errors import Fault
from geo.layer import Source
from geo.scenario import suggestion
from geo.units import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACE_TOML: Final = "place.toml"

Table = dict[str, Any]
Types = tuple[type, ...]

NUMBER: Final[Types] = (int, float)
SOURCE_KEYS: Final[dict[str, Types]] = dict.fromkeys(
    ("title", "url", "licence", "vintage", "attribution", "note"), (str,)
)
TYPE_WORDS: Final = {
    str: "text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


def typed(table: Table, allowed: Mapping[str, Types], where: str) -> tuple[Table, list[Fault]]:
    """Keep the known keys whose values are of the right type."""
    faults = []
    kept = {}
    for key, value in table.items():
        if key not in allowed:
            faults.append(
                Fault(f"{where} option {key}", "is unknown", suggestion(key, list(allowed)))
            )
        elif type(value) not in allowed[key]:
            words = TYPE_WORDS[allowed[key][-1]]
            faults.append(
                Fault(f"{where} option {key}", f"{value!r} is not {words}", f"write {words}")
            )
        else:
            kept[key] = value
    return kept, faults


def source_of(table: Table, name: str, file: str) -> tuple[Source, list[Fault]]:
    """Read where a file comes from; what is not said keeps its default."""
    known, faults = typed(table, SOURCE_KEYS, f"{PLACE_TOML} [{name}]")
    defaults = {item.name: item.default for item in fields(Source)}
    told = {key: clean(value) for key, value in known.items()}
    return Source(**{**defaults, "title": file or "unknown", **told, "file": file}), faults
