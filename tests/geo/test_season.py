"""The monthly balance of a toy country, by hand."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo import kinds
from geo.grid import build_grid
from geo.profiles import EVEN, MONTH_HOURS, Profile
from geo.scenario import Scenario
from geo.season import season_of_sites, seasonal_balance
from geo.standards import STANDARDS
from tests.geo import toy

HALF_DRY = Profile("half", (0.0,) * 4 + (2.0,) * 6 + (0.0,) * 2, "")
ASKED = Scenario(load_mw=50)
HOURS = np.array(MONTH_HOURS)


def country(
    demand_mw=100.0, plants=(("P", 876.0, 0.0),), ties=(), **assumed: object
) -> kinds.Layers:
    """Toyland with hydro at A alone, and profiles that are even where nothing else is said.

    ``plants`` are id, GWh a year and GWh of storage; the capacity never limits.
    """
    more = {
        "annual_gwh": {name: annual for name, annual, _ in plants},
        "storage_gwh": {name: storage for name, _, storage in plants},
    }
    evenly = {"hydro_profile": EVEN, "wind_profile": EVEN, "demand_profile": EVEN} | assumed
    base = toy.country()
    return replace(
        base,
        place=replace(base.place, demand_mw=demand_mw, standards=replace(STANDARDS, **evenly)),
        plants=toy.plants([(name, "hydro", 5000, 8, 20) for name, _, _ in plants], more),
        ties=toy.ties(ties) if ties else None,
    )


def whole(seasons, year="mean") -> pd.Series:
    return seasons.zones[(seasons.zones["zone"] == "") & (seasons.zones["year"] == year)].iloc[0]


def test_an_even_year_by_hand() -> None:
    """876 GWh are 100 MW all year, and 85 in a dry year; 60 are drawn."""
    seasons = seasonal_balance(country(demand_mw=60), ASKED)
    assert len(seasons.months) == 2 * 12
    mean = seasons.months[seasons.months["year"] == "mean"]
    assert mean["balance_mw"].to_numpy() == pytest.approx(40)
    assert mean["hydro_gwh"].to_numpy() == pytest.approx(0.1 * HOURS)
    assert mean["demand_gwh"].to_numpy() == pytest.approx(0.06 * HOURS)
    assert whole(seasons, "dry")["driest_mw"] == pytest.approx(25)
    assert whole(seasons)["import_needed_gwh"] == pytest.approx(0, abs=1e-6)
    assert whole(seasons)["balance_gwh"] == pytest.approx(0.04 * 8760)


def test_a_campus_is_fed_by_what_it_draws_on_average() -> None:
    """50 MW at a load factor of 0.75 draw 37.5; 46 are there in a mean year, 31 in a dry one."""
    alone = seasonal_balance(country(demand_mw=54), ASKED)
    assert (whole(alone)["fed"], whole(alone, "dry")["fed"]) == ("alone", "no")
    tied = seasonal_balance(country(demand_mw=54, ties=[("Tie", "A", 15)]), ASKED)
    assert (whole(tied)["fed"], whole(tied, "dry")["fed"]) == ("alone", "imports")
    assert whole(tied)["link_limit_mw"] == 15
    note = whole(tied)["season_note"]
    assert "fed without imports in a mean year and is fed with imports only in a dry year" in note


def test_what_cools_it_is_drawn_too() -> None:
    """At a PUE of 1.2 it is 45 of the 46; at 1.3, 48.75, and unknown, 50, too much."""
    fed = {
        pue: whole(seasonal_balance(country(demand_mw=54), ASKED, pue=pue))["fed"]
        for pue in (1.2, 1.3, float("nan"))
    }
    assert list(fed.values()) == ["alone", "no", "no"]


def test_a_monsoon_river_exports_in_summer_and_imports_in_winter() -> None:
    """All of 876 GWh fall from May to October, 4,416 h: 198.37 MW then, and nothing in winter."""
    seasons = seasonal_balance(country(hydro_profile=HALF_DRY, ties=[("T", "A", 500)]), ASKED)
    mean = seasons.months[seasons.months["year"] == "mean"]
    summer = mean["month"].between(5, 10)
    assert mean.loc[summer, "balance_mw"].to_numpy() == pytest.approx(876e3 / 4416 - 100)
    assert mean.loc[~summer, "balance_mw"].to_numpy() == pytest.approx(-100)
    assert whole(seasons)["import_needed_gwh"] == pytest.approx(0.1 * (8760 - 4416))
    assert whole(seasons)["stranded_gwh"] == 0
    narrow = seasonal_balance(country(hydro_profile=HALF_DRY, ties=[("T", "A", 60)]), ASKED)
    assert whole(narrow)["stranded_gwh"] == pytest.approx((876e3 / 4416 - 100 - 60) * 4.416)
    assert whole(seasons)["season_note"].startswith(
        "Toyland exports in summer (May to October) and imports in winter (November to April): "
        "100 MW missing in"
    )


def test_storage_carries_the_summer_into_the_winter() -> None:
    """434.4 GWh, what the winter draws, make 876 GWh a level 100 MW; half of it half of that."""
    level = seasonal_balance(country(plants=[("P", 876, 434.4)], hydro_profile=HALF_DRY), ASKED)
    assert whole(level)["driest_mw"] == pytest.approx(0, abs=1e-6)
    half = seasonal_balance(country(plants=[("P", 876, 217.2)], hydro_profile=HALF_DRY), ASKED)
    assert whole(half)["driest_mw"] == pytest.approx(-50)


def test_of_months_that_storage_makes_equal_the_driest_has_the_least_inflow() -> None:
    power = (1.0,) * 2 + (0.9,) + (1.0,) * 9
    full = [("P", 876, 500)]
    seasons = seasonal_balance(country(plants=full, hydro_profile=Profile("", power, "")), ASKED)
    assert whole(seasons)["driest_month"] == "March"


def test_what_is_too_small_to_be_listed_is_added_only_where_the_place_says_so() -> None:
    plain = seasonal_balance(country(), ASKED)
    more = seasonal_balance(country(unlisted_share=0.1), ASKED)
    assert whole(more)["hydro_gwh"] == pytest.approx(1.1 * whole(plain)["hydro_gwh"])
    assert any("10% more are assumed" in note for note in more.notes)
    assert any("nothing is added" in note for note in plain.notes)


def zoned(**more: float) -> kinds.Layers:
    """Two zones: 600 people and the plant in the west, 400 people in the east."""
    base = country(**more)
    towns = toy.settlements([("W", 600, 8, 20), ("E", 400, 54, 20)])
    frame = towns.frame.assign(zone=["NO1", "NO2"])
    return replace(base, settlements=kinds.Settlements(frame, towns.source))


def test_zones_add_up_to_the_whole() -> None:
    seasons = seasonal_balance(zoned(), ASKED)
    assert list(seasons.zones["zone"]) == ["NO1", "NO2", ""] * 2
    mean = seasons.zones[seasons.zones["year"] == "mean"].set_index("zone")
    assert mean["driest_mw"].to_dict() == pytest.approx({"NO1": 40, "NO2": -40, "": 0}, abs=1e-6)
    assert mean.loc["NO2", "import_needed_gwh"] == pytest.approx(0.04 * 8760)
    sums = seasons.zones.groupby(["year", seasons.zones["zone"] == ""])[["hydro_gwh", "demand_gwh"]]
    table = sums.sum()
    assert table.xs(key=True, level=1).to_numpy() == pytest.approx(
        table.xs(key=False, level=1).to_numpy()
    )
    assert any("follows its people" in note for note in seasons.notes)
    assert mean.loc["NO2", "season_note"].endswith("Its demand is a guess by people alone.")
    assert "people alone" not in mean.loc["", "season_note"]


def test_links_feed_a_zone_only_as_far_as_the_whole_has_it() -> None:
    """The lines into the east carry plenty; the country has 10 MW to spare, then 50."""
    little = seasonal_balance(zoned(demand_mw=90), ASKED)
    east = little.zones[(little.zones["zone"] == "NO2") & (little.zones["year"] == "mean")].iloc[0]
    assert east["link_limit_mw"] > 500
    assert east["fed"] == "no"
    plenty = seasonal_balance(zoned(demand_mw=50), ASKED)
    east = plenty.zones[(plenty.zones["zone"] == "NO2") & (plenty.zones["year"] == "mean")].iloc[0]
    assert east["fed"] == "imports"


def test_sites_hear_of_their_zone() -> None:
    layers = zoned()
    seasons = seasonal_balance(layers, ASKED, build_grid(layers))
    sites = toy_sites([(8, 21), (54, 21)], layers, index=[7, 3])
    table = season_of_sites(sites, seasons, layers)
    assert list(table.index) == [7, 3]
    assert list(table["zone"]) == ["NO1", "NO2"]
    assert table["mean_year_driest_mw"].tolist() == pytest.approx([40, -40])
    assert table["dry_year_driest_mw"].tolist() == pytest.approx([25, -40])
    assert table.loc[3, "season_note"].startswith("NO2 imports in every month")


def toy_sites(spots, layers, index) -> pd.DataFrame:
    points = gpd.GeoSeries([toy.at(*spot) for spot in spots], crs=layers.place.crs)
    points = points.to_crs("EPSG:4326")
    return pd.DataFrame({"lon": points.x.to_numpy(), "lat": points.y.to_numpy()}, index=index)


def test_without_plants_nothing_is_balanced_and_nothing_said_of_sites() -> None:
    layers = replace(toy.country(), plants=None)
    seasons = seasonal_balance(layers, ASKED)
    assert seasons.months.empty
    assert seasons.zones.empty
    table = season_of_sites(toy_sites([(8, 21)], layers, index=[0]), seasons, layers)
    assert table["season_note"].tolist() == [""]
    assert table["mean_year_driest_mw"].isna().all()
