"""A database at arm's length: one transaction, quoted names, and no password in any message."""

from __future__ import annotations

import re
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from geo.errors import OutputError, ScenarioError
from maps.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import psycopg
    from psycopg.sql import Composed

    Connection = psycopg.Connection[tuple[Any, ...]]


def check_database(url: str, schema: str = "") -> None:
    """Refuse what can be refused before anybody is asked.

    Raises
    ------
    ScenarioError
        If psycopg is missing, the address cannot be read, or the schema cannot be a name.
    """
    if find_spec("psycopg") is None:
        raise ScenarioError(
            "--postgis needs psycopg; install it with: pip install 'powersite[postgis]'"
        )
    if schema and not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", schema):
        raise ScenarioError(
            f"'{plain(schema)}' cannot name a schema; use a-z, 0-9 and _, beginning with a letter"
        )
    if schema.startswith("pg_"):
        raise ScenarioError(f"'{schema}' belongs to PostgreSQL; name another schema")
    _parts(url)


def _parts(url: str) -> dict[str, Any]:
    from psycopg import ProgrammingError  # noqa: PLC0415 -- an extra
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 -- an extra

    message = (
        "the address after --postgis cannot be read (it is not shown, as it may hold a password); "
        "write postgresql://user@host:5432/database, the password percent-encoded if in it"
    )
    try:
        parts = dict(conninfo_to_dict(url)) if re.match(r"postgres(ql)?://", url) else {}
    except ProgrammingError:
        raise ScenarioError(message) from None  # the driver's words repeat the address
    # With a password that is not percent-encoded, its parts land where they would be told.
    port, name = str(parts.get("port") or ""), str(parts.get("dbname") or "")
    if not parts or not re.fullmatch(r"[0-9,]*", port) or "@" in name:
        raise ScenarioError(message)
    return parts


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Open one transaction.

    Raises
    ------
    OutputError
        If the database cannot be reached or refuses; nothing has changed then.
    """
    import psycopg  # noqa: PLC0415 -- an extra

    secret = str(_parts(url).get("password") or "")
    try:
        with psycopg.connect(url, connect_timeout=10, application_name="powersite") as base:
            yield base
    except psycopg.Error as error:
        reason = plain((str(error).strip().splitlines() or [type(error).__name__])[0])
        for word in {secret, quote(secret), quote(secret, safe="")} - {""}:
            reason = reason.replace(word, "…")
        raise OutputError(f"cannot write to the database: {reason}") from None


def named(text: str, *names: str) -> Composed:
    """Return SQL in which every ``{}`` is a quoted name."""
    from psycopg.sql import SQL, Identifier  # noqa: PLC0415 -- an extra

    return SQL(text).format(*map(Identifier, names))


def listed(names: Iterable[str]) -> Composed:
    """Return quoted names with commas between them."""
    from psycopg.sql import SQL, Identifier  # noqa: PLC0415 -- an extra

    return SQL(", ").join(map(Identifier, names))


def said(text: str, words: str, *names: str) -> Composed:
    """Return SQL that ends in a quoted text, as a comment does."""
    from psycopg.sql import SQL, Literal  # noqa: PLC0415 -- an extra

    return named(text, *names) + SQL(" IS {}").format(Literal(words))
