from __future__ import annotations

import numpy as np
import pytest

from geo.errors import CheckpointError, OutputError
from maps import checkpoint
from maps.checkpoint import PAUSE_S, Checkpoint, keeping

MARKS = {"--mode": "strict", "--cutoff": "0.05", "tables": "abc"}
STATE = {"rows": np.arange(6.0).reshape(2, 3), "at": np.array([3, -1], np.int32)}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def written(path, states=None, marks=MARKS) -> None:
    kept = Checkpoint(path)
    kept.begin(marks)
    for stage, state in (states or {"pairs 0": STATE}).items():
        kept.keep(stage, lambda state=state: state)
    kept.write()


def begun(path, marks=MARKS) -> Checkpoint:
    kept = Checkpoint(path)
    kept.begin(marks)
    return kept


def test_what_is_written_is_recalled_to_the_bit(tmp_path) -> None:
    path = tmp_path / "a.npz"
    written(path, {"pairs 0": STATE, "answers 12": {"rows": np.zeros((0, 7))}})
    kept = begun(path)
    state = kept.recall("pairs 0")
    assert state.keys() == STATE.keys()
    for name, values in STATE.items():
        assert state[name].dtype == values.dtype
        assert np.array_equal(state[name], values)
    assert kept.recall("answers 12")["rows"].shape == (0, 7)
    assert kept.recall("losses 0") is None
    assert [item.name for item in tmp_path.iterdir()] == ["a.npz"]


def test_stages_of_the_interrupted_run_stay_when_others_are_added(tmp_path) -> None:
    path = tmp_path / "a.npz"
    written(path)
    kept = begun(path)
    kept.keep("answers 0", lambda: {"rows": np.ones(2)})
    kept.write()
    again = begun(path)
    assert np.array_equal(again.recall("pairs 0")["rows"], STATE["rows"])
    assert again.recall("answers 0")["rows"].tolist() == [1, 1]


def test_it_is_written_now_and_then_only(tmp_path) -> None:
    """A state that is not written is not even asked for."""
    clock, path, asked = Clock(), tmp_path / "a.npz", []
    kept = Checkpoint(path, clock)
    kept.begin(MARKS)

    def state():
        asked.append(clock.now)
        return STATE

    for second in range(3 * int(PAUSE_S)):
        clock.now = float(second)
        kept.keep("pairs 0", state)
    assert asked == [PAUSE_S, 2 * PAUSE_S]
    assert path.exists()


def test_slow_writing_makes_the_pauses_longer(tmp_path) -> None:
    clock, asked = Clock(), []
    kept = Checkpoint(tmp_path / "a.npz", clock)
    kept.begin(MARKS)

    def state():
        asked.append(clock.now)
        clock.now += 10.0  # each write takes ten seconds
        return STATE

    for second in range(0, 400, 5):
        clock.now = max(clock.now, float(second))
        kept.keep("pairs 0", state)
    assert np.diff(asked).min() >= 10.0 / checkpoint.SHARE


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        (MARKS | {"--cutoff": "0.1"}, "--cutoff 0.05 there, 0.1 here"),
        (MARKS | {"tables": "abd"}, "its tables have changed"),
    ],
)
def test_another_run_is_refused_with_what_differs_and_what_to_do(tmp_path, marks, said) -> None:
    path = tmp_path / "a.npz"
    written(path)
    before = path.read_bytes()
    with pytest.raises(CheckpointError, match=said) as caught:
        begun(path, marks)
    assert "delete this one" in str(caught.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        lambda path: path.write_text("bus_id,Pd\n1,2\n", encoding="utf-8"),
        lambda path: path.write_bytes(b""),
        lambda path: np.savez(path, other=np.zeros(3)),
        lambda path: np.savez(path, powersite=np.array([{"a": 1}], dtype=object)),
        lambda path: np.savez(path, powersite=np.frombuffer(b"{not json", np.uint8)),
        lambda path: path.mkdir(),
    ],
    ids=["text", "empty", "other arrays", "pickle", "no json", "folder"],
)
def test_what_is_no_checkpoint_is_refused_and_left_alone(tmp_path, content) -> None:
    path = tmp_path / "a.npz"
    content(path)
    with pytest.raises(CheckpointError, match="no checkpoint"):
        begun(path)
    assert path.exists()


def test_a_truncated_file_is_refused(tmp_path) -> None:
    path = tmp_path / "a.npz"
    written(path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(CheckpointError, match="damaged"):
        begun(path)


def test_a_bit_that_turned_over_is_refused_or_changes_nothing(tmp_path) -> None:
    """A flip may fall on what decides nothing, as the dates within a zip; it never goes unseen."""
    path = tmp_path / "a.npz"
    kept = {"x": np.arange(40.0), "y": np.array([1, 2, 3])}
    first = begun(path)
    first.keep("one", lambda: kept)
    first.write()
    whole, refused = path.read_bytes(), 0
    for at in range(0, len(whole), 5):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        try:
            found = begun(path).recall("one")
        except CheckpointError:
            refused += 1
        else:
            assert found is not None
            assert {name: values.tolist() for name, values in found.items()} == {
                name: values.tolist() for name, values in kept.items()
            }
    assert refused > len(whole) / 5 * 0.6


@pytest.mark.parametrize("ended_by", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_writes_what_is_done(tmp_path, ended_by) -> None:
    path = tmp_path / "a.npz"

    def run() -> None:
        with keeping(path) as kept:
            kept.begin(MARKS)
            kept.keep("pairs 0", lambda: STATE)
            assert not path.exists()
            raise ended_by

    with pytest.raises(ended_by):
        run()
    assert np.array_equal(begun(path).recall("pairs 0")["rows"], STATE["rows"])


def test_a_write_that_fails_leaves_the_earlier_file_whole(tmp_path, monkeypatch) -> None:
    path = tmp_path / "a.npz"
    written(path)
    before = path.read_bytes()

    def fail(_path: object, _arrays: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "write_arrays", fail)
    kept = begun(path)
    kept.keep("pairs 0", lambda: {"rows": np.zeros(3)})
    with pytest.raises(OutputError, match="No space left"):
        kept.write()
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["a.npz"]


def test_no_path_keeps_nothing(tmp_path) -> None:
    with keeping(None) as kept:
        assert kept is None
    assert list(tmp_path.iterdir()) == []


def test_removed_when_all_is_done(tmp_path) -> None:
    path = tmp_path / "a.npz"
    written(path)
    begun(path).remove()
    assert not path.exists()
    Checkpoint(path).remove()
