"""Every column that is handed over is described, once, with a short name of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from geo.criteria import CRITERIA
from geo.headroom import COLUMNS as HEADROOM_COLUMNS
from geo.kinds import KINDS
from geo.scenario import Scenario
from geo.siting import EXTRA_COLUMNS, SITE_COLUMNS, find_sites
from geo.timeline import GANTT_COLUMNS
from geo.upgrades import LIMIT_COLUMNS, UPGRADE_COLUMNS
from layers.place import open_place, read_layers
from maps.delivery import contents
from maps.dictionary import OWN, aliases, dictionary, entries, is_listed, listed
from maps.labels import LABELS, REGION_COLUMNS

if TYPE_CHECKING:
    from geo.siting import Siting

HANDED_OVER = ("substations", "lines", "plants", "gas_fields", "campuses")
PROMISED = {
    "sites": [*SITE_COLUMNS, *EXTRA_COLUMNS, *[f"share_{one.name}" for one in CRITERIA]],
    "regions": REGION_COLUMNS,
    "headroom": HEADROOM_COLUMNS,
    "limits": LIMIT_COLUMNS,
    "upgrades": UPGRADE_COLUMNS,
    "tasks": GANTT_COLUMNS,
    **{kind: [column.name for column in KINDS[kind].columns] for kind in HANDED_OVER},
}


@pytest.mark.parametrize(("layer", "columns"), PROMISED.items())
def test_every_promised_column_is_in_the_table(layer: str, columns: list[str]) -> None:
    assert [name for name in columns if not is_listed(layer, name)] == []


def test_every_column_of_an_answer_is_in_the_table(siting: Siting) -> None:
    tables = contents(siting)
    assert unlisted(tables) == []
    words = dictionary(tables | {"dictionary": dictionary(tables)})
    assert unlisted({"dictionary": words}) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bhutan", pytest.param("norway", marks=pytest.mark.slow)])
def test_every_column_of_a_built_in_place_is_in_the_table(name: str) -> None:
    scenario = Scenario(top=3, cell_km=4.0, method="linear", mode="calibrated")
    siting = find_sites(read_layers(open_place(name)), scenario)
    assert unlisted(contents(siting)) == []


def unlisted(tables: dict[str, pd.DataFrame]) -> list[str]:
    """Columns that the table does not know."""
    return [
        f"{layer}.{name}"
        for layer, frame in tables.items()
        for name in frame.columns
        if name != "geometry" and not is_listed(layer, str(name))
    ]


def test_all_that_people_see_a_title_of_is_in_the_table() -> None:
    assert [name for name in LABELS if not is_listed("sites", name)] == []


def test_short_names_are_short_and_belong_to_one_column() -> None:
    of: dict[str, set[str]] = {}
    for (_, column), row in listed().items():
        assert 1 <= len(row["alias"]) <= 10
        assert row["alias"].isascii()
        assert row["meaning"]
        assert row["source"].partition(":")[0] in {"computed", "input", "powersite"}
        of.setdefault(row["alias"].lower(), set()).add(column)
    assert {alias: columns for alias, columns in of.items() if len(columns) > 1} == {}


def test_units_follow_from_the_names_unless_the_table_knows_better() -> None:
    columns = ["firm_mw", "lon", "share_months", "name"]
    units = {one.column: one.unit for one in entries("sites", pd.DataFrame(columns=columns))}
    assert units == {
        "firm_mw": "megawatt",
        "lon": "degree",
        "share_months": "points of 100",
        "name": "",
    }


def test_one_name_may_mean_something_else_in_another_layer() -> None:
    site, line = (entries(layer, pd.DataFrame(columns=["name"]))[0] for layer in ("sites", "lines"))
    assert (site.title, line.title) == ("Site", "Name")
    assert site.alias == line.alias


def test_columns_of_the_user_are_told_as_such_and_get_short_names() -> None:
    names = ["owner_of_the_land", "owner_of_the_lake", "firm_mw", "Größe", "area_ha_2024", "7"]
    short = aliases(names)
    assert short["firm_mw"] == "firm_mw"
    assert len({one.lower() for one in short.values()}) == len(names)
    assert all(len(one) <= 10 and one.isascii() for one in short.values())
    entry = entries("lines", pd.DataFrame(columns=["owner_of_the_land"]))[0]
    assert (entry.title, entry.meaning) == ("Owner of the land", OWN)
    assert entry.source == "input: lines"
