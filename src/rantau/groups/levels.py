"""invariance(): whether groups of rows are measured alike, level by level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from rantau.covariance.after_fit.comparison import compare
from rantau.covariance.fit import cfa
from rantau.covariance.result import SemFit
from rantau.errors import EstimationError, OptionError, listing, unknown
from rantau.extras import require
from rantau.model.entries import Entry, key_named, key_of
from rantau.model.group_equality import kind_of
from rantau.model.spec import Model
from rantau.options import column_name, several_names
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

#: What is equal on each level, of continuous answers and of ordered ones.
CONTINUOUS = (
    ("configural", ()),
    ("metric", ("loadings",)),
    ("scalar", ("loadings", "intercepts")),
    ("strict", ("loadings", "intercepts", "residuals")),
)
ORDERED = (
    ("configural", ()),
    ("thresholds", ("thresholds",)),
    ("metric", ("thresholds", "loadings")),
    ("scalar", ("thresholds", "loadings", "intercepts")),
    ("strict", ("thresholds", "loadings", "intercepts", "residuals")),
)
#: Where every item has two categories, neither thresholds nor loadings alone restrict anything.
BINARY = tuple(step for step in ORDERED if step[0] not in ("thresholds", "metric"))
#: All that a level holds equal.
ALL = ORDERED[-1][1]
#: The indices whose change is told, by the beginnings of their names.
CHANGES = ("cfi", "rmsea", "srmr")
#: The indices of which ordered answers have robust versions.
SCALED = {"chisq": "chisq", "p": "pvalue", "cfi": "cfi", "tli": "tli", "rmsea": "rmsea"}


class Level(NamedTuple):
    """One level of invariance: what it is called, and the fit in which its parameters are equal across groups."""

    name: str
    fit: SemFit


def invariance(
    model: Model | str,
    data: Responses | pd.DataFrame,
    *,
    by: str,
    ordered: str | Sequence[str] | bool = False,
    partial: str | Sequence[str] = (),
    estimator: str = "default",
    missing: str = "listwise",
    std_lv: bool = False,
    test: str = "default",
    likelihood: str = "default",
    information: str = "default",
    sampling_weights: str | None = None,
    cluster: str | None = None,
    method: str = "default",
) -> pd.DataFrame:
    """Test whether constructs are measured alike in groups, level by level.

    Parameters
    ----------
    model
        A `Model` or its text, of which the measurement part is fitted.
    data
        Scored responses or a data frame, one row per respondent.
    by
        The column that tells groups apart.
    ordered
        The variables whose answers are ordered categories; True for all items.
    partial
        Parameters that differ all the same (partial invariance), such as `"F =~ x2"`, `"x3 ~ 1"` or `"x4 | t1"`. The
        first loading of a factor can be one with `std_lv`.
    estimator, missing, std_lv, test, likelihood, information, sampling_weights, cluster
        As for `rt.cfa`.
    method
        How differences are tested, see `SemFit.compare`; scaled tests unless the estimator needs none.

    Returns
    -------
    DataFrame
        One row for each level: `df chisq p cfi tli rmsea srmr aic bic` (robust ones under their own names where there
        are such; of ordered answers the scaled ones, as robust ones look at correlations only); `against`, the level
        in which it is nested, with `chisq_diff df_diff rmsea_diff p_diff` and `cfi_change rmsea_change srmr_change`;
        `note`. A level that did not converge has no numbers.

    Raises
    ------
    OptionError, ModelSyntaxError, ResponseError, IdentificationError, EstimationError
        As for `rt.cfa`.

    Notes
    -----
    Of continuous answers: configural (the same items measure the same constructs), metric (equal loadings), scalar
    (and intercepts: means can be compared), strict (and residual variances), after Meredith (1993). Of ordered ones
    thresholds come before loadings, and each level sets free what it tells (Wu & Estabrook, 2016); only the strict
    level needs residual variances as parameters (`parameterization="theta"`). Where every item has two categories,
    neither thresholds nor loadings alone can be tested: configural is followed by scalar. With three, equal thresholds
    fit as well as free ones. Where some items have two, the metric level holds their scales equal as well, and the
    scalar level is tested against equal thresholds. A construct of constructs needs a mean of nought (`g ~ 0*1`),
    which cannot be told from those of its parts. What a change of an index says: Cheung & Rensvold (2002), Chen (2007).

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(300, 5))
    >>> data = pd.DataFrame(draw[:, :4] + draw[:, 4:], columns=["a", "b", "c", "d"])
    >>> table = rt.invariance("F =~ a + b + c + d", data.assign(sex=np.arange(300) % 2), by="sex")
    >>> table.df_diff.tolist()[1:], bool((table.p_diff[1:] > 0.01).all())
    ([3.0, 3.0, 4.0], True)
    """
    options = {
        "estimator": estimator, "missing": missing, "std_lv": std_lv, "test": test, "likelihood": likelihood,
        "information": information, "sampling_weights": sampling_weights, "cluster": cluster,
    }  # fmt: skip
    return invariance_table(
        invariance_levels(model, data, by=by, ordered=ordered, partial=partial, **options), method=method
    )


def invariance_levels(
    model: Model | str,
    data: Responses | pd.DataFrame,
    *,
    by: str,
    ordered: str | Sequence[str] | bool = False,
    partial: str | Sequence[str] = (),
    **options: Any,  # noqa: ANN401 - those of `cfa`
) -> tuple[Level, ...]:
    """Fit every level of invariance; `invariance` says what the arguments are."""
    if not column_name("by", by):
        raise OptionError("by= names the column that tells groups apart, such as by='gender'.")
    released = several_names("partial", partial, "F =~ x2")
    if ordered is not None and not isinstance(ordered, bool):
        ordered = several_names("ordered", ordered, "x1")
    if ordered:
        options |= {"ordered": ordered, "identification": "wu_estabrook"}
    first = cfa(model, data, group=by, **options)
    counts = dict(first.table.ordered)
    binary = all(counts.get(name) == 1 for name in first.table.observed)
    steps = CONTINUOUS if not counts else BINARY if binary else ORDERED
    _check_released(released, first)
    found = [Level("configural", first)]
    for name, equal in steps[1:]:
        own = _held(released, equal, first)
        if ordered and "residuals" in equal:
            # The other levels are the same models under delta, whose search goes on where a residual would be negative.
            options["parameterization"] = "theta"
        found.append(Level(name, cfa(model, data, group=by, group_equal=equal, group_partial=own, **options)))
    return tuple(found)


def _held(released: tuple[str, ...], equal: tuple[str, ...], fit: SemFit) -> tuple[str, ...]:
    """Return the released parameters that a level would hold equal."""
    covariates = fit.table.covariates
    return tuple(
        name for name in released
        for lhs, op, rhs in [key_named(name)]
        if kind_of(Entry(lhs, op, rhs, None, ()), fit.table.latent, covariates) in equal
    )  # fmt: skip


def _check_released(released: tuple[str, ...], fit: SemFit) -> None:
    """Refuse what is no parameter, or what no level holds equal."""
    known = {key_of(row.lhs, row.op, row.rhs): f"{row.lhs} {row.op} {row.rhs}".strip() for row in fit.table.rows}
    for name in released:
        if key_named(name) not in known:
            raise OptionError(unknown("parameter in partial", name, known.values()))
        if not _held((name,), ALL, fit):
            raise OptionError(f"partial='{name}' releases nothing: what is held equal are {', '.join(ALL)}.")


def invariance_table(levels: tuple[Level, ...], *, method: str = "default") -> pd.DataFrame:
    """Put the levels side by side; `invariance` says what is in the columns.

    Raises
    ------
    EstimationError
        If fewer than two levels converged.
    """
    settled = tuple(one for one in levels if one.fit.converged)
    lost = [one.name for one in levels if not one.fit.converged]
    if len(settled) < 2:
        raise EstimationError(f"{levels[0].fit.model.source}: {listing(lost)} did not converge; see their problems.")
    table = compare(*(one.fit for one in settled), names=[one.name for one in settled], method=method)
    table = table.drop(columns="weight")
    if levels[0].fit.request.ordered:
        table = _with_thresholds(table, settled)
    table = table.reindex([one.name for one in levels])
    table.loc[lost, ["against", "note"]] = ("", "did not converge")
    before = table.reindex(table["against"])
    changes = {}
    for index in CHANGES:
        column = next(name for name in table.columns if name.split("_")[0] == index)
        changes[f"{index}_change"] = table[column].to_numpy() - before[column].to_numpy()
    note = table.pop("note")
    return table.assign(**changes, note=note).rename_axis("level")


def _with_thresholds(table: pd.DataFrame, levels: tuple[Level, ...]) -> pd.DataFrame:
    """Show the scaled indices: robust ones are of correlations, and say nothing of thresholds and intercepts."""
    every = {one.name: one.fit.fit_indices() for one in levels}
    shown: dict[str, Any] = {}
    for name in table.columns:
        index = name.removesuffix("_scaled").removesuffix("_robust")
        scaled = f"{SCALED.get(index)}_scaled"
        if index in SCALED and all(scaled in indices for indices in every.values()):
            shown[f"{index}_scaled"] = [float(every[level][scaled]) for level in table.index]
        else:
            shown[name] = table[name]
    return require("pandas").DataFrame(shown, index=table.index)  # type: ignore[no-any-return]
