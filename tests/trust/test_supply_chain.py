"""What we are made of is pinned by hash, and of licences that go with ours."""

from __future__ import annotations

import json

import pytest

from tests.trust import supply
from tests.trust.supply import AWAY, LOCKS, Part, bill, main, parts


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_is_pinned_by_hash(lock: str) -> None:
    listed = parts(lock)
    assert len(listed) > 20
    assert [part.name for part in listed if not part.hashes] == []
    assert len({(part.name, part.version) for part in listed}) == len(listed)


def test_no_licence_clashes() -> None:
    assert [
        (part.name, part.licence) for part in parts("requirements-dev.txt") if part.clashes
    ] == []


@pytest.mark.parametrize(
    ("licence", "clashes"),
    [
        ("MIT", False), ("BSD-3-Clause", False), ("Apache-2.0", False), ("MPL-2.0", False),
        ("LGPL-3.0-only", False), ("GNU Lesser General Public License v3", False),
        ("GPL-3.0-or-later", True), ("AGPL-3.0", True), ("GNU General Public License v2", True),
        ("GPL-2.0 OR MIT", False), ("", True), ("Commercial", True), ("BUSL-1.1", True),
    ],
)  # fmt: skip
def test_clashes_are_seen(licence, clashes) -> None:
    assert Part("x", "1", (), licence).clashes is clashes


def test_the_bill_lists_what_is_installed_with_us(capsys) -> None:
    assert main(["sbom"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == bill("requirements.txt")
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    names = {one["name"] for one in told["components"]}
    assert {"numpy", "geopandas", "rasterio"} <= names
    assert all(one["purl"].startswith("pkg:pypi/") for one in told["components"])


def test_the_list_of_licences_is_told(capsys) -> None:
    assert main(["licences"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(parts("requirements-dev.txt"))


def looked_up(known: dict[str, list[str]], *, away: bool = False) -> dict[str, object]:
    """A report of pip-audit: of each package nothing, or what is known."""
    rows = []
    for part in parts("requirements.txt"):
        vulns = [{"id": one} for one in known.get(part.name, [])]
        row = {"name": part.name, "version": part.version, "vulns": vulns}
        rows.append({"name": part.name, "skip_reason": "not found"} if away else row)
    return {"dependencies": rows, "fixes": []}


@pytest.mark.parametrize(
    ("report", "code", "said"),
    [
        (looked_up({}), 0, "0 with weaknesses"),
        (looked_up({"numpy": ["CVE-2099-1"]}), 1, "CVE-2099-1"),
        (looked_up({}, away=True), AWAY, "could not be asked"),
        (None, AWAY, "0 of "),
    ],
    ids=["clean", "weak", "knows none", "away"],
)
def test_an_audit_is_green_only_if_all_was_looked_up(report, code, said, capsys, monkeypatch):
    """pip-audit itself ends with 0 where its service knows not a single package."""
    monkeypatch.setattr(supply, "ask", lambda _: report)
    assert supply.audit("requirements.txt") == code
    assert said in "".join(capsys.readouterr())
