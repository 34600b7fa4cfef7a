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


def with_mine(toy_layers, grid_mw, more=None):
    """Toyland with a mining campus 1.4 km from station E, which hangs on one line."""
    campuses = toy.campuses([("Mine", grid_mw, 51, 6)], more)
    return dataclasses.replace(toy_layers, campuses=campuses)


@pytest.mark.parametrize(("grid_mw", "converts"), [(50, True), (47.5, True), (47, False)])
def test_a_campus_converts_with_its_load_or_five_percent_less(
    toy_layers, grid_mw, converts
) -> None:
    asked = dataclasses.replace(ASKED, redundancy="N")
    links, _ = measured(with_mine(toy_layers, grid_mw), asked)
    campus = links[links["kind"] == "campus"]
    assert (campus["converts"] == converts).all()
    assert ((campus["months_p50"] < 20) == converts).all()
    at_e = campus["poi_id"] == "E@132"
    assert at_e.sum() == 1
    assert ((campus["connection_usd"] == 0) == (at_e & converts)).all()


def test_what_a_campus_that_converts_builds_is_a_second_feed(toy_layers) -> None:
    links, _ = measured(with_mine(toy_layers, 60))
    campus = links[links["kind"] == "campus"]
    assert (campus["way"] == "conversion, then a second feed").all()
    assert (campus["connection_usd"] > 0).all()
    assert campus["second_feed_usd"].tolist() == campus["connection_usd"].tolist()
    assert (campus[["line_usd", "bays_usd", "station_usd", "transformers_usd"]] == 0).all(axis=None)
    known, _ = measured(with_mine(toy_layers, 60, {"feed": {"Mine": "N+1"}}))
    at_e = known[(known["kind"] == "campus") & (known["poi_id"] == "E@132")].iloc[0]
    assert (at_e["way"], at_e["connection_usd"]) == ("conversion", 0)


def test_costs_hang_together(toy_layers) -> None:
    """50 MW at 40 USD/MWh; land 5,000 USD/ha in the west, 20,000 in the east; 0.25 ha/MW."""
    rule = toy.table(
        ("topic", "effect", "cost_usd_per_mw", "region"), [("levy", "cost", 2000, "East")]
    )
    layers = dataclasses.replace(
        with_mine(toy_layers, 20),
        policy=toy.kinds.Policy(rule.assign(rule="so it is"), toy.source("policy")),
    )
    links, _ = measured(layers)
    parts = ["line_usd", "bays_usd", "station_usd", "transformers_usd", "second_feed_usd"]
    assert links[parts].sum(axis=1).to_numpy() == pytest.approx(links["connection_usd"].to_numpy())
    green = links["kind"] == "greenfield"
    halls = np.where(green, 50 * 11e6, 30 * 11e6 + 20 * 7.6e6)  # 20 MW are fitted out and cooled
    found = links[["new_halls_usd", "fit_out_usd", "cooling_usd"]].sum(axis=1)
    assert found.to_numpy() == pytest.approx(halls)
    east = links["region"] == "East"
    land = np.where(east, 20_000, 5_000) * 0.25 * np.where(green, 50, 30)
    assert links["land_usd"].to_numpy() == pytest.approx(land)
    rules = np.where(east, 100_000, 0)
    assert links["rules_usd"].to_numpy() == pytest.approx(rules)
    capital = halls + links["connection_usd"] + land + rules
    assert links["capex_usd"].to_numpy() == pytest.approx(capital.to_numpy())
    energy = 50 * 8760 * 40 * 0.75 * links["pue"]
    assert links["energy_usd_per_year"].to_numpy() == pytest.approx(energy.to_numpy())


