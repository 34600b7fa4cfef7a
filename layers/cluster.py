"""Tiles on Dask: on workers of this machine, or on those of a scheduler that is running."""

from __future__ import annotations

import logging
from collections import deque
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from geo.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from geo.surface import Grid

    Done = TypeVar("Done")
    Shared = TypeVar("Shared")

LOOPBACK: Final = "127.0.0.1"
AHEAD: Final = 3
"""Tiles in flight for each thread: enough to keep it busy, and few enough to bound memory."""
PATIENCE_S: Final = 30


class Cluster:
    """An engine for `geo.tiles` that sends tiles to Dask workers.

    A worker that dies is replaced where it is ours, and its tiles are done again. What all tiles
    read is a task of its own, so that it outlives the worker that holds it.

    Parameters
    ----------
    address
        Scheduler to use; '' starts one with its workers on the loopback of this machine.
    workers
        Workers to start; 0 for one a core.

    Raises
    ------
    ScenarioError
        If Dask is not installed or the scheduler does not answer.
    """

    def __init__(self, address: str = "", workers: int = 0) -> None:
        try:
            import distributed  # noqa: PLC0415 -- an extra, loaded only where it is asked for
        except ModuleNotFoundError as error:
            message = "--engine dask needs the extra 'cluster': pip install powersite[cluster]"
            raise ScenarioError(message) from error
        self._stack = ExitStack()
        if not address:
            self.cluster = self._stack.enter_context(
                distributed.LocalCluster(
                    n_workers=workers or None,
                    threads_per_worker=1,
                    host=LOOPBACK,
                    dashboard_address=None,
                    silence_logs=logging.ERROR,
                )
            )
            address = self.cluster.scheduler_address
        try:
            self.client = self._stack.enter_context(
                distributed.Client(address, timeout=PATIENCE_S, set_as_default=False)
            )
        except (OSError, ValueError, TimeoutError) as error:
            self._stack.close()
            raise ScenarioError(
                f"no Dask scheduler answers at '{address}'; start one with dask scheduler --host "
                "127.0.0.1, or leave --scheduler out"
            ) from error

    def __enter__(self) -> Self:
        """Return the engine."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the client go, and workers that are ours."""
        self._stack.close()

    def run(
        self, function: Callable[[Shared, Grid], Done], shared: Shared, items: Sequence[Grid]
    ) -> Iterator[Done]:
        """Yield results in the order of the items, few of them in flight at a time."""
        held = self.client.submit(_hold, shared, pure=False)
        threads = sum(self.client.nthreads().values())
        waiting: deque[Any] = deque()
        left = iter(items)
        try:
            for item in left:
                waiting.append(self.client.submit(function, held, item, pure=False))
                if len(waiting) >= AHEAD * max(threads, 1):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            self.client.cancel([*waiting, held])


def _hold(shared: Shared) -> Shared:
    """Return what all tiles read; a task, so that it can be done again."""
    return shared
