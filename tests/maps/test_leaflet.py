"""Leaflet is the release that we know, and asks for nothing."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from importlib.resources import files

import pytest

from geo.errors import OutputError
from maps import leaflet


@pytest.mark.parametrize("name", [leaflet.SCRIPT, leaflet.STYLE])
def test_file_of_the_pinned_package_has_the_hash_in_the_code(name: str) -> None:
    content = (files(leaflet.PACKAGE) / "static" / leaflet.PACKAGE / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == leaflet.SHA256[name]
    assert version("django-js-lib-leaflet") == "1.9.4.1"


def test_script_is_leaflet_1_9_4() -> None:
    assert "Leaflet 1.9.4" in leaflet.script()[:200]


def test_no_address_is_left_to_ask_for() -> None:
    assert "sourceMappingURL" not in leaflet.script()
    assert "url(" not in leaflet.style()


def test_another_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(leaflet.SHA256, leaflet.SCRIPT, "0" * 64)
    with pytest.raises(OutputError, match=r"leaflet\.js .* expected 0000"):
        leaflet.script()
