"""Networks of tasks: exact where plain, else against sums by hand, scipy, and networkx's paths."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import triang

from geo.rows import Duration
from geo.tasks import (
    Network,
    Task,
    drawn,
    is_plain,
    quantiles,
    schedule,
    triangular,
    triangular_cdf,
)

CONVERSION = Duration("conversion", 9, 12, 18, "")
FIXED = Duration("fixed", 24, 24, 24, "")
STUDY = Duration("study", 6, 18, 48, "")
TRANSFORMER = Duration("transformer", 24, 30, 48, "")
LINE = Duration("line", 12, 18, 30, "")
SHARES = (0.1, 0.5, 0.9)


def fixed(months: float) -> Duration:
    return Duration("", months, months, months, "")


def in_scipy(task: Duration) -> triang:
    width = task.max_months - task.min_months
    return triang((task.mode_months - task.min_months) / width, task.min_months, width)


@st.composite
def durations(draw: st.DrawFn) -> Duration:
    low, mode, high = sorted(draw(st.lists(st.integers(1, 120), min_size=3, max_size=3)))
    return Duration("task", low, mode, max(high, low + 1), "")


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Up to six tasks; each may wait for some before it, wholly or with its works."""
    tasks: list[Task] = []
    for position in range(draw(st.integers(1, 6))):
        before = [task.name for task in tasks]
        some = st.lists(st.sampled_from(before), unique=True) if before else st.just([])
        share = draw(st.sampled_from([0.4, 1.0]))
        waits = (tuple(draw(some)), tuple(draw(some)))
        tasks.append(Task(f"task {position}", draw(durations()), *waits, share))
    return tuple(tasks)


# One triangle


@given(durations(), st.floats(0, 150))
def test_the_distribution_is_scipys_triangle(task: Duration, months: float) -> None:
    assert triangular_cdf(task, months) == pytest.approx(in_scipy(task).cdf(months), abs=1e-12)


@given(durations(), st.floats(0, 1))
def test_months_by_probability_are_scipys(task: Duration, share: float) -> None:
    found = triangular(task, np.array([share]))
    assert found == pytest.approx(in_scipy(task).ppf(share), abs=1e-6)


@pytest.mark.parametrize(
    ("months", "share"),
    # Min 9, mode 12, max 18: rises as (m − 9)² / (9 · 3), ends as 1 − (18 − m)² / (9 · 6).
    [(8, 0), (9, 0), (10, 1 / 27), (12, 1 / 3), (15, 1 - 9 / 54), (18, 1), (19, 1)],
)
def test_a_triangle_by_hand(months: float, share: float) -> None:
    assert triangular_cdf(CONVERSION, months) == pytest.approx(share)
    if 9 <= months <= 18:
        assert triangular(CONVERSION, np.array([share])) == pytest.approx(months)


@pytest.mark.parametrize(("months", "share"), [(23.9, 0), (24, 1), (24.1, 1)])
def test_a_fixed_duration_is_a_step(months: float, share: float) -> None:
    assert triangular_cdf(FIXED, months) == share
    assert triangular(FIXED, np.array([0.0, 0.3, 1.0])).tolist() == [24, 24, 24]


@pytest.mark.parametrize("end", [9, 18])
def test_a_mode_at_one_end_is_a_slope(end: float) -> None:
    task = replace(CONVERSION, mode_months=end)
    share = 0.75 if end == 9 else 0.25  # ± (1/2)²
    assert triangular_cdf(task, 13.5) == pytest.approx(share)
    assert triangular(task, np.array([share])) == pytest.approx(13.5)


# The longest of several, exactly


def test_quantiles_of_one_task_by_hand() -> None:
    # The inverses of the two pieces: 9 + √(27 q) below a third, 18 − √(54 (1 − q)) above.
    expected = (9 + sqrt(2.7), 18 - sqrt(27), 18 - sqrt(5.4))
    assert quantiles((CONVERSION,)) == pytest.approx(expected)


def test_quantiles_of_the_longest_task_by_integration() -> None:
    # The density of the longest, Σ_i f_i · Π_{j≠i} F_j, integrated on a grid of a thousandth month.
    rows = (STUDY, TRANSFORMER, LINE)
    tasks = [in_scipy(row) for row in rows]
    months = np.arange(0, 60, 0.001)
    below = np.array([task.cdf(months) for task in tasks])
    density = sum(
        task.pdf(months) * np.delete(below, row, axis=0).prod(axis=0)
        for row, task in enumerate(tasks)
    )
    share = np.cumsum(density) * 0.001
    assert share[-1] == pytest.approx(1, abs=1e-3)
    expected = [months[np.searchsorted(share, q)] for q in SHARES]
    assert quantiles(rows) == pytest.approx(expected, abs=0.02)


