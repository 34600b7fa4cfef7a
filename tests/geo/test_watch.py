from __future__ import annotations

import numpy as np
import pytest

from geo.redispatch import Redispatch
from geo.security import Security
from geo.watch import KnownRows
from tests.geo.nets import random_base, random_mesh


def known(likely=()):
    net, base = random_mesh(8, 3), random_base(8, 3)
    return Security.of(net, base.supply_max_mw), KnownRows(
        Security.of(net, base.supply_max_mw), likely
    )


def test_rows_are_those_of_the_pairs_in_their_order() -> None:
    security, rows = known()
    pairs = [(2, 0), (1, 3), (2, 0), (5, 1)]
    expected = np.array([security.row(*pair) for pair in pairs])
    assert rows.rows(pairs) == pytest.approx(expected)
    assert rows.rows([]).shape == (0, 8)


def test_what_decided_comes_first_where_it_is_watched() -> None:
    security, rows = known()
    pairs = [(0, 1), (1, 2), (2, 0)]
    rows.rows(pairs)
    everything = np.ones_like(security.limit_mw, dtype=bool)
    assert rows.likely(everything) == []
    rows.count(pairs, np.array([0.0, 0.5, 0.5]))
    rows.count(pairs, np.array([0.0, 0.0, 2.0]))
    assert rows.likely(everything) == [(2, 0), (1, 2)]
    assert rows.decisive == [(2, 0), (1, 2)]
    assert rows.likely(everything[:, :1]) == [(2, 0)]
    everything[2, 0] = False
    assert rows.likely(everything) == [(1, 2)]


def test_pairs_of_another_network_are_left_out() -> None:
    security, rows = known(likely=[(1, 1), (security_size() + 3, 1)])
    assert rows.decisive == [(1, 1)]
    assert security.network.n_branch == security_size()


def security_size() -> int:
    return random_mesh(8, 3).n_branch


def test_likely_pairs_change_no_answer() -> None:
    net, base = random_mesh(20, 4), random_base(20, 4)
    plain = Redispatch(net, base, 0.1)
    answers = [plain.capacity(bus).mw for bus in range(20)]
    helped = Redispatch(net, base, 0.1, likely=plain.decisive)
    assert [helped.capacity(bus).mw for bus in range(20)] == pytest.approx(answers, abs=1e-2)
