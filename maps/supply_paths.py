"""How a site is supplied, in sentences: its paths to strong sources, and the links abroad."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from maps.frames import outgoing, records
from maps.text import is_unknown, number, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.siting import Siting

LEANING: Final = 0.5
"""From this share of its supply a part of the grid is said to lean on links abroad."""


def path_sentences(siting: Siting) -> list[str]:
    """Tell every supply path in one sentence, in the order of the rows."""
    paths = siting.supply_paths
    rows = records(outgoing(pd.DataFrame(paths.drop(columns=paths.geometry.name))))
    ways = Counter((row["site_id"], row["stations"]) for row in rows if row["lines"])
    load_mw = siting.scenario.load_mw
    return [
        path_sentence(row, load_mw, by_line=ways[row["site_id"], row["stations"]] > 1)
        for row in rows
    ]


def path_sentence(path: Mapping[str, Any], load_mw: float, *, by_line: bool = False) -> str:
    """Tell one supply path.

    Parameters
    ----------
    path
        A row of the supply paths.
    load_mw
        A line that carries less is pointed out.
    by_line
        Name the lines too, because another path passes the same stations.
    """
    if not path["lines"]:
        return f"{plain(path['from_station'])} itself: {plain(path['source'])}"
    by = f" by {plain(path['lines'])}" if by_line else ""
    length_km, weakest_mw = path["length_km"], path["weakest_mw"]
    text = (
        f"{plain(path['stations'])}{by}, {number(length_km, 0 if length_km >= TEN_KM else 1)} km, "
        f"to {plain(path['to_station'])} ({plain(path['source'])})"
    )
    if is_unknown(weakest_mw) or weakest_mw >= load_mw:
        return text
    return f"{text}; its weakest line is rated {number(weakest_mw)} MW, less than the load"


def links_sentence(site: Mapping[str, Any]) -> str:
    """Say how far a site's point of connection leans on links abroad; '' where it does not."""
    here, part, supply = (site.get(name) or 0.0 for name in LINKS)
    sentences = []
    if here > 0:
        sentences.append(
            f"Links abroad at {plain(site['poi_name'])} itself count as supply of up to "
            f"{number(here)} MW."
        )
    if part > 0 and part >= LEANING * supply:
        outage = plain(site["part_without"] or "")
        without = f" once {outage} is out" if outage else ""
        sentences.append(
            f"Of the {number(supply)} MW of supply that its part of the grid counts on{without}, "
            f"{number(part)} MW are links abroad."
        )
    return " ".join(sentences)


LINKS: Final = ("station_links_mw", "part_links_mw", "part_supply_mw")
TEN_KM: Final = 10.0
