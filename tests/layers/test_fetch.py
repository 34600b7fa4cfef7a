"""Fetching from a server on this machine that is away, slow, cut off, changed or huge."""

from __future__ import annotations

import hashlib
import logging

import pytest

from geo.errors import FetchError, OutputError
from layers.fetch import Cache, Remote, plain_url
from tests.layers.server import serving

DATA = bytes(range(256)) * 4000
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def server():
    with serving() as state:
        yield state


@pytest.fixture
def waits():
    return []


@pytest.fixture
def cache(tmp_path, waits):
    return Cache(tmp_path / "cache", timeout_s=5.0, sleep=waits.append)


def remote(url: str, sha256: str = "", max_bytes: int = 10_000_000) -> Remote:
    return Remote("thing", url, max_bytes, sha256)


def test_a_file_is_fetched_once(server, cache) -> None:
    it = remote(server.serve("/a.bin", DATA))
    assert not cache.has(it)
    assert cache.get(it).read_bytes() == DATA
    assert cache.get(it).read_bytes() == DATA
    assert cache.has(it)
    assert len(server.asked) == 1
    assert not list(cache.folder.rglob("*.part*"))


def test_offline_takes_only_what_is_there(server, cache) -> None:
    it = remote(server.serve("/a.bin", DATA))
    offline = Cache(cache.folder, offline=True)
    with pytest.raises(FetchError, match="is not in the cache, and --offline"):
        offline.get(it)
    cache.get(it)
    assert offline.get(it).read_bytes() == DATA
    assert len(server.asked) == 1


def test_a_damaged_entry_is_fetched_again(server, cache) -> None:
    it = remote(server.serve("/a.bin", DATA))
    path = cache.get(it)
    path.write_bytes(DATA[:-1])
    assert not cache.has(it)
    assert cache.get(it).read_bytes() == DATA
    assert len(server.asked) == 2


def test_a_file_without_its_note_counts_as_none(server, cache) -> None:
    it = remote(server.serve("/a.bin", DATA))
    path = cache.get(it)
    path.with_name("a.bin.json").unlink()
    assert not cache.has(it)


def test_away_for_good_is_not_asked_again(server, cache, waits) -> None:
    with pytest.raises(FetchError, match="/none answers 404") as caught:
        cache.get(remote(server.url + "/none"))
    assert caught.value.exit_code == 5
    assert len(server.asked) == 1
    assert waits == []


def test_away_for_a_while_is_asked_again_ever_later(server, cache, waits) -> None:
    it = remote(server.serve("/a.bin", DATA, "503", "500"))
    assert cache.get(it).read_bytes() == DATA
    assert waits == [1, 2]


def test_away_four_times_is_given_up(server, cache, waits) -> None:
    it = remote(server.serve("/a.bin", DATA, *["503"] * 9))
    with pytest.raises(FetchError, match=r"503 .*, 4 times over"):
        cache.get(it)
    assert waits == [1, 2, 4]


def test_cut_off_goes_on_where_it_stopped(server, cache) -> None:
    it = remote(server.serve("/a.bin", DATA, "cut", "cut"))
    assert cache.get(it).read_bytes() == DATA
    half = len(DATA) // 2
    assert [asked for _, asked in server.asked] == [
        "", f"bytes={half}-", f"bytes={half + half // 2}-",
    ]  # fmt: skip


def test_cut_off_for_good_keeps_nothing_but_can_go_on_later(server, cache) -> None:
    it = remote(server.serve("/a.bin", DATA, *["cut"] * 4))
    with pytest.raises(FetchError, match=r"was cut off after [\d,]+ of 1,024,000 bytes"):
        cache.get(it)
    assert not cache.path(it).exists()
    assert not cache.has(it)
    assert cache.get(it).read_bytes() == DATA
    assert server.asked[-1][1] != ""


