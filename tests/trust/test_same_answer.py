"""What must not change an answer, end to end: order, direction, names, CRS, place on the map."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.redispatch import Redispatch
from geo.scenario import Scenario
from geo.siting import find_sites
from layers.place import open_place, read_layers
from tests.geo.nets import flows, random_base, random_mesh
from tests.trust.country import Country, build, copy_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.kinds import Layers
    from geo.siting import Siting

ASKED = Scenario(load_mw=180, cell_km=10, spacing_km=20)
SMALL = Scenario(load_mw=50, cell_km=10, spacing_km=15)
MEASURED = [
    "rank", "grade", "firm_mw", "normal_mw", "tie_km", "redundancy", "months_p50", "score",
    "hydro_mw_in_reach", "land_price_usd_per_ha", "connection_usd", "poi_name",
]  # fmt: skip
EAST_M = 20_000.0
ENDS = ("from", "to")


def answer(layers: Layers, asked: Scenario) -> Siting:
    """Find the sites."""
    return find_sites(layers, asked)


def of(country: Country) -> Layers:
    """Read a country."""
    return read_layers(open_place(str(country.folder)))


@pytest.fixture(scope="module")
def bhutan() -> Siting:
    return answer(read_layers(open_place("bhutan")), ASKED)


def table(country: Country, file: str) -> tuple[list[str], list[dict[str, str]]]:
    """Header and rows of a table."""
    reader = csv.DictReader(io.StringIO(country.read(file)))
    rows = list(reader)
    return list(reader.fieldnames or ()), rows


def save(country: Country, file: str, header: list[str], rows: list[dict[str, str]]) -> None:
    """Write a table."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    country.write(file, text.getvalue())


def permuted(country: Country) -> None:
    """Shuffle the rows of every table."""
    chance = np.random.default_rng(3)
    for path in sorted(country.folder.glob("*.csv")):
        header, rows = table(country, path.name)
        save(country, path.name, header, [rows[i] for i in chance.permutation(len(rows))])


def reversed_lines(country: Country) -> None:
    """Turn every line round."""
    header, rows = table(country, "lines.csv")
    for row in rows:
        row["from_substation"], row["to_substation"] = row["to_substation"], row["from_substation"]
        row["via"] = ";".join(reversed(row["via"].split(";")))
    save(country, "lines.csv", header, rows)


def renamed(country: Country) -> None:
    """Give substations, lines and plants ids in another order."""
    new: dict[str, str] = {}
    for file in ("substations.csv", "lines.csv", "plants.csv"):
        header, rows = table(country, file)
        mine = {row["id"]: f"{file[0]}{len(rows) - i:04d}" for i, row in enumerate(rows)}
        new |= mine
        save(country, file, header, [row | {"id": mine[row["id"]]} for row in rows])
    for file, columns in (
        ("lines.csv", ("from_substation", "to_substation")),
        ("ties.csv", ("substation",)),
        ("loads.csv", ("substation",)),
    ):
        header, rows = table(country, file)
        for row in rows:
            row.update({column: new[row[column]] for column in columns})
        save(country, file, header, rows)
    text = country.read("place.toml")
    for old, name in new.items():
        text = text.replace(f'"{old}"', f'"{name}"')
    country.write("place.toml", text)


def drawn(country: Country, *, cut: bool) -> None:
    """Let lines say where they run and not between what; cut in two, or whole with a bend there.

    What lies on another line, from end to end, stays whole: where four ends meet nothing tells
    which continues which.
    """
    _, stations = table(country, "substations.csv")
    where = {row["id"]: (float(row["lon"]), float(row["lat"])) for row in stations}
    header, rows = table(country, "lines.csv")
    kept = [name for name in header if not name.endswith("_substation") and name != "length_km"]
    between = Counter(frozenset(where[row[f"{end}_substation"]] for end in ENDS) for row in rows)
    pieces: list[dict[str, str]] = []
    for number, row in enumerate(rows):
        start, stop = (where[row[f"{end}_substation"]] for end in ENDS)
        bends = [point.split() for point in row["via"].split(";") if point]
        path = [start, *((float(x), float(y)) for x, y in bends), stop]
        share = 0.3 + 0.05 * (number % 9)
        (x, y), (to_x, to_y) = path[:2]
        path.insert(1, (x + share * (to_x - x), y + share * (to_y - y)))
        alone = between[frozenset((start, stop))] == 1
        for mark, part in (("", path[:2]), ("~", path[1:])) if cut and alone else (("", path),):
            via = ";".join(f"{x!r} {y!r}" for x, y in part)
            pieces.append({name: row[name] for name in kept} | {"id": row["id"] + mark, "via": via})
    save(country, "lines.csv", kept, pieces)
    country.change("place.toml", lambda text: text.replace("\n[layers", "\n[topology]\n[layers", 1))


def in_other_crs(country: Country) -> None:
    """Write points and regions in two other CRS."""
    text = country.read("place.toml")
    for kind, crs in (("plants", "EPSG:32646"), ("settlements", "EPSG:3857")):
        _, rows = table(country, f"{kind}.csv")
        points = gpd.points_from_xy(*([float(row[a]) for row in rows] for a in ("lon", "lat")))
        columns = {name: [row[name] for row in rows] for name in rows[0] if len(name) > 3}
        columns |= {name: [row[name] for row in rows] for name in ("id",) if name in rows[0]}
        frame = gpd.GeoDataFrame(columns, geometry=points, crs="EPSG:4326").to_crs(crs)
        frame.to_file(country.folder / f"{kind}.gpkg")
        text = text.replace(f'"{kind}.csv"', f'"{kind}.gpkg"')
    country.write("place.toml", text)


