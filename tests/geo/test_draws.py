"""Draws: the quantiles asked for, what is shared, and nothing that depends on other sites."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from geo.draws import Inputs, Spread, spreads, stream, weight_draws
from geo.standards import STANDARDS, with_changes

MANY = 20_000


def some_sites(count=3, **columns):  # noqa: ANN003 -- cells of any type
    """Sites a, b, c, … on points of their own, all alike but for the columns given."""
    names = [f"{chr(97 + row)}" for row in range(count)]
    frame = pd.DataFrame(
        {
            "site_id": names,
            "poi_id": [f"P{name}" for name in names],
            "firm_mw": 300.0,
            "normal_mw": 400.0,
            "grid_mw": np.nan,
            "redundancy": "N+1",
            "energy_surplus_mw": 500.0,
            "months_p10": 24.0,
            "months_p50": 36.0,
            "months_p90": 60.0,
            "connection_usd": 2e7,
            "power_price_usd_per_mwh": 40.0,
            "pue": 1.1,
            "carbon_g_per_kwh": 30.0,
            "town_km": 20.0,
            "land_price_usd_per_ha": 5e4,
            "firm_mw_p10": np.nan,
            "firm_mw_p50": np.nan,
            "firm_mw_p90": np.nan,
        }
    )
    return frame.assign(**columns)


def drawn(sites, count=MANY, changes=None, seed=1):
    standards = with_changes(STANDARDS, changes or {}, "toy")
    return Inputs(sites, standards, seed).take(count)


def test_weights_have_the_moments_of_the_dirichlet_law() -> None:
    """Mean w, variance w (1 − w) / 51, within five standard errors."""
    weights = np.array([0.5, 0.3, 0.2])
    found = weight_draws(weights, 50, MANY, 1)
    assert found.sum(axis=1) == pytest.approx(np.ones(MANY))
    spread = np.sqrt(weights * (1 - weights) / 51)
    assert (abs(found.mean(axis=0) - weights) < 5 * spread / np.sqrt(MANY)).all()
    assert found.std(axis=0) == pytest.approx(spread, rel=0.03)


def test_a_weight_of_0_stays_0() -> None:
    found = weight_draws(np.array([0.6, 0.0, 0.4]), 50, 100, 1)
    assert (found[:, 1] == 0).all()
    assert (found[:, [0, 2]] > 0).all()
    assert weight_draws(np.array([0.0, 1.0]), 50, 3, 1).tolist() == [[0, 1]] * 3


@pytest.mark.parametrize(
    ("probability", "expected"),
    # P10 10, P50 20, P90 50: straight between, as straight beyond; 0 is a quarter of 10 below P10.
    [(0.1, 10), (0.5, 20), (0.9, 50), (0.3, 15), (0.7, 35), (0, 7.5), (1, 57.5)],
)
def test_a_quantile_by_hand(probability, expected) -> None:
    spread = Spread("x", np.array([[10.0], [20.0], [50.0]]), np.array(["a"]), 0.5)
    assert spread.at(np.array([probability])).tolist() == pytest.approx([expected])


@pytest.mark.parametrize(
    ("column", "low", "middle", "high"),
    # By the standards: 20 % of 500, 30 % of 20 M, 20 % of 40 and of 30, 3 % of 1.1, a factor 2.
    [
        ("months_p50", 24, 36, 60),
        ("energy_surplus_mw", 400, 500, 600),
        ("connection_usd", 1.4e7, 2e7, 2.6e7),
        ("power_price_usd_per_mwh", 32, 40, 48),
        ("carbon_g_per_kwh", 24, 30, 36),
        ("pue", 1.067, 1.1, 1.133),
        ("land_price_usd_per_ha", 2.5e4, 5e4, 1e5),
    ],
)
def test_draws_have_the_quantiles_of_the_standards(column, low, middle, high) -> None:
    """The share of draws below each quantile is its probability, within five standard errors."""
    values = drawn(some_sites())[column][:, 0]
    for quantile, share in ((low, 0.1), (middle, 0.5), (high, 0.9)):
        error = 5 * np.sqrt(share * (1 - share) / MANY)
        assert (values < quantile).mean() == pytest.approx(share, abs=error)


def test_what_is_measured_is_not_drawn() -> None:
    assert set(drawn(some_sites(), 5)) == {
        "months_p50", "energy_surplus_mw", "connection_usd", "power_price_usd_per_mwh",
        "carbon_g_per_kwh", "pue", "land_price_usd_per_ha",
    }  # fmt: skip


def test_firm_power_that_was_looked_at_is_drawn() -> None:
    """Points without quantiles take the median shares of the others: here 0.5, 0.8 and 1.1."""
    sites = some_sites(
        4,
        firm_mw=[100.0, 200.0, 400.0, 0.0],
        firm_mw_p10=[50.0, 100.0, np.nan, np.nan],
        firm_mw_p50=[80.0, 160.0, np.nan, np.nan],
        firm_mw_p90=[110.0, 220.0, np.nan, np.nan],
    )
    (firm,) = [item for item in spreads(sites, STANDARDS) if item.column == "firm_mw"]
    expected = [[50, 100, 200, 0], [80, 160, 320, 0], [110, 220, 440, 0]]
    assert firm.quantiles == pytest.approx(np.array(expected, float))


def test_normal_power_falls_with_firm_power_but_not_below_what_serves_today() -> None:
    """Firm 300 falls to 200 in every draw: normal 400 to 300, but a campus keeps its 350."""
    low = {f"firm_mw_{name}": 200.0 for name in ("p10", "p50", "p90")}
    found = drawn(some_sites(2, grid_mw=[np.nan, 350.0], **low), 3)
    assert found["firm_mw"].tolist() == [[200, 200]] * 3
    assert found["normal_mw"].tolist() == [[300, 350]] * 3
    high = dict.fromkeys(low, 380.0)
    assert drawn(some_sites(2, **high), 3)["normal_mw"].tolist() == [[400, 400]] * 3


def test_unknown_stays_unknown() -> None:
    found = drawn(some_sites(2, power_price_usd_per_mwh=[np.nan, 40.0]), 5)
    assert np.isnan(found["power_price_usd_per_mwh"][:, 0]).all()
    assert np.isfinite(found["power_price_usd_per_mwh"][:, 1]).all()


def test_one_point_and_one_zone_share_their_luck() -> None:
    sites = some_sites(
        3,
        poi_id=["P", "P", "Q"],
        power_price_usd_per_mwh=[40.0, 40.0, 50.0],
        firm_mw_p10=200.0,
        firm_mw_p50=300.0,
        firm_mw_p90=400.0,
    )
    found = drawn(sites, 50)
    for column in ("firm_mw", "power_price_usd_per_mwh"):
        assert (found[column][:, 0] == found[column][:, 1]).all()
    assert (found["firm_mw"][:, 0] != found["firm_mw"][:, 2]).all()
    assert (found["connection_usd"][:, 0] != found["connection_usd"][:, 1]).all()


@pytest.mark.parametrize("common", [0.0, 0.5, 1.0])
def test_luck_is_correlated_as_asked(common) -> None:
    """Normal scores of the draws correlate as the standards say; rank them to get at the scores."""
    found = drawn(some_sites(2), changes={"common_share": common})["connection_usd"]
    scores = stats.norm.ppf((stats.rankdata(found, axis=0) - 0.5) / MANY)
    assert np.corrcoef(scores.T)[0, 1] == pytest.approx(common, abs=5 / np.sqrt(MANY))


@given(st.permutations(range(4)), st.integers(1, 4))
def test_draws_of_a_site_are_its_own(order, count) -> None:
    """Neither the order of the sites nor which others there are changes them."""
    sites = some_sites(4, connection_usd=[1e7, 2e7, 3e7, 4e7])
    chosen = list(order)[:count]
    together, some = drawn(sites, 3), drawn(sites.iloc[chosen], 3)
    for column, values in some.items():
        assert values.tolist() == together[column][:, chosen].tolist()


def test_blocks_go_on_where_the_last_ended() -> None:
    inputs = Inputs(some_sites(), STANDARDS, 1)
    blocks = [inputs.take(count) for count in (1, 4, 2)]
    at_once = Inputs(some_sites(), STANDARDS, 1).take(7)
    for column, values in at_once.items():
        assert np.concatenate([block[column] for block in blocks]).tolist() == values.tolist()


def test_seeds_and_names_have_streams_of_their_own() -> None:
    one = drawn(some_sites(), 5)["pue"]
    assert drawn(some_sites(), 5)["pue"].tolist() == one.tolist()
    assert (drawn(some_sites(), 5, seed=2)["pue"] != one).all()
    assert stream(1, "ab").random() != stream(1, "ba").random()
