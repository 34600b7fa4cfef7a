"""MATPOWER cases as an operator's case, through matpowercaseframes; they hold no positions."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.case import Case, CaseBranches, CaseBuses, CasePlants
from geo.errors import Fault, LayerError
from geo.layer import Source
from layers.paths import sha256_of

if TYPE_CHECKING:
    from pathlib import Path

EXTRA: Final = "install powersite[matpower] to read MATPOWER cases"
BASE_MVA: Final = 100.0
ISOLATED: Final = 4


def read_matpower(path: Path) -> tuple[Case | None, list[Fault]]:
    """Read buses, branches and generators of a ``.m`` file; reactances on 100 MVA."""
    try:
        from matpowercaseframes import CaseFrames  # noqa: PLC0415 -- an extra
    except ImportError:
        return None, [Fault(path.name, "is a MATPOWER case", EXTRA)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the package asks of pandas is not ours to mend
            tables = _tables(CaseFrames(str(path)))
    except (ValueError, KeyError, AttributeError, IndexError, TypeError) as error:
        remedy = "save it with savecase of MATPOWER"
        return None, [Fault(path.name, f"cannot be read as a MATPOWER case: {error}", remedy)]
    source = Source(f"MATPOWER case {path.stem}", file=path.name, sha256=sha256_of(path))
    try:
        return Case(
            CaseBuses(tables["bus"], source),
            CaseBranches(tables["branch"], source),
            CasePlants(tables["plant"], source),
        ), []
    except LayerError as error:
        return None, list(error.faults)


def _tables(frames: Any) -> dict[str, pd.DataFrame]:  # noqa: ANN401 -- CaseFrames
    scale = BASE_MVA / float(frames.baseMVA)
    bus, branch, gen = frames.bus, frames.branch, frames.gen
    bus = bus[bus["BUS_TYPE"] != ISOLATED]
    area = bus["BUS_AREA"].astype(int).astype(str).to_numpy()
    buses = pd.DataFrame({
        "bus_id": _ids(bus["BUS_I"]), "Pd": bus["PD"].to_numpy(float),
        "baseKV": bus["BASE_KV"].to_numpy(float), "interconnect": area,
    })  # fmt: skip
    branches = pd.DataFrame({
        "branch_id": [str(number) for number in range(1, len(branch) + 1)],
        "from_bus_id": _ids(branch["F_BUS"]), "to_bus_id": _ids(branch["T_BUS"]),
        "x": branch["BR_X"].to_numpy(float) * scale, "rateA": branch["RATE_A"].to_numpy(float),
        "rateC": branch["RATE_C"].to_numpy(float), "ratio": branch["TAP"].to_numpy(float),
        "status": branch["BR_STATUS"].to_numpy(float),
    })  # fmt: skip
    plants = pd.DataFrame({
        "plant_id": [str(number) for number in range(1, len(gen) + 1)],
        "bus_id": _ids(gen["GEN_BUS"]), "Pmax": gen["PMAX"].to_numpy(float),
        "status": (gen["GEN_STATUS"].to_numpy(float) > 0).astype(float),
    })  # fmt: skip
    known = set(buses["bus_id"])
    ends = branches["from_bus_id"].isin(known) & branches["to_bus_id"].isin(known)
    out = {"bus": buses, "branch": branches[ends], "plant": plants[plants["bus_id"].isin(known)]}
    return {name: frame.set_index(frame.index + 1) for name, frame in out.items()}


def _ids(values: pd.Series) -> list[str]:
    return values.astype(int).astype(str).tolist()
