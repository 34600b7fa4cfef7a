"""An interrupted run that goes on gives the same answer as one that was never interrupted."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from geo import losses, pairs
from geo.digest import digest
from geo.groups import Group
from geo.linear import linear_headroom
from geo.memory import Forgetful
from tests.geo.nets import random_base, with_trees

N_BUS = 90


class Notebook:
    """Keeps every state offered, and recalls the last."""

    def __init__(self, states=None) -> None:
        self.states = dict(states or {})
        self.snapshots = []
        self.thunks = []

    def begin(self, marks) -> None:
        pass

    def recall(self, stage):
        return self.states.get(stage)

    def keep(self, stage, state) -> None:
        self.states[stage] = {name: np.array(value) for name, value in state().items()}
        self.snapshots.append(dict(self.states))
        self.thunks.append((stage, state, self.states[stage]))


@pytest.fixture
def study(monkeypatch):
    monkeypatch.setattr(pairs, "CHUNK", 2)
    monkeypatch.setattr(losses, "CHUNK", 2)
    net = with_trees(4, N_BUS - 30, 30)
    groups = [Group(f"g{at}", np.array([3 * at, 3 * at + 40])) for at in range(5)]
    net = dataclasses.replace(net, groups=tuple(groups))
    base = random_base(N_BUS, 4)

    def run(memory, tell=lambda *_: None):
        return linear_headroom(
            net, base, np.arange(N_BUS), mode="calibrated", cutoff=0.05, tell=tell, memory=memory
        )

    return run


def same(one, other) -> bool:
    return all(
        np.array_equal(getattr(one, item.name), getattr(other, item.name), equal_nan=True)
        for item in dataclasses.fields(one)
    )


def test_going_on_from_any_point_gives_the_same_to_the_bit(study) -> None:
    straight, worst, worst_at = study(Forgetful())
    whole = Notebook()
    study(whole)
    assert len(whole.snapshots) > 10
    assert {"pairs 0", "losses 0", "answers 0"} <= set(whole.states)
    for snapshot in whole.snapshots:
        resumed, resumed_worst, resumed_at = study(Notebook(snapshot))
        assert same(resumed, straight)
        assert np.array_equal(resumed_worst, worst)
        assert np.array_equal(resumed_at, worst_at)


def test_what_is_done_is_not_done_again(study) -> None:
    whole = Notebook()
    study(whole)
    again = Notebook(whole.states)
    study(again)
    assert again.snapshots == []


def test_a_state_called_late_is_the_one_that_was_offered(study) -> None:
    whole = Notebook()
    study(whole)
    for _, state, seen in whole.thunks:
        late = state()
        assert late.keys() == seen.keys()
        assert all(np.array_equal(late[name], seen[name], equal_nan=True) for name in seen)


def test_another_numbering_begins_anew(study) -> None:
    """Should the factorisation number branches otherwise, what was kept is of no use."""
    whole = Notebook()
    straight, _, _ = study(whole)
    moved = {
        stage: state | ({"branches": state["branches"][::-1]} if "branches" in state else {})
        for stage, state in whole.states.items()
        if not stage.startswith("answers")
    }
    again = Notebook(moved)
    answers, _, _ = study(again)
    assert same(answers, straight)
    assert len(again.snapshots) == len(whole.snapshots)


def test_the_fingerprint_tells_inputs_apart() -> None:
    net, base, every = with_trees(4, 10, 4), random_base(14, 4), np.arange(14)
    first = digest(net, base, every)
    assert digest(with_trees(4, 10, 4), random_base(14, 4), every) == first
    grouped = dataclasses.replace(net, groups=(Group("a", np.array([1, 2])),))
    renamed = dataclasses.replace(net, groups=(Group("b", np.array([1, 2])),))
    others = [
        digest(net, base, every[:-1]),
        digest(net, dataclasses.replace(base, demand_mw=base.demand_mw + 1e-9), every),
        digest(dataclasses.replace(net, limit_mw=net.limit_mw + 1), base, every),
        digest(grouped, base, every),
        digest(renamed, base, every),
    ]
    assert len({first, *others}) == len(others) + 1
