"""One choice of supplies as a programme; `test_mix` holds its answers to another programme."""

from __future__ import annotations

import numpy as np
import pytest

from geo.choices import Choice, Menu, cover, solve

BOTH = np.array([0, 1])
ALL = (np.array([True, True]),)


def test_what_has_to_add_up_to_the_load() -> None:
    """Normal: all powers. N: all firm. N+1: each in turn is hit. 2N: each side by itself."""
    power, firm = cover(Choice(0, "normal", BOTH, ALL))
    assert (power.tolist(), firm.tolist()) == ([[1, 1]], [[0, 0]])
    power, firm = cover(Choice(0, "N", BOTH, ALL))
    assert (power.tolist(), firm.tolist()) == ([[0, 0]], [[1, 1]])
    power, firm = cover(Choice(0, "N+1", BOTH, ALL))
    assert (power.tolist(), firm.tolist()) == ([[0, 1], [1, 0]], [[1, 0], [0, 1]])
    sides = (np.array([True, False]), np.array([False, True]))
    power, firm = cover(Choice(0, "2N", BOTH, sides))
    assert (power.tolist(), firm.tolist()) == ([[0, 0], [0, 0]], [[1, 0], [0, 1]])


def menu(normal_mw, most_gwh) -> Menu:
    """Two supplies of their own origin, the second the dearer, without lumps or units."""
    zero, normal = np.zeros(2), np.array(normal_mw, float)
    price = np.array([20.0, 50.0])
    most = np.array(most_gwh, float)
    return Menu(normal, normal, normal, zero, most, zero, zero, price, BOTH, two_feeds=False)


def test_cheap_energy_first_and_what_is_missing_is_told() -> None:
    """90 + 30 MW for 100 and 500 GWh, 5 a MW; the cheap one has water for 300."""
    answer = solve([Choice(0, "normal", BOTH, ALL)], [menu([90, 30], [300, 999])], 100, 500)[0]
    assert answer.energy_gwh == pytest.approx([300, 150])
    assert answer.uncovered_mw == pytest.approx(10)  # 50 GWh at 5 a MW


def test_power_that_is_missing_is_told() -> None:
    answer = solve([Choice(0, "normal", BOTH, ALL)], [menu([60, 30], [999, 999])], 100, 500)[0]
    assert answer.power_mw == pytest.approx([60, 30])
    assert answer.uncovered_mw == pytest.approx(10)


def test_a_load_that_draws_nothing_needs_power_all_the_same() -> None:
    answer = solve([Choice(0, "normal", BOTH, ALL)], [menu([60, 30], [999, 999])], 100, 0)[0]
    assert answer.uncovered_mw == pytest.approx(10)


def test_nothing_asked_is_nothing_answered() -> None:
    assert solve([], [], 100, 100) == []
