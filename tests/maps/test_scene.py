"""What the page is given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from maps.island import island
from maps.scene import scene, with_overloads

if TYPE_CHECKING:
    from geo.siting import Siting


def values(table: dict[str, Any], name: str) -> list[Any]:
    column = table["columns"][name]
    if isinstance(column, dict):
        return [column["words"][at] for at in column["at"]]
    return list(column)


def limit_names(content: dict[str, Any]) -> dict[str, str | None]:
    """Return the name of the line that each bus is told to be limited by."""
    names, headroom = values(content["lines"], "name"), content["headroom"]
    rows = zip(values(headroom, "bus_id"), values(headroom, "limit_line"), strict=True)
    return {bus: None if at is None else names[int(at)] for bus, at in rows}


def test_has_all_sites_and_what_is_told_of_them(siting: Siting) -> None:
    sites = scene(siting)["sites"]
    assert sites["rows"] == len(sites["paths"]) == 8
    assert values(sites, "grade") == list("AABBCCDD")
    assert values(sites, "firm_mw")[-1] is None
    assert values(sites, "limiting_line")[1] == "Line 2"
    assert values(sites, "station_links_mw")[1] == 700
    assert values(sites, "share_firm_mw")[0] == 28


def test_title_and_grades(siting: Siting) -> None:
    content = scene(siting)
    assert content["title"] == "powersite · Toyland · 180 MW"
    assert content["sure"] == {"top": 5, "sites": 8}
    assert content["counts"]["by_grade"] == {"A": 2, "B": 2, "C": 2, "D": 2}
    assert ["Demand of the base case", "800 MW"] in content["question"]


def test_buses_know_their_station_and_what_limits_them(siting: Siting) -> None:
    headroom = scene(siting)["headroom"]
    assert values(headroom, "station") == [0, 1, 0, 2, 3, 4]
    assert values(headroom, "limiting_branch")[0] == "Line 0 no. 2"


def test_what_limits_a_bus_can_be_found_on_the_map(siting: Siting) -> None:
    """T-L0/2 is a circuit of the first line; T-S4@132 is not limited by anything that is known."""
    headroom = scene(siting)["headroom"]
    assert values(headroom, "bus_id")[:2] == ["T-S0@420", "T-S1@420"]
    assert values(headroom, "limit_line") == [0, 1, 2, 2, 3, None]
    assert values(headroom, "outage_line") == [0, 0, 1, None, 2, None]
    assert values(headroom, "limit_station") == [None] * 6


def test_cost_parts_are_whole_dollars(siting: Siting) -> None:
    broken = siting.sites.assign(line_usd=siting.sites["line_usd"] + 0.4)
    sites = scene(replace(siting, sites=broken))["sites"]
    assert values(sites, "line_usd")[0] == 9_400_000
    assert values(sites, "land_usd")[-1] is None


def test_regions_are_classed_by_what_they_serve_together(siting: Siting) -> None:
    """610 over 250 in five steps of equal ratio: 1.195 each."""
    assert scene(siting)["region_breaks"] == [300.0, 360.0, 430.0, 510.0, 610.0]


def test_overloaded_line_is_marked_with_its_worst_pair(siting: Siting) -> None:
    congestion = pd.DataFrame(
        {
            "branch": ["T-L0/1", "T-L0/2", "T-S0:420-132/1"],
            "outage": ["T-L1", "", "T-L1"],
            "over_mw": [5.0, 9.0, 70.0],
            "loading": [1.1, 1.2, 1.5],
        }
    )
    found = with_overloads(siting.layers.lines.frame, congestion, {"T-L1": "Line 1"})
    assert found["over_mw"].tolist()[0] == 9.0
    assert found["outage"].tolist()[0] == ""
    assert found["over_mw"].isna().sum() == 4


def test_lifts_are_those_of_sites_below_a(siting: Siting) -> None:
    lifts = scene(siting)["lifts"]
    assert values(lifts, "site_id") == [f"toy-000{at}" for at in range(3, 9)]
    assert values(lifts, "measure")[0] == "+100 MW"
    assert values(lifts, "at_load_mw")[0] == 150
    assert values(lifts, "have_mw")[-1] is None


def test_an_answer_of_grade_a_alone_has_no_lifts(siting: Siting) -> None:
    best = replace(siting, sites=siting.sites.head(2))
    assert scene(best)["lifts"]["rows"] == 0


def test_outlook_has_limits_and_upgrades_as_rows(siting: Siting) -> None:
    point = scene(siting)["outlook"]["T-S0@132"]
    assert point["limits"][0] == [420.0, "Line 2", "Line 1", 2.5]
    assert point["upgrades"][1] == ["+50%", "Line 2", 80.0, 9e6]


def test_no_overload_at_all(siting: Siting) -> None:
    none = replace(siting, congestion=siting.congestion.head(0))
    assert set(values(scene(none)["lines"], "over_mw")) == {None}


def test_place_with_the_three_layers_it_must_have(siting: Siting) -> None:
    layers = siting.layers
    bare = type(layers)(layers.place, layers.substations, layers.lines, layers.regions)
    content = scene(replace(siting, layers=bare))
    for name in ("plants", "gas", "campuses", "barred", "towns"):
        assert content[name]["rows"] == 0
    assert content["price_breaks"] == []
    assert island(content)


def test_supply_paths_are_told_and_drawn(siting: Siting) -> None:
    supply = scene(siting)["supply"]
    assert values(supply, "site_id")[:3] == ["toy-0001", "toy-0001", "toy-0002"]
    assert values(supply, "path_number") == [1, 2, 1, 2, 1]
    assert values(supply, "told")[3] == "Station 1 itself: link abroad Cable, 700 MW"
    assert [len(path) for path in supply["paths"]] == [1, 1, 1, 0, 1]


def test_no_supply_path_at_all(siting: Siting) -> None:
    none = replace(siting, supply_paths=siting.supply_paths.head(0))
    assert scene(none)["supply"]["rows"] == 0


@pytest.mark.parametrize("limit", ["feeds"])
def test_tie_lines_are_those_of_the_table(siting: Siting, limit: str) -> None:
    assert scene(siting)[limit]["rows"] == 8


def test_of_very_many_lines_those_that_decide_are_drawn_and_it_is_said(
    siting: Siting, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = siting.layers.lines
    turned = replace(lines, frame=lines.frame.iloc[::-1])  # so that the one left out comes first
    siting = replace(siting, layers=replace(siting.layers, lines=turned))
    whole = scene(siting)
    ids = turned.frame["id"].astype(str)
    told = {*siting.headroom["limiting_branch"], *siting.headroom["limiting_outage"]}
    decide = [one for one in ids if any(str(name).startswith(one) for name in told if name)]
    assert 0 < len(decide) < len(ids)
    assert ids.iloc[0] not in decide
    monkeypatch.setattr("maps.thinning.MOST_DRAWN", len(decide))
    part = scene(siting)
    assert whole["lines"]["rows"] == len(ids)
    assert part["lines"]["rows"] == len(part["lines"]["paths"]) == len(decide)
    notes = [note for note in part["notes"] if note.startswith("The map shows")]
    assert notes[0].startswith(f"The map shows {len(decide)} of {len(ids)} lines")
    assert not any(note.startswith("The map shows") for note in whole["notes"])
    limits = [limit_names(one) for one in (whole, part)]
    assert limits[1]
    assert limits[1].items() <= limits[0].items()


def test_of_very_many_stations_and_plants_those_that_serve_and_the_largest_are_drawn(
    siting: Siting, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving = siting.headroom[siting.headroom["bus_id"].isin(siting.sites["poi_id"])]
    wanted = set(serving["substation_id"])
    stations = siting.layers.substations.frame
    assert 0 < len(wanted) < len(stations)
    monkeypatch.setattr("maps.thinning.MOST_DRAWN", len(wanted))
    content = scene(siting)
    assert set(values(content["substations"], "id")) == wanted
    assert set(values(content["headroom"], "station")) == set(range(len(wanted)))
    largest = sorted(siting.layers.plants.frame["capacity_mw"])[-len(wanted) :]
    assert sorted(values(content["plants"], "capacity_mw")) == largest
    assert any(f"of {len(stations)} substations" in note for note in content["notes"])


def test_of_very_many_sites_the_best_and_those_of_regions_are_shown(
    siting: Siting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maps.thinning.MOST_SITES", 2)
    ids = siting.sites["site_id"].tolist()
    last = siting.regions.assign(best_site_id=["", *([ids[-1]] * (len(siting.regions) - 1))])
    content = scene(replace(siting, regions=last))
    assert values(content["sites"], "site_id") == [*ids[:2], ids[-1]]
    assert content["counts"]["by_grade"] == {"A": 2, "B": 2, "C": 2, "D": 2}
    assert content["sure"]["sites"] == len(ids)
    assert any(f"shows 3 of {len(ids)} sites" in note for note in content["notes"])
