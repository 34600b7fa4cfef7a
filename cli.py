"""The command line: parse, call one function a command, turn an error into a line and a code."""

from __future__ import annotations

import inspect
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, NoReturn

import typer

from geo.errors import OutputError, ScenarioError, SitingError
from geo.scenario import RANGES, Method, Mode, Preset, Redundancy, Scenario

if TYPE_CHECKING:
    from geo.place_headroom import PlaceHeadroom, PlaceLimits
    from geo.siting import Siting
    from geo.tiles import Tiling
    from maps.checkpoint import Checkpoint

    Report = Callable[[float, str], None] | None
    Kept = Checkpoint | None
    Frame = Any

app = typer.Typer(
    name="powersite",
    help="Where can a campus of N megawatts get its power, how soon, and how surely?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Format = Literal["table", "json", "csv", "geojson"]
Show = Literal["headroom", "limits", "upgrades"]
PlaceName = Annotated[
    str, typer.Argument(metavar="PLACE", help="norway, bhutan, or a folder with a place.toml.")
]
CasePlace = Annotated[
    str,
    typer.Argument(metavar="PLACE", help="A place, or a folder of bus.csv, branch.csv, plant.csv."),
]
MinKv = Annotated[float, typer.Option("--min-kv", help="Cases: only buses from this voltage.")]
Area = Annotated[str, typer.Option("--interconnect", help="Cases: only this area.")]
STATIONS_HELP = (
    "Cases: lose every whole substation among those asked for as well, one at a time; "
    "needs bus2sub.csv. For its own buses the loss of a station does not count."
)
CHECKPOINT_HELP = (
    "Cases: keep what is done in FILE (npz), so that the same command goes on where it was "
    "interrupted. Removed when the answer is printed."
)
EXPORT_FORMATS = (
    "map, gpkg, qgis, geojson, csv, xlsx, parquet, flatgeobuf, kml, kmz, shapefile, filegdb, "
    "pypsa, matpower, stac"
)
AWAY = 5
"""Exit code where a source is away."""
BASEMAP_HELP = (
    "Tiles under the map: osm asks tile.openstreetmap.org for them, which gives them only to a "
    "page from a web server, not to a file."
)
POSTGIS_HELP = (
    "Load into this database as well: postgresql://user@host:5432/name. Leave the password to "
    "PGPASSWORD or ~/.pgpass."
)
EngineName = Annotated[
    Literal["threads", "dask"],
    typer.Option("--engine", help="What works on surfaces: threads of this process, or Dask."),
]
Scheduler = Annotated[
    str,
    typer.Option(
        "--scheduler", metavar="ADDRESS", help="Dask scheduler to use; none starts one on loopback."
    ),
]
Keep = Annotated[
    Path | None,
    typer.Option(
        "--keep",
        metavar="FOLDER",
        help="Keep done tiles of surfaces there, so that the same command goes on where it was "
        "interrupted. Removed when the answer is out.",
    ),
]
AsFormat = Annotated[Format, typer.Option("--format", help="How to print it.")]


class _Stages:
    """When each stage of a run began; told as JSON where --timings asks for it."""

    def __init__(self) -> None:
        self._begun = [("reading", time.monotonic())]

    def begin(self, stage: str) -> None:
        if stage != self._begun[-1][0]:
            self._begun.append((stage, time.monotonic()))

    def text(self) -> str:
        """Sum the seconds of each stage, in the order of their beginning."""
        seconds: dict[str, float] = {}
        ends = [*(start for _, start in self._begun[1:]), time.monotonic()]
        for (stage, start), end in zip(self._begun, ends, strict=True):
            seconds[stage] = seconds.get(stage, 0.0) + end - start
        rows = [{"stage": stage, "seconds": round(took, 3)} for stage, took in seconds.items()]
        total = round(ends[-1] - self._begun[0][1], 3)
        return json.dumps({"schema_version": 1, "stages": rows, "total_seconds": total}) + "\n"


class Question(NamedTuple):
    """What the shared options of a command said."""

    options: dict[str, Any]
    """Scenario knobs that were given."""
    config: Path | None
    """A scenario file."""
    sites: Path | None
    """Places of one's own to rank in place of all land."""
    quiet: bool
    """No progress."""
    verbose: bool
    """Each stage on a line of its own, with the seconds it began at."""
    stages: _Stages | None = None
    """Keeps the time of each stage."""


def _knob(name: str, kind: Any, text: str) -> inspect.Parameter:  # noqa: ANN401 -- a type, as typer takes it
    low, high = RANGES.get(name, (None, None))
    default = getattr(Scenario, name)
    shown = f"{default:g}" if isinstance(default, float) else str(default or "the place's")
    flag = typer.Option(
        "--" + name.replace("_", "-"), help=text, min=low, max=high, show_default=shown
    )
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, flag]
    )


