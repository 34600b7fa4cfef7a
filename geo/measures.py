"""Every measure of every link between a place and a point of connection, as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.cost import capex_usd, connection_usd
from geo.reach import generation_in_reach
from geo.surroundings import surroundings
from geo.timeline import months_to_power

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
    firm is not known, so they do not count as firm.
    """
    around = generation_in_reach(places, layers, scenario).join(surroundings(places, layers))
    at = links["place"].to_numpy()
    here = places.drop(columns="geometry").join(around).iloc[at].reset_index(drop=True)
    point = points.loc[links["bus_id"]].reset_index(drop=True)
    standards = layers.place.standards
    enough_mw = scenario.load_mw * (1.0 - standards.conversion_tolerance)
    converts = (here["kind"] == "campus") & (here["grid_mw"] >= enough_mw)
    new_line_usd = connection_usd(
        links["tie_km"], point["voltage_kv"], point["circuits"], scenario.load_mw, standards
    )
    connection = new_line_usd.where(~converts, 0.0)
    land_usd = here["land_price_usd_per_ha"]
    return here.assign(
        tie_km=links["tie_km"],
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
        converts=converts,
        connection_usd=connection,
        capex_usd=capex_usd(
            connection, land_usd, scenario.area_needed_ha, scenario.load_mw, standards
        ),
        position_error_km=np.fmax(here["position_error_km"], point["position_error_km"]),
        **months_to_power(links["tie_km"], converts, here["kind"], standards),
    )


def assess_points(
    points: pd.DataFrame, headroom: pd.DataFrame, paths: Paths, scenario: Scenario
) -> pd.DataFrame:
    """Add to each point of connection its headroom and its redundancy taken alone.

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
    return out.assign(redundancy=single_feed(out, paths, scenario))


def single_feed(points: pd.DataFrame, paths: Paths, scenario: Scenario) -> pd.Series:
    """Return 'N+1', 'N' or 'none' for each point of connection taken alone."""
    ways = pd.Series([paths.count(bus) for bus in points.index], index=points.index)
    load_mw = scenario.load_mw - 1e-3
    secure = (points["firm_mw"] >= load_mw) & (ways >= WAYS_FOR_SPARE)
    served = (points["normal_mw"] >= load_mw) & (ways >= 1)
    return pd.Series(
        np.select([secure, served], ["N+1", "N"], "none"), index=points.index, dtype=object
    )


def with_two_feeds(measures: pd.DataFrame, feeds: TwoFeeds, scenario: Scenario) -> pd.DataFrame:
    """Raise links to 2N where a second point in reach of the same place makes it so.

    Only the nearest few points that are firm for the load are paired; ``second_poi_id`` names the
    partner. Where 2N is asked for, the second connection is paid for too.
    """
    pairs = _pairs_that_hold(_firm_choices(measures, scenario), feeds)
    rows, others = pairs["row"].to_numpy(), pairs["other"].to_numpy()
    out = measures.assign(second_poi_id="")
    out.loc[rows, "redundancy"] = "2N"
    out.loc[rows, "second_poi_id"] = measures.loc[others, "poi_id"].to_numpy()
    if scenario.redundancy == "2N":
        second = measures.loc[others, "connection_usd"].to_numpy()
        for column in ("connection_usd", "capex_usd"):
            out.loc[rows, column] += second
    return out


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
    holds = {pair for pair in sorted(names) if feeds.hold(*pair)}
    both = zip(pairs["poi_id"], pairs["other_poi"], strict=True)
    kept = np.array([tuple(sorted(pair)) in holds for pair in both], dtype=bool)
    nearest = pairs[kept].sort_values(["row", "other_km", "other_poi"])
    return nearest.drop_duplicates("row")
