"""Places of one's own as candidates: parcels and points instead of all land.

A row that is a campus of the place, by its id, keeps what is known of that campus. What fails a
gate is dropped and named, as the list was somebody's choice.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.candidates import Candidates, known_campuses, names_of, regions_of, site_ids
from geo.cells import area_ha, barred_ground, lonlat, union_by
from geo.errors import NoSiteError
from geo.ground import ground_of
from geo.parcel_ground import barred_under
from geo.policy import closed
from geo.units import M2_PER_HA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.flow import Array
    from geo.kinds import Layers, Parcels
    from geo.scenario import Scenario

AWAY: Final = "outside the regions"
SHUT: Final = "jurisdiction closed"
SMALL: Final = "too little land"
NAMED: Final = 10
LEAST_TOLD: Final = 0.005
"""Shares of a parcel below this are not told."""
KEPT: Final = (
    "x_m", "y_m", "lon", "lat", "region", "grid_mw", "feed", "use", "position_error_km",
)  # fmt: skip
DEGREES: Final = "EPSG:4326"


def own_candidates(parcels: Parcels, layers: Layers, scenario: Scenario) -> Candidates:
    """Return parcels as candidates.

    Parameters
    ----------
    parcels
        What is to be ranked.
    layers
        Regions, barred ground, towns and rules are the gates.
    scenario
        The area that the load needs; a point is given as much, and not asked for more.

    Raises
    ------
    NoSiteError
        If every parcel is dropped; the message names them.
    """
    own = _described(parcels, layers, scenario)
    land, lost_m2 = _net(own, _barred_under(own, layers, scenario))
    taken = _most_of(lost_m2)
    hectares = area_ha(land)
    drawn = own["drawn"].to_numpy()
    reasons = np.select(
        [
            ~own["inside"].to_numpy(),
            closed(own["region"], layers).to_numpy(),
            land.is_empty.to_numpy() | (drawn & (hectares < scenario.area_needed_ha)),
        ],
        [AWAY, SHUT, np.where(taken == "", SMALL, "barred land: " + taken)],
        "",
    )
    dropped = [
        f"{name} ({reason})" for name, reason in zip(own["name"], reasons, strict=True) if reason
    ]
    if len(dropped) == len(own):
        raise NoSiteError(f"{layers.place.name}: every parcel is dropped: {_listed(dropped)}")
    gone = lost_m2.div(own.area, axis=0)[drawn & (reasons == "")]
    told = [
        f"{name} {row.sum():.0%} ({_shares(row)})"
        for name, (_, row) in zip(own["name"].loc[gone.index], gone.iterrows(), strict=True)
        if row.sum() >= LEAST_TOLD
    ]
    notes = {
        f"Of the {len(own)} parcels given were dropped: {_listed(dropped)}.": dropped,
        f"Of the area of these parcels is barred: {_listed(told)}.": told,
    }
    frame = own.assign(
        area_ha=np.where(drawn, hectares, np.nan),
        barred_share=np.where(drawn, lost_m2.sum(axis=1) / own.area, np.nan),
    ).set_geometry(land)
    kept = frame[reasons == ""].drop(columns=["drawn", "inside"]).reset_index(drop=True)
    counts = Counter(str(reason) for reason in reasons if reason)
    return Candidates(kept, dict(counts), tuple(note for note, holds in notes.items() if holds))


def lost_parcels(candidates: Candidates, linked: Array, scenario: Scenario) -> tuple[str, ...]:
    """Name the parcels that did not pass, and those that no point of connection reaches."""
    frame = candidates.frame
    names = frame.loc[~frame["site_id"].isin(linked), "name"].tolist()
    if not names:
        return candidates.notes
    reach = f"No point of connection lies within {scenario.reach_km:g} km of these parcels"
    return (*candidates.notes, f"{reach}: {_listed(names)}.")


def with_own_columns(sites: gpd.GeoDataFrame, layers: Layers) -> gpd.GeoDataFrame:
    """Return sites with the further columns of their parcels; those that we work out are ours."""
    if layers.parcels is None:
        return sites
    rows = layers.parcels.frame
    known = {*sites.columns, *(column.name for column in layers.parcels.columns), "geometry"}
    extra = pd.DataFrame(rows[[name for name in rows.columns if name not in known]])
    extra.index = pd.Index(_ids(layers.parcels, layers.place.country))
    return sites.join(extra, on="site_id")


def _described(parcels: Parcels, layers: Layers, scenario: Scenario) -> gpd.GeoDataFrame:
    """Return parcels in the columns of candidates, their ground as given."""
    rows = parcels.frame
    drawn = (rows.geom_type != "Point").to_numpy()
    radius_m = np.sqrt(scenario.area_needed_ha * M2_PER_HA / np.pi)
    ground = rows.geometry.where(drawn, rows.geometry.buffer(radius_m)).reset_index(drop=True)
    points = gpd.GeoSeries(_spots(rows), crs=rows.crs)
    x, y = points.x.to_numpy(), points.y.to_numpy()
    lon, lat = lonlat(points)
    name = rows["name"].to_numpy(object)
    columns = {
        "site_id": _ids(parcels, layers.place.country),
        "name": np.where(name == "", names_of(x, y, layers), name),
        "kind": rows["kind"].replace("", "greenfield").to_numpy(),
        "region": regions_of(points, layers),
        "lon": lon,
        "lat": lat,
        "x_m": x,
        "y_m": y,
        "area_ha": np.nan,
        "grid_mw": rows["grid_mw"].to_numpy(),
        "feed": rows["feed"].to_numpy(),
        "use": rows["use"].to_numpy(),
        "position_error_km": rows["position_error_km"].fillna(0.0).to_numpy(),
        "drawn": drawn,
        "inside": points.intersects(layers.regions.frame.union_all()).to_numpy(),
    }
    own = gpd.GeoDataFrame(columns, geometry=ground.to_numpy(), crs=rows.crs)
    return _with_what_is_known(own, known_campuses(layers, scenario))


def _with_what_is_known(own: gpd.GeoDataFrame, campuses: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Put known campuses, by their id, in the place of rows that only repeat them."""
    known = campuses.set_index("site_id")
    again = own["site_id"].isin(known.index) & (own["kind"] == "campus")
    if not again.any():
        return own
    rows, out = known.loc[own.loc[again, "site_id"]], own.copy()
    for name in KEPT:
        out.loc[again, name] = rows[name].to_numpy()
    out.loc[again, ["drawn", "inside"]] = [False, True]
    return out


