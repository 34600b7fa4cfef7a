"""A report of two pages to print and to show: PDF, or pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matplotlib.backends.backend_pdf import PdfPages

from geo.errors import OutputError
from maps.report_pages import first_page, second_page
from maps.report_sheet import DPI, drawing
from maps.write import place_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.siting import Siting
    from maps.report_sheet import Sheet

PDF_FACTS: Final = {"CreationDate": None, "ModDate": None, "Creator": "powersite", "Producer": None}
"""No time in the file, so that the same answer is the same file."""
KINDS: Final = (".pdf", ".png")
PNG_FACTS: Final = {"Software": None}


def write_report(siting: Siting, path: Path, dpi: int = DPI) -> list[Path]:
    """Write the report: one PDF of two pages, or two pictures.

    Parameters
    ----------
    siting
        The answer.
    path
        Ends in ``.pdf``, or in ``.png``: then the first page is there and the second beside it,
        ``report.png`` and ``report-2.png``.
    dpi
        Dots an inch of pictures.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    OutputError
        If the name ends otherwise, or a file cannot be written.
    """
    refuse_other_names(path)
    if path.suffix.lower() == ".pdf":
        return place_files(path.parent, {path.name: lambda target: _write_pdf(siting, target)})
    writers = {
        path.name: lambda target: _write_png(siting, first_page, target, dpi),
        f"{path.stem}-2{path.suffix}": lambda target: _write_png(siting, second_page, target, dpi),
    }
    return place_files(path.parent, writers)


def refuse_other_names(path: Path) -> None:
    """Raise an `OutputError`, before anything is worked out, if no report can have this name."""
    if path.suffix.lower() not in KINDS:
        raise OutputError(f"'{path}' is no name of a report; end it in {' or '.join(KINDS)}")


def _write_pdf(siting: Siting, path: Path) -> None:
    with drawing(), PdfPages(path, metadata=PDF_FACTS) as pages:
        for page in (first_page, second_page):
            pages.savefig(page(siting).figure)


def _write_png(siting: Siting, page: Callable[[Siting], Sheet], path: Path, dpi: int) -> None:
    with drawing():
        page(siting).figure.savefig(
            path, format="png", dpi=dpi, metadata=PNG_FACTS, pil_kwargs={"compress_level": 9}
        )
