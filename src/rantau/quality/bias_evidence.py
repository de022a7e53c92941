"""What a step of the search for method bias looks at, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rantau.covariance import SemFit, compare
from rantau.covariance.estimate import fit_request
from rantau.covariance.request import SemRequest
from rantau.errors import RantauError, listing
from rantau.fit import Problem
from rantau.model.measurement import measurement_part
from rantau.model.spec import Block, Model, Span, Term
from rantau.model.syntax import parse_model
from rantau.pls import PlsFit
from rantau.quality.cutoffs import FAILED, MET, OPEN
from rantau.record import Record
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")
#: The models by the names that findings have for them, and the keys of their words in reports.
MODELS = {
    "measurement model": "measurement",
    "model of one factor": "single",
    "model with a method factor": "method",
}


class BiasFinding(Record):
    """One number about method bias.

    Attributes
    ----------
    quantity
        What it is.
    about
        Of which model, construct, item or pair.
    value, df, p
        NaN where there is none.
    criterion
        What it is held against; empty where nothing is asked.
    met
        `yes`, `no`, or empty where nothing is asked.
    """

    quantity: str
    about: str
    value: float
    df: float = NAN
    p: float = NAN
    criterion: str = ""
    met: str = OPEN


#: What a step yields: numbers, and why there are none.
Found: TypeAlias = Iterator[BiasFinding | Problem]


def held(value: bool) -> str:
    """Return whether a criterion is met, as a table says it."""
    return MET if value else FAILED


def left_out(code: str, text: str, *about: str) -> Problem:
    """Say why something cannot be had; `code` names its words in reports."""
    return Problem("warning", f"bias_{code}", text, about)


class BiasEvidence(Record):
    """All that the steps may look at.

    Attributes
    ----------
    data
        The answers, `(n, p)`.
    model
        What measures what.
    request
        How the covariance engine is to estimate; its model does not count.
    pls
        A PLS fit of the model, or why there is none.
    marker
        The items that stand for the method alone; () without a marker.
    marker_name
        What they are called.
    level
        One less the level of significance.
    """

    data: Responses | pd.DataFrame
    model: Model
    request: SemRequest
    pls: PlsFit | Problem
    marker: tuple[str, ...]
    marker_name: str
    level: float

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The reflective constructs: those whose items have errors that a factor could share."""
        return tuple(block for block in self.model.blocks if block.kind == "reflective")

    @property
    def apart(self) -> tuple[str, ...]:
        """The constructs that are no part of another."""
        parts = {item for block in self.model.blocks for item in block.items}
        return tuple(name for name in self.model.constructs if name not in parts)

    @property
    def items(self) -> tuple[str, ...]:
        """The observed items of the reflective constructs."""
        return items_of(self.model, self.blocks)

    def fit(self, model: Model) -> SemFit:
        """Fit a model as the request says."""
        ordered = self.request.ordered
        if not isinstance(ordered, bool):
            ordered = tuple(name for name in ordered if name in model.observed)
        return fit_request(self.request.replace(model=model, ordered=ordered), self.data)

    @cached_property
    def measured(self) -> Model:
        """The measurement model of the reflective constructs: they covary, and nothing else is claimed."""
        part = measurement_part(self.model)
        if len(self.blocks) == len(part.blocks):
            return part
        return _of_names(part, self.blocks, {*(block.construct for block in self.blocks), *self.items})

    @cached_property
    def with_method(self) -> Model:
        """The measurement model and a factor of its own: equal loadings on all items, no covariance with constructs."""
        name = free_name("Method", self.model)
        lines = [f"{name} =~ {' + '.join(f'1*{item}' for item in self.items)}", f"{name} ~~ NA*{name}"]
        parts = {item for block in self.blocks for item in block.items}
        lines += [f"{name} ~~ 0*{block.construct}" for block in self.blocks if block.construct not in parts]
        # A single item has no error of its own; with a second factor behind it the engine would give it one.
        stated = {one.left for one in self.measured.covariances if one.left == one.right}
        alone = [block.items[0] for block in self.blocks if len(block.items) == 1 and block.items[0] in self.items]
        lines += [f"{item} ~~ 0*{item}" for item in alone if item not in stated]
        added = parse_model("\n".join(lines), source="<method factor>")
        return self.measured.replace(
            blocks=(*self.measured.blocks, *added.blocks),
            covariances=(*self.measured.covariances, *added.covariances),
        )

    @cached_property
    def measurement(self) -> SemFit | Problem:
        """The fit of the measurement model, or why there is none."""
        if not self.blocks:
            return left_out(
                "no_reflective",
                "No construct is reflective (`=~`), and the items of a composite have no errors that a factor shares.",
            )
        return self.fitted(self.measured, "measurement model")

    @cached_property
    def single(self) -> SemFit | Problem:
        """The fit of one factor behind all items, composites' too; or why there is none."""
        return self.fitted(one_factor(self.model, self.model.blocks), "model of one factor")

    def fitted(self, model: Model, what: str) -> SemFit | Problem:
        """Return a fit that can be compared with others, or why there is none."""
        try:
            fit = self.fit(model)
        except RantauError as fault:
            return left_out("not_fitted", f"The {what} cannot be fitted: {fault}", what)
        if not fit.converged:
            return left_out(f"not_converged_{MODELS[what]}", f"The {what} did not converge.", what)
        return fit

    def best(self, model: Model, what: str) -> SemFit | Problem:
        """Return the better of two fits of a model, whose factors begin and are scaled otherwise; or why none is."""
        found: list[SemFit] = []
        faults: list[Problem] = []
        for std_lv in (False, True):
            one = self.replace(request=self.request.replace(std_lv=std_lv)).fitted(model, what)
            if isinstance(one, Problem):
                faults.append(one)
            else:
                found.append(one)
        return min(found, key=lambda fit: float(fit.fit_indices()["chisq"])) if found else faults[0]

    def against(self, fit: SemFit, smaller: SemFit, names: tuple[str, str]) -> pd.DataFrame | Problem:
        """Return `rt.compare` of two models, the larger one first; or why their difference cannot be tested."""
        try:
            frame = compare(fit, smaller, names=list(names))
        except RantauError as fault:
            return left_out("not_compared", f"The models cannot be compared: {fault}", *names)
        told = frame.loc[names[1]]
        if np.isnan(told["chisq_diff"]):
            return left_out(
                "not_compared", f"The {names[1]} cannot be tested against the {names[0]}: {told['note']}.", *names
            )
        return frame

    def too_few(self) -> Problem | None:
        """Say that one construct has nothing to be confused with."""
        if len(self.blocks) > 1 or not self.blocks:
            return None
        name = self.blocks[0].construct
        return left_out(
            "one_construct", f"'{name}' is the only reflective construct: a factor behind its items is itself.", name
        )


