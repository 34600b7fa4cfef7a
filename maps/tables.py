"""Rankings and headroom for a terminal of 80 columns, and the same as JSON, CSV and GeoJSON."""

from __future__ import annotations

import io
from dataclasses import replace
from numbers import Real
from textwrap import fill
from typing import TYPE_CHECKING, Final, Literal

import geopandas as gpd
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from geo.case import COLUMNS as CASE_COLUMNS
from geo.errors import ScenarioError
from geo.headroom import COLUMNS as HEADROOM_COLUMNS
from geo.topsis import agreement
from maps.documents import SCHEMA_VERSION, csv_text, document, geojson_text, json_text
from maps.frames import ordered, outgoing, ranked_regions, records, shortlist
from maps.names import with_branch_names
from maps.text import UNKNOWN, is_unknown, number, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from geo.place_headroom import PlaceLimits
    from geo.siting import Siting

By = Literal["site", "region"]
Format = Literal["table", "json", "csv", "geojson"]
Column = tuple[str, str, int | None]
"""Name in the frame, header, decimals; None for text."""

SITES: Final[tuple[Column, ...]] = (
    ("rank", "#", 0),
    ("grade", "Grade", None),
    ("site_id", "Site id", None),
    ("name", "Site", None),
    ("firm_mw", "Firm\nMW", 0),
    ("months_p50", "Months\nP50", 0),
    ("tie_km", "Tie\nkm", 1),
    ("redundancy", "Redun-\ndancy", None),
    ("score", "Score", 1),
    ("sure_pct", "Sure\n%", 0),
)
REGIONS: Final[tuple[Column, ...]] = (
    ("rank", "#", 0),
    ("grade", "Grade", None),
    ("region", "Region", None),
    ("sites_abc", "Sites\nA/B/C", None),
    ("firm_mw", "Firm\nMW", 0),
    ("joint_firm_mw", "Joint\nMW", 0),
    ("months_p50", "Months\nP50", 0),
    ("ranks", "Rank\nP10-90", None),
    ("best_site_id", "Best site", None),
)
HEADROOM: Final[tuple[Column, ...]] = (
    ("name", "Substation", None),
    ("voltage_kv", "kV", 0),
    ("firm_mw", "Firm\nMW", 0),
    ("normal_mw", "Normal\nMW", 0),
    ("limiting_branch_name", "Limited by", None),
    ("limiting_outage_name", "with this out", None),
)
CASE: Final[tuple[Column, ...]] = (
    ("bus_id", "Bus", None),
    ("firm_mw", "Firm\nMW", 0),
    ("normal_mw", "Normal\nMW", 0),
    ("limiting_branch", "Limited by", None),
    ("limiting_outage", "with this out", None),
    ("factor", "Factor", 3),
)
CONGESTION: Final[tuple[Column, ...]] = (
    ("branch_name", "Line", None),
    ("outage_name", "with this out", None),
    ("over_mw", "MW\nover", 0),
    ("loading_pct", "% of\nlimit", 0),
)
LIMITS: Final[tuple[Column, ...]] = (
    ("name", "Substation", None),
    ("voltage_kv", "kV", 0),
    ("step", "Step", 0),
    ("firm_mw", "Firm\nMW", 0),
    ("branch_name", "Limited by", None),
    ("outage_name", "with this out", None),
    ("gain_mw_per_mw", "MW per\nMW", 1),
)
UPGRADES: Final[tuple[Column, ...]] = (
    ("name", "Substation", None),
    ("voltage_kv", "kV", 0),
    ("branch_name", "Upgrade of", None),
    ("measure", "Measure", None),
    ("unlocked_mw", "More\nMW", 0),
    ("firm_mw", "Firm\nMW", 0),
    ("usd", "M USD", 1),
)
MILLION: Final = 1e6
WORST: Final = 10
FLEXIBLE: Final = frozenset(
    {
        "name",
        "region",
        "limiting_branch_name",
        "limiting_outage_name",
        "branch_name",
        "outage_name",
        "poi_name",
        "names",
    }
)
"""Columns that may be cut; numbers and ids never are."""
NARROWEST: Final = 6


