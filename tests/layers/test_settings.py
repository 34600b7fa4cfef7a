"""``place.toml``: every unknown or ill-typed option is one fault with a suggestion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geo.errors import LayerError
from geo.standards import STANDARDS
from layers.place import built_in_places, open_place
from layers.settings import read_settings

if TYPE_CHECKING:
    from conftest import Toy

TOP = 'note = "Made up."\n'
PLANTS = '[layers.plants]\nfile = "plants.csv"\n'


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (TOP, 'nots = ""\n', "place.toml option nots: is unknown; did you mean 'note'?"),
        (
            TOP,
            "frequency_hz = 50.0\n",
            "place.toml option frequency_hz: 50.0 is not a whole number; write a whole number",
        ),
        (
            TOP,
            "frequency_hz = 55\n",
            "place.toml option frequency_hz: 55 is not allowed; write 50 or 60",
        ),
        (
            TOP,
            "note = 7\n",
            "place.toml option note: 7 is not text in quotes; write text in quotes",
        ),
        (
            TOP,
            'unconnected = ["A", 7]\n',
            "place.toml option unconnected: ['A', 7] is not allowed; write ids in quotes",
        ),
        (
            TOP,
            '[demand_source]\ntitel = "x"\n',
            "place.toml [demand_source] option titel: is unknown; did you mean 'title'?",
        ),
        (
            TOP,
            "[scenario]\ncell = 5\n",
            "place.toml [scenario] option cell: is unknown; did you mean 'cell_km'?",
        ),
        (
            TOP,
            "[scenario]\nload_mw = -5\n",
            "option load_mw: -5 is not a number from 0.1 to 20000; choose a value in that range",
        ),
        (
            TOP,
            "[standards]\nambiente_c = 20\n",
            (
                "place.toml standards.ambiente_c: is not an assumption that can be set; "
                "see docs/assumptions.md"
            ),
        ),
        (
            TOP,
            TOP + '[standards.durations."studdy"]\nmin_months = 8\n',
            (
                'place.toml standards.durations."studdy": is no row of this table; '
                "did you mean 'study'?"
            ),
        ),
        (
            TOP,
            TOP + '[standards.durations."study"]\nmin_months = "8"\n',
            (
                "place.toml standards.durations.\"study\" min_months: '8' is not a number; "
                "write a number"
            ),
        ),
        (
            TOP,
            TOP + "[standards.durations.study]\nmin_months = 20\n",
            (
                'place.toml standards.durations."study": shortest 20, likely 18, longest 48 months '
                "are not in order; correct it; what is not given stays as it was"
            ),
        ),
        (
            TOP,
            TOP + "[standards]\nline_costs = 3\n",
            (
                "place.toml standards.line_costs: 3 is not a table of rows; "
                'write [standards.line_costs."69"] and below it line_usd_per_km = …'
            ),
        ),
        (
            "demand_mw = 100\n",
            "demand_mw = 0\n",
            "place.toml option demand_mw: 0 is not allowed; write megawatts above 0",
        ),
        (
            "demand_mw = 100\n",
            "demand_mw = inf\n",
            "place.toml option demand_mw: inf is not allowed; write megawatts above 0",
        ),
        (
            "demand_mw = 100\n",
            "demand_mw = true\n",
            "place.toml option demand_mw: True is not a number; write a number",
        ),
        (
            '"TOY"',
            '"Toyland"',
            (
                "place.toml option country: 'Toyland' is not allowed; "
                "write the ISO code of three capital letters"
            ),
        ),
        (
            '"EPSG:25832"',
            '"EPSG:4326"',
            (
                "place.toml option crs: 'EPSG:4326' is not measured in metres; "
                "write the EPSG code of a metric CRS, as 'EPSG:25833'"
            ),
        ),
        (
            '"EPSG:25832"',
            '"EPSG:2222"',  # Arizona, in feet
            (
                "place.toml option crs: 'EPSG:2222' is not measured in metres; "
                "write the EPSG code of a metric CRS, as 'EPSG:25833'"
            ),
        ),
        (
            '"EPSG:25832"',
            '"EPSG:0"',
            (
                "place.toml option crs: 'EPSG:0' is not a CRS; "
                "write the EPSG code of a metric CRS, as 'EPSG:25833'"
            ),
        ),
        (
            'title = "Toyland"\n',
            "",
            "place.toml: option 'title' is missing; add it; the built-in places show how",
        ),
        (
            "[layers.plants]",
            "[layers.plant]",
            "place.toml [layers.plant]: is unknown; did you mean 'plants'?",
        ),
        (
            PLANTS,
            PLANTS + "may_be_emty = true\n",
            (
                "place.toml [layers.plants] option may_be_emty: is unknown; "
                "did you mean 'may_be_empty'?"
            ),
        ),
        (
            PLANTS,
            "[layers.plants]\n",
            (
                "place.toml [layers.plants]: option 'file' is missing; "
                "add it; the built-in places show how"
            ),
        ),
        (
            PLANTS,
            PLANTS + '[layers.plants.columns]\ncapacity = "mw"\n',
            (
                "place.toml [layers.plants.columns] option capacity: is unknown; "
                "did you mean 'capacity_mw'?"
            ),
        ),
        (
            PLANTS,
            PLANTS + '[layers.plants.source]\nlicense = "MIT"\n',
            "place.toml [layers.plants.source] option license: is unknown; did you mean 'licence'?",
        ),
        (
            PLANTS,
            PLANTS + 'crs = "WGS85"\n',
            "place.toml [layers.plants] crs: 'WGS85' is not a CRS; write one as 'EPSG:4326'",
        ),
        (
            PLANTS,
            PLANTS + 'format = "gridkitt"\n',
            "place.toml [layers.plants] format: 'gridkitt' is unknown; did you mean 'gridkit'?",
        ),
        (
            PLANTS,
            PLANTS + 'format = "gpkg"\n',
            "place.toml [layers.plants] format: 'plants.csv' is not named as gpkg; name it *.gpkg",
        ),
        (
            '"plants.csv"',
            '"plants.dxf"',
            (
                "place.toml [layers.plants] file: 'plants.dxf' is of no known format; "
                "convert it to one of csv, geojson, gpkg, shp, fgb, xlsx, kml, gml"
            ),
        ),
    ],
)
def test_fault_of_an_option(toy: Toy, old: str, new: str, expected: str) -> None:
    toy.spoil("place.toml", old, new)
    assert toy.faults() == [expected]
    with pytest.raises(LayerError) as caught:
        open_place(str(toy.folder))
    assert str(caught.value) == expected


def test_a_layer_that_is_no_table(toy: Toy) -> None:
    toy.spoil("place.toml", PLANTS, "")
    toy.spoil("place.toml", TOP, TOP + '[layers]\nplants = "plants.csv"\n')
    assert toy.faults() == [
        (
            "place.toml [layers.plants]: 'plants.csv' is not a table; "
            "write [layers.plants] with its file"
        )
    ]


def test_every_fault_at_once(toy: Toy) -> None:
    toy.spoil("place.toml", TOP, 'nots = ""\n[scenario]\ncell = 5\n')
    toy.spoil("place.toml", PLANTS, PLANTS + 'unit = "MW"\n')
    with pytest.raises(LayerError, match=r"\(and 2 more;") as caught:
        open_place(str(toy.folder))
    assert len(caught.value.faults) == 3


def test_not_toml(toy: Toy) -> None:
    toy.write("place.toml", 'name = "toy\n')
    (fault,) = toy.faults()
    assert fault.startswith("place.toml: is not TOML: ")
    assert "line 1" in fault


def test_toml_in_another_encoding(toy: Toy) -> None:
    toy.write("place.toml", 'name = "tøy"\n', encoding="latin-1")
    assert toy.faults() == ["place.toml: is not UTF-8 at byte 9; save it as UTF-8"]


def test_options_and_standards_reach_the_place(toy: Toy) -> None:
    toy.spoil(
        "place.toml",
        TOP,
        "frequency_hz = 60\n[scenario]\ncell_km = 1.5\n[standards]\nambient_c = 40\n"
        '[demand_source]\ntitle = "Guess"\n',
    )
    place_file = open_place(str(toy.folder))
    assert place_file.options == {"cell_km": 1.5}
    assert place_file.place.frequency_hz == 60
    assert place_file.place.standards.ambient_c == 40
    assert STANDARDS.ambient_c == 25
    assert place_file.place.demand_source.title == "Guess"


def test_rows_of_tables_reach_the_place(toy: Toy) -> None:
    toy.spoil(
        "place.toml",
        TOP,
        TOP + '[standards.durations."study"]\nmin_months = 8\nsource = "the operator"\n'
        "[standards.line_costs.138]\nline_usd_per_km = 1.2e6\nusd_year = 2024\n",
    )
    standards = open_place(str(toy.folder)).place.standards
    study = standards.duration("study")
    assert (study.min_months, study.mode_months, study.source) == (8, 18, "the operator")
    row = next(row for row in standards.line_costs if row.voltage_kv == 138)
    assert (row.line_usd_per_km, row.bay_usd) == (1.2e6, 1.6e6)
    assert (row.usd_year, row.source) == (2024, "place.toml")


def test_entries_keep_the_order_of_kinds(toy: Toy) -> None:
    assert list(open_place(str(toy.folder)).entries) == [
        "substations",
        "lines",
        "regions",
        "plants",
        "land_prices",
        "ties",
    ]


@pytest.mark.parametrize("name", built_in_places())
def test_a_built_in_place_is_a_folder_like_any_other(name: str) -> None:
    folder = open_place(name).folder
    place_file, faults = read_settings(folder / "place.toml")
    assert faults == []
    assert place_file == open_place(str(folder))
