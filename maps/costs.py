"""What a site costs, part by part, with the table that each part came from."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

from geo.standards import nearest_line_cost
from maps.text import is_unknown, number, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geo.layer import Layer
    from geo.siting import Siting

NAME_WIDTH: Final = 26
MILLION: Final = 1e6
THOUSAND: Final = 1e3
HUNDRED: Final = 100
PARTS: Final = (
    ("line_usd", "line"),
    ("bays_usd", "bays"),
    ("station_usd", "stations"),
    ("transformers_usd", "transformers"),
    ("second_feed_usd", "second feed"),
)
HALLS: Final = (
    ("new_halls_usd", "New halls"),
    ("fit_out_usd", "Fit-out of halls"),
    ("cooling_usd", "Cooling of halls"),
)


def cost_text(site: Mapping[str, Any], siting: Siting, width: int) -> str:
    """Tell the cost of a site: connection by part, campus, land, energy; and every table."""
    year = number(siting.layers.place.standards.cost_year).replace(",", "")
    sources = [
        fill(plain(text), width, initial_indent="  - ", subsequent_indent="    ")
        for text in _tables(site, siting)
    ]
    return "\n".join([f"Cost, USD of {year}", *_lines(site, siting), "  Tables", *sources])


def millions(value: float | None) -> str:
    """Write dollars in millions."""
    if value is None or is_unknown(value):
        return "unknown"
    return f"{number(value / MILLION, 0 if abs(value) >= HUNDRED * MILLION else 1)} million"


def _lines(site: Mapping[str, Any], siting: Siting) -> Iterator[str]:
    name = siting.layers.place.standards.building
    yield _line("Connection", site, "connection_usd", _each(site.get("connection_usd_per_mw")))
    for column, words in PARTS:
        if site.get(column):
            yield _line(f"  {words}", site, column)
        if column == "line_usd":
            yield from _ground(site, siting)
    for column, words in HALLS:
        if site.get(column):
            yield _line(words, site, column, f", class '{name}'")
    yield _line("Land", site, "land_usd")
    if site.get("rules_usd"):
        yield _line("Rules", site, "rules_usd")
    yield _line("Capital cost", site, "capex_usd", _each(site.get("capex_usd_per_mw")))
    yield _line("Power", site, "energy_usd_per_year", " a year")


def _ground(site: Mapping[str, Any], siting: Siting) -> Iterator[str]:
    """Tell what the line crosses, as far as it is known."""
    row = siting.feeds[siting.feeds["site_id"] == site["site_id"]].iloc[0]
    for terrain in (name.removeprefix("km_") for name in row.index if name.startswith("km_")):
        if row[f"usd_{terrain}"] > 0:
            told = f"over {terrain}"
            yield f"      {told:<{NAME_WIDTH - 6}}{_of_line(row, terrain)}"


def _of_line(row: Mapping[str, Any], terrain: str) -> str:
    return f"{millions(row[f'usd_{terrain}'])}, {number(row[f'km_{terrain}'], 1)} km"


def _line(name: str, site: Mapping[str, Any], column: str, note: str = "") -> str:
    value = site.get(column)
    text = millions(value) + ("" if is_unknown(value) else note)
    return f"  {name:<{NAME_WIDTH - 2}}{text}"


def _each(value: float | None) -> str:
    if value is None or is_unknown(value):
        return ""
    if value >= MILLION:
        return f", {number(value / MILLION, 1)} million a MW"
    return f", {number(value / THOUSAND)} thousand a MW"


def _tables(site: Mapping[str, Any], siting: Siting) -> Iterator[str]:
    standards = siting.layers.place.standards
    row = standards.building_class()
    if not is_unknown(site["poi_voltage_kv"]):
        grid = nearest_line_cost(standards, site["poi_voltage_kv"])
        yield (
            f"Line, bays, stations: {grid.source}, {grid.voltage_kv:g} kV"
            f"{_times(standards.in_cost_year(grid.usd_year))}. Transformers: "
            f"{number(standards.transformer_usd_per_mva)} USD/MVA"
            f"{_times(standards.in_cost_year(standards.transformer_usd_year))}."
        )
    yield f"Campus: {row.source}{_times(standards.in_cost_year(row.usd_year))}."
    price, pue = site.get("power_price_usd_per_mwh"), site.get("pue")
    if not (is_unknown(price) or is_unknown(pue)):
        yield (
            f"Power: {number(price, 1)} USD/MWh{_of_year(siting.layers.power_prices)}, PUE "
            f"{number(pue, 2)}, mean computing power {number(row.load_factor, 2)} of the "
            "connection; grid tariff and taxes are not in it unless the price holds them."
        )
    if siting.layers.land_prices is not None:
        yield f"Land: price by region{_of_year(siting.layers.land_prices)}."


def _times(factor: float) -> str:
    return "" if factor == 1.0 else f", times {number(factor, 2)} for consumer prices since"


def _of_year(layer: Layer | None) -> str:
    """Name a layer's file and the years that its values hold for."""
    if layer is None:
        return ""
    years = sorted({str(year) for year in layer.frame["year"]} - {""})
    return f" of {', '.join(years)} ({layer.source.file})" if years else f" ({layer.source.file})"
