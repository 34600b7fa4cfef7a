"""``powersite fetch`` and ``init`` as typed, against a server on this machine."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import cli
from geo.errors import ScenarioError
from tests.layers.test_make import world  # noqa: F401 -- a fixture


def run(*words: str):
    return CliRunner().invoke(cli.app, list(words))


@pytest.fixture
def fetch(world):  # noqa: F811 -- the fixture
    server, tmp_path = world
    fixed = ["--catalog", str(tmp_path / "catalog.toml"), "--cache", str(tmp_path / "cache")]
    return server, lambda *words: run(
        "fetch", "norway", "--out", str(tmp_path / "no"), *words, *fixed
    )


def test_fetch_tells_what_it_made(fetch) -> None:
    _, command = fetch
    done = command("--min-kv", "10", "--demand-mw", "77")
    assert done.exit_code == 0, done.output
    assert "lines: 7 rows from osm. Left out: 1 ways of railways" in done.output
    assert "Missing: gadm: restricted. Not for sale." not in done.output
    assert "powersite check" in done.output
    assert command("--offline").exit_code == 0


def test_away_is_5_and_the_rest_is_there(fetch) -> None:
    server, command = fetch
    del server.files["/goget.csv"]
    done = command()
    assert done.exit_code == 5
    assert "Missing: gem: " in done.output
    assert "Written: " in done.output
    assert command("--from", "natural-earth,wri", "--offline").exit_code == 0


def test_nothing_there_is_5(fetch) -> None:
    _, command = fetch
    done = command("--offline")
    assert done.exit_code == 5
    assert "without regions nothing can be cut" in done.output


def test_dry_run_asks_nobody(fetch) -> None:
    server, command = fetch
    done = command("--dry-run")
    assert done.exit_code == 0
    assert done.output.startswith("natural-earth: regions.")
    assert server.asked == []


def test_restricted_shows_its_terms(fetch) -> None:
    _, command = fetch
    assert (
        "gadm: restricted. Not for sale. To fetch it: --accept gadm"
        in command("--from", "natural-earth,gadm", "--dry-run").output
    )


def test_init(tmp_path) -> None:
    done = run("init", str(tmp_path / "mine"), "--template", "bhutan")
    assert done.exit_code == 0
    assert (tmp_path / "mine" / "COLUMNS.md").is_file()
    told = "Still those of the template 'bhutan', and not of Bhutan: substations, lines,"
    done = run("check", str(tmp_path / "mine"))
    assert done.exit_code == 0
    assert told in done.output


@pytest.mark.slow
def test_a_ranking_of_the_template_says_so(tmp_path) -> None:
    run("init", str(tmp_path / "mine"), "--template", "bhutan")
    done = run("rank", str(tmp_path / "mine"), "--load-mw", "100", "--situations", "0")
    assert done.exit_code == 0
    assert "Still those of the template 'bhutan'" in done.stderr


def test_a_folder_is_needed_but_for_a_dry_run(world) -> None:  # noqa: F811 -- the fixture
    server, tmp_path = world
    fixed = ["--catalog", str(tmp_path / "catalog.toml"), "--cache", str(tmp_path / "cache")]
    assert run("fetch", "norway", "--dry-run", *fixed).exit_code == 0
    done = run("fetch", "norway", *fixed)
    assert isinstance(done.exception, ScenarioError)
    assert "--out" in str(done.exception)
    assert server.asked == []
