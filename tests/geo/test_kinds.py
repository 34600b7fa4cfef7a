"""Kinds: what a layer refuses, and what one layer says of another."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from shapely import LineString, MultiPolygon, Point, Polygon

from geo import kinds
from geo.errors import LayerError
from geo.kinds import KINDS
from geo.layer import Layer, Source
from geo.units import parse_voltages_kv
from tests.geo import toy

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.kinds import Layers

SOURCE = Source("Toy", file="toy.csv")
LAND = toy.rectangle(0, 0, 1, 1)


def faults_of(build: Callable[[], object]) -> list[str]:
    """Build something broken and list its faults."""
    with pytest.raises(LayerError) as caught:
        build()
    return [str(fault) for fault in caught.value.faults]


def stations(**columns: list[Any]) -> gpd.GeoDataFrame:
    """Two good substations, with columns changed."""
    good = {"id": ["A", "B"], "name": ["", ""], "voltages_kv": ["420", "132"]}
    return gpd.GeoDataFrame({**good, **columns}, geometry=[toy.at(0, 0), toy.at(1, 0)], crs=toy.CRS)


@pytest.mark.parametrize(
    ("text", "voltages_kv"),
    [
        ("420", (420,)),
        ("132;420", (420, 132)),
        ("420 ; 132;", (420, 132)),
        ("420/132", (420, 132)),
        ("132;132", (132,)),
        ("0.4;22", (22, 0.4)),
        (420.0, (420,)),
        ("1200", (1200,)),
    ],
)
def test_voltages_are_read_highest_first(text: object, voltages_kv: tuple[float, ...]) -> None:
    assert parse_voltages_kv(text) == voltages_kv


@pytest.mark.parametrize(
    "text", ["", ";", "0", "-132", "420;x", "420 kV", "1201", "420000", "nan", "inf", None]
)
def test_what_is_no_voltage_is_refused(text: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- the text is the whole message
        parse_voltages_kv(text)


def test_each_kind_has_its_field_in_layers() -> None:
    assert set(KINDS) == {item.name for item in fields(kinds.Layers)} - {
        "place", "inferred", "surfaces", "listed",
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_kind_names_every_required_column_that_is_missing(kind: type[Layer]) -> None:
    required = [column.name for column in kind.columns if column.required]
    found = faults_of(lambda: kind(pd.DataFrame({"colour": ["red"]}), SOURCE))
    starts = [fault.split(" is missing")[0] for fault in found if " is missing" in fault]
    assert starts == [f"toy.csv: column '{name}'" for name in required]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_columns_of_a_kind_are_promised_once(kind: type[Layer]) -> None:
    names = [column.name for column in kind.columns]
    assert len(set(names)) == len(names)
    assert not kind.key or kind.key in names


def test_good_rows_are_taken_with_unknown_for_what_is_absent() -> None:
    layer = kinds.Substations(stations(), SOURCE)
    assert len(layer) == 2
    assert layer.frame["position_error_km"].isna().all()
    assert list(layer.frame["country"]) == ["", ""]


def test_a_layer_is_built_without_touching_the_callers_frame() -> None:
    raw = stations(position_error_km=["", "2.5"])
    before = raw.copy(deep=True)
    layer = kinds.Substations(raw, SOURCE)
    assert_frame_equal(raw, before)
    assert layer.frame["position_error_km"].iloc[1] == 2.5


def test_a_layer_is_frozen() -> None:
    layer = kinds.Substations(stations(), SOURCE)
    with pytest.raises(FrozenInstanceError):
        layer.frame = stations()  # type: ignore[misc]


def test_a_layer_can_be_built_again_from_its_own_frame() -> None:
    layer = kinds.Substations(stations(country=["NO", None]), SOURCE)
    assert_frame_equal(kinds.Substations(layer.frame, SOURCE).frame, layer.frame)


def test_no_rows_is_a_mistake_unless_it_is_meant() -> None:
    nothing = stations().iloc[:0]
    assert faults_of(lambda: kinds.Substations(nothing, SOURCE)) == [
        "toy.csv: layer 'substations' has no rows; add rows, or set may_be_empty = true"
    ]
    assert len(kinds.Substations(nothing, SOURCE, may_be_empty=True)) == 0


def test_an_id_used_twice_is_refused() -> None:
    assert faults_of(lambda: kinds.Substations(stations(id=["A", "A"]), SOURCE)) == [
        "toy.csv row 1 column id: 'A' is used twice; give each row its own id"
    ]


def test_a_voltage_that_cannot_be_read_is_named() -> None:
    assert faults_of(lambda: kinds.Substations(stations(voltages_kv=["420", "hv"]), SOURCE)) == [
        (
            "toy.csv row 1 column voltages_kv: unknown voltage 'hv'; "
            "write kilovolts above 0 and up to 1200, separated by semicolons"
        )
    ]


ZEROS = {
    "plants": lambda: toy.plants([("P", "hydro", 0, 0, 0)]),
    "settlements": lambda: toy.settlements([("Ghost town", 0, 0, 0)]),
    "campuses": lambda: toy.campuses([("Mine", 0, 0, 0)]),
    "gas_fields": lambda: toy.gas_fields([("G", 0, 0, 0)]),
    "ties": lambda: toy.ties([("Cable", "A", 0)]),
    "loads": lambda: toy.loads([("Mill", "A", 0)]),
    "land_prices": lambda: toy.land_prices({"West": 0}),
    "power_prices": lambda: toy.power_prices({"": 0}),
    "carbon": lambda: toy.carbon({"": 0}),
    "substations": lambda: toy.substations([("A", "132", 0, 0)], {"position_error_km": {"A": 0}}),
    "below 0 °C": lambda: toy.climate([("Met", -5, 0, 0, 0)]),
    "a price below 0": lambda: toy.power_prices({"": -20}),
}
SLIPS = {
    "volts for kilovolts": lambda: toy.lines(
        toy.substations(toy.STATIONS), [("AB", "A", "B", 132_000)]
    ),
    "kilowatts for megawatts": lambda: toy.plants([("P", "hydro", 100_000, 0, 0)]),
    "a campus in kilowatts": lambda: toy.campuses([("Mine", 175_000, 0, 0)]),
    "a tie in kilowatts": lambda: toy.ties([("Cable", "A", 700_000)]),
    "a load in kilowatts": lambda: toy.loads([("Mill", "A", 100_000)]),
    "more people than any city": lambda: toy.settlements([("Town", 1e8, 0, 0)]),
    "fewer than nobody": lambda: toy.settlements([("Town", -1, 0, 0)]),
    "Fahrenheit, the year": lambda: toy.climate([("Met", 60, 20, 0, 0)]),
    "Fahrenheit, the warmest month": lambda: toy.climate([("Met", 20, 80, 0, 0)]),
    "kelvin": lambda: toy.climate([("Met", 278, 290, 0, 0)]),
    "humidity as a share": lambda: toy.climate(
        [("Met", 5, 15, 0, 0)], {"rh_annual_pct": {"Met": 0.8}}
    ),
    "a price in cents per kWh turned round": lambda: toy.power_prices({"": -200}),
    "a price per GWh": lambda: toy.power_prices({"": 40_000}),
    "grams per MWh": lambda: toy.carbon({"": 25_000}),
    "metres for kilometres": lambda: toy.substations(
        [("A", "132", 0, 0)], {"position_error_km": {"A": 2_000}}
    ),
}


@pytest.mark.parametrize("build", ZEROS.values(), ids=ZEROS)
def test_zero_is_a_value(build: Callable[[], Layer]) -> None:
    assert len(build()) == 1


@pytest.mark.parametrize("build", SLIPS.values(), ids=SLIPS)
def test_a_slip_of_the_unit_is_out_of_range(build: Callable[[], Layer]) -> None:
    assert all("correct the value or its unit" in fault for fault in faults_of(build))


def test_a_layer_without_a_file_is_named_by_its_kind() -> None:
    broken = stations(id=["A", "A"])
    assert faults_of(lambda: kinds.Substations(broken, Source("Toy")))[0].startswith("substations ")


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame(stations().drop(columns="geometry")), "has no CRS"),
        (gpd.GeoDataFrame(stations().drop(columns="geometry")), "has no CRS"),
        (stations().set_crs(None, allow_override=True), "has no CRS"),
        (stations().to_crs("EPSG:4326"), "is in degrees (EPSG:4326)"),
    ],
    ids=["table", "no geometry", "no CRS", "degrees"],
)
def test_a_layer_on_the_map_needs_a_metric_crs(frame: pd.DataFrame, words: str) -> None:
    found = faults_of(lambda: kinds.Substations(frame, SOURCE))
    assert len(found) == 1
    assert found[0].startswith(f"toy.csv: {words}")


BOW_TIE = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (None, "geometry is not a finite, non-empty Polygon"),
        (Polygon(), "geometry is not a finite, non-empty Polygon"),
        (Point(0, 0), "geometry is not a finite, non-empty Polygon"),
        (Polygon([(0, 0), (1, 0), (np.inf, 1)]), "geometry is not a finite, non-empty Polygon"),
        (BOW_TIE, "geometry is not valid: Self-intersection"),
    ],
    ids=["none", "empty", "point", "infinite", "bow tie"],
)
def test_a_shape_that_is_no_ground_is_named_by_its_row(shape: object, words: str) -> None:
    frame = gpd.GeoDataFrame(
        {"name": ["good", "bad"]}, geometry=[LAND, shape], index=[2, 3], crs=toy.CRS
    )
    found = faults_of(lambda: kinds.Regions(frame, SOURCE))
    assert len(found) == 1
    assert found[0].startswith(f"toy.csv row 3: {words}")


def test_ground_may_be_in_several_parts_but_a_place_is_one_point() -> None:
    parts = MultiPolygon([LAND, toy.rectangle(2, 0, 1, 1)])
    frame = gpd.GeoDataFrame({"name": ["isles"]}, geometry=[parts], crs=toy.CRS)
    assert len(kinds.Regions(frame, SOURCE)) == 1
    places = stations().set_geometry(stations().geometry.map(lambda point: point.buffer(1)))
    assert len(faults_of(lambda: kinds.Substations(places, SOURCE))) == 2


def test_a_line_may_be_bent_but_is_no_area() -> None:
    columns = {
        "id": ["L", "M"], "from_substation": ["A", "A"], "to_substation": ["B", "B"],
        "voltage_kv": [132, 132],
    }  # fmt: skip
    shapes = [LineString([(0, 0), (5, 5), (9, 0)]), LAND]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=toy.CRS)
    assert faults_of(lambda: kinds.Lines(frame, SOURCE)) == [
        (
            "toy.csv row 1: geometry is not a finite, non-empty LineString; "
            "correct its coordinates (lon before lat, in the CRS that is declared)"
        )
    ]


# What one layer says of another. Each test spoils one thing of Toyland.


def test_toyland_has_no_fault(toy_layers: Layers) -> None:
    assert [layer.kind for layer in toy_layers.present()] == [
        "substations", "lines", "regions", "plants", "gas_fields", "settlements", "climate",
        "land_prices", "power_prices", "carbon", "campuses",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("AX", "A", "X", 132), "row 1 column to_substation: no substation has the id 'X'"),
        (("XA", "X", "A", 132), "row 1 column from_substation: no substation has the id 'X'"),
        (("AA", "A", "A", 132), "row 1: begins and ends at the same substation"),
    ],
)
def test_a_line_joins_two_stations_that_are_there(
    row: tuple[str, str, str, float], words: str
) -> None:
    near = toy.substations([("A", "132", 0, 0), ("B", "132", 5, 0)])
    wires = toy.lines(near, [("AB", "A", "B", 132), row])
    found = faults_of(lambda: toy.bare(near, wires))
    assert len(found) == 1
    assert found[0].startswith(f"lines.csv {words}")


@pytest.mark.parametrize("kind", ["ties", "loads"])
def test_a_tie_or_load_is_at_a_station_that_is_there(toy_layers: Layers, kind: str) -> None:
    layer = getattr(toy, kind)([("Good", "A", 100), ("Bad", "X", 100)])
    assert faults_of(lambda: replace(toy_layers, **{kind: layer})) == [
        (
            f"{kind}.csv row 1 column substation: no substation has the id 'X'; "
            "write the id of a substation"
        )
    ]


def test_a_station_without_a_line_has_to_be_meant(toy_layers: Layers) -> None:
    more = toy.substations([*toy.STATIONS, ("F", "66", 5, 35)])
    assert faults_of(lambda: replace(toy_layers, substations=more)) == [
        (
            "substations.csv row 5: no line meets substation 'F' (Station F); "
            "add its line, remove it, or list its id under unconnected in place.toml"
        )
    ]
    place = replace(toy_layers.place, unconnected=("F",))
    assert len(replace(toy_layers, substations=more, place=place).substations) == 6


def test_a_price_of_a_region_that_is_not_there_is_refused(toy_layers: Layers) -> None:
    prices = toy.land_prices({"West": 1, "Wset": 1})
    assert faults_of(lambda: replace(toy_layers, land_prices=prices)) == [
        (
            "land_prices.csv row 1 column region: no region has the name 'Wset'; "
            "write the name as in the regions layer"
        )
    ]


def test_a_rule_holds_for_a_known_region_or_for_all(toy_layers: Layers) -> None:
    rules = toy.policy([("all", False, ""), ("west", False, "West"), ("typo", True, "Wset")])
    found = faults_of(lambda: replace(toy_layers, policy=rules))
    assert len(found) == 1
    assert found[0].startswith("policy.csv row 2 column region: no region has the name 'Wset'")


def test_layers_in_two_crs_are_refused(toy_layers: Layers) -> None:
    far = kinds.Plants(
        toy.plants([("P", "hydro", 1, 0, 0)]).frame.to_crs("EPSG:25832"), toy.source("plants")
    )
    assert faults_of(lambda: replace(toy_layers, plants=far)) == [
        "plants.csv: is in EPSG:25832, the place in EPSG:25833; project it to the place's CRS"
    ]


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("plants", [("P", "hydro", 1.0, 460, 0), ("Q", "hydro", 1.0, 461, 0)]),
        ("settlements", [("P", 1, 460, 0), ("Q", 1, 461, 0)]),
        ("campuses", [("P", 1, 460, 0), ("Q", 1, 461, 0)]),
    ],
)
def test_what_lies_far_from_the_land_is_misplaced(
    toy_layers: Layers, kind: str, rows: list[Any]
) -> None:
    # The land ends at 60 km, so 460 km is just within 400 km of it.
    found = faults_of(lambda: replace(toy_layers, **{kind: getattr(toy, kind)(rows)}))
    assert found == [
        (
            f"{kind}.csv row 1: lies more than 400 km outside the place's regions; "
            "check that lon and lat are not swapped and that the CRS is right"
        )
    ]


def test_every_cross_fault_is_told_at_once(toy_layers: Layers) -> None:
    found = faults_of(
        lambda: replace(
            toy_layers,
            ties=toy.ties([("Bad", "X", 1)]),
            land_prices=toy.land_prices({"Nowhere": 1}),
            plants=toy.plants([("P", "hydro", 1, 900, 0)]),
        )
    )
    assert [fault.split()[0] for fault in found] == ["ties.csv", "land_prices.csv", "plants.csv"]


def test_a_voltage_that_neither_end_lists_is_unknown() -> None:
    """417 kV between stations of 420 and 132 kV; at one end only, the grid infers the bus."""
    stations = [("A", "420", 0, 0), ("B", "420;132", 9, 0)]
    with pytest.raises(LayerError, match=r"row 0 column voltage_kv: unknown voltage 417 kV"):
        toy.grid_of(stations, [("AB", "A", "B", 417)])
    assert toy.grid_of(stations, [("AB", "A", "B", 132)])
