"""What a long run asks of its caller: to be told of progress, and to keep what is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geo.flow import Array

    State = Mapping[str, Array]


class Memory(Protocol):
    """Keeps what is done, so that a run that was interrupted goes on from there."""

    def begin(self, marks: Mapping[str, str]) -> None:
        """Say what the run is about; what was kept of another run must not be recalled."""

    def recall(self, stage: str) -> State | None:
        """Return what was last kept of a stage, or None."""

    def keep(self, stage: str, state: Callable[[], State]) -> None:
        """Offer what is done; the state need not be called if now is no time to keep it.

        A state holds all that was done of its stage, and calling it later gives the same.
        """


class Forgetful:
    """Keeps nothing."""

    def begin(self, marks: Mapping[str, str]) -> None:
        """Take any run."""

    def recall(self, _stage: str) -> State | None:
        """Remember nothing."""
        return None

    def keep(self, stage: str, state: Callable[[], State]) -> None:
        """Let it go."""
