"""Land that could hold the campus: maps a few kilometres wide, a letter for each square kilometre.

``#`` is land, ``w`` water and ``p`` a park on it, ``.`` the sea; the answer has ``o`` for a site. A
campus needs 90 of the 100 hectares of a square unless a test says otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import hypot
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from shapely import MultiPolygon, Point, Polygon, box

from geo import kinds
from geo.candidates import COLUMNS, find_candidates, site_id
from geo.cells import area_ha, cell_side_km, subdivide
from geo.errors import NoSiteError
from geo.scenario import Scenario
from tests.geo import toy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.candidates import Candidates
    from geo.kinds import Layers
    from geo.layer import Layer

NEEDS_90_HA = Scenario(load_mw=180, ha_per_mw=0.5, cell_km=1, reach_km=100)
HERE = (0.5, 0.5)
"""In km: the middle of the square in the south-west."""
BARRED = {"w": "water", "p": "park"}
GEOD = Geod(ellps="GRS80")


def squares(picture: str, letters: str) -> list[Polygon]:
    """Return the squares with one of some letters; the last row of the picture is the south."""
    rows = picture.split()[::-1]
    return [
        toy.rectangle(x, y, 1, 1)
        for y, row in enumerate(rows)
        for x, letter in enumerate(row)
        if letter in letters
    ]


def ground(shapes: Iterable[Any]) -> kinds.Regions:
    """Make one region of some shapes."""
    frame = gpd.GeoDataFrame(
        {"name": ["All"]}, geometry=[shapely.union_all(list(shapes))], crs=toy.CRS
    )
    return kinds.Regions(frame, toy.source("regions"))


def world(picture: str, **layers: Layer) -> Layers:
    """Build a country from a map; its grid is out of the way."""
    stations = toy.substations([("A", "132", 0, 0), ("B", "132", 9, 0)])
    barred = [(BARRED[letter], shape) for letter in BARRED for shape in squares(picture, letter)]
    if barred:
        layers = {"barred": toy.barred(barred), **layers}
    base = toy.bare(
        stations, toy.lines(stations, [("AB", "A", "B", 132)]), ground(squares(picture, "#wp"))
    )
    return replace(base, **layers)


def find(
    layers: Layers, scenario: Scenario = NEEDS_90_HA, *stations_km: tuple[float, float]
) -> Candidates:
    where = [toy.at(*spot) for spot in stations_km or [HERE]]
    return find_candidates(layers, scenario, np.array([[p.x, p.y] for p in where]))


def drawn(found: Candidates, picture: str) -> str:
    """Draw the sites on the map that they were found on."""
    rows = [[{"#": "-"}.get(letter, letter) for letter in row] for row in picture.split()[::-1]]
    for site in found.frame.itertuples():
        rows[int((site.y_m - toy.NORTH_M) // 1000)][int((site.x_m - toy.EAST_M) // 1000)] = "o"
    return " ".join("".join(row) for row in rows[::-1])


# Gates. What does not pass keeps its reason.


def test_every_square_of_land_is_a_site() -> None:
    picture = "##.# .### ####"
    found = find(world(picture))
    assert drawn(found, picture) == "oo.o .ooo oooo"
    assert found.dropped == {}


@pytest.mark.parametrize(
    ("picture", "sites", "dropped"),
    [
        ("#w# ###", "owo ooo", {"barred land: water": 1}),
        ("pp# www", "ppo www", {"barred land: park": 2, "barred land: water": 3}),
    ],
)
def test_barred_ground_is_dropped_with_its_reason(
    picture: str, sites: str, dropped: dict[str, int]
) -> None:
    found = find(world(picture))
    assert drawn(found, picture) == sites
    assert found.dropped == dropped


@pytest.mark.parametrize(("share", "is_site"), [(0.09, True), (0.11, False)])
def test_a_square_may_lose_what_the_campus_does_not_need(share: float, *, is_site: bool) -> None:
    lake = toy.barred([("water", toy.rectangle(1, 0, share, 1))])
    found = find(world("##", barred=lake))
    assert drawn(found, "##") == ("oo" if is_site else "o-")
    assert found.dropped == ({} if is_site else {"barred land: water": 1})
    if is_site:
        # True hectares: the map's scale is 0.9996 here, so its squares are 0.08 % larger.
        assert found.frame["area_ha"].max() == pytest.approx(100 / 0.9996**2, rel=1e-5)
        assert found.frame["area_ha"].min() == pytest.approx(91 / 0.9996**2, rel=1e-5)


def test_the_reason_is_what_took_the_most() -> None:
    # At (1, 0) the park takes 20 ha and the lake 50; at (2, 0) the parks only touch.
    shapes = [
        ("park", toy.rectangle(1, 0, 0.2, 1)),
        ("water", toy.rectangle(1.5, 0, 0.5, 1)),
        ("water", toy.rectangle(2, 0, 1, 1)),
        ("park", toy.rectangle(3, 0, 1, 1)),
    ]
    found = find(world("####", barred=toy.barred(shapes)))
    assert found.dropped == {"barred land: water": 2, "barred land: park": 1}


def test_the_largest_piece_counts_and_not_the_sum() -> None:
    # A river leaves 45 and 45 of 100 ha, or 30 and 60, of which a site of 50 takes the larger.
    needs_50_ha = replace(NEEDS_90_HA, ha_per_mw=50 / 180)
    rivers = [("water", toy.rectangle(1.45, 0, 0.1, 1)), ("water", toy.rectangle(2.3, 0, 0.1, 1))]
    found = find(world("###", barred=toy.barred(rivers)), needs_50_ha)
    assert drawn(found, "###") == "o-o"
    assert found.dropped == {"barred land: water": 1}
    side = found.frame.sort_values("x_m").iloc[-1]
    assert side["area_ha"] == pytest.approx(60, rel=1e-3)
    assert side.geometry.equals(toy.rectangle(2.4, 0, 0.6, 1))


def test_a_sliver_of_coast_is_too_little_land() -> None:
    land = ground([toy.rectangle(0, 0, 2.5, 1)])
    found = find(replace(world("###"), regions=land))
    assert drawn(found, "###") == "oo-"
    assert found.dropped == {"too little land": 1}


def test_a_sliver_is_too_little_even_if_it_is_barred_too() -> None:
    lake = toy.barred([("water", toy.rectangle(2, 0, 1, 1))])
    layers = replace(world("###", barred=lake), regions=ground([toy.rectangle(0, 0, 2.5, 1)]))
    assert find(layers).dropped == {"too little land": 1}


def test_land_out_of_reach_of_every_station_is_dropped_first() -> None:
    # Middles lie 0, 1, 2, 3 km from the station; the lake out there is not looked at.
    found = find(world("###w"), replace(NEEDS_90_HA, reach_km=1))
    assert drawn(found, "###w") == "oo-w"
    assert found.dropped == {"no point of connection in reach": 2}


def test_the_sea_out_of_reach_is_not_counted() -> None:
    assert find(world("#..#"), replace(NEEDS_90_HA, reach_km=1)).dropped == {
        "no point of connection in reach": 1
    }


def test_any_station_is_near_enough() -> None:
    found = find(world("#####"), replace(NEEDS_90_HA, reach_km=1), HERE, (4.5, 0.5))
    assert drawn(found, "#####") == "oo-oo"


def test_a_town_is_a_circle_as_large_as_its_people_need() -> None:
    # 78,540 people at 2,500 a km² fill 10π km², a circle of √10 = 3.16 km; 1,999 bar nothing.
    # Middles of the squares lie 0 to 4 km from the town; the last but one keeps a corner.
    picture = "##### #####"
    towns = toy.settlements(
        [("Town", round(2500 * np.pi * 10), 0.5, 0.5), ("Tiny", 1999, 4.5, 1.5)]
    )
    found = find(world(picture, settlements=towns))
    # The farthest corner of (3, 0) is hypot(3.5, 0.5) away and the nearest 2.5: mostly town.
    assert drawn(found, picture) == "----o ----o"
    assert found.dropped == {"barred land: town": 8}


def test_towns_drawn_on_a_map_and_towns_of_people_bar_ground_alike() -> None:
    towns = toy.settlements([("Town", 2_500, 2.5, 0.5)])
    drawn_town = toy.barred([("town", toy.rectangle(0, 0, 1, 1))])
    found = find(world("###", settlements=towns, barred=drawn_town))
    assert drawn(found, "###") == "-o-"
    assert found.dropped == {"barred land: town": 2}


def test_an_island_in_a_lake_is_land() -> None:
    lake = toy.rectangle(0, 0, 3, 3).difference(toy.rectangle(1, 1, 1, 1))
    picture = "#### #### ####"
    found = find(world(picture, barred=toy.barred([("water", lake)])))
    assert drawn(found, picture) == "---o -o-o ---o"


@pytest.mark.parametrize(
    ("rules", "sites", "closed"),
    [
        ([("ban", True, "West")], "-o", 1),
        ([("ban", True, "")], None, 2),
        ([("ban", False, "West")], "oo", 0),
        ([("ban", True, "West"), ("rule", False, "East")], "-o", 1),
    ],
)
def test_a_closed_jurisdiction_has_no_site(
    rules: list[tuple[str, bool, str]], sites: str | None, closed: int
) -> None:
    halves = toy.regions([("West", 0, 0, 1, 1), ("East", 1, 0, 1, 1)])
    layers = replace(world("##"), regions=halves, policy=toy.policy(rules))
    if sites is None:
        with pytest.raises(NoSiteError, match=f"jurisdiction closed: {closed}"):
            find(layers)
        return
    found = find(layers)
    assert drawn(found, "##") == sites
    assert found.dropped == ({"jurisdiction closed": closed} if closed else {})


def test_every_place_dropped_is_no_site_with_all_reasons() -> None:
    layers = world("##w", campuses=toy.campuses([("Mine", 50, 0.5, 0.5)]))
    layers = replace(layers, policy=toy.policy([("ban", True, "")]))
    with pytest.raises(NoSiteError) as caught:
        find(layers, replace(NEEDS_90_HA, reach_km=1))
    assert str(caught.value) == (
        "toy: every place is dropped (jurisdiction closed: 3, "
        "no point of connection in reach: 1); "
        "lower the load, or raise --reach-km or --cell-km"
    )


def test_a_load_larger_than_a_square_is_no_site_and_no_crash() -> None:
    with pytest.raises(NoSiteError, match="too little land: 1"):
        find(world("##"), replace(NEEDS_90_HA, load_mw=1000))


@given(st.lists(st.text("#wp.", min_size=5, max_size=5), min_size=1, max_size=4), st.floats(0.4, 6))
@settings(max_examples=25)
def test_every_square_of_land_is_a_site_or_has_a_reason(rows: list[str], reach_km: float) -> None:
    picture = " ".join(rows)
    if not set(picture) & set("#wp"):
        return
    near = [
        hypot(x, y) <= reach_km
        for y, row in enumerate(rows[::-1])
        for x, letter in enumerate(row)
        if letter == "#"
    ]
    scenario = replace(NEEDS_90_HA, reach_km=reach_km)
    if not any(near):
        with pytest.raises(NoSiteError):
            find(world(picture), scenario)
        return
    found = find(world(picture), scenario)
    assert len(found.frame) == sum(near)
    # The sea is not counted, though its squares touch the land's.
    land = sum(picture.count(letter) for letter in "#wp")
    assert len(found.frame) + sum(found.dropped.values()) == land


# What a site says of itself.


def test_columns_are_those_of_the_house_and_in_degrees_where_they_say_so() -> None:
    found = find(world("##")).frame
    assert list(found.columns) == [*COLUMNS, "geometry"]
    assert found.crs == toy.CRS
    assert set(found["kind"]) == {"greenfield"}
    assert found["grid_mw"].isna().all()
    to_degrees = Transformer.from_crs(toy.CRS, "EPSG:4258", always_xy=True)
    lon, lat = to_degrees.transform(found["x_m"], found["y_m"])
    assert found["lon"].tolist() == pytest.approx(list(lon), abs=1e-6)
    assert found["lat"].tolist() == pytest.approx(list(lat), abs=1e-6)
    assert 15 < found["lon"].min() < 15.1  # the corner lies on the meridian of 15°
    assert 60 < found["lat"].min() < 61


def test_a_site_stands_in_the_middle_of_its_square_or_else_on_its_ground() -> None:
    needs_50_ha = replace(NEEDS_90_HA, ha_per_mw=50 / 180)
    lake = toy.barred(
        [("water", toy.rectangle(1.4, 0, 0.2, 1)), ("water", toy.rectangle(1, 0, 0.2, 1))]
    )
    found = find(world("##", barred=lake), replace(needs_50_ha, load_mw=140)).frame
    whole, cut = found.sort_values("x_m").itertuples()
    assert (whole.x_m, whole.y_m) == (toy.at(0.5, 0.5).x, toy.at(0.5, 0.5).y)
    assert Point(cut.x_m, cut.y_m).within(cut.geometry)
    assert cut.x_m > toy.at(1.6, 0).x


def test_a_site_belongs_to_the_region_it_stands_in() -> None:
    halves = toy.regions([("West", 0, 0, 1.2, 1), ("East", 1.2, 0, 1.8, 1)])
    found = find(replace(world("###"), regions=halves)).frame.sort_values("x_m")
    assert found["region"].tolist() == ["West", "East", "East"]  # the second has 20 % in the west
    assert found["area_ha"].min() > 99  # and is whole across the border


@pytest.mark.parametrize(
    ("x_km", "y_km", "name"),
    [
        (3.5, 0.5, "Town 3 km E"),
        (2.5, 2.5, "Town 3 km NE"),
        (0.5, 2.5, "Town 2 km N"),
        (-1.5, 2.5, "Town 3 km NW"),
        (-1.5, 0.5, "Town 2 km W"),
        (-1.5, -1.5, "Town 3 km SW"),
        (0.5, -1.5, "Town 2 km S"),
        (2.5, -1.5, "Town 3 km SE"),
        (0.5, 0.5, "Town"),
    ],
)
def test_a_site_is_named_by_the_nearest_town(x_km: float, y_km: float, name: str) -> None:
    towns = toy.settlements([("Town", 100, 0.5, 0.5), ("Elsewhere", 100, 40, 40)])
    layers = replace(world("#", settlements=towns), regions=toy.regions([("All", -3, -3, 8, 8)]))
    found = find(layers).frame
    here = found[(found["x_m"] == toy.at(x_km, 0).x) & (found["y_m"] == toy.at(0, y_km).y)]
    assert here["name"].tolist() == [name]


@pytest.mark.parametrize("layers", [{}, {"settlements": None}], ids=["no layer", "no rows"])
def test_without_towns_a_site_is_named_by_its_coordinates(layers: dict[str, Any]) -> None:
    if layers:
        none = toy.settlements([("Town", 100, 0, 0)])
        layers = {"settlements": replace(none, frame=none.frame.iloc[:0], may_be_empty=True)}
    assert find(world("#", **layers)).frame["name"].tolist() == ["500 E 6700 N"]


# Existing campuses.


def test_a_campus_is_a_candidate_on_the_ground_that_the_load_needs() -> None:
    campuses = toy.campuses([("Mine", 60, 1.5, 0.5)], {"position_error_km": {"Mine": 2}})
    found = find(world("##", campuses=campuses)).frame
    mine = found[found["kind"] == "campus"].iloc[0]
    assert mine[["name", "grid_mw", "position_error_km", "region"]].tolist() == [
        "Mine", 60, 2, "All",
    ]  # fmt: skip
    assert np.isnan(mine["area_ha"])  # how much land a campus has is not known
    assert (mine["x_m"], mine["y_m"]) == (toy.at(1.5, 0.5).x, toy.at(1.5, 0.5).y)
    # A circle of 90 ha, drawn with 16 chords a quarter: a hair less than the circle.
    assert mine.geometry.area / 1e4 == pytest.approx(90, rel=0.005)
    assert len(found) == 3


def test_a_campus_needs_no_greenfield_land_beside_it() -> None:
    # No land in reach of the station at all, and the campus stands in a lake and a town.
    campuses = toy.campuses([("Mine", 60, 0.5, 0.5)])
    towns = toy.settlements([("Town", 50_000, 0.5, 0.5)])
    found = find(world("w", campuses=campuses, settlements=towns))
    assert found.frame["name"].tolist() == ["Mine"]
    assert sum(found.dropped.values()) == 1


def test_campuses_on_the_same_ground_are_two_candidates() -> None:
    # Both are placed at their town, as press reports are.
    rows = [("One", 60, 0.5, 0.5), ("Two", 40, 0.51, 0.5), ("Other", 5, 0.9, 0.5)]
    found = find(world("#", campuses=toy.campuses(rows))).frame.set_index("name")["site_id"]
    assert found.is_unique
    turned = find(world("#", campuses=toy.campuses(rows[::-1]))).frame.set_index("name")["site_id"]
    assert turned.to_dict() == found.to_dict()
    alone = find(world("#", campuses=toy.campuses(rows[2:]))).frame.set_index("name")["site_id"]
    assert alone["Other"] == found["Other"]


# Identity: the ground alone.


def ids(found: Candidates) -> set[tuple[str, int, int]]:
    return {(s.site_id, round(s.x_m), round(s.y_m)) for s in found.frame.itertuples()}


def test_an_id_says_the_country_and_the_kind() -> None:
    greenfield = site_id("TOY", "greenfield", toy.rectangle(0, 0, 1, 1))
    assert greenfield.startswith("TOY-G-")
    assert len(greenfield) == len("TOY-G-") + 10
    assert site_id("TOY", "campus", toy.at(0, 0)).startswith("TOY-C-")
    assert site_id("NOR", "greenfield", toy.rectangle(0, 0, 1, 1))[3:] != greenfield[3:]


CORNERS = st.tuples(*[st.integers(-60_000, 800_000)] * 4)


@given(CORNERS, CORNERS)
def test_other_ground_has_another_id(
    one: tuple[int, int, int, int], other: tuple[int, int, int, int]
) -> None:
    def identity(corners: tuple[int, int, int, int]) -> tuple[str, tuple[float, ...]]:
        left, low, wide, high = (10 * abs(value) for value in corners)
        shape = box(left, low, left + wide + 10, low + high + 10)
        return site_id("TOY", "greenfield", shape), shape.bounds

    (first, here), (second, there) = identity(one), identity(other)
    assert (first == second) == (here == there)


@given(st.integers(-60_000, 60_000), st.floats(-4.9, 4.9))
def test_an_id_survives_a_few_metres(corner: int, off_m: float) -> None:
    exact = box(10 * corner, 0, 10 * corner + 1000, 1000)
    moved = box(10 * corner + off_m, off_m, 10 * corner + 1000 + off_m, 1000 + off_m)
    assert site_id("TOY", "greenfield", exact) == site_id("TOY", "greenfield", moved)


def test_ids_do_not_depend_on_the_order_of_rows() -> None:
    picture = "####w p#### #####"
    halves = [("West", 0, 0, 2.2, 3), ("East", 2.2, 0, 2.8, 3)]
    towns = [("Town", 9_000, 4.5, 1.5), ("Hamlet", 90, 1, 1)]
    layers = replace(
        world(picture, settlements=toy.settlements(towns)), regions=toy.regions(halves)
    )
    turned = replace(
        layers,
        settlements=toy.settlements(towns[::-1]),
        regions=toy.regions(halves[::-1]),
        barred=replace(layers.barred, frame=layers.barred.frame.iloc[::-1]),
    )
    assert ids(find(layers)) == ids(find(turned))
    assert find(layers).dropped == find(turned).dropped


def test_ids_do_not_depend_on_the_run() -> None:
    # Another load, reach and coast: the squares that both runs find are the same squares.
    wide = ids(find(world("#### ####")))
    narrow = ids(find(world("### ###"), replace(NEEDS_90_HA, load_mw=100, reach_km=1.5)))
    assert len(wide) == 8
    assert narrow < wide
    shifted = replace(world("####"), regions=toy.regions([("All", -2.5, 0, 6.5, 1)]))
    assert {site for site in ids(find(shifted)) if site[1] > toy.EAST_M} < wide


def test_ids_do_depend_on_the_size_of_the_square() -> None:
    fine = find(world("##### ##### ##### ##### #####"))
    coarse = find(world("##### ##### ##### ##### #####"), replace(NEEDS_90_HA, cell_km=2.5))
    assert len(coarse.frame) == 4
    assert not set(fine.frame["site_id"]) & set(coarse.frame["site_id"])


def test_the_squares_may_be_cut_from_many_pieces() -> None:
    # A coast of 900 points is cut into pieces for speed; the squares are put together again.
    angle = np.linspace(0, 2 * np.pi, 900, endpoint=False)
    radius_m = 4000 + 300 * np.sin(31 * angle)
    middle = toy.at(5, 5)
    coast = Polygon(np.c_[middle.x + radius_m * np.cos(angle), middle.y + radius_m * np.sin(angle)])
    assert len(subdivide(coast)) > 4
    found = find(replace(world("##"), regions=ground([coast])), replace(NEEDS_90_HA, load_mw=20))
    inside = [toy.rectangle(x, y, 1, 1).intersection(coast) for x in range(10) for y in range(10)]
    largest = [
        max(shapely.get_parts(shape), key=shapely.area, default=Polygon()) for shape in inside
    ]
    expected = [piece for piece in largest if piece.area / 0.9996**2 >= 10e4]
    assert len(found.frame) == len(expected)
    assert found.frame.geometry.area.sum() == pytest.approx(sum(p.area for p in expected))
    assert (found.frame.geom_type == "Polygon").all()


# Areas.


@cache
def transformer(from_crs: str, to_crs: str) -> Transformer:
    return Transformer.from_crs(from_crs, to_crs, always_xy=True)


@given(
    st.sampled_from(
        [
            ("EPSG:25833", (4, 32), (57, 72)),  # UTM far beyond its zone, as all of Norway is
            ("EPSG:5266", (88, 92), (26, 29)),  # Bhutan
            ("EPSG:3035", (-5, 30), (36, 70)),  # equal-area
            ("EPSG:5070", (-120, -70), (25, 49)),  # equal-area, the United States
            ("EPSG:3034", (-5, 30), (36, 70)),  # conformal conic
        ]
    ),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0.2, 5),
)
@settings(max_examples=40)
def test_hectares_are_true_on_the_ellipsoid(
    case: tuple[str, tuple[float, float], tuple[float, float]],
    east: float,
    north: float,
    side_km: float,
) -> None:
    crs, (west, right), (south, top) = case
    lon, lat = west + east * (right - west), south + north * (top - south)
    x, y = transformer("EPSG:4326", crs).transform(lon, lat)
    cell = box(x, y, x + 1000 * side_km, y + 1000 * side_km)
    corners = shapely.segmentize(cell, 100 * side_km)  # edges are straight on the map
    back = transformer(crs, "EPSG:4326")
    on_globe = shapely.transform(corners, lambda xy: np.c_[back.transform(xy[:, 0], xy[:, 1])])
    true_ha = abs(GEOD.geometry_area_perimeter(on_globe)[0]) / 1e4
    assert area_ha(gpd.GeoSeries([cell], crs=crs))[0] == pytest.approx(true_ha, rel=1e-3)


def test_no_ground_has_no_area() -> None:
    assert area_ha(gpd.GeoSeries([Polygon()], crs=toy.CRS)).tolist() == [0]
    assert area_ha(gpd.GeoSeries([], crs=toy.CRS)).tolist() == []


# Cutting coasts into pieces.


@st.composite
def stars(draw: st.DrawFn) -> Polygon:
    """Draw a polygon of many points around its middle, perhaps with a lake."""
    count = draw(st.integers(4, 120))
    radii = draw(st.lists(st.floats(500, 5000), min_size=count, max_size=count))
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    rim = np.c_[radii * np.cos(angle), radii * np.sin(angle)]
    lake = Point(0, 0).buffer(draw(st.floats(10, 200)))
    return Polygon(rim).difference(lake) if draw(st.booleans()) else Polygon(rim)


@given(stars(), st.sampled_from([8, 20, 50]))
@settings(max_examples=40)
def test_pieces_are_small_and_together_the_whole(star: Polygon, most: int) -> None:
    pieces = subdivide(star, most)
    assert all(piece.geom_type == "Polygon" for piece in pieces)
    assert all(shapely.get_num_coordinates(piece) <= most for piece in pieces)
    assert sum(piece.area for piece in pieces) == pytest.approx(star.area, rel=1e-9)
    assert shapely.union_all(pieces).symmetric_difference(star).area < 1e-6 * star.area


def test_a_small_shape_is_left_alone() -> None:
    square = toy.rectangle(0, 0, 1, 1)
    assert subdivide(square) == [square]


def test_the_parts_of_a_shape_become_pieces() -> None:
    one, other = toy.rectangle(0, 0, 1, 1), toy.rectangle(5, 0, 1, 1)
    assert subdivide(MultiPolygon([one, other])) == [one, other]


@pytest.mark.parametrize("nothing", [Polygon(), MultiPolygon(), Point(0, 0)])
def test_what_has_no_area_has_no_pieces(nothing: object) -> None:
    assert subdivide(nothing) == []  # type: ignore[arg-type]


def test_a_load_that_no_cell_could_hold_gets_larger_cells() -> None:
    """150 ha in cells of 100 ha: √(150 / 50) = 1.7, so cells of 2 km, half of which would do."""
    big = replace(NEEDS_90_HA, load_mw=300)
    assert cell_side_km(big) == 2
    assert cell_side_km(replace(NEEDS_90_HA, load_mw=200)) == 1
    found = find(world("#### #### ####"), big)
    assert (found.frame["area_ha"] >= 150).all()
    assert len(found.frame) > 0
    assert "2 km wide" in found.notes[0]
    assert find(world("###"), NEEDS_90_HA).notes == ()
