"""What is asked of the covariance engine, as one frozen record."""

from __future__ import annotations

from rantau.model.locate import refusal
from rantau.model.spec import Model
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
    measured = {block.construct for block in model.blocks}
    for block in model.blocks:
        if block.construct in {item for other in model.blocks for item in other.items} and any(
            item in measured and block.construct in model.block(item).items for item in block.items
        ):
            raise refusal(model, block.span, f"'{block.construct}' and one of its parts measure each other.")


def measurement_part(model: Model) -> Model:
    """Return a model's constructs and items without its structural statements.

    Residual covariances between items stay; regressions, and what refers to them, go. Composite blocks stay
    and are refused by the engine.
    """
    items = {item for block in model.blocks for item in block.items}
    return model.replace(
        paths=(),
        covariances=tuple(
            one for one in model.covariances
            if (one.left in items and one.right in items) or one.left in model.constructs
        ),
        intercepts=tuple(one for one in model.intercepts if one.variable in items),
        definitions=(),
        constraints=(),
        hypotheses=(),
    )  # fmt: skip
