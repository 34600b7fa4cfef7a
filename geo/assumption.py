"""How an assumption is written down: a default with its unit, meaning and source."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from geo.profiles import Profile

ASSUMED: Final = "assumption of powersite"


def assume(default: float | Profile, unit: str, meaning: str, source: str = ASSUMED) -> Any:  # noqa: ANN401 -- dataclasses.field is typed as the field's own type
    """Make a dataclass field of an assumption."""
    return field(default=default, metadata={"unit": unit, "meaning": meaning, "source": source})