HEADROOM_KNOBS = (
    _knob("method", Method, "How headroom is found."),
    _knob("mode", Mode, "Linear method: limits as they are, or as they are used."),
    _knob("cutoff", float, "Least share of new load that a line is monitored for."),
    _knob("demand_mw", float, "Demand of the base case."),
)
PRESET = inspect.Parameter(
    "preset",
    inspect.Parameter.KEYWORD_ONLY,
    default=None,
    annotation=Annotated[
        Preset | None,
        typer.Option(
            "--preset", help="Usual load, redundancy, land and class of building; others win."
        ),
    ],
)
SITES = inspect.Parameter(
    "sites",
    inspect.Parameter.KEYWORD_ONLY,
    default=None,
    annotation=Annotated[
        Path | None,
        typer.Option(
            "--sites",
            metavar="FILE",
            help="Parcels or points of your own to rank in place of all land: gpkg, geojson, shp, "
            "fgb, or csv with lon and lat.",
        ),
    ],
)
SITE_KNOBS = (
    PRESET,
    SITES,
    _knob("load_mw", float, "Power of the campus."),
    _knob("redundancy", Redundancy, "What grade A asks for."),
    _knob("months", float, "Months after which power is wanted."),
    _knob("reach_km", float, "How far a tie-line may go."),
    _knob("top", int, "Sites shown and exported."),
    _knob("spacing_km", float, "Nearer sites are merged."),
    _knob("cell_km", float, "Side of the candidate cells."),
    _knob("ha_per_mw", float, "Land per megawatt."),
    _knob("situations", int, "Draws that the shortlist's firm power is spread over."),
    _knob("seed", int, "Seed of the draws."),
    *HEADROOM_KNOBS,
)
PORTFOLIO_KNOBS = tuple(
    knob for knob in SITE_KNOBS if knob.name not in {"top", "situations", "seed"}
)
OTHER_OPTIONS = (
    inspect.Parameter(
        "config",
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[
            Path | None, typer.Option("--config", help="TOML file with the same options.")
        ],
    ),
    inspect.Parameter(
        "timings",
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[
            Path | None,
            typer.Option(
                "--timings",
                metavar="FILE",
                help="Write the seconds of each stage as JSON; - is stderr.",
            ),
        ],
    ),
    inspect.Parameter(
        "verbose",
        inspect.Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[bool, typer.Option("--verbose", "-v", help="Stages on stderr.")],
    ),
    inspect.Parameter(
        "quiet",
        inspect.Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")],
    ),
)


def asks(*knobs: inspect.Parameter) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of a scenario, handed to it as its ``question``."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        names = [knob.name for knob in knobs]

        @wraps(command)
        def run(**given: Any) -> None:  # noqa: ANN401 -- typer gives each option its own type
            options = {name: given.pop(name) for name in names}
            chosen = {name: value for name, value in options.items() if value is not None}
            sites = chosen.pop("sites", None)
            told = given.pop("timings")
            question = Question(
                chosen, given.pop("config"), sites, given.pop("quiet"), given.pop("verbose"),
                None if told is None else _Stages(),
            )  # fmt: skip
            command(**given, question=question)
            if question.stages is not None:
                _write_timings(question.stages.text(), told)

        signature = inspect.signature(command, eval_str=True)
        own = [
            part.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for name, part in signature.parameters.items()
            if name != "question"
        ]
        run.__signature__ = signature.replace(parameters=[*own, *knobs, *OTHER_OPTIONS])  # type: ignore[attr-defined]
        run.__annotations__ = {
            part.name: part.annotation for part in (*own, *knobs, *OTHER_OPTIONS)
        }
        return run

    return decorate


