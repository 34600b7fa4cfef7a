"""Frames on their way out: which columns, in which order, cleaned and rounded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, TypeVar

import geopandas as gpd
import pandas as pd

from maps.labels import REGION_COLUMNS, SITE_COLUMNS
from maps.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.siting import Siting

    Frame = TypeVar("Frame", bound=pd.DataFrame)

DECIMALS: Final = 6


def shares(frame: pd.DataFrame) -> list[str]:
    """Name the columns that hold the shares of the score."""
    return [str(column) for column in frame.columns if str(column).startswith("share_")]


def shortlist(siting: Siting) -> gpd.GeoDataFrame:
    """Return the sites that the question asks to see, ready to hand over.

    Returns
    -------
    GeoDataFrame
        Site columns of the house, shares, then whatever else the heart found; place CRS.
    """
    sites = siting.sites.head(siting.scenario.top)
    return outgoing(ordered(sites, (*SITE_COLUMNS, *shares(sites), "position_error_km")))


def ranked_regions(siting: Siting) -> gpd.GeoDataFrame:
    """Return the regions in rank order, ready to hand over."""
    return outgoing(ordered(siting.regions, REGION_COLUMNS))


def ordered(frame: Frame, first: Iterable[str]) -> Frame:
    """Return the frame with these columns first; one that is missing is added as unknown."""
    wanted = list(first)
    geometry = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else None
    rest = [str(name) for name in frame.columns if name not in wanted and name != geometry]
    last = [] if geometry is None else [geometry]
    return frame.reindex(columns=[*wanted, *rest, *last])


def outgoing(frame: Frame) -> Frame:
    """Return the frame with text made plain and floats rounded; rows are numbered anew."""
    out = frame.reset_index(drop=True)
    geometry = out.geometry.name if isinstance(out, gpd.GeoDataFrame) else None
    for name in out.columns:
        if name == geometry:
            continue
        values = out[name]
        if pd.api.types.is_float_dtype(values):
            out[name] = values.round(DECIMALS)
        elif not pd.api.types.is_numeric_dtype(values):
            out[name] = values.map(_plain_text)
    return out


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as plain values for JSON; unknown is None."""
    names = [str(name) for name in frame.columns if name != "geometry"]
    columns = [frame[name].tolist() for name in names]
    return [dict(zip(names, map(known, row), strict=True)) for row in zip(*columns, strict=True)]


def known(value: Any) -> Any:  # noqa: ANN401 -- a cell may hold anything
    """Return the value, or None where it stands for unknown."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain_text(value: object) -> object:
    return plain(value) if isinstance(value, str) else value
