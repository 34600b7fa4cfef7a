"""The colours that the page and the report share."""

from __future__ import annotations

import re

from maps.palette import family, light
from maps.report_map import FUELS
from maps.report_sheet import GRADE


def test_light_theme_has_colours_and_only_its_own() -> None:
    assert light()["halo"] == "#ffffff"
    assert all(re.fullmatch("#[0-9a-f]{6}", shade) for shade in light().values())
    assert light()["panel"] == "#ffffff"  # of the dark theme it is dark


def test_families_are_found_by_their_beginning() -> None:
    assert list(family("mw")) == ["1", "2", "3", "4", "5"]
    assert set(GRADE.values()) == {family("grade")[letter] for letter in "ABCD"}
    assert "hydro" in FUELS
    assert "other" not in FUELS
