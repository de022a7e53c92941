"""Which rotation is wanted, with every option checked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from rantau.covariance.estimators import spelling
from rantau.covariance.exploratory.settings import Settings
from rantau.covariance.rotations import ROWS, Criterion
from rantau.errors import OptionError
from rantau.options import check_switch, choose, is_number
from rantau.record import Record

ERRORS = ("exact", "lavaan")
ORDERS = ("index", "sum_of_squares", "none")
WEIGHTS = ("default", "none", "kaiser")
_ALIASES = {"cf_quartimin": "cf_quartimax", "crawford_ferguson": "cf", "pst": "target", "bi_geomin": "bigeomin",
            "bi_quartimin": "biquartimin", "bifactor": "bigeomin"}  # fmt: skip


class Rotation(Record):
    """How the factors of exploratory blocks are turned.

    Attributes
    ----------
    name
        A criterion (`rantau list rotations`): `geomin`, `oblimin`, `quartimin`, `promax`, `varimax`, `target`,
        `bigeomin`, ...
    orthogonal
        Whether factors are kept uncorrelated; None lets them correlate where the criterion can.
    epsilon
        Of geomin, 0.001 unless given.
    gamma
        Of oblimin (0 unless given), orthomax (1) and `cf` (0; lavaan 0.6 turns by weight 1 whatever its `cf.gamma`).
    kappa
        Of promax, 4 unless given.
    target
        Of target rotation: a matrix, items by factors, NaN (or None) where the loading is left open. It is held
        against the loadings as they are turned, standardised unless `standardise=False`.
    weights
        `kaiser` gives items the same weight whatever their communality, `none` does not; `default` does so for
        promax, varimax and their kin, as is the custom.
    standardise
        Turn loadings on standardised items; False turns those in the units of the data.
    order
        Factors come by the place of the items that they load on (`index`), by their sum of squared loadings
        (`sum_of_squares`), or as found (`none`). A target says the order itself, and a general factor comes first,
        where lavaan sorts it among the others.
    reflect
        Turn a factor round whose loadings sum to less than nought.
    errors
        Of standard errors of loadings that correlated factors were turned to on standardised items: `exact` are those
        of the delta method; `lavaan` gives that program's numbers, up to 0.7, which leaves the factors' correlations
        out of the items' variances when it borders the information with the rotation's conditions (so that these do
        not hold where it differentiates them). They are the same where factors are uncorrelated or
        `standardise=False`.
    starts
        How many random starts are made besides the one from the unturned loadings; the lowest minimum is taken.
    seed
        Of these.

    Raises
    ------
    OptionError
        If an option has a value that is not allowed, or belongs to another criterion.

    Examples
    --------
    >>> import rantau as rt
    >>> rt.Rotation("geomin", epsilon=0.01).settings.epsilon
    0.01
    >>> rt.Rotation("varimax").oblique
    False
    """

    name: str = "geomin"
    orthogonal: bool | None = None
    epsilon: float | None = None
    gamma: float | None = None
    kappa: float | None = None
    target: tuple[tuple[float | None, ...], ...] = ()
    weights: str = WEIGHTS[0]
    standardise: bool = True
    order: str = "index"
    reflect: bool = True
    errors: str = ERRORS[0]
    starts: int = 30
    seed: int = 1

    def __post_init__(self) -> None:
        """Check every option."""
        super().__post_init__()
        name = spelling(self.name)
        object.__setattr__(self, "name", choose("rotation", _ALIASES.get(name, name), [row.name for row in ROWS]))
        object.__setattr__(self, "weights", choose("weights", spelling(self.weights), WEIGHTS))
        object.__setattr__(self, "order", choose("order", spelling(self.order), ORDERS))
        object.__setattr__(self, "errors", choose("errors", spelling(self.errors), ERRORS))
        check_switch("orthogonal", self.orthogonal, may_be_none=True)
        check_switch("standardise", self.standardise)
        check_switch("reflect", self.reflect)
        object.__setattr__(self, "target", _rows(self.target))
        kind = self.criterion.factors
        if self.orthogonal is not None and kind == ("oblique" if self.orthogonal else "orthogonal"):
            does = "lets factors correlate" if self.orthogonal else "keeps factors uncorrelated"
            instead = "geomin" if not self.orthogonal else "varimax"
            raise OptionError(
                f"rotation='{self.name}' {does}, and orthogonal={self.orthogonal} says otherwise; leave orthogonal "
                f"out, or take another rotation such as '{instead}'."
            )
        self._check_numbers()
        if self.name == "target" and not self.target:
            raise OptionError(
                "rotation='target' needs its target, items by factors: rt.Rotation('target', target=[[0.7, 0], ...]), "
                "with nan where a loading is left open."
            )

    def _check_numbers(self) -> None:
        for option in ("epsilon", "gamma", "kappa", "target"):
            given = getattr(self, option)
            if given is None or (option == "target" and not given):
                continue
            own = self.criterion.option
            if own != option:
                others = ", ".join(row.name for row in ROWS if row.option == option)
                raise OptionError(
                    f"{option}= belongs to {others}, not to rotation='{self.name}'"
                    + (f", which has {own}=." if own else "; leave it out.")
                )
            if option != "target" and not is_number(given):
                raise OptionError(f"{option} is {given!r}; it must be a number.")
        if self.epsilon is not None and not self.epsilon > 0:
            raise OptionError(f"epsilon is {self.epsilon:g}; it must be above 0, such as 0.01.")
        if self.kappa is not None and not self.kappa > 1:
            raise OptionError(f"kappa is {self.kappa:g}; it must be above 1, such as 4.")
        if self.name == "oblimin" and self.gamma is not None and self.gamma > 0 and self.oblique:
            raise OptionError(
                f"gamma is {self.gamma:g}; oblimin has a minimum for certain only at 0 or below (Jennrich, 1979)."
            )
        for option, least in (("starts", 0), ("seed", 0)):
            given = getattr(self, option)
            if isinstance(given, bool) or not isinstance(given, (int, np.integer)) or given < least:
                raise OptionError(f"{option} is {given!r}; it must be a whole number, {least} or more.")

    @property
    def criterion(self) -> Criterion:
        """The row of the room."""
        return next(row for row in ROWS if row.name == self.name)

    @property
    def weighted(self) -> bool:
        """Whether items have the same weight."""
        return self.weights == "kaiser" or (self.weights == "default" and self.criterion.weighted)

    @property
    def oblique(self) -> bool:
        """Whether factors may correlate."""
        return self.criterion.factors != "orthogonal" and not self.orthogonal

    @property
    def keeps_order(self) -> bool:
        """Whether the factors are told apart by the criterion itself."""
        return self.criterion.option == "target"

    @property
    def uncorrelated(self) -> str:
        """Which covariances among the factors of a block are nought: `all`, those of the `general` one, or none."""
        return "all" if not self.oblique else "general" if self.criterion.general else ""

    @cached_property
    def settings(self) -> Settings:
        """The numbers that the criterion reads."""
        gamma = (1.0 if self.name == "orthomax" else 0.0) if self.gamma is None else float(self.gamma)
        return Settings(
            0.001 if self.epsilon is None else float(self.epsilon), gamma,
            4.0 if self.kappa is None else float(self.kappa), self.target,
        )  # fmt: skip


def as_rotation(value: object) -> Rotation:
    """Return a rotation given as itself or by its name.

    Raises
    ------
    OptionError
        If it is neither.
    """
    if isinstance(value, Rotation):
        return value
    if isinstance(value, str):
        return Rotation(value)
    raise OptionError(f"rotation is {value!r}; give a name such as 'geomin', or rt.Rotation('geomin', epsilon=0.01).")


def _rows(target: Any) -> tuple[tuple[float | None, ...], ...]:  # noqa: ANN401 - whatever a caller gives
    """Return a target as rows of numbers, None where a loading is left open."""
    if isinstance(target, Sequence) and not isinstance(target, str) and len(target) == 0:
        return ()
    try:
        wanted = np.array(target, dtype=float)
    except (TypeError, ValueError):
        wanted = np.empty(0)
    if wanted.ndim != 2 or np.isinf(wanted).any():
        raise OptionError("target is a matrix of numbers, items by factors, with nan where a loading is left open.")
    return tuple(tuple(None if np.isnan(one) else float(one) for one in row) for row in wanted)
