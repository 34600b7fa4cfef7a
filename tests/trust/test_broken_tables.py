"""Tables and settings as people spoil them: mended and told, or refused in one clear line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.trust.country import Country, build

if TYPE_CHECKING:
    from collections.abc import Callable

    Spoil = Callable[[Country], object]

L1 = "A,B,300,2,28,900,line,false,0.9,"
LONG = 200_000


def cell(file: str, old: str, new: str) -> Spoil:
    """Replace one piece of a file."""
    return lambda country: country.spoil(file, old, new)


def whole(file: str, how: Callable[[str], str | bytes]) -> Spoil:
    """Rewrite a file."""
    return lambda country: country.change(file, how)


def rows(file: str, *more: str) -> Spoil:
    """Add rows to a table."""
    return lambda country: country.add(file, *more)


def plant(mw: str) -> Spoil:
    """Write something as the capacity of the dam."""
    return cell("plants.csv", "hydro,900", f"hydro,{mw}")


def line(new: str) -> Spoil:
    """Write something in place of the first line's ends and numbers."""
    return cell("lines.csv", L1, new)


def toml(old: str, new: str) -> Spoil:
    """Change the settings."""
    return cell("place.toml", old, new)


NUMBER = "plants.csv row 2 column capacity_mw"
NO_NUMBERS = {
    "with its unit": "900 MW",
    "with a thousands separator": '"1,900"',
    "with a decimal comma": '"900,5"',
    "infinite": "1e999",
    "not a number by name": "nan",
    "hexadecimal": "0x10",
    "true": "True",
    "with an underscore": "9_00",
    "in Arabic digits": "٩٠٠",
    "in full-width digits": "\uff19\uff10\uff10",
    "a date": "2024-01-02",
    "a date with dots": "02.01.2024",
    "complex": "1+2j",
    "of Fortran": "9D2",
    "with a true minus": "−900",
    "none by name": "None",
    "not available": "N/A",
    "a broken reference": "#REF!",
    "a formula": "=900",
}
REFUSED: dict[str, tuple[Spoil, str, str]] = {
    **{name: (plant(text), NUMBER, "is not a number") for name, text in NO_NUMBERS.items()},
    "negative megawatts": (plant("-900"), NUMBER, "-900 is outside 0 to 30000 megawatt"),
    "kilowatts for megawatts": (plant("900000"), NUMBER, "is outside 0 to 30000 megawatt"),
    "no megawatts": (plant(""), NUMBER, "is empty"),
    "more energy than capacity": (
        cell("plants.csv", "900,3500", "900,35000"),
        "plants.csv row 2 column annual_gwh",
        "more than 900 MW give in a year (7,906)",
    ),
    "unknown written out": (
        cell("plants.csv", "900,3500", "900,NA"),
        "plants.csv row 2 column annual_gwh",
        "is not a number",
    ),
    "a misspelt fuel": (
        cell("plants.csv", "Dam,hydro", "Dam,hydr0"),
        "plants.csv row 2 column fuel",
        "did you mean 'hydro'?",
    ),
    "volts for kilovolts": (
        line("A,B,300000,2,28,900,line,false,0.9,"),
        "lines.csv row 2 column voltage_kv",
        "outside 1 to 1200 kilovolt",
    ),
    "megavolts for kilovolts": (
        line("A,B,0.3,2,28,900,line,false,0.9,"),
        "lines.csv row 2 column voltage_kv",
        "outside 1 to 1200 kilovolt",
    ),
    "volts at a station": (
        cell("substations.csv", "9.5,60.0,300", "9.5,60.0,300000"),
        "substations.csv row 3 column voltages_kv",
        "unknown voltage '300000'",
    ),
    "voltage with a comma": (
        cell("substations.csv", "9.5,60.0,300", '9.5,60.0,"300,0"'),
        "substations.csv row 3 column voltages_kv",
        "separated by semicolons",
    ),
    "a voltage that no station has": (
        line("A,B,66,2,28,900,line,false,0.9,"),
        "lines.csv row 2 column voltage_kv",
        "its substations list 300;132 and 300",
    ),
    "a self-loop": (
        line("A,A,300,2,28,900,line,false,0.9,"),
        "lines.csv row 2",
        "begins and ends at the same substation",
    ),
    "a line of zero length": (
        line("A,B,300,2,0,900,line,false,0.9,"),
        "lines.csv row 2 column length_km",
        "is 0, but its substations lie 27.9 km apart",
    ),
    "miles for hundreds": (
        line("A,B,300,2,2.8,900,line,false,0.9,"),
        "lines.csv row 2 column length_km",
        "is 2.8, but its substations lie 27.9 km apart",
    ),
    "metres for kilometres": (
        line("A,B,300,2,2800,900,line,false,0.9,"),
        "lines.csv row 2 column length_km",
        "is 2800, but its substations lie 27.9 km apart",
    ),
    "a rating of nothing": (
        line("A,B,300,2,28,0,line,false,0.9,"),
        "lines.csv row 2 column rating_mva",
        "leave it empty where unknown",
    ),
    "kilovolt-amperes": (
        line("A,B,300,2,28,900000,line,false,0.9,"),
        "lines.csv row 2 column rating_mva",
        "outside 0 to 20000 megavolt-ampere",
    ),
    "half a circuit": (
        line("A,B,300,1.5,28,900,line,false,0.9,"),
        "lines.csv row 2 column circuits",
        "is not a number",
    ),
    "percent for a share": (
        line("A,B,300,2,28,900,line,false,90,"),
        "lines.csv row 2 column confidence",
        "outside 0 to 1",
    ),
    "perhaps direct current": (
        line("A,B,300,2,28,900,line,maybe,0.9,"),
        "lines.csv row 2 column dc",
        "neither true nor false",
    ),
    "nothing but direct current": (
        whole("lines.csv", lambda text: text.replace("false", "true")),
        "lines",
        "every line is direct current",
    ),
    "a thousand parallel rows": (
        rows("lines.csv", *(f"M{i},x,A,B,300,1,28,900,line,false,0.9," for i in range(1000))),
        "lines.csv",
        "has 1002 circuits of 300 kV between 'A' and 'B'",
    ),
    "a line to nowhere": (
        line("A,Z,300,2,28,900,line,false,0.9,"),
        "lines.csv row 2 column to_substation",
        "no substation has the id 'Z'",
    ),
    "an id in another case": (
        line("a,B,300,2,28,900,line,false,0.9,"),
        "lines.csv row 2 column from_substation",
        "no substation has the id 'a'",
    ),
    "a station that no line meets": (
        rows("substations.csv", "Q,Quiet,9.3,60.1,300,"),
        "substations.csv row 7",
        "no line meets substation 'Q'",
    ),
    "stations all abroad": (
        whole("substations.csv", lambda text: text.replace(",\n", ",XYZ\n")),
        "substations",
        "no line meets one of the place itself",
    ),
    "an id twice": (
        whole("plants.csv", lambda text: text.replace("P2", "P1")),
        "plants.csv row 3 column id",
        "'P1' is used twice",
    ),
    "an id twice but for blanks": (
        whole("plants.csv", lambda text: text.replace("P2", " P1 ")),
        "plants.csv row 3 column id",
        "'P1' is used twice",
    ),
    "an id twice but for what no one sees": (
        whole("plants.csv", lambda text: text.replace("P2", "P1\u200b")),
        "plants.csv row 3 column id",
        "'P1' is used twice",
    ),
    "an id twice, composed in two ways": (
        whole("plants.csv", lambda text: text.replace("P2", "é").replace("P3", "e\u0301")),
        "plants.csv row 4 column id",
        "'é' is used twice",
    ),
    "an id without end": (
        whole("plants.csv", lambda text: text.replace("P2", "P" * LONG)),
        "plants.csv row 3",
        "field larger than field limit",
    ),
    "swapped axes at a station": (
        cell("substations.csv", "B,Beta,9.5,60.0", "B,Beta,60.0,9.5"),
        "substations.csv row 3",
        "check that lon and lat are not swapped",
    ),
    "swapped axes of the climate": (
        whole("climate.csv", lambda text: text.replace("lon,lat", "lat,lon")),
        "climate.csv row 2",
        "check that lon and lat are not swapped",
    ),
    "swapped axes of gas": (
        whole("gas_fields.csv", lambda text: text.replace("lon,lat", "lat,lon")),
        "gas_fields.csv row 2",
        "check that lon and lat are not swapped",
    ),
    "swapped axes along a line": (
        cell("lines.csv", "9.1 60.2;9.1 60.3", "60.2 9.1;60.3 9.1"),
        "lines.csv row 3",
        "check that lon and lat are not swapped",
    ),
    "metres along a line": (
        cell("lines.csv", "9.1 60.2;9.1 60.3", "500000 6600000"),
        "lines.csv row 3",
        "not a finite",
    ),
    "null island": (
        cell("substations.csv", "B,Beta,9.5,60.0", "B,Beta,0,0"),
        "substations.csv row 3",
        "more than 400 km outside",
    ),
    "beyond the pole": (
        cell("substations.csv", "B,Beta,9.5,60.0", "B,Beta,9.5,90.5"),
        "substations.csv row 3 column lat",
        "outside -90 to 90 degrees",
    ),
    "once round the earth": (
        cell("substations.csv", "B,Beta,9.5,60.0", "B,Beta,369.5,60.0"),
        "substations.csv row 3 column lon",
        "outside -180 to 180 degrees",
    ),
    "degrees and minutes": (
        cell("substations.csv", "B,Beta,9.5,60.0", "B,Beta,9°30'E,60.0"),
        "substations.csv row 3 column lon",
        "is not a number",
    ),
    "no longitude": (
        cell("substations.csv", "B,Beta,9.5,60.0", "B,Beta,,60.0"),
        "substations.csv row 3 column lon",
        "is not a number",
    ),
    "kelvin": (
        cell("climate.csv", "6.0,16.0", "279,289"),
        "climate.csv row 2 column t_annual_c",
        "outside -60 to 45 degree Celsius",
    ),
    "the warmest month below the year": (
        cell("climate.csv", "6.0,16.0", "16.0,6.0"),
        "climate.csv row 2 column t_warmest_month_c",
        "6 is below the mean of the year, 16",
    ),
    "humidity as a share": (
        cell("climate.csv", "16.0,75", "16.0,0.75"),
        "climate.csv row 2 column rh_annual_pct",
        "outside 1 to 100 percent",
    ),
    "a price per kilowatt-hour": (
        cell("power_prices.csv", ",45,", ",0.045,"),
        "power_prices.csv row 2 column power_price_usd_per_mwh",
        "multiply it by 1000",
    ),
    "a price of a zone without towns": (
        cell("power_prices.csv", "\n,45", "\nZ1,45"),
        "power_prices.csv row 2 column zone",
        "no settlement lies in zone 'Z1'",
    ),
    "a zone twice": (
        rows("power_prices.csv", ",99,,"),
        "power_prices.csv row 3 column zone",
        "is used twice",
    ),
    "negative people": (
        cell("settlements.csv", "100000", "-100000"),
        "settlements.csv row 2 column population",
        "outside 0 to 5e+07",
    ),
    "days for months": (
        cell("policy.csv", ",3,,West", ",300,,West"),
        "policy.csv row 2 column delay_months",
        "outside 0 to 240 month",
    ),
    "a rule of no effect known": (
        cell("policy.csv", ",delay,", ",slow,"),
        "policy.csv row 2 column effect",
        "write one of cost, delay, gate, none",
    ),
    "a feed of no kind": (
        cell("campuses.csv", "runs,N,", "runs,single,"),
        "campuses.csv row 2 column feed",
        "write one of 2N, N, N+1",
    ),
    "an outage of nothing": (
        cell("outages.csv", "Tower,L3", "Tower,L9"),
        "outages.csv row 3 column element",
        "no line and no substation has the id 'L9'",
    ),
    "an empty file": (lambda country: country.write("plants.csv", ""), "plants.csv", "is empty"),
    "a header alone": (
        whole("plants.csv", lambda text: text.split("\n")[0] + "\n"),
        "plants.csv",
        "layer 'plants' has no rows",
    ),
    "no header": (
        whole("plants.csv", lambda text: text.split("\n", 1)[1]),
        "plants.csv",
        "column 'lon' is missing",
    ),
    "a header twice": (
        whole("plants.csv", lambda text: text + text.split("\n")[0] + "\n"),
        "plants.csv row 5 column lon",
        "is not a number",
    ),
    "a total below": (
        rows("plants.csv", "Total,,,1300,,,,,"),
        "plants.csv row 5 column lon",
        "is not a number",
    ),
    "units below the header": (
        whole("plants.csv", lambda text: text.replace("\nP1", "\n,,,MW,GWh,GWh,,deg,deg\nP1")),
        "plants.csv row 2 column lon",
        "is not a number",
    ),
    "a comment above the header": (
        whole("plants.csv", lambda text: "# by hand\n" + text),
        "plants.csv row 1",
        "begins with '# by hand'",
    ),
    "a spreadsheet's first line": (
        whole("plants.csv", lambda text: "sep=,\n" + text),
        "plants.csv row 1",
        "remove what is above the header",
    ),
    "semicolons": (
        whole("plants.csv", lambda text: text.replace(",", ";")),
        "plants.csv row 1",
        "is separated by semicolons",
    ),
    "tabs": (
        whole("plants.csv", lambda text: text.replace(",", "\t")),
        "plants.csv row 1",
        "is separated by tabs",
    ),
    "a short row": (rows("plants.csv", "P9,x"), "plants.csv row 5", "has 2 cells, the header 9"),
    "a long row": (
        rows("plants.csv", "P9,x,gas,5,5,5,,9,60,7"),
        "plants.csv row 5",
        "has 10 cells, the header 9",
    ),
    "an open quote": (
        whole("plants.csv", lambda text: text.replace("Dam", '"Dam')),
        "plants.csv row 2",
        "check the quotes of this row",
    ),
    "Latin-1": (
        whole("plants.csv", lambda text: text.replace("Dam", "Dåm").encode("latin-1")),
        "plants.csv row 2",
        "is not UTF-8 (byte 0xe5)",
    ),
    "a quote of Windows": (
        whole("plants.csv", lambda text: text.replace("Mill", "Mill’s").encode("cp1252")),
        "plants.csv row 4",
        "is not UTF-8 (byte 0x92)",
    ),
    "UTF-16 without its mark": (
        whole("plants.csv", lambda text: text.encode("utf-16-le")),
        "plants.csv row 1",
        "bytes of zero, as UTF-16",
    ),
    "a byte of zero": (
        whole("plants.csv", lambda text: text.replace("Stack", "St\0ck")),
        "plants.csv row 3",
        "bytes of zero",
    ),
    "a column twice": (
        whole("plants.csv", lambda text: text.replace("annual_gwh", "capacity_mw")),
        "plants.csv row 1",
        "column 'capacity_mw' is there twice",
    ),
    "a column twice but for capitals": (
        whole("plants.csv", lambda text: text.replace("annual_gwh", "Capacity_MW")),
        "plants.csv",
        "'Capacity_MW' differs from 'capacity_mw' in capitals",
    ),
    "an optional column in capitals": (
        whole("plants.csv", lambda text: text.replace("annual_gwh", "ANNUAL_GWH")),
        "plants.csv",
        "'ANNUAL_GWH' differs from 'annual_gwh' in capitals",
    ),
    "a file that is not there": (
        lambda country: (country.folder / "plants.csv").unlink(),
        "plants.csv",
        "does not exist",
    ),
    "a folder for a file": (
        lambda country: (
            country.write("x", ""),
            (country.folder / "plants.csv").unlink(),
            (country.folder / "plants.csv").mkdir(),
        ),
        "plants.csv",
        "does not exist",
    ),
    "settings that are no TOML": (
        whole("place.toml", lambda text: text + "\n[["),
        "place.toml",
        "is not TOML",
    ),
    "settings in Latin-1": (
        whole("place.toml", lambda text: text.replace("Made", "Måde").encode("latin-1")),
        "place.toml",
        "is not UTF-8 at byte",
    ),
    "settings without bottom": (
        whole("place.toml", lambda text: f"x = {'[' * 5000}{']' * 5000}\n{text}"),
        "place.toml",
        "is nested too deeply",
    ),
    "empty settings": (
        lambda country: country.write("place.toml", ""),
        "place.toml",
        "option 'name' is missing",
    ),
    "demand in quotes": (
        toml("demand_mw = 300", 'demand_mw = "300"'),
        "place.toml option demand_mw",
        "write a number",
    ),
    "unknown demand": (
        toml("demand_mw = 300", "demand_mw = nan"),
        "place.toml option demand_mw",
        "above 0",
    ),
    "true demand": (
        toml("demand_mw = 300", "demand_mw = true"),
        "place.toml option demand_mw",
        "write a number",
    ),
    "a date for demand": (
        toml("demand_mw = 300", "demand_mw = 2024-01-01"),
        "place.toml option demand_mw",
        "write a number",
    ),
    "a load that is none": (
        toml("load_mw = 50", "load_mw = nan"),
        "option load_mw",
        "not a number from 0.1 to 20000",
    ),
    "a place in degrees": (
        toml("EPSG:25832", "EPSG:4326"),
        "place.toml option crs",
        "not measured in metres",
    ),
    "a place in feet": (
        toml("EPSG:25832", "EPSG:2263"),
        "place.toml option crs",
        "not measured in metres",
    ),
    "a place in metres of Mercator": (
        toml("EPSG:25832", "EPSG:3857"),
        "regions.geojson row 1",
        "lengths there are off by 106%",
    ),
    "a place measured from the other side": (
        toml("EPSG:25832", "EPSG:32760"),
        "regions.geojson row 1",
        "north downwards there",
    ),
    "a CRS of no table": (
        lambda country: country.use("plants", "plants.csv", 'crs = "EPSG:1"'),
        "place.toml [layers.plants] crs",
        "'EPSG:1' is not a CRS",
    ),
    "a weight below 0": (
        toml("[scenario]", "[scenario]\nweights = {firm_mw = -1}"),
        "weight firm_mw",
        "not a number from 0",
    ),
}
SAME: dict[str, Spoil] = {
    "byte order mark": whole("plants.csv", lambda text: b"\xef\xbb\xbf" + text.encode()),
    "lines ended as on Windows": whole("plants.csv", lambda text: text.replace("\n", "\r\n")),
    "lines ended as on old Macs": whole("plants.csv", lambda text: text.replace("\n", "\r")),
    "blanks around names and cells": whole(
        "plants.csv",
        lambda text: text.replace("capacity_mw", " capacity_mw ").replace("P1", " P1 "),
    ),
    "blank rows": whole("plants.csv", lambda text: text.replace("\n", "\n\n , ,\n", 1)),
    "a column more, without a name": whole(
        "ties.csv", lambda text: text.replace("note\n", "note,\n").replace("traded\n", "traded,\n")
    ),
    "ids that are other numbers alike": whole(
        "plants.csv", lambda text: text.replace("P1", "1").replace("P2", "1.0")
    ),
    "an id called nan": whole("plants.csv", lambda text: text.replace("P2", "nan")),
    "settings from Windows": whole(
        "place.toml", lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    ),
}
TOLD: dict[str, tuple[Spoil, str]] = {
    "a misspelt column": (
        whole("lines.csv", lambda text: text.replace("rating_mva", "rating_mw")),
        "lines.csv: column 'rating_mw' is not read, and rating_mva is taken as unknown",
    ),
    "letters that no one sees": (
        whole("plants.csv", lambda text: text.replace("Dam", "D\u00adm").replace("Mill", "M\x07l")),
        "plants.csv: 2 cells lost characters that no one sees",
    ),
    "letters in two parts": (
        whole("substations.csv", lambda text: text.replace("Alpha", "A\u030alpha")),
        "substations.csv: 1 cells lost characters",
    ),
    "an unknown fuel": (
        cell("plants.csv", "Stack,gas", "Stack,straw"),
        "plants.csv: unknown fuels run evenly and count as firm: 'straw' (1 plants)",
    ),
    "loads beyond the demand": (
        toml("demand_mw = 300", "demand_mw = 30"),
        "The loads listed draw 60 MW, more than the demand asked for",
    ),
    "more demand than can be fed": (
        toml("demand_mw = 300", "demand_mw = 300000"), "MW of demand exceed what can feed them",
    ),
    "an island with a plant": (
        lambda country: (
            country.add("substations.csv", "Q,Quiet,9.8,60.8,132,", "R,Rest,9.9,60.8,132,"),
            country.add("lines.csv", "L7,Q - R,Q,R,132,1,6,200,line,false,0.9,"),
            country.add("plants.csv", "P7,Lone,hydro,100,,,operating,9.8,60.8"),
        ),
        "2 buses lie in 1 islands that no line of the data joins to the rest",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_in_one_line_with_its_place_and_remedy(name, country: Country, command) -> None:
    spoil, where, words = REFUSED[name]
    spoil(country)
    printed = command("rank", str(country.folder), "--format", "json")
    assert (printed.code, printed.out) == (3, "")
    (told,) = printed.err.splitlines()
    assert told.startswith(f"powersite: {where}")
    assert words in told
    assert "; " in told.removeprefix("powersite: ")


@pytest.mark.slow
@pytest.mark.parametrize("name", SAME)
def test_makes_no_difference(name, country: Country, answer, tmp_path) -> None:
    SAME[name](country)
    assert answer(country) == answer(build(tmp_path / "clean"))


@pytest.mark.slow
@pytest.mark.parametrize("name", TOLD)
def test_is_told_with_the_answer(name, country: Country, answer) -> None:
    spoil, words = TOLD[name]
    spoil(country)
    assert any(words in note for note in answer(country)["notes"])


def test_a_country_without_fault_has_nothing_mended(answer, country: Country) -> None:
    assert not any(".csv" in note for note in answer(country)["notes"])


def test_a_single_zone_is_the_whole(answer, country: Country, tmp_path) -> None:
    """Once it had no balance of the whole, and ended in a traceback."""
    country.spoil("settlements.csv", "100000,", "100000,Z1")
    country.spoil("power_prices.csv", "\n,45", "\nZ1,45")
    ours, clean = answer(country), answer(build(tmp_path / "clean"))
    assert [site["score"] for site in ours["sites"]] == [site["score"] for site in clean["sites"]]


def test_a_disk_that_fails(country: Country, command, monkeypatch) -> None:
    def fails(_path: object) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("layers.frames.sha256_of", fails)
    printed = command("check", str(country.folder))
    assert printed.code == 3
    assert "plants.csv: cannot be read (Input/output error); check" in printed.out
