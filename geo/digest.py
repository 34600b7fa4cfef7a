"""A fingerprint of what a run computes from, so that what is kept of it serves no other."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.balance import Flows
    from geo.flow import Array, Network


def digest(network: Network, flows: Flows, buses: Array) -> str:
    """Return the SHA-256 of a network, its base case and the buses asked for."""
    out = hashlib.sha256()
    for name, values in _arrays(network, flows, buses):
        out.update(f"{name} {values.dtype.str} {values.shape};".encode())
        out.update(np.ascontiguousarray(values).tobytes())
    return out.hexdigest()


def _arrays(network: Network, flows: Flows, buses: Array) -> Iterator[tuple[str, Array]]:
    for item in fields(network):
        value = getattr(network, item.name)
        if isinstance(value, np.ndarray):
            yield item.name, value
    yield "ids", _bytes((*network.bus_ids, *network.branch_ids))
    for item in fields(flows):
        yield item.name, np.asarray(getattr(flows, item.name))
    for group in network.groups:
        yield "group", _bytes((group.name,))
        yield "branches", group.branches
        yield "buses", group.buses
    yield "asked", buses


def _bytes(names: tuple[str, ...]) -> Array:
    return np.frombuffer("\0".join(names).encode(), np.uint8)
