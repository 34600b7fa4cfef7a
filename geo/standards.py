"""Every assumption: values with unit and source, editable per place.

A scalar assumption is a field of `Standards` whose metadata holds unit, source and meaning; a table
is a tuple of rows (`geo.rows`, `geo.tables`). ``docs/assumptions.md`` is generated from here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

from geo.assumption import assume
from geo.errors import Fault, ScenarioError
from geo.profiles import (
    COLD_WINTER,
    NORTH_SUN,
    NORTH_WIND,
    SNOW_MELT,
    Profile,
    profile_of,
    profile_remedy,
)
from geo.rows import edited, is_number
from geo.scenario import suggestion
from geo.tables import (
    BUILDINGS,
    DURATIONS,
    GAS_PLANTS,
    LINE_COSTS,
    LINE_TYPES,
    MISO,
    PRESETS,
    PRICE_INDEX,
    TERRAINS,
    TRANSFORMERS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.rows import (
        BuildingClass,
        Duration,
        GasPlant,
        LineCost,
        LineType,
        Preset,
        PriceIndex,
        Terrain,
        TransformerType,
    )

CBRE: Final = "CBRE, North America Data Center Trends H2 2024; the round figure is ours"
FLAG: Final = "0 or 1"
"""Unit of an assumption that is a choice between no and yes."""


@dataclass(frozen=True)
class Standards:
    """All assumptions of a run; `with_changes` makes those of a place."""

    line_types: tuple[LineType, ...] = LINE_TYPES
    transformers: tuple[TransformerType, ...] = TRANSFORMERS
    line_costs: tuple[LineCost, ...] = LINE_COSTS
    durations: tuple[Duration, ...] = DURATIONS
    buildings: tuple[BuildingClass, ...] = BUILDINGS
    presets: tuple[Preset, ...] = PRESETS
    price_index: tuple[PriceIndex, ...] = PRICE_INDEX
    gas_plants: tuple[GasPlant, ...] = GAS_PLANTS
    terrains: tuple[Terrain, ...] = TERRAINS
    building: str = "ai"
    """Class of the building that is costed, a row of `buildings`; a preset chooses it."""
    transformer_x_pu: float = assume(
        0.12, "p.u. on own base", "reactance of an assumed transformer"
    )
    ambient_c: float = assume(25.0, "°C", "air temperature that ratings are taken at")
    conductor_limit_c: float = assume(75.0, "°C", "highest conductor temperature")
    st_clair_min_kv: float = assume(220.0, "kV", "St Clair loadability applies from here")
    st_clair_min_km: float = assume(80.0, "km", "St Clair loadability applies to longer lines")
    bus_min_kv: float = assume(
        60.0, "kV", "voltages of a station below this are left to distribution"
    )
    fetched_demand_share: float = assume(
        0.45,
        "1",
        "demand of a place that powersite fetch makes, over the capacity of its plants, where "
        "neither --demand-mw nor a source gives it; it is written into its place.toml",
    )
    usd_per_eur: float = assume(
        1.08, "USD/EUR", "land prices of Eurostat", "European Central Bank, mean of 2023 and 2024"
    )
    demand_reach_km: float = assume(
        25.0, "km", "a settlement's demand is spread over stations so near"
    )
    wind_firm_share: float = assume(0.10, "1", "share of wind capacity that counts as dispatchable")
    solar_firm_share: float = assume(
        0.0, "1", "share of solar capacity that counts as dispatchable"
    )
    demand_low_share: float = assume(
        0.85, "1", "situations: least demand over that of the base case, which is the likeliest"
    )
    demand_high_share: float = assume(1.50, "1", "situations: most demand, the winter peak")
    hydro_low_share: float = assume(
        0.60, "1", "situations: least of the hydro capacity that is there to run"
    )
    hydro_mode_share: float = assume(0.90, "1", "situations: its likeliest share")
    hydro_high_share: float = assume(1.00, "1", "situations: most of it")
    rating_spread: float = assume(
        0.15, "1", "situations: a rating by line type may be off by this either way"
    )
    transformer_spread: float = assume(
        0.25, "1", "situations: an assumed transformer may be off by this either way"
    )
    second_circuit_chance: float = assume(
        0.25, "1", "situations: chance of a second circuit where the count is not stated"
    )
    strong_min_kv: float = assume(220.0, "kV", "a strong source is a station from this voltage")
    strong_min_circuits: float = assume(3.0, "1", "… with at least so many circuits")
    strong_plant_mw: float = assume(
        500.0,
        "MW",
        "… or a plant of at least this size and that of the load, or a link abroad of the load's",
    )
    corridor_km: float = assume(1.0, "km", "two paths closer than this share a corridor")
    corridor_share: float = assume(0.10, "1", "2N: share of two paths that may lie in one corridor")
    max_tie_circuits: float = assume(4.0, "1", "a tie-line with more circuits is not considered")
    detour_factor: float = assume(
        1.3,
        "1",
        "line length over straight distance where no route is known",
        "common planning rule",
    )
    extra_circuit_share: float = assume(0.6, "1", "cost of each further circuit over the first")
    short_line_km: float = assume(4.8, "km", "lines up to here cost more per km", MISO)
    short_line_factor: float = assume(1.5, "1", "… by this factor", MISO)
    medium_line_km: float = assume(16.0, "km", "lines up to here cost more per km", MISO)
    medium_line_factor: float = assume(1.2, "1", "… by this factor", MISO)
    uprate_share: float = assume(
        0.5, "1", "cost of uprating an existing circuit over that of a new one, for any added MW"
    )
    transformer_usd_per_mva: float = assume(6000.0, "USD/MVA", "middle of 4,000 to 8,000", MISO)
    transformer_usd_year: float = assume(2019.0, "year", "year of these dollars", MISO)
    cost_year: float = assume(
        2025.0, "year", "year of the dollars of every cost; others are brought there by price index"
    )
    spare_bays: float = assume(
        2.0, "1", "new bays that an existing station takes; more need a new station beside it"
    )
    power_factor: float = assume(0.95, "1", "power factor of a campus")
    conversion_tolerance: float = assume(
        0.05, "1", "energised MW of a campus are rounded press figures: enough if short by no more"
    )
    own_station_km: float = assume(
        1.0, "km", "a campus so near to a station is fed by it, with the redundancy found there"
    )
    works_share: float = assume(
        0.40,
        "1",
        "share of the months of a line, bay or station that is work on site and waits for the "
        "study; the rest, permits and orders, runs beside it",
    )
    order_after_study: float = assume(
        0.0, FLAG, "1: line, bay and transformer are begun only when the study is done"
    )
    build_after_study: float = assume(0.0, FLAG, "1: building begins only when the study is done")
    build_in_parallel: float = assume(
        0.0, FLAG, "1: trades work side by side, 'build in parallel' instead of 'build'"
    )
    first_phase_share: float = assume(
        0.30, "1", "grade C: share of the load that a first phase needs"
    )
    weight_concentration: float = assume(
        50.0, "1", "sureness: weights are drawn by a Dirichlet law whose parameters add up to this"
    )
    sureness_draws: float = assume(
        2000.0,
        "1",
        "sureness: draws of weights and inputs; a share is within 0.02 nine times in ten",
    )
    robust_share: float = assume(
        0.80, "1", "sureness: a robust winner is in the shortlist in at least this share of draws"
    )
    energy_surplus_spread: float = assume(
        0.20, "1", "sureness: P10 and P90 of the energy surplus lie so far from it, as a share"
    )
    connection_usd_spread: float = assume(
        0.30, "1", "sureness: … of the cost of the connection, an estimate without a survey"
    )
    power_price_spread: float = assume(0.20, "1", "sureness: … of the power price of a zone")
    carbon_spread: float = assume(0.20, "1", "sureness: … of the carbon intensity of a zone")
    pue_spread: float = assume(0.03, "1", "sureness: … of the power usage effectiveness")
    land_price_factor: float = assume(
        2.0, "1", "sureness: P10 and P90 of a region's land price are it over and times this"
    )
    common_share: float = assume(
        0.50,
        "1",
        "sureness: correlation of errors between sites: queue, market, weather are common",
    )
    firm_common_share: float = assume(
        0.10,
        "1",
        "sureness: … of firm power between points of connection",
        "median over pairs of 20 points in 100 situations of Norway",
    )
    wait_usd_per_mw_month: float = assume(
        150e3,
        "USD/MW/month",
        "what a month without power is counted as where sites are chosen together: a wholesale "
        "rent; large tenants pay less than the 184 USD/kW asked for 250 to 500 kW",
        CBRE,
    )
    humidity_pct: float = assume(80.0, "%", "relative humidity where no station gives one")
    town_density_people_per_km2: float = assume(
        2500.0, "1/km²", "built-up area of a town is its population over this"
    )
    town_min_people: float = assume(2000.0, "1", "smaller places bar no ground")
    market_town_people: float = assume(
        5000.0, "1", "remoteness is the distance to a town of this size"
    )

    max_slope_pct: float = assume(10.0, "%", "steeper ground bars a campus")
    hill_slope_pct: float = assume(2.0, "%", "a line crosses a hill from this slope", MISO)
    mountain_slope_pct: float = assume(8.0, "%", "… and a mountain from this one", MISO)
    max_people_per_km2: float = assume(500.0, "1/km²", "denser population bars a campus")
    known_share: float = assume(
        0.5, "1", "a value that is known for less of a cell or site is unknown"
    )
    right_of_way_m: float = assume(
        250.0, "m", "a new line so near to an existing one uses its corridor"
    )
    right_of_way_factor: float = assume(0.9, "1", "cost of a line there over that elsewhere")
    point_price_km: float = assume(50.0, "km", "a land price at a point holds as far as this")
    season_swing_c: float = assume(
        12.0, "K", "warmest month over the mean of the year where no surface tells"
    )

    gas_mj_per_m3: float = assume(38.0, "MJ/m³", "net calorific value of gas")
    gas_usd_per_gj: float = assume(
        8.0, "USD/GJ", "gas for a plant of one's own, carbon cost included"
    )
    stand_in_usd_per_mwh: float = assume(
        50.0, "USD/MWh", "stands in for an unknown price when a mix is chosen, and is never shown"
    )
    discount_rate: float = assume(0.08, "1", "interest on the capital of a supply")
    capital_years: float = assume(25.0, "years", "time over which that capital is written off")
    hydro_full_load_share: float = assume(
        0.50, "1", "mean over full power of a hydro plant whose energy is not known"
    )
    wind_full_load_share: float = assume(
        0.37,
        "1",
        "the same of wind",
        "Norwegian Offshore Directorate 2022: 4.7 GW give 15.4 TWh a year",
    )
    solar_full_load_share: float = assume(0.12, "1", "the same of solar")
    dry_year_share: float = assume(0.85, "1", "hydro energy of a dry year over that of a mean one")
    unlisted_share: float = assume(
        0.0, "1", "energy of plants too small for the plants layer, over that of those listed"
    )
    transfer_share: float = assume(
        0.70, "1", "of the ratings of lines between zones that energy can use, outages borne"
    )
    r_over_x_from_300_kv: float = assume(0.10, "1", "resistance over reactance of a line, for AC")
    r_over_x_from_200_kv: float = assume(0.15, "1", "the same from 200 kV")
    r_over_x_below_200_kv: float = assume(0.30, "1", "the same below")
    transformer_r_over_x: float = assume(0.02, "1", "the same of a transformer")
    wave_km_per_s: float = assume(
        294_000.0, "km/s", "speed of a wave on a line, which gives its charging; 98 % of light"
    )
    reactive_share: float = assume(
        0.5, "1", "reactive range of a supply over its capacity, both ways, for AC"
    )
    # Profiles are frozen, so the call that makes a default shares nothing that could change.
    hydro_profile: Profile = assume(SNOW_MELT, "1", "inflow by month")  # noqa: RUF009
    wind_profile: Profile = assume(NORTH_WIND, "1", "wind power by month")  # noqa: RUF009
    solar_profile: Profile = assume(NORTH_SUN, "1", "solar power by month")  # noqa: RUF009
    demand_profile: Profile = assume(COLD_WINTER, "1", "demand by month")  # noqa: RUF009

    def duration(self, task: str) -> Duration:
        """Return the duration of a task by its name."""
        return next(row for row in self.durations if row.task == task)

    def building_class(self) -> BuildingClass:
        """Return the class of building that is costed."""
        return next(row for row in self.buildings if row.name == self.building)

    def preset(self, name: str) -> Preset:
        """Return a usual load by its name.

        Raises
        ------
        ScenarioError
            If there is none of that name.
        """
        known = {row.name: row for row in self.presets}
        if name not in known:
            fault = Fault(f"preset '{name}'", "is unknown", suggestion(str(name), list(known)))
            raise ScenarioError.of([fault])
        return known[name]

    def in_cost_year(self, usd_year: float) -> float:
        """Return how many dollars of the cost year one dollar of another year is."""
        index = {row.year: row.index for row in self.price_index}
        return index[int(self.cost_year)] / index[int(usd_year)]


STANDARDS: Final = Standards()
TABLES: Final = tuple(
    item.name for item in fields(Standards) if isinstance(getattr(STANDARDS, item.name), tuple)
)
"""Names of the tables, as in ``[standards.<table>]``."""


def with_changes(base: Standards, changes: Mapping[str, Any], where: str) -> Standards:
    """Return the standards with some assumptions changed.

    Parameters
    ----------
    base
        Assumptions to start from.
    changes
        Name of a scalar to its number, of a profile to its name or its twelve numbers from January
        on, or of a table to its changed rows: key of the row to its new values.
    where
        File for messages; a changed row that names no source has it as its source.

    Raises
    ------
    ScenarioError
        With every fault: names that are unknown, values that are neither numbers nor profiles,
        rows that do not hang together.
    """
    scalars = {item.name: item.metadata["unit"] for item in fields(Standards) if item.metadata}
    values: dict[str, Any] = {}
    faults = []
    for name, change in changes.items():
        if name in TABLES:
            rows, found = edited(getattr(base, name), change, f"{where} standards.{name}", where)
            values[name] = rows
        else:
            check = _profile_faults if _is_profile(name) else _scalar_faults
            found = check(f"{where} standards.{name}", change, scalars.get(name))
            values[name] = change
        faults += found
    if not faults:
        numbers = {
            name: profile_of(value) if _is_profile(name) else float(value)
            for name, value in values.items()
            if name in scalars
        }
        out = replace(base, **(values | numbers))
        faults = _cross_faults(out, where)
    if faults:
        raise ScenarioError.of(faults)
    return out


def with_preset(
    options: Mapping[str, Any], standards: Standards
) -> tuple[dict[str, Any], Standards]:
    """Spell a preset out: the options that it stands for, and the class of building to be costed.

    Parameters
    ----------
    options
        Options of a scenario, perhaps with a ``preset`` among them; those given beside it win.
    standards
        The assumptions, presets and classes among them.

    Raises
    ------
    ScenarioError
        If there is no preset of that name.
    """
    given = dict(options)
    if "preset" not in given:
        return given, standards
    row = standards.preset(given.pop("preset"))
    spelt = {name: getattr(row, name) for name in ("load_mw", "ha_per_mw", "redundancy")}
    return spelt | given, replace(standards, building=row.building)


def _is_profile(name: str) -> bool:
    return isinstance(getattr(STANDARDS, name, None), Profile)


def _profile_faults(where: str, value: object, _unit: str | None) -> list[Fault]:
    if profile_of(value) is None:
        return [Fault(where, f"'{value}' is not a profile", profile_remedy())]
    return []


def _scalar_faults(where: str, value: object, unit: str | None) -> list[Fault]:
    if unit is None:
        return [Fault(where, "is not an assumption that can be set", "see docs/assumptions.md")]
    if not is_number(value):
        return [Fault(where, f"'{value}' is not a number", "write a number")]
    if unit == FLAG and value not in {0, 1}:
        return [Fault(where, f"{value} is neither 0 nor 1", "write 1 for yes or 0 for no")]
    return []


def _cross_faults(standards: Standards, where: str) -> list[Fault]:
    """Find what one assumption says of another that is not there."""
    years = {float(row.year) for row in standards.price_index}
    dated = {
        "cost_year": standards.cost_year,
        "transformer_usd_year": standards.transformer_usd_year,
        **{f'line_costs."{row.key}" usd_year': row.usd_year for row in standards.line_costs},
        **{f'buildings."{row.key}" usd_year': row.usd_year for row in standards.buildings},
    }
    span = f"write a year from {min(years):g} to {max(years):g}"
    faults = [
        Fault(f"{where} standards.{name}", f"{year:g} has no row in price_index", span)
        for name, year in dated.items()
        if float(year) not in years
    ]
    classes = [row.name for row in standards.buildings]
    return faults + [
        Fault(
            f'{where} standards.presets."{row.name}" building',
            f"there is no class '{row.building}'",
            suggestion(row.building, classes),
        )
        for row in standards.presets
        if row.building not in classes
    ]


def nearest_line_type(standards: Standards, voltage_kv: float, frequency_hz: int) -> LineType:
    """Return the line type of the frequency whose voltage is nearest; ties go to the lower."""
    same = [row for row in standards.line_types if row.frequency_hz == frequency_hz]
    return min(same, key=lambda row: (abs(row.voltage_kv - voltage_kv), row.voltage_kv))


def nearest_transformer(standards: Standards, high_kv: float, low_kv: float) -> TransformerType:
    """Return the bank whose voltage pair is nearest in relative terms."""

    def distance(row: TransformerType) -> float:
        return abs(row.high_kv - high_kv) / high_kv + abs(row.low_kv - low_kv) / low_kv

    return min(standards.transformers, key=distance)


def nearest_line_cost(standards: Standards, voltage_kv: float) -> LineCost:
    """Return the cost row whose voltage is nearest, in dollars of its own year; ties: the lower."""
    return min(
        standards.line_costs, key=lambda row: (abs(row.voltage_kv - voltage_kv), row.voltage_kv)
    )
