"""The toy country, for every test of the heart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.geo import toy

if TYPE_CHECKING:
    from geo.kinds import Layers


@pytest.fixture
def toy_layers() -> Layers:
    """Toyland as it is; change one layer with `dataclasses.replace`."""
    return toy.country()
