"""A delivery in PostGIS: staged by COPY and put in place in one transaction, run by run.

Tables keep their names, rights and views from run to run: what changes is which rows are in them.
The password of the address is in no message.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import shapely

from geo.errors import OutputError, ScenarioError
from maps.database import check_database, connected, listed, named, said
from maps.documents import scenario
from maps.frames import known
from maps.geopackage import GEOMETRY_TYPES
from maps.manifest import installed_version
from maps.stamp import created
from maps.styles import title
from maps.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from maps.database import Connection
    from maps.delivery import Delivery
    from maps.dictionary import Entry

LONGEST_NAME: Final = 63
"""Bytes of a name in PostgreSQL; it would cut a longer one without a word."""
OWN_NAMES: Final = ("run_id", "row_id", "geom")
KEYS: Final = {
    "sites": "site_id",
    "feeds": "site_id",
    "regions": "region",
    "substations": "id",
    "lines": "id",
    "plants": "id",
    "gas_fields": "id",
    "campuses": "name",
    "headroom": "bus_id",
}
"""Column that tells the rows of one run apart; elsewhere their number does."""
TYPES: Final = {"b": "boolean", "i": "bigint", "u": "bigint", "f": "double precision"}
"""Kind of a numpy type to that of a column; anything else is text."""
RUN_WORDS: Final = {
    "run_id": "Name of the run: a hash of its answer",
    "row_id": "Number of the row within its run",
    "geom": "Shape, in the CRS of delivery",
}


@dataclass(frozen=True)
class Loaded:
    """What a load has changed."""

    schema: str
    """Schema that holds the tables."""
    run_id: str
    """The run."""
    rows: int
    """Rows that were written; 0 if the run was there already."""


@dataclass(frozen=True, eq=False)
class _Layer:
    """A layer on its way into a table."""

    name: str
    frame: pd.DataFrame
    entries: list[Entry]
    srid: int

    @property
    def key(self) -> str:
        """Column that is the primary key, with the run."""
        return KEYS[self.name] if KEYS.get(self.name) in self.frame.columns else "row_id"

    @property
    def columns(self) -> dict[str, str]:
        """Name to type of all columns but the shape, the run first."""
        own = {"run_id": "text", **({"row_id": "integer"} if self.key == "row_id" else {})}
        return own | {
            entry.column: TYPES.get(self.frame[entry.column].dtype.kind, "text")
            for entry in self.entries
        }


def load_into_postgis(delivery: Delivery, url: str, schema: str = "") -> Loaded:
    """Put every layer of a delivery into tables of one schema.

    Parameters
    ----------
    delivery
        What is handed over.
    url
        Address of the database, as ``postgresql://user@host:5432/name``.
    schema
        Schema for the tables, made if it is not there; ``powersite_<place>`` if ''.

    Returns
    -------
    Loaded

    Raises
    ------
    ScenarioError
        If psycopg is missing, the address cannot be read, or a name cannot be one in a database.
    OutputError
        If the database cannot be reached or refuses; nothing has changed then.
    """
    schema = schema or default_schema(delivery.siting.layers.place.name)
    check_database(url, schema)
    layers = _layers(delivery)
    chosen = [
        delivery.crs,
        *((name, list(frame.columns)) for name, frame in delivery.tables.items()),
    ]
    content = hashlib.sha256(json.dumps(chosen).encode()).hexdigest()[:16]
    with connected(url) as base:
        before = _prepared(base, schema, delivery.run_id)
        if before == content:
            return Loaded(schema, delivery.run_id, 0)
        geometry = _geometry_type(base)
        for layer in layers:
            _make_table(base, schema, layer, geometry)
            _swap_rows(base, schema, layer, delivery.run_id)
        _note_run(base, schema, delivery, content)
        for layer in layers:
            _show_latest(base, schema, layer)
    return Loaded(schema, delivery.run_id, sum(len(layer.frame) for layer in layers))


def default_schema(place: str) -> str:
    """Return the schema of a place: ``powersite_`` and what a name may hold of the place's."""
    return "powersite_" + re.sub(r"[^a-z0-9]+", "_", place.lower())[:40].strip("_")


