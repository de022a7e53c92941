"""Messages: the nearest name first, long lists cut, every error of one family."""

import pytest

from rantau import errors
from rantau.errors import RantauError, RantauWarning, listing, nearest, unknown


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        ("pth", "path"),
        ("PATH", "path"),
        ("Factorial", "factorial"),
        ("centroids", "centroid"),
        ("xyz", None),
        ("", None),
    ],
)
def test_nearest(got, wanted):
    assert nearest(got, ("path", "factorial", "centroid")) == wanted


def test_nearest_keeps_the_spelling_of_what_is_known():
    assert nearest("likert", ("Likert", "scale")) == "Likert"
    assert nearest("x1", ()) is None


def test_listing_is_cut_and_says_so():
    assert listing(("a", "b")) == "a, b"
    assert listing([f"x{k}" for k in range(20)], most=2) == "x0, x1, ... (20 in all)"


def test_unknown_says_what_where_got_and_allowed():
    message = unknown("scheme", "pth", ("path", "factorial"), where="plan.toml")
    assert message == "plan.toml: unknown scheme 'pth'. Did you mean 'path'? Allowed: path, factorial."
    assert unknown("label", "q", ()) == "unknown label 'q'. None is declared."


def test_one_base_catches_every_error_and_one_filter_every_warning():
    found = [value for name, value in vars(errors).items() if isinstance(value, type) and name.endswith("Error")]
    assert len(found) >= 9
    assert all(issubclass(kind, RantauError) for kind in found)
    warned = [value for name, value in vars(errors).items() if isinstance(value, type) and name.endswith("Warning")]
    assert len(warned) >= 4
    assert all(issubclass(kind, RantauWarning) for kind in warned)
    assert all(kind.__doc__ for kind in found + warned)


def test_of_equally_close_names_one_that_is_numbered_as_well_is_nearest():
    assert nearest("IMAGE2", ("Image", "IMAG1", "IMAG2")) == "IMAG2"
