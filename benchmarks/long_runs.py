"""Memory over many runs in one process: ``python -m benchmarks.long_runs`` (``--smoke`` for 3).

Each run reads and ranks Bhutan on coarse cells. After the first few, which load and compile code,
resident memory has to stay where it is.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Final

from layers.gdal import harden

RUNS: Final = 50
WARM: Final = 5
ALLOWED_MB_PER_RUN: Final = 0.5
PAGE_MB: Final = 4096 / 2**20


def resident_mb() -> float:
    """Return the memory of this process that is in use, in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * PAGE_MB


def run() -> None:
    """Read and rank Bhutan once."""
    from geo.scenario import Scenario  # noqa: PLC0415 -- after GDAL is settled
    from geo.siting import find_sites  # noqa: PLC0415
    from layers.place import open_place, read_layers  # noqa: PLC0415

    find_sites(read_layers(open_place("bhutan")), Scenario(load_mw=180, cell_km=10))
    gc.collect()


def main() -> int:
    """Run it many times and print the growth per run; 1 if it is more than allowed."""
    harden()
    runs, warm = (3, 1) if "--smoke" in sys.argv else (RUNS, WARM)
    seen = []
    for _ in range(runs):
        run()
        seen.append(resident_mb())
    growth = (seen[-1] - seen[warm - 1]) / max(runs - warm, 1)
    print(f"{runs} runs: {seen[warm - 1]:.0f} MB after {warm}, {seen[-1]:.0f} MB at the end")
    print(f"{growth:+.2f} MB a run")
    return int(runs == RUNS and growth > ALLOWED_MB_PER_RUN)


if __name__ == "__main__":
    sys.exit(main())