@app.command()
@asks(*SITE_KNOBS)
def site(
    place: PlaceName,
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.")],
    question: Question,
    engine: EngineName = "threads",
    scheduler: Scheduler = "",
    keep: Keep = None,
) -> None:
    """Find and rank the sites of PLACE, and write map, shortlist, regions and manifest."""
    from maps.exports import write_pack
    from maps.tables import ranking_text

    with _tiling(engine, scheduler, keep) as tiling:
        siting = _find(place, question, tiling=tiling)
    written = write_pack(siting, out)
    typer.echo(ranking_text(siting, "site"))
    typer.echo(ranking_text(siting, "region"))
    typer.echo("Written: " + "  ".join(str(path) for path in written))


@app.command()
@asks(*SITE_KNOBS)
def rank(
    place: PlaceName,
    question: Question,
    by: Annotated[Literal["site", "region"], typer.Option("--by", help="What to rank.")] = "site",
    fmt: AsFormat = "table",
    second: Annotated[
        bool, typer.Option("--second-opinion", help="Order the sites by TOPSIS too.")
    ] = False,
) -> None:
    """Print the ranking of PLACE; nothing is written."""
    from geo.topsis import second_opinion
    from maps.tables import ranking_text

    siting = _find(place, question)
    opinion = second_opinion(siting.sites, siting.scenario) if second else None
    typer.echo(ranking_text(siting, by, fmt, second=opinion), nl=fmt == "table")


@app.command()
@asks(*HEADROOM_KNOBS)
def headroom(
    place: CasePlace,
    question: Question,
    fmt: AsFormat = "table",
    show: Annotated[
        Show, typer.Option("--show", help="MW, what limits them in turn, or what frees more.")
    ] = "headroom",
    min_kv: MinKv = 0.0,
    interconnect: Area = "",
    stations: Annotated[bool, typer.Option("--stations", help=STATIONS_HELP)] = False,
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", metavar="FILE", help=CHECKPOINT_HELP)
    ] = None,
) -> None:
    """Print the MW that each substation of PLACE could still serve, normal and N-1 secure."""
    from layers.case import is_case
    from maps.checkpoint import keeping
    from maps.tables import headroom_text, limits_text

    cased = is_case(place)
    _refuse_what_is_not_for(cased=cased, for_cases=stations or checkpoint, for_places=show)
    if show != "headroom":
        typer.echo(limits_text(_limits_of_place(place, question), show, fmt), nl=fmt == "table")
        return
    to_go_on = f"; the same command goes on from {checkpoint}" if checkpoint else ""
    congestion = None
    with keeping(checkpoint) as memory, _Progress(question, to_go_on) as progress:
        if cased:
            asked = {"interconnect": interconnect, "min_kv": min_kv, "stations": stations}
            frame = _headroom_of_case(place, question, asked, progress, memory)
        else:
            found = _headroom_of_place(place, question, progress)
            frame, congestion = found.buses, found.congestion
            _tell_notes(found.notes, place, question)
    typer.echo(headroom_text(frame, fmt, congestion=congestion), nl=fmt == "table")
    if memory is not None:
        memory.remove()


@app.command()
@asks(*SITE_KNOBS)
def explain(
    place: PlaceName,
    site_id: Annotated[str, typer.Argument(metavar="SITE_ID", help="As the ranking prints it.")],
    question: Question,
) -> None:
    """Print why a site of PLACE has its rank."""
    from maps.explain import explain_text

    typer.echo(explain_text(_find(place, question, also=(site_id,)), site_id))