SECOND: Final[Column] = ("topsis_rank", "TOPSIS\n#", 0)


def ranking_text(
    siting: Siting,
    by: By = "site",
    fmt: Format = "table",
    width: int = 80,
    second: pd.DataFrame | None = None,
) -> str:
    """Write the ranking of sites or of regions.

    Parameters
    ----------
    siting
        The answer.
    by
        Sites, as many as the scenario asks for, or regions.
    fmt
        A table for people, or one of the machine-readable forms. JSON is the whole document.
    width
        Columns of the terminal, for the table.
    second
        From `geo.topsis.second_opinion`, to be shown beside the sites.
    """
    if second is not None:
        siting = replace(siting, sites=siting.sites.join(second))
    if fmt == "json":
        return json_text(document(siting))
    frame = shortlist(siting) if by == "site" else ranked_regions(siting)
    if fmt != "table":
        return _file_text(frame, fmt)
    if by == "region":
        return rendered(table(_told_in_short(frame), REGIONS, width), width)
    frame = frame.assign(sure_pct=100.0 * frame["top_share"])
    if second is None:
        return rendered(table(frame, SITES, width), width)
    text = rendered(table(frame, (*SITES, SECOND), width), width)
    return text + _how_alike(siting.sites, width)


def _how_alike(sites: pd.DataFrame, width: int) -> str:
    """Say how far two orders of all sites agree."""
    share = agreement(sites["rank"], sites["topsis_rank"])
    first = sites.loc[sites["topsis_rank"].idxmin()]
    words = (
        f"By nearness to the ideal (TOPSIS), within the same grades, {plain(first['name'])} "
        f"({first['site_id']}) is first; of all {len(sites)} sites "
        f"{number(100 * share)} % of the pairs stand in the same order."
    )
    return "\n" + fill(words, width) + "\n"


def _told_in_short(regions: pd.DataFrame) -> pd.DataFrame:
    """Put the counts of a region into one cell, and its ranks over the draws into another."""
    counts, ranks = regions[["sites_a", "sites_b", "sites_c"]], regions[["rank_p10", "rank_p90"]]
    return regions.assign(
        sites_abc=["/".join(map(str, row)) for row in counts.itertuples(index=False)],
        ranks=["-".join(number(rank) for rank in row) for row in ranks.itertuples(index=False)],
    ).assign(ranks=lambda frame: frame["ranks"].where(frame["rank_p10"].notna()))


def headroom_text(
    frame: pd.DataFrame,
    fmt: Format = "table",
    *,
    names: Mapping[str, str] | None = None,
    congestion: pd.DataFrame | None = None,
    width: int = 80,
) -> str:
    """Write the headroom of every bus, the strongest first.

    Parameters
    ----------
    frame
        Headroom columns of the house; a GeoDataFrame for GeoJSON.
    fmt
        How to write it.
    names
        Branch id to the name people know; ids are shown where it has none.
    congestion
        Pairs over their limit before anything is added, worst first, if that is known. JSON has all
        of them, the table the worst; CSV and GeoJSON hold one table each.
    width
        Columns of the terminal, for the table.

    Raises
    ------
    ScenarioError
        If GeoJSON is asked for and the frame has no positions.
    """
    keys = ["firm_mw", "normal_mw", "bus_id"]
    best_first = frame.sort_values(keys, ascending=[False, False, True], na_position="last")
    is_case = "name" not in frame.columns
    if not is_case and "limiting_branch_name" not in frame.columns:
        best_first = with_branch_names(best_first, names or {})
    columns = CASE_COLUMNS if is_case else HEADROOM_COLUMNS
    rows = outgoing(ordered(best_first, columns))
    pairs = outgoing(congestion) if congestion is not None else None
    if fmt == "json":
        more = {} if pairs is None else {"congestion": records(pairs)}
        return json_text({"schema_version": SCHEMA_VERSION, "headroom": records(rows)} | more)
    if fmt == "table":
        text = rendered(table(rows, CASE if is_case else HEADROOM, width), width)
        return text if pairs is None else text + congestion_text(pairs, width)
    return _file_text(rows, fmt)


