"""A made-up country of any number of substations, in the files of a place.

Stations lie about ten kilometres apart and are joined by about 1.3 lines each: a spanning tree of
each voltage and the shortest of its further neighbours. The same number gives the same files.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyproj
import scipy.sparse as sp
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

CRS: Final = "EPSG:3035"
CENTRE_M: Final = (4_321_000.0, 3_210_000.0)
STATION_KM: Final = 10.0
LINES_PER_STATION: Final = 1.3
LEVELS: Final = ((110, 1), (220, 8), (400, 24))
"""Voltage, and of how many stations one has it."""
DEMAND_MW: Final = 8.0
"""A station, as on the test grid of the United States."""
ZONES: Final = 8
SEED: Final = 7
TABLES: Final = (
    "substations", "lines", "plants", "settlements", "loads", "climate", "campuses", "gas_fields",
    "land_prices", "power_prices", "carbon", "policy",
)  # fmt: skip


def build_country(folder: Path, stations: int, *, drawn: bool = False, parcels: int = 0) -> None:
    """Write the country into a folder.

    Parameters
    ----------
    folder
        Made if it is not there.
    stations
        How many substations.
    drawn
        Whether lines are only drawn, and do not name their ends.
    parcels
        Points of a list of one's own, written to ``parcels.csv``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(SEED)
    side_m = STATION_KM * 1e3 * np.sqrt(stations)
    xy = _scattered(stations, side_m, draw)
    kv = _levels(stations)
    lines = _lines(xy, kv, drawn=drawn)
    cells = max(2, round(np.sqrt(stations) / 20))
    written = {
        "substations": _substations(xy, kv),
        "lines": lines,
        **_resources(xy, kv, side_m, draw),
        **_ground(xy, side_m, cells, draw),
    }
    for name, frame in written.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    (folder / "regions.geojson").write_text(_regions(side_m, cells), encoding="utf-8")
    (folder / "place.toml").write_text(_settings(stations, drawn=drawn), encoding="utf-8")
    if parcels:
        where = _scattered(parcels, side_m, draw)
        names = pd.DataFrame({"name": [f"Parcel {at}" for at in range(parcels)]})
        _placed(names.assign(area_ha=60.0), where).to_csv(folder / "parcels.csv", index=False)


def _scattered(count: int, side_m: float, draw: np.random.Generator) -> Floats:
    """Place points on a square, one in each cell of it until they are used up."""
    across = int(np.ceil(np.sqrt(count)))
    row, column = np.divmod(np.arange(count), across)
    jitter = draw.uniform(0.1, 0.9, (count, 2))
    unit = (np.column_stack([column, row]) + jitter) / across - 0.5
    return np.asarray(unit * side_m + CENTRE_M)


def _levels(stations: int) -> Ints:
    """Return how many of the voltages each station has."""
    scattered = np.random.default_rng(SEED + 1).permutation(stations)
    return np.sum([scattered % one_of == 0 for _, one_of in LEVELS], axis=0)


def _degrees(xy: Floats) -> Floats:
    to_degrees = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    return np.round(np.column_stack(to_degrees.transform(xy[:, 0], xy[:, 1])), 6)


def _placed(frame: pd.DataFrame, xy: Floats) -> pd.DataFrame:
    lon, lat = _degrees(xy).T
    return frame.assign(lon=lon, lat=lat)


def _substations(xy: Floats, kv: Ints) -> pd.DataFrame:
    texts = [";".join(str(level) for level, _ in reversed(LEVELS[:count])) for count in kv]
    ids = [f"S{at}" for at in range(len(xy))]
    frame = pd.DataFrame({"id": ids, "name": [f"Station {at}" for at in range(len(xy))]})
    return _placed(frame.assign(voltages_kv=texts), xy)


