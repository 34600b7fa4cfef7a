"""How complete the layers of a place are: what is known of them, and what was set by a rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from geo.drawing import real_substations
from geo.topology import joined
from geo.units import M_PER_KM, parse_voltages_kv

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geo.columns import Column
    from geo.kinds import Layers
    from geo.layer import Layer

IMPUTED: Final = "imputed"
"""Column in which an importer says by which rule it set a value."""


class Known(NamedTuple):
    """How much of one thing is known."""

    layer: str
    """Layer kind."""
    rows: int
    """Its rows."""
    what: str
    """What is asked of each row."""
    known: int
    """Rows of which it is known."""

    @property
    def share(self) -> float:
        """Return the known share; NaN of no rows."""
        return self.known / self.rows if self.rows else np.nan


@dataclass(frozen=True, eq=False)
class Completeness:
    """What is known of a place."""

    known: tuple[Known, ...]
    """Layer by layer."""
    km_by_voltage: pd.DataFrame
    """Index voltage_kv, highest first: line_km (route), circuit_km, published_km (NaN if none)."""
    rules: Mapping[tuple[str, str], int]
    """Layer kind and rule to the rows of which a value was set so."""
    parts: int
    """Separate parts of the network."""
    largest_part: float
    """Share of the route length in the largest of them."""
    bypassed: tuple[str, ...] = ()
    """Substations that lines meet, and none of their highest voltage: name and kV."""
    notes: tuple[str, ...] = ()
    """What the sources say of themselves, one sentence a layer that has one."""
    published_note: str = ""
    """Who publishes route lengths, or that nobody is known to."""


def completeness(layers: Layers, network: Layers | None = None) -> Completeness:
    """Look over the layers of a place.

    Parameters
    ----------
    layers
        As read.
    network
        The same with every line joined, where that is done already.

    Raises
    ------
    GridError
        If lines come as drawn and no line joins two places.
    """
    network = joined(layers) if network is None else network
    place = layers.place
    known = [row for layer in layers.present() for row in _known(layer)]
    stations = real_substations(network.substations.frame)
    lines = network.lines.frame
    met = {*lines["from_substation"], *lines["to_substation"]}
    count = int(stations["id"].isin(met).sum())
    known.append(Known("substations", len(stations), "met by a line", count))
    parts, largest = _parts(lines)
    notes = tuple(
        f"{layer.kind}: {layer.source.note}" for layer in layers.present() if layer.source.note
    )
    notes += tuple(f"{item.kind}: {item.source.note}" for item in layers.listed if item.source.note)
    if place.borrowed:
        notes = (place.warning, *notes)
    if place.demand_source is not None:
        told = (f"{place.demand_source.title}.", place.demand_source.note)
        notes += (f"demand: {' '.join(filter(None, told))}",)
    if network.inferred is not None:
        notes += (f"joints: {network.inferred.sentence()}",)
    return Completeness(
        tuple(known), _km(lines, place.published_km), dict(_rules(layers)), parts, largest,
        tuple(_bypassed(stations, lines)), notes, place.published_note,
    )  # fmt: skip


def _bypassed(stations: pd.DataFrame, lines: pd.DataFrame) -> Iterator[str]:
    ends = pd.concat([lines["from_substation"], lines["to_substation"]])
    met = pd.concat([lines["voltage_kv"]] * 2).groupby(ends.to_numpy()).agg(set)
    for station in stations.sort_values("id").itertuples():
        if station.id in met.index and station.voltages_kv:
            highest_kv = max(parse_voltages_kv(station.voltages_kv))
            if highest_kv not in met[station.id]:
                yield f"{station.name or station.id} ({highest_kv:g} kV)"


def _known(layer: Layer) -> Iterator[Known]:
    """Count what is known of voltages and of the numbers that may be unknown, as far as given."""
    frame = layer.frame
    for column in layer.columns:
        if not _may_be_unknown(column) or column.name in ASIDE:
            continue
        filled = _filled(frame[column.name])
        if filled.any() or column.name in WANTED.get(layer.kind, ()):
            yield Known(layer.kind, len(frame), column.name, int(filled.sum()))


WANTED: Final[dict[str, tuple[str, ...]]] = {
    "substations": ("voltages_kv",),
    "lines": ("voltage_kv", "circuits", "rating_mva"),
    "plants": ("annual_gwh",),
    "gas_fields": ("gas_mcm_per_year",),
    "campuses": ("grid_mw",),
}
"""Columns whose absence is told too."""
ASIDE: Final = frozenset({"confidence", "position_error_km"})
"""Columns that tell of the data and not of the world."""
ALWAYS: Final = frozenset({"voltages_kv", "voltage_kv"})


def _may_be_unknown(column: Column) -> bool:
    number = column.dtype in {"number", "integer"}
    return (column.nullable and number) or column.name in ALWAYS


def _filled(values: pd.Series) -> pd.Series:
    return values.notna() & (values.astype(str).str.strip() != "")


def _parts(lines: pd.DataFrame) -> tuple[int, float]:
    """Return how many separate parts the lines make, and the share of length in the largest."""
    ends = pd.concat([lines["from_substation"], lines["to_substation"]])
    number, names = pd.factorize(ends, sort=True)
    one, other = np.split(number, 2)
    links = sp.coo_array((np.ones(len(one)), (one, other)), shape=(len(names), len(names)))
    parts, label = connected_components(links, directed=False)
    km = np.bincount(label[one], weights=_route_km(lines), minlength=parts)
    return int(parts), float(km.max() / km.sum()) if km.sum() else np.nan


def _route_km(lines: Any) -> np.ndarray:  # noqa: ANN401 -- a frame with geometry
    drawn = lines.geometry.length.to_numpy() / M_PER_KM
    stated = lines["length_km"].to_numpy(float)
    return np.where(stated > 0, stated, drawn)


def _km(lines: pd.DataFrame, published_km: Mapping[float, float]) -> pd.DataFrame:
    km = _route_km(lines)
    table = pd.DataFrame({
        "voltage_kv": lines["voltage_kv"].to_numpy(float), "line_km": km,
        "circuit_km": km * lines["circuits"].fillna(1.0).to_numpy(float),
    })  # fmt: skip
    total = table.groupby("voltage_kv").sum()
    total = total.reindex(sorted({*total.index, *published_km}, reverse=True), fill_value=0.0)
    return total.assign(published_km=[published_km.get(kv, np.nan) for kv in total.index])


def _rules(layers: Layers) -> Iterator[tuple[tuple[str, str], int]]:
    for layer in layers.present():
        if IMPUTED not in layer.frame.columns:
            continue
        told = layer.frame[IMPUTED].fillna("").astype(str).str.split("; ").explode()
        for rule, count in told[told != ""].value_counts().sort_index().items():
            yield (layer.kind, str(rule)), int(count)
