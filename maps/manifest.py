"""What made a pack: the question, the sources, the versions, and the hash of every file."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

import pyogrio

from maps.documents import SCHEMA_VERSION, WGS84, scenario, sources
from maps.stamp import created
from maps.sums import sha256_of
from maps.text import plain

if TYPE_CHECKING:
    from pathlib import Path

    from geo.siting import Siting
    from maps.delivery import Delivery

LIBRARIES: Final = (
    "folium",
    "geopandas",
    "highspy",
    "networkx",
    "numpy",
    "pandas",
    "pyogrio",
    "pyproj",
    "rasterio",
    "scipy",
    "shapely",
)


def manifest(delivery: Delivery, folder: Path, names: list[str]) -> dict[str, Any]:
    """Describe a pack whose files are complete in a folder.

    Parameters
    ----------
    delivery
        What is handed over.
    folder
        Where the files are.
    names
        The files.
    """
    siting, place = delivery.siting, delivery.siting.layers.place
    rows = sources(siting)
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": delivery.run_id,
        "created": created().isoformat(),
        "place": {
            "name": plain(place.name),
            "title": plain(place.title),
            "country": plain(place.country),
            "note": plain(place.note),
        },
        "scenario": scenario(siting),
        "crs": {"measured_in": place.crs, "delivered_in": delivery.crs, "geojson": WGS84},
        "counts": counts(siting),
        "standards_changed": _changed_standards(siting),
        **_drawing(siting),
        "sources": rows,
        "inputs": {row["file"]: row["sha256"] for row in rows if row["file"]},
        "layers": {name: len(frame) for name, frame in delivery.tables.items()},
        "files": [_file(folder, name) for name in names],
        "versions": versions(),
        "notes": [plain(note) for note in siting.notes],
    }


def versions() -> dict[str, str]:
    """Return the versions of powersite, GDAL and the libraries that make the numbers.

    Not that of Python, which makes none: with the same libraries the files of a pack are the same.
    """
    found = {"powersite": installed_version("powersite"), "gdal": pyogrio.__gdal_version_string__}
    return found | {name: installed_version(name) for name in LIBRARIES}


def installed_version(package: str) -> str:
    """Return the version of a package, or ``unknown`` where it is run from its folder."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def counts(siting: Siting) -> dict[str, Any]:
    """Count sites, by grade, and what was dropped."""
    grades = siting.sites["grade"].value_counts()
    return {
        "sites": len(siting.sites),
        "by_grade": {grade: int(grades.get(grade, 0)) for grade in "ABCD"},
        "shown": min(len(siting.sites), siting.scenario.top),
        "regions": len(siting.regions),
        "dropped": int(siting.dropped["count"].sum()),
    }


def _changed_standards(siting: Siting) -> dict[str, Any]:
    own = siting.layers.place.standards
    usual = asdict(type(own)())
    return {name: value for name, value in asdict(own).items() if value != usual[name]}


def _drawing(siting: Siting) -> dict[str, Any]:
    """Tell how lines that came as drawn were joined, where they did."""
    topology, inferred = siting.layers.place.topology, siting.layers.inferred
    if topology is None or inferred is None:
        return {}
    return {"topology": asdict(topology), "inferred": asdict(inferred)}


def _file(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    return {"name": name, "bytes": path.stat().st_size, "sha256": sha256_of(path)}
