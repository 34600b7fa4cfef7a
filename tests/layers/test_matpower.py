"""MATPOWER cases, of three buses, as the command line takes them."""

from __future__ import annotations

import pytest

from geo.errors import LayerError
from layers.case import faults_of_case, is_case, read_case

THREE = """\
function mpc = three
mpc.version = '2';
mpc.baseMVA = 50;
%% bus_i type Pd Qd Gs Bs area Vm Va baseKV zone Vmax Vmin
mpc.bus = [
  1 3 0 0 0 0 1 1 0 345 1 1.1 0.9;
  2 1 90 30 0 0 1 1 0 345 1 1.1 0.9;
  3 1 10 3 0 0 2 1 0 138 1 1.1 0.9;
];
mpc.gen = [
  1 0 0 300 -300 1 100 1 250 10;
  3 0 0 300 -300 1 100 0 50 10;
];
mpc.branch = [
  1 2 0.01 0.08 0 150 0 180 0 0 1 -360 360;
  2 3 0.01 0.04 0 0 0 0 0.98 0 1 -360 360;
];
"""


def test_case_of_three(tmp_path) -> None:
    path = tmp_path / "three.m"
    path.write_text(THREE)
    assert is_case(str(path))
    case = read_case(str(path))
    buses = case.buses.frame.set_index("bus_id")
    assert buses["Pd"].to_dict() == {"1": 0, "2": 90, "3": 10}
    assert buses["interconnect"].to_dict() == {"1": "1", "2": "1", "3": "2"}
    branches = case.branches.frame.set_index("branch_id")
    assert branches["x"].tolist() == pytest.approx([0.16, 0.08])  # from 50 to 100 MVA
    assert branches["rateC"].tolist() == [180, 0]
    assert branches["ratio"].tolist() == [0, 0.98]
    assert case.plants.frame["status"].tolist() == [1, 0]
    assert faults_of_case(str(path)) == []


def test_what_is_no_case(tmp_path) -> None:
    path = tmp_path / "x.m"
    path.write_text("function y = x\n")
    with pytest.raises(LayerError, match="cannot be read as a MATPOWER case"):
        read_case(str(path))
