"""method_bias(): how much of what constructs share may come from the way they were asked."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from rantau.covariance import SemFit
from rantau.covariance.request import SemRequest, settled
from rantau.errors import DataWarning, OptionError, RantauError, RantauWarning, listing, unknown
from rantau.extras import require
from rantau.fit import Problem
from rantau.model.exploratory import is_exploratory
from rantau.model.locate import refusal
from rantau.model.spec import Model, Span
from rantau.moments.sample import column_names
from rantau.moments.summary import SummaryStatistics
from rantau.options import check_kind, check_level, choose, several_names
from rantau.pls import PlsFit, pls
from rantau.quality.bias_evidence import BiasEvidence, BiasFinding, items_of, left_out, one_factor
from rantau.quality.keying import items_against_their_scale
from rantau.quality.measures import model_of
from rantau.quality.method_bias import ROWS
from rantau.record import Record
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

SCALED = (
    "Chi-squares are scaled, and their difference is that of the scaled test; CFI and RMSEA are robust versions where "
    "there are any."
)
OPPOSITE = (
    "Less that of the marker, negative correlations grow in size: the marker takes constructs to be scored so that the "
    "method raises every correlation. Turn a construct that is scored the other way, or read those with care."
)
ROBUST = "CFI and RMSEA are robust versions, for gaps."
COLUMNS = ("quantity", "about", "value", "df", "p", "criterion", "met")


class MethodBias(Record):
    """What each step found.

    Attributes
    ----------
    title
        What was looked at, and how.
    constructs
        Of the model.
    marker
        What stood for the method alone; empty without a marker.
    level
        One less the level of significance.
    findings
        `(step, finding)`, in order.
    omitted
        `(step, why)` of what could not be had.
    notes
        Problems of the fits that the numbers are from.
    """

    title: str
    constructs: tuple[str, ...]
    marker: str
    level: float
    findings: tuple[tuple[str, BiasFinding], ...]
    omitted: tuple[tuple[str, Problem], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be had, and why: once each."""
        return tuple(dict.fromkeys(problem for _, problem in self.omitted))

    def table(self, step: str | None = None) -> pd.DataFrame:
        """Return every number.

        Parameters
        ----------
        step
            A name of `rantau list method_bias`; all unless given.

        Returns
        -------
        DataFrame
            `step quantity about value df p criterion met source`: `met` is `yes`, `no`, or empty where nothing is
            asked.
            `loading_change` is by how much a standardised loading is larger with a method factor than without.

        Raises
        ------
        OptionError
            If there is no such step.
        """
        if step is not None:
            choose("step", step, [row.name for row in ROWS])
        sources = {row.name: row.source for row in ROWS}
        rows = [
            (name, *(getattr(one, column) for column in COLUMNS), sources[name])
            for name, one in self.findings
            if step in (None, name)
        ]
        return require("pandas").DataFrame(rows, columns=["step", *COLUMNS, "source"])  # type: ignore[no-any-return]

    def __str__(self) -> str:
        parts = ["\n".join([self.title, *self.notes])]
        for row in ROWS:
            lines = [f"{row.title} ({row.source}); {row.about}"]
            own = self.table(row.name)
            if len(own):
                shown = own.drop(columns=["step", "source"])
                lines.append(shown.to_string(index=False, float_format=lambda value: f"{value:.3f}", na_rep=""))
            lines += [f"left out: {problem.text}" for name, problem in self.omitted if name == row.name]
            parts.append("\n".join(lines))
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        steps = dict.fromkeys(name for name, _ in self.findings)
        return f"<MethodBias: {listing(steps) or 'nothing'}; print it, or see table(), problems>"

    def _repr_html_(self) -> str:
        parts = [f"<p>{escape(one)}</p>" for one in (self.title, *self.notes)]
        for row in ROWS:
            parts.append(f"<h4>{escape(row.title)}</h4><p>{escape(f'{row.source}; {row.about}')}</p>")
            own = self.table(row.name)
            if len(own):
                shown = own.drop(columns=["step", "source"])
                parts.append(shown.to_html(index=False, float_format=lambda value: f"{value:.3f}", na_rep="", border=0))
            parts += [f"<p>Left out: {escape(one.text)}</p>" for name, one in self.omitted if name == row.name]
        return "\n".join(parts)


