"""A pack says which layer is made of what, and keeps the licences apart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from geo.kinds import KINDS
from maps.delivery import Order, contents, deliver
from maps.provenance import MADE_OF, licences_text, provenance

if TYPE_CHECKING:
    from geo.siting import Siting


def test_every_layer_and_every_kind_is_accounted_for(siting: Siting) -> None:
    assert set(contents(siting)) <= set(MADE_OF)
    assert {kind for made in MADE_OF.values() for kind in made} == set(KINDS)


def test_sources_and_layers_name_each_other(siting: Siting) -> None:
    found = json.loads(json.dumps(provenance(deliver(siting, Order())), allow_nan=False))
    layers = {row["layer"]: row for row in found["layers"]}
    assert layers["lines"]["made_of"] == ["substations", "lines"]
    assert layers["lines"]["share_alike"] is True
    assert layers["plants"]["licences"] == ["CC-BY-4.0"]
    assert layers["plants"]["share_alike"] is False
    plants = next(row for row in found["sources"] if row["layer"] == "plants")
    assert plants["used_in"][:2] == ["sites", "feeds"]
    assert "lines" not in plants["used_in"]
    assert found["seed"] == siting.scenario.seed
    assert found["sources"][0]["sha256"] == "0" * 64
    assert len(found["run_id"]) == 16


def test_licences_stand_under_headings_of_their_own(siting: Siting) -> None:
    text = licences_text(deliver(siting, Order()))
    share_alike, attribution = text.index("## Open Database"), text.index("## Creative Commons")
    public, other = text.index("## Public domain"), text.index("## Other")
    assert share_alike < attribution < public < other
    assert "- **substations**: Toy substations" in text[share_alike:attribution]
    assert "Credit: © OpenStreetMap contributors" in text[share_alike:attribution]
    assert "plants, gas_fields" in text[attribution:public]
    assert "Toy substations" not in text[attribution:]
    assert "- **campuses**" in text[other:]


def test_only_the_layers_that_were_chosen_are_named(siting: Siting) -> None:
    text = licences_text(deliver(siting, Order(layers=("plants",))))
    line = next(one for one in text.splitlines() if one.startswith("Layers of this pack"))
    assert line == "Layers of this pack that hold it or are derived from it: none."