def _lines(xy: Floats, kv: Ints, *, drawn: bool) -> pd.DataFrame:
    parts = []
    for rank, (voltage, _) in enumerate(LEVELS):
        at = np.flatnonzero(kv > rank)
        pairs = at[_joined(xy[at])] if len(at) > len(LEVELS) else np.zeros((0, 2), dtype=int)
        circuits = np.where(pairs.sum(axis=1) % 4 == 0, 2, 1)
        parts.append(pd.DataFrame({"a": pairs[:, 0], "b": pairs[:, 1], "voltage_kv": voltage})
                     .assign(circuits=circuits))  # fmt: skip
    every = pd.concat(parts, ignore_index=True)
    start, end = every.pop("a").to_numpy(), every.pop("b").to_numpy()
    every.insert(0, "id", [f"L{at}" for at in range(len(every))])
    every.insert(1, "name", [f"Line {at}" for at in range(len(every))])
    if not drawn:
        ends = {"from_substation": start, "to_substation": end}
        return every.assign(**{name: [f"S{at}" for at in one] for name, one in ends.items()})
    lon_lat = _degrees(xy)
    middle = _degrees((xy[start] + xy[end]) / 2 + 300.0)
    return every.assign(via=[
        ";".join(f"{lon} {lat}" for lon, lat in path)
        for path in np.stack([lon_lat[start], middle, lon_lat[end]], axis=1).tolist()
    ])  # fmt: skip


def _joined(xy: Floats) -> Ints:
    """Join points by the tree of least length and the shortest of what else lies side by side."""
    corners = Delaunay(xy).simplices
    pairs = np.unique(np.sort(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1), axis=0)  # fmt: skip # noqa: E501
    length = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)
    weights = sp.coo_array((length, (pairs[:, 0], pairs[:, 1])), shape=(len(xy), len(xy)))
    tree = np.sort(np.column_stack(minimum_spanning_tree(weights.tocsr()).nonzero()), axis=1)
    code, in_tree = pairs @ [len(xy), 1], tree @ [len(xy), 1]
    more = np.flatnonzero(~np.isin(code, in_tree))
    wanted = round(LINES_PER_STATION * len(xy)) - len(tree)
    return np.vstack([tree, pairs[more[np.argsort(length[more], kind="stable")][:wanted]]])