@app.command()
@asks(*SITE_KNOBS)
def campus(place: PlaceName, question: Question, fmt: AsFormat = "table") -> None:
    """Print how the existing campuses of PLACE convert, and what each of them lacks."""
    from geo.campuses import campuses
    from maps.campuses import campus_text

    siting = _find(place, question)
    typer.echo(campus_text(siting, campuses(siting), fmt), nl=False)


@app.command()
@asks(*PORTFOLIO_KNOBS)
def portfolio(
    place: PlaceName,
    total_mw: Annotated[float, typer.Option("--total-mw", help="Load to place.", min=1)],
    question: Question,
    max_sites: Annotated[int, typer.Option("--max-sites", help="Most sites.", min=1)] = 5,
    min_site_mw: Annotated[
        float, typer.Option("--min-site-mw", help="Smallest site worth opening.", min=0)
    ] = 50.0,
    max_site_mw: Annotated[
        float | None, typer.Option("--max-site-mw", help="Largest site.", show_default="any")
    ] = None,
    among: Annotated[
        int, typer.Option("--among", help="Best-ranked sites to choose from.", min=1)
    ] = 50,
    fmt: AsFormat = "table",
) -> None:
    """Choose the sites of PLACE that serve a load together, under one N-1 secure dispatch."""
    from geo.contest import Wish
    from geo.portfolio import find_portfolio
    from maps.portfolio import portfolio_text

    wish = Wish(total_mw, max_sites, min_site_mw, max_site_mw, among)
    # The closer look at the shortlist, which `top` and `situations` are for, decides nothing here.
    siting = _find(place, question._replace(options=question.options | {"top": 1, "situations": 0}))
    with _Progress(question) as progress:
        found = find_portfolio(siting, wish, progress)
    typer.echo(portfolio_text(found, siting, fmt), nl=fmt == "table")


@app.command()
@asks(*SITE_KNOBS)
def land(
    place: PlaceName,
    question: Question,
    engine: EngineName = "threads",
    scheduler: Scheduler = "",
    keep: Keep = None,
    fmt: Annotated[
        Literal["table", "json"], typer.Option("--format", help="How to print it.")
    ] = "table",
) -> None:
    """Print what bars the land of PLACE and what is known of the rest; it needs surfaces."""
    from geo.land_summary import land_summary
    from layers.place import open_place, read_layers
    from layers.question import pose
    from maps.land import land_text

    place_file, scenario = pose(open_place(place), question.config, question.options)
    layers = read_layers(place_file)
    with _tiling(engine, scheduler, keep) as tiling, _Progress(question) as progress:
        summary = land_summary(layers, scenario, tiling, progress or (lambda *_: None))
    typer.echo(land_text(summary, fmt), nl=False)


@app.command()
def measure(
    parcels: Annotated[Path, typer.Argument(metavar="LIST", help="Parcels or points, in metres.")],
    out: Annotated[Path, typer.Option("--out", help="GeoPackage to write; --sites takes it.")],
    length: Annotated[
        list[str] | None, typer.Option(metavar="NAME=FILE", help="Kilometres of lines within.")
    ] = None,
    distance: Annotated[
        list[str] | None, typer.Option(metavar="NAME=FILE", help="Kilometres to the nearest.")
    ] = None,
    mean: Annotated[
        list[str] | None, typer.Option(metavar="NAME=FILE", help="Mean of a GeoTIFF within.")
    ] = None,
    percentile: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Rank among all, 0 to 1; a measured column as well."),
    ] = None,
) -> None:
    """Measure a list of one's own on layers of one's own; each option may come many times."""
    from geo.parcel_measures import Wanted, measured
    from layers.own_files import named_files, own_parcels, own_raster, own_shapes
    from maps.measured import refuse_other_suffix, write_measured

    refuse_other_suffix(out)
    lines, others = named_files(length or (), "--length"), named_files(distance or (), "--distance")
    rasters = named_files(mean or (), "--mean")
    frame = own_parcels(parcels)
    crs = str(frame.crs)
    wanted = Wanted(
        {name: own_shapes(path, "--length", crs) for name, path in lines.items()},
        {name: own_shapes(path, "--distance", crs) for name, path in others.items()},
        {name: own_raster(path, name) for name, path in rasters.items()},
        tuple(percentile or ()),
    )
    typer.echo(f"Written: {write_measured(measured(frame, wanted), out)}")


