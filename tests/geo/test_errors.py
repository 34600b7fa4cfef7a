"""Errors: what they are for a caller, what they say, what the command line returns."""

from __future__ import annotations

import pickle

import pytest

from geo import errors
from geo.errors import Fault, GridError, LayerError, SitingError, UnknownSiteError

BUILT_INS = {
    "ScenarioError": ValueError,
    "LayerError": ValueError,
    "MissingFileError": FileNotFoundError,
    "GridError": ValueError,
    "UnknownSiteError": KeyError,
    "NoSiteError": LookupError,
    "CheckpointError": ValueError,
    "OutputError": OSError,
    "FetchError": ConnectionError,
}
EXIT_CODES = {"NoSiteError": 4, "FetchError": 5, "OutputError": 6}
"""The others return 3."""


def classes() -> dict[str, type[SitingError]]:
    return {
        name: item
        for name, item in vars(errors).items()
        if isinstance(item, type) and issubclass(item, SitingError) and item is not SitingError
    }


def test_every_error_is_listed_here() -> None:
    assert classes().keys() == BUILT_INS.keys()


@pytest.mark.parametrize("name", BUILT_INS)
def test_an_error_is_ours_and_a_built_in(name: str) -> None:
    assert issubclass(classes()[name], BUILT_INS[name])
    assert issubclass(classes()[name], SitingError)
    assert classes()[name].exit_code == EXIT_CODES.get(name, 3)


@pytest.mark.parametrize("name", BUILT_INS)
def test_the_message_is_shown_as_written(name: str) -> None:
    # OSError would show a second argument as "[Errno …]", KeyError would quote.
    fault = Fault("lines.csv row 7", "is wrong", "mend it")
    assert str(classes()[name]("it's gone", [fault])) == "it's gone"


@pytest.mark.parametrize("name", BUILT_INS)
def test_faults_survive_a_process_boundary(name: str) -> None:
    fault = Fault("lines.csv row 7", "is wrong", "mend it")
    again = pickle.loads(pickle.dumps(classes()[name]("gone", [fault])))  # noqa: S301 -- our own bytes
    assert (str(again), again.faults) == ("gone", (fault,))


def test_and_one_that_pickles_errors_in_its_own_way() -> None:
    """Dask brings tblib, which takes over the pickling of every class of errors that it sees."""
    support = pytest.importorskip("tblib.pickling_support")
    fault = Fault("lines.csv row 7", "is wrong", "mend it")
    support.install(*classes().values())
    for kind in classes().values():
        again = pickle.loads(pickle.dumps(kind("gone", [fault])))  # noqa: S301 -- our own bytes
        assert (type(again), str(again), again.faults) == (kind, "gone", (fault,))


def test_a_missing_file_is_caught_as_a_layer_error() -> None:
    assert issubclass(errors.MissingFileError, LayerError)


def test_a_fault_is_one_line_of_where_what_and_remedy() -> None:
    fault = Fault("lines.csv row 7 voltage_kv", "'x' is not a number", "write digits")
    assert str(fault) == "lines.csv row 7 voltage_kv: 'x' is not a number; write digits"


def test_one_fault_is_the_whole_message() -> None:
    error = GridError.of([Fault("a", "b", "c")])
    assert type(error) is GridError
    assert str(error) == "a: b; c"


def test_more_faults_are_counted_and_kept() -> None:
    faults = [Fault("a", "b", "c"), Fault("d", "e", "f"), Fault("g", "h", "i")]
    error = LayerError.of(iter(faults))
    assert str(error).startswith("a: b; c (and 2 more")
    assert error.faults == tuple(faults)


def test_an_unknown_site_is_a_key_error_without_quotes() -> None:
    with pytest.raises(KeyError) as caught:
        raise UnknownSiteError("no site is called 'x'")
    assert str(caught.value) == "no site is called 'x'"
