"""How sure a rank is, in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from maps.documents import document, json_text
from maps.explain import explain_text
from maps.frames import records
from maps.sure import how_sure, what_dethrones
from maps.tables import ranking_text

if TYPE_CHECKING:
    from geo.siting import Siting


def rows(siting: Siting):
    return records(siting.sites.drop(columns="geometry"))


def test_says_how_often_and_between_which_ranks(siting: Siting) -> None:
    first, fourth = rows(siting)[0], rows(siting)[3]
    assert how_sure(first, siting) == (
        "Among the first 5 in 100 % of draws, a robust winner. Rank 1 to 2 in eight draws of ten."
    )
    assert how_sure(fourth, siting) == (
        "Among the first 5 in 70 % of draws. Rank 3 to 6 in eight draws of ten."
    )
    assert how_sure(rows(siting)[7], siting) == ""


def test_where_all_are_in_the_shortlist_nobody_wins(siting: Siting) -> None:
    few = siting.sites.head(3)
    told = how_sure(rows(siting)[0], type(siting)(**(vars(siting) | {"sites": few})))
    assert told.startswith("All 3 sites are among the first 5.")


def test_names_the_weight_that_dethrones_the_first(siting: Siting) -> None:
    assert what_dethrones(siting) == [
        "Weight of months to power from 0.22 to 0.08: Site 2 is first."
    ]


def test_every_output_tells_it(siting: Siting) -> None:
    text = explain_text(siting, "toy-0001")
    assert "How sure\n  - Among the first 5 in 100 % of draws, a robust winner." in text
    told = json.loads(json_text(document(siting)))["sureness"]
    assert told["robust_winners"] == ["toy-0001", "toy-0002", "toy-0003"]
    assert told["tipping"][1]["tipping_weight"] is None
    header, *table = ranking_text(siting).splitlines()
    assert header.split()[-1] == "Sure"
    assert table[2].split()[-1] == "100"
