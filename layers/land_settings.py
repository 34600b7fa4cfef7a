"""What a ``place.toml`` says of rasters, classes of land cover and exclusions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from geo.errors import Fault
from geo.scenario import suggestion
from geo.surface import RASTER_KINDS, CoverClass
from layers.paths import format_of, name_faults
from layers.rasters import RasterEntry
from layers.typed import NUMBER, PLACE_TOML, source_of, typed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.layer import Source
    from geo.standards import Standards

RASTER_SUFFIXES: Final = (".tif", ".tiff")
RASTER_KEYS: Final = {"file": (str,), "nodata": NUMBER, "source": (dict,), "classes": (dict,)}
CLASS_KEYS: Final = {"terrain": (str,), "barred": (str,), "setback_m": NUMBER}
EXCLUSION_KEYS: Final = {
    "file": (str,),
    "format": (str,),
    "crs": (str,),
    "layer": (str,),
    "setback_m": NUMBER,
    "terrain": (str,),
    "only": (dict,),
    "source": (dict,),
}
SURFACE_KEYS: Final = {"cell_m": NUMBER}
CELL_M: Final = (10.0, 100_000.0)
MAX_SETBACK_M: Final = 100_000.0
MAX_CLASS: Final = 100_000


@dataclass(frozen=True)
class ExclusionEntry:
    """One ``[barred.<reason>]`` table."""

    kind: str
    """Its reason."""
    file: str
    """File name within the place's folder."""
    format: str
    """One of the vector formats."""
    source: Source
    """Where it comes from."""
    crs: str = ""
    """CRS of the coordinates; '' leaves it to the file."""
    layer: str = ""
    """Which layer of a GeoPackage."""
    setback_m: float = 0.0
    """How far a campus has to stay away."""
    terrain: str = ""
    """What a line pays there."""
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Column to the values that count; rows with others are left out."""


@dataclass(frozen=True)
class LandFile:
    """What a place says of its land beside the layers."""

    rasters: Mapping[str, RasterEntry] = field(default_factory=dict)
    """Kind to raster."""
    classes: Mapping[int, CoverClass] = field(default_factory=dict)
    """Class of the land cover to its meaning."""
    exclusions: tuple[ExclusionEntry, ...] = ()
    """Barred ground."""
    cell_m: float = 250.0
    """Side of the cells."""


def land_settings(table: Mapping[str, Any], standards: Standards) -> tuple[LandFile, list[Fault]]:
    """Read rasters, classes, exclusions and the cell of a place's file."""
    layers = table.get("layers", {})
    faults: list[Fault] = []
    rasters: dict[str, RasterEntry | None] = {}
    classes: dict[int, CoverClass] = {}
    for kind in RASTER_KINDS:
        if kind in layers:
            rasters[kind], found = _raster(kind, layers[kind])
            faults += found
    if isinstance(cover := layers.get("land_cover"), dict):
        classes, found = _classes(cover.get("classes", {}), standards)
        faults += found
    exclusions = []
    for reason, raw in table.get("barred", {}).items():
        entry, found = _exclusion(reason, raw, standards)
        faults += found
        exclusions += [entry] if entry else []
    surfaces, found = typed(table.get("surfaces", {}), SURFACE_KEYS, f"{PLACE_TOML} [surfaces]")
    faults += found
    cell_m = float(surfaces.get("cell_m", LandFile.cell_m))
    faults += _range_faults("[surfaces] cell_m", cell_m, *CELL_M)
    kept = {kind: entry for kind, entry in rasters.items() if entry is not None}
    return LandFile(kept, classes, tuple(exclusions), cell_m), faults


def _raster(kind: str, raw: object) -> tuple[RasterEntry | None, list[Fault]]:
    where = f"{PLACE_TOML} [layers.{kind}]"
    if not isinstance(raw, dict):
        return None, [
            Fault(where, f"{raw!r} is not a table", f"write [layers.{kind}] and its file")
        ]
    known = RASTER_KEYS if kind == "land_cover" else RASTER_KEYS | {"classes": ()}
    table, faults = typed(raw, known, where)
    if "file" not in table:
        return None, [*faults, Fault(where, "option 'file' is missing", "name a GeoTIFF")]
    file = table["file"]
    faults += name_faults(file, f"{where} file")
    if not file.lower().endswith(RASTER_SUFFIXES):
        faults.append(Fault(f"{where} file", f"'{file}' is not named as GeoTIFF", "name it *.tif"))
    if kind == "land_cover" and not table.get("classes"):
        remedy = f"write [layers.{kind}.classes] with a row for each class, as 41 = 'water'"
        faults.append(Fault(where, "does not say what its classes mean", remedy))
    source, found = source_of(table.get("source", {}), f"layers.{kind}.source", file)
    faults += found
    nodata = float(table["nodata"]) if "nodata" in table else None
    return (None if faults else RasterEntry(kind, file, source, nodata)), faults


