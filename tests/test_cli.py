"""The command line as its users meet it: what it prints, where, and with which code it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import signal
from pathlib import Path

import geopandas as gpd
import pytest
from typer.testing import CliRunner

import cli
from geo.siting import SITE_COLUMNS
from layers.place import built_in_places

DOCUMENTS = {
    "answer.json", "dictionary.csv", "provenance.json", "LICENCES.md", "README.md",
    "manifest.json", "SHA256SUMS",
}  # fmt: skip
FILES = DOCUMENTS | {
    "map.html", "shortlist.gpkg", "shortlist.qgz", "shortlist.geojson", "shortlist.csv",
    "regions.csv",
}  # fmt: skip
QUICK = ("--cell-km", "5", "--quiet")
REGION_COLUMNS = [
    "region", "rank", "grade", "score", "best_site_id",
    "sites_a", "sites_b", "sites_c", "firm_mw", "months_p50", "joint_firm_mw",
    "first_share", "rank_p10", "rank_p90",
]  # fmt: skip


def run(*words: str, monkeypatch, capsys) -> tuple[int, str, str]:
    """Run a command in this process, as ``powersite`` would."""
    monkeypatch.setattr("sys.argv", ["powersite", *words])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    printed = capsys.readouterr()
    return int(stop.value.code or 0), printed.out, printed.err


@pytest.fixture
def command(monkeypatch, capsys):
    return lambda *words: run(*words, monkeypatch=monkeypatch, capsys=capsys)


@pytest.fixture
def own_place(tmp_path) -> Path:
    """Copy Bhutan into a folder of one's own."""
    folder = tmp_path / "mine"
    shutil.copytree(Path(cli.__file__).parent / "layers" / "places" / "bhutan", folder)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_help_names_every_command() -> None:
    printed = CliRunner().invoke(cli.app, ["--help"]).output
    for name in (
        "site", "rank", "headroom", "portfolio", "explain", "campus", "map", "export", "check",
        "places", "report", "fetch", "init",
    ):  # fmt: skip
        assert re.search(rf"\b{name}\b", printed)


def test_version(command) -> None:
    code, out, _ = command("--version")
    assert code == 0
    assert re.fullmatch(r"powersite \d+\.\d+\.\d+\n", out)


def test_places_lists_the_built_in_ones(command) -> None:
    _, out, _ = command("places")
    assert [line.split()[0] for line in out.splitlines()] == list(built_in_places())


def test_site_writes_the_files_it_names(command, tmp_path) -> None:
    code, out, _ = command("site", "bhutan", "--load-mw", "180", "--out", str(tmp_path), *QUICK)
    assert code == 0
    assert {path.name for path in tmp_path.iterdir()} == FILES
    for name in FILES:
        assert name in out
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["schema_version"] == 1


def test_report_writes_two_pages(command, tmp_path) -> None:
    code, out, _ = command("report", "bhutan", "--out", str(tmp_path / "r.pdf"), *QUICK)
    assert code == 0
    assert "r.pdf" in out
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")


def test_report_of_another_kind_is_refused_before_the_run(command, tmp_path) -> None:
    code, _, err = command("report", "nowhere", "--out", str(tmp_path / "r.docx"), *QUICK)
    assert code == 6
    assert "end it in .pdf or .png" in err


def test_rank_as_json_is_the_document_of_the_house(command) -> None:
    code, out, _ = command("rank", "bhutan", "--format", "json", "--top", "3", *QUICK)
    document = json.loads(out)
    assert code == 0
    assert list(document) == [
        "schema_version", "place", "scenario", "sites", "regions", "dropped", "sureness",
        "congestion", "sources", "notes",
    ]  # fmt: skip
    assert document["schema_version"] == 1
    assert len(document["sites"]) == 3
    assert set(SITE_COLUMNS) <= set(document["sites"][0])
    assert document["scenario"]["cell_km"] == 5


def test_rank_of_regions_as_csv(command) -> None:
    _, out, _ = command("rank", "bhutan", "--by", "region", "--format", "csv", *QUICK)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(rows[0])[: len(REGION_COLUMNS)] == REGION_COLUMNS
    assert len(rows) == 20


