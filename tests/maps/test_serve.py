"""GIS programs read a pack over HTTP, on this machine, and cannot change it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from geo.errors import MissingFileError, OutputError, ScenarioError
from maps import serve as module
from maps.delivery import Order, deliver
from maps.exports import write_pack
from maps.serve import configuration, is_loopback, read_layers_of, serve
from tests.conftest import missing
from tests.maps.toy import make_siting

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("pygeoapi")
ROOT = Path(__file__).resolve().parents[2]
PYTHON = "/usr/bin/python3"
QGIS_READS = """
import os, sys
from qgis.core import QgsApplication, QgsVectorLayer
application = QgsApplication([], False)
application.initQgis()
for name in sys.argv[2:]:
    layer = QgsVectorLayer(f"url='{sys.argv[1]}' typename='{name}'", name, "OAPIF")
    print(name, layer.isValid(), len(list(layer.getFeatures())), len(layer.fields()))
sys.stdout.flush()
os._exit(0)
"""


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "pack"
    write_pack(make_siting(), folder, Order(formats=("gpkg",)))
    return folder


@pytest.fixture(scope="module")
def url(pack: Path) -> Iterator[str]:
    """Address of a server that our own command has started."""
    server = subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), "serve", str(pack), "--port", "0"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    line = server.stdout.readline()
    yield line.strip().rpartition(" ")[2]
    server.send_signal(signal.SIGINT)
    assert server.wait(20) == 0
    server.stdout.close()


def ask(url: str, method: str = "GET", **headers: str) -> tuple[int, Any]:
    request = urllib.request.Request(url, method=method, headers=headers)  # noqa: S310 -- loopback
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 -- loopback
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        error.read()
        return error.code, None


def test_every_layer_is_a_collection_with_all_its_features(url: str) -> None:
    spatial = deliver(make_siting(), Order()).spatial
    _, found = ask(f"{url}/collections?f=json")
    assert {one["id"] for one in found["collections"]} == set(spatial)
    for layer, frame in spatial.items():
        _, items = ask(f"{url}/collections/{layer}/items?f=json")
        assert items["numberMatched"] == len(items["features"]) == len(frame), layer


def test_sites_come_with_their_columns_and_shapes(url: str) -> None:
    sites = deliver(make_siting(), Order()).spatial["sites"]
    _, items = ask(f"{url}/collections/sites/items?f=json")
    for feature, site in zip(items["features"], sites.itertuples(), strict=True):
        assert feature["id"] == site.site_id
        assert feature["properties"]["firm_mw"] == site.firm_mw
        x, y = feature["geometry"]["coordinates"][0][0][0]
        assert (x, y) == pytest.approx((site.lon, site.lat), abs=0.1)
    _, one = ask(f"{url}/collections/sites/items/toy-0002?f=json")
    assert one["properties"]["grade"] == "A"


def test_columns_have_their_types_even_where_the_first_row_is_unknown(url: str) -> None:
    _, found = ask(f"{url}/collections/sites/queryables?f=json")
    kinds = {name: one.get("type") for name, one in found["properties"].items()}
    assert kinds["gas_mcm_per_year_in_reach"] == "number"
    assert (kinds["rank"], kinds["name"]) == ("integer", "string")


def test_a_box_and_a_limit_choose(url: str) -> None:
    site = deliver(make_siting(), Order()).tables["sites"].iloc[1]
    near = f"{site['lon'] - 0.01},{site['lat'] - 0.01},{site['lon'] + 0.01},{site['lat'] + 0.01}"
    _, found = ask(f"{url}/collections/sites/items?f=json&bbox={near}")
    assert [one["id"] for one in found["features"]] == [site["site_id"]]
    _, found = ask(f"{url}/collections/sites/items?f=json&limit=2&offset=4")
    assert [one["id"] for one in found["features"]] == ["toy-0005"]


def test_nothing_can_be_changed(url: str, pack: Path) -> None:
    before = (pack / "shortlist.gpkg").read_bytes()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert ask(f"{url}/collections/sites/items/toy-0001", method)[0] == 405
    assert (pack / "shortlist.gpkg").read_bytes() == before


def test_a_name_that_points_here_is_not_answered(url: str) -> None:
    """A page on the web could have its own name resolve to this machine."""
    assert ask(f"{url}/collections?f=json", Host="evil.example")[0] == 421


@pytest.mark.qgis
def test_qgis_connects(url: str, tmp_path: Path) -> None:
    probe = [PYTHON, "-c", "import qgis.core"]
    if (
        not Path(PYTHON).exists()
        or subprocess.run(probe, check=False, capture_output=True).returncode
    ):
        missing("python3-qgis")
    answer = subprocess.run(
        [PYTHON, "-c", QGIS_READS, url, "sites", "lines"],
        capture_output=True, text=True, check=True, timeout=60,
        env={"PATH": os.environ["PATH"], "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)},
    )  # fmt: skip
    tables = deliver(make_siting(), Order()).tables
    found = {line.split()[0]: line.split()[1:3] for line in answer.stdout.splitlines()}
    for layer in ("sites", "lines"):
        assert found[layer] == ["True", str(len(tables[layer]))]


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("127.8.8.8", True),
     ("0.0.0.0", False), ("192.168.1.2", False), ("::", False), ("example.org", False)],  # noqa: S104
)  # fmt: skip
def test_what_only_this_machine_can_reach(host: str, own: bool) -> None:  # noqa: FBT001
    assert is_loopback(host) is own


def test_others_are_let_in_only_if_that_is_said(pack: Path) -> None:
    with pytest.raises(ScenarioError, match="add --expose if that is meant"):
        serve(pack, 0, "0.0.0.0")  # noqa: S104


def test_a_folder_without_a_package(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"holds no shortlist\.gpkg"):
        serve(tmp_path, 0)


def test_a_port_that_is_taken_ends_with_6(pack: Path, url: str) -> None:
    with pytest.raises(OutputError, match=r"cannot listen at 127\.0\.0\.1"):
        serve(pack, int(url.rpartition(":")[2]))


def test_without_its_library_it_says_what_to_install(
    pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    with pytest.raises(ScenarioError, match=r"pip install 'powersite\[serve\]'"):
        serve(pack, 0)


def test_no_text_of_the_data_is_in_the_settings(tmp_path: Path) -> None:
    """The library fills in ``${…}`` from the environment when it reads them."""
    sites = make_siting(hostile=True)
    write_pack(sites, tmp_path / "pack", Order(formats=("gpkg",)))
    settings = configuration(read_layers_of(tmp_path / "pack"), "http://x", Path("scratch"))
    assert "${" not in json.dumps(settings)
    assert "powersite" in json.dumps(settings)
