"""A place of one's own, begun from a built-in one."""

from __future__ import annotations

import pytest

from geo.errors import LayerError, OutputError
from geo.kinds import KINDS
from layers.place import built_in_places, faults_of, open_place
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