@app.command()
def pick(
    score: Annotated[Path, typer.Argument(metavar="SCORE", help="GeoTIFF in metres.")],
    out: Annotated[Path, typer.Option("--out", help="GeoPackage to write; --sites takes it.")],
    area_ha: Annotated[float, typer.Option("--area-ha", help="Of a site.", min=0)],
    count: Annotated[int, typer.Option("--count", help="How many sites.", min=1)] = 20,
    apart_km: Annotated[
        float, typer.Option("--apart-km", help="How far apart sites begin.", min=0)
    ] = 0.0,
    *,
    highest: Annotated[bool, typer.Option("--highest", help="High is good, not low.")] = False,
) -> None:
    """Pick the best ground on a raster of scores of one's own, each site in one piece."""
    from geo.best_ground import picked_sites
    from layers.own_files import own_raster
    from maps.measured import refuse_other_suffix, write_measured

    refuse_other_suffix(out)
    sites = picked_sites(own_raster(score, "score"), area_ha, count, apart_km, highest=highest)
    written = write_measured(sites, out)
    if len(sites) < count:
        typer.echo(f"Found {len(sites):,} of {count:,} sites: no room for more.", err=True)
    typer.echo(f"Written: {written}")


@app.command("map")
@asks(*SITE_KNOBS)
def draw(
    place: PlaceName,
    out: Annotated[Path, typer.Option("--out", help="HTML file to write.")],
    question: Question,
    basemap: Annotated[
        Literal["none", "osm"], typer.Option("--basemap", help=BASEMAP_HELP)
    ] = "none",
) -> None:
    """Write the map of PLACE as one HTML file that needs no network."""
    from maps.exports import write_map

    typer.echo(f"Written: {write_map(_find(place, question), out, basemap)}")


@app.command()
@asks(*SITE_KNOBS)
def report(
    place: PlaceName,
    out: Annotated[
        Path, typer.Option("--out", help="File to write: .pdf, or .png and its second page.")
    ],
    question: Question,
    dpi: Annotated[int, typer.Option("--dpi", help="Dots an inch of .png.", min=50, max=600)] = 150,
) -> None:
    """Write two pages on PLACE to print and to show: map, ranking, times, costs, sources."""
    from maps.report import refuse_other_names, write_report

    refuse_other_names(out)
    written = write_report(_find(place, question), out, dpi)
    typer.echo("Written: " + "  ".join(str(path) for path in written))


@app.command()
@asks(*SITE_KNOBS)
def export(
    place: PlaceName,
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.")],
    question: Question,
    formats: Annotated[
        str, typer.Option("--formats", help=f"Comma-separated: {EXPORT_FORMATS}.")
    ] = "gpkg,qgis,geojson,csv",
    layers: Annotated[str, typer.Option("--layers", help="Comma-separated; all if left out.")] = "",
    fields: Annotated[
        str, typer.Option("--fields", help="Columns of the sites, or layer.column.")
    ] = "",
    crs: Annotated[
        str, typer.Option("--crs", help="CRS of delivery, as EPSG:3857; else the place's own.")
    ] = "",
    since: Annotated[
        Path | None, typer.Option("--since", metavar="DIR", help="Earlier pack to compare with.")
    ] = None,
    site: Annotated[
        str, typer.Option("--site", help="Load in pypsa and matpower; the best if left out.")
    ] = "",
    postgis: Annotated[
        str,
        typer.Option("--postgis", metavar="URL", envvar="POWERSITE_POSTGIS", help=POSTGIS_HELP),
    ] = "",
    schema: Annotated[
        str, typer.Option("--schema", help="Of the tables; powersite_PLACE if left out.")
    ] = "",
) -> None:
    """Write the shortlist of PLACE for a GIS team or a grid planner."""
    from maps.database import check_database
    from maps.delivery import Order, deliver
    from maps.exports import check_order, write_pack
    from maps.postgis import load_into_postgis

    order = Order(_names(formats), _names(layers), _names(fields), crs, since, site)
    check_order(order)  # so that a slip of the pen is told before a long search
    if postgis:
        check_database(postgis, schema)
    siting = _find(place, question, (site,) if site else ())
    written = write_pack(siting, out, order)
    typer.echo("Written: " + "  ".join(str(path) for path in written))
    if postgis:
        loaded = load_into_postgis(deliver(siting, order), postgis, schema)
        typer.echo(f"{loaded.rows} rows in schema {loaded.schema}, run {loaded.run_id}")