def test_an_edited_shortlist_is_taken_up_again(command, tmp_path) -> None:
    """One site is struck out, one is renamed, all get an owner; the rest stays as it was."""
    command("export", "bhutan", "--out", str(tmp_path), "--formats", "gpkg", *QUICK)
    before = gpd.read_file(tmp_path / "shortlist.gpkg", layer="sites")
    struck, renamed = before["site_id"].iloc[[1, 2]]
    edited = before[before["site_id"] != struck].assign(owner="Druk")
    edited.loc[edited["site_id"] == renamed, "name"] = "Our favourite"
    edited.to_file(tmp_path / "edited.gpkg", layer="sites")
    again = ("rank", "bhutan", "--sites", str(tmp_path / "edited.gpkg"), "--format", "csv")
    _, out, _ = command(*again, *QUICK)
    rows = {row["site_id"]: row for row in csv.DictReader(io.StringIO(out))}
    assert list(rows) == [one for one in before["site_id"] if one != struck]
    assert rows[renamed]["name"] == "Our favourite"
    assert {row["owner"] for row in rows.values()} == {"Druk"}
    kept = before.set_index("site_id")["score"]
    assert {one: float(row["score"]) for one, row in rows.items()} == pytest.approx(
        kept.drop(struck).to_dict(), abs=0.01
    )


def test_a_second_opinion_has_its_own_column(command) -> None:
    _, out, _ = command("rank", "bhutan", "--second-opinion", *QUICK)
    assert "TOPSIS" in out
    assert max(map(len, out.splitlines())) <= 80


def test_rank_as_geojson_is_in_degrees(command) -> None:
    _, out, _ = command("rank", "bhutan", "--format", "geojson", "--top", "2", *QUICK)
    document = json.loads(out)
    lon, lat = document["features"][0]["geometry"]["coordinates"][0][0][:2]
    assert 88 < lon < 93
    assert 26 < lat < 29


def test_table_fits_eighty_columns(command) -> None:
    _, out, _ = command("rank", "bhutan", *QUICK)
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("method", [("redispatch",), ("linear", "--mode", "calibrated")])
def test_headroom_as_csv(command, method) -> None:
    words = ("--method", *method, "--format", "csv", "--quiet")
    _, out, _ = command("headroom", "bhutan", *words)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(rows[0])[:12] == [
        "bus_id", "substation_id", "name", "voltage_kv", "normal_mw", "firm_mw", "limiting_branch",
        "limiting_outage", "factor", "loading_before", "loading_after", "confidence",
    ]  # fmt: skip
    assert not any(row["substation_id"] == "BT-SIL" for row in rows)


def test_headroom_tells_what_is_over_its_limit_before_any_load(command) -> None:
    _, out, _ = command("headroom", "bhutan", "--format", "json", "--quiet")
    pairs = json.loads(out)["congestion"]
    assert pairs
    assert {"branch_name", "outage_name", "over_mw", "loading"} <= set(pairs[0])
    assert all(pair["over_mw"] > 0 and pair["loading"] > 1 for pair in pairs)
    _, text, _ = command("headroom", "bhutan", "--quiet")
    assert f"{len(pairs)} pairs of line and outage" in text
    assert max(map(len, text.splitlines())) <= 80


def test_explain_names_what_limits_a_site(command) -> None:
    _, out, _ = command("rank", "bhutan", "--format", "json", "--top", "1", *QUICK)
    best = json.loads(out)["sites"][0]
    code, text, _ = command("explain", "bhutan", best["site_id"], *QUICK)
    assert code == 0
    assert best["name"] in text
    assert best["poi_name"] in text
    assert "Path 1" in text


def test_explain_of_an_unknown_site_says_so(command) -> None:
    code, out, err = command("explain", "bhutan", "BTN-G-NOWHERE", *QUICK)
    assert (code, out) == (3, "")
    assert "BTN-G-NOWHERE" in err


def test_campus_ranks_the_existing_ones_and_says_what_they_lack(command) -> None:
    code, out, _ = command("campus", "bhutan", *QUICK)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "Jigmeling" in out
    assert "80 MW of the 180 MW: a new connection" in " ".join(out.split())  # Gedu has 100
    assert "the best greenfield site" in out


