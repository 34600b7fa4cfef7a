"""What is said beside an answer: what a reader has to know, and what was left out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo.cost import cost_note
from geo.tie_lines import ground_notes

if TYPE_CHECKING:
    from geo.balance import Flows
    from geo.best_links import Linked
    from geo.candidates import Candidates
    from geo.grid import GridGraph
    from geo.kinds import Layers
    from geo.scenario import Scenario


def notes_of(
    layers: Layers, scenario: Scenario, grid: GridGraph, flows: Flows, congestion: pd.DataFrame
) -> tuple[str, ...]:
    """Say what a reader of any output has to know."""
    islands = grid.islands[1:]
    imports_mw = float(-flows.supply_min_mw.sum())
    listed_mw = 0.0 if layers.loads is None else float(layers.loads.frame["demand_mw"].sum())
    given = scenario.demand_mw is not None
    demand = "" if given or layers.place.demand_source is None else layers.place.demand_source.title
    notes = {
        "Headroom is a screen from open data by direct-current flow, not an offer of a grid "
        "operator; voltage, stability and the connection queue are not in it.": True,
        f"Base case: {scenario.demand_in(layers.place.demand_mw):,.0f} MW of demand"
        f"{f' ({demand})' if demand else ''}, "
        f"{scenario.method} method, lines monitored from {scenario.cutoff:.0%} of new load.": True,
        f"Links abroad count as supply of up to {imports_mw:,.0f} MW, as trading capacity or, "
        "where none is known, by what their lines carry.": imports_mw > 0,
        cost_note(layers.place.standards): True,
        f"The loads listed draw {listed_mw:,.0f} MW, more than the demand asked for; all of them "
        "are in the base case.": listed_mw > scenario.demand_in(layers.place.demand_mw),
        layers.place.warning: bool(layers.place.borrowed),
        layers.place.note: bool(layers.place.note),
        layers.inferred.sentence() if layers.inferred else "": layers.inferred is not None,
        **ground_notes(layers),
        f"{sum(map(len, islands))} buses lie in {len(islands)} islands that no line of the data "
        "joins to the rest.": bool(islands),
        "No settlements are known: the demand is spread evenly over the stations.": (
            layers.settlements is None
        ),
        f"{flows.unserved_mw:,.0f} MW of demand exceed what can feed them, in islands or in all, "
        "and are left out.": flows.unserved_mw >= 1,
        f"{len(congestion)} pairs of line and outage are over their limit before anything is "
        "added; new load may not make them worse.": len(congestion) > 0,
    }
    return tuple(note for note, holds in notes.items() if holds)


def left_out(best: pd.DataFrame, linked: Linked, sure: int) -> list[str]:
    """Say how many sites are kept, and of how many of them, `sure`, the sureness is known."""
    told = {
        f"Of {linked.stay:,} sites the best {len(best):,} are kept; --top may raise that.": (
            linked.stay > len(best)
        ),
        f"How sure a rank is was drawn among the best {sure:,} of {len(best):,} sites.": (
            len(best) > sure
        ),
    }
    return [note for note, holds in told.items() if holds]


def dropped_counts(
    candidates: Candidates, linked: Linked, kept: pd.DataFrame, scenario: Scenario
) -> pd.DataFrame:
    """Count what was dropped by its reason."""
    reasons = dict(candidates.dropped)
    unlinked = len(candidates.frame) - len(linked.site_ids)
    reasons["no point of connection in reach"] = (
        reasons.get("no point of connection in reach", 0) + unlinked
    )
    merged = len(linked.site_ids) - linked.stay
    reasons[f"within {scenario.spacing_km:g} km of a better site"] = merged
    reasons[f"not among the best {len(kept):,}"] = linked.stay - len(kept)
    return pd.DataFrame(
        [{"reason": reason, "count": count} for reason, count in sorted(reasons.items()) if count],
        columns=["reason", "count"],
    )
