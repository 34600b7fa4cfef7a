"""The old pack or the new one, whole, and what the user keeps in the folder stays."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from geo.errors import OutputError
from maps import switch
from maps.sums import SUMS, read_sums, sums_text
from maps.switch import UNFINISHED, place_pack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Build = Callable[[Path], None]

ROOT = Path(__file__).resolve().parents[2]


def pack(**files: str) -> Build:
    """A pack of texts; an underscore in a name is a folder."""

    def build(folder: Path) -> None:
        for name, text in files.items():
            path = folder / name.replace("_", "/")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (folder / SUMS).write_text(sums_text(folder), encoding="utf-8")

    return build


def content(folder: Path) -> dict[str, str]:
    """Every file below a folder but the sums."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != SUMS
    }


@pytest.fixture(params=["exchanged", "moved in"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of putting a pack in place."""
    if request.param == "moved in":
        monkeypatch.setattr(switch, "_may_be_exchanged", lambda _: False)
    return request.param


@pytest.mark.usefixtures("way")
def test_a_pack_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    out = tmp_path / "a" / "out"
    place_pack(out, pack(x="1", y="2", inner_z="3"))
    assert content(out) == {"inner/z": "3", "x": "1", "y": "2"}
    place_pack(out, pack(x="4", inner_w="5"))
    assert content(out) == {"inner/w": "5", "x": "4"}
    assert [path.name for path in out.parent.iterdir()] == ["out"]


@pytest.mark.usefixtures("way")
def test_files_of_the_user_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    place_pack(out, pack(x="1", inner_z="3"))
    (out / "notes.txt").write_text("mine")
    (out / "link").symlink_to("nowhere")
    place_pack(out, pack(x="2"))
    assert content(out) == {"notes.txt": "mine", "x": "2"}
    assert (out / "link").is_symlink()


@pytest.mark.usefixtures("way")
def test_a_file_of_the_user_with_a_name_that_the_pack_takes_is_kept_beside(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / SUMS).write_text("mine too")
    place_pack(tmp_path, pack(**{"README.md": "ours"}))
    assert content(tmp_path) == {
        "README.edited.md": "mine",
        "README.md": "ours",
        f"{SUMS}.edited": "mine too",
    }


@pytest.mark.usefixtures("way")
def test_folders_of_the_user_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    place_pack(out, pack(x="1", inner_z="3"))
    (out / "mine").mkdir()
    (out / "mine" / "a").write_text("a")
    (out / "inner" / "b").write_text("b")
    place_pack(out, pack(x="2"))
    assert content(out) == {"inner/b": "b", "mine/a": "a", "x": "2"}


@pytest.mark.usefixtures("way")
def test_a_file_that_was_edited_is_kept_beside(tmp_path: Path) -> None:
    out = tmp_path / "out"
    place_pack(out, pack(**{"x.gpkg": "1", "y.gpkg": "2"}))
    (out / "x.gpkg").write_text("edited")
    place_pack(out, pack(**{"x.gpkg": "3"}))
    assert content(out) == {"x.edited.gpkg": "edited", "x.gpkg": "3"}
    (out / "x.gpkg").write_text("edited again")
    place_pack(out, pack(**{"x.gpkg": "4"}))
    assert content(out) == {
        "x.edited.gpkg": "edited",
        "x.edited2.gpkg": "edited again",
        "x.gpkg": "4",
    }


@pytest.mark.usefixtures("way")
def test_what_an_editor_has_not_written_back_goes_with_its_file(tmp_path: Path) -> None:
    """A write-ahead log beside another database than its own would damage it."""
    out = tmp_path / "out"
    place_pack(out, pack(**{"x.gpkg": "1", "y.gpkg": "2"}))
    (out / "x.gpkg-wal").write_text("edits")
    (out / "y.gpkg-wal").write_text("")
    place_pack(out, pack(**{"x.gpkg": "3", "y.gpkg": "4"}))
    assert content(out) == {
        "x.edited.gpkg": "1",
        "x.edited.gpkg-wal": "edits",
        "x.gpkg": "3",
        "y.gpkg": "4",
    }


@pytest.mark.usefixtures("way")
def test_a_failure_leaves_the_last_pack_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"

    def full(folder: Path) -> None:
        (folder / "x").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OutputError, match="No space left") as caught:
        place_pack(out, full)
    assert caught.value.exit_code == 6
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    place_pack(out, pack(x="1"))
    with pytest.raises(OutputError):
        place_pack(out, full)
    assert content(out) == {"x": "1"}
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="it is a file"):
        place_pack(tmp_path / "out", pack(x="1"))
    with pytest.raises(OutputError, match="cannot write to"):
        place_pack(tmp_path / "out" / "deeper", pack(x="1"))
    assert (tmp_path / "out").read_text() == "mine"


def test_a_system_that_cannot_exchange_moves_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    place_pack(out, pack(x="1", y="2"))
    (out / "notes.txt").write_text("mine")
    monkeypatch.setattr(switch, "_swap", lambda *_: False)
    place_pack(out, pack(x="3"))
    assert content(out) == {"notes.txt": "mine", "x": "3"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_folder_that_the_user_stands_in_is_not_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    place_pack(out, pack(x="1"))
    monkeypatch.chdir(out)
    place_pack(Path(), pack(x="2"))
    assert Path("x").read_text() == "2"
    assert Path.cwd() == out


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    place_pack(tmp_path / "out", pack(x="1"))
    place_pack(tmp_path / "out", pack(x="2"))
    assert (tmp_path / "out").is_symlink()
    assert content(tmp_path / "real") == {"x": "2"}


def test_rights_of_the_folder_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    place_pack(out, pack(x="1"))
    (tmp_path / "usual").mkdir()
    assert out.stat().st_mode == (tmp_path / "usual").stat().st_mode
    out.chmod(0o750)
    place_pack(out, pack(x="2"))
    assert out.stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize("step", ["building", "complete", "exchanged"])
def test_what_a_killed_run_left_is_cleared_up(tmp_path: Path, step: str) -> None:
    """The state of the disk at three moments, written by hand."""
    out, left = tmp_path / "out", tmp_path / ".out.powersite-0000"
    place_pack(out, pack(x="1", y="1"))
    (out / "notes.txt").write_text("mine")
    left.mkdir()
    if step == "building":
        (left / UNFINISHED).touch()
        (left / "x").write_text("half")
        os.link(out / "notes.txt", left / "notes.txt")
    else:
        pack(x="2", y="2")(left)
        os.link(out / "notes.txt", left / "notes.txt")
    if step == "exchanged":
        (out / "x").write_text("edited")
        left.rename(tmp_path / "between")
        out.rename(left)
        (tmp_path / "between").rename(out)
    place_pack(out, pack(x="3"))
    kept = {"x.edited": "edited"} if step == "exchanged" else {}
    assert content(out) == {"notes.txt": "mine", "x": "3", **kept}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_another_run_at_work_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def slow(folder: Path) -> None:
        place_pack(out, pack(x="from the other"))
        assert folder.is_dir()
        pack(x="from this")(folder)

    place_pack(out, slow)
    assert content(out) == {"x": "from this"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x"])
def test_sums_that_lead_out_of_the_folder_are_not_believed(tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "x").write_text("mine")
    (out / SUMS).write_text(f"{'0' * 64}  {name}\n")
    assert read_sums(out) == {}
    place_pack(out, pack(y="1"))
    assert (tmp_path / "x").read_text() == "mine"


def test_an_earlier_pack_is_known_by_its_manifest(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(
        '{"files": [{"name": "old.csv", "sha256": '
        '"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}]}'
    )
    (tmp_path / "old.csv").write_text("abc")
    (tmp_path / "mine.csv").write_text("abc")
    place_pack(tmp_path, pack(x="1"))
    assert content(tmp_path) == {"mine.csv": "abc", "x": "1"}


LIMITED = """
import resource, signal, sys
from pathlib import Path
from geo.errors import SitingError
from maps.delivery import Order
from maps.exports import write_pack
from tests.maps.toy import make_siting
out, siting = Path(sys.argv[1]), make_siting()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))
for name in sys.argv[2].split(","):
    try:
        write_pack(siting, out, Order(formats=(name,)))
    except SitingError as error:
        print(name, error.exit_code, error)
