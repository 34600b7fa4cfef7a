"""The one door to the network: a file by its address, through a cache that never holds a half.

A file is written beside its place, hashed, and moved in when it is whole. What was cut off goes on
where it stopped, if it is still as it was left. An entry whose hash is no longer that of its note
is fetched again.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import logging
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.errors import FetchError, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOG: Final = logging.getLogger("powersite.fetch")
BLOCK: Final = 1 << 18
TRIES: Final = 4
TIMEOUT_S: Final = 30.0
WAIT_S: Final = 1.0
MAX_WAIT_S: Final = 60.0
AGENT: Final = "powersite (open-source site selection)"
PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which it is worth trying again."""
PARTIAL: Final = 206
NOT_SATISFIABLE: Final = 416
NOT_THERE: Final = frozenset({404, 410})
"""Answers that say that there is no such file."""
SCHEMES: Final = ("https", "http")
ABSENT: Final = "absent"
"""Key of a note that says that there was no such file."""


class NotThereError(FetchError):
    """There is no such file at its address; elsewhere it may be as it should."""


@dataclass(frozen=True)
class Remote:
    """A file elsewhere."""

    name: str
    """Name for messages."""
    url: str
    """Where it is."""
    max_bytes: int
    """A larger one is refused."""
    sha256: str = ""
    """Hash that it has to have; '' for any."""


@dataclass(frozen=True)
class Cache:
    """Files by address in a folder."""

    folder: Path
    """Where they are kept."""
    offline: bool = False
    """Whether only what is there may be used."""
    timeout_s: float = TIMEOUT_S
    """How long to wait for an answer, and for each piece of it."""
    sleep: Callable[[float], None] = time.sleep
    """How to wait between two tries."""

    def get(self, remote: Remote) -> Path:
        """Return the path of a file, fetched if it is not there whole.

        Raises
        ------
        NotThereError
            If there is none, which is remembered for the times without network.
        FetchError
            If it is away, too large, or not what it should be.
        """
        path = self.path(remote)
        if self._is_whole(path, remote):
            return path
        if self.offline and _known_absent(path):
            raise NotThereError(f"{remote.name}: was not there when it was asked for")
        if self.offline:
            raise FetchError(f"{remote.name}: is not in the cache, and --offline allows no network")
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        try:
            self._download(remote, part)
        except NotThereError:
            _remember_absent(path, plain_url(remote.url))
            raise
        digest = _hash(part)
        if remote.sha256 and digest != remote.sha256:
            part.unlink()
            raise FetchError(
                f"{remote.name}: its hash is {digest[:12]}…, the catalogue has "
                f"{remote.sha256[:12]}…; it was changed there or on its way"
            )
        _keep(path, part, {"url": plain_url(remote.url), "sha256": digest})
        return path

    def forget(self, remote: Remote) -> None:
        """Drop a file that came whole and is not what it should be."""
        for path in (_note(self.path(remote)), self.path(remote)):
            path.unlink(missing_ok=True)

    def has(self, remote: Remote) -> bool:
        """Say whether a file is there whole."""
        return self._is_whole(self.path(remote), remote)

    def path(self, remote: Remote) -> Path:
        """Return where a file is kept; its folder is named after its whole address."""
        name = Path(urllib.parse.urlsplit(remote.url).path).name or "index"
        return self.folder / hashlib.sha256(remote.url.encode()).hexdigest()[:16] / name

    def _is_whole(self, path: Path, remote: Remote) -> bool:
        note = _read_note(path)
        try:
            digest = _hash(path)
        except OSError:
            return False
        whole = digest == note.get("sha256") and remote.sha256 in {"", digest}
        if not whole:
            LOG.warning("%s: the cached copy is damaged", remote.name)
        return whole

    def _download(self, remote: Remote, part: Path) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                _receive(remote, part, self.timeout_s)
            except _TryAgainError as error:
                if attempt == TRIES:
                    raise FetchError(f"{remote.name}: {error}, {TRIES} times over") from error
                wait_s = error.wait_s or WAIT_S * 2 ** (attempt - 1)
                LOG.info("%s: %s; again in %g s", remote.name, error, wait_s)
                self.sleep(min(wait_s, MAX_WAIT_S))
            else:
                return


class _TryAgainError(Exception):
    """What may pass."""

    def __init__(self, words: str, wait_s: float = 0.0) -> None:
        super().__init__(words)
        self.wait_s = wait_s


class _SameOrSafer(urllib.request.HTTPRedirectHandler):
    """Follows redirects over HTTP only, and never from a safe address to an unsafe one."""

    def redirect_request(self, *given: Any) -> Any:  # noqa: ANN401 -- six things of urllib
        """Refuse a redirect that leaves the web, or its safe part."""
        request, body, code, _, headers, new = given
        target = urllib.parse.urlsplit(new)
        unsafe = request.full_url.startswith("https:") and target.scheme != "https"
        if target.scheme not in SCHEMES or unsafe:
            raise urllib.error.HTTPError(plain_url(new), code, "unsafe redirect", headers, body)
        return super().redirect_request(*given)


def plain_url(url: str) -> str:
    """Write an address without user, password and query, for messages and notes."""
    parts = urllib.parse.urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urllib.parse.urlunsplit((parts.scheme, host, parts.path, "", ""))


