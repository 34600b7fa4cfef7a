"""What PostGIS holds after a load is what was handed over, however often it is loaded."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from geo.errors import OutputError, ScenarioError
from maps.database import check_database
from maps.delivery import Order, deliver
from maps.frames import known
from maps.postgis import default_schema, load_into_postgis
from tests.conftest import missing
from tests.maps.postgres import PASSWORD, Server, programs, served
from tests.maps.toy import make_siting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from maps.delivery import Delivery

psycopg = pytest.importorskip("psycopg")
SCHEMA = "powersite_toy"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL of our own; the test is skipped, or fails, without PostGIS."""
    home = programs()
    if home is None:
        missing("PostgreSQL with PostGIS")
    # Not under pytest's folder, which others may not enter; a socket's path is short as well.
    with tempfile.TemporaryDirectory(prefix="pgtoy-", ignore_cleanup_errors=True) as folder:
        yield from served(home, Path(folder))


@pytest.fixture
def base(server: Server, request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """An empty database with a role that may do no more than the documentation says."""
    name = f"t{abs(hash(request.node.nodeid)) % 10**9}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as top:
        top.execute(f"CREATE DATABASE {name}")
        top.execute("DROP ROLE IF EXISTS loader")
        top.execute(f"CREATE ROLE loader LOGIN PASSWORD '{PASSWORD}'")
    with psycopg.connect(server.url(name), autocommit=True) as own:
        own.execute("CREATE EXTENSION postgis")
        own.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        own.execute("GRANT USAGE ON SCHEMA public TO loader")
        own.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        own.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO loader")
        own.execute(f"CREATE SCHEMA {SCHEMA} AUTHORIZATION loader")
    url = server.url(name, "loader", PASSWORD)
    yield {"url": url, "owner": server.url(name), "name": name}
    with psycopg.connect(server.url("postgres"), autocommit=True) as top:
        top.execute(f"DROP DATABASE {name} WITH (FORCE)")
        top.execute("DROP ROLE loader")


@pytest.fixture
def delivery() -> Delivery:
    return deliver(make_siting(), Order())


def query(url: str, text: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as base:
        return base.execute(text).fetchall()


@pytest.mark.postgis
def test_every_layer_comes_back_equal(base: dict[str, Any], delivery: Delivery) -> None:
    loaded = load_into_postgis(delivery, base["url"])
    assert (loaded.schema, loaded.run_id) == (SCHEMA, delivery.run_id)
    assert loaded.rows == sum(map(len, delivery.tables.values()))
    for layer, frame in delivery.tables.items():
        names = [entry.column for entry in delivery.entries(layer)]
        quoted = ", ".join(f'"{name}"' for name in names)
        rows = query(base["url"], f"SELECT {quoted} FROM {SCHEMA}.{layer}")  # noqa: S608
        expected = [
            tuple(map(known, row)) for row in frame[names].itertuples(index=False, name=None)
        ]
        assert sorted(rows, key=repr) == sorted(map(as_read, expected), key=repr), layer


def as_read(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Numbers as the driver gives them."""
    return tuple(value.item() if hasattr(value, "item") else value for value in row)


@pytest.mark.postgis
def test_shapes_come_back_exactly(base: dict[str, Any], delivery: Delivery) -> None:
    load_into_postgis(delivery, base["url"])
    for layer, key in (("sites", "site_id"), ("lines", "id"), ("substations", "id")):
        text = f"SELECT {key}, ST_AsBinary(geom), ST_SRID(geom) FROM {SCHEMA}.{layer}"  # noqa: S608
        found = {
            name: (shapely.from_wkb(bytes(wkb)), srid)
            for name, wkb, srid in query(base["url"], text)
        }
        for name, shape in delivery.spatial[layer].set_index(key).geometry.items():
            one, srid = found[name]
            assert srid == 25833
            assert (shapely.get_coordinates(one) == shapely.get_coordinates(shape)).all()


@pytest.mark.postgis
def test_loading_twice_changes_nothing(base: dict[str, Any], delivery: Delivery) -> None:
    """Not even the transaction that wrote a row, which xmin tells."""
    text = f"SELECT xmin::text, ctid::text, site_id FROM {SCHEMA}.sites ORDER BY site_id"  # noqa: S608
    load_into_postgis(delivery, base["url"])
    before = query(base["url"], text)
    again = load_into_postgis(deliver(make_siting(), Order()), base["url"])
    assert again.rows == 0
    assert query(base["url"], text) == before
    assert len(before) == 5


@pytest.mark.postgis
def test_another_run_stands_beside_and_the_view_shows_the_last(
    base: dict[str, Any], delivery: Delivery
) -> None:
    load_into_postgis(delivery, base["url"])
    siting = make_siting()
    fewer = deliver(replace(siting, scenario=replace(siting.scenario, top=3)), Order())
    assert fewer.run_id != delivery.run_id
    load_into_postgis(fewer, base["url"])
    counts = f"SELECT run_id, count(*) FROM {SCHEMA}.sites GROUP BY 1"  # noqa: S608
    assert dict(query(base["url"], counts)) == {delivery.run_id: 5, fewer.run_id: 3}
    assert query(base["url"], f"SELECT count(*) FROM {SCHEMA}.sites_latest") == [(3,)]  # noqa: S608


@pytest.mark.postgis
def test_a_run_with_other_columns_takes_the_place_of_itself(
    base: dict[str, Any], delivery: Delivery
) -> None:
    narrow = deliver(make_siting(), Order(fields=("firm_mw",)))
    assert narrow.run_id == delivery.run_id
    load_into_postgis(narrow, base["url"])
    load_into_postgis(delivery, base["url"])
    text = f"SELECT count(*), count(poi_id), count(firm_mw) FROM {SCHEMA}.sites"  # noqa: S608
    assert query(base["url"], text) == [(5, 5, 5)]


@pytest.mark.postgis
def test_index_key_and_comments_with_units(base: dict[str, Any], delivery: Delivery) -> None:
    load_into_postgis(delivery, base["url"])
    text = f"SELECT indexdef FROM pg_indexes WHERE schemaname = '{SCHEMA}' AND tablename = 'sites'"  # noqa: S608
    indexes = " ".join(row[0] for row in query(base["url"], text))
    assert "USING gist (geom)" in indexes
    assert "UNIQUE" in indexes
    assert "(site_id, run_id)" in indexes
    text = (
        "SELECT a.attname, d.description FROM pg_attribute a JOIN pg_description d"  # noqa: S608
        f" ON d.objoid = a.attrelid AND d.objsubid = a.attnum"
        f" WHERE a.attrelid = '{SCHEMA}.sites'::regclass"
    )
    comments = dict(query(base["url"], text))
    assert comments["firm_mw"].endswith("(megawatt)")
    assert {entry.column for entry in delivery.entries("sites")} <= set(comments)


@pytest.mark.postgis
def test_views_and_rights_of_others_stay(base: dict[str, Any], delivery: Delivery) -> None:
    load_into_postgis(delivery, base["url"])
    with psycopg.connect(base["owner"], autocommit=True) as own:
        own.execute(f"CREATE VIEW public.mine AS SELECT site_id, firm_mw FROM {SCHEMA}.sites")  # noqa: S608
    other = deliver(make_siting(hostile=True), Order())
    load_into_postgis(other, base["url"])
    assert query(base["owner"], "SELECT count(*) FROM public.mine") == [(10,)]


@pytest.mark.postgis
def test_hostile_names_are_data(base: dict[str, Any]) -> None:
    siting = make_siting(hostile=True)
    bad = 'x"); DROP TABLE runs; --'
    delivery = deliver(replace(siting, sites=siting.sites.assign(**{bad: "x"})), Order())
    load_into_postgis(delivery, base["url"])
    text = f"SELECT name FROM {SCHEMA}.sites ORDER BY rank"  # noqa: S608
    names = [row[0] for row in query(base["url"], text)]
    assert names == delivery.tables["sites"]["name"].tolist()
    assert query(base["url"], f"SELECT count(*) FROM {SCHEMA}.runs") == [(1,)]  # noqa: S608


@pytest.mark.postgis
def test_a_failure_in_the_middle_changes_nothing(base: dict[str, Any], delivery: Delivery) -> None:
    load_into_postgis(delivery, base["url"])
    before = query(base["url"], f"SELECT xmin::text, run_id FROM {SCHEMA}.sites")  # noqa: S608
    with psycopg.connect(base["owner"], autocommit=True) as own:
        own.execute(f"ALTER TABLE {SCHEMA}.plants ADD CHECK (capacity_mw < 1000) NOT VALID")
    with pytest.raises(OutputError, match="violates check constraint") as caught:
        load_into_postgis(deliver(make_siting(hostile=True), Order()), base["url"])
    assert caught.value.exit_code == 6
    assert query(base["url"], f"SELECT xmin::text, run_id FROM {SCHEMA}.sites") == before  # noqa: S608


@pytest.mark.postgis
def test_another_crs_in_the_same_schema_is_refused(
    base: dict[str, Any], delivery: Delivery
) -> None:
    load_into_postgis(delivery, base["url"])
    other = deliver(make_siting(), Order(crs="EPSG:3857"))
    with pytest.raises(OutputError, match="are in EPSG:25833, this delivery is in EPSG:3857"):
        load_into_postgis(other, base["url"])


@pytest.mark.postgis
def test_a_database_without_postgis(server: Server, delivery: Delivery) -> None:
    with pytest.raises(OutputError, match="ask its owner for: CREATE EXTENSION postgis"):
        load_into_postgis(delivery, server.url("template1"), "other")
    found = query(server.url("template1"), "SELECT 1 FROM pg_namespace WHERE nspname = 'other'")
    assert found == []


@pytest.mark.postgis
def test_the_password_is_in_no_message(
    base: dict[str, Any], server: Server, delivery: Delivery
) -> None:
    wrong = server.url(base["name"], "loader", PASSWORD + "x")
    for url in (wrong, wrong.replace("loader", "nobody"), wrong.replace("port=54321", "port=1")):
        with pytest.raises(OutputError) as caught:
            load_into_postgis(delivery, url)
        assert_unsaid(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://me:{PASSWORD}@host:port/x",
        "postgresql://me:5432/s3cret@host/x",
        f"postgresql://me:{PASSWORD}@[::1/x",
        f"postgresql://me:{PASSWORD}@host/x?nonsense={PASSWORD}",
        f"host=x password={PASSWORD}",
        f"mysql://me:{PASSWORD}@host/x",
    ],
)
def test_an_address_that_cannot_be_read_is_not_repeated(url: str) -> None:
    with pytest.raises(ScenarioError, match=r"postgresql://user@host:5432/database") as caught:
        check_database(url)
    assert_unsaid(caught.value)


def assert_unsaid(error: BaseException) -> None:
    """No part of the password is in what a traceback of the error shows."""
    shown: BaseException | None = error
    while shown is not None:
        assert "s3cret" not in str(shown)
        assert "toy@" not in str(shown)
        shown = shown.__cause__ or (None if shown.__suppress_context__ else shown.__context__)


@pytest.mark.parametrize("name", ["Public", "a-b", 'x"; DROP', "1a", "pg_toast", "x" * 64])
def test_what_cannot_name_a_schema(name: str) -> None:
    with pytest.raises(ScenarioError):
        check_database("postgresql://me@host/x", name)


def test_schema_of_a_place() -> None:
    assert default_schema("norway") == "powersite_norway"
    assert default_schema("My Place; DROP") == "powersite_my_place_drop"


def test_a_column_whose_name_a_table_would_cut() -> None:
    siting = make_siting()
    sites = siting.sites.assign(**{"ø" * 32: 1})
    with pytest.raises(ScenarioError, match="cannot be one of a database"):
        load_into_postgis(deliver(replace(siting, sites=sites), Order()), "postgresql://a@b/c")


@pytest.mark.postgis
def test_columns_of_the_user_with_names_of_ours(base: dict[str, Any]) -> None:
    siting = make_siting()
    sites = siting.sites.assign(run_id="theirs", geom=1)
    load_into_postgis(deliver(replace(siting, sites=sites), Order()), base["url"])
    text = f"SELECT DISTINCT run_id_own, geom_own FROM {SCHEMA}.sites"  # noqa: S608
    assert query(base["url"], text) == [("theirs", 1)]
