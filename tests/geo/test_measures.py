from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from geo.balance import base_flows
from geo.candidates import find_candidates
from geo.grid import build_grid
from geo.headroom import hosting_capacity
from geo.measures import assess_points, measure, with_two_feeds
from geo.reach import connect, points_of_connection
from geo.redundancy import find_paths
from geo.scenario import Scenario
from tests.geo import toy

ASKED = Scenario(load_mw=50, cell_km=10, reach_km=30)


def measured(layers, scenario=ASKED):
    grid = build_grid(layers)
    room = hosting_capacity(grid, base_flows(grid, layers, 300.0))
    paths = find_paths(grid, layers, scenario.load_mw)
    points = points_of_connection(grid, layers.place, scenario)
    points = assess_points(points, room, paths, scenario)
    places = find_candidates(layers, scenario, points[["x_m", "y_m"]].to_numpy(float)).frame
    links = connect(places, points, scenario, 1.3)
    return measure(places, links, points, layers, scenario), points


def test_every_link_has_the_headroom_of_its_point(toy_layers) -> None:
    links, points = measured(toy_layers)
    for row in links.itertuples():
        assert row.firm_mw == points.loc[row.poi_id, "firm_mw"]
        assert row.poi_voltage_kv == points.loc[row.poi_id, "voltage_kv"]
        assert row.tie_km <= 30 * 1.3 + 1e-9


def test_an_energised_campus_counts_its_megawatts_as_normal_but_not_as_firm(toy_layers) -> None:
    """E hangs on one line: nothing is firm there, whatever the campus draws today."""
    rich = dataclasses.replace(toy_layers, campuses=toy.campuses([("Mine", 5000, 50, 6)]))
    links, _ = measured(rich)
    here = links[(links["kind"] == "campus") & (links["poi_id"] == "E@132")].iloc[0]
    assert here["normal_mw"] == 5000
    assert here["firm_mw"] == 0


@pytest.mark.parametrize(("grid_mw", "converts"), [(50, True), (47.5, True), (47, False)])
def test_a_campus_converts_with_its_load_or_five_percent_less(
    toy_layers, grid_mw, converts
) -> None:
    layers = dataclasses.replace(toy_layers, campuses=toy.campuses([("Mine", grid_mw, 50, 6)]))
    links, _ = measured(layers)
    campus = links[links["kind"] == "campus"]
    assert (campus["converts"] == converts).all()
    assert ((campus["connection_usd"] == 0) == converts).all()
    assert ((campus["months_p50"] < 20) == converts).all()


def test_greenfield_never_converts(toy_layers) -> None:
    links, _ = measured(toy_layers)
    green = links[links["kind"] == "greenfield"]
    assert not green["converts"].any()
    assert (green["connection_usd"] > 0).all()
    assert green["grid_mw"].isna().all()


class Pairs:
    """Two feeds that hold for the pairs named, in either order."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self._pairs = {frozenset(pair) for pair in pairs}

    def hold(self, one: str, other: str) -> bool:
        return frozenset((one, other)) in self._pairs


def test_two_feeds_mark_both_links_and_name_the_nearer_partner(toy_layers) -> None:
    links, _ = measured(toy_layers)
    both = with_two_feeds(links, Pairs(("B@420", "D@420"), ("C@420", "D@420")), ASKED)
    at_d = both[(both["poi_id"] == "D@420") & (both["redundancy"] == "2N")]
    assert len(at_d)
    for row in at_d.itertuples():
        near = links[(links["site_id"] == row.site_id) & (links["firm_mw"] >= 50)]
        three = near.sort_values("tie_km").drop_duplicates("substation_id").head(3)
        away = three[three["poi_id"].isin(["B@420", "C@420"])].set_index("poi_id")["tie_km"]
        assert away[row.second_poi_id] == pytest.approx(away.min())
    alone = both[both["redundancy"] != "2N"]
    assert (alone["second_poi_id"] == "").all()


def test_the_second_feed_is_paid_for_only_where_it_is_asked_for(toy_layers) -> None:
    links, _ = measured(toy_layers)
    pair = Pairs(("B@420", "D@420"))
    free = with_two_feeds(links, pair, ASKED)
    asked = dataclasses.replace(ASKED, redundancy="2N")
    paid = with_two_feeds(links, pair, asked)
    rows = np.flatnonzero(paid["redundancy"] == "2N")
    assert len(rows)
    for row in rows:
        partner = links[
            (links["site_id"] == paid.loc[row, "site_id"])
            & (links["poi_id"] == paid.loc[row, "second_poi_id"])
        ].iloc[0]
        extra = paid.loc[row, "connection_usd"] - free.loc[row, "connection_usd"]
        assert extra == pytest.approx(partner["connection_usd"])


def test_a_point_is_n_plus_1_only_with_firm_megawatts_and_two_ways(toy_layers) -> None:
    """B, C and D are meshed by three 420 kV circuits or more; E hangs on one line."""
    _, points = measured(toy_layers)
    assert points.loc["D@420", "redundancy"] == "N+1"
    assert points.loc["E@132", "redundancy"] == "N"
    _, heavy = measured(toy_layers, dataclasses.replace(ASKED, load_mw=1900))
    assert set(heavy["redundancy"]) <= {"none", "N"}