def default_folder() -> Path:
    """Return the folder in which this system keeps caches."""
    import pooch  # noqa: PLC0415 -- only where nothing else is asked for

    return Path(pooch.os_cache("powersite"))


def _receive(remote: Remote, part: Path, timeout_s: float) -> None:
    """Fetch what is still missing of a file."""
    done = part.stat().st_size if part.is_file() else 0
    if urllib.parse.urlsplit(remote.url).scheme not in SCHEMES:
        raise FetchError(f"{remote.name}: {plain_url(remote.url)} is not an address of the web")
    request = urllib.request.Request(remote.url, headers={"User-Agent": AGENT})  # noqa: S310 -- its scheme is checked
    etag = _etag(part) if done else ""
    if etag:
        request.add_header("Range", f"bytes={done}-")
        request.add_header("If-Range", etag)
    opener = urllib.request.build_opener(_SameOrSafer)
    try:
        with opener.open(request, timeout=timeout_s) as answer:
            _write(remote, part, answer, done if answer.status == PARTIAL else 0)
    except (FetchError, OutputError):
        raise  # are OSErrors, but trying again would not help
    except urllib.error.HTTPError as error:
        _refused(remote, part, error)
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        reason = getattr(error, "reason", error)
        raise _TryAgainError(f"{plain_url(remote.url)} does not answer ({reason})") from error


def _refused(remote: Remote, part: Path, error: urllib.error.HTTPError) -> None:
    error.close()
    if error.code == NOT_SATISFIABLE:
        part.unlink(missing_ok=True)
        raise _TryAgainError("what was there does not fit") from error
    words = f"{plain_url(remote.url)} answers {error.code} {error.msg}"
    if error.code in PASSING:
        wait = str(error.headers.get("Retry-After", ""))
        raise _TryAgainError(words, float(wait) if wait.isdecimal() else 0.0) from error
    if error.code in NOT_THERE:
        raise NotThereError(f"{remote.name}: {words}") from error
    raise FetchError(f"{remote.name}: {words}") from error


def _write(remote: Remote, part: Path, answer: Any, done: int) -> None:  # noqa: ANN401 -- an answer
    length = answer.headers.get("Content-Length")
    total = done + int(length) if length and length.isdecimal() else None
    cap = f"{remote.max_bytes / 1e6:,.0f} MB"
    if total is not None and total > remote.max_bytes:
        raise FetchError(f"{remote.name}: has {total / 1e6:,.0f} MB, more than {cap}")
    try:
        done = _pour(remote, part, answer, done)
    finally:
        _seal(part, answer.headers.get("ETag", ""))
    if done > remote.max_bytes:
        part.unlink()
        raise FetchError(f"{remote.name}: goes on beyond {cap}")
    if total is not None and done < total:
        raise _TryAgainError(f"was cut off after {done:,} of {total:,} bytes")


def _pour(remote: Remote, part: Path, answer: Any, done: int) -> int:  # noqa: ANN401 -- an answer
    """Write what comes behind what is there; return how many bytes there are then."""
    _note(part).unlink(missing_ok=True)
    try:
        with part.open("ab" if done else "wb") as stream:
            for block in _blocks(remote, answer):
                done += len(block)
                if done > remote.max_bytes:
                    break
                stream.write(block)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise OutputError(
            f"cannot write to '{part.parent}': {error.strerror or error}; "
            "check its permissions and the free space, or name another folder after --cache"
        ) from error
    return done


def _blocks(remote: Remote, answer: Any) -> Iterator[bytes]:  # noqa: ANN401 -- an answer
    """Yield what comes; what the network does is no fault of the disk."""
    while True:
        try:
            block = answer.read(BLOCK)
        except (http.client.HTTPException, OSError) as error:
            raise _TryAgainError(f"{plain_url(remote.url)} breaks off ({error})") from error
        if not block:
            return
        yield block


def _seal(part: Path, etag: str) -> None:
    """Note what a piece holds; one that was killed has no note, and is not gone on from."""
    with suppress(OSError):
        _write_note(part, {"etag": etag, "sha256": _hash(part)})


def _keep(path: Path, part: Path, note: dict[str, str]) -> None:
    """Move a whole file in, then its note: a file without a note counts as none."""
    _note(path).unlink(missing_ok=True)
    part.replace(path)
    _note(part).unlink(missing_ok=True)
    _write_note(path, note)


def _remember_absent(path: Path, url: str) -> None:
    _write_note(path, {"url": url, ABSENT: "true"})


def _known_absent(path: Path) -> bool:
    return ABSENT in _read_note(path)


def _write_note(path: Path, note: dict[str, str]) -> None:
    beside = path.with_name(f"{path.name}.json.new")
    beside.write_text(json.dumps(note), encoding="utf-8")
    beside.replace(_note(path))


def _note(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _etag(part: Path) -> str:
    """Return the tag of a piece that is as it was left, '' of any other."""
    note = _read_note(part)
    return str(note.get("etag", "")) if note.get("sha256") == _hash(part) else ""


def _read_note(path: Path) -> dict[str, Any]:
    """Return what a note says; nothing where there is none, or a damaged one."""
    try:
        note = json.loads(_note(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
