"""Sheets of XLSX workbooks as tables of text."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.errors import Fault
from layers.paths import MAX_BYTES, UNZIPPING

if TYPE_CHECKING:
    from pathlib import Path

DAMAGE: Final = (*UNZIPPING, ValueError, LookupError, TypeError, AttributeError, SyntaxError)
"""What openpyxl raises where a workbook, or XML in it (a SyntaxError), is not as it should be."""
LARGE_BYTES: Final = 20e6
"""Size when unpacked from which on a workbook has to be as large as honest sheets pack."""
MAX_RATIO: Final = 100.0
"""Bytes when unpacked over those of the file that such a workbook may have."""
DOCTYPE: Final = b"<!DOCTYPE"
HEAD_BYTES: Final = 4096
XLSX_EXTRA: Final = "install powersite[excel] to read workbooks, or save the sheet as CSV UTF-8"


def read_sheet(path: Path, file: str, sheet: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Read a sheet as text.

    Parameters
    ----------
    path
        The workbook.
    file
        Its name for messages.
    sheet
        Name of the sheet; '' for the one with most rows.

    Returns
    -------
    frame, faults
        Cells as text, '' where empty, indexed by row number (the header is row 1).
    """
    faults = _bomb_faults(path, file)
    if faults:
        return pd.DataFrame(), faults
    try:
        sheets = pd.read_excel(path, sheet_name=None, dtype=object, engine="openpyxl")
    except ImportError:
        return pd.DataFrame(), [Fault(file, "is a workbook", XLSX_EXTRA)]
    except DAMAGE as error:
        return pd.DataFrame(), [_unread(file, error)]
    if sheet and sheet not in sheets:
        known = ", ".join(sheets)
        return pd.DataFrame(), [Fault(file, f"has no sheet '{sheet}'", f"it has {known}")]
    frame = sheets[sheet or max(sheets, key=lambda name: len(sheets[name]))]
    frame.index = frame.index + 2
    frame = frame.dropna(how="all").astype(object)
    frame = frame.where(frame.notna(), "").map(_as_text)
    return frame.rename(columns=lambda name: str(name).strip()), []


def _as_text(cell: object) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    return f"{cell:.0f}" if whole else str(cell).strip()


def _bomb_faults(path: Path, file: str) -> list[Fault]:
    """Refuse what is no workbook, becomes far larger when unpacked, or declares entities."""
    try:
        with zipfile.ZipFile(path) as archive:
            items = archive.infolist()
            size = sum(item.file_size for item in items)
            heads = [archive.open(item).read(HEAD_BYTES) for item in items]
    except zipfile.BadZipFile:
        return [Fault(file, "is not an XLSX workbook", "save it again as XLSX")]
    except DAMAGE as error:
        return [_unread(file, error)]
    limit = max(LARGE_BYTES, MAX_RATIO * path.stat().st_size)
    if size > min(limit, MAX_BYTES):
        remedy = f"keep it under {min(limit, MAX_BYTES):,.0f}, or save the sheet as CSV UTF-8"
        return [Fault(file, f"unpacks to {size:,} bytes", remedy)]
    if any(DOCTYPE in head for head in heads):
        return [Fault(file, "holds entities, which no workbook has", "save it again as XLSX")]
    return []


def _unread(file: str, error: Exception) -> Fault:
    said = " ".join(str(error).split())[:200] or type(error).__name__
    return Fault(file, f"cannot be read: {said}", "save it again as XLSX")
