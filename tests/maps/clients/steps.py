"""Puts a pack in place of another by children that are killed before their n-th step, for every n.

Takes a folder to work in and how packs are switched; prints how many steps there are. A step is
whatever changes names or opens a file. Fails if a state is neither pack, or is not cleared up.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path

from maps import switch
from maps.sums import SUMS, sums_text

STEPS = {"open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.chmod"}
OLD = {"a": "1", "b/c": "1", "only-old": "1", "edited": "1"}
NEW = {"a": "2", "b/c": "2", "only-new": "2", "edited": "2"}
os.fsync = lambda _: None  # a kill takes nothing that was written; only a power cut would
MINE = {"notes.txt": "mine"}


def build(files):
    """Return what writes a pack."""

    def write(folder):
        for name, text in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        (folder / SUMS).write_text(sums_text(folder), encoding="utf-8")

    return write


def content(folder):
    """Texts of a folder but for the sums and for what is temporary."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and path.name != SUMS and ".powersite-" not in str(path)
    }


def until(step, out):
    """Write the new pack in a child that is killed before a step; say whether it was."""
    pid = os.fork()
    if pid == 0:
        taken = 0

        def count(event, _):
            nonlocal taken
            if event in STEPS:
                taken += 1
                if taken == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        switch.place_pack(out, build(NEW))
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
        sys.exit(f"step {step}: the child failed")
    return os.WIFSIGNALED(status)


def main(folder, how):
    exchanged = how == "exchanged"
    if not exchanged:
        switch._may_be_exchanged = lambda _: False
    step, out = 0, Path(folder) / "out"
    was_killed = True
    while was_killed:
        step += 1
        switch.place_pack(out, build(OLD))
        (out / "notes.txt").write_text("mine", encoding="utf-8")
        (out / "edited").write_text("by hand", encoding="utf-8")
        was_killed = until(step, out)
        found = content(out)
        before = {**OLD, **MINE, "edited": "by hand"}
        after = {**NEW, **MINE, "edited.edited": "by hand"}
        if exchanged and found not in (before, {**NEW, **MINE}, after):
            sys.exit(f"step {step}: {found}")
        if found.get("notes.txt") != "mine":
            sys.exit(f"step {step}: the file of the user is gone")
        switch.place_pack(out, build(NEW))
        if content(out) != after or [path.name for path in Path(folder).iterdir()] != ["out"]:
            sys.exit(f"step {step}: not cleared up: {content(out)}")
        shutil.rmtree(out)
    print(json.dumps({"steps": step - 1}))


main(*sys.argv[1:])
