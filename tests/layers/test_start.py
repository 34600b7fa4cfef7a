"""A place of one's own, begun from a built-in one."""

from __future__ import annotations

import pytest

from geo.completeness import completeness
from geo.errors import LayerError, OutputError
from geo.kinds import KINDS
from layers.place import built_in_places, faults_of, open_place, read_layers
from layers.start import columns_text, start_place


@pytest.mark.parametrize("template", built_in_places())
def test_what_is_begun_is_sound(tmp_path, template: str) -> None:
    start_place(tmp_path / "My Place", template)
    assert faults_of(str(tmp_path / "My Place")) == []
    place = open_place(str(tmp_path / "My Place")).place
    assert place.name == "my-place"
    assert place.title == open_place(template).place.title


def test_nothing_is_written_over(tmp_path) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(OutputError, match="is not empty"):
        start_place(tmp_path, "norway")
    with pytest.raises(OutputError, match="is not empty"):
        start_place(tmp_path / "mine", "norway")


def test_unknown_template(tmp_path) -> None:
    with pytest.raises(LayerError, match="take one of bhutan, norway"):
        start_place(tmp_path / "a", "narnia")


def test_every_column_is_told() -> None:
    text = columns_text()
    for of in KINDS.values():
        assert f"## {of.kind} " in text
        assert all(f"| `{column.name}`" in text for column in of.columns)


def test_what_is_left_of_the_template_is_told_until_it_is_replaced(tmp_path) -> None:
    folder = tmp_path / "mine"
    start_place(folder, "bhutan")
    kinds = {entry.kind for entry in open_place("bhutan").entries.values()}
    place = read_layers(open_place(str(folder))).place
    assert {*place.borrowed} == {*kinds, "demand"}
    assert "Still those of the template 'bhutan'" in place.warning
    (folder / "climate.csv").write_bytes((folder / "climate.csv").read_bytes() + b"\n")
    text = (folder / "place.toml").read_text().replace("demand_mw = 800", "demand_mw = 801")
    (folder / "place.toml").write_text(text)
    layers = read_layers(open_place(str(folder)))
    assert {*layers.place.borrowed} == kinds - {"climate"}
    assert completeness(layers).notes[0] == layers.place.warning
    assert read_layers(open_place("bhutan")).place.borrowed == ()
