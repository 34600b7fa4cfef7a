"""How sure an order is: beside the ranking draw by draw, by hand, and by what must hold."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.criteria import CRITERIA, weights
from geo.draws import Inputs, weight_draws
from geo.ranking import rank
from geo.robustness import NAMES, _by_region, sureness, weights_alone
from geo.scenario import Scenario
from geo.standards import STANDARDS, with_changes

ASKED = Scenario(load_mw=100, top=3, seed=4)
EXACT = {
    "energy_surplus_spread": 0, "connection_usd_spread": 0, "power_price_spread": 0,
    "carbon_spread": 0, "pue_spread": 0, "land_price_factor": 1,
}  # fmt: skip
FIRM = ["firm_mw_p10", "firm_mw_p50", "firm_mw_p90"]
LEVELS = ["none", "N", "N+1", "2N"]


def some_sites(count, seed=1, *, looked=True):
    """Sites of which some have firm power that may or may not be enough for 100 MW."""
    random = np.random.default_rng(seed)
    firm = random.choice([20.0, 60.0, 110.0, 300.0], count)
    months = random.uniform(12, 70, count)
    frame = pd.DataFrame(
        {
            "site_id": [f"s{row:03d}" for row in random.permutation(count)],
            "poi_id": [f"p{row}" for row in random.integers(0, count, count)],
            "firm_mw": firm,
            "normal_mw": firm + random.choice([0.0, 50.0], count),
            "grid_mw": np.where(random.random(count) < 0.2, 100.0, np.nan),
            "redundancy": random.choice(LEVELS, count),
            "energy_surplus_mw": random.uniform(-100, 600, count),
            "months_p10": months * 0.8,
            "months_p50": months,
            "months_p90": months * 1.5,
            "connection_usd": random.uniform(0, 6e7, count),
            "power_price_usd_per_mwh": random.choice([25.0, 45.0, np.nan], count),
            "pue": random.uniform(1.08, 1.3, count),
            "carbon_g_per_kwh": random.choice([10.0, 300.0], count),
            "town_km": random.uniform(1, 120, count),
            "land_price_usd_per_ha": random.uniform(1e3, 1e6, count),
        }
    )
    frame["poi_id"] = frame["poi_id"] + firm.astype(int).astype(str)
    share = np.where(frame["poi_id"].str[1:2].isin(["1", "3", "5"]) & looked, 1.0, np.nan)
    return frame.assign(
        firm_mw_p10=0.6 * firm * share, firm_mw_p50=0.95 * firm * share, firm_mw_p90=firm * share
    )


def one_by_one(sites, scenario, standards, draws):
    """Rank and grade of each site in each draw, by the ranking of the house itself."""
    chosen = np.array(list(weights(scenario).values()))
    drawn = weight_draws(chosen, standards.weight_concentration, draws, scenario.seed)
    measures = Inputs(sites, standards, scenario.seed).take(draws)
    for draw, weight in enumerate(drawn):
        world = sites.assign(**{name: values[draw] for name, values in measures.items()})
        asked = dataclasses.replace(scenario, weights=dict(zip(NAMES, weight, strict=True)))
        yield rank(world, asked, standards).set_index("site_id").loc[sites["site_id"]], weight


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_equal_to_ranking_in_each_draw(seed) -> None:
    """Every figure beside those of a loop over the draws."""
    sites, draws = some_sites(25, seed), 60
    found = sureness(sites, ASKED, STANDARDS, draws=draws)
    worlds = list(one_by_one(sites, ASKED, STANDARDS, draws))
    ranks = np.array([world["rank"].to_numpy() for world, _ in worlds])
    grades = np.array([world["grade"].to_numpy() for world, _ in worlds])
    assert 0 < (grades == "A").mean() < 1
    assert (grades != grades[0]).any()  # firm power crosses the load in some draws
    table = found.sites
    assert table["site_id"].tolist() == sites["site_id"].tolist()
    assert table["top_share"].to_numpy() == pytest.approx((ranks <= 3).mean(axis=0))
    assert table["first_share"].to_numpy() == pytest.approx((ranks == 1).mean(axis=0))
    assert table["grade_a_share"].to_numpy() == pytest.approx((grades == "A").mean(axis=0))
    assert table["expected_rank"].to_numpy() == pytest.approx(ranks.mean(axis=0))
    quantiles = np.quantile(ranks, [0.1, 0.5, 0.9], axis=0, method="inverted_cdf")
    assert table[["rank_p10", "rank_p50", "rank_p90"]].to_numpy().T.tolist() == quantiles.tolist()
    for place in (1, 2, 7):
        expected = (ranks == place).mean(axis=0)
        assert found.acceptability[place].to_numpy() == pytest.approx(expected)
    for site, row in found.central_weights.iterrows():
        at = sites["site_id"].tolist().index(site)
        mean = np.mean(
            [weight for (_, weight), first in zip(worlds, ranks[:, at] == 1, strict=True) if first],
            axis=0,
        )
        assert row.to_numpy() == pytest.approx(mean)
    assert set(found.central_weights.index) == set(sites["site_id"][(ranks == 1).any(axis=0)])


def test_blocks_of_draws_change_nothing(monkeypatch) -> None:
    sites = some_sites(10)
    whole = sureness(sites, ASKED, STANDARDS, draws=50)
    monkeypatch.setattr("geo.robustness.CELLS", 70)  # seven draws at a time
    parts = sureness(sites, ASKED, STANDARDS, draws=50)
    pd.testing.assert_frame_equal(whole.sites, parts.sites)
    pd.testing.assert_frame_equal(whole.acceptability, parts.acceptability)


def priced(rows):
    """Sites that differ in power price and climate only, by their values from 0 to 1 in each."""
    price, cold = np.array(rows, float).T
    alike = some_sites(1, looked=False).assign(firm_mw=300.0, normal_mw=300.0, redundancy="N+1")
    return pd.concat([alike] * len(rows), ignore_index=True).assign(
        site_id=list("abcdef")[: len(rows)],
        power_price_usd_per_mwh=100 - 80 * price,
        pue=1.35 - 0.27 * cold,
    )


def between(price):
    """All weight on power price and climate."""
    chosen = dict.fromkeys(NAMES, 0.0) | {"power_price": price, "climate": 1 - price}
    return dataclasses.replace(ASKED, weights=chosen, top=1)


@pytest.mark.parametrize("price", [0.3, 0.45])
def test_two_criteria_are_a_beta_distribution(price) -> None:
    """(1, 0) and (0.2, 0.6) cross at a weight of 3/7, and that weight is Beta distributed."""
    exact = with_changes(STANDARDS, EXACT, "toy")
    sites, draws = priced([(1, 0), (0.2, 0.6)]), 4000
    found = sureness(sites, between(price), exact, draws=draws)
    law = stats.beta(50 * price, 50 * (1 - price))
    low, high = stats.binom(draws, law.sf(3 / 7)).interval(1 - 1e-6)
    assert low <= found.sites["first_share"].iloc[0] * draws <= high
    tipping = found.tipping.set_index("criterion")
    assert tipping.loc["power_price", "tipping_weight"] == pytest.approx(3 / 7)
    assert tipping.loc["climate", "tipping_weight"] == pytest.approx(4 / 7)
    assert tipping.loc["power_price", "by_site_id"] == ("b" if price > 3 / 7 else "a")
    assert tipping.loc["firm_mw", "by_site_id"] == ""  # no one differs in it
    assert found.tipping["criterion"].iloc[0] in {"climate", "power_price"}


def test_beyond_the_tipping_weight_the_ranking_has_another_first() -> None:
    """Of every weight that can tip: a thousandth before it nothing changes, beyond it this does."""
    sites = some_sites(30, 5).assign(firm_mw=300.0, redundancy="N+1")
    first = rank(sites, ASKED, STANDARDS)["site_id"].iloc[0]
    tips = sureness(sites, ASKED, STANDARDS, draws=1).tipping
    assert tips["by_site_id"].ne("").sum() >= 4
    assert tips["change"].abs().dropna().is_monotonic_increasing
    for row in tips[tips["by_site_id"] != ""].itertuples():
        side = np.sign(row.change) * 1e-3
        assert leader(sites, row.criterion, row.tipping_weight - side) == first
        assert leader(sites, row.criterion, row.tipping_weight + side) == row.by_site_id


def leader(sites, name, weight):
    """First site with one weight at a value and the others rescaled."""
    rest = {key: value for key, value in weights(ASKED).items() if key != name}
    scaled = {key: value * (1 - weight) / sum(rest.values()) for key, value in rest.items()}
    asked = dataclasses.replace(ASKED, weights={**scaled, name: weight})
    return rank(sites, asked, STANDARDS)["site_id"].iloc[0]


def test_no_weight_tips_a_site_alone_in_its_grade() -> None:
    sites = some_sites(6, looked=False).assign(firm_mw=[300.0, *[60.0] * 5], normal_mw=300.0)
    sites.loc[0, "redundancy"] = "2N"
    found = sureness(sites, ASKED, STANDARDS, draws=20)
    assert found.sites["first_share"].tolist() == [1, 0, 0, 0, 0, 0]
    assert found.tipping["tipping_weight"].isna().all()
    assert (found.tipping["by_site_id"] == "").all()


def test_a_load_that_is_only_just_met_is_met_half_of_the_time() -> None:
    """Firm P10, P50, P90 are 60, 100, 140 for a load of 100: A in half of the draws, else B."""
    sites = some_sites(1).assign(
        firm_mw=110.0, normal_mw=400.0, redundancy="N+1",
        firm_mw_p10=60.0, firm_mw_p50=100.0, firm_mw_p90=140.0,
    )  # fmt: skip
    share = sureness(sites, ASKED, STANDARDS, draws=4000).sites["grade_a_share"].iloc[0]
    assert share == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(4000))


def test_robust_winners_are_in_the_shortlist_in_most_draws() -> None:
    sites = some_sites(30, 2)
    found = sureness(sites, ASKED, STANDARDS)
    shares = found.sites.set_index("site_id")["top_share"]
    assert found.winners == [site for site in found.winners if shares[site] >= 0.8]
    assert set(found.winners) == set(shares.index[shares >= 0.8])
    assert shares[found.winners].is_monotonic_decreasing
    strict = with_changes(STANDARDS, {"robust_share": 1.01}, "toy")
    assert sureness(sites, ASKED, strict).winners == []
    assert (found.draws, found.top) == (2000, 3)
    assert sureness(sites, ASKED, STANDARDS, top=30).sites["robust"].all()


@settings(max_examples=8)
@given(st.integers(0, 500), st.integers(2, 12))
def test_shares_add_up(seed, count) -> None:
    """Each rank is held by one site in each draw; each site has one rank."""
    found = sureness(some_sites(count, seed), ASKED, STANDARDS, draws=40)
    assert found.acceptability.sum(axis=0).to_numpy() == pytest.approx(np.ones(count))
    assert found.acceptability.sum(axis=1).to_numpy() == pytest.approx(np.ones(count))
    assert found.sites["top_share"].to_numpy() == pytest.approx(found.within(3).to_numpy())
    assert found.sites["expected_rank"].sum() == pytest.approx(count * (count + 1) / 2)
    assert found.central_weights.sum(axis=1).to_numpy() == pytest.approx(1.0)


@settings(max_examples=8)
@given(st.integers(0, 500), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(seed, random) -> None:
    sites = some_sites(8, seed)
    order = list(range(8))
    random.shuffle(order)
    straight = sureness(sites, ASKED, STANDARDS, draws=30)
    shuffled = sureness(sites.iloc[order], ASKED, STANDARDS, draws=30)
    pd.testing.assert_frame_equal(shuffled.sites, straight.sites.iloc[order])
    pd.testing.assert_frame_equal(shuffled.acceptability, straight.acceptability.iloc[order])
    pd.testing.assert_frame_equal(shuffled.tipping, straight.tipping)


@settings(max_examples=8)
@given(st.integers(0, 500))
def test_sites_of_a_worse_grade_change_nothing(seed) -> None:
    sites = some_sites(8, seed, looked=False).assign(normal_mw=100.0)
    worse = some_sites(5, seed + 1, looked=False).assign(
        firm_mw=1.0, normal_mw=1.0, grid_mw=np.nan, site_id=[f"a{row}" for row in range(5)]
    )
    alone = sureness(sites, ASKED, STANDARDS, draws=30)
    both = sureness(pd.concat([sites, worse]), ASKED, STANDARDS, draws=30)
    pd.testing.assert_frame_equal(both.sites.iloc[:8], alone.sites)


@settings(max_examples=8)
@given(st.integers(0, 500), st.integers(0, 7))
def test_without_a_site_the_others_only_move_up(seed, gone) -> None:
    sites = some_sites(8, seed, looked=False)
    rest = sites.drop(index=gone)
    before = sureness(sites, ASKED, STANDARDS, draws=30).sites.drop(index=gone)
    after = sureness(rest, ASKED, STANDARDS, draws=30).sites
    assert (after["top_share"] >= before["top_share"]).all()
    assert (after["rank_p90"] <= before["rank_p90"]).all()
    assert (after["expected_rank"] <= before["expected_rank"] + 1e-9).all()


def test_weights_alone_are_the_same_draws_without_other_doubt() -> None:
    """Counts of the compiled loops are those of the whole computation with every spread at 0."""
    exact = with_changes(STANDARDS, EXACT, "toy")
    sites = some_sites(60, 3, looked=False)
    sites = sites.assign(months_p10=sites["months_p50"], months_p90=sites["months_p50"])
    whole = sureness(sites, ASKED, exact, draws=700)
    alone = weights_alone(sites, ASKED, exact, draws=700)
    assert alone.counts.tolist() == (whole.acceptability * 700).round().to_numpy().tolist()
    mine = pd.DataFrame(alone.central_weights(), index=sites["site_id"], columns=NAMES).dropna()
    pd.testing.assert_frame_equal(mine, whole.central_weights)


@settings(max_examples=8)
@given(st.integers(0, 500))
def test_a_site_worse_in_every_measure_is_never_before_the_better(seed) -> None:
    """With weights alone in doubt; its twin is better in every criterion of weight."""
    sites = some_sites(6, seed, looked=False).assign(redundancy="N", firm_mw=150.0)
    better = sites.iloc[[0]].assign(
        site_id="best", months_p50=1.0, redundancy="2N", energy_surplus_mw=1e4, connection_usd=0.0,
        power_price_usd_per_mwh=1.0, pue=1.0, carbon_g_per_kwh=0.0, town_km=0.0, firm_mw=1e4,
        land_price_usd_per_ha=1.0,
    )  # fmt: skip
    found = weights_alone(pd.concat([sites, better]), ASKED, STANDARDS, draws=50, ranks=1)
    assert found.counts[:, 0].tolist() == [0] * 6 + [50]


def test_criteria_without_weight_stay_without() -> None:
    found = sureness(priced([(1, 0), (0.2, 0.6), (0.5, 0.5)]), between(0.5), STANDARDS, draws=50)
    unused = [name for name in NAMES if name not in {"power_price", "climate"}]
    assert (found.central_weights[unused] == 0).all(axis=None)
    assert len(found.tipping) == len(CRITERIA)


def test_regions_rank_by_their_best_site_in_every_draw() -> None:
    """East has rows 0 and 2, West row 1, North row 3; in the second of the draws West is first."""
    rank_of = np.array([[1, 2, 3, 4], [2, 1, 3, 4], [1, 3, 2, 4], [4, 2, 1, 3]])
    sites = pd.DataFrame({"region": ["East", "West", "East", "North"]})
    found = _by_region(rank_of, sites)
    assert found["first_share"].to_dict() == {"East": 0.75, "North": 0.0, "West": 0.25}
    assert found.loc["East", ["rank_p10", "rank_p90"]].tolist() == [1, 2]
    assert found.loc["North", ["rank_p10", "rank_p90"]].tolist() == [3, 3]
    assert found.loc["West", ["rank_p10", "rank_p50", "rank_p90"]].tolist() == [1, 2, 2]


def test_where_each_site_is_a_region_its_ranks_are_the_regions() -> None:
    sites = some_sites(12).assign(region=lambda frame: "region of " + frame["site_id"])
    found = sureness(sites, ASKED, STANDARDS, draws=300)
    for name in ("first_share", "rank_p10", "rank_p50", "rank_p90"):
        by_site = found.sites.set_index("region of " + found.sites["site_id"])[name]
        assert found.regions[name].sort_index().tolist() == by_site.sort_index().tolist()
    assert sureness(some_sites(4), ASKED, STANDARDS, draws=20).regions.empty
