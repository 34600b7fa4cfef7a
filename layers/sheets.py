"""Sheets of XLSX workbooks as tables of text."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pandas as pd

from geo.errors import Fault
from layers.paths import MAX_BYTES

if TYPE_CHECKING:
    from pathlib import Path

XLSX_EXTRA = "install powersite[excel] to read workbooks, or save the sheet as CSV UTF-8"


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
    except (ValueError, KeyError, OSError) as error:
        return pd.DataFrame(), [Fault(file, f"cannot be read: {error}", "save it again as XLSX")]
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
    """Refuse what is no workbook, or becomes far larger when it is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(item.file_size for item in archive.infolist())
    except zipfile.BadZipFile:
        return [Fault(file, "is not an XLSX workbook", "save it again as XLSX")]
    if size > MAX_BYTES:
        return [Fault(file, f"unpacks to {size:,} bytes", f"keep it under {MAX_BYTES:,}")]
    return []
