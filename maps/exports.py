"""The hand-off: map, GeoPackage, GeoJSON, CSV and manifest, put in place together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.errors import ScenarioError
from maps.documents import csv_text, geojson_text, json_text
from maps.frames import ranked_regions, shortlist
from maps.geopackage import write_geopackage
from maps.manifest import manifest
from maps.page import map_html
from maps.write import place_file, place_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from geo.siting import Siting
    from maps.basemap import Basemap

MANIFEST: Final = "manifest.json"


def write_map(siting: Siting, path: Path, basemap: Basemap = "none") -> Path:
    """Write the map as one HTML file.

    Parameters
    ----------
    siting
        The answer.
    path
        Where to.
    basemap
        Tiles to lay under the map; without them the page asks nothing of any network.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    return place_file(path, lambda target: _put(target, map_html(siting, basemap)))


def write_pack(siting: Siting, out: Path, formats: Iterable[str] | None = None) -> list[Path]:
    """Write the answer in several formats and the manifest, all or none.

    Parameters
    ----------
    siting
        The answer.
    out
        Folder to write to; made if it is not there.
    formats
        Names of `FORMATS`; all of them if None.

    Returns
    -------
    list of Path
        The files written, the manifest last.

    Raises
    ------
    ScenarioError
        If a format is unknown.
    OutputError
        If a file cannot be written; earlier files stay as they were.
    """
    wanted = list(FORMATS) if formats is None else list(dict.fromkeys(formats))
    if unknown := [name for name in wanted if name not in FORMATS]:
        raise ScenarioError(
            f"unknown format {', '.join(map(repr, unknown))}; choose from {', '.join(FORMATS)}"
        )
    chosen = {name: write for one in wanted for name, write in FORMATS[one].items()}
    names = list(chosen)
    writers = {name: _bound(write, siting) for name, write in chosen.items()}

    def write_manifest(path: Path) -> None:
        _put(path, json_text(manifest(siting, path.parent, names)))

    return place_files(out, writers | {MANIFEST: write_manifest})


def _bound(write: Callable[[Siting, Path], None], siting: Siting) -> Callable[[Path], None]:
    return lambda path: write(siting, path)


def _write_map(siting: Siting, path: Path) -> None:
    _put(path, map_html(siting))


def _write_geojson(siting: Siting, path: Path) -> None:
    _put(path, geojson_text(shortlist(siting)))


def _write_csv(siting: Siting, path: Path) -> None:
    _put(path, csv_text(shortlist(siting)))


def _write_regions(siting: Siting, path: Path) -> None:
    _put(path, csv_text(ranked_regions(siting)))


def _put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


FORMATS: Final[dict[str, dict[str, Callable[[Siting, Path], None]]]] = {
    "map": {"map.html": _write_map},
    "gpkg": {"shortlist.gpkg": write_geopackage},
    "geojson": {"shortlist.geojson": _write_geojson},
    "csv": {"shortlist.csv": _write_csv, "regions.csv": _write_regions},
}
"""Format to the files it is made of, each with its writer."""
