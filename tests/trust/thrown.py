"""What a trap yields when it is opened: everything that can be read of it, or the refusal."""

from __future__ import annotations

import pyogrio
import rasterio


def throw(kind: str, name: str) -> str:
    """Open a file or name as GDAL understands it."""
    try:
        if kind == "vector":
            told = [
                pyogrio.read_dataframe(name, layer=layer).to_csv()
                for layer, _ in pyogrio.list_layers(name)
            ]
            return "\n".join(told)
        with rasterio.open(name) as file:
            return f"{file.tags()} {file.read().tobytes()[:1000]!r} {file.files}"
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        return f"refused: {type(error).__name__}"
    except (rasterio.errors.RasterioError, rasterio.errors.CRSError) as error:
        return f"refused: {type(error).__name__}"
