"""The question of a run: command line over ``--config``, over the place, over the defaults."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from geo.errors import Fault, MissingFileError, ScenarioError
from geo.scenario import Scenario, with_options
from geo.standards import with_preset
from layers.toml_text import parse_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.settings import PlaceFile


def pose(
    place_file: PlaceFile, config: Path | None, options: Mapping[str, Any]
) -> tuple[PlaceFile, Scenario]:
    """Build the scenario of a run, and choose the class of building that is costed.

    Parameters
    ----------
    place_file
        The place, whose ``[scenario]`` table comes first.
    config
        A TOML file with the same options, or None.
    options
        What the command line gave.

    Returns
    -------
    place_file, scenario
        The place, its assumptions on the class of the last preset given; and the question.

    Raises
    ------
    MissingFileError
        If the config file is not there.
    ScenarioError
        If an option, a preset or a value is unknown.

    Notes
    -----
    Each of the three may name a preset. It stands for several options, which those given beside it
    overrule, and so does what comes later.
    """
    scenario, standards = Scenario(), place_file.place.standards
    told = [(place_file.options, "place.toml [scenario]"), (options, "command line")]
    if config is not None:
        told.insert(1, (_read(config), config.name))
    for given, where in told:
        spelt, standards = with_preset(given, standards)
        scenario = with_options(scenario, spelt, where)
    return replace(place_file, place=replace(place_file.place, standards=standards)), scenario


def ask(place_file: PlaceFile, config: Path | None, options: Mapping[str, Any]) -> Scenario:
    """Build the scenario of a run that costs nothing, as `pose` does."""
    return pose(place_file, config, options)[1]


def ask_case(config: Path | None, options: Mapping[str, Any]) -> Scenario:
    """Build the scenario of a run on a case, whose ratings are known: linear unless told otherwise.

    Raises
    ------
    MissingFileError, ScenarioError
        As `ask`.
    """
    base = Scenario(method="linear", cutoff=0.05)
    if config is not None:
        base = with_options(base, _read(config), config.name)
    return with_options(base, options, "command line")


def _read(config: Path) -> dict[str, Any]:
    try:
        return parse_toml(config.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        fault = Fault(str(config), "there is no such file", "check the path after --config")
        raise MissingFileError.of([fault]) from None
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        fault = Fault(str(config), problem, "check the file's permissions")
        raise MissingFileError.of([fault]) from error
    except ValueError as error:
        fault = Fault(config.name, f"is not TOML: {error}", "correct it at that line")
        raise ScenarioError.of([fault]) from error
