"""What a ``place.toml`` says: read, typed and checked, with every fault found."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import pyproj

from geo.drawing import DRAWN_KINDS
from geo.errors import Fault, ScenarioError
from geo.kinds import KINDS, Place
from geo.scenario import Scenario, suggestion, with_options
from geo.standards import STANDARDS, Standards, with_changes, with_preset
from geo.surface import RASTER_KINDS
from geo.tolerances import Tolerances, tolerance_faults
from geo.units import clean
from layers.importers import IMPORTERS, clip_of, importer_faults, unknown_format
from layers.land_settings import LandFile, land_settings
from layers.paths import FORMATS, format_of, name_faults
from layers.reading import READING_KEYS, Reading, reading_of
from layers.toml_text import parse_toml
from layers.typed import NUMBER, PLACE_TOML, Table, Types, source_of, typed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from geo.layer import Layer, Source

MAX_TOML_BYTES: Final = 4 << 20
REQUIRED_KINDS: Final = ("substations", "lines", "regions")

if TYPE_CHECKING:
    Kinds = Mapping[str, type[Layer]]

PLACE_KEYS: Final[dict[str, Types]] = {
    "name": (str,),
    "title": (str,),
    "country": (str,),
    "crs": (str,),
    "demand_mw": NUMBER,
    "frequency_hz": (int,),
    "unconnected": (list,),
    "note": (str,),
    "template": (str,),
    "demand_source": (dict,),
    "scenario": (dict,),
    "standards": (dict,),
    "topology": (dict,),
    "layers": (dict,),
    "barred": (dict,),
    "surfaces": (dict,),
    "published": (dict,),
}
TOPOLOGY_KEYS: Final[dict[str, Types]] = {item.name: NUMBER for item in fields(Tolerances)}
REQUIRED_KEYS: Final = ("name", "title", "country", "crs", "demand_mw", "layers")
LAYER_KEYS: Final[dict[str, Types]] = {
    "file": (str,),
    "format": (str,),
    "crs": (str,),
    "layer": (str,),
    "may_be_empty": (bool,),
    "columns": (dict,),
    "source": (dict,),
    **READING_KEYS,
}
POINT_SHAPES: Final = ("Point", "Point or Polygon")
"""Shapes that a table can hold in two columns."""
POSITION_COLUMNS: Final = ("lon", "lat", "x", "y")
COUNTRY: Final = re.compile(r"[A-Z]{3}")
FREQUENCIES_HZ: Final = (50, 60)
MAX_DEMAND_MW: Final = 2_000_000


@dataclass(frozen=True)
class LayerEntry:
    """One ``[layers.<kind>]`` table."""

    kind: str
    """Which kind it is."""
    file: str
    """File name within the place's folder."""
    format: str
    """``csv``, or one of the vector formats."""
    source: Source
    """Where it comes from; its hash is filled on reading."""
    crs: str = ""
    """CRS of the coordinates; '' leaves it to the file, for tables EPSG:4326."""
    layer: str = ""
    """Which layer of a GeoPackage."""
    may_be_empty: bool = False
    """Whether no rows is a statement."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Promised column name to the name in the file."""
    reading: Reading = field(default_factory=Reading)
    """Units, rows and encoding."""

    @property
    def clip_km(self) -> float | None:
        """Return how far from the land rows may lie; None leaves them all."""
        given = self.reading.clip_km
        return clip_of(self.kind) if given is None and self.format in IMPORTERS else given


@dataclass(frozen=True)
class PlaceFile:
    """A place as its ``place.toml`` describes it; nothing of its layers is read yet."""

    folder: Path
    """Where its files are."""
    place: Place
    """What is known of it beside its layers."""
    options: Mapping[str, Any]
    """Scenario options that the place sets."""
    entries: Mapping[str, LayerEntry]
    """Layer kind to its entry, in the order of `geo.kinds.KINDS`."""
    land: LandFile = field(default_factory=LandFile)
    """Rasters, classes of land cover and exclusions."""

    @property
    def kinds(self) -> Kinds:
        """Return what each layer kind promises in this place."""
        return KINDS if self.place.topology is None else DRAWN_KINDS


