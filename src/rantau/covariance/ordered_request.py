"""What may be asked where answers are ordered, and what may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.covariance.estimators import ROWS, Estimator
from rantau.errors import OptionError
from rantau.model.locate import refusal

if TYPE_CHECKING:
    from rantau.covariance.request import SemRequest

#: Tests that have a meaning for ordered answers.
TESTS = ("standard", "satorra_bentler", "mean_var_adjusted", "scaled_shifted", "none", "default")
#: Standard errors that do.
ERRORS = ("standard", "robust_sem", "robust_default", "none", "default")


def refuse_without_order(
    row: Estimator, missing: str, parameterization: str, identification: str, equal: tuple[str, ...]
) -> None:
    """Refuse what has a meaning for ordered answers only."""
    if "thresholds" in equal:
        raise OptionError("group_equal='thresholds' is of ordered answers; say which are: ordered=.")
    if not row.discrepancy:
        raise OptionError(
            f"estimator='{row.name}' is for ordered answers: say which are, ordered=True or ordered=['item', ...]; or "
            "take 'MLR' (robust to answers that are not normal) to treat them as continuous."
        )
    if missing == "pairwise":
        raise OptionError(
            "missing='pairwise' is for ordered answers (ordered=True); for continuous ones take missing='fiml', which "
            "uses every answer there is."
        )
    if parameterization != "delta":
        raise OptionError(f"parameterization='{parameterization}' is of ordered answers; say which are: ordered=.")
    if identification != "lavaan":
        raise OptionError(f"identification='{identification}' is of ordered answers; say which are: ordered=.")


def refuse_with_order(request: SemRequest) -> None:
    """Refuse what cannot be done with ordered answers."""
    names = [row.name for row in ROWS if row.ordered]
    row = next((row for row in ROWS if row.name == request.estimator), None)
    if row is not None and not row.ordered:
        raise OptionError(
            f"estimator='{row.name}' treats answers as continuous, and ordered= says that they are not; take 'WLSMV' "
            f"(or another of {', '.join(names)}), or leave ordered out."
        )
    if request.missing not in ("listwise", "pairwise"):
        raise OptionError(
            f"missing='{request.missing}' needs the likelihood of each row, and ordered answers are fitted by their "
            "correlations; take missing='pairwise', which estimates each of them from the rows that answer both."
        )
    wrong = {
        "sampling_weights=": bool(request.sampling_weights),
        "cluster=": bool(request.cluster),
        "likelihood='normal'": request.likelihood == "normal",
        f"information='{request.information}'": request.information not in ("default", "expected"),
        f"se='{request.se}'": request.se not in ERRORS,
        f"test='{request.test}'": request.test not in TESTS,
        "meanstructure=False": request.meanstructure is False,
        "rt.growth()": request.growth,
        "a product of other variables than fixed covariates": not _of_covariates(request),
    }
    for what, asked in wrong.items():
        if asked:
            raise OptionError(
                f"{what} is not there for ordered answers (ordered=); leave it out, or leave ordered out and treat the "
                "answers as continuous (estimator='MLR')."
            )
    if not request.cut:
        raise OptionError(
            "ordered= names nothing that the model explains: fixed covariates count as numbers, so that no answer has "
            "thresholds here. Name what is explained, or leave ordered out."
        )
    if request.identification != "lavaan" and not request.group:
        raise OptionError(
            f"identification='{request.identification}' says what is free from the second group on, and there is one "
            "group; say which variable groups the rows: group=."
        )
    if "residuals" in request.group_equal and request.parameterization == "delta":
        raise OptionError(
            "group_equal='residuals': under parameterization='delta' the residual variances of ordered answers are no "
            "parameters; take parameterization='theta', which fixes them at 1 in every group."
        )
    composite = next((block for block in request.model.blocks if block.kind == "composite"), None)
    if composite is not None and set(composite.items) & set(names_of(request.ordered)):
        raise refusal(
            request.model, composite.span,
            f"'{composite.construct}' is a composite of ordered answers, whose scale follows from them; treat its "
            "items as continuous: take them out of ordered=.",
        )  # fmt: skip


def _of_covariates(request: SemRequest) -> bool:
    """Tell whether all products are of observed variables that nothing explains and that are fixed."""
    model, products = request.expanded.model, request.expanded.products
    explained = {path.outcome for path in model.paths} | {item for block in model.blocks for item in block.items}
    parts = {part for product in products for part in product.parts}
    raw = all(not product.centred for product in products)
    return not products or (raw and bool(request.fixed_x) and not parts & explained)


def names_of(ordered: tuple[str, ...] | bool) -> tuple[str, ...]:
    """Return the names that a request holds once it is settled."""
    return () if isinstance(ordered, bool) else ordered
