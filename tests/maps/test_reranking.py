"""The page ranks as Python does: same grades, same order, same scores, for any weights and load."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from geo.criteria import CRITERIA
from geo.ranking import GRADES, rank
from geo.regions import rank_regions
from geo.siting import find_sites
from maps.exports import write_map
from maps.reranking import reranking, typed
from tests.geo import toy as country
from tests.maps.toy import make_siting

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from geo.siting import Siting
    from tests.maps.devtools import Browser

NAMES = [criterion.name for criterion in CRITERIA]
SITES = 120
LOADS_MW = (180.0, 20.0, 97.3, 420.0, 5000.0)


def read(column: dict[str, str]) -> list[float]:
    """Take a typed column apart, by the words of its docstring."""
    own = np.frombuffer(base64.b64decode(column["f8"]), "<f8")
    at = column.get("u4")
    return (own if at is None else own[np.frombuffer(base64.b64decode(at), "<u4")]).tolist()


def test_typed_numbers_are_kept_in_full_and_repeated_ones_once() -> None:
    some = [1 / 3, np.nan, 1e-9, 420.0]
    assert np.array_equal(read(typed(np.array(some))), some, equal_nan=True)
    assert set(typed(np.array(some))) == {"f8"}
    many = [0.1, np.nan, 0.1, 0.1, np.nan, 0.1]
    assert np.array_equal(read(typed(np.array(many))), many, equal_nan=True)
    assert len(base64.b64decode(typed(np.array(many))["f8"])) == 2 * 8
    assert read(typed(np.array([]))) == []


def test_has_every_measure_that_grades_or_scores(siting: Siting) -> None:
    found = reranking(siting)
    assert [one["name"] for one in found["criteria"]] == NAMES
    assert {one["column"] for one in found["criteria"]} < set(found["columns"])
    assert read(found["columns"]["redundancy"])[:4] == [3, 2, 2, 1]
    assert np.isnan(read(found["columns"]["redundancy"])[-1])
    assert json.dumps(found, allow_nan=False)


def test_a_weight_of_the_question_is_carried_as_it_was_given(siting: Siting) -> None:
    asked = replace(siting, scenario=replace(siting.scenario, weights={"carbon": 7.0}))
    weights = {one["name"]: one["weight"] for one in reranking(asked)["criteria"]}
    assert weights["carbon"] == 7.0
    assert weights["months"] == 0.22


def many_sites(seed: int = 4) -> Siting:
    """Sites with drawn measures, among them unknown ones, equals, and some at an anchor."""
    rng, siting = np.random.default_rng(seed), make_siting()
    sites = siting.sites.loc[siting.sites.index.repeat(SITES // 8)].reset_index(drop=True)
    ranges = {
        "firm_mw": (0, 700), "energy_surplus_mw": (-400, 1500), "months_p50": (8, 120),
        "connection_usd": (0, 1.2e8), "power_price_usd_per_mwh": (10, 120), "pue": (1.05, 1.4),
        "carbon_g_per_kwh": (0, 700), "town_km": (0, 150), "land_price_usd_per_ha": (0, 3e6),
    }  # fmt: skip
    for name, (low, high) in ranges.items():
        drawn = rng.uniform(low, high, SITES)
        drawn[rng.random(SITES) < 0.1] = np.nan
        drawn[rng.random(SITES) < 0.1] = high
        sites[name] = drawn
    sites["normal_mw"] = np.fmax(sites["firm_mw"] + rng.uniform(-50, 300, SITES), 0)
    sites["redundancy"] = rng.choice(["none", "N", "N+1", "2N", ""], SITES)
    edges = [180.0, 179.9995, 179.998, 540.0, 54.0, 53.9995, 53.998]
    sites.loc[: len(edges) - 1, ["firm_mw", "normal_mw"]] = np.c_[edges, edges]
    sites.loc[: len(edges) - 1, "redundancy"] = "N+1"
    sites["site_id"] = [f"toy-{at:03d}" for at in rng.permutation(SITES)]
    alike = sites.columns.difference(["site_id", "geometry"])
    sites.loc[10:13, alike] = sites.loc[[20, 20, 30, 30], alike].to_numpy()
    fresh = sites.drop(columns=[name for name in sites if name.startswith("share_")])
    measures = fresh.drop(columns=["rank", "grade", "score"])
    ranked = rank(measures, siting.scenario, siting.layers.place.standards)
    frame = type(sites)(ranked.reset_index(drop=True), geometry="geometry", crs=sites.crs)
    return replace(siting, sites=frame)


def in_python(siting: Siting, weights: dict[str, float], load_mw: float) -> pd.DataFrame:
    """Rank the measures of an answer anew."""
    shares = [name for name in siting.sites if name.startswith("share_")]
    measures = pd.DataFrame(siting.sites.drop(columns=[*shares, "rank", "grade", "score"]))
    asked = replace(siting.scenario, weights=weights, load_mw=load_mw)
    return rank(measures, asked, siting.layers.place.standards)


def in_page(browser: Browser, vectors: list[list[float]], load_mw: float) -> list[Any]:
    """Grades, scores and order by the page, a triple for each vector of weights."""
    return json.loads(
        browser.run(f"""JSON.stringify({json.dumps(vectors)}.map((raw) => {{
          const {{ places, scores, order }} = powersite.rankFor(raw, {load_mw});
          return [[...places], [...scores], [...order]];
        }}))""")
    )


def compare(browser: Browser, siting: Siting, vectors: list[list[float]], load_mw: float) -> None:
    ids = siting.sites["site_id"].to_numpy()
    for raw, (places, scores, order) in zip(
        vectors, in_page(browser, vectors, load_mw), strict=True
    ):
        expected = in_python(siting, dict(zip(NAMES, raw, strict=True)), load_mw)
        assert ids[order].tolist() == expected["site_id"].tolist()
        assert np.abs(np.array(scores)[order] - expected["score"].to_numpy()).max() < 1e-6
        assert [GRADES[places[row]] for row in order] == expected["grade"].tolist()


@pytest.mark.browser
@pytest.mark.slow
def test_a_thousand_weight_vectors_and_several_loads(browser: Browser, tmp_path: Path) -> None:
    siting = many_sites()
    browser.open(write_map(siting, tmp_path / "many.html"))
    rng = np.random.default_rng(11)
    vectors = rng.dirichlet(np.full(len(NAMES), 0.7), 1000)
    vectors[rng.random(vectors.shape) < 0.15] = 0
    vectors[:20] = np.eye(len(NAMES))[[*range(10)] * 2]  # one criterion alone
    vectors[20:40] = rng.integers(0, 100, (20, len(NAMES)))  # as sliders give them
    every = [row for row in vectors.tolist() if sum(row) > 0]
    assert len(every) >= 990
    for part, load_mw in zip(np.array_split(np.arange(len(every)), len(LOADS_MW)), LOADS_MW,
                             strict=True):  # fmt: skip
        compare(browser, siting, [every[at] for at in part], load_mw)


@pytest.mark.browser
def test_real_measures_rank_as_python_ranks_them(browser: Browser, tmp_path: Path) -> None:
    siting = find_sites(country.country(), replace(make_siting().scenario, load_mw=40.0))
    browser.open(write_map(siting, tmp_path / "country.html"))
    usual = [criterion.weight for criterion in CRITERIA]
    for load_mw in (40.0, 10.0, 90.0):
        compare(browser, siting, [usual, usual[::-1]], load_mw)
    as_given = "powersite.ranked.map((site) => site.site_id)"
    assert browser.run(as_given) == siting.sites["site_id"].tolist()


@pytest.mark.browser
def test_the_table_cards_and_regions_follow_weights_and_load(
    browser: Browser, tmp_path: Path
) -> None:
    siting = many_sites()
    browser.open(
        write_map(siting, tmp_path / "many.html"), fragment="w=months:90,firm_mw:0&load=97.3"
    )
    usual = [100 * criterion.weight for criterion in CRITERIA]
    weights = dict(zip(NAMES, usual, strict=True)) | {"months": 90.0, "firm_mw": 0.0}
    expected = in_python(siting, weights, 97.3)
    rows = "[...document.querySelectorAll('#site-table tbody tr')].map((one) => one.dataset.id)"
    assert browser.run(rows) == expected["site_id"].tolist()
    counts = "[...document.querySelectorAll('#grades strong')].map((one) => Number(one.innerText))"
    assert browser.run(counts) == [int((expected["grade"] == letter).sum()) for letter in GRADES]
    assert browser.run("document.getElementById('title').innerText").endswith("97.3 MW")

    best = expected.iloc[0]
    browser.run(f"powersite.select('{best['site_id']}')")
    names = [f"share_{name}" for name in NAMES]
    shares = browser.run(f"{names}.map((name) => powersite.ranked[0][name])")
    assert shares == pytest.approx(best[names].to_list(), abs=1e-9)

    table = rank_regions(_as_sites(siting, expected), siting.layers)
    columns = ["region", "rank", "grade", "best_site_id", "sites_a", "sites_b", "firm_mw"]
    found = browser.run(
        f"powersite.regionsOfNow().map((row) => {columns}.map((name) => row[name]))"
    )
    assert found == table[columns].to_numpy().tolist()

    browser.run("document.querySelector('#follows .link').click()")
    browser.wait(f"{rows}[0] === '{siting.sites['site_id'].iloc[0]}'")
    assert browser.run(rows) == siting.sites["site_id"].tolist()
    assert browser.run("document.getElementById('follows').hidden") is True


def _as_sites(siting: Siting, ranked: pd.DataFrame) -> gpd.GeoDataFrame:
    return type(siting.sites)(ranked, geometry="geometry", crs=siting.sites.crs)


@pytest.mark.browser
def test_weights_are_shown_normalised_and_unknown_ones_ignored(
    browser: Browser, tmp_path: Path
) -> None:
    path = write_map(make_siting(), tmp_path / "toy.html")
    points = dict.fromkeys([*NAMES, "nonsense"], 0) | {"firm_mw": 100, "months": 100}
    browser.open(path, fragment="w=" + ",".join(f"{name}:{at}" for name, at in points.items()))
    shown = "[...document.querySelectorAll('[data-share]')].map((one) => one.value)"
    assert browser.run(shown)[:4] == ["50\u00a0%", "0\u00a0%", "0\u00a0%", "50\u00a0%"]
    pillars = "[...document.querySelectorAll('[data-pillar]')].map((one) => one.innerText)"
    assert browser.run(pillars) == ["50\u00a0%", "50\u00a0%", "0\u00a0%", "0\u00a0%", "0\u00a0%"]
    browser.run("document.getElementById('reset-weights').click()")
    browser.wait(f"{shown}[0] === '28\u00a0%'")
    assert browser.run("powersite.state.get('w')") is None
    browser.run("""(() => { const slider = document.querySelector('[data-weight="months"]');
      slider.value = 40; slider.dispatchEvent(new Event("input")); })()""")
    browser.wait(f"{shown}[3] === '34\u00a0%'")  # 40 of 78 + 40
    assert browser.run("powersite.state.get('w')") == {"months": 40}
