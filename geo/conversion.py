"""What a campus still needs for a load: megawatts, circuits, halls; and its way to power.

Bare land needs everything. An existing campus is taken to be fed by the nearest station that could
take the load, and needs nothing of the grid while its megawatts suffice; for more of them, for a
redundancy that its feed does not have, or for what another station gives, it needs a new line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.cost import circuit_mw, whole_connection
from geo.criteria import REDUNDANCY_LEVEL
from geo.timeline import MIXED, NEW, READY, SECOND

if TYPE_CHECKING:
    import pandas as pd

    from geo.kinds import Layers
    from geo.scenario import Scenario
    from geo.standards import Standards

SECURE: Final = ("N+1", "2N")


def missing_mw(grid_mw: pd.Series, load_mw: float, standards: Standards) -> pd.Series:
    """Return the power that an energised connection lacks; all of it where that is unknown.

    Published megawatts are rounded: a connection short by the tolerance is enough.
    """
    enough_mw = load_mw * (1.0 - standards.conversion_tolerance)
    grid_mw = grid_mw.fillna(0.0)
    return (load_mw - grid_mw).where(grid_mw < enough_mw, 0.0)


def needs(
    here: pd.DataFrame, points: pd.DataFrame, tie_km: pd.Series, layers: Layers, scenario: Scenario
) -> pd.DataFrame:
    """Return what each link builds, and its way to power.

    Parameters
    ----------
    here
        Place of each link: site_id, kind, grid_mw, feed, use.
    points
        Point of connection of each: substation_id, voltage_kv, redundancy taken alone, and the
        circuits that bare land would need.
    tie_km
        Length of the new line.
    layers, scenario
        Assumptions; load and redundancy asked for.

    Returns
    -------
    DataFrame
        The columns that `geo.cost.connection_split` takes; new_mw and converted_mw, whose halls are
        built and refitted; converts (whether megawatts suffice); own (whether the station feeds the
        campus today); feed; new_station; way.

    Notes
    -----
    Where N+1 is asked for, with R what one circuit carries, n new circuits beside one old feed hold
    with that feed out, n·R ≥ load, and with one of their own out, (n - 1)·R ≥ what is missing.
    Where 2N is asked for, the old feed is one of the two, and the other is a matter of pairs.
    """
    load_mw, standards = scenario.load_mw, layers.place.standards
    whole = whole_connection(tie_km, points["voltage_kv"], points["circuits"], load_mw, standards)
    lacks_mw = missing_mw(here["grid_mw"], load_mw, standards)
    old = (here["kind"] == "campus") & (here["grid_mw"] > 0.0)
    converts = old & (lacks_mw == 0.0)
    own = old & _feeds_today(here, points, tie_km)
    feed = _known_feed(here, points, tie_km, own, standards).where(old, "")
    level = feed.map(REDUNDANCY_LEVEL).fillna(0)
    second = converts & (~own | (level < REDUNDANCY_LEVEL[scenario.redundancy]))
    alone = old & (scenario.redundancy == "N+1") & ~feed.isin(SECURE)
    backed = alone | (converts & ~own)
    added = _added(whole.assign(lacks_mw=lacks_mw, backed=backed), layers, scenario)
    out = whole.where(~old, added)
    refit_mw = (load_mw - lacks_mw).where(here["use"].str.lower() != standards.building, 0.0)
    return out.assign(
        new_mw=lacks_mw,
        converted_mw=refit_mw.where(old, 0.0),
        converts=converts,
        own=own,
        feed=feed,
        new_station=out["circuits"] > standards.spare_bays,
        way=np.select([second, converts, old], [SECOND, READY, MIXED], NEW),
    )


def _added(campus: pd.DataFrame, layers: Layers, scenario: Scenario) -> pd.DataFrame:
    """Return what is added to an energised campus: what it lacks, and what has to back it up."""
    load_mw, voltage_kv = scenario.load_mw, campus["voltage_kv"]
    lacks_mw, backed = campus["lacks_mw"], campus["backed"]
    each_mw = voltage_kv.map({kv: circuit_mw(layers.place, kv) for kv in voltage_kv.unique()})
    spare = (lacks_mw > 0) & (scenario.redundancy != "N")
    own = np.ceil(lacks_mw / each_mw) + spare
    backing = np.ceil(load_mw / each_mw) + int(scenario.redundancy == "2N")
    circuits = own.where(~backed, np.fmax(backing, own)).astype(int)
    banks_mw = lacks_mw * (1 + (circuits > 1))
    crowded = circuits > layers.place.standards.spare_bays
    return campus.drop(columns=["lacks_mw", "backed"]).assign(
        circuits=circuits,
        stations=(lacks_mw > 0).astype(int) + crowded,
        transformer_mw=banks_mw.where(~backed, np.fmax(load_mw, 2.0 * lacks_mw)),
    )


def _feeds_today(here: pd.DataFrame, points: pd.DataFrame, tie_km: pd.Series) -> pd.Series:
    """Say which links lead to the station nearest to their place, or to one that is as near."""
    nearest = tie_km.groupby(here["site_id"]).transform("min") == tie_km
    return nearest.groupby([here["site_id"], points["substation_id"]]).transform("any")


def _known_feed(
    here: pd.DataFrame,
    points: pd.DataFrame,
    tie_km: pd.Series,
    own: pd.Series,
    standards: Standards,
) -> pd.Series:
    """Return the redundancy of a campus's feed: its own, that of a station it stands at, or N."""
    level = points["redundancy"].map(REDUNDANCY_LEVEL)
    at_station = own & (tie_km <= standards.own_station_km)
    found = level.where(at_station, 0).groupby(here["site_id"]).transform("max")
    name = {value: key for key, value in REDUNDANCY_LEVEL.items() if key != "none"}
    return here["feed"].where(here["feed"] != "", found.map(name).fillna("N"))
