"""Files that mean harm, thrown at both GDALs, here and in worker processes; none gets anything."""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from layers.gdal import ALLOWED_DRIVERS, SKIPPED_DRIVERS, harden

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
HIDDEN = "no one may read 7351"
PREFACE = """
import json, sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from layers.gdal import harden
harden()
import pyogrio, rasterio
"""
THROW = (
    PREFACE
    + """
from tests.trust.thrown import throw
def main():
    targets, how = json.loads(sys.argv[1]), sys.argv[2]
    if how == "here":
        answers = [throw(*target) for target in targets]
    else:
        with ProcessPoolExecutor(2, mp_context=get_context(how)) as pool:
            answers = list(pool.map(throw, *zip(*targets)))
    print(json.dumps(answers))
if __name__ == "__main__":
    main()
"""
)
DRIVERS = (
    PREFACE
    + """
with rasterio.Env() as env:
    print(json.dumps([sorted(pyogrio.list_drivers()), sorted(env.drivers())]))
"""
)


def run(script: str, *words: str) -> str:
    """Run a script in a fresh process, as GDAL reads its environment once."""
    return subprocess.run(
        [sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that notes every request and answers with the secret."""
    seen: list[str] = []
    point = {"type": "Point", "coordinates": [1, 2]}
    feature = {"type": "Feature", "properties": {"name": HIDDEN}, "geometry": point}
    body = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_HEAD = do_POST = do_GET  # noqa: N815 -- as http.server calls them

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_address[1]}", seen
        listening.shutdown()


def vector_traps(url: str, secret: Path) -> dict[str, str]:
    """What a file called .geojson, .kml or .gml may hold."""
    layer = (
        '<OGRVRTDataSource><OGRVRTLayer name="s"><SrcDataSource>{}</SrcDataSource>{}'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    return {
        "vrt-file.geojson": layer.format(secret, "<SrcLayer>secret</SrcLayer>"),
        "vrt-web.geojson": layer.format(f"{url}/a.geojson", "<SrcLayer>a</SrcLayer>"),
        "vrt-curl.gpkg": layer.format(f"/vsicurl/{url}/a.geojson", "<SrcLayer>a</SrcLayer>"),
        "wfs.geojson": f"<OGRWFSDataSource><URL>{url}/wfs</URL></OGRWFSDataSource>",
        "gdalg.geojson": json.dumps(
            {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {secret}"}
        ),
        "esri.geojson": json.dumps({"objectIdFieldName": "a", "features": [], "url": f"{url}/x"}),
        "stac.geojson": json.dumps(
            {"type": "FeatureCollection", "stac_version": "1.0.0", "features": [
                {"type": "Feature", "stac_version": "1.0.0", "properties": {"proj:epsg": 4326},
                 "assets": {"a": {"href": f"{url}/a.tif"}}, "links": [], "geometry": None}]}
        ),
        "link.kml": '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link>'
        f"<href>{url}/a.kml</href></Link></NetworkLink></Document></kml>",
        "entity.kml": f'<!DOCTYPE kml [<!ENTITY s SYSTEM "file://{secret}">]>'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&s;</name></Placemark></kml>',
        "entity.gml": f'<!DOCTYPE g [<!ENTITY s SYSTEM "{url}/entity">]>'
        '<g xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><a><name>&s;</name></a>'
        "</gml:featureMember></g>",
        "schema.gml": '<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="http://ogr.maptools.org/ {url}/a.xsd" '
        'xmlns:gml="http://www.opengis.net/gml"/>',
    }  # fmt: skip


def raster_traps(url: str, secret: Path) -> dict[str, str]:
    """What a file called .tif may hold."""
    band = (
        '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1">'
        "<SimpleSource><SourceFilename>{}</SourceFilename></SimpleSource></VRTRasterBand>"
        "</VRTDataset>"
    )
    return {
        "vrt-file.tif": band.format(secret),
        "vrt-web.tif": band.format(f"/vsicurl/{url}/a.tif"),
        "wms.tif": f'<GDAL_WMS><Service name="WMS"><ServerUrl>{url}/?</ServerUrl><Layers>a</Layers>'
        "</Service><DataWindow><UpperLeftX>0</UpperLeftX><UpperLeftY>1</UpperLeftY><LowerRightX>1"
        "</LowerRightX><LowerRightY>0</LowerRightY><SizeX>2</SizeX><SizeY>2</SizeY></DataWindow>"
        "<Projection>EPSG:4326</Projection><BandsCount>1</BandsCount></GDAL_WMS>",
        "wcs.tif": f"<WCS_GDAL><ServiceURL>{url}/?</ServiceURL><CoverageName>a</CoverageName>"
        "</WCS_GDAL>",
        "wmts.tif": f"<GDAL_WMTS><GetCapabilitiesUrl>{url}/c</GetCapabilitiesUrl></GDAL_WMTS>",
        "derived.tif": f"DERIVED_SUBDATASET:LOGAMPLITUDE:{secret}",
    }


def names(url: str, secret: Path) -> list[list[str]]:
    """Names that GDAL takes for more than a file."""
    told = [
        f"{url}/a.geojson", f"/vsicurl/{url}/a.geojson", f"/vsicurl_streaming/{url}/a.geojson",
        f"WFS:{url}/wfs", f"OAPIF:{url}/api", f"WMS:{url}/wms", f"WCS:{url}/wcs", f"CSW:{url}/csw",
        f"STACTA:{url}/s.json", f"STACIT:{url}/s.json", f"/vsigzip//vsicurl/{url}/a.gz",
        f"/vsizip//vsicurl/{url}/a.zip/a.geojson", f"<OGRVRTDataSource>{secret}</OGRVRTDataSource>",
        "PG:host=127.0.0.1 dbname=a", "/vsis3/bucket/a.geojson", "/vsigs/bucket/a.tif",
    ]  # fmt: skip
    return [[how, name] for name in told for how in ("vector", "raster")]


@pytest.mark.parametrize("how", ["here", pytest.param("spawn"), "fork"])
def test_no_trap_reads_a_secret_or_reaches_a_server(how, server, tmp_path: Path) -> None:
    url, seen = server
    secret = tmp_path / "secret.geojson"
    secret.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null, '
        f'"properties": {{"name": "{HIDDEN}"}}}}]}}',
        encoding="utf-8",
    )
    targets = names(url, secret)
    folder = tmp_path / "traps"
    folder.mkdir()
    for kind, traps in (("vector", vector_traps), ("raster", raster_traps)):
        for name, text in traps(url, secret).items():
            (folder / name).write_text(text, encoding="utf-8")
            targets.append([kind, str(folder / name)])
    answers = json.loads(run(THROW, json.dumps(targets), how))
    assert len(answers) == len(targets)
    assert not [target for target, told in zip(targets, answers, strict=True) if HIDDEN in told]
    assert seen == []


def test_the_traps_would_work_if_we_let_them(server, tmp_path: Path) -> None:
    """The same files without our settings: the secret is read, and the server is asked."""
    url, seen = server
    secret = tmp_path / "secret.geojson"
    secret.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": '
        f'{{"type": "Point", "coordinates": [1, 2]}}, "properties": {{"name": "{HIDDEN}"}}}}]}}',
        encoding="utf-8",
    )
    trap = tmp_path / "trap.geojson"
    trap.write_text(vector_traps(url, secret)["vrt-file.geojson"], encoding="utf-8")
    script = """
import json, sys
from tests.trust.thrown import throw
print(json.dumps([throw("vector", name) for name in sys.argv[1:]]))
"""
    env = {"PATH": "", "PYTHONPATH": str(ROOT)}
    told = json.loads(
        subprocess.run(
            [sys.executable, "-c", script, str(trap), f"/vsicurl/{url}/a.geojson"],
            cwd=ROOT, env=env, capture_output=True, text=True, check=True,
        ).stdout
    )  # fmt: skip
    assert HIDDEN in told[0]
    assert seen


def test_gdal_has_no_driver_but_those_allowed() -> None:
    """A new GDAL may bring new drivers; they are to be looked at and listed."""
    vector, raster = json.loads(run(DRIVERS))
    assert set(vector) <= ALLOWED_DRIVERS
    assert set(raster) <= ALLOWED_DRIVERS
    assert {"GeoJSON", "GPKG", "ESRI Shapefile", "FlatGeobuf"} <= set(vector)
    assert "GTiff" in raster


def test_no_driver_is_both_allowed_and_skipped() -> None:
    assert not ALLOWED_DRIVERS & set(SKIPPED_DRIVERS)


def test_workers_inherit_it() -> None:
    """It stands in the environment, which every kind of worker is started with."""
    harden()
    told = run("import os\nprint(os.environ['GDAL_SKIP'].count(','), os.environ['PROJ_NETWORK'])")
    assert told.split() == [str(len(SKIPPED_DRIVERS) - 1), "OFF"]
