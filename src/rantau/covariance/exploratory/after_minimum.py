"""A minimum whose factors were held still, with these turned as the call asks."""

from __future__ import annotations

from rantau.covariance.exploratory.gradient_projection import Turned
from rantau.covariance.exploratory.rotation import Rotation
from rantau.covariance.exploratory.turn import turn_minimum, unturned
from rantau.covariance.minimise import Minimum
from rantau.covariance.setting import Setting
from rantau.fit import Problem
from rantau.model.parameters import ParameterTable


def turned(
    rotation: Rotation, table: ParameterTable, still: Setting, whole: Setting, minimum: Minimum
) -> tuple[Minimum, tuple[Problem, ...]]:
    """Turn the factors of exploratory blocks at a minimum, and say where that was doubtful.

    Parameters
    ----------
    rotation
        The criterion.
    table
        With all loadings free.
    still, whole
        Where the minimum was found, and the same with the table's parameters.
    minimum
        A stack of one.

    Returns
    -------
    tuple
        The minimum in standard units, `(1, n_free)` parameters of the table; where it did not converge its parameters
        are not turned. And warnings.
    """
    found = minimum.theta[0] / still.scale
    if not minimum.converged[0]:
        return minimum.replace(theta=(unturned(still.stated, whole.stated, found) * whole.scale)[None]), ()
    theta, turns = turn_minimum(rotation, table, still.stated, whole.stated, found)
    return minimum.replace(theta=(theta * whole.scale)[None]), _doubts(rotation, turns)


def _doubts(rotation: Rotation, turns: tuple[Turned, ...]) -> tuple[Problem, ...]:
    found = []
    if not all(one.settled for one in turns):
        found.append(
            Problem(
                "warning", "rotation_not_settled",
                f"The rotation '{rotation.name}' has no minimum where it was sought, or a flat one: the loadings "
                "depend on where it stopped. Take fewer factors, or another rotation.",
            )
        )  # fmt: skip
    alone = [one for one in turns if one.agreed * (rotation.starts + 1) < 1.5]
    if alone and rotation.starts >= 10:
        found.append(
            Problem(
                "warning", "rotation_minima",
                f"Of {rotation.starts + 1} starts of the rotation '{rotation.name}' one alone ended at the minimum "
                "that is shown: there may be a lower one. Take more, rt.Rotation(..., starts=200).",
            )
        )  # fmt: skip
    return tuple(found)
