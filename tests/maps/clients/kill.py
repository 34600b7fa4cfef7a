"""Writes two answers to one folder in turn, by children that are killed at random moments.

Takes a folder to work in, formats (``csv,gpkg`` together, ``csv;gpkg`` one after the other), how
many children, and how packs are switched; prints what it found. Fails if neither pack is there,
whole.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from layers.gdal import harden

harden()

from maps import switch  # noqa: E402 -- GDAL's environment first
from maps.delivery import Order  # noqa: E402
from maps.exports import write_pack  # noqa: E402
from maps.sums import MANIFEST, file_names, is_changed, read_sums  # noqa: E402
from tests.maps.toy import make_siting  # noqa: E402

MINE = "notes.txt"
os.fsync = lambda _: None  # a kill takes nothing that was written; only a power cut would


def child(siting, out, order):
    """Fork a process that writes a pack; return its id."""
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        write_pack(siting, out, order)
        os._exit(0)
    return pid


def state(out):
    """Name of the place whose pack is whole in a folder, '' if none is."""
    sums = read_sums(out)
    names = [name for name in file_names(out) if name not in {MINE, "SHA256SUMS"}]
    if set(names) != set(sums) or any(is_changed(out, name, sums) for name in names):
        return ""
    return json.loads((out / MANIFEST).read_text(encoding="utf-8"))["place"]["title"]


def looked_at(out, told):
    """Count what is in the folder, and hold that the file of the user is there."""
    told["looked"] += 1
    if (out / MINE).read_text(encoding="utf-8") != "mine":
        sys.exit("the file of the user is gone")
    return state(out)


def main(folder, formats, times, how):
    if how == "moved in":
        switch._may_be_exchanged = lambda _: False
    told = dict.fromkeys(("killed", "looked", "old", "new", "mended"), 0)
    for number, together in enumerate(formats.split(";")):
        (Path(folder) / str(number)).mkdir()
        order = Order(formats=tuple(together.split(",")))
        tried(Path(folder) / str(number), order, int(times), told, how)
    print(json.dumps(told))


def tried(folder, order, times, told, how):
    """Let children write to a folder, kill them, and count what is found."""
    old, new = make_siting(), make_siting(hostile=True)
    out = folder / "out"
    write_pack(old, out, order)  # loads what is loaded late
    start = time.monotonic()
    write_pack(old, out, order)
    whole_s = time.monotonic() - start
    (out / MINE).write_text("mine", encoding="utf-8")
    titles = {old.layers.place.title: "old"}
    chance = random.Random(7)  # noqa: S311 -- moments, not secrets
    for number in range(times):
        pid = child(old if number % 2 else new, out, order)
        # Half of the moments towards the end, where the packs change places.
        time.sleep(whole_s * chance.choice([chance.uniform(0, 1), chance.uniform(0.7, 1.1)]))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        told["killed"] += os.WIFSIGNALED(status)
        found = looked_at(out, told)
        if not found and how == "moved in":
            with switch.locked(out.parent):
                switch._clear_up(out)
            if not state(out):
                sys.exit("neither pack is there, nor can it be mended")
            told["mended"] += 1
        elif not found:
            sys.exit(f"neither pack is whole: {sorted(map(str, out.iterdir()))}")
        else:
            told[titles.get(found, "new")] += 1
    write_pack(old, out, order)
    left = [path.name for path in folder.iterdir() if path != out]
    left += [path.name for path in out.iterdir() if path.name.startswith(".")]
    if left or state(out) != old.layers.place.title or looked_at(out, told) == "":
        sys.exit(f"the next run left {left}")
    told["old"] += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
