"""The best set of a toy country: what it may be, and what it says of itself."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from geo.choice import Choice, Terms
from geo.contest import Contest, Wish
from geo.errors import NoSiteError, ScenarioError
from geo.portfolio import SITE_COLUMNS, find_portfolio
from geo.redispatch import Redispatch
from geo.scenario import Scenario
from geo.siting import find_sites
from tests.geo import toy
from tests.geo.nets import flows, network

ASKED = Scenario(load_mw=50, cell_km=5, spacing_km=10)


@pytest.fixture(scope="module")
def siting():
    return find_sites(toy.country(), ASKED)


@pytest.mark.parametrize(
    ("total", "served"),
    [
        (100, 100),
        (5000, 910),  # hydro 1,500 and a tenth of the wind, 10, less the 600 that are drawn
    ],
)
def test_as_much_as_is_asked_or_as_there_is(siting, total, served) -> None:
    found = find_portfolio(siting, Wish(total))
    assert found.mw == pytest.approx(served, abs=1e-2)
    assert found.bound_mw == pytest.approx(served, abs=1e-2)


def test_the_set_keeps_to_the_wish(siting) -> None:
    wish = Wish(400, max_sites=3, min_site_mw=80, max_site_mw=150)
    sites = find_portfolio(siting, wish).sites
    assert list(sites.columns) == [*SITE_COLUMNS, "geometry"]
    assert sites["mw"].sum() == pytest.approx(400)
    assert len(sites) == 3
    assert sites["mw"].between(80 - 1e-3, 150 + 1e-3).all()
    assert (sites["mw"] <= sites["alone_mw"] + 1e-3).all()
    assert sites["mw"].is_monotonic_decreasing


def test_the_energised_campus_comes_first_and_is_filled(siting) -> None:
    """Old Mine runs two years before the rest and costs nothing: it gets its 60 of the 910."""
    sites = find_portfolio(siting, Wish(5000)).sites.set_index("name")
    assert sites.loc["Old Mine", "mw"] == pytest.approx(60, abs=1e-2)
    assert len(sites) == 2


def test_one_site_gets_its_single_answer(siting) -> None:
    found = find_portfolio(siting, Wish(5000, max_sites=1))
    assert found.mw == pytest.approx(siting.sites["firm_mw"].max(), abs=1e-2)
    assert found.counted_twice["counted_twice_mw"].iloc[0] == pytest.approx(0, abs=1e-2)


def test_adding_up_counts_the_same_supply_more_than_once(siting) -> None:
    """Any two sites on 420 kV have 910 alone, and 910 together."""
    table = find_portfolio(siting, Wish(100)).counted_twice.set_index("set")
    best = table.loc["the best-ranked"]
    first = Contest.of(siting, Wish(100)).sites.head(5)
    assert best["alone_mw"] == pytest.approx(first["alone_mw"].sum())
    assert best["together_mw"] == pytest.approx(910, abs=1e-2)
    assert best["counted_twice_mw"] == pytest.approx(best["alone_mw"] - 910, abs=1e-2)


def test_cost_and_months_are_those_of_the_set(siting) -> None:
    found = find_portfolio(siting, Wish(300))
    assert found.connection_usd == pytest.approx(found.sites["connection_usd"].sum())
    assert found.months_p50 == found.sites["months_p50"].max()
    first = found.frontier.iloc[0]
    assert first["mw"] == pytest.approx(found.mw)
    assert first["connection_usd"] == pytest.approx(found.connection_usd)


@pytest.mark.parametrize(("load_mw", "over_mw"), [(60, 0), (100, 80)])
def test_what_is_over_limits_with_every_line_watched(load_mw, over_mw) -> None:
    """40 drawn over two circuits of 100: with one out the other is 40 over beside 100 more.

    That is so for either, so 80 in all.
    """
    net = network(2, [(0, 1, 1.0, 100.0), (0, 1, 1.0, 100.0)])
    study = Redispatch(net, flows([0, 40], [300, 0]), 0.1)
    contest = Contest(None, Wish(100), study, pd.DataFrame({"bus": [1]}), None)
    choice = Choice(np.array([load_mw]), np.array([40.0 + load_mw, 0.0]), 0.0, 0.0)
    assert contest.overload_mw(choice) == pytest.approx((0, over_mw))


def test_more_sites_to_open_never_serve_less(siting) -> None:
    served = [
        find_portfolio(siting, Wish(900, max_sites=most, max_site_mw=200)).mw for most in (1, 2, 4)
    ]
    assert served == pytest.approx([200, 400, 800], abs=1e-2)


def test_a_choice_within_terms_is_never_better_than_without(siting) -> None:
    contest = Contest.of(siting, Wish(300))
    free, _ = contest.best(contest.everything)
    held, _ = contest.best(Terms(np.arange(len(contest.sites)) % 2 == 0))
    assert held.mw <= free.mw + 1e-3


def test_what_cannot_be_asked(siting) -> None:
    with pytest.raises(NoSiteError, match="lower --min-site-mw"):
        find_portfolio(siting, Wish(5000, min_site_mw=4000))
    with pytest.raises(ScenarioError, match="redispatch"):
        find_portfolio(dataclasses.replace(siting, redispatch=None), Wish(100))


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ({"total_mw": 0.0}, "total_mw"),
        ({"total_mw": 40.0}, "total_mw"),  # less than the smallest size, 50
        ({"max_sites": 0}, "max_sites"),
        ({"min_site_mw": -1.0}, "min_site_mw"),
        ({"max_site_mw": 40.0}, "max_site_mw"),  # the same
        ({"among": 0}, "among"),
    ],
)
def test_what_cannot_be_wished(wish, name) -> None:
    with pytest.raises(ScenarioError, match=name):
        Wish(**({"total_mw": 100.0} | wish))


def test_progress_ends_where_it_should(siting) -> None:
    told = []
    find_portfolio(siting, Wish(100), lambda fraction, stage: told.append((fraction, stage)))
    assert told[0] == (0.0, "portfolio")
    assert told[-1] == (1.0, "frontier")
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)


def test_notes_say_how_it_was_chosen(siting) -> None:
    notes = " ".join(find_portfolio(siting, Wish(100)).notes)
    assert "17 best-ranked" in notes
    assert "exact" in notes
    assert "energised campus" in notes
    assert "abroad" not in notes  # 100 MW are less than the 910 that plants at home have left