def congestion_text(pairs: pd.DataFrame, width: int = 80) -> str:
    """List the worst pairs that are over their limit before anything is added; '' if none is."""
    if pairs.empty:
        return ""
    worst = pairs.head(WORST).assign(loading_pct=lambda frame: 100.0 * frame["loading"])
    lines = [
        "",
        f"Over their limit before anything is added: {len(pairs)} pairs of line and outage",
        rendered(table(worst, CONGESTION, width), width).rstrip("\n"),
    ]
    if len(pairs) > WORST:
        lines.append(f"… and {len(pairs) - WORST} more (--format json has all)")
    return "\n".join(lines) + "\n"


def limits_text(
    found: PlaceLimits, show: str = "limits", fmt: Format = "table", width: int = 80
) -> str:
    """Write what limits every bus in turn, or what upgrades would free.

    Parameters
    ----------
    found
        Limits and upgrades of a place.
    show
        ``limits`` or ``upgrades``.
    fmt
        How to write it; there is no geometry.
    width
        Columns of the terminal, for the table.

    Raises
    ------
    ScenarioError
        If GeoJSON is asked for.
    """
    layout = LIMITS if show == "limits" else UPGRADES
    rows = outgoing(found.limits if show == "limits" else found.upgrades)
    if fmt == "json":
        return json_text({"schema_version": SCHEMA_VERSION, show: records(rows)})
    if fmt == "table":
        shown_rows = rows.assign(usd=rows["usd"] / MILLION) if show == "upgrades" else rows
        return rendered(table(shown_rows, layout, width), width)
    return _file_text(rows, fmt)


def table(frame: pd.DataFrame, columns: tuple[Column, ...], width: int = 80) -> Table:
    """Lay out a frame for the terminal; numbers to the right, unknown as a dash."""
    out = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0, header_style="bold"
    )
    cells = [[shown(value, decimals) for value in frame[name]] for name, _, decimals in columns]
    widths = [
        max(map(cell_len, (*header.split("\n"), *column)))
        for (_, header, _), column in zip(columns, cells, strict=True)
    ]
    flexible = [at for at, (name, _, _) in enumerate(columns) if name in FLEXIBLE]
    for (_, header, decimals), column_width in zip(
        columns, fitted(widths, flexible, width - len(columns) + 1), strict=True
    ):
        out.add_column(
            header,
            justify="left" if decimals is None else "right",
            width=column_width,
            no_wrap=True,
            overflow="ellipsis",
            vertical="bottom",
        )
    for row in zip(*cells, strict=True):
        out.add_row(*map(Text, row))  # Text, so that no cell is read as markup
    return out


def fitted(widths: list[int], flexible: list[int], room: int) -> list[int]:
    """Return the widths with the widest flexible ones narrowed until they fit the room."""
    out = list(widths)
    while sum(out) > room:
        widest = max(flexible, key=lambda at: out[at], default=None)
        if widest is None or out[widest] <= NARROWEST:
            break
        out[widest] -= 1
    return out


def shown(value: object, decimals: int | None) -> str:
    """Write one cell."""
    if is_unknown(value):
        return UNKNOWN
    if decimals is None or not isinstance(value, Real):
        return plain(value)
    return number(float(value), decimals)


def rendered(content: Table, width: int) -> str:
    """Draw a table without colours, no line longer than the width."""
    console = Console(file=io.StringIO(), width=width, no_color=True, color_system=None)
    with console.capture() as capture:
        console.print(content)
    lines = (line.rstrip() for line in capture.get().splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def _file_text(frame: pd.DataFrame, fmt: Format) -> str:
    if fmt == "csv":
        return csv_text(frame)
    if isinstance(frame, gpd.GeoDataFrame):
        return geojson_text(frame)
    raise ScenarioError("headroom has no positions here, so no GeoJSON; ask for csv or json")
