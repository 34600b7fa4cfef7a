"""The table of criteria: name, pillar, weight, and a value function with fixed anchors.

Anchors depend on the question at most, never on the candidates, so that adding or removing a site
cannot swap two others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from geo.errors import Fault, ScenarioError
from geo.scenario import suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from geo.flow import Array
    from geo.scenario import Scenario

Pillar = Literal["power", "speed", "connection", "place", "land"]
REDUNDANCY_LEVEL: Final = {"none": 0, "N": 1, "N+1": 2, "2N": 3}


@dataclass(frozen=True)
class Criterion:
    """One thing that a site is judged by."""

    name: str
    """Also the suffix of its share."""
    pillar: Pillar
    """What it belongs to."""
    weight: float
    """Default weight; all add up to 1."""
    column: str
    """The measure it reads."""
    points: tuple[tuple[float, float], ...]
    """Anchors: measure (in the unit said) to value from 0 to 1; linear between, flat outside."""
    per: Literal["one", "load", "months"] = "one"
    """What the anchors are multiples of: the measure's unit, the load, or the months wanted."""
    logarithmic: bool = False
    """Whether the measure counts by its logarithm."""
    meaning: str = ""
    """One line for people."""

    def anchors(self, scenario: Scenario) -> tuple[tuple[float, float], ...]:
        """Return the anchors of a question, in the measure's own unit."""
        scale = {"one": 1.0, "load": scenario.load_mw, "months": scenario.months}[self.per]
        return tuple((at * scale, value) for at, value in self.points)

    def value(self, measure: pd.Series | Array, scenario: Scenario) -> Array:
        """Return the value from 0 to 1 of each measure, in the shape given.

        Unknown is 0, so that nobody gains by it.
        """
        at, value = (np.array(side) for side in zip(*self.anchors(scenario), strict=True))
        x = np.asarray(measure, dtype=float)
        if self.logarithmic:
            x, at = np.log10(np.maximum(x, 1e-9)), np.log10(at)
        return np.where(np.isnan(x), 0.0, np.interp(x, at, value))


CRITERIA: Final = (
    Criterion(
        "firm_mw",
        "power",
        0.28,
        "firm_mw",
        ((0, 0), (1, 0.7), (3, 1)),
        per="load",
        meaning="load that can be served with any one line out",
    ),
    Criterion(
        "redundancy",
        "power",
        0.12,
        "redundancy",
        ((0, 0), (1, 0.3), (2, 0.8), (3, 1)),
        meaning="N, N+1 or 2N at the point of connection",
    ),
    Criterion(
        "energy_surplus",
        "power",
        0.06,
        "energy_surplus_mw",
        ((0, 0), (5, 1)),
        per="load",
        meaning="generation less demand within reach",
    ),
    Criterion(
        "months",
        "speed",
        0.22,
        "months_p50",
        ((1 / 3, 1), (1, 0.5), (3, 0)),
        per="months",
        meaning="median months to power",
    ),
    Criterion(
        "connection_usd",
        "connection",
        0.10,
        "connection_usd",
        ((0, 1), (500_000, 0)),
        per="load",
        meaning="cost of the connection",
    ),
    Criterion(
        "power_price",
        "connection",
        0.10,
        "power_price_usd_per_mwh",
        ((20, 1), (100, 0)),
        meaning="price of electricity",
    ),
    Criterion(
        "climate",
        "place",
        0.05,
        "pue",
        ((1.08, 1), (1.35, 0)),
        meaning="power usage effectiveness that the climate allows",
    ),
    Criterion(
        "carbon",
        "place",
        0.03,
        "carbon_g_per_kwh",
        ((0, 1), (500, 0)),
        meaning="carbon intensity of electricity",
    ),
    Criterion(
        "remoteness",
        "place",
        0.02,
        "town_km",
        ((10, 1), (100, 0)),
        meaning="distance to a market town",
    ),
    Criterion(
        "land_price",
        "land",
        0.02,
        "land_price_usd_per_ha",
        ((1e3, 1), (1e6, 0)),
        logarithmic=True,
        meaning="price of land",
    ),
)


def weights(scenario: Scenario) -> dict[str, float]:
    """Return the weight of each criterion, adding up to 1.

    Raises
    ------
    ScenarioError
        If a weight names no criterion, or is negative.
    """
    known = [criterion.name for criterion in CRITERIA]
    faults = [
        Fault(f"weight {name}", "is no criterion", suggestion(name, known))
        for name in scenario.weights
        if name not in known
    ]
    faults += [
        Fault(f"weight {name}", f"{value} is not a number from 0", "choose a number from 0")
        for name, value in scenario.weights.items()
        if not _is_weight(value)
    ]
    chosen = {
        criterion.name: scenario.weights.get(criterion.name, criterion.weight)
        for criterion in CRITERIA
    }
    if not faults and sum(chosen.values()) <= 0:
        faults.append(Fault("weights", "are all 0", "give at least one a weight"))
    if faults:
        raise ScenarioError.of(faults)
    total = sum(chosen.values())
    return {name: value / total for name, value in chosen.items()}


def _is_weight(value: object) -> bool:
    return isinstance(value, (int, float)) and bool(np.isfinite(value)) and value >= 0


def pillar_weights(chosen: Mapping[str, float]) -> dict[str, float]:
    """Sum the weights by pillar."""
    out: dict[str, float] = {}
    for criterion in CRITERIA:
        out[criterion.pillar] = out.get(criterion.pillar, 0.0) + chosen[criterion.name]
    return out
