"""What each layer kind promises: one frozen class per kind, held to it when it is built.

A kind takes a raw frame, converts the promised columns, adds absent optional ones as unknown, and
raises one `LayerError` with every fault. Geometry is in one metric CRS from then on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, ClassVar

from geo.checks import (
    choice_faults,
    crs_faults,
    effect_faults,
    position_faults,
    reference_faults,
    region_faults,
    voltage_faults,
)
from geo.columns import Column, unique
from geo.errors import Fault, LayerError
from geo.layer import Layer, Shape, Source
from geo.plausible import (
    energy_faults,
    fuel_faults,
    fuel_remarks,
    implausible,
    price_faults,
    rating_faults,
    scale_faults,
    warmth_faults,
)
from geo.scenario import CHOICES
from geo.standards import STANDARDS, Standards
from geo.units import MAX_VOLTAGE_KV, parse_voltages_kv

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd
    import pandas as pd

    from geo.drawing import Inferred
    from geo.surface import Surfaces
    from geo.tolerances import Tolerances

CONFIDENCE = Column(
    "confidence", "number", "how sure the row is", 0, 1, required=False, nullable=True
)
POSITION_ERROR = Column(
    "position_error_km",
    "number",
    "how far the position may be off",
    0,
    500,
    required=False,
    nullable=True,
)
NAME = Column("name", "text", "name people know it by", nullable=True)
QUALITY = Column(
    "quality", "text", "official, press, derived or assumed", required=False, nullable=True
)
YEAR = Column("year", "text", "year the value holds for", required=False, nullable=True)
ZONE = Column(
    "zone", "text", "price zone; empty for the whole place", required=False, nullable=True
)


@dataclass(frozen=True, eq=False)
class Substations(Layer):
    """Places where the network can be entered."""

    kind: ClassVar[str] = "substations"
    key: ClassVar[str] = "id"
    shape: ClassVar[Shape | None] = "Point"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("id", "text", "unique id"),
        NAME,
        Column("voltages_kv", "text", "voltages present, as 420;132"),
        Column(
            "country", "text", "ISO code where not the place itself", required=False, nullable=True
        ),
        POSITION_ERROR,
    )

    def further_faults(self, frame: gpd.GeoDataFrame, file: str) -> list[Fault]:
        """Find voltages that cannot be read."""
        return [
            Fault(
                f"{file} row {row} column voltages_kv",
                f"unknown voltage '{text}'",
                "write kilovolts above 0 and up to 1200, separated by semicolons",
            )
            for row, text in frame["voltages_kv"].items()
            if not _reads_as_voltages(text)
        ]


@dataclass(frozen=True, eq=False)
class Lines(Layer):
    """Transmission lines and cables between substations."""

    kind: ClassVar[str] = "lines"
    key: ClassVar[str] = "id"
    shape: ClassVar[Shape | None] = "LineString"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("id", "text", "unique id"),
        Column("name", "text", "name people know it by", required=False, nullable=True),
        Column("from_substation", "text", "id of the substation where it begins"),
        Column("to_substation", "text", "id of the substation where it ends"),
        Column("voltage_kv", "number", "nominal voltage", 1, MAX_VOLTAGE_KV),
        Column("circuits", "integer", "parallel circuits", 1, 16, required=False, nullable=True),
        Column("length_km", "number", "route length", 0, 5000, required=False, nullable=True),
        Column(
            "rating_mva", "number", "rating of one circuit", 0, 20000, required=False, nullable=True
        ),
        Column("category", "text", "line or cable", required=False, nullable=True),
        Column("dc", "flag", "true for direct current", required=False, nullable=True),
        CONFIDENCE,
    )

    def further_faults(self, frame: gpd.GeoDataFrame, file: str) -> list[Fault]:
        """Find ratings of nothing."""
        return rating_faults(frame, file)


@dataclass(frozen=True, eq=False)
class Plants(Layer):
    """Power plants: the energy resources that are built."""

    kind: ClassVar[str] = "plants"
    key: ClassVar[str] = "id"
    shape: ClassVar[Shape | None] = "Point"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("id", "text", "unique id"),
        NAME,
        Column("fuel", "text", "hydro, gas, wind, …"),
        Column("capacity_mw", "number", "installed capacity", 0, 30000),
        Column(
            "annual_gwh",
            "number",
            "energy of a mean year",
            0,
            250000,
            required=False,
            nullable=True,
        ),
        Column(
            "storage_gwh", "number", "reservoir energy", 0, 250000, required=False, nullable=True
        ),
        Column("status", "text", "operating, under construction, …", required=False, nullable=True),
    )

    def further_faults(self, frame: gpd.GeoDataFrame, file: str) -> list[Fault]:
        """Find more energy than the capacity gives in a year, and misspelt fuels."""
        return [*energy_faults(frame, file), *fuel_faults(frame, file)]

    def further_remarks(self, frame: gpd.GeoDataFrame, file: str) -> list[str]:
        """Tell of fuels that nothing is known of."""
        return fuel_remarks(frame, file)


@dataclass(frozen=True, eq=False)
class GasFields(Layer):
    """Gas fields and the points where their gas comes ashore."""

    kind: ClassVar[str] = "gas_fields"
    key: ClassVar[str] = "id"
    shape: ClassVar[Shape | None] = "Point"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("id", "text", "unique id"),
        NAME,
        Column("status", "text", "operating, …", required=False, nullable=True),
        Column("gas_mcm_per_year", "number", "gas produced or landed", 0, 1e6, nullable=True),
        Column(
            "offshore",
            "flag",
            "true where a campus on land cannot reach it",
            required=False,
            nullable=True,
        ),
    )


@dataclass(frozen=True, eq=False)
class Settlements(Layer):
    """Towns and villages: demand, workforce and remoteness."""

    kind: ClassVar[str] = "settlements"
    shape: ClassVar[Shape | None] = "Point"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "text", "name people know it by"),
        Column("population", "number", "inhabitants", 0, 5e7),
        ZONE,
    )


@dataclass(frozen=True, eq=False)
class Loads(Layer):
    """Large consumers that are known apart from the settlements."""

    kind: ClassVar[str] = "loads"
    columns: ClassVar[tuple[Column, ...]] = (
        NAME,
        Column("substation", "text", "id of the substation that feeds it"),
        Column("demand_mw", "number", "demand in the base case", 0, 20000),
        Column("note", "text", "what to know", required=False, nullable=True),
        QUALITY,
    )


@dataclass(frozen=True, eq=False)
class ClimateStations(Layer):
    """Air temperature and humidity at known places."""

    kind: ClassVar[str] = "climate"
    shape: ClassVar[Shape | None] = "Point"
    columns: ClassVar[tuple[Column, ...]] = (
        NAME,
        Column("t_annual_c", "number", "mean temperature of the year", -60, 45),
        Column("t_warmest_month_c", "number", "mean temperature of the warmest month", -40, 55),
        Column(
            "rh_annual_pct",
            "number",
            "mean relative humidity",
            1,
            100,
            required=False,
            nullable=True,
        ),
        QUALITY,
    )

    def further_faults(self, frame: gpd.GeoDataFrame, file: str) -> list[Fault]:
        """Find months warmer than the warmest."""
        return warmth_faults(frame, file)


@dataclass(frozen=True, eq=False)
class LandPrices(Layer):
    """Price of land by region."""

    kind: ClassVar[str] = "land_prices"
    key: ClassVar[str] = "region"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("region", "text", "name of the region as in the regions layer"),
        Column("land_price_usd_per_ha", "number", "price of land", 0, 1e9, nullable=True),
        Column(
            "basis",
            "text",
            "sale, compensation, capitalised rent, …",
            required=False,
            nullable=True,
        ),
        YEAR,
        QUALITY,
    )


@dataclass(frozen=True, eq=False)
class PowerPrices(Layer):
    """Price of electricity by zone."""

    kind: ClassVar[str] = "power_prices"
    key: ClassVar[str] = "zone"
    columns: ClassVar[tuple[Column, ...]] = (
        ZONE,
        Column(
            "power_price_usd_per_mwh", "number", "mean price over a year", -100, 2000, nullable=True
        ),
        YEAR,
        QUALITY,
    )

    def further_faults(self, frame: pd.DataFrame, file: str) -> list[Fault]:
        """Find prices of a kilowatt-hour."""
        return price_faults(frame, file)


@dataclass(frozen=True, eq=False)
class Carbon(Layer):
    """Carbon intensity of electricity by zone."""

    kind: ClassVar[str] = "carbon"
    key: ClassVar[str] = "zone"
    columns: ClassVar[tuple[Column, ...]] = (
        ZONE,
        Column("carbon_g_per_kwh", "number", "life-cycle carbon intensity", 0, 2000, nullable=True),
        YEAR,
        QUALITY,
    )


@dataclass(frozen=True, eq=False)
class Policy(Layer):
    """Rules of a jurisdiction that touch the siting of a campus."""

    kind: ClassVar[str] = "policy"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("topic", "text", "what it is about"),
        Column("rule", "text", "what it says"),
        Column("effect", "text", "gate, delay, cost or none"),
        Column("closes", "flag", "true if it bars every new site", required=False, nullable=True),
        Column(
            "delay_months", "number", "what a delay adds", 0, 240, required=False, nullable=True
        ),
        Column("cost_usd_per_mw", "number", "what it costs", 0, 1e8, required=False, nullable=True),
        Column(
            "region", "text", "region it holds for; empty for all", required=False, nullable=True
        ),
        Column("status", "text", "in force, proposed, …", required=False, nullable=True),
        Column("url", "text", "where it was read", required=False, nullable=True),
        QUALITY,
    )

    def further_faults(self, frame: pd.DataFrame, file: str) -> list[Fault]:
        """Find effects that are unknown, and numbers that belong to another effect."""
        return effect_faults(frame, file)


@dataclass(frozen=True, eq=False)
class Campuses(Layer):
    """Existing campuses with an energised connection, candidates for conversion."""

    kind: ClassVar[str] = "campuses"
    key: ClassVar[str] = "name"
    shape: ClassVar[Shape | None] = "Point"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "text", "name people know it by"),
        Column("grid_mw", "number", "energised connection", 0, 10000, nullable=True),
        Column("use", "text", "mining, smelter, …", required=False, nullable=True),
        Column("operator", "text", "who runs it", required=False, nullable=True),
        Column("note", "text", "what to know", required=False, nullable=True),
        Column(
            "feed",
            "text",
            "redundancy of its connection: N, N+1 or 2N; empty where unknown",
            required=False,
            nullable=True,
        ),
        Column(
            "free_ha", "number", "land free for more halls", 0, 1e5, required=False, nullable=True
        ),
        POSITION_ERROR,
    )

    def further_faults(self, frame: gpd.GeoDataFrame, file: str) -> list[Fault]:
        """Find feeds that are no redundancy."""
        return choice_faults(frame["feed"], {"", *CHOICES["redundancy"]}, file)


@dataclass(frozen=True, eq=False)
class Regions(Layer):
    """Counties, dzongkhags, states: what sites are summed over, and the land itself."""

    kind: ClassVar[str] = "regions"
    key: ClassVar[str] = "name"
    shape: ClassVar[Shape | None] = "Polygon"
    columns: ClassVar[tuple[Column, ...]] = (Column("name", "text", "name of the region"),)


@dataclass(frozen=True, eq=False)
class Ties(Layer):
    """Links abroad: a source and a sink at their substation."""

    kind: ClassVar[str] = "ties"
    columns: ClassVar[tuple[Column, ...]] = (
        NAME,
        Column("substation", "text", "id of the substation where it lands"),
        Column("capacity_mw", "number", "trading capacity", 0, 20000, nullable=True),
        Column("to_country", "text", "country at the other end", required=False, nullable=True),
        Column("note", "text", "what to know", required=False, nullable=True),
    )


@dataclass(frozen=True, eq=False)
class Outages(Layer):
    """What is lost together: the circuits of a tower, a whole substation; one row an element."""

    kind: ClassVar[str] = "outages"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("outage", "text", "what the outage is called"),
        Column("element", "text", "id of a line, or of a substation for all that meets it"),
    )


@dataclass(frozen=True, eq=False)
class Barred(Layer):
    """Ground that no campus can stand on: water, protected areas, towns."""

    kind: ClassVar[str] = "barred"
    shape: ClassVar[Shape | None] = "Any"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("reason", "text", "why it is barred"),
        Column("name", "text", "name people know it by", required=False, nullable=True),
        Column(
            "setback_m", "number", "how far to stay away", 0, 100_000, required=False, nullable=True
        ),
        Column(
            "terrain",
            "text",
            "row of the terrain table that a line pays there; that of the reason if empty",
            required=False,
            nullable=True,
        ),
    )


@dataclass(frozen=True, eq=False)
class LandValues(Layer):
    """Price of land by area, or at points that stand for their surroundings."""

    kind: ClassVar[str] = "land_values"
    shape: ClassVar[Shape | None] = "Point or Polygon"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("land_price_usd_per_ha", "number", "price of land", 0, 1e9, nullable=True),
        Column("basis", "text", "sale, rent, …", required=False, nullable=True),
        YEAR,
        QUALITY,
    )


@dataclass(frozen=True)
class Listed:
    """A file beside the layers' own: a raster, or one of several behind a layer."""

    kind: str
    """What it holds."""
    source: Source
    """Where it comes from."""


