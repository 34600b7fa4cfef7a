"""What people call each column: title, unit and decimals, one table for every output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from maps.text import quantity


@dataclass(frozen=True)
class Label:
    """How a column is shown."""

    title: str
    """Words for people."""
    unit: str = ""
    """Unit symbol."""
    decimals: int = 0
    """Digits after the point."""
    scale: float = 1.0
    """Factor from the column to the unit shown."""

    def show(self, value: float | None) -> str:
        """Write a value with its unit, or ``unknown``."""
        return quantity(None if value is None else value * self.scale, self.unit, self.decimals)


LABELS: Final[dict[str, Label]] = {
    "site_id": Label("Site id"),
    "name": Label("Site"),
    "kind": Label("Kind"),
    "region": Label("Region"),
    "lon": Label("Longitude", "°", 5),
    "lat": Label("Latitude", "°", 5),
    "area_ha": Label("Area", "ha"),
    "rank": Label("Rank"),
    "grade": Label("Grade"),
    "score": Label("Score", "", 1),
    "firm_mw": Label("Firm power (N-1)", "MW"),
    "normal_mw": Label("Normal power (N-0)", "MW"),
    "limiting_line": Label("Limited by"),
    "limiting_outage": Label("with this out of service"),
    "poi_id": Label("Point of connection, id"),
    "poi_name": Label("Point of connection"),
    "poi_voltage_kv": Label("Voltage there", "kV"),
    "tie_km": Label("Tie-line", "km", 1),
    "redundancy": Label("Redundancy"),
    "months_p10": Label("Months to power, P10", "months"),
    "months_p50": Label("Months to power, P50", "months"),
    "months_p90": Label("Months to power, P90", "months"),
    "hydro_mw_in_reach": Label("Hydro power in reach", "MW"),
    "gas_mcm_per_year_in_reach": Label("Gas in reach", "million m³/year"),
    "power_price_usd_per_mwh": Label("Power price", "USD/MWh", 1),
    "carbon_g_per_kwh": Label("Carbon intensity", "gCO₂e/kWh"),
    "pue": Label("PUE estimate", "", 2),
    "land_price_usd_per_ha": Label("Land price", "USD/ha"),
    "connection_usd": Label("Connection cost", "million USD", 1, 1e-6),
    "capex_usd": Label("Capital cost", "million USD", 0, 1e-6),
    "confidence": Label("Confidence", "", 2),
    "position_error_km": Label("Position may be off by", "km", 1),
    "flexible_mw": Label("Flexible power", "MW"),
    "firm_mw_p10": Label("Firm power, P10", "MW"),
    "firm_mw_p50": Label("Firm power, P50", "MW"),
    "firm_mw_p90": Label("Firm power, P90", "MW"),
    "normal_mw_p10": Label("Normal power, P10", "MW"),
    "normal_mw_p50": Label("Normal power, P50", "MW"),
    "normal_mw_p90": Label("Normal power, P90", "MW"),
    "top_share": Label("In the shortlist, of all draws", "%", 0, 100.0),
    "rank_p10": Label("Rank, P10"),
    "rank_p90": Label("Rank, P90"),
    "robust": Label("Robust winner"),
    "second_poi_id": Label("Second point of connection, id"),
    "energy_surplus_mw": Label("Generation less demand in reach", "MW"),
    "town_km": Label("Nearest town", "km", 1),
    "grid_mw": Label("Energised connection", "MW"),
    "station_links_mw": Label("Links abroad at the point of connection", "MW"),
    "part_without": Label("Its part of the grid is cut off without"),
    "part_links_mw": Label("Links abroad in its part of the grid", "MW"),
    "part_supply_mw": Label("Supply in its part of the grid", "MW"),
    "way": Label("Way to power"),
    "feed": Label("Feed of the campus"),
    "circuits": Label("Circuits of the tie-line"),
    "new_station": Label("New station at the point of connection"),
    "second_tie_km": Label("Second tie-line", "km", 1),
    "critical_task": Label("Decided by"),
    "critical_share": Label("Decided by it", "%", 0, 100.0),
    "line_usd": Label("Cost of the line", "million USD", 1, 1e-6),
    "bays_usd": Label("Cost of the bays", "million USD", 1, 1e-6),
    "station_usd": Label("Cost of stations", "million USD", 1, 1e-6),
    "transformers_usd": Label("Cost of transformers", "million USD", 1, 1e-6),
    "second_feed_usd": Label("Cost of the second feed", "million USD", 1, 1e-6),
    "new_halls_usd": Label("Cost of new halls", "million USD", 0, 1e-6),
    "fit_out_usd": Label("Cost of fit-out", "million USD", 0, 1e-6),
    "cooling_usd": Label("Cost of cooling", "million USD", 0, 1e-6),
    "land_usd": Label("Cost of land", "million USD", 1, 1e-6),
    "rules_usd": Label("Cost by rules", "million USD", 1, 1e-6),
    "connection_usd_per_mw": Label("Connection by the MW", "thousand USD/MW", 0, 1e-3),
    "capex_usd_per_mw": Label("Capital by the MW", "million USD/MW", 1, 1e-6),
    "energy_usd_per_year": Label("Cost of power", "million USD/year", 1, 1e-6),
    "energy_usd_per_mw_per_year": Label("Power by the MW", "thousand USD/MW/year", 0, 1e-3),
    "onsite_firm_mw": Label("Firm power that could be built on site", "MW"),
    "firm_with_onsite_mw": Label("Firm power with it", "MW"),
    "supply_mix": Label("Least-cost supply"),
    "supply_usd_per_mwh": Label("Cost of that supply", "USD/MWh"),
    "supply_months": Label("Months to that supply", "months"),
    "driest_month": Label("Driest month"),
    "dry_year_driest_mw": Label("Balance of the zone then, dry year", "MW"),
    "dry_year_fed": Label("Fed in a dry year"),
    "season_note": Label("Through the year"),
    "joint_firm_mw": Label("Firm power together", "MW"),
    "topsis": Label("Nearness to the ideal (TOPSIS)", "", 1),
    "topsis_rank": Label("Rank by TOPSIS"),
    "first_share": Label("First, of all draws", "%", 0, 100.0),
    "share_firm_mw": Label("Firm power", "", 1),
    "share_months": Label("Months to power", "", 1),
    "share_redundancy": Label("Redundancy", "", 1),
    "share_power_price": Label("Power price", "", 1),
    "share_connection_usd": Label("Connection cost", "", 1),
    "share_energy_surplus": Label("Energy in reach", "", 1),
    "share_climate": Label("Climate", "", 1),
    "share_carbon": Label("Carbon", "", 1),
    "share_remoteness": Label("Remoteness", "", 1),
    "share_land_price": Label("Land price", "", 1),
}
"""Site columns in the order of the house, then what else is told of a site, then the shares."""

_NAMES: Final = tuple(LABELS)
SITE_COLUMNS: Final = _NAMES[: _NAMES.index("position_error_km")]
REGION_COLUMNS: Final = (
    "region",
    "rank",
    "grade",
    "score",
    "best_site_id",
    "sites_a",
    "sites_b",
    "sites_c",
    "firm_mw",
    "months_p50",
    "joint_firm_mw",
    "first_share",
    "rank_p10",
    "rank_p90",
)


def label(column: str) -> Label:
    """Return how a column is shown; an unlisted one is called by its own name."""
    words = column.removeprefix("share_").replace("_", " ")
    return LABELS.get(column, Label(words.capitalize(), "", 2))


KNOBS: Final = {
    "load_mw": Label("Load", "MW"),
    "redundancy": Label("Redundancy for grade A"),
    "months": Label("Power wanted within", "months"),
    "reach_km": Label("Longest tie-line", "km"),
    "top": Label("Sites in the shortlist"),
    "spacing_km": Label("Sites are at least apart", "km", 1),
    "cell_km": Label("Side of a candidate cell", "km", 1),
    "ha_per_mw": Label("Land for a megawatt", "ha", 2),
    "method": Label("Headroom method"),
    "mode": Label("Mode of the linear method"),
    "cutoff": Label("Lines watched from a flow share of", "", 2),
    "demand_mw": Label("Demand of the base case", "MW"),
    "situations": Label("Situations drawn for the shortlist"),
    "seed": Label("Seed of the draws"),
}
"""The question's knobs."""
