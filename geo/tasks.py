"""Networks of tasks: which waits for which, how long all take, and which task decides.

Durations are triangular and independent. A network whose tasks wait for nothing is a plain maximum,
whose quantiles are exact; any other is drawn. A task has the same draws in every network, so that
two networks differ by their tasks alone and a task that never decides changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from scipy.optimize import brentq

if TYPE_CHECKING:
    from geo.flow import Array
    from geo.rows import Duration

DRAWS = 8192
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Task:
    """One thing to do."""

    name: str
    """What people call it; unique in a network, and the seed of its draws."""
    duration: Duration
    """How long it takes."""
    after: tuple[str, ...] = ()
    """Tasks that have to be finished before it begins."""
    works_after: tuple[str, ...] = ()
    """Tasks that have to be finished before its works begin, the last part of it."""
    works_share: float = 0.0
    """How much of it is works."""


Network = tuple[Task, ...]
"""Tasks, each behind those that it waits for. All is done when the last of them is."""


@dataclass(frozen=True)
class Bar:
    """One task on the time axis."""

    task: str
    """Its name."""
    start_months: float
    """Median of its earliest start."""
    finish_months: float
    """Median of its finish."""
    critical_share: float
    """How often it lies on the path that decides."""


@dataclass(frozen=True)
class Schedule:
    """When a network is done, and which task decides."""

    months: tuple[float, ...]
    """P10, P50 and P90 of the end."""
    bars: tuple[Bar, ...]
    """Every task, in the order of the network."""
    critical: Bar
    """The task that decides most often; one that waits for all others is no answer."""


@dataclass(frozen=True, eq=False)
class _Run:
    """One task, draw by draw."""

    start: Array
    """Months to its earliest start."""
    finish: Array
    """Months to its finish."""
    held: Array
    """Whether its works waited, so that it ends later than it would by its start."""


@cache
def schedule(network: Network, seed: int, draws: int = DRAWS) -> Schedule:
    """Return when a network is done.

    Parameters
    ----------
    network
        The tasks.
    seed
        Seed of the draws.
    draws
        How many.
    """
    runs = _forward(network, seed, draws)
    if is_plain(network):
        months = quantiles(tuple(task.duration for task in network))
    else:
        end = np.max([run.finish for run in runs.values()], axis=0)
        months = tuple(np.quantile(end, QUANTILES).tolist())
    critical = _critical(network, runs)
    bars = {
        name: Bar(
            name,
            float(np.median(run.start)),
            float(np.median(run.finish)),
            float(critical[name].mean()),
        )
        for name, run in runs.items()
    }
    others = [task.name for task in network if len(task.after) < len(network) - 1]
    decides = max(others or bars, key=lambda name: bars[name].critical_share)
    return Schedule(months, tuple(bars.values()), bars[decides])


def is_plain(network: Network) -> bool:
    """Say whether no task waits for another."""
    return not any(task.after or task.works_after for task in network)


def drawn(task: Task, seed: int, draws: int) -> Array:
    """Return durations of a task in months, one from each of so many equally likely slices."""
    random = np.random.default_rng((seed, crc32(task.name.encode())))
    share = (random.permutation(draws) + random.random(draws)) / draws
    return triangular(task.duration, share)


def triangular(duration: Duration, share: Array) -> Array:
    """Return the months that a task takes at most with the probability given."""
    low, mode, high = duration.min_months, duration.mode_months, duration.max_months
    width = high - low
    if width <= 0:
        return np.full(len(share), low)
    rising = low + np.sqrt(share * width * (mode - low))
    falling = high - np.sqrt((1.0 - share) * width * (high - mode))
    return np.where(share * width <= mode - low, rising, falling)


def _forward(network: Network, seed: int, draws: int) -> dict[str, _Run]:
    runs: dict[str, _Run] = {}
    for task in network:
        months = drawn(task, seed, draws)
        start = _latest(task.after, runs, draws)
        by_start = start + months
        by_works = _latest(task.works_after, runs, draws) + task.works_share * months
        held = (by_works > by_start) & bool(task.works_after)
        runs[task.name] = _Run(start, np.where(held, by_works, by_start), held)
    return runs


def _latest(names: tuple[str, ...], runs: dict[str, _Run], draws: int) -> Array:
    return np.max([np.zeros(draws), *(runs[name].finish for name in names)], axis=0)


def _critical(network: Network, runs: dict[str, _Run]) -> dict[str, Array]:
    """Say in which draws each task lies on the path that decides, walking back from the end.

    Of several that end at once the first decides.
    """
    last = np.argmax([run.finish for run in runs.values()], axis=0)
    critical = {name: last == position for position, name in enumerate(runs)}
    for task in reversed(network):
        here, held = critical[task.name], runs[task.name].held
        for names, waits in ((task.works_after, here & held), (task.after, here & ~held)):
            if names:
                decider = np.argmax([runs[name].finish for name in names], axis=0)
                for position, name in enumerate(names):
                    critical[name] = critical[name] | (waits & (decider == position))
    return critical


def quantiles(tasks: tuple[Duration, ...]) -> tuple[float, ...]:
    """Return P10, P50 and P90 of the longest of some parallel tasks, in months, exactly."""
    low = max(task.min_months for task in tasks)
    high = max(task.max_months for task in tasks)

    def below(months: float) -> float:
        return float(np.prod([triangular_cdf(task, months) for task in tasks]))

    if low >= high:
        return (high,) * len(QUANTILES)
    return tuple(
        low  # a task of fixed length can make the shortest time that likely
        if below(low) >= share
        else float(brentq(lambda months, q=share: below(months) - q, low, high, xtol=1e-9))
        for share in QUANTILES
    )


def triangular_cdf(task: Duration, months: float) -> float:
    """Return the probability that a task takes at most so long."""
    low, mode, high = task.min_months, task.mode_months, task.max_months
    if months <= low:
        return 0.0 if low < high or months < low else 1.0
    if months >= high:
        return 1.0
    if months <= mode:
        return (months - low) ** 2 / ((high - low) * (mode - low))
    return 1.0 - (high - months) ** 2 / ((high - low) * (high - mode))
