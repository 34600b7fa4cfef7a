"""What leaves has the columns of the house, in order, cleaned and rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.headroom import COLUMNS as HEADROOM_COLUMNS
from maps.frames import ordered, outgoing, ranked_regions, records, shortlist
from maps.labels import LABELS, REGION_COLUMNS, SITE_COLUMNS, label

if TYPE_CHECKING:
    from geo.siting import Siting

DESIGN_SITE_COLUMNS = [
    "site_id",
    "name",
    "kind",
    "region",
    "lon",
    "lat",
    "area_ha",
    "rank",
    "grade",
    "score",
    "firm_mw",
    "normal_mw",
    "limiting_line",
    "limiting_outage",
    "poi_id",
    "poi_name",
    "poi_voltage_kv",
    "tie_km",
    "redundancy",
    "months_p10",
    "months_p50",
    "months_p90",
    "hydro_mw_in_reach",
    "gas_mcm_per_year_in_reach",
    "power_price_usd_per_mwh",
    "carbon_g_per_kwh",
    "pue",
    "land_price_usd_per_ha",
    "connection_usd",
    "capex_usd",
    "confidence",
]
DESIGN_REGION_COLUMNS = [
    "region",
    "rank",
    "grade",
    "score",
    "best_site_id",
    "sites_a",
    "sites_b",
    "sites_c",
    "firm_mw",
    "months_p50",
]
DESIGN_HEADROOM_COLUMNS = [
    "bus_id",
    "substation_id",
    "name",
    "voltage_kv",
    "normal_mw",
    "firm_mw",
    "limiting_branch",
    "limiting_outage",
    "factor",
    "loading_before",
    "loading_after",
    "confidence",
]


def test_columns_are_those_of_the_design() -> None:
    assert list(SITE_COLUMNS) == DESIGN_SITE_COLUMNS
    assert list(REGION_COLUMNS) == [
        *DESIGN_REGION_COLUMNS, "joint_firm_mw", "first_share", "rank_p10", "rank_p90",
    ]  # fmt: skip
    assert list(HEADROOM_COLUMNS) == [*DESIGN_HEADROOM_COLUMNS, "flexible_mw"]


def test_shortlist_is_the_top_in_the_order_of_the_house(siting: Siting) -> None:
    frame = shortlist(siting)
    assert list(frame["rank"]) == [1, 2, 3, 4, 5]
    assert list(frame.columns[: len(SITE_COLUMNS)]) == DESIGN_SITE_COLUMNS
    assert frame.columns[len(SITE_COLUMNS)] == "share_firm_mw"
    assert frame.crs == siting.sites.crs


def test_column_order_of_the_heart_changes_nothing(siting: Siting) -> None:
    turned = siting.sites[siting.sites.columns[::-1]]
    first = (*SITE_COLUMNS, *(name for name in siting.sites if name.startswith("share_")))
    expected = ordered(siting.sites, first).columns
    assert list(ordered(turned, first).columns[: len(first)]) == list(expected[: len(first)])


def test_missing_column_is_unknown_and_extra_ones_stay(siting: Siting) -> None:
    frame = ordered(siting.regions.drop(columns="score").assign(extra=1), REGION_COLUMNS)
    assert frame["score"].isna().all()
    assert list(frame.columns[-2:]) == ["extra", "geometry"]


def test_records_turn_unknown_into_none() -> None:
    frame = pd.DataFrame({"a": [1.5, np.nan], "b": [1, 2], "c": ["x", None], "d": [True, False]})
    assert records(frame) == [
        {"a": 1.5, "b": 1, "c": "x", "d": True},
        {"a": None, "b": 2, "c": None, "d": False},
    ]


def test_outgoing_writes_nothing_on_the_callers_frame() -> None:
    frame = pd.DataFrame({"a": [0.123456789], "b": ["\x1b[31mred"]}, index=[7])
    before = frame.copy()
    out = outgoing(frame)
    assert out.to_dict("records") == [{"a": 0.123457, "b": "red"}]
    assert list(out.index) == [0]
    pd.testing.assert_frame_equal(frame, before)


def test_regions_in_rank_order(siting: Siting) -> None:
    assert list(ranked_regions(siting)["region"]) == ["West County", "Middle County", "East County"]


def test_every_share_of_the_house_has_a_title() -> None:
    assert label("share_firm_mw").title == "Firm power"
    assert label("share_of_something_new").title == "Of something new"
    assert all(one.title for one in LABELS.values())