@pytest.mark.parametrize(
    "spoil",
    [
        lambda part: part.write_bytes(b"\xff" + part.read_bytes()[1:]),
        lambda part: part.write_bytes(part.read_bytes()[:-7]),
        lambda part: part.with_name(part.name + ".json").unlink(),
        lambda part: part.with_name(part.name + ".json").write_text("[1]", encoding="utf-8"),
    ],
    ids=["a byte", "its end", "no note, as after a kill", "a note that is none"],
)
def test_a_piece_that_is_not_as_it_was_left_is_not_gone_on_from(spoil, server, cache) -> None:
    """No catalogue knows the hash of the file, so nothing later would tell."""
    it = remote(server.serve("/a.bin", DATA, *["cut"] * 4))
    with pytest.raises(FetchError):
        cache.get(it)
    (part,) = cache.folder.rglob("*.part")
    spoil(part)
    assert cache.get(it).read_bytes() == DATA
    assert server.asked[-1][1] == ""


@pytest.mark.parametrize("note", ["", "[1]", "7", '{"sha256": 7}', "{", "\0"])
def test_a_damaged_note_is_fetched_again(note: str, server, cache) -> None:
    it = remote(server.serve("/a.bin", DATA))
    path = cache.get(it)
    path.with_name("a.bin.json").write_text(note, encoding="utf-8")
    assert not cache.has(it)
    assert cache.get(it).read_bytes() == DATA


def test_a_full_disk_is_told_at_once_and_not_taken_for_the_network(
    server, cache, waits, monkeypatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("layers.fetch.os.fsync", full)
    with pytest.raises(OutputError, match=r"cannot write to .*No space left on device"):
        cache.get(remote(server.serve("/a.bin", DATA)))
    assert waits == []


def test_slow_is_given_up(server, tmp_path, waits) -> None:
    cache = Cache(tmp_path, timeout_s=0.1, sleep=waits.append)
    it = remote(server.serve("/a.bin", DATA, *["slow"] * 9))
    with pytest.raises(FetchError, match=r"does not answer .*timed out.*4 times over"):
        cache.get(it)


def test_no_server_is_given_up(cache) -> None:
    with serving() as gone:
        url = gone.url
    with pytest.raises(FetchError, match="does not answer"):
        cache.get(remote(url + "/a"))


def test_another_hash_is_refused_and_nothing_kept(server, cache) -> None:
    it = remote(server.serve("/a.bin", DATA + b"x"), sha256=SHA)
    with pytest.raises(FetchError, match=r"its hash is .*the catalogue has"):
        cache.get(it)
    assert [
        path for path in cache.folder.rglob("*") if path.suffix != ".json" and path.is_file()
    ] == []
    server.serve("/a.bin", DATA)
    assert cache.get(it).read_bytes() == DATA


def test_a_catalogue_that_changed_its_hash_fetches_anew(server, cache) -> None:
    it = remote(server.serve("/a.bin", b"old"))
    cache.get(it)
    server.serve("/a.bin", DATA)
    assert cache.get(remote(it.url, sha256=SHA)).read_bytes() == DATA


def test_redirects_are_followed_on_the_web_only(server, cache) -> None:
    server.serve("/new.bin", DATA)
    it = remote(server.serve("/old.bin", b"", f"to {server.url}/new.bin"))
    assert cache.get(it).read_bytes() == DATA
    bad = remote(server.serve("/bad.bin", b"", "to file:///etc/hostname"))
    with pytest.raises(FetchError, match="answers 302"):
        cache.get(bad)
    with pytest.raises(FetchError, match="is not an address of the web"):
        cache.get(remote("file:///etc/hostname"))


@pytest.mark.parametrize("manner", ["well", "endless"])
def test_huge_is_refused(server, cache, manner) -> None:
    it = remote(server.serve("/a.bin", DATA, manner), max_bytes=1000)
    with pytest.raises(FetchError, match=r"^thing: (has 1 MB, more than|goes on beyond) 0 MB$"):
        cache.get(it)
    assert len(server.asked) == 1  # it is as large the next time
    assert not list(cache.folder.rglob("*.part"))


def test_credentials_are_told_nowhere(server, cache, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    host = server.url.removeprefix("http://")
    server.serve("/a.bin", DATA, "503")
    it = remote(f"{server.url}/a.bin?token=hush")
    path = cache.get(it)
    kept = "".join(note.read_text() for note in path.parent.glob("*.json"))
    with pytest.raises(FetchError) as caught:
        cache.get(remote(f"{server.url}/none?token=hush"))
    assert "hush" not in caplog.text + kept + str(path) + str(caught.value)
    assert plain_url(f"https://me:hush@{host}/a?key=hush#hush") == f"https://{host}/a"
