"""Substations and lines become a network: a bus per station and voltage, branches between them.

Lines that come as drawn are traced first (`geo.topology`). Every circuit is a branch of its own, so
that losing one of several in parallel needs no special case. What the data do not say is taken from
`geo.standards` and lowers the branch's confidence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd

from geo.errors import GridError
from geo.standards import nearest_line_type, nearest_transformer
from geo.stations import listed_kv
from geo.tables import SIL_MW, ST_CLAIR
from geo.tolerances import UNSTATED_CONFIDENCE
from geo.topology import joined
from geo.units import KM_PER_MILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geo.drawing import Inferred
    from geo.kinds import Layers, Place
    from geo.standards import Standards

BASE_MVA = 100.0
MIN_LENGTH_KM = 0.1
ASSUMED_TRANSFORMER_CONFIDENCE = 0.5


@dataclass(frozen=True, eq=False)
class GridGraph:
    """The network as it is understood, in two tables and as a networkx graph."""

    buses: pd.DataFrame
    """Index bus_id; substation_id, name, voltage_kv, x_m, y_m, abroad, on_line, inferred,
    position_error_km, junction. ``on_line`` is true where a line of the data meets the bus,
    ``junction`` where lines only meet or end in the open: no place to feed, draw or connect."""
    branches: pd.DataFrame
    """Index branch_id; name, from_bus, to_bus, kind (line or transformer), group, voltage_kv,
    length_km, x_pu (on 100 MVA), limit_mw, emergency_mw, confidence, rated (the rating is the
    data's own), counted (so is the number of circuits). Circuits share a group."""
    inferred: Inferred | None = None
    """What was inferred to join lines that came as drawn."""
    lost_together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Outages of several branches at once: name to branch ids."""

    @cached_property
    def graph(self) -> nx.MultiGraph[str]:
        """Build the networkx graph: nodes are buses, keys are branches, attributes as tabled."""
        graph: nx.MultiGraph[str] = nx.MultiGraph()
        graph.add_nodes_from(zip(self.buses.index, self.buses.to_dict("records"), strict=True))
        for row in self.branches.reset_index().to_dict("records"):
            graph.add_edge(row["from_bus"], row["to_bus"], key=row["branch_id"], **row)
        return graph

    @property
    def home(self) -> pd.Series:
        """Say which buses are substations of the place itself, where power is drawn or fed."""
        return ~self.buses["abroad"] & ~self.buses["junction"]

    @cached_property
    def islands(self) -> tuple[frozenset[str], ...]:
        """List the connected parts, largest first."""
        parts = (frozenset(map(str, part)) for part in nx.connected_components(self.graph))
        return tuple(sorted(parts, key=lambda part: (-len(part), min(part))))


def bus_name(substation_id: str, voltage_kv: float) -> str:
    """Return the id of a station's bus at a voltage."""
    return f"{substation_id}@{voltage_kv:g}"


def build_grid(layers: Layers) -> GridGraph:
    """Build the network of a place.

    Parameters
    ----------
    layers
        Substations and lines, joined by id or as drawn; direct-current lines are left out.

    Returns
    -------
    GridGraph
        Rows sorted by id, so that the order of the files changes nothing.

    Raises
    ------
    GridError
        If no alternating-current line is left.
    """
    layers = joined(layers)
    standards, place = layers.place.standards, layers.place
    lines = layers.lines.frame
    lines = lines[~lines["dc"]].sort_values("id")
    if lines.empty:
        raise GridError("lines: every line is direct current; add alternating-current lines")
    buses = _buses(layers, lines, standards)
    if not (~buses["abroad"] & ~buses["junction"] & buses["on_line"]).any():
        raise GridError(
            "substations: no line meets one of the place itself; check positions and countries"
        )
    branches = [*_line_rows(lines, place), *_transformer_rows(buses, place)]
    frame = pd.DataFrame(branches).set_index("branch_id").sort_index()
    return GridGraph(buses, frame, layers.inferred, _lost_together(layers, buses, frame))


def line_rating_mw(
    standards: Standards, voltage_kv: float, length_km: float, frequency_hz: int
) -> float:
    """Return the rating of one circuit: thermal at the ambient temperature, or St Clair if less."""
    thermal = nearest_line_type(standards, voltage_kv, frequency_hz).rating_mva
    margin_c = standards.conductor_limit_c - standards.ambient_c
    thermal *= float(
        np.clip(np.sqrt(max(margin_c, 0.0) / (standards.conductor_limit_c - 25.0)), 0.25, 1.25)
    )
    if voltage_kv < standards.st_clair_min_kv or length_km <= standards.st_clair_min_km:
        return thermal
    sil_mw = min(SIL_MW, key=lambda row: abs(row[0] - voltage_kv))[1]
    miles, multiples = zip(*ST_CLAIR, strict=True)
    return min(thermal, sil_mw * float(np.interp(length_km / KM_PER_MILE, miles, multiples)))


def _lost_together(
    layers: Layers, buses: pd.DataFrame, branches: pd.DataFrame
) -> dict[str, tuple[str, ...]]:
    """Return the branches of each outage of the data: all circuits of a line, all at a station."""
    if layers.outages is None:
        return {}
    at = buses["substation_id"]
    ends = [branches["group"], branches["from_bus"].map(at), branches["to_bus"].map(at)]
    out = {}
    for name, rows in layers.outages.frame.groupby("outage"):
        hit = np.any([end.isin(rows["element"]) for end in ends], axis=0)
        if hit.any():
            out[str(name)] = tuple(branches.index[hit])
    return out


def _buses(layers: Layers, lines: pd.DataFrame, standards: Standards) -> pd.DataFrame:
    ends = pd.concat(
        [
            lines[[end, "voltage_kv"]].set_axis(["substation_id", "voltage_kv"], axis=1)
            for end in ("from_substation", "to_substation")
        ]
    )
    met = ends.groupby("substation_id")["voltage_kv"].agg(set).to_dict()
    rows = [
        row
        for station in layers.substations.frame.sort_values("id").itertuples()
        for row in _station_rows(station, met.get(station.id, set()), standards)
    ]
    return pd.DataFrame(rows).set_index("bus_id").sort_index()


def _station_rows(
    station: object, met_kv: set[float], standards: Standards
) -> Iterator[dict[str, object]]:
    listed = set(listed_kv(station.voltages_kv))  # type: ignore[attr-defined]
    if not met_kv:
        return
    # A voltage above every line's has nothing to feed it: a converter's, or a typing error.
    kept = {kv for kv in listed if kv >= standards.bus_min_kv and kv < max(met_kv)} | met_kv
    for voltage_kv in sorted(kept, reverse=True):
        yield {
            "bus_id": bus_name(station.id, voltage_kv),  # type: ignore[attr-defined]
            "substation_id": station.id,  # type: ignore[attr-defined]
            "name": station.name,  # type: ignore[attr-defined]
            "voltage_kv": voltage_kv,
            "x_m": station.geometry.x,  # type: ignore[attr-defined]
            "y_m": station.geometry.y,  # type: ignore[attr-defined]
            "abroad": bool(station.country),  # type: ignore[attr-defined]
            "on_line": voltage_kv in met_kv,
            "inferred": voltage_kv not in listed,
            "position_error_km": station.position_error_km,  # type: ignore[attr-defined]
            "junction": bool(getattr(station, "junction", False)),
        }


def _line_rows(lines: pd.DataFrame, place: Place) -> Iterator[dict[str, object]]:
    type_of = cache(lambda kv: nearest_line_type(place.standards, kv, place.frequency_hz))
    for line in lines.itertuples():
        length_km = line.length_km if line.length_km > 0 else line.geometry.length / 1000.0
        length_km = max(length_km, MIN_LENGTH_KM)
        kind = type_of(line.voltage_kv)
        rating = (
            line.rating_mva
            if line.rating_mva > 0
            else line_rating_mw(place.standards, line.voltage_kv, length_km, place.frequency_hz)
        )
        circuits = 1 if np.isnan(line.circuits) else int(line.circuits)
        for circuit in range(circuits):
            yield {
                "branch_id": f"{line.id}/{circuit + 1}" if circuits > 1 else line.id,
                "name": line.name or line.id,
                "from_bus": bus_name(line.from_substation, line.voltage_kv),
                "to_bus": bus_name(line.to_substation, line.voltage_kv),
                "kind": "line",
                "group": line.id,
                "voltage_kv": line.voltage_kv,
                "length_km": length_km,
                "x_pu": kind.x_ohm_per_km * length_km * BASE_MVA / line.voltage_kv**2,
                "limit_mw": rating,
                "emergency_mw": rating,
                "confidence": UNSTATED_CONFIDENCE if np.isnan(line.confidence) else line.confidence,
                "rated": line.rating_mva > 0,
                "counted": not np.isnan(line.circuits),
            }


def _transformer_rows(buses: pd.DataFrame, place: Place) -> Iterator[dict[str, object]]:
    several = buses[buses["substation_id"].duplicated(keep=False)]
    levels = several.sort_values(["substation_id", "voltage_kv"], ascending=[True, False])
    bank_of = cache(partial(nearest_transformer, place.standards))
    for high, low in pairwise(levels.itertuples()):
        if high.substation_id == low.substation_id:
            bank = bank_of(high.voltage_kv, low.voltage_kv)
            levels_kv = f"{high.voltage_kv:g}/{low.voltage_kv:g}"
            group = f"T:{high.substation_id}:{levels_kv}"
            for unit in range(bank.units):
                yield {
                    "branch_id": f"{group}/{unit + 1}",
                    "name": f"{high.name} {levels_kv} kV transformer",
                    "from_bus": high.Index,
                    "to_bus": low.Index,
                    "kind": "transformer",
                    "group": group,
                    "voltage_kv": low.voltage_kv,
                    "length_km": 0.0,
                    "x_pu": place.standards.transformer_x_pu * BASE_MVA / bank.unit_mva,
                    "limit_mw": bank.unit_mva,
                    "emergency_mw": bank.unit_mva,
                    "confidence": ASSUMED_TRANSFORMER_CONFIDENCE,
                    "rated": False,
                    "counted": True,
                }