def read_settings(path: Path) -> tuple[PlaceFile | None, list[Fault]]:
    """Read a ``place.toml``.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    place_file, faults
        The place as far as it can be understood, None if that is not at all; and what is wrong.
    """
    if faults := _file_faults(path):
        return None, faults
    try:
        raw = parse_toml(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        return None, [Fault(PLACE_TOML, problem, "check the file's permissions")]
    except UnicodeDecodeError as error:
        return None, [Fault(PLACE_TOML, f"is not UTF-8 at byte {error.start}", "save it as UTF-8")]
    except ValueError as error:
        return None, [Fault(PLACE_TOML, f"is not TOML: {error}", "correct it at that line")]
    table, faults = typed(raw, PLACE_KEYS, PLACE_TOML)
    faults += _missing(raw, REQUIRED_KEYS, PLACE_TOML)
    standards, found = _standards(table.get("standards", {}))
    options, more = _scenario_options(table.get("scenario", {}), standards)
    faults += [*more, *found]
    topology, found = _topology(table.get("topology"))
    faults += found
    kinds = KINDS if topology is None else DRAWN_KINDS
    land, found = land_settings(table, standards)
    faults += found
    vectors = {key: raw for key, raw in table.get("layers", {}).items() if key not in RASTER_KINDS}
    entries, found = _entries(vectors, kinds)
    faults += found
    demand_source, found = source_of(table.get("demand_source", {}), "demand_source", "")
    faults += found
    published, found = _published(table.get("published", {}))
    faults += found
    place, found = _place(table, standards, topology)
    faults += found
    if place is None:
        return None, faults
    place = replace(place, demand_source=demand_source, **published)
    return PlaceFile(path.parent, place, options, entries, land), faults


def _file_faults(path: Path) -> list[Fault]:
    """Refuse what is no file of the folder itself, or so large that somebody means harm."""
    if not path.resolve().is_relative_to(path.parent.resolve()):
        remedy = "copy the file into it"
        return [Fault(PLACE_TOML, "is a link that leaves the place's folder", remedy)]
    size = path.stat().st_size if path.is_file() else 0
    if size > MAX_TOML_BYTES:
        return [Fault(PLACE_TOML, f"has {size:,} bytes", f"keep it under {MAX_TOML_BYTES:,}")]
    return []


def _published(table: Table) -> tuple[dict[str, Any], list[Fault]]:
    """Read ``[published]``: ``source``, and ``km`` by voltage, as ``km = { 300 = 5000 }``."""
    where = f"{PLACE_TOML} [published]"
    known, faults = typed(table, {"source": (str,), "km": (dict,)}, where)
    out: dict[float, float] = {}
    for key, value in known.get("km", {}).items():
        if key.replace(".", "", 1).isdecimal() and type(value) in NUMBER and value >= 0:
            out[float(key)] = float(value)
        else:
            remedy = "write a voltage in kV and its route length in km, as 300 = 5000"
            faults.append(Fault(f"{where} km {key}", f"{value!r} is not a length", remedy))
    return {"published_km": out, "published_note": clean(known.get("source", ""))}, faults


def _missing(table: Table, required: tuple[str, ...], where: str) -> list[Fault]:
    return [
        Fault(where, f"option '{key}' is missing", "add it; the built-in places show how")
        for key in required
        if key not in table
    ]


def _scenario_options(options: Table, standards: Standards) -> tuple[Table, list[Fault]]:
    try:
        spelt, _ = with_preset(options, standards)
        with_options(Scenario(), spelt, f"{PLACE_TOML} [scenario]")
    except ScenarioError as error:
        return {}, list(error.faults)
    return options, []


def _standards(changes: Table) -> tuple[Standards, list[Fault]]:
    try:
        return with_changes(STANDARDS, changes, PLACE_TOML), []
    except ScenarioError as error:
        return STANDARDS, list(error.faults)


def _topology(table: Table | None) -> tuple[Tolerances | None, list[Fault]]:
    """Read how lines as drawn are joined; None where they name their substations."""
    if table is None:
        return None, []
    where = f"{PLACE_TOML} [topology]"
    given, faults = typed(table, TOPOLOGY_KEYS, where)
    faults += tolerance_faults(given, where)
    return Tolerances(**{name: float(value) for name, value in given.items()}), faults


def _place(
    table: Table, standards: Standards, topology: Tolerances | None
) -> tuple[Place | None, list[Fault]]:
    faults = [*_crs_faults(table), *_value_faults(table)]
    if faults or any(key not in table for key in REQUIRED_KEYS):
        return None, faults
    given = {key: table[key] for key in ("frequency_hz", "template") if key in table}
    return (
        Place(
            name=table["name"],
            title=clean(table["title"]),
            note=clean(table.get("note", "")),
            country=table["country"],
            crs=table["crs"],
            demand_mw=float(table["demand_mw"]),
            unconnected=tuple(table.get("unconnected", ())),
            standards=standards,
            topology=topology,
            **given,
        ),
        [],
    )


def _crs_faults(table: Table) -> list[Fault]:
    if "crs" not in table:
        return []
    where = f"{PLACE_TOML} option crs"
    remedy = "write the EPSG code of a metric CRS, as 'EPSG:25833'"
    try:
        crs = pyproj.CRS.from_user_input(table["crs"])
    except pyproj.exceptions.CRSError:
        return [Fault(where, f"'{table['crs']}' is not a CRS", remedy)]
    if crs.is_projected and crs.axis_info[0].unit_name == "metre":
        return []
    return [Fault(where, f"'{table['crs']}' is not measured in metres", remedy)]


def _value_faults(table: Table) -> list[Fault]:
    checks: dict[str, tuple[Callable[[Any], bool], str]] = {
        "name": (lambda name: bool(name.strip()), "write the name as on the command line"),
        "country": (
            lambda code: bool(COUNTRY.fullmatch(code)),
            "write the ISO code of three capital letters",
        ),
        "frequency_hz": (lambda hz: hz in FREQUENCIES_HZ, "write 50 or 60"),
        "demand_mw": (lambda mw: 0 < mw <= MAX_DEMAND_MW, "write megawatts above 0"),
        "unconnected": (lambda ids: {*map(type, ids)} <= {str}, "write ids in quotes"),
    }
    return [
        Fault(f"{PLACE_TOML} option {key}", f"{table[key]!r} is not allowed", remedy)
        for key, (holds, remedy) in checks.items()
        if key in table and not holds(table[key])
    ]


def _entries(table: Table, kinds: Kinds) -> tuple[dict[str, LayerEntry], list[Fault]]:
    faults = [
        Fault(
            f"{PLACE_TOML} [layers.{kind}]", "is unknown", suggestion(kind, [*KINDS, *RASTER_KINDS])
        )
        for kind in table
        if kind not in KINDS
    ]
    faults += [
        Fault(PLACE_TOML, f"table [layers.{kind}] is missing", "add it; a place cannot do without")
        for kind in REQUIRED_KINDS
        if kind not in table
    ]
    entries = {}
    for kind in KINDS:
        if kind in table:
            entry, found = _entry(kinds[kind], table[kind])
            faults += found
            if entry is not None:
                entries[kind] = entry
    return entries, faults


def _entry(of: type[Layer], raw: object) -> tuple[LayerEntry | None, list[Fault]]:
    kind = of.kind
    where = f"{PLACE_TOML} [layers.{kind}]"
    if not isinstance(raw, dict):
        return None, [
            Fault(where, f"{raw!r} is not a table", f"write [layers.{kind}] with its file")
        ]
    table, faults = typed(raw, LAYER_KEYS, where)
    faults += _missing(raw, ("file",), where)
    columns, found = _column_names(of, table.get("columns", {}))
    faults += found
    source, found = source_of(
        table.get("source", {}), f"layers.{kind}.source", table.get("file", "")
    )
    faults += found
    if "file" not in table:
        return None, faults
    faults += name_faults(table["file"], f"{where} file")
    form, found = _format(of, table, where)
    faults += found
    faults += _layer_crs_faults(table, where)
    reading, found = reading_of(table, _promised(of), where)
    faults += found
    if faults:
        return None, faults
    given = {key: table[key] for key in ("crs", "layer", "may_be_empty") if key in table}
    return LayerEntry(
        kind, table["file"], form, source, columns=columns, reading=reading, **given
    ), []


def _format(of: type[Layer], table: Table, where: str) -> tuple[str, list[Fault]]:
    """Return what a layer's file is read as: an importer by its name, or a plain format."""
    form = table.get("format", "")
    if form in IMPORTERS:
        suffix = PurePosixPath(table["file"]).suffix
        drawn = of in DRAWN_KINDS.values()
        return form, importer_faults(form, of.kind, suffix, drawn=drawn, where=where)
    if form and form not in FORMATS:
        return "", [unknown_format(form, FORMATS, where)]
    return format_of(table["file"], form, where)


def _layer_crs_faults(table: Table, where: str) -> list[Fault]:
    try:
        pyproj.CRS.from_user_input(table.get("crs", "EPSG:4326"))
    except pyproj.exceptions.CRSError:
        return [Fault(f"{where} crs", f"'{table['crs']}' is not a CRS", "write one as 'EPSG:4326'")]
    return []


def _column_names(of: type[Layer], table: Table) -> tuple[dict[str, str], list[Fault]]:
    where = f"{PLACE_TOML} [layers.{of.kind}.columns]"
    return typed(table, dict.fromkeys(_promised(of), (str,)), where)


def _promised(of: type[Layer]) -> list[str]:
    """Name the columns that a table may give to a kind."""
    promised = [column.name for column in of.columns]
    if of.shape in POINT_SHAPES:
        promised += POSITION_COLUMNS
    if of.shape == "LineString":
        promised.append("via")
    if of.shape is not None:
        promised.append("wkt")
    return promised
