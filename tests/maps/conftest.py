"""Answers to show: the toy place, with plain and with hostile names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.maps.devtools import Browser
from tests.maps.toy import make_siting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.siting import Siting


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what only a power cut would show; the tests of it patch this themselves."""
    monkeypatch.setattr("os.fsync", lambda _: None)


@pytest.fixture
def siting() -> Siting:
    """Toy answer with plain names."""
    return make_siting()


@pytest.fixture
def hostile() -> Siting:
    """Toy answer in which every text field tries to do harm."""
    return make_siting(hostile=True)


@pytest.fixture(scope="session")
def browser(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Headless Chromium with an empty profile; mark the test ``browser``."""
    with Browser(chromium, tmp_path_factory.mktemp("profile")) as opened:
        yield opened
