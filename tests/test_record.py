"""Records: frozen, equal by value, with arrays that stay read-only whatever is done to them."""

import copy
import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rantau.record import Record


class Point(Record):
    name: str
    at: np.ndarray
    parts: tuple[str, ...] = ()


class Pair(Record):
    left: Point
    right: Point


values = arrays.arrays(float, arrays.array_shapes(max_dims=2, max_side=4), elements=st.floats(allow_infinity=True))


@given(values)
def test_equality_and_hash_are_by_value(at):
    one, other = Point("a", at), Point("a", at.copy())
    assert one == other
    assert hash(one) == hash(other)
    assert one != Point("b", at)
    assert one != Point("a", np.append(at, 1.0))
    assert {one: 1}[other] == 1


@given(values)
def test_arrays_stay_read_only_after_pickle_and_deepcopy(at):
    point = Pair(Point("a", at), Point("b", at + 1))
    for again in (pickle.loads(pickle.dumps(point)), copy.deepcopy(point), copy.copy(point)):
        assert again == point
        for part in (again.left, again.right):
            assert not part.at.flags.writeable
            with pytest.raises(ValueError, match="read-only"):
                part.at[...] = 0.0


def test_the_array_given_is_copied_and_stays_its_owners():
    at = np.zeros(3)
    point = Point("a", at)
    at[0] = 5.0
    assert point.at.tolist() == [0.0, 0.0, 0.0]
    assert at.flags.writeable


def test_a_view_that_is_read_only_is_copied_too():
    owner = np.zeros(3)
    view = owner[:]
    view.setflags(write=False)
    point = Point("a", view)
    owner[0] = 5.0
    assert point.at[0] == 0.0


def test_fields_cannot_be_set():
    point = Point("a", np.zeros(1))
    with pytest.raises(FrozenInstanceError):
        point.name = "b"
    with pytest.raises(FrozenInstanceError):
        del point.name


def test_replace_makes_another():
    point = Point("a", np.zeros(2))
    other = point.replace(name="b", at=np.ones(2))
    assert (point.name, other.name, other.at.tolist(), other.parts) == ("a", "b", [1.0, 1.0], ())
    assert not other.at.flags.writeable
    with pytest.raises(TypeError, match="colour"):
        point.replace(colour="red")


def test_another_class_with_the_same_fields_is_another_value():
    class Other(Record):
        name: str
        at: np.ndarray
        parts: tuple[str, ...] = ()

    assert Point("a", np.zeros(1)) != Other("a", np.zeros(1))
    assert Point("a", np.zeros(1)) != "a"


def test_field_names():
    assert Point.field_names() == ("name", "at", "parts")


def test_whole_fits_survive_pickle():
    import pandas as pd

    from rantau.covariance import sem

    draw = np.random.default_rng(1).normal(size=(80, 4))
    fit = sem("F =~ a + b + c", pd.DataFrame(draw[:, :3] + draw[:, 3:], columns=list("abc")))
    again = pickle.loads(pickle.dumps(fit))
    assert again == fit
    assert not again.theta.flags.writeable
    assert again.estimates().equals(fit.estimates())


def test_a_view_of_a_closed_array_is_not_copied():
    whole = np.ones((2, 3))
    whole.setflags(write=False)
    assert Point("a", whole.T).at.base is whole
    opened = np.arange(6.0)
    view = opened.view()
    view.setflags(write=False)
    held = Point("a", view)
    opened[0] = 9.0
    assert held == Point("a", np.arange(6.0))
