"""A place from fetched files: its layers written, and the ``place.toml`` that names them."""

from __future__ import annotations

import json
import math
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
import shapely

from geo.errors import Fault, LayerError
from geo.standards import STANDARDS
from geo.surface import RASTER_KINDS
from layers.countries import NAME_OF
from layers.cut import cut_to_land
from layers.gdal import harden
from layers.imported import Asked
from layers.importers import IMPORTERS, clip_of, read_source
from layers.paths import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.catalog import Offer

NAMES: Final = ("name", "NAME", "NAME_1", "name_en")
COUNTRY_COLUMNS: Final = ("adm0_a3", "ADM0_A3", "GID_0")
SIXTY_HZ: Final = frozenset(
    {"USA", "CAN", "MEX", "BRA", "COL", "VEN", "ECU", "PER", "SAU", "KOR", "PHL", "GTM", "HND",
     "SLV", "NIC", "CRI", "PAN", "DOM", "CUB", "HTI", "TTO", "GUY", "SUR", "LBR", "TWN"}
)  # fmt: skip
"""Countries whose grids run at 60 Hz."""
LEAST_DEMAND_MW: Final = 1.0
LEAST_CELL_M: Final = 250.0
CELL_STEP_M: Final = 50.0
MOST_CELLS: Final = 6_000_000
"""Cells of land up to which they have the least side; larger countries take larger ones."""
PACKED: Final = " in zip"
EMPTY_WORDS: Final = "gives nothing for this country"


@dataclass(frozen=True, eq=False)
class Built:
    """One layer as it was built."""

    kind: str
    """Layer kind."""
    offer: Offer
    """Where it comes from."""
    file: str
    """File in the folder of the place."""
    rows: int
    """How many rows."""
    note: str
    """What to know: what was left out, what was set by a rule."""

    @property
    def extent(self) -> str:
        """Say how much of it there is."""
        return f"{self.rows:,} rows" if self.kind not in RASTER_KINDS else "a raster"


@dataclass(frozen=True)
class Wish:
    """What kind of place is wanted."""

    iso3: str
    """Country."""
    demand_mw: float | None = None
    """Its demand, if known."""
    min_kv: float = 50.0
    """Stations and lines below are left out."""
    regions: tuple[str, ...] = ()
    """Regions of it that the place is made of; none for all."""


def unpacked(path: Path, offer: Offer, folder: Path) -> Path:
    """Return the largest file of its format in an archive; the file itself if it is none.

    Raises
    ------
    LayerError
        As `all_unpacked`.
    """
    return max(all_unpacked(path, offer, folder), key=lambda file: file.stat().st_size)


def all_unpacked(path: Path, offer: Offer, folder: Path) -> list[Path]:
    """Return the files of its format in an archive, unpacked into a folder, by name.

    Raises
    ------
    LayerError
        If it is no archive, leaves the folder, becomes too large or holds nothing of its format.
    """
    if not offer.format.endswith(PACKED):
        return [path]
    suffix = _suffix(offer.format.removesuffix(PACKED))
    try:
        with zipfile.ZipFile(path) as archive:
            items = [item for item in archive.infolist() if not item.is_dir()]
            if sum(item.file_size for item in items) > MAX_BYTES:
                raise _fault(offer, f"unpacks to more than {MAX_BYTES:,} bytes")
            for item in items:
                name = PurePosixPath(item.filename).name  # flat, so that nothing leaves the folder
                (folder / name).write_bytes(archive.read(item))
    except (zipfile.BadZipFile, OSError) as error:
        raise _fault(offer, f"cannot be unpacked: {error}") from error
    found = sorted(
        file
        for file in folder.iterdir()
        if file.suffix.lower() == suffix and "readme" not in file.name.lower()
    )
    if not found:
        raise _fault(offer, f"holds no *{suffix}")
    return found


def together(paths: Sequence[Path], offer: Offer, folder: Path) -> Path:
    """Put the files of a source into one folder, under their names; pages have numbers."""
    if not (offer.files or offer.page):
        return unpacked(paths[0], offer, folder)
    for number, path in enumerate(paths):
        name = f"{number:04d}.json" if offer.page else offer.files[number]
        shutil.copyfile(path, folder / Path(name).name)
    return folder


