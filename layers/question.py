"""The question of a run: command line over ``--config``, over the place, over the defaults."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from geo.errors import Fault, MissingFileError, ScenarioError
from geo.scenario import Scenario, with_options

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.settings import PlaceFile


def ask(place_file: PlaceFile, config: Path | None, options: Mapping[str, Any]) -> Scenario:
    """Build the scenario of a run.

    Parameters
    ----------
    place_file
        The place, whose ``[scenario]`` table comes first.
    config
        A TOML file with the same options, or None.
    options
        What the command line gave.

    Raises
    ------
    MissingFileError
        If the config file is not there.
    ScenarioError
        If an option is unknown or its value is.
    """
    scenario = with_options(Scenario(), place_file.options, "place.toml [scenario]")
    return _ask_on(scenario, config, options)


def ask_case(config: Path | None, options: Mapping[str, Any]) -> Scenario:
    """Build the scenario of a run on a case, whose ratings are known: linear unless told otherwise.

    Raises
    ------
    MissingFileError, ScenarioError
        As `ask`.
    """
    return _ask_on(Scenario(method="linear", cutoff=0.05), config, options)


def _ask_on(base: Scenario, config: Path | None, options: Mapping[str, Any]) -> Scenario:
    if config is not None:
        base = with_options(base, _read(config), config.name)
    return with_options(base, options, "command line")


def _read(config: Path) -> dict[str, Any]:
    try:
        with config.open("rb") as stream:
            return tomllib.load(stream)
    except FileNotFoundError:
        fault = Fault(str(config), "there is no such file", "check the path after --config")
        raise MissingFileError.of([fault]) from None
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        fault = Fault(str(config), problem, "check the file's permissions")
        raise MissingFileError.of([fault]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        fault = Fault(config.name, f"is not TOML: {error}", "correct it at that line")
        raise ScenarioError.of([fault]) from error