def method_bias(
    data: Responses | pd.DataFrame,
    model: Model | str | None = None,
    *,
    marker: str | Sequence[str] | None = None,
    estimator: str = "default",
    missing: str = "listwise",
    ordered: str | Sequence[str] | bool = False,
    cfa_fit: SemFit | None = None,
    pls_fit: PlsFit | None = None,
    level: float = 0.95,
) -> MethodBias:
    r"""Look for common method bias: one factor, full collinearity, a method factor, a marker.

    Parameters
    ----------
    data
        Scored responses, or a data frame (which then needs a model), `(n, p)`. Answers count as scored: an item that
        the instrument calls reversed is turned before a method factor loads on it.
    model
        What measures what; without one, the constructs of the survey, each related to every other.
    marker
        A construct, of the model or of the survey, or columns of the data: what was asked in the same way and is
        unrelated to the other constructs in theory.
    estimator, missing, ordered
        Of the factor models, as for `rt.cfa`.
    cfa_fit
        A fit of the measurement model: its options then take the place of these three.
    pls_fit
        A PLS fit of this model, for the collinearity of scores; made otherwise, where the model has paths.
    level
        One less the level of significance.

    Returns
    -------
    MethodBias
        Print it, or see `table()`. What cannot be had is left out, and `problems` say why.

    Raises
    ------
    OptionError
        If an option has no meaning or contradicts `cfa_fit`, this has several groups, the marker is not there or an
        item of a construct, or the data are summary statistics.
    ResponseError
        If an item is not in the data.
    ModelSyntaxError
        If the model measures no construct, or has exploratory blocks.

    Notes
    -----
    Harman's test, one factor and a method factor: Podsakoff, MacKenzie, Lee & Podsakoff (2003), and what they cannot
    tell: Fuller, Simmering, Atinc, Atinc & Babin (2016), Richardson, Simmering & Sturman (2009). Full collinearity:
    Kock (2015), at or below 3.3 by scores and 5 by factors. Marker: Lindell & Whitney (2001), with the smallest
    positive correlation between the marker and a construct; scores are means of items, scored so that the method would
    raise every correlation. Steps by factors are of reflective constructs;
    Harman's test is of the items of composites too. The method factor's equal loadings are those of lavaan's
    `M =~ 1*x1 + 1*x2 + ...; M ~~ 0*F`.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(300, 10))
    >>> data = pd.DataFrame(draw[:, :8] + draw[:, [8, 8, 8, 8, 9, 9, 9, 9]], columns=list("abcdefgh"))
    >>> found = rt.method_bias(data, "F =~ a + b + c + d\nG =~ e + f + g + h\nG ~ F")
    >>> found.table("harman")["met"].tolist()
    ['yes', 'yes']
    >>> bool(found.table("full_collinearity")["value"].max() < 1.1)
    True
    """
    check_level(level)
    if isinstance(data, SummaryStatistics):
        raise OptionError("method_bias() needs the answers row by row, and got summary statistics.")
    claimed = model_of(data, model)
    names, items = check_bias(claimed, data, marker)
    request = _request(claimed, cfa_fit, estimator, missing, ordered)
    if pls_fit is not None:
        check_kind("pls_fit", pls_fit, PlsFit, "rt.pls(model, data)")
    for problem in items_against_their_scale(claimed, data):
        warnings.warn(problem.text, DataWarning, stacklevel=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RantauWarning)
        composite = _by_pls(claimed, data, pls_fit)
        evidence = BiasEvidence(data, claimed, request, composite, items, names, level)
        found = [(row.name, one) for row in ROWS for one in row.function(evidence)]
    fits = (("measurement model", evidence.measurement), ("model of one factor", evidence.single))
    versions = () if isinstance(evidence.measurement, Problem) else tuple(evidence.measurement.fit_indices().index)
    scaled = (SCALED,) if "chisq_scaled" in versions else (ROBUST,) if "cfi_robust" in versions else ()
    opposite = any(isinstance(one, BiasFinding) and one.quantity == "correlation" and one.value < 0 for _, one in found)
    notes = (
        scaled
        + (OPPOSITE,) * opposite
        + tuple(
            f"{name}: {problem.text}" for name, fit in fits if not isinstance(fit, Problem) for problem in fit.problems
        )
    )
    return MethodBias(
        f"Method bias of {len(claimed.constructs)} constructs, {len(items_of(claimed, claimed.blocks))} items "
        f"({request.estimator}, missing='{request.missing}')",
        claimed.constructs,
        names,
        level,
        tuple((name, one) for name, one in found if isinstance(one, BiasFinding)),
        tuple((name, one) for name, one in found if isinstance(one, Problem) and (items or name != "marker")),
        notes,
    )


