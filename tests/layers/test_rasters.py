"""Raster files: what is refused before any work, and what is read of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine
from shapely import box

from geo.layer import Source
from layers.rasters import RasterEntry, open_raster, overlap_faults

if TYPE_CHECKING:
    from pathlib import Path

NORTH_UP = Affine(100, 0, 500_000, 0, -100, 6_700_000)
VALUES = np.arange(12, dtype=np.float32).reshape(3, 4)


def write(path: Path, values: np.ndarray = VALUES, **changes: object) -> Path:
    bands = values if values.ndim == 3 else values[None]
    profile = {
        "driver": "GTiff", "height": bands.shape[1], "width": bands.shape[2], "count": len(bands),
        "dtype": bands.dtype, "crs": "EPSG:25833", "transform": NORTH_UP, "nodata": 5,
    }  # fmt: skip
    with rasterio.open(path, "w", **(profile | changes)) as file:
        file.write(bands)
    return path


def entry(file: str = "r.tif", nodata: float | None = None) -> RasterEntry:
    return RasterEntry("elevation", file, Source("made"), nodata)


def faults(path: Path, nodata: float | None = None) -> list[str]:
    return [fault.problem for fault in open_raster(path, entry(path.name, nodata), "")[1]]


def test_nodata_is_nan_and_windows_are_as_asked(tmp_path) -> None:
    raster, found = open_raster(write(tmp_path / "r.tif"), entry(), "abc")
    assert found == []
    assert (raster.rows, raster.columns, raster.pixel_x, raster.pixel_y) == (3, 4, 100, 100)
    assert (raster.west, raster.north, raster.source.sha256) == (500_000, 6_700_000, "abc")
    window = raster.read(1, 0, 2, 2)
    assert window[1].tolist() == [8, 9]
    assert window[0, 0] == 4
    assert np.isnan(window[0, 1])


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"crs": None}, "has no CRS"),
        ({"transform": Affine(100, 10, 0, 0, -100, 0)}, "is rotated, sheared or not north up"),
        ({"transform": Affine(100, 0, 0, 0, 100, 0)}, "is rotated, sheared or not north up"),
        ({"nodata": None}, "does not declare its nodata"),
    ],
)
def test_what_cannot_be_placed_or_told_apart_is_refused(tmp_path, changes, problem) -> None:
    assert faults(write(tmp_path / "r.tif", **changes)) == [problem]


def test_nodata_may_be_declared_in_the_place(tmp_path) -> None:
    path = write(tmp_path / "r.tif", nodata=None)
    raster, found = open_raster(path, entry(nodata=7), "")
    assert found == []
    assert np.isnan(raster.read(1, 3, 1, 1)[0, 0])


def test_several_bands_are_refused(tmp_path) -> None:
    assert faults(write(tmp_path / "r.tif", np.zeros((2, 3, 4), np.float32))) == ["has 2 bands"]


def test_a_small_file_that_declares_terabytes_is_refused(tmp_path) -> None:
    """One million by one million pixels of four bytes, none of them written."""
    path = tmp_path / "r.tif"
    profile = {
        "driver": "GTiff", "height": 1_000_000, "width": 1_000_000, "count": 1, "dtype": "float32",
        "crs": "EPSG:25833", "transform": NORTH_UP, "nodata": 0, "sparse_ok": True, "tiled": True,
        "blockxsize": 2048, "blockysize": 2048, "bigtiff": "yes",
    }  # fmt: skip
    with rasterio.open(path, "w", **profile):
        pass
    assert path.stat().st_size < 10e6
    (problem,) = faults(path)
    assert problem.startswith("declares 4,000 GB in a file of ")


def test_a_virtual_raster_by_another_name_is_refused(tmp_path) -> None:
    path = tmp_path / "r.tif"
    path.write_text("<VRTDataset rasterXSize='1' rasterYSize='1'/>", encoding="utf-8")
    assert faults(path) == ["is not GeoTIFF, whatever its name"]


def test_half_a_file_is_refused(tmp_path) -> None:
    path = write(tmp_path / "r.tif")
    path.write_bytes(path.read_bytes()[:60])
    (problem,) = faults(path)
    assert problem.startswith("cannot be read")
    assert str(tmp_path) not in problem


def test_a_raster_elsewhere_is_refused(tmp_path) -> None:
    raster, _ = open_raster(write(tmp_path / "r.tif"), entry(), "")
    here = (500_100, 6_699_800, 500_200, 6_699_900)
    assert overlap_faults(raster, here, "EPSG:25833") == []
    far = (900_100, 6_699_800, 900_200, 6_699_900)
    (fault,) = overlap_faults(raster, far, "EPSG:25833")
    assert fault.problem == "does not overlap the regions of the place"


def test_means_weigh_pixels_by_the_share_that_is_covered(tmp_path) -> None:
    """One whole pixel of 0 and half of one of 1; then one of 4 and one unknown."""
    raster, _ = open_raster(write(tmp_path / "r.tif"), entry(), "")
    shapes = gpd.GeoSeries(
        [
            box(500_000, 6_699_900, 500_150, 6_700_000),
            box(500_000, 6_699_800, 500_200, 6_699_900),
            box(0, 0, 10, 10),
        ],
        index=["a", "b", "c"],
        crs="EPSG:25833",
    )
    found = raster.means(shapes)
    assert found["mean"].tolist()[:2] == pytest.approx([1 / 3, 4.0])
    assert found["coverage"].tolist() == pytest.approx([1.0, 0.5, 0.0])
    assert np.isnan(found.loc["c", "mean"])


@pytest.mark.parametrize("nodata", [5, 0])
def test_many_boxes_have_the_means_that_exactextract_gives(tmp_path, nodata, monkeypatch) -> None:
    """A fifth corner halfway along a side sends the same ground to exactextract."""
    monkeypatch.setattr("layers.zones.MANY", 1)
    random = np.random.default_rng(2)
    values = random.integers(0, 9, (40, 30)).astype(np.float32) * 1000
    values[random.random(values.shape) < 0.3] = nodata
    raster, _ = open_raster(write(tmp_path / "r.tif", values, nodata=nodata), entry(), "")
    corner = random.uniform((499_000, 6_695_000), (503_000, 6_700_500), (60, 2))
    size = random.uniform(1, 1500, (60, 2))
    boxes = [box(*low, *high) for low, high in zip(corner, corner + size, strict=True)]
    same = [shapely.segmentize(part, 0.6 * max(np.ptp(part.bounds[::2]), 1)) for part in boxes]
    ours = raster.means(gpd.GeoSeries(boxes, crs="EPSG:25833"))
    theirs = raster.means(gpd.GeoSeries(same, crs="EPSG:25833"))
    assert min(len(part.exterior.coords) for part in same) > 5
    assert theirs["mean"].isna().sum() > 3
    assert ours["mean"].to_numpy() == pytest.approx(theirs["mean"].to_numpy(), nan_ok=True)
    assert ours["coverage"].to_numpy() == pytest.approx(theirs["coverage"].to_numpy(), abs=1e-6)
