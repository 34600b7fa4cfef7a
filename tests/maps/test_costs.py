"""Costs by part, with the table of each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from geo import kinds
from geo.layer import Source
from geo.standards import with_changes
from maps.costs import cost_text, millions
from maps.frames import records
from maps.text import plain

if TYPE_CHECKING:
    from geo.siting import Siting


def site_of(siting: Siting, site_id: str) -> dict[str, Any]:
    found = siting.sites[siting.sites["site_id"] == site_id]
    return records(pd.DataFrame(found.drop(columns="geometry")))[0]


@pytest.mark.parametrize(
    ("usd", "text"),
    [(23.44e6, "23.4 million"), (1.98e9, "1,980 million"), (0.0, "0.0 million"),
     (99.96e6, "100.0 million"), (None, "unknown"), (np.nan, "unknown")],
)  # fmt: skip
def test_dollars_in_millions(usd: float | None, text: str) -> None:
    assert millions(usd) == text


def test_a_greenfield_site_by_part(siting: Siting) -> None:
    text = cost_text(site_of(siting, "toy-0001"), siting, 80)
    assert text.splitlines()[:10] == [
        "Cost, USD of 2025",
        "  Connection              23.4 million, 130 thousand a MW",
        "    line                  9.4 million",
        "    bays                  2.0 million",
        "    stations              9.6 million",
        "    transformers          2.4 million",
        "  New halls               1,950 million, class 'ai'",
        "  Land                    0.1 million",
        "  Capital cost            1,980 million, 11.0 million a MW",
        "  Power                   54.5 million a year",
    ]


def test_a_campus_shows_what_is_converted(siting: Siting) -> None:
    lines = cost_text(site_of(siting, "toy-0003"), siting, 80).splitlines()
    assert "    second feed           23.4 million" in lines
    assert "  Fit-out of halls        972 million, class 'ai'" in lines
    assert "  Cooling of halls        396 million, class 'ai'" in lines
    assert not any("New halls" in line or line.startswith("    line") for line in lines)


def test_unknown_costs_are_said(siting: Siting) -> None:
    lines = cost_text(site_of(siting, "toy-0008"), siting, 80).splitlines()
    assert "  Land                    unknown" in lines
    assert "  Power                   unknown" in lines


def test_every_figure_names_its_table_and_year(siting: Siting) -> None:
    prices = kinds.PowerPrices(
        pd.DataFrame({"zone": [""], "power_price_usd_per_mwh": [41.5], "year": ["2024"]}),
        Source("Toy prices", file="power_prices.csv"),
    )
    known = replace(siting, layers=replace(siting.layers, power_prices=prices))
    text = " ".join(cost_text(site_of(siting, "toy-0001"), known, 80).split())
    # 132 kV takes the row of 138 kV; consumer prices rose by 26 % from 2019 to 2025.
    assert "MISO cost table in reVRt base_line_costs, 2019 USD, 138 kV, times 1.26 for" in text
    assert "Transformers: 6,000 USD/MVA, times 1.26 for" in text
    assert "Campus: interview with a campus developer" in text
    assert "Power: 41.5 USD/MWh of 2024 (power_prices.csv), PUE 1.11, mean computing power" in text
    assert "Land: price by region (land_prices.csv)." in text


def test_a_place_with_prices_of_its_own_year_needs_no_index(siting: Siting) -> None:
    place = siting.layers.place
    own = {"line_costs": {"138": {"usd_year": 2025, "source": "the operator"}}}
    layers = replace(
        siting.layers, place=replace(place, standards=with_changes(place.standards, own, ""))
    )
    text = " ".join(
        cost_text(site_of(siting, "toy-0001"), replace(siting, layers=layers), 80).split()
    )
    assert "Line, bays, stations: the operator, 138 kV. Transformers" in text


@pytest.mark.parametrize("width", [60, 80])
def test_it_fits_the_terminal_and_stays_text(hostile: Siting, width: int) -> None:
    for line in cost_text(site_of(hostile, "toy-0001"), hostile, width).splitlines():
        assert len(line) <= max(width, 64)
        assert line == plain(line)


def test_what_a_line_crosses_is_told_with_its_share_of_the_cost(siting: Siting) -> None:
    """Of a line some lies over water; ground that it does not cross is left out."""
    site = siting.sites.iloc[0]
    here = siting.feeds["site_id"] == site["site_id"]
    crossing = siting.feeds.assign(
        km_water=here * 1.3, usd_water=here * 3.4e6, km_forest=0.0, usd_forest=0.0
    )
    told = cost_text(site.to_dict(), replace(siting, feeds=crossing), 80)
    (line,) = (line for line in told.splitlines() if "over" in line.split())
    assert line.split(maxsplit=2) == ["over", "water", "3.4 million, 1.3 km"]
    other = siting.sites.iloc[1].to_dict()
    assert "over water" not in cost_text(other, replace(siting, feeds=crossing), 80)