def test_campus_for_programs(command) -> None:
    words = ("--load-mw", "600", "--format", "json", *QUICK)
    document = json.loads(command("campus", "bhutan", *words)[1])
    first = document["campuses"][0]
    assert (first["name"], first["first_mw"], first["missing_mw"]) == ("Jigmeling", 500, 100)
    assert document["scenario"]["load_mw"] == 600
    assert "a new connection" in first["missing"]


def test_a_preset_stands_for_options_and_one_that_is_given_wins(command) -> None:
    words = ("rank", "bhutan", "--preset", "hall", "--load-mw", "30", "--format", "json", *QUICK)
    document = json.loads(command(*words, "--top", "1")[1])
    asked = document["scenario"]
    assert (asked["load_mw"], asked["redundancy"], asked["ha_per_mw"]) == (30, "2N", 0.25)
    assert any("class 'hall'" in note for note in document["notes"])
    assert command("rank", "bhutan", "--preset", "castle")[0] == 2


def test_explain_tells_months_task_by_task_and_costs_with_their_tables(command) -> None:
    _, out, _ = command("rank", "bhutan", "--format", "json", "--top", "4", *QUICK)
    green = next(row for row in json.loads(out)["sites"] if row["kind"] == "greenfield")
    _, text, _ = command("explain", "bhutan", green["site_id"], *QUICK)
    for part in (
        "permits and tie-line", "commissioning", "Decided by", "Cost, USD of 2025", "transformers",
        "MISO cost table", "Gates, none of them closed: data residency (in force)",
    ):  # fmt: skip
        assert part in text


def test_portfolio_serves_what_is_asked(command) -> None:
    words = ("--total-mw", "600", "--max-sites", "3", "--min-site-mw", "60", "--format", "json")
    code, out, _ = command("portfolio", "bhutan", *words, *QUICK)
    document = json.loads(out)
    assert code == 0
    assert document["portfolio"]["mw"] == pytest.approx(600, abs=1e-2)
    assert len(document["sites"]) <= 3
    assert all(site["mw"] >= 60 - 1e-3 for site in document["sites"])
    assert sum(site["mw"] for site in document["sites"]) == pytest.approx(600, abs=1e-2)


def test_portfolio_as_a_page(command) -> None:
    code, out, _ = command("portfolio", "bhutan", "--total-mw", "600", *QUICK)
    assert code == 0
    assert out.startswith("Bhutan: 600 of 600 MW firm")
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("words", "ending"),
    [
        (("--total-mw", "600", "--method", "linear"), 3),
        (("--total-mw", "600", "--max-site-mw", "10"), 3),
        (("--total-mw", "600", "--min-site-mw", "700"), 3),
        (("--total-mw", "20000", "--min-site-mw", "15000"), 4),
        (("--total-mw", "0"), 2),
        ((), 2),
    ],
)
def test_portfolio_that_cannot_be(command, words, ending) -> None:
    code, out, _ = command("portfolio", "bhutan", *words, *QUICK)
    assert (code, out) == (ending, "")


def test_map_is_one_file(command, tmp_path) -> None:
    target = tmp_path / "map.html"
    code, _, _ = command("map", "bhutan", "--out", str(target), *QUICK)
    assert code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_export_writes_the_formats_asked_for(command, tmp_path) -> None:
    code, _, _ = command("export", "bhutan", "--out", str(tmp_path), "--formats", "csv", *QUICK)
    assert code == 0
    assert {path.name for path in tmp_path.iterdir()} == DOCUMENTS | {
        "shortlist.csv",
        "regions.csv",
    }


def test_export_refuses_a_slip_of_the_pen_before_the_search(command, tmp_path) -> None:
    for option, value in (("--formats", "dwg"), ("--crs", "UTM"), ("--since", str(tmp_path))):
        out = ("--out", str(tmp_path / "out"))
        code, _, err = command("export", "nowhere", option, value, *out, *QUICK)
        assert code == 3
        assert value in err


def test_export_chooses_layers_columns_and_crs(command, tmp_path) -> None:
    out = tmp_path / "out"
    asked = ("--layers", "sites,lines", "--fields", "firm_mw", "--crs", "EPSG:3857")
    options = ("--formats", "csv,gpkg", "--out", str(out), *asked, *QUICK)
    assert command("export", "bhutan", *options)[0] == 0
    header = (out / "shortlist.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "site_id,rank,grade,firm_mw"
    assert (out / "lines.csv").exists()
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["layers"]) == {"sites", "lines"}
    assert manifest["crs"]["delivered_in"] == "EPSG:3857"