def items_of(model: Model, blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """Return the observed items of some constructs of a model, once each, in order."""
    constructs = set(model.constructs)
    return tuple(dict.fromkeys(item for block in blocks for item in block.items if item not in constructs))


def one_factor(model: Model, blocks: tuple[Block, ...]) -> Model:
    """Return the model of one factor behind the items of constructs; what the model states of these items stays."""
    items = items_of(model, blocks)
    terms = tuple(Term(item, (), Span(1, 1)) for item in items)
    common = Block(free_name("Common", model), "reflective", terms, Span(1, 1))
    return _of_names(measurement_part(model), (common,), set(items)).replace(constraints=(), definitions=())


def free_name(wanted: str, model: Model) -> str:
    """Return a name that a model does not use."""
    while wanted in (*model.constructs, *model.observed):
        wanted += "_"
    return wanted


def _of_names(model: Model, blocks: tuple[Block, ...], names: set[str]) -> Model:
    """Return a model of other blocks, with the statements about the variables named."""
    return model.replace(
        blocks=blocks,
        covariances=tuple(one for one in model.covariances if {one.left, one.right} <= names),
        intercepts=tuple(one for one in model.intercepts if one.variable in names),
        thresholds=tuple(one for one in model.thresholds if one.variable in names),
        scales=tuple(one for one in model.scales if one.variable in names),
    )


def _index_of(frame: pd.DataFrame, row: str, name: str) -> float:
    """Return an index of a model from `rt.compare`, whichever of its versions is there."""
    return number_of(frame, row, next(str(one) for one in frame.columns if str(one).split("_")[0] == name))


def fit_findings(frame: pd.DataFrame, names: tuple[str, str]) -> Found:
    """Yield how two models fit, as `rt.compare` has them under their names."""
    for name in names:
        chisq, df, p = (_index_of(frame, name, one) for one in ("chisq", "df", "p"))
        yield BiasFinding("chisq", name, chisq, df, p)
        yield BiasFinding("cfi", name, _index_of(frame, name, "cfi"))
        yield BiasFinding("rmsea", name, _index_of(frame, name, "rmsea"))


def number_of(frame: pd.DataFrame, row: str, column: str) -> float:
    """Return one number of a table."""
    value: Any = frame.loc[row, column]
    return float(value)


def vif_findings(names: tuple[str, ...], correlations: np.ndarray, engine: str, limit: float) -> Found:
    """Yield the variance inflation factor of each of several constructs given all others.

    Parameters
    ----------
    names
        Of the constructs.
    correlations
        `(k, k)` among them.
    engine
        Whose correlations these are.
    limit
        At or below which all is well.
    """
    weakest = float(np.linalg.eigvalsh(correlations)[0]) if np.isfinite(correlations).all() else NAN
    if not weakest > 1e-10:
        yield left_out(
            "indefinite",
            f"The correlations of the constructs by {engine} are not positive definite ({listing(names)}): some are "
            "not told apart, and have no inflation factors.",
            *names,
        )
        return
    for name, value in zip(names, np.diag(np.linalg.inv(correlations)).tolist(), strict=True):
        yield BiasFinding(f"vif_{engine}", name, value, criterion=f"<= {limit:g}", met=held(value <= limit))
