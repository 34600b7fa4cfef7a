"""Every measure of every link between a place and a point of connection, as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo import policy
from geo.conversion import needs
from geo.cost import (
    campus_usd,
    connection_split,
    energy_usd_per_year,
    whole_connection,
    with_costs_per_mw,
)
from geo.reach import generation_in_reach
from geo.surroundings import surroundings
from geo.timeline import POWER, months_to_power

if TYPE_CHECKING:
    from geo.feeds import TwoFeeds
    from geo.kinds import Layers
    from geo.redundancy import Paths
    from geo.scenario import Scenario

PAIR_CHOICES = 3
WAYS_FOR_SPARE = 2


def measure(
    places: pd.DataFrame,
    links: pd.DataFrame,
    points: pd.DataFrame,
    layers: Layers,
    scenario: Scenario,
) -> pd.DataFrame:
    """Return one row per link with all that the criteria and the outputs need.

    Parameters
    ----------
    places, links
        Candidates and their links.
    points
        Points of connection from `assess_points`.
    layers, scenario
        What is known and asked.

    Notes
    -----
    An existing campus is served today, so its energised MW count as normal MW; whether they are
    firm is not known, so they do not count as firm. Months are those to the whole load; a second
    feed that a converted campus still lacks comes later.
    """
    around = generation_in_reach(places, layers, scenario).join(surroundings(places, layers))
    at = links["place"].to_numpy()
    here = places.drop(columns="geometry").join(around).iloc[at].reset_index(drop=True)
    point = points.loc[links["bus_id"]].reset_index(drop=True)
    built = needs(here, point, links["tie_km"], layers, scenario)
    built = built.assign(terrain_factor=links["terrain_factor"])
    out = here.assign(
        tie_km=links["tie_km"],
        second_tie_km=np.nan,
        poi_id=links["bus_id"],
        substation_id=point["substation_id"],
        poi_name=point["name"],
        poi_voltage_kv=point["voltage_kv"],
        firm_mw=point["firm_mw"],
        normal_mw=np.fmax(point["normal_mw"], here["grid_mw"]),
        flexible_mw=np.fmax(point["flexible_mw"], here["grid_mw"]),
        limiting_branch=point["limiting_branch"],
        limiting_outage_id=point["limiting_outage"],
        headroom_confidence=point["confidence"],
        redundancy=point["redundancy"],
        supply_ways=point["supply_ways"],
        position_error_km=np.fmax(here["position_error_km"], point["position_error_km"]),
        terrain_factor=links["terrain_factor"],
        **built[["feed", "own", "converts", "new_station", "way", "circuits"]],
        **_costs(here, point, built, layers, scenario),
    )
    return _timed(out, layers, scenario)


def _costs(
    here: pd.DataFrame, point: pd.DataFrame, built: pd.DataFrame, layers: Layers, scenario: Scenario
) -> pd.DataFrame:
    """Return every cost of each link; what is new at a campus that converts is its second feed.

    ``feed_usd`` is what a second feed by this link costs beside another: a whole connection, or
    nothing where the campus has it. Unknown land prices count as nothing in the capital cost, being
    small.
    """
    standards, load_mw = layers.place.standards, scenario.load_mw
    split = connection_split(built, standards)
    connection = split.sum(axis=1, skipna=False)
    halls = campus_usd(built["new_mw"], built["converted_mw"], standards)
    land = here["land_price_usd_per_ha"] * scenario.ha_per_mw * built["new_mw"]
    rules = load_mw * policy.cost_usd_per_mw(here["region"], layers)
    whole = (built["tie_km"], built["voltage_kv"], point["circuits"], load_mw, standards)
    feed = connection_split(
        whole_connection(*whole).assign(terrain_factor=built["terrain_factor"]), standards
    ).sum(axis=1, skipna=False)
    return split.where(~built["converts"], 0.0).assign(
        second_feed_usd=connection.where(built["converts"], 0.0),
        feed_usd=feed.where(~(built["own"] & built["converts"]), 0.0),
        connection_usd=connection,
        **halls,
        land_usd=land,
        rules_usd=rules,
        capex_usd=halls.sum(axis=1) + connection + land.fillna(0.0) + rules,
        energy_usd_per_year=energy_usd_per_year(
            here["power_price_usd_per_mwh"], here["pue"], load_mw, standards
        ),
    )


def _timed(measures: pd.DataFrame, layers: Layers, scenario: Scenario) -> pd.DataFrame:
    """Add months to power and what decides them."""
    kind = measures["way"].map(POWER)
    return measures.assign(**months_to_power(measures, kind, layers, scenario.seed))


def assess_points(
    points: pd.DataFrame, headroom: pd.DataFrame, paths: Paths, scenario: Scenario
) -> pd.DataFrame:
    """Add to each point of connection its headroom, its ways to strong sources and its redundancy.

    Parameters
    ----------
    points
        From `geo.reach.points_of_connection`.
    headroom
        Headroom columns of the house.
    paths, scenario
        Disjoint paths to strong sources; the load.
    """
    room = headroom.set_index("bus_id")
    added = [column for column in room.columns if column not in points.columns]
    out = points.join(room[added])
    out = out.assign(supply_ways=paths.counts(list(out.index)))
    return out.assign(redundancy=single_feed(out, scenario))


def single_feed(points: pd.DataFrame, scenario: Scenario) -> pd.Series:
    """Return 'N+1', 'N' or 'none' for each point of connection taken alone."""
    ways = points["supply_ways"]
    load_mw = scenario.load_mw - 1e-3
    secure = (points["firm_mw"] >= load_mw) & (ways >= WAYS_FOR_SPARE)
    served = (points["normal_mw"] >= load_mw) & (ways >= 1)
    return pd.Series(
        np.select([secure, served], ["N+1", "N"], "none"), index=points.index, dtype=object
    )


def with_two_feeds(
    measures: pd.DataFrame, feeds: TwoFeeds | None, layers: Layers, scenario: Scenario
) -> pd.DataFrame:
    """Raise links to 2N where a second point in reach of the same place makes it so.

    Without feeds to ask, none is.

    Only the nearest few points that are firm for the load are paired; ``second_poi_id`` names the
    partner. Where 2N is asked for, the second connection is paid for and waited for too.
    """
    if feeds is None:
        return with_costs_per_mw(measures.assign(second_poi_id=""), scenario.load_mw)
    pairs = _pairs_that_hold(_firm_choices(measures, scenario), feeds)
    rows, others = pairs["row"].to_numpy(), pairs["other"].to_numpy()
    out = measures.assign(second_poi_id="")
    out.loc[rows, "redundancy"] = "2N"
    out.loc[rows, "second_poi_id"] = measures.loc[others, "poi_id"].to_numpy()
    if scenario.redundancy == "2N":
        partner = measures.loc[others].set_index(rows)
        second = partner["feed_usd"].where(measures.loc[rows, "feed"] != "2N", 0.0)
        out.loc[rows, "second_tie_km"] = partner["tie_km"].where(second > 0)
        for column in ("second_feed_usd", "connection_usd", "capex_usd"):
            out.loc[rows, column] += second
        out = _timed(out, layers, scenario)
    return with_costs_per_mw(out, scenario.load_mw)


def _firm_choices(measures: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return the nearest few firm links of each place, one a substation."""
    firm = measures.loc[measures["firm_mw"] >= scenario.load_mw - 1e-3]
    firm = firm.sort_values(["site_id", "tie_km", "poi_id"])
    firm = firm.drop_duplicates(["site_id", "substation_id"]).groupby("site_id").head(PAIR_CHOICES)
    return firm[["site_id", "poi_id", "tie_km"]].rename_axis("row").reset_index()


def _pairs_that_hold(choices: pd.DataFrame, feeds: TwoFeeds) -> pd.DataFrame:
    """Return each link with the nearest partner that makes it 2N, as columns row and other."""
    other = choices.rename(columns={"row": "other", "poi_id": "other_poi", "tie_km": "other_km"})
    pairs = choices.merge(other, on="site_id")
    pairs = pairs[pairs["poi_id"] != pairs["other_poi"]]
    names = {tuple(sorted(pair)) for pair in zip(pairs["poi_id"], pairs["other_poi"], strict=True)}
    holds = feeds.held(names)
    both = zip(pairs["poi_id"], pairs["other_poi"], strict=True)
    kept = np.array([tuple(sorted(pair)) in holds for pair in both], dtype=bool)
    nearest = pairs[kept].sort_values(["row", "other_km", "other_poi"])
    return nearest.drop_duplicates("row")
