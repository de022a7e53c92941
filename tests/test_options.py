"""choose(): an option that is not allowed is refused with the nearest one."""

import pytest

from rantau.errors import OptionError
from rantau.options import choose


def test_an_allowed_value_comes_back():
    assert choose("scheme", "path", iter(("path", "factorial"))) == "path"


@pytest.mark.parametrize("got", ["Path", "pth", "path "])
def test_a_near_miss_names_the_nearest(got):
    with pytest.raises(OptionError, match=r"unknown scheme .* Did you mean 'path'\? Allowed: path, factorial\."):
        choose("scheme", got, ("path", "factorial"))


@pytest.mark.parametrize("got", [None, 3, ["path"]])
def test_what_is_no_text_is_refused(got):
    with pytest.raises(OptionError, match="Allowed: path"):
        choose("scheme", got, ("path",))