def _classes(
    table: Mapping[str, Any], standards: Standards
) -> tuple[dict[int, CoverClass], list[Fault]]:
    """Read ``"41" = "water"``, ``"1-11" = { terrain = "urban", barred = "town" }``."""
    classes: dict[int, CoverClass] = {}
    faults: list[Fault] = []
    for key, raw in table.items():
        where = f'{PLACE_TOML} [layers.land_cover.classes] "{key}"'
        numbers, found = _numbers(key, where)
        meaning, more = _meaning(raw, where, standards)
        faults += [*found, *more]
        twice = [number for number in numbers if number in classes]
        if twice:
            faults.append(Fault(where, f"class {twice[0]} is there twice", "give it one row"))
        classes |= dict.fromkeys(numbers, meaning)
    return classes, faults


def _numbers(key: str, where: str) -> tuple[range, list[Fault]]:
    first, _, last = key.partition("-")
    try:
        numbers = range(int(first), int(last or first) + 1)
    except ValueError:
        numbers = range(0)
    if not numbers or numbers[0] < 0 or numbers[-1] > MAX_CLASS:
        remedy = "write a whole number from 0, or two with - between"
        return range(0), [Fault(where, "is not a class or a range of classes", remedy)]
    return numbers, []


def _meaning(raw: object, where: str, standards: Standards) -> tuple[CoverClass, list[Fault]]:
    raw = {"terrain": raw} if isinstance(raw, str) else raw
    if not isinstance(raw, dict):
        remedy = "write a terrain in quotes, or { terrain = …, barred = …, setback_m = … }"
        return CoverClass(), [Fault(where, f"{raw!r} is not a class", remedy)]
    table, faults = typed(raw, CLASS_KEYS, where)
    faults += _terrain_faults(table.get("terrain", "open"), where, standards)
    setback_m = float(table.get("setback_m", 0.0))
    faults += _range_faults(f"{where} setback_m", setback_m, 0.0, MAX_SETBACK_M)
    given = {key: table[key] for key in ("terrain", "barred") if key in table}
    return CoverClass(**given, setback_m=setback_m), faults


def _exclusion(
    reason: str, raw: object, standards: Standards
) -> tuple[ExclusionEntry | None, list[Fault]]:
    where = f'{PLACE_TOML} [barred."{reason}"]'
    if not isinstance(raw, dict):
        return None, [Fault(where, f"{raw!r} is not a table", "write a table with its file")]
    table, faults = typed(raw, EXCLUSION_KEYS, where)
    if "file" not in table:
        return None, [*faults, Fault(where, "option 'file' is missing", "name a vector file")]
    faults += name_faults(table["file"], f"{where} file")
    form, found = format_of(table["file"], table.get("format", ""), where)
    faults += found
    if form == "csv":
        faults.append(Fault(where, "a table cannot hold areas", "give geojson, gpkg, shp or fgb"))
    setback_m = float(table.get("setback_m", 0.0))
    faults += _range_faults(f"{where} setback_m", setback_m, 0.0, MAX_SETBACK_M)
    if table.get("terrain"):
        faults += _terrain_faults(table["terrain"], where, standards)
    only, found = _only(table.get("only", {}), where)
    source, more = source_of(table.get("source", {}), f'barred."{reason}".source', table["file"])
    faults += [*found, *more]
    if faults:
        return None, faults
    given = {key: table[key] for key in ("crs", "layer", "terrain") if key in table}
    entry = ExclusionEntry(
        reason, table["file"], form, source, setback_m=setback_m, only=only, **given
    )
    return entry, []


def _only(table: Mapping[str, Any], where: str) -> tuple[dict[str, tuple[str, ...]], list[Fault]]:
    out, faults = {}, []
    for column, values in table.items():
        every = values if isinstance(values, list) else [values]
        if all(isinstance(value, str) for value in every):
            out[column] = tuple(every)
        else:
            remedy = "write a text or a list of texts"
            faults.append(Fault(f"{where} only {column}", f"{values!r} is not text", remedy))
    return out, faults


def _terrain_faults(name: object, where: str, standards: Standards) -> list[Fault]:
    known = [row.name for row in standards.terrains]
    if name in known:
        return []
    return [Fault(f"{where} terrain", f"'{name}' is unknown", suggestion(str(name), known))]


def _range_faults(where: str, value: float, low: float, high: float) -> list[Fault]:
    if low <= value <= high:
        return []
    return [Fault(where, f"{value:g} is outside {low:g} to {high:g}", "choose a value in between")]