def _layers(delivery: Delivery) -> list[_Layer]:
    authority, _, number = delivery.crs.partition(":")
    if authority.upper() != "EPSG":
        raise ScenarioError(
            f"PostGIS needs a CRS of the EPSG, not {delivery.crs}; add --crs EPSG:…"
        )
    layers = [
        _Layer(name, frame, delivery.entries(name), int(number))
        for name, frame in delivery.tables.items()
    ]
    for layer in layers:
        for entry in layer.entries:
            if len(entry.column.encode()) > LONGEST_NAME or entry.column in OWN_NAMES:
                raise ScenarioError(
                    f"column '{plain(entry.column)}' of {layer.name} cannot be one of a database "
                    f"(at most {LONGEST_NAME} bytes, and none of {', '.join(OWN_NAMES)}); rename it"
                )
    return layers


def _prepared(base: Connection, schema: str, run_id: str) -> str:
    """Make schema and table of runs if they are not there; return what is known of the run."""
    exists = base.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone()
    if exists is None:
        base.execute(named("CREATE SCHEMA {}", schema))
    base.execute(
        named(
            "CREATE TABLE IF NOT EXISTS {}.{} (run_id text PRIMARY KEY, content text NOT NULL,"
            " place text NOT NULL, created timestamptz NOT NULL, crs text NOT NULL,"
            " scenario jsonb NOT NULL, powersite text NOT NULL, number bigserial NOT NULL)",
            schema,
            "runs",
        )
    )
    # One load at a time; readers are not kept waiting.
    base.execute(named("LOCK TABLE {}.{} IN SHARE ROW EXCLUSIVE MODE", schema, "runs"))
    row = base.execute(
        named("SELECT content FROM {}.{} WHERE run_id = %s", schema, "runs"), (run_id,)
    ).fetchone()
    return row[0] if row else ""


def _geometry_type(base: Connection) -> str:
    """Return the schema that PostGIS is installed in."""
    row = base.execute(
        "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
        " WHERE e.extname = 'postgis'"
    ).fetchone()
    if row is None:
        raise OutputError(
            "the database has no PostGIS; ask its owner for: CREATE EXTENSION postgis"
        )
    return str(row[0])


def _make_table(base: Connection, schema: str, layer: _Layer, home: str) -> None:
    """Make the table of a layer, or add the columns that it lacks."""
    base.execute(
        named("CREATE TABLE IF NOT EXISTS {}.{} ({} text NOT NULL)", schema, layer.name, "run_id")
    )
    kinds = {name: named(kind) for name, kind in layer.columns.items()}
    if layer.name in GEOMETRY_TYPES:
        shape = f"({GEOMETRY_TYPES[layer.name]}, {layer.srid})"
        kinds["geom"] = named("{}.{}", home, "geometry") + named(shape)
    for name, kind in kinds.items():
        base.execute(
            named("ALTER TABLE {}.{} ADD COLUMN IF NOT EXISTS {} ", schema, layer.name, name) + kind
        )
    _check_srid(base, schema, layer, home)
    index = f"{layer.name}_key"
    base.execute(
        named("CREATE UNIQUE INDEX IF NOT EXISTS {} ON {}.{} ", index, schema, layer.name)
        + named("({}, {})", *_key(layer))
    )
    if "geom" in kinds:
        index = f"{layer.name}_geom"
        base.execute(
            named("CREATE INDEX IF NOT EXISTS {} ON {}.{} USING gist ({})",
                 index, schema, layer.name, "geom")
        )  # fmt: skip
    _comment(base, schema, layer, list(kinds))


def _key(layer: _Layer) -> tuple[str, str]:
    return layer.key, "run_id"


def _check_srid(base: Connection, schema: str, layer: _Layer, home: str) -> None:
    if layer.name not in GEOMETRY_TYPES:
        return
    row = base.execute(
        named("SELECT srid FROM {}.{} WHERE f_table_schema = %s AND f_table_name = %s",
             home, "geometry_columns"),
        (schema, layer.name),
    ).fetchone()  # fmt: skip
    if row is not None and row[0] != layer.srid:
        raise OutputError(
            f"the tables of schema '{schema}' are in EPSG:{row[0]}, this delivery is in "
            f"EPSG:{layer.srid}; name another schema, or ask for --crs EPSG:{row[0]}"
        )


