"""Supplies that a site could have of its own: a gas plant, or a direct line to a hydro plant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.balance import NOT_FEEDING
from geo.cost import connection_usd, tie_circuits
from geo.generation import MWH_PER_GWH, monthly_gwh, running, with_energy
from geo.policy import delay_months
from geo.profiles import MONTH_HOURS, YEAR_HOURS
from geo.reservoir import sustained_mw
from geo.tasks import Network, Task, schedule
from geo.timeline import LINES, LONG_TIE_KM, SHORT_TIE_KM, building_task
from geo.units import M_PER_KM

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.kinds import Layers, Place
    from geo.rows import GasPlant
    from geo.scenario import Scenario
    from geo.standards import Standards

M3_PER_MCM: Final = 1e6
MJ_PER_GJ: Final = 1000.0
GAS_CHOICES: Final = 2
HYDRO_CHOICES: Final = 3
LEAST_MW: Final = 1.0
HYDRO_LINE: Final = "direct line"
MEDIAN: Final = 1
COLUMNS: Final = [
    "site", "option", "source", "straight_km", "capacity_mw", "firm_mw", "energy_gwh", "unit_mw",
    "plant_usd_per_mw", "line_kv", "line_circuits", "line_usd", "energy_usd_per_mwh", "months",
    "assumed",
]  # fmt: skip


def gas_mw(gas_mcm_per_year: Array, plant: GasPlant, gas_mj_per_m3: float) -> Array:
    """Return the power that a flow of gas feeds all year; unknown where the gas is.

    Million m³ a year, times MJ/m³, over GJ/MWh, over the hours of a year.
    """
    gj = np.asarray(gas_mcm_per_year, float) * M3_PER_MCM * gas_mj_per_m3 / MJ_PER_GJ
    return gj / plant.heat_gj_per_mwh / YEAR_HOURS


def onsite_options(sites: pd.DataFrame, layers: Layers, scenario: Scenario) -> pd.DataFrame:
    """List the supplies that each site could have of its own within reach.

    Parameters
    ----------
    sites
        x_m, y_m, kind, region, power_price_usd_per_mwh; the index is kept in the column ``site``.
    layers
        Gas fields and plants; what is absent gives no option.
    scenario
        Load, redundancy and reach.

    Returns
    -------
    DataFrame
        One row per site and option. ``option`` is a gas plant of the standards or a direct line;
        ``source`` the gas point or the hydro plant. ``firm_mw`` is what it delivers all year, the
        year being dry; ``energy_gwh`` all that it has in such a year; both unknown where the gas
        is. ``line_usd`` is a line from there to the campus, sized for what it can deliver.
        ``assumed`` tells that a hydro plant's energy is a guess from its capacity.
    """
    parts = [_gas_options(sites, layers, scenario), _hydro_options(sites, layers, scenario)]
    parts = [part for part in parts if len(part)]
    if not parts:
        return _nothing()
    order = ["site", "option", "straight_km", "source"]
    found = pd.concat(parts).sort_values(order, ignore_index=True)
    carried_mw = found["firm_mw"].fillna(scenario.load_mw).clip(upper=scenario.load_mw)
    lines = _direct_lines(found["straight_km"], carried_mw, layers.place, scenario)
    months = _months(found, sites.loc[found["site"]], layers, scenario)
    return found.assign(**lines, months=months)[COLUMNS]


def _nothing() -> pd.DataFrame:
    words = {"option": object, "source": object, "site": int, "assumed": bool}
    return pd.DataFrame({name: pd.Series(dtype=words.get(name, float)) for name in COLUMNS})


def _gas_options(sites: pd.DataFrame, layers: Layers, scenario: Scenario) -> pd.DataFrame:
    if layers.gas_fields is None:
        return _nothing()
    standards, fields = layers.place.standards, layers.gas_fields.frame
    idle = fields["status"].str.lower().str.contains("|".join(NOT_FEEDING), regex=True)
    ashore = fields[~fields["offshore"] & ~idle]
    near = _near(sites, ashore, scenario.reach_km)
    at = ashore.iloc[near["thing"].to_numpy()].reset_index(drop=True)
    near = near.assign(source=at["name"].where(at["name"] != "", at["id"]))
    near = near.assign(
        gas_mcm_per_year=at["gas_mcm_per_year"], unknown=at["gas_mcm_per_year"].isna()
    )
    # The largest known volumes first, so that an unknown one never hides a known one.
    near = near.sort_values(
        ["site", "gas_mcm_per_year", "straight_km"], ascending=[True, False, True]
    )
    near = near.groupby(["site", "unknown"], sort=False).head(GAS_CHOICES).drop(columns="unknown")
    kinds = []
    for plant in standards.gas_plants:
        mw = gas_mw(near["gas_mcm_per_year"].to_numpy(), plant, standards.gas_mj_per_m3)
        kinds.append(
            near.assign(
                option=plant.name,
                capacity_mw=mw,
                firm_mw=mw,
                energy_gwh=mw * YEAR_HOURS / MWH_PER_GWH,
                unit_mw=plant.unit_mw,
                plant_usd_per_mw=plant.plant_usd_per_mw,
                energy_usd_per_mwh=(
                    plant.heat_gj_per_mwh * standards.gas_usd_per_gj + plant.upkeep_usd_per_mwh
                ),
                assumed=False,
            )
        )
    return pd.concat(kinds)


def _hydro_options(sites: pd.DataFrame, layers: Layers, scenario: Scenario) -> pd.DataFrame:
    if layers.plants is None:
        return _nothing()
    standards = layers.place.standards
    plants = with_energy(running(layers.plants.frame), standards)
    plants = plants[plants["fuel"] == "hydro"]
    dry = monthly_gwh(plants, standards, standards.dry_year_share)
    held = plants["storage_gwh"].fillna(0.0).to_numpy(float)
    steady = sustained_mw(dry, held, np.array(MONTH_HOURS, float))
    firm = np.minimum(steady, plants["capacity_mw"])
    plants = plants.assign(firm_mw=firm, energy_gwh=dry.sum(axis=1))
    plants = plants[plants["firm_mw"] >= LEAST_MW]
    near = _near(sites, plants, scenario.reach_km)
    at = plants.iloc[near["thing"].to_numpy()].reset_index(drop=True)
    near = near.assign(
        option=HYDRO_LINE,
        source=at["name"].where(at["name"] != "", at["id"]),
        capacity_mw=at["capacity_mw"],
        firm_mw=at["firm_mw"],
        energy_gwh=at["energy_gwh"],
        unit_mw=0.0,
        plant_usd_per_mw=0.0,
        energy_usd_per_mwh=sites.loc[near["site"], "power_price_usd_per_mwh"].to_numpy(),
        assumed=at["assumed"],
    )
    near = near.sort_values(["site", "firm_mw", "straight_km"], ascending=[True, False, True])
    return near.groupby("site").head(HYDRO_CHOICES)


def _near(sites: pd.DataFrame, things: pd.DataFrame, reach_km: float) -> pd.DataFrame:
    """Pair sites with the things in reach: site, thing (a position), straight_km."""
    here = cKDTree(sites[["x_m", "y_m"]].to_numpy(float).reshape(-1, 2))
    there = cKDTree(np.c_[things.geometry.x, things.geometry.y].reshape(-1, 2))
    pairs = here.sparse_distance_matrix(there, reach_km * M_PER_KM, output_type="ndarray")
    columns = {
        "site": sites.index.to_numpy()[pairs["i"]],
        "thing": pairs["j"],
        "straight_km": pairs["v"] / M_PER_KM,
    }
    return pd.DataFrame(columns)


def _direct_lines(
    straight_km: pd.Series, carried_mw: pd.Series, place: Place, scenario: Scenario
) -> dict[str, Array]:
    """Return voltage, circuits and cost of the cheapest line for each; unknown if none would do."""
    spare = scenario.redundancy != "N"
    length_km = straight_km * place.standards.detour_factor
    costs, circuits, voltages = [], [], [row.voltage_kv for row in place.standards.line_costs]
    for kv in voltages:
        count = carried_mw.map(lambda mw, kv=kv: tie_circuits(place, kv, mw, spare=spare))
        voltage = pd.Series(kv, index=straight_km.index)
        usd = connection_usd(length_km, voltage, count, carried_mw, place.standards)
        costs.append(usd.where(count <= place.standards.max_tie_circuits, np.inf))
        circuits.append(count)
    table = np.array(costs, dtype=float).reshape(len(voltages), -1)
    best = (table.argmin(axis=0), np.arange(table.shape[1]))
    return {
        "line_kv": np.array(voltages)[best[0]],
        "line_circuits": np.array(circuits).reshape(table.shape)[best],
        "line_usd": table[best],
    }


def _months(
    options: pd.DataFrame, sites: pd.DataFrame, layers: Layers, scenario: Scenario
) -> Array:
    """Return the median months of an option without a study: all is begun at once, then tested."""
    standards = layers.place.standards
    km = options["straight_km"].to_numpy() * standards.detour_factor
    median = [
        schedule(_network(*what, standards), scenario.seed).months[MEDIAN]
        for what in zip(_line_tasks(km), options["option"], sites["kind"], strict=True)
    ]
    return np.array(median) + delay_months(sites["region"], layers).to_numpy()


def _network(line: str, option: str, kind: str, standards: Standards) -> Network:
    """Return the tasks: line, transformer, bay, building and plant, then commissioning."""
    campus = kind == "campus"
    build = standards.duration("conversion") if campus else building_task(standards)
    plant = [] if option == HYDRO_LINE else [option]
    names = [line, "transformer", "new bay", *plant]
    tasks = (Task(build.task, build), *(Task(name, standards.duration(name)) for name in names))
    last = standards.duration("commissioning")
    if last.max_months <= 0:
        return tasks
    return (*tasks, Task("commissioning", last, after=tuple(task.name for task in tasks)))


def _line_tasks(km: Array) -> Array:
    names = np.array(LINES, dtype=object)
    return names[np.select([km < SHORT_TIE_KM, km <= LONG_TIE_KM], [0, 1], 2)]
