"""Real drawings: lines and substations connect as the map shows, or as its publisher says.

Each is skipped where the data do not lie beside the checkout.
"""

from __future__ import annotations

import pytest

from geo.tolerances import Tolerances
from geo.topology import trace
from tests.geo import drawings
from tests.geo.drawings import recovered


def needs(folder: str) -> pytest.MarkDecorator:
    """Skip where a folder of real data is not there."""
    there = (drawings.DATA / folder).is_dir()
    return pytest.mark.skipif(not there, reason=f"no data in {folder} beside the checkout")


# An extract of OpenStreetMap in the south of Honduras, as the map shows it.
NORTHERN, SOUTHERN = "769990018", "283721221"  # 230/138 kV at a town, 230 kV ten kilometres south
LEADS_FROM = {
    ("769990022", 230.0, 2.0): NORTHERN,  # south-west, double circuit, by a last span without tags
    ("770038688", 230.0, 2.0): NORTHERN,  # west, double circuit
    ("777840168", 138.0, 1.0): NORTHERN,  # north-west, cut off after 270 m
    ("778183147", 138.0, 1.0): NORTHERN,  # east, by a last span without tags
    ("770017527", 230.0, 1.0): SOUTHERN,  # south-west, drawn in two ways
    ("777533091", 230.0, 1.0): SOUTHERN,  # north-east
}


@needs("osm_pbf")
def test_honduras_connects_as_the_map_shows() -> None:
    """Six lines leave two substations and the extract; a span between gantries is a loop."""
    traced = trace(*drawings.honduras())
    found = {
        (row.id, row.voltage_kv, row.circuits): {row.from_substation, row.to_substation}
        for row in traced.lines.itertuples()
    }
    assert set(found) == set(LEADS_FROM)
    for line, ends in found.items():
        (away,) = ends - {LEADS_FROM[line]}
        assert away.startswith("J")
    names = traced.stations.set_index("id")["name"]
    assert all(name.startswith("end of") for end, name in names.items() if end.startswith("J"))
    assert traced.inferred.loops == 1
    assert traced.inferred.unknown_voltage == ("1104815234",)
    assert len(traced.inferred.unmet) == 3


@needs("osm_pbf")
def test_the_spans_without_tags_make_their_lines_less_sure() -> None:
    lines = trace(*drawings.honduras()).lines.set_index("id")
    assert lines.loc["769990022", "drawn_as"] == "769990022;906292915"
    assert lines.loc["778183147", "drawn_as"] == "778183147;906292916"
    assert lines.loc["769990022", "confidence"] < lines.loc["770038688", "confidence"]


@needs("scigrid_de")
@pytest.mark.parametrize("from_line_ends", [False, True])
def test_germany_is_recovered(from_line_ends: bool) -> None:  # noqa: FBT001
    """852 lines: at least 98 % of the pairs of buses are found again, and no wrong ones added."""
    real = drawings.germany(from_line_ends=from_line_ends)
    assert len(real.lines) == 852
    traced = trace(real.substations, real.lines)
    pairs = sorted({(*sorted(ends), kv) for *ends, kv in real.truth})
    assert len(pairs) == 705
    shares = recovered(traced.lines, traced.inferred.merged, pairs)
    assert shares["direct"] >= 0.98
    assert shares["right"] >= 0.98


@needs("scigrid_de")
def test_germany_is_recovered_where_no_stations_are_merged() -> None:
    """Its publisher keeps yards apart that are as near as 25 m."""
    real = drawings.germany(from_line_ends=False)
    traced = trace(real.substations, real.lines, Tolerances(merge_m=0, snap_m=5, split_m=5))
    assert traced.inferred.merged == {}
    assert recovered(traced.lines, {}, real.truth)["direct"] >= 0.98


EUROPE = Tolerances(snap_m=500, split_m=300, snap_again_m=3000, snap_cap_m=10_000)
"""The map of ENTSO-E is schematic: symbols lie up to 10 km from the stations they stand for."""


@needs("entsoe_gridkit")
@pytest.mark.slow
def test_europe_is_recovered() -> None:
    """11,151 lines and 7,589 stations in one go."""
    real = drawings.europe()
    assert (len(real.lines), len(real.substations)) == (11_151, 7_589)
    traced = trace(real.substations, real.lines, EUROPE)
    shares = recovered(traced.lines, traced.inferred.merged, real.truth)
    assert shares["direct"] >= 0.95
    assert shares["over_taps"] >= 0.98
    assert shares["right"] >= 0.98


@needs("entsoe_gridkit")
@pytest.mark.slow
def test_europe_without_its_joints_grows_them_again() -> None:
    """1,594 stations of the map are only joints; lines that met there meet at junctions now."""
    whole, bare = drawings.europe(), drawings.europe(joints=False)
    traced = trace(bare.substations, bare.lines, EUROPE)
    gone = set(whole.substations["id"]) - set(bare.substations["id"])
    kept = [line for line in whole.truth if not gone & {line[0], line[1]}]
    shares = recovered(traced.lines, traced.inferred.merged, kept)
    assert shares["over_taps"] >= 0.97
    where = traced.stations[traced.stations["junction"]].geometry
    joints = whole.substations[whole.substations["id"].isin(gone)].geometry
    found = joints.distance(where.union_all()) <= 100
    assert found.mean() >= 0.85
