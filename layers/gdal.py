"""The one door to GDAL: which drivers may run, settled before any of its libraries is loaded.

A file named ``.geojson`` can hold a GDAL VRT, which reads other files and makes requests. So the
drivers that do are skipped, and network access of the library is off. Both Python packages that
carry a GDAL read the environment once, when they are imported.
"""

from __future__ import annotations

import os
from typing import Final

SKIPPED_DRIVERS: Final = (
    "VRT",
    "OGR_VRT",
    "GTI",
    "DERIVED",
    "HTTP",
    "WCS",
    "WFS",
    "WMS",
    "WMTS",
    "OAPIF",
    "OGCAPI",
    "CSW",
    "STACTA",
    "STACIT",
    "DAAS",
    "EEDA",
    "EEDAI",
    "PLMOSAIC",
    "PLSCENES",
    "NGW",
    "Carto",
    "Elasticsearch",
    "AmigoCloud",
    "GDALG",
    "ADBC",
)
SETTINGS: Final = {
    "GDAL_SKIP": ",".join(SKIPPED_DRIVERS),
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    "GDAL_HTTP_TIMEOUT": "1",
}


def harden() -> None:
    """Set the environment that GDAL reads when it is loaded; later it changes nothing."""
    os.environ.update(SETTINGS)
