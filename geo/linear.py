"""Linear headroom, exact for every outage, on networks of interconnect size.

For a bus s, one more MW moves branch l by h_l, and after losing k by h_l + D_lk·h_k, where D is the
LODF or, for a bridge, the pick-up by the part that carries on. The answer is the least load that
fills any monitored pair. D is never held: one pass keeps its entries from a cut on, and for the
rest of each branch the few highest and lowest flows. A bus then looks at near pairs and at those
few, and proves by bounds that nothing else decides; where the proof fails, the branch's whole row
is solved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import GridError
from geo.finder import Finder
from geo.losses import all_losses
from geo.memory import Forgetful
from geo.pairs import NONE, all_pairs
from geo.part import Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.balance import Flows
    from geo.flow import Array, Network
    from geo.losses import Losses
    from geo.memory import Memory
    from geo.pairs import Pairs
    from geo.scenario import Mode

PASS_SHARE = 0.8
SMALLEST_CUTOFF = 0.005


@dataclass(frozen=True, eq=False)
class Answers:
    """What each bus can take and what stops it, row by row."""

    normal_mw: Array
    """Most load in normal operation."""
    firm_mw: Array
    """Most load with any one outage."""
    branch: Array
    """Limiting branch of the firm answer; −1 where supply limits."""
    outage: Array
    """Label of the outage: a branch, n_branch + a group, −1 for normal operation. The same as the
    branch where an outage limits by the supply that it leaves."""
    factor: Array
    """MW on the limiting branch per MW of load, under the outage."""
    loading_before: Array
    """Its loading before the load, per unit of the limit used."""
    loading_after: Array
    """Its loading at the answer."""
    flexible_mw: Array
    """Most load that may be cut after an outage; NaN where that is not worked out."""

    @classmethod
    def of(cls, rows: Array, flexible_mw: Array | None = None) -> Answers:
        """Build from rows of the first seven values in their order."""
        last = np.full(len(rows), np.nan) if flexible_mw is None else flexible_mw
        values = np.column_stack([rows, last])
        return cls(*values[:, :2].T, *values[:, 2:4].T.astype(int), *values[:, 4:].T)


def linear_headroom(  # noqa: PLR0913 -- the network, the question, and whom to tell
    network: Network,
    flows: Flows,
    buses: Array,
    *,
    mode: Mode,
    cutoff: float,
    tell: Callable[[float, str], None],
    memory: Memory | None = None,
) -> tuple[Answers, Array, Array]:
    """Return the headroom of some buses at fixed dispatch.

    Parameters
    ----------
    network, flows
        The grid and its base case; new load is supplied by unused capacity of its connected part.
    buses
        Positions of the buses asked for.
    mode
        ``strict`` limits, or ``calibrated`` ones: at least 1.05 of the largest flow of the base
        case and every outage.
    cutoff
        Pairs that a bus moves by less than this per MW are not monitored.
    tell
        Called with a fraction and a message.
    memory
        What keeps the stages that are done; None keeps nothing.

    Returns
    -------
    answers, worst, worst_at
        One row a bus; the largest flow of each branch over the base case and every outage; and the
        label of the outage it comes from, −1 for the base case. Labels as in `geo.flow.Outages`.

    Raises
    ------
    GridError
        If the network cannot be solved, or the cutoff is too small for its size.
    """
    if cutoff < SMALLEST_CUTOFF:
        raise GridError(f"cutoff {cutoff:g} keeps too many pairs; choose {SMALLEST_CUTOFF} or more")
    memory = memory or Forgetful()
    rows = np.zeros((len(buses), 7))
    rows[:, 2:4] = NONE
    rows[:, 4:] = np.nan
    worst, worst_at = np.zeros(network.n_branch), np.full(network.n_branch, NONE)
    for label in range(network.component.max() + 1):
        inside = np.flatnonzero(network.component == label)
        wanted = np.flatnonzero(network.component[buses] == label)
        part = Part(network, flows, inside)
        pairs = all_pairs(
            part,
            cutoff,
            memory=memory,
            stage=f"pairs {label}",
            tell=lambda share: tell(PASS_SHARE * share, "outages"),
        )
        losses = all_losses(
            network,
            part,
            cutoff,
            memory=memory,
            stage=f"losses {label}",
            tell=lambda share: tell(PASS_SHARE * share, "groups"),
        )
        worst[part.branches], worst_at[part.branches] = _worst(part, pairs, losses)
        if wanted.size:
            rows[wanted] = Finder(part, pairs, losses, mode, cutoff).answers(
                buses[wanted],
                memory=memory,
                stage=f"answers {label}",
                tell=lambda share: tell(PASS_SHARE + (1 - PASS_SHARE) * share, "headroom"),
            )
    return Answers.of(rows), worst, worst_at


def _worst(part: Part, pairs: Pairs, losses: Losses) -> tuple[Array, Array]:
    """Return the largest flow of each branch, and the label of the outage it comes from."""
    single = np.where(pairs.worst_at >= 0, part.branches[pairs.worst_at], NONE)
    by_group = losses.worst > pairs.worst
    at = np.where(by_group, part.n_branch + losses.worst_at, single)
    return np.maximum(pairs.worst, losses.worst), at
