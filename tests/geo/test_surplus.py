"""What supply alone allows, for one load and for several that share it."""

from __future__ import annotations

import numpy as np
import pytest

from geo.redispatch import Redispatch
from tests.geo.nets import flows, network

CHAIN = [(0, 1, 1.0, 500.0), (0, 1, 1.0, 500.0), (1, 2, 1.0, 500.0), (2, 3, 1.0, 500.0)]
BASE = flows([10, 20, 30, 5], [200, 0, 60, 25])
"""0=1-2-3: 190 more than drawn at 0, −20 at 1, 30 at 2, 20 at 3: 220 in all."""


def surplus(net=None, base=BASE):
    return Redispatch(net or network(4, CHAIN), base, 0.1).surplus


def test_without_an_outage_all_of_it_is_there() -> None:
    assert [surplus().bound(bus, firm=False) for bus in range(4)] == [(220, -1)] * 4


def test_a_split_leaves_each_part_its_own() -> None:
    """Without 1-2: 170 and 50. Without 2-3: 200 and 20."""
    bounds = [surplus().bound(bus, firm=True) for bus in range(4)]
    assert bounds == [(170, 2), (170, 2), (50, 2), (20, 3)]


def test_a_deficit_is_nothing_left() -> None:
    assert surplus(base=flows([10, 0, 90, 0], [200, 0, 60, 0])).bound(2, firm=True) == (0, 2)


def test_loads_share_what_is_left_in_their_part() -> None:
    """All: 220. {1} and {2, 3} by the loss of 1-2; {1, 2} and {3} by that of 2-3."""
    together, most = surplus().shared(np.array([1, 2, 3]))
    found = {tuple(group.tolist()): mw for group, mw in zip(together, most, strict=True)}
    assert found == {
        (True, True, True): 220,
        (True, False, False): 170,
        (False, True, True): 50,
        (True, True, False): 200,
        (False, False, True): 20,
    }


def test_of_two_limits_on_the_same_loads_the_lower_one_counts() -> None:
    """Bus 0 and 1 are left 170 without 1-2 and 200 without 2-3."""
    together, most = surplus().shared(np.array([0, 1]))
    assert together.tolist() == [[True, True]]
    assert most.tolist() == [170]


def test_two_networks_share_nothing() -> None:
    net = network(
        4, [(0, 1, 1.0, 100.0), (0, 1, 1.0, 100.0), (2, 3, 1.0, 100.0), (2, 3, 1.0, 100.0)]
    )
    together, most = surplus(net, flows([0, 0, 50, 0], [300, 0, 80, 0])).shared(np.array([1, 3]))
    assert together.tolist() == [[True, False], [False, True]]
    assert most == pytest.approx([300, 30])
