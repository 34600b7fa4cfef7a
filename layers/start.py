"""``powersite init``: a place of one's own, begun from a built-in one."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from geo.errors import Fault, LayerError, OutputError
from geo.kinds import KINDS
from layers.place import built_in_places
from layers.typed import PLACE_TOML

BUILT_IN: Final = Path(__file__).parent / "places"
NAME: Final = re.compile(r"[^a-z0-9-]+")
HEAD: Final = """\
# A place of your own, begun from '{template}'. Every file below is still that place's, and so are
# title, country, crs, demand_mw, note, standards and the ids under unconnected: replace them one by
# one with yours. `powersite check {folder}` tells which are left, and so does every answer
# until none is. docs/own-data.md tells how.
# Only substations, lines and regions are needed; any other table may be taken out.
template = "{template}"
"""


def start_place(folder: Path, template: str) -> list[Path]:
    """Copy a built-in place under a name of its own, with a list of what each layer may hold.

    Raises
    ------
    LayerError
        If there is no such template.
    OutputError
        If there is something in the folder already.
    """
    if template not in built_in_places():
        known = ", ".join(built_in_places())
        raise LayerError.of([Fault(f"template '{template}'", "is unknown", f"take one of {known}")])
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder} is not empty; name a new folder")
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = [folder / PLACE_TOML, folder / "COLUMNS.md"]
        for path in sorted((BUILT_IN / template).iterdir()):
            if path.name not in {PLACE_TOML, "SOURCES.md"}:
                shutil.copyfile(path, folder / path.name)
                written.append(folder / path.name)
        text = (BUILT_IN / template / PLACE_TOML).read_text(encoding="utf-8")
        written[0].write_text(_own(text, folder, template), encoding="utf-8")
        written[1].write_text(columns_text(), encoding="utf-8")
    except BaseException as error:
        _undo(folder, is_new=is_new)
        if isinstance(error, OSError):
            raise OutputError(f"{folder} cannot be written: {error.strerror}") from error
        raise
    return written


def _undo(folder: Path, *, is_new: bool) -> None:
    """Remove what was written into a folder that was empty, and the folder if it was not there."""
    with suppress(OSError):
        for path in folder.iterdir():
            path.unlink()
        if is_new:
            folder.rmdir()


def columns_text() -> str:
    """Write what columns each layer may hold, as Markdown."""
    lines = ["# What each layer may hold", "", "Names end in their unit. * is needed.", ""]
    for kind, of in KINDS.items():
        shape = of.shape or "table without shapes"
        lines += [f"## {kind} ({shape})", "", "| column | holds |", "|---|---|"]
        lines += [
            f"| `{column.name}`{'*' if column.required else ''} | {column.meaning} |"
            for column in of.columns
        ]
        lines.append("")
    return "\n".join(lines)


def _own(text: str, folder: Path, template: str) -> str:
    name = NAME.sub("-", folder.name.lower()).strip("-") or "own"
    named = re.sub(r'(?m)^name = ".*"$', f'name = "{name}"', text, count=1)
    return HEAD.format(template=template, folder=folder.name) + named