def _comment(base: Connection, schema: str, layer: _Layer, names: list[str]) -> None:
    words = RUN_WORDS | {entry.column: entry.comment for entry in layer.entries}
    for name in names:
        comment = ("COMMENT ON COLUMN {}.{}.{}", words[name], schema, layer.name, name)
        base.execute(said(*comment))
    base.execute(said("COMMENT ON TABLE {}.{}", title(layer.name), schema, layer.name))


def _swap_rows(base: Connection, schema: str, layer: _Layer, run_id: str) -> None:
    """Stage the rows by COPY, then let them take the place of what the run had before."""
    names = [*layer.columns, *(["geom"] if layer.name in GEOMETRY_TYPES else [])]
    columns = listed(names)
    stage = f"staging_{layer.name}"
    base.execute(
        named("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT ", stage)
        + columns
        + named(" FROM {}.{} LIMIT 0", schema, layer.name)
    )
    copied = named("COPY {} (", stage) + columns + named(") FROM STDIN")
    with base.cursor() as cursor, cursor.copy(copied) as copy:
        for row in _rows(layer, run_id):
            copy.write_row(row)
    base.execute(named("DELETE FROM {}.{} WHERE {} = %s", schema, layer.name, "run_id"), (run_id,))
    base.execute(
        named("INSERT INTO {}.{} (", schema, layer.name)
        + columns
        + named(") SELECT ")
        + columns
        + named(" FROM {}", stage)
    )


def _rows(layer: _Layer, run_id: str) -> Iterator[list[Any]]:
    """Yield the rows in the order of the columns, the shape last as hexadecimal EWKB."""
    frame = layer.frame
    columns: list[list[Any]] = [[run_id] * len(frame)]
    if layer.key == "row_id":
        columns.append(list(range(1, len(frame) + 1)))
    columns += [list(map(_value, frame[entry.column].tolist())) for entry in layer.entries]
    if layer.name in GEOMETRY_TYPES:
        columns.append(_shapes(layer))
    for row in zip(*columns, strict=True):
        yield list(row)


def _value(value: object) -> object:
    """Return a cell; a whole number without its point, which a column of them would refuse."""
    shown = known(value)
    return int(shown) if isinstance(shown, float) and shown.is_integer() else shown


def _shapes(layer: _Layer) -> list[str | None]:
    kind = GEOMETRY_TYPES[layer.name]
    shapes: list[str | None] = []
    for shape in layer.frame.geometry:
        if shape is None:
            shapes.append(None)
            continue
        whole = shape
        if kind.startswith("Multi") and shape.geom_type != kind:
            whole = getattr(shapely, kind)([] if shape.is_empty else [shape])
        shapes.append(
            shapely.to_wkb(shapely.set_srid(whole, layer.srid), hex=True, include_srid=True)
        )
    return shapes


def _note_run(base: Connection, schema: str, delivery: Delivery, content: str) -> None:
    base.execute(named("DELETE FROM {}.{} WHERE run_id = %s", schema, "runs"), (delivery.run_id,))
    base.execute(
        named(
            "INSERT INTO {}.{} (run_id, content, place, created, crs, scenario, powersite)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            schema,
            "runs",
        ),
        (
            delivery.run_id,
            content,
            plain(delivery.siting.layers.place.name),
            created(),
            delivery.crs,
            json.dumps(scenario(delivery.siting)),
            installed_version("powersite"),
        ),
    )


def _show_latest(base: Connection, schema: str, layer: _Layer) -> None:
    """Make the view that shows the run loaded last, for programs that show a table whole."""
    base.execute(
        named("CREATE OR REPLACE VIEW {}.{} AS SELECT * FROM {}.{} WHERE {} = ",
             schema, f"{layer.name}_latest", schema, layer.name, "run_id")
        + named("(SELECT run_id FROM {}.{} ORDER BY number DESC LIMIT 1)", schema, "runs")
    )  # fmt: skip
