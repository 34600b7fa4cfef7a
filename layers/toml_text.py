"""TOML as we take it: no whole number beyond 64 bits, which the format does not promise either."""

from __future__ import annotations

import tomllib
from typing import Any, Final

BEYOND: Final = 2**63
TOO_LARGE: Final = "a whole number has more than 64 bits"


def parse_toml(text: str) -> dict[str, Any]:
    """Read tables.

    Raises
    ------
    ValueError
        If the text is not TOML, is nested too deeply or has a whole number beyond 64 bits: such a
        number can neither be compared with others nor be told in a message.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:  # of thousands of digits, which Python refuses by itself
        raise ValueError(TOO_LARGE) from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if _has_large(tables):
        raise ValueError(TOO_LARGE)
    return tables


def _has_large(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_has_large, value.values()))
    if isinstance(value, list):
        return any(map(_has_large, value))
    return isinstance(value, int) and not -BEYOND <= value < BEYOND
