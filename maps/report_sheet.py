"""A page of a report: a figure measured in millimetres, on which text is only ever text."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from maps.palette import light
from maps.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matplotlib.axes import Axes

MM_PER_INCH: Final = 25.4
PT_PER_MM: Final = 72 / MM_PER_INCH
WIDTH_MM, HEIGHT_MM, MARGIN_MM = 297.0, 210.0, 12.0
"""A4, lying."""
DPI: Final = 150
LATIN: Final = "DejaVu Sans"
"""Comes with matplotlib, so that a page looks the same everywhere."""
WIDER: Final = (
    "Noto Sans CJK JP", "Noto Sans JP", "IPAexGothic", "IPAGothic", "TakaoGothic", "VL Gothic",
    "Yu Gothic", "Meiryo", "MS Gothic", "Hiragino Sans", "Hiragino Kaku Gothic Pro",
)  # fmt: skip
"""Fonts that have what the first lacks; those of them that the machine has are used."""
INK, MUTED, RULE, FAINT = light()["ink"], light()["muted"], "#d5dae0", "#f3f4f6"
GRADE: Final = {letter: light()[f"grade-{letter}"] for letter in "ABCD"}
GRADE_INK: Final = {letter: light()[f"grade-{letter}-ink"] for letter in "ABCD"}


@contextmanager
def drawing() -> Iterator[None]:
    """Draw as matplotlib does by itself, whatever the user's settings; unknown letters as boxes."""
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcParams.update(mpl.rcParamsDefault)
        mpl.rcParams.update(
            {"pdf.fonttype": 42, "font.family": families(), "text.hinting": "none", "font.size": 7}
        )
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def families() -> list[str]:
    """Name the fonts to use, the first for all that it has."""
    known = {font.name for font in font_manager.fontManager.ttflist}
    return [LATIN, *(name for name in WIDER if name in known)]


class Sheet:
    """One page; lengths in mm from the left and from the top, sizes of letters in points."""

    def __init__(self) -> None:
        self.figure = Figure(figsize=(WIDTH_MM / MM_PER_INCH, HEIGHT_MM / MM_PER_INCH), dpi=DPI)
        canvas = FigureCanvasAgg(self.figure)
        self._renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
        self.paper = self.axes(0, 0, WIDTH_MM, HEIGHT_MM)

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Return axes on a part of the page, in mm from their own left top corner, unframed."""
        box = (x / WIDTH_MM, 1 - (y + height) / HEIGHT_MM, width / WIDTH_MM, height / HEIGHT_MM)
        axes = self.figure.add_axes(box)
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        axes.axis("off")
        return axes

    def text(self, x: float, y: float, content: object, size: float = 7, **look: Any) -> None:  # noqa: ANN401 -- matplotlib's own words
        """Write one line with its foot at ``y``; nothing in it is taken for mathematics."""
        look = {"color": INK, "va": "baseline"} | look
        self.paper.text(x, y, plain(content), fontsize=size, parse_math=False, **look)

    def rule(self, x: float, y: float, width: float, colour: str = RULE) -> None:
        """Draw a hairline."""
        self.paper.add_line(Line2D([x, x + width], [y, y], color=colour, linewidth=0.5))

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle."""
        self.paper.add_patch(Rectangle((x, y), width, height, facecolor=colour, linewidth=0))

    def chip(self, x: float, y: float, grade: str, side: float = 4.2) -> None:
        """Draw a grade's letter on its colour, its left top corner at ``x, y``."""
        shape = FancyBboxPatch(
            (x + 0.5, y + 0.5), side - 1, side - 1, boxstyle="round,pad=0.5,rounding_size=0.8",
            facecolor=GRADE.get(grade, FAINT), linewidth=0,
        )  # fmt: skip
        self.paper.add_patch(shape)
        look = {"ha": "center", "va": "center_baseline", "weight": "bold"}
        ink = GRADE_INK.get(grade, INK)
        self.text(x + side / 2, y + side / 2 + 0.1, grade, side * 1.75, color=ink, **look)

    def badge(self, x: float, y: float, rank: object, grade: str, radius: float = 2.3) -> None:
        """Draw a rank on a disc of its grade's colour."""
        disc = Circle(
            (x, y), radius, facecolor=GRADE.get(grade, FAINT), edgecolor="white", linewidth=0.8
        )
        disc.set_zorder(9)
        self.paper.add_patch(disc)
        look = {"ha": "center", "va": "center_baseline", "weight": "bold", "zorder": 10}
        self.text(x, y + 0.1, rank, 6.2, color=GRADE_INK.get(grade, INK), **look)

    def width_mm(self, content: str, size: float, weight: str = "normal") -> float:
        """Measure a line of text."""
        font = FontProperties(family=families(), size=size, weight=weight)
        width_px, _, _ = self._renderer.get_text_width_height_descent(content, font, ismath=False)
        return float(width_px) / DPI * MM_PER_INCH

    def cut(self, content: object, size: float, width: float, weight: str = "normal") -> str:
        """Return as much of a line as fits a width, with dots where something is left out."""
        text = plain(content)
        if self.width_mm(text, size, weight) <= width:
            return text
        low, high = 0, len(text)
        while low < high:  # the longest beginning that fits
            middle = (low + high + 1) // 2
            fits = self.width_mm(text[:middle].rstrip() + "…", size, weight) <= width
            low, high = (middle, high) if fits else (low, middle - 1)
        return text[:low].rstrip() + "…"

    def wrapped(self, content: object, size: float, width: float) -> list[str]:
        """Break text into lines that fit a width; what is too long for one line is cut."""
        lines: list[str] = []
        for word in plain(content).split(" "):
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width_mm(longer, size) <= width:
                lines[-1] = longer
            else:
                lines.append(self.cut(word, size, width))
        return lines

    def paragraphs(
        self, x: float, y: float, width: float, bottom: float, contents: Iterable[object]
    ) -> int:
        """Write paragraphs in small letters down to a bottom; return how many did not fit."""
        size, step = 5.4, 2.35
        left = 0
        for content in contents:
            lines = self.wrapped(content, size, width - 1.8)
            if left or y + step * len(lines) > bottom:
                left += 1
                continue
            self.text(x, y + step * 0.8, "–", size, color=MUTED)
            for line in lines:
                y += step
                self.text(x + 1.8, y - 0.2 * step, line, size, color=MUTED)
            y += 0.35 * step
        return left