@app.command()
def serve(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="What powersite site or export has written.")
    ],
    port: Annotated[int, typer.Option("--port", help="0 for any.", min=0, max=65_535)] = 5000,
    host: Annotated[str, typer.Option("--host", help="Address to listen at.")] = "127.0.0.1",
    expose: Annotated[bool, typer.Option("--expose", help="Others may reach it.")] = False,
) -> None:
    """Offer a pack to QGIS and ArcGIS as OGC API Features, read-only, until interrupted."""
    from maps.serve import serve as offer

    def ready(url: str) -> None:
        typer.echo(f"Serving {folder} at {url}")

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # the end meant for it, no failure
    offer(folder, port, host, expose=expose, ready=ready)


@app.command()
def check(place: CasePlace) -> None:
    """Print every fault in the data of PLACE at once; if there is none, how complete they are."""
    from geo.completeness import completeness
    from layers.case import faults_of_case, is_case
    from layers.place import look_over
    from maps.completeness import completeness_text
    from maps.text import plain

    cased = is_case(place)
    _, layers, faults = (None, None, faults_of_case(place)) if cased else look_over(place)
    for fault in faults:
        typer.echo(plain(fault))
    if faults:
        count = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"
        typer.echo(f"{count} in {plain(place)}", err=True)
        raise typer.Exit(SitingError.exit_code)
    typer.echo(f"{plain(place)}: no fault found")
    if layers is not None:
        typer.echo(completeness_text(completeness(layers)), nl=False)


@app.command()
def fetch(
    country: Annotated[str, typer.Argument(metavar="COUNTRY", help="English name or ISO code.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder of the new place; no dry run needs it."),
    ] = None,
    sources: Annotated[
        str, typer.Option("--from", help="Comma-separated; all that are open if left out.")
    ] = "",
    accept: Annotated[
        str, typer.Option("--accept", help="Restricted sources whose terms you agree to.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Use the cache only.")] = False,
    demand_mw: Annotated[
        float | None, typer.Option("--demand-mw", help="Demand of the country.", min=1)
    ] = None,
    min_kv: Annotated[float, typer.Option("--min-kv", help="Leave out what is below.")] = 50.0,
    regions: Annotated[
        str, typer.Option("--regions", help="Comma-separated states or provinces; all if left out.")
    ] = "",
    cache: Annotated[
        Path | None, typer.Option("--cache", help="Folder of the cache.", show_default="system's")
    ] = None,
    catalog: Annotated[
        Path | None, typer.Option("--catalog", help="Catalogue of your own, or of a mirror.")
    ] = None,
) -> None:
    """Make a place of COUNTRY from open data; what cannot be had is told, the rest is usable."""
    from layers.build import Wish
    from layers.catalog import read_catalog
    from layers.countries import code_of
    from layers.fetch import Cache, default_folder
    from layers.make import make, order, plan

    wish = Wish(code_of(country), demand_mw, min_kv, _names(regions))
    what = order(read_catalog(catalog), _names(sources), _names(accept), wish)
    kept = Cache(cache or default_folder(), offline)
    if dry_run:
        typer.echo("\n".join(plan(what, kept)))
        return
    if out is None:
        raise ScenarioError("fetch writes a place: name its folder with --out, or add --dry-run")
    made = make(what, kept, out)
    for item in made.built:
        typer.echo(f"{item.kind}: {item.extent} from {item.offer.name}. {item.note}".rstrip())
    for words in (*made.missing, *what.words):
        typer.echo(f"Missing: {words}")
    if made.path is not None:
        typer.echo(f"Written: {made.path}; look it over with: powersite check {out}")
    if made.away or made.path is None:
        raise typer.Exit(AWAY)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of the new place.")],
    template: Annotated[
        str, typer.Option("--template", help="Built-in place to begin from.")
    ] = "norway",
) -> None:
    """Begin a place of your own in FOLDER, with a place.toml to fill in."""
    from layers.start import start_place

    for path in start_place(folder, template):
        typer.echo(f"Written: {path}")
    typer.echo(
        f"All of it is still {template}'s; what is left is told by: powersite check {folder}"
    )


