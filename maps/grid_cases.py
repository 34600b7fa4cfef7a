"""The grid and one site as a load, for a planner's own study: PyPSA and MATPOWER cases.

The direct-current flows are those of powersite. What an alternating-current study needs beyond them
and open data do not say (resistance, charging, power factor) are assumptions of the place, written
into every case.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.balance import base_flows
from geo.errors import UnknownSiteError
from geo.flow import network_of
from geo.grid import BASE_MVA
from maps.documents import WGS84, csv_text
from maps.text import plain

if TYPE_CHECKING:
    from pathlib import Path

    from geo.siting import Siting
    from geo.standards import Standards
    from maps.delivery import Delivery

V_BAND: Final = (0.9, 1.1)
SLACK, FEEDING, PLAIN, ISOLATED = 3, 2, 1, 4
"""Kinds of bus in MATPOWER."""
UNLIMITED_MVA: Final = 99_999.0


@dataclass(frozen=True, eq=False)
class Case:
    """The grid as tables, in a base case that is balanced in each connected part."""

    buses: pd.DataFrame
    """Index bus_id; name, voltage_kv, lon, lat, part, demand_mw, supply_mw, supply_min_mw,
    supply_max_mw, site_mw, type (as MATPOWER has it)."""
    branches: pd.DataFrame
    """Index branch_id; name, from_bus, to_bus, kind, voltage_kv, length_km, r_pu, x_pu, b_pu (on
    100 MVA), limit_mva, emergency_mva."""
    notes: tuple[str, ...]
    """What a planner has to know."""
    standards: Standards
    """What is assumed beside them."""


def write_pypsa(delivery: Delivery, folder: Path) -> None:
    """Write the grid as a folder of CSV that PyPSA imports."""
    case = grid_case(delivery.siting, delivery.order.site)
    inner = folder / "pypsa"
    inner.mkdir()
    for name, frame in pypsa_tables(case).items():
        (inner / f"{name}.csv").write_text(csv_text(frame), encoding="utf-8", newline="\n")
    (inner / "ASSUMPTIONS.txt").write_text("\n".join(case.notes) + "\n", encoding="utf-8")


def write_matpower(delivery: Delivery, folder: Path) -> None:
    """Write the grid as a MATPOWER case, version 2."""
    case = grid_case(delivery.siting, delivery.order.site)
    (folder / "grid.m").write_text(matpower_text(case), encoding="utf-8", newline="\n")


def grid_case(siting: Siting, site_id: str = "") -> Case:
    """Return the grid with a site as a load that is fed by the capacity left over.

    Parameters
    ----------
    siting
        The answer.
    site_id
        The site; the best if ''.

    Raises
    ------
    UnknownSiteError
        If there is no such site.
    """
    grid, place = siting.grid, siting.layers.place
    site = _site(siting, site_id)
    load_mw = siting.scenario.load_mw
    flows = base_flows(grid, siting.layers, siting.scenario.demand_in(place.demand_mw))
    part = network_of(grid).component
    at = grid.buses.index.get_loc(site["poi_id"])
    unused = np.where(part == part[at], flows.unused_mw, 0.0)
    fed_mw = min(load_mw, float(unused.sum()))
    picked_up = unused * (fed_mw / unused.sum() if fed_mw > 0 else 0.0)
    where = gpd.GeoSeries(gpd.points_from_xy(grid.buses["x_m"], grid.buses["y_m"]), crs=place.crs)
    degrees = where.to_crs(WGS84)
    buses = grid.buses[["name", "voltage_kv"]].assign(
        lon=degrees.x.to_numpy().round(7),
        lat=degrees.y.to_numpy().round(7),
        part=part,
        demand_mw=flows.demand_mw,
        supply_mw=flows.supply_mw + picked_up,
        supply_min_mw=flows.supply_min_mw,
        supply_max_mw=flows.supply_max_mw,
        site_mw=np.where(np.arange(len(part)) == at, load_mw, 0.0),
    )
    buses["type"] = _types(buses)
    notes = _notes(siting, site, fed_mw)
    return Case(buses, _branches(siting), notes, place.standards)


def pypsa_tables(case: Case) -> dict[str, pd.DataFrame]:
    """Return the tables of a PyPSA folder; reactances of lines in ohm, of transformers per unit."""
    buses, branches = case.buses, case.branches
    ohms = branches["voltage_kv"] ** 2 / BASE_MVA
    common = pd.DataFrame(
        {
            "name": branches.index,
            "bus0": branches["from_bus"].to_numpy(),
            "bus1": branches["to_bus"].to_numpy(),
            "s_nom": branches["limit_mva"].to_numpy(),
        }
    )
    is_line = (branches["kind"] == "line").to_numpy()
    lines = common.assign(
        x=(branches["x_pu"] * ohms).to_numpy(),
        r=(branches["r_pu"] * ohms).to_numpy(),
        b=(branches["b_pu"] / ohms).to_numpy(),
        length=branches["length_km"].to_numpy(),
    )
    own_base = (branches["limit_mva"] / BASE_MVA).to_numpy()
    transformers = common.assign(
        x=branches["x_pu"].to_numpy() * own_base,
        r=branches["r_pu"].to_numpy() * own_base,
        model="t",
    )
    return {
        "network": pd.DataFrame({"name": ["powersite"], "srid": [4326]}),
        "buses": pd.DataFrame(
            {
                "name": buses.index,
                "v_nom": buses["voltage_kv"].to_numpy(),
                "x": buses["lon"].to_numpy(),
                "y": buses["lat"].to_numpy(),
            }
        ),
        "lines": lines[is_line],
        "transformers": transformers[~is_line],
        "generators": _generators(buses),
        "loads": _loads(case),
    }


def matpower_text(case: Case) -> str:
    """Return the case as a MATPOWER file."""
    number = pd.Series(np.arange(1, len(case.buses) + 1), index=case.buses.index)
    parts = [
        "function mpc = grid",
        *[f"%   {plain(note)}" for note in case.notes],
        "mpc.version = '2';",
        f"mpc.baseMVA = {BASE_MVA:g};",
        _matrix("bus", _bus_rows(case, number)),
        _matrix("gen", _gen_rows(case, number)),
        _matrix("branch", _branch_rows(case.branches, number)),
        _cells("bus_name", case.buses.index),
        _cells("branch_name", case.branches.index),
    ]
    return "\n".join(parts) + "\n"


def _site(siting: Siting, site_id: str) -> pd.Series:
    sites = siting.sites
    if not site_id:
        return sites.iloc[0]
    found = sites[sites["site_id"] == site_id]
    if found.empty:
        raise UnknownSiteError(
            f"no site '{site_id}' here; powersite rank {siting.layers.place.name} lists them"
        )
    return found.iloc[0]


def _branches(siting: Siting) -> pd.DataFrame:
    """Return the branches with what an AC study needs beside the reactance."""
    rows, place = siting.grid.branches, siting.layers.place
    ratios = _resistance(place.standards)
    is_line = (rows["kind"] == "line").to_numpy()
    kv = rows["voltage_kv"].to_numpy(float)
    ratio = np.select([kv >= low for low, _ in ratios], [share for _, share in ratios])
    ratio = np.where(is_line, ratio, place.standards.transformer_r_over_x)
    per_km = 2 * math.pi * place.frequency_hz / place.standards.wave_km_per_s
    length, x = rows["length_km"].to_numpy(float), rows["x_pu"].to_numpy(float)
    limits = {
        name: rows[column].replace(0.0, np.inf).fillna(np.inf).clip(upper=UNLIMITED_MVA)
        for name, column in (("limit_mva", "limit_mw"), ("emergency_mva", "emergency_mw"))
    }
    columns = ["name", "from_bus", "to_bus", "kind", "voltage_kv", "length_km", "x_pu"]
    return rows[columns].assign(
        r_pu=ratio * x, b_pu=np.where(is_line, (per_km * length) ** 2 / x, 0.0), **limits
    )


def _types(buses: pd.DataFrame) -> pd.Series:
    """Return the kind of each bus: the strongest of each part balances it; one without is alone."""
    strength = buses["supply_max_mw"]
    kinds = pd.Series(np.where(strength > 0, FEEDING, PLAIN), index=buses.index)
    for _, part in strength.groupby(buses["part"]):
        if part.max() > 0:
            kinds[part.idxmax()] = SLACK
        else:
            kinds[part.index] = ISOLATED
    return kinds


def _generators(buses: pd.DataFrame) -> pd.DataFrame:
    rows = buses[(buses["supply_max_mw"] > 0) | (buses["supply_min_mw"] < 0)]
    nominal = np.maximum(rows["supply_max_mw"], -rows["supply_min_mw"])
    return pd.DataFrame(
        {
            "name": [f"supply {bus}" for bus in rows.index],
            "bus": rows.index,
            "control": np.where(rows["type"] == SLACK, "Slack", "PV"),
            "p_nom": nominal.to_numpy(),
            "p_min_pu": (rows["supply_min_mw"] / nominal).to_numpy(),
            "p_max_pu": (rows["supply_max_mw"] / nominal).to_numpy(),
            "p_set": rows["supply_mw"].to_numpy(),
        }
    )


def _loads(case: Case) -> pd.DataFrame:
    parts, buses = [], case.buses
    for prefix, column in (("demand", "demand_mw"), ("site", "site_mw")):
        rows = buses[buses[column] > 0]
        parts.append(
            pd.DataFrame(
                {
                    "name": [f"{prefix} {bus}" for bus in rows.index],
                    "bus": rows.index,
                    "p_set": rows[column].to_numpy(),
                    "q_set": rows[column].to_numpy() * _reactive_share(case.standards),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _bus_rows(case: Case, number: pd.Series) -> list[list[float]]:
    buses = case.buses
    drawn = buses["demand_mw"] + buses["site_mw"]
    return [
        [
            *(
                number[bus],
                row.type,
                drawn[bus],
                drawn[bus] * _reactive_share(case.standards),
                0,
                0,
                1,
                1,
                0,
            ),
            *(row.voltage_kv, row.part + 1, V_BAND[1], V_BAND[0]),
        ]
        for bus, row in zip(buses.index, buses.itertuples(), strict=True)
    ]


def _gen_rows(case: Case, number: pd.Series) -> list[list[float]]:
    buses = case.buses
    rows = buses[(buses["supply_max_mw"] > 0) | (buses["supply_min_mw"] < 0)]
    out = []
    for bus, row in zip(rows.index, rows.itertuples(), strict=True):
        reactive = case.standards.reactive_share * max(row.supply_max_mw, -row.supply_min_mw)
        fields = [number[bus], row.supply_mw, 0, reactive, -reactive, 1, BASE_MVA, 1]
        out.append([*fields, row.supply_max_mw, row.supply_min_mw, *[0] * 11])
    return out


def _branch_rows(branches: pd.DataFrame, number: pd.Series) -> list[list[float]]:
    return [
        [
            *(number[row.from_bus], number[row.to_bus], row.r_pu, row.x_pu, row.b_pu),
            *(row.limit_mva, row.limit_mva, row.emergency_mva, 0, 0, 1, -360, 360),
        ]
        for row in branches.itertuples()
    ]


def _matrix(name: str, rows: list[list[float]]) -> str:
    lines = ["\t" + "\t".join(f"{float(value):.10g}" for value in row) + ";" for row in rows]
    return "\n".join([f"mpc.{name} = [", *lines, "];"])


def _cells(name: str, values: pd.Index) -> str:
    lines = ["\t'" + plain(value).replace("'", "''") + "';" for value in values]
    return "\n".join([f"mpc.{name} = {{", *lines, "};"])


def _reactive_share(standards: Standards) -> float:
    return math.tan(math.acos(standards.power_factor))


def _resistance(standards: Standards) -> tuple[tuple[float, float], ...]:
    """Return least voltage in kV and resistance over reactance of a line there."""
    return (
        (300.0, standards.r_over_x_from_300_kv),
        (200.0, standards.r_over_x_from_200_kv),
        (0.0, standards.r_over_x_below_200_kv),
    )


def _notes(siting: Siting, site: pd.Series, fed_mw: float) -> tuple[str, ...]:
    load_mw, standards = siting.scenario.load_mw, siting.layers.place.standards
    ratios = ", ".join(f"{share:g} from {low:g} kV" for low, share in _resistance(standards))
    short = load_mw - fed_mw
    missing = f" That is {short:,.0f} MW too little; the slack bus gives it." if short > 1 else ""
    what = (
        f"powersite: {plain(siting.layers.place.title)}, base case with {load_mw:g} MW for site "
        f"{site['site_id']} at bus {plain(site['poi_id'])}."
    )
    fed = (
        "The load is picked up in proportion to the capacity that is left over in its part of the "
        f"grid.{missing}"
    )
    screen = (
        "A screen from open data: ratings and reactances are standard ones by voltage where the "
        "data have none; one supply stands for all plants and links of a bus."
    )
    assumed = (
        f"Assumed for AC: power factor {standards.power_factor:g} of every load; resistance over "
        f"reactance of lines {ratios}, of transformers {standards.transformer_r_over_x:g}; "
        f"charging of lines as overhead (waves at {standards.wave_km_per_s:,.0f} km/s); reactive "
        f"range of supplies {standards.reactive_share:g} of their capacity both ways."
    )
    return what, fed, screen, assumed
