"""Power objects of an answer of Overpass in JSON, with ``out geom`` or with its nodes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from layers.osm_pbf import AREAS, POINTS, WAYS, Thing, Things

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Element = dict[str, Any]

LETTER: Final = {"node": "n", "way": "w", "relation": "r"}


def read_overpass(path: Path) -> Things:
    """Read an answer of Overpass.

    Raises
    ------
    ValueError
        If it is not one, or says that it is not whole.
    """
    answer = json.loads(path.read_bytes().decode("utf-8-sig"))
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        raise ValueError("has no list of elements")  # noqa: TRY004 -- one fault of the file among others
    if "error" in str(answer.get("remark", "")):
        raise ValueError(f"is not whole: {answer['remark']}")
    elements = [item for item in answer["elements"] if item.get("type") in LETTER]
    at = {item["id"]: (item["lon"], item["lat"]) for item in elements if "lon" in item}
    things: dict[str, dict[str, Thing]] = {"node": {}, "way": {}, "relation": {}, "part": {}}
    cut_off = 0
    for item in elements:
        power = item.get("tags", {}).get("power", "")
        if item["type"] == "node":
            if power in POINTS and "lon" in item:
                things["node"][f"n{item['id']}"] = _thing(item, [at[item["id"]]])
        elif item["type"] == "relation" and power in AREAS:
            things["relation"][f"r{item['id']}"] = _relation(item, things["part"])
        elif item["type"] == "way":
            xy, lost = _path(item, at)
            cut_off += lost
            things["way" if power in WAYS else "part"][f"w{item['id']}"] = _thing(item, xy)
    return Things(things["node"], things["way"], things["relation"], things["part"], cut_off)


def _thing(item: Element, xy: list[tuple[float, float]]) -> Thing:
    points = np.array(xy, dtype=float).reshape(-1, 2)
    return Thing(f"{LETTER[item['type']]}{item['id']}", item.get("tags", {}), points)


def _path(
    item: Element, at: Mapping[int, tuple[float, float]]
) -> tuple[list[tuple[float, float]], bool]:
    """Return the points of a way, and whether some are missing."""
    if "geometry" in item:
        points = [(point["lon"], point["lat"]) for point in item["geometry"] if point]
        return points, len(points) < len(item["geometry"])
    refs = item.get("nodes", [])
    points = [at[ref] for ref in refs if ref in at]
    return points, len(points) < len(refs)


def _relation(item: Element, parts: dict[str, Thing]) -> Thing:
    """Take a relation; members with a geometry of their own become parts."""
    members = []
    for member in item.get("members", []):
        key = f"{LETTER.get(member['type'], '?')}{member['ref']}"
        members.append((key, member.get("role", "")))
        if member["type"] == "way" and "geometry" in member:
            xy, _ = _path(member, {})
            parts.setdefault(key, _thing({"type": "way", "id": member["ref"]}, xy))
    tags = item.get("tags", {})
    return Thing(f"r{item['id']}", tags, np.zeros((0, 2)), tuple(members))
