"""One sparse factorisation of a connected network, and solves in blocks from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from geo.errors import GridError
from geo.kernels import WIDTH, backward, forward

if TYPE_CHECKING:
    from geo.flow import Array


@dataclass(frozen=True, eq=False)
class Factor:
    """L D Lᵀ of the susceptance matrix without its reference bus."""

    pointer: Array
    """Start of each column of L below the diagonal."""
    index: Array
    """Rows of its entries."""
    value: Array
    """Their values."""
    pivot: Array
    """D."""
    place: Array
    """Row of each bus in a block of solutions; the reference is the last row, which stays 0."""

    def solve(self, bus: Array, column: Array, value: Array, width: int = WIDTH) -> Array:
        """Return angles for some right-hand sides given by their entries.

        Returns
        -------
        Array
            (rows, width); row of bus i is ``place[i]``.
        """
        block = np.zeros((len(self.pivot) + 1, width))
        np.add.at(block, (self.place[bus], column), value)
        return self.solve_block(block)

    def solve_block(self, block: Array) -> Array:
        """Finish a block of right-hand sides in place."""
        block[-1] = 0.0
        inner = block[:-1]
        forward(self.pointer, self.index, self.value, inner)
        backward(self.pointer, self.index, self.value, self.pivot, inner)
        return block

    def solve_one(self, values: Array) -> Array:
        """Return the angles of one right-hand side over all buses, by row of a block."""
        buses = np.arange(len(values))
        return np.ascontiguousarray(self.solve(buses, np.zeros(len(values), int), values, 1)[:, 0])


def factorise(tail: Array, head: Array, susceptance: Array, n_bus: int) -> Factor:
    """Factorise a connected network.

    Raises
    ------
    GridError
        If its susceptance matrix is singular.
    """
    place = np.zeros(n_bus, np.int64)
    if n_bus == 1:
        nothing = np.zeros(0)
        return Factor(np.zeros(1, np.int64), np.zeros(0, np.int32), nothing, nothing, place)
    laplacian = _laplacian(tail, head, susceptance, n_bus)
    try:
        solved = splu(
            laplacian[1:, 1:].tocsc(),
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
    except RuntimeError as error:
        message = "grid: the susceptance matrix is singular; check parallel reactances"
        raise GridError(message) from error
    place[0] = n_bus - 1
    place[1:] = solved.perm_r
    lower = sp.csc_array(sp.tril(solved.L, -1))
    return Factor(
        lower.indptr.astype(np.int64),
        lower.indices.astype(np.int32),
        lower.data,
        solved.U.diagonal(),
        place,
    )


def _laplacian(tail: Array, head: Array, susceptance: Array, n_bus: int) -> sp.csc_array:
    rows = np.r_[tail, head, tail, head]
    columns = np.r_[tail, head, head, tail]
    values = np.r_[susceptance, susceptance, -susceptance, -susceptance]
    return sp.csc_array((values, (rows, columns)), shape=(n_bus, n_bus))
