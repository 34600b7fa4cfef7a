"""Every assumption: frozen rows with unit and source, editable per place.

A scalar assumption is a field of `Standards` whose metadata holds unit, source and meaning; a table
is a tuple of rows. ``docs/assumptions.md`` is generated from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from geo.errors import Fault, ScenarioError
from geo.profiles import (
    COLD_WINTER,
    NORTH_SUN,
    NORTH_WIND,
    PROFILES,
    SNOW_MELT,
    Profile,
    profile_named,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

PYPSA_TYPES: Final = "PyPSA standard line types; PyPSA-Eur voltage mapping"
US_TYPES: Final = "typical per-unit-length values used by US planning models"
MISO: Final = "MISO cost table in reVRt base_line_costs, 2019 USD"
ASSUMED: Final = "assumption of powersite"
INTERVIEW: Final = "interview with a campus developer"
MONTHS_PER_YEAR: Final = 12


@dataclass(frozen=True)
class LineType:
    """Electrical values of one circuit of an overhead line."""

    voltage_kv: float
    """Nominal voltage."""
    frequency_hz: int
    """System frequency."""
    x_ohm_per_km: float
    """Series reactance."""
    rating_mva: float
    """Thermal rating at the reference ambient temperature."""
    source: str
    """Where the values were read."""


@dataclass(frozen=True)
class TransformerType:
    """A bank between two voltages of a station, where the data name none."""

    high_kv: float
    """High-voltage side."""
    low_kv: float
    """Low-voltage side."""
    units: int
    """Transformers in the bank; the loss of one is an outage."""
    unit_mva: float
    """Rating of one."""
    source: str
    """Where the values were read."""


@dataclass(frozen=True)
class LineCost:
    """Cost of a new line and of its ends."""

    voltage_kv: float
    """Nominal voltage."""
    line_usd_per_km: float
    """New single-circuit line on flat, open land."""
    substation_usd: float
    """New substation."""
    bay_usd: float
    """New bay in an existing substation."""
    source: str
    """Where the values were read."""


@dataclass(frozen=True)
class Duration:
    """A triangular duration."""

    task: str
    """What has to be done."""
    min_months: float
    """Shortest."""
    mode_months: float
    """Most likely."""
    max_months: float
    """Longest."""
    source: str
    """Where the values were read."""


@dataclass(frozen=True)
class GasPlant:
    """A kind of power plant that a campus could have of its own."""

    name: str
    """What it is; its months stand under this name among the durations."""
    heat_gj_per_mwh: float
    """Gas burnt for a megawatt-hour, net calorific value."""
    unit_mw: float
    """One engine or one block; the loss of one is an outage."""
    plant_usd_per_mw: float
    """Building it."""
    upkeep_usd_per_mwh: float
    """Running it, gas apart."""
    source: str
    """Where the values were read."""


def _assume(default: float | Profile, unit: str, meaning: str, source: str = ASSUMED) -> Any:  # noqa: ANN401 -- dataclasses.field is typed as the field's own type
    return field(default=default, metadata={"unit": unit, "meaning": meaning, "source": source})


LINE_TYPES: Final = (
    LineType(66, 50, 0.35, 38, PYPSA_TYPES),
    LineType(110, 50, 0.40, 102, PYPSA_TYPES),
    LineType(132, 50, 0.39, 147, PYPSA_TYPES),
    LineType(150, 50, 0.39, 168, PYPSA_TYPES),
    LineType(220, 50, 0.301, 492, PYPSA_TYPES),
    LineType(300, 50, 0.265, 1005, PYPSA_TYPES),
    LineType(330, 50, 0.265, 1106, PYPSA_TYPES),
    LineType(380, 50, 0.246, 1698, PYPSA_TYPES),
    LineType(400, 50, 0.246, 1787, PYPSA_TYPES),
    LineType(420, 50, 0.246, 1877, PYPSA_TYPES),
    LineType(500, 50, 0.246, 2234, PYPSA_TYPES),
    LineType(750, 50, 0.276, 5404, PYPSA_TYPES),
    LineType(69, 60, 0.45, 130, US_TYPES),
    LineType(115, 60, 0.42, 200, US_TYPES),
    LineType(138, 60, 0.40, 250, US_TYPES),
    LineType(161, 60, 0.39, 300, US_TYPES),
    LineType(230, 60, 0.37, 450, US_TYPES),
    LineType(345, 60, 0.335, 900, US_TYPES),
    LineType(500, 60, 0.30, 1800, US_TYPES),
    LineType(765, 60, 0.28, 3200, US_TYPES),
)

TRANSFORMERS: Final = (
    TransformerType(400, 300, 2, 600, ASSUMED),
    TransformerType(400, 220, 2, 600, ASSUMED),
    TransformerType(400, 132, 2, 300, ASSUMED),
    TransformerType(345, 138, 2, 400, ASSUMED),
    TransformerType(300, 220, 2, 600, ASSUMED),
    TransformerType(300, 132, 2, 300, ASSUMED),
    TransformerType(300, 66, 2, 150, ASSUMED),
    TransformerType(220, 132, 2, 200, ASSUMED),
    TransformerType(220, 66, 2, 100, ASSUMED),
    TransformerType(132, 66, 2, 50, ASSUMED),
    TransformerType(132, 33, 2, 50, ASSUMED),
)

ST_CLAIR: Final = (
    (50.0, 3.0),
    (100.0, 2.0),
    (150.0, 1.6),
    (200.0, 1.35),
    (250.0, 1.2),
    (300.0, 1.05),
    (400.0, 0.85),
    (500.0, 0.72),
    (600.0, 0.62),
)
"""Line length in miles to loadability as a multiple of the surge impedance loading (St Clair)."""

SIL_MW: Final = ((220.0, 175.0), (300.0, 356.0), (380.0, 606.0), (400.0, 672.0))
"""Voltage to surge impedance loading, PyPSA standard line types."""

LINE_COSTS: Final = (
    LineCost(69, 0.78e6, 5.7e6, 1.1e6, MISO),
    LineCost(138, 0.90e6, 7.8e6, 1.6e6, MISO),
    LineCost(230, 1.05e6, 9.7e6, 2.2e6, MISO),
    LineCost(345, 1.35e6, 15.0e6, 3.75e6, f"{MISO}; station and bay between 230 and 500 kV"),
    LineCost(500, 1.73e6, 20.3e6, 5.3e6, MISO),
)

DURATIONS: Final = (
    Duration("study", 6, 18, 48, f"{ASSUMED}; within 2 to 4 years from an interview and JLL 2025"),
    Duration("line under 5 km", 12, 18, 30, ASSUMED),
    Duration("line 5 to 25 km", 24, 36, 60, ASSUMED),
    Duration("line over 25 km", 48, 72, 108, ASSUMED),
    Duration("transformer", 24, 30, 48, f"{ASSUMED}; Wood Mackenzie Q2 2025 gives 128 weeks"),
    Duration("new bay", 12, 18, 30, ASSUMED),
    Duration("build", 18, 24, 36, INTERVIEW),
    Duration("conversion", 9, 12, 18, f"{INTERVIEW}: about 12 months"),
    Duration(
        "gas engines", 15, 21, 30, f"{ASSUMED}; trade press of 2025 gives 12 to 18 to deliver"
    ),
    Duration("combined cycle", 36, 60, 84, f"{ASSUMED}; trade press of 2025 gives 5 to 7 years"),
)

GAS_PLANTS: Final = (
    GasPlant("gas engines", 8.3, 18, 1.8e6, 6.0, ASSUMED),
    GasPlant("combined cycle", 6.4, 60, 2.2e6, 4.0, f"{ASSUMED}; turbines have become dear"),
)


@dataclass(frozen=True)
class Standards:
    """All assumptions of a run; `with_changes` makes those of a place."""

    line_types: tuple[LineType, ...] = LINE_TYPES
    transformers: tuple[TransformerType, ...] = TRANSFORMERS
    line_costs: tuple[LineCost, ...] = LINE_COSTS
    durations: tuple[Duration, ...] = DURATIONS
    gas_plants: tuple[GasPlant, ...] = GAS_PLANTS
    transformer_x_pu: float = _assume(
        0.12, "p.u. on own base", "reactance of an assumed transformer"
    )
    ambient_c: float = _assume(25.0, "°C", "air temperature that ratings are taken at")
    conductor_limit_c: float = _assume(75.0, "°C", "highest conductor temperature")
    st_clair_min_kv: float = _assume(220.0, "kV", "St Clair loadability applies from here")
    st_clair_min_km: float = _assume(80.0, "km", "St Clair loadability applies to longer lines")
    bus_min_kv: float = _assume(
        60.0, "kV", "voltages of a station below this are left to distribution"
    )
    demand_reach_km: float = _assume(
        25.0, "km", "a settlement's demand is spread over stations so near"
    )
    wind_firm_share: float = _assume(
        0.10, "1", "share of wind capacity that counts as dispatchable"
    )
    solar_firm_share: float = _assume(
        0.0, "1", "share of solar capacity that counts as dispatchable"
    )
    demand_low_share: float = _assume(
        0.85, "1", "situations: least demand over that of the base case, which is the likeliest"
    )
    demand_high_share: float = _assume(1.50, "1", "situations: most demand, the winter peak")
    hydro_low_share: float = _assume(
        0.60, "1", "situations: least of the hydro capacity that is there to run"
    )
    hydro_mode_share: float = _assume(0.90, "1", "situations: its likeliest share")
    hydro_high_share: float = _assume(1.00, "1", "situations: most of it")
    rating_spread: float = _assume(
        0.15, "1", "situations: a rating by line type may be off by this either way"
    )
    transformer_spread: float = _assume(
        0.25, "1", "situations: an assumed transformer may be off by this either way"
    )
    second_circuit_chance: float = _assume(
        0.25, "1", "situations: chance of a second circuit where the count is not stated"
    )
    strong_min_kv: float = _assume(220.0, "kV", "a strong source is a station from this voltage")
    strong_min_circuits: float = _assume(3.0, "1", "… with at least so many circuits")
    strong_plant_mw: float = _assume(
        500.0, "MW", "… or a plant of at least this size, or of the load"
    )
    corridor_km: float = _assume(1.0, "km", "two paths closer than this share a corridor")
    corridor_share: float = _assume(
        0.10, "1", "2N: share of two paths that may lie in one corridor"
    )
    max_tie_circuits: float = _assume(4.0, "1", "a tie-line with more circuits is not considered")
    detour_factor: float = _assume(
        1.3,
        "1",
        "line length over straight distance where no route is known",
        "common planning rule",
    )
    extra_circuit_share: float = _assume(0.6, "1", "cost of each further circuit over the first")
    short_line_km: float = _assume(4.8, "km", "lines up to here cost more per km", MISO)
    short_line_factor: float = _assume(1.5, "1", "… by this factor", MISO)
    medium_line_km: float = _assume(16.0, "km", "lines up to here cost more per km", MISO)
    medium_line_factor: float = _assume(1.2, "1", "… by this factor", MISO)
    uprate_share: float = _assume(
        0.5, "1", "cost of uprating an existing circuit over that of a new one, for any added MW"
    )
    transformer_usd_per_mva: float = _assume(6000.0, "USD/MVA", "middle of 4,000 to 8,000", MISO)
    power_factor: float = _assume(0.95, "1", "power factor of a campus")
    campus_usd_per_mw: float = _assume(
        11e6, "USD/MW", "AI campus; Cushman & Wakefield 2025 gives 9.3 to 15.0 M", INTERVIEW
    )
    conversion_tolerance: float = _assume(
        0.05, "1", "energised MW of a campus are rounded press figures: enough if short by no more"
    )
    first_phase_share: float = _assume(
        0.30, "1", "grade C: share of the load that a first phase needs"
    )
    humidity_pct: float = _assume(80.0, "%", "relative humidity where no station gives one")
    town_density_people_per_km2: float = _assume(
        2500.0, "1/km²", "built-up area of a town is its population over this"
    )
    town_min_people: float = _assume(2000.0, "1", "smaller places bar no ground")
    market_town_people: float = _assume(
        5000.0, "1", "remoteness is the distance to a town of this size"
    )
    load_factor: float = _assume(0.90, "1", "energy of a campus over its load all year")
    gas_mj_per_m3: float = _assume(38.0, "MJ/m³", "net calorific value of gas")
    gas_usd_per_gj: float = _assume(
        8.0, "USD/GJ", "gas for a plant of one's own, carbon cost included"
    )
    stand_in_usd_per_mwh: float = _assume(
        50.0, "USD/MWh", "stands in for an unknown price when a mix is chosen, and is never shown"
    )
    discount_rate: float = _assume(0.08, "1", "interest on the capital of a supply")
    capital_years: float = _assume(25.0, "years", "time over which that capital is written off")
    hydro_full_load_share: float = _assume(
        0.50, "1", "mean over full power of a hydro plant whose energy is not known"
    )
    wind_full_load_share: float = _assume(
        0.37,
        "1",
        "the same of wind",
        "Norwegian Offshore Directorate 2022: 4.7 GW give 15.4 TWh a year",
    )
    solar_full_load_share: float = _assume(0.12, "1", "the same of solar")
    dry_year_share: float = _assume(0.85, "1", "hydro energy of a dry year over that of a mean one")
    unlisted_share: float = _assume(
        0.0, "1", "energy of plants too small for the plants layer, over that of those listed"
    )
    transfer_share: float = _assume(
        0.70, "1", "of the ratings of lines between zones that energy can use, outages borne"
    )
    # Profiles are frozen, so the call that makes a default shares nothing that could change.
    hydro_profile: Profile = _assume(SNOW_MELT, "1", "inflow by month")  # noqa: RUF009
    wind_profile: Profile = _assume(NORTH_WIND, "1", "wind power by month")  # noqa: RUF009
    solar_profile: Profile = _assume(NORTH_SUN, "1", "solar power by month")  # noqa: RUF009
    demand_profile: Profile = _assume(COLD_WINTER, "1", "demand by month")  # noqa: RUF009

    def duration(self, task: str) -> Duration:
        """Return the duration of a task by its name."""
        return next(row for row in self.durations if row.task == task)


STANDARDS: Final = Standards()


def with_changes(base: Standards, changes: Mapping[str, object], where: str) -> Standards:
    """Return the standards with assumptions changed.

    A number is given as one, a profile by its name or as twelve numbers from January on.

    Raises
    ------
    ScenarioError
        If a name is unknown, is a table, or its value is neither a number nor a profile.
    """
    known = {item.name for item in fields(Standards) if item.metadata}
    new = {name: _as_assumed(getattr(base, name, 0.0), value) for name, value in changes.items()}
    faults = [
        Fault(
            f"{where} standards.{name}",
            "is not an assumption that can be set",
            "see docs/assumptions.md",
        )
        for name in changes
        if name not in known
    ]
    faults += [
        _form_fault(f"{where} standards.{name}", value, getattr(base, name, 0.0))
        for name, value in changes.items()
        if new[name] is None
    ]
    if faults:
        raise ScenarioError.of(faults)
    values: dict[str, Any] = new
    return replace(base, **values)


def _as_assumed(default: object, value: object) -> float | Profile | None:
    """Read a value in the form of its default; None if it has another form."""
    if not isinstance(default, Profile):
        return float(value) if _is_number(value) else None  # type: ignore[arg-type]
    if isinstance(value, str):
        return profile_named(value)
    rows = list(value) if isinstance(value, (list, tuple)) else []
    whole = len(rows) == MONTHS_PER_YEAR and all(_is_number(x) and x >= 0 for x in rows)
    return Profile("the place's own", tuple(rows), "the place") if whole and any(rows) else None


def _form_fault(where: str, value: object, default: object) -> Fault:
    if not isinstance(default, Profile):
        return Fault(where, f"'{value}' is not a number", "write a number")
    names = ", ".join(f"'{row.name}'" for row in PROFILES)
    return Fault(where, f"'{value}' is not a profile", f"write twelve numbers from 0, or {names}")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)


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
    """Return the cost row whose voltage is nearest; ties go to the lower."""
    return min(
        standards.line_costs, key=lambda row: (abs(row.voltage_kv - voltage_kv), row.voltage_kv)
    )


def assumptions() -> list[dict[str, str]]:
    """List every assumption as rows of name, value, unit, meaning and source."""
    rows = [
        {
            "name": item.name,
            "value": _shown(getattr(STANDARDS, item.name)),
            "unit": item.metadata["unit"],
            "meaning": item.metadata["meaning"],
            "source": item.metadata["source"],
        }
        for item in fields(Standards)
        if item.metadata
    ]
    return [*rows, *_table_rows()]


def _table_rows() -> list[dict[str, str]]:
    lines = [
        _row(
            f"line {row.voltage_kv:g} kV, {row.frequency_hz} Hz",
            f"{row.x_ohm_per_km:g} / {row.rating_mva:g}",
            "Ω/km / MVA",
            "reactance and rating of one circuit",
            row.source,
        )
        for row in LINE_TYPES
    ]
    banks = [
        _row(
            f"transformer {row.high_kv:g}/{row.low_kv:g} kV",
            f"{row.units} × {row.unit_mva:g}",
            "MVA",
            "bank where the data name none",
            row.source,
        )
        for row in TRANSFORMERS
    ]
    costs = [
        _row(
            f"cost at {row.voltage_kv:g} kV",
            f"{row.line_usd_per_km / 1e6:g} / {row.substation_usd / 1e6:g} / {row.bay_usd / 1e6:g}",
            "M USD/km / M USD / M USD",
            "line, new substation, new bay",
            row.source,
        )
        for row in LINE_COSTS
    ]
    times = [
        _row(
            f"months: {row.task}",
            f"{row.min_months:g} / {row.mode_months:g} / {row.max_months:g}",
            "months",
            "shortest, most likely, longest",
            row.source,
        )
        for row in DURATIONS
    ]
    return [*lines, *banks, *costs, *times, *_generation_rows()]


def _generation_rows() -> list[dict[str, str]]:
    plants = [
        _row(
            f"own plant: {row.name}",
            f"{row.heat_gj_per_mwh:g} / {row.unit_mw:g} / {row.plant_usd_per_mw / 1e6:g} / "
            f"{row.upkeep_usd_per_mwh:g}",
            "GJ/MWh / MW / M USD/MW / USD/MWh",
            "heat rate, one unit, building, running without gas",
            row.source,
        )
        for row in GAS_PLANTS
    ]
    profiles = [
        _row(
            f"profile: {row.name}",
            " / ".join(f"{power:g}" for power in row.power),
            "1",
            "mean power of each month from January on, in proportion",
            row.source,
        )
        for row in PROFILES
    ]
    return [*plants, *profiles]


def _shown(value: float | Profile) -> str:
    return value.name if isinstance(value, Profile) else f"{value:g}"


def _row(name: str, value: str, unit: str, meaning: str, source: str) -> dict[str, str]:
    return {"name": name, "value": value, "unit": unit, "meaning": meaning, "source": source}
