"""A planner's program finds the same flows in the files as powersite does."""

from __future__ import annotations

import logging
import math
import re
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve

from geo.errors import UnknownSiteError
from geo.flow import network_of
from geo.scenario import Scenario
from geo.siting import find_sites
from layers.place import open_place, read_layers
from maps.delivery import Order
from maps.exports import write_pack
from maps.grid_cases import grid_case, matpower_text
from tests.geo import toy

if TYPE_CHECKING:
    from pathlib import Path

    from geo.siting import Siting

LOAD_MW = 60.0


@pytest.fixture(scope="module")
def country() -> Siting:
    return find_sites(toy.country(), Scenario(load_mw=LOAD_MW, spacing_km=5.0))


@pytest.fixture(scope="module")
def bhutan() -> Siting:
    scenario = Scenario(load_mw=180.0, cell_km=4.0, method="linear", mode="calibrated")
    return find_sites(read_layers(open_place("bhutan")), scenario)


def flows_here(siting: Siting, site_id: str = "") -> pd.Series:
    """MW on every branch by our own factors, for the injections of the case."""
    case = grid_case(siting, site_id)
    network = network_of(siting.grid)
    buses = case.buses.loc[list(network.bus_ids)]
    injection = buses["supply_mw"] - buses["demand_mw"] - buses["site_mw"]
    return pd.Series(network.ptdf @ injection.to_numpy(), index=list(network.branch_ids))


def by_pypsa(folder: Path) -> tuple[pd.Series, Any]:
    """The same by PyPSA's linear power flow, read from the folder as its users do."""
    pypsa = pytest.importorskip("pypsa")
    logging.getLogger("pypsa").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = pypsa.Network()
        peer.import_from_csv_folder(str(folder))
        peer.lpf()
    flows = pd.concat([peer.lines_t.p0.iloc[0], peer.transformers_t.p0.iloc[0]])
    return flows, peer


def parsed(text: str) -> dict[str, Any]:
    """Take a MATPOWER case to pieces: numbers of each matrix, texts of each list."""
    out: dict[str, Any] = {}
    for name, body in re.findall(r"^mpc\.(\w+) = \[\n(.*?)\n\];", text, re.DOTALL | re.MULTILINE):
        rows = [line.strip().rstrip(";").split() for line in body.splitlines()]
        out[name] = np.array(rows, dtype=float)
    for name, body in re.findall(r"^mpc\.(\w+) = \{\n(.*?)\n\};", text, re.DOTALL | re.MULTILINE):
        out[name] = [line.strip()[1:-2].replace("''", "'") for line in body.splitlines()]
    out["version"] = re.search(r"mpc\.version = '(\w+)'", text)[1]
    out["baseMVA"] = float(re.search(r"mpc\.baseMVA = ([\d.]+)", text)[1])
    return out


def by_matpower(text: str) -> pd.Series:
    """Direct-current flows by the textbook: B θ = P on the rows of the case, part by part."""
    case = parsed(text)
    bus, gen, branch = case["bus"], case["gen"], case["branch"]
    at = {int(number): row for row, number in enumerate(bus[:, 0])}
    injection = -bus[:, 2]
    for row in gen:
        injection[at[int(row[0])]] += row[1]
    tail, head = ([at[int(number)] for number in branch[:, side]] for side in (0, 1))
    b = case["baseMVA"] / branch[:, 3]
    lines = np.arange(len(b))
    incidence = sp.csc_array(
        (np.r_[np.ones(len(b)), -np.ones(len(b))], (np.r_[lines, lines], np.r_[tail, head])),
        shape=(len(b), len(bus)),
    )
    matrix = (incidence.T @ sp.diags_array(b) @ incidence).tolil()
    for row in np.flatnonzero(np.isin(bus[:, 1], [3, 4])):  # the slack of each part, and lone buses
        matrix[row, :] = 0
        matrix[row, row] = 1
        injection[row] = 0
    angle = spsolve(matrix.tocsc(), injection)
    return pd.Series(b * (incidence @ angle), index=case["branch_name"])


def test_pypsa_finds_the_same_flows(country: Siting, tmp_path: Path) -> None:
    write_pack(country, tmp_path / "out", Order(formats=("pypsa",)))
    expected = flows_here(country)
    found, peer = by_pypsa(tmp_path / "out" / "pypsa")
    assert expected.abs().max() > 10
    assert found[expected.index].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-6)
    assert peer.loads.loc[peer.loads.index.str.startswith("site "), "p_set"].tolist() == [LOAD_MW]