def test_check_of_a_sound_place(command) -> None:
    code, out, _ = command("check", "norway")
    assert code == 0
    assert out.startswith("norway: no fault found\nKnown, of the rows of each layer:\n")


def test_check_prints_every_fault_at_once(command, own_place) -> None:
    edit(own_place / "substations.csv", "BT-MAL,Malbase,89.45", "BT-MAL,Malbase,east")
    edit(own_place / "lines.csv", "BT-THP,BT-MAL,400,", "BT-THP,BT-MAL,four hundred,")
    edit(own_place / "place.toml", "demand_mw = 800", "demand_mw = 800\nload_mw = 1")
    code, out, _ = command("check", str(own_place))
    assert code == 3
    assert "substations.csv row 3" in out
    assert "lines.csv row 3" in out
    assert "load_mw" in out


def test_config_stands_between_place_and_command_line(command, tmp_path) -> None:
    config = tmp_path / "scenario.toml"
    config.write_text("load_mw = 60\nmonths = 24\n[weights]\nland_price = 0\n", encoding="utf-8")
    words = ("--config", str(config), "--months", "48", "--format", "json", "--top", "1", *QUICK)
    scenario = json.loads(command("rank", "bhutan", *words)[1])["scenario"]
    assert (scenario["load_mw"], scenario["months"]) == (60, 48)
    assert scenario["weights"] == {"land_price": 0}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("laod_mw = 60", "load_mw"),
        ("load_mw = 'much'", "much"),
        ("load_mw = ", "TOML"),
        ("[weights]\nbeauty = 1", "beauty"),
        ("weights = 3", "weights"),
        ("redundancy = 'N+7'", "N+7"),
    ],
)
def test_a_bad_config_is_one_line_and_code_3(command, tmp_path, text, word) -> None:
    config = tmp_path / "scenario.toml"
    config.write_text(text, encoding="utf-8")
    code, out, err = command("rank", "bhutan", "--config", str(config), *QUICK)
    assert (code, out) == (3, "")
    assert word in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("site", "bhutan"),
        ("rank", "bhutan", "--load-mw", "-5"),
        ("rank", "bhutan", "--redundancy", "3N"),
        ("rank", "bhutan", "--colour", "red"),
        ("frobnicate",),
    ],
)
def test_usage_errors_end_with_2(command, words) -> None:
    assert command(*words)[0] == 2


def test_an_unknown_place_names_the_known_ones(command) -> None:
    code, _, err = command("rank", "atlantis")
    assert code == 3
    assert "norway" in err


def test_no_site_ends_with_4(command) -> None:
    code, _, err = command("rank", "bhutan", "--load-mw", "20000", "--quiet")
    assert code == 4
    assert "lower the load" in err


def test_an_unwritable_target_ends_with_6(command, tmp_path) -> None:
    (tmp_path / "file").write_text("here", encoding="utf-8")
    code, _, err = command("export", "bhutan", "--out", str(tmp_path / "file" / "x"), *QUICK)
    assert code == 6
    assert "Traceback" not in err


