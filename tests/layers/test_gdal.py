"""GDAL loaded by us has no driver that reads other files or the network: shown by attack."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VECTOR_ATTACK = """
import sys
from layers.gdal import harden
harden()
import pyogrio
try:
    print(len(pyogrio.read_dataframe(sys.argv[1])))
except pyogrio.errors.DataSourceError:
    print("refused")
"""
RASTER_ATTACK = """
import sys
from layers.gdal import harden
harden()
import rasterio
try:
    print(rasterio.open(sys.argv[1]).count)
except rasterio.errors.RasterioIOError:
    print("refused")
"""
OGR_VRT = """<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{}</SrcDataSource>
</OGRVRTLayer></OGRVRTDataSource>"""
RASTER_VRT = """<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1">
<SimpleSource><SourceFilename>{}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"""
ANY_POINT = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {},'
    ' "geometry": {"type": "Point", "coordinates": [1, 2]}}]}'
)


@pytest.mark.parametrize(
    ("attack", "vrt", "name"),
    [(VECTOR_ATTACK, OGR_VRT, "x.geojson"), (RASTER_ATTACK, RASTER_VRT, "x.tif")],
)
def test_virtual_file_is_refused_in_silence(
    attack: str, vrt: str, name: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.geojson"
    secret.write_text(ANY_POINT, encoding="utf-8")
    trap = tmp_path / name
    trap.write_text(vrt.format(secret), encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, "-c", attack, str(trap)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "refused"
    assert answer.stderr == ""


def test_what_we_read_still_opens(tmp_path: Path) -> None:
    plain = tmp_path / "x.geojson"
    plain.write_text(ANY_POINT, encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, "-c", VECTOR_ATTACK, str(plain)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "1"
