"""Power objects of an OpenStreetMap extract, in memory that does not grow with the extract.

The file is passed over several times: power ways and relations, the ways that those need, then
only the nodes that all of these need. No location is kept of any other node.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import numpy.typing as npt

    Ids = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

WAYS: Final = frozenset({"line", "cable", "minor_line", "substation", "plant", "generator"})
AREAS: Final = frozenset({"substation", "plant"})
POINTS: Final = frozenset({"substation", "plant", "generator"})
CHUNK_BITS: Final = 25
"""A filter of ids takes 4 MB for every 2^25 ids in which it has one."""
CHUNKS_AT_ONCE: Final = 64


class Thing(NamedTuple):
    """One object of the map."""

    id: str
    """Its type's letter and its number: n1, w1, r1."""
    tags: Mapping[str, str]
    """Its tags."""
    xy: Floats
    """Longitude and latitude of its points in order, (n, 2); of a relation, empty."""
    members: tuple[tuple[str, str], ...] = ()
    """Of a relation, ids and roles."""


@dataclass(frozen=True)
class Things:
    """The power objects of a map, by id."""

    nodes: Mapping[str, Thing] = field(default_factory=dict)
    """Points."""
    ways: Mapping[str, Thing] = field(default_factory=dict)
    """Lines and outlines."""
    relations: Mapping[str, Thing] = field(default_factory=dict)
    """Areas of several outlines, and sites."""
    parts: Mapping[str, Thing] = field(default_factory=dict)
    """Ways that relations are made of."""
    cut_off: int = 0
    """Ways some of whose nodes lie outside the extract."""


class _Drawn(NamedTuple):
    """Ways before their nodes are placed."""

    ids: list[str]
    tags: list[dict[str, str]]
    refs: array[int]
    counts: list[int]


def read_pbf(path: Path) -> Things:
    """Read the power objects of a PBF, or of OSM XML.

    Raises
    ------
    RuntimeError
        If the file is damaged.
    """
    import osmium  # noqa: PLC0415 -- only where such a file is read

    power = osmium.filter.KeyFilter("power")
    ways, parts = _Drawn([], [], array("q"), []), _Drawn([], [], array("q"), [])
    relations: dict[str, Thing] = {}
    both: Any = osmium.osm.WAY | osmium.osm.RELATION
    found: Iterable[Any] = osmium.FileProcessor(path, both).with_filter(power)
    for item in found:
        tags = dict(item.tags)
        if item.is_way() and tags["power"] in WAYS:
            _draw(ways, item, tags)
        elif item.is_relation() and tags["power"] in AREAS:
            relations[f"r{item.id}"] = _relation(item, tags)
    members = {key for item in relations.values() for key, _ in item.members}
    wanted = _numbers(members, "w") - _numbers(ways.ids, "w")
    for item in _chosen(path, osmium.osm.WAY, np.array(sorted(wanted), dtype=np.int64)):
        _draw(parts, item, {})
    places = _Places(path, ways.refs + parts.refs)
    nodes = _points(path, _numbers(members, "n"))
    placed, cut = places.put(ways)
    more, cut_too = places.put(parts)
    return Things(nodes, placed, relations, more, cut + cut_too)


def _draw(drawn: _Drawn, item: Any, tags: dict[str, str]) -> None:  # noqa: ANN401 -- a way of osmium
    refs = [node.ref for node in item.nodes]
    drawn.ids.append(f"w{item.id}")
    drawn.tags.append(tags)
    drawn.refs.extend(refs)
    drawn.counts.append(len(refs))


def _relation(item: Any, tags: dict[str, str]) -> Thing:  # noqa: ANN401 -- a relation of osmium
    members = tuple((f"{member.type}{member.ref}", member.role) for member in item.members)
    return Thing(f"r{item.id}", tags, np.zeros((0, 2)), members)


def _numbers(ids: Iterable[str], letter: str) -> set[int]:
    return {int(key[1:]) for key in ids if key[0] == letter}


def _chosen(path: Path, kind: Any, ids: Ids) -> Iterator[Any]:  # noqa: ANN401 -- objects of osmium
    """Pass over the objects of these ids, in as many passes as keep the filter small."""
    import osmium  # noqa: PLC0415 -- only where such a file is read

    chunk = ids >> CHUNK_BITS
    number = np.cumsum(np.diff(chunk, prepend=chunk[:1]) != 0) // CHUNKS_AT_ONCE
    for group in np.unique(number):
        wanted = osmium.filter.IdFilter(ids[number == group].tolist())
        yield from osmium.FileProcessor(path, kind).with_filter(wanted)


def _points(path: Path, members: set[int]) -> dict[str, Thing]:
    """Read stations, plants and generators that are points."""
    import osmium  # noqa: PLC0415 -- only where such a file is read

    tags = osmium.filter.TagFilter(*(("power", value) for value in sorted(POINTS)))
    tagged: Iterable[Any] = osmium.FileProcessor(path, osmium.osm.NODE).with_filter(tags)
    apart = _chosen(path, osmium.osm.NODE, np.array(sorted(members), dtype=np.int64))
    return {
        f"n{item.id}": Thing(
            f"n{item.id}",
            dict(item.tags),
            np.array([[item.location.lon, item.location.lat]]),
        )
        for source in (tagged, apart)
        for item in source
        if item.location.valid()
    }


class _Places:
    """Where the nodes of ways are."""

    def __init__(self, path: Path, refs: array[int]) -> None:
        import osmium  # noqa: PLC0415 -- only where such a file is read

        wanted = np.unique(np.frombuffer(refs, dtype=np.int64)) if refs else np.zeros(0, np.int64)
        ids, flat = array("q"), array("d")
        for node in _chosen(path, osmium.osm.NODE, wanted):
            location = node.location
            if location.valid():
                ids.append(node.id)
                flat.extend((location.lon, location.lat))
        found = np.frombuffer(ids, dtype=np.int64) if ids else np.zeros(0, dtype=np.int64)
        order = np.argsort(found, kind="stable")
        self._ids = found[order]
        self._xy = (np.frombuffer(flat) if flat else np.zeros(0)).reshape(-1, 2)[order]

    def put(self, drawn: _Drawn) -> tuple[dict[str, Thing], int]:
        """Place ways, leaving out nodes that are not in the file; count the ways that lost some."""
        refs = np.frombuffer(drawn.refs, dtype=np.int64) if drawn.refs else np.zeros(0, np.int64)
        at = np.searchsorted(self._ids, refs)
        there = at < len(self._ids)
        there[there] = self._ids[at[there]] == refs[there]
        things, cut_off, begin = {}, 0, 0
        for key, tags, count in zip(drawn.ids, drawn.tags, drawn.counts, strict=True):
            span = slice(begin, begin + count)
            begin += count
            cut_off += not there[span].all()
            things[key] = Thing(key, tags, self._xy[at[span][there[span]]])
        return things, cut_off
