"""The errors that powersite raises on purpose, and the faults they carry.

Each is also the built-in that a caller of a library would catch. ``exit_code`` is what the command
line returns for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the input: where, what, and how to mend it."""

    where: str
    """File, row and column as far as they are known, for example ``lines.csv row 7 voltage_kv``."""
    problem: str
    """What was expected and what was found."""
    remedy: str
    """What the owner of the data can do."""

    def __str__(self) -> str:
        """Give the fault as one line."""
        return f"{self.where}: {self.problem}; {self.remedy}"


class SitingError(Exception):
    """Anything that powersite refuses knowingly."""

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, faults: Iterable[Fault] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)

    def __reduce__(self) -> tuple[type[SitingError], tuple[object, tuple[Fault, ...]]]:
        """Cross a process boundary by being built anew, whatever else pickles errors there."""
        return type(self), (self.args[0], self.faults)

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> SitingError:
        """Build one error from every fault found, the first of them in the message."""
        found = tuple(faults)
        more = f" (and {len(found) - 1} more; powersite check lists them)" if found[1:] else ""
        return cls(f"{found[0]}{more}", found)


class ScenarioError(SitingError, ValueError):
    """The question cannot be asked that way."""


class LayerError(SitingError, ValueError):
    """A layer breaks a promise of its kind."""


class MissingFileError(LayerError, FileNotFoundError):
    """A file or place that is named is not there."""


class GridError(SitingError, ValueError):
    """The network cannot be built or solved."""


class UnknownSiteError(SitingError, KeyError):
    """A site id that this place does not have."""

    def __str__(self) -> str:
        """Give the message as it is; KeyError would quote it."""
        return str(self.args[0])


class NoSiteError(SitingError, LookupError):
    """No site passes the gates."""

    exit_code: ClassVar[int] = 4


class CheckpointError(SitingError, ValueError):
    """What was kept of a run does not belong to this one."""


class FetchError(SitingError, ConnectionError):
    """Something elsewhere is away, or is not what it should be."""

    exit_code: ClassVar[int] = 5


class OutputError(SitingError, OSError):
    """The answer cannot be written."""

    exit_code: ClassVar[int] = 6
