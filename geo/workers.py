"""The same work on many items, on every core, in order, and stopped at once when that is asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from numba import get_num_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    Item = TypeVar("Item")
    Done = TypeVar("Done")


class Stopped(Exception):  # noqa: N818 -- no error: the run was interrupted, nobody sees this
    """Raised within a worker when its result is no longer wanted."""


def in_order(
    work: Callable[[Item, Callable[[], None]], Done], items: Sequence[Item]
) -> Generator[Done]:
    """Do the work for each item on several threads and yield the results in order.

    Parameters
    ----------
    work
        Called with an item and a function that it has to call several times a second: that one
        raises `Stopped` once the results are no longer wanted.
    items
        What to work on.

    Notes
    -----
    Whoever stops taking results, by an error, an interrupt or by closing the iterator, waits only
    until each worker has called that function once more.
    """
    unwanted = Event()

    def go_on() -> None:
        if unwanted.is_set():
            raise Stopped

    workers = max(min(get_num_threads(), len(items)), 1)
    with ThreadPoolExecutor(workers) as pool:
        try:
            yield from pool.map(lambda item: work(item, go_on), items)
        finally:
            unwanted.set()
            pool.shutdown(wait=False, cancel_futures=True)
