"""Root may write anywhere; a process started so obeys the modes of files as anyone else does."""

from __future__ import annotations

import ctypes
import os

PR_CAPBSET_DROP = 24
CAPABILITIES = (1, 2, 3)  # overriding modes for writing, for reading, and being every file's owner


def obey_modes() -> None:
    """Give up what lets root pass by modes, from the next program on; for ``preexec_fn``."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in CAPABILITIES:
            if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "cannot give up a capability")
