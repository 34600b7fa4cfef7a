from __future__ import annotations

import dataclasses

import pytest

from geo.balance import base_flows
from geo.feeds import TwoFeeds
from geo.grid import build_grid
from geo.redundancy import find_paths
from tests.geo.test_redundancy import ring
from tests.geo.toy import plants


def feeds(load_mw: float, supply_mw: float = 9000) -> TwoFeeds:
    """The ring of hubs with a plant at S; 420 kV circuits carry 1,877 MW each."""
    layers = dataclasses.replace(ring(), plants=plants([("G", "hydro", supply_mw, 0, 0)]))
    grid = build_grid(layers)
    return TwoFeeds(
        grid, base_flows(grid, layers, 0.0), find_paths(grid, layers, load_mw), load_mw, 0.0
    )


def test_each_carries_the_load_with_the_other_out() -> None:
    assert feeds(1500).hold("P@420", "Q@420")


def test_the_order_of_the_two_does_not_matter() -> None:
    assert feeds(1500).hold("Q@420", "P@420")


@pytest.mark.parametrize(("load_mw", "holds"), [(1877, True), (3000, False)])
def test_without_q_the_ways_to_p_are_the_limit(load_mw: float, holds: bool) -> None:  # noqa: FBT001 -- a table
    """Without Q, P is fed by S-P and S-T-P.

    x of S-P and P-T is that of √(40² + 10²) = 41.2 km, of S-T 80 km: the direct way carries
    (41.2 + 80)/(82.4 + 80) = 0.746 of the load, so its 1,877 MW are full at 2,515 MW.
    """
    assert feeds(load_mw).hold("P@420", "Q@420") is holds


def test_one_substation_is_not_two_feeds() -> None:
    assert not feeds(100).hold("P@420", "P@420")


def test_supply_that_stood_at_the_lost_station_is_lost() -> None:
    """The only plant is at S: with S out nothing feeds P."""
    assert not feeds(100).hold("P@420", "S@420")
