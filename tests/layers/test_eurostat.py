"""Land prices as Eurostat's server gives them."""

from __future__ import annotations

import json
import math

import pytest

from geo.errors import LayerError
from layers.eurostat import land_prices

LPRC = {
    "version": "2.0",
    "class": "dataset",
    "id": ["freq", "agriprod", "unit", "geo", "time"],
    "size": [1, 1, 1, 4, 3],
    "dimension": {
        "geo": {
            "category": {
                "index": {"NO": 0, "NO01": 1, "NO02": 2, "SE": 3},
                "label": {"NO": "Norway", "NO01": "Øst og East", "NO02": "East", "SE": "Sweden"},
            }
        },
        "time": {"category": {"index": {"2021": 0, "2022": 1, "2023": 2}}},
    },
    # row by row: NO 9000, 10000, -; NO01 none; NO02 -, -, 20000; SE 1, 2, 3
    "value": {"0": 9000, "1": 10000, "8": 20000, "9": 1, "10": 2, "11": 3},
}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "lprc.json"
    path.write_text(json.dumps(LPRC))
    return path


def test_own_price_before_that_of_the_country(path) -> None:
    frame, note = land_prices(path, "NOR", ["West", "EAST"], 1.1)
    assert frame.to_dict("records") == [
        {"region": "West", "land_price_usd_per_ha": 11000, "basis": "sale of arable land",
         "year": "2022", "quality": "official, mean of the country"},
        {"region": "EAST", "land_price_usd_per_ha": 22000, "basis": "sale of arable land",
         "year": "2023", "quality": "official, of the region"},
    ]  # fmt: skip
    assert "1 of 2 regions have a price of their own" in note
    assert "A euro is taken for 1.1 USD." in note


def test_what_is_not_known_stays_unknown(path) -> None:
    assert len(land_prices(path, "FRA", ["West"], 1.1)[0]) == 0
    cube = json.loads(path.read_text())
    del cube["value"]["0"], cube["value"]["1"]
    path.write_text(json.dumps(cube))
    frame, _ = land_prices(path, "NOR", ["West", "East"], 1.0)
    assert math.isnan(frame.loc[0, "land_price_usd_per_ha"])
    assert frame["quality"].tolist() == ["unknown", "official, of the region"]


@pytest.mark.parametrize("text", ["", "{}", '{"id": ["geo"], "size": [2]}', "[]"])
def test_no_such_table(path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(LayerError, match="cannot be read as JSON-stat"):
        land_prices(path, "NOR", ["West"], 1.0)


def test_a_table_of_several_crops_is_refused(path) -> None:
    cube = json.loads(path.read_text())
    cube["size"] = [1, 2, 1, 4, 3]
    path.write_text(json.dumps(cube))
    with pytest.raises(LayerError, match="agriprod is not chosen"):
        land_prices(path, "NOR", ["West"], 1.0)