"""
LIMITED_FORMATS = (
    "map", "gpkg", "flatgeobuf", "shapefile", "filegdb", "parquet", "xlsx", "kmz", "csv",
)  # fmt: skip


@pytest.mark.slow
def test_files_that_may_grow_no_further_end_with_6_and_a_line(
    tmp_path: Path, unmeasured: dict[str, str]
) -> None:
    out = tmp_path / "out"
    place_pack(out, pack(x="1"))
    answer = subprocess.run(
        [sys.executable, "-c", LIMITED, str(out), ",".join(LIMITED_FORMATS)],
        cwd=ROOT, capture_output=True, text=True, check=False, env=unmeasured,
    )  # fmt: skip
    assert (answer.returncode, answer.stderr) == (0, "")
    lines = answer.stdout.splitlines()
    assert [line.split()[:3] for line in lines] == [
        [name, "6", "cannot"] for name in LIMITED_FORMATS
    ]
    assert ".powersite-" not in answer.stdout
    assert content(out) == {"x": "1"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


FULL = """
import sys
from pathlib import Path
from geo.errors import SitingError
from maps.delivery import Order
from maps.exports import FORMATS, write_pack
from maps.sums import is_changed, read_sums
from tests.maps.toy import make_siting
out, siting = Path(sys.argv[1]) / "out", make_siting()
for name in FORMATS:
    if name not in ("pypsa", "matpower"):
        try:
            write_pack(siting, out, Order(formats=(name,)))
        except SitingError as error:
            print(error.exit_code, error)
        if not read_sums(out) and out.exists():
            sys.exit(f"{name} left {list(out.iterdir())}")
        if any(is_changed(out, one, read_sums(out)) for one in read_sums(out)):
            sys.exit(f"{name} left a pack that is not whole")
        if [path for path in out.parent.iterdir() if path != out]:
            sys.exit(f"{name} left something behind")
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 250 kB, where one can be made."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=250k", "tmpfs", str(folder)]
    if mount is None or subprocess.run([mount, *options], check=False).returncode:
        pytest.skip("no file system can be made here")
    yield folder
    subprocess.run([str(shutil.which("umount")), str(folder)], check=True)


@pytest.mark.slow
def test_a_full_disk_loses_nothing(small_disk: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", FULL, str(small_disk)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (answer.returncode, answer.stderr) == (0, "")
    lines = answer.stdout.splitlines()
    assert len(lines) >= 4
    assert all(line.startswith("6 cannot write") for line in lines)


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs a folder that nobody may write to")
def test_a_target_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write to") as caught:
        place_pack(Path("/proc/powersite/out"), pack(x="1"))
    assert caught.value.exit_code == 6
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("way")
def test_everything_is_on_the_disk_before_the_pack_is_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written down by inode: files and folders of the pack, then the folders they are moved in."""
    out = tmp_path / "out"
    flushed: set[int] = set()
    monkeypatch.setattr("os.fsync", lambda handle: flushed.add(os.fstat(handle).st_ino))
    place_pack(out, pack(x="1", inner_z="3"))
    files = {path.stat().st_ino for path in out.rglob("*") if path.is_file()}
    assert len(files) == 3
    assert files <= flushed
    assert {out.stat().st_ino, tmp_path.stat().st_ino} & flushed
