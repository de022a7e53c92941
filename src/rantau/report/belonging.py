"""Whether what was made of a PLS fit was made of the one that is reported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rantau.arrays import Array
from rantau.errors import OptionError
from rantau.groups import GroupComparison
from rantau.inference.importance import Importance
from rantau.inference.necessity import Necessity
from rantau.inference.prediction import Prediction
from rantau.pls import PlsFit
from rantau.quality.assess import Assessment
from rantau.robustness import CopulaTest, Nonlinearity, TetradTest
from rantau.segments import Fimix


def check_belonging(part: Any, pls: PlsFit | None, what: str) -> None:  # noqa: ANN401 - one of many kinds
    """Refuse what was made of another fit: it would stand beside numbers that it does not belong to.

    Parameters
    ----------
    part
        A prediction, comparison, check of robustness, ...
    pls
        The fit that is reported; None where there is none.
    what
        The part, in words.

    Raises
    ------
    OptionError
        If there is no fit, or the part is of another.
    """
    if pls is None:
        raise OptionError(f"report() got the {what} without the PLS fit that it was made of. Give that fit as well.")
    if not _belongs(part, pls):
        raise OptionError(f"report() got the {what} of another PLS fit than the one given. Make it from this fit.")


def _belongs(part: Any, pls: PlsFit) -> bool:  # noqa: ANN401
    if isinstance(part, Prediction | GroupComparison):
        return part.fit.showing("estimates") == pls.showing("estimates")
    if not pls.converged:
        return False
    known = {(one.lhs, one.op, one.rhs): value for one, value in zip(pls.quantities, pls.values(), strict=True)}
    paths = {(lhs, rhs): value for (lhs, op, rhs), value in known.items() if op == "~"}
    if isinstance(part, Assessment):
        found = [one.value for name, one in part.findings if name == "paths"]
        return _alike(found, pls.paths()["est"].tolist())
    if isinstance(part, CopulaTest):
        return all(
            _alike(one.plain, [paths.get((one.outcome, name), np.nan) for name in one.predictors])
            for one in part.models
        )
    if isinstance(part, Importance):
        return _alike(part.standardized, [known.get((part.target, "total", name), np.nan) for name in part.names])
    if isinstance(part, Fimix):
        return set(part.path_names) == set(paths) and part.entered.size == pls.entered.size
    if isinstance(part, Nonlinearity):
        return {(one.outcome, one.predictor) for one in part.quadratics} == set(paths)
    if isinstance(part, Necessity):
        return {part.target, *part.conditions} <= set(pls.structure.constructs) and len(part.outcome) == pls.n_obs
    if isinstance(part, TetradTest):
        return {item for one in part.tetrads for item in one.items} <= set(pls.plan.items)
    return False


def _alike(one: Sequence[float] | Array, other: Sequence[float]) -> bool:
    return len(one) == len(other) and bool(np.allclose(one, other, rtol=1e-8, atol=1e-10))
