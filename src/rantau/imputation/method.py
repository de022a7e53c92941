"""What a row of the room of methods is."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from rantau.arrays import Array
from rantau.imputation.draw import Regression
from rantau.record import Record


class Drawer(Protocol):
    """From a regression to answers."""

    def __call__(self, found: Regression, rng: np.random.Generator, *, donors: int) -> Array:
        """Return `(n_missing,)` answers."""


class Method(Record):
    """A way to draw missing answers.

    Attributes
    ----------
    name
        As the user writes it.
    function
        What does it.
    about
        What it is, in words.
    source
        The paper.
    """

    name: str
    function: Drawer
    about: str
    source: str
