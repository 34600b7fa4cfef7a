"""Lines of HIFLD as its server gives them."""

from __future__ import annotations

import json
import math

from layers.imported import Asked
from layers.importers import read_source


def feature(number: str, lon: float, lat: float, **told: object) -> dict:
    properties = {"ID": number, "TYPE": "AC; OVERHEAD", "STATUS": "IN SERVICE", "VOLTAGE": 345,
                  "VOLT_CLASS": "345"} | told  # fmt: skip
    path = {"type": "LineString", "coordinates": [[lon, lat], [lon + 0.2, lat + 0.1]]}
    return {"type": "Feature", "properties": properties, "geometry": path}


def read(path, *features: dict, min_kv: float = 50.0):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [*features]}))
    return read_source("hifld", path, path.name, Asked(("lines",), min_kv))


def test_lines(tmp_path) -> None:
    got = read(
        tmp_path / "l.geojson",
        feature("1", -97, 30),
        feature("2", -97, 31, VOLTAGE=-999999, VOLT_CLASS="220-287"),
        feature("3", -97, 32, VOLTAGE=-999999, VOLT_CLASS="NOT AVAILABLE"),
        feature("4", -97, 33, VOLTAGE=-999999, VOLT_CLASS="UNDER 100"),
        feature("5", -97, 34, VOLTAGE=34.5, VOLT_CLASS="UNDER 100"),
        feature("6", -97, 35, STATUS="UNDER CONST"),
        feature("7", -97, 36, TYPE="DC; UNDERGROUND", VOLTAGE=400, VOLT_CLASS="DC"),
        feature("8", -97, 37) | {"geometry": None},
        feature("9", -97, 38, VOLTAGE=-999999, VOLT_CLASS="735 AND ABOVE"),
    )
    assert got.faults == ()
    lines = got.frames["lines"].set_index("id")
    assert lines["voltage_kv"].dropna().to_dict() == {"h1": 345, "h2": 220, "h7": 400, "h9": 735}
    assert math.isnan(lines.loc["h3", "voltage_kv"])
    assert lines.loc[["h1", "h2"], "imputed"].tolist() == ["", "voltage: lower end of its class"]
    assert lines.loc["h7", ["dc", "category"]].tolist() == [True, "cable"]
    assert not lines.loc["h1", "dc"]
    assert got.notes["lines"] == (
        "Left out: 1 lines not in service, 2 lines below 50 kV, 1 lines without a path.",
        "Set by rule: voltage: lower end of its class (2).",
    )


def test_pages_are_read_as_one_and_no_line_twice(tmp_path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    read(folder / "0000.json", feature("1", -97, 30), feature("2", -97, 31))
    read(folder / "0001.json", feature("2", -97, 31), feature("3", -97, 32))
    got = read_source("hifld", folder, "pages", Asked(("lines",)))
    assert sorted(got.frames["lines"]["id"]) == ["h1", "h2", "h3"]


def test_something_else_is_told(tmp_path) -> None:
    (fault,) = read(tmp_path / "a.json", {"properties": {"NAME": "x"}, "geometry": None}).faults
    assert "has no column 'ID'" in str(fault)
    (tmp_path / "b.json").write_text("{}")
    (fault,) = read_source("hifld", tmp_path / "b.json", "b.json", Asked(("lines",))).faults
    assert "cannot be read as GeoJSON" in str(fault)


def test_no_line_at_all(tmp_path) -> None:
    got = read(tmp_path / "a.json")
    assert len(got.frames["lines"]) == 0