def regions_of(path: Path, offer: Offer, wish: Wish) -> gpd.GeoDataFrame:
    """Read the regions of a country, one a name, in degrees.

    Raises
    ------
    LayerError
        If there are none, or none of a name that is wanted.
    """
    harden()
    import pyogrio  # noqa: PLC0415 -- GDAL reads its environment when it is loaded

    try:
        frame = pyogrio.read_dataframe(path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise _fault(offer, f"cannot be read: {error}") from error
    code = next((name for name in COUNTRY_COLUMNS if name in frame.columns), "")
    name = next((name for name in NAMES if name in frame.columns), "")
    own = frame[frame[code] == wish.iso3] if code else frame
    own = own[own[name].notna()] if name else own.iloc[:0]
    known = sorted(set(own[name])) if name else []
    if unknown := [wanted for wanted in wish.regions if wanted not in known]:
        raise _fault(offer, f"has no region '{unknown[0]}', only {', '.join(known)}")
    own = own[own[name].isin(wish.regions)] if wish.regions else own
    if own.empty:
        raise _fault(offer, EMPTY_WORDS)
    shapes = gpd.GeoDataFrame(
        {"name": own[name].astype(str)}, geometry=own.geometry.make_valid(), crs=own.crs
    ).dissolve("name").reset_index()  # fmt: skip
    return shapes.to_crs("EPSG:4326")


def crs_of(regions: gpd.GeoDataFrame) -> str:
    """Return the UTM zone of WGS 84 in which the middle of the land lies."""
    west, south, east, north = regions.total_bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    zone = min(int((lon + 180) // 6) + 1, 60)
    return f"EPSG:{32600 + zone if lat >= 0 else 32700 + zone}"


def layers_of(
    path: Path, offer: Offer, kinds: tuple[str, ...], wish: Wish
) -> tuple[Mapping[str, pd.DataFrame], Mapping[str, tuple[str, ...]]]:
    """Read the layers that an importer gives.

    Raises
    ------
    LayerError
        With what is wrong with the file.
    """
    form = offer.format.removesuffix(PACKED)
    got = read_source(form, path, path.name, Asked(kinds, wish.min_kv, wish.iso3))
    if got.faults:
        raise LayerError.of(got.faults)
    return got.frames, got.notes


def cut_layers(
    frames: Mapping[str, pd.DataFrame], regions: gpd.GeoDataFrame
) -> dict[str, pd.DataFrame]:
    """Cut layers to the land, together, so that no line loses an end; in metres."""
    crs = crs_of(regions)
    there = {
        kind: frame.to_crs(crs) if isinstance(frame, gpd.GeoDataFrame) else frame
        for kind, frame in frames.items()
    }
    return cut_to_land(there, {kind: clip_of(kind) for kind in frames}, regions.to_crs(crs))


def write_layer(frame: pd.DataFrame, kind: str, folder: Path) -> str:
    """Write a layer as GeoJSON in degrees, or as a table if it has no shapes."""
    if isinstance(frame, gpd.GeoDataFrame):
        file = f"{kind}.geojson"
        _write(frame.to_crs("EPSG:4326"), folder / file)
        return file
    file = f"{kind}.csv"
    beside = folder / f"{file}.new"
    frame.to_csv(beside, index=False)
    beside.replace(folder / file)
    return file


def write_regions(regions: gpd.GeoDataFrame, folder: Path) -> tuple[str, int]:
    """Write the regions."""
    _write(regions, folder / "regions.geojson")
    return "regions.geojson", len(regions)


def write_place(
    built: list[Built], missing: list[str], regions: gpd.GeoDataFrame, wish: Wish, folder: Path
) -> Path:
    """Write ``place.toml``.

    Parameters
    ----------
    built
        Layers that are there.
    missing
        What could not be had, and why.
    regions
        The land, in degrees.
    wish
        Country and demand.
    folder
        Where to.
    """
    name, title = folder.name or wish.iso3.lower(), NAME_OF[wish.iso3]
    crs = crs_of(regions)
    cell_m = cell_of(regions.to_crs(crs).area.sum())
    demand_mw, source, words = _demand(built, wish, folder)
    note = "Made of open data by powersite fetch; nobody has checked it. " + (
        f"Missing: {'; '.join(missing)}." if missing else ""
    )
    lines = [
        f"name = {_quoted(name)}", f"title = {_quoted(title)}", f'country = "{wish.iso3}"',
        f'crs = "{crs}"', f"demand_mw = {demand_mw:.0f}",
        f"frequency_hz = {60 if wish.iso3 in SIXTY_HZ else 50}", f"note = {_quoted(note.strip())}",
        "", "[demand_source]", f"title = {_quoted(source)}", f"note = {_quoted(words)}",
    ]  # fmt: skip
    if any(item.kind == "lines" and IMPORTERS[_form(item.offer)].draws_lines for item in built):
        lines += ["", "[topology]   # lines come as drawn; how they are joined is inferred"]
    if any(item.kind in RASTER_KINDS for item in built):
        lines += ["", "[surfaces]", f"cell_m = {cell_m:g}"]
    for item in built:
        lines += ["", *_layer_lines(item)]
    path = folder / "place.toml"
    beside = path.with_name("place.toml.new")
    beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return beside.replace(path)


def _layer_lines(item: Built) -> list[str]:
    source = item.offer.source()
    told = {
        "title": source.title, "url": source.url,
        "licence": source.licence, "vintage": source.vintage, "attribution": source.attribution,
        "note": item.note,
    }  # fmt: skip
    return [
        f"[layers.{item.kind}]",
        f'file = "{item.file}"',
        f"[layers.{item.kind}.source]",
        *(f"{key} = {_quoted(value)}" for key, value in told.items() if value),
    ]


def cell_of(land_m2: float) -> float:
    """Return the side of the cells, in metres, that keeps a country below so many of them."""
    side_m = max(LEAST_CELL_M, math.sqrt(land_m2 / MOST_CELLS))
    return math.ceil(side_m / CELL_STEP_M) * CELL_STEP_M


def _demand(built: list[Built], wish: Wish, folder: Path) -> tuple[float, str, str]:
    """Return demand, its source and what to know of it."""
    share = STANDARDS.fetched_demand_share
    if wish.demand_mw is not None:
        return wish.demand_mw, "Given on the command line", ""
    files = {item.kind: folder / item.file for item in built}
    if "loads" in files:
        loads_mw = pd.read_csv(files["loads"])["demand_mw"].sum()
        return max(loads_mw, LEAST_DEMAND_MW), "Sum of the loads of its layer", ""
    capacity_mw = 0.0
    if "plants" in files:
        features = json.loads(files["plants"].read_text(encoding="utf-8"))["features"]
        capacity_mw = sum(feature["properties"]["capacity_mw"] for feature in features)
    title = f"Assumption of powersite: {share:.0%} of the capacity of its plants"
    words = (
        f"{share:g} (fetched_demand_share of the assumptions) of {capacity_mw:,.0f} MW. Nobody has "
        "measured it: write the demand that the operator publishes as demand_mw."
    )
    return max(capacity_mw * share, LEAST_DEMAND_MW), title, words


def _write(frame: gpd.GeoDataFrame, path: Path) -> None:
    harden()
    kept = frame[~shapely.is_empty(frame.geometry.to_numpy())]
    beside = path.with_name(path.name + ".new")
    beside.write_text(kept.to_json(drop_id=True, na="null"), encoding="utf-8")
    beside.replace(path)


def _form(offer: Offer) -> str:
    return offer.format.removesuffix(PACKED)


def _suffix(form: str) -> str:
    plain = {"shp": ".shp", "geojson": ".json", "tif months": ".tif"}
    return plain.get(form) or IMPORTERS[form].suffixes[0]


def _quoted(text: str) -> str:
    """Write a text as a basic string of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _fault(offer: Offer, problem: str) -> LayerError:
    error = LayerError.of([Fault(offer.name, problem, "get it again, or leave it out of --from")])
    return LayerError(str(error), error.faults)
