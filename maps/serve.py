"""A pack as a web service for GIS programs: OGC API Features through pygeoapi, to be read only."""

from __future__ import annotations

import ipaddress
import json
import logging
import os
import tempfile
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from geo.errors import MissingFileError, OutputError, ScenarioError
from maps.documents import geojson_text
from maps.styles import STYLES, title
from maps.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import geopandas as gpd
    from werkzeug.serving import BaseWSGIServer

PACKAGE: Final = "shortlist.gpkg"
CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
READING: Final = ("GET", "HEAD", "OPTIONS")
PAGE: Final = 1000
"""Features in an answer unless fewer are asked for."""
MOST: Final = 10_000


def serve(
    folder: Path,
    port: int,
    host: str = "127.0.0.1",
    *,
    expose: bool = False,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Offer the layers of a pack until interrupted.

    Parameters
    ----------
    folder
        A pack with a GeoPackage.
    port
        Where to listen; 0 for any that is free.
    host
        Address to listen at; one that others can reach only with ``expose``.
    expose
        Whether others may reach it.
    ready
        Called with the address once it answers.

    Raises
    ------
    ScenarioError
        If pygeoapi is missing, or others could reach it without being asked to.
    MissingFileError
        If the pack has no GeoPackage.
    OutputError
        If the address is taken.
    """
    if find_spec("pygeoapi") is None:
        raise ScenarioError(
            "powersite serve needs pygeoapi; install it with: pip install 'powersite[serve]'"
        )
    if not (expose or is_loopback(host)):
        raise ScenarioError(
            f"'{plain(host)}' can be reached by others, and there is no password; "
            "add --expose if that is meant, or listen at 127.0.0.1"
        )
    layers = read_layers_of(folder)
    with _listening(host, port) as server:
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{server.server_port}"
        with tempfile.TemporaryDirectory(prefix="powersite-") as scratch:
            application = _pygeoapi(layers, url, Path(scratch))
            server.app = reading_only(application, None if expose else server.server_port)
            if ready is not None:
                ready(url)
            server.serve_forever()


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_layers_of(folder: Path) -> dict[str, gpd.GeoDataFrame]:
    """Return the spatial layers of a pack that have rows.

    Raises
    ------
    MissingFileError
        If there is no GeoPackage of ours in the folder.
    """
    path = folder / PACKAGE
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
        frames = {
            name: pyogrio.read_dataframe(path, layer=name) for name in STYLES if name in names
        }
    except (DataSourceError, DataLayerError, OSError) as error:
        raise MissingFileError(
            f"'{folder}' holds no {PACKAGE} that can be read; write one with: "
            "powersite export PLACE --formats gpkg --out DIR"
        ) from error
    return {name: frame for name, frame in frames.items() if len(frame)}


def reading_only(application: Any, port: int | None) -> Any:  # noqa: ANN401 -- WSGI
    """Let requests through that only read and, on loopback, that were meant for this machine.

    A page on the web could otherwise have its own name point here, and read along.
    """
    names = ("127.0.0.1", "localhost", "[::1]")
    here = {f"{name}:{port}" for name in names}

    def guarded(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in READING:
            start("405 Method Not Allowed", [("Allow", ", ".join(READING))])
            return [b"this service is read-only\n"]
        if port is not None and environ.get("HTTP_HOST") not in here:
            start("421 Misdirected Request", [])
            return [b"this service answers to this machine only\n"]
        return application(environ, start)

    return guarded


def configuration(layers: dict[str, gpd.GeoDataFrame], url: str, folder: Path) -> dict[str, Any]:
    """Return the configuration of pygeoapi for layers whose GeoJSON lies in a folder."""
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 0},
            "url": url,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "pretty_print": False,
            "limits": {"default_items": PAGE, "max_items": MOST},
            "map": {
                "url": "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
                "attribution": "© OpenStreetMap contributors",
            },
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": "powersite",
                "description": "Sites ranked power first, and the network behind them. A screen "
                "from open data, not an offer of a grid operator.",
                "keywords": ["sites", "grid"],
                "keywords_type": "theme",
                "terms_of_service": "see LICENCES.md of the pack",
                "url": url,
            },
            "license": {"name": "see LICENCES.md of the pack", "url": url},
            "provider": {"name": "powersite", "url": url},
            "contact": {"name": "powersite"},
        },
        "resources": {name: _collection(name, frame, folder) for name, frame in layers.items()},
    }


def _collection(name: str, frame: gpd.GeoDataFrame, folder: Path) -> dict[str, Any]:
    own = frame.crs.to_authority() or ("", "")
    systems = [CRS84]
    if own[0] == "EPSG":
        systems.append(f"http://www.opengis.net/def/crs/EPSG/0/{own[1]}")
    return {
        "type": "collection",
        "title": title(name),
        "description": title(name),
        "keywords": [name],
        "links": [],
        "extents": {
            "spatial": {
                "bbox": [round(value, 7) for value in frame.to_crs(CRS84).total_bounds.tolist()],
                "crs": CRS84,
            }
        },
        "providers": [
            {
                "type": "feature",
                "name": "maps.features.Features",
                "data": str(folder / f"{name}.geojson"),
                "id_field": "_id",
                "title_field": "name" if "name" in frame.columns else "_id",
                "crs": systems,
                "storage_crs": CRS84,
                "options": {"types": _types(frame)},
            }
        ],
    }


def _types(frame: gpd.GeoDataFrame) -> dict[str, str]:
    words = {"b": "boolean", "i": "integer", "u": "integer", "f": "number"}
    return {
        str(name): words.get(kind.kind, "string")
        for name, kind in frame.dtypes.items()
        if name != frame.geometry.name
    }


def _pygeoapi(layers: dict[str, gpd.GeoDataFrame], url: str, folder: Path) -> Any:  # noqa: ANN401
    """Return pygeoapi as an application; it reads what it serves when it is imported."""
    for name, frame in layers.items():
        (folder / f"{name}.geojson").write_text(_numbered(frame), encoding="utf-8")
    config = configuration(layers, url, folder)
    (folder / "config.yml").write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
    os.environ["PYGEOAPI_CONFIG"] = str(folder / "config.yml")
    os.environ["PYGEOAPI_OPENAPI"] = str(folder / "openapi.json")
    logging.getLogger("pygeoapi").setLevel(logging.ERROR)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    from pygeoapi.openapi import get_oas  # noqa: PLC0415 -- an extra, after its environment

    (folder / "openapi.json").write_text(json.dumps(get_oas(config), default=str), encoding="utf-8")
    from pygeoapi.flask_app import APP  # noqa: PLC0415 -- as above

    return APP


def _numbered(frame: gpd.GeoDataFrame) -> str:
    """Return the layer as GeoJSON in which every feature has an id of its own."""
    document = json.loads(geojson_text(frame))
    key = frame.columns[0]
    is_key = frame[key].is_unique and frame[key].notna().all()
    for number, feature in enumerate(document["features"], start=1):
        feature["id"] = str(feature["properties"][key]) if is_key else str(number)
    return json.dumps(document)


@contextmanager
def _listening(host: str, port: int) -> Iterator[BaseWSGIServer]:
    from werkzeug.serving import make_server  # noqa: PLC0415 -- comes with pygeoapi

    def not_yet(_: Any, start: Callable[..., Any]) -> Iterable[bytes]:  # noqa: ANN401 -- WSGI
        start("503 Service Unavailable", [])
        return [b""]

    try:
        server = make_server(host, port, not_yet, threaded=True)
    except (OSError, SystemExit) as error:  # the library ends the program when a port is taken
        raise OutputError(
            f"cannot listen at {plain(host)} port {port}: it is taken or not ours"
        ) from error
    try:
        yield server
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