@pytest.mark.slow
@pytest.mark.parametrize("change", [permuted, reversed_lines, renamed, in_other_crs])
def test_bhutan_told_in_another_way_has_the_same_sites(
    change: Callable[[Country], None], bhutan: Siting, tmp_path: Path
) -> None:
    country = copy_of("bhutan", tmp_path / "bhutan")
    change(country)
    other = answer(of(country), ASKED)
    assert_same(bhutan, other)


def assert_same(one: Siting, other: Siting) -> None:
    """Compare sites by their ground, whatever the points of connection are called."""
    assert other.sites["site_id"].tolist() == one.sites["site_id"].tolist()
    for column in MEASURED:
        ours, theirs = one.sites[column], other.sites[column]
        if ours.dtype.kind == "f":
            assert theirs.to_numpy() == pytest.approx(
                ours.to_numpy(), rel=1e-3, abs=0.05, nan_ok=True
            ), column
        else:
            assert theirs.tolist() == ours.tolist(), column


@pytest.mark.slow
def test_a_country_moved_over_the_map_has_the_same_answer(tmp_path: Path) -> None:
    """By two cells to the east; what is known of it moves along."""
    layers = of(build(tmp_path / "toy"))

    def moved(layers: Layers) -> Layers:
        shifted = {
            layer.kind: replace(
                layer,
                frame=layer.frame.set_geometry(layer.frame.geometry.translate(EAST_M, 0)),
            )
            for layer in layers.present()
            if layer.shape
        }
        return replace(layers, **shifted)

    here, there = answer(layers, SMALL), answer(moved(layers), SMALL)
    assert len(here.sites) > 10
    for column in ("grade", "firm_mw", "normal_mw", "tie_km", "months_p50", "score", "poi_name"):
        ours, theirs = here.sites[column].tolist(), there.sites[column].tolist()
        if isinstance(ours[0], float):
            assert sorted(theirs) == pytest.approx(sorted(ours), rel=1e-3, abs=0.05), column
        else:
            assert sorted(theirs) == sorted(ours), column


@pytest.mark.slow
@pytest.mark.parametrize(("place", "asked"), [("bhutan", ASKED), ("toy", SMALL)])
def test_a_line_drawn_in_two_pieces_is_one_line(
    place: str, asked: Scenario, tmp_path: Path
) -> None:
    """An outage of the toy country names its lines by their first pieces."""
    found, rows = [], []
    for name, cut in (("whole", False), ("cut", True)):
        folder = tmp_path / name
        country = build(folder) if place == "toy" else copy_of(place, folder)
        drawn(country, cut=cut)
        rows.append(len(table(country, "lines.csv")[1]))
        found.append(answer(of(country), asked))
    assert rows[1] > 1.9 * rows[0]
    assert len(found[0].sites) > 10
    assert_same(*found)


def of_lines(folder: Path) -> Country:
    """A country of one voltage, as transformers and lines abroad have ratings of ours."""
    country = build(folder)
    country.change(
        "substations.csv", lambda text: text.replace("300;132", "300").replace("132", "300")
    )
    country.change("lines.csv", lambda text: text.replace(",132,", ",300,"))
    return country


@pytest.mark.slow
def test_twice_the_ratings_demand_and_generation_give_twice_the_headroom(tmp_path: Path) -> None:
    """Every rating stated, no demand or generation unlisted; MW double, also by the outage."""
    one, other = of_lines(tmp_path / "one"), of_lines(tmp_path / "two")
    other.spoil("place.toml", "demand_mw = 300", "demand_mw = 600")
    for file, columns in (
        ("lines.csv", ("rating_mva",)),
        ("plants.csv", ("capacity_mw",)),
        ("loads.csv", ("demand_mw",)),
        ("ties.csv", ("capacity_mw",)),
    ):
        header, rows = table(other, file)
        for row in rows:
            row.update({name: str(2 * float(row[name])) for name in columns if row[name]})
        save(other, file, header, rows)
    found = [answer(of(country), SMALL).headroom.set_index("bus_id") for country in (one, other)]
    once, twice = (frame[["normal_mw", "firm_mw"]].to_numpy(float) for frame in found)
    assert (once > 1).sum() >= 6
    assert twice == pytest.approx(2 * once, rel=1e-3, abs=0.1)


@settings(max_examples=25)
@given(st.integers(5, 12), st.integers(0, 10_000), st.integers(0, 100), st.integers(0, 100))
def test_more_generation_never_lowers_the_headroom(
    n_bus: int, seed: int, which: int, where: int
) -> None:
    """Every pair is watched, so that none comes or goes with the share of new supply."""
    net, base, bus = random_mesh(n_bus, seed), random_base(n_bus, seed), which % n_bus
    before = Redispatch(net, base, 0.0)
    more = base.supply_max_mw + 50.0 * np.eye(n_bus)[where % n_bus]
    after = Redispatch(net, flows(base.demand_mw, more), 0.0)
    assume(not before.congestion)
    assume(not after.congestion)
    assert after.capacity(bus).mw >= before.capacity(bus).mw - 1e-2
