"""Importers by name, each from small tables in its format that are written here."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pandas as pd
import pypsa
import pytest

from geo.kinds import KINDS
from layers.imported import Asked
from layers.importers import IMPORTERS, importer_faults, read_source
from tests.layers.conftest import DATA

TAGS = '\'"TSO"=>"", "country"=>"{}"\''
GRIDKIT = {
    "buses.csv": "bus_id,station_id,voltage,dc,symbol,under_construction,tags,x,y\n"
    f"1,3,380,f,Substation,f,{TAGS.format('NO')},9.0,60.0\n"
    f"2,3,132,f,Substation,f,{TAGS.format('NO')},9.0,60.0\n"
    f"3,4,380,f,Substation,f,{TAGS.format('SE')},10.0,60.0\n"
    f"4,5,132,f,Joint,f,{TAGS.format('NO')},9.5,60.5\n"
    f"5,6,132,f,Substation,f,{TAGS.format('NO')},8.0,60.5\n",
    "lines.csv": "line_id,bus0,bus1,voltage,circuits,length,underground,under_construction,tags,"
    "geometry\n"
    "11,1,3,380,2,60000,False,False,,'LINESTRING(9 60,9.5 60.1,10 60)'\n"
    "12,2,4,132,1,70000,True,False,,'LINESTRING(9 60,9.5 60.5)'\n"
    "13,1,2,132,1,0,False,False,,'LINESTRING(9 60,9 60)'\n"
    "14,1,3,380,1,60000,False,True,,'LINESTRING(9 60,10 60)'\n"
    "15,1,99,380,1,60000,False,False,,'LINESTRING(9 60,10 60)'\n",
    "links.csv": "link_id,bus0,bus1,length,underground,under_construction,tags,geometry\n"
    "7,1,3,61000,t,f,,'LINESTRING(9 60,10 60)'\n",
}
WRI = (
    "country,country_long,name,gppd_idnr,capacity_mw,latitude,longitude,primary_fuel,"
    "generation_gwh_2018,generation_gwh_2019,estimated_generation_gwh_2017\n"
    "NOR,Norway,Dam,W1,100,60,9,Hydro,400,500,999\n"
    "NOR,Norway,Mill,W2,50,61,9,Wind,,,120\n"
    "NOR,Norway,Lost,W3,50,,9,Wind,,,\n"
    "SWE,Sweden,Other,W4,50,61,15,Wind,,,\n"
)
JRC = (
    "id,name,installed_capacity_MW,pumping_MW,type,country_code,lat,lon,dam_height_m,volume_Mm3,"
    "storage_capacity_MWh,avg_annual_generation_GWh\n"
    "H1,Kvilldal,1240,,HDAM,NO,59.5,6.6,,,7800000,3500\n"
    "H2,Coo,1164,1164,HPHS,BE,50.4,5.9,,,5000,\n"
)
GOGPT = (
    "GEM unit ID,Country/Area,Fuel,Plant name,Unit name,Capacity (MW),Status,Start year,Latitude,"
    "Longitude,Location accuracy\n"
    'G1,Norway,fossil gas: natural gas,Karsto,GT1,"1,420",operating,2007,59.3,5.5,exact\n'
    "G2,Norway,fossil liquids,Old,1,40,cancelled,,59.3,5.5,exact\n"
    "G3,Norway,fossil gas,New,2,,construction,,59.3,5.5,approximate\n"
)
GOGET = (
    "country/area,wiki-name,status,lat,lng,unit-id,production---gas-(million-m³/y)\n"
    "Norway,Troll,operating,60.6,3.7,OG1,36000\nNorway,Tiny,discovered,61,3,OG2,\n"
)
CASE = {
    "bus.csv": "bus_id,Pd,baseKV\n1,10,345\n2,30,115\n3,20,345\n4,0,115\n",
    "branch.csv": "branch_id,from_bus_id,to_bus_id,x,rateA\n"
    "1,1,3,0.1,900\n2,1,2,0.1,400\n3,1,3,0.1,0\n4,3,4,0.1,400\n",
    "plant.csv": "plant_id,bus_id,Pmax,type\n1,2,100,ng\n2,2,50,ng\n3,4,20,wind\n4,4,0,wind\n",
    "sub.csv": "sub_id,name,lat,lon\nA,Alpha,30,-97\nB,Beta,31,-97\n",
    "bus2sub.csv": "bus_id,sub_id\n1,A\n2,A\n3,B\n4,B\n",
}


def written(tmp_path, files):
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def read(form, path, *kinds: str, **asked: str):
    return read_source(form, path, path.name, Asked(kinds, **asked))


@pytest.mark.parametrize("form", IMPORTERS)
def test_importers_give_kinds_that_there_are(form: str) -> None:
    assert set(IMPORTERS[form].gives) <= set(KINDS)


def test_what_an_importer_cannot_do_is_said_at_once() -> None:
    faults = importer_faults("osm", "climate", ".csv", drawn=False, where="here")
    assert [str(fault) for fault in faults] == [
        "here format: 'osm' gives no climate; it gives substations, lines, plants",
        "here file: is not what 'osm' reads; name *.pbf or *.json or *.osm",
    ]
    (fault,) = importer_faults("osm", "lines", ".pbf", drawn=False, where="here")
    assert "add a table [topology]" in fault.remedy


def test_gridkit_joins_buses_and_names_ends(tmp_path) -> None:
    got = read("gridkit", written(tmp_path, GRIDKIT), "substations", "lines", country="NOR")
    lines = got.frames["lines"].set_index("id")
    assert sorted(lines.index) == ["11", "12", "dc7"]
    assert lines.loc["11", ["from_substation", "to_substation"]].tolist() == ["S3", "S4"]
    assert lines.loc["11", ["voltage_kv", "circuits", "length_km"]].tolist() == [380, 2, 60]
    assert lines["category"].to_dict() == {"11": "line", "12": "cable", "dc7": "cable"}
    assert lines.loc["dc7", ["dc", "voltage_kv", "circuits"]].tolist() == [True, 380, 1]
    assert lines.loc["11", "imputed"] == "voltage: lower end of its class"
    stations = got.frames["substations"].set_index("id")
    assert stations["voltages_kv"].to_dict() == {"S3": "380;132", "S4": "380", "S5": "132"}
    assert stations["country"].to_dict() == {"S3": "", "S4": "SWE", "S5": ""}
    assert got.notes["lines"] == (
        "Left out: 1 lines under construction, 1 lines without an end, 1 lines within one station.",
    )


def test_gridkit_that_is_none(tmp_path) -> None:
    faults = [str(fault) for fault in read("gridkit", tmp_path, "lines").faults]
    assert len(faults) == 2
    assert all("does not exist; name a GridKit folder" in fault for fault in faults)


def test_wri_takes_the_mean_year_before_the_estimate(tmp_path) -> None:
    path = written(tmp_path, {"w.csv": WRI}) / "w.csv"
    got = read("wri", path, "plants", country="NOR")
    plants = got.frames["plants"].set_index("id")
    assert plants["annual_gwh"].to_dict() == {"W1": 450, "W2": 120}
    assert plants["fuel"].to_dict() == {"W1": "hydro", "W2": "wind"}
    assert plants["imputed"].to_dict() == {
        "W1": "", "W2": "annual energy: estimate of the data base",
    }  # fmt: skip
    assert got.notes["plants"][0] == "Left out: 1 plants without a position or capacity."


def test_jrc_converts_storage(tmp_path) -> None:
    path = written(tmp_path, {"j.csv": JRC}) / "j.csv"
    (plant,) = read("jrc", path, "plants", country="NOR").frames["plants"].itertuples()
    assert (plant.id, plant.capacity_mw, plant.storage_gwh, plant.annual_gwh) == (
        "H1", 1240, 7800, 3500,
    )  # fmt: skip
    assert plant.technology == "reservoir"


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_gem_units(tmp_path, suffix: str) -> None:
    path = written(tmp_path, {"g.csv": GOGPT}) / "g.csv"
    if suffix == "xlsx":
        with pd.ExcelWriter(tmp_path / "g.xlsx", engine="openpyxl") as book:
            pd.DataFrame({"About": ["us"]}).to_excel(book, sheet_name="About", index=False)
            pd.read_csv(path, thousands=",").to_excel(book, sheet_name="Units", index=False)
        path = tmp_path / "g.xlsx"
    got = read("gem", path, "plants")
    (plant,) = got.frames["plants"].itertuples()
    assert (plant.id, plant.name, plant.fuel, plant.capacity_mw) == (
        "G1",
        "Karsto GT1",
        "gas",
        1420,
    )
    assert (plant.status, plant.position, plant.start_year) == ("operating", "exact", "2007")
    assert got.notes["plants"] == (
        (
            "Left out: 1 rows that are cancelled, shelved, announced or retired, "
            "1 plants of unknown capacity."
        ),
    )


def test_gem_fields_and_the_wrong_tracker(tmp_path) -> None:
    path = written(tmp_path, {"g.csv": GOGET}) / "g.csv"
    got = read("gem", path, "gas_fields")
    fields = got.frames["gas_fields"].set_index("id")["gas_mcm_per_year"]
    assert fields["OG1"] == 36000
    assert np.isnan(fields["OG2"])
    (fault,) = read("gem", path, "plants").faults
    assert "is a tracker of gas fields" in fault.problem


def test_gem_geojson_takes_the_point_where_properties_have_none(tmp_path) -> None:
    properties = {"name": "Dam", "status": "operating", "capacity": "75.0", "river": "Glomma"}
    feature = {"properties": properties, "geometry": {"type": "Point", "coordinates": [9, 60]}}
    path = written(tmp_path, {"g.geojson": json.dumps({"features": [feature]})}) / "g.geojson"
    (plant,) = read("gem", path, "plants").frames["plants"].itertuples()
    assert (plant.fuel, plant.capacity_mw, plant.geometry.x, plant.geometry.y) == (
        "hydro", 75, 9, 60,
    )  # fmt: skip


def test_geonames(tmp_path) -> None:
    rows = [
        ["1", name, name, "", lat, lon, kind, "", code, *[""] * 5, people, *[""] * 4]
        for name, lat, lon, kind, code, people in (
            ("Oslo", "59.9", "10.7", "P", "NO", "580000"),
            ("Farm", "59.8", "10.7", "P", "NO", "0"),
            ("Kiruna", "67.8", "20.2", "P", "SE", "18000"),
            ("Peak", "61", "8", "T", "NO", "5"),
        )
    ]
    path = written(tmp_path, {"NO.txt": "\n".join("\t".join(row) for row in rows)}) / "NO.txt"
    (town,) = (
        read("geonames", path, "settlements", country="NOR").frames["settlements"].itertuples()
    )
    assert (town.name, town.population, town.geometry.x) == ("Oslo", 580000, 10.7)


@pytest.mark.parametrize("netcdf", [False, True])
def test_pypsa_as_pypsa_writes_it(tmp_path, netcdf) -> None:
    net = pypsa.Network()
    net.set_snapshots(range(2))
    for name, kv, x in (("a", 380.0, 9.0), ("a2", 110.0, 9.0), ("b", 380.0, 10.0)):
        net.add("Bus", name, v_nom=kv, x=x, y=50.0)
    net.add("Transformer", "t", bus0="a", bus1="a2", x=0.1, s_nom=600)
    net.add("Line", "l", bus0="a", bus1="b", s_nom=3400, length=72, num_parallel=2.0, x=1)
    net.add("Generator", "g", bus="a2", p_nom=100, carrier="CCGT")
    net.add("Generator", "shed", bus="a2", p_nom=1e4, carrier="load")
    net.add("StorageUnit", "s", bus="b", p_nom=50, carrier="PHS")
    net.add("Load", "d", bus="a2", p_set=[10.0, 30.0])
    path = tmp_path / ("n.nc" if netcdf else "n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net.export_to_netcdf(path) if netcdf else net.export_to_csv_folder(path)
    got = read("pypsa", path, "substations", "lines", "plants", "loads")
    assert got.faults == ()
    stations = got.frames["substations"].set_index("id")
    assert stations["voltages_kv"].to_dict() == {"a": "380;110", "b": "380"}
    (line,) = got.frames["lines"].itertuples()
    assert (line.from_substation, line.to_substation) == ("a", "b")
    assert (line.voltage_kv, line.circuits, line.rating_mva, line.length_km) == (380, 2, 1700, 72)
    plants = got.frames["plants"].set_index("id")
    assert plants["fuel"].to_dict() == {"g": "gas", "s": "hydro"}
    (load,) = got.frames["loads"].itertuples()
    assert (load.substation, load.demand_mw) == ("a", 20)


def test_us_grid_by_substation(tmp_path) -> None:
    got = read("us-grid", written(tmp_path, CASE), "substations", "lines", "plants", "loads")
    assert got.frames["substations"]["voltages_kv"].tolist() == ["345;115", "345;115"]
    lines = got.frames["lines"].set_index("id")
    assert sorted(lines.index) == ["1", "3"]  # 2 and 4 are transformers
    assert lines.loc["1", "rating_mva"] == 900
    assert np.isnan(lines.loc["3", "rating_mva"])
    plants = got.frames["plants"].set_index("id")["capacity_mw"]
    assert plants.to_dict() == {"A gas": 150, "B wind": 20}
    assert got.frames["loads"].set_index("substation")["demand_mw"].to_dict() == {"A": 40, "B": 20}


def real(*parts: str):
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip("no real data beside the checkout")
    return path


def test_gridkit_of_europe() -> None:
    """11,151 lines less 1,072 unbuilt or within a station, and 62 links less two of them."""
    got = read("gridkit", real("entsoe_gridkit"), "substations", "lines", country="NOR")
    lines = got.frames["lines"]
    assert 10_000 < len(lines) <= 11_151 + 62
    assert lines["dc"].sum() <= 62
    stations = set(got.frames["substations"]["id"])
    assert {*lines["from_substation"], *lines["to_substation"]} <= stations
    assert set(lines["voltage_kv"]) >= {132, 220, 300, 380, 500, 750}


def test_wri_counts_of_its_own_summary() -> None:
    """The country summary of v1.3.0: 306 plants in Norway, 5 in Bhutan, 13 in Ethiopia."""
    path = real("gppd", "gppd_examples_NOR_BTN_ETH_CAN_v120.csv")
    for country, plants, mw in (("NOR", 306, 32_551), ("BTN", 5, 1_482), ("ETH", 13, 4_024)):
        frame = read("wri", path, "plants", country=country).frames["plants"]
        assert len(frame) == plants
        assert frame["capacity_mw"].sum() == pytest.approx(mw, abs=1)


def test_gem_hydro_of_bhutan() -> None:
    """Operating in April 2025: Chhukha, Tala, Mangdechhu, Dagachhu."""
    frame = read("gem", real("gem", "ghpt_2025-04-21.geojson"), "plants").frames["plants"]
    at = frame.geometry
    here = frame[at.x.between(88.7, 92.2) & at.y.between(26.7, 28.3)]
    here = here[(here["status"] == "operating") & here["name"].str.contains("Bhutan|hydro")]
    assert {"Chhukha", "Tala", "Mangdechhu", "Dagachhu"} <= {
        name.split()[0] for name in here["name"]
    }


def test_goget_has_the_gas_of_norway() -> None:
    frame = read("gem", real("gem", "goget_2025-02-26.csv"), "gas_fields").frames["gas_fields"]
    troll = frame[frame["name"].str.startswith("Troll")]
    assert troll["gas_mcm_per_year"].max() > 30_000
