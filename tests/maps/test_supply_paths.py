"""How a site is supplied, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from maps.explain import explain_text
from maps.supply_paths import links_sentence, path_sentence, path_sentences
from maps.text import plain

if TYPE_CHECKING:
    from geo.siting import Siting

PATH = {
    "from_station": "Nea",
    "to_station": "Klæbu",
    "source": "420 kV, 5 circuits",
    "length_km": 74.97,
    "weakest_mw": 1877.0,
    "stations": "Nea – Klæbu",
    "lines": "Nea - Klæbu 420 kV",
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "Nea – Klæbu, 75 km, to Klæbu (420 kV, 5 circuits)"),
        ({"length_km": 4.75}, "Nea – Klæbu, 4.8 km, to Klæbu (420 kV, 5 circuits)"),
        ({"weakest_mw": 180.0}, "Nea – Klæbu, 75 km, to Klæbu (420 kV, 5 circuits)"),
        (
            {"weakest_mw": 147.0},
            (
                "Nea – Klæbu, 75 km, to Klæbu (420 kV, 5 circuits); its weakest line is rated "
                "147 MW, less than the load"
            ),
        ),
        (
            {"lines": "", "source": "link abroad Cable, 700 MW", "weakest_mw": None},
            "Nea itself: link abroad Cable, 700 MW",
        ),
    ],
)
def test_a_path_in_a_sentence(changes, expected) -> None:
    assert path_sentence(PATH | changes, 180.0) == expected


def test_paths_over_the_same_stations_name_their_lines(siting: Siting) -> None:
    paths = siting.supply_paths
    twins = paths.iloc[[0, 0, 2]].reset_index(drop=True)
    twins["lines"] = ["Line 0 no. 1", "Line 0 no. 2", "Line 1"]
    first, second, other = path_sentences(replace(siting, supply_paths=twins))
    assert first.startswith("Station 0 – Station 1 by Line 0 no. 1, 20 km")
    assert second.startswith("Station 0 – Station 1 by Line 0 no. 2, 20 km")
    assert other.startswith("Station 1 – Station 2, 20 km")


SITE = {
    "poi_name": "Nea",
    "station_links_mw": 0.0,
    "part_links_mw": 300.0,
    "part_supply_mw": 1000.0,
    "part_without": "",
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ""),
        ({"part_links_mw": 0.0, "part_supply_mw": 0.0}, ""),
        ({"part_links_mw": np.nan}, ""),
        (
            {"station_links_mw": 1000.0},
            "Links abroad at Nea itself count as supply of up to 1,000 MW.",
        ),
        (
            {"part_links_mw": 500.0},
            (
                "Of the 1,000 MW of supply that its part of the grid counts on, 500 MW are links "
                "abroad."
            ),
        ),
        (
            {"part_links_mw": 800.0, "part_without": "Nea - Klæbu"},
            (
                "Of the 1,000 MW of supply that its part of the grid counts on once Nea - Klæbu "
                "is out, 800 MW are links abroad."
            ),
        ),
    ],
)
def test_leaning_on_links_abroad(changes, expected) -> None:
    assert links_sentence(SITE | changes) == expected


def test_a_site_that_knows_nothing_of_links_says_nothing() -> None:
    assert links_sentence({"poi_name": "Nea"}) == ""


def test_explain_tells_the_paths_one_a_line(siting: Siting) -> None:
    lines = explain_text(siting, "toy-0002", 120).splitlines()
    start = lines.index("Paths to strong sources")
    assert lines[start + 1].split(maxsplit=2) == [
        "Path",
        "1",
        "Station 1 – Station 2, 20 km, to Station 2 (420 kV, 4 circuits)",
    ]
    assert lines[start + 2].endswith("Station 1 itself: link abroad Cable, 700 MW")
    assert "Links abroad at Station 1 itself count as supply of up to 700 MW." in "".join(lines)
    assert "once Line 1 is out" in " ".join(line.strip() for line in lines)


def test_explain_says_where_paths_are_not_told(siting: Siting) -> None:
    assert "Paths to strong sources\n  none\n" in explain_text(siting, "toy-0003")
    assert "told for the shortlist only" in explain_text(siting, "toy-0006")


def test_hostile_names_stay_text(hostile: Siting) -> None:
    for sentence in path_sentences(hostile):
        assert sentence == plain(sentence)
