"""The quiet ground under the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from maps.backdrop import backdrop, breaks, region_prices

if TYPE_CHECKING:
    from geo.siting import Siting


def test_price_classes_have_equal_ratios() -> None:
    assert breaks(pd.Series([1.0, 100_000.0])) == [10.0, 100.0, 1000.0, 10_000.0, 100_000.0]


@pytest.mark.parametrize(
    ("prices", "expected"),
    [([], []), ([np.nan], []), ([0.0], []), ([500.0, 500.0], [500.0])],
)
def test_price_classes_of_few_prices(prices: list[float], expected: list[float]) -> None:
    assert breaks(pd.Series(prices, dtype=float)) == expected


def test_the_last_class_ends_above_the_largest_value_however_it_is_rounded() -> None:
    assert breaks(pd.Series([1.0, 6428.548596]))[-1] == 6430
    assert breaks(pd.Series([0.5, 0.123456]))[-1] == 0.5
    assert breaks(pd.Series([12222.6]))[-1] == 12300


def test_every_price_has_a_class() -> None:
    prices = pd.Series([1234.5, 2178.0, 7197.0, 9999.9])
    assert breaks(prices)[-1] >= prices.max()


def test_region_without_a_price_stays_unknown(siting: Siting) -> None:
    prices = region_prices(siting)["land_price_usd_per_ha"]
    assert prices.tolist()[:2] == [2000.0, 50_000.0]
    assert np.isnan(prices[2])


def test_ground_water_and_towns(siting: Siting) -> None:
    ground = backdrop(siting)
    assert len(ground["ground"]["paths"]) == 3
    assert ground["barred"]["rows"] == 2
    assert ground["towns"]["columns"]["name"] == ["Big Town", "Small Town"]
    (south, west), (north, east) = ground["bounds"]
    assert south < north
    assert west < east