def test_unknown_prices_are_unknown_costs_and_land_alone_counts_as_nothing(toy_layers) -> None:
    bare = dataclasses.replace(toy_layers, land_prices=None, power_prices=None)
    links, _ = measured(bare)
    assert links["land_usd"].isna().all()
    assert links["energy_usd_per_year"].isna().all()
    assert links["capex_usd"].notna().all()


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

    def held(self, pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
        return {pair for pair in pairs if frozenset(pair) in self._pairs}


def test_two_feeds_mark_both_links_and_name_the_nearer_partner(toy_layers) -> None:
    links, _ = measured(toy_layers)
    both = with_two_feeds(links, Pairs(("B@420", "D@420"), ("C@420", "D@420")), toy_layers, ASKED)
    at_d = both[(both["poi_id"] == "D@420") & (both["redundancy"] == "2N")]
    assert len(at_d)
    for row in at_d.itertuples():
        near = links[(links["site_id"] == row.site_id) & (links["firm_mw"] >= 50)]
        three = near.sort_values("tie_km").drop_duplicates("substation_id").head(3)
        away = three[three["poi_id"].isin(["B@420", "C@420"])].set_index("poi_id")["tie_km"]
        assert away[row.second_poi_id] == pytest.approx(away.min())
    alone = both[both["redundancy"] != "2N"]
    assert (alone["second_poi_id"] == "").all()


def two_fed(layers, pair, asked):
    links, _ = measured(layers, asked)
    return links, with_two_feeds(links, pair, layers, asked)


def test_the_second_feed_is_paid_and_waited_for_only_where_it_is_asked_for(toy_layers) -> None:
    pair, asked = Pairs(("B@420", "D@420")), dataclasses.replace(ASKED, redundancy="2N")
    links, free = two_fed(toy_layers, pair, ASKED)
    assert free["second_tie_km"].isna().all()
    assert free["months_p50"].tolist() == links["months_p50"].tolist()
    links, paid = two_fed(toy_layers, pair, asked)
    rows = np.flatnonzero((paid["redundancy"] == "2N") & (paid["kind"] == "greenfield"))
    assert len(rows)
    for row in rows:
        partner = links[
            (links["site_id"] == paid.loc[row, "site_id"])
            & (links["poi_id"] == paid.loc[row, "second_poi_id"])
        ].iloc[0]
        for column in ("connection_usd", "capex_usd", "second_feed_usd"):
            extra = paid.loc[row, column] - links.loc[row, column]
            assert extra == pytest.approx(partner["connection_usd"])
        assert paid.loc[row, "second_tie_km"] == partner["tie_km"]
        later = max(links.loc[row, "months_p50"], partner["months_p50"])
        assert paid.loc[row, "months_p50"] == later


def test_a_campus_with_a_feed_pays_for_the_other_one(toy_layers) -> None:
    """The mine is fed by D; C is a little nearer to it than B."""
    asked = dataclasses.replace(ASKED, redundancy="2N")
    layers = dataclasses.replace(toy_layers, campuses=toy.campuses([("Mine", 60, 50, 19)]))
    pair = Pairs(("C@132", "D@420"), ("B@420", "D@420"))
    links, paid = two_fed(layers, pair, asked)
    alone = links[links["kind"] == "campus"].set_index("poi_id")
    campus = paid[paid["kind"] == "campus"].set_index("poi_id")
    more = campus["connection_usd"] - alone["connection_usd"]
    assert campus["second_poi_id"].to_dict() == {
        "D@420": "C@132", "C@132": "D@420", "B@420": "D@420", "C@420": "", "E@132": "",
    }  # fmt: skip
    # From D only the line to C is paid for; beside a line to B or C, the feed from D is there.
    assert alone.loc["D@420", "connection_usd"] == 0
    assert more["D@420"] == pytest.approx(alone.loc["C@132", "feed_usd"])
    assert more[["B@420", "C@132"]].tolist() == [0, 0]
    assert alone.loc[["B@420", "C@132"], "connection_usd"].min() > 0
    assert (campus["months_p50"] < 20).all()
    assert campus.loc["D@420", "second_tie_km"] == alone.loc["C@132", "tie_km"]
    assert campus.loc[["B@420", "C@132"], "second_tie_km"].isna().all()


def test_costs_by_the_megawatt_come_last(toy_layers) -> None:
    _, both = two_fed(toy_layers, Pairs(("B@420", "D@420")), ASKED)
    assert (both["connection_usd_per_mw"] * 50).to_numpy() == pytest.approx(
        both["connection_usd"].to_numpy()
    )


def test_a_point_is_n_plus_1_only_with_firm_megawatts_and_two_ways(toy_layers) -> None:
    """B, C and D are meshed by three 420 kV circuits or more; E hangs on one line."""
    _, points = measured(toy_layers)
    assert points.loc["D@420", "redundancy"] == "N+1"
    assert points.loc["E@132", "redundancy"] == "N"
    _, heavy = measured(toy_layers, dataclasses.replace(ASKED, load_mw=1900))
    assert set(heavy["redundancy"]) <= {"none", "N"}
