"""The one door to GDAL: which drivers may run, settled before any of its libraries is loaded.

A file named ``.geojson`` can hold a GDAL VRT, which reads other files and makes requests. So all
drivers but a few are skipped, and network access of the library is off. Both Python packages that
carry a GDAL read the environment once, when they are imported, and worker processes inherit it.
"""

from __future__ import annotations

import os
from typing import Final

ALLOWED_DRIVERS: Final = frozenset(
    (
        "COG",
        "ESRI Shapefile",
        "FlatGeobuf",
        "GML",
        "GPKG",
        "GTiff",
        "GeoJSON",
        "KML",
        "LIBKML",
        "MEM",
        "MapInfo File",
        "Memory",
        "OpenFileGDB",
    )
)
"""Formats that are read or written, and memory; GDAL runs nothing else."""
SKIPPED_DRIVERS: Final = (
    "AAIGrid", "ACE2", "ADBC", "ADRG", "AIG", "AIVector", "AVCBin", "AVCE00", "AVIF", "AirSAR",
    "AmigoCloud", "Arrow", "BAG", "BASISU", "BIGGIF", "BLX", "BMP", "BSB", "BT", "BYN", "CAD",
    "CALS", "CEOS", "COASP", "COSAR", "CPG", "CSV", "CSW", "CTG", "CTable2", "Carto", "DAAS",
    "DB2ODBC", "DDS", "DERIVED", "DGN", "DIMAP", "DIPEx", "DOQ1", "DOQ2", "DTED", "DWG", "DXF",
    "ECRGTOC", "EDIGEO", "EEDA", "EEDAI", "EHdr", "EIR", "ELAS", "ENVI", "ERS", "ESAT", "ESRIC",
    "ESRIJSON", "EXR", "Elasticsearch", "FAST", "FIT", "FITS", "GDALG", "GFF", "GIF", "GMLAS",
    "GNMDatabase", "GNMFile", "GPSBabel", "GPX", "GRASSASCIIGrid", "GRIB", "GS7BG", "GSAG",
    "GSBG", "GSC", "GTFS", "GTI", "GTX", "GXF", "GenBin", "GeoJSONSeq", "GeoRSS", "GeoRaster",
    "HANA", "HDF4", "HDF4Image", "HDF5", "HDF5Image", "HEIF", "HF2", "HFA", "HTTP", "IDB",
    "ILWIS", "IRIS", "ISCE", "ISG", "ISIS2", "ISIS3", "Idrisi", "Interlis 1", "Interlis 2",
    "JAXAPALSAR", "JDEM", "JML", "JP2KAK", "JP2OpenJPEG", "JPEG", "JPEGXL", "JPIPKAK", "JSONFG",
    "KEA", "KMLSUPEROVERLAY", "KRO", "KTX2", "L1B", "LAN", "LCP", "LIBERTIFF", "LOSLAS", "LVBAG",
    "Leveller", "MAP", "MBTiles", "MFF", "MFF2", "MRF", "MSG", "MSGN", "MSSQLSpatial", "MVT",
    "MapML", "MiraMon", "MiraMonRaster", "MiraMonVector", "MongoDBv3", "MySQL",
    "NAS", "NDF", "NGSGEOID", "NGW", "NITF", "NOAA_B", "NSIDCbin", "NTv2", "NUMPY", "NWT_GRC",
    "NWT_GRD", "OAPIF", "OCI", "ODBC", "ODS", "OGCAPI", "OGR_GMT", "OGR_PDS", "OGR_VRT", "OSM",
    "OZI", "OpenJPEG", "PAux", "PCIDSK", "PCRaster", "PDF", "PDS", "PDS4", "PGDUMP", "PGeo",
    "PLMOSAIC", "PLSCENES", "PMTiles", "PNG", "PNM", "PRF", "Parquet", "PostGISRaster",
    "PostgreSQL", "R", "RCM", "RDB", "RIK", "RMF", "ROI_PAC", "RPFTOC", "RRASTER", "RS2", "RST",
    "Rasterlite", "S102", "S104", "S111", "S57", "SAFE", "SAGA", "SAR_CEOS", "SDTS", "SENTINEL2",
    "SGI", "SIGDEM", "SNAP_TIFF", "SNODAS", "SOSI", "SQLite", "SRP", "SRTMHGT", "STACIT",
    "STACTA", "SXF", "Selafin", "TGA", "TIGER", "TIL", "TSX", "Terragen", "TileDB", "TopoJSON",
    "UK .NTF", "USGSDEM", "VDV", "VFK", "VICAR", "VRT", "WAsP", "WCS", "WEBP", "WFS", "WMS",
    "WMTS", "XLSX", "XPM", "XYZ", "ZMap", "Zarr", "netCDF",
)  # fmt: skip
"""Every other driver of the GDALs we have seen. GDAL can only be told what to skip, so a test holds
what is left against what is allowed."""
SETTINGS: Final = {
    "GDAL_SKIP": ",".join(SKIPPED_DRIVERS),
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_DRIVER_PATH": "disable",  # no plugins from folders
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "PROJ_NETWORK": "OFF",  # no grids from the network
    "CPL_LOG": os.devnull,  # where it tells, when loaded, which of the drivers to skip it lacks
}


def harden() -> None:
    """Set the environment that GDAL reads when it is loaded; later it changes nothing."""
    os.environ.update(SETTINGS)
