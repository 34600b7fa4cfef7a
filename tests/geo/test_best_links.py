from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from geo import best_links, siting, tie_lines
from geo.errors import ScenarioError
from geo.grid import build_grid
from geo.headroom import suited
from geo.place_headroom import headroom_of, limits_of
from geo.scenario import Scenario
from geo.siting import find_sites
from geo.standards import with_changes

ASKED = Scenario(load_mw=50, cell_km=5, spacing_km=10)


def with_standards(layers, changes: dict[str, float]):
    """The toy country with other assumptions."""
    standards = with_changes(layers.place.standards, changes, "test")
    return dataclasses.replace(layers, place=dataclasses.replace(layers.place, standards=standards))


def test_blocks_change_no_answer(toy_layers, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = find_sites(toy_layers, ASKED)
    blocks = []
    one_block = tie_lines.TieLines.blocks

    def counted(self, places):
        for block in one_block(self, places):
            blocks.append(block)
            yield block

    monkeypatch.setattr(tie_lines, "LINKS_AT_ONCE", 7)
    monkeypatch.setattr(tie_lines.TieLines, "blocks", counted)
    cut = find_sites(toy_layers, ASKED)
    assert len(blocks) > 3
    rows = [np.arange(block.start, block.stop) for block, _ in blocks]
    assert np.concatenate(rows).tolist() == list(range(len(np.concatenate(rows))))
    assert whole.sites.drop(columns="geometry").equals(cut.sites.drop(columns="geometry"))
    assert whole.sites.geometry.equals(cut.sites.geometry)
    assert whole.dropped.equals(cut.dropped)


def test_a_small_grid_is_asked_as_it_was(toy_layers) -> None:
    how = suited(ASKED, build_grid(toy_layers), 2500)
    assert how.scenario is ASKED
    assert not how.large
    assert how.note == ""


def test_a_large_grid_is_asked_by_the_linear_method_and_says_so(toy_layers) -> None:
    small = find_sites(with_standards(toy_layers, {"redispatch_max_buses": 1}), ASKED)
    assert small.scenario.method == "linear"
    assert small.scenario.mode == "calibrated"
    assert small.redispatch is None
    assert small.headroom["flexible_mw"].isna().all()
    buses = len(small.grid.buses)
    note = next(note for note in small.notes if "redispatch_max_buses" in note)
    assert note.startswith(f"The grid has {buses} buses, more than the 1 of redispatch_max_buses")


def test_on_a_large_grid_two_feeds_are_looked_for_at_the_best_sites(
    toy_layers, monkeypatch: pytest.MonkeyPatch
) -> None:
    layers = with_standards(toy_layers, {"redispatch_max_buses": 1})
    asked = dataclasses.replace(ASKED, redundancy="2N", top=1)
    every = find_sites(layers, asked).sites
    assert (every["redundancy"] == "2N").any()
    monkeypatch.setattr(siting, "PAIRED_SITES", 0)
    some = find_sites(layers, asked).sites
    assert (some["redundancy"] == "2N").sum() <= 1
    assert (some["second_poi_id"] != "").sum() == (some["redundancy"] == "2N").sum()
    assert some["rank"].tolist() == list(range(1, len(some) + 1))


def test_the_linear_method_asked_for_keeps_its_mode(toy_layers) -> None:
    grid = build_grid(toy_layers)
    strict = dataclasses.replace(ASKED, method="linear", mode="strict")
    how = suited(strict, grid, 1)
    assert how.scenario == strict
    assert "instead of redispatch" not in how.note


def test_what_only_redispatch_knows_is_refused_on_a_large_grid(toy_layers) -> None:
    layers = with_standards(toy_layers, {"redispatch_max_buses": 1})
    with pytest.raises(ScenarioError, match="situations are solved by redispatch"):
        find_sites(layers, dataclasses.replace(ASKED, situations=3))
    with pytest.raises(ScenarioError, match="limits and upgrades need the redispatch method"):
        limits_of(layers, ASKED)


def test_headroom_alone_tells_of_the_method_too(toy_layers) -> None:
    assert headroom_of(toy_layers, ASKED).notes == ()
    (note,) = headroom_of(with_standards(toy_layers, {"redispatch_max_buses": 1}), ASKED).notes
    assert "linear method with calibrated limits" in note


def test_sites_beyond_those_that_compete_are_not_known_to_be_sure(
    toy_layers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(siting, "SURE_SITES", 2)
    monkeypatch.setattr(siting, "TIMED_SITES", 1)
    found = find_sites(toy_layers, ASKED, also=("nobody",))
    assert found.sites["rank_p10"].notna().tolist() == [True, True] + [False] * (
        len(found.sites) - 2
    )
    assert not found.sites["robust"].iloc[2:].any()
    assert set(found.gantt["site_id"]) == {found.sites["site_id"].iloc[0]}
    assert any("among the best 2 of" in note for note in found.notes)


def test_a_place_without_a_link_is_counted(toy_layers) -> None:
    assert best_links.SAME_SCORE < 1e-6
    short = find_sites(toy_layers, dataclasses.replace(ASKED, reach_km=5, spacing_km=0))
    known = short.dropped.set_index("reason")["count"]
    assert known["no point of connection in reach"] > 0


@pytest.mark.parametrize("top", [1, 5])
def test_beyond_the_best_so_many_sites_none_is_kept_unless_asked_for(
    toy_layers, monkeypatch: pytest.MonkeyPatch, top: int
) -> None:
    asked = dataclasses.replace(ASKED, top=top)
    every = find_sites(toy_layers, asked)
    monkeypatch.setattr(siting, "RANKED_SITES", 3)
    found, most = find_sites(toy_layers, asked), max(3, top)
    assert len(every.sites) > most
    assert found.sites["site_id"].tolist() == every.sites["site_id"].tolist()[:most]
    note = f"Of {len(every.sites)} sites the best {most} are kept; --top may raise that."
    assert note in found.notes
    assert note not in every.notes
    counts = dict(zip(found.dropped["reason"], found.dropped["count"], strict=True))
    assert counts.pop(f"not among the best {most}") == len(every.sites) - most
    assert counts == dict(zip(every.dropped["reason"], every.dropped["count"], strict=True))