def test_a_fixed_task_bounds_the_quantiles_from_below() -> None:
    # P(study ≤ 24) = 1 − 24²/(42 · 30) = 0.543, so up to there the fixed 24 months decide;
    # above, 0.9 = 1 − (48 − m)²/1260 gives m = 48 − √126.
    assert quantiles((FIXED, STUDY)) == pytest.approx((24, 24, 48 - sqrt(126)))
    assert quantiles((FIXED,)) == (24, 24, 24)


@given(st.lists(durations(), min_size=1, max_size=4), durations())
def test_one_task_more_never_ends_sooner(tasks: list[Duration], more: Duration) -> None:
    p10, p50, p90 = quantiles(tuple(tasks))
    assert max(task.min_months for task in tasks) <= p10 <= p50 <= p90
    assert p90 <= max(task.max_months for task in tasks)
    later = quantiles((*tasks, more))
    assert all(new >= old - 1e-6 for new, old in zip(later, (p10, p50, p90), strict=True))


# Draws


def test_draws_fill_the_triangle_evenly_and_are_the_same_again() -> None:
    task = Task("study", STUDY)
    months = drawn(task, 1, 1000)
    slices = np.floor(in_scipy(STUDY).cdf(np.sort(months)) * 1000 + 1e-9)
    assert slices.tolist() == list(range(1000))
    assert drawn(task, 1, 1000).tolist() == months.tolist()
    assert drawn(task, 2, 1000).tolist() != months.tolist()


def test_tasks_are_drawn_independently() -> None:
    one, other = (drawn(Task(name, STUDY), 1, 8192) for name in ("a", "b"))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.04  # 3.6 times 1/√8192


# Networks