def test_bad_input_leaves_earlier_outputs_as_they_were(command, own_place, tmp_path) -> None:
    out = tmp_path / "out"
    assert command("export", str(own_place), "--out", str(out), *QUICK)[0] == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    edit(own_place / "lines.csv", "BT-THP,BT-MAL,400,", "BT-THP,BT-MAL,,")
    code, _, err = command("export", str(own_place), "--out", str(out), *QUICK)
    assert code == 3
    assert "lines.csv row 3" in err
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_interrupt_ends_with_130(command, monkeypatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("layers.place.open_place", stop)
    assert command("rank", "bhutan")[0] == 130


def test_assumptions_are_a_table_with_sources(command) -> None:
    _, out, _ = command("assumptions")
    assert "| detour_factor | 1.3 |" in out
    documented = Path(cli.__file__).parent / "docs" / "assumptions.md"
    assert documented.read_text(encoding="utf-8") == out


def test_backtest_prints_each_campus_with_its_baseline(command) -> None:
    code, out, _ = command("backtest", "bhutan", *QUICK)
    assert code == 0
    assert "| Gedu |" in out
    assert "| Jigmeling |" in out
    assert "Over 2 campuses:" in out
    for order in ("powersite", "distance to 220 kV", "chance", "powersite less distance"):
        assert re.search(rf"^\| {order} \| ", out, re.MULTILINE)


def test_backtest_of_one_campus_has_no_interval(command, own_place) -> None:
    campuses = own_place / "campuses.csv"
    lines = campuses.read_text(encoding="utf-8").splitlines(keepends=True)
    campuses.write_text("".join(lines[:2]), encoding="utf-8")
    code, out, _ = command("backtest", str(own_place), *QUICK)
    assert code == 0
    assert "One campus, so no interval." in out
    assert " to " not in out.partition("no interval.")[2].replace("distance to", "")


def test_backtest_of_two_places_sums_up(command, own_place) -> None:
    _, out, _ = command("backtest", "bhutan", str(own_place), *QUICK)
    assert out.count("Over 2 campuses:") == 2
    assert "Over 4 campuses:" in out.partition("## All places")[2]


CASE = {
    "bus.csv": "bus_id,Pd,baseKV,other\n1,0,230,x\n2,40,230,y\n",
    "branch.csv": "branch_id,from_bus_id,to_bus_id,x,rateA,rateC,ratio,status\n"
    "a,1,2,0.1,100,0,0,1\nb,1,2,0.1,100,0,0,1\n",
    "plant.csv": "plant_id,bus_id,Pmax,status,type\np,1,300,1,hydro\n",
}


@pytest.fixture
def case_folder(tmp_path) -> Path:
    for name, text in CASE.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_headroom_of_a_case(command, case_folder) -> None:
    """Two circuits of 100 MW, 40 drawn: 160 in normal operation, 60 with one out."""
    code, out, _ = command("headroom", str(case_folder), "--format", "csv", "--min-kv", "200")
    rows = {row["bus_id"]: row for row in csv.DictReader(io.StringIO(out))}
    assert code == 0
    assert list(rows["2"]) == [
        "bus_id", "normal_mw", "firm_mw", "limiting_branch", "limiting_outage", "factor",
        "loading_before", "loading_after",
    ]  # fmt: skip
    assert float(rows["2"]["normal_mw"]) == pytest.approx(160)
    assert float(rows["2"]["firm_mw"]) == pytest.approx(60)


def test_a_broken_case_names_file_and_row(command, case_folder) -> None:
    edit(case_folder / "plant.csv", "p,1,300", "p,7,300")
    code, out, err = command("headroom", str(case_folder))
    assert (code, out) == (3, "")
    assert "plant.csv row 2 column bus_id" in err


def test_a_case_as_a_table(command, case_folder) -> None:
    _, out, _ = command("headroom", str(case_folder))
    assert "Limited by" in out
    assert max(map(len, out.splitlines())) <= 80


def test_limits_and_upgrades_of_every_bus(command) -> None:
    code, out, _ = command("headroom", "bhutan", "--show", "limits", "--format", "json")
    limits = json.loads(out)["limits"]
    assert code == 0
    assert {"bus_id", "step", "firm_mw", "branch_name", "gain_mw_per_mw"} <= set(limits[0])
    code, out, _ = command("headroom", "bhutan", "--show", "upgrades")
    assert code == 0
    assert "second circuit" in out
    assert max(map(len, out.splitlines())) <= 80


def test_limits_have_no_geometry(command) -> None:
    code, _, err = command("headroom", "bhutan", "--show", "limits", "--format", "geojson")
    assert code == 3
    assert "ask for csv or json" in err


TOWER = "outage_id,branch_id\ntower 1,a\ntower 1,b\n"
SUBS = {
    "sub.csv": "sub_id,name,lat,lon\nN,North,60.5,10.25\nS,South,59,11\n",
    "bus2sub.csv": "bus_id,sub_id\n1,N\n2,S\n",
}


def test_a_tower_of_a_case(command, case_folder) -> None:
    """Both circuits gone, bus 2 has nothing of its own."""
    (case_folder / "outage.csv").write_text(TOWER, encoding="utf-8")
    _, out, _ = command("headroom", str(case_folder), "--format", "csv")
    rows = {row["bus_id"]: row for row in csv.DictReader(io.StringIO(out))}
    assert float(rows["2"]["firm_mw"]) == 0
    assert rows["2"]["limiting_outage"] == "tower 1"


def test_a_broken_table_of_outages_names_file_and_row(command, case_folder) -> None:
    (case_folder / "outage.csv").write_text(TOWER.replace("1,b", "1,x"), encoding="utf-8")
    code, out, err = command("headroom", str(case_folder))
    assert (code, out) == (3, "")
    assert "outage.csv row 3 column branch_id" in err


def test_a_case_with_stations_is_a_layer_of_points(command, case_folder) -> None:
    for name, text in SUBS.items():
        (case_folder / name).write_text(text, encoding="utf-8")
    _, out, _ = command("headroom", str(case_folder), "--format", "geojson")
    points = {
        feature["properties"]["bus_id"]: feature["geometry"]
        for feature in json.loads(out)["features"]
    }
    assert points["2"] == {"type": "Point", "coordinates": [11.0, 59.0]}
    _, out, _ = command("headroom", str(case_folder), "--format", "csv")
    assert "geometry" not in out


def test_stations_lost_are_said_on_stderr(command, case_folder) -> None:
    (case_folder / "bus2sub.csv").write_text(SUBS["bus2sub.csv"], encoding="utf-8")
    code, out, err = command("headroom", str(case_folder), "--format", "csv", "--stations")
    assert code == 0
    assert "station N" in out
    assert "2 stations are lost one at a time" in err


def test_an_interrupted_case_goes_on_from_its_checkpoint(
    command, case_folder, tmp_path, monkeypatch
) -> None:
    kept = tmp_path / "kept.npz"
    words = ("headroom", str(case_folder), "--format", "csv", "--checkpoint", str(kept))
    plain = command(*words[:-2])[1]

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("geo.finder.Finder.answers", stop)
        code, out, err = command(*words)
    assert (code, out) == (130, "")
    assert f"interrupted; the same command goes on from {kept}" in err
    assert kept.exists()
    code, _, err = command(*words, "--cutoff", "0.2")
    assert code == 3
    assert "--cutoff 0.05 there, 0.2 here" in err
    with monkeypatch.context() as patch:
        patch.setattr("geo.pairs.shift_pass", stop)  # the pass is done: it must not be called
        assert command(*words)[:2] == (0, plain)
    assert not kept.exists()


@pytest.mark.parametrize("option", [("--stations",), ("--checkpoint", "x.npz")])
def test_options_of_cases_are_refused_for_places(command, option) -> None:
    code, _, err = command("headroom", "bhutan", *option)
    assert code == 3
    assert "for cases" in err


def test_limits_are_for_places(command, case_folder) -> None:
    code, _, err = command("headroom", str(case_folder), "--show", "limits")
    assert code == 3
    assert "--show limits and --show upgrades are for places" in err


def test_check_of_a_case_prints_every_fault_at_once(command, case_folder) -> None:
    assert command("check", str(case_folder))[:2] == (0, f"{case_folder}: no fault found\n")
    edit(case_folder / "plant.csv", "p,1,300", "p,7,300")
    edit(case_folder / "branch.csv", "b,1,2,0.1", "b,1,9,0")
    code, out, _ = command("check", str(case_folder))
    assert code == 3
    for where in ("plant.csv row 2 column bus_id", "branch.csv row 3 column to_bus_id", "column x"):
        assert where in out


def test_a_scheduler_without_dask_is_refused(command) -> None:
    code, _, err = command("land", "bhutan", "--scheduler", "tcp://127.0.0.1:9")
    assert code == 3
    assert "--scheduler is for --engine dask" in err


def test_land_needs_surfaces(command) -> None:
    code, _, err = command("land", "bhutan")
    assert code == 3
    assert "has no surfaces to screen" in err


def test_an_interrupt_that_a_library_loses_is_told_by_the_code(command, monkeypatch) -> None:
    """The exception comes up where nothing can carry it on, so the run goes on to its end."""

    class Careless:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGTERM)

    def lost() -> tuple[str, ...]:
        thing = Careless()
        del thing
        return ("bhutan",)

    told: list[object] = []
    monkeypatch.setattr("layers.place.built_in_places", lost)
    monkeypatch.setattr("sys.unraisablehook", told.append)
    code, out, _ = command("places")
    assert told
    assert code == 128 + signal.SIGTERM
    assert "bhutan" in out
