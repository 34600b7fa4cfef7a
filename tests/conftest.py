"""For every test: repeatable randomness, no internet, and real clients where they are installed."""

from __future__ import annotations

import os
import shutil
import socket
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import settings

from layers.gdal import SETTINGS, harden

if TYPE_CHECKING:
    from collections.abc import Iterator

harden()  # before any module of tests loads GDAL

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("few", derandomize=True, deadline=None, max_examples=5)
settings.load_profile("repeatable")

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True, scope="session")
def settled_environment() -> None:
    """Settle GDAL's environment first, so that no test depends on which one did."""
    harden()


@pytest.fixture(autouse=True, scope="session")
def no_internet() -> Iterator[None]:
    """Refuse connections that leave this machine."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:  # noqa: ANN401 its type in socket
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOOPBACK):
            message = f"a test reached for the internet: {address!r}"
            raise AssertionError(message)
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield


def installed(command: str) -> str:
    """Path of a command; without it the test is skipped, or fails where clients are required."""
    return shutil.which(command) or missing(command)


def missing(client: str) -> NoReturn:
    """Skip the test for want of a client, or fail where clients are required."""
    message = f"{client} is not installed"
    if os.environ.get("POWERSITE_REQUIRE_CLIENTS") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def elsewhere() -> dict[str, str]:
    """Environment of a client: ours, without what we settle for the GDAL inside our packages."""
    return {name: value for name, value in os.environ.items() if name not in SETTINGS}


@pytest.fixture(scope="session")
def unmeasured() -> dict[str, str]:
    """Environment of a process that may write no file: coverage would want to write its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of headless Chromium; mark the test ``browser``."""
    return installed("chromium")


@pytest.fixture(scope="session")
def ogrinfo() -> str:
    """Path of GDAL's ogrinfo; mark the test ``gdal``."""
    return installed("ogrinfo")


@pytest.fixture(scope="session")
def ogr2ogr() -> str:
    """Path of GDAL's ogr2ogr; mark the test ``gdal``."""
    return installed("ogr2ogr")
