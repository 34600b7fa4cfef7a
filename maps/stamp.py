"""The time that files carry: of their making, or what SOURCE_DATE_EPOCH says it shall be."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyogrio

if TYPE_CHECKING:
    from collections.abc import Iterator


def created() -> datetime:
    """Return the time of making, or what SOURCE_DATE_EPOCH says it shall be."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdecimal():
        return datetime.fromtimestamp(int(epoch), UTC)
    return datetime.now(UTC).replace(microsecond=0)


@contextmanager
def fixed_date(**more: str) -> Iterator[str]:
    """Let the drivers stamp files with the time that the manifest tells, not with their own.

    Ids that the file geodatabase draws by the clock are then drawn by their number: the same in two
    runs, and as different from each other within a file. More settings of GDAL may be held as long.
    """
    stamp = created().strftime("%Y-%m-%dT%H:%M:%S.000Z")
    settled = {"OGR_CURRENT_DATE": stamp, "OPENFILEGDB_REPRODUCIBLE_UUID": "YES"} | more
    pyogrio.set_gdal_config_options(settled)
    try:
        yield stamp
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(settled))