def test_a_case_by_the_textbook_has_the_same_flows(country: Siting, tmp_path: Path) -> None:
    write_pack(country, tmp_path / "out", Order(formats=("matpower",)))
    text = (tmp_path / "out" / "grid.m").read_text(encoding="utf-8")
    expected = flows_here(country)
    found = by_matpower(text)
    assert found[expected.index].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-5)


@pytest.mark.slow
@pytest.mark.peers
def test_both_have_the_flows_of_a_built_in_place(bhutan: Siting, tmp_path: Path) -> None:
    site = bhutan.sites["site_id"].iloc[5]
    order = Order(formats=("pypsa", "matpower"), site=site)
    write_pack(bhutan, tmp_path / "out", order)
    expected = flows_here(bhutan, site)
    found, _ = by_pypsa(tmp_path / "out" / "pypsa")
    assert found[expected.index].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-6)
    text = (tmp_path / "out" / "grid.m").read_text(encoding="utf-8")
    assert by_matpower(text)[expected.index].to_numpy() == pytest.approx(
        expected.to_numpy(), abs=1e-5
    )


def test_case_is_as_matpower_describes_it(country: Siting) -> None:
    case = parsed(matpower_text(grid_case(country)))
    assert (case["version"], case["baseMVA"]) == ("2", 100.0)
    assert [case[name].shape[1] for name in ("bus", "gen", "branch")] == [13, 21, 13]
    assert case["bus_name"] == list(country.grid.buses.index)
    assert case["bus"][:, 0].tolist() == list(range(1, len(case["bus"]) + 1))
    slack = case["bus"][case["bus"][:, 1] == 3, 0]
    assert set(slack) <= set(case["gen"][:, 0])
    balance = case["gen"][:, 1].sum() - case["bus"][:, 2].sum()
    assert balance == pytest.approx(0, abs=1e-6)
    assert (case["gen"][:, 1] <= case["gen"][:, 8] + 1e-6).all()


def test_what_is_assumed_for_alternating_current(country: Siting) -> None:
    """A 132 kV line: r/x is 0.3; x·b of a kilometre is (ω/v)², here (2π·50/294,000)²."""
    rows = grid_case(country).branches
    line = rows[(rows["kind"] == "line") & (rows["voltage_kv"] == 132)].iloc[0]
    assert line["r_pu"] / line["x_pu"] == pytest.approx(0.3)
    per_km = 2 * math.pi * 50 / 294_000
    assert line["x_pu"] * line["b_pu"] == pytest.approx((per_km * line["length_km"]) ** 2)
    case = parsed(matpower_text(grid_case(country)))
    drawn = case["bus"][case["bus"][:, 2] > 0]
    # Power factor 0.95: Q/P = tan(acos 0.95) = 0.32868.
    assert drawn[:, 3] / drawn[:, 2] == pytest.approx(0.32868, abs=1e-5)


def test_assumptions_stand_in_both_cases(country: Siting, tmp_path: Path) -> None:
    write_pack(country, tmp_path / "out", Order(formats=("pypsa", "matpower")))
    for name in ("grid.m", "pypsa/ASSUMPTIONS.txt"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert "power factor 0.95 of every load" in text
        assert country.sites["site_id"].iloc[0] in text


def test_the_site_asked_for_is_the_load(country: Siting) -> None:
    other = country.sites.iloc[-1]
    case = grid_case(country, other["site_id"])
    assert case.buses["site_mw"][case.buses["site_mw"] > 0].to_dict() == {other["poi_id"]: LOAD_MW}
    with pytest.raises(UnknownSiteError, match="no site 'nowhere' here"):
        grid_case(country, "nowhere")


def test_names_cannot_end_a_text_of_the_case(country: Siting) -> None:
    grid = country.grid
    bad = "it's'; system('x'); %"
    ids = {name: f"{name} {bad}" for name in grid.branches.index}
    hostile = replace(country, grid=replace(grid, branches=grid.branches.rename(index=ids)))
    case = parsed(matpower_text(grid_case(hostile)))
    assert case["branch_name"] == list(ids.values())
