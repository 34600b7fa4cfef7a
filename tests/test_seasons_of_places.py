"""The built-in places over the year: totals and seasons that are published."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.scenario import Scenario
from geo.season import season_of_sites, seasonal_balance
from geo.supply import supply_options
from layers.place import open_place, read_layers

ASKED = Scenario(load_mw=180)


@pytest.fixture(scope="module")
def norway():
    layers = read_layers(open_place("norway"))
    return layers, seasonal_balance(layers, ASKED)


@pytest.fixture(scope="module")
def bhutan():
    layers = read_layers(open_place("bhutan"))
    return layers, seasonal_balance(layers, ASKED)


def whole(seasons, year: str) -> pd.Series:
    zones = seasons.zones
    return zones[(zones["zone"] == "") & (zones["year"] == year)].iloc[0]


def test_norway_has_the_energy_of_its_mean_year(norway) -> None:
    """Published for 2022: hydro 138 TWh from 33 GW, wind 15.4 TWh from 4.7 GW."""
    mean, dry = (whole(norway[1], year) for year in ("mean", "dry"))
    assert mean["hydro_gwh"] == pytest.approx(138_000, rel=0.03)
    assert mean["wind_gwh"] == pytest.approx(15_400, rel=0.10)
    assert mean["demand_gwh"] == pytest.approx(16 * 8760)
    assert 0 < mean["balance_gwh"] < 25_000  # a mean year exports
    assert dry["balance_gwh"] < 0  # a dry one, as 2010, imports


def test_norway_says_what_its_tables_lack(norway) -> None:
    told = " ".join(norway[1].notes)
    assert "10% more are assumed for those too small to be listed" in told
    assert "bring nothing: gas 523 MW" in told
    assert "follows its people" in told


def test_norways_zones_are_its_five(norway) -> None:
    assert set(norway[1].zones["zone"]) == {"NO1", "NO2", "NO3", "NO4", "NO5", ""}
    mean = norway[1].zones[norway[1].zones["year"] == "mean"].set_index("zone")
    assert mean.loc["NO1", "balance_gwh"] < 0 < mean.loc["NO4", "balance_gwh"]


def test_bhutan_exports_in_summer_and_imports_in_winter(bhutan) -> None:
    layers, seasons = bhutan
    mean = seasons.months[seasons.months["year"] == "mean"].set_index("month")["balance_mw"]
    assert mean.loc[6:9].min() > 1000
    assert mean.loc[[1, 2, 3]].max() < 0
    sites = pd.DataFrame({"lon": [89.5], "lat": [26.9]})
    site = season_of_sites(sites, seasons, layers).iloc[0]
    assert site["season_note"].startswith("Bhutan exports in summer")
    assert "imports in winter" in site["season_note"]
    assert site["mean_year_fed"] == site["dry_year_fed"] == "imports"
    assert whole(seasons, "dry")["driest_mw"] < whole(seasons, "mean")["driest_mw"] < 0


def test_bhutan_says_that_its_energy_is_assumed_and_what_it_counts(bhutan) -> None:
    told = " ".join(bhutan[1].notes)
    assert "hydro 15.2 TWh, of which 15.2 TWh are assumed" in told  # 3,464 MW at half power
    assert "Counted as running: Punatsangchhu II (1,020 MW, commissioning)." in told


def test_gas_that_lands_in_norway_is_an_option_of_unknown_size(norway) -> None:
    site = pd.DataFrame(
        {
            "site_id": ["x"], "lon": [6.9455], "lat": [62.8423], "kind": ["greenfield"],
            "poi_name": ["Nyhamna"], "firm_mw": [0.0], "normal_mw": [500.0],
            "redundancy": ["N"], "connection_usd": [2e7], "months_p50": [40.0],
            "power_price_usd_per_mwh": [30.0], "pue": [1.08], "region": ["Møre og Romsdal"],
        }
    )  # fmt: skip
    found = supply_options(site, norway[0], ASKED)
    assert found.sites["supply_mix"].iloc[0] == (
        "grid 180 MW; not firm; gas at Nyhamna gas terminal, volume unknown"
    )
    assert np.isnan(found.sites["onsite_firm_mw"].iloc[0])