@app.command()
def places() -> None:
    """List the built-in places."""
    from layers.place import built_in_places, open_place

    for name in built_in_places():
        typer.echo(f"{name:<10} {open_place(name).place.title}")


@app.command()
@asks(*(knob for knob in SITE_KNOBS if knob is not SITES))
def backtest(
    place: Annotated[list[str], typer.Argument(metavar="PLACE...", help="One or more places.")],
    question: Question,
) -> None:
    """Print how the known campuses of PLACE rank when they are not part of the input."""
    from geo.backtest import backtest as look_up
    from layers.place import open_place, read_layers
    from layers.question import pose
    from maps.reports import backtest_text

    results = []
    for name in place:
        place_file, scenario = pose(open_place(name), question.config, question.options)
        with _Progress(question) as progress:
            frame = look_up(read_layers(place_file), scenario, progress)
        results.append((place_file.place, scenario, frame))
    typer.echo(backtest_text(results), nl=False)


@app.command()
def assumptions() -> None:
    """Print every assumption with its unit and source, as Markdown."""
    from maps.reports import assumptions_text

    typer.echo(assumptions_text(), nl=False)


def _write_timings(text: str, path: Path) -> None:
    if str(path) == "-":
        typer.echo(text, err=True, nl=False)
        return
    from maps.write import place_file

    def write(made: Path) -> None:
        made.write_text(text, encoding="utf-8")

    place_file(path, write)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"powersite {version('powersite')}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and stop.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


class _Progress:
    """Progress on stderr: a bar where someone looks at it, lines where they are asked for."""

    def __init__(self, question: Question, to_go_on: str = "") -> None:
        self._question = question
        self._to_go_on = to_go_on
        self._bar: Any = None
        self._stage = ""
        self._start = time.monotonic()

    def __enter__(self) -> Callable[[float, str], None] | None:
        shown, stages = self._shown(), self._question.stages
        if stages is None:
            return shown

        def tell(part: float, stage: str) -> None:
            stages.begin(stage)
            if shown is not None:
                shown(part, stage)

        return tell

    def _shown(self) -> Callable[[float, str], None] | None:
        if self._question.verbose:
            return self._line
        if self._question.quiet or not sys.stderr.isatty():
            return None
        from rich.console import Console
        from rich.progress import Progress

        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._bar.start()
        task = self._bar.add_task("reading", total=1.0)
        return lambda part, stage: self._bar.update(task, completed=part, description=stage)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
        if self._question.stages is not None:
            self._question.stages.begin("writing")
        if kind is not None and issubclass(kind, (KeyboardInterrupt, SystemExit)):
            typer.echo(f"powersite: interrupted{self._to_go_on}", err=True)

    def _line(self, _fraction: float, stage: str) -> None:
        if stage != self._stage:
            typer.echo(f"{time.monotonic() - self._start:6.1f} s  {stage}", err=True)
            self._stage = stage