def check_bias(
    model: Model, data: Responses | pd.DataFrame, marker: str | Sequence[str] | None
) -> tuple[str, tuple[str, ...]]:
    """Refuse a model or a marker that nothing can be done with; return what the marker is called, and its items.

    Raises
    ------
    ModelSyntaxError, OptionError
        As `method_bias`.
    """
    _check_model(model)
    return _marker(model, data, marker)


def _check_model(model: Model) -> None:
    """Refuse a model without constructs, or with factors that are no scales."""
    if not model.blocks:
        raise refusal(model, Span(1, 1), "no construct is measured here; write a line such as `F =~ a + b + c`.")
    for block in model.blocks:
        if is_exploratory(block):
            raise refusal(
                model,
                block.span,
                f"'{block.construct}' is a factor of an exploratory block, whose items belong to no construct that a "
                "method factor could be held against; write `F =~ a + b + c`.",
            )
    observed = items_of(model, model.blocks)
    if len(observed) < 3:
        raise refusal(
            model, model.blocks[0].span, f"one factor needs three items or more, and the model has {len(observed)}."
        )


def _request(
    model: Model, fit: SemFit | None, estimator: str, missing: str, ordered: str | Sequence[str] | bool
) -> SemRequest:
    """Return how the factor models are to be estimated."""
    part = one_factor(model, model.blocks)
    if fit is None:
        chosen = ordered if isinstance(ordered, bool) else several_names("ordered", ordered, "x1")
        return settled(part, estimator=estimator, missing=missing, ordered=chosen)
    check_kind("cfa_fit", fit, SemFit, "rt.cfa(model, data)")
    if (estimator, missing) != ("default", "listwise") or ordered not in (False, ()):
        raise OptionError("estimator, missing and ordered are those of cfa_fit; leave them out, or leave cfa_fit out.")
    if fit.groups:
        raise OptionError(
            f"method bias is looked for in one group, and cfa_fit has {len(fit.groups)} ({listing(fit.groups)}); give "
            "the rows of each group by themselves, without cfa_fit."
        )
    return fit.request.replace(model=part)


def _marker(
    model: Model, data: Responses | pd.DataFrame, marker: str | Sequence[str] | None
) -> tuple[str, tuple[str, ...]]:
    """Return what the marker is called, and its items; nothing without a marker."""
    if marker is None:
        return "", ()
    names = several_names("marker", marker, "Attitude to blue")
    columns = column_names(data)
    items: tuple[str, ...] = names
    if len(names) == 1 and names[0] not in columns:
        known = dict.fromkeys(columns) | _constructs(model, data)
        if names[0] not in known:
            raise OptionError(unknown("marker", names[0], list(known)))
        items = known[names[0]] or ()
    gone = [item for item in items if item not in columns]
    if gone or not items:
        raise OptionError(unknown("item of the marker", (*gone, names[0])[0], columns))
    for block in model.blocks:
        if block.construct not in names and set(items) & set(block.items):
            raise OptionError(
                f"the marker {listing(names)} is measured by items of '{block.construct}' ({listing(items)}), and a "
                "marker is unrelated to the constructs in theory; name what is no part of them."
            )
    return ", ".join(names), items


def _constructs(model: Model, data: Responses | pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the items of every construct that is measured by items, of the survey and of the model."""
    found = {}
    if isinstance(data, Responses):
        found = {
            one.code: tuple(item.code for item in one.items if item.code in data.columns)
            for one in data.survey.constructs
        }
    own = {block.construct: block.items for block in model.blocks if not set(block.items) & set(model.constructs)}
    return {name: items for name, items in (found | own).items() if items}


def _by_pls(model: Model, data: Responses | pd.DataFrame, fit: PlsFit | None) -> PlsFit | Problem:
    """Return a PLS fit that can be read, or why there is none."""
    if fit is None:
        if not model.paths:
            return left_out("no_paths", "Scores by PLS need paths between constructs, and the model has none.")
        try:
            fit = pls(model, data)
        except RantauError as fault:
            return left_out("no_pls", f"PLS cannot estimate this model: {fault}")
    if not fit.converged:
        return left_out("pls_not_converged", "The weights of PLS did not settle.")
    return fit
