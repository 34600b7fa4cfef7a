from __future__ import annotations

import pytest
from shapely import LineString

from geo.corridors import Corridors


def corridors() -> Corridors:
    """Lay two lines of 10 km beside each other, 0.5 km apart for 4 km, and a third far away.

    ::

        far   ──────────────          5 km north
        bent  ────╲______             0.5 km north of straight from 0 to 4 km, then 3 km
        straight ────────────
    """
    routes = {
        "straight": LineString([(0, 0), (10_000, 0)]),
        "bent": LineString([(0, 500), (4000, 500), (4000, 3000), (10_000, 3000)]),
        "far": LineString([(0, 5000), (10_000, 5000)]),
    }
    return Corridors(routes, width_km=1.0)


def test_what_lies_within_the_width_is_shared() -> None:
    """Of the 10 km of straight, 4 km lie beside bent, and the round cap after its corner.

    At (4, 0.5) the corridor's cap reaches √(1² − 0.5²) = 0.866 km further east.
    """
    found = corridors().shared(["straight"], ["bent"])
    assert found == pytest.approx(0.4866, abs=5e-4)


def test_the_shorter_path_is_what_is_measured_whichever_comes_first() -> None:
    one = corridors()
    assert one.shared(["straight"], ["bent"]) == one.shared(["bent"], ["straight"])


def test_lines_far_apart_share_nothing() -> None:
    assert corridors().shared(["straight"], ["far"]) == 0.0


def test_a_path_without_a_line_shares_nothing() -> None:
    assert corridors().shared([], ["far"]) == 0.0


def test_the_worst_clash_is_between_the_lines_that_lie_together_for_longest() -> None:
    assert corridors().worst_clash(["far", "straight"], ["bent"]) == ("straight", "bent")
