"""Layers as one XLSX workbook in which no cell is a formula or a link."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from maps.frames import known
from maps.stamp import created
from maps.text import plain

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from maps.delivery import Delivery

LONGEST: Final = 32_767
"""Characters that a cell holds."""
WIDEST: Final = 60
SAMPLE: Final = 200
"""Rows that decide the width of a column."""
SAFE: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def write_workbook(delivery: Delivery, path: Path) -> None:
    """Write a sheet for every layer, without shapes, and one that says what the columns mean."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, **SAFE}) as book:
        book.set_properties({"created": created().replace(tzinfo=None), "author": "powersite"})
        head = book.add_format({"bold": True, "bg_color": "#e6edf7", "bottom": 1})
        for name, frame in (delivery.tables | {"dictionary": delivery.dictionary}).items():
            _add_sheet(book.add_worksheet(name[:31]), frame, head)
    path.write_bytes(content.getvalue())


def _add_sheet(sheet: Any, frame: pd.DataFrame, head: Any) -> None:  # noqa: ANN401 -- untyped library
    table = frame.drop(columns="geometry", errors="ignore")
    for at, name in enumerate(table.columns):
        sheet.write_string(0, at, plain(name), head)
        values = [known(value) for value in table[name].tolist()]
        for row, value in enumerate(values, start=1):
            _write_cell(sheet, row, at, value)
        lengths = [len(str(value)) for value in [name, *values[:SAMPLE]] if value is not None]
        sheet.set_column(at, at, min(max(lengths) + 2, WIDEST))
    sheet.freeze_panes(1, 1)
    if len(table.columns):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def _write_cell(sheet: Any, row: int, column: int, value: object) -> None:  # noqa: ANN401
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, plain(value)[:LONGEST])
