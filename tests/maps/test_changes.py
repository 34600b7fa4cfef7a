"""What has changed since an earlier pack, told by hand-made answers."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from geo.criteria import CRITERIA
from geo.errors import MissingFileError
from geo.siting import find_sites
from maps.changes import changes
from maps.delivery import Order
from maps.exports import write_pack
from tests.geo import toy
from tests.maps.toy import make_siting

if TYPE_CHECKING:
    from pathlib import Path

    from geo.siting import Siting


@pytest.fixture
def earlier(siting: Siting, tmp_path: Path) -> Path:
    write_pack(siting, tmp_path / "earlier", Order(formats=("csv",)))
    return tmp_path / "earlier"


def reranked(siting: Siting, order: list[int], **columns: object) -> Siting:
    """The same sites in another order, with other values."""
    sites = siting.sites.assign(**columns).iloc[order].reset_index(drop=True)
    return replace(siting, sites=sites.assign(rank=range(1, len(sites) + 1)))


def told(frame: pd.DataFrame) -> dict[str, tuple[str, object, object]]:
    rows = frame.astype(object).where(frame.notna(), None)
    return {row.site_id: (row.change, row.rank_before, row.rank_now) for row in rows.itertuples()}


def test_nothing_has_changed(siting: Siting, earlier: Path) -> None:
    found = changes(siting, earlier)
    assert list(found["change"]) == ["stays"] * 5
    assert list(found["why"]) == [""] * 5


def test_new_gone_moved_up_and_moved_down(siting: Siting, earlier: Path) -> None:
    """The shortlist is the first five of eight; 5 leaves it, 6 enters, 1 and 2 change places."""
    found = changes(reranked(siting, [1, 0, 2, 3, 5, 4, 6, 7]), earlier)
    assert told(found) == {
        "toy-0002": ("moved up", 2, 1),
        "toy-0001": ("moved down", 1, 2),
        "toy-0003": ("stays", 3, 3),
        "toy-0004": ("stays", 4, 4),
        "toy-0006": ("new", None, 5),
        "toy-0005": ("gone", 5, 6),
    }
    why = found.set_index("site_id")["why"]
    assert why["toy-0001"] == "itself as before; others moved"
    assert why["toy-0006"] == "was not in the earlier shortlist"
    assert "now at rank 6 and out of the shortlist" in why["toy-0005"]


def test_a_site_that_is_no_more(siting: Siting, earlier: Path) -> None:
    less = reranked(siting, [0, 2, 3, 4, 5, 6, 7])
    gone = changes(less, earlier).set_index("site_id").loc["toy-0002"]
    assert (gone["change"], gone["rank_before"]) == ("gone", 2)
    assert pd.isna(gone["rank_now"])
    # Its neighbours lie 14 km and more away, so at 20 km of spacing the nearest stands for it.
    assert re.fullmatch(
        r"no longer among the sites; toy-000[13] \(Site [13]\), 1[45] km away, ranks better now "
        "and stands for it",
        gone["why"],
    )


def test_a_site_that_is_no_more_and_has_no_neighbour(siting: Siting, earlier: Path) -> None:
    near = replace(siting, scenario=replace(siting.scenario, spacing_km=5.0))
    less = reranked(near, [0, 2, 3, 4, 5, 6, 7])
    gone = changes(less, earlier).set_index("site_id").loc["toy-0002"]
    assert gone["why"].endswith("barred or out of reach now, as no site is near")


def test_the_measure_that_moved_the_score_most_is_the_reason(siting: Siting, earlier: Path) -> None:
    """Firm power falls from 420 to 150 MW and costs 12 points, the price rises and costs 2."""
    sites = siting.sites
    firm = sites["firm_mw"].where(sites["site_id"] != "toy-0001", 150.0)
    share = sites["share_firm_mw"] - 12.0 * (sites["site_id"] == "toy-0001")
    price = sites["power_price_usd_per_mwh"] + 10.0 * (sites["site_id"] == "toy-0001")
    price_share = sites["share_power_price"] - 2.0 * (sites["site_id"] == "toy-0001")
    grade = sites["grade"].where(sites["site_id"] != "toy-0001", "B")
    now = reranked(
        siting, [1, 0, 2, 3, 4, 5, 6, 7], firm_mw=firm, share_firm_mw=share,
        power_price_usd_per_mwh=price, share_power_price=price_share, grade=grade,
    )  # fmt: skip
    row = changes(now, earlier).set_index("site_id").loc["toy-0001"]
    assert (row["criterion"], row["measure"]) == ("firm_mw", "firm_mw")
    assert (row["value_before"], row["value_now"], row["points"]) == ("420", "150", -12.0)
    assert row["why"] == ("grade A became B; firm power (N-1) 420 MW became 150 MW (-12.0 points)")


def test_another_question_is_told(siting: Siting, earlier: Path) -> None:
    asked = replace(siting, scenario=replace(siting.scenario, load_mw=300.0))
    why = changes(asked, earlier)["why"]
    assert why.str.startswith("the question changed: load_mw 180 became 300").all()


def test_a_folder_that_holds_no_pack(siting: Siting, tmp_path: Path) -> None:
    (tmp_path / "answer.json").write_text('{"sites": 3}')
    with pytest.raises(MissingFileError, match="holds no pack to compare with"):
        changes(siting, tmp_path)


def test_the_table_and_the_readme_tell_it(siting: Siting, earlier: Path, tmp_path: Path) -> None:
    now = reranked(siting, [1, 0, 2, 3, 4, 5, 6, 7])
    write_pack(now, tmp_path / "now", Order(formats=("csv",), since=earlier))
    with (tmp_path / "now" / "what-changed.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["change"] for row in rows[:2]] == ["moved up", "moved down"]
    text = (tmp_path / "now" / "README.md").read_text(encoding="utf-8")
    assert "3 stays, 1 moved up, 1 moved down" in text


def test_a_pack_may_be_compared_with_the_one_it_replaces(siting: Siting, earlier: Path) -> None:
    now = reranked(siting, [1, 0, 2, 3, 4, 5, 6, 7])
    write_pack(now, earlier, Order(formats=("csv",), since=earlier))
    assert (earlier / "what-changed.csv").exists()


def test_every_criterion_has_its_measure_among_the_columns() -> None:
    siting = make_siting()
    known = {*siting.sites.columns, "energy_surplus_mw", "town_km"}
    assert {one.column for one in CRITERIA} <= known


def test_the_same_place_has_the_same_ids_in_the_next_run() -> None:
    """Rows of the input in another order, and another question."""
    layers = toy.country()
    turned = replace(
        layers,
        substations=replace(layers.substations, frame=layers.substations.frame.iloc[::-1]),
        lines=replace(layers.lines, frame=layers.lines.frame.iloc[::-1]),
    )
    scenario = make_siting().scenario
    one = find_sites(layers, replace(scenario, load_mw=60.0, spacing_km=0.0, top=5))
    other = find_sites(turned, replace(scenario, load_mw=30.0, spacing_km=0.0, top=5, seed=2))
    keys = ["lon", "lat"]
    ids, again = (
        found.sites.assign(**{key: found.sites[key].round(6) for key in keys})
        .set_index(keys)["site_id"]
        for found in (one, other)
    )  # fmt: skip
    both = ids.index.intersection(again.index)
    assert len(both) > 20
    assert (ids.loc[both] == again.loc[both]).all()
