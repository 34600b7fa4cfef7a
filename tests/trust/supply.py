"""What powersite is made of: licences of all that is pinned, and a bill of materials.

``python -m tests.trust.supply licences`` lists them and fails if one clashes with ours;
``python -m tests.trust.supply sbom`` prints CycloneDX JSON. Both read the lock file and what is
installed, never the network. ``python -m tests.trust.supply audit`` lets pip-audit ask for known
weaknesses; it ends with 0 if every package was looked up and has none, with 1 if one has, and with
5 if the service could not be asked about all of them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
LOCKS: Final = ("requirements.txt", "requirements-dev.txt")
AWAY: Final = 5
"""Exit code where a source is away, as of the command itself."""
PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
GOES_WITH_OURS: Final = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python|MPL|Mozilla|zlib|HPND|0BSD|Unlicense|CC0|Public Domain|"
    r"LGPL|Lesser General Public|ECL|Zope|ZPL",
    re.IGNORECASE,
)
"""Licences of what an Apache-2.0 program may import and not contain; LGPL as a library apart."""
CLASHES: Final = re.compile(
    r"(?<!L)(?<!Lesser )\b(?:A?GPL|Affero|SSPL|BUSL|Commons Clause|Proprietary|Commercial)|"
    r"(?<!Lesser )General Public License",
    re.IGNORECASE,
)
TOLD_ELSEWHERE: Final = {
    "exactextract": "Apache-2.0",  # its repository says so, its package does not
    "colorama": "BSD-3-Clause",  # needed on Windows only, so not installed everywhere
}


@dataclass(frozen=True)
class Part:
    """One pinned package."""

    name: str
    """As the lock calls it."""
    version: str
    """As pinned."""
    hashes: tuple[str, ...]
    """Of the files that may be installed, sha256."""
    licence: str
    """As its package tells, '' where it tells none."""

    @property
    def clashes(self) -> bool:
        """Say whether its licence is unknown, or none that goes with ours."""
        either = re.split(r"\s+OR\s+", self.licence)
        return not any(GOES_WITH_OURS.search(one) and not CLASHES.search(one) for one in either)


def parts(lock: str) -> list[Part]:
    """Read a lock file.

    Parameters
    ----------
    lock
        Its name, one of `LOCKS`.
    """
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = list(PIN.finditer(text))
    ends = [*(pin.start() for pin in pins[1:]), len(text)]
    return [
        Part(
            pin[1],
            pin[2],
            tuple(HASH.findall(text[pin.end() : end])),
            TOLD_ELSEWHERE.get(pin[1], "") or licence_of(pin[1]),
        )
        for pin, end in zip(pins, ends, strict=True)
    ]


def licence_of(package: str) -> str:
    """Return the licence that an installed package tells of, '' if it is not installed."""
    try:
        told = metadata(package)
    except PackageNotFoundError:
        return ""
    classes = [
        line.split("::")[-1].strip()
        for line in told.get_all("Classifier") or ()
        if line.startswith("License ::")
    ]
    first_line = (told["License"] or "").strip().split("\n")[0][:80] if "License" in told else ""
    expression = told.get("License-Expression", "")  # type: ignore[attr-defined] # a message has it
    return expression or "; ".join(classes) or first_line


def bill(lock: str) -> dict[str, Any]:
    """Return the bill of materials of a lock, as CycloneDX 1.6."""
    components = [
        {
            "type": "library",
            "name": part.name,
            "version": part.version,
            "purl": f"pkg:pypi/{part.name.lower().replace('_', '-')}@{part.version}",
            "licenses": [{"license": {"name": part.licence or "unknown"}}],
            "properties": [{"name": "lock:sha256", "value": one} for one in part.hashes],
        }
        for part in parts(lock)
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "powersite"}},
        "components": components,
    }


def ask(lock: str) -> dict[str, Any] | None:
    """Let pip-audit look up the packages of a lock; return its report, None if there is none."""
    told = subprocess.run(
        [
            sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / lock),
            "--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off",
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        return json.loads(told.stdout)
    except ValueError:
        last = (told.stderr.strip().splitlines() or ["it says nothing"])[-1]
        sys.stderr.write(f"pip-audit ends with {told.returncode}: {last}\n")
        return None


def audit(lock: str) -> int:
    """Print what is known against the packages of a lock; return an exit code.

    pip-audit calls a package that its service does not know skipped, and ends well even if it could
    look up none.
    """
    report = ask(lock)
    found = [] if report is None else report["dependencies"]
    weak = [
        f"{one['name']} {one['version']}: {', '.join(vuln['id'] for vuln in one['vulns'])}"
        for one in found
        if one.get("vulns")
    ]
    asked = sum("skip_reason" not in one for one in found)
    sys.stdout.write("".join(f"{line}\n" for line in weak))
    sys.stdout.write(f"{lock}: {asked} of {len(found)} looked up, {len(weak)} with weaknesses\n")
    is_whole = bool(found) and asked == len(found)
    if not is_whole:
        sys.stderr.write("the service could not be asked about the others, or about any at all\n")
    return 1 if weak else 0 if is_whole else AWAY


def main(words: list[str]) -> int:
    """Run a command; return its exit code."""
    if words == ["audit"]:
        codes = [audit(lock) for lock in LOCKS]
        return 1 if 1 in codes else max(codes)
    if words == ["sbom"]:
        sys.stdout.write(json.dumps(bill(LOCKS[0]), indent=2) + "\n")
        return 0
    if words != ["licences"]:
        sys.stderr.write("say licences, sbom or audit\n")
        return 2
    listed = parts(LOCKS[1])
    for part in listed:
        sys.stdout.write(f"{part.name:<28} {part.version:<14} {part.licence or 'unknown'}\n")
    clashing = [part.name for part in listed if part.clashes]
    if clashing:
        sys.stderr.write(f"clash with Apache-2.0: {', '.join(clashing)}\n")
    return bool(clashing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