def _ids(parcels: Parcels, country: str) -> list[str]:
    """Return the ids given, and for rows without one that of their ground."""
    rows = parcels.frame
    kinds = rows["kind"].replace("", "greenfield").to_numpy()
    shapes, made = rows.geometry.to_numpy(), np.full(len(rows), "", dtype=object)
    for kind in np.unique(kinds):
        made[kinds == kind] = site_ids(country, str(kind), shapes[kinds == kind])
    return [given or own for given, own in zip(rows["site_id"], made, strict=True)]


def _barred_under(
    own: gpd.GeoDataFrame, layers: Layers, scenario: Scenario
) -> Iterator[tuple[str, Array]]:
    """Go over the reasons that bar ground, with what each bars under every parcel."""
    net = own.geometry.to_numpy()
    for reason, pieces in barred_ground(layers).items():
        which, piece = shapely.STRtree(pieces).query(net, predicate="intersects")
        yield reason, union_by(which, np.array(pieces, dtype=object)[piece], len(net))
    if layers.surfaces is not None:
        ground, _ = ground_of(layers, scenario, np.zeros((0, 2)))
        yield from barred_under(ground, net).items()


def _net(
    own: gpd.GeoDataFrame, every: Iterator[tuple[str, Array]]
) -> tuple[gpd.GeoSeries, pd.DataFrame]:
    """Take barred ground out of the parcels; return what is left and the m² that each reason took.

    Campuses keep theirs. A point on barred ground is barred, whatever free land lies round it.
    """
    net, lost = own.geometry.to_numpy().copy(), pd.DataFrame(index=own.index)
    centre, drawn = shapely.points(own["x_m"], own["y_m"]), own["drawn"].to_numpy(bool)
    for reason, barred in every:
        met = np.flatnonzero(~shapely.is_empty(barred) & (own["kind"] != "campus").to_numpy())
        before, there = net[met], barred[met]
        on_it = ~drawn[met] & shapely.intersects(there, centre[met])
        left = shapely.difference(before, np.where(on_it, before, there))
        lost_m2 = np.zeros(len(net))
        lost_m2[met] = shapely.area(before) - shapely.area(left)
        lost[reason] = lost.get(reason, 0.0) + lost_m2
        net[met] = np.where(lost_m2[met] > 0.0, left, before)
    return gpd.GeoSeries(net, index=own.index, crs=own.crs), lost


def _most_of(lost_m2: pd.DataFrame) -> Array:
    """Return the reason that took the most of each parcel; '' where none took any."""
    if not len(lost_m2.columns):
        return np.full(len(lost_m2), "", dtype=object)
    most = lost_m2.idxmax(axis=1).to_numpy(object)
    return np.where(lost_m2.max(axis=1) > 0, most, "")


def _shares(row: pd.Series) -> str:
    """Tell the shares of an area by reason, the largest first."""
    told = row[row >= LEAST_TOLD].sort_values(ascending=False, kind="stable")
    return ", ".join(f"{reason} {share:.0%}" for reason, share in told.items())


def _spots(rows: gpd.GeoDataFrame) -> Array:
    """Return where each parcel is measured from: as told before, where that still lies in it."""
    shapes = rows.geometry.to_numpy()
    middle = shapely.centroid(shapes)
    inner = np.where(shapely.intersects(shapes, middle), middle, shapely.point_on_surface(shapes))
    if not {"lon", "lat"} <= set(rows.columns):
        return inner
    degrees = [pd.to_numeric(rows[name], errors="coerce") for name in ("lon", "lat")]
    told = gpd.GeoSeries(gpd.points_from_xy(*degrees), crs=DEGREES).to_crs(rows.crs).to_numpy()
    return np.where(shapely.intersects(shapes, told), told, inner)


def _listed(dropped: list[str]) -> str:
    more = f" and {len(dropped) - NAMED} more" if len(dropped) > NAMED else ""
    return ", ".join(dropped[:NAMED]) + more
