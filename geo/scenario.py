"""The question: what is to be sited, how firmly, how soon, and how we look for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any, Literal, get_args

from geo.errors import Fault, ScenarioError

Redundancy = Literal["N", "N+1", "2N"]
Method = Literal["redispatch", "linear"]
Mode = Literal["strict", "calibrated"]
Preset = Literal["mining", "hall", "ai-180", "ai-500", "ai-1000"]
"""Several options under one name; `geo.standards` says which. A scenario knows only the options."""

CHOICES: dict[str, tuple[str, ...]] = {
    "redundancy": get_args(Redundancy),
    "method": get_args(Method),
    "mode": get_args(Mode),
}
RANGES: dict[str, tuple[float, float]] = {
    "load_mw": (0.1, 20_000),
    "months": (1, 240),
    "reach_km": (0.1, 500),
    "top": (1, 100_000),
    "spacing_km": (0, 500),
    "cell_km": (0.1, 100),
    "ha_per_mw": (0.001, 100),
    "cutoff": (0, 1),
    "demand_mw": (0, 2_000_000),
    "situations": (0, 10_000),
    "seed": (0, 2**31 - 1),
}


@dataclass(frozen=True)
class Scenario:
    """All the knobs of one run, checked when it is built."""

    load_mw: float = 180.0
    """Power that the campus draws."""
    redundancy: Redundancy = "N+1"
    """Redundancy that grade A asks for."""
    months: float = 36.0
    """Months after which the power is wanted; half of the speed score is lost by then."""
    reach_km: float = 30.0
    """How long a tie-line may be, and how far, as the crow flies, generation counts as near."""
    top: int = 20
    """Sites shown and exported."""
    spacing_km: float = 20.0
    """Greenfield sites closer than this are merged into the better one."""
    cell_km: float = 2.5
    """Side of the square cells that greenfield candidates are found on."""
    ha_per_mw: float = 0.25
    """Land that a megawatt of campus needs."""
    method: Method = "redispatch"
    """How headroom is computed."""
    mode: Mode = "strict"
    """Linear method only: limits as they are, or raised to what the base case already uses."""
    cutoff: float = 0.10
    """Smallest flow per megawatt of new load for which a line is monitored."""
    demand_mw: float | None = None
    """Demand of the base case; None takes the place's."""
    situations: int = 0
    """Draws of demand, water and ratings over which the firm power of the shortlist is spread."""
    seed: int = 1
    """Seed of the draws."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """Weights of criteria that differ from the defaults, by criterion name."""

    def __post_init__(self) -> None:
        """Check every knob.

        Raises
        ------
        ScenarioError
            With every fault found.
        """
        faults = [*self._range_faults(), *self._choice_faults(), *self._form_faults()]
        if faults:
            raise ScenarioError.of(faults)

    @property
    def area_needed_ha(self) -> float:
        """Land that the whole campus needs."""
        return self.load_mw * self.ha_per_mw

    def demand_in(self, usual_mw: float) -> float:
        """Return the demand of the base case: the one asked for, or the place's usual."""
        return usual_mw if self.demand_mw is None else self.demand_mw

    def _range_faults(self) -> list[Fault]:
        return [
            Fault(
                f"option {name}",
                f"{value!r} is not a number from {low:g} to {high:g}",
                "choose a value in that range",
            )
            for name, (low, high) in RANGES.items()
            if not _within(value := getattr(self, name), low, high)
            and (name != "demand_mw" or value is not None)
        ]

    def _choice_faults(self) -> list[Fault]:
        return [
            Fault(f"option {name}", f"'{value}' is unknown", f"choose one of {', '.join(choices)}")
            for name, choices in CHOICES.items()
            if (value := getattr(self, name)) not in choices
        ]

    def _form_faults(self) -> list[Fault]:
        forms: dict[str, tuple[type, str]] = {
            "top": (int, "a whole number"),
            "situations": (int, "a whole number"),
            "seed": (int, "a whole number"),
            "weights": (Mapping, "a table of criterion = weight"),
        }
        return [
            Fault(f"option {name}", f"{vars(self)[name]!r} is not {words}", f"write {words}")
            for name, (form, words) in forms.items()
            if not isinstance(vars(self)[name], form)
        ]


def with_options(base: Scenario, options: Mapping[str, Any], where: str) -> Scenario:
    """Return the scenario with some knobs changed, refusing unknown ones.

    Parameters
    ----------
    base
        Scenario to start from.
    options
        Knob to value.
    where
        File or command for messages.

    Raises
    ------
    ScenarioError
        If a knob is unknown or its value is.
    """
    known = [item.name for item in fields(Scenario)]
    unknown = [name for name in options if name not in known]
    if unknown:
        raise ScenarioError.of(
            Fault(f"{where} option {name}", "is unknown", suggestion(name, known))
            for name in unknown
        )
    return replace(base, **options)


def suggestion(name: str, known: list[str]) -> str:
    """Say what an unknown name was probably meant to be."""
    near = get_close_matches(name, known, n=1)
    return f"did you mean '{near[0]}'?" if near else f"known are {', '.join(sorted(known))}"


def _within(value: object, low: float, high: float) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and low <= float(value) <= high  # type: ignore[arg-type]
