"""Tables fit 80 columns and lose no number; the other forms are for machines."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from rich.cells import cell_len

from geo.errors import ScenarioError
from maps.documents import document
from maps.tables import congestion_text, fitted, headroom_text, ranking_text
from maps.text import plain

if TYPE_CHECKING:
    from geo.siting import Siting

WIDE = "東京都千代田区の変電所から十二キロ北西の候補地"


def test_sites_by_rank_with_units_in_the_header(siting: Siting) -> None:
    lines = ranking_text(siting).splitlines()
    header = "# Grade Site id Site MW P50 km dancy Score %"
    assert " ".join(lines[1].split()) == header
    first = ["1", "A", "toy-0001", "Site", "1", "420", "28", "4.0", "2N", "80.0", "100"]
    assert lines[3].split() == first
    assert len(lines) == 3 + 5


def test_regions_show_unknown_as_a_dash(siting: Siting) -> None:
    *_, first, _, last = ranking_text(siting, "region").splitlines()
    assert first.split()[-6:] == ["2/1/0", "420", "610", "28", "1-2", "toy-0001"]
    assert last.split() == ["3", "D", "East", "County", "0/0/0", "–", "–", "–", "–", "toy-0007"]


@pytest.mark.parametrize("width", [60, 80, 100])
def test_long_names_are_cut_and_numbers_are_not(siting: Siting, width: int) -> None:
    long = siting.sites.assign(name=WIDE, firm_mw=12_345.0)
    siting.__dict__["sites"] = long
    text = ranking_text(siting, width=width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    assert text.count("12,345") == 5
    assert "toy-0005" in text


def test_widths_shrink_from_the_widest_flexible() -> None:
    assert fitted([5, 20, 10], [1, 2], 30) == [5, 15, 10]
    assert fitted([5, 20, 18], [1, 2], 30) == [5, 12, 13]
    assert fitted([50, 20], [1], 30) == [50, 6]
    assert fitted([5, 6], [], 3) == [5, 6]


def test_json_is_the_whole_document_for_both(siting: Siting) -> None:
    by_site, by_region = (json.loads(ranking_text(siting, by, "json")) for by in ("site", "region"))
    assert by_site == by_region
    assert by_site["schema_version"] == 1


def test_csv_and_geojson_of_regions(siting: Siting) -> None:
    rows = list(csv.DictReader(io.StringIO(ranking_text(siting, "region", "csv"))))
    assert [row["best_site_id"] for row in rows] == ["toy-0001", "toy-0004", "toy-0007"]
    found = json.loads(ranking_text(siting, "region", "geojson"))
    assert found["features"][0]["properties"]["region"] == "West County"


def test_headroom_strongest_first_with_unknown_last(siting: Siting) -> None:
    lines = headroom_text(siting.headroom, names={"T-L0": "Line 0"}).splitlines()
    assert " ".join(lines[3].split()) == "Station 0 420 420 900 Line 0 no. 2 Line 0 no. 1"
    assert lines[-1].split() == ["Station", "4", "132", "–", "–", "–", "–"]


def test_headroom_for_machines(siting: Siting) -> None:
    found = json.loads(headroom_text(siting.headroom, "json"))
    assert found["schema_version"] == 1
    assert found["headroom"][-1]["firm_mw"] is None
    rows = list(csv.DictReader(io.StringIO(headroom_text(siting.headroom, "csv"))))
    assert rows[0]["bus_id"] == "T-S0@420"


def test_congestion_follows_the_table_and_is_a_key_of_the_json(siting: Siting) -> None:
    text = headroom_text(siting.headroom, congestion=siting.congestion)
    assert "Over their limit before anything is added: 1 pairs of line and outage" in text
    assert text.splitlines()[-1].split() == ["Line", "3", "Line", "2", "21", "114"]
    found = json.loads(headroom_text(siting.headroom, "json", congestion=siting.congestion))
    assert found["congestion"] == document(siting)["congestion"]
    assert "congestion" not in json.loads(headroom_text(siting.headroom, "json"))
    plain_csv = headroom_text(siting.headroom, "csv")
    assert headroom_text(siting.headroom, "csv", congestion=siting.congestion) == plain_csv


def test_the_ten_worst_are_listed_and_the_rest_counted(siting: Siting) -> None:
    many = pd.concat([siting.congestion] * 14, ignore_index=True)
    lines = congestion_text(many.assign(over_mw=range(114, 100, -1))).splitlines()
    assert [line.split()[-2] for line in lines[-11:-1]] == [str(mw) for mw in range(114, 104, -1)]
    assert lines[-1] == "… and 4 more (--format json has all)"
    assert not congestion_text(many.head(10)).splitlines()[-1].startswith("…")
    assert congestion_text(many.head(0)) == ""


@pytest.mark.parametrize("width", [60, 80])
def test_congestion_fits_the_terminal(siting: Siting, width: int) -> None:
    long = siting.congestion.assign(branch_name=WIDE * 3, outage_name=WIDE * 2)
    text = congestion_text(long, width)
    assert all(cell_len(line) <= width for line in text.splitlines()[2:])
    assert text.splitlines()[-1].split()[-2:] == ["21", "114"]


def test_headroom_needs_positions_for_geojson(siting: Siting) -> None:
    with pytest.raises(ScenarioError, match="no positions"):
        headroom_text(siting.headroom, "geojson")
    stations = siting.layers.substations.frame.geometry
    placed = gpd.GeoDataFrame(siting.headroom, geometry=stations)
    assert len(json.loads(headroom_text(placed, "geojson"))["features"]) == 6


def test_hostile_names_reach_no_terminal(hostile: Siting) -> None:
    for text in (
        ranking_text(hostile),
        ranking_text(hostile, "region"),
        headroom_text(hostile.headroom, congestion=hostile.congestion),
    ):
        assert text.splitlines() == [plain(line) for line in text.splitlines()]
    assert "[bold red]markup[/] Site" in ranking_text(hostile)


def test_a_second_opinion_stands_beside_the_first(siting: Siting) -> None:
    second = pd.DataFrame(
        {"topsis": 50.0, "topsis_rank": [2, 1, *range(3, len(siting.sites) + 1)]},
        index=siting.sites.index,
    )
    text = ranking_text(siting, second=second)
    assert [line.split()[-1] for line in text.splitlines()[3:8]] == ["2", "1", "3", "4", "5"]
    assert "(toy-0002) is first" in " ".join(text.split())
    found = json.loads(ranking_text(siting, fmt="json", second=second))
    assert [site["topsis_rank"] for site in found["sites"]] == [2, 1, 3, 4, 5]