def _names(text: str) -> tuple[str, ...]:
    """Split at commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


@contextmanager
def _tiling(engine: str, scheduler: str, keep: Path | None) -> Iterator[Tiling]:
    """Start what works on surfaces; tiles that were kept go when all went well."""
    from geo.tiles import Tiling

    if scheduler and engine != "dask":
        raise ScenarioError("--scheduler is for --engine dask; add that, or leave it out")
    with ExitStack() as stack:
        shelf, cluster = None, None
        if keep is not None:
            from maps.tile_shelf import TileShelf

            shelf = TileShelf(keep)
        if engine == "dask":
            from layers.cluster import Cluster

            cluster = stack.enter_context(Cluster(scheduler))
        yield Tiling(cluster, shelf)
        if shelf is not None:
            shelf.remove()


def _find(
    place: str, question: Question, also: tuple[str, ...] = (), tiling: Tiling | None = None
) -> Siting:
    from geo.siting import find_sites
    from layers.place import open_place, read_layers
    from layers.question import pose
    from maps.text import plain

    place_file, scenario = pose(open_place(place), question.config, question.options)
    layers = read_layers(place_file, question.sites)
    with _Progress(question) as progress:
        siting = find_sites(layers, scenario, progress, also=also, tiling=tiling)
    for words in filter(None, (layers.place.warning, *siting.lost_parcels)):
        typer.echo(plain(words), err=True)
    return siting


def _headroom_of_place(place: str, question: Question, progress: Report) -> PlaceHeadroom:
    from geo.place_headroom import headroom_of
    from layers.place import open_place, read_layers
    from layers.question import ask
    from maps.text import plain

    place_file = open_place(place)
    scenario = ask(place_file, question.config, question.options)
    layers = read_layers(place_file)
    if layers.place.warning:
        typer.echo(plain(layers.place.warning), err=True)
    return headroom_of(layers, scenario, progress)


def _refuse_what_is_not_for(*, cased: bool, for_cases: object, for_places: str) -> None:
    if for_cases and not cased:
        raise ScenarioError("--stations and --checkpoint are for cases; leave them out")
    if for_places != "headroom" and cased:
        raise ScenarioError("--show limits and --show upgrades are for places; leave them out")


def _limits_of_place(place: str, question: Question) -> PlaceLimits:
    from geo.place_headroom import limits_of
    from layers.place import open_place, read_layers
    from layers.question import pose

    place_file, scenario = pose(open_place(place), question.config, question.options)
    with _Progress(question) as progress:
        return limits_of(read_layers(place_file), scenario, progress)


def _headroom_of_case(
    folder: str, question: Question, asked: dict[str, Any], progress: Report, memory: Kept
) -> Frame:
    from geo.case_study import Asked, case_headroom
    from layers.case import read_case
    from layers.question import ask_case

    scenario = ask_case(question.config, question.options)
    case = read_case(folder)
    answer = case_headroom(case, scenario, Asked(**asked), progress=progress, memory=memory)
    _tell_notes(answer.notes, folder, question)
    return answer.frame


def _tell_notes(notes: tuple[str, ...], place: str, question: Question) -> None:
    from maps.text import plain

    for note in () if question.quiet else notes:
        typer.echo(plain(f"{place}: {note}"), err=True)


class _End:
    """Ends a run on a signal as after an interrupt, so that nothing is left half-written.

    The signal is remembered: an exception that comes up while a library calls back is lost there,
    and a run that went on to its end shall not say that nothing has happened.
    """

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, number: int, _frame: object) -> None:
        self.number = number
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        sys.exit(128 + number)


def main() -> None:
    """Run the command line."""
    from layers.gdal import harden

    harden()
    end = _End()
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as for what a shell runs behind it
            signal.signal(number, end)
    try:
        app()
    except SystemExit as over:
        if end.number and not over.code:
            sys.exit(128 + end.number)
        raise
    except SitingError as error:
        from maps.text import plain

        typer.echo(f"powersite: {plain(error)}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        _stop_at(error)


def _stop_at(error: OSError) -> NoReturn:
    """Tell of a file that could not be written, or of a full disk behind stdout, in one line."""
    from maps.text import plain

    where = f"cannot write to '{error.filename}'" if error.filename else "cannot go on"
    sys.stderr.write(
        f"powersite: {plain(where)}: {error.strerror or plain(error)}; "
        "check the path, its permissions and the free space\n"
    )
    sys.exit(OutputError.exit_code)


if __name__ == "__main__":
    main()
