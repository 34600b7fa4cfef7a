"""The order of reasoning, from layers to a ranked answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.abroad import links_abroad
from geo.balance import base_flows
from geo.best_links import BestLinks
from geo.candidates import find_candidates, with_ground
from geo.completeness import completeness
from geo.cost import COST_COLUMNS
from geo.errors import NoSiteError
from geo.feeds import TwoFeeds
from geo.grid import build_grid
from geo.headroom import headroom_study, suited
from geo.land_sites import LAND_COLUMNS
from geo.measures import assess_points
from geo.names import branch_names, named_congestion
from geo.notes import dropped_counts, left_out, notes_of
from geo.own_sites import lost_parcels, own_candidates, with_own_columns
from geo.ranking import known_share
from geo.reach import points_of_connection
from geo.redundancy import find_paths
from geo.regions import joint_firm_mw, rank_regions
from geo.robustness import sureness
from geo.shortlist import look_closer, looked_at
from geo.supply_paths import supply_paths
from geo.tie_lines import TieLines
from geo.tiles import Tiling
from geo.timeline import TIME_COLUMNS, gantt
from geo.topology import joined
from geo.units import M_PER_KM
from geo.year_round import year_round

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from geo.candidates import Candidates
    from geo.completeness import Completeness
    from geo.grid import GridGraph
    from geo.kinds import Layers
    from geo.redispatch import Redispatch
    from geo.robustness import Sureness
    from geo.scenario import Scenario
    from geo.year_round import YearRound

SITE_COLUMNS = [
    "site_id", "name", "kind", "region", "lon", "lat", "area_ha", "rank", "grade", "score",
    "firm_mw", "normal_mw", "limiting_line", "limiting_outage", "poi_id", "poi_name",
    "poi_voltage_kv", "tie_km", "redundancy", "months_p10", "months_p50", "months_p90",
    "hydro_mw_in_reach", "gas_mcm_per_year_in_reach", "power_price_usd_per_mwh",
    "carbon_g_per_kwh", "pue", "land_price_usd_per_ha", "connection_usd", "capex_usd", "confidence",
]  # fmt: skip
SURE_COLUMNS = ["top_share", "rank_p10", "rank_p90", "robust"]
HEADROOM_SHARE = 0.6
PAIRED_SITES = 100
"""Best sites that second feeds are looked for at where the network is large."""
RANKED_SITES = 100_000
"""Sites that an answer holds at most, unless more are asked for."""
SURE_SITES = 20_000
"""Best sites that compete in the draws; of the rest it is not known how sure they are."""
TIMED_SITES = 50_000
"""Best sites whose tasks are listed."""
EXTRA_COLUMNS = [
    "flexible_mw", "firm_mw_p10", "firm_mw_p50", "firm_mw_p90",
    "normal_mw_p10", "normal_mw_p50", "normal_mw_p90",
    "top_share", "rank_p10", "rank_p90", "robust",
    "second_poi_id", "supply_ways", "energy_surplus_mw", "town_km", "grid_mw", "position_error_km",
    "station_links_mw", "part_links_mw", "part_supply_mw", "part_without",
    *TIME_COLUMNS, *COST_COLUMNS,
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Siting:
    """Everything that a run found; each later room only shows it."""

    layers: Layers
    """What was known."""
    scenario: Scenario
    """What was asked."""
    grid: GridGraph
    """The network as it was understood."""
    headroom: pd.DataFrame
    """MW per bus, in the headroom columns of the house."""
    congestion: pd.DataFrame
    """Pairs over their limit before anything is added, worst first, in the congestion columns:
    ids and names of the branch and of what is out ('' in normal operation), over_mw, loading."""
    sites: gpd.GeoDataFrame
    """Distinct sites in rank order, in the site columns of the house, with their shares."""
    limits: pd.DataFrame
    """What limits the points of connection of the shortlist and of the best sites that lack firm
    MW, and would next: bus_id, step, firm_mw, branch, outage, factor, gain_mw_per_mw."""
    upgrades: pd.DataFrame
    """What would free them: bus_id, branch, measure, firm_mw, unlocked_mw, usd."""
    sureness: Sureness
    """How sure the order is over draws of weights and uncertain inputs."""
    feeds: gpd.GeoDataFrame
    """Tie-lines of the sites: site_id, poi_id, tie_km, straight unless surfaces tell the way; then
    also km_<terrain> and usd_<terrain>."""
    supply_paths: gpd.GeoDataFrame
    """Paths from the points of connection of the shortlist to strong sources, as
    `geo.supply_paths.supply_paths` tells them."""
    regions: gpd.GeoDataFrame
    """Regions in rank order."""
    dropped: pd.DataFrame
    """Reason and count of the places that did not pass."""
    notes: tuple[str, ...]
    """What a reader of any output has to know."""
    lost_parcels: tuple[str, ...] = ()
    """Of a list of one's own, what did not pass; stands in the notes as well."""
    gantt: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Every task of every site on the time axis, in the columns of `geo.timeline.gantt`."""
    year: YearRound | None = None
    """Supply options of the shortlist and the monthly balance of every zone."""
    redispatch: Redispatch | None = None
    """The study of the grid to ask further; None for the linear method."""
    known: Completeness | None = None
    """How complete the layers are, as they were read."""


def find_sites(
    layers: Layers,
    scenario: Scenario,
    progress: Callable[[float, str], None] | None = None,
    *,
    also: Collection[str] = (),
    tiling: Tiling | None = None,
) -> Siting:
    """Find and rank the sites of a place.

    Parameters
    ----------
    layers
        What is known of the place.
    scenario
        What is asked.
    progress
        Called with a fraction and a message.
    also
        Ids of sites to look at as closely as at the shortlist.
    tiling
        How the land is worked on, where the place has surfaces.

    Returns
    -------
    Siting

    Raises
    ------
    GridError
        If the network cannot be built or solved.
    NoSiteError
        If no place passes the gates.
    """
    place, tell = layers.place, progress or _silent
    tell(0.0, "grid")
    read, layers = layers, joined(layers)
    grid = build_grid(layers)
    how = suited(scenario, grid, place.standards.redispatch_max_buses)
    scenario = how.scenario
    flows = base_flows(grid, layers, scenario.demand_in(place.demand_mw))
    study = headroom_study(
        grid,
        flows,
        method=scenario.method,
        mode=scenario.mode,
        cutoff=scenario.cutoff,
        progress=lambda fraction, message: tell(HEADROOM_SHARE * fraction, message),
    )
    tell(HEADROOM_SHARE, "candidates")
    paths = find_paths(grid, layers, scenario.load_mw)
    points = points_of_connection(grid, place, scenario)
    if points.empty:
        message = f"no voltage of this grid can take {scenario.load_mw:g} MW; lower the load"
        raise NoSiteError(f"{place.name}: {message}")
    points = assess_points(points, study.frame, paths, scenario)
    over = Tiling() if tiling is None else tiling
    candidates = _candidates(layers, scenario, points, over)
    ties = TieLines(layers, scenario, points, over)
    feeds = TwoFeeds(
        grid, flows, paths, scenario.load_mw, scenario.cutoff, scenario.mode if how.large else None
    )
    linking = BestLinks(layers, scenario, ties, points, feeds)
    best, linked = linking.of(
        candidates.frame,
        lambda done, message: tell(0.65 + 0.2 * done, message),
        paired=not how.large,
        keep=lambda found: apart(found, scenario, chosen=layers.parcels is not None),
        most=max(scenario.top, RANKED_SITES),
    )
    dropped = dropped_counts(candidates, linked, best, scenario)
    if how.large and not best.empty:
        count = max(scenario.top, PAIRED_SITES)
        best = linking.looked_at_again(
            best, candidates.frame, count, lambda _, message: tell(0.88, message)
        )
    if best.empty:
        raise NoSiteError(
            f"{place.name}: no place has a point of connection within {scenario.reach_km:g} km; "
            "raise --reach-km or lower the load"
        )
    lost = lost_parcels(candidates, linked.site_ids, scenario) if layers.parcels is not None else ()
    closer = look_closer(
        best, study, grid, layers, scenario,
        also=also, tell=lambda fraction, message: tell(0.9 + 0.06 * fraction, message),
    )  # fmt: skip
    best = best.join(links_abroad(best["poi_id"], best["limiting_outage_id"], grid, flows))
    best = best.join(closer.firm_mw, on="poi_id")
    sure = sureness(best.head(SURE_SITES), scenario, place.standards)
    best = best.join(sure.sites[SURE_COLUMNS])
    best = best.assign(robust=best["robust"].eq(other=True))
    tell(0.96, "regions")
    sites = _present(best, candidates.frame, grid, scenario)
    looked = looked_at(sites, scenario, also)
    year = year_round(sites, looked, layers, scenario, grid)
    sites = with_own_columns(sites.join(year.sites).set_geometry("geometry"), layers)
    return Siting(
        layers, scenario, grid, study.frame, named_congestion(study.congestion, grid), sites,
        limits=closer.limits,
        upgrades=closer.upgrades,
        sureness=sure,
        feeds=ties.draw(best),
        supply_paths=supply_paths(sites[looked], paths, place.crs),
        regions=rank_regions(
            sites, layers, joint_firm_mw(sites, study.redispatch), sure.regions
        ),
        dropped=dropped,
        year=year,
        lost_parcels=lost,
        notes=(
            *lost,
            *([how.note] if how.note else []),
            *left_out(best, linked, SURE_SITES),
            *notes_of(layers, scenario, grid, flows, study.congestion),
            *year.notes,
            *layers.remarks,
        ),
        gantt=gantt(best[_scheduled(best, also)], layers, scenario.seed),
        redispatch=study.redispatch,
        known=completeness(read, layers),
    )  # fmt: skip


def _candidates(
    layers: Layers, scenario: Scenario, points: pd.DataFrame, tiling: Tiling
) -> Candidates:
    if layers.parcels is not None:
        return with_ground(own_candidates(layers.parcels, layers, scenario), layers, scenario)
    return find_candidates(layers, scenario, points[["x_m", "y_m"]].to_numpy(float), tiling)


def apart(best: pd.DataFrame, scenario: Scenario, *, chosen: bool = False) -> np.ndarray:
    """Return which places stay when greenfield neighbours merge into the better one.

    Parameters
    ----------
    best
        x_m, y_m and kind of places in rank order.
    scenario
        Spacing.
    chosen
        Whether the places are somebody's choice, of which none gives way to another.
    """
    return distinct(
        best[["x_m", "y_m"]].to_numpy(float),
        (best["kind"] == "campus").to_numpy() | chosen,
        scenario.spacing_km * M_PER_KM,
    )


def distinct(where_m: np.ndarray, always: np.ndarray, spacing_m: float) -> np.ndarray:
    """Return which of some places, best first, are farther than the spacing from a better kept one.

    Parameters
    ----------
    where_m
        (n, 2) positions, best first.
    always
        Places that are kept whatever lies near.
    spacing_m
        Least distance; at 0 all are kept.
    """
    keep = np.ones(len(where_m), dtype=bool)
    if spacing_m <= 0 or always.all():
        return keep
    tree = cKDTree(where_m)
    for position in range(len(where_m)):
        if keep[position]:
            near = np.array(tree.query_ball_point(where_m[position], spacing_m), dtype=int)
            keep[near[(near > position) & ~always[near]]] = False
    return keep


def _scheduled(best: pd.DataFrame, also: Collection[str]) -> np.ndarray:
    """Return the sites whose tasks are listed."""
    return (np.arange(len(best)) < TIMED_SITES) | best["site_id"].isin(also).to_numpy()


def _silent(_fraction: float, _message: str) -> None:
    """Report progress to nobody."""


def _present(
    best: pd.DataFrame, places: gpd.GeoDataFrame, grid: GridGraph, scenario: Scenario
) -> gpd.GeoDataFrame:
    """Name what limits, add confidence and geometry, and order the columns."""
    shares = [column for column in best.columns if column.startswith("share_")]
    named = best.assign(
        limiting_line=branch_names(best["limiting_branch"], grid),
        limiting_outage=branch_names(best["limiting_outage_id"], grid),
        part_without=branch_names(best["part_without"], grid),
        confidence=best["headroom_confidence"] * known_share(best, scenario),
    )
    geometry = places.set_index("site_id").geometry.loc[named["site_id"]].to_numpy()
    land = [name for name in LAND_COLUMNS if name in named and name not in EXTRA_COLUMNS]
    if set(land) <= {"terrain_factor", "barred_share"} and (named["terrain_factor"] == 1.0).all():
        land = [name for name in land if name == "barred_share"]  # straight lines over open land
    frame = named[[*SITE_COLUMNS, *EXTRA_COLUMNS, *land, *shares]].reset_index(drop=True)
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=places.crs)
