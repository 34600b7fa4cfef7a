"""The question of a run: what a preset stands for, and who overrules whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from geo.errors import LayerError, MissingFileError, ScenarioError
from layers.place import open_place
from layers.question import ask, ask_case

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Toy

TOP = 'note = "Made up."\n'


def asked(
    toy: Toy, options: dict[str, Any] | None = None, config: str = ""
) -> tuple[float, str, float, str]:
    """Return load, redundancy, land and class of the question."""
    path = toy.folder / "scenario.toml" if config else None
    if path is not None:
        path.write_text(config, encoding="utf-8")
    place_file, scenario = ask(open_place(str(toy.folder)), path, options or {})
    building = place_file.place.standards.building
    return scenario.load_mw, scenario.redundancy, scenario.ha_per_mw, building


@pytest.mark.parametrize(
    ("options", "config", "expected"),
    [
        ({}, "", (180, "N+1", 0.25, "ai")),
        ({"preset": "mining"}, "", (100, "N", 0.073, "mining")),
        ({"preset": "ai-500"}, "", (500, "N+1", 0.25, "ai")),
        # What is given beside a preset wins …
        ({"preset": "hall", "load_mw": 40}, "", (40, "2N", 0.25, "hall")),
        ({}, 'preset = "hall"\nredundancy = "N"\n', (25, "N", 0.25, "hall")),
        # … and so does what comes later, preset or option.
        ({"preset": "ai-1000"}, "load_mw = 60\nha_per_mw = 1\n", (1000, "N+1", 0.25, "ai")),
        ({"load_mw": 60}, 'preset = "mining"\n', (60, "N", 0.073, "mining")),
        ({"preset": "ai-180"}, 'preset = "mining"\n', (180, "N+1", 0.25, "ai")),
    ],
)
def test_presets_and_options(
    toy: Toy, options: dict[str, Any], config: str, expected: tuple[float, str, float, str]
) -> None:
    assert asked(toy, options, config) == expected


def test_a_place_may_have_a_preset_of_its_own_and_change_what_one_stands_for(toy: Toy) -> None:
    toy.spoil(
        "place.toml",
        TOP,
        TOP + '[scenario]\npreset = "hall"\ncell_km = 2\n'
        '[standards.presets."hall"]\nload_mw = 12\n'
        '[standards.buildings."hall"]\ncampus_usd_per_mw = 9e6\n',
    )
    assert asked(toy) == (12, "2N", 0.25, "hall")
    assert asked(toy, {"load_mw": 14}) == (14, "2N", 0.25, "hall")
    place_file, scenario = ask(open_place(str(toy.folder)), None, {})
    assert scenario.cell_km == 2
    assert place_file.place.standards.building_class().campus_usd_per_mw == 9e6


def test_an_unknown_preset_is_refused_wherever_it_stands(toy: Toy) -> None:
    with pytest.raises(ScenarioError, match="preset 'ai-50': is unknown; did you mean 'ai-500'"):
        asked(toy, {"preset": "ai-50"})
    with pytest.raises(ScenarioError, match="preset 'ai-50'"):
        asked(toy, {}, 'preset = "ai-50"\n')
    toy.spoil("place.toml", TOP, TOP + '[scenario]\npreset = "ai-50"\n')
    with pytest.raises(LayerError, match="preset 'ai-50'"):
        open_place(str(toy.folder))


def test_a_config_that_is_not_there_is_told(toy: Toy) -> None:
    with pytest.raises(MissingFileError, match="there is no such file"):
        ask(open_place(str(toy.folder)), toy.folder / "none.toml", {})


def test_a_case_is_asked_linearly_unless_told_otherwise(tmp_path: Path) -> None:
    config = tmp_path / "scenario.toml"
    config.write_text("cutoff = 0.2\n", encoding="utf-8")
    assert (ask_case(None, {}).method, ask_case(None, {}).cutoff) == ("linear", 0.05)
    assert ask_case(config, {}).cutoff == 0.2
    assert ask_case(config, {"method": "redispatch"}).method == "redispatch"