def _resources(
    xy: Floats, kv: Ints, side_m: float, draw: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Draw plants, gas, settlements, large consumers and campuses."""
    stations = len(xy)
    plants = max(6, stations // 10)
    at = draw.choice(np.flatnonzero(kv > 1) if (kv > 1).any() else stations, plants)
    fuel = draw.choice(["hydro", "gas", "wind", "nuclear", "solar"], plants)
    size_mw = draw.lognormal(4.2, 0.9, plants).clip(5, 3000)
    size_mw = np.round(size_mw * 2 * DEMAND_MW * stations / size_mw.sum()).clip(1, 25_000)
    towns = max(6, stations // 3)
    loads = max(2, stations // 50)
    halls = max(2, stations // 200)
    return {
        "plants": _placed(
            pd.DataFrame(
                {"id": [f"P{one}" for one in range(plants)], "fuel": fuel, "capacity_mw": size_mw}
            ).assign(name=lambda rows: "Plant " + rows["id"], status="operating"),
            xy[at] + draw.uniform(-2e3, 2e3, (plants, 2)),
        ),
        "settlements": _placed(
            pd.DataFrame(
                {
                    "name": [f"Town {one}" for one in range(towns)],
                    "population": np.round(draw.lognormal(8.5, 1.2, towns)),
                    "zone": [f"Z{one % ZONES}" for one in range(towns)],
                }
            ),
            _scattered(towns, side_m, draw),
        ),
        "gas_fields": _placed(
            pd.DataFrame({"id": [f"G{one}" for one in range(halls)]}).assign(
                name=lambda rows: "Field " + rows["id"],
                status="operating",
                gas_mcm_per_year=500,
                offshore="false",
            ),
            _scattered(halls, side_m, draw),
        ),
        "campuses": _placed(
            pd.DataFrame({"name": [f"Hall {one}" for one in range(halls)]}).assign(
                grid_mw=60, use="mining", feed="N", free_ha=40
            ),
            xy[draw.choice(stations, halls, replace=False)] + 300.0,
        ),
        "loads": pd.DataFrame(
            {"name": [f"Works {one}" for one in range(loads)], "demand_mw": 20}
        ).assign(substation=[f"S{one}" for one in draw.choice(stations, loads, replace=False)]),
    }


def _ground(
    xy: Floats, side_m: float, cells: int, draw: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Draw climate, prices, carbon and rules."""
    places = max(3, len(xy) // 100)
    warm = draw.uniform(2, 16, places).round(1)
    zones = [f"Z{one}" for one in range(ZONES)]
    regions = [f"Region {one}" for one in range(cells**2)]
    return {
        "climate": _placed(
            pd.DataFrame({"name": [f"Weather {one}" for one in range(places)], "t_annual_c": warm})
            .assign(t_warmest_month_c=warm + 10, rh_annual_pct=75, quality="assumed"),
            _scattered(places, side_m, draw),
        ),
        "land_prices": pd.DataFrame(
            {"region": regions, "land_price_usd_per_ha": draw.integers(2_000, 60_000, len(regions))}
        ).assign(basis="sale", year=2024, quality="assumed"),
        "power_prices": pd.DataFrame(
            {"zone": zones, "power_price_usd_per_mwh": draw.integers(30, 90, ZONES)}
        ).assign(year=2024, quality="assumed"),
        "carbon": pd.DataFrame(
            {"zone": zones, "carbon_g_per_kwh": draw.integers(20, 500, ZONES)}
        ).assign(year=2024, quality="assumed"),
        "policy": pd.DataFrame(
            {"topic": ["queue"], "rule": ["Study"], "effect": ["delay"], "closes": ["false"]}
        ).assign(delay_months=3, region=regions[0], status="in force", quality="assumed"),
    }  # fmt: skip


def _regions(side_m: float, cells: int) -> str:
    """Cut the square into regions, as GeoJSON."""
    cuts = np.linspace(-side_m / 2, side_m / 2, cells + 1)
    features = []
    for at in range(cells**2):
        row, column = divmod(at, cells)
        west, east = cuts[column], cuts[column + 1]
        south, north = cuts[row], cuts[row + 1]
        ring = _ring(west, south, east, north)
        features.append(
            {
                "type": "Feature",
                "properties": {"name": f"Region {at}"},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return json.dumps({"type": "FeatureCollection", "features": features})


def _ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    """Go round a rectangle with enough vertices to stay straight in degrees."""
    share = np.linspace(0, 1, 9)[:-1]
    across, up = west + share * (east - west), south + share * (north - south)
    same = np.ones(len(share))
    x = np.concatenate([across, east * same, across[::-1] + (east - west) / 8, west * same])
    y = np.concatenate([south * same, up, north * same, up[::-1] + (north - south) / 8])
    ring = _degrees(np.column_stack([x, y]) + CENTRE_M).tolist()
    return [*ring, ring[0]]


def _settings(stations: int, *, drawn: bool) -> str:
    head = (
        f'name = "huge"\ntitle = "Hugeland"\ncountry = "HUG"\ncrs = "{CRS}"\n'
        f'demand_mw = {DEMAND_MW * stations:g}\nnote = "Made up."\n'
    )
    topology = "\n[topology]\nsnap_m = 150\n" if drawn else ""
    files = [(name, f"{name}.csv") for name in TABLES] + [("regions", "regions.geojson")]
    tables = [
        f'\n[layers.{kind}]\nfile = "{file}"\n[layers.{kind}.source]\ntitle = "{kind} made up"\n'
        f'licence = "CC0-1.0"\nvintage = "2024"\n'
        for kind, file in files
    ]
    return head + topology + "".join(tables)
