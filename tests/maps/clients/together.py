"""Two runs at once into one folder, again and again: packs, and files of one name.

Takes a folder to work in, how packs are switched, and how many rounds; prints what won. Fails if
what is there afterwards is neither one run's nor the other's, or if anything temporary is left.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from maps import switch
from maps.delivery import Order
from maps.exports import write_pack
from maps.write import place_files
from tests.maps.clients.kill import MINE, child, state
from tests.maps.toy import make_siting

FILES = ("a", "b")
AT_ONCE = 4


def ended(pids):
    """Wait for children, none of which may have failed."""
    for pid in pids:
        _, status = os.waitpid(pid, 0)
        if status:
            sys.exit("a run failed")


def left(folder):
    """Name what is temporary."""
    return [path.name for path in folder.rglob("*") if ".powersite-" in path.name]


def puts_files(folder, number):
    """Fork a process that places two files that belong together, many times."""
    pid = os.fork()
    if pid:
        return pid
    for _ in range(20):
        place_files(folder, {name: lambda path: path.write_text(str(number)) for name in FILES})
    os._exit(0)


def packs(parent, rounds):
    """Write two packs at once; count which one was the later."""
    out, order = parent / "out", Order(formats=("csv", "geojson"))
    sitings = make_siting(), make_siting(hostile=True)
    won = {}
    for siting in sitings:
        write_pack(siting, out, order)
        won[state(out)] = 0
    (out / MINE).write_text("mine", encoding="utf-8")
    for _ in range(rounds):
        ended([child(siting, out, order) for siting in sitings])
        found = state(out)
        if found not in won or (out / MINE).read_text(encoding="utf-8") != "mine" or left(parent):
            sys.exit(f"found '{found}' and {left(parent)}")
        won[found] += 1
    return list(won.values())


def main(folder, how, rounds):
    if how == "moved in":
        switch._may_be_exchanged = lambda _: False
    for name in ("packs", "files"):
        (Path(folder) / name).mkdir()
    won = packs(Path(folder) / "packs", int(rounds))
    files = Path(folder) / "files"
    ended([puts_files(files, number) for number in range(AT_ONCE)])
    texts = {(files / name).read_text(encoding="utf-8") for name in FILES}
    if len(texts) != 1 or left(files):
        sys.exit(f"files of {texts} are mixed, or left: {left(files)}")
    print(json.dumps(won))


if __name__ == "__main__":
    main(*sys.argv[1:])
