"""One site, told in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geo.errors import UnknownSiteError
from maps.explain import explain_text
from maps.text import plain

if TYPE_CHECKING:
    from geo.siting import Siting


def test_tells_rank_reasons_and_sources(siting: Siting) -> None:
    text = explain_text(siting, "toy-0003")
    for part in (
        "Site 3  (toy-0003)",
        "Rank 3 of 8, grade B, score 64.0",
        "existing campus, West County",
        "Line 2, when Line 1 is out",
        "For A: 30 MW more firm power (N-1): 150 MW of 180 MW.",
        "P10 / P50 / P90         20 / 14 / 44",
        "Position approximate: may be off by 1.5 km.",
        "not an offer",
        "ODbL-1.0",
    ):
        assert part in text


def test_shares_add_up_on_the_page(siting: Siting) -> None:
    lines = explain_text(siting, "toy-0001").splitlines()
    start = lines.index("Shares of the score") + 1
    shown = [
        float(line.replace("█", "").replace("▌", "").split()[-1])
        for line in lines[start:-1]
        if line.startswith("  ") and start <= lines.index(line) < start + 11
    ]
    assert sum(shown[:10]) == pytest.approx(shown[10], abs=0.51)


def test_unknown_is_said(siting: Siting) -> None:
    text = explain_text(siting, "toy-0008")
    assert "Firm power (N-1)        unknown" in text
    assert "Confidence unknown." in text


def test_sites_below_the_shortlist_are_explained_too(siting: Siting) -> None:
    assert siting.scenario.top == 5
    assert "Rank 8 of 8" in explain_text(siting, "toy-0008")


def test_unknown_id_names_a_near_one(siting: Siting) -> None:
    with pytest.raises(UnknownSiteError, match="did you mean 'toy-0001'"):
        explain_text(siting, "toy-00001")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_fits_the_terminal(siting: Siting, width: int) -> None:
    assert max(map(len, explain_text(siting, "toy-0003", width).splitlines())) <= max(width, 64)


def test_hostile_names_stay_text(hostile: Siting) -> None:
    for site_id in hostile.sites["site_id"]:
        lines = explain_text(hostile, site_id).splitlines()
        assert lines == [plain(line) for line in lines]


def test_tells_supply_and_season(siting: Siting) -> None:
    text = explain_text(siting, "toy-0001")
    assert "Supply through the year\n  Least-cost supply       grid 180 MW\n" in text
    assert "Through the year        West imports in winter.\n" in text
    assert "Cost of that supply     42 USD/MWh" in text
    assert "Least-cost supply" not in explain_text(siting, "toy-0008")