def test_tasks_of_fixed_length_by_hand() -> None:
    """The classic example: two ways from start to end.

    ::

        a 3 ──▶ c 4 ──┐
         │            ├──▶ e 1        a c e = 8 months, a d e = 10, b d e = 9
        a ───▶ d 6 ───┤
        b 2 ──▶ d ────┘
    """
    network = (
        Task("a", fixed(3)),
        Task("b", fixed(2)),
        Task("c", fixed(4), ("a",)),
        Task("d", fixed(6), ("a", "b")),
        Task("e", fixed(1), ("c", "d")),
    )
    found = schedule(network, 1)
    assert found.months == (10, 10, 10)
    bars = {
        bar.task: (bar.start_months, bar.finish_months, bar.critical_share) for bar in found.bars
    }
    assert bars == {
        "a": (0, 3, 1), "b": (0, 2, 0), "c": (3, 7, 0), "d": (3, 9, 1), "e": (9, 10, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("study", "end", "study_decides"),
    # A line of 20 months, whose last 8 are works. A study of 10 ends before they begin at 12; one
    # of 15 holds them until 15, so that they end at 23.
    [(10, 20, 0), (12, 20, 0), (15, 23, 1)],
)
def test_works_wait_and_the_rest_does_not(study: float, end: float, study_decides: float) -> None:
    line = Task("line", fixed(20), works_after=("study",), works_share=0.4)
    found = schedule((Task("study", fixed(study)), line), 1)
    assert found.months == pytest.approx((end, end, end))
    assert [bar.critical_share for bar in found.bars] == [study_decides, 1]
    assert found.bars[1].start_months == 0


def test_a_chain_adds_up() -> None:
    # Means add: (6 + 18 + 48)/3 + (12 + 18 + 30)/3 = 24 + 20; so do variances,
    # (a² + b² + c² − ab − ac − bc)/18 = 78 and 14. A sum is nearly normal, a little to the left.
    chain = (Task("study", STUDY), Task("line", LINE, ("study",)))
    p10, p50, p90 = schedule(chain, 1).months
    assert p50 == pytest.approx(44, abs=1.0)
    assert p90 - p10 == pytest.approx(2 * 1.2816 * sqrt(78 + 14), rel=0.03)


def test_a_chain_is_the_convolution() -> None:
    step = 0.01
    months = np.arange(0, 100, step)
    density = np.convolve(in_scipy(STUDY).pdf(months), in_scipy(LINE).pdf(months)) * step
    share = np.cumsum(density) * step
    expected = [np.searchsorted(share, q) * step for q in SHARES]
    chain = (Task("study", STUDY), Task("line", LINE, ("study",)))
    assert schedule(chain, 1).months == pytest.approx(expected, abs=0.25)


def test_drawn_months_agree_with_the_exact_ones_where_both_are_to_be_had() -> None:
    # A last task of no length makes the network one that is drawn, and changes nothing else.
    tasks = [Task(row.task, row) for row in (STUDY, TRANSFORMER, LINE)]
    end = Task("end", fixed(0), tuple(task.name for task in tasks))
    exact, drawn_ones = schedule(tuple(tasks), 1), schedule((*tasks, end), 1)
    assert is_plain(tuple(tasks))
    assert not is_plain((*tasks, end))
    assert exact.months == quantiles((STUDY, TRANSFORMER, LINE))
    assert drawn_ones.months == pytest.approx(exact.months, abs=0.15)


def test_how_often_a_task_decides_by_integration() -> None:
    # P(study > transformer) = ∫ f_study F_transformer.
    months = np.arange(0, 60, 0.001)
    share = (in_scipy(STUDY).pdf(months) * in_scipy(TRANSFORMER).cdf(months)).sum() * 0.001
    found = schedule((Task("study", STUDY), Task("transformer", TRANSFORMER)), 1)
    assert [bar.critical_share for bar in found.bars] == pytest.approx([share, 1 - share], abs=0.02)
    assert found.critical.task == "transformer"


def test_the_task_that_decides_is_not_the_one_that_ends_all() -> None:
    tasks = (Task("study", STUDY), Task("line", LINE))
    both = schedule((*tasks, Task("test", fixed(1), ("study", "line"))), 1)
    assert both.bars[-1].critical_share == 1
    assert both.critical.task == "study"
    assert schedule((Task("conversion", CONVERSION),), 1).critical.task == "conversion"


def longest_path(network: Network, months: dict[str, float]) -> tuple[float, set[str]]:
    """Return the length of the longest path and the tasks on it, as networkx finds them.

    A task is an edge from its start to its end; one whose works wait has a second, shorter one from
    the end of what they wait for.
    """
    graph = nx.DiGraph()
    for task in network:
        start, end = (task.name, "start"), (task.name, "end")
        graph.add_edge(start, end, weight=months[task.name])
        graph.add_edge(("", "begin"), start, weight=0.0)
        graph.add_edge(end, ("", "done"), weight=0.0)
        for other in task.after:
            graph.add_edge((other, "end"), start, weight=0.0)
        for other in task.works_after:
            graph.add_edge((other, "end"), end, weight=task.works_share * months[task.name])
    path = nx.dag_longest_path(graph)
    return nx.path_weight(graph, path, "weight"), {name for name, side in path if side == "end"}


@given(networks(), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_each_draw_ends_with_the_longest_path(network: Network, seed: int) -> None:
    draws = 8
    months = {task.name: drawn(task, seed, draws) for task in network}
    paths = [
        longest_path(network, {name: float(months[name][draw]) for name in months})
        for draw in range(draws)
    ]
    found = schedule(network, seed, draws)
    if not is_plain(network):
        assert found.months == pytest.approx(np.quantile([end for end, _ in paths], SHARES))
    for bar in found.bars:
        assert bar.critical_share == np.mean([bar.task in tasks for _, tasks in paths])


@given(networks(), st.data())
@settings(max_examples=60, deadline=None)
def test_a_task_that_never_decides_may_be_shorter_and_nothing_changes(
    network: Network, data: st.DataObject
) -> None:
    before = schedule(network, 1, 256)
    idle = [bar.task for bar in before.bars if bar.critical_share == 0]
    if not idle or is_plain(network):
        return
    name = data.draw(st.sampled_from(idle))
    shorter = tuple(
        replace(task, duration=fixed(0.0)) if task.name == name else task for task in network
    )
    after = schedule(shorter, 1, 256)
    assert after.months == before.months
    assert [bar.critical_share for bar in after.bars] == [bar.critical_share for bar in before.bars]


def test_a_task_that_never_decides_may_be_longer_up_to_a_point() -> None:
    # The bay is done after 6 months at most, the study takes at least 6: until then, no difference.
    def months(bay: float) -> tuple[float, ...]:
        tasks = (Task("study", STUDY), Task("bay", Duration("", 1, 2, bay, "")))
        return schedule((*tasks, Task("test", LINE, ("study", "bay"))), 1).months

    assert months(3) == months(6)
    assert months(40) != months(6)


@given(networks(), st.data())
@settings(max_examples=40, deadline=None)
def test_a_longer_task_never_ends_all_sooner(network: Network, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([task.name for task in network]))
    longer = tuple(
        replace(task, duration=_shifted(task.duration, 7)) if task.name == name else task
        for task in network
    )
    pairs = zip(schedule(longer, 1, 64).months, schedule(network, 1, 64).months, strict=True)
    assert all(after >= before - 1e-6 for after, before in pairs)


def _shifted(row: Duration, months: float) -> Duration:
    return Duration(
        row.task, row.min_months + months, row.mode_months + months, row.max_months + months, ""
    )