@dataclass(frozen=True, eq=False)
class Parcels(Layer):
    """Places of one's own, to be ranked in place of all land; any further column goes along."""

    kind: ClassVar[str] = "parcels"
    shape: ClassVar[Shape | None] = "Point or Polygon"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("site_id", "text", "id to keep; made from the ground where empty", required=False,
               nullable=True),
        Column("name", "text", "name people know it by", required=False, nullable=True),
        Column("kind", "text", "greenfield or campus", required=False, nullable=True),
        Column("grid_mw", "number", "energised connection of a campus", 0, 10000, required=False,
               nullable=True),
        Column("feed", "text", "redundancy of that connection", required=False, nullable=True),
        Column("use", "text", "mining, smelter, …", required=False, nullable=True),
        POSITION_ERROR,
    )  # fmt: skip

    def further_faults(self, frame: gpd.GeoDataFrame, file: str) -> list[Fault]:
        """Find ids given twice, and kinds and feeds that are none."""
        named = frame[frame["site_id"] != ""]
        return [
            *unique(named, "site_id", file),
            *choice_faults(frame["kind"], {"", "greenfield", "campus"}, file),
            *choice_faults(frame["feed"], {"", *CHOICES["redundancy"]}, file),
        ]


@dataclass(frozen=True)
class Place:
    """What is known of a place beside its layers."""

    name: str
    """Short name, as on the command line."""
    title: str
    """Name for people."""
    country: str
    """ISO 3166-1 alpha-3 code."""
    crs: str
    """Metric CRS in which everything is measured."""
    demand_mw: float
    """Demand of the base case, summed over the place."""
    frequency_hz: int = 50
    """System frequency."""
    unconnected: tuple[str, ...] = ()
    """Ids of substations that are known to meet no line of the data."""
    note: str = ""
    """Limits that a reader of any output has to know."""
    standards: Standards = field(default_factory=lambda: STANDARDS)
    """Assumptions, with the place's own changes."""
    topology: Tolerances | None = None
    """How near is near, where the lines come as drawn; None where they name their substations."""
    demand_source: Source | None = None
    """Where its demand comes from."""
    published_km: Mapping[float, float] = field(default_factory=dict)
    """Voltage in kV to the route length that an operator publishes, km."""
    published_note: str = ""
    """Who publishes those lengths, or that nobody is known to."""
    template: str = ""
    """Built-in place that this one was begun from; '' if none."""
    borrowed: tuple[str, ...] = ()
    """Layers, and the demand, that are still those of that place."""

    @property
    def warning(self) -> str:
        """Say what is still that of another place; '' if nothing is."""
        if not self.borrowed:
            return ""
        what = ", ".join(name.replace("_", " ") for name in self.borrowed)
        return (
            f"Still those of the template '{self.template}', and not of {self.title}: {what}. "
            "What they tell is not true of this place."
        )


