"""What is asked of the covariance engine, as one frozen record."""

from __future__ import annotations

from rantau.model.locate import refusal
from rantau.model.spec import Model, Span
from rantau.moments.compute import MISSING
from rantau.options import choose
from rantau.record import Record

ESTIMATORS = ("ML",)


class SemRequest(Record):
    """The model and the options of one call, by lavaan's names.

    Attributes
    ----------
    model
        What is claimed.
    estimator
        `ML`.
    missing
        `listwise`.
    std_lv
        Unit factor variances instead of unit first loadings.
    fixed_x
        Observed exogenous variables keep their sample moments.
    meanstructure
        Means are part of the model.
    """

    model: Model
    estimator: str = "ML"
    missing: str = "listwise"
    std_lv: bool = False
    fixed_x: bool = True
    meanstructure: bool = False

    def __post_init__(self) -> None:
        """Refuse what the engine cannot do, before anything is computed."""
        super().__post_init__()
        choose("estimator", self.estimator, ESTIMATORS)
        choose("missing", self.missing, tuple(name for name in MISSING if name == "listwise"))
        _refuse_unsupported(self.model)


def _refuse_unsupported(model: Model) -> None:
    """Point at the first statement that maximum likelihood for one group cannot honour."""
    for block in model.blocks:
        if block.kind == "composite":
            raise refusal(
                model, block.span,
                f"composites (`<~`) cannot be estimated by the covariance engine yet; use `=~` for "
                f"'{block.construct}', or fit this model with PLS.",
            )  # fmt: skip
        for term in block.terms:
            if len(term.factors) > 1:
                raise refusal(model, term.span, f"a product ('{term.name}') cannot measure a construct.")
    for path in model.paths:
        if len(path.term.factors) > 1:
            raise refusal(
                model, path.term.span,
                f"interactions ('{path.predictor}') cannot be estimated by the covariance engine yet.",
            )  # fmt: skip
    if model.thresholds:
        raise refusal(
            model, model.thresholds[0].span,
            "thresholds (`|`) need an estimator for ordered answers, which is not there yet; answers are "
            "treated as continuous.",
        )  # fmt: skip
    if model.constraints:
        raise refusal(
            model, model.constraints[0].span,
            "constraints cannot be estimated yet; where two parameters are equal, give both one label.",
        )  # fmt: skip
    for covariance in model.covariances:
        if len(covariance.term.factors) > 1:
            raise refusal(model, covariance.term.span, f"a product ('{covariance.right}') cannot covary.")
    if not model.observed:
        raise refusal(model, Span(1, 1), "the model says nothing of any observed variable.")
    _refuse_contradictions(model)


def _refuse_contradictions(model: Model) -> None:
    """Refuse loadings stated twice over, and constructs that measure each other in a circle."""
    items = {block.construct: set(block.items) for block in model.blocks}
    for path in model.paths:
        if path.outcome in items.get(path.predictor, ()):
            raise refusal(
                model, path.term.span,
                f"'{path.outcome} ~ {path.predictor}' says again what '{path.predictor} =~ {path.outcome}' says; "
                "drop one of them.",
            )  # fmt: skip
    waiting = dict(items)
    while waiting:
        ready = [name for name, parts in waiting.items() if not parts & waiting.keys()]
        if not ready:
            circle = next(block for block in model.blocks if block.construct in waiting)
            raise refusal(
                model, circle.span,
                f"'{circle.construct}' and its parts measure each other in a circle: {', '.join(waiting)}.",
            )  # fmt: skip
        for name in ready:
            del waiting[name]


def measurement_part(model: Model) -> Model:
    """Return a model's constructs and items without its structural statements.

    Covariances between items stay, and those between constructs that no path explains; regressions, and what
    refers to them or to their disturbances, go. A stated variance stays, for it may set a scale. Composite
    blocks stay and are refused by the engine.
    """
    measured = {item for block in model.blocks for item in block.items} | set(model.constructs)
    explained = {path.outcome for path in model.paths}
    return model.replace(
        paths=(),
        covariances=tuple(
            one for one in model.covariances
            if {one.left, one.right} <= measured
            and (one.left == one.right or not {one.left, one.right} & (explained & set(model.constructs)))
        ),
        intercepts=tuple(one for one in model.intercepts if one.variable in measured),
        definitions=(),
        constraints=(),
        hypotheses=(),
    )  # fmt: skip
