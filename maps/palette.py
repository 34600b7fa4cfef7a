"""The colours of the page by name, so that its map and the printed one are the same."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

_LIGHT: Final = re.compile(r":root \{(.*?)\}", re.DOTALL)
_COLOUR: Final = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")


@cache
def light() -> dict[str, str]:
    """Return the colours of the light theme: name to ``#rrggbb``."""
    sheet = (files("maps") / "page" / "map.css").read_text(encoding="utf-8")
    found = _LIGHT.search(sheet)
    return dict(_COLOUR.findall(found.group(1))) if found else {}


def family(prefix: str) -> dict[str, str]:
    """Return the colours whose names begin so, by the rest of their names."""
    start = f"{prefix}-"
    return {
        name.removeprefix(start): colour
        for name, colour in light().items()
        if name.startswith(start)
    }
