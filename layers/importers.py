"""Which source formats can be named in ``place.toml``, and reading one for all its layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.errors import Fault
from geo.scenario import suggestion
from layers.case_place import read_case_place
from layers.gem import read_gem
from layers.geonames import read_geonames
from layers.gridkit import read_gridkit
from layers.hifld import read_hifld
from layers.imported import Asked, Imported, Importer
from layers.jrc import read_jrc
from layers.osm import read_osm
from layers.pypsa_net import read_pypsa
from layers.wri import read_wri

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NETWORK: Final = ("substations", "lines", "plants", "loads")
IMPORTERS: Final = {
    "osm": Importer(
        read_osm, ("substations", "lines", "plants"), (".pbf", ".json", ".osm"), draws_lines=True
    ),
    "gridkit": Importer(read_gridkit, ("substations", "lines"), ("",)),
    "wri": Importer(read_wri, ("plants",), (".csv",)),
    "gem": Importer(read_gem, ("plants", "gas_fields"), (".csv", ".xlsx", ".geojson", ".json")),
    "jrc": Importer(read_jrc, ("plants",), (".csv",)),
    "geonames": Importer(read_geonames, ("settlements",), (".txt",)),
    "pypsa": Importer(read_pypsa, NETWORK, ("", ".nc")),
    "us-grid": Importer(read_case_place, NETWORK, ("",)),
    "hifld": Importer(read_hifld, ("lines",), ("", ".geojson", ".json"), draws_lines=True),
}
"""Name, as under ``format`` of a layer, to importer."""
CLIP_KM: Final = 10.0
"""What an importer gives is cut to the land of the place and so much around it."""
SEA_KM: Final = 300.0
"""The same for gas fields, whose gas may come ashore."""


def clip_of(kind: str) -> float:
    """Return how far from the land what an importer gives of a kind may lie, km."""
    return SEA_KM if kind == "gas_fields" else CLIP_KM


def importer_faults(form: str, kind: str, suffix: str, *, drawn: bool, where: str) -> list[Fault]:
    """Find out whether an importer gives a kind, from such a file.

    Parameters
    ----------
    form
        Name of the importer.
    kind
        Layer kind.
    suffix
        Extension of the file; '' for a folder.
    drawn
        Whether lines come as drawn in this place.
    where
        Words for messages.
    """
    importer = IMPORTERS[form]
    faults = []
    if kind not in importer.gives:
        gives = ", ".join(importer.gives)
        faults.append(Fault(f"{where} format", f"'{form}' gives no {kind}", f"it gives {gives}"))
    if suffix.lower() not in importer.suffixes:
        known = " or ".join(f"*{name}" if name else "a folder" for name in importer.suffixes)
        faults.append(Fault(f"{where} file", f"is not what '{form}' reads", f"name {known}"))
    if importer.draws_lines and kind == "lines" and not drawn:
        found = f"'{form}' draws lines, it does not name their ends"
        faults.append(Fault(f"{where} format", found, "add a table [topology] to place.toml"))
    return faults


def unknown_format(form: str, known: Iterable[str], where: str) -> Fault:
    """Say that a format is unknown, and which is meant."""
    return Fault(f"{where} format", f"'{form}' is unknown", suggestion(form, [*known, *IMPORTERS]))


def read_source(form: str, path: Path, file: str, asked: Asked) -> Imported:
    """Read all that is asked of one source, in one go."""
    return IMPORTERS[form].read(path, file, asked)
