"""Measure the page in headless Chromium: its size, how soon it is ready, re-ranking, repainting.

``python -m benchmarks.page [FILE ...] [--sites N ...] [--repeat N] [--smoke]``

FILE is a page that powersite wrote; --sites makes one with so many drawn candidates. Ready is from
the start of the navigation until the page says so. Re-ranking is all that happens between new
weights and the new order, with a load that was not asked for before (first) and with the same load
(again). Repainting is table, map, legend and badges, up to the end of the frame that shows them.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from maps.page import shell, with_data
from tests.maps.crowd import crowd_scene
from tests.maps.devtools import Browser

if TYPE_CHECKING:
    from collections.abc import Sequence

READY: Final = "performance.getEntriesByName('ready')[0].startTime"
RERANK: Final = """(() => {
  const spent = (points, load) => {
    const start = performance.now();
    powersite.state.set({ w: { months: points }, load });
    powersite.rerank();
    return performance.now() - start;
  };
  return [spent(%(at)d + 1, 100 + %(at)d), spent(%(at)d + 2, 100 + %(at)d)];
})()"""
REPAINT: Final = """(() => {
  window.painted = null;
  const start = performance.now();
  powersite.refresh(new Set(["w"]));
  requestAnimationFrame(() => setTimeout(() => { window.painted = performance.now() - start; }));
})()"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the pages asked for and print a line for each."""
    asked = _parsed(arguments)
    path = shutil.which("chromium")
    if path is None:
        print("no chromium on this machine: nothing measured", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        pages = [Path(name) for name in asked.files]
        pages += [_drawn(count, Path(folder)) for count in asked.sites]
        with Browser(path, Path(folder) / "profile") as browser:
            for page in pages:
                print(_measured(browser, page, asked.repeat), flush=True)
    return 0


def _measured(browser: Browser, page: Path, repeat: int) -> str:
    ready, first, again, paint = [], [], [], []
    for at in range(repeat):
        browser.open(page)
        ready.append(browser.run(READY))
        one, two = browser.run(RERANK % {"at": 5 * at})
        first.append(one)
        again.append(two)
        browser.run(REPAINT)
        browser.wait("window.painted !== null")
        paint.append(browser.run("window.painted"))
    sites = browser.run("powersite.tables.sites.length")
    size_mb = page.stat().st_size / 1e6
    return (
        f"{page.name}: {sites:,} sites, {size_mb:.2f} MB, ready {_ms(ready)}, "
        f"re-rank {_ms(first)} (again {_ms(again)}), repaint {_ms(paint)}"
    )


def _ms(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.0f} ms"


def _drawn(count: int, folder: Path) -> Path:
    page = folder / f"{count}-sites.html"
    page.write_text(with_data(shell(), crowd_scene(count)), encoding="utf-8")
    return page


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the page in headless Chromium.")
    parser.add_argument("files", nargs="*", help="pages that powersite wrote")
    parser.add_argument("--sites", nargs="*", type=int, default=[], help="candidates to draw")
    parser.add_argument("--repeat", type=int, default=5, help="times; the median is told")
    parser.add_argument("--smoke", action="store_true", help="one small page, once")
    asked = parser.parse_args(arguments)
    if asked.smoke:
        asked.sites, asked.repeat = [200], 1
    elif not asked.files and not asked.sites:
        asked.sites = [500, 5_000, 50_000, 100_000]
    return asked


if __name__ == "__main__":
    sys.exit(main())
