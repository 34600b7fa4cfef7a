"""A pack says what made it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from maps.delivery import Order, deliver
from maps.manifest import installed_version, manifest
from maps.stamp import created

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from geo.siting import Siting


def test_names_question_sources_versions_and_files(siting: Siting, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"abc")
    found = json.loads(
        json.dumps(manifest(deliver(siting, Order()), tmp_path, ["a.csv"]), allow_nan=False)
    )
    assert found["schema_version"] == 1
    assert found["place"]["name"] == "toy"
    assert found["scenario"]["load_mw"] == 180.0
    assert found["crs"] == {
        "measured_in": "EPSG:25833",
        "delivered_in": "EPSG:25833",
        "geojson": "EPSG:4326",
    }
    assert found["counts"]["by_grade"] == {"A": 2, "B": 2, "C": 2, "D": 2}
    assert found["counts"]["dropped"] == 9
    assert found["sources"][0]["attribution"] == "© OpenStreetMap contributors"
    assert found["inputs"]["lines.csv"] == "0" * 64
    assert found["files"] == [
        {"name": "a.csv", "bytes": 3, "sha256": hashlib.sha256(b"abc").hexdigest()}
    ]
    assert {"powersite", "gdal", "geopandas", "numpy"} <= set(found["versions"])
    assert "python" not in found["versions"]  # the same bytes under each that we run on
    assert found["standards_changed"] == {}


def test_changed_standards_are_listed(siting: Siting, tmp_path: Path) -> None:
    standards = replace(siting.layers.place.standards, ambient_c=10.0)
    place = replace(siting.layers.place, standards=standards)
    changed = replace(siting, layers=replace(siting.layers, place=place))
    assert manifest(deliver(changed, Order()), tmp_path, [])["standards_changed"] == {
        "ambient_c": 10.0
    }


def test_time_of_making_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert created().isoformat() == "1970-01-02T00:00:00+00:00"


def test_package_that_is_not_installed_has_an_unknown_version() -> None:
    assert installed_version("powersite-has-no-such-part") == "unknown"
