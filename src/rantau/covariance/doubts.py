"""What deserves a look before a fit is believed, and can be seen from what was asked and given."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from rantau.arrays import Array, Mask
from rantau.covariance.local import exceeds
from rantau.errors import listing
from rantau.fit import Problem, doubtful_tables
from rantau.model.parameters import ParameterTable
from rantau.model.spec import Model
from rantau.moments.grouped import GroupMoments
from rantau.moments.ordinal import OrdinalMoments
from rantau.moments.sample import Sample

#: Deviations are uneven where one is so many times the other.
UNEVEN = 30
#: Fewer clusters than this, or fewer rows for each moment of WLS, are too few.
MANY_CLUSTERS, ENOUGH = 30, 3


def correlations_given(names: tuple[str, ...]) -> Problem:
    """Warn where correlations of `names` are analysed as if they were covariances."""
    return Problem(
        "warning", "correlations",
        f"All variances of {listing(names, most=4)} are 1: correlations analysed as covariances give wrong standard "
        "errors, and wrong fit where variances or loadings are held equal (Cudeck, 1989). Give the standard deviations "
        "with them: rt.moments(correlations, n, sd=...).",
        names,
    )  # fmt: skip


def labels_like_columns(model: Model, columns: Collection[str]) -> tuple[Problem, ...]:
    """Warn where a label may be meant as a factor of a product.

    Parameters
    ----------
    model
        As written.
    columns
        Of the data, beside the constructs of the model.

    Returns
    -------
    tuple of Problem
        A warning for each path whose label is a column or a construct, and is not used for anything.
    """
    if not any(one.kind == "label" for path in model.paths for one in path.term.modifiers):
        return ()
    used = [name for one in model.definitions for name in one.expression.names]
    used += [name for one in model.constraints for part in (one.left, one.right) for name in part.names]
    labels = [
        str(value) for term in model.terms for one in term.modifiers if one.kind == "label" for value in one.values
    ]
    found = []
    for path in model.paths:
        label = next((str(one.values[0]) for one in path.term.modifiers if one.kind == "label"), "")
        if (label in columns or label in model.constructs) and label not in used and labels.count(label) == 1:
            what = "a column of the data" if label in columns else "a construct"
            found.append(
                Problem(
                    "warning", "label_like_column",
                    f"`{label}*{path.predictor}` labels the path from {path.predictor} as '{label}', which is "
                    f"{what}. A product of the two is written `{label}:{path.predictor}`.",
                    (path.outcome, path.predictor),
                )
            )  # fmt: skip
    return tuple(found)


def thin_evidence(sample: Sample, table: ParameterTable, discrepancy: str) -> tuple[Problem, ...]:
    """Warn where clusters or rows are too few for what is read off them.

    Parameters
    ----------
    sample
        The rows that are used.
    table
        The parameters.
    discrepancy
        The fitting function's name.

    Returns
    -------
    tuple of Problem
        Warnings.

    Notes
    -----
    Cameron & Miller (2015), section VI, for clusters; Kish (1965), section 11.7, for weights; Hu, Bentler & Kano
    (1992) for weighted least squares.
    """
    found = []
    if sample.cluster is not None:
        clusters = int(np.unique(sample.cluster).size)
        if clusters < MANY_CLUSTERS:
            found.append(
                Problem(
                    "warning", "few_clusters",
                    f"There are {clusters} clusters. Standard errors that allow for clusters need many, some "
                    f"{MANY_CLUSTERS} at least; with fewer they are too small.",
                )
            )  # fmt: skip
    if sample.weights is not None:
        worth = float(sample.weights.sum()) ** 2 / float(sample.weights @ sample.weights)
        if worth < table.n_free:
            found.append(
                Problem(
                    "warning", "uneven_weights",
                    f"The sampling weights are so uneven that {sample.n_obs} rows are worth {worth:.0f} of equal "
                    f"weight, fewer than there are parameters ({table.n_free}). Look at the largest weights.",
                )
            )  # fmt: skip
    if discrepancy == "wls" and not table.ordered:
        p = len(table.observed)
        moments = p * (p + 1) // 2 + (p if table.mean_structure else 0)
        rows = int(np.bincount(sample.membership).min())
        where = " of a group" if sample.group is not None else ""
        if rows < ENOUGH * moments:
            found.append(
                Problem(
                    "warning", "few_rows_for_wls",
                    f"WLS weighs {moments} moments by a matrix of which {rows} rows{where} tell little: in samples "
                    "of this size chi-square is too large and standard errors are too small. Take estimator='MLR'.",
                )
            )  # fmt: skip
    return tuple(found)


def covariates_as_numbers(names: tuple[str, ...]) -> tuple[Problem, ...]:
    """Warn that fixed covariates among the ordered variables count as the numbers they are coded by."""
    if not names:
        return ()
    return (
        Problem(
            "warning", "covariates_as_numbers",
            f"{listing(names, most=4)} only predict: what is given has no thresholds, and counts as the numbers that "
            "its answers are coded by. Make a dummy of each category where the steps between them are not alike, or "
            "take fixed_x=False, by which a normal variable lies behind them too.",
            names,
        ),
    )  # fmt: skip


def uneven_covariates(names: tuple[str, ...], deviations: Array) -> tuple[Problem, ...]:
    """Warn where unweighted least squares weighs slopes on covariates that vary by far more or less than 1.

    Parameters
    ----------
    names
        Of the covariates.
    deviations
        `(G, x)` of them in each group.
    """
    far: Mask = np.asarray(((deviations > UNEVEN) | (deviations < 1 / UNEVEN)).any(axis=0))
    if not far.any():
        return ()
    shown = [f"{name} by {size:.2g}" for name, size, which in zip(names, deviations[0], far, strict=True) if which]
    return (
        Problem(
            "warning", "uneven_units",
            f"Unweighted least squares depend on units: what lies behind ordered answers varies by 1, and covariates "
            f"far more or less ({listing(shown, most=4)}). Give them units in which they vary by about 1, or take "
            "estimator='WLSMV', which depends on no unit.",
            tuple(name for name, which in zip(names, far, strict=True) if which),
        ),
    )  # fmt: skip


def doubtful_answers(
    names: tuple[str, ...], parts: tuple[OrdinalMoments, ...], moments: GroupMoments, covariates: tuple[str, ...] = ()
) -> tuple[Problem, ...]:
    """Warn of what polychoric correlations had to be estimated from.

    Parameters
    ----------
    names
        Of the variables.
    parts
        The moments of each group.
    moments
        The same together.
    covariates
        Continuous variables that only predict.

    Returns
    -------
    tuple of Problem
        Warnings.

    Notes
    -----
    Savalei (2011) on empty cells; a correlation matrix of pairs need not be positive definite (Wothke, 1993).
    """
    found = []
    if covariates:
        found.append(
            Problem(
                "warning", "normal_covariates",
                f"{listing(covariates, most=4)} predict ordered answers and are taken for normal variables. "
                "Where one has few values, name it in ordered= as well; leave it out where it is far from normal.",
                covariates,
            )
        )  # fmt: skip
    found += doubtful_tables(names, parts)
    if any(not exceeds(one, 1e-8) for one in moments.covariance):
        found.append(
            Problem(
                "warning", "not_positive_definite",
                "The matrix of polychoric correlations is not positive definite, which happens with few rows, rare "
                "categories or gaps: robust fit indices cannot be had, and estimates deserve a second look.",
            )
        )  # fmt: skip
    return tuple(found)
