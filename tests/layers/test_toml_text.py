from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geo.errors import ScenarioError
from layers.question import ask_case
from layers.settings import read_settings
from layers.toml_text import parse_toml
from tests.trust.country import SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

BEYOND_64_BITS = [
    str(2**63),
    str(-(2**63) - 1),
    "9" * 400,  # beyond what a float holds
    "9" * 5000,  # beyond what Python reads
    "0x" + "f" * 5000,  # beyond what Python writes
]


def test_whole_numbers_of_64_bits_are_taken() -> None:
    assert parse_toml(f"a = {2**63 - 1}\nb = [{-(2**63)}]") == {"a": 2**63 - 1, "b": [-(2**63)]}


@pytest.mark.parametrize("number", BEYOND_64_BITS)
@pytest.mark.parametrize("text", ["a = {}", "a = [1, [2, {}]]", "[a.b]\nc = {{ d = {} }}"])
def test_larger_ones_are_refused_wherever_they_stand(text: str, number: str) -> None:
    with pytest.raises(ValueError, match="a whole number has more than 64 bits"):
        parse_toml(text.format(number))


def test_other_faults_keep_their_words() -> None:
    with pytest.raises(ValueError, match="at line 2, column 5"):
        parse_toml("a = 1\nb = ?")
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_toml("a = " + "[" * 100_000)


@pytest.mark.parametrize("number", BEYOND_64_BITS)
def test_a_question_with_such_a_number_is_refused(tmp_path: Path, number: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f"load_mw = {number}", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"mine\.toml: is not TOML: a whole number"):
        ask_case(path, {})


@pytest.mark.parametrize("number", BEYOND_64_BITS)
@pytest.mark.parametrize(
    "more",
    [
        "[standards]\nambient_c = {}",
        "[topology]\nsnap_m = {}",
        '[layers.plants]\nfile = "p.csv"\nbbox = [1, 2, 3, {}]',
        '[layers.plants]\nfile = "p.csv"\n[layers.plants.units]\ncapacity_mw = {}',
    ],
)
def test_a_place_with_such_a_number_is_refused(tmp_path: Path, more: str, number: str) -> None:
    path = tmp_path / "place.toml"
    path.write_text(SETTINGS + more.format(number), encoding="utf-8")
    place, faults = read_settings(path)
    assert place is None
    assert [fault.problem for fault in faults] == [
        "is not TOML: a whole number has more than 64 bits"
    ]
