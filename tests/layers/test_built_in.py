"""The places that come with powersite: whole, honest about what is approximate, true to the map."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from shapely import LineString

from layers.place import BUILT_IN, built_in_places, faults_of, open_place, read_layers

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.kinds import Layers

ROWS = {
    "norway": {
        "substations": 275,
        "lines": 337,
        "plants": 371,
        "gas_fields": 62,
        "settlements": 486,
        "regions": 19,
        "ties": 9,
        "campuses": 2,
        "power_prices": 5,
        "land_prices": 19,
    },
    "bhutan": {
        "substations": 58,
        "lines": 79,
        "plants": 9,
        "gas_fields": 0,
        "settlements": 33,
        "regions": 20,
        "ties": 7,
        "campuses": 2,
        "power_prices": 1,
        "land_prices": 20,
    },
}
MAX_PLACE_BYTES = 1_000_000
NEAR_KM = 0.3


@pytest.fixture(scope="module")
def built_in() -> dict[str, Layers]:
    """Both places, read once."""
    return {name: read_layers(open_place(name)) for name in built_in_places()}


def km(one: gpd.GeoDataFrame, name: str, other: gpd.GeoDataFrame, other_name: str) -> float:
    """Distance between two named rows."""
    here = one.loc[one["name"] == name].geometry.iloc[0]
    there = other.loc[other["name"] == other_name].geometry.iloc[0]
    return float(here.distance(there)) / 1000


def test_their_names() -> None:
    assert built_in_places() == ("bhutan", "norway")


@pytest.mark.parametrize("name", ROWS)
def test_no_fault(name: str) -> None:
    assert faults_of(name) == []


@pytest.mark.parametrize("name", ROWS)
def test_no_row_is_lost(name: str, built_in: dict[str, Layers]) -> None:
    counts = {layer.kind: len(layer) for layer in built_in[name].present()}
    assert {kind: counts[kind] for kind in ROWS[name]} == ROWS[name]


@pytest.mark.parametrize(
    ("place", "campus", "to", "expected_km"),
    [
        ("norway", "Tydal", "substations/Nea", 2.5),
        ("norway", "Tydal", "plants/Nea", 3.0),
        ("norway", "Molde", "substations/Fræna", 14.5),
        ("bhutan", "Gedu", "plants/Tala", 8.2),
        ("bhutan", "Gedu", "plants/Chhukha", 15.6),
        ("bhutan", "Jigmeling", "substations/Gelephu", 10.8),
    ],
)
def test_golden_distance(
    place: str, campus: str, to: str, expected_km: float, built_in: dict[str, Layers]
) -> None:
    kind, other = to.split("/")
    layers = built_in[place]
    assert layers.campuses is not None
    found = km(layers.campuses.frame, campus, getattr(layers, kind).frame, other)
    assert found == pytest.approx(expected_km, abs=NEAR_KM)


@pytest.mark.parametrize("name", ROWS)
def test_every_layer_names_its_source_and_licence(name: str, built_in: dict[str, Layers]) -> None:
    for layer in built_in[name].present():
        assert layer.source.title != layer.source.file
        assert layer.source.licence != "unknown", layer.kind
        assert len(layer.source.sha256) == 64


@pytest.mark.parametrize("name", ROWS)
def test_what_needs_attribution_has_it(name: str, built_in: dict[str, Layers]) -> None:
    for layer in built_in[name].present():
        if layer.source.licence.startswith(("ODbL", "CC-BY", "MIT")):
            assert layer.source.attribution, layer.kind


@pytest.mark.parametrize("name", ROWS)
def test_sources_are_told_file_by_file(name: str) -> None:
    told = (BUILT_IN / name / "SOURCES.md").read_text(encoding="utf-8")
    for entry in open_place(name).entries.values():
        assert f"`{entry.file}`" in told


@pytest.mark.parametrize("name", ROWS)
def test_no_file_lies_there_unread(name: str) -> None:
    named = {entry.file for entry in open_place(name).entries.values()}
    there = {path.name for path in (BUILT_IN / name).iterdir()}
    assert there == named | {"place.toml", "SOURCES.md"}


@pytest.mark.parametrize("name", ROWS)
def test_small_enough_to_ship(name: str) -> None:
    sizes = [path.stat().st_size for path in (BUILT_IN / name).iterdir()]
    assert sum(sizes) < MAX_PLACE_BYTES


@pytest.mark.parametrize("name", ROWS)
def test_the_place_is_as_its_file_says(name: str) -> None:
    place_file = open_place(name)
    raw = tomllib.loads((BUILT_IN / name / "place.toml").read_text(encoding="utf-8"))
    assert place_file.place.name == name == raw["name"]
    assert place_file.options == raw["scenario"]
    assert place_file.place.unconnected == tuple(raw["unconnected"])
    assert place_file.place.note


def test_norway_has_three_kinds_of_zone_and_they_lie_where_they_should(
    built_in: dict[str, Layers],
) -> None:
    settlements = built_in["norway"].settlements
    assert settlements is not None
    frame = settlements.frame
    assert set(frame["zone_basis"]) == {"matched", "keyed", "nearest"}
    towns = {
        "Oslo": "NO1",
        "Rjukan": "NO1",
        "Kristiansand": "NO2",
        "Stavanger": "NO2",
        "Langevåg": "NO5",
        "Odda": "NO5",
        "Bergen": "NO5",
        "Geilo": "NO5",
        "Trondheim": "NO3",
        "Florø": "NO3",
        "Namsos": "NO4",
        "Tromsø": "NO4",
        "Kirkenes": "NO4",
    }
    zones = frame.drop_duplicates("name").set_index("name")["zone"]
    assert {town: zones[town] for town in towns} == towns


def test_zones_have_prices_and_carbon(built_in: dict[str, Layers]) -> None:
    norway = built_in["norway"]
    assert norway.settlements is not None
    assert norway.power_prices is not None
    assert norway.carbon is not None
    zones = set(norway.settlements.frame["zone"])
    assert zones == set(norway.power_prices.frame["zone"])
    assert zones < set(norway.carbon.frame["zone"])


def test_prices_are_converted_as_sources_say(built_in: dict[str, Layers]) -> None:
    norway, bhutan = built_in["norway"], built_in["bhutan"]
    assert norway.power_prices is not None
    assert norway.land_prices is not None
    assert bhutan.power_prices is not None
    assert bhutan.land_prices is not None
    spot = norway.power_prices.frame.set_index("zone")["power_price_usd_per_mwh"]
    assert spot["NO4"] == pytest.approx(27.12 * 10 / 10.75, abs=0.01)
    rent = norway.land_prices.frame.set_index("region")["land_price_usd_per_ha"]
    assert rent["Oslo"] == pytest.approx((309 + 147) / 2 * 10 / 0.03 / 10.56, abs=1)
    assert rent["Finnmark"] == pytest.approx((103 + 35) / 2 * 10 / 0.03 / 10.56, abs=1)
    tariff = bhutan.power_prices.frame["power_price_usd_per_mwh"].iloc[0]
    assert tariff == pytest.approx(1.59 * 1000 / 65.1, abs=0.01)
    pava = bhutan.land_prices.frame.set_index("region")["land_price_usd_per_ha"]
    nu_per_m2 = 105.43  # printed beside the rate per decimal in the table of the source
    assert pava["Samdrup Jongkhar"] == pytest.approx(nu_per_m2 * 1e4 / 65.1, rel=1e-4)


def test_what_is_unknown_stays_unknown(built_in: dict[str, Layers]) -> None:
    bhutan = built_in["bhutan"]
    assert bhutan.land_prices is not None
    assert bhutan.ties is not None
    pava = bhutan.land_prices.frame.set_index("region")["land_price_usd_per_ha"]
    assert set(pava.index[pava.isna()]) == {
        "Trashi Yangtse",
        "Trashigang",
        "Trongsa",
        "Wangdue Phodrang",
        "Zhemgang",
    }
    assert bhutan.ties.frame["capacity_mw"].isna().all()


def test_approximate_positions_are_flagged(built_in: dict[str, Layers]) -> None:
    stations = built_in["bhutan"].substations.frame
    assert stations["position_error_km"].between(1, 20).all()
    norway = built_in["norway"]
    assert norway.campuses is not None
    errors = norway.campuses.frame.set_index("name")["position_error_km"]
    assert errors["Molde"] == 10
    assert set(norway.lines.frame["confidence"]) == {0.6, 0.7, 0.8, 0.95}


def test_foreign_stations_are_foreign(built_in: dict[str, Layers]) -> None:
    stations = built_in["bhutan"].substations.frame.set_index("id")["country"]
    assert set(stations.index[stations == "IND"]) == {
        "BT-SIL",
        "BT-BIR",
        "BT-ALI",
        "BT-SAL",
        "BT-RAN",
    }
    assert set(stations) == {"", "IND"}


@pytest.mark.parametrize("name", ROWS)
def test_lines_run_from_end_to_end(name: str, built_in: dict[str, Layers]) -> None:
    layers = built_in[name]
    points = layers.substations.frame.set_index("id").geometry
    for row in layers.lines.frame.itertuples():
        start, *_, end = row.geometry.coords
        assert start == points[row.from_substation].coords[0]
        assert end == points[row.to_substation].coords[0]


def test_mapped_routes_are_as_long_as_told(built_in: dict[str, Layers]) -> None:
    lines = built_in["norway"].lines.frame
    drawn_km = lines.geometry.length / 1000
    mapped = lines["source"].eq("osm") & lines["length_km"].gt(10)
    assert (drawn_km / lines["length_km"])[mapped].median() == pytest.approx(1, abs=0.05)


def test_routes_are_drawn_forwards(built_in: dict[str, Layers]) -> None:
    for line in built_in["norway"].lines.frame.geometry:
        start, *between, end = line.coords
        assert line.length <= LineString([start, *reversed(between), end]).length + 1


def test_land_prices_of_norway_are_rents_over_three_percent(built_in) -> None:
    """Modelled, as docs/land.md says: kr/daa and year × 10 daa/ha over kr per USD over 0.03."""
    rows = built_in["norway"].land_prices.frame
    number = rows[["value", "currency_per_usd"]].astype(float)
    price = number["value"] * 10 / number["currency_per_usd"] / 0.03
    assert set(rows["quality"]) == {"modelled"}
    assert rows["land_price_usd_per_ha"].tolist() == pytest.approx(price.tolist(), abs=0.51)
