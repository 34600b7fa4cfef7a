"""Tie-lines over the ground of Toyland."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.routing import Ends, drawn, routes
from geo.surface import Surfaces
from geo.terrain import line_cost
from geo.tiles import Tiling
from tests.geo import ground, toy


def ends(places, points, surfaces=None, wanted=None, reach_km=25.0) -> Ends:
    layers = ground.country()
    if surfaces is not None:
        layers = replace(layers, surfaces=surfaces)
    asked = replace(ground.ASKED, reach_km=reach_km)
    place, _ = ground.of_toyland(layers, asked)
    where = [
        np.array([[toy.at(*at).x, toy.at(*at).y] for at in spots]) for spots in (points, places)
    ]
    return Ends(place, *where, wanted)


def test_on_unknown_ground_a_line_is_as_long_as_its_steps_and_costs_as_unknown_ground() -> None:
    """Ten kilometres due east: 1.2, the terrain 'unknown'; 0.9 of it where a line stands."""
    found = routes(ends([(40.125, 35.125)], [(30.125, 35.125)], Surfaces({})), Tiling())
    assert found["route_km"].tolist() == pytest.approx([10.0])
    assert found["terrain_factor"].tolist() == pytest.approx([1.2])
    assert found["km_unknown"].tolist() == pytest.approx([10.0])
    assert found["cost_km_unknown"].tolist() == pytest.approx([12.0])


def test_what_the_reach_does_not_allow_is_no_link() -> None:
    """Ten kilometres are two too many; eight by eight diagonally are 11.3."""
    places = [(40, 35), (37, 35), (38, 27)]
    found = routes(ends(places, [(30, 35)], Surfaces({}), reach_km=9.0), Tiling())
    assert found["place"].tolist() == [1]


def test_a_line_goes_round_the_lake_if_that_is_cheaper() -> None:
    """The lake is 10 km wide at 37.5 km east; water counts ten."""
    lake = ends([(31, 22.5)], [(44, 22.5)])
    found = routes(lake, Tiling()).iloc[0]
    assert found["km_water"] < 0.5
    assert found["route_km"] > 14
    way = drawn(replace(lake, wanted=frozenset({(0, 0)})), Tiling()).loc[(0, 0)]
    assert way.length / 1000 == pytest.approx(found["route_km"], rel=0.05)
    assert way.distance(toy.at(37.6, 22.4)) > 4_000


def test_a_barrier_is_shunned_but_priced_as_underground() -> None:
    """A point in the middle of the park: some kilometres of it, and six each, not a hundred."""
    layers = ground.country()
    frame = layers.barred.frame.assign(terrain="barrier")
    layers = replace(layers, barred=replace(layers.barred, frame=frame))
    place, _ = ground.of_toyland(layers)
    where = [np.array([[toy.at(*at).x, toy.at(*at).y]]) for at in ((5, 4.5), (12, 4.5))]
    found = routes(Ends(place, *where), Tiling()).iloc[0]
    assert 2.0 < found["km_barrier"] < 3.5
    assert found["cost_km_barrier"] == pytest.approx(6 * found["km_barrier"], rel=0.11)


def test_cost_is_the_multiplier_of_the_cover_and_the_slope() -> None:
    place, grid = ground.of_toyland()
    cost, price, kind = line_cost(place, grid)
    names = [row.name for row in place.standards.terrains]
    assert cost.shape == price.shape == kind.shape == grid.shape
    forest = (kind == names.index("forest")) & (cost > 1.0)
    assert {round(float(value), 3) for value in np.unique(cost[forest])} <= {
        1.2, 1.08, 1.32, 1.188, 1.44, 1.296,
    }  # fmt: skip
    assert (cost == price).all()
    assert cost[grid.rows // 2, 0] >= 1.0


def test_out_of_the_regions_a_line_costs_as_over_water_and_is_not_called_so() -> None:
    """Four cells beyond the border all round; a lake and a barrier there stay what they are."""
    layers = ground.country()
    shapes = [("water", toy.rectangle(-0.9, 4, 0.5, 1)), ("rocks", toy.rectangle(-0.9, 8, 0.5, 1))]
    barred = toy.barred(shapes)
    barred = replace(barred, frame=barred.frame.assign(terrain=["water", "barrier"]))
    place, grid = ground.of_toyland(replace(layers, barred=barred))
    cost, _, kind = line_cost(place, grid.wider(4))
    names = np.array([row.name for row in place.standards.terrains])
    rim = np.ones(cost.shape, dtype=bool)
    rim[4:-4, 4:-4] = False
    assert set(names[kind[rim]]) == {"outside", "water", "barrier"}
    assert "outside" not in names[kind[~rim]]
    for name, multiplier in (("outside", 10.0), ("water", 10.0), ("barrier", 100.0)):
        assert set(cost[rim & (names[kind] == name)]) == {multiplier}


def test_links_of_the_same_place_do_not_depend_on_each_other() -> None:
    spots = [(10.0, 30.0), (26.0, 12.0), (44.0, 33.0), (29.0, 20.0)]
    points = [(10, 20), (30, 30), (30, 10), (50, 20)]
    together = routes(ends(spots, points), Tiling())
    for place, spot in enumerate(spots):
        alone = routes(ends([spot], points), Tiling())
        part = together[together["place"] == place].drop(columns="place").reset_index(drop=True)
        assert part.equals(alone.drop(columns="place"))
