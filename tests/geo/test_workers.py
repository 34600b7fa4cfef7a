from __future__ import annotations

import threading
import time

import pytest

from geo import workers
from geo.workers import Stopped, in_order


def test_results_come_in_order_whatever_takes_longer() -> None:
    def work(item, _go_on):
        time.sleep(0.02 if item % 3 == 0 else 0.0)
        return item * item

    assert list(in_order(work, range(12))) == [item * item for item in range(12)]


def test_nothing_to_do() -> None:
    assert list(in_order(lambda item, _go_on: item, [])) == []


def test_an_error_in_the_work_reaches_the_caller_and_ends_the_rest(monkeypatch) -> None:
    monkeypatch.setattr(workers, "get_num_threads", lambda: 2)
    began, stopped = threading.Event(), threading.Event()

    def work(item, go_on):
        if item == 0:
            began.wait()
            raise ValueError("broken")
        began.set()
        try:
            while True:
                go_on()
                time.sleep(0.001)
        except Stopped:
            stopped.set()
            raise

    with pytest.raises(ValueError, match="broken"):
        list(in_order(work, range(8)))
    assert stopped.is_set()


@pytest.mark.parametrize("how", ["interrupt", "close"])
def test_whoever_stops_taking_results_stops_the_work(how) -> None:
    """Items that would never end by themselves: only the request to stop ends them."""
    began = []

    def work(item, go_on):
        began.append(item)
        while item > 0:
            go_on()
            time.sleep(0.001)
        return item

    results = in_order(work, range(50))
    assert next(results) == 0
    if how == "close":
        results.close()
    else:
        with pytest.raises(KeyboardInterrupt):
            results.throw(KeyboardInterrupt())
    assert len(began) < 50