@dataclass(frozen=True, eq=False)
class Layers:
    """All that is known of a place, checked across layers."""

    place: Place
    """The place itself."""
    substations: Substations
    """Where the network can be entered."""
    lines: Lines
    """How the substations are joined."""
    regions: Regions
    """The land, by region."""
    plants: Plants | None = None
    """Power plants."""
    gas_fields: GasFields | None = None
    """Gas fields and landing points."""
    settlements: Settlements | None = None
    """Towns and villages."""
    loads: Loads | None = None
    """Large consumers; the rest of the demand follows the settlements."""
    climate: ClimateStations | None = None
    """Temperature and humidity."""
    land_prices: LandPrices | None = None
    """Land prices by region."""
    power_prices: PowerPrices | None = None
    """Electricity prices by zone."""
    carbon: Carbon | None = None
    """Carbon intensity by zone."""
    policy: Policy | None = None
    """Rules of the jurisdiction."""
    campuses: Campuses | None = None
    """Existing campuses."""
    ties: Ties | None = None
    """Links abroad."""
    outages: Outages | None = None
    """What is lost together, beside each line and transformer alone."""
    barred: Barred | None = None
    """Ground that cannot be built on."""
    land_values: LandValues | None = None
    """Land prices by area or point."""
    surfaces: Surfaces | None = None
    """Rasters, and the cells that they are brought onto."""
    listed: tuple[Listed, ...] = ()
    """Files beside those of the layers."""
    parcels: Parcels | None = None
    """Places of one's own to rank in place of all land."""
    inferred: Inferred | None = None
    """What was inferred to join lines that came as drawn; None where the data name every end."""

    def __post_init__(self) -> None:
        """Check what one layer says of another.

        Raises
        ------
        LayerError
            With every fault found.
        """
        faults = (
            crs_faults(self)
            or scale_faults(self)
            or [
                *reference_faults(self),
                *voltage_faults(self),
                *region_faults(self),
                *position_faults(self),
            ]
        )
        faults = faults or [*implausible(self)]
        if faults:
            raise LayerError.of(faults)

    @property
    def remarks(self) -> list[str]:
        """Tell what was mended or passed over in reading any layer."""
        return [remark for layer in self.present() for remark in layer.remarks]

    def present(self) -> Iterator[Layer]:
        """Yield the layers that this place has, in a fixed order."""
        for item in fields(self):
            layer = getattr(self, item.name)
            if isinstance(layer, Layer):
                yield layer

    def sources(self) -> Iterator[Layer | Listed]:
        """Yield all that has a kind and a source: the layers, and files beside theirs."""
        yield from self.present()
        yield from self.listed


KINDS: dict[str, type[Layer]] = {
    kind.kind: kind
    for kind in (
        Substations,
        Lines,
        Regions,
        Plants,
        GasFields,
        Settlements,
        Loads,
        ClimateStations,
        LandPrices,
        PowerPrices,
        Carbon,
        Policy,
        Campuses,
        Ties,
        Outages,
        Barred,
        LandValues,
        Parcels,
    )
}
"""Kind name, which is also the field of `Layers`, to class."""


def _reads_as_voltages(text: object) -> bool:
    try:
        parse_voltages_kv(text)
    except ValueError:
        return False
    return True
