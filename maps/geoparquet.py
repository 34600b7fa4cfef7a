"""Layers as GeoParquet 1.1: one file each, with the bounding box of every row."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from geo.errors import ScenarioError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from maps.delivery import Delivery

VERSION: Final = "1.1.0"


def write_geoparquet(delivery: Delivery, folder: Path) -> None:
    """Write every layer, those without a geometry as plain Parquet.

    Raises
    ------
    ScenarioError
        If pyarrow is not installed.
    """
    require_pyarrow()
    (folder / "geoparquet").mkdir()
    for name, frame in delivery.tables.items():
        path = folder / "geoparquet" / f"{name}.parquet"
        table = _texts(frame)
        if name in delivery.spatial:
            table.to_parquet(
                path,
                index=False,
                compression="zstd",
                write_covering_bbox=True,
                schema_version=VERSION,
            )
        else:
            table.to_parquet(path, index=False, compression="zstd")


def require_pyarrow() -> None:
    """Refuse to begin without the library.

    Raises
    ------
    ScenarioError
        If pyarrow is not installed.
    """
    if find_spec("pyarrow") is None:
        raise ScenarioError(
            "GeoParquet needs pyarrow; install it with: pip install 'powersite[parquet]'"
        )


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with text columns of one type, unknown as missing."""
    names = [name for name in frame.columns if frame[name].dtype == object]
    return frame.astype(dict.fromkeys(names, "str"))
