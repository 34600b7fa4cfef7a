"""The old file or the new file, never neither, and nothing left lying about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geo.errors import OutputError
from maps.write import first_line, place_file, place_files

if TYPE_CHECKING:
    from pathlib import Path

    from maps.write import Writer


def puts(text: str) -> Writer:
    def put(path: Path) -> None:
        path.write_text(text)

    return put


def fails(path: Path) -> None:
    path.write_text("half")
    raise OSError(28, "No space left on device")


def test_writes_into_a_new_folder(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    assert place_files(out, {"x": puts("1"), "y": puts("2")}) == [out / "x", out / "y"]
    assert sorted(path.name for path in out.iterdir()) == ["x", "y"]
    assert (out / "y").read_text() == "2"


def test_replaces_what_was_there_and_leaves_the_rest(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("old")
    (tmp_path / "other").write_text("mine")
    place_file(tmp_path / "x", puts("new"))
    assert (tmp_path / "x").read_text() == "new"
    assert (tmp_path / "other").read_text() == "mine"


def test_a_failure_leaves_earlier_files_and_no_temporary_ones(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("old")
    with pytest.raises(OutputError, match="No space left") as caught:
        place_files(tmp_path, {"x": puts("new"), "y": fails})
    assert caught.value.exit_code == 6
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_text() == "old"


def test_a_failure_removes_the_folders_it_made(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        place_files(tmp_path / "a" / "b", {"y": fails})
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_cleans_up_and_stays_an_interrupt(tmp_path: Path) -> None:
    def stopped(path: Path) -> None:
        path.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place_files(tmp_path / "a", {"x": stopped})
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_ours_is_not_called_an_output_error(tmp_path: Path) -> None:
    def wrong(_: Path) -> None:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        place_file(tmp_path / "x", wrong)


def test_a_later_writer_reads_what_an_earlier_one_wrote(tmp_path: Path) -> None:
    def sums(path: Path) -> None:
        path.write_text((path.parent / "x").read_text() * 2)

    place_files(tmp_path, {"x": puts("ab"), "sums": sums})
    assert (tmp_path / "sums").read_text() == "abab"


def test_a_folder_where_a_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "y").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        place_files(tmp_path, {"x": puts("1"), "y": puts("2")})
    assert not (tmp_path / "x").exists()


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="cannot write to"):
        place_files(tmp_path / "out", {"x": puts("1")})
    with pytest.raises(OutputError, match="cannot write to"):
        place_files(tmp_path / "out" / "deeper", {"x": puts("1")})
    assert (tmp_path / "out").read_text() == "mine"


def test_files_can_be_read_by_those_who_usually_can(tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.write_text("1")
    placed = place_file(tmp_path / "placed", puts("1"))
    assert placed.stat().st_mode == usual.stat().st_mode


def test_what_a_killed_run_left_is_removed_and_one_at_work_is_not(tmp_path: Path) -> None:
    left = tmp_path / ".powersite-file-0000"
    left.mkdir()
    (left / "x").write_text("half")
    place_file(tmp_path / "x", puts("1"))
    assert [path.name for path in tmp_path.iterdir()] == ["x"]

    def slow(path: Path) -> None:
        place_file(tmp_path / "y", puts("2"))
        path.write_text("3")

    place_file(tmp_path / "x", slow)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x", "y"]
    assert (tmp_path / "x").read_text() == "3"


def test_a_long_word_of_a_library_is_cut_in_its_middle() -> None:
    """SQLite tells a statement of thousands of letters before it says that the disk is full."""
    said = first_line(ValueError("CREATE TABLE a (" + "b INTEGER, " * 900 + ") failed: disk full"))
    assert said.startswith("CREATE TABLE a (b INTEGER")
    assert said.endswith("failed: disk full")
    assert len(said) < 250
