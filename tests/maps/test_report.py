"""The report: what its pages say, that names stay names, that the same answer is the same file."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from matplotlib.text import Text

import maps.report
from geo.errors import OutputError
from maps.report import write_report
from maps.report_charts import heading
from maps.report_map import Frame, fuel_colour, plant_area
from maps.report_pages import first_page, second_page
from maps.report_sheet import PT_PER_MM, Sheet, drawing
from maps.text import plain

if TYPE_CHECKING:
    from pathlib import Path

    from geo.siting import Siting


def texts(sheet: Sheet) -> list[Text]:
    return [one for one in sheet.figure.findobj(Text) if one.get_text()]


def words(sheet: Sheet) -> list[str]:
    return [one.get_text() for one in texts(sheet)]


def test_first_page_has_the_question_the_grades_and_the_ranking(siting: Siting) -> None:
    with drawing():
        said = words(first_page(siting))
    for part in ("Toyland · 180 MW", "Site 1", "28 (20–44)", "1,980", "80.0", "A", "2N"):
        assert part in said
    assert any(part.startswith("West County · firm P10–P90 310–450 MW · limit: ") for part in said)
    assert "and 3 more sites, on the map as dots" in said
    assert "420 MW" not in said  # the unit is in the head of the column


def test_second_page_has_times_shares_costs_sources_and_limits(siting: Siting) -> None:
    with drawing():
        said = words(second_page(siting))
    for part in ("When power flows", "Site 1", "Site 3: power and second feed", "57 %", "23.4"):
        assert part in said
    assert any("not an offer" in part for part in said)
    assert any(part.startswith("substations, Toy substations, ODbL-1.0") for part in said)


def test_names_are_text_and_never_mathematics(hostile: Siting) -> None:
    dollars = hostile.sites.assign(name=[rf"$\frac{{{at}}}{{2}}$" for at in range(8)])
    tried = replace(hostile, sites=dollars)
    with drawing():
        for page in (first_page, second_page):
            for one in texts(page(tried)):
                assert one.get_parse_math() is False
                assert plain(one.get_text()) == one.get_text()
        assert r"$\frac{1}{2}$" in words(first_page(tried))


def test_hostile_names_are_written(hostile: Siting, tmp_path: Path) -> None:
    (path,) = write_report(hostile, tmp_path / "r.pdf")
    assert path.stat().st_size > 10_000


def test_letters_that_no_font_has_do_not_stop_it(siting: Siting, tmp_path: Path) -> None:
    rare = siting.sites.assign(name="北海道 苫小牧市 \U0001f5fe 𒀀")
    write_report(replace(siting, sites=rare), tmp_path / "r.pdf")
    assert len(write_report(replace(siting, sites=rare), tmp_path / "r.png")) == 2


def test_pdf_has_two_pages_its_fonts_and_no_time(siting: Siting, tmp_path: Path) -> None:
    (path,) = write_report(siting, tmp_path / "r.pdf")
    content = path.read_bytes()
    for found in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        unpacker = zlib.decompressobj()
        try:
            content += unpacker.decompress(found)
        except zlib.error:
            continue
    assert re.search(rb"/Count 2\b", content)
    assert b"/FontFile2" in content
    assert b"CreationDate" not in content
    assert b"Type3" not in content


@pytest.mark.parametrize("name", ["r.pdf", "r.png"])
def test_same_answer_same_file(siting: Siting, tmp_path: Path, name: str) -> None:
    once = [path.read_bytes() for path in write_report(siting, tmp_path / "a" / name)]
    again = [path.read_bytes() for path in write_report(siting, tmp_path / "b" / name)]
    assert once == again


def test_pictures_are_written_together_or_not_at_all(
    siting: Siting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = write_report(siting, tmp_path / "r.png", dpi=60)
    assert [path.name for path in written] == ["r.png", "r-2.png"]
    before = written[0].read_bytes()
    # 297 mm at 60 dots an inch are 701 dots.
    assert int.from_bytes(before[16:20]) == 701

    def fail(_siting: Siting) -> Sheet:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(maps.report, "second_page", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_report(siting, tmp_path / "r.png", dpi=70)
    assert written[0].read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r-2.png", "r.png"]


def test_other_names_are_refused(siting: Siting, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"end it in \.pdf or \.png"):
        write_report(siting, tmp_path / "report.svg")


def test_a_place_with_what_it_must_have_and_one_site(siting: Siting) -> None:
    layers = siting.layers
    bare = type(layers)(layers.place, layers.substations, layers.lines, layers.regions)
    gantt = siting.gantt.head(0)
    one = replace(siting, layers=bare, sites=siting.sites.tail(1), gantt=gantt)
    with drawing():
        assert "Site 8" in words(first_page(one))
        said = words(second_page(one))
    assert "unknown" in said
    assert "No schedule is known." in said


def test_a_grid_without_congestion_is_drawn(siting: Siting) -> None:
    calm = replace(siting, congestion=siting.congestion.iloc[:0])
    with drawing():
        assert "Site 1" in words(first_page(calm))


def test_frame_keeps_shape_and_centre() -> None:
    """100 by 50 km into 108 by 108 mm: with the edge 108 km wide, so 1 mm a km."""
    frame = Frame.around((0.0, 0.0, 100e3, 50e3), (10.0, 20.0, 108.0, 108.0))
    assert frame.mm_per_m == pytest.approx(1e-3)
    assert frame.at(50e3, 25e3) == pytest.approx((64.0, 74.0))
    assert frame.at(0.0, 50e3) == pytest.approx((14.0, 49.0))
    assert frame.holds(64, 74)
    assert not frame.holds(10.5, 74, by_mm=1)


def test_plants_are_as_large_as_the_legend_says() -> None:
    """A gigawatt is 4 mm across."""
    assert (plant_area(1000) ** 0.5) / PT_PER_MM == pytest.approx(4.0, abs=0.02)
    assert fuel_colour("Hydro, run-of-river") == fuel_colour("hydro")


@pytest.mark.parametrize(
    ("ranks", "expected"), [([2], "Site 2"), ([1, 3, 4, 5, 9], "Sites 1, 3–5, 9")]
)
def test_sites_of_a_plan(ranks: list[int], expected: str) -> None:
    assert heading(ranks, [["power", "study", 0, 1, 1]]) == expected


def test_text_is_cut_and_broken_to_its_width() -> None:
    with drawing():
        sheet = Sheet()
        cut = sheet.cut("a name that is far too long for its column", 7, 20)
        assert cut.endswith("…")
        assert sheet.width_mm(cut, 7) <= 20
        assert sheet.cut("short", 7, 20) == "short"
        lines = sheet.wrapped("many words of which no line holds all", 7, 20)
        assert " ".join(lines) == "many words of which no line holds all"
        assert all(sheet.width_mm(line, 7) <= 20 for line in lines)
        assert sheet.wrapped("", 7, 20) == [""]


def test_what_does_not_fit_is_counted() -> None:
    with drawing():
        sheet = Sheet()
        assert sheet.paragraphs(10, 10, 100, 16, ["one", "two", "three", "four"]) == 2
